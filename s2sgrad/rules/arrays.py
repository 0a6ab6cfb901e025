"""Derivatives of functions that arrange the entries of one array anew: reshape, transpose, flip, diag, tril, ...

All are linear, so their adjoints read only shapes.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from s2sgrad.core.kinds import ONE, UNKNOWN, Array, Dim, Kind, Number, Shape
from s2sgrad.rules.options import (
    array_kind,
    as_array,
    constant,
    entries,
    integer_option,
    normal_axes,
    normal_axis,
    plus,
    product,
    shape_option,
    unknown_lengths,
    view_like,
)
from s2sgrad.rules.registry import MAYBE_VIEW, VIEW, Rule, adjoint, register
from s2sgrad.rules.shapes import fresh_dim, make, static
from s2sgrad.runtime.arrays import from_diagonal, inverse_axes, undiag, unordered_reshape


# ---------------------------------------------------------------- kinds
def _layout(kind: Kind) -> str:
    return kind.layout if isinstance(kind, Array) else ""


def _factors(shape: tuple[Dim, ...]) -> list[Dim]:
    """Lengths with the same product, no ones among them, constants apart from symbols."""
    bare = [replace(d, scale=1) if d.offset == 0 else d for d in shape]
    scales = [constant(d.scale) for d in shape if d.offset == 0]
    return [d for d in (*bare, *scales) if not d.is_one]


def _filled(dims: tuple[Dim, ...], old: Shape, hole: int) -> tuple[Dim, ...]:
    """A new shape with the length that is given as -1 at `hole`: what is left of the old lengths."""
    missing = fresh_dim()
    if isinstance(old, tuple):
        left = _factors(old)
        rest = _factors(tuple(d for i, d in enumerate(dims) if i != hole))
        for dim in rest:
            if dim in left:
                left.remove(dim)
                continue
            numbers = math.prod(d.offset for d in left if not d.symbol)
            if dim.symbol or not dim.offset or numbers % dim.offset:
                break
            left = [d for d in left if d.symbol] + [constant(numbers // dim.offset)]
        else:
            missing = product(tuple(left))
    return (*dims[:hole], missing, *dims[hole + 1:])


def reshape_kind(a: Kind, shape: Kind | None = None, order: Kind | None = None, **_: Kind) -> Kind:
    """An array of the given shape; C-contiguous if the argument is."""
    new, (_dtype, old) = shape_option(shape), as_array(a)
    if not isinstance(new, tuple):
        return view_like(a, None)
    given = entries(shape)
    sizes = [integer_option(k) for k in (given if given is not None else (shape,))]
    holes = [i for i, size in enumerate(sizes) if size is not None and size < 0]
    if holes:
        new = _filled(new, old, holes[0])
    kind = view_like(a, new)
    if isinstance(kind, Array) and _layout(a) == "C" and static(order, "C") == "C":
        return Array(kind.dtype, kind.shape, "C")
    return kind


def ravel_kind(a: Kind, order: Kind | None = None, **_: Kind) -> Kind:
    """A contiguous array of rank 1."""
    dtype, shape = as_array(a)
    return Array(dtype, (product(shape) if isinstance(shape, tuple) else fresh_dim(),), "C")


def _transpose_kind(a: Kind, axes: Kind | None = None, **_: Kind) -> Kind:
    _dtype, shape = as_array(a)
    if not isinstance(shape, tuple):
        return view_like(a, None)
    if static(axes) is None:
        return view_like(a, shape[::-1])
    order = normal_axes(axes, len(shape))
    return view_like(a, unknown_lengths(len(shape)) if order is None else tuple(shape[i] for i in order))


def _swapaxes_kind(a: Kind, axis1: Kind, axis2: Kind) -> Kind:
    _dtype, shape = as_array(a)
    if not isinstance(shape, tuple):
        return view_like(a, None)
    one, two = normal_axis(axis1, len(shape)), normal_axis(axis2, len(shape))
    if one is None or two is None:
        return view_like(a, unknown_lengths(len(shape)))
    swapped = list(shape)
    swapped[one], swapped[two] = shape[two], shape[one]
    return view_like(a, tuple(swapped))


def _matrix_transpose_kind(x: Kind, **_: Kind) -> Kind:
    return _swapaxes_kind(x, Number("int", value=-1), Number("int", value=-2))


def _moveaxis_kind(a: Kind, source: Kind, destination: Kind) -> Kind:
    _dtype, shape = as_array(a)
    if not isinstance(shape, tuple):
        return view_like(a, None)
    sources, destinations = normal_axes(source, len(shape)), normal_axes(destination, len(shape))
    if sources is None or destinations is None:
        return view_like(a, unknown_lengths(len(shape)))
    order = [axis for axis in range(len(shape)) if axis not in sources]
    for to, axis in sorted(zip(destinations, sources, strict=False)):
        order.insert(to, axis)
    return view_like(a, tuple(shape[axis] for axis in order))


def _squeeze_kind(a: Kind, axis: Kind | None = None) -> Kind:
    _dtype, shape = as_array(a)
    if isinstance(shape, tuple) and static(axis) is None and all(d.is_one or d.not_one for d in shape):
        return view_like(a, tuple(d for d in shape if not d.is_one))
    gone = normal_axes(axis, len(shape)) if isinstance(shape, tuple) else None
    if not isinstance(shape, tuple) or gone is None:
        return view_like(a, None)
    return view_like(a, tuple(d for i, d in enumerate(shape) if i not in gone))


def _expand_dims_kind(a: Kind, axis: Kind) -> Kind:
    dtype, shape = as_array(a)
    if not isinstance(shape, tuple):
        return array_kind(dtype, None)
    items = entries(axis)
    rank = len(shape) + (len(items) if items is not None else 1)
    new = normal_axes(axis, rank)
    if not isinstance(new, tuple):
        sure = isinstance(axis, Number) or items is not None
        return array_kind(dtype, unknown_lengths(rank) if sure else None)
    old = iter(shape)
    return array_kind(dtype, tuple(ONE if i in new else next(old) for i in range(rank)))


def _broadcast_to_kind(array: Kind, shape: Kind, *_: Kind, **__: Kind) -> Kind:
    return array_kind(as_array(array)[0], shape_option(shape))


def _same_shape(a: Kind, *_: Kind, **__: Kind) -> Kind:
    return array_kind(*as_array(a))


def _flip_kind(m: Kind, *_: Kind, **__: Kind) -> Kind:
    return make(*as_array(m))


def _rot90_kind(m: Kind, k: Kind | None = None, axes: Kind | None = None) -> Kind:
    dtype, shape = as_array(m)
    turns = integer_option(k, 1)
    if not isinstance(shape, tuple):
        return array_kind(dtype, None)
    plane = (0, 1) if axes is None else normal_axes(axes, len(shape))
    if turns is None or plane is None or len(plane) != 2:
        return array_kind(dtype, unknown_lengths(len(shape)))
    turned = list(shape)
    if turns % 2:
        turned[plane[0]], turned[plane[1]] = shape[plane[1]], shape[plane[0]]
    return array_kind(dtype, tuple(turned))


def _at_least(rank: int, a: Kind) -> Kind:
    dtype, shape = as_array(a)
    if not isinstance(shape, tuple):
        return array_kind(dtype, None)
    return array_kind(dtype, (ONE,) * (rank - len(shape)) + shape)


def _atleast_1d_kind(arys: Kind, *_: Kind) -> Kind:
    return UNKNOWN if _ else _at_least(1, arys)


def _atleast_2d_kind(arys: Kind, *_: Kind) -> Kind:
    return UNKNOWN if _ else _at_least(2, arys)


def _diagonal_length(rows: Dim, columns: Dim, offset: int | None) -> Dim:
    if offset is None:
        return fresh_dim()
    rows, columns = plus(rows, min(offset, 0)), plus(columns, -max(offset, 0))
    if not rows.is_alike(columns):
        return fresh_dim()
    return rows if rows == columns else replace(rows, offset=min(rows.offset, columns.offset))


def _diagonal_kind(a: Kind, offset: Kind | None = None, axis1: Kind | None = None, axis2: Kind | None = None) -> Kind:
    dtype, shape = as_array(a)
    if not isinstance(shape, tuple) or len(shape) < 2:
        return array_kind(dtype, None)
    one, two = normal_axis(axis1, len(shape), 0), normal_axis(axis2, len(shape), 1)
    if one is None or two is None:
        return array_kind(dtype, unknown_lengths(len(shape) - 1))
    rest = tuple(d for i, d in enumerate(shape) if i not in (one, two))
    return array_kind(dtype, (*rest, _diagonal_length(shape[one], shape[two], integer_option(offset, 0))))


def _diag_kind(v: Kind, k: Kind | None = None) -> Kind:
    dtype, shape = as_array(v)
    offset = integer_option(k, 0)
    if isinstance(shape, tuple) and len(shape) == 2:
        return array_kind(dtype, (_diagonal_length(*shape, offset),))
    if isinstance(shape, tuple) and len(shape) == 1:
        length = fresh_dim() if offset is None else plus(shape[0], abs(offset))
        return array_kind(dtype, (length, length))
    return array_kind(dtype, None)


def _triangle_kind(m: Kind, *_: Kind, **__: Kind) -> Kind:
    dtype, shape = as_array(m)
    if isinstance(shape, tuple) and len(shape) == 1:
        return array_kind(dtype, shape * 2)
    return array_kind(dtype, shape if isinstance(shape, tuple) else None)


# ---------------------------------------------------------------- shape only
@adjoint(np.reshape, kind=reshape_kind, result=MAYBE_VIEW, complex_too=True)
def reshape(y, a, shape, order="C", *, y_bar):
    if order == "C":
        a_bar = np.reshape(y_bar, np.shape(a))
    else:
        a_bar = unordered_reshape(y_bar, a, order)
    return a_bar


@adjoint(np.ravel, kind=ravel_kind, result=MAYBE_VIEW, complex_too=True)
def ravel(y, a, order="C", *, y_bar):
    if order == "C":
        a_bar = np.reshape(y_bar, np.shape(a))
    else:
        a_bar = unordered_reshape(y_bar, a, order)
    return a_bar


@adjoint(np.ndarray.flatten, kind=ravel_kind, complex_too=True)
def flatten(y, a, order="C", *, y_bar):
    if order == "C":
        a_bar = np.reshape(y_bar, np.shape(a))
    else:
        a_bar = unordered_reshape(y_bar, a, order)
    return a_bar


@adjoint(np.squeeze, kind=_squeeze_kind, result=VIEW, complex_too=True)
def squeeze(y, a, axis=None, *, y_bar):
    a_bar = np.reshape(y_bar, np.shape(a))
    return a_bar


@adjoint(np.expand_dims, kind=_expand_dims_kind, result=VIEW, complex_too=True)
def expand_dims(y, a, axis, *, y_bar):
    a_bar = np.reshape(y_bar, np.shape(a))
    return a_bar


@adjoint(np.atleast_1d, kind=_atleast_1d_kind, result=MAYBE_VIEW, complex_too=True)
def atleast_1d(y, arys, *, y_bar):
    arys_bar = np.reshape(y_bar, np.shape(arys))
    return arys_bar


@adjoint(np.atleast_2d, kind=_atleast_2d_kind, result=MAYBE_VIEW, complex_too=True)
def atleast_2d(y, arys, *, y_bar):
    arys_bar = np.reshape(y_bar, np.shape(arys))
    return arys_bar


@adjoint(np.broadcast_to, broadcasts=True, kind=_broadcast_to_kind, result=VIEW, complex_too=True)
def broadcast_to(y, array, shape, *, y_bar):
    return y_bar


# ---------------------------------------------------------------- order of the axes
@adjoint(np.transpose, kind=_transpose_kind, result=VIEW, complex_too=True)
def transpose(y, a, axes=None, *, y_bar):
    if axes is None:
        a_bar = np.transpose(y_bar)
    else:
        a_bar = np.transpose(y_bar, inverse_axes(axes))
    return a_bar


@adjoint(np.matrix_transpose, np.linalg.matrix_transpose, kind=_matrix_transpose_kind, result=VIEW, complex_too=True)
def matrix_transpose(y, x, *, y_bar):
    x_bar = np.matrix_transpose(y_bar)
    return x_bar


@adjoint(np.swapaxes, kind=_swapaxes_kind, result=VIEW, complex_too=True)
def swapaxes(y, a, axis1, axis2, *, y_bar):
    a_bar = np.swapaxes(y_bar, axis1, axis2)
    return a_bar


@adjoint(np.moveaxis, kind=_moveaxis_kind, result=VIEW, complex_too=True)
def moveaxis(y, a, source, destination, *, y_bar):
    a_bar = np.moveaxis(y_bar, destination, source)
    return a_bar


# ---------------------------------------------------------------- order along the axes
@adjoint(np.flip, kind=_flip_kind, result=VIEW, complex_too=True)
def flip(y, m, axis=None, *, y_bar):
    if axis is None:
        m_bar = np.flip(y_bar)
    else:
        m_bar = np.flip(y_bar, axis)
    return m_bar


@adjoint(np.fliplr, kind=_same_shape, result=VIEW, complex_too=True)
def fliplr(y, m, *, y_bar):
    m_bar = np.fliplr(y_bar)
    return m_bar


@adjoint(np.flipud, kind=_same_shape, result=VIEW, complex_too=True)
def flipud(y, m, *, y_bar):
    m_bar = np.flipud(y_bar)
    return m_bar


@adjoint(np.roll, kind=_same_shape, complex_too=True)
def roll(y, a, shift, axis=None, *, y_bar):
    if isinstance(shift, int):
        back = -shift
    elif isinstance(shift, tuple):
        back = np.negative(shift)       # type: ignore[assignment]
    else:
        back = -np.asarray(shift, dtype=int)        # type: ignore[assignment]
    if axis is None:
        a_bar = np.roll(y_bar, back)
    else:
        a_bar = np.roll(y_bar, back, axis)
    return a_bar


@adjoint(np.rot90, kind=_rot90_kind, result=VIEW, complex_too=True)
def rot90(y, m, k=1, axes=(0, 1), *, y_bar):
    if isinstance(k, int):
        back = -k
    else:
        back = -np.asarray(k, dtype=int)        # type: ignore[assignment]
    m_bar = np.rot90(y_bar, back, axes)
    return m_bar


# ---------------------------------------------------------------- diagonals and triangles
@adjoint(np.diag, kind=_diag_kind, result=MAYBE_VIEW, complex_too=True)
def diag(y, v, k=0, *, y_bar):
    if np.ndim(v) == 1:
        v_bar = np.diag(y_bar, k)
    elif np.ndim(v) == 2:
        v_bar = from_diagonal(y_bar, np.shape(v), k)
    else:
        v_bar = undiag(y_bar, np.shape(v), k)
    return v_bar


@adjoint(np.diagonal, kind=_diagonal_kind, result=VIEW, complex_too=True)
def diagonal(y, a, offset=0, axis1=0, axis2=1, *, y_bar):
    a_bar = from_diagonal(y_bar, np.shape(a), offset, axis1, axis2)
    return a_bar


# an argument of rank 1 is taken as each row of a square matrix, which is a broadcast
@adjoint(np.tril, broadcasts=True, kind=_triangle_kind, complex_too=True)
def tril(y, m, k=0, *, y_bar):
    m_bar = np.tril(y_bar, k)
    return m_bar


@adjoint(np.triu, broadcasts=True, kind=_triangle_kind, complex_too=True)
def triu(y, m, k=0, *, y_bar):
    m_bar = np.triu(y_bar, k)
    return m_bar


# ---------------------------------------------------------------- what cannot carry a derivative
register(Rule(np.lib.stride_tricks.as_strided, "none", result=VIEW))
register(Rule(np.ndarray.view, "none", result=VIEW))
register(Rule(np.rollaxis, "none", result=VIEW))
register(Rule(np.broadcast_arrays, "none", result=VIEW))
