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


class Hit:
    def __init__(self, t, place):
        self.t, self.place = t, place


def as_an_index(x):
    best = None
    for k in range(len(x)):
        if x[k] > 10.0:
            best = (x[k], k)
    return np.sum(x[best[1]])


def unpacked(x):
    best = None
    for k in range(len(x)):
        if x[k] > 10.0:
            best = (x[k], k)
    _, k = best
    return np.sum(x[k] ** 2)


def as_a_bound(x):
    best = None
    for k in range(len(x)):
        if x[k] > 10.0:
            best = (x[k], k)
    return np.sum(x[best[1]:])


def of_an_object(x):
    best = None
    for k in range(len(x)):
        if x[k] > 10.0:
            best = Hit(x[k], k)
    return np.sum(x[best.place] ** 2)


def in_the_test_of_a_loop(x):
    best, total, k = (x[0], 0), 0.0, 0
    while best[1] < 5:
        total += x[k % 4]
        k += 1
        best = (x[k % 4], k) if k < 3 else None
        if total > 100.0:
            break
    return total


@pytest.mark.parametrize("f, error", [
    (as_an_index, TypeError), (unpacked, TypeError), (as_a_bound, TypeError), (of_an_object, AttributeError),
    (in_the_test_of_a_loop, TypeError)], ids=lambda v: v.__name__)
def test_where_there_is_none_the_error_is_that_of_python(f, error):
    with pytest.raises(error) as expected:
        f(X)
    with pytest.raises(error) as found:
        grad(f)(X)
    assert type(found.value) is type(expected.value)
    assert "NoneType" in str(found.value)
    if f is not in_the_test_of_a_loop:
        check(f, (X + 10.0,), "call")


def left_before_the_test(x: np.ndarray):
    best, total, k = (x[0], 0), 0.0, 0
    while best[1] < 5:
        total += best[0] ** 2
        k += 1
        best = (x[k], k) if k < 3 else None
        if best is None:
            break
    return total


@pytest.mark.parametrize("facts", FACTS)
def test_a_loop_that_is_left_asks_no_more(facts):
    check(left_before_the_test, (X,), facts)
