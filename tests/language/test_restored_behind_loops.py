"""Arrays that a loop changes, and that only what stands before the loop reads: one copy of them is enough."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad

X = np.array([0.7, -0.3, 1.2, 0.4])


def solver(x: np.ndarray) -> float:
    y = x * 0.5
    r = x - y * y
    for _ in range(3):
        y += 0.3 * r
        r = r * np.sin(r)
    return np.sum(y * x)


def nested(x: np.ndarray) -> float:
    y = x * 0.5
    s = np.sum(y**3)
    for i in range(2):
        for j in range(3):
            y[:] = 0.9 * y + x[i] * x[j]
        y += s
    return np.sum(y)


def until(x: np.ndarray) -> float:
    y = x.copy()
    s = np.sum(np.sin(y))
    k = 0
    while k < 3 and np.sum(y) < 100.0:
        y *= 1.5
        k += 1
    return np.sum(y) * s


def under_a_test(x: np.ndarray) -> float:
    y = x * 1.0
    s = np.sum(y**2)
    for i in range(4):
        if x[i] > 0.0:
            y += x[i] * x
        else:
            y[1:] -= x[:-1]
    return np.sum(y * s)


def through_a_view(x: np.ndarray) -> float:
    y = x * 1.0
    v = y[1:-1]
    s = np.sum(y**2)
    for i in range(3):
        v += x[i] * x[:2]
    return np.sum(y * s)


def read_in_the_loop(x: np.ndarray) -> float:
    y = x * 1.0
    s = np.sum(y**2)
    for i in range(3):
        y += np.sin(y) * x[i]
    return np.sum(y * s)


def rotating(x: np.ndarray) -> float:
    y, z = x * 1.0, x * 2.0
    s = np.sum(y**2 * z)
    for i in range(3):
        y += x[i] * x
        y, z = z, y
    return np.sum(y * s) + np.sum(z)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [solver, nested, until, under_a_test, through_a_view, read_in_the_loop, rotating],
                         ids=name)
def test_gradients(f, facts):
    check(f, (X,), facts)


@pytest.mark.parametrize("f", [solver, nested, until], ids=name)
def test_one_copy(f):
    source = s2sgrad.grad(f).source_for(X)
    assert "    y_record = np.copy(y" in source and "y_record.append" not in source
