"""Arithmetic on ranges: which trip of a loop an index belongs to.

    range(n)            k -> k
    range(a, b)         k -> k - a
    range(a, b, c)      k -> (k - a) // c
    reversed(r)         k -> len(r) - 1 - (the trip that k has in r)
"""

from __future__ import annotations

import operator

from s2sgrad.core.nodes import Call, Const, Expr


def position(over: Expr, index: Expr) -> Expr:
    """The number of the trip, from 0, in which the loop over a range has this index."""
    assert isinstance(over, Call)
    if over.function is reversed:
        (inner,) = over.args
        return minus(minus(_length(inner), Const(1)), position(inner, index))
    match over.args:
        case (_,):
            return index
        case (start, _):
            return minus(index, start)
        case (start, _, step):
            return Call(operator.floordiv, (minus(index, start), step))
    return index


def _length(over: Expr) -> Expr:
    match over:
        case Call(_, (Const(value=int() as stop),)) if stop >= 0:
            return Const(stop)
        case Call(_, (Call(function) as stop,)) if function is len:
            return stop
    return Call(len, (over,))


def minus(value: Expr, less: Expr) -> Expr:
    """`value - less`, as short as it goes."""
    match value, less:
        case Const(value=int() as a), Const(value=int() as b):
            return Const(a - b)
    return value if less == Const(0) else Call(operator.sub, (value, less))


def plus(value: Expr, more: Expr) -> Expr:
    """`value + more`, as short as it goes."""
    return value if more == Const(0) else Call(operator.add, (value, more))
