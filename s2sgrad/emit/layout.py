"""Expressions as text, and the breaking of long lines.

Comes in: an `ast` expression. Goes out: its text by `ast.unparse`, powers of plain names without spaces (`x**2`); or
its lines, broken at commas and operators inside brackets, as `ruff format` would, where one line is too long.
Guaranteed: the lines parse to the same tree as the one line does.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass

WIDTH = 110
STEP = "    "

_POWER = 13
_PRECEDENCE: dict[type[ast.operator], int] = {
    ast.BitOr: 6, ast.BitXor: 7, ast.BitAnd: 8, ast.LShift: 9, ast.RShift: 9, ast.Add: 10, ast.Sub: 10,
    ast.Mult: 11, ast.Div: 11, ast.FloorDiv: 11, ast.Mod: 11, ast.MatMult: 11, ast.Pow: _POWER,
}
SYMBOL: dict[type[ast.operator], str] = {
    ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.LShift: "<<", ast.RShift: ">>", ast.Add: "+", ast.Sub: "-",
    ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.MatMult: "@",
}


class _Powers(ast.NodeTransformer):
    """Turns `x ** 2` with plain operands into an atom with the text `x**2`, in parentheses where an atom needs them."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and _plain(node.left, False) and _plain(node.right, True):
            return ast.Name(id=f"{ast.unparse(node.left)}**{_exponent(node.right)}", ctx=ast.Load())
        if isinstance(node.op, ast.Pow):
            node.left, node.right = _atom(node.left), _atom(node.right)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """`-(x ** 2)`: the sign is not taken for that of x."""
        self.generic_visit(node)
        if isinstance(node.operand, ast.BinOp) and isinstance(node.operand.op, ast.Pow):
            node.operand = ast.Name(id=f"({ast.unparse(node.operand)})", ctx=ast.Load())
        else:
            node.operand = _atom(node.operand)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.value = _atom(node.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        node.value = _atom(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.func = _atom(node.func)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node


def _atom(node: ast.expr) -> ast.expr:
    """An operand that binds tighter than a power."""
    match node:
        case ast.Name(id=text) if "**" in text:
            return ast.Name(id=f"({text})", ctx=ast.Load())
    return node


def _plain(node: ast.expr, signed: bool) -> bool:
    """A name, a dotted name or a number; signed: or its negative."""
    match node:
        case ast.Name(id=text):
            return "**" not in text
        case ast.Constant(value=int() | float()):
            return True
        case ast.Attribute(value=value):
            return _plain(value, False) and not isinstance(value, ast.Constant)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return signed and _plain(operand, False)
    return False


def _exponent(node: ast.expr) -> str:
    match node:
        case ast.UnaryOp(operand=operand):
            return f"-{ast.unparse(operand)}"
    return ast.unparse(node)


def text(node: ast.expr) -> str:
    """The expression on one line."""
    if any(isinstance(n, ast.Pow) for n in ast.walk(node)):
        node = _Powers().visit(copy.deepcopy(node))
    return ast.unparse(node)


def fits(line: str) -> bool:
    """Is the line short enough to stay one line?"""
    return len(line) <= WIDTH


def lay_out(node: ast.expr, indent: str, before: str, after: str = "") -> list[str]:
    """The lines of `before + node + after`, all but the first with their indentation.

    indent: the indentation of the statement; before: what stands on the first line in front of the expression.
    """
    flat = f"{before}{text(node)}{after}"
    if fits(indent + flat):
        return [flat]
    inner = indent + STEP
    match node:
        case ast.Call(func=func, args=args, keywords=keywords) if args or keywords:
            items: list[tuple[str, ast.expr]] = [("", a) for a in args]
            items += [(f"{k.arg}=" if k.arg else "**", k.value) for k in keywords]
            return [f"{before}{text(func)}(", *_items(items, inner), f"{indent}){after}"]
        case ast.ListComp(elt=value, generators=generators):
            return [f"{before}[", *_long(value, inner), *_clauses(generators, inner), f"{indent}]{after}"]
        case ast.DictComp(key=key, value=value, generators=generators):
            head, *rest = lay_out(value, inner, f"{text(key)}: ")
            return [f"{before}{{", inner + head, *rest, *_clauses(generators, inner), f"{indent}}}{after}"]
        case ast.List(elts=elts) if elts:
            return [f"{before}[", *_one_per_line([("", e) for e in elts], inner), f"{indent}]{after}"]
        case ast.Tuple(elts=[*first, ast.Tuple() as last]) if (
                first and before == "return " and not fits(f"{inner}{text(last)},")):
            return lay_out(last, indent, f"{before}{', '.join(map(text, first))}, ", after)
        case ast.Tuple(elts=elts) if len(elts) > 1:
            return [f"{before}(", *_one_per_line([("", e) for e in elts], inner), f"{indent}){after}"]
        case ast.UnaryOp(op=ast.USub(), operand=ast.BinOp(op=op) as operand) if not isinstance(op, ast.Pow):
            return [f"{before}-(", *_long(operand, inner), f"{indent}){after}"]
        case ast.UnaryOp(op=ast.USub(), operand=(ast.Call() | ast.Subscript(value=ast.Call())) as operand):
            return lay_out(operand, indent, f"{before}-", after)
        case ast.Attribute(value=ast.Call() as call) | ast.Subscript(value=ast.Call() as call):
            return lay_out(call, indent, before, text(node).removeprefix(text(call)) + after)
        case (ast.BinOp(left=ast.BinOp() as base, op=ast.Pow()) | ast.Subscript(value=ast.BinOp() as base)
              | ast.Attribute(value=ast.BinOp() as base)):
            behind = text(node).removeprefix(f"({text(base)})")
            return [f"{before}(", *_long(base, inner), f"{indent}){behind}{after}"]
        case ast.BinOp(op=op) if not isinstance(op, ast.Pow):
            return (_at_brackets(node, indent, before, after)
                    or [f"{before}(", *_long(node, inner), f"{indent}){after}"])
        case ast.BoolOp():
            return [f"{before}(", *_long(node, inner), f"{indent}){after}"]
        case ast.IfExp(test=test, body=body, orelse=orelse) if not fits(inner + text(node)):
            chosen, asked = (f"({text(e)})" if isinstance(e, ast.IfExp | ast.Lambda) else text(e) for e in (body, test))
            nested = (chosen, f"if {asked}", f"else {text(orelse)}")
            return [f"{before}(", *(inner + line for line in nested), f"{indent}){after}"]
    if before.endswith(("= ", "return ")) and fits(f"{indent}{before}("):
        return [f"{before}(", inner + text(node), f"{indent}){after}"]
    return [flat]


def _clauses(generators: list[ast.comprehension], indent: str) -> list[str]:
    """`for x in xs` and `if test` of a comprehension, one per line."""
    lines = []
    for g in generators:
        alone = ast.comprehension(target=g.target, iter=g.iter, ifs=[], is_async=0)
        lines.append(indent + ast.unparse(alone).strip())
        lines += [f"{indent}if ({text(test)})" if isinstance(test, ast.IfExp) else f"{indent}if {text(test)}"
                  for test in g.ifs]
    return lines


def _at_brackets(node: ast.BinOp, indent: str, before: str, after: str) -> list[str]:
    """Broken in the brackets that it ends with, and in those before them that the first lines have no room for.

    Empty where it has no such brackets, several operators that bind least, or no room before a bracket.
    """
    if len(_chain(node)) != 2 or not _ends_in_brackets(node):
        return []
    lines, line = [], indent + before
    parts = [*_parts(node), after]
    for k, part in enumerate(parts):
        if isinstance(part, str):
            line += part
        elif fits(f"{line}{part.flat}{_up_to_bracket(parts[k + 1:])}"):
            line += part.flat
        else:
            lines += [f"{line}(", *part.lines(indent + STEP)]
            line = f"{indent})"
    lines.append(line)
    return [lines[0].removeprefix(indent), *lines[1:]] if all(map(fits, lines)) else []


def _up_to_bracket(parts: list[str | _Group]) -> str:
    """What stands on the same line at least."""
    found = ""
    for part in parts:
        if not isinstance(part, str):
            return found + "("
        found += part
    return found


@dataclass(frozen=True)
class _Group:
    """What stands in a pair of round brackets: the arguments of a call, or one expression."""

    items: tuple[tuple[str, ast.expr], ...]
    call: bool

    @property
    def flat(self) -> str:
        """On one line, with its brackets."""
        return "(" + ", ".join(prefix + text(item) for prefix, item in self.items) + ")"

    def lines(self, indent: str) -> list[str]:
        """On lines of its own, without its brackets."""
        return _items(list(self.items), indent) if self.call else _long(self.items[0][1], indent)


def _ends_in_brackets(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(op=op, right=right) if not isinstance(op, ast.Pow):
            return _binds(right) <= _PRECEDENCE[type(op)] or _ends_in_brackets(right)
        case ast.Call(args=args, keywords=keywords):
            return bool(args or keywords)
    return False


def _parts(node: ast.expr) -> list[str | _Group]:
    """The text of an expression in pieces, with the groups in it that may be broken."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if not isinstance(op, ast.Pow):
            level = _PRECEDENCE[type(op)]
            first = [_Group((("", left),), False)] if _binds(left) < level else _parts(left)
            last = [_Group((("", right),), False)] if _binds(right) <= level else _parts(right)
            return [*first, f" {SYMBOL[type(op)]} ", *last]
        case ast.Call(func=func, args=args, keywords=keywords) if args or keywords:
            items = [("", a) for a in args] + [(f"{k.arg}=" if k.arg else "**", k.value) for k in keywords]
            return [text(func), _Group(tuple(items), True)]
        case ast.Attribute(value=ast.Call() as call) | ast.Subscript(value=ast.Call() as call):
            return [*_parts(call), text(node).removeprefix(text(call))]
        case ast.UnaryOp(op=ast.USub(), operand=ast.BinOp(op=op) as operand) if not isinstance(op, ast.Pow):
            return ["-", _Group((("", operand),), False)]
    return [text(node)]


def _items(items: list[tuple[str, ast.expr]], indent: str) -> list[str]:
    """The items of a call: on one line if that is enough, else one per line."""
    line = indent + ", ".join(prefix + text(item) for prefix, item in items)
    if fits(line):
        return [line]
    lines = _one_per_line(items, indent)
    if len(items) == 1:
        lines[-1] = lines[-1].removesuffix(",")
    return lines


def _one_per_line(items: list[tuple[str, ast.expr]], indent: str) -> list[str]:
    """The items of a display, or those of a call that do not fit on one line."""
    lines = []
    for prefix, item in items:
        if isinstance(item, ast.BinOp | ast.BoolOp) and not prefix and not fits(f"{indent}{text(item)},"):
            lines += _operands(item, indent)
            lines[-1] += ","
        else:
            first, *rest = lay_out(item, indent, prefix, ",")
            lines += [indent + first, *rest]
    return lines


def _operands(node: ast.BinOp | ast.BoolOp, indent: str) -> list[str]:
    """The operands of the operators that bind least, each on its line behind its operator."""
    lines: list[str] = []
    for symbol, operand, parenthesised in _chain(node):
        before, after = (f"{symbol} (", ")") if parenthesised else (f"{symbol} ", "")
        if parenthesised and not fits(f"{indent}{before}{text(operand)}{after}"):
            lines += [f"{indent}{before.lstrip()}", *_long(operand, indent + STEP), f"{indent})"]
            continue
        if isinstance(operand, ast.BinOp) and not parenthesised and not isinstance(operand.op, ast.Pow) and not fits(
                f"{indent}{before.lstrip()}{text(operand)}"):
            first, *rest = _operands(operand, indent)       # they break at their own operators, too
            lines += [f"{indent}{before.lstrip()}{first.lstrip()}", *rest]
            continue
        first, *rest = lay_out(operand, indent, before.lstrip(), after)
        lines += [indent + first, *rest]
    return lines


def _long(node: ast.expr, indent: str) -> list[str]:
    """An expression on lines of its own, inside brackets that are there already."""
    if isinstance(node, ast.BinOp | ast.BoolOp) and not fits(indent + text(node)):
        return _operands(node, indent)
    first, *rest = lay_out(node, indent, "")
    return [indent + first, *rest]


def _chain(node: ast.BinOp | ast.BoolOp) -> list[tuple[str, ast.expr, bool]]:
    """(operator, operand, needs parentheses), for `a + b - c` and `a and b`; a power stays one operand."""
    if isinstance(node, ast.BoolOp):
        symbol = "and" if isinstance(node.op, ast.And) else "or"
        return [(symbol if k else "", v, isinstance(v, ast.BoolOp | ast.IfExp | ast.Lambda))
                for k, v in enumerate(node.values)]
    if isinstance(node.op, ast.Pow):
        return [("", node, False)]
    level = _PRECEDENCE[type(node.op)]
    right = (SYMBOL[type(node.op)], node.right, _binds(node.right) <= level)
    if isinstance(node.left, ast.BinOp) and _binds(node.left) == level:
        return [*_chain(node.left), right]
    return [("", node.left, _binds(node.left) < level), right]


def _binds(node: ast.expr) -> int:
    """How tightly an expression's own operator binds."""
    match node:
        case ast.BinOp(op=op):
            return _PRECEDENCE[type(op)]
        case ast.UnaryOp(op=ast.Not()) | ast.Compare() | ast.BoolOp() | ast.IfExp() | ast.Lambda():
            return 0
        case ast.UnaryOp():
            return _POWER - 1
    return _POWER + 1
