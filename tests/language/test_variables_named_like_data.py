"""Variables and parameters of one function that are called what another function reads from its module or class."""

import numpy as np
import pytest
from language.check import name

import s2sgrad

g = 3.0
w = np.array([1.0, 2.0])


def local(x):
    g = x * 2.0
    return g * g


def with_a_local(x):
    return local(x) * g


def with_a_local_read_first(x):
    return g * x * local(x) * g


def parameter(x, g):
    g = g * x
    g = g + x
    return g


def with_a_parameter(x):
    return parameter(x, 2.0) * g


def by_keyword(x):
    return g * parameter(x=x, g=2.0) * g


def pair(x, w):
    total = 0.0
    for i in range(3):
        total = total + np.sum(w * x) * i
        w = w * x
    return total


def with_a_parameter_of_a_pair(x):
    total = 0.0
    for k in range(3):
        total = total + pair(x, np.ones(4) * k) * w[0]
    return total + pair(x, w)


def recursion(g, k):
    return g if k == 0 else g * recursion(g * 1.1, k - 1)


def with_a_recursion(x):
    return recursion(x, 3) * g


class Holder:
    a = 5.0

    def __init__(self, g):
        self.g = g

    def run(self, x):
        g = self.g * x
        return g * x

    def scale(self):
        self.a = self.a * 2.0


def with_a_method(x):
    return Holder(x).run(x) * g


def with_a_number_of_a_class(Holder_a):
    holder = Holder(1.0)
    holder.scale()
    return holder.a * Holder_a


def reads(x):
    return g * x


def between_helpers(x):
    return local(x) * reads(x) + reads(x) * local(x)


def writes(x):
    g = np.zeros(3)
    g[0] = x
    g += x * x
    return np.sum(g * g)


def with_an_array_that_is_written(x):
    return writes(x) * g


def with_a_nested_function(x):
    def inner(y):
        g = y * 2.0
        return g * g
    return inner(x) * g


@pytest.mark.parametrize("f", [
    with_a_local, with_a_local_read_first, with_a_parameter, by_keyword, with_a_parameter_of_a_pair, with_a_recursion,
    with_a_method, with_a_number_of_a_class, between_helpers, with_an_array_that_is_written, with_a_nested_function,
], ids=name)
def test_gradients(f):
    s2sgrad.check_grads(f, (1.3,))


class Sum:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return self.v if other is None else self.v + 10.0 * other


def an_operator_that_takes_none(x, n):
    m = None
    for _ in range(n):
        m = x
    return Sum(x) + m


@pytest.mark.parametrize("n", [0, 2])
def test_an_operator_of_an_object_may_take_none(n):
    s2sgrad.check_grads(an_operator_that_takes_none, (1.3, n))
