"""Derivatives of taking, choosing and sorting entries: np.take, np.select, np.sort; kinds of searches and indices.

An entry that is taken several times receives all contributions. Sorting is a permutation; equal entries keep their
order, so that each receives the adjoint of one place (as JAX).
"""
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Known, Number, Numeric, Shape, TupleKind, rank_of, shape_of
from s2sgrad.rules.options import (
    array_kind,
    as_array,
    dtype_option,
    entries,
    length_kind,
    normal_axis,
    product,
    unknown_lengths,
)
from s2sgrad.rules.registry import adjoint, no_derivative, zero_derivative
from s2sgrad.rules.shapes import broadcast, dtype_of, fresh_dim, make, meet, promote, static, truth
from s2sgrad.runtime.gathering import unselect, unselected, untake, untake_along_axis


# ---------------------------------------------------------------- kinds of what is taken
def _take_kind(a: Kind, indices: Kind, axis: Kind | None = None, out: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    dtype, shape = as_array(a)
    taken = as_array(indices)[1]
    if out is not None:
        return UNKNOWN
    if static(axis) is None:
        return make(dtype, taken)
    if not isinstance(shape, tuple) or not isinstance(taken, tuple) or not isinstance(axis, Number):
        return make(dtype, None)
    place = normal_axis(axis, len(shape))
    if place is None:
        return make(dtype, unknown_lengths(len(shape) - 1 + len(taken)))
    return make(dtype, (*shape[:place], *taken, *shape[place + 1:]))


def _take_along_axis_kind(arr: Kind, indices: Kind, axis: Kind | None = None) -> Kind:
    dtype, shape = as_array(arr)
    taken = as_array(indices)[1]
    if axis is not None and static(axis) is None:
        return array_kind(dtype, taken)
    if not isinstance(shape, tuple) or not isinstance(taken, tuple) or len(shape) != len(taken):
        return array_kind(dtype, None)
    place = normal_axis(axis, len(shape), -1)
    if place is None:
        return array_kind(dtype, unknown_lengths(len(shape)) if isinstance(axis, Number) else None)
    return array_kind(dtype, tuple(t if i == place else meet(s, t)
                                   for i, (s, t) in enumerate(zip(shape, taken, strict=True))))


def _select_kind(condlist: Kind, choicelist: Kind, default: Kind | None = None) -> Kind:
    conditions, choices = entries(condlist), entries(choicelist)
    if conditions is None or choices is None:
        return array_kind(None, None)
    values = (*choices, Number("int", weak=True) if default is None else default)
    shape = broadcast(*(as_array(k)[1] for k in (*conditions, *values)))
    dtype = promote(*(Array(*as_array(k)) if entries(k) is not None else k for k in values))
    return array_kind("int64" if dtype == "int" else dtype, shape)


def _sort_kind(a: Kind, axis: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    dtype, shape = as_array(a)
    if axis is not None and static(axis) is None:
        return array_kind(dtype, (product(shape) if isinstance(shape, tuple) else fresh_dim(),))
    if axis is not None and not isinstance(axis, Number):
        return array_kind(dtype, None)
    return array_kind(dtype, shape)


# ---------------------------------------------------------------- kinds of indices
def _order_kind(a: Kind, axis: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    return array_kind("int64", shape_of(_sort_kind(a, axis)))


def _partition_order_kind(a: Kind, kth: Kind, axis: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    return _order_kind(a, axis)


def _searchsorted_kind(a: Kind, v: Kind, *_: Kind, **__: Kind) -> Kind:
    return make("int64", as_array(v)[1])


def _digitize_kind(x: Kind, *_: Kind, **__: Kind) -> Kind:
    return make("int64", as_array(x)[1])


def _nonzero_kind(a: Kind) -> Kind:
    rank = rank_of(a)
    return UNKNOWN if not rank else TupleKind((Array("int64", (fresh_dim(),)),) * rank)


def _flatnonzero_kind(a: Kind) -> Kind:
    return Array("int64", (fresh_dim(),))


def _shape_kind(a: Kind) -> Kind:
    shape: Shape = as_array(a)[1]
    return TupleKind(tuple(length_kind(d) for d in shape)) if isinstance(shape, tuple) else UNKNOWN


def _size_kind(a: Kind, axis: Kind | None = None) -> Kind:
    shape: Shape = as_array(a)[1]
    if not isinstance(shape, tuple):
        return Number("int", weak=True)
    if static(axis) is None:
        return length_kind(product(shape)) if len(shape) < 2 else Number("int", weak=True)
    place = normal_axis(axis, len(shape))
    return Number("int", weak=True) if place is None else length_kind(shape[place])


def _rank_kind(a: Kind) -> Kind:
    shape: Shape = as_array(a)[1]
    return Number("int", weak=True, value=len(shape) if isinstance(shape, tuple) else None)


def _result_type_kind(*arrays_and_dtypes: Kind) -> Kind:
    numeric = all(isinstance(k, (Number, Array, Numeric)) for k in arrays_and_dtypes)
    dtype = promote(*arrays_and_dtypes) if numeric else None
    return UNKNOWN if dtype is None else Known(np.dtype(dtype))


def _isin_kind(element: Kind, *_: Kind, **__: Kind) -> Kind:
    return array_kind("bool", as_array(element)[1])


# ---------------------------------------------------------------- taking
@adjoint(np.take, kind=_take_kind, complex_too=True)
def take(y, a, indices, axis=None, *, y_bar):
    if axis is None:
        a_bar = untake(y_bar, np.shape(a), indices)
    else:
        a_bar = untake(y_bar, np.shape(a), indices, axis)
    return a_bar


@adjoint(np.take_along_axis, kind=_take_along_axis_kind, complex_too=True)
def take_along_axis(y, arr, indices, axis=-1, *, y_bar):
    arr_bar = untake_along_axis(y_bar, np.shape(arr), indices, axis)
    return arr_bar


@adjoint(np.select, kind=_select_kind, complex_too=True)
def select(y, condlist, choicelist, default=0, *, y_bar):
    choicelist_bar = unselect(y_bar, condlist, choicelist)
    default_bar = unselected(y_bar, condlist, default)
    return None, choicelist_bar, default_bar


# ---------------------------------------------------------------- sorting
@adjoint(np.sort, kind=_sort_kind)
def sort(y, a, axis=-1, kind=None, *, y_bar):
    if np.ndim(a) == 1 and axis == -1:
        places = np.argsort(np.argsort(a, kind="stable"))
        a_bar = y_bar[places]
    elif axis is None:
        places = np.argsort(np.argsort(np.ravel(a), kind="stable"))
        a_bar = np.reshape(y_bar[places], np.shape(a))
    elif isinstance(axis, int):
        places = np.argsort(np.argsort(a, axis=axis, kind="stable"), axis=axis)
        a_bar = np.take_along_axis(y_bar, places, axis)
    else:
        places = np.argsort(np.argsort(a, axis=axis, kind="stable"), axis=axis)
        a_bar = np.reshape(np.take_along_axis(y_bar, places, axis), np.shape(a))
    return a_bar


# ---------------------------------------------------------------- piecewise constant
zero_derivative(np.argsort, kind=_order_kind)
zero_derivative(np.argpartition, kind=_partition_order_kind)
zero_derivative(np.searchsorted, kind=_searchsorted_kind)
zero_derivative(np.digitize, kind=_digitize_kind)
zero_derivative(np.nonzero, kind=_nonzero_kind)
zero_derivative(np.flatnonzero, kind=_flatnonzero_kind)
zero_derivative(np.shape, kind=_shape_kind)
zero_derivative(np.size, kind=_size_kind)
zero_derivative(np.ndim, kind=_rank_kind)
zero_derivative(np.result_type, kind=_result_type_kind)
zero_derivative(np.isin, kind=_isin_kind)
zero_derivative(np.may_share_memory, np.shares_memory, np.array_equiv, np.iscomplexobj, np.isrealobj, np.isscalar,
                np.can_cast, np.issubdtype, kind=truth)
zero_derivative(np.argwhere, np.lexsort, np.unravel_index, np.ravel_multi_index, np.broadcast_shapes, np.dtype)


def _limits_kind(limits: Any, codes: str) -> Callable[[Kind], Kind]:
    """What `np.finfo(dtype)` knows; the dtype may also be that of a number."""
    def kind(dtype: Kind) -> Kind:
        name = dtype_of(dtype) if isinstance(dtype, (Number, Array)) else dtype_option(dtype, None)
        known = name is not None and name in np.sctypeDict and np.dtype(name).kind in codes
        return Known(limits(name)) if known else UNKNOWN
    return kind


zero_derivative(np.finfo, kind=_limits_kind(np.finfo, "fc"))
zero_derivative(np.iinfo, kind=_limits_kind(np.iinfo, "iu"))

# ---------------------------------------------------------------- what cannot carry a derivative
no_derivative(np.unique, np.trim_zeros, pure=True)
