"""Integers that may leave 64 bits: Python's have no end, those that JAX carries through a loop do.

A carried integer may be counted up and down and reduced; where a loop multiplies it, doubles it by adding it to itself,
or adds it to another carried one, it is refused.
"""

from __future__ import annotations

import operator

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Number
from s2sgrad.core.nodes import Assign, Block, Build, Call, Expr, For, Statement, Var, walk
from s2sgrad.core.rewrite import bound_in, walk_statements
from s2sgrad.lower.binding import Binding, canonical
from s2sgrad.lower.refusals import unsupported

GROWING = (operator.mul, operator.pow, operator.lshift)


def refuse_growing_integers(body: Block, binding: Binding) -> None:
    """Raise UnsupportedError for an integer that a lowered loop makes grow faster than by steps."""
    for loop in walk_statements(body):
        if isinstance(loop, For) and canonical(loop) not in binding.python:
            carried = _carried(loop, binding.kinds)
            for statement in walk_statements(loop.body):
                if any(name in carried and _grows(value, carried) for name, value in _bindings(statement)):
                    raise unsupported("An integer that a loop multiplies or adds to itself, and that may leave 64 "
                                      "bits,", statement.origin, "Start it as a float, 1.0, or use backend='numpy'.")


def _carried(loop: For, kinds: Kinds) -> set[str]:
    """Integers that a trip takes over from the one before, and what is computed of them."""
    integers = {n for n in bound_in(loop.body) if _is_integer(Var(n), kinds)}
    found = integers & exposed_names(loop.body)
    while True:
        more = {n for s in walk_statements(loop.body) if isinstance(s, Assign) for n in s.targets
                if n in integers and any(isinstance(e, Var) and e.name in found for e in walk(s.value))}
        if more <= found:
            return found
        found |= more


def _bindings(statement: Statement) -> list[tuple[str, Expr]]:
    match statement:
        case Assign(targets, Build(_, items)) if len(targets) == len(items) > 1:
            return list(zip(targets, items, strict=True))
        case Assign(targets, value):
            return [(name, value) for name in targets]
    return []


def _is_integer(expr: Expr, kinds: Kinds) -> bool:
    kind = kinds.of(expr)
    return isinstance(kind, Number) and kind.dtype.startswith("int")


def _grows(value: Expr, carried: set[str]) -> bool:
    mentioned = [e for e in walk(value) if isinstance(e, Var) and e.name in carried]
    multiplied = any(isinstance(e, Call) and e.function in GROWING and any(
        isinstance(x, Var) and x.name in carried for x in walk(e)) for e in walk(value))
    return multiplied or len(mentioned) > 1
