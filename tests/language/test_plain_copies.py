"""`copy.copy` of arrays, containers and objects, and `dict.fromkeys`: what is in them stays the same object."""

from __future__ import annotations

import copy
from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
from language.check import FACTS, check, name

X = np.array([0.3, 1.4, 0.8, 2.1])
Pair = namedtuple("Pair", "a b")


class State:
    def __init__(self, a, b):
        self.a, self.b, self.n = a, b, 0

    def step(self, v):
        self.a = self.a + v
        self.n += 1


@dataclass
class Point:
    u: float
    w: np.ndarray


def a_list(x: np.ndarray):
    one = [x[0], x[1]]
    other = copy.copy(one)
    other[0] = 5.0
    return one[0] * other[1]


def a_dict(x: np.ndarray):
    one = {"a": x * 1.0, "b": x[1]}
    other = copy.copy(one)
    other["b"] = 2.0
    other["a"][0] = 7.0
    return np.sum(one["a"]) * one["b"]


def an_array(x: np.ndarray):
    y = copy.copy(x)
    y[0] *= 2.0
    return np.sum(x * y)


def an_object(x: np.ndarray):
    state = State(x[0], x[1:] * 1.0)
    best = copy.copy(state)
    state.step(x[1])
    state.b[0] = 3.0
    return best.a * state.a + np.sum(best.b) * state.n + best.n


def a_dataclass(x: np.ndarray):
    p = Point(x[0], x * 2.0)
    q = copy.copy(p)
    q.u = q.u * 3.0
    return p.u * q.u * np.sum(q.w)


def a_namedtuple(x: np.ndarray):
    p = Pair(x[0], x[1:])
    q = copy.copy(p)
    return p.a * np.sum(q.b**2)


def in_a_history(x: np.ndarray):
    state, history = State(x[0], x[1:]), []
    for i in range(3):
        state.step(x[i])
        history.append(copy.copy(state))
    return sum(h.a * h.n for h in history)


def keys_of_a_list(x: np.ndarray):
    d = dict.fromkeys(["a", "b"], 0.0)
    for i, k in enumerate(["a", "b", "a"]):
        d[k] += x[i] ** 2
    return d["a"] * d["b"]


def keys_of_a_string(x: np.ndarray):
    d = dict.fromkeys("ab")
    d["a"] = x[0]
    d["b"] = x[1]
    return d["a"] * d["b"]


def one_array_for_all_keys(x: np.ndarray):
    z = np.zeros(2)
    d = dict.fromkeys("ab", z)
    d["a"][0] += x[0]
    d["b"][1] += x[1] ** 2
    return np.sum(d["a"] * d["b"]) + z[0]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [a_list, a_dict, an_array, an_object, a_dataclass, a_namedtuple, in_a_history,
                               keys_of_a_list, keys_of_a_string, one_array_for_all_keys], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (X,), facts)


def part_that_is_gone(x: np.ndarray):
    state = State(x[0], x[1:] * 1.0)
    state.b[0] = 3.0
    return np.sum(state.b) * 2.0


def part_of_integers_that_is_gone(x: np.ndarray):
    state = State(x[0], np.arange(1, 4)[1:] * x[0])
    n = 3
    n += 1
    state.b[0] = 3.0
    return np.sum(state.b) * n


@pytest.mark.parametrize("f", [part_that_is_gone, part_of_integers_that_is_gone], ids=name)
def test_a_shape_is_read_from_what_is_there(f):
    check(f, (X,), "call")
