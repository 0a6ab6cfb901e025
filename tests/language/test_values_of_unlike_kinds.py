"""Names that hold a number at one time and a tuple at another, questions after the class, and keys that are equal."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

import s2sgrad
from s2sgrad.errors import UnsupportedError


def made_a_list(p):
    if not isinstance(p, (list, tuple)):
        p = [p]
    return p[0] * 2.0 + len(p)


def _listed(v):
    if isinstance(v, (int, float)):
        v = [v]
    return v[0] * v[-1]


def made_a_list_by_a_helper(p):
    return _listed(p) + _listed([p, 2.0 * p])


def an_array_at_first(p):
    q = p * p
    if not isinstance(q, np.ndarray):
        q = np.array([q, 3.0 * q])
    return np.sum(q**2)


def equal_keys(x):
    d = {1: x[0] ** 2, True: x[1] * 3.0, 2: x[2]}   # noqa: F601
    e = {"a": x[0], "b": x[2], "a": x[1] ** 2}      # noqa: F601
    return d[1] * d[2] * len(d) + e["a"] * e["b"] * len(e)


def keys_that_may_be_equal(x, i, j):
    d = {i: x[0], j: x[1] ** 2}
    return sum(d.values()) * len(d)


def methods_of_literal_strings(x, letters):
    total = 0.0
    for c in letters:
        total += x["abcd".index(c)]
    return total * len(",".join(letters))


CASES = [(made_a_list, ([0.7, 0.2],)), (made_a_list_by_a_helper, (0.7,)),
         (an_array_at_first, (0.7,)), (equal_keys, (V,)), (keys_that_may_be_equal, (V, 1, 1)),
         (keys_that_may_be_equal, (V, 1, 2)), (methods_of_literal_strings, (V, list("abca")))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", CASES, ids=name)
def test_gradients(f, args, facts):
    check(f, args, facts)


def a_tuple_after_a_product(a):
    v = a
    for i in range(2):
        v = (v, v * a) if i == 0 else v[0] * v[1]
    return v


def a_tuple_of_what_it_was(a):
    v, s = V * a, 0.0
    for _ in range(1):
        v = (v[0], v)
        s += v[0] * np.sum(v[1])
    return s


def tuples_of_unlike_lengths(x):
    q = (x[2],)
    if x[0] > 0.0:
        q = q + ((x[0], x[1]) if x[1] > 0.0 else (x[1],))
    return q[0] * q[-1] * q[1]


@pytest.mark.parametrize("f, argument", [(a_tuple_after_a_product, 0.7), (a_tuple_of_what_it_was, 0.7),
                                         (tuples_of_unlike_lengths, V)], ids=name)
def test_right_or_refused(f, argument):
    try:
        s2sgrad.check_grads(f, (argument,))
    except UnsupportedError as refusal:
        assert refusal.remedy


def test_a_number_that_becomes_a_list():
    s2sgrad.check_grads(made_a_list, (0.7,))
