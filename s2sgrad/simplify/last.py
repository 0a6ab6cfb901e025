"""The last contribution to an adjoint is made where the adjoint is added to another, gets another name, or is returned.

In: a function that no other pass looks at any more. Out: the same with fewer statements.

    before                          after
    r~ += s~ * d                    x~[i] += r~ + s~ * d
    x~[i] += r~

    a~ = a~ + e                     return a~ + e
    return a~

Guaranteed: nobody reads the adjoint behind that; nothing in between binds or writes what the contribution reads.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace

from s2sgrad.analyse.live import Names, live_after
from s2sgrad.core.kinds import Number
from s2sgrad.core.names import is_bar
from s2sgrad.core.nodes import Accumulate, Assign, Block, Call, Function, Return, Statement, Store, Var
from s2sgrad.core.rewrite import blocks, bound, free_names, map_blocks, reads_of, walk_statements
from s2sgrad.simplify.effects import contents, disturbs, effects, is_pure, size
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.settle import total

SHORT = 20      # nodes of the sum


def run(function: Function, facts: Facts) -> Function:
    """The function in which last contributions are made where they are read."""
    return replace(function, body=_block(function.body, live_after(function.body), facts))


def _block(block: Block, live: Mapping[int, Names], facts: Facts) -> Block:
    out = [map_blocks(s, lambda b: _block(b, live, facts)) for s in block]
    _returned(out, facts)
    k = 0
    while k < len(out):
        reader = _reader(out, k, live, facts)
        if reader:
            out[reader] = _with(out[reader], out[k])
            del out[k]
        else:
            k += 1
    return tuple(out)


def _returned(out: list[Statement], facts: Facts) -> None:
    """Put the last of several contributions into the return."""
    match out[-2:]:
        case [Assign((name,), Call(operator.add, (Var(bar), _)) as value), Return(Var(result)) as end] if (
                name == result and is_bar(name) and is_bar(bar) and is_pure(value, facts)):
            out[-2:] = [replace(end, value=value)]


def _reader(out: list[Statement], k: int, live: Mapping[int, Names], facts: Facts) -> int:
    """The place of the statement that alone reads what the contribution at k leaves; 0 if there is none."""
    match out[k]:
        case Accumulate(bar, None, value) if isinstance(facts.kinds.get(bar), Number) and is_pure(value, facts):
            names, inside = free_names(value), contents(value, facts)
        case _:
            return 0
    for j in range(k + 1, len(out)):
        stmt = out[j]
        inside_it = [s for inner in blocks(stmt) for s in walk_statements(inner)]
        if any(bar in reads_of(s) or bar in bound(s) for s in inside_it):
            return 0
        if bar in reads_of(stmt):
            passes = isinstance(stmt, (Assign, Store, Accumulate)) and stmt.value == Var(bar) and size(value) < SHORT
            return j if passes and bar not in {*bound(stmt), *live[stmt.label]} else 0
        if bar in bound(stmt) or disturbs(effects(stmt, facts), names, inside, facts):
            return 0
    return 0


def _with(reader: Statement, last: Statement) -> Statement:
    """The statement that reads the adjoint, with the contribution."""
    assert isinstance(reader, (Assign, Store, Accumulate)) and isinstance(last, Accumulate)
    return replace(reader, value=total(Var(last.bar), last.value, last.sign))
