"""Derivatives of reductions, cumulative functions and differences: np.sum, np.mean, np.max, np.var, np.cumsum, ...

Adjoints of linear reductions are broadcasts of the adjoint of the result; `expand_reduced` puts the reduced axes back
where `axis` and `keepdims` are not known. Ties in np.max and np.min share equally, within each group (as JAX).
np.prod and np.cumprod are right at zeros. np.sqrt'(0) is inf, hence np.std of equal entries has no finite derivative.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from s2sgrad.core.kinds import ONE, UNKNOWN, Array, Kind, Known, ListKind, Number, Numeric, Shape, TupleKind, shape_of
from s2sgrad.rules import shapes
from s2sgrad.rules.options import dtype_option
from s2sgrad.rules.registry import MAYBE_VIEW, adjoint, zero_derivative
from s2sgrad.runtime.arrays import cast_back
from s2sgrad.runtime.reductions import (
    average_adjoint,
    bounded_extreme_adjoints,
    counted_mean_adjoint,
    cumprod_adjoint,
    diff_adjoint,
    expand_reduced,
    extended_diff_adjoints,
    product_of_others,
    product_of_others_adjoint,
    reduced_size,
    selected_product_adjoints,
    tie_share,
)


# ---------------------------------------------------------------- kinds
def array_dtype(kind: Kind | None) -> str | None:
    """The dtype that NumPy gives the array of this value: no weak numbers, and lists of one dtype."""
    match kind:
        case Number(dtype) | Array(dtype) | Numeric(dtype):
            return "int64" if dtype == "int" else dtype
        case ListKind(_, items) | TupleKind(items) if items:
            found = {array_dtype(k) for k in items}
            return found.pop() if len(found) == 1 else joined(found) if any(map(is_complex, found)) else None
        case ListKind(item):
            return array_dtype(item)
    return None


def is_complex(dtype: str | None) -> bool:
    """Is it the name of a complex dtype?"""
    return (dtype or "").startswith("complex")


def joined(dtypes: Iterable[str | None]) -> str | None:
    """The dtype of an array that holds entries of all of these dtypes; what is not known is real."""
    found = list(dtypes)
    if None in found:
        return "complex128" if any(map(is_complex, found)) else None
    return np.result_type(*(np.dtype(d) for d in found)).name


def accumulated(dtype: str | None) -> str | None:
    """The dtype in which NumPy adds and multiplies up entries of this dtype: at least int64 or uint64."""
    match dtype:
        case "bool" | "int8" | "int16" | "int32":
            return "int64"
        case "uint8" | "uint16" | "uint32":
            return "uint64"
    return dtype


def reduced(dtype: str | None, x: Kind, axis: Kind | None, keepdims: Kind | None) -> Kind:
    """An array or a scalar of this dtype and of the shape that a reduction over `axis` leaves."""
    shape, where, keep = shape_of(x), shapes.axis_of(axis), shapes.static(keepdims, False)
    if where is None and keep is False:
        return Number(dtype or "float64")
    if where is ... or keep is ... or not isinstance(shape, tuple):
        return Numeric(dtype, shapes.fresh_shape())
    axes = where if isinstance(where, tuple) else range(len(shape))
    gone = {a % max(len(shape), 1) for a in axes}
    if keep:
        return shapes.make(dtype, tuple(ONE if i in gone else d for i, d in enumerate(shape)))
    return shapes.make(dtype, tuple(d for i, d in enumerate(shape) if i not in gone))


def reduced_as(option: Kind | None, out: Kind | None, dtype: str | None, x: Kind, axis: Kind | None,
               keepdims: Kind | None) -> Kind:
    """As `reduced`, in the dtype that a `dtype` option asks for, if any."""
    if shapes.static(option) is not None:
        dtype = dtype_option(option, None)
        if dtype is None:
            return UNKNOWN
    return reduced(dtype, x, axis, keepdims) if shapes.static(out) is None else UNKNOWN


def sum_kind(a: Kind, axis: Kind | None = None, dtype: Kind | None = None, out: Kind | None = None,
             keepdims: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    """np.sum, np.prod."""
    return reduced_as(dtype, out, accumulated(array_dtype(a)), a, axis, keepdims)


def mean_kind(a: Kind, axis: Kind | None = None, dtype: Kind | None = None, out: Kind | None = None,
              keepdims: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    """np.mean: at least a float."""
    return reduced_as(dtype, out, shapes.float_dtype(array_dtype(a)), a, axis, keepdims)


def var_kind(a: Kind, axis: Kind | None = None, dtype: Kind | None = None, out: Kind | None = None,
             ddof: Kind | None = None, keepdims: Kind | None = None, *_: Kind, **__: Kind) -> Kind:
    """np.var, np.std: real, and at least a float."""
    entries = shapes.float_dtype(array_dtype(a))
    real = {"complex64": "float32", "complex128": "float64"}.get(entries or "", entries)
    return reduced_as(dtype, out, real, a, axis, keepdims)


def max_kind(a: Kind, axis: Kind | None = None, out: Kind | None = None, keepdims: Kind | None = None,
             *_: Kind, **__: Kind) -> Kind:
    """np.max, np.min, np.ptp: the dtype stays."""
    return UNKNOWN if shapes.static(out) is not None else reduced(array_dtype(a), a, axis, keepdims)


def truth_kind(a: Kind, axis: Kind | None = None, out: Kind | None = None, keepdims: Kind | None = None,
               *_: Kind, **__: Kind) -> Kind:
    """np.any, np.all."""
    return UNKNOWN if shapes.static(out) is not None else reduced("bool", a, axis, keepdims)


def position_kind(a: Kind, axis: Kind | None = None, out: Kind | None = None, *, keepdims: Kind | None = None) -> Kind:
    """np.argmax, np.argmin."""
    return UNKNOWN if shapes.static(out) is not None else reduced("int64", a, axis, keepdims)


def count_kind(a: Kind, axis: Kind | None = None, *, keepdims: Kind | None = None) -> Kind:
    """np.count_nonzero; a count of everything is a Python int before NumPy 2.4."""
    found = reduced("int64", a, axis, keepdims)
    whole = shapes.axis_of(axis) is None and shapes.static(keepdims, False) is False
    return Number("int", weak=True) if whole and not isinstance(np.count_nonzero([True]), np.integer) else found


def average_kind(a: Kind, axis: Kind | None = None, weights: Kind | None = None, returned: Kind | None = None,
                 *, keepdims: Kind | None = None) -> Kind:
    """np.average without `returned`: the dtype of data and weights together, at least a float."""
    if returned is not None and shapes.static(returned) is not False:
        return UNKNOWN
    dtypes = [array_dtype(k) for k in (a, weights) if k is not None and shapes.static(k) is not None]
    if None in dtypes:
        return reduced(joined(dtypes), a, axis, keepdims)
    exact = ["float64"] if (dtypes[0] or "").startswith(("bool", "int", "uint")) else []
    return reduced(np.result_type(*(np.dtype(d) for d in dtypes + exact)).name, a, axis, keepdims)


def cumulative_kind(a: Kind, axis: Kind | None = None, dtype: Kind | None = None, out: Kind | None = None) -> Kind:
    """np.cumsum, np.cumprod: the shape stays, or becomes one axis when `axis` is None."""
    if shapes.static(out) is not None or shapes.static(dtype) is not None:
        return UNKNOWN
    shape, where = shape_of(a), shapes.axis_of(axis)
    found: Shape = shapes.fresh_shape()
    if where is None and shape == ():
        found = (ONE,)
    elif isinstance(shape, tuple) and (len(shape) == 1 or isinstance(where, tuple)):
        found = shape
    elif where is None:
        found = (shapes.fresh_dim(),)
    return Array(accumulated(array_dtype(a)), found)


def diff_kind(a: Kind, n: Kind | None = None, axis: Kind | None = None, *rest: Kind, **more: Kind) -> Kind:
    """np.diff: `n` entries fewer along `axis`."""
    shape, times = shape_of(a), shapes.static(n, 1)
    where = (-1,) if axis is None else shapes.axis_of(axis)
    outer = [k for k in (*rest, *more.values()) if k != Known(None)]        # before and behind
    if outer:
        dtype = joined(array_dtype(k) for k in (a, *outer))
        if not isinstance(shape, tuple) or not isinstance(where, tuple) or times != 1 or dtype == "bool":
            return Array(dtype if dtype != "bool" else None, shapes.fresh_shape())
        extended = list(shape)
        length = extended[where[0]]
        extended[where[0]] = shapes.fresh_dim() if any(shape_of(k) != () for k in outer) else replace(
            length, offset=length.offset + len(outer) - 1)
        return Array(dtype, tuple(extended))
    if not isinstance(shape, tuple) or not isinstance(where, tuple) or not isinstance(times, int):
        return Array(array_dtype(a), shapes.fresh_shape())
    if times == 0:
        return UNKNOWN              # the argument itself
    dims = list(shape)
    length = dims[where[0]]
    dims[where[0]] = replace(length, offset=length.offset - times if length.symbol else max(length.offset - times, 0))
    return Array(array_dtype(a), tuple(dims))


def same_kind(a: Kind, *_: Kind, **__: Kind) -> Kind:
    """An array or a scalar of the argument's shape and dtype."""
    return shapes.make(array_dtype(a), shape_of(a))


def some_shape(a: Kind, *_: Kind, **__: Kind) -> Kind:
    """An array or a scalar of the argument's dtype."""
    return Numeric(shapes.dtype_of(a), shapes.fresh_shape())


# ---------------------------------------------------------------- sums
@adjoint(np.sum, kind=sum_kind, complex_too=True)
def sum_(y, a, axis=None, dtype=None, keepdims=False, where=True, initial=0, *, y_bar):
    if dtype is None:
        part = y_bar
    else:
        part = cast_back(y_bar, y.dtype, np.result_type(a))
    if where is True and (axis is None or keepdims):
        a_bar = np.broadcast_to(part, np.shape(a))
    elif where is True and axis is not None and not keepdims:
        a_bar = np.broadcast_to(np.expand_dims(part, axis), np.shape(a))
    elif where is True:
        a_bar = np.broadcast_to(expand_reduced(part, axis, keepdims), np.shape(a))
    else:
        a_bar = np.where(where, np.broadcast_to(expand_reduced(part, axis, keepdims), np.shape(a)), 0.0)
    return a_bar, None, None, None, None, np.sum(y_bar)


@adjoint(np.nansum, kind=sum_kind, complex_too=True)
def nansum(y, a, axis=None, keepdims=False, *, y_bar):
    if axis is None or keepdims:
        a_bar = np.where(np.isnan(a), 0.0, y_bar)
    elif axis is not None and not keepdims:
        a_bar = np.where(np.isnan(a), 0.0, np.expand_dims(y_bar, axis))
    else:
        a_bar = np.where(np.isnan(a), 0.0, expand_reduced(y_bar, axis, keepdims))
    return a_bar


@adjoint(np.mean, kind=mean_kind, complex_too=True)
def mean(y, a, axis=None, dtype=None, keepdims=False, where=True, *, y_bar):
    if dtype is None:
        part = y_bar
    else:
        part = cast_back(y_bar, y.dtype, np.result_type(a))
    if where is True and axis is None:
        a_bar = np.broadcast_to(part / np.size(a), np.shape(a))
    elif where is True and isinstance(axis, int) and keepdims:
        a_bar = np.broadcast_to(part / np.shape(a)[axis], np.shape(a))
    elif where is True and isinstance(axis, int) and not keepdims:
        a_bar = np.broadcast_to(np.expand_dims(part / np.shape(a)[axis], axis), np.shape(a))
    elif where is True:
        share = expand_reduced(part, axis, keepdims) / reduced_size(np.shape(a), axis)
        a_bar = np.broadcast_to(share, np.shape(a))
    else:
        a_bar = counted_mean_adjoint(part, np.broadcast_to(where, np.shape(a)), axis, keepdims)
    return a_bar


@adjoint(np.average, kind=average_kind, complex_too=True)
def average(y, a, axis=None, weights=None, keepdims=False, *, y_bar):
    if weights is None and axis is None:
        a_bar = np.broadcast_to(y_bar / np.size(a), np.shape(a))
        weights_bar = None
    elif np.ndim(a) == 1 and np.ndim(weights) == 1:
        share = y_bar / np.sum(weights)
        a_bar = share * weights
        weights_bar = share * (a - y)
    else:
        bars = average_adjoint(y, a, axis, weights, keepdims, y_bar)
        a_bar = bars[0]
        weights_bar = bars[1]
    return a_bar, None, weights_bar


@adjoint(np.var, kind=var_kind, complex_too=True)
def var(y, a, axis=None, ddof=0, keepdims=False, *, y_bar):
    if axis is None and ddof == 0 and not np.iscomplexobj(a):
        a_bar = 2.0 * y_bar / np.size(a) * (a - np.mean(a))
    elif axis is None and ddof == 1 and not np.iscomplexobj(a):
        a_bar = 2.0 * y_bar / (np.size(a) - 1) * (a - np.mean(a))
    elif isinstance(axis, int) and ddof == 0 and keepdims and not np.iscomplexobj(a):
        a_bar = 2.0 * y_bar / np.shape(a)[axis] * (a - np.mean(a, axis=axis, keepdims=True))
    elif isinstance(axis, int) and ddof == 0 and not keepdims and not np.iscomplexobj(a):
        share = 2.0 * y_bar / np.shape(a)[axis]
        a_bar = np.expand_dims(share, axis) * (a - np.mean(a, axis=axis, keepdims=True))
    else:
        share = 2.0 * expand_reduced(y_bar, axis, keepdims) / reduced_size(np.shape(a), axis, ddof)
        a_bar = share * np.conj(a - np.mean(a, axis=axis, keepdims=True))
    return a_bar


@adjoint(np.std, kind=var_kind, complex_too=True)
def std(y, a, axis=None, ddof=0, keepdims=False, *, y_bar):
    if axis is None and ddof == 0 and not np.iscomplexobj(a):
        a_bar = y_bar / (np.size(a) * y) * (a - np.mean(a))
    elif axis is None and ddof == 1 and not np.iscomplexobj(a):
        a_bar = y_bar / ((np.size(a) - 1) * y) * (a - np.mean(a))
    elif isinstance(axis, int) and ddof == 0 and keepdims and not np.iscomplexobj(a):
        a_bar = y_bar / (np.shape(a)[axis] * y) * (a - np.mean(a, axis=axis, keepdims=True))
    elif isinstance(axis, int) and ddof == 0 and not keepdims and not np.iscomplexobj(a):
        share = y_bar / (np.shape(a)[axis] * y)
        a_bar = np.expand_dims(share, axis) * (a - np.mean(a, axis=axis, keepdims=True))
    else:
        share = expand_reduced(y_bar / y, axis, keepdims) / reduced_size(np.shape(a), axis, ddof)
        a_bar = share * np.conj(a - np.mean(a, axis=axis, keepdims=True))
    return a_bar


# ---------------------------------------------------------------- extremes and products
@adjoint(np.max, np.min, np.amax, np.amin, kind=max_kind)
def max_(y, a, axis=None, keepdims=False, initial=None, where=True, *, y_bar):
    if initial is None and where is True and axis is None:
        attained = a == y
        return attained * (y_bar / np.sum(attained, dtype=y.dtype))
    elif initial is None and where is True and keepdims:
        attained = a == y
        return attained * (y_bar / np.sum(attained, axis=axis, keepdims=True, dtype=y.dtype))
    elif initial is None and where is True and axis is not None and not keepdims:
        attained = a == np.expand_dims(y, axis)
        return attained * np.expand_dims(y_bar / np.sum(attained, axis=axis, dtype=y.dtype), axis)
    else:
        bars = bounded_extreme_adjoints(y, a, axis, keepdims, initial, where, y_bar)
        return bars[0], None, None, bars[1]


@adjoint(np.ptp, kind=max_kind)
def ptp(y, a, axis=None, keepdims=False, *, y_bar):
    top = tie_share(a, np.max(a, axis=axis, keepdims=True), axis)
    bottom = tie_share(a, np.min(a, axis=axis, keepdims=True), axis)
    if axis is None or keepdims:
        a_bar = y_bar * (top - bottom)
    elif axis is not None and not keepdims:
        a_bar = np.expand_dims(y_bar, axis) * (top - bottom)
    else:
        a_bar = expand_reduced(y_bar, axis, keepdims) * (top - bottom)
    return a_bar


@adjoint(np.prod, kind=sum_kind, complex_too=True)
def prod(y, a, axis=None, dtype=None, keepdims=False, where=True, initial=1, *, y_bar):
    if dtype is None and where is True and initial == 1 and axis is None:
        return y_bar * product_of_others(a)
    elif dtype is None and where is True and initial == 1 and keepdims:
        return y_bar * product_of_others(a, axis)
    elif dtype is None and where is True and initial == 1 and axis is not None and not keepdims:
        return np.expand_dims(y_bar, axis) * product_of_others(a, axis)
    else:
        bars = selected_product_adjoints(y, a, axis, keepdims, where, initial, y_bar)
        return bars[0], None, None, None, None, bars[1]


# ---------------------------------------------------------------- cumulative functions and differences
@adjoint(np.cumsum, kind=cumulative_kind, complex_too=True)
def cumsum(y, a, axis=None, *, y_bar):
    if np.ndim(a) == 1:
        a_bar = np.cumsum(y_bar[::-1])[::-1]
    elif axis is None:
        a_bar = np.reshape(np.cumsum(y_bar[::-1])[::-1], np.shape(a))
    else:
        a_bar = np.reshape(np.flip(np.cumsum(np.flip(y_bar, axis), axis), axis), np.shape(a))
    return a_bar


@adjoint(np.cumprod, kind=cumulative_kind, complex_too=True)
def cumprod(y, a, axis=None, *, y_bar):
    a_bar = cumprod_adjoint(a, axis, y_bar)
    return a_bar


@adjoint(np.diff, kind=diff_kind, complex_too=True)
def diff(y, a, n=1, axis=-1, prepend=None, append=None, *, y_bar):
    if prepend is None and append is None:
        a_bar = diff_adjoint(np.shape(a), n, axis, y_bar)
        return a_bar
    else:
        bars = extended_diff_adjoints(a, n, axis, prepend, append, y_bar)
        return bars[0], None, None, bars[1], bars[2]


# ---------------------------------------------------------------- helpers of these rules, for second derivatives
@adjoint(expand_reduced, kind=some_shape, result=MAYBE_VIEW, complex_too=True)
def expand_reduced_(z, y, axis=None, keepdims=False, *, z_bar):
    y_bar = np.reshape(z_bar, np.shape(y))
    return y_bar


@adjoint(product_of_others, kind=same_kind, complex_too=True)
def product_of_others_(z, a, axis=None, *, z_bar):
    a_bar = product_of_others_adjoint(a, axis, z_bar)
    return a_bar


@adjoint(diff_adjoint, complex_too=True)
def diff_adjoint_(z, shape, n, axis, y_bar, *, z_bar):
    return None, None, None, np.diff(z_bar, n, axis)


# ---------------------------------------------------------------- steps
zero_derivative(np.any, np.all, kind=truth_kind)
zero_derivative(np.argmax, np.argmin, kind=position_kind)
zero_derivative(np.count_nonzero, kind=count_kind)
zero_derivative(reduced_size, kind=shapes.integer)
zero_derivative(tie_share)
