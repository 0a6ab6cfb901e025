"""Containers that hold other containers, joined, repeated, cut and copied: the inner ones are held, not copied."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def tuple_of_list_joined(x: np.ndarray):
    pair = [x[0], x[1]]
    u = (pair,) + (x[1],)
    u[0][0] = 3.0 * x[2]
    return pair[0] * pair[1] * u[1]


def tuple_of_array_joined(x: np.ndarray):
    a = x * 2.0
    t = (a,)
    u = t + (x[0],)
    u[0][0] = 3.0 * x[1]
    return np.sum(a * x) + u[1] * t[0][1]


def tuple_of_dict_joined(x: np.ndarray):
    d = {"w": [x[0], x[1]]}
    t = (d, x[2])
    u = (x[0],) + t
    u[1]["w"][0] = x[1] * x[2]
    return d["w"][0] * t[1] * u[2] * u[0]


def tuple_of_tuple_joined(x: np.ndarray):
    pair = [x[0], x[1]]
    t = ((pair, x[2]), x[1])
    u = t + (x[0],)
    u[0][0][0] = x[1] * x[2]
    return pair[0] * t[1] * u[0][1] * u[2]


def tuple_of_list_repeated(x: np.ndarray):
    pair = [x[0], x[1]]
    t = (pair, x[2])
    u = t * 2
    u[2][0] = x[1] * x[2]
    return pair[0] * pair[1] * u[1] * u[3] * t[1]


def tuple_of_array_repeated(x: np.ndarray):
    a = x * 1.0
    u = (a,) * 3
    u[0][0] = x[1] * x[2]
    u[1][1] *= u[2][0]
    return np.sum(a * u[2])


def tuple_grown_in_place(x: np.ndarray):
    pair = [x[0]]
    t = (pair,)
    t += (x[1],)
    t[0][0] = x[2] * t[1]
    return pair[0] * t[1]


def tuple_grown_in_a_loop(x: np.ndarray):
    a = x * 1.0
    state = (a, x[1])
    for k in range(3):
        state[0][k] = state[0][0] * state[1]
        state = (state[0],) + (state[1] * x[2],)
    return np.sum(state[0]) * state[1] * a[1]


def list_with_a_number_joined(x: np.ndarray):
    pair = [x[0], x[1]]
    a = [pair, x[2]]
    c = a + [x[1]]
    c[0][0] = x[1] * x[2]
    return a[0][0] * a[1] * c[1] * c[2]


def lists_of_one_list_joined(x: np.ndarray):
    pair = [x[0], x[1]]
    a = [pair]
    b = [pair, [x[2]]]
    c = a + b
    c[1][0] = x[1] * x[2]
    return a[0][0] * b[0][1] * c[0][0] * c[2][0]


def list_of_lists_cut(x: np.ndarray):
    a = [[x[0], x[1]], [x[2], x[1]]]
    c = a[0:1]
    c[0][0] = x[1] * x[2]
    return a[0][0] * a[0][1] * a[1][0]


def list_of_lists_copied(x: np.ndarray):
    a = [[x[0], x[1]], [x[2], x[1]]]
    c = a.copy()
    c[0][0] = x[1] * x[2]
    c[1] = [x[0], x[1]]
    return a[0][0] * a[0][1] * a[1][0] * c[1][0]


def list_of_lists_sorted(x: np.ndarray):
    a = [[x[0], x[1]], [x[2], x[1]]]
    c = sorted(a, key=lambda row: row[0])
    c[0][0] = x[1] * x[0]
    return a[0][0] * a[0][1] * a[1][0] * c[1][0]


def dict_of_lists_copied(x: np.ndarray):
    d = {"a": [x[0], x[1]], "b": x[2]}
    e = {**d, "c": x[0]}
    e["a"][0] = x[1] * x[2]
    return d["a"][0] * d["b"] * e["b"] * e["a"][1] * e["c"]


def lists_of_dicts_of_lists_joined(x: np.ndarray):
    a = [{"k": [x[0]]}]
    b = a + [{"k": [x[1]]}]
    b[0]["k"].append(x[2])
    return b[1]["k"][0] * a[0]["k"][1] + b[0]["k"][0] ** 2


PROGRAMS = [lists_of_dicts_of_lists_joined,
            tuple_of_list_joined, tuple_of_array_joined, tuple_of_dict_joined, tuple_of_tuple_joined,
            tuple_of_list_repeated, tuple_of_array_repeated, tuple_grown_in_place, tuple_grown_in_a_loop,
            list_with_a_number_joined, lists_of_one_list_joined, list_of_lists_cut, list_of_lists_copied,
            list_of_lists_sorted, dict_of_lists_copied]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_inner_container_shared(f, facts):
    check(f, (V,), facts)
