"""Loops over slices of ranges, and integers that are taken out of ranges."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad


def backwards(x, n=5):
    t = np.zeros(n + 1)
    for j in range(n)[::-1]:
        t[j] = t[j + 1] * 0.5 + x[j]
    return t[0]


def backwards_with_bounds(x):
    s = 0.0
    for j in range(1, len(x))[::-1]:
        s = s * x[j] + x[j - 1]
    return s


def backwards_with_a_step(x):
    s = 0.0
    for j in range(0, 5, 2)[::-1]:
        s = s * x[j] + 1.0
    return s


def every_second(x):
    s = 0.0
    for j in range(len(x))[::2]:
        s = s * x[j] + 1.0
    return s


def every_second_with_bounds(x):
    n = len(x)
    s = 0.0
    for j in range(1, n)[::2]:
        n = 2
        s = s * x[j] + n
    return s


def every_second_backwards(x):
    s = 0.0
    for j in range(len(x))[::-2]:
        s = s * x[j] + 1.0
    for j in range(1, len(x) - 1)[::-2]:
        s = s * x[j] + 1.0
    return s


def none_at_all(x):
    s = x[0]
    for j in range(-3)[::-2]:
        s = s * x[j]
    for j in range(3, 1)[::-2]:
        s = s * x[j]
    return s


def part_by_bounds(x):
    s = 0.0
    for j in range(len(x))[1:4]:
        s = s * x[j] + 1.0
    return s


def with_an_else(x):
    s = 0.0
    for j in range(len(x))[::-1]:
        s = s * x[j] + 1.0
        if j == 2:
            break
    else:
        s = 0.0
    return s


def in_a_comprehension(x):
    return sum([x[j] * j for j in range(5)[::-2]])


def in_enumerate(x):
    s = 0.0
    for k, j in enumerate(range(5)[::-1]):
        s += x[j] * k
    return s


def integer_of_a_range(x):
    r = range(1, 4)
    s = 0.0
    for k in range(3):
        s += x[r[k]] * r[k]
    return s


def slice_with_a_name(x, step=-2):
    s = 0.0
    for j in range(5)[::step]:
        s = s * x[j] + 1.0
    return s


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [backwards, backwards_with_bounds, backwards_with_a_step, every_second,
                               every_second_with_bounds, every_second_backwards, none_at_all, part_by_bounds,
                               with_an_else, in_a_comprehension, in_enumerate, integer_of_a_range, slice_with_a_name],
                         ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (V,), facts)


def test_indices_are_integers_and_nothing_is_recorded():
    text = grad(backwards).source_for(V)
    assert "record" not in text and "unbroadcast" not in text and "items" not in text
