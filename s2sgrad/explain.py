"""Why a derived program is as it is.

Comes in: a derived program, or the error that refuses a function. Goes out: the program after each stage as text, and
one line for every record, guard and helper call that says what it is there for; or the function with the reason for
the refusal under the line that it is about.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from s2sgrad.core import text
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    If,
    Method,
    Statement,
    Store,
    Var,
    While,
    names,
    walk,
)
from s2sgrad.core.rewrite import bound, exprs, free_names, map_blocks, reverse_start, walk_statements
from s2sgrad.errors import Origin, S2SGradError
from s2sgrad.pipeline import Derived

LONGEST_CHAIN = 3       # of values that are computed again from each other
NOTHING = "nothing is recorded, guarded or left to a helper"
HELPERS = {
    "unbroadcast": "{1} may have been broadcast, or its shape is not known",
    "add_adjoints": "the adjoints are containers, or nothing is known of them",
    "own": "the value may be held by somebody else, who would see it change",
    "zeros_like": "zeros of the form of {0}, which is a container, or of which no kind is known",
    "cast_like": "a gradient has the dtypes of its argument, and those of {1} are not known",
    "require_scalar": "{0} may be an array, which has no gradient",
    "require_kind": "the program was made for arguments of this kind only",
    "require_separate": "memory that two arguments share would be written",
    "last_writers": "an index may name a cell of {0} twice, and only the last write counts",
}


def explained(derived: Derived) -> str:
    """Every stage of a derived program, and the reasons."""
    parts = [f"# ---- {name}\n{text.function(function)}\n" for name, function in derived.stages.items()]
    parts.append(f"# ---- emitted\n{derived.text}")
    parts.append("\n".join(["# ---- why", *reasons(derived), ""]))
    return "\n".join(parts)


def refused(error: S2SGradError) -> str:
    """The function that an error is about, the error under its line."""
    origin = error.origin
    first, last = _extent(origin)
    said = [error.cause, *([f"Remedy: {error.remedy}"] if error.remedy else [])]
    if not first:
        return "\n".join(["# ---- refused", *said, ""])
    lines = [f"# ---- refused: {origin.file}:{origin.line}"]
    for number in range(first, last + 1):
        line = linecache.getline(origin.file, number).rstrip("\n").expandtabs(4)
        lines.append(line)
        if number == origin.line:
            end = origin.end_column if origin.end_column is not None else origin.column + 1
            width = max(1, min(end, len(line)) - origin.column)
            indent = " " * origin.column
            lines += [indent + "^" * width, *(indent + part for part in said)]
    return "\n".join([*lines, ""])


def _extent(origin: Origin) -> tuple[int, int]:
    """The first and the last line of the innermost function around a place; zeros where there is no source."""
    source = "".join(linecache.getlines(origin.file))
    if not source or not origin.line:
        return 0, 0
    try:
        around = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
                  and n.lineno <= origin.line <= (n.end_lineno or n.lineno)]
    except SyntaxError:
        around = []
    if not around:
        return origin.line, origin.line
    innermost = max(around, key=lambda n: n.lineno)
    return innermost.lineno, innermost.end_lineno or innermost.lineno


# ---------------------------------------------------------------- reasons
def reasons(derived: Derived) -> list[str]:
    """One line for every record, guard and helper call, function by function."""
    reversed_ = {s.label: s for s in walk_statements(derived.stages["split"].body)}
    *halves, entry = derived.program.functions
    at = reverse_start(entry.body) or 0
    sweeps: list[tuple[Block, Block, str, tuple[str, ...]]] = []
    named = {half.name: half for half in halves}
    for half in halves:
        if "_bwd" in half.name:
            ahead = named.get(half.name.replace("_bwd", "_fwd"))
            both = half.name if ahead is None else f"{ahead.name}, {half.name}"
            given = set() if ahead is None else {p.name for p in ahead.params}
            alone = tuple(p.name for p in half.params[:1] if p.name not in {*given, "residuals"} and not (
                p.name.endswith(("_bar", "_adj"))))
            sweeps.append((() if ahead is None else ahead.body, half.body, both, alone))
    sweeps.append((entry.body[:at], entry.body[at:], entry.name, ()))
    found: list[str] = []
    for forward, reverse, name, alone in sweeps:
        reader = _Reasons(forward, reverse, reversed_, alone)
        lines = list(dict.fromkeys([*reader.records(), *reader.residuals(), *reader.guards(), *reader.helpers()]))
        found += [f"{name}:", *(f"    {line}" for line in lines or [NOTHING])]
    return found


@dataclass
class _Reasons:
    """The reasons in the two sweeps of one function. reversed_: the statements that reverse statements name; alone:
    the one thing that a helper hands over, if it is one."""

    forward: Block
    reverse: Block
    reversed_: dict[int, Statement]
    alone: tuple[str, ...] = ()
    order: list[Statement] = field(init=False)

    def __post_init__(self) -> None:
        self.order = list(walk_statements(self.forward))
        self.reverse = _with_pops(self.reverse)

    # ------------------------------------------------------------ records
    def records(self) -> Iterator[str]:
        """What is kept in the forward sweep, why it would be lost, and who reads it."""
        restored: dict[str, Statement] = {}
        for statement in walk_statements(self.reverse):
            for slot in (_slot_of(statement), *_taken_by(statement)):
                if slot:
                    restored.setdefault(slot, statement)
        for k, statement in enumerate(self.order):
            match statement:
                case Effect(Call(Method("append"), (Var(slot), value))) if slot in restored:
                    restore = restored[slot]
                    together = isinstance(restore, Assign) and len(restore.targets) > 1
                    for j, one in enumerate(value.items if together and isinstance(value, Build) else (value,)):
                        yield self.record(k, one, restore, j)
                case Assign((slot,), value) if slot in restored and not isinstance(value, Build):
                    yield self.record(k, value, restored[slot])

    def record(self, at: int, value: Expr, restore: Statement, part: int = 0) -> str:
        """One record. part: which of several that are restored together."""
        match value:
            case Call(function, (inner,)) if getattr(function, "__name__", "") == "copy":
                value = inner
        target = restore.targets[part] if isinstance(restore, Assign) else getattr(restore, "base", "")
        readers = self.readers(target, restore) if _slot_of(restore) else _told(self.read_in(restore, 0))
        return f"recorded: `{_shown(value)}`, {self.lost(at, value)}, {readers}"

    def residuals(self) -> Iterator[str]:
        """What the forward half of a helper hands over to the backward half, besides records."""
        lists = {slot for s in walk_statements(self.reverse) if (slot := _slot_of(s))}
        match self.reverse[:1]:
            case (Assign(targets, Var("residuals")) as handed,):
                found: tuple[tuple[str, Statement | None], ...] = tuple((n, handed) for n in targets)
            case _:
                found = tuple((n, None) for n in self.alone)
        for name, start in found:
            if name not in lists:
                yield f"handed over: `{name}`, {self.readers(name, start)}"

    def lost(self, at: int, value: Expr) -> str:
        """Why the reverse sweep does not find the value where it was."""
        read = names(value)
        for later in self.order[at + 1:]:
            if read & {*bound(later), *([later.base] if isinstance(later, Store) else [])}:
                return f"overwritten at line {later.origin.line}" if later.origin.line else "overwritten"
        return "which is another value in each trip"

    def readers(self, name: str, restore: Statement | None) -> str:
        """Who reads a restored name (restore: None where it is there from the start)."""
        return _told(self.reading(name, restore, 0))

    def reading(self, name: str, restore: Statement | None, depth: int) -> Iterator[str]:
        """The readers in words, until the name is bound anew; those of a value that is computed again from it."""
        after = restore is None
        for statement in walk_statements(self.reverse):
            if statement is restore:
                after = True
            elif after and name in set().union(*map(free_names, exprs(statement)), *_bases(statement)):
                yield from self.read_in(statement, depth)
            if after and statement is not restore and name in bound(statement):
                break

    def read_in(self, statement: Statement, depth: int) -> Iterator[str]:
        """A statement that reads, in words; the readers of a value that it only computes again."""
        match statement:
            case Assign((again,), _) if statement.reverses <= 0 and depth < LONGEST_CHAIN:
                yield from self.reading(again, statement, depth + 1)
            case _:
                yield self.reader(statement)

    def reader(self, statement: Statement) -> str:
        """A statement of the reverse sweep, in words."""
        line = f" (line {statement.origin.line})" if statement.origin.line else ""
        match statement, self.reversed_.get(statement.reverses):
            case If(), _:
                return f"the reversed `if`{line}"
            case (For() | While()), _:
                return f"the reversed loop{line}"
            case _, Assign(_, Call(function)):
                return f"the adjoint of `{_called(function)}`{line}"
            case _, Store(base):
                return f"the reverse of the store into `{base}`{line}"
        return f"the reverse of line {statement.origin.line}" if line else "the reverse sweep"

    # ------------------------------------------------------------ guards
    def guards(self) -> Iterator[str]:
        """Branches and counts that the reverse sweep takes over from the forward sweep."""
        counted = {s.base for s in self.order if isinstance(s, Store) and s.index is None and s.value == Const(1)}
        for statement in self.order:
            match statement:
                case (For(leave=str() as name) | While(leave=str() as name)) as loop:
                    yield f"guard: `{name}` stands for the jump out of the loop at line {loop.origin.line}"
        for statement in walk_statements(self.reverse):
            match statement:
                case If(test):
                    yield (f"guard: `if {_shown(test)}` reverses the branch that was taken at line "
                           f"{statement.origin.line}")
                case For(over=over) if counted & names(over):
                    yield (f"guard: `{sorted(counted & names(over))[0]}` counts the trips of the loop at line "
                           f"{statement.origin.line}, which ends when its data say so")

    # ------------------------------------------------------------ helpers
    def helpers(self) -> Iterator[str]:
        """Calls of the runtime, and what they are needed for."""
        for statement in (*self.order, *walk_statements(self.reverse)):
            for expr in (e for x in exprs(statement) for e in walk(x)):
                if isinstance(expr, Call) and _is_helper(expr.function):
                    line = f" (line {statement.origin.line})" if statement.origin.line else ""
                    yield f"helper: `{_shown(expr)}`{line}: {_purpose(expr)}"


def _slot_of(statement: Statement) -> str:
    """The record that a statement restores from."""
    match statement:
        case Assign(_, value) | Store(value=value, op=None):
            match value:
                case Call(Method("pop"), (Var(slot),)):
                    return slot
                case Var(slot) if re.search(r"_record(_\d+)?$", slot):
                    return slot
    return ""


def _with_pops(block: Block) -> Block:
    """The block in which loops that run through records take them off one by one."""
    out: list[Statement] = []
    for statement in block:
        statement = map_blocks(statement, _with_pops)
        if isinstance(statement, For):
            unpacked = {s.value.name: s for s in statement.body if isinstance(s, Assign) and isinstance(s.value, Var)}
            for name, container in reversed(statement.elements):
                match container:
                    case Call(function, (Var() as slot,), ()) if function is reversed:
                        first = unpacked.get(name, Assign((name,), slot, reverses=statement.reverses))
                        taken = replace(first, value=Call(Method("pop"), (slot,)))
                        rest = tuple(s for s in statement.body if s is not first)
                        statement = replace(statement, body=(taken, *rest))
        out.append(statement)
    return tuple(out)


def _told(readers: Iterator[str]) -> str:
    """The first two readers in a sentence."""
    first = list(dict.fromkeys(readers))[:2]
    return "read by " + " and ".join(first) if first else "put back for what is reversed after it"


def _taken_by(statement: Statement) -> Iterator[str]:
    """The records of which the statement takes what it reads."""
    for expr in (e for x in exprs(statement) for e in walk(x)):
        match expr:
            case Call(Method("pop"), (Var(slot),), ()):
                yield slot


def _bases(statement: Statement) -> list[set[str]]:
    return [{statement.base}] if isinstance(statement, Store) and statement.op is not None else []


def _called(function: object) -> str:
    operator = text.BINARY.get(function) or text.UNARY.get(function) if callable(function) else None
    if operator:
        return operator[0].strip()
    name = text.callee(function)
    return name if name.startswith(("np.", "math.", "scipy.")) else name.rpartition(".")[2]


def _is_helper(function: object) -> bool:
    return not isinstance(function, Var | Method) and text.callee(function).startswith(
        ("s2sgrad.runtime.", "s2sgrad.execute."))


def _shown(expr: Expr) -> str:
    return re.sub(r"s2sgrad\.(?:\w+\.)+", "", text.expression(expr))


def _purpose(call: Call) -> str:
    """Why a helper is called: what is not known, or what it computes."""
    name = _shown(Call(call.function)).removesuffix("()")
    operands = [f"`{_shown(a)}`" for a in call.args]
    if name in HELPERS:
        return HELPERS[name].format(*operands, *["the value"] * 2)
    return (getattr(call.function, "__doc__", "") or "computed by the runtime").strip().splitlines()[0].rstrip(".")
