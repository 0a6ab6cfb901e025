"""Rules of `s2sgrad/rules/reductions.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every

from s2sgrad.rules import reductions as rules
from s2sgrad.runtime import reductions as helpers

rng = np.random.default_rng(0)
SCALAR, V, ONE, A, T = 1.3, rng.normal(size=5), rng.normal(size=1), rng.normal(size=(3, 4)), rng.normal(size=(2, 3, 4))
ROW, EMPTY, ZERO_D = rng.normal(size=(1, 4)), np.zeros(0), np.array(0.7)
WIDE = np.zeros((0, 3))
AXES = [{}, {"axis": 0}, {"axis": -1}, {"axis": 1, "keepdims": True}, {"keepdims": True}, {"axis": None}]
TUPLES = [{"axis": (0, 2)}, {"axis": (-1, 1), "keepdims": True}, {"axis": 1}, {"axis": ()}]


def over(function, jax, axes=AXES, tuples=TUPLES):
    """A callable over all its arrays and options."""
    return [Case(function, x, options=o, jax=jax) for x, found in ((A, axes), (T, tuples)) for o in found]


def numbers(function, jax):
    return [Case(function, x, jax=jax) for x in (SCALAR, ZERO_D, ONE, V, ROW)]


MASK = A > 0.0
CASES = [
    *over(np.sum, jnp.sum), *numbers(np.sum, jnp.sum), Case(np.sum, EMPTY, jax=jnp.sum),
    Case(np.sum, WIDE, options={"axis": 0}, jax=jnp.sum), Case(np.sum, WIDE, options={"axis": 1}, jax=jnp.sum),
    Case(np.sum, A, options={"where": MASK}, jax=jnp.sum),
    Case(np.sum, A, options={"where": MASK, "axis": 1}, jax=jnp.sum),
    Case(np.sum, A, options={"where": MASK[0], "axis": 0, "keepdims": True}, jax=jnp.sum),
    *[Case(f, A, options=o, jax=j) for f, j in (
        (np.sum, jnp.sum), (np.prod, jnp.prod), (np.max, jnp.max), (np.min, jnp.min)) for o in (
        {"axis": 1, "initial": 0.3}, {"initial": 0.1, "where": MASK}, {"initial": -0.7, "where": MASK, "axis": 0},
        {"initial": 0.4, "keepdims": True})],
    *[Case(f, A, options=o, jax=j) for f, j in ((np.sum, jnp.sum), (np.mean, jnp.mean), (np.prod, jnp.prod)) for o in (
        {"dtype": np.float64}, {"dtype": np.float64, "axis": 1, "keepdims": True})],
    *[Case(np.mean, A, options={"where": MASK | (np.arange(4) > 1), **o}, jax=jnp.mean) for o in AXES],
    *[Case(np.diff, A, n, axis, *ends, argnums=(0, 3, 4)) for n, axis, ends in [
        (1, 1, (A[:, :2], A[:, :1])), (2, 0, (A[:1], 0.3)), (1, 1, (0.2, 0.7)), (3, -1, (np.float64(0.1), A))]],
    Case(np.diff, V, options={"prepend": 0.0}), Case(np.diff, V, options={"append": V[:2]}),
    *over(np.mean, jnp.mean), *numbers(np.mean, jnp.mean), Case(np.mean, WIDE, options={"axis": 1}, jax=jnp.mean),
    *over(np.nansum, jnp.nansum), *numbers(np.nansum, jnp.nansum),
    *over(np.var, jnp.var), *numbers(np.var, jnp.var),
    *over(np.var, jnp.var, [{"ddof": 1, **o} for o in AXES], [{"ddof": 1, **o} for o in TUPLES[:2]]),
    Case(np.var, V, options={"ddof": 2}, jax=jnp.var), Case(np.var, WIDE, options={"axis": 1}, jax=jnp.var),
    *over(np.std, jnp.std, tuples=TUPLES[:3]), Case(np.std, V, jax=jnp.std),
    *over(np.std, jnp.std, [{"ddof": 1, **o} for o in AXES], [{"ddof": 1, **o} for o in TUPLES[:2]]),
    *over(np.max, jnp.max), *numbers(np.max, jnp.max), *over(np.amax, jnp.max, [{}], []),
    *over(np.min, jnp.min), *numbers(np.min, jnp.min), *over(np.amin, jnp.min, [{}], []),
    *over(np.ptp, jnp.ptp), *numbers(np.ptp, None),
    *over(np.prod, jnp.prod), *numbers(np.prod, jnp.prod), Case(np.prod, EMPTY, jax=jnp.prod),
    Case(np.prod, WIDE, options={"axis": 1}, jax=jnp.prod), Case(np.prod, WIDE, options={"axis": 0}, jax=jnp.prod),
    Case(np.prod, np.array([2.0, 0.0, 3.0]), name="one zero"),
    Case(np.prod, np.array([[2.0, 0.0, 0.0], [1.0, 2.0, 0.0]]), options={"axis": 1}, name="two zeros"),
    *[Case(f, x, options=o, jax=j) for f, j in ((np.cumsum, jnp.cumsum), (np.cumprod, jnp.cumprod))
      for x, o in [(V, {}), (V, {"axis": 0}), (A, {}), (A, {"axis": 0}), (A, {"axis": -1}), (T, {"axis": 1}),
                   (EMPTY, {}), (WIDE, {"axis": 1}), (WIDE, {"axis": 0}), (ONE, {"axis": -1})]],
    Case(np.cumsum, SCALAR), Case(np.cumsum, ZERO_D), Case(np.cumprod, SCALAR), Case(np.cumprod, ZERO_D),
    Case(np.cumprod, np.array([2.0, 0.0, 3.0, 0.0, -1.0]), name="cumprod of zeros"),
    Case(np.diff, V, jax=jnp.diff), Case(np.diff, A, jax=jnp.diff), Case(np.diff, A, options={"axis": 0}, jax=jnp.diff),
    Case(np.diff, T, options={"n": 2, "axis": 1}, jax=jnp.diff), Case(np.diff, V, options={"n": 3}, jax=jnp.diff),
    Case(np.diff, ONE), Case(np.diff, ONE, options={"n": 2}), Case(np.diff, EMPTY),
    Case(np.diff, V[:3], options={"n": 3}),
    *over(np.average, jnp.average, AXES[:4], TUPLES[:3]), Case(np.average, V, None, V**2, jax=jnp.average),
    Case(np.average, V, 0, V**2, options={"keepdims": True}, jax=jnp.average),
    Case(np.average, A, None, A**2, jax=jnp.average), Case(np.average, A, 0, A[:, 0]**2, jax=jnp.average),
    Case(np.average, A, -1, A[0]**2, options={"keepdims": True}, jax=jnp.average),
    Case(np.average, T, 1, T**2, jax=jnp.average),
    Case(np.average, T, (2, 0), T[:, 0, :].T**2),
    Case(np.average, T, (0, 1), T[:, :, 0]**2, options={"keepdims": True}),
    *[Case(f, A, options=o, kinds_only=True) for f in (np.any, np.all, np.argmax, np.argmin, np.count_nonzero)
      for o in AXES],
    Case(np.sum, A > 0.0, kinds_only=True), Case(np.max, A > 0.0, kinds_only=True),
    Case(np.mean, A > 0.0, kinds_only=True),
    Case(np.sum, np.arange(3, dtype=np.int32), kinds_only=True), Case(np.max, np.arange(3), kinds_only=True),
    Case(np.average, np.arange(3), None, V[:3]**2, kinds_only=True), Case(np.sum, A, 0, np.float32, kinds_only=True),
    Case(np.sum, [1.0, 2.0], kinds_only=True), Case(np.mean, [1, 2], kinds_only=True),
    Case(np.max, (1, 2.5), kinds_only=True),
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", [c for c in CASES if not c.kinds_only], ids=repr)
def test_general_branch(case):
    with without_facts(case.function):
        check_case(case)


def test_ties_share_equally_within_their_group():
    a = np.array([[2.0, 2.0, 1.0], [5.0, 5.0, 5.0]])
    expected = np.array([[0.5, 0.5, 0.0], [1.0, 1.0, 1.0]]) * np.array([[1.0], [1.0]]) / np.array([[1.0], [3.0]])
    for keepdims in (True, False):
        y = np.max(a, axis=1, keepdims=keepdims)
        np.testing.assert_allclose(rules.max_(y, a, 1, keepdims, y_bar=np.ones_like(y)), expected)
    np.testing.assert_allclose(rules.max_(np.max(a), a, y_bar=3.0), [[0.0] * 3, [1.0] * 3])


def test_python_float_adjoint_keeps_single_precision_and_nan():
    a = np.array([1.0, np.nan], dtype=np.float32)
    with np.errstate(all="ignore"):
        a_bar = rules.max_(np.max(a), a, y_bar=1.0)
    assert a_bar.dtype == np.float32 and np.isnan(a_bar).all()


def test_std_of_equal_entries_is_not_finite():
    a = np.ones(3)
    with np.errstate(all="ignore"):
        assert not np.isfinite(rules.std(np.std(a), a, y_bar=1.0)).any()


def test_nansum_ignores_nan():
    a = np.array([1.0, np.nan, 2.0])
    np.testing.assert_array_equal(rules.nansum(np.nansum(a), a, y_bar=2.0), [2.0, 0.0, 2.0])


@every([
    Case(helpers.product_of_others, V), Case(helpers.product_of_others, A, 1),
    Case(helpers.product_of_others, T, (2, 0)),
    Case(helpers.product_of_others, np.array([2.0, 0.0, 3.0, 0.0])), Case(helpers.expand_reduced, A, 1),
    Case(helpers.expand_reduced, A, (0, 2)), Case(helpers.diff_adjoint, (3, 4), 2, 0, ROW),
    Case(helpers.diff_adjoint, (5,), 1, -1, V[:4]),
])
def test_helpers_are_differentiable(case, dtype, variant):
    check_case(case, dtype, variant)
