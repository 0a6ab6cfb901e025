"""Cells that are not read again after they were restored need not be recorded, and adjoints need not be zeroed there.

    for i in reversed(range(n)):                      for i in reversed(range(n)):
        for j in reversed(range(i)):                      for j in reversed(range(i)):
            A[i, j] = A_record.pop()          ->              b += A[i, :j] @ A[j, :j]
            b += A[i, :j] @ A[j, :j]                      t = y_bar[i]
        t = y_bar[i]                                      y_bar[:i] += t
        y_bar[i] = 0.0
        y_bar[:i] += t

In: a function with both sweeps. Out: without records, restores and zeroings of cells that are disjoint from every
region of the array that the reverse sweep still reads: later in the same trip, in later trips of each loop around
(unless each trip makes an array of its own), and after it. What is added to a cell reads it. Write-once arrays are
read back this way instead of recorded (design, section 6; lessons, pitfall 4).
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from s2sgrad.analyse.affine import Linear, Region, disjoint, length, linear, region
from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.names import is_bar, is_shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Block,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    If,
    Recall,
    Record,
    Star,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import blocks, bound, exprs, free_names, map_blocks, reverse_start, walk_statements
from s2sgrad.simplify.dead import held
from s2sgrad.simplify.effects import contents
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.renewed import renewed
from s2sgrad.simplify.viewed import Parts, parts

_ALL = (Const(...), Build("slice", (Const(None),) * 3))        # indices of every cell


@dataclass(frozen=True)
class Scope:
    """Where a statement stands: the inequalities of the loops around it, and the new names of their variables."""

    known: tuple[Linear, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def inside(self, loop: Statement, fixed: frozenset[str], suffix: str) -> Scope:
        """In the body of a loop, whose variable gets a name of its own."""
        if not isinstance(loop, For):
            return self
        name = loop.target + suffix
        names = (*((n, m) for n, m in self.names if n != loop.target), (loop.target, name))
        bounds = _bounds(loop.over, fixed | {n for n, _ in self.names})
        if bounds is None:
            return Scope(self.known, names)
        at = Linear(((name, 1),))
        outer = dict(self.names)
        low, high = bounds
        below = () if high is None else (high.renamed(outer).plus(at, -1).plus(Linear((), -1)),)
        return Scope((*self.known, at.plus(low.renamed(outer), -1), *below), names)

    def under(self, branch: Statement, holds: bool, fixed: frozenset[str]) -> Scope:
        """In an arm of a branch, whose test may compare linear forms of integers (of floats, a < b is no gap of 1)."""
        if not (isinstance(branch, If) and isinstance(branch.test, Call) and len(branch.test.args) == 2):
            return self
        names = dict(self.names)
        usable = {n for n in fixed | set(names) if _integer(n) in fixed}
        left, right = (linear(a, usable.__contains__) for a in branch.test.args)
        if left is None or right is None:
            return self
        gap, function = left.plus(right, -1).renamed(names), branch.test.function
        less, more, one = gap.times(-1), gap, Linear((), 1)
        found: dict[Any, tuple[Linear, ...]] = {
            operator.eq: (less, more), operator.lt: (less.plus(one, -1),), operator.le: (less,),
            operator.gt: (more.plus(one, -1),), operator.ge: (more,),
            operator.ne: tuple(g.plus(one, -1) for g in (less, more) if g in self.known)}
        opposite = {operator.eq: operator.ne, operator.ne: operator.eq, operator.lt: operator.ge,
                    operator.ge: operator.lt, operator.gt: operator.le, operator.le: operator.gt}
        if function not in opposite:
            return self
        return replace(self, known=(*self.known, *found[function if holds else opposite[function]]))


Later = Generator[tuple[Statement, Scope], None, bool]      # statements; was the array overwritten at last?


def run(function: Function, facts: Facts) -> Function:
    """The function without records of cells that are not read again."""
    reverse = _reverse(function)
    candidates = [s for s in walk_statements(reverse) if isinstance(s, (Recall, Store)) and _is_candidate(s, facts)]
    if not candidates:
        return function
    seen = _seen(function, facts)
    dead = {s.label for s in candidates if seen.is_dead(s)}
    kept = {s.slot for s in walk_statements(reverse) if isinstance(s, Recall) and s.label not in dead}
    gone = {s.slot for s in candidates if isinstance(s, Recall) and s.label in dead} - kept
    return replace(function, body=_without(function.body, dead, gone)) if dead else function


def restores_of(function: Function) -> tuple[Recall, ...]:
    """The restores of cells."""
    return tuple(s for s in walk_statements(_reverse(function)) if isinstance(s, Recall) and s.index is not None)


def is_unseen(restore: Recall, function: Function, facts: Facts) -> bool:
    """Is no cell of the restore read after it?"""
    return _seen(function, facts).is_dead(restore)


def _reverse(function: Function) -> Block:
    at = reverse_start(function.body)
    return () if at is None else function.body[at:]


def _seen(function: Function, facts: Facts) -> _Seen:
    reverse = _reverse(function)
    changing = {n for s in walk_statements(function.body) for n in bound(s)
                if not isinstance(s, (For, While))}
    binders = Counter(n for s in walk_statements(function.body) for n in set(bound(s)))
    often = {n for n in changing if binders[n] > 1}
    inside = {n for s in walk_statements(reverse) for n in bound(s)}
    fixed = frozenset(n for n in ({p.name for p in function.params} | changing) - often - inside)
    lengths = {length(n) for n in fixed if isinstance(facts.kinds.get(n), Array)}
    integers = {n for n, kind in facts.kinds.items() if isinstance(kind, Number) and kind.dtype.startswith("int")}
    fixed |= lengths | {_integer(n) for n in lengths | integers}
    return _Seen(facts, fixed, reverse, parts(reverse), held(function, facts)[0], renewed(function, facts))


def _is_candidate(s: Recall | Store, facts: Facts) -> bool:
    """Is it the restore of a part, or the zeroing of a part of an array of adjoints?"""
    match s:
        case Recall(index=index):
            return index is not None
        case Store(base, index, Const(value), None) if s.reverses and index is not None and value == 0:
            return (is_bar(base) or is_shadow(base)) and isinstance(facts.kinds.get(base), Array)
    return False


def _integer(name: str) -> str:
    """What says, among the names that are fixed, that a name holds an integer."""
    return f"int({name})"


def _without(block: Block, labels: set[int], slots: set[str]) -> Block:
    """Without these slots, and these stores."""
    def is_gone(s: Statement) -> bool:
        return isinstance(s, (Record, Recall)) and s.slot in slots or isinstance(s, Store) and s.label in labels

    return tuple(map_blocks(s, lambda b: _without(b, labels, slots)) for s in block if not is_gone(s))


@dataclass(frozen=True)
class _Seen:
    """Which cells the reverse sweep still reads. held: memory that others may look at; renewed: by the label of a loop,
    the memory of which each trip makes its own."""

    facts: Facts
    fixed: frozenset[str]
    reverse: Block
    parts: Parts
    held: frozenset[str]
    renewed: Mapping[int, frozenset[str]]

    def is_dead(self, stmt: Recall | Store) -> bool:
        """Does nobody see what the statement (a candidate) writes?"""
        target, index = (stmt.target, stmt.index) if isinstance(stmt, Recall) else (stmt.base, stmt.index)
        memory = self.facts.memory(target)
        if memory is None or isinstance(stmt, Store) and memory in self.held:
            return False
        path = _path(stmt, self.reverse)
        scope = Scope()
        for around, arm in path:
            scope = scope.inside(around, self.fixed, "'").under(around, arm == 0, self.fixed)
        cells = _region(index, scope, self.fixed)
        own = frozenset(around.label for around, _ in path if memory in self.renewed.get(around.label, frozenset()))
        return not any(_may_meet(found, cells, scope, self.facts, target, self.fixed, self.parts)
                       for found in _later(stmt, self.reverse, self.fixed, own))


def _path(target: Statement, block: Block) -> list[tuple[Statement, int]]:
    """The loops and branches around a statement, outermost first, each with the number of its block."""
    for statement in block:
        if statement.label == target.label:
            return []
        for arm, inner in enumerate(blocks(statement)):
            if any(s.label == target.label for s in walk_statements(inner)):
                return [(statement, arm), *_path(target, inner)]
    return []


def _later(restore: Recall | Store, reverse: Block, fixed: frozenset[str],
           own: frozenset[int]) -> Iterator[tuple[Statement, Scope]]:
    """Every statement that may run after the restore, and before its array is overwritten as a whole, with its scope;
    compound ones stand for their heads. own: loops of which later trips do not count."""
    target = restore.target if isinstance(restore, Recall) else restore.base
    at = next(k for k, s in enumerate(reverse) if any(t.label == restore.label for t in walk_statements((s,))))
    if any(target in bound(s) for s in walk_statements(reverse[at:])):      # later it may be the name of another array
        target = ""

    def all_of(block: Block, scope: Scope, suffix: str) -> Later:
        for k, statement in enumerate(block):
            yield statement, scope
            if _overwrites(statement, target):
                return True
            for arm, inner in enumerate(blocks(statement)):
                deeper = scope.inside(statement, fixed, f"{suffix}.{k}").under(statement, arm == 0, fixed)
                yield from all_of(inner, deeper, f"{suffix}.{k}")
        return False

    def after(block: Block, scope: Scope) -> Later:
        for k, statement in enumerate(block):
            if statement.label != restore.label and not any(
                    s.label == restore.label for inner in blocks(statement) for s in walk_statements(inner)):
                continue
            if statement.label != restore.label:
                looping = isinstance(statement, (For, While)) and statement.label not in own
                for arm, inner in enumerate(blocks(statement)):
                    if any(s.label == restore.label for s in walk_statements(inner)):
                        inner_scope = scope.inside(statement, fixed, "'").under(statement, arm == 0, fixed)
                        if (yield from after(inner, inner_scope)):
                            return True
                        if looping:
                            again = _next_trip(statement, scope.inside(statement, fixed, '"'))
                            yield from all_of(inner, again, '"')
            return (yield from all_of(block[k + 1:], scope, "^"))
        return False

    yield from after(reverse, Scope())


def _overwrites(statement: Statement, array: str) -> bool:
    """Does it put something into every cell of the array, whatever is in it?"""
    match statement:
        case Recall(target, index=index, whole=whole):
            return target == array and (whole or index in _ALL)
        case Store(base, index, _, None):
            return base == array and index in _ALL
    return False


def _next_trip(loop: Statement, scope: Scope) -> Scope:
    """In a later trip of this loop: before it in a reversed range, after it in another."""
    if not isinstance(loop, For):
        return scope
    found = _range(loop.over)
    if found is None:
        return scope
    here, there = Linear(((loop.target + "'", 1),)), Linear(((loop.target + '"', 1),))
    order = there.plus(here, -1).times(found[2])
    return replace(scope, known=(*scope.known, order.plus(Linear((), -1))))


def _bounds(over: Expr, fixed: frozenset[str]) -> tuple[Linear, Linear | None] | None:
    """lower <= variable < upper of a loop over a range, in either direction; None: no linear bound."""
    found = _range(over)
    if found is None:
        return None
    low, high = (linear(e, fixed.__contains__) for e in found[:2])
    return None if low is None else (low, high)


def _range(over: Expr) -> tuple[Expr, Expr, int] | None:
    """lower <= variable < upper of a loop over a range or its first numbers; 1 where it grows, -1 where it falls."""
    match over:
        case Call(function, (inner,)) if function is reversed:
            found = _range(inner)
            return None if found is None else (*found[:2], -found[2])
        case Call(operator.getitem, (inner, Build("slice", (Const(value=None), Var(), Const(value=None))))):
            return _range(inner)
        case Call(function, (stop,)) if function is range:
            return Const(0), stop, 1
        case Call(function, (start, stop)) if function is range:
            return start, stop, 1
        case Call(function, (start, stop, Const(int() as step))) if function is range and step > 0:
            return start, stop, 1
        case Call(function, (start, stop, Const(int() as step))) if function is range and step < 0:
            return Call(operator.add, (stop, Const(1))), Call(operator.add, (start, Const(1))), -1
    return None


def _region(index: Expr | None, scope: Scope, fixed: frozenset[str]) -> Region:
    names = dict(scope.names)
    usable = fixed | set(names)
    return region(_renamed(index, names) if index is not None else None,
                  lambda n: n in usable or n in names.values(), scope.known)


def _renamed(expr: Expr, names: Mapping[str, str]) -> Expr:
    match expr:
        case Var(name):
            return Var(names.get(name, name))
        case Call(function, args, kwargs):
            return Call(function, tuple(_renamed(a, names) for a in args), kwargs)
        case Build(form, items):
            return Build(form, tuple(_renamed(i, names) for i in items))
    return expr


def _may_meet(found: tuple[Statement, Scope], cells: Region, scope: Scope, facts: Facts, target: str,
              fixed: frozenset[str], views: Parts) -> bool:
    """May the statement read one of the cells?"""
    statement, there = found
    for index in _read_by(statement, facts, target, views):
        if index is _WHOLE or not disjoint(cells, _region(index, there, fixed), (*scope.known, *there.known)):
            return True
    return False


_WHOLE = Const("whole")


def _read_by(statement: Statement, facts: Facts, target: str, views: Parts) -> Iterator[Expr]:
    """The indices at which a statement may read the array; what it adds to a cell, it reads there."""
    match statement:
        case Store(base, index, _, op) if op is not None and facts.may_share(base, target):
            yield index if base == target and index is not None else _part(base, target, views)
        case Accumulate(bar, index) if facts.may_share(bar, target):
            yield index if bar == target and index is not None else _part(bar, target, views)
    for expr in exprs(statement):
        if facts.any_share(contents(expr, facts), (target,)):
            yield from _reads(expr, facts, target, views)


def _part(name: str, target: str, views: Parts) -> Expr:
    """The index of the part of the array that the name is, as far as it is known."""
    base, index = views.get(name, ("", _WHOLE))
    return index if base == target else _WHOLE


def _reads(expr: Expr, facts: Facts, target: str, views: Parts) -> Iterator[Expr]:
    """The indices at which an expression may read the array; _WHOLE for a read of any other form."""
    match expr:
        case Var(name):
            if facts.may_share(name, target):
                yield _part(name, target, views)
        case Call(function, (Var(name), index)) if function is operator.getitem and name == target:
            yield index
            yield from _reads(index, facts, target, views)
        case Call(function, args, kwargs):
            if isinstance(function, Var) and function.name not in facts.functions:
                yield from _reads(function, facts, target, views)
            read = contents(expr, facts)
            for part in (*args, *(v for _, v in kwargs)):
                if not (isinstance(part, Var) and part.name not in read):       # np.shape(A) reads no cell
                    yield from _reads(part, facts, target, views)
        case Build(_, items):
            for part in items:
                yield from _reads(part, facts, target, views)
        case Star(value):
            yield from _reads(value, facts, target, views)
        case Const():
            for name in free_names(expr):
                yield from _reads(Var(name), facts, target, views)
