"""Python numbers: the `math` module and the builtins.

A derivative of a `math` function that can be infinite where the function itself is finite (sqrt at 0) is a NumPy
quotient, which gives inf where Python would raise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Kind, ListKind, Number, TupleKind
from s2sgrad.rules.registry import adjoint, elementwise, no_derivative, zero_derivative
from s2sgrad.rules.shapes import python_float, truth
from s2sgrad.runtime.running import digamma, distance_adjoint, number_product_adjoint
from s2sgrad.runtime.selection import hypot_adjoints, sum_adjoint


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


def _parts(x: Kind) -> Kind:
    return TupleKind((python_float(), python_float()))


@adjoint(math.modf, kind=_parts)
def modf(y: Any, x: Any, *, y_bar: Any) -> Any:
    """The whole part is a step."""
    x_bar = y_bar[0]
    return x_bar


no_derivative(math.frexp, pure=True)
