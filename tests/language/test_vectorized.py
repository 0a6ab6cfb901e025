"""np.vectorize: the function is called for each entry, and the results have the dtype of the first one."""

import math

import numpy as np
import pytest
from language.check import check, name

from s2sgrad import grad
from s2sgrad.errors import ArgumentError


def bent(v):
    return v**2 if v > 1.0 else v


def either(u, v):
    if u > v:
        return u * v
    return v**2


def one_of_three(u, v, w):
    return u * v + w if u > 1.0 else w


of_the_module = np.vectorize(bent)


@np.vectorize
def decorated(v):
    return v**2 if v > 1.0 else v


def of_a_lambda(x):
    f = np.vectorize(lambda v: v**2 if v > 1.0 else v)
    return np.sum(f(np.outer(x, x)) * x)


def called_at_once(x):
    return np.sum(np.vectorize(bent)(x) ** 2)


def made_before(x):
    return np.sum(of_the_module(x) * decorated(x))


def of_two_arrays(x):
    return np.sum(np.vectorize(either)(x, x[:2, None]) ** 2)


def of_an_array_and_numbers(x):
    f = np.vectorize(one_of_three)
    return np.sum(f(x, 2.0, x[0]) ** 2) + f(x[1], x[2], 1.0)


def of_a_builtin(x):
    return np.sum(np.vectorize(math.erf)(x))


def of_what_is_not_differentiated(x):
    return np.sum(x[:2] * np.vectorize(len)(["a", "bc"]))


X = np.array([0.7, 1.3, 0.4, 1.9])
PROGRAMS = [of_a_lambda, called_at_once, made_before, of_two_arrays, of_an_array_and_numbers, of_a_builtin,
            of_what_is_not_differentiated]


@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_vectorized(f):
    check(f, (X,), "call")


def rounded(x):
    return np.sum(np.vectorize(lambda v: v if v > 1.0 else 0)(x))


def test_results_that_numpy_rounds_are_refused():
    assert rounded(X) == 2
    with pytest.raises(ArgumentError, match="np.vectorize makes all results int64"):
        grad(rounded)(X)
    check(rounded, (X[[1, 3]],), "call")


def test_narrow_floats_are_refused():
    assert np.vectorize(bent)(X.astype(np.float32)).dtype == np.float32
    with pytest.raises(ArgumentError, match="of an array of float32 rounds its results"):
        grad(called_at_once)(X.astype(np.float32))


def test_what_numpy_raises():
    with pytest.raises(ValueError, match="size 0 inputs") as expected:
        called_at_once(np.array([]))
    with pytest.raises(ValueError, match="size 0 inputs") as found:
        grad(called_at_once)(np.array([]))
    assert str(found.value) == str(expected.value)


def division(x):
    return np.sum(np.vectorize(lambda v: 1.0 / v)(x))


def test_entries_are_numbers_of_python():
    with np.errstate(divide="ignore"), pytest.raises(ZeroDivisionError):
        division(np.zeros(2))
    with pytest.raises(ZeroDivisionError):
        grad(division)(np.zeros(2))
