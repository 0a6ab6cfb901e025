"""Derivatives and kinds of constructors, copies and casts: np.zeros, np.full, np.linspace, np.copy, np.array, ...

A cast to integers is piecewise constant; the adjoint of a cast between floats comes back in the dtype that was cast.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import (
    FLOATS,
    ONE,
    UNKNOWN,
    Array,
    Dim,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    Shape,
    TupleKind,
)
from s2sgrad.rules.options import (
    array_kind,
    as_array,
    constant,
    dtype_name,
    dtype_option,
    integer_option,
    length_of,
    normal_axis,
    plus,
    shape_option,
    view_like,
)
from s2sgrad.rules.registry import MAYBE_VIEW, KindRule, adjoint, no_derivative, zero_derivative
from s2sgrad.rules.shapes import broadcast, dtype_of, float_dtype, fresh_dim, make, promote, static
from s2sgrad.runtime.arrays import cast_back, weighted_linspace
from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.layout import copy_as_laid_out, zeros_as_laid_out


# ---------------------------------------------------------------- kinds
def _layout(order: Kind | None, default: str = "C") -> str:
    return "C" if static(order, default) == "C" else ""


def _like_layout(a: Kind, order: Kind | None, shape: Shape) -> str:
    """The layout of a copy that keeps the order of memory ("K") unless told otherwise."""
    match static(order, "K"):
        case "C":
            return "C"
        case "K" | "A" if isinstance(shape, tuple) and len(shape) <= 1:
            return "C"
        case "K" | "A" if isinstance(a, Array) and a.layout == "C":
            return "C"
    return ""


def new_kind(shape: Kind, dtype: Kind | None = None, order: Kind | None = None, **_: Kind) -> Kind:
    """np.zeros, np.ones, np.empty."""
    return array_kind(dtype_option(dtype, "float64"), shape_option(shape), _layout(order))


def like_kind(a: Kind, dtype: Kind | None = None, order: Kind | None = None, subok: Kind | None = None,
              shape: Kind | None = None, **_: Kind) -> Kind:
    """np.zeros_like, np.ones_like, np.empty_like."""
    old_dtype, old_shape = as_array(a)
    if static(shape) is not None:
        return array_kind(dtype_option(dtype, old_dtype), shape_option(shape), _layout(order, "K"))
    return array_kind(dtype_option(dtype, old_dtype), old_shape, _like_layout(a, order, old_shape))


def _full_kind(shape: Kind, fill_value: Kind, dtype: Kind | None = None, order: Kind | None = None, **_: Kind) -> Kind:
    return array_kind(dtype_option(dtype, as_array(fill_value)[0]), shape_option(shape), _layout(order))


def _full_like_kind(a: Kind, fill_value: Kind, *options: Kind, **named: Kind) -> Kind:
    return like_kind(a, *options, **named)


def _eye_kind(N: Kind, M: Kind | None = None, k: Kind | None = None, dtype: Kind | None = None,
              order: Kind | None = None, **_: Kind) -> Kind:
    rows = length_of(N)
    columns = rows if static(M) is None else length_of(M)
    return array_kind(dtype_option(dtype, "float64"), (rows, columns), _layout(order))


def _tri_kind(N: Kind, M: Kind | None = None, k: Kind | None = None, dtype: Kind | None = None, **_: Kind) -> Kind:
    kind = _eye_kind(N, M, k, dtype)
    return Array(kind.dtype, kind.shape) if isinstance(kind, Array) else kind


def _identity_kind(n: Kind, dtype: Kind | None = None, **_: Kind) -> Kind:
    return _eye_kind(n, dtype=dtype)


def _indices_kind(dimensions: Kind, dtype: Kind | None = None, sparse: Kind | None = None) -> Kind:
    dims = shape_option(dimensions)
    if static(sparse, False) is not False:
        return UNKNOWN
    return array_kind(dtype_option(dtype, "int64"), (constant(len(dims)), *dims) if isinstance(dims, tuple) else None)


def _pair_of_indices(*_: Kind, **__: Kind) -> Kind:
    length = fresh_dim()
    return TupleKind((Array("int64", (length,)), Array("int64", (length,))))


def _arange_kind(start: Kind, stop: Kind | None = None, step: Kind | None = None, dtype: Kind | None = None,
                 **_: Kind) -> Kind:
    given = [k for k in (start, stop, step) if k is not None and k != Known(None)]
    integers = all(isinstance(k, Number) and k.dtype == "int" for k in given)
    floats = all(isinstance(k, Number) for k in given) and any(dtype_of(k) in ("float32", "float64") for k in given)
    default = "int64" if integers else "float64" if floats else None
    first, last = (Number("int", True, 0), start) if len(given) == 1 else (start, stop)
    skipped = integer_option(first)
    length = fresh_dim()
    if integers and skipped is not None and integer_option(step, 1) == 1:
        match last:
            case Number(value=Dim() as dim):
                length = plus(dim, -skipped)
            case Number(value=int(end)):
                length = constant(max(end - skipped, 0))
    return Array(dtype_option(dtype, default), (length,), "C")


def _linspace_kind(start: Kind, stop: Kind, num: Kind | None = None, endpoint: Kind | None = None,
                   retstep: Kind | None = None, dtype: Kind | None = None, axis: Kind | None = None, **_: Kind) -> Kind:
    ends = broadcast(as_array(start)[1], as_array(stop)[1])
    stepped = static(retstep, False)
    if stepped is True and isinstance(ends, tuple):
        dtype_of_step = float_dtype(promote(start, stop))
        step = array_kind(dtype_of_step, ends) if ends else Number(dtype_of_step or "float64")
        return TupleKind((_linspace_kind(start, stop, num, endpoint, None, dtype, axis), step))
    if stepped is not False:
        return UNKNOWN
    name = dtype_option(dtype, float_dtype(promote(start, stop)))
    if not isinstance(ends, tuple):
        return array_kind(name, None)
    place = normal_axis(axis, len(ends) + 1, 0)
    if place is None:
        return array_kind(name, tuple(fresh_dim() for _ in range(len(ends) + 1)))
    return array_kind(name, (*ends[:place], constant(50) if num is None else length_of(num), *ends[place:]))


def _window_kind(length: Kind) -> Kind:
    """np.hanning and its like."""
    whole = isinstance(length, Number) and length.dtype in ("int", "int64")
    return Array("float64", (length_of(length) if whole else fresh_dim(),))


def _copy_kind(a: Kind, order: Kind | None = None, subok: Kind | None = None) -> Kind:
    dtype, shape = as_array(a)
    return array_kind(dtype, shape, _like_layout(a, order, shape))


def _copy_method_kind(a: Kind, order: Kind | None = None) -> Kind:
    dtype, shape = as_array(a)
    if not isinstance(a, Array):
        return make(dtype, shape) if isinstance(a, Number) else view_like(a, shape)
    return array_kind(dtype, shape, "C" if static(order, "C") == "C" else _like_layout(a, order, shape))


def _as_laid_out_kind(x: Kind) -> Kind:
    dtype, shape = as_array(x)
    return array_kind(dtype, shape, x.layout if isinstance(x, Array) else "")


def _array_kind(object: Kind, dtype: Kind | None = None, *, copy: Kind | None = None, order: Kind | None = None,
                ndmin: Kind | None = None, **_: Kind) -> Kind:
    old_dtype, shape = as_array(object)
    least = integer_option(ndmin, 0)
    if least is None or (least and not isinstance(shape, tuple)):
        return array_kind(dtype_option(dtype, old_dtype), None)
    if least and isinstance(shape, tuple):
        shape = (ONE,) * (least - len(shape)) + shape
    layout = _like_layout(object, order, shape) if static(copy, True) is True else ""
    return array_kind(dtype_option(dtype, old_dtype), shape, layout)


def _asarray_kind(a: Kind, dtype: Kind | None = None, order: Kind | None = None, **_: Kind) -> Kind:
    old_dtype, shape = as_array(a)
    known = a.layout if isinstance(a, Array) and (dtype is None or a.layout == "C") else ""
    return array_kind(dtype_option(dtype, old_dtype), shape, known if order is None else _layout(order, "K"))


def _ascontiguousarray_kind(a: Kind, dtype: Kind | None = None, **_: Kind) -> Kind:
    old_dtype, shape = as_array(a)
    return array_kind(dtype_option(dtype, old_dtype), (ONE,) if shape == () else shape if isinstance(shape, tuple)
                      else None, "C")


def _astype_kind(a: Kind, dtype: Kind, order: Kind | None = None, casting: Kind | None = None,
                 subok: Kind | None = None, copy: Kind | None = None, **_: Kind) -> Kind:
    old_dtype, shape = as_array(a)
    new_dtype = dtype_option(dtype, old_dtype)
    match a:
        case Array():
            kept = static(copy, True) is not True and a.layout != "C"
            return array_kind(new_dtype, shape, "" if kept else _like_layout(a, order, shape))
        case Number():
            return Number(new_dtype) if new_dtype is not None else UNKNOWN
    return Numeric(new_dtype, shape) if isinstance(shape, str) else UNKNOWN


def _item_kind(a: Kind, *_: Kind) -> Kind:
    match as_array(a)[0]:
        case None:
            return UNKNOWN
        case "longdouble":
            return Number("longdouble")
        case dtype if dtype.startswith("float"):
            return Number("float64", weak=True)
        case dtype if dtype.startswith("complex"):
            return Number("complex128", weak=True)
        case "bool":
            return Number("bool", weak=True)
    return Number("int", weak=True)


def _cast_kind(dtype: str | None) -> KindRule:
    def kind(x: Kind | None = None) -> Kind:
        _, shape = as_array(x) if x is not None else (None, ())
        return make(dtype, shape) if dtype is not None else UNKNOWN
    return kind


# ---------------------------------------------------------------- constructors
zero_derivative(np.zeros, np.ones, np.empty, kind=new_kind)
zero_derivative(np.zeros_like, np.ones_like, np.empty_like, kind=like_kind)
zero_derivative(np.eye, kind=_eye_kind)
zero_derivative(np.identity, kind=_identity_kind)
zero_derivative(np.tri, kind=_tri_kind)
zero_derivative(np.indices, kind=_indices_kind)
zero_derivative(np.triu_indices, np.tril_indices, np.triu_indices_from, np.tril_indices_from, kind=_pair_of_indices)
zero_derivative(np.diag_indices, np.diag_indices_from, np.mask_indices)
# their entries move with their arguments, so that an active one must not pass for a constant
no_derivative(np.arange, kind=_arange_kind, pure=True)
no_derivative(np.logspace, np.geomspace, np.ix_, pure=True)
no_derivative(np.hanning, np.hamming, np.bartlett, np.blackman, kind=_window_kind, pure=True)


@adjoint(np.full, broadcasts=True, kind=_full_kind, complex_too=True)
def full(y, shape, fill_value, dtype=None, order="C", *, y_bar):
    if dtype is None:
        fill_value_bar = y_bar
    else:
        fill_value_bar = cast_back(y_bar, y.dtype, np.result_type(fill_value))
    return None, fill_value_bar


@adjoint(np.full_like, broadcasts=True, kind=_full_like_kind, complex_too=True)
def full_like(y, a, fill_value, dtype=None, order="K", subok=True, shape=None, *, y_bar):
    fill_value_bar = cast_back(y_bar, y.dtype, np.result_type(fill_value))
    return 0.0, fill_value_bar              # of a only shape and dtype count


@adjoint(np.linspace, kind=_linspace_kind, complex_too=True)
def linspace(y, start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, y_bar):
    if retstep:         # the step is (stop - start) / gaps, and nan where there are none
        step_bar = y_bar[1] / max(num - 1 if endpoint else num, 1)
        lines_bar = y_bar[0] if dtype is None else cast_back(y_bar[0], y[0].dtype, np.result_type(start, stop, 1.0))
        start_bar = weighted_linspace(lines_bar, num, endpoint, axis, np.shape(start), False) - unbroadcast(
            step_bar, start)
        stop_bar = weighted_linspace(lines_bar, num, endpoint, axis, np.shape(stop), True) + unbroadcast(step_bar, stop)
    elif np.ndim(start) == 0 and np.ndim(stop) == 0 and dtype is None:
        t = np.linspace(0.0, 1.0, num, endpoint, dtype=y.dtype)
        start_bar = np.dot(1.0 - t, y_bar)
        stop_bar = np.dot(t, y_bar)
    else:
        lines_bar = cast_back(y_bar, y.dtype, np.result_type(start, stop, 1.0))
        start_bar = weighted_linspace(lines_bar, num, endpoint, axis, np.shape(start), False)
        stop_bar = weighted_linspace(lines_bar, num, endpoint, axis, np.shape(stop), True)
    return start_bar, stop_bar


# ---------------------------------------------------------------- copies
@adjoint(np.copy, kind=_copy_kind, complex_too=True)
def copy(y, a, order="K", subok=False, *, y_bar):
    return y_bar


@adjoint(np.ndarray.copy, kind=_copy_method_kind, complex_too=True)
def copy_method(y, a, order="C", *, y_bar):
    return y_bar


zero_derivative(zeros_as_laid_out, kind=_as_laid_out_kind)


@adjoint(copy_as_laid_out, kind=_as_laid_out_kind)
def copied_as_laid_out(y, x, *, y_bar):
    return y_bar


@adjoint(np.array, kind=_array_kind, complex_too=True)
def array(y, object, dtype=None, copy=True, order="K", *, y_bar):
    if dtype is None:
        object_bar = y_bar
    else:
        object_bar = cast_back(y_bar, y.dtype, np.asarray(object).dtype)
    return object_bar


@adjoint(np.asarray, np.asanyarray, kind=_asarray_kind, result=MAYBE_VIEW, complex_too=True)
def asarray(y, a, dtype=None, *, y_bar):
    if dtype is None:
        a_bar = y_bar
    else:
        a_bar = cast_back(y_bar, y.dtype, np.asarray(a).dtype)
    return a_bar


@adjoint(np.ascontiguousarray, kind=_ascontiguousarray_kind, result=MAYBE_VIEW,
         complex_too=True, jax="jax.numpy.atleast_1d")
def ascontiguousarray(y, a, *, y_bar):
    a_bar = np.reshape(y_bar, np.shape(a))
    return a_bar


# ---------------------------------------------------------------- casts
@adjoint(np.ndarray.astype, kind=_astype_kind, complex_too=True)
def astype(y, a, dtype, order="K", casting="unsafe", subok=True, copy=True, *, y_bar):
    a_bar = cast_back(y_bar, y.dtype, np.result_type(a))
    return a_bar


@adjoint(np.astype, kind=_astype_kind, complex_too=True)
def astype_function(y, x, dtype, copy=True, *, y_bar):
    x_bar = cast_back(y_bar, y.dtype, np.result_type(x))
    return x_bar


@adjoint(np.ndarray.item, kind=_item_kind, complex_too=True)
def item(y, a, *, y_bar):
    a_bar = np.reshape(cast_back(y_bar, np.result_type(y), np.result_type(a)), np.shape(a))
    return a_bar


def cast(y, x, *, y_bar):
    """`np.float32(x)` and the like: x in another dtype."""
    x_bar = cast_back(y_bar, y.dtype, np.result_type(x))
    return x_bar


for _type in (np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128):
    # np.float32(x) of an array x of that dtype may be x itself
    adjoint(_type, kind=_cast_kind(dtype_name(_type)), result=MAYBE_VIEW, complex_too=True)(cast)
for _integer in (np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
    zero_derivative(_integer, kind=_cast_kind(dtype_name(_integer)), result=MAYBE_VIEW)


# ---------------------------------------------------------------- to lists
def _nested_lists(a: Kind) -> Kind:
    match a:
        case Array(str(dtype), tuple(shape)) if dtype in FLOATS or dtype.startswith("int"):
            kind: Kind = Number("float64" if dtype in FLOATS else "int", weak=True)
            for dim in reversed(shape):
                kind = ListKind(kind, (kind,) * dim.offset if not dim.symbol else None)
            return kind
    return UNKNOWN


@adjoint(np.ndarray.tolist, kind=_nested_lists)
def tolist(y, a, *, y_bar):
    a_bar = np.reshape(np.array(y_bar, dtype=a.dtype), np.shape(a))
    return a_bar
