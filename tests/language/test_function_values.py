"""Functions as values: made by functions, held in containers and objects, with arguments of their own."""

from functools import partial, wraps

import numpy as np
import pytest
from language.check import V, check, name


def adder(n):
    return lambda z: z + n


def scaled(a, b=2.0, *, c=1.0):
    return a * b + c


def doubled(f):
    @wraps(f)
    def g(*args, **options):
        return 2 * f(*args, **options)
    return g


@doubled
def decorated(x, p=2):
    return x**p


class Counter:
    def __init__(self, k):
        self.k = k
        self.calls = 0

    def __call__(self, z):
        self.calls += 1
        return z * self.k + self.calls


def keeps_what_it_was_given(x):
    a = adder(x)
    x = x * 3
    return a(x)


def reads_what_its_name_holds_later(x):
    n = x
    def g(z):
        return z + n * x
    x = x * 3
    return g(x)


def two_of_one_maker(x):
    def maker(n):
        return lambda z: z + n * x
    a, b = maker(x), maker(2.0)
    x = x * 3
    return a(x) * b(x)


def array_of_the_maker_is_written(v):
    a = adder(v)
    v[0] = 3.0
    return np.sum(a(1.0) ** 2)


def counts_through_levels(x):
    n, total = 0, 0.0

    def inc(v):
        nonlocal n, total
        n += 1
        total = total + n * v

        def inner():
            nonlocal total
            total *= x
        inner()
        return total
    return inc(x) + inc(x * 2) * inc(x)


def decorated_helper(x):
    return decorated(x) + decorated(x, p=3)


def partials(x):
    f = partial(scaled, b=x)
    g = partial(f, c=x)
    return f(x) + g(2.0) + g(x, c=x * x)


def composed(x):
    def compose(*fs):
        def g(z):
            for f in fs:
                z = f(z)
            return z
        return g
    return compose(np.sin, lambda z: z * x, compose(np.cos, np.exp))(x)


def callable_object_counts(x):
    a, s = Counter(x), 0.0
    for _ in range(3):
        s += a(s + x)
    return s * a.calls


def order_of_evaluation(x):
    a = Counter(x)
    entries = [a.calls, a(x), a.calls]
    return a.calls + a(x) * 10 + entries[1] * entries[2] + entries[0]


def calls_in_a_test(x):
    a = Counter(x)
    while a(x) < 5:
        a.k = a.k * 1.1
    if a(x) > 0 and a(x) > 100 or a.calls > 2:
        return a.k * a.calls
    return x


PROGRAMS = [
    (keeps_what_it_was_given, (1.3,)), (reads_what_its_name_holds_later, (1.3,)), (two_of_one_maker, (1.3,)),
    (array_of_the_maker_is_written, (V.copy(),)), (counts_through_levels, (1.3,)), (decorated_helper, (1.3,)),
    (partials, (1.3,)), (composed, (1.3,)), (callable_object_counts, (1.3,)), (order_of_evaluation, (1.3,)),
    (calls_in_a_test, (1.3,)),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_function_values(f, args):
    check(f, args, "call")
