"""What a careful person would not sign in emitted code: small checks on the syntax tree of a text, one per rule.

Comes in: the text of a program, and that of the user's module where it is at hand. Goes out: findings, each with its
line. What the user's own source holds is no finding: a product that was written twice, `x * 1.0`.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

WIDTH = 110
# each call gives an object of its own, or another value
NEW_OBJECTS = {"zeros_like", "ones_like", "full_like", "empty_like", "zeros", "ones", "full", "empty", "copy", "array",
               "list", "dict", "set", "own", "pop", "append", "next"}
# what costs no more than reading a name twice
CHEAP = {"len", "range", "reversed", "zip", "enumerate", "shape", "slice", "isinstance"}


@dataclass(frozen=True)
class Finding:
    """One thing that should not be there."""

    rule: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.line}: {self.rule}: {self.what}"


@dataclass
class Program:
    """A text with its tree. user: the text of the module that holds the user's functions."""

    text: str
    user: str = ""
    tree: ast.Module = field(init=False)
    written: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)
        self.written = Counter(form(e) for e in ast.walk(ast.parse(self.user)) if isinstance(e, ast.expr))

    @property
    def functions(self) -> list[ast.FunctionDef]:
        """All functions, nested ones as well."""
        return [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)]


def form(node: ast.AST) -> str:
    """The text of an expression, with one name for all names: renaming does not matter."""
    text = ast.unparse(node)
    return re.sub(r"\b[A-Za-z_]\w*\b(?!\()", lambda m: m[0] if m[0] in ("if", "else", "for", "in", "not", "and", "or",
                                                                        "np", "math") else "_", text)


def findings(program: Program) -> list[Finding]:
    """All rules, in the order of the lines."""
    return sorted((f for rule in RULES for f in rule(program)), key=lambda f: f.line)


# ---------------------------------------------------------------- names
def unread(program: Program) -> Iterator[Finding]:
    """A variable that nobody reads, at all or before it is bound anew."""
    for function in program.functions:
        yield from _Unread(function, program.user).found()


class _Unread:
    """Names live behind each statement of a function, from its end to its beginning."""

    def __init__(self, function: ast.FunctionDef, user: str) -> None:
        self.function, self.user = function, user
        inner = [n for n in ast.walk(function) if isinstance(n, ast.FunctionDef | ast.Lambda) and n is not function]
        self.captured = {n.id for f in inner for n in ast.walk(f) if isinstance(n, ast.Name)}
        self.views = {n.targets[0].id for n in ast.walk(function) if isinstance(n, ast.Assign)
                      and isinstance(n.targets[0], ast.Name) and not isinstance(n.value, ast.BinOp | ast.Constant)}
        self.dead: dict[tuple[int, str], bool] = {}     # an assignment is dead if it is so on every visit
        self.broken: list[set[str]] = []

    def found(self) -> Iterator[Finding]:
        """The assignments whose names nobody reads."""
        self.block(self.function.body, set())
        for (line, name), dead in self.dead.items():
            if dead:
                yield Finding("unread", line, f"`{name}` is not read")

    def block(self, body: list[ast.stmt], live: set[str]) -> set[str]:
        for stmt in reversed(body):
            live = self.statement(stmt, live)
        return live

    def bind(self, target: ast.AST, live: set[str]) -> set[str]:
        """live, without the names that a target binds, and with those it reads."""
        names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        as_written = isinstance(target, ast.Tuple) and f"{ast.unparse(target).strip('()')} =" in self.user
        for name in names:
            unread_here = (name not in live and name not in self.captured and name != "_" and not as_written
                           and not re.search(rf"\bfor {name} in\b", self.user))
            key = target.lineno, name
            self.dead[key] = self.dead.get(key, True) and unread_here
        return (live - set(names)) | loads(target)

    def statement(self, stmt: ast.stmt, live: set[str]) -> set[str]:
        match stmt:
            case ast.Assign(targets=[target], value=value):
                return self.bind(target, live) | loads(value)
            case ast.AugAssign(target=target, value=value):
                if isinstance(target, ast.Name):
                    shared = {target.id} & self.views           # it may be read under another name
                    live = self.bind(target, live | shared) | {target.id}
                return live | loads(target) | loads(value)
            case ast.If(test=test, body=body, orelse=orelse):
                return self.block(body, live) | self.block(orelse, live) | loads(test)
            case ast.For(target=target, iter=over, body=body, orelse=orelse):
                return self.loop(body, live, self.block(orelse, live), target) | loads(over)
            case ast.While(test=test, body=body, orelse=orelse):
                return self.loop(body, live, self.block(orelse, live) | loads(test), None) | loads(test)
            case ast.Return() | ast.Raise():
                return loads(stmt)
            case ast.Break():
                return set(self.broken[-1])
            case ast.FunctionDef():
                return live
        return live | loads(stmt)

    def loop(self, body: list[ast.stmt], left: set[str], live: set[str], target: ast.expr | None) -> set[str]:
        """left, live: the names live behind `break`, and behind the last trip."""
        self.broken.append(left)
        around = set(live)
        while True:
            start = self.block(body, set(around))
            if target is not None:
                start = self.bind(target, start)
            if start <= around:
                break
            around |= start
        self.broken.pop()
        return around


def counters(program: Program) -> Iterator[Finding]:
    """A loop that counts with a name of a loop around it."""
    def walk(node: ast.AST, outer: frozenset[str]) -> Iterator[Finding]:
        for child in ast.iter_child_nodes(node):
            inside = outer
            if isinstance(child, ast.For):
                bound = {n.id for n in ast.walk(child.target) if isinstance(n, ast.Name)} - {"_"}
                for name in sorted(bound & outer):
                    yield Finding("counter", child.lineno, f"`{name}` counts the trips of two loops")
                inside = outer | bound
            yield from walk(child, inside)
    if not any(walk(ast.parse(program.user), frozenset())):
        yield from walk(program.tree, frozenset())


def loads(node: ast.AST) -> set[str]:
    """The names that are read."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def unread_records(program: Program) -> Iterator[Finding]:
    """A list that is only appended to."""
    for function in program.functions:
        appended: Counter[str] = Counter()
        used: Counter[str] = Counter()
        lines: dict[str, int] = {}
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append")):
                    appended[name] += 1
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=[])):
                    lines[name] = node.lineno
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used[node.id] += 1
        for name, line in lines.items():
            if appended[name] == used[name]:
                yield Finding("record", line, f"`{name}` is recorded and not read")


def unused_functions(program: Program) -> Iterator[Finding]:
    """A function that nobody calls, or that is another one under a new name."""
    top = [n for n in program.tree.body if isinstance(n, ast.FunctionDef)]
    known: dict[str, str] = {}
    for function in top[:-1]:
        if not any(function.name in loads(other) for other in top if other is not function):
            yield Finding("function", function.lineno, f"`{function.name}` is not called")
        text = ast.unparse(function).replace(function.name, "", 1)
        same = known.setdefault(text, function.name)
        if same != function.name:
            yield Finding("function", function.lineno, f"`{function.name}` is `{same}`")


# ---------------------------------------------------------------- arithmetic
def needless(program: Program) -> Iterator[Finding]:
    """`* 1`, `/ 1`, `+ 0`, `- 0`, `** 1`, `x = x`, a double negation."""
    for node in ast.walk(program.tree):
        what = _needless(node)
        if what and form(node) not in program.written:
            yield Finding("needless", node.lineno, f"{what} in `{ast.unparse(node)}`")


def _needless(node: ast.AST) -> str:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right) if is_number(left, 1) or is_number(right, 1):
            return "a product with 1"
        case ast.BinOp(op=ast.Div() | ast.Pow(), right=right) if is_number(right, 1):
            return "a division or power by 1"
        case ast.BinOp(left=left, op=ast.Add(), right=right) if is_number(left, 0) or is_number(right, 0):
            return "a sum with 0"
        case ast.BinOp(left=left, op=ast.Sub(), right=right) if is_number(left, 0) or is_number(right, 0):
            return "a difference with 0"
        case ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.UnaryOp(op=ast.USub())):
            return "a negated term"
        case ast.UnaryOp(op=ast.USub(), operand=ast.UnaryOp(op=ast.USub())):
            return "a double negation"
        case ast.UnaryOp(op=ast.Not(), operand=ast.UnaryOp(op=ast.Not())):
            return "a double negation"
        case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value) if is_number(value, 0):
            return "a sum with 0"
        case ast.AugAssign(op=ast.Mult() | ast.Div(), value=value) if is_number(value, 1):
            return "a product with 1"
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)) if name == other:
            return "a name bound to itself"
    return ""


def is_number(node: ast.expr, value: int) -> bool:
    """Is it this number?"""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value == value


# ---------------------------------------------------------------- computing twice
def repeated(program: Program) -> Iterator[Finding]:
    """A call, or a product of three or more nodes, computed twice in one sweep, with operands that did not change."""
    for function in program.functions:
        yield from _Repeated(program, function).found()


@dataclass
class _Known:
    """Values that have been computed, by their text: where, and from which names."""

    lines: dict[str, int] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)

    def copy(self) -> "_Known":
        return _Known(dict(self.lines), dict(self.names))

    def forget(self, names: set[str]) -> None:
        for text in [t for t, read in self.names.items() if read & names]:
            del self.lines[text], self.names[text]


class _Repeated:
    """Goes through a function in the order of execution."""

    def __init__(self, program: Program, function: ast.FunctionDef) -> None:
        self.program, self.function = program, function
        self.out: list[Finding] = []
        self.reverse = next((n for n, line in enumerate(program.text.splitlines(), 1)
                             if line == "    # reverse sweep" and function.lineno < n <= (function.end_lineno or 0)), 0)
        self.views: dict[str, set[str]] = {}
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)],
                                value=ast.Name() | ast.Subscript() | ast.Attribute() as value):
                    self.views.setdefault(name, set()).update(loads(value))
        self.forward: Counter[str] = Counter()

    def found(self) -> list[Finding]:
        self.block(self.function.body, _Known())
        return self.out

    def block(self, body: list[ast.stmt], known: _Known) -> _Known:
        crossed = False
        for stmt in body:
            if not crossed and 0 < self.reverse < stmt.lineno and body is self.function.body:
                known, crossed = _Known(), True
            known = self.statement(stmt, known)
        return known

    def statement(self, stmt: ast.stmt, known: _Known) -> _Known:
        match stmt:
            case ast.If(test=test, body=body, orelse=orelse):
                self.expression(test, known)
                one, other = self.block(body, known.copy()), self.block(orelse, known.copy())
                if isinstance(body[-1], ast.Return | ast.Raise):
                    return other
                same = {t: n for t, n in one.lines.items() if t in other.lines}
                return _Known(same, {t: one.names[t] for t in same})
            case ast.For(iter=over, body=body):
                self.expression(over, known)
                known.forget(changed(stmt))
                self.block(body, known.copy())
                return known
            case ast.While(test=test, body=body):
                known.forget(changed(stmt))
                self.expression(test, known)
                self.block(body, known.copy())
                return known
            case ast.FunctionDef():
                return known
        self.look(stmt, known)
        names = changed(stmt)
        bound = {n.id for n in ast.walk(stmt) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        written = names - bound
        for name in list(written):      # also what is a view of it
            written |= self.views.get(name, set()) | {n for n, of in self.views.items() if name in of}
        known.forget(bound | written)
        return known

    def look(self, node: ast.AST, known: _Known) -> None:
        """Every expression in it is computed now, larger ones first; what is inside a known one is not looked at."""
        for child in _lazy(node):
            self.expression(child, known)

    def expression(self, node: ast.expr, known: _Known) -> None:
        if counts(node):
            text = ast.unparse(node)
            if text in known.lines:
                if self.program.written[form(node)] < 2 or self.is_reverse(node.lineno):
                    self.out.append(Finding("repeated", node.lineno, f"`{text}`, as in line {known.lines[text]}"))
                return
            for child in _lazy(node):
                self.expression(child, known)
            known.lines[text], known.names[text] = node.lineno, loads(node)
            return
        for child in _lazy(node):
            self.expression(child, known)

    def is_reverse(self, line: int) -> bool:
        """Is it a line of the reverse sweep?"""
        return self.function.name.endswith("_bwd") or 0 < self.reverse < line


def _lazy(node: ast.AST) -> list[ast.expr]:
    """The operands that are surely evaluated."""
    match node:
        case ast.BoolOp(values=[first, *_]):
            return [first]
        case ast.IfExp(test=test):
            return [test]
        case ast.Compare(left=left, comparators=[first, *_]):
            return [left, first]
        case ast.Lambda() | ast.ListComp() | ast.GeneratorExp() | ast.DictComp() | ast.SetComp():
            return []
        case ast.keyword(value=value):
            return [value]
        case ast.Slice():
            return [e for e in (node.lower, node.upper, node.step) if e is not None]
    out: list[ast.expr] = []
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.keyword(value=value):
                out.append(value)
            case ast.Slice():
                out += _lazy(child)
            case ast.expr():
                out.append(child)
    return out


def counts(node: ast.expr) -> bool:
    """Is it a call or a product of three and more nodes, with a value that two readers may share?"""
    if not loads(node) - {"np", "math", "jnp"}:
        return False            # a constant
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            whole = {n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
                     for n in ast.walk(node) if isinstance(n, ast.Call)}
            return name not in CHEAP and not whole & NEW_OBJECTS
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.MatMult() | ast.Pow()):
            return True
    return False


def changed(stmt: ast.stmt) -> set[str]:
    """Names that a statement binds, or whose objects it writes."""
    names: set[str] = set()
    for node in ast.walk(stmt):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Subscript(value=value, ctx=ast.Store()) | ast.Attribute(value=value, ctx=ast.Store()):
                names |= loads(value)
            case ast.AugAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Call(func=ast.Attribute(value=value, attr="append" | "pop" | "extend" | "insert" | "clear")):
                names |= loads(value)
            case ast.Call(func=ast.Attribute(attr="at"), args=[ast.Name(id=name), *_]):
                names.add(name)
    return names


# ---------------------------------------------------------------- helpers
def known_answers(program: Program) -> Iterator[Finding]:
    """A helper that is asked what the header says already."""
    facts = facts_of(program.text)
    shapes = {name: m[1] for name, fact in facts.items() if (m := re.fullmatch(r"\w+\[(.*)\]", fact))}
    entry = [n for n in program.tree.body if isinstance(n, ast.FunctionDef)][-1:]
    for node in (n for f in entry for n in ast.walk(f)):
        match node:
            case ast.Call(func=ast.Name(id="unbroadcast"), args=[first, ast.Name(id=like)]):
                given = _shape(first, shapes)
                if given is not None and given == _shape(ast.Name(id=like, ctx=ast.Load()), shapes):
                    yield Finding("helper", node.lineno, f"both shapes are known in `{ast.unparse(node)}`")
            case ast.Call(func=ast.Name(id="cast_like" | "zeros_like" | "own" as name), args=[*_, ast.Name(id=like)]):
                rebound = any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == like
                              for n in ast.walk(entry[0]))
                if not rebound and (like in shapes or facts.get(like) in ("float", "int")):
                    yield Finding("helper", node.lineno, f"`{name}` of what is {facts[like]}")
            case ast.Call(func=ast.Name(id="require_kind" as name)) if facts:
                yield Finding("helper", node.lineno, f"`{name}` under call facts")


def facts_of(text: str) -> dict[str, str]:
    """The kinds of the parameters, from the header; empty under declared facts."""
    lines = [line.removeprefix("#").strip() for line in text.split("\nimport")[0].split("\n\n")[0].splitlines()
             if line.startswith("#")]
    header = " ".join(lines).partition("Facts: ")[2].rstrip(".")
    if header.startswith("as declared"):
        return {}
    return dict(p.split(": ", 1) for p in header.split("; ") if ": " in p)


def _shape(node: ast.expr, shapes: dict[str, str]) -> str | None:
    """The shape of a name, an adjoint, or an elementwise operation on such, as the header writes it."""
    match node:
        case ast.Name(id=name):
            return shapes.get(name) or shapes.get(name.removesuffix("_bar"))
        case ast.UnaryOp(operand=operand):
            return _shape(operand, shapes)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.Add() | ast.Sub(), right=right):
            one, other = _shape(left, shapes), _shape(right, shapes)
            return one if one == other else None
    return None


# ---------------------------------------------------------------- lines
def long_lines(program: Program) -> Iterator[Finding]:
    """A line of more than 110 columns."""
    for number, line in enumerate(program.text.splitlines(), 1):
        if len(line) > WIDTH:
            yield Finding("long", number, f"{len(line)} columns")


RULES: tuple[Callable[[Program], Iterator[Finding]], ...] = (
    unread, counters, unread_records, unused_functions, needless, repeated, known_answers, long_lines)
