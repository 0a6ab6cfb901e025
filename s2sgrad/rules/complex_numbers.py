"""Complex Python numbers: the builtin `complex` and the `cmath` module.

The functions of `cmath` are holomorphic, off their branch cuts; of real numbers they give complex ones too. A
derivative that can be infinite where the function itself is finite is a NumPy quotient.
"""

from __future__ import annotations

import cmath
from typing import Any

import numpy as np

from s2sgrad.core.kinds import Kind, Number, TupleKind
from s2sgrad.rules.registry import adjoint, elementwise, zero_derivative
from s2sgrad.rules.shapes import python_float, truth


def python_complex(*_: Kind, **__: Kind) -> Kind:
    """A complex Python number."""
    return Number("complex128", weak=True)


# ---------------------------------------------------------------- parts
@adjoint(complex, kind=python_complex, complex_too=True)
def of_parts(z: Any, real: Any = 0.0, imag: Any = 0.0, *, z_bar: Any) -> Any:
    return z_bar, 1j * z_bar


@adjoint(complex.conjugate, kind=python_complex, complex_too=True)
def conjugate(y: Any, z: Any, *, y_bar: Any) -> Any:
    z_bar = np.conj(y_bar)
    return z_bar


@adjoint(cmath.phase, kind=python_float, complex_too=True)
def phase(y: Any, z: Any, *, y_bar: Any) -> Any:
    z_bar = np.divide(-1j * y_bar, z)
    return z_bar


def _length_and_phase(*_: Kind) -> Kind:
    return TupleKind((python_float(), python_float()))


@adjoint(cmath.polar, kind=_length_and_phase, complex_too=True)
def polar(y: Any, z: Any, *, y_bar: Any) -> Any:
    z_bar = np.divide(y_bar[0] * y[0] - 1j * y_bar[1], z)
    return z_bar


@adjoint(cmath.rect, kind=python_complex, complex_too=True)
def rect(z: Any, r: Any, phi: Any, *, z_bar: Any) -> Any:
    return z_bar * cmath.exp(1j * phi), 1j * z_bar * z


# ---------------------------------------------------------------- exponentials, logarithms, roots
@elementwise(cmath.exp, kind=python_complex, complex_too=True)
def exp(y: Any, x: Any) -> Any:
    return y


@elementwise(cmath.log, kind=python_complex, complex_too=True)
def log(y: Any, x: Any, base: Any = None) -> Any:
    if base is None:
        x_partial = 1.0 / x
        base_partial = None
    else:
        x_partial = 1.0 / (x * cmath.log(base))
        base_partial = -y / (base * cmath.log(base))
    return x_partial, base_partial


@elementwise(cmath.log10, kind=python_complex, complex_too=True)
def log10(y: Any, x: Any) -> Any:
    return 1.0 / (cmath.log(10.0) * x)


@elementwise(cmath.sqrt, kind=python_complex, complex_too=True)
def sqrt(y: Any, x: Any) -> Any:
    return np.divide(0.5, y)


# ---------------------------------------------------------------- circular and hyperbolic functions
@elementwise(cmath.sin, kind=python_complex, complex_too=True)
def sin(y: Any, x: Any) -> Any:
    return cmath.cos(x)


@elementwise(cmath.cos, kind=python_complex, complex_too=True)
def cos(y: Any, x: Any) -> Any:
    return -cmath.sin(x)


@elementwise(cmath.tan, kind=python_complex, complex_too=True)
def tan(y: Any, x: Any) -> Any:
    return 1.0 + y * y


@elementwise(cmath.asin, kind=python_complex, complex_too=True)
def asin(y: Any, x: Any) -> Any:
    return np.divide(1.0, cmath.cos(y))


@elementwise(cmath.acos, kind=python_complex, complex_too=True)
def acos(y: Any, x: Any) -> Any:
    return np.divide(-1.0, cmath.sin(y))


@elementwise(cmath.atan, kind=python_complex, complex_too=True)
def atan(y: Any, x: Any) -> Any:
    return np.divide(1.0, 1.0 + x * x)


@elementwise(cmath.sinh, kind=python_complex, complex_too=True)
def sinh(y: Any, x: Any) -> Any:
    return cmath.cosh(x)


@elementwise(cmath.cosh, kind=python_complex, complex_too=True)
def cosh(y: Any, x: Any) -> Any:
    return cmath.sinh(x)


@elementwise(cmath.tanh, kind=python_complex, complex_too=True)
def tanh(y: Any, x: Any) -> Any:
    return 1.0 - y * y


@elementwise(cmath.asinh, kind=python_complex, complex_too=True)
def asinh(y: Any, x: Any) -> Any:
    return np.divide(1.0, cmath.cosh(y))


@elementwise(cmath.acosh, kind=python_complex, complex_too=True)
def acosh(y: Any, x: Any) -> Any:
    return np.divide(1.0, cmath.sinh(y))


@elementwise(cmath.atanh, kind=python_complex, complex_too=True)
def atanh(y: Any, x: Any) -> Any:
    return np.divide(1.0, 1.0 - x * x)


zero_derivative(cmath.isnan, cmath.isinf, cmath.isfinite, cmath.isclose, kind=truth)
