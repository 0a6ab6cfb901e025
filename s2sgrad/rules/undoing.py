"""Derivatives of the runtime helpers in which adjoints of arrays, joins and samples are written.

Emitted code is legal input: a second derivative transforms calls of these helpers. Most are linear in their first
argument, and the adjoint of undoing an operation is to do it again. A helper that is not here is refused there.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import Array, Kind, ListKind, Number, Numeric, is_float
from s2sgrad.rules.options import array_kind, as_array, dtype_option, entries, shape_option
from s2sgrad.rules.registry import MAYBE_VIEW, VIEW, adjoint, zero_derivative
from s2sgrad.rules.shapes import fresh_dim, make
from s2sgrad.runtime.arrays import add_windows, cast_back, from_diagonal, inverse_axes, undiag
from s2sgrad.runtime.gathering import unselect, untake, untake_along_axis
from s2sgrad.runtime.joining import (
    column_split_like,
    dsplit_like,
    hsplit_like,
    split_like,
    unpad,
    unrepeat,
    unstack_like,
    untile,
    vsplit_like,
)
from s2sgrad.runtime.sampling import (
    in_full_convolution,
    interp_adjoint,
    interp_slope,
    scatter_slopes,
    scatter_to_nodes,
)


# ---------------------------------------------------------------- kinds
def _shaped(y_bar: Kind, shape: Kind, *_: Kind, **__: Kind) -> Kind:
    """An array of the shape that the second argument gives."""
    return array_kind(as_array(y_bar)[0], shape_option(shape))


def _reshaped(y_bar: Kind, shape: Kind, *_: Kind, **__: Kind) -> Kind:
    """A number where the shape is ()."""
    return make(as_array(y_bar)[0], shape_option(shape))


def _cast_back_kind(y_bar: Kind, from_dtype: Kind, to_dtype: Kind) -> Kind:
    dtype = dtype_option(to_dtype, None)
    kind = make(dtype if is_float(Number(dtype or "int")) else None, as_array(y_bar)[1])
    return array_kind(kind.dtype, kind.shape) if isinstance(y_bar, Array) and isinstance(kind, Numeric) else kind


def _like_each(y_bar: Kind, likes: Kind, *_: Kind, **__: Kind) -> Kind:
    """A list of arrays or numbers with the shapes of likes."""
    items = entries(likes)
    if isinstance(likes, Array):
        return array_kind(None, likes.shape)
    if isinstance(likes, Numeric):
        return Numeric(None, likes.shape)
    if items is None:
        return ListKind(Array(None, None))
    parts = tuple(make(None, as_array(k)[1]) for k in items)
    return ListKind(parts[0] if len(set(parts)) == 1 else Array(None, None), parts)


def _unselect_kind(y_bar: Kind, condlist: Kind, likes: Kind) -> Kind:
    return _like_each(y_bar, likes)


def _like_x(weight: Kind, x: Kind, *_: Kind, **__: Kind) -> Kind:
    return make(None, as_array(x)[1])


def _slope_kind(x: Kind, xp: Kind, fp: Kind) -> Kind:
    return make(None, as_array(x)[1])


def _like_nodes(weight: Kind, x: Kind, xp: Kind, dtype: Kind) -> Kind:
    return array_kind(dtype_option(dtype, None), as_array(xp)[1])


def _vector(y_bar: Kind, *_: Kind, **__: Kind) -> Kind:
    return Array(as_array(y_bar)[0], (fresh_dim(),))


# ---------------------------------------------------------------- arrays
zero_derivative(inverse_axes)


# the inner cast makes a zero of an adjoint that passed a cast to integers
@adjoint(cast_back, kind=_cast_back_kind, result=MAYBE_VIEW, complex_too=True)
def recast(x_bar, y_bar, from_dtype, to_dtype, *, x_bar_bar):
    y_bar_bar = cast_back(cast_back(x_bar_bar, from_dtype, to_dtype), to_dtype, from_dtype)
    return y_bar_bar


@adjoint(from_diagonal, kind=_shaped, complex_too=True)
def diagonal(x_bar, y_bar, shape, offset=0, axis1=0, axis2=1, *, x_bar_bar):
    y_bar_bar = np.diagonal(x_bar_bar, offset, axis1, axis2)
    return y_bar_bar


@adjoint(add_windows, kind=_shaped)
def windows_added(x_bar, y_bar, shape, window_shape, axis=None, *, x_bar_bar):
    y_bar_bar = np.lib.stride_tricks.sliding_window_view(x_bar_bar, window_shape, axis)
    return y_bar_bar


@adjoint(undiag, kind=_shaped, result=MAYBE_VIEW, complex_too=True)
def diag(x_bar, y_bar, shape, k=0, *, x_bar_bar):
    y_bar_bar = np.diag(x_bar_bar, k)
    return y_bar_bar


# ---------------------------------------------------------------- joining
@adjoint(split_like, kind=_like_each, result=MAYBE_VIEW, complex_too=True)
def concatenate(parts, y_bar, likes, axis=0, *, parts_bar):
    y_bar_bar = np.concatenate(parts_bar, axis)
    return y_bar_bar


@adjoint(hsplit_like, kind=_like_each, result=MAYBE_VIEW, complex_too=True)
def hstack(parts, y_bar, likes, *, parts_bar):
    y_bar_bar = np.hstack(parts_bar)
    return y_bar_bar


@adjoint(vsplit_like, kind=_like_each, result=MAYBE_VIEW, complex_too=True)
def vstack(parts, y_bar, likes, *, parts_bar):
    y_bar_bar = np.vstack(parts_bar)
    return y_bar_bar


@adjoint(column_split_like, kind=_like_each, result=MAYBE_VIEW, complex_too=True)
def column_stack(parts, y_bar, likes, *, parts_bar):
    y_bar_bar = np.column_stack(parts_bar)
    return y_bar_bar


@adjoint(dsplit_like, kind=_like_each, result=MAYBE_VIEW, complex_too=True)
def dstack(parts, y_bar, likes, *, parts_bar):
    y_bar_bar = np.dstack(parts_bar)
    return y_bar_bar


@adjoint(unstack_like, kind=_like_each, result=MAYBE_VIEW, complex_too=True)
def stack(parts, y_bar, likes, axis=0, *, parts_bar):
    y_bar_bar = np.stack(parts_bar, axis)
    return y_bar_bar


@adjoint(untile, kind=_reshaped, complex_too=True)
def tile(x_bar, y_bar, shape, reps, *, x_bar_bar):
    y_bar_bar = np.tile(x_bar_bar, reps)
    return y_bar_bar


@adjoint(unrepeat, kind=_reshaped, complex_too=True)
def repeat(x_bar, y_bar, shape, repeats, axis=None, *, x_bar_bar):
    y_bar_bar = np.repeat(x_bar_bar, repeats, axis)
    return y_bar_bar


@adjoint(unpad, kind=_shaped, result=VIEW, complex_too=True)
def pad(x_bar, y_bar, shape, pad_width, *, x_bar_bar):
    y_bar_bar = np.pad(x_bar_bar, pad_width)
    return y_bar_bar


# ---------------------------------------------------------------- gathering
@adjoint(untake, kind=_shaped, complex_too=True)
def take(x_bar, y_bar, shape, indices, axis=None, *, x_bar_bar):
    y_bar_bar = np.take(x_bar_bar, indices, axis)
    return y_bar_bar


@adjoint(untake_along_axis, kind=_shaped, complex_too=True)
def take_along_axis(x_bar, y_bar, shape, indices, axis=-1, *, x_bar_bar):
    y_bar_bar = np.take_along_axis(x_bar_bar, indices, axis)
    return y_bar_bar


@adjoint(unselect, kind=_unselect_kind, complex_too=True)
def select(bars, y_bar, condlist, likes, *, bars_bar):
    y_bar_bar = np.broadcast_to(np.select(condlist, bars_bar, 0.0), np.shape(y_bar))
    return y_bar_bar


# ---------------------------------------------------------------- sampling
@adjoint(in_full_convolution, kind=_vector, complex_too=True)
def middle(full_bar, y_bar, length, late=False, *, full_bar_bar):
    before = (length - np.size(y_bar) + late) // 2
    y_bar_bar = full_bar_bar[before:before + np.size(y_bar)]
    return y_bar_bar


@adjoint(interp_slope, kind=_slope_kind)
def slope(y, x, xp, fp, *, y_bar):
    fp_bar = scatter_slopes(y_bar, x, xp, np.result_type(fp))
    xp_bar = -scatter_slopes(y_bar * y, x, xp, np.result_type(xp))
    x_bar = np.zeros(np.shape(x), dtype=np.result_type(x))
    return x_bar, xp_bar, fp_bar


@adjoint(interp_adjoint, kind=_like_x)
def interp_pullback(x_bar, y_bar, x, xp, fp, *, x_bar_bar):
    y_bar_bar = x_bar_bar * interp_slope(x, xp, fp)
    fp_bar = scatter_slopes(x_bar_bar * y_bar, x, xp, np.result_type(fp))
    xp_bar = -scatter_slopes(y_bar * y_bar_bar, x, xp, np.result_type(xp))
    x_bar_of_slope = np.zeros(np.shape(x), dtype=np.result_type(x))
    return y_bar_bar, x_bar_of_slope, xp_bar, fp_bar


@adjoint(scatter_to_nodes, kind=_like_nodes)
def interpolate(nodes, weight, x, xp, dtype, *, nodes_bar):
    weight_bar = np.interp(x, xp, nodes_bar)
    x_bar = interp_adjoint(weight, x, xp, nodes_bar)
    xp_bar = -scatter_to_nodes(weight * interp_slope(x, xp, nodes_bar), x, xp, np.result_type(xp))
    return weight_bar, x_bar, xp_bar
