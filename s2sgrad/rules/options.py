"""Reading what a call says about shapes, dtypes and lengths from the kinds of its arguments.

In: kinds of arguments and options as the call wrote them. Out: the shape, dtype or length that they stand for, or
"not known"; never a guess, since kind rules build on it.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from s2sgrad.core.kinds import (
    FLOATS,
    Array,
    Dim,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    Shape,
    TupleKind,
    shape_of,
)
from s2sgrad.rules.shapes import dtype_of, fresh_dim, fresh_shape, static


# ---------------------------------------------------------------- lengths
def constant(length: int) -> Dim:
    """A length that is a constant of the program."""
    return Dim("", length)


def plus(dim: Dim, more: int) -> Dim:
    """The length `dim + more`, nothing known where that cannot be said by one offset."""
    if not dim.symbol:
        return constant(max(dim.offset + more, 0))
    if more == 0:
        return dim
    if more < 0 or dim.offset >= 0:
        return replace(dim, offset=dim.offset + more)
    return fresh_dim()


def times(dim: Dim, factor: int) -> Dim:
    """The length `factor * dim`, factor at least 1."""
    return replace(dim, offset=factor * dim.offset, scale=factor * dim.scale)


def divided(dim: Dim, count: int) -> Dim | None:
    """The length `dim // count` where it comes out even for all values of the symbol, None otherwise."""
    if not dim.symbol:
        return constant(dim.offset // count)
    if dim.scale % count or dim.offset % count:
        return None
    return replace(dim, offset=dim.offset // count, scale=dim.scale // count)


def total(dims: tuple[Dim, ...]) -> Dim:
    """The sum of lengths: known where the symbolic ones are multiples of one length."""
    symbolic = [d for d in dims if d.symbol]
    constants = sum(d.offset for d in dims if not d.symbol)
    if not symbolic:
        return constant(constants)
    if len(symbolic) == 1:
        return plus(symbolic[0], constants)
    if len({d.symbol for d in symbolic}) > 1 or any(d.offset < 0 for d in symbolic):
        return fresh_dim()
    return replace(symbolic[0], offset=constants + sum(d.offset for d in symbolic),
                   scale=sum(d.scale for d in symbolic))


def product(dims: tuple[Dim, ...]) -> Dim:
    """The number of entries: products of the same lengths are the same length."""
    symbolic = sorted((d for d in dims if d.symbol), key=lambda d: (d.symbol, d.offset, d.never_one))
    factor = math.prod(d.offset for d in dims if not d.symbol)
    if not symbolic or factor == 0:
        return constant(factor)
    if len(symbolic) == 1:
        return times(symbolic[0], factor)
    factor *= math.prod(d.scale for d in symbolic if d.offset == 0)
    parts = [d.symbol if d.offset == 0 else f"max({d.scale}{d.symbol}{d.offset:+d},0)" for d in symbolic]
    name = "*".join(([str(factor)] if factor != 1 else []) + parts)
    return Dim(name, 0, never_one=any(d.not_one for d in dims))


def length_of(kind: Kind | None) -> Dim:
    """The length that an integer argument gives."""
    match kind:
        case Number(value=Dim() as dim):
            return dim
        case Number(value=bool() | int() | np.integer() as value):
            return constant(max(int(value), 0))
    return fresh_dim()


def length_kind(dim: Dim) -> Number:
    """A Python integer that is this length."""
    return Number("int", weak=True, value=dim if dim.symbol else dim.offset)


# ---------------------------------------------------------------- shapes, dtypes, axes
def entries(kind: Kind | None) -> tuple[Kind, ...] | None:
    """The kinds of the entries of a tuple or list of known length."""
    match kind:
        case TupleKind(items):
            return items
        case ListKind(_, items):
            return items
    return None


def shape_option(kind: Kind | None) -> Shape:
    """The shape that a `shape` argument gives: an integer, or a tuple or list of integers."""
    if isinstance(kind, Number):
        return (length_of(kind),)
    items = entries(kind)
    return None if items is None else tuple(length_of(k) for k in items)


def integer_option(kind: Kind | None, default: int | None = None) -> int | None:
    """The integer that an option is known to be; None where it is not known."""
    value = static(kind, default)
    return int(value) if isinstance(value, (int, np.integer)) else None


def dtype_name(dtype: object) -> str | None:
    """The name that kinds use; None for dtypes that kinds cannot name."""
    found = np.dtype(dtype)   # type: ignore[call-overload]
    if found.kind == "f":
        return found.name if found.name in FLOATS else "longdouble"
    return found.name if found.kind in "biuc" else None


def dtype_option(kind: Kind | None, default: str | None) -> str | None:
    """The dtype that a `dtype` option gives; default where it is absent or None."""
    match kind:
        case None | Known(None):
            return default
        case Known(str() | type() | np.dtype() as value):
            return dtype_name(value)
    return None


def strong(*kinds: Kind) -> str | None:
    """The dtype of an array that holds all of these; Python numbers count as arrays of their dtype."""
    names = [as_array(kind)[0] for kind in kinds]
    if None in names and any(n is not None and n.startswith("complex") for n in names):
        return "complex128"                         # what is not known is real
    if not names or None in names:
        return None
    return dtype_name(np.result_type(*(np.dtype("int64" if n == "int" else n) for n in names if n)))


def as_array(kind: Kind | None) -> tuple[str | None, Shape]:
    """Dtype and shape of `np.asarray` of a value of this kind."""
    match kind:
        case Number() | Array() | Numeric():
            dtype = dtype_of(kind)
            return "int64" if dtype == "int" else dtype, shape_of(kind)
        case TupleKind(items) | ListKind(_, tuple(items)):
            if not items:
                return "float64", (constant(0),)
            shapes = [s for s in (as_array(k)[1] for k in items) if isinstance(s, tuple)]
            return strong(*items), (constant(len(items)), *shapes[0]) if shapes else None
        case ListKind(item):
            dtype, shape = as_array(item)
            return dtype, (fresh_dim(), *shape) if isinstance(shape, tuple) else None
    return None, None


def array_kind(dtype: str | None, shape: Shape, layout: str = "") -> Array:
    """Surely an array, of rank 0 too."""
    return Array(dtype, fresh_shape() if shape is None else shape, layout)


def view_like(kind: Kind | None, shape: Shape) -> Kind:
    """An array of this shape with the entries of a value of this kind; a NumPy scalar where both have rank 0."""
    dtype, _ = as_array(kind)
    surely = isinstance(kind, (Array, ListKind, TupleKind)) or (isinstance(kind, Number) and kind.weak)
    if surely or (isinstance(shape, tuple) and shape):
        return array_kind(dtype, shape)
    if shape == () and isinstance(kind, Number):
        return Number(kind.dtype)
    return Numeric(dtype, shape if isinstance(shape, str) else fresh_shape())


def normal_axis(kind: Kind | None, rank: int, default: int | None = None) -> int | None:
    """A known axis counted from the front; None where it is not known."""
    axis = integer_option(kind, default)
    return None if axis is None or not -rank <= axis < rank else axis % rank


def normal_axes(kind: Kind | None, rank: int) -> tuple[int, ...] | None:
    """Known axes (an integer or a tuple or list of them) counted from the front; None where they are not known."""
    items = entries(kind)
    found = [normal_axis(k, rank) for k in (items if items is not None else (kind,))]
    known = tuple(axis for axis in found if axis is not None)
    return known if len(known) == len(found) else None


def unknown_lengths(rank: int) -> tuple[Dim, ...]:
    """A shape of which only the rank is known."""
    return tuple(fresh_dim() for _ in range(rank))
