"""Operators that update a value in place: the one that makes a new value for each, and updates of what was read before.

    Updated(operator.iadd)      what `old += value` leaves: `old` itself if it is an array or a list, else a new number
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

OUT_OF_PLACE: dict[Any, Any] = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ifloordiv: operator.floordiv, operator.imod: operator.mod,
    operator.ipow: operator.pow, operator.imatmul: operator.matmul, operator.iand: operator.and_,
    operator.ior: operator.or_, operator.ixor: operator.xor, operator.ilshift: operator.lshift,
    operator.irshift: operator.rshift,
}


@dataclass(frozen=True)
class Updated:
    """A function of (old, value). It does not print: `normalise.resolve` decides which of the two it is."""

    op: Any
