"""What np.where has not selected has no part in the gradient, also where its derivative is infinite or nan."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from s2sgrad import check_grads, grad, value_and_grad

X = np.array([1.2, 0.0, 0.7])
P = np.array([[0.0, 1.0], [2.0, 3.5], [4.5, 5.2]])


def root(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))


def entropy(x):
    return np.sum(np.where(x > 1e-3, x * np.log(x), 0.0) ** 2)


def other_arm(x):
    return np.sum(np.where(x < 1e-3, 2.0 * x, 1.0 / x))


def exponential(x):
    return np.sum(np.where(x < 1.0, 3.0 * x, np.exp(1000.0 / (x + 1e-12)) * 0.0 + x))


def distances(p):
    d = p[:, None] - p[None]
    r = np.sqrt(np.sum(d**2, -1))
    inverse = np.where(r > 0.0, 1.0 / r, 0.0)
    return np.sum(inverse * np.arange(9.0).reshape(3, 3))


def quotient(x):
    u = x - x[::-1]
    q = np.where(np.abs(u) > 1e-9, x**2 / u, 0.0)
    return np.sum(np.sin(q))


def one(x):
    return np.where(x[1] > 0.0, np.sqrt(x[1]), 0.0) * x[0] + x[2]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "x", "expected"), [
    (root, X, [0.5 / np.sqrt(1.2), 0.0, 0.5 / np.sqrt(0.7)]), (other_arm, X, [-1.0 / 1.44, 2.0, -1.0 / 0.49]),
    (one, X, [0.0, 0.0, 1.0])])
def test_known_gradients(function, x, expected):
    assert np.allclose(grad(function)(x), expected, rtol=1e-12, atol=0.0)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "x"), [(entropy, X), (distances, P), (quotient, np.array([1.0, 2.0, 0.5]))])
def test_differences(function, x):
    gradient = grad(function)(x)
    assert np.all(np.isfinite(gradient))
    direction = np.random.default_rng(0).normal(size=x.shape) * (np.abs(x) > 0.0)
    if function is distances:
        direction[0] = 0.3
    step = 1e-6
    expected = (function(x + step * direction) - function(x - step * direction)) / (2.0 * step)
    assert np.isclose(np.vdot(gradient, direction), expected, rtol=1e-6)


def test_a_mask_that_changes():
    def f(x):
        m = x > 0.0
        y = np.where(m, x * x, x)
        m = x > 1.0
        z = np.where(m, y * y, 3.0 * y)
        return np.sum(z / (1.0 + x * x))

    check_grads(f, (np.array([1.5, 0.4, -0.7]),))


def test_masks_in_loops():
    def f(x, n):
        for k in range(n):
            x = np.where(x > 0.1 * k, np.sqrt(np.abs(x)), x * x) / (1.0 + x * x)
        return np.sum(x)

    check_grads(f, (np.array([1.5, 0.4, -0.7]), 4))


def test_values_that_are_zero_themselves_stay_as_they_are():
    def f(x, u):
        w = np.where(x > 1.0, x, 0.0)
        return np.sum(u * w / x)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(grad(f, argnums=1)(X, np.ones(3))[1])          # 0 / 0, which is what it says


def test_masks_come_last():
    text = value_and_grad(distances).source_for(P)
    assert "np.where(r > 0.0, 0.5 * r_bar / r, 0.0)" in text or "0.5 * r_bar / r, 0.0)" in text
