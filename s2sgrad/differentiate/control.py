"""Control flow reversed: the branch that was taken, and loops backwards.

Comes in: `If`, `For` or `While`, and the function that reverses a block. Goes out: the forward statement, with a flag
for a condition that cannot be read again and a count of trips that the range does not tell, and the reverse statement.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace

from s2sgrad.analyse.looks import looked_into, reads_written, written_by
from s2sgrad.core import primitives
from s2sgrad.core.kinds import Number
from s2sgrad.core.names import TRIPS, bar, shadow
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, For, If, Kill, Statement, Var, While
from s2sgrad.core.rewrite import bound_in, free_names, walk_statements
from s2sgrad.differentiate.contribute import accumulate, require_indices
from s2sgrad.differentiate.marks import Path
from s2sgrad.differentiate.remake import again, only_read
from s2sgrad.differentiate.reversal import Reversal, Sweeps
from s2sgrad.normalise.split import cheap

BlockSweeps = Callable[[Reversal, Block, Path], tuple[Block, Block]]


def branch(reversal: Reversal, statement: If, path: Path, block_sweeps: BlockSweeps) -> Sweeps:
    """`if`: the reverse of the branch that was taken."""
    then, then_back = block_sweeps(reversal, statement.then, (*path, (statement.label, 0)))
    orelse, orelse_back = block_sweeps(reversal, statement.orelse, (*path, (statement.label, 1)))
    if not then_back and not orelse_back:
        return [replace(statement, then=then, orelse=orelse)], []
    changed = bound_in(statement.then) | bound_in(statement.orelse)
    test = statement.test
    ahead: list[Statement] = []
    if statement.label in reversal.leaving:
        counter, leaves = reversal.leaving[statement.label]
        stays, left = (orelse_back, then_back) if leaves else (then_back, orelse_back)
        return [replace(statement, then=then, orelse=orelse)], [
            If(Call(operator.ne, (Var(counter), Const(0))), stays, left, origin=statement.origin,
               reverses=statement.label)]
    fixed = isinstance(test, Var) and test.name not in changed and isinstance(reversal.kinds.of(test), Number)
    if not fixed and not _can_read_again(reversal, test, changed, path):
        flag = reversal.flag("^taken")
        reversal.kinds.names[flag] = Number("bool")
        test = _as_flag(reversal, test)
        ahead.append(Assign((flag,), test, origin=statement.origin))
        test = Var(flag)
        reversal.local_flag(flag, path)
    forward = replace(statement, test=test, then=then, orelse=orelse)
    back = If(test, then_back, orelse_back, origin=statement.origin, reverses=statement.label)
    ahead.append(forward)
    return ahead, [back]


def _as_flag(reversal: Reversal, test: Expr) -> Expr:
    """The test, or whether what it gives is true now, where that may be an object that changes."""
    return test if _is_settled(reversal, test) else Call(bool, (test,))


def _is_settled(reversal: Reversal, test: Expr) -> bool:
    """Is it a number, or a new object?"""
    match test:
        case Call(primitives.and_ | primitives.or_, parts):
            return all(_is_settled(reversal, part) for part in parts)
        case Call(operator.lt | operator.le | operator.gt | operator.ge | operator.eq | operator.ne | operator.not_):
            return True
    return isinstance(reversal.kinds.of(test), Number)


def _can_read_again(reversal: Reversal, test: Expr, changed: set[str], path: Path) -> bool:
    """Can the test be read again, at no cost, after the branches ran?"""
    marks, aliases = reversal.marks, reversal.activity.aliases
    names = free_names(test)
    volatile = aliases.volatile
    if volatile and (volatile.reads(test) or volatile.is_one(test)):
        return False
    return _is_cheap(test) and not names & changed and not reads_written(test, aliases) and all(
        n in reversal.loop_names or (n in marks.single and not reversal.in_loop(n, path)) for n in names)


def _is_cheap(test: Expr) -> bool:
    """Is it no dearer to evaluate again than to keep? Of `a and b`, each part."""
    match test:
        case Call(primitives.and_ | primitives.or_ | operator.not_, parts):
            return all(map(_is_cheap, parts))
    return cheap(test)


def may_be_read_again(reversal: Reversal, statement: If, test: Expr) -> bool:
    """Can the test be read again in the reverse sweep, if its names have their values there?"""
    changed = bound_in(statement.then) | bound_in(statement.orelse)
    aliases = reversal.activity.aliases
    return _is_cheap(test) and not free_names(test) & changed and not reads_written(test, aliases) and not (
        aliases.changes_unseen(test) or aliases.volatile is not None and aliases.volatile.is_one(test))


def are_exact(reversal: Reversal, names: set[str]) -> bool:
    """Will the reverse sweep find these names with the values that they had, to the last bit? A branch must not be
    taken there for what was computed again, in another order."""
    for name in names:
        value = reversal.values.get(name)
        if name in reversal.loop_names or name in reversal.marks.single and reversal.marks.home.get(name) == ():
            continue
        if name not in reversal.marks.single or value is None:
            return False
        if again(value, name, reversal.kinds, reversal.activity.aliases) and not (
                only_read(value) and are_exact(reversal, free_names(value))):
            return False
    return True


def loop(reversal: Reversal, statement: For | While, path: Path, block_sweeps: BlockSweeps) -> Sweeps:
    """A loop, reversed; trips are counted where their number cannot be told from the range."""
    at = statement.origin
    ahead: list[Statement] = []
    inner: Path = (*path, (statement.label, 0))
    outer_names = reversal.loop_names
    reversal.loop_names -= bound_in(statement.body)
    if isinstance(statement, For):
        if _is_range(statement.over) and statement.target not in bound_in(statement.body):
            reversal.loop_names |= {statement.target}
            reversal.loop_names |= {n for n, _ in statement.elements} - bound_in(statement.body)
        statement = _fixed_range(reversal, statement, ahead, path)
    counter = reversal.fresh()
    if isinstance(statement, While) and statement.test == Const(True) and statement.leave:
        reversal.kinds.names[counter] = Number("int", True)
        reversal.leaving.update({k: (counter, leaves) for k, leaves in _leaving(statement.body, statement.leave)})
    body, back = block_sweeps(reversal, statement.body, inner)
    trips: str | None = None
    if statement.leave or isinstance(statement, While):
        trips = reversal.flag(TRIPS)
        reversal.kinds.names[trips] = Number("int", True)
        ahead.append(Assign((trips,), Const(0), origin=at))
        body = (Assign((trips,), Call(operator.add, (Var(trips), Const(1))), augmented=True, origin=at), *body)
        reversal.local_flag(trips, path)
    if isinstance(statement, While):
        reverse: Statement = For(counter, Call(range, (Var(trips or ""),)), back, origin=at,
                                 reverses=statement.label)
    else:
        back_elements: list[Statement] = []
        for name, container in statement.elements:
            if reversal.activity.active(name):
                require_indices(reversal, container, at)
            if reversal.activity.active(name) and name not in reversal.shadows.shadowed:
                accumulate(reversal, container, Var(bar(name)), back_elements, statement, Var(statement.target))
                back_elements.append(Kill(bar(name), name, origin=at, reverses=statement.label))
        shadows = [(shadow(n), Var(shadow(c.name))) for n, c in statement.elements
                   if n in reversal.shadows.shadowed and isinstance(c, Var)]
        elements = (*statement.elements, *shadows)
        reverse = For(statement.target, reversed_range(statement.over, trips), (*back, *back_elements),
                      elements=elements, origin=at, reverses=statement.label)
        statement = replace(statement, elements=elements) if shadows else statement
    reversal.loop_names = outer_names
    ahead.append(replace(statement, body=body))
    return ahead, [reverse]


def _leaving(body: Block, leave: str) -> Iterator[tuple[int, bool]]:
    """The branch that alone ends a `while True` loop (in its last trip, and in no other), and does its first arm?"""
    bound = [s for s in walk_statements(body) if isinstance(s, Assign) and leave in s.targets]
    ends = [s for s in bound if s.value != Const(False)]
    for k, statement in enumerate(body):
        if isinstance(statement, If) and len(ends) == 1 and ends[0].value == Const(True) and all(
                any(s is t for t in body[:k]) for s in bound if s is not ends[0]):
            yield from ((statement.label, arm is statement.then) for arm in (statement.then, statement.orelse)
                        if any(s is ends[0] for s in arm))


def _is_range(over: Expr) -> bool:
    match over:
        case Call(function, (inner,)) if function is reversed:
            return _is_range(inner)
        case Call(function):
            return function is range
    return False


def _fixed_range(reversal: Reversal, statement: For, ahead: list[Statement], path: Path) -> For:
    """The range of a loop as it was at entry, whatever the body does to the names in it."""
    aliases = reversal.activity.aliases
    bound, written = bound_in(statement.body), written_by(statement.body, aliases)
    over = statement.over
    match over:
        case Call(function, args) if free_names(over) & bound or looked_into(over, aliases) & written or (
                aliases.changes_unseen(over)):
            fixed: list[Expr] = []
            inner = args[0] if function is reversed else over
            assert isinstance(inner, Call)
            for a in inner.args:
                if isinstance(a, Const):
                    fixed.append(a)
                    continue
                name = reversal.fresh()
                reversal.kinds.names[name] = reversal.kinds.of(a)
                ahead.append(Assign((name,), a, origin=statement.origin))
                reversal.local_flag(name, path)
                fixed.append(Var(name))
            made = Call(range, tuple(fixed))
            return replace(statement, over=Call(reversed, (made,)) if function is reversed else made)
    return statement


def reversed_range(over: Expr, trips: str | None) -> Expr:
    """The same numbers backwards; only the first `trips` of them if the loop may be left early."""
    if isinstance(over, Call) and over.function is reversed:
        inner = over.args[0]
        if trips is None:
            return inner
        over = Call(operator.getitem, (inner, Build("slice", (Const(None), Const(None), Const(-1)))))
    if trips is not None:
        over = Call(operator.getitem, (over, Build("slice", (Const(None), Var(trips), Const(None)))))
    return Call(reversed, (over,))
