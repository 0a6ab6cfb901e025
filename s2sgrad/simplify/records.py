"""What both branches of an `if` record is recorded once, before it.

In: a function. Out: the same function with fewer slots.

    before                              after
    if c:                               record x^1 <- x
        record x^1 <- x                 if c:
        x = x + a                           x = x + a
    else:                               else:
        record x^2 <- x                     x = x - a
        x = x - a
    ...                                 ...
    if c:                               recall x <- x^1
        recall x <- x^1                 if c:
        ...                                 ...
    else:                               else:
        recall x <- x^2                     ...
        ...

Guaranteed: the recorded value is the same before the `if`; nothing between there and the restore reads or writes what
is restored, the condition included. Slots that are recorded or restored in several places stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from s2sgrad.core.nodes import Block, Function, If, Recall, Record, Statement
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, walk_statements
from s2sgrad.simplify.effects import contents, disturbs, effects, is_pure
from s2sgrad.simplify.facts import Facts


@dataclass(frozen=True)
class Pair:
    """Two slots that become one: kept stands for gone as well."""

    kept: str
    gone: str


def run(function: Function, facts: Facts) -> Function:
    """The function with equal records of two branches hoisted."""
    statements = tuple(walk_statements(function.body))
    made = [s.slot for s in statements if isinstance(s, Record)]
    taken = [s.slot for s in statements if isinstance(s, Recall)]
    single = frozenset(s for s in made if made.count(s) == 1 and taken.count(s) == 1)
    ifs = [s for s in statements if isinstance(s, If)]
    forward = {p for s in ifs for p in _recorded(s, facts)}
    if not forward:
        return function
    backward = {p for s in ifs for p in _restored(s, facts)}
    for pair in sorted(forward & backward, key=lambda p: p.kept):
        if pair.kept in single and pair.gone in single:
            function = replace(function, body=_hoisted(function.body, pair))
    return function


def _recorded(stmt: If, facts: Facts) -> Iterator[Pair]:
    """Slots of the two branches that record one value, which is there before the `if` as well."""
    if is_pure(stmt.test, facts):
        for one in (s for s in stmt.then if isinstance(s, Record)):
            for other in (s for s in stmt.orelse if isinstance(s, Record)):
                if one.value == other.value and is_pure(one.value, facts) and all(
                        _undisturbed(b, s, free_names(one.value), contents(one.value, facts), facts)
                        for b, s in ((stmt.then, one), (stmt.orelse, other))):
                    yield Pair(one.slot, other.slot)


def _restored(stmt: If, facts: Facts) -> Iterator[Pair]:
    """Slots of the two branches that are restored to one place, of which nothing is read before."""
    for one in (s for s in stmt.then if isinstance(s, Recall)):
        for other in (s for s in stmt.orelse if isinstance(s, Recall)):
            if (one.target, one.index, one.whole) == (other.target, other.index, other.whole):
                names = {one.target}.union(*map(free_names, exprs(one)))
                if all(_unread(b, s, names, facts) for b, s in ((stmt.then, one), (stmt.orelse, other))) and not (
                        facts.any_share(free_names(stmt.test), (one.target,)) or one.target in free_names(stmt.test)):
                    yield Pair(one.slot, other.slot)


def _undisturbed(block: Block, until: Statement, names: set[str], inside: set[str], facts: Facts) -> bool:
    """Is nothing that the value reads bound or written before this statement?"""
    for stmt in block:
        if stmt is until:
            return True
        done = effects(stmt, facts)
        if done.impure or disturbs(done, names, inside, facts):
            return False
    return False


def _unread(block: Block, until: Statement, names: set[str], facts: Facts) -> bool:
    """Does nothing before this statement read, bind or write these names?"""
    for stmt in block:
        if stmt is until:
            return True
        done = effects(stmt, facts)
        touched = done.reads | done.binds | done.writes
        if done.impure or touched & names or facts.any_share(touched, names):
            return False
    return False


def _hoisted(block: Block, pair: Pair) -> Block:
    """The block with the records and restores of these slots before their `if`s."""
    out: list[Statement] = []
    for stmt in block:
        stmt = map_blocks(stmt, lambda b: _hoisted(b, pair))
        if isinstance(stmt, If) and any(isinstance(s, (Record, Recall)) and s.slot == pair.gone for s in stmt.orelse):
            out += [s for s in stmt.then if isinstance(s, (Record, Recall)) and s.slot == pair.kept]
            stmt = replace(stmt, then=_without(stmt.then, pair), orelse=_without(stmt.orelse, pair))
        out.append(stmt)
    return tuple(out)


def _without(block: Block, pair: Pair) -> Block:
    return tuple(s for s in block if not (isinstance(s, (Record, Recall)) and s.slot in (pair.kept, pair.gone)))
