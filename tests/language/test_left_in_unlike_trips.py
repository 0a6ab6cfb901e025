"""Loops that are left inside loops whose trips are written out: each trip has a flag of its own."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, check, name

V = np.array([0.7, 1.3, 2.1, 0.4])


def broken_off(x: np.ndarray):
    total = 0.0
    for p in [(1,), (1, 2)]:
        for k in range(4):
            if k == 2:
                break
            total += x[k] * len(p)
    return total


def with_functions(x: np.ndarray):
    total = 0.0
    for label, f in [("s", np.sin), ("c", np.cos), ("t", np.tanh)]:
        for k in range(4):
            if x[k] > 2.0 and label != "t":
                break
            total += f(x[k])
    return total


def with_unlike_values(x: np.ndarray):
    total = 0.0
    for part in {"u": x[0], "v": x[1:3]}.values():
        k = 0
        while k < 4:
            total += np.sum(part * x[k])
            if k == 1:
                break
            k += 1
    return total


def solved_to_tolerance(x: np.ndarray):
    total = 0.0
    for power in [2, 3.0]:
        z = 1.0
        while True:
            step = (z**power - x[1]) / (power * z ** (power - 1))
            z -= step
            if abs(step) < 1e-12:
                break
        total += z * x[2]
    return total


def returned_from(x: np.ndarray):
    for f in (np.sin, np.sqrt):
        for k in range(4):
            if f(x[k]) > 1.2:
                return x[k] ** 2 * f(x[0])
    return np.sum(x)


def first_above(x, f, limit):
    for k in range(len(x)):
        if f(x[k]) > limit:
            return x[k] * f(x[k])
    return 0.5 * x[0]


def helpers_that_return_early(x: np.ndarray):
    return sum(first_above(x, f, limit) for f, limit in ((np.sin, 0.9), (np.exp, 20.0), (np.sqrt, 1.2)))


def nested_and_in_a_row(x: np.ndarray):
    total = 0.0
    for f, g in ((np.sin, np.cos), (np.tanh, np.exp)):
        for k in range(4):
            for j in range(4):
                if j > k:
                    break
                total += f(x[j])
            if total > 6.0:
                break
        for k in range(3):
            if x[k] > 1.0:
                break
            total += g(x[k])
    return total


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [broken_off, with_functions, with_unlike_values, solved_to_tolerance, returned_from,
                               helpers_that_return_early, nested_and_in_a_row], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (V,), facts)
    check(f, (V[::-1].copy(),), facts)
