"""Python numbers: the `math` module and the builtins.

A derivative of a `math` function that can be infinite where the function itself is finite (sqrt at 0) is a NumPy
quotient, which gives inf where Python would raise.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Dim, Kind, Known, ListKind, Number, Object, TupleKind
from s2sgrad.rules.options import length_of
from s2sgrad.rules.registry import VIEW, adjoint, elementwise, no_derivative, zero_derivative
from s2sgrad.rules.shapes import integer, promote, python_float, static, truth
from s2sgrad.rules.ufunc_kinds import like_operator
from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.checks import entries, in_turn, require_apart, require_reads_first
from s2sgrad.runtime.running import digamma, distance_adjoint, number_product_adjoint
from s2sgrad.runtime.selection import extremum_adjoints, hypot_adjoints, order_of, sorted_adjoint, sum_adjoint


# ---------------------------------------------------------------- math: roots, exponentials, logarithms
@elementwise(math.sqrt, kind=python_float)
def sqrt(y: Any, x: Any) -> Any:
    return np.divide(0.5, y)


@elementwise(math.exp, kind=python_float)
def exp(y: Any, x: Any) -> Any:
    return y


@elementwise(math.expm1, kind=python_float)
def expm1(y: Any, x: Any) -> Any:
    return y + 1.0


@elementwise(math.log, kind=python_float)
def log(y: Any, x: Any, base: Any = None) -> Any:
    if base is None:
        x_partial = 1.0 / x
        base_partial = None
    else:
        x_partial = 1.0 / (x * math.log(base))
        base_partial = -y / (base * math.log(base))
    return x_partial, base_partial


@elementwise(math.log2, kind=python_float)
def log2(y: Any, x: Any) -> Any:
    return 1.0 / (math.log(2.0) * x)


@elementwise(math.log10, kind=python_float)
def log10(y: Any, x: Any) -> Any:
    return 1.0 / (math.log(10.0) * x)


@elementwise(math.log1p, kind=python_float)
def log1p(y: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x)


# ---------------------------------------------------------------- math: circular and hyperbolic functions
@elementwise(math.sin, kind=python_float)
def sin(y: Any, x: Any) -> Any:
    return math.cos(x)


@elementwise(math.cos, kind=python_float)
def cos(y: Any, x: Any) -> Any:
    return -math.sin(x)


@elementwise(math.tan, kind=python_float)
def tan(y: Any, x: Any) -> Any:
    return 1.0 + y * y


@elementwise(math.asin, kind=python_float)
def asin(y: Any, x: Any) -> Any:
    return np.divide(1.0, math.sqrt(1.0 - x * x))


@elementwise(math.acos, kind=python_float)
def acos(y: Any, x: Any) -> Any:
    return np.divide(-1.0, math.sqrt(1.0 - x * x))


@elementwise(math.atan, kind=python_float)
def atan(y: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x * x)


@elementwise(math.atan2, kind=python_float)
def atan2(z: Any, y: Any, x: Any) -> Any:
    """nan at the origin, as in JAX."""
    square = x * x + y * y
    return np.divide(x, square), np.divide(-y, square)


@elementwise(math.sinh, kind=python_float)
def sinh(y: Any, x: Any) -> Any:
    return math.cosh(x)


@elementwise(math.cosh, kind=python_float)
def cosh(y: Any, x: Any) -> Any:
    return math.sinh(x)


@elementwise(math.tanh, kind=python_float)
def tanh(y: Any, x: Any) -> Any:
    return 1.0 - y * y


@elementwise(math.asinh, kind=python_float)
def asinh(y: Any, x: Any) -> Any:
    return 1.0 / math.sqrt(x * x + 1.0)


@elementwise(math.acosh, kind=python_float)
def acosh(y: Any, x: Any) -> Any:
    return np.divide(1.0, math.sqrt(x * x - 1.0))


@elementwise(math.atanh, kind=python_float)
def atanh(y: Any, x: Any) -> Any:
    return 1.0 / (1.0 - x * x)


@elementwise(math.radians, kind=python_float)
def radians(y: Any, x: Any) -> Any:
    return math.radians(1.0)


@elementwise(math.degrees, kind=python_float)
def degrees(y: Any, x: Any) -> Any:
    return math.degrees(1.0)


# ---------------------------------------------------------------- math: the others
@elementwise(math.erf, kind=python_float)
def erf(y: Any, x: Any) -> Any:
    """2 / sqrt(pi) * exp(-x**2)."""
    return 1.1283791670955126 * math.exp(-x * x)


@elementwise(math.erfc, kind=python_float)
def erfc(y: Any, x: Any) -> Any:
    """-2 / sqrt(pi) * exp(-x**2)."""
    return -1.1283791670955126 * math.exp(-x * x)


@elementwise(math.fabs, kind=python_float)
def fabs(y: Any, x: Any) -> Any:
    return np.sign(x)


@elementwise(math.copysign, kind=python_float)
def copysign(z: Any, x: Any, y: Any) -> Any:
    return np.sign(x) * np.sign(z), 0.0


@elementwise(math.fmod, math.remainder, kind=python_float)
def remainder(z: Any, x: Any, y: Any) -> Any:
    """The quotient from the remainder, which is exact, rounds to the right integer."""
    return 1.0, -np.rint((x - z) / y)


@adjoint(math.hypot, kind=python_float)
def hypot(z: Any, *coordinates: Any, z_bar: Any) -> Any:
    bars = hypot_adjoints(z, coordinates, z_bar)
    return bars


@adjoint(math.fsum, kind=python_float)
def fsum(y: Any, seq: Any, *, y_bar: Any) -> Any:
    seq_bar = sum_adjoint(seq, y_bar)
    return seq_bar


# From Python 3.11 on.
@elementwise(math.cbrt, kind=python_float)
def cbrt(y: Any, x: Any) -> Any:
    return np.divide(1.0, 3.0 * y * y)


@elementwise(math.exp2, kind=python_float)
def exp2(y: Any, x: Any) -> Any:
    return math.log(2.0) * y


zero_derivative(math.isnan, math.isinf, math.isfinite, math.isclose, kind=truth)


@elementwise(math.lgamma, kind=python_float)
def lgamma(y: Any, x: Any) -> Any:
    return digamma(x)


@elementwise(math.gamma, kind=python_float)
def gamma(y: Any, x: Any) -> Any:
    return y * digamma(x)


@elementwise(math.ldexp, kind=python_float)
def ldexp(y: Any, x: Any, i: Any) -> Any:
    return math.ldexp(1.0, i), None


def _product(iterable: Kind, **_: Kind) -> Kind:
    match iterable:
        case ListKind(Number("float64", True)):
            return Number("float64", weak=True)
        case TupleKind(items) if any(k == Number("float64", True) for k in items) and all(
                isinstance(k, Number) and k.weak for k in items):
            return Number("float64", weak=True)
    return UNKNOWN


@adjoint(math.prod, kind=_product)
def prod(y: Any, iterable: Any, *, start: Any = 1, y_bar: Any) -> Any:
    iterable_bar = number_product_adjoint(iterable, start, y_bar)
    return iterable_bar


@adjoint(math.dist, kind=python_float)
def dist(y: Any, p: Any, q: Any, *, y_bar: Any) -> Any:
    p_bar = distance_adjoint(y, p, q, y_bar)
    q_bar = distance_adjoint(y, q, p, y_bar)
    return p_bar, q_bar


no_derivative(math.modf, math.frexp, pure=True)


def _to_integer(x: Kind, *_: Kind, **__: Kind) -> Kind:
    """A Python integer; itself where a known integer is converted."""
    match x:
        case Number(dtype, True, value) if dtype.startswith("int"):
            return Number("int", weak=True, value=value)
    return integer()


zero_derivative(math.floor, math.ceil, math.trunc, int, operator.index, kind=_to_integer)
zero_derivative(math.factorial, math.comb, math.perm, math.gcd, math.lcm, math.isqrt, kind=integer)


# ---------------------------------------------------------------- builtins that compute
def _to_float(x: Kind | None = None, **_: Kind) -> Kind:
    match static(x):
        case int() | float() as value:
            return Number("float64", weak=True, value=float(value))
    return Number("float64", weak=True)


@elementwise(float, kind=_to_float)
def to_float(y: Any, x: Any = 0.0) -> Any:
    return 1.0


def _rounded(number: Kind, ndigits: Kind | None = None, **_: Kind) -> Kind:
    match number:
        case Number(dtype, weak):
            if static(ndigits) is None:
                return integer()
            return Number("int" if dtype in ("bool", "int") else dtype, weak)
    return UNKNOWN


zero_derivative(round, kind=_rounded)


def _extremum(*operands: Kind, **_: Kind) -> Kind:
    """One of the operands: a number of the promoted dtype (of `max(0, x)` a float, which is what it is for)."""
    match operands:
        case (Array(str(dtype), (_,)),):
            return Number(dtype)
        case (ListKind(_, tuple(items)),) | (TupleKind(items),):
            return _extremum(*items) if len(items) > 1 else items[0] if items else UNKNOWN
        case (ListKind(Number(dtype, weak)) | Object(_, Number(dtype, weak)),):
            return Number(dtype, weak)
    numbers = [k for k in operands if isinstance(k, Number)]
    if len(operands) < 2 or len(numbers) < len(operands):
        return UNKNOWN
    common, weak = promote(*numbers), all(n.weak for n in numbers)
    return Number("int" if weak and common == "int64" else common, weak) if common is not None else UNKNOWN


@adjoint(max, kind=_extremum)
def maximum(y: Any, *operands: Any, y_bar: Any) -> Any:
    bars = extremum_adjoints(y, operands, y_bar)
    return bars


@adjoint(min, kind=_extremum)
def minimum(y: Any, *operands: Any, y_bar: Any) -> Any:
    bars = extremum_adjoints(y, operands, y_bar)
    return bars


def _sum(iterable: Kind, start: Kind | None = None, **_: Kind) -> Kind:
    total: Kind = Number("int", weak=True) if start is None else start
    add = like_operator(operator.add, np.add)
    match iterable:
        case ListKind(_, tuple(items)) | TupleKind(items):
            for item in items:
                total = add(total, item)
            return total
        case ListKind(item) | Object(_, item) if item is not None:
            return add(total, item)
        case Array(dtype, (_, *rest)):
            return add(total, Array(dtype, tuple(rest)))
    return UNKNOWN


@adjoint(sum, kind=_sum, complex_too=True)
def builtin_sum(y: Any, iterable: Any, start: Any = 0, *, y_bar: Any) -> Any:
    iterable_bar = sum_adjoint(iterable, y_bar)
    start_bar = unbroadcast(y_bar, start)
    return iterable_bar, start_bar


@adjoint(sorted)
def arranged(y: Any, iterable: Any, reverse: Any = False, *, y_bar: Any) -> Any:
    iterable_bar = sorted_adjoint(iterable, reverse, y_bar)
    return iterable_bar


def _positions(keys: Kind, reverse: Kind | None = None) -> Kind:
    return ListKind(Number("int", weak=True))


zero_derivative(order_of, kind=_positions)


def _quotient_and_remainder(a: Kind, b: Kind, **_: Kind) -> Kind:
    return TupleKind((like_operator(operator.floordiv, np.floor_divide)(a, b),
                      like_operator(operator.mod, np.remainder)(a, b)))


no_derivative(divmod, kind=_quotient_and_remainder, pure=True)


# ---------------------------------------------------------------- builtins that ask
def _length(x: Kind, **_: Kind) -> Kind:
    match x:
        case Array(shape=(Dim("", offset), *_)):
            return Number("int", weak=True, value=offset)
        case Array(shape=(Dim() as dim, *_)):
            return Number("int", weak=True, value=dim)
        case TupleKind(items) | ListKind(_, tuple(items)):
            return Number("int", weak=True, value=len(items))
    return integer()


def _unknown(*_: Kind, **__: Kind) -> Kind:
    return UNKNOWN


def _class(x: Kind, **_: Kind) -> Kind:
    match x:
        case Number(dtype, True) if (known := {"bool": bool, "int": int, "float64": float}.get(dtype)) is not None:
            return Known(known)
        case Number(dtype, False) if dtype != "int":
            return Known(np.dtype(dtype).type)
        case Array(shape=(_, *_)):
            return Known(np.ndarray)
    return UNKNOWN


zero_derivative(len, kind=_length)
zero_derivative(type, kind=_class)
zero_derivative(isinstance, issubclass, callable, any, all, hasattr, kind=truth)
zero_derivative(ord, hash, id, kind=integer)
zero_derivative(range, chr, bin, hex, kind=_unknown)
no_derivative(str, repr, format, kind=_unknown, pure=True)      # text may be read back as a number
zero_derivative(print, kind=_unknown, pure=False)

# Dicts: keys carry no derivative; what else is taken out of a dict may be an array that is written.
zero_derivative(dict.keys)
def _turn_kind(count: Kind, length: Kind) -> Kind:
    return Array("int64", (length_of(count),), "C")


zero_derivative(require_reads_first, require_apart, pure=False)
zero_derivative(in_turn, kind=_turn_kind)
zero_derivative(entries, result=VIEW)           # called only where no entry carries a derivative
no_derivative(dict.get, dict.values, dict.items, result=VIEW, pure=True)
