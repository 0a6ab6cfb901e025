"""Derivatives of factorisations in np.linalg: eigh, svd, qr, pinv, lstsq, matrix_power, multi_dot.

The sources of the formulas stand with the helpers. Conventions: np.linalg.eigh reads one triangle, so its adjoint is
triangular (JAX: symmetric); vectors of values that coincide give nan where they are used (as JAX), and where only the
values are, np.linalg.eigvalsh and svd(..., compute_uv=False) are finite (JAX: nan). np.linalg.eig is refused.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Dim, Kind, Number, Shape, TupleKind, rank_of, shape_of
from s2sgrad.rules import shapes
from s2sgrad.rules.linalg import array, inexact, real, same_shape
from s2sgrad.rules.options import entries
from s2sgrad.rules.products import joint_dtype
from s2sgrad.rules.registry import MAYBE_VIEW, adjoint, no_derivative, zero_derivative
from s2sgrad.runtime.factors import (
    eigh_adjoint,
    eigvalsh_adjoint,
    lstsq_adjoints,
    matrix_power_adjoint,
    multi_dot_adjoints,
    pinv_adjoint,
    qr_adjoint,
    svd_adjoint,
)


# ---------------------------------------------------------------- kinds
def eigvalsh_kind(a: Kind, *_: Kind, **__: Kind) -> Kind:
    """np.linalg.eigvalsh: real, one axis less."""
    shape = shape_of(a)
    return array(real(inexact(a)), shape[:-1] if isinstance(shape, tuple) else None)


def eigh_kind(a: Kind, *_: Kind, **__: Kind) -> Kind:
    """np.linalg.eigh: eigenvalues and eigenvectors."""
    return TupleKind((eigvalsh_kind(a), same_shape(a)))


def smaller(a: Dim, b: Dim) -> Dim:
    """The smaller of two lengths."""
    if a == b:
        return a
    return shapes.fresh_dim() if a.symbol or b.symbol else Dim("", min(a.offset, b.offset))


def factors_shapes(shape: Shape, full: bool) -> tuple[Shape, Shape, Shape]:
    """The shapes of the left factor, of the diagonal and of the right factor of a matrix."""
    if not isinstance(shape, tuple) or len(shape) < 2:
        return None, None, None
    batch, rows, columns = shape[:-2], shape[-2], shape[-1]
    inner = smaller(rows, columns)
    return ((*batch, rows, rows if full else inner), (*batch, inner), (*batch, columns if full else inner, columns))


def qr_kind(a: Kind, mode: Kind | None = None) -> Kind:
    """np.linalg.qr: two factors, or the right one alone."""
    asked = shapes.static(mode, "reduced")
    shape = shape_of(a)
    left, _, right = factors_shapes(shape, False)
    if asked == "complete" and isinstance(shape, tuple):
        left, right = (*shape[:-1], shape[-2]), shape
    match asked:
        case "reduced" | "complete":
            return TupleKind((array(inexact(a), left), array(inexact(a), right)))
        case "r":
            return array(inexact(a), right)
    return UNKNOWN


def svd_kind(a: Kind, full_matrices: Kind | None = None, compute_uv: Kind | None = None, *_: Kind,
             **__: Kind) -> Kind:
    """np.linalg.svd: two factors around the singular values, or these alone."""
    full, vectors = shapes.static(full_matrices, True), shapes.static(compute_uv, True)
    left, inner, right = factors_shapes(shape_of(a), full is True)
    if not isinstance(full, bool):
        left = right = None
    values = array(real(inexact(a)), inner)
    if not isinstance(vectors, bool):
        return UNKNOWN
    return TupleKind((array(inexact(a), left), values, array(inexact(a), right))) if vectors else values


def singular_values_kind(x: Kind) -> Kind:
    """np.linalg.svdvals: real."""
    return array(real(inexact(x)), factors_shapes(shape_of(x), False)[1])


def pinv_kind(a: Kind, *_: Kind, **__: Kind) -> Kind:
    """np.linalg.pinv: the matrix axes change places."""
    shape = shape_of(a)
    return array(inexact(a), (*shape[:-2], shape[-1], shape[-2]) if isinstance(shape, tuple) else None)


def lstsq_kind(a: Kind, b: Kind, *_: Kind, **__: Kind) -> Kind:
    """np.linalg.lstsq: solution, residuals, rank, singular values."""
    shape, right, dtype = shape_of(a), shape_of(b), inexact(a, b)
    solution: Shape = None
    inner: Shape = None
    if isinstance(shape, tuple) and isinstance(right, tuple) and len(shape) == 2 and right:
        solution, inner = (shape[1], *right[1:]), (smaller(shape[0], shape[1]),)
    return TupleKind((array(dtype, solution), array(real(dtype), (shapes.fresh_dim(),)), Number(np.dtype(np.intc).name),
                      array(real(dtype), inner)))


def multi_dot_kind(arrays: Kind, *rest: Kind, **more: Kind) -> Kind:
    """np.linalg.multi_dot: the outer axes of the first and of the last."""
    items = entries(arrays)
    if not items or rest or more:
        return UNKNOWN
    first, last = shape_of(items[0]), shape_of(items[-1])
    if not isinstance(first, tuple) or not isinstance(last, tuple):
        return shapes.make(joint_dtype(*items), None)
    return shapes.make(joint_dtype(*items), first[:-1] + (last[1:] if len(last) == 2 else ()))


def rank_kind(A: Kind, *_: Kind, **__: Kind) -> Kind:
    """np.linalg.matrix_rank: an integer per matrix."""
    shape = shape_of(A)
    return shapes.make("int64", shape[:-2] if isinstance(shape, tuple) else None)


def whole_power(a: Kind, n: Kind) -> Kind:
    """np.linalg.matrix_power: a positive power of integers is of integers."""
    dtype = joint_dtype(a)
    negative = shapes.static(n)
    sure = isinstance(negative, int) or dtype is None or not dtype.startswith(("int", "uint", "bool"))
    if sure and rank_of(a) is not None:
        return array(inexact(a) if isinstance(negative, int) and negative < 0 else dtype, shape_of(a))
    return array(None, None)


# ---------------------------------------------------------------- eigenvalues and singular values
@adjoint(np.linalg.eigh, kind=eigh_kind)
def eigh(y, a, UPLO="L", *, y_bar):
    a_bar = eigh_adjoint(y, y_bar, UPLO)
    return a_bar


@adjoint(np.linalg.eigvalsh, kind=eigvalsh_kind)
def eigvalsh(y, a, UPLO="L", *, y_bar):
    a_bar = eigvalsh_adjoint(a, y_bar, UPLO)
    return a_bar


@adjoint(np.linalg.svd, kind=svd_kind)
def svd(y, a, full_matrices=True, compute_uv=True, *, y_bar):
    a_bar = svd_adjoint(a, y, y_bar)
    return a_bar


@adjoint(np.linalg.svdvals, kind=singular_values_kind)
def svdvals(y, x, *, y_bar):
    x_bar = svd_adjoint(x, y, y_bar)
    return x_bar


# ---------------------------------------------------------------- equations
@adjoint(np.linalg.qr, kind=qr_kind, choices={"mode": ("reduced", "r", "complete")})
def qr(y, a, mode="reduced", *, y_bar):
    a_bar = qr_adjoint(a, y, y_bar, mode)
    return a_bar


@adjoint(np.linalg.pinv, kind=pinv_kind)
def pinv(y, a, rcond=None, *, y_bar):
    a_bar = pinv_adjoint(a, y, y_bar)
    return a_bar


@adjoint(np.linalg.lstsq, kind=lstsq_kind)
def lstsq(y, a, b, rcond=None, *, y_bar):
    bars = lstsq_adjoints(a, b, y, y_bar)
    a_bar = bars[0]
    b_bar = bars[1]
    return a_bar, b_bar


# ---------------------------------------------------------------- products
@adjoint(np.linalg.matrix_power, kind=whole_power, result=MAYBE_VIEW)       # the first power is the argument
def matrix_power(y, a, n, *, y_bar):
    if np.ndim(a) == 2 and n == 2:
        a_bar = y_bar @ a.T + a.T @ y_bar
    else:
        a_bar = matrix_power_adjoint(a, n, y_bar)
    return a_bar


@adjoint(np.linalg.multi_dot, kind=multi_dot_kind)
def multi_dot(y, arrays, *, y_bar):
    arrays_bar = multi_dot_adjoints(arrays, y_bar)
    return arrays_bar


zero_derivative(np.linalg.matrix_rank, kind=rank_kind)
no_derivative(np.linalg.eig, np.linalg.eigvals, pure=True)
