"""The last stage: a program as text.

Comes in: a program whose names are Python identifiers (`names.readable`), with its comments. Goes out: the text, the
imports it needs and the map from its lines to the user's. Guaranteed: the text is a pure function of the program and
the header; it parses, and running it has the meaning of the core program.
"""

from __future__ import annotations

import ast
import io
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import astunparse

from s2sgrad.core.nodes import Program
from s2sgrad.emit.functional import FunctionalSyntax
from s2sgrad.emit.layout import STEP, SYMBOL, WIDTH, fits, lay_out, text
from s2sgrad.emit.live import every, occurring
from s2sgrad.emit.statements import ChainNode, Choice, CommentLine
from s2sgrad.errors import NOWHERE, Origin


@dataclass(frozen=True)
class Emitted:
    """text: the source; lines: the user's place for each emitted line (from 1) that has one; imports: import lines."""

    text: str
    lines: dict[int, Origin]
    imports: tuple[str, ...]


def emit(program: Program, header: str) -> Emitted:
    """Print a program.

    Args: header: one or several lines that become a comment at the top.
    Raises: UnsupportedError for an object that emitted code has no name for; TypeError for a statement that should
    have been lowered; ValueError for a name that is no Python identifier.
    """
    builder = FunctionalSyntax(own_names(program))
    definitions = [builder.function(f) for f in program.functions]
    imports = _ordered(builder.imports)
    top = [f"# {line}".rstrip() if not line.startswith("#") else line for line in header.splitlines()]
    emitter = Emitter(definitions, [*top, *_sections(imports)])
    return Emitted(emitter.text, emitter.lines, tuple(imports))


def own_names(program: Program) -> frozenset[str]:
    """The names that a program uses for itself: its functions, data, parameters and locals."""
    found = {f.name for f in program.functions} | {d.name for d in program.data}
    for function in program.functions:
        found.update(p.name for p in function.params)
        found.update(name for s in every(function.body) for name in occurring(s))
    for name in sorted(found):
        if not name.isidentifier():
            raise ValueError(f"{name!r} is no Python identifier: the names have to be made readable first")
    return frozenset(found)


def _ordered(imports: set[str]) -> list[str]:
    """Standard library, then the others; `import` before `from`."""
    return sorted(imports, key=lambda line: (not _standard(line), line.startswith("from"), line))


def _standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names


def _sections(imports: list[str]) -> list[str]:
    """The import lines, an empty line between the standard library and the others; one line per `from` module."""
    merged: dict[str, list[str]] = {}
    for line in imports:
        head, _, name = line.partition(" import ") if line.startswith("from") else (line, "", "")
        merged.setdefault(head, []).append(name)
    lines: list[str] = []
    before = ""
    for head, found in merged.items():
        line = f"{head} import {', '.join(found)}" if head.startswith("from") else head
        if before and _standard(before) and not _standard(head):
            lines.append("")
        before = head
        if fits(line):
            lines.append(line)
        else:
            lines += [f"{head} import (", *(f"{STEP}{name}," for name in found), ")"]
    return lines


class Emitter(astunparse.Unparser):   # type: ignore[misc]
    """Lays out definitions and statements; expressions are laid out by `layout`."""

    def __init__(self, definitions: list[ast.FunctionDef], head: list[str]) -> None:
        self.text = ""
        self.lines: dict[int, Origin] = {}
        self._line = len(head)
        self._origins: list[Origin] = [NOWHERE]
        buffer = io.StringIO()
        super().__init__(ast.Module(body=list(definitions), type_ignores=[]), buffer)
        body = buffer.getvalue() if head else buffer.getvalue().lstrip("\n")
        if not head:
            removed = len(buffer.getvalue()) - len(body)
            self.lines = {line - removed: origin for line, origin in self.lines.items()}
        self.text = "\n".join(head) + body

    # ------------------------------------------------------------ hooks of the base class
    def write(self, text: str) -> None:
        """Append text; every line that begins gets the origin of the statement that is being printed."""
        for _ in range(text.count("\n")):
            self._line += 1
            if self._origins[-1] != NOWHERE:
                self.lines[self._line] = self._origins[-1]
        self.f.write(text)

    def fill(self, text: str = "") -> None:
        """Begin a line."""
        self.write("\n" + STEP * self._indent + text)

    def dispatch(self, tree: ast.AST | Sequence[ast.AST]) -> None:
        """Print a statement or a list of them."""
        if not isinstance(tree, ast.AST):
            for before, node in zip((None, *tree), tree, strict=False):
                if isinstance(node, ast.FunctionDef) and self._indent and not isinstance(
                        before, CommentLine | ast.FunctionDef | None):
                    self.write("\n")
                self.dispatch(node)
            return
        self._origins.append(getattr(tree, "origin", self._origins[-1]))
        super().dispatch(tree)
        self._origins.pop()

    # ------------------------------------------------------------ lines
    def line(self, before: str, node: ast.expr, after: str = "") -> None:
        """One statement `before node after`, broken where it is too long."""
        for number, line in enumerate(lay_out(node, STEP * self._indent, before, after)):
            self.fill(line) if number == 0 else self.write("\n" + line)

    def suite(self, body: list[ast.stmt]) -> None:
        """An indented block."""
        self._indent += 1
        self.dispatch(body)
        self._indent -= 1

    # ------------------------------------------------------------ statements
    def _FunctionDef(self, t: ast.FunctionDef) -> None:
        if self._indent:
            self.nested_function(t)
            return
        origin, self._origins[-1] = self._origins[-1], NOWHERE
        self.write("\n\n")
        self._origins[-1] = origin
        for decorator in t.decorator_list:
            self.fill(f"@{ast.unparse(decorator)}")
        flat = f"def {t.name}({ast.unparse(t.args)}):"
        if fits(flat):
            self.fill(flat)
        else:
            self.fill(f"def {t.name}(")
            parts = _parameters(t.args)
            together = f"{STEP}{', '.join(parts)}"
            for line in [together] if fits(together) else [f"{STEP}{part}," for part in parts]:
                self.fill(line)
            self.fill("):")
        body = t.body
        match body:
            case [ast.Expr(value=ast.Constant(value=str() as doc)), *rest]:
                self._indent += 1
                self.docstring(doc)
                self._indent -= 1
                body = rest
        self.suite(body)

    def nested_function(self, t: ast.FunctionDef) -> None:
        """A function inside a function, and the empty line that sets it off."""
        self.fill(f"def {t.name}({ast.unparse(t.args)}):")
        self.suite(t.body)
        self.write("\n")

    def docstring(self, doc: str) -> None:
        """A docstring; closing quotes on a line of their own when it has several."""
        escaped = doc.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        room = WIDTH - len(STEP * self._indent)
        if len(escaped) + 6 > room and "\n" not in escaped:
            escaped = textwrap.fill(escaped, room - 6)
        first, *rest = escaped.split("\n")
        if not rest:
            self.fill(f'"""{first[:-1]}\\""""' if first.endswith('"') else f'"""{first}"""')
            return
        self.fill(f'"""{first}')
        for line in rest:
            self.fill(line.strip()) if line.strip() else self.write("\n")
        self.fill('"""')

    def _CommentLine(self, t: CommentLine) -> None:
        if t.gap:
            self.write("\n")
        for line in t.text.splitlines():
            comment = f"# {line}".rstrip()
            room = WIDTH - len(STEP * self._indent)
            self.fill(comment if len(comment) <= room else comment.removesuffix(" ...")[: room - 4].rstrip() + " ...")

    def _Assign(self, t: ast.Assign) -> None:
        target, indent = t.targets[0], STEP * self._indent
        head = f"{_open(target)} = "
        if isinstance(target, ast.Tuple) and fits(f"{indent}{head}{_open(t.value)}"):
            self.fill(head + _open(t.value))
            return
        if not isinstance(target, ast.Tuple) or fits(f"{indent}{head}{text(t.value)}") or fits(f"{indent}{head}("):
            self.line(head, t.value)
            return
        *targets, last = lay_out(target, indent, "", " = ")
        if not targets:
            self.line(head, t.value)
            return
        value = lay_out(t.value, indent, last.removeprefix(indent))
        for number, line in enumerate([*targets, indent + value[0], *value[1:]]):
            self.fill(line) if number == 0 else self.write("\n" + line)

    def _ChainNode(self, t: ChainNode) -> None:
        line, value = "", text(t.value)
        for name in t.targets:
            if line and not fits(f"{STEP * self._indent}{line}{name} = {value}"):
                self.fill(line + value)
                line = ""
            line += f"{name} = "
        self.fill(line + value)

    def _Choice(self, t: Choice) -> None:
        self.dispatch(self.chosen(t))

    def chosen(self, choice: Choice) -> list[ast.stmt]:
        """The form of a choice that is printed."""
        match choice.one[-1]:
            case ast.Assign(targets=[target], value=value):
                line = f"{STEP * self._indent}{_open(target)} = {_open(value)}"
                return choice.one if fits(line) else choice.several
            case ast.For(target=target, iter=over):
                line = f"{STEP * self._indent}for {_open(target)} in {text(over)}:"
                return choice.one if fits(line) else choice.several
        return choice.several

    def _AugAssign(self, t: ast.AugAssign) -> None:
        symbol = "**" if isinstance(t.op, ast.Pow) else SYMBOL[type(t.op)]
        self.line(f"{text(t.target)} {symbol}= ", t.value)

    def _Return(self, t: ast.Return) -> None:
        value = t.value or ast.Constant(value=None)
        flat = f"return {_open(value)}"
        if fits(STEP * self._indent + flat):
            self.fill(flat)
        else:
            self.line("return ", value)

    def _Expr(self, t: ast.Expr) -> None:
        self.line("", t.value)

    def _Assert(self, t: ast.Assert) -> None:
        self.line("assert ", t.test, "" if t.msg is None else f", {text(t.msg)}")

    def _Raise(self, t: ast.Raise) -> None:
        if t.exc is None:
            self.fill("raise")
        else:
            self.line("raise ", t.exc, "" if t.cause is None else f" from {text(t.cause)}")

    def _If(self, t: ast.If, word: str = "if") -> None:
        self.line(f"{word} ", t.test, ":")
        self.suite(t.body)
        orelse = self.chosen(t.orelse[0]) if len(t.orelse) == 1 and isinstance(t.orelse[0], Choice) else t.orelse
        match orelse:
            case []:
                return
            case [ast.If() as other]:
                self._origins.append(getattr(other, "origin", NOWHERE))
                self._If(other, "elif")
                self._origins.pop()
            case _:
                self.fill("else:")
                self.suite(orelse)

    def _For(self, t: ast.For) -> None:
        self.line(f"for {_open(t.target)} in ", t.iter, ":")
        self.suite(t.body)
        self.otherwise(t)

    def _While(self, t: ast.While) -> None:
        self.line("while ", t.test, ":")
        self.suite(t.body)
        self.otherwise(t)

    def otherwise(self, t: ast.For | ast.While) -> None:
        """The block that runs unless the loop was left by `break`."""
        if t.orelse:
            self.fill("else:")
            self.suite(t.orelse)


def _open(node: ast.expr) -> str:
    """An expression on one line; a tuple without its parentheses where they are not needed."""
    match node:
        case ast.Tuple(elts=[_, _, *_]):
            return text(node)[1:-1]
    return text(node)


def _parameters(args: ast.arguments) -> list[str]:
    """The parameters one by one, with the star that begins the keyword-only ones."""
    plain = len(args.args) - len(args.defaults)
    parts = [ast.unparse(a) + _default(a, args.defaults[k - plain] if k >= plain else None)
             for k, a in enumerate(args.args)]
    if args.vararg is not None:
        parts.append("*" + ast.unparse(args.vararg))
    elif args.kwonlyargs:
        parts.append("*")
    parts += [ast.unparse(a) + _default(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    return [*parts, "**" + ast.unparse(args.kwarg)] if args.kwarg is not None else parts


def _default(parameter: ast.arg, default: ast.expr | None) -> str:
    if default is None:
        return ""
    return f" = {text(default)}" if parameter.annotation is not None else f"={text(default)}"
