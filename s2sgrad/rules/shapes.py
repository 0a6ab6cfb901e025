"""Kind rules that many callables share: from the kinds of the arguments to the kind of the result."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from s2sgrad.core.kinds import ONE, UNKNOWN, Array, Dim, Kind, Known, Number, Numeric, Shape, TupleKind, shape_of


class _Site(threading.local):
    """Where the kinds that are being inferred belong: lengths that nothing is known of are named after it."""

    prefix = ""
    count = 0


_site = _Site()


@contextmanager
def site(prefix: str) -> Iterator[None]:
    """Name fresh lengths after this place, the same ones each time it is evaluated."""
    outer = _site.prefix, _site.count
    _site.prefix, _site.count = prefix, 0
    try:
        yield
    finally:
        _site.prefix, _site.count = outer


def _fresh() -> str:
    _site.count += 1
    return f"?{_site.prefix}.{_site.count}"


def fresh_dim() -> Dim:
    """A length that nothing is known of."""
    return Dim(_fresh())


def fresh_shape() -> str:
    """A shape that nothing is known of."""
    return "shape" + _fresh()


def dtype_of(kind: Kind) -> str | None:
    """The dtype's name, where known."""
    match kind:
        case Number(dtype) | Array(dtype) | Numeric(dtype):
            return dtype
        case _:
            return None


def promote(*kinds: Kind) -> str | None:
    """NumPy's result dtype of an operation on these (NEP 50: Python numbers are weak).

    An unknown dtype is a real one, so that what is not known to be complex is real.
    """
    return _promoted(*((dtype_of(kind), isinstance(kind, Number) and kind.weak) for kind in kinds))


@functools.lru_cache(maxsize=4096)
def _promoted(*operands: tuple[str | None, bool]) -> str | None:
    """Of operands given as dtype and whether it is weak; remembered, because few combinations are met very often."""
    dtypes = [dtype for dtype, _ in operands]
    if None in dtypes:
        return "complex128" if any((dtype or "").startswith("complex") for dtype in dtypes) else None
    samples: list[Any] = []
    for dtype, weak in operands:
        if weak:
            samples.append({"bool": True, "int": 1, "float64": 1.0, "complex128": 1j}.get(str(dtype), 1.0))
        else:
            samples.append(np.dtype("int64" if dtype == "int" else dtype))
    return np.result_type(*samples).name if samples else None


def meet(a: Dim, b: Dim) -> Dim:
    """The length of two axes that meet in an elementwise operation (both not 1: equal, else NumPy raises)."""
    if a == b or b.is_one:
        return a
    if a.is_one:
        return b
    if a.not_one:
        return a
    if b.not_one:
        return b
    return fresh_dim()


def broadcast(*shapes: Shape) -> Shape:
    """The shape of an elementwise operation on operands of these shapes."""
    known = [s for s in shapes if s != ()]
    if not known:
        return ()
    if all(s == known[0] and s is not None for s in known):
        return known[0]
    if not all(isinstance(s, tuple) for s in known):
        return None
    tuples = [s for s in known if isinstance(s, tuple)]
    rank = max(map(len, tuples))
    out = []
    for axis in range(-rank, 0):
        dims = [s[axis] for s in tuples if len(s) >= -axis]
        dim = dims[0]
        for other in dims[1:]:
            dim = meet(dim, other)
        out.append(dim)
    return tuple(out)


def float_dtype(dtype: str | None) -> str | None:
    """The dtype of a function such as exp of this dtype."""
    if dtype is None:
        return None
    return "float64" if dtype == "bool" or dtype.startswith(("int", "uint")) else dtype


def make(dtype: str | None, shape: Shape, weak: bool = False) -> Kind:
    """A number for shape (), an array for a known rank, else whichever it is."""
    if shape == ():
        return Number(dtype, weak) if dtype is not None else Number("float64")
    if isinstance(shape, tuple):
        return Array(dtype, shape)
    return Numeric(dtype, shape if shape is not None else fresh_shape())


def arithmetic(*kinds: Kind, **_: Kind) -> Kind:
    """An elementwise operation that keeps the dtype (+, *, maximum): Python numbers give Python numbers."""
    if any(not isinstance(k, (Number, Array, Numeric)) for k in kinds):
        return UNKNOWN
    shape = broadcast(*(shape_of(k) for k in kinds))
    if shape is None and any(isinstance(k, Array) for k in kinds):
        return Array(promote(*kinds), fresh_shape())
    if isinstance(shape, str) and any(isinstance(k, Array) and k.shape == shape for k in kinds):
        return Array(promote(*kinds), shape)
    return make(promote(*kinds), shape, all(isinstance(k, Number) and k.weak for k in kinds))


def floating(*kinds: Kind, **_: Kind) -> Kind:
    """An elementwise operation whose result is at least a float (exp, /)."""
    kind = arithmetic(*kinds)
    match kind:
        case Number(dtype, weak):
            return Number(float_dtype(dtype) or "float64", weak)
        case Array(dtype, shape):
            return Array(float_dtype(dtype), shape)
        case Numeric(dtype, shape):
            return Numeric(float_dtype(dtype), shape)
    return kind


def ufunc(*kinds: Kind, **_: Kind) -> Kind:
    """A NumPy function of floats: as `floating`, and Python numbers give NumPy scalars."""
    kind = floating(*kinds)
    return Number(kind.dtype) if isinstance(kind, Number) else kind


def python_float(*_: Kind, **__: Kind) -> Kind:
    """A function of the `math` module."""
    return Number("float64", weak=True)


def comparison(*kinds: Kind, **_: Kind) -> Kind:
    """==, <, isnan: as arithmetic, but bool."""
    kind = arithmetic(*kinds)
    match kind:
        case Number(_, weak):
            return Number("bool", weak)
        case Array(_, shape):
            return Array("bool", shape)
        case Numeric(_, shape):
            return Numeric("bool", shape)
    return kind


def integer(*_: Kind, **__: Kind) -> Kind:
    """A Python integer that is not known."""
    return Number("int", weak=True)


def truth(*_: Kind, **__: Kind) -> Kind:
    """A Python bool that is not known."""
    return Number("bool", weak=True)


def constant_kind(value: Any) -> Kind:
    """The kind of a literal or of a known object."""
    match value:
        case bool():
            return Number("bool", True, value)
        case int():
            return Number("int", True, value)
        case float():
            return Number("float64", True, value)
        case complex():
            return Number("complex128", True, value)
        case np.generic() if value.dtype.kind in "biufc":
            return Number(value.dtype.name)
        case np.ndarray():                  # data of a class, which is read live
            return UNKNOWN
    return Known(value)


def static(kind: Kind | None, default: object = None) -> object:
    """The value of an option where it is known; `...` where it is not; default when the option was not given."""
    match kind:
        case None:
            return default
        case Known(value):
            return value
        case Number(value=value) if value is not None and not isinstance(value, Dim):
            return value
    return ...


def reduction(x: Kind, axis: Kind | None = None, *_: Kind, keepdims: Kind | None = None, **__: Kind) -> Kind:
    """sum, max, ...: all axes, or the given ones, go."""
    dtype, shape = dtype_of(x), shape_of(x)
    if dtype == "bool":
        dtype = "int64"
    where, keep = axis_of(axis), static(keepdims, False)
    if where is None and keep is False:
        return Number(dtype or "float64")
    if shape == ():
        return Number(dtype or "float64")
    if where is ... or keep is ... or not isinstance(shape, tuple):
        return Numeric(dtype, fresh_shape())
    gone = {a % len(shape) for a in (where if isinstance(where, tuple) else range(len(shape)))}
    if keep:
        return make(dtype, tuple(ONE if i in gone else d for i, d in enumerate(shape)))
    return make(dtype, tuple(d for i, d in enumerate(shape) if i not in gone))


def axis_of(kind: Kind | None) -> tuple[int, ...] | None | object:
    """A static `axis` option as a tuple; None for all axes; `...` where it is not known."""
    if isinstance(kind, TupleKind):
        found = tuple(static(k) for k in kind.items)
        return ... if ... in found else found
    value = static(kind)
    return (value,) if isinstance(value, int) else value
