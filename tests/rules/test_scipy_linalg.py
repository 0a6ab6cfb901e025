"""Rules of `s2sgrad/rules/scipy_linalg.py`, against differences of SciPy, and programs that use them."""

from __future__ import annotations

import numpy as np
import pytest
from harness import Case, check_case, every
from scipy import linalg

from s2sgrad import check_grads, grad
from s2sgrad.errors import NotDifferentiableError, UnknownFunctionError, UnsupportedError
from s2sgrad.rules.scipy_linalg import register_scipy_linalg

register_scipy_linalg()
rng = np.random.default_rng(2)


def arr(*shape):
    return rng.normal(size=shape)


REGULAR = arr(3, 3) + 4.0 * np.eye(3)
DEFINITE = REGULAR @ REGULAR.T / 10.0 + np.eye(3)
SYMMETRIC = 0.5 * (REGULAR + REGULAR.T)
B1, B2 = arr(3), arr(3, 2)
CASES = [
    *[Case(linalg.solve, REGULAR, b, options=o) for b in (B1, B2) for o in (
        {}, {"transposed": True}, {"assume_a": "gen"})],
    *[Case(linalg.solve, a, b, options={"assume_a": kind, "lower": lower}) for b in (B1, B2) for lower in (
        False, True) for a, kind in ((DEFINITE, "pos"), (SYMMETRIC, "sym"))],
    *[Case(linalg.solve_triangular, REGULAR, b, options={"trans": t, "lower": lower, "unit_diagonal": u})
      for b in (B1, B2) for t in (0, 1, "T") for lower in (False, True) for u in (False, True)],
    *[Case(f, a, options=o) for f, a in ((linalg.cholesky, DEFINITE), (linalg.cho_factor, DEFINITE)) for o in (
        {}, {"lower": True}, {"lower": False})],
    *[Case(linalg.cho_solve, (REGULAR, lower), b) for lower in (False, True) for b in (B1, B2)],
    Case(linalg.inv, REGULAR), Case(linalg.det, REGULAR), Case(linalg.expm, arr(3, 3)), Case(linalg.expm, arr(1, 1)),
    *[Case(linalg.eigh, SYMMETRIC, options=o, kinds_only=True) for o in ({}, {"lower": False})],  # signs are free
    *[Case(linalg.eigh, SYMMETRIC, options={"eigvals_only": True, **o}) for o in ({}, {"lower": False})],
    Case(linalg.eigvalsh, SYMMETRIC), Case(linalg.svdvals, arr(3, 4)), Case(linalg.svd, arr(4, 3), False),
    Case(linalg.svd, REGULAR), Case(linalg.svd, arr(4, 3), options={"compute_uv": False}),
    Case(linalg.qr, arr(4, 3), options={"mode": "economic"}), Case(linalg.qr, arr(3, 4)),
    Case(linalg.pinv, arr(4, 3)), Case(linalg.norm, B1), Case(linalg.norm, B2, 1, 0), Case(linalg.norm, B2),
    Case(linalg.block_diag, arr(2, 2), arr(1, 3), arr(2)), Case(linalg.block_diag, arr(2, 3)),
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


def gaussian_process(lengths, y):
    x = np.arange(4.0)
    covariance = np.exp(-0.5 * (x[:, None] - x) ** 2 / lengths[0] ** 2) + lengths[1] * np.eye(4)
    factor = linalg.cho_factor(covariance, lower=True)
    return 0.5 * y @ linalg.cho_solve(factor, y) + np.sum(np.log(np.diag(factor[0])))


def gaussian_process_in_parts(lengths, y):
    x = np.arange(4.0)
    covariance = np.exp(-0.5 * (x[:, None] - x) ** 2 / lengths[0] ** 2) + lengths[1] * np.eye(4)
    c, lower = linalg.cho_factor(covariance)
    z = linalg.solve_triangular(np.triu(c), y, trans=1)
    return 0.5 * y @ linalg.cho_solve((c, lower), y) + np.sum(np.log(np.diag(c))) + z @ z


def propagated(a, v):
    return np.sum(linalg.expm(a) @ v) + linalg.det(linalg.inv(a)) + linalg.eigh(a, eigvals_only=True)[0]


def squared_by_its_vectors(a, v):
    w, q = linalg.eigh(a @ a.T, lower=False)
    return np.sum((q * w) @ (q.T @ v) * v)


def generalised(a):
    return linalg.eigh(a, np.eye(3), eigvals_only=True)[0]


def overwriting(a):
    return np.sum(linalg.solve(a, np.ones(3), overwrite_a=True))


def root(a):
    return np.sum(linalg.sqrtm(a))


@pytest.mark.parametrize("f, args", [
    (gaussian_process, (np.array([1.3, 0.2]), np.array([0.3, -0.4, 1.2, 0.7]))),
    (gaussian_process_in_parts, (np.array([1.3, 0.2]), np.array([0.3, -0.4, 1.2, 0.7]))),
    (propagated, (0.3 * REGULAR, B1)), (squared_by_its_vectors, (REGULAR, B1)),
])
def test_program(f, args):
    check_grads(f, args)


@pytest.mark.parametrize("f, error", [
    (generalised, NotDifferentiableError), (overwriting, UnsupportedError), (root, UnknownFunctionError)])
def test_what_is_refused(f, error):
    with pytest.raises(error):
        grad(f)(REGULAR)


def test_another_structure_is_refused():
    with pytest.raises(ValueError, match="assume_a='tridiagonal'"):
        grad(tridiagonal)(np.eye(3))


def tridiagonal(a):
    return np.sum(linalg.solve(a, np.ones(3), assume_a="tridiagonal"))
