"""Nested functions that are kept as values read what their variables hold when they are called."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from s2sgrad import check_grads

X = np.array([1.3, 2.2])


def in_a_dict(x):
    k = x[1]
    table = {"a": lambda z: k * z**2, "b": lambda z: 3.0 * z}
    k = k * 2.0
    total = 0.0
    for name in ["a", "b"]:
        total += table[name](x[0])
    return total


def by_its_name(x):
    k = x[1]

    def stretched(z):
        return k * z
    k = k * 2.0
    return stretched(x[0])


def taken_before(x, name="a"):
    k = x[1]

    def stretched(z):
        return k * z

    def squared(z):
        return z * z
    table = {"a": stretched, "b": squared}
    f = table[name]
    k = k * 2.0
    return f(x[0])


def by_an_index(x):
    k = x[1]
    table = [lambda z: k * z, lambda z: z * z]
    f = table[int(x[0] > 5.0)]
    k = k * 2.0
    return f(x[0])


def in_a_loop(x):
    k = x[1]
    table = [lambda z: k * z, lambda z: z * z]
    total = 0.0
    for j in range(2):
        f = table[j]
        k = k * 2.0
        total += f(x[0])
    return total


def partly_applied(x):
    k = x[1]
    f = functools.partial(lambda a, z: a * k * z, 2.0)
    k = k * 3.0
    return f(x[0])


def without_arguments(x, mode="b"):
    a = x[0]
    table = {"a": lambda: a * a, "b": lambda: a * 3.0}
    a = a + x[1]
    f = table[mode]
    first = f()
    a = a * 2.0
    return first + f()


def called_between(x):
    k = x[1]
    f = lambda z: k * z         # noqa: E731
    total = f(x[0])
    k = k * k
    total += f(x[0])
    for _ in range(2):
        k = k + 1.0
        total += f(x[0])
    return total


def mapped(x):
    k = x[1]
    m = map(lambda z: k * z, x)
    k = k * 4.0
    return sum(m)


def one_calls_another(x):
    k = x[1]

    def f(z):
        return k * z

    def g(z):
        return f(z) + k
    k = k * 2.0
    h = g if x[0] > 1.0 else f
    k = k * 2.0
    return h(x[0])


@pytest.mark.parametrize("function", [
    in_a_dict, by_its_name, taken_before, by_an_index, in_a_loop, partly_applied, without_arguments, called_between,
    mapped, one_calls_another])
def test_numbers(function):
    check_grads(function, (X,))
