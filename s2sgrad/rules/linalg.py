"""Derivatives of np.linalg and np.trace.

Formulas: M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
(2008). Conventions: the norm of zero has gradient zero (JAX: nan); the adjoint of np.linalg.cholesky is lower
triangular, since NumPy reads the lower triangle only (JAX: symmetric). np.linalg.det has a derivative at singular
matrices too; np.linalg.slogdet has none there, and np.linalg.inv raises LinAlgError.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Numeric, Shape, TupleKind, shape_of
from s2sgrad.rules import shapes
from s2sgrad.rules.products import joint_dtype
from s2sgrad.rules.reductions import accumulated, array_dtype, reduced
from s2sgrad.rules.registry import adjoint
from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.linalg import (
    cholesky_adjoint,
    cofactors,
    cofactors_adjoint,
    cond_adjoint,
    norm_adjoint,
    solve_adjoints,
    trace_adjoint,
)


# ---------------------------------------------------------------- kinds
def real(dtype: str | None) -> str | None:
    """The dtype of an absolute value."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype or "", dtype)


def inexact(*kinds: Kind) -> str | None:
    """The dtype in which np.linalg computes with these."""
    return shapes.float_dtype(joint_dtype(*kinds))


def array(dtype: str | None, shape: Shape) -> Kind:
    """An array of this shape, of which nothing may be known."""
    return Array(dtype, shape if shape is not None else shapes.fresh_shape())


def norm_kind(x: Kind, ord: Kind | None = None, axis: Kind | None = None, keepdims: Kind | None = None) -> Kind:
    """np.linalg.norm: real."""
    return reduced(real(shapes.float_dtype(array_dtype(x))), x, axis, keepdims)


def trace_kind(a: Kind, offset: Kind | None = None, axis1: Kind | None = None, axis2: Kind | None = None,
               *rest: Kind, **more: Kind) -> Kind:
    """np.trace: two axes go."""
    shape, first, second = shape_of(a), shapes.static(axis1, 0), shapes.static(axis2, 1)
    dtype = accumulated(array_dtype(a))
    if rest or more:
        return UNKNOWN
    if not isinstance(shape, tuple) or not isinstance(first, int) or not isinstance(second, int):
        return Numeric(dtype, shapes.fresh_shape())
    gone = {first % len(shape), second % len(shape)}
    return shapes.make(dtype, tuple(d for i, d in enumerate(shape) if i not in gone))


def solve_kind(a: Kind, b: Kind) -> Kind:
    """np.linalg.solve: a vector for a vector b, else a matrix; batch axes broadcast."""
    x, y = shape_of(a), shape_of(b)
    if not isinstance(x, tuple) or not isinstance(y, tuple) or len(x) < 2 or not y:
        return array(inexact(a, b), None)
    if len(y) == 1:
        return array(inexact(a, b), x[:-1])
    batch = shapes.broadcast(x[:-2], y[:-2])
    assert isinstance(batch, tuple)
    return array(inexact(a, b), (*batch, x[-1], y[-1]))


def same_shape(a: Kind, *rest: Kind, **more: Kind) -> Kind:
    """np.linalg.inv, np.linalg.cholesky, np.linalg.matrix_power."""
    return array(inexact(a), shape_of(a))


def det_kind(a: Kind) -> Kind:
    """np.linalg.det: the matrix axes go."""
    shape = shape_of(a)
    if not isinstance(shape, tuple):
        return Numeric(inexact(a), shapes.fresh_shape())
    return shapes.make(inexact(a), shape[:-2])


def slogdet_kind(a: Kind) -> Kind:
    """np.linalg.slogdet: the sign, and the logarithm of the absolute value."""
    sign, logabsdet = det_kind(a), det_kind(a)
    return TupleKind((sign, logabsdet)) if not (inexact(a) or "").startswith("complex") else UNKNOWN


# ---------------------------------------------------------------- norm and trace
@adjoint(np.linalg.norm, kind=norm_kind, complex_too=True)
def norm(y, x, ord=None, axis=None, keepdims=False, *, y_bar):
    if axis is None and (ord is None or ord == "fro") and not np.iscomplexobj(x):
        x_bar = y_bar / np.where(y == 0.0, 1.0, y) * x
    elif np.ndim(x) == 1 and axis is None and ord == 2 and not np.iscomplexobj(x):
        x_bar = y_bar / np.where(y == 0.0, 1.0, y) * x
    elif np.ndim(x) == 1 and axis is None and ord == 1 and not np.iscomplexobj(x):
        x_bar = y_bar * np.sign(x)
    elif isinstance(axis, int) and (ord is None or ord == 2) and keepdims and not np.iscomplexobj(x):
        x_bar = y_bar / np.where(y == 0.0, 1.0, y) * x
    elif isinstance(axis, int) and (ord is None or ord == 2) and not keepdims and not np.iscomplexobj(x):
        x_bar = np.expand_dims(y_bar / np.where(y == 0.0, 1.0, y), axis) * x
    else:
        x_bar = norm_adjoint(y, x, ord, axis, keepdims, y_bar)
    return x_bar


def cond_kind(x: Kind, *_: Kind, **__: Kind) -> Kind:
    """np.linalg.cond: real, the matrix axes go."""
    shape = shape_of(x)
    return shapes.make(real(inexact(x)), shape[:-2] if isinstance(shape, tuple) else None)


@adjoint(np.linalg.cond, kind=cond_kind)
def cond(y, x, p=None, *, y_bar):
    x_bar = cond_adjoint(x, p, y_bar)
    return x_bar


@adjoint(np.trace, kind=trace_kind, complex_too=True)
def trace(y, a, offset=0, axis1=0, axis2=1, *, y_bar):
    if np.ndim(a) == 2 and offset == 0 and axis1 == 0 and axis2 == 1:
        a_bar = y_bar * np.eye(np.shape(a)[0], np.shape(a)[1], dtype=y.dtype)
    else:
        a_bar = trace_adjoint(np.shape(a), y.dtype, offset, axis1, axis2, y_bar)
    return a_bar


# ---------------------------------------------------------------- linear equations
@adjoint(np.linalg.solve, kind=solve_kind, complex_too=True)
def solve(x, a, b, *, x_bar):
    """Giles 2008."""
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        b_bar = np.linalg.solve(a.T, x_bar)
        a_bar = -np.outer(b_bar, x)
    elif np.ndim(a) == 2 and np.ndim(b) == 2:
        b_bar = np.linalg.solve(a.T, x_bar)
        a_bar = -b_bar @ x.T
    elif np.ndim(a) > 1 and np.ndim(b) > 1:
        rhs_bar = np.linalg.solve(np.swapaxes(a, -1, -2), x_bar)
        a_bar = unbroadcast(-rhs_bar @ np.swapaxes(x, -1, -2), a)
        b_bar = unbroadcast(rhs_bar, b)
    else:
        bars = solve_adjoints(a, np.shape(b), x, x_bar)
        a_bar = bars[0]
        b_bar = bars[1]
    return a_bar, b_bar


@adjoint(np.linalg.inv, kind=same_shape, complex_too=True)
def inv(y, a, *, y_bar):
    """Giles 2008."""
    if np.ndim(a) == 2:
        a_bar = -y.T @ y_bar @ y.T
    else:
        a_bar = -np.swapaxes(y, -1, -2) @ y_bar @ np.swapaxes(y, -1, -2)
    return a_bar


# ---------------------------------------------------------------- determinants and factors
@adjoint(np.linalg.det, kind=det_kind, complex_too=True)
def det(y, a, *, y_bar):
    """Jacobi's formula; with the inverse where there is one (Giles 2008)."""
    if np.ndim(a) == 2:
        a_bar = y_bar * cofactors(a, y)
    else:
        a_bar = np.expand_dims(y_bar, (-2, -1)) * cofactors(a, y)
    return a_bar


@adjoint(cofactors, kind=same_shape, complex_too=True)
def cofactors_(z, a, det, *, z_bar):
    """The determinant is that of `a`, so it carries nothing of its own."""
    return cofactors_adjoint(a, z_bar), 0.0


@adjoint(np.linalg.slogdet, kind=slogdet_kind)
def slogdet(y, a, *, y_bar):
    """Giles 2008. The result is the pair (sign, logabsdet), and the sign has no slope."""
    if np.ndim(a) == 2:
        a_bar = y_bar[1] * np.linalg.inv(a).T
    else:
        a_bar = np.expand_dims(y_bar[1], (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)
    return a_bar


@adjoint(np.linalg.cholesky, kind=same_shape)
def cholesky(y, a, *, y_bar):
    """Giles 2008, folded to the lower triangle, which is all that NumPy reads."""
    a_bar = cholesky_adjoint(y, y_bar)
    return a_bar
