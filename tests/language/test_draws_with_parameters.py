"""Draws whose location or scale is differentiated: the derivative along the path, against differences."""

from __future__ import annotations

import numpy as np
import pytest

from s2sgrad import check_grads, grad, value_and_grad
from s2sgrad.errors import UnsupportedError

LOCATED = ("normal", "laplace", "logistic", "gumbel")


def made(text):
    """A function of `a` and `b` that draws from a generator of its own."""
    import linecache
    source = f"def f(a, b):\n    rng = np.random.default_rng(7)\n    return np.sum(np.sin({text}))\n"
    file = f"<draw {text}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    found = {}
    exec(compile(source, file, "exec"), {"np": np}, found)
    return found["f"]


@pytest.mark.parametrize("text", [
    *(f"rng.{name}(a, b, size=4)" for name in LOCATED), *(f"rng.{name}(loc=a, size=(2, 3)) * b" for name in LOCATED),
    *(f"rng.{name}(scale=b) * a" for name in LOCATED), "rng.exponential(b, 3) + a", "rng.rayleigh(b) * a",
    "rng.uniform(a, b)", "rng.uniform(a, b, 5)", "rng.uniform(high=b, size=3) * a", "rng.uniform(low=a) * b",
    "rng.lognormal(a, b, size=3)", "rng.lognormal(sigma=b) * a", "rng.gamma(2.5, b, size=3) * a"])
def test_numbers(text):
    check_grads(made(text), (0.3, 1.2), argnums=(0, 1))


def test_the_forward_sweep_draws_as_the_function_does():
    f = made("rng.normal(a, b, size=4)")
    value, _ = value_and_grad(f, argnums=(0, 1))(0.3, 1.2)
    assert value == f(0.3, 1.2)
    assert "rng.normal(a, b, size=4)" in value_and_grad(f).source_for(0.3, 1.2)
    with pytest.raises(ValueError, match="scale < 0"):
        grad(f, argnums=1)(0.3, -1.0)


def test_arrays_of_parameters():
    def f(mu, sigma):
        rng = np.random.default_rng(3)
        return np.sum(rng.normal(mu, sigma) ** 2) + np.sum(rng.uniform(mu, mu[0] + 9.0, size=(2, 3)) * sigma)

    check_grads(f, (np.array([0.3, -0.7, 1.1]), 1.2), argnums=(0, 1))


def test_in_a_loop():
    def f(mu, sigma, n):
        rng = np.random.default_rng(3)
        x = mu
        for _ in range(n):
            x = x + sigma * np.sin(rng.normal(x, sigma))
        return x

    check_grads(f, (0.3, 1.2, 5), argnums=(0, 1))


def test_the_shared_generator():
    def f(mu, sigma):
        np.random.seed(4)
        return np.sum(np.random.normal(mu, sigma, 3) ** 2) + np.random.uniform(high=sigma)

    check_grads(f, (0.3, 1.2), argnums=(0, 1))


def test_a_scale_of_zero_has_no_path():
    f = made("rng.normal(a, b, size=4)")
    with np.errstate(all="ignore"):
        assert np.isnan(grad(f, argnums=1)(0.3, 0.0)) and np.isclose(grad(f)(0.3, 0.0), 4.0 * np.cos(0.3))


@pytest.mark.parametrize("text", ["rng.gamma(b) + a", "rng.standard_gamma(b, 3)", "rng.beta(a, b)", "rng.chisquare(b)"])
def test_forms_that_change(text):
    with pytest.raises(UnsupportedError, match="changes its form"):
        grad(made(text), argnums=1)(0.3, 1.2)
