"""Rules of `s2sgrad/rules/calculus.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every

from s2sgrad import check_grads, grad
from s2sgrad.errors import NotDifferentiableError

rng = np.random.default_rng(4)


def arr(*shape):
    return rng.normal(size=shape)


V, A, T = arr(5), arr(3, 4), arr(2, 3, 4)
NODES = np.cumsum(rng.uniform(0.5, 1.5, 4))
CASES = [
    *[Case(np.trapezoid, y, options=o, argnums=(0,), jax=jnp.trapezoid) for y, o in [
        (V, {}), (V, {"dx": 0.3}), (A, {}), (A, {"axis": 0, "dx": 2.0}), (T, {"axis": 1}), (T, {"axis": -3}),
        (arr(1), {}), (arr(0, 3), {})]],
    Case(np.trapezoid, arr(4), NODES, jax=jnp.trapezoid), Case(np.trapezoid, A, NODES, jax=jnp.trapezoid),
    Case(np.trapezoid, A, NODES[:3], 1.0, 0, argnums=(0, 1), jax=jnp.trapezoid),
    Case(np.trapezoid, T, NODES[:3], 1.0, 1, argnums=(0, 1), jax=jnp.trapezoid),
    Case(np.trapezoid, T, np.cumsum(np.abs(T), -1), jax=jnp.trapezoid),
    Case(np.trapezoid, V, None, 0.3, argnums=(0, 2), jax=jnp.trapezoid),
    Case(np.trapezoid, A, None, np.float64(0.3), 0, argnums=(0, 2)),
    Case(np.trapezoid, np.arange(4), NODES),
    *[Case(np.gradient, x, *spacing, options=o, argnums=(0,), jax=jnp.gradient if not o.get("edge_order") else None)
      for x, spacing, o in [
        (V, (), {}), (V, (0.3,), {}), (V, (), {"edge_order": 2}), (NODES, (NODES * NODES,), {}),
        (NODES, (NODES * NODES,), {"edge_order": 2}), (A, (), {"axis": 1}), (A, (0.5,), {"axis": 0}), (A, (), {}),
        (A, (2.0,), {}), (A, (2.0, 0.5), {}), (T, (0.5,), {"axis": (0, 2)}), (A, (NODES,), {"axis": -1}),
        (arr(2), (), {}), (arr(3), (0.7,), {"edge_order": 2})]],
    *[Case(np.polyval, p, x, jax=jnp.polyval) for p, x in [
        (V, A), (V, 0.7), (V[:1], A), (V[:2], np.float64(0.4)), (V, np.array(0.3)), (V, np.zeros((0, 2)))]],
    *[Case(np.polyfit, x, y, n, argnums=(0, 1), jax=jnp.polyfit) for x, y, n in [
        (NODES, V[:4], 1), (NODES, V[:4], 2), (NODES, V[:4], 0), (NODES, A.T, 1), (NODES, V[:4], 3)]],
    Case(np.polyfit, np.arange(4), V[:4], 2, argnums=(1,)),
    Case(np.unwrap, 4.0 * V, jax=jnp.unwrap), Case(np.unwrap, 4.0 * A, None, 0),
    *[Case(np.vander, V, *o, argnums=(0,), jax=jnp.vander) for o in ((), (3,), (1,), (4, True), (0,))],
    Case(np.vander, V, options={"N": 3, "increasing": True}, jax=jnp.vander), Case(np.vander, V[:0], 3),
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", [c for c in CASES if len(c.args) == 2], ids=repr)
def test_general_branch(case):
    with without_facts(case.function):
        check_case(case)


def polynomial_of_numbers(x, c):
    return np.sum(np.polyval([c, 1.2, c * c], x))


def slopes(f, x):
    rows, columns = np.gradient(f, 0.5)
    return np.sum(rows**2 * columns) + np.sum(np.gradient(f, axis=0, edge_order=2) ** 2) * x


def spacing(f, h):
    return np.sum(np.gradient(f, h) ** 2)


@pytest.mark.parametrize("f, args", [(polynomial_of_numbers, (V, 0.7)), (slopes, (A, 0.3))])
def test_program(f, args):
    check_grads(f, args)


def test_the_spacing_of_a_gradient_is_refused():
    with pytest.raises(NotDifferentiableError, match="argument `varargs`"):
        grad(spacing, argnums=1)(V, 0.5)


def test_a_fit_of_too_many_coefficients_in_its_values():
    nodes, seed = NODES[:3], np.array([0.3, -1.2, 0.7, 0.4, 1.1])
    with pytest.warns(np.exceptions.RankWarning):
        slope = grad(lambda y: seed @ np.polyfit(nodes, y, 4))(V[:3])
        expected = [seed @ np.polyfit(nodes, unit, 4) for unit in np.eye(3)]          # it is linear in them
    np.testing.assert_allclose(slope, expected, rtol=1e-7)
