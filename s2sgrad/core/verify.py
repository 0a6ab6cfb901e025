"""What a well-formed core function is; run after every pass under the tests.

In: a function. Out: a list of faults, each with the text of its statement; `check` raises on the first. Stated here:

- every name is bound on some path before it is read (a loop may run no trips, so that `maybe` lists names that are
  bound only on some paths; adjoints need no binding: an adjoint that nothing was accumulated into is zero);
- labels are unique; `Return` is the last statement and stands nowhere else; no jumps;
- a plain Store names a place; `sign` is 1 or -1; every slot that is recalled is recorded, or given;
- a slice stands only in a subscript, `Star` only in a call or a display, and the items of a slice are three.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, field

from s2sgrad.core.names import is_bar, is_shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Block,
    Break,
    Build,
    Call,
    Const,
    Continue,
    Expr,
    For,
    Function,
    If,
    Kill,
    Leave,
    Materialise,
    Method,
    Recall,
    Record,
    Region,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import bound, exprs, free_names, walk_statements
from s2sgrad.core.text import lines


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the first line of the statement."""

    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.what}: {self.where}"


@dataclass
class _Bound:
    """Names bound on every path and on some path, so far."""

    surely: set[str]
    perhaps: set[str]

    def bind(self, names: tuple[str, ...]) -> None:
        self.surely.update(names)
        self.perhaps.update(names)

    def copy(self) -> _Bound:
        return _Bound(set(self.surely), set(self.perhaps))


@dataclass
class _Checker:
    local: frozenset[str]
    faults: list[Fault] = field(default_factory=list)
    maybe: list[Fault] = field(default_factory=list)

    def fault(self, what: str, stmt: Statement) -> None:
        self.faults.append(Fault(what, next(lines((stmt,)), "")))

    def read(self, names: set[str], state: _Bound, stmt: Statement) -> None:
        for name in sorted(names & self.local - state.surely):
            if name not in state.perhaps:
                self.fault(f"{name} is read before it is bound", stmt)
            else:
                self.maybe.append(Fault(f"{name} is bound on some paths only", next(lines((stmt,)), "")))

    def block(self, block: Block, state: _Bound, at_end: bool) -> None:
        for i, stmt in enumerate(block):
            if isinstance(stmt, Return) and not (at_end and i == len(block) - 1):
                self.fault("return is not the last statement", stmt)
            self.statement(stmt, state)

    def statement(self, stmt: Statement, state: _Bound) -> None:
        head: tuple[Expr, ...] = tuple(exprs(stmt))
        if isinstance(stmt, For):
            head = (stmt.over,)
        for e in head:
            self.read(free_names(e), state, stmt)
        for e in exprs(stmt):
            for what in _misplaced(e, subscript=_is_index(e, stmt)):
                self.fault(what, stmt)
        match stmt:
            case Break() | Continue():
                self.fault("break and continue end with normalising", stmt)
            case Region() | Leave():
                self.fault("regions end with normalising", stmt)
            case Store(base, None, _, None):
                self.fault("a store without operator needs an index", stmt)
            case Store(base) if not is_shadow(base) and not is_bar(base):
                self.read({base}, state, stmt)
            case Accumulate(sign=sign) if sign not in (1, -1):
                self.fault("the sign is neither 1 nor -1", stmt)
            case Recall(target, _, index, whole) if index is not None or whole:
                self.read({target}, state, stmt)
            case If(_, then, orelse):
                one, other = state.copy(), state.copy()
                self.block(then, one, False)
                self.block(orelse, other, False)
                state.surely = one.surely & other.surely
                state.perhaps = one.perhaps | other.perhaps
            case For() | While():
                self.loop(stmt, state)
        state.bind(_binds(stmt))

    def loop(self, stmt: For | While, state: _Bound) -> None:
        """The body, with what an earlier trip may have bound; after it, what was surely bound before."""
        trip = state.copy()
        for s in walk_statements(stmt.body):
            trip.perhaps.update(_binds(s))
        if isinstance(stmt, For):
            trip.bind((stmt.target,))
            for name, container in stmt.elements:
                self.read(free_names(container), trip, stmt)
                trip.bind((name,))
            trip.perhaps.add(stmt.target)
        trip.bind((stmt.trips,) if stmt.trips else ())
        self.block(stmt.body, trip, False)
        if stmt.leave is not None:
            self.read({stmt.leave}, trip, stmt)
        state.perhaps |= trip.perhaps
        if isinstance(stmt, For):
            state.perhaps.update((stmt.target, *(n for n, _ in stmt.elements)))


def _binds(stmt: Statement) -> tuple[str, ...]:
    """Names that are bound after the statement has run on this path."""
    match stmt:
        case For(trips=trips) | While(trips=trips):
            return (trips,) if trips else ()
        case Accumulate(bar=bar) | Kill(bar=bar) | Materialise(bar=bar):
            return (bar,)
        case _:
            return bound(stmt)


def _is_index(expr: Expr, stmt: Statement) -> bool:
    match stmt:
        case Store(index=index) | Accumulate(index=index) | Recall(index=index):
            return expr is index
        case _:
            return False


def _misplaced(expr: Expr, subscript: bool = False) -> Iterator[str]:
    """Slices outside of subscripts, stars outside of calls and displays, displays of unknown form."""
    match expr:
        case Build("slice", items):
            if not subscript:
                yield "a slice outside of a subscript"
            if len(items) != 3:
                yield "a slice has three items"
            for item in items:
                yield from _misplaced(item)
        case Build("tuple", items) if subscript:
            for item in items:
                yield from _misplaced(item, subscript=True)
        case Build(form, items):
            if form not in ("tuple", "list", "dict", "set"):
                yield f"a display of unknown form {form!r}"
            for item in items:
                yield from _misplaced(item.value if isinstance(item, Star) else item)
        case Call(function, args, kwargs):
            if isinstance(function, Method) and not args:
                yield f"the method {function.name} has no receiver"
            for i, arg in enumerate(args):
                inside = arg.value if isinstance(arg, Star) else arg
                yield from _misplaced(inside, subscript=function is operator.getitem and i == 1)
            for _, arg in kwargs:
                yield from _misplaced(arg)
        case Star():
            yield "a star outside of a call or display"
        case Var() | Const():
            return


def _checked(function: Function) -> _Checker:
    statements = tuple(walk_statements(function.body))
    local = {n for s in statements for n in bound(s) if not is_bar(n) and not is_shadow(n)}
    checker = _Checker(frozenset(local))
    params = {p.name for p in function.params}
    checker.block(function.body, _Bound(set(params), set(params)), True)
    seen: set[int] = set()
    recorded = {s.slot for s in statements if isinstance(s, Record)} | local | params
    for stmt in statements:
        if stmt.label in seen:
            checker.fault(f"the label {stmt.label} stands twice", stmt)
        seen.add(stmt.label)
        if isinstance(stmt, Recall) and stmt.slot not in recorded:
            checker.fault(f"{stmt.slot} is recalled but never recorded", stmt)
    return checker


def verify(function: Function) -> tuple[Fault, ...]:
    """The faults of a function; empty when it is well formed."""
    return tuple(_checked(function).faults)


def maybe_unbound(function: Function) -> tuple[Fault, ...]:
    """Reads of names that are bound on some paths only (legal, as in Python)."""
    return tuple(_checked(function).maybe)


def check(function: Function) -> Function:
    """The function itself, if it is well formed. Raises ValueError with the first fault."""
    faults = verify(function)
    if faults:
        raise ValueError(f"{function.name}: {faults[0]}")
    return function
