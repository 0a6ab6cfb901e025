"""Keys of a dict that go and come again, with arrays that are written."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def an_argument(d: dict[str, np.ndarray]):
    w = d.pop("w")
    w *= d["b"]
    d["w"] = w
    return np.sum(d["b"] * d["w"])


def updated(d: dict[str, np.ndarray]):
    w = d.pop("w")
    w[0] *= d["b"][1]
    d.update(w=w)
    return np.sum(d["b"] * d["w"])


def in_a_loop(x: np.ndarray):
    d, s = {0: x * 2.0, 1: x * 3.0}, 0.0
    for i in range(2):
        s += np.sum(d[i] ** 2)
        d[i] = d.pop(i)
        d[i][0] = 1.0
    return s


def moved_to_the_end(x: np.ndarray):
    d, s = {0: x * 2.0, 1: x * 3.0}, 0.0
    for i in range(2):
        s += np.sum(d[i] ** 2)
        v = d.pop(i)
        v *= x[i]
        d[i] = v
    return s + np.sum(d[0] * d[1])


def deleted_and_made_anew(x: np.ndarray):
    d, s = {0: x * 2.0, 1: x * 3.0}, 0.0
    for i in range(2):
        s += np.sum(d[i] ** 2)
        del d[i]
        d[i] = x * s
        d[i][0] = 1.0
    return s + np.sum(d[0] * d[1])


D = {"w": np.array([1.0, 2.0, 3.0]), "b": np.array([0.5, 0.2, 0.3])}


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, arg", [(an_argument, D), (updated, D), (in_a_loop, V), (moved_to_the_end, V),
                                    (deleted_and_made_anew, V)], ids=name)
def test_agrees_with_central_differences(f, arg, facts):
    check(f, (arg,), facts)
