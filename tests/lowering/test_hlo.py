"""The size of a program does not depend on numbers of trips: neither that of the text nor that of what is compiled."""

import jax
import numpy as np
import pytest

from s2sgrad import value_and_grad

FEW, MANY = 100, 100_000


def recorded(x, n):
    for _ in range(n):
        x = x + 0.01 * np.sin(x)
    return np.sum(x)


def triangular(x):
    s = 0.0
    for i in range(len(x)):
        for j in range(i):
            s = s + np.sin(s * x[i]) * x[j]
    return s


def nested(x, n):
    s = 0.0
    for k in range(n):
        for v in x:
            s = s + np.cos(s * v) / (1.0 + k)
    return s


def rows(w, X):
    s = 0.0
    for row in X:
        s = np.tanh(s + row @ w)
    return s


def branch_and_writes(x):
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        if x[i] > 0:
            y[i] = x[i] * y[i - 1]
        else:
            y[i] = np.exp(x[i]) + y[i - 1]
    return np.sum(y**2)


def backwards_in_place(x):
    y = x.copy()
    for i in range(len(y) - 2, -1, -1):
        y[i] *= np.sin(y[i + 1])
    return y[0]


def settled(x, dt):
    for _ in range(3):
        x = x + dt * np.cos(x)
    return x


def helper_in_a_loop(x, n):
    for k in range(n):
        x = settled(x, 0.1 / (1.0 + k))
    return np.sum(x)


def filled_list(x, n):
    kept = []
    for k in range(n):
        x = np.sin(x) + 0.1 * k
        kept.append(np.sum(x))
    return sum(kept)


def of_steps(n):
    return np.linspace(0.1, 0.9, 3), n


def of_length(n):
    return (np.linspace(-0.9, 0.9, n),)


def of_rows(n):
    return np.linspace(0.1, 0.9, 3), np.full((n, 3), 0.3)


LOOPS = [(recorded, of_steps), (triangular, of_length), (nested, of_steps), (rows, of_rows),
         (branch_and_writes, of_length), (backwards_in_place, of_length), (helper_in_a_loop, of_steps),
         (filled_list, of_steps)]


def lowered(derived, args):
    """The program as it is handed to the compiler; integers are static."""
    static = [i for i, a in enumerate(args) if isinstance(a, int)]
    return jax.jit(derived.jax_function, static_argnums=static).lower(*args).as_text()


def instructions(text):
    return sum(" = " in line for line in text.splitlines())


@pytest.mark.parametrize(("f", "arguments"), LOOPS, ids=[f.__name__ for f, _ in LOOPS])
def test_size_for_few_and_many_trips(f, arguments):
    derived = value_and_grad(f, backend="jax")
    few, many = arguments(FEW), arguments(MANY)
    assert derived.source_for(*few) == derived.source_for(*many)
    short, long = lowered(derived, few), lowered(derived, many)
    assert instructions(short) == instructions(long) > 20
    assert len(long) < 1.1 * len(short)         # nor do constants grow


@pytest.mark.parametrize(("f", "arguments"), LOOPS, ids=[f.__name__ for f, _ in LOOPS])
def test_few_trips_give_what_numpy_gives(f, arguments):
    args = arguments(FEW)
    value, gradient = value_and_grad(f, backend="jax")(*args)
    expected, other = value_and_grad(f)(*args)
    np.testing.assert_allclose(value, expected, rtol=1e-9)
    np.testing.assert_allclose(gradient, other, rtol=1e-9, atol=1e-12)
