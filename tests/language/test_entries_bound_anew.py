"""Entries of lists and dicts bound to what has another structure than the old entry: lists, tuples, other shapes."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def row_replaced(x: np.ndarray):
    m = [[x * 1.0, x[0]], [x * 2.0, x[1]]]
    m[1] = [x * 3.0, x[2]]
    return np.sum(m[1][0]) * m[0][1] * m[1][1]


def rows_swapped(x: np.ndarray):
    m = [[x * 1.0, x[0]], [x * 2.0, x[1]]]
    m[0], m[1] = m[1], m[0]
    return np.sum(m[1][0]) * m[0][1] * m[1][1]


def tuples_swapped_in_a_loop(x: np.ndarray):
    m = [(x[0], x * 1.0), (x[1], x * 2.0), (x[2], x * x)]
    for i in range(3):
        for j in range(2 - i):
            if m[j][0] > m[j + 1][0]:
                m[j], m[j + 1] = m[j + 1], m[j]
    return np.sum(m[0][1] * m[1][1]) * m[2][0]


def dict_replaced(x: np.ndarray):
    m = [{"a": x * 1.0, "b": x[0]}, {"a": x * 2.0, "b": x[1]}]
    s = np.sum(m[1]["a"]) * m[1]["b"]
    m[1] = {"a": x * 3.0, "b": x[2]}
    return s * np.sum(m[1]["a"]) * m[0]["b"] * m[1]["b"]


def row_replaced_in_a_loop(x: np.ndarray):
    m = [[x * 1.0, x[0]], [x * 2.0, x[1]]]
    for k in range(3):
        m[k % 2] = [m[0][0] * x[0], m[1][1] * x[1]]
    return np.sum(m[1][0] * m[0][0]) * m[0][1] * m[1][1]


def lengths_swapped(x: np.ndarray):
    m = [x * 1.0, x[:1] * 2.0]
    s = np.sum(m[0] * m[1])
    m[0], m[1] = m[1], m[0]
    return s * np.sum(m[0] * x) * np.sum(m[1])


def shorter_list(x: np.ndarray):
    m = {"a": [x[0], x[1]], "b": [x[2]]}
    s = m["a"][1] * m["b"][0]
    m["a"] = [x[0]]
    return s * m["a"][0]


def shorter_array(x: np.ndarray):
    d = {"a": x[:1] * 1.0}
    s = np.sum(d["a"] * x)
    d["a"] = x * 2.0
    return s * np.sum(d["a"] * x)


def shrinking_array(x: np.ndarray):
    m = [x * 1.0, x * 2.0]
    s = 0.0
    while len(m[0]) > 1:
        s = s + np.sum(m[0] * x[:len(m[0])])
        m[0] = m[0][1:]
    return s * m[0][0] * np.sum(m[1])


def number_and_array_swapped(x: np.ndarray):
    m = [x[0], x * 2.0]
    s = m[0] * x[1]
    m[0], m[1] = m[1], m[0]
    return s * m[1] * np.sum(m[0])


def none_replaced(x: np.ndarray):
    m = [None, [x * 2.0, x[1]]]
    s = np.sum(m[1][0])
    m[0] = [x * 3.0, x[0]]
    return s * np.sum(m[0][0] * m[1][0]) * m[0][1]


def array_beside_a_number_replaced(x: np.ndarray):
    m = [x * 1.0, x[1]]
    m[0] = x * 2.0
    m[0][1:] *= m[1]
    return np.sum(m[0]) * m[1]


def squashed(v):
    e = v * v
    return e / (e + 1.0)


def what_a_helper_gives_replaces_an_entry(x: np.ndarray):
    m = [x.copy()]
    m[-1] = squashed(x)
    for _ in range(2):
        m = m[::-1]
    return np.sum(m[0])


PROGRAMS = [what_a_helper_gives_replaces_an_entry, array_beside_a_number_replaced,
            row_replaced, rows_swapped, tuples_swapped_in_a_loop, dict_replaced, row_replaced_in_a_loop,
            lengths_swapped, shorter_list, shorter_array, shrinking_array, number_and_array_swapped, none_replaced]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_entry_bound_anew(f, facts):
    check(f, (V,), facts)
