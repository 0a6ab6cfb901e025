"""A copy that is read before anybody writes what it is a copy of is not needed.

    $1 = np.copy(x~)                          y~ += x~ * a
    y~ += $1 * a                    ->        z~ += np.vdot(x~, b)
    z~ += np.vdot($1, b)                      x~[0] = 0.0
    x~[0] = 0.0

    $2 = np.copy(y~[1:])                      $2 = y~[1:]
    u~ += $2 * a                    ->        u~ += $2 * a
    v~ += $2 * b                              v~ += $2 * b

In: a function. Out: the same function with fewer copies in its reverse sweep. Guaranteed: the copy is bound once and
only read, all in its block, and nothing keeps it; up to the last read nothing binds or writes what was copied. What is
read once, outside of inner blocks, needs no name.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

import numpy as np

from s2sgrad.core.kinds import Array
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import Accumulate, Assign, Block, Call, Expr, Function, Statement, Store, Var, walk
from s2sgrad.core.rewrite import blocks, exprs, free_names, map_blocks, rename_block, walk_statements
from s2sgrad.simplify.copies import AS_NAME, count_uses
from s2sgrad.simplify.effects import binds, contents, disturbs, effects, kept_by
from s2sgrad.simplify.facts import Facts, kind_of


def run(function: Function, facts: Facts) -> Function:
    """The function without copies that are only read."""
    bound = Counter(n for s in walk_statements(function.body) for n in binds(s))
    return replace(function, body=_block(function.body, bound, count_uses(function.body, facts), facts))


def _block(block: Block, bound: Counter[str], used: Counter[str], facts: Facts) -> Block:
    out = [map_blocks(s, lambda b: _block(b, bound, used, facts)) for s in block]
    for k in reversed(range(len(out))):
        stmt = out[k]
        match stmt:
            case Assign((name,), value) if stmt.reverses and is_temporary(name) and bound[name] == 1 and (
                    used[name] < AS_NAME and (source := _part(value, facts)) is not None
                    and isinstance(kind_of(source, facts), Array)
                    and _is_read(name, source, used[name], out[k + 1:], facts)):
                at_once = sum(_times(s, name) for s in out[k + 1:])    # no loop takes it again and again
                if at_once == sum(_times(s, name) for s in walk_statements(tuple(out[k + 1:]))) == 1:
                    out[k:] = rename_block(tuple(out[k + 1:]), {name: source})
                elif value is not source:
                    out[k] = replace(stmt, value=source)
    return tuple(out)


def _part(value: Expr, facts: Facts) -> Expr | None:
    """The array, or part of one, that the value is a copy or a view of."""
    match value:
        case Call(np.copy, ((Var() | Call(operator.getitem, (Var(), _))) as source,), ()):
            return source
        case Call(operator.getitem, (Var() as whole, _)) if isinstance(kind_of(whole, facts), Array):
            return value
    return None


def _is_read(name: str, source: Expr, uses: int, rest: list[Statement], facts: Facts) -> bool:
    """Are all uses reads, before anything changes what was copied?"""
    names, inside = free_names(source), contents(source, facts)
    for stmt in rest:
        if not uses:
            return True
        here = count_uses((stmt,), facts)[name]
        if here and any(_keeps(s, name, facts) for s in walk_statements((stmt,))):
            return False
        uses -= here
        if (uses or blocks(stmt)) and disturbs(effects(stmt, facts), names, inside, facts):
            return False
    return not uses


def _times(stmt: Statement, name: str) -> int:
    return sum(1 for e in exprs(stmt) for part in walk(e) if part == Var(name))


def _keeps(stmt: Statement, name: str, facts: Facts) -> bool:
    """May the statement itself hold on to what the name holds, rather than read it?"""
    if not any(name in free_names(e) for e in exprs(stmt)):
        return False
    match stmt:
        case Assign(value=value):
            return name in kept_by(value, facts)
        case Store(base=into, value=value) | Accumulate(bar=into, value=value):
            return not isinstance(facts.kinds.get(into), Array) and name in kept_by(value, facts)
    return True
