"""Targets with a star: what nobody differentiates may be in the rest, and tuples of known length have named entries."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad


def run(y, q):
    products, sums = [], []
    for o in y:
        products.append(q * o)
        sums.append(q + o)
    return products, sums, q


def smooth(products, sums, factor):
    s = 0.0
    for p, m in zip(products, sums, strict=True):
        s = s * p + factor * m
    return s


def pair(x):
    return x * x, x + 1.0


def only_tested(x):
    first, *_ = x * x
    return x[0] if first > 0.1 else x[1]


def list_only_tested(x):
    squares = list(x * x)
    return x[0] if squares[1] > 0.1 else x[1]


def sorted_only_tested(x):
    order = sorted(x)
    return x[0] ** 2 if order[0] < 0.0 else x[1]


def solution_only_tested(x):
    solution, *_ = np.linalg.lstsq(np.outer(x, x) + np.eye(5), x, rcond=None)
    return np.sum(np.where(x > solution, x**2, 0.0))


def first_of_several(x):
    values, *_ = np.linalg.eigh(np.outer(x, x) + np.diag(np.arange(5.0)))
    return np.sum(values**2)


def rest_to_a_helper(x):
    *stats, last = run(x, x[0])
    return last + smooth(*stats, 2.0)


def middle(x):
    first, *between, last = (x[0], x[1] * 2.0, x * 3.0, x[3])
    return first * last + between[0] * np.sum(between[1])


def only_one(x):
    *rest, last = pair(x)
    return np.sum(rest[0] * last) * len(rest)


def nothing_left(x):
    a, b, *rest = pair(x)
    return np.sum(a * b) + len(rest)


def rest_that_grows(x):
    *rest, last = pair(x)
    rest.append(last * 2.0)
    return sum(np.sum(r) for r in rest)


def in_a_loop(x):
    s = 0.0
    for k in range(3):
        a, *rest = pair(x[k:])
        s = s + np.sum(a) * np.sum(rest[0]) + s * s
    return s


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [only_tested, list_only_tested, sorted_only_tested, solution_only_tested,
                               first_of_several, rest_to_a_helper, middle, only_one, nothing_left, rest_that_grows,
                               in_a_loop], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (V,), facts)


def test_the_error_of_python_where_there_are_too_few():
    def f(x):
        a, b, *rest = (x * 2.0,)
        return a + b + len(rest)

    with pytest.raises(ValueError, match="not enough values to unpack"):
        grad(f)(1.0)
