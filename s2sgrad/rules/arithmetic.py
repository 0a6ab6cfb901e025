"""Arithmetic: the operators of Python and the NumPy functions that they stand for, rounding, powers.

Each rule gives the partial derivatives; constants are Python floats, so that float32 stays float32. A quotient that
can divide by zero where the operation itself does not raise is a NumPy quotient for Python floats (inf, not an
exception).
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Number, Numeric, TupleKind
from s2sgrad.rules.registry import MAYBE_VIEW, adjoint, elementwise, result_kind, zero_derivative
from s2sgrad.rules.shapes import arithmetic, dtype_of, float_dtype, promote, python_float
from s2sgrad.rules.ufunc_kinds import like_operator, like_ufunc, with_dtype


# ---------------------------------------------------------------- sums, products, quotients
@elementwise(operator.add, np.add, complex_too=True)
def add(z: Any, x1: Any, x2: Any) -> Any:
    return 1.0, 1.0


@elementwise(operator.sub, np.subtract, complex_too=True)
def subtract(z: Any, x1: Any, x2: Any) -> Any:
    return 1.0, -1.0


@elementwise(operator.mul, np.multiply, complex_too=True)
def multiply(z: Any, x1: Any, x2: Any) -> Any:
    return x2, x1


@elementwise(operator.truediv, complex_too=True)
def true_division(z: Any, x1: Any, x2: Any) -> Any:
    return 1.0 / x2, -z / x2


@elementwise(np.divide, complex_too=True)
def divide(z: Any, x1: Any, x2: Any) -> Any:
    if type(x1) is float and type(x2) is float:
        x1_partial = np.divide(1.0, x2)
    else:
        x1_partial = 1.0 / x2
    return x1_partial, -z / x2


@elementwise(operator.neg, np.negative, complex_too=True)
def negative(z: Any, x: Any) -> Any:
    return -1.0


@elementwise(operator.pos, np.positive, complex_too=True)
def positive(z: Any, x: Any) -> Any:
    return 1.0


@elementwise(np.reciprocal, kind=like_ufunc(np.reciprocal), complex_too=True)
def reciprocal(z: Any, x: Any) -> Any:
    return -(z * z)


@elementwise(np.square, kind=like_ufunc(np.square), complex_too=True)
def square(z: Any, x: Any) -> Any:
    return 2.0 * x


@elementwise(operator.abs, abs, np.absolute, complex_too=True)
def absolute(z: Any, x: Any) -> Any:
    """Zero at zero. Of a complex argument, which is no holomorphic step: conj(x) / |x|."""
    if not np.iscomplexobj(x):
        x_partial = np.sign(x)
    else:
        x_partial = np.conj(np.sign(x))
    return x_partial


@elementwise(np.fabs, kind=like_ufunc(np.fabs))
def fabs(z: Any, x: Any) -> Any:
    return np.sign(x)


@elementwise(np.copysign, kind=like_ufunc(np.copysign))
def copysign(z: Any, x1: Any, x2: Any) -> Any:
    return np.sign(x1) * np.sign(z), 0.0


# ---------------------------------------------------------------- remainders and rounding
def _two(*kinds: Kind, **_: Kind) -> Kind:
    found = with_dtype(arithmetic(*kinds), promote(*kinds))
    return TupleKind((found, found))


@adjoint(np.modf, kind=_two)
def modf(y: Any, x: Any, *, y_bar: Any) -> Any:
    """The whole part is a step."""
    x_bar = y_bar[0]
    return x_bar


@adjoint(np.divmod, broadcasts=True, kind=_two)
def quotient_and_remainder(z: Any, x1: Any, x2: Any, *, z_bar: Any) -> Any:
    """The quotient is a step."""
    x1_bar = z_bar[1]
    x2_bar = -z[0] * z_bar[1]
    return x1_bar, x2_bar


@elementwise(operator.mod)
def modulo(z: Any, x1: Any, x2: Any) -> Any:
    return 1.0, -(x1 // x2)


@elementwise(np.remainder, kind=like_ufunc(np.remainder))
def remainder(z: Any, x1: Any, x2: Any) -> Any:
    return 1.0, -np.floor_divide(x1, x2)


@elementwise(np.fmod, kind=like_ufunc(np.fmod))
def fmod(z: Any, x1: Any, x2: Any) -> Any:
    """The quotient rounded toward zero is exact from the remainder, `x1 / x2` itself can round up to an integer."""
    return 1.0, -np.rint(np.divide(x1 - z, x2))


zero_derivative(operator.floordiv)
for _rounding in (np.floor_divide, np.floor, np.ceil, np.trunc, np.rint):
    zero_derivative(_rounding, kind=like_ufunc(_rounding))
zero_derivative(np.sign, kind=like_ufunc(np.sign), complex_too=False)      # of a complex x it is x / |x|


def _rounded(x: Kind, *_: Kind, **__: Kind) -> Kind:
    dtype = promote(x)
    return with_dtype(arithmetic(x), None if dtype == "bool" else dtype)


zero_derivative(np.round, np.around, np.fix, kind=_rounded)


# ---------------------------------------------------------------- powers
@elementwise(operator.pow, pow, np.power, np.float_power, math.pow, complex_too=True)
def power(z: Any, x1: Any, x2: Any) -> Any:
    """x1**0 has derivative 0 everywhere, and 0**x2 has derivative 0 with respect to x2.

    A negative base has no derivative with respect to the exponent: nan, as log(x1). A negative Python float to a
    fraction is complex where all else is real: the functions of `math` refuse it.
    """
    if np.ndim(x2) == 0 and x2 == 2:
        x1_partial = 2.0 * x1
    elif np.ndim(x2) == 0 and x2 == 3:
        x1_partial = 3.0 * (x1 * x1)
    elif np.ndim(x2) == 0 and x2 == 1:
        x1_partial = 1.0
    elif np.ndim(x2) == 0 and x2 == 0:
        x1_partial = 0.0
    elif np.ndim(x2) == 0 and x2 == -1:
        x1_partial = -(z * z)
    elif np.ndim(x2) == 0 and x2 == 0.5 and type(x1) is float:
        x1_partial = np.divide(0.5, math.sqrt(x1))
    elif np.ndim(x2) == 0 and x2 == 0.5:
        x1_partial = 0.5 / z
    elif np.iscomplexobj(x2):
        x1_partial = x2 * np.power(x1, x2 - (x2 != 0))
    elif np.ndim(x2) == 0 and isinstance(x2, float) and type(x1) is float and (x2 > 1 or x2 < 0):
        x1_partial = x2 * math.pow(x1, x2 - 1)
    elif np.ndim(x2) == 0 and x2 > 1:
        x1_partial = x2 * x1 ** (x2 - 1)
    elif np.ndim(x2) == 0 and x2 < 0:
        x1_partial = x2 * z / x1
    elif np.result_type(x2) == "bool":
        x1_partial = x2
    elif np.result_type(x2) != "bool":
        x1_partial = x2 * np.power(x1, x2 - (x2 != 0))   # x2 * x1**0 where x2 == 0
    else:
        x1_partial = x2 * np.power(x1, 1.0 * x2 - (x2 != 0))
    if not np.iscomplexobj(x1) and np.ndim(x1) == 0 and x1 > 0:
        x2_partial = z * math.log(x1)
    elif np.iscomplexobj(z):
        x2_partial = z * np.log(x1 + (x1 == 0) + 0j)
    else:
        x2_partial = z * np.log(1.0 * x1 + (x1 == 0))
    return x1_partial, x2_partial


# ---------------------------------------------------------------- real and imaginary parts
def _real_dtype(dtype: str | None) -> str | None:
    return {"complex64": "float32", "complex128": "float64"}.get(dtype or "", dtype)


def _part(x: Kind, *_: Kind, **__: Kind) -> Kind:
    dtype = _real_dtype(dtype_of(x))
    match x:
        case Number(_, weak):
            return Number(dtype or "float64", weak)
        case Array(_, shape):
            return Array(dtype, shape)
        case Numeric(_, shape):
            return Numeric(dtype, shape)
    return UNKNOWN


@adjoint(np.real, kind=_part, result=MAYBE_VIEW, complex_too=True)
def real(y: Any, val: Any, *, y_bar: Any) -> Any:
    val_bar = y_bar
    return val_bar


@adjoint(np.imag, kind=_part, result=MAYBE_VIEW, complex_too=True)
def imag(y: Any, val: Any, *, y_bar: Any) -> Any:
    val_bar = -1j * y_bar
    return val_bar


def _angle(z: Kind, deg: Kind | None = None) -> Kind:
    return with_dtype(arithmetic(z), _real_dtype(float_dtype(dtype_of(z))))


@adjoint(np.angle, kind=_angle, complex_too=True)
def angle(y: Any, z: Any, deg: Any = False, *, y_bar: Any) -> Any:
    """The imaginary part of the logarithm; nan at zero."""
    if deg:
        z_bar = math.degrees(1.0) * y_bar * -1j / z
    else:
        z_bar = y_bar * -1j / z
    return z_bar


@adjoint(np.conjugate, kind=like_ufunc(np.conjugate), complex_too=True)
def conjugate(y: Any, x: Any, *, y_bar: Any) -> Any:
    x_bar = np.conj(y_bar)
    return x_bar


def _conjugate_method(x: Kind) -> Kind:
    return Array(x.dtype, x.shape) if isinstance(x, Array) else like_ufunc(np.conjugate)(x)


# the method gives back a real array itself
adjoint(np.ndarray.conj, np.ndarray.conjugate, kind=_conjugate_method, result=MAYBE_VIEW, complex_too=True)(conjugate)



# ---------------------------------------------------------------- kinds of what Python and NumPy share
for _operator, _ufunc in (
        (operator.add, np.add), (operator.sub, np.subtract), (operator.mul, np.multiply), (operator.neg, np.negative),
        (operator.truediv, np.divide), (operator.pos, np.positive), (operator.floordiv, np.floor_divide),
        (operator.mod, np.remainder), (operator.pow, np.power), (operator.abs, np.absolute)):
    result_kind(_operator, kind=like_operator(_operator, _ufunc))
    result_kind(_ufunc, kind=like_ufunc(_ufunc))
result_kind(abs, kind=like_operator(operator.abs, np.absolute))
result_kind(math.pow, kind=python_float)
result_kind(pow, kind=like_operator(operator.pow, np.power))
result_kind(np.float_power, kind=like_ufunc(np.float_power))
