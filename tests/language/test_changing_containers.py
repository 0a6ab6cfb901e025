# ruff: noqa: B007, E741 (as users write)
"""Containers that change, read through other names, views of them, and where it is not known what they are."""

import collections

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def a_second_name_after_none(x):
    best, path, n = (None, [0], 0.0)
    for k in range(3):
        if best is None:
            best = path
        n = n + x[k] ** 2 * len(best)
        path.append(k)
    return n


def _add(r, k):
    r |= {k}
    return k + 1


def a_set_in_a_tuple(x):
    r = {0}
    q = (r, 1)
    n = 0.0
    for k in range(3):
        v = len(q[0]) * _add(r, k + 3)
        n += x[k] * v
    return n


def a_set_under_two_names(x):
    r = {0}
    q = r
    n = 0.0
    for k in range(3):
        a = len(q)
        r |= {k + 3}
        b = len(q)
        n += x[k] ** 2 * a * b
    return n


def a_set_of_a_union(x):
    r = {0} | {1}
    n = 0.0
    for k in range(2):
        n += x[k] ** 2 * len(r)
        r |= {k + 3}
    return n


def values_of_a_dict(x):
    d = {0: 1}
    v = d.values()
    n = 0.0
    for k in range(3):
        n += x[k] ** 2 * len(v)
        d[k + 1] = k
    return n


def a_shape_of_lists(x):
    l, m = ([1, 2], [3, 4])
    t = (l, m)
    n = 0.0
    for k in range(3):
        n = n + x[k] ** 2 * np.shape(t)[1]
        l.append(k)
        m.append(0)
    return n


def keys_that_are_asked(x):
    d = {}
    seen = d.keys()
    n = 1.0
    for k in [0, 1, 0, 2, 1]:
        w = 2.0 if k in seen else 3.0
        n = n * x[k] * w
        d[k] = 1
    return n


def keys_that_come_and_go(x):
    d, n = ({0: 1}, 0.0)
    ks = d.keys()
    for k in range(3):
        n += x[k] ** 2 * (k in ks) + x[k] * (k + 1 in ks)
        d[k + 1] = k
        del d[k]
    return n


def _put(d, k):
    d[k] = 1
    return len(d)


def keys_that_a_helper_adds(x):
    d = {0: 1}
    ks = d.keys()
    n = 0.0
    for k in range(3):
        n += x[k] ** 2 * (1 + len(ks)) * _put(d, k)
    return n


def a_view_of_bytes(x):
    A = bytearray([0, 1, 2, 3])
    m = memoryview(A)
    a = np.sin(x[m[0]])
    A[0] = 3
    return a * np.cos(x[m[0]])


def keys_of_a_counter(x):
    c = collections.Counter("aab")
    ks = c.keys()
    n = 0.0
    for k in range(3):
        n += x[k] ** 2 * len(ks)
        c[k] += 1
    return n


def bytes_as_a_key(x):
    m, s, A = ({}, 1.0, np.array([0, 1]))
    for k in range(3):
        key = A.tobytes()
        m[key] = k
        A[0] = 1
        s = s * x[m[key]] + x[k]
    return s


def an_option_that_is_none(x, start=None):
    if start is None:
        start = 1
    n = 0.0
    while start < 4:
        n = n + x[start] ** 2
        start += 1
    return n * x[start - 1]


def a_counter_that_begins_as_none(x):
    c = None
    n = 0.0
    for k in range(3):
        if c is None:
            c = 1
        else:
            c += 1
        n += x[c] ** 2
    return n * c


def a_string_in_a_dict(x):
    d = {"a": 0, "c": "xy"}
    n = 0.0
    for k in range(2):
        d["c"] += "z"
        n += x[k] ** 2 * len(d["c"])
    return n


def an_array_that_begins_as_none(x):
    v, n = (None, 0.0)
    for k in range(4):
        if v is None:
            v = np.arange(4)
        n = n + x[v[k] % 4] ** 2 * x[k]
        v += 1
    return n


def a_string_that_begins_as_none(x):
    c = None
    n = 0.0
    for k in range(3):
        if c is None:
            c = ""
        n = n + x[len(c)] ** 2
        c += "a"
    return n


def a_table_that_begins_as_none(x):
    m, n = (None, 0.0)
    for k in range(3):
        if m is None:
            m = {}
        m[k] = k
        n = n + x[k] ** 2 * m[k]
        m[0] = 3
    return n


def a_counter_of_a_union(x):
    c = collections.Counter("ab") | collections.Counter("a")
    n = 0.0
    for k in range(3):
        n = n + x[k] ** 2 * len(c)
        c[k] = 1
    return n


def a_copy_of_a_default_dict(x):
    c = collections.defaultdict(int).copy()
    n = 0.0
    for k in range(3):
        c[k] += 1
        n = n + x[k] ** 2 * len(c) * c[k]
    return n


PROGRAMS = [a_second_name_after_none, a_set_in_a_tuple, a_set_under_two_names, a_set_of_a_union, values_of_a_dict,
            a_shape_of_lists, keys_that_are_asked, keys_that_come_and_go, keys_that_a_helper_adds, a_view_of_bytes,
            keys_of_a_counter, bytes_as_a_key, a_counter_that_begins_as_none, a_string_in_a_dict,
            an_array_that_begins_as_none, a_string_that_begins_as_none, a_table_that_begins_as_none,
            a_counter_of_a_union, a_copy_of_a_default_dict]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_gradients(f, facts):
    check(f, (V[:4],), facts)


@pytest.mark.parametrize("facts", FACTS)
def test_an_option_that_is_none(facts):
    check(an_option_that_is_none, (V[:4], None), facts)
