"""What a branch alone uses, of names that are bound anew before it: contributions stay where their operands are."""

import numpy as np
import pytest
from language.check import FACTS, check, name


def in_a_branch(a: float, b: float, x: float) -> float:
    c = a * b
    if x > 0.2:
        a = a * a
    r = a
    if x < 0.9:
        r = a + c
    return r


def in_a_loop(a: float, b: float, x: float) -> float:
    c = a * b
    for _ in range(2):
        a = a * 0.5
    if x < 0.9:
        return a + c
    return a


def of_arrays(a: float, b: float, x: float) -> float:
    v = np.array([a, b, x])
    c = v * b
    for _ in range(2):
        v = v * v
    r = v
    if x < 0.9:
        r = v + c
    return np.sum(r)


def scaled_in_a_loop(a: float, b: float, x: float) -> float:
    s = np.tanh(a)
    for _ in range(2):
        a = np.tanh(a) * b
    if x > 1.2:
        return x * 2
    for _ in range(2):
        s *= 0.3
    t = s
    return s * t


def scaled_in_a_branch(a: float, b: float, x: float) -> float:
    s = np.tanh(a)
    for _ in range(2):
        a = np.tanh(a) * b
    if x > 1.2:
        return x * 2
    if x > 0.5:
        s = s * 0.3
    t = s
    return s * t


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("x", [0.1, 0.7, 1.3])
@pytest.mark.parametrize("f", [in_a_branch, in_a_loop, of_arrays, scaled_in_a_loop, scaled_in_a_branch], ids=name)
def test_rebound(f, x, facts):
    check(f, (0.4, -0.6, x), facts)
