"""Choosing between values, elementwise: where, maximum, minimum, clip.

A contribution is the adjoint where the argument was taken, exactly zero where it was not (whatever the adjoint
holds there), and one half of it at a tie. A choice between scalars gives a scalar, not an array of rank 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Known, Number, Numeric, TupleKind, rank_of
from s2sgrad.errors import UnsupportedError
from s2sgrad.rules.registry import adjoint, elementwise
from s2sgrad.rules.shapes import arithmetic, fresh_dim, promote, static
from s2sgrad.rules.ufunc_kinds import like_ufunc, with_dtype
from s2sgrad.runtime.selection import scalar_clip_adjoint, share_above


def _where(condition: Kind, x: Kind | None = None, y: Kind | None = None, **_: Kind) -> Kind:
    if x is None or y is None:
        rank = rank_of(condition)
        return UNKNOWN if not rank else TupleKind((Array("int64", (fresh_dim(),)),) * rank)
    match arithmetic(condition, x, y):
        case Number():                      # NumPy gives an array of rank 0
            return Array(promote(x, y), ())
        case Array(_, shape):
            return Array(promote(x, y), shape)
        case Numeric(_, shape):
            return Numeric(promote(x, y), shape)
    return UNKNOWN


@adjoint(np.where, broadcasts=True, kind=_where, complex_too=True)
def where(z: Any, condition: Any, x: Any = None, y: Any = None, *, z_bar: Any) -> Any:
    if np.ndim(z) == 0:
        x_bar = np.where(condition, z_bar, 0.0)[()]
        y_bar = np.where(condition, 0.0, z_bar)[()]
    else:
        x_bar = np.where(condition, z_bar, 0.0)
        y_bar = np.where(condition, 0.0, z_bar)
    return None, x_bar, y_bar


@adjoint(np.maximum, broadcasts=True, kind=like_ufunc(np.maximum))
def maximum(z: Any, x1: Any, x2: Any, *, z_bar: Any) -> Any:
    if np.ndim(z) == 0:
        x1_bar = np.where(x1 > x2, z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
        x2_bar = np.where(x2 > x1, z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
    else:
        x1_bar = share_above(z_bar, x1, x2)
        x2_bar = share_above(z_bar, x2, x1)
    return x1_bar, x2_bar


@adjoint(np.minimum, broadcasts=True, kind=like_ufunc(np.minimum))
def minimum(z: Any, x1: Any, x2: Any, *, z_bar: Any) -> Any:
    if np.ndim(z) == 0:
        x1_bar = np.where(x1 < x2, z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
        x2_bar = np.where(x2 < x1, z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
    else:
        x1_bar = share_above(z_bar, x2, x1)
        x2_bar = share_above(z_bar, x1, x2)
    return x1_bar, x2_bar


@adjoint(np.fmax, broadcasts=True, kind=like_ufunc(np.fmax))
def fmax(z: Any, x1: Any, x2: Any, *, z_bar: Any) -> Any:
    """Where one is nan the other is taken."""
    if np.ndim(z) == 0:
        x1_bar = np.where((x1 > x2) | np.isnan(x2), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
        x2_bar = np.where((x2 > x1) | np.isnan(x1), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
    else:
        x1_bar = np.where((x1 > x2) | np.isnan(x2), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))
        x2_bar = np.where((x2 > x1) | np.isnan(x1), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))
    return x1_bar, x2_bar


@adjoint(np.fmin, broadcasts=True, kind=like_ufunc(np.fmin))
def fmin(z: Any, x1: Any, x2: Any, *, z_bar: Any) -> Any:
    """Where one is nan the other is taken."""
    if np.ndim(z) == 0:
        x1_bar = np.where((x1 < x2) | np.isnan(x2), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
        x2_bar = np.where((x2 < x1) | np.isnan(x1), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))[()]
    else:
        x1_bar = np.where((x1 < x2) | np.isnan(x2), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))
        x2_bar = np.where((x2 < x1) | np.isnan(x1), z_bar, np.where(x1 == x2, 0.5 * z_bar, 0.0))
    return x1_bar, x2_bar


def _clip(a: Kind, a_min: Kind | None = None, a_max: Kind | None = None, **_: Kind) -> Kind:
    given = [k for k in (a_min, a_max) if k is not None and k != Known(None)]
    return with_dtype(arithmetic(a, *given), promote(a, *given))


@adjoint(np.clip, broadcasts=True, kind=_clip)
def clip(y: Any, a: Any, a_min: Any = None, a_max: Any = None, *, y_bar: Any) -> Any:
    """`minimum(maximum(a, a_min), a_max)`: also right where a_min > a_max."""
    if a_min is None and a_max is None:
        a_bar = y_bar
        a_min_bar = None
        a_max_bar = None
    elif np.ndim(y) == 0:
        bars = scalar_clip_adjoint(a, a_min, a_max, y_bar)
        a_bar = bars[0]
        a_min_bar = bars[1]
        a_max_bar = bars[2]
    elif a_min is None:
        a_bar = share_above(y_bar, a_max, a)
        a_min_bar = None
        a_max_bar = share_above(y_bar, a, a_max)
    elif a_max is None:
        a_bar = share_above(y_bar, a, a_min)
        a_min_bar = share_above(y_bar, a_min, a)
        a_max_bar = None
    else:
        inside = (a_min < a) & (a < a_max)
        bound = (a_min <= a) & (a <= a_max)
        a_bar = np.where(inside, y_bar, np.where(bound, 0.5 * y_bar, 0.0))
        below = (a < a_min) & (a_min < a_max)
        tied = (a <= a_min) & (a_min <= a_max)
        a_min_bar = np.where(below, y_bar, np.where(tied, 0.5 * y_bar, 0.0))
        raised = np.maximum(a, a_min)
        a_max_bar = np.where(raised > a_max, y_bar, np.where(raised == a_max, 0.5 * y_bar, 0.0))
    return a_bar, a_min_bar, a_max_bar


def _nan_to_num(x: Kind, copy: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    if static(copy, True) is not True:
        raise UnsupportedError("np.nan_to_num(..., copy=False) writes its argument.", "leave copy=False out")
    return with_dtype(arithmetic(x), promote(x))


@adjoint(np.nan_to_num, broadcasts=True, kind=_nan_to_num)
def nan_to_num(y: Any, x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None, *,
               y_bar: Any) -> Any:
    if np.ndim(y) == 0:
        x_bar = np.where(np.isfinite(x), y_bar, 0.0)[()]
    else:
        x_bar = np.where(np.isfinite(x), y_bar, 0.0)
    return x_bar


@elementwise(np.heaviside, kind=like_ufunc(np.heaviside))
def heaviside(z: Any, x1: Any, x2: Any) -> Any:
    return 0.0, x1 == 0.0


def _shared(z_bar: Kind, x: Kind, y: Kind, **_: Kind) -> Kind:
    return with_dtype(arithmetic(z_bar, x, y), promote(z_bar))


@adjoint(share_above, broadcasts=True, kind=_shared)
def share(share_bar: Any, z_bar: Any, x: Any, y: Any, *, share_bar_bar: Any) -> Any:
    z_bar_bar = share_above(share_bar_bar, x, y)
    return z_bar_bar, None, None
