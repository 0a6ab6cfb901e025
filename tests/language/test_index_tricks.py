"""`np.r_` and `np.c_` join numbers and arrays; what they would make of the rest is refused."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError

X = np.array([0.3, 1.4, 0.8, 2.1])


def numbers_before(x: np.ndarray):
    return np.sum(np.r_[0.0, np.cumsum(x)] ** 2)


def arrays(x: np.ndarray):
    return np.sum(np.r_[x, x[::-1]] * np.arange(8))


def only_numbers(x: np.ndarray):
    return np.sum(np.r_[x[0], 2.0, x[1] * x[2]] ** 2)


def ranges(x: np.ndarray):
    return np.sum(np.r_[0:3, x, 1.0] ** 2)


def columns(x: np.ndarray):
    P = np.c_[np.ones(4), x, np.roll(x, 2) ** 2]
    return np.linalg.det(P.T @ P)


def matrices(x: np.ndarray):
    A = x.reshape(2, 2)
    return np.sum(np.r_[A, A * 2] @ np.array([1.0, 3.0])) + np.sum((np.c_[A, A**2] ** 3)[0])


def written(x: np.ndarray):
    y = np.r_[x[-1], x, x[0]]
    y[1:-1] += 0.1 * (y[2:] - 2 * y[1:-1] + y[:-2])
    return np.sum(y**2)


def constants(x: np.ndarray):
    return np.sum(np.linalg.inv(np.diag(np.r_[np.zeros(2), np.full(2, 10.0)]) + np.outer(x, x) + np.eye(4)))


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [numbers_before, arrays, only_numbers, ranges, columns, matrices, written, constants],
                         ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (X,), facts)


def test_single_precision_stays_single():
    def f(x):
        return np.sum(np.r_[x, x[:1]] ** 2)
    x = X.astype(np.float32)
    assert grad(f)(x).dtype == np.float32
    assert np.allclose(grad(f)(x), 2 * x + 2 * np.r_[x[:1], 0, 0, 0])


@pytest.mark.parametrize("f", [
    lambda x: np.sum(np.r_[x[0]:1:2j] ** 2),
    lambda x: np.sum(np.mgrid[0:x[0]:3j] * x[1]),
    lambda x: np.sum(np.ogrid[0:x[0]:3j]),
    lambda x: np.sum(np.r_["-1", x, x] ** 2),
    lambda x: np.sum(np.r_[0.0, x.astype(np.float32)]),
])
def test_refused(f):
    with pytest.raises(UnsupportedError, match="Indexing an object that is no array") as refusal:
        grad(f)(X)
    assert "np.linspace" in refusal.value.remedy
