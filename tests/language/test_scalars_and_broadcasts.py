"""Adjoints that stay one number for a whole array until a shape is needed: they get it, and are arrays of their own."""

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad, value_and_grad

X = np.array([0.5, 0.7, 0.9])
A = np.array([[0.5, 0.7, 0.2], [0.9, 1.1, -0.4]])


def times_one(x, s):
    return np.sum(x * s * 1)


def a_sum_times_one(x, s):
    return np.sum((x * s + s) * 1)


def rows_times_columns(x):
    return np.sum(np.cumsum(x)[:, None] * np.cumsum(x) / 2 + np.cumsum(x)[:, None] * np.cumsum(x))


def several_sums(x, s):
    y = x + s
    return (np.sum(y * x[0]) + np.sum(y * x[1]) + np.sum(y * x[2]) + np.sum(y * x[0]) + np.sum(y * x[1])) ** 2


def several_sums_twice(x):
    s = np.sum(x * x[0]) + np.sum(x * x[1])
    return s + np.sum(x * x[2]) + np.sum(x * x[0]) + np.sum(x * x[1]) + np.sum(x * x[2])


def numbers_and_vectors(c, d, u, v):
    w = (c + np.ones(3)) / d
    return (u - v) @ (2.0 * d + np.ones(3)) * c + np.sum(w * c)


PROGRAMS = [(times_one, (A, 0.7)), (a_sum_times_one, (A, 0.7)), (rows_times_columns, (X,)), (several_sums, (X, 0.8)),
            (several_sums_twice, (X,)), (numbers_and_vectors, (0.5, 0.6, X, 2.0 * X))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_broadcast(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize("f", [lambda x: np.mean(x.T), lambda x: np.mean(x.reshape(-1)), lambda x: np.mean(np.flip(x)),
                               lambda x: np.trace(np.diag(x[0])), lambda x: np.sum(np.diagonal(x) * 2.0)])
def test_a_gradient_can_be_written(f):
    for gradient in (grad(f)(A), value_and_grad(f)(A)[1]):
        assert gradient.flags.writeable
        gradient += 1.0
    check(f, (A,), "call")


@pytest.mark.parametrize("f", [lambda x: 1.0 - np.max(x), lambda x: -np.min(x), lambda x: x[0] / x.max(),
                               lambda x: np.max(x) - np.min(x)])
@pytest.mark.parametrize("facts", FACTS)
def test_a_sign_is_not_taken_to_a_mask(f, facts):
    check(f, (X,), facts)


def local_seed(x):
    result_bar = x * x
    return result_bar * x


def seed_as_parameter(result_bar):
    return result_bar * result_bar


def halved(result_bar, k):
    y = np.sin(result_bar)
    for _ in range(2):
        y = y * result_bar * k
    return y


def doubled(x, k):
    result_bar = x * k
    for _ in range(2):
        result_bar = result_bar * x
    return result_bar, x


def seeds_of_helpers(x):
    p, q = doubled(x, 2.0)
    r = doubled(x * x, 3.0)
    return p * q + r[0] + halved(x, 2.0) * halved(x * x, 3.0)


def seed_in_a_nested_function(x):
    def inner(z):
        result_bar = z * x
        return result_bar * result_bar
    result_bar = inner(x)
    return result_bar + inner(result_bar)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [local_seed, seed_as_parameter, seeds_of_helpers, seed_in_a_nested_function], ids=name)
def test_a_name_of_the_user_is_not_the_seed(f, facts):
    check(f, (0.7,), facts)
