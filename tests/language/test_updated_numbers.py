"""`s += 1` binds a number, a string or a tuple anew: whatever was made of the old one keeps it."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, check, name

X = np.array([0.3, 1.4, 0.8, 2.1])


class Holder:
    def __init__(self, a):
        self.a = a


class Walk:
    def __init__(self, place):
        self.place, self.last = place, place

    def go(self, step):
        place = self.place
        self.last = place
        place += step
        self.place = place * self.last


# ---------------------------------------------------------------- objects
def held_by_an_object(x: np.ndarray):
    s = x[0]
    o = Holder(s)
    s += 4.0
    r = o.a**2
    o.a = 3.0
    return r


def updated_by_itself(x: np.ndarray):
    s = x[0]
    o = Holder(s)
    s += 4.0
    o.a = o.a * s
    return o.a


def in_a_method(x: np.ndarray):
    walk = Walk(x[0])
    walk.go(x[1])
    walk.go(x[2])
    return walk.place * walk.last


def kept_and_updated(holder, w):
    holder.a = w
    w += 1.0
    return holder.a * w


def in_a_helper(x: np.ndarray):
    holder = Holder(0.0)
    r = kept_and_updated(holder, x[0])
    holder.a = 1.0
    return r


def one_object_twice(x: np.ndarray):
    o, p, s = Holder(x[0]), Holder(x[2]), 0.0
    for q in (o, p, o):
        s += q.a**2
        q.a = s
    return s


def in_a_branch(x: np.ndarray):
    s = x[0]
    o = Holder(s)
    if x[1] > 0.0:
        s *= 4.0
    r = o.a**2
    o.a = 3.0
    return r * s


# ---------------------------------------------------------------- containers
def appended(x: np.ndarray):
    s, entries = x[0], []
    entries.append(s)
    s += 1.0
    entries.append(s)
    s *= x[1]
    entries.append(s)
    return entries[0] * entries[1] * entries[2]


def product(a, b, c):
    return a * b + c


def appended_and_starred(x: np.ndarray):
    s, entries = x[0], []
    entries.append(s)
    s += x[1]
    entries.append(s)
    s *= 2.0
    entries.append(s)
    return product(*entries)


def in_a_dict_and_a_tuple(x: np.ndarray):
    s = x[0]
    d, t = {"a": s}, (s, x[1])
    s *= 3.0
    d["b"] = s
    u, v = t
    return d["a"] * d["b"] * u * v


# ---------------------------------------------------------------- what facts decide
def of_another_type(x: np.ndarray):
    s = 1
    s += 0.5
    if isinstance(s, int):
        return x[0]
    return 2.0 * x[0] * s


def strings(x: np.ndarray):
    mode, r = "a", 0.0
    for _ in range(2):
        if mode == "a":
            r += x[0] ** 2
        else:
            r += x[1] ** 3
        mode += "a"
    if mode == "aaa":
        r *= x[2]
    return r


def keys_of_a_dict(x: np.ndarray):
    d, s = {"a": x[0], "b": x[1:3]}, 0.0
    for key, value in d.items():
        key += "z"
        if key == "az":
            s += np.sum(value)
        else:
            s += np.sum(value) ** 2
    return s


def tuples(x: np.ndarray):
    t = (x[0], x[1], x[2])
    t += (x[3],)
    a, *rest = t
    return a * rest[2] + rest[0]


def indices(x: np.ndarray):
    A = x.reshape(2, 2) * 1.0
    i = 0
    idx = (i, 1)
    i += 1
    A[idx] = x[0] * 3.0
    A[i, 0] += A[idx]
    idx += (1,)
    return np.sum(A**2) * len(idx)


# ---------------------------------------------------------------- tables of functions
def by_a_place_that_moves(x: np.ndarray):
    table, s, i = [lambda v: v**2, lambda v: v**3], 0.0, 0
    while i < 2:
        f = table[i]
        i += 1
        s += f(x[i])
    return s


def by_an_expression(x: np.ndarray):
    table, i = [lambda v: v**2, lambda v: v**3], 0
    f = table[i % 2]
    i += 1
    return f(x[i])


def by_a_key_that_changes(x: np.ndarray):
    table, s, key = {"a": lambda v: v**2, "aa": lambda v: v**3}, 0.0, "a"
    for j in range(2):
        f = table[key]
        key = key + "a"
        s += f(x[j])
    return s


def as_a_default(x: np.ndarray):
    k = 0

    def g(v, k=k):
        return v * (k + 1)
    k += 3
    return g(x[1]) * k


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [
    held_by_an_object, updated_by_itself, in_a_method, in_a_helper, one_object_twice, in_a_branch, appended,
    appended_and_starred, in_a_dict_and_a_tuple, of_another_type, strings, keys_of_a_dict, tuples, indices,
    by_a_place_that_moves, by_an_expression, by_a_key_that_changes, as_a_default], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (X,), facts)
