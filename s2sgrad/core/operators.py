"""Operators that update a value in place: the one that makes a new value for each, and updates of what was read before.

    Updated(operator.iadd)      what `old += value` leaves: `old` itself if it is an array or a list, else a new number

And those that raise where an operand is None, and methods that change their receiver.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

OUT_OF_PLACE: dict[Any, Any] = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ifloordiv: operator.floordiv, operator.imod: operator.mod,
    operator.ipow: operator.pow, operator.imatmul: operator.matmul, operator.iand: operator.and_,
    operator.ior: operator.or_, operator.ixor: operator.xor, operator.ilshift: operator.lshift,
    operator.irshift: operator.rshift,
}


# methods that change their receiver: those that also give a value, and those that give None
TAKING = ("pop", "popitem", "setdefault")
SILENT = ("append", "extend", "insert", "remove", "reverse", "clear", "update", "sort", "fill", "put")


@dataclass(frozen=True)
class Updated:
    """A function of (old, value). It does not print: `normalise.resolve` decides which of the two it is."""

    op: Any


_RAISE = frozenset((
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
    operator.matmul, operator.neg, operator.pos, operator.lt, operator.le, operator.gt, operator.ge, abs, float, len,
    *OUT_OF_PLACE, *(f for f in vars(math).values() if callable(f))))


_ANSWER = (np.equal, np.not_equal, np.logical_not, np.logical_and, np.logical_or, np.logical_xor)


def raises_for_none(function: Any) -> bool:
    """Does an operator or an elementwise function raise where an operand is None, and no other one is an object?"""
    if isinstance(function, np.ufunc):
        return function not in _ANSWER
    return isinstance(function, Hashable) and function in _RAISE
