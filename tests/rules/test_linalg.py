"""Rules of `s2sgrad/rules/linalg.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every

from s2sgrad import grad
from s2sgrad.rules import linalg as rules
from s2sgrad.runtime import linalg as helpers

rng = np.random.default_rng(2)


def arr(*shape):
    return rng.normal(size=shape)


def regular(*shape):
    """Matrices far from singular."""
    return arr(*shape) + 4.0 * np.eye(shape[-1])


def definite(*shape):
    a = arr(*shape)
    return a @ np.swapaxes(a, -1, -2) + 2.0 * np.eye(shape[-1])


def jnp_cholesky(a):
    """As NumPy's, which reads the lower triangle."""
    return jnp.linalg.cholesky(jnp.tril(a) + jnp.swapaxes(jnp.tril(a, -1), -1, -2))


def norms(x, *options):
    return [Case(np.linalg.norm, x, options=o, jax=jnp.linalg.norm) for o in options]


V, A, T = arr(5), arr(3, 4), arr(2, 3, 4)
CASES = [
    *norms(V, {}, {"ord": 2}, {"ord": 1}, {"ord": np.inf}, {"ord": -np.inf}, {"axis": 0}, {"keepdims": True},
           {"ord": 1, "axis": -1, "keepdims": True}, {"ord": 2, "axis": 0}),
    *norms(A, {}, {"ord": "fro"}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"keepdims": True},
           {"ord": 1, "axis": 1},
           {"ord": np.inf, "axis": 0}, {"ord": 2, "axis": 1}, {"axis": (0, 1)}),
    *norms(T, {}, {"axis": 1}, {"axis": (0, 2), "ord": "fro"}, {"axis": (-1, 0), "keepdims": True},
           {"ord": -np.inf, "axis": 2, "keepdims": True}),
    *norms(V, {"ord": 3}, {"ord": 0.5}, {"ord": -2, "axis": -1}), *norms(A, {"ord": 3, "axis": 1, "keepdims": True}),
    *norms(A, *({"ord": o} for o in (1, -1, np.inf, -np.inf, 2, -2, "nuc"))),
    *norms(T, *({"ord": o, "axis": axis} for o in (1, -np.inf, 2, "nuc") for axis in ((0, 2), (-1, 1)))),
    *norms(T, {"ord": 2, "axis": (1, 2), "keepdims": True}, {"ord": np.inf, "axis": (0, 1), "keepdims": True}),
    *[Case(np.linalg.cond, x, options=o, jax=jnp.linalg.cond) for x in (regular(3, 3), regular(2, 3, 3)) for o in (
        {}, {"p": 2}, {"p": -2}, {"p": "fro"}, {"p": 1}, {"p": np.inf})], Case(np.linalg.cond, arr(4, 3)),
    *norms(arr(1), {}), *norms(np.zeros((0, 3)), {"axis": 1}),
    Case(np.linalg.norm, arr(3) + 1j * arr(3), jax=jnp.linalg.norm),
    Case(np.linalg.norm, np.array(-1.5)),
    *[Case(np.trace, x, options=o, jax=jnp.trace) for x, o in [
        (A, {}), (A, {"offset": 1}), (A, {"offset": -2}), (T, {}), (T, {"axis1": 2, "axis2": 0}),
        (T, {"offset": 1, "axis1": -1, "axis2": 1}), (A, {"axis1": 1, "axis2": 0}), (arr(1, 1), {}), (arr(0, 2), {})]],
    *[Case(np.linalg.solve, regular(*a), arr(*b), jax=jnp.linalg.solve) for a, b in [
        ((3, 3), (3,)), ((3, 3), (3, 2)), ((5, 3, 3), (5, 3, 2)), ((5, 3, 3), (3, 2)), ((3, 3), (5, 3, 2)), ((1, 1),
        (1,)),
        ((5, 3, 3), (1, 3, 1))]],
    Case(np.linalg.solve, regular(5, 3, 3), arr(3)), Case(np.linalg.solve, regular(1, 3, 3), arr(3)),
    *[Case(f, regular(*s), jax=j) for f, j in ((np.linalg.inv, jnp.linalg.inv), (np.linalg.det, jnp.linalg.det),
      (np.linalg.slogdet, jnp.linalg.slogdet)) for s in ((3, 3), (1, 1), (5, 3, 3), (2, 5, 3, 3))],
    *[Case(np.linalg.cholesky, definite(*s), jax=jnp_cholesky) for s in ((3, 3), (1, 1), (5, 3, 3))],
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", [c for c in CASES if not c.kinds_only], ids=repr)
def test_general_branch(case):
    with without_facts(case.function):
        check_case(case)


@pytest.mark.parametrize("options", [{}, {"axis": 1}, {"axis": 1, "keepdims": True}, {"ord": "fro"}, {"axis": (0, 1)}],
                         ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_norm_of_zero_has_gradient_zero(options, dtype):
    x = np.zeros((2, 3), dtype=dtype)
    y = np.linalg.norm(x, **options)
    x_bar = rules.norm(y, x, **options, y_bar=np.ones_like(y))
    assert x_bar.dtype == dtype and not x_bar.any()


def test_a_zero_row_does_not_spoil_the_others():
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    y = np.linalg.norm(x, axis=1)
    np.testing.assert_allclose(rules.norm(y, x, axis=1, y_bar=np.ones(2)), [[0.0, 0.0], [0.6, 0.8]])


def test_python_float_adjoint_of_a_norm_keeps_single_precision():
    x = V.astype("float32")
    assert rules.norm(np.linalg.norm(x), x, y_bar=1.0).dtype == np.float32


def test_spectral_norms_of_complex_matrices_are_refused():
    with pytest.raises(ValueError, match="complex matrices with ord='nuc'"):
        rules.norm(np.linalg.norm(A + 1j, "nuc"), A + 1j, "nuc", y_bar=1.0)


@pytest.mark.parametrize("ord", [0, 3, 0.5])
def test_norms_of_zero_and_the_number_of_entries_have_gradient_zero(ord):
    assert not rules.norm(np.linalg.norm(np.zeros(3), ord), np.zeros(3), ord, y_bar=1.0).any()
    assert not rules.norm(np.linalg.norm(V, 0), V, 0, y_bar=1.0).any()


@pytest.mark.parametrize("ord", [2, -2, "nuc", 1, np.inf])
def test_matrix_norms_of_zero_have_gradient_zero(ord):
    assert not rules.norm(0.0, np.zeros((2, 3)), ord, y_bar=1.0).any()


def test_cholesky_adjoint_is_lower_triangular():
    factor = np.linalg.cholesky(definite(4, 4))
    np.testing.assert_array_equal(np.triu(helpers.cholesky_adjoint(factor, arr(4, 4)), 1), 0.0)


SINGULAR = {
    "rank 1": np.array([[1.0, 2.0], [2.0, 4.0]]), "rank 0": np.zeros((2, 2)), "a number": np.zeros((1, 1)),
    "rank 2 of 3": np.arange(9.0).reshape(3, 3), "rank 1 of 3": np.outer([1.0, 2.0, 3.0], [0.1, 0.2, 0.7]),
    "nearly": np.arange(9.0).reshape(3, 3) + 1e-12 * np.eye(3), "regular": regular(4, 4),
}


def minors(a):
    """The cofactors by their definition."""
    n = range(len(a))
    return np.array([[(-1.0) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) for j in n] for i in n])


@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128"])
@pytest.mark.parametrize("name", SINGULAR)
def test_det_has_a_derivative_at_singular_matrices(name, dtype):
    a = SINGULAR[name].astype(dtype)
    a = a * (1.0 + 2.0j) if dtype == "complex128" else a
    a_bar = rules.det(np.linalg.det(a), a, y_bar=1.0)
    assert a_bar.dtype == dtype
    np.testing.assert_allclose(a_bar, minors(a), rtol=1e-4 if dtype == "float32" else 1e-9, atol=1e-5)


def test_det_of_a_batch_in_which_one_matrix_is_singular():
    a = np.stack([SINGULAR["rank 2 of 3"], regular(3, 3), SINGULAR["rank 1 of 3"]])
    found = grad(lambda a: np.sum(np.linalg.det(a)))(a)
    np.testing.assert_allclose(found, [minors(m) for m in a], atol=1e-12)


@pytest.mark.parametrize("name", SINGULAR)
def test_second_derivatives_of_a_determinant(name):
    a, seed = SINGULAR[name], arr(*SINGULAR[name].shape)
    slope, direction = grad(lambda a: np.sum(helpers.cofactors(a, np.linalg.det(a)) * seed))(a), arr(*a.shape)
    step = 1e-5 * direction
    expected = np.sum((minors(a + step) - minors(a - step)) * seed) / 2e-5
    np.testing.assert_allclose(np.sum(slope * direction), expected, rtol=1e-7, atol=1e-8)


def entry(x):
    return np.linalg.det(np.array([[x, 0.0], [0.0, 0.0]]))


def test_det_of_an_empty_matrix_and_of_one_that_holds_nan():
    assert entry(2.0) == 0.0 and grad(entry)(2.0) == 0.0
    assert rules.det(1.0, np.zeros((0, 0)), y_bar=1.0).shape == (0, 0)
    assert np.isnan(rules.det(np.nan, np.full((2, 2), np.nan), y_bar=1.0)).all()
