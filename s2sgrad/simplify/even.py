"""The adjoint of a list of numbers that all count alike is one number.

In: a function. Out: the same; where all entries of the list have one adjoint, no list of it is made.

    before                                      after
    items~ = list(sum_adjoint(items, y~))
    for i in reversed(range(n)):                for i in reversed(range(n)):
        $1 = items~.pop()                           x~[i] += y~ * a
        x~[i] += $1 * a

Guaranteed: the list is bound once, and its entries are only taken off it or read; they are numbers, as the adjoint is
(a sum of numbers, or the mean of an array that is made of them).
"""

from __future__ import annotations

import builtins
import operator
from collections import Counter
from dataclasses import replace

import numpy as np

from s2sgrad.core.kinds import ListKind, Number
from s2sgrad.core.names import TEMPORARY, is_bar
from s2sgrad.core.nodes import Assign, Block, Call, Const, Effect, Expr, Function, Statement, Var
from s2sgrad.core.rewrite import bottom_up, map_blocks, map_exprs, walk_statements
from s2sgrad.runtime import sum_adjoint
from s2sgrad.simplify.copies import count_uses
from s2sgrad.simplify.effects import binds, is_pure, last_temporary
from s2sgrad.simplify.facts import Facts, kind_of


def run(function: Function, facts: Facts) -> Function:
    """The function without lists of one number."""
    bound = Counter(n for s in walk_statements(function.body) for n in binds(s))
    for stmt in walk_statements(function.body):
        match stmt:
            case Assign((name,), Call(builtins.list, (whole,))) if is_bar(name) and bound[name] == 1:
                entry = _entry(whole, facts)
                if entry is not None and is_pure(entry, facts):
                    number = Var(f"{TEMPORARY}{last_temporary(function, facts) + 1}")
                    body = _block(function.body, name, stmt, Assign((number.name,), entry, origin=stmt.origin,
                                                                   reverses=stmt.reverses))
                    if not count_uses(body, facts)[name]:
                        return replace(function, body=body)
    return function


def _entry(adjoint: Expr, facts: Facts) -> Expr | None:
    """The adjoint of each entry, if they are numbers and all have the same one."""
    match adjoint:
        case Call(function, (items, entry)) if function is sum_adjoint:
            kind = kind_of(items, facts)
            plain = isinstance(kind, ListKind) and _is_real(kind.item)
        case Call(np.broadcast_to, (entry, _), ()):
            plain = True
        case _:
            return None
    return entry if plain and _is_real(kind_of(entry, facts)) else None


def _is_real(kind: object) -> bool:
    """Is it a number of double precision, and nothing else?"""
    return isinstance(kind, Number) and kind.dtype == "float64" and not kind.several


def _block(block: Block, name: str, made: Assign, number: Assign) -> Block:
    """The block with the number in the place of the list and its entries."""
    entry = Var(number.targets[0])

    def plain(expr: Expr) -> Expr:
        match expr:
            case Call(list.pop, (Var(base),), ()) if base == name:
                return entry
            case Call(operator.getitem, (Var(base), Const(int()))) if base == name:
                return entry
        return expr

    out = [number if s is made else map_blocks(s, lambda b: _block(b, name, made, number)) for s in block]
    return tuple(map_exprs(s, lambda e: bottom_up(e, plain)) for s in out if not _is_dropped(s, name))


def _is_dropped(stmt: Statement, name: str) -> bool:
    """Is an entry taken off, and not read?"""
    match stmt:
        case Effect(Call(list.pop, (Var(base),), ())):
            return base == name
    return False
