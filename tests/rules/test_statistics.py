"""Rules of `s2sgrad/rules/statistics.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from harness import Case, check_case, every

from s2sgrad.rules import statistics as rules

rng = np.random.default_rng(5)


def arr(*shape):
    return rng.normal(size=shape)


V, A, T = arr(5), arr(3, 4), arr(2, 3, 4)
HOLES = np.where(np.abs(A) < 0.4, np.nan, A)
Q = np.array([[0.1, 0.45], [0.77, 0.9]])
OPTIONS = ({}, {"axis": 0}, {"axis": -1, "keepdims": True})
CASES = [
    *[Case(np.median, x, options=o, jax=jnp.median) for x in (A, T) for o in (*OPTIONS, {"axis": (0, 1)})],
    Case(np.median, V, jax=jnp.median), Case(np.median, V[:1]), Case(np.median, np.array(1.5)),
    *[Case(np.quantile, A, 0.3, options=o, argnums=(0,), jax=jnp.quantile) for o in OPTIONS],
    *[Case(np.quantile, A, q, options=o) for q in (Q, Q[0], np.float64(0.3)) for o in OPTIONS],
    *[Case(np.percentile, T, 100.0 * Q, options={"axis": (0, -1)}), Case(np.percentile, V, 40.0)],
    *[Case(np.quantile, A, Q[0], options={"axis": 0, "method": m}, argnums=(0,), jax=jnp.quantile) for m in (
        "lower", "higher", "midpoint", "nearest", "linear")],
    *[Case(f, x, options=o, jax=j) for f, j in (
        (np.nanmean, jnp.nanmean), (np.nanvar, jnp.nanvar), (np.nanstd, jnp.nanstd), (np.nanmax, jnp.nanmax),
        (np.nanmin, jnp.nanmin)) for x in (A,) for o in OPTIONS],
    Case(np.nanvar, A, options={"axis": 1, "ddof": 1}, jax=jnp.nanvar), Case(np.nanprod, A, options={"axis": 1}),
    Case(np.nanprod, A), Case(np.nancumsum, A), Case(np.nancumsum, A, 1), Case(np.nanmean, V), Case(np.nanmax, V),
    *[Case(np.cov, *x, options=o, jax=jnp.cov) for x, o in [
        ((A,), {}), ((A,), {"rowvar": False}), ((A,), {"bias": True}), ((A,), {"ddof": 0}), ((V,), {}),
        ((V, arr(5)), {}), ((A, arr(2, 4)), {}), ((A, arr(3, 2)), {"rowvar": False}), ((A, arr(4)), {})]],
    *[Case(np.corrcoef, *x, options=o, jax=jnp.corrcoef) for x, o in [
        ((A,), {}), ((A,), {"rowvar": False}), ((V, arr(5)), {}), ((A, arr(2, 4)), {})]],
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


@pytest.mark.parametrize("function, rule", [
    (np.nanmean, rules.nanmean), (np.nanvar, rules.nanvar), (np.nanstd, rules.nanstd), (np.nanmax, rules.nanmax),
    (np.nanprod, rules.nanprod)])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_what_is_nan_has_derivative_zero(function, rule, axis):
    if function is np.nanstd and axis == 0:
        return                          # of one entry, where a root has no slope
    y = function(HOLES, axis=axis)
    y_bar, step = arr(*np.shape(y)), arr(3, 4)
    bar = rule(y, HOLES, axis, y_bar=y_bar)
    assert not bar[np.isnan(HOLES)].any()
    change = (function(HOLES + 1e-6 * step, axis=axis) - function(HOLES - 1e-6 * step, axis=axis)) / 2e-6
    np.testing.assert_allclose(np.sum(bar * step), np.sum(y_bar * change), rtol=1e-6)


def test_another_method_is_refused():
    with pytest.raises(ValueError, match="method='weibull'"):
        rules.quantile(0.0, V, 0.3, method="weibull", y_bar=1.0)
