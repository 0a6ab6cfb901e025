"""What is called is read before its arguments, which may bind it anew."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


class Scale:
    def __init__(self, k):
        self.k = k

    def __call__(self, x, y):
        return self.k * x * y


class Owner:
    def __init__(self):
        self.h = Scale(2.0)

    def anew(self, x):
        self.h = Scale(5.0)
        return x

    def itself(self):
        return self


def anew(o, x):
    o.h = Scale(5.0)
    return x


def by_method(x):
    o = Owner()
    return np.sum(o.h(x, o.anew(x)) + o.h(x, 1.0))


def by_function(x):
    o = Owner()
    return np.sum(o.h(x, anew(o, x)))


def by_keyword(x):
    o = Owner()
    return np.sum(o.h(x, y=anew(o, x)))


def of_a_result(x):
    o = Owner()
    return np.sum(o.itself().h(o.h(x, o.anew(x)), o.h(x, 1.0)))


def nonlocal_name(x):
    h = Scale(2.0)

    def switch(x):
        nonlocal h
        h = Scale(5.0)
        return x

    return np.sum(h(x, switch(x)) * h(x, 1.0))


def walrus(x):
    def cube(x, y):
        return x**3 * y

    h = Scale(2.0)
    return np.sum(h(x, (h := cube)(x, 1.0)) + h(x, x))


PROGRAMS = [by_method, by_function, by_keyword, of_a_result, nonlocal_name, walrus]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_the_callee_is_evaluated_first(f, facts):
    check(f, (V,), facts)


def scaled(a):
    return lambda t: a * t


def made_in_an_arm(x, kind):
    g = scaled(x) if kind == "l" else np.abs
    return np.sum(g(2.0))


def made_in_both_arms(x, kind):
    g = scaled(x) if kind == "m" else scaled(2 * x)
    return np.sum(g(2.0))


@pytest.mark.parametrize("f", [made_in_an_arm, made_in_both_arms], ids=name)
def test_a_function_that_is_made_in_an_arm_keeps_what_it_reads(f):
    check(f, (V, "l"), "call")
