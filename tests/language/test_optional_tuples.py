"""Tuples of which there is none at first: the best so far, the nearest hit."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import check_grads, grad

X = np.array([1.4, 0.3, 0.8, 2.1])


def least(x: np.ndarray):
    best = None
    for k in range(len(x)):
        value = np.sin(x[k]) * x[k]
        if best is None or value < best[0]:
            best = (value, k)
    value, k = best
    return value * x[k]


def by_places(x: np.ndarray):
    best = None
    for k in range(len(x)):
        value = x[k] ** 2
        if best is None or value > best[0]:
            best = (value, k)
    return best[0] * x[best[-1] - 1]


def with_arrays(x: np.ndarray):
    best = None
    for k in range(len(x)):
        value = x[k] ** 2
        if best is None:
            best = (value, x * k, "first")
        else:
            least_so_far, y, _ = best
            if value < least_so_far:
                best = (value + np.sum(y), x * k, "later")
    return best[0] * np.sum(best[1] ** 2)


def as_a_test(x: np.ndarray):
    found = None
    k = 0
    while not found and k < len(x):
        if x[k] < 0.5:
            found = (x[k], x[k] ** 2)
        k += 1
    if found:
        return found[0] * found[1]
    return np.sum(x)


def nearest(x, centres):
    hit = None
    for k in range(len(centres)):
        distance = np.sum((x - centres[k]) ** 2)
        if distance < 4.0 and (hit is None or distance < hit[0]):
            hit = (distance, k)
    return hit


def from_a_helper(x: np.ndarray):
    total = 0.0
    for k in range(len(x)):
        hit = nearest(x[:2] * (k + 1), x.reshape(2, 2))
        if hit is None:
            total += 0.1 * x[k]
        else:
            distance, place = hit
            total += distance * x[place]
    return total


def bound_anew_to_none(x: np.ndarray):
    pending, total = None, 0.0
    for k in range(len(x)):
        if pending is not None and x[k] > pending[0]:
            total += pending[1] * x[k]
            pending = None
        elif pending is None:
            pending = (x[k], x[k] ** 2)
    return total


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [least, by_places, with_arrays, as_a_test, from_a_helper, bound_anew_to_none], ids=name)
def test_programs(f, facts):
    check(f, (X,), facts)
    check(f, (X[::-1].copy(),), facts)


def test_never_bound():
    check_grads(as_a_test, (X + 1.0,))


def test_none_raises_as_it_does():
    with pytest.raises(TypeError):
        least(X[:0])
    with pytest.raises(TypeError):
        grad(least)(X[:0])
