"""Functions made in a function, of which a branch chooses one."""

from __future__ import annotations

import numpy as np
import pytest

from s2sgrad import check_grads, grad

X = np.array([1.3, 2.2])


def by_expression(x, sigma):
    u = (lambda c: np.log(c)) if sigma == 1 else (lambda c: c ** (1.0 - sigma) / (1.0 - sigma))
    return u(x[0]) * u(x[1])


def by_statement(x, sigma):
    if sigma == 1:
        def u(c):
            return np.log(c)
    else:
        def u(c):
            return c ** (1.0 - sigma) / (1.0 - sigma)
    return u(x[0]) + u(2.0 * x[1])


def by_name(x, sigma):
    k = x[1] * sigma

    def stretched(z):
        return k * z

    def squared(z):
        return z * z

    h = stretched if x[0] > 1.0 else squared
    k = k * 2.0
    return h(x[0])


def by_several(x, sigma):
    k = x[1]
    if x[0] > 2.0:
        h = lambda z: k * z                     # noqa: E731
    elif x[0] > 1.0:
        h = lambda z: np.sin(z) * sigma         # noqa: E731
    else:
        h = np.exp
    total = 0.0
    for v in x:
        total += h(v) * k
    return total


def two_at_once(x, sigma):
    if sigma > 1.5:
        f, scale = (lambda z: z * z), 2.0
        g = lambda z: z * sigma                 # noqa: E731
    else:
        f, scale = (lambda z: z), 3.0
        g = lambda z: z * z * z                 # noqa: E731
    return f(x[0]) * scale + g(x[1])


def in_a_loop(x, sigma):
    total = 0.0
    for v in x:
        f = (lambda z: z * v) if v > 2.0 else (lambda z: z * z + v)     # noqa: B023
        total += f(v * sigma)
    return total


def stretched(u, k):
    f = lambda z: k * z         # noqa: E731
    g = lambda z: z * z         # noqa: E731
    h = f if u > 1.5 else g
    return h(u)


def in_a_helper(x, sigma):
    return stretched(x[0], x[1] * sigma) + stretched(x[1], x[0])


def again(n, u, sigma):
    if n == 0:
        return u
    f = (lambda z: sigma * z) if n > 1 else (lambda z: z * z)
    return again(n - 1, f(u), sigma)


def in_a_recursion(x, sigma):
    return again(3, x[0], x[1]) * sigma


def in_a_nested_function(x, sigma):
    k = x[0] * sigma

    def inner(u):
        h = (lambda z: k * z) if u > 1.5 else (lambda z: z)
        return h(u)
    return inner(x[1]) * inner(x[0])


@pytest.mark.parametrize("function", [by_expression, by_statement, by_name, by_several, in_a_loop, in_a_helper,
                                      in_a_recursion, in_a_nested_function, two_at_once])
@pytest.mark.parametrize("sigma", [1, 2.0, 0.5])
def test_numbers(function, sigma):
    check_grads(function, (X, sigma))
    check_grads(function, (X * 0.5, sigma))
    check_grads(function, (X * 2.0, sigma))


def test_no_key_is_missing():
    assert "KeyError" not in grad(by_name).source_for(X, 2.0)


def test_a_name_that_no_arm_binds_raises_as_it_does():
    def f(x):
        if x > 1.0:
            h = lambda z: z * z                 # noqa: E731
        elif x > 0.5:
            h = lambda z: z                     # noqa: E731
        return h(x)

    assert grad(f)(2.0) == 4.0
    with pytest.raises(UnboundLocalError):
        grad(f)(0.1)
