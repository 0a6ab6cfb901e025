"""An update in place of what one name alone holds makes a new value, where it is not known whether it is a number.

    total = 0.0                       total = 0.0
    for p in parts:            ->     for p in parts:
        total += cost(p)                  total = total + cost(p)

Comes in: a function and its kinds. Goes out: the function without such updates of names that begin with a literal
number: the first update makes a new object, and nobody else gets hold of it before the last one.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import ListKind, Unknown
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.rewrite import blocks, bound, exprs, map_blocks
from s2sgrad.rules.registry import FRESH, rule_of


def without_owned_updates(function: Function, kinds: Kinds) -> Function:
    """The function with new values for such updates; the same object where there are none."""
    names = _owned(function, kinds)
    if not names:
        return function

    def visit(block: Block) -> Block:
        return tuple(_as_value(map_blocks(s, visit), names) for s in block)

    return replace(function, body=visit(function.body))


def _as_value(statement: Statement, names: set[str]) -> Statement:
    match statement:
        case Store(base, None, value, op) if base in names:
            return Assign((base,), Call(OUT_OF_PLACE[op], (Var(base), value)), augmented=True, label=statement.label,
                          origin=statement.origin)
    return statement


@dataclass(frozen=True)
class _Place:
    """Where something happens: how far down the function, and the loops around it."""

    line: int
    loops: frozenset[int]


def _owned(function: Function, kinds: Kinds) -> set[str]:
    """Names of unknown kind that begin with a number, and that nobody else gets hold of before they are updated."""
    begun: set[str] = set()
    others = {p.name for p in function.params}
    updated: defaultdict[str, list[_Place]] = defaultdict(list)
    shared: defaultdict[str, list[_Place]] = defaultdict(list)
    for place, statement in _places(function.body, frozenset(), iter(range(1 << 62))):
        match statement:
            case Assign((name,), Const(int() | float() | complex())):
                begun.add(name)
            case Store(base, None, _, op) if op is not None:
                updated[base].append(place)
            case _:
                others.update(bound(statement))
        for name in _shares(statement, kinds):
            shared[name].append(place)
    return {n for n in (begun & updated.keys()) - others if isinstance(kinds.named(n), Unknown) and all(
        s.line > u.line and not s.loops & u.loops for u in updated[n] for s in shared[n])}


def _places(block: Block, loops: frozenset[int], lines: Iterator[int]) -> Iterator[tuple[_Place, Statement]]:
    for statement in block:
        place = _Place(next(lines), loops)
        yield place, statement
        inside = loops | {place.line} if isinstance(statement, (For, While)) else loops
        for inner in blocks(statement):
            yield from _places(inner, inside, lines)


def _shares(statement: Statement, kinds: Kinds) -> set[str]:
    """Names whose object something else may hold, or be a view of, after the statement."""
    match statement:
        case Return():
            return set()
        case Store(base, None, value) if not isinstance(kinds.named(base), ListKind):
            return set() if isinstance(value, Var) else _held(value)
        case For(over=over, elements=elements):
            return _held(over).union(*(_held(container) for _, container in elements))
        case Effect(Call(_, args, kwargs)):
            return set().union(*map(_held, args), *(_held(v) for _, v in kwargs))
    return set().union(*map(_held, exprs(statement)))


def _held(expr: Expr) -> set[str]:
    """Names whose object the value may be, hold, or be a view of."""
    match expr:
        case Var(name):
            return {name}
        case Star(value):
            return _held(value)
        case Build(_, items):
            return set().union(*map(_held, items))
        case Call(function, args, kwargs):
            if _makes_new(function):
                return set()
            own = args if not _is_operator(function) else tuple(a for a in args if not isinstance(a, Var))
            return set().union(*map(_held, own), *(_held(v) for _, v in kwargs))
    return set()


def _is_operator(function: Any) -> bool:
    """Does it give something new of names: a number, an array, or a list that holds what displays among them hold?"""
    return getattr(function, "__module__", "") == "_operator" and function is not operator.getitem


def _makes_new(function: Any) -> bool:
    """Is it a function of NumPy or `math` that gives a number, or a new array, of numbers and arrays?"""
    home = str(getattr(function, "__module__", "")).partition(".")[0]
    rule = rule_of(function) if not isinstance(function, (Var, Method)) else None
    return isinstance(function, np.ufunc) or rule is not None and rule.result == FRESH and not rule.writes and (
        home in ("numpy", "math"))
