"""The functions of `bisect`: places in a sorted sequence, which do not change with it."""

from __future__ import annotations

import bisect

from s2sgrad.core.kinds import Kind, Number
from s2sgrad.rules.registry import zero_derivative


def _place(*_: Kind, **__: Kind) -> Kind:
    return Number("int", weak=True)


zero_derivative(bisect.bisect_left, bisect.bisect_right, kind=_place)
