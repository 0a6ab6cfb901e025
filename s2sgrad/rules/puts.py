"""Writes as values: an array with other entries at an index, for back ends on which arrays are never written.

    u = put(u, i, v)            u = u.copy(); u[i] = v
    u = put_sum(u, i, v)        u = u.copy(); u[i] += v         (every repeated index counts)
"""
# mypy: allow-untyped-defs

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.core.kinds import Kind
from s2sgrad.rules.registry import adjoint
from s2sgrad.runtime import unbroadcast


def put(base: Any, index: Any, value: Any) -> Any:
    """A copy of the array base with value at index."""
    result = np.array(base)
    result[index] = value
    return result


def put_sum(base: Any, index: Any, value: Any) -> Any:
    """A copy of the array base with value added at index."""
    result = np.array(base)
    np.add.at(result, index, value)
    return result


def _like_base(base: Kind, index: Kind, value: Kind) -> Kind:
    return base


@adjoint(put, kind=_like_base, complex_too=True)
def put_adjoint(y, base, index, value, *, y_bar):
    """The adjoints of `put`."""
    base_bar = put(y_bar, index, 0.0)
    value_bar = unbroadcast(y_bar[index], value)
    return base_bar, None, value_bar


@adjoint(put_sum, kind=_like_base, complex_too=True)
def put_sum_adjoint(y, base, index, value, *, y_bar):
    """The adjoints of `put_sum`."""
    base_bar = y_bar
    value_bar = unbroadcast(y_bar[index], value)
    return base_bar, None, value_bar
