"""`target op= value`: the target is read before the value is computed, which may change it."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def squared(v):
    return v * v


class Counter:
    def __init__(self, u):
        self.u = u

    def bump(self, k):
        self.u = self.u * k
        return self.u * 2.0

    def step(self, k):
        self.u += self.bump(k)
        return self.u


def field_of_a_number(x: np.ndarray):
    c = Counter(x[0])
    return c.step(x[1]) * c.step(x[2])


def field_of_an_array(x: np.ndarray):
    c = Counter(x * 1.0)
    return np.sum(c.step(x[1]) * c.step(x[2]))


def field_in_a_loop(x: np.ndarray):
    c = Counter(x * 1.0)
    for k in range(3):
        c.u *= 0.1 * c.bump(x[k]) + 1.0
    return np.sum(c.u)


def fields_in_a_list(x: np.ndarray):
    cs = [Counter(x[0]), Counter(x[1])]
    cs[0].u += cs[0].bump(3.0)
    cs[1].u += cs[0].bump(2.0)
    return cs[0].u * cs[1].u


def entry_of_a_list(x: np.ndarray):
    def halve(a):
        a[0] = a[0] * 0.5
        return a[1] * 1.0
    a = [x * 1.0, x * x]
    first = a[0]
    a[0] += halve(a)
    return np.sum(a[0] * a[1]) + np.sum(first)


def entry_of_a_dict(x: np.ndarray):
    def halve(d):
        d["k"] = d["k"] * 0.5
        return d["l"] * 1.0
    d = {"k": x[0], "l": x[1]}
    d["k"] *= 2.0 + halve(d)
    return d["k"] * d["l"]


def cell_of_an_array(x: np.ndarray):
    def halve(a):
        a[0] = a[0] * 0.5
        return a[1] * 1.0
    a = x.copy()
    a[0] += halve(a)
    return np.sum(a * x)


def row_of_an_array(x: np.ndarray):
    def halve(a):
        a[0] = a[0] * 0.5
        return a[1] * 1.0
    a = np.stack([x, x * x])
    a[0] += halve(a)
    return np.sum(a * x)


def array_in_a_list(x: np.ndarray):
    a = [x * 1.0, x * 2.0]
    first = a[0]
    a[0] += squared(a[1])
    return np.sum(first * x)


class Added:
    def __init__(self, a):
        self.a = a

    def __iadd__(self, other):
        self.a = self.a + 2.0 * other.a
        return self


def added(x):
    return Added(x)


def object_in_a_list(x: np.ndarray):
    a = [Added(x[0]), Added(x[1])]
    first = a[0]
    a[0] += added(x[0] * x[1])
    return a[0].a * a[1].a * first.a


def name_of_a_nested_function(x: np.ndarray):
    y = x[0]

    def grow():
        nonlocal y
        y = y * 5.0
        return x[1]
    y += grow()
    return y * x[2]


def name_bound_in_the_value(x: np.ndarray):
    y = x * 1.0
    before = y
    y += (y := x * 2.0) * x
    return np.sum(y * x) + np.sum(before)


PROGRAMS = [field_of_a_number, field_of_an_array, field_in_a_loop, fields_in_a_list, entry_of_a_list, entry_of_a_dict,
            cell_of_an_array, row_of_an_array, array_in_a_list, object_in_a_list,
            name_of_a_nested_function, name_bound_in_the_value]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_target_read_first(f, facts):
    check(f, (V,), facts)
