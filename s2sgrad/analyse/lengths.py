"""Arithmetic on lengths: which integers are known, or are the length of an axis and a constant."""

from __future__ import annotations

import operator
from typing import Any

from s2sgrad.core.kinds import Dim, Kind, Number


def length_kind(dim: Dim) -> Number:
    """A Python integer that is this length."""
    return Number("int", True, dim if dim.symbol else dim.offset)


def whole_arithmetic(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """The kind of an operation on integers, of which more may be known than that it gives an integer."""
    if function in (operator.add, operator.sub):
        return length_arithmetic(function, kinds)
    return fold(function, kinds) if function is operator.floordiv or function is operator.mul else None


def length_arithmetic(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """`n + 1` where n is a length; sums of constants."""
    match kinds:
        case (Number("int", _, a), Number("int", _, b)) if a is not None and b is not None:
            if isinstance(a, Dim) and isinstance(b, int):
                return length_kind(Dim(a.symbol, function(a.offset, b)))
            if isinstance(b, Dim) and isinstance(a, int) and function is operator.add:
                return length_kind(Dim(b.symbol, a + b.offset))
            if isinstance(a, Dim) and isinstance(b, Dim) and function is operator.sub and a.symbol == b.symbol:
                return Number("int", True)
            if isinstance(a, int) and isinstance(b, int):
                return Number("int", True, function(a, b))
            return Number("int", True)
    return None


def fold(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """The product or quotient of known integers."""
    match kinds:
        case (Number("int", _, int() as a), Number("int", _, int() as b)) if b != 0:
            return Number("int", True, function(a, b))
    return None
