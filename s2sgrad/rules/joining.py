"""Derivatives of joining, cutting, repeating and padding: np.concatenate, np.stack, np.split, np.tile, np.pad, ...

The adjoint of a joined array is cut up into a list with one contribution per entry; the adjoint of a cut is joined.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import ONE, Array, Kind, Known, ListKind, Number, Shape, TupleKind, rank_of
from s2sgrad.rules.options import (
    array_kind,
    as_array,
    constant,
    divided,
    dtype_option,
    entries,
    integer_option,
    normal_axis,
    plus,
    product,
    strong,
    total,
    unknown_lengths,
)
from s2sgrad.rules.registry import VIEW, adjoint
from s2sgrad.rules.shapes import fresh_dim, static
from s2sgrad.runtime.joining import (
    column_split_like,
    dsplit_like,
    hsplit_like,
    pad_adjoint,
    padding_values_adjoint,
    split_like,
    unpad,
    unrepeat,
    unsplit,
    unstack_like,
    untile,
    vsplit_like,
)


# ---------------------------------------------------------------- kinds
def _joined(shapes: list[Shape], axis: int | None) -> Shape:
    """The shape of arrays joined along an axis counted from the front (None: not known which)."""
    known = [s for s in shapes if isinstance(s, tuple)]
    if not known:
        return None
    rank = len(known[0])
    if axis is None or any(len(s) != rank for s in known):
        return unknown_lengths(rank)
    # the other lengths are equal, else NumPy raises: a constant says most
    shape = [min((s[i] for s in known), key=lambda d: bool(d.symbol)) for i in range(rank)]
    shape[axis] = total(tuple(s[axis] for s in known)) if len(known) == len(shapes) else fresh_dim()
    return tuple(shape)


def _members(arrays: Kind) -> tuple[str | None, list[Shape] | None]:
    """The dtype of what is joined, and the shape of each member where their number is known."""
    items = entries(arrays)
    if items is not None:
        return strong(*items), [as_array(k)[1] for k in items]
    return as_array(arrays)[0], None


def _rank_of_members(arrays: Kind) -> int | None:
    match arrays:
        case ListKind(item):
            shape = as_array(item)[1]
            return len(shape) if isinstance(shape, tuple) else None
    rank = rank_of(arrays)
    return None if rank is None else rank - 1


def _concatenate_kind(arrays: Kind, axis: Kind | None = None, out: Kind | None = None, dtype: Kind | None = None,
                      **_: Kind) -> Kind:
    found, shapes = _members(arrays)
    name = dtype_option(dtype, found)
    if static(axis, 0) is None:
        known = [s for s in shapes or [] if isinstance(s, tuple)]
        sure = shapes is not None and len(known) == len(shapes)
        return array_kind(name, (total(tuple(product(s) for s in known)) if sure else fresh_dim(),))
    if axis is not None and not isinstance(axis, Number):
        return array_kind(name, None)
    rank = _rank_of_members(arrays) if shapes is None else next(
        (len(s) for s in shapes if isinstance(s, tuple)), None)
    if rank is None:
        return array_kind(name, None)
    place = normal_axis(axis, rank, 0)
    return array_kind(name, unknown_lengths(rank) if shapes is None else _joined(shapes, place))


def _stack_kind(arrays: Kind, axis: Kind | None = None, out: Kind | None = None, dtype: Kind | None = None,
                **_: Kind) -> Kind:
    found, shapes = _members(arrays)
    name = dtype_option(dtype, found)
    member: Shape = next((s for s in shapes or [] if isinstance(s, tuple)), None)
    count = constant(len(shapes)) if shapes is not None else fresh_dim()
    if shapes is None:
        whole = as_array(arrays)[1]
        count, member = (whole[0], whole[1:]) if isinstance(whole, tuple) and whole else (count, None)
    if not isinstance(member, tuple):
        return array_kind(name, None)
    place = normal_axis(axis, len(member) + 1, 0)
    if place is None:
        return array_kind(name, unknown_lengths(len(member) + 1))
    return array_kind(name, (*member[:place], count, *member[place:]))


def _at_least(shape: Shape, rank: int) -> Shape:
    return (ONE,) * (rank - len(shape)) + shape if isinstance(shape, tuple) else None


def _hstack_kind(tup: Kind, dtype: Kind | None = None, **_: Kind) -> Kind:
    found, shapes = _members(tup)
    lifted = [_at_least(s, 1) for s in shapes or []]
    joined = _joined(lifted, 0 if any(s is not None and len(s) == 1 for s in lifted) else 1)
    return array_kind(dtype_option(dtype, found), joined)


def _vstack_kind(tup: Kind, dtype: Kind | None = None, **_: Kind) -> Kind:
    found, shapes = _members(tup)
    return array_kind(dtype_option(dtype, found), _joined([_at_least(s, 2) for s in shapes or []], 0))


def _column(shape: Shape) -> Shape:
    match shape:
        case ():
            return (ONE, ONE)
        case (length,):
            return (length, ONE)
    return shape if isinstance(shape, tuple) else None


def _column_stack_kind(tup: Kind) -> Kind:
    found, shapes = _members(tup)
    return array_kind(found, _joined([_column(s) for s in shapes or []], 1))


def _dstack_kind(tup: Kind, dtype: Kind | None = None, **_: Kind) -> Kind:
    found, shapes = _members(tup)
    deep = [(*s, ONE) if s is not None and len(s) == 2 else s for s in (_at_least(s, 2) for s in shapes or [])]
    return array_kind(dtype_option(dtype, found), _joined(deep, 2))


def _append_kind(arr: Kind, values: Kind, axis: Kind | None = None) -> Kind:
    return _concatenate_kind(TupleKind((arr, values)), Known(None) if axis is None else axis)


def _pieces(ary: Kind, sections: Kind, axis: int | None, equal: bool) -> Kind:
    """A list of parts of ary along an axis (None: not known which); equal: a number of sections must divide it."""
    dtype, shape = as_array(ary)
    any_part = Array(dtype, None)        # parts have no shape in common
    count, cuts = integer_option(sections), entries(sections)
    number = count if count is not None else len(cuts) + 1 if cuts is not None else None
    if number is None or axis is None or not isinstance(shape, tuple):
        return ListKind(any_part)
    even = divided(shape[axis], count) if count else None
    if count is not None and not shape[axis].symbol:
        size, rest = divmod(shape[axis].offset, max(count, 1))
        lengths = [constant(size + (i < rest)) for i in range(count)]
    elif count is not None and (equal or even is not None):
        lengths = [even or fresh_dim()] * count
    else:
        lengths = [fresh_dim() for _ in range(number)]
    parts = tuple(Array(dtype, (*shape[:axis], length, *shape[axis + 1:])) for length in lengths)
    return ListKind(parts[0] if len(set(parts)) == 1 else any_part, parts)


def _split_kind(ary: Kind, indices_or_sections: Kind, axis: Kind | None = None) -> Kind:
    rank = rank_of(ary)
    return _pieces(ary, indices_or_sections, normal_axis(axis, rank, 0) if rank else None, equal=True)


def _array_split_kind(ary: Kind, indices_or_sections: Kind, axis: Kind | None = None) -> Kind:
    rank = rank_of(ary)
    return _pieces(ary, indices_or_sections, normal_axis(axis, rank, 0) if rank else None, equal=False)


def _hsplit_kind(ary: Kind, indices_or_sections: Kind) -> Kind:
    rank = rank_of(ary)
    return _pieces(ary, indices_or_sections, None if not rank else min(rank - 1, 1), equal=True)


def _vsplit_kind(ary: Kind, indices_or_sections: Kind) -> Kind:
    return _pieces(ary, indices_or_sections, 0 if rank_of(ary) else None, equal=True)


def _tile_kind(A: Kind, reps: Kind) -> Kind:
    dtype, shape = as_array(A)
    items = entries(reps)
    counts = [integer_option(k) for k in (items if items is not None else (reps,))]
    sure = items is not None or integer_option(reps) is not None
    if not isinstance(shape, tuple) or not sure:
        return array_kind(dtype, None)
    rank = max(len(shape), len(counts))
    dims = (ONE,) * (rank - len(shape)) + shape
    times = [1] * (rank - len(counts)) + counts
    return array_kind(dtype, tuple(fresh_dim() if n is None else product((constant(n), d))
                                   for n, d in zip(times, dims, strict=True)))


def _repeat_kind(a: Kind, repeats: Kind, axis: Kind | None = None) -> Kind:
    dtype, shape = as_array(a)
    count = integer_option(repeats)
    if not isinstance(shape, tuple):
        return array_kind(dtype, (fresh_dim(),) if static(axis) is None else None)
    if static(axis) is None:
        shape, place = (product(shape),), 0
    else:
        found = normal_axis(axis, len(shape))
        if found is None:
            return array_kind(dtype, unknown_lengths(len(shape)) if isinstance(axis, Number) else None)
        place = found
    length = fresh_dim() if count is None else product((constant(count), shape[place]))
    return array_kind(dtype, (*shape[:place], length, *shape[place + 1:]))


def _pad_kind(array: Kind, pad_width: Kind, mode: Kind | None = None, **_: Kind) -> Kind:
    dtype, shape = as_array(array)
    if not isinstance(shape, tuple):
        return array_kind(dtype, None)
    width = integer_option(pad_width)
    rows = [entries(k) for k in entries(pad_width) or ()]
    if width is not None:
        widths: list[int | None] = [2 * width] * len(shape)
    elif len(rows) == len(shape) and all(row is not None and len(row) == 2 for row in rows):
        widths = []
        for row in rows:
            before, after = (integer_option(k) for k in row or ())
            widths.append(None if before is None or after is None else before + after)
    else:
        return array_kind(dtype, unknown_lengths(len(shape)))
    return array_kind(dtype, tuple(fresh_dim() if n is None else plus(d, n)
                                   for n, d in zip(widths, shape, strict=True)))


# ---------------------------------------------------------------- joining
@adjoint(np.concatenate, kind=_concatenate_kind, complex_too=True)
def concatenate(y, arrays, axis=0, *, y_bar):
    arrays_bar = split_like(y_bar, arrays, axis)
    return arrays_bar


@adjoint(np.stack, kind=_stack_kind, complex_too=True)
def stack(y, arrays, axis=0, *, y_bar):
    arrays_bar = unstack_like(y_bar, arrays, axis)
    return arrays_bar


@adjoint(np.hstack, kind=_hstack_kind, complex_too=True)
def hstack(y, tup, *, y_bar):
    tup_bar = hsplit_like(y_bar, tup)
    return tup_bar


@adjoint(np.vstack, kind=_vstack_kind, complex_too=True)
def vstack(y, tup, *, y_bar):
    tup_bar = vsplit_like(y_bar, tup)
    return tup_bar


@adjoint(np.column_stack, kind=_column_stack_kind, complex_too=True)
def column_stack(y, tup, *, y_bar):
    tup_bar = column_split_like(y_bar, tup)
    return tup_bar


@adjoint(np.dstack, kind=_dstack_kind, complex_too=True)
def dstack(y, tup, *, y_bar):
    tup_bar = dsplit_like(y_bar, tup)
    return tup_bar


@adjoint(np.append, kind=_append_kind, complex_too=True)
def append(y, arr, values, axis=None, *, y_bar):
    parts = split_like(y_bar, (arr, values), axis)
    arr_bar = parts[0]
    values_bar = parts[1]
    return arr_bar, values_bar


# ---------------------------------------------------------------- cutting
@adjoint(np.split, kind=_split_kind, result=VIEW, complex_too=True)
def split(y, ary, indices_or_sections, axis=0, *, y_bar):
    if isinstance(indices_or_sections, int):
        ary_bar = np.concatenate(y_bar, axis)
    else:
        ary_bar = unsplit(y_bar, np.shape(ary), indices_or_sections, axis)
    return ary_bar


@adjoint(np.array_split, kind=_array_split_kind, result=VIEW, complex_too=True)
def array_split(y, ary, indices_or_sections, axis=0, *, y_bar):
    if isinstance(indices_or_sections, int):
        ary_bar = np.concatenate(y_bar, axis)
    else:
        ary_bar = unsplit(y_bar, np.shape(ary), indices_or_sections, axis)
    return ary_bar


@adjoint(np.hsplit, kind=_hsplit_kind, result=VIEW, complex_too=True)
def hsplit(y, ary, indices_or_sections, *, y_bar):
    if isinstance(indices_or_sections, int):
        ary_bar = np.hstack(y_bar)
    else:
        ary_bar = unsplit(y_bar, np.shape(ary), indices_or_sections, min(np.ndim(ary) - 1, 1))
    return ary_bar


@adjoint(np.vsplit, kind=_vsplit_kind, result=VIEW, complex_too=True)
def vsplit(y, ary, indices_or_sections, *, y_bar):
    if isinstance(indices_or_sections, int):
        ary_bar = np.concatenate(y_bar)
    else:
        ary_bar = unsplit(y_bar, np.shape(ary), indices_or_sections, 0)
    return ary_bar


# ---------------------------------------------------------------- repeating
@adjoint(np.tile, kind=_tile_kind, complex_too=True)
def tile(y, A, reps, *, y_bar):
    A_bar = untile(y_bar, np.shape(A), reps)
    return A_bar


@adjoint(np.repeat, kind=_repeat_kind, complex_too=True)
def repeat(y, a, repeats, axis=None, *, y_bar):
    a_bar = unrepeat(y_bar, np.shape(a), repeats, axis)
    return a_bar


# ---------------------------------------------------------------- padding
@adjoint(np.pad, kind=_pad_kind, complex_too=True, choices={
    "mode": ("constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "mean", "median", "maximum", "minimum",
             "empty")})
def pad(y, array, pad_width, mode="constant", constant_values=0, *, y_bar):
    if mode == "constant":
        array_bar = unpad(y_bar, np.shape(array), pad_width)
    else:
        array_bar = pad_adjoint(y_bar, array, pad_width, mode)
    constant_values_bar = padding_values_adjoint(y_bar, np.shape(array), pad_width, constant_values)
    return array_bar, None, None, constant_values_bar
