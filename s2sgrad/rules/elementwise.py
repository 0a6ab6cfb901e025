"""Elementary functions of NumPy: exponentials, logarithms, circular and hyperbolic functions.

Each rule gives the partial derivative, in terms of the result where that is cheaper. A Python float at a singular
point gives inf as an array does, not an exception: there the quotient is NumPy's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sgrad.core.kinds import Kind
from s2sgrad.core.primitives import falling_logistic, logistic
from s2sgrad.rules.registry import elementwise
from s2sgrad.rules.shapes import arithmetic, dtype_of, float_dtype
from s2sgrad.rules.ufunc_kinds import like_ufunc, with_dtype
from s2sgrad.runtime.elementary import sinc_derivative


# ---------------------------------------------------------------- exponentials, logarithms, roots
@elementwise(np.exp, kind=like_ufunc(np.exp), complex_too=True)
def exp(y: Any, x: Any) -> Any:
    return y


def _of_logistic(x: Kind, *_: Kind) -> Kind:
    return like_ufunc(np.exp)(x)


@elementwise(logistic, kind=_of_logistic, complex_too=True)
def logistic_function(y: Any, x: Any, one: Any, more: Any) -> Any:
    return y * (1.0 - y), 0.0, 0.0


@elementwise(falling_logistic, kind=_of_logistic, complex_too=True)
def falling_logistic_function(y: Any, x: Any, one: Any, more: Any) -> Any:
    return -y * (1.0 - y), 0.0, 0.0


@elementwise(np.exp2, kind=like_ufunc(np.exp2), complex_too=True)
def exp2(y: Any, x: Any) -> Any:
    return math.log(2.0) * y


@elementwise(np.expm1, kind=like_ufunc(np.expm1), complex_too=True)
def expm1(y: Any, x: Any) -> Any:
    return y + 1.0


@elementwise(np.log, kind=like_ufunc(np.log), complex_too=True)
def log(y: Any, x: Any) -> Any:
    if type(x) is float:
        x_partial = np.divide(1.0, x)
    else:
        x_partial = 1.0 / x
    return x_partial


@elementwise(np.log2, kind=like_ufunc(np.log2), complex_too=True)
def log2(y: Any, x: Any) -> Any:
    if type(x) is float:
        x_partial = np.divide(1.0, math.log(2.0) * x)
    else:
        x_partial = 1.0 / (math.log(2.0) * x)
    return x_partial


@elementwise(np.log10, kind=like_ufunc(np.log10), complex_too=True)
def log10(y: Any, x: Any) -> Any:
    if type(x) is float:
        x_partial = np.divide(1.0, math.log(10.0) * x)
    else:
        x_partial = 1.0 / (math.log(10.0) * x)
    return x_partial


@elementwise(np.log1p, kind=like_ufunc(np.log1p), complex_too=True)
def log1p(y: Any, x: Any) -> Any:
    if type(x) is float:
        x_partial = np.divide(1.0, 1.0 + x)
    else:
        x_partial = 1.0 / (1.0 + x)
    return x_partial


@elementwise(np.sqrt, kind=like_ufunc(np.sqrt), complex_too=True)
def sqrt(y: Any, x: Any) -> Any:
    return 0.5 / y


@elementwise(np.cbrt, kind=like_ufunc(np.cbrt))
def cbrt(y: Any, x: Any) -> Any:
    return 1.0 / (3.0 * y * y)


@elementwise(np.logaddexp, kind=like_ufunc(np.logaddexp))
def logaddexp(z: Any, x1: Any, x2: Any) -> Any:
    return np.exp(x1 - z), np.exp(x2 - z)


@elementwise(np.logaddexp2, kind=like_ufunc(np.logaddexp2))
def logaddexp2(z: Any, x1: Any, x2: Any) -> Any:
    return np.exp2(x1 - z), np.exp2(x2 - z)


# ---------------------------------------------------------------- circular functions
@elementwise(np.sin, kind=like_ufunc(np.sin), complex_too=True)
def sin(y: Any, x: Any) -> Any:
    return np.cos(x)


@elementwise(np.cos, kind=like_ufunc(np.cos), complex_too=True)
def cos(y: Any, x: Any) -> Any:
    return -np.sin(x)


@elementwise(np.tan, kind=like_ufunc(np.tan), complex_too=True)
def tan(y: Any, x: Any) -> Any:
    return 1.0 + y * y


@elementwise(np.arcsin, kind=like_ufunc(np.arcsin), complex_too=True)
def arcsin(y: Any, x: Any) -> Any:
    return 1.0 / np.sqrt(1.0 - x * x)


@elementwise(np.arccos, kind=like_ufunc(np.arccos), complex_too=True)
def arccos(y: Any, x: Any) -> Any:
    return -1.0 / np.sqrt(1.0 - x * x)


@elementwise(np.arctan, kind=like_ufunc(np.arctan), complex_too=True)
def arctan(y: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x * x)


@elementwise(np.arctan2, kind=like_ufunc(np.arctan2))
def arctan2(z: Any, x1: Any, x2: Any) -> Any:
    """nan at the origin, as in JAX."""
    rise = 1.0 * x1
    run = 1.0 * x2
    square = rise * rise + run * run
    return np.divide(run, square), np.divide(-rise, square)


@elementwise(np.hypot, kind=like_ufunc(np.hypot))
def hypot(z: Any, x1: Any, x2: Any) -> Any:
    """Zero at the origin, as for every norm."""
    length = np.where(z == 0.0, 1.0, z)
    return x1 / length, x2 / length


@elementwise(np.deg2rad, kind=like_ufunc(np.deg2rad))
def deg2rad(y: Any, x: Any) -> Any:
    return math.radians(1.0)


@elementwise(np.rad2deg, kind=like_ufunc(np.rad2deg))
def rad2deg(y: Any, x: Any) -> Any:
    return math.degrees(1.0)


@elementwise(np.radians, kind=like_ufunc(np.radians))
def radians(y: Any, x: Any) -> Any:
    return math.radians(1.0)


@elementwise(np.degrees, kind=like_ufunc(np.degrees))
def degrees(y: Any, x: Any) -> Any:
    return math.degrees(1.0)


def _sinc(x: Kind, **_: Kind) -> Kind:
    return with_dtype(arithmetic(x), float_dtype(dtype_of(x)))


@elementwise(np.sinc, kind=_sinc, complex_too=True)
def sinc(y: Any, x: Any) -> Any:
    return sinc_derivative(x)


# ---------------------------------------------------------------- hyperbolic functions
@elementwise(np.sinh, kind=like_ufunc(np.sinh), complex_too=True)
def sinh(y: Any, x: Any) -> Any:
    return np.cosh(x)


@elementwise(np.cosh, kind=like_ufunc(np.cosh), complex_too=True)
def cosh(y: Any, x: Any) -> Any:
    return np.sinh(x)


@elementwise(np.tanh, kind=like_ufunc(np.tanh), complex_too=True)
def tanh(y: Any, x: Any) -> Any:
    return 1.0 - y * y


@elementwise(np.arcsinh, kind=like_ufunc(np.arcsinh), complex_too=True)
def arcsinh(y: Any, x: Any) -> Any:
    return 1.0 / np.sqrt(x * x + 1.0)


@elementwise(np.arccosh, kind=like_ufunc(np.arccosh), complex_too=True)
def arccosh(y: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        x_partial = 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))
    else:
        x_partial = 1.0 / np.sqrt(x * x - 1.0)
    return x_partial


@elementwise(np.arctanh, kind=like_ufunc(np.arctanh), complex_too=True)
def arctanh(y: Any, x: Any) -> Any:
    if type(x) is float:
        x_partial = np.divide(1.0, 1.0 - x * x)
    else:
        x_partial = 1.0 / (1.0 - x * x)
    return x_partial
