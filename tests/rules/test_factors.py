"""Rules of `s2sgrad/rules/factors.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from harness import Case, check_case, every

from s2sgrad import check_grads
from s2sgrad.rules import factors as rules
from s2sgrad.rules.registry import rule_of

rng = np.random.default_rng(2)


def arr(*shape):
    return rng.normal(size=shape)


def one_triangle(function, UPLO="L"):
    """A function of JAX that reads one triangle, as NumPy's does."""
    def of_triangle(a, UPLO=UPLO):
        half, inner = (jnp.tril(a), jnp.tril(a, -1)) if UPLO == "L" else (jnp.triu(a), jnp.triu(a, 1))
        return tuple(found) if isinstance(found := function(half + jnp.swapaxes(inner, -1, -2)), tuple) else found
    return of_triangle


def signs(ours, theirs):
    """Of each vector, a row here, the sign that makes NumPy's of JAX's."""
    return jnp.sign(jnp.sum(ours * jax.lax.stop_gradient(theirs), -1, keepdims=True))


def jnp_eigh(a, UPLO="L"):
    def of_numpy(a):
        return np.swapaxes(np.linalg.eigh(a, UPLO)[1], -1, -2)
    w, v = one_triangle(jnp.linalg.eigh, UPLO)(a)
    rows = jnp.swapaxes(v, -1, -2)
    ours = jax.pure_callback(of_numpy, jax.ShapeDtypeStruct(a.shape, a.dtype), jax.lax.stop_gradient(a))
    return w, jnp.swapaxes(rows * signs(ours, rows), -1, -2)


def jnp_svd(a, full_matrices=False):
    def of_numpy(a):
        return np.linalg.svd(a, full_matrices=False)[2]
    u, s, vh = jnp.linalg.svd(a, full_matrices=full_matrices)
    ours = jax.pure_callback(of_numpy, jax.ShapeDtypeStruct(vh.shape, a.dtype), jax.lax.stop_gradient(a))
    turned = signs(ours, vh)
    return u * jnp.swapaxes(turned, -1, -2), s, vh * turned


def singular_values(a, **_):
    return jnp.linalg.svd(a, compute_uv=False)


SQUARE = arr(3, 3) + np.diag([1.0, 4.0, 9.0])
CASES = [
    *[Case(np.linalg.eigh, a, options=o, jax=jnp_eigh) for a in (
        SQUARE, arr(2, 3, 3) + np.diag([1.0, 4.0, 9.0]), arr(1, 1)) for o in ({}, {"UPLO": "U"})],
    *[Case(np.linalg.eigvalsh, a, options=o, jax=one_triangle(jnp.linalg.eigvalsh)) for a in (
        SQUARE, arr(2, 2, 3, 3)) for o in ({}, {"UPLO": "U"})],
    Case(np.linalg.eigh, np.zeros((0, 0))), Case(np.linalg.eigvalsh, np.zeros((0, 3, 3))),
    *[Case(np.linalg.svd, arr(*s), options={"full_matrices": False}, jax=jnp_svd) for s in (
        (3, 3), (4, 3), (3, 5), (2, 4, 3), (1, 3))],
    Case(np.linalg.svd, arr(3, 3), jax=jnp_svd), Case(np.linalg.svd, arr(4, 3), False, jax=jnp_svd),
    *[Case(np.linalg.svd, arr(*s), options={"compute_uv": False}, jax=singular_values) for s in ((3, 4), (2, 4, 3))],
    *[Case(np.linalg.svdvals, arr(*s), jax=singular_values) for s in ((3, 4), (2, 4, 3), (0, 3))],
    *[Case(np.linalg.qr, arr(*s), jax=lambda a: tuple(jnp.linalg.qr(a))) for s in ((3, 3), (5, 3), (2, 4, 3), (1, 1))],
    *[Case(np.linalg.qr, arr(*s)) for s in ((3, 5), (2, 3, 4))],
    *[Case(np.linalg.qr, arr(*s), options={"mode": m}) for m, s in (
        ("r", (4, 3)), ("r", (3, 4)), ("complete", (3, 4)))],
    *[Case(np.linalg.pinv, arr(*s), jax=jnp.linalg.pinv) for s in ((3, 3), (4, 3), (3, 5), (2, 4, 3))],
    *[Case(np.linalg.lstsq, arr(*a), arr(*b), None) for a, b in (
        ((5, 3), (5,)), ((5, 3), (5, 2)), ((3, 3), (3,)), ((3, 5), (3,)), ((3, 5), (3, 2)))],
    *[Case(np.linalg.matrix_power, SQUARE, n, jax=jnp.linalg.matrix_power) for n in (0, 1, 2, 3, 6, -1, -3)],
    Case(np.linalg.matrix_power, arr(2, 3, 3), 4, jax=jnp.linalg.matrix_power),
    *[Case(np.linalg.multi_dot, [arr(*s) for s in shapes], jax=jnp.linalg.multi_dot) for shapes in (
        [(3, 4), (4, 2)], [(3, 4), (4, 2), (2, 5)], [(4,), (4, 2), (2, 5)], [(3, 4), (4, 2), (2,)],
        [(4,), (4, 2), (2, 3), (3,)])],
    Case(np.linalg.matrix_rank, SQUARE, kinds_only=True), Case(np.linalg.matrix_rank, arr(2, 3, 3), kinds_only=True),
    Case(np.linalg.svd, arr(4, 3), kinds_only=True), Case(np.linalg.qr, arr(4, 3), "complete", kinds_only=True),
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


def bars_of(y, *values):
    return [np.asarray(v) + np.zeros_like(part) for v, part in zip(values, y, strict=True)]


def test_the_adjoint_of_an_eigenproblem_is_of_the_triangle_that_is_read():
    y = np.linalg.eigh(SQUARE)
    assert not np.triu(rules.eigh(y, SQUARE, y_bar=bars_of(y, 1.0, 2.0)), 1).any()
    assert not np.tril(rules.eigh(y, SQUARE, "U", y_bar=bars_of(y, 1.0, 2.0)), -1).any()


def test_eigenvalues_that_coincide():
    a = np.diag([1.0, 1.0, 2.0])
    w_bar = np.array([1.0, 1.0, 3.0])
    np.testing.assert_allclose(rules.eigvalsh(np.linalg.eigvalsh(a), a, y_bar=w_bar), np.diag(w_bar))
    np.testing.assert_allclose(rules.svdvals(np.linalg.svdvals(a), a, y_bar=np.array([3.0, 1.0, 1.0])), np.diag(w_bar))


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (3, 3)])
def test_svd_of_a_matrix_that_is_not_square_with_the_vectors_of_its_singular_values(shape):
    def of_values(a):
        return np.sum(np.linalg.svd(a)[1] ** 3)

    def of_vectors(a):
        u, s, vh = np.linalg.svd(a)
        return np.sum(s**3) + (u[:, 0] @ a @ vh[1]) ** 2 + np.abs(u[0, 0] * vh[0, 1]) * s[1]

    for f in (of_values, of_vectors):
        check_grads(f, (arr(*shape),))


@pytest.mark.parametrize("function, rule", [(np.linalg.eigh, rules.eigh), (np.linalg.svd, rules.svd)])
def test_vectors_of_values_that_coincide_have_no_derivative(function, rule):
    y = function(np.eye(3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert np.isnan(rule(y, np.eye(3), y_bar=bars_of(y, *([0.0] * len(y))))).any()


@pytest.mark.parametrize("call, message", [
    (lambda a: rules.svd(y := np.linalg.svd(a), a, y_bar=bars_of(y, 1.0, 1.0, 1.0)), "full_matrices=False"),
    (lambda a: rules.qr(y := np.linalg.qr(a, "complete"), a, "complete", y_bar=bars_of(y, 1.0, 1.0)), "reduced"),
    (lambda a: rules.svdvals(np.linalg.svdvals(a + 1j), a + 1j, y_bar=np.ones(3)), "complex"),
    (lambda a: rules.pinv(np.linalg.pinv(a + 1j), a + 1j, y_bar=a.T), "complex"),
    (lambda a: rules.eigvalsh(np.linalg.eigvalsh(a.T @ a + 0j), a.T @ a + 0j, y_bar=np.ones(3)), "complex"),
])
def test_what_has_no_formula_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(arr(4, 3))


@pytest.mark.parametrize("function", [np.linalg.eig, np.linalg.eigvals])
def test_eigenvectors_of_any_matrix_are_declared_without_derivative(function):
    rule = rule_of(function)
    assert rule is not None and rule.form == "none"
