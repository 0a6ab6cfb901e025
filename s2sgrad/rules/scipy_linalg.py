"""Derivatives of scipy.linalg: solve, solve_triangular, cholesky, cho_factor, cho_solve, expm, inv, det, eigh, svd, ...

SciPy is not loaded by loading this file: `register_scipy_linalg` is called once the user's own module has loaded it.
Matrices, not batches of them; options that let SciPy overwrite an argument are refused. Formulas: as in linalg.py and
factors.py, and for expm Al-Mohy and Higham 2009, SIAM J. Matrix Anal. Appl. 30.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Known, Number, TupleKind, rank_of, shape_of
from s2sgrad.rules import shapes
from s2sgrad.rules.factors import eigh_kind, eigvalsh_kind, pinv_kind, qr_kind, singular_values_kind, svd_kind
from s2sgrad.rules.linalg import array, det_kind, inexact, norm_kind, same_shape, solve_kind
from s2sgrad.rules.products import joint_dtype
from s2sgrad.rules.registry import adjoint, rule_of
from s2sgrad.runtime.factors import eigh_adjoint, eigvalsh_adjoint, pinv_adjoint, qr_adjoint, svd_adjoint
from s2sgrad.runtime.linalg import cholesky_adjoint, norm_adjoint
from s2sgrad.runtime.systems import (
    cholesky_part_adjoint,
    cholesky_solve_adjoint,
    system_adjoints,
    triangular_adjoint,
    unblock_diag,
)

linalg: Any = None


# ---------------------------------------------------------------- kinds
def _solution(a: Kind, b: Kind, *_: Kind, **__: Kind) -> Kind:
    return solve_kind(a, b)


def _scalar(a: Kind, *_: Kind, **__: Kind) -> Kind:
    found = det_kind(a)         # SciPy computes it in double precision
    if not isinstance(found, Number):
        return UNKNOWN
    return Number("complex128" if found.dtype.startswith("complex") else "float64")


def _factor_and_side(a: Kind, *_: Kind, **__: Kind) -> Kind:
    lower = linalg.cho_factor(np.eye(1))[1]          # an array since SciPy 1.18
    return TupleKind((same_shape(a), Array("bool", ()) if isinstance(lower, np.ndarray) else shapes.truth()))


def _solution_by_factor(c_and_lower: Kind, b: Kind, *_: Kind, **__: Kind) -> Kind:
    match c_and_lower:
        case TupleKind((factor, _)):
            return solve_kind(factor, b)
    return UNKNOWN


def _eigenvalues(a: Kind, *rest: Kind, eigvals_only: Kind | None = None, **more: Kind) -> Kind:
    match shapes.static(eigvals_only, False):
        case False if not rest:
            return eigh_kind(a)
        case True if not rest:
            return eigvalsh_kind(a)
    return UNKNOWN


def _singular_values(a: Kind, *_: Kind, **__: Kind) -> Kind:
    return singular_values_kind(a)


def _eigenvalues_alone(a: Kind, *_: Kind, **__: Kind) -> Kind:
    return eigvalsh_kind(a)


def _singular(a: Kind, full_matrices: Kind | None = None, compute_uv: Kind | None = None, *_: Kind,
              **__: Kind) -> Kind:
    return svd_kind(a, full_matrices, compute_uv)


def _triangular(a: Kind, *rest: Kind, mode: Kind | None = None, **_: Kind) -> Kind:
    known = {"full": "complete", "economic": "reduced"}.get(str(shapes.static(mode, "full")))
    return qr_kind(a, Known(known)) if known is not None and not rest else UNKNOWN


def _inverse(a: Kind, *_: Kind, **__: Kind) -> Kind:
    return pinv_kind(a)


def _length(a: Kind, ord: Kind | None = None, axis: Kind | None = None, keepdims: Kind | None = None, *_: Kind,
            **__: Kind) -> Kind:
    known, rank = [shapes.static(k) for k in (ord, axis, keepdims)], rank_of(a)
    if rank is None or ... in known:
        return UNKNOWN
    if rank == 1 and known[0] in (None, 2) and known[1] is None and not known[2]:
        return Number("float64", weak=True)             # by BLAS
    return norm_kind(a, ord, axis, keepdims)


def _blocks(*arrays: Kind) -> Kind:
    return array(joint_dtype(*arrays), (shapes.fresh_dim(), shapes.fresh_dim()))


def _exponential(A: Kind) -> Kind:
    return array(inexact(A), shape_of(A))


# ---------------------------------------------------------------- equations
def solve(x, a, b, lower=False, check_finite=True, assume_a=None, transposed=False, *, x_bar):
    bars = system_adjoints(a, b, x, x_bar, lower, assume_a, transposed)
    a_bar = bars[0]
    b_bar = bars[1]
    return a_bar, b_bar


def solve_triangular(x, a, b, trans=0, lower=False, unit_diagonal=False, check_finite=True, *, x_bar):
    if trans == 0 or trans == "N":
        b_bar = linalg.solve_triangular(a, x_bar, trans=1, lower=lower, unit_diagonal=unit_diagonal)
    elif trans == 1 or trans == "T":
        b_bar = linalg.solve_triangular(a, x_bar, trans=0, lower=lower, unit_diagonal=unit_diagonal)
    else:
        b_bar = linalg.solve_triangular(a, x_bar, trans=1 if trans in (0, "N") else 0, lower=lower,
                                        unit_diagonal=unit_diagonal)
    a_bar = triangular_adjoint(x, b_bar, trans, lower, unit_diagonal)
    return a_bar, b_bar


def cho_solve(x, c_and_lower, b, check_finite=True, *, x_bar):
    b_bar = linalg.cho_solve(c_and_lower, x_bar)
    c_bar = cholesky_solve_adjoint(c_and_lower[0], c_and_lower[1], x, b_bar)
    return (c_bar, 0.0), b_bar


def inv(y, a, check_finite=True, *, y_bar):
    a_bar = -y.T @ y_bar @ y.T
    return a_bar


def det(y, a, check_finite=True, *, y_bar):
    a_bar = y_bar * y * linalg.inv(a).T
    return a_bar


# ---------------------------------------------------------------- factors
def cholesky(y, a, lower=False, check_finite=True, *, y_bar):
    if lower:
        a_bar = cholesky_adjoint(y, y_bar)
    elif not lower:
        a_bar = cholesky_adjoint(y.T, y_bar.T).T
    else:
        a_bar = cholesky_part_adjoint(y, y_bar, lower)
    return a_bar


def cho_factor(y, a, lower=False, check_finite=True, *, y_bar):
    a_bar = cholesky_part_adjoint(y[0], y_bar[0], lower)
    return a_bar


def eigh(y, a, b=None, lower=True, eigvals_only=False, check_finite=True, *, y_bar):
    if b is None and lower and not eigvals_only:
        a_bar = eigh_adjoint(y, y_bar, "L")
    elif b is None and not lower and not eigvals_only:
        a_bar = eigh_adjoint(y, y_bar, "U")
    elif b is None and lower and eigvals_only:
        a_bar = eigvalsh_adjoint(a, y_bar, "L")
    elif b is None and not lower and eigvals_only:
        a_bar = eigvalsh_adjoint(a, y_bar, "U")
    else:
        return None
    return a_bar


def eigvalsh(y, a, b=None, lower=True, check_finite=True, *, y_bar):
    if b is None and lower:
        a_bar = eigvalsh_adjoint(a, y_bar, "L")
    elif b is None and not lower:
        a_bar = eigvalsh_adjoint(a, y_bar, "U")
    else:
        return None
    return a_bar


def svd(y, a, full_matrices=True, compute_uv=True, check_finite=True, *, y_bar):
    a_bar = svd_adjoint(a, y, y_bar)
    return a_bar


def qr(y, a, mode="full", check_finite=True, *, y_bar):
    if mode == "economic":
        a_bar = qr_adjoint(a, y, y_bar, "reduced")
    elif mode == "full":
        a_bar = qr_adjoint(a, y, y_bar, "complete")
    else:
        return None
    return a_bar


def svdvals(y, a, check_finite=True, *, y_bar):
    a_bar = svd_adjoint(a, y, y_bar)
    return a_bar


# ---------------------------------------------------------------- others
def pinv(y, a, check_finite=True, *, y_bar):
    a_bar = pinv_adjoint(a, y, y_bar)
    return a_bar


def norm(y, a, ord=None, axis=None, keepdims=False, check_finite=True, *, y_bar):
    a_bar = norm_adjoint(y, a, ord, axis, keepdims, y_bar)
    return a_bar


def expm(y, A, *, y_bar):
    A_bar = np.asarray(linalg.expm_frechet(A.T, y_bar, compute_expm=False), dtype=y.dtype)
    return A_bar


def block_diag(y, *arrs, y_bar):
    bars = unblock_diag(y_bar, arrs)
    return bars


_RULES = ((solve, _solution), (solve_triangular, _solution), (cho_solve, _solution_by_factor), (inv, same_shape),
          (det, _scalar), (cholesky, same_shape), (cho_factor, _factor_and_side), (eigh, _eigenvalues),
          (eigvalsh, _eigenvalues_alone), (svdvals, _singular_values), (svd, _singular), (qr, _triangular),
          (pinv, _inverse), (norm, _length), (expm, _exponential), (block_diag, _blocks))


def register_scipy_linalg() -> None:
    """Make the rules of this file known. Loads `scipy.linalg`; calling it again changes nothing."""
    global linalg
    from scipy import linalg as loaded

    if linalg is loaded:
        return
    linalg = loaded
    for rule, kind in _RULES:
        function = getattr(linalg, rule.__name__)
        if rule_of(function) is None:               # not over what the user has stated
            adjoint(function, kind=kind)(rule)
