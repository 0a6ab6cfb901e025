# ruff: noqa: B007, B905 (as users write)
"""for over ranges, arrays, lists, enumerate, zip, reversed, with else; while."""

import math

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name


def over_range(x):
    for i in range(4):
        x = math.sin(x) + i * x
    return x


def range_with_start_and_step(x):
    s = 0.0
    for i in range(1, 9, 3):
        s = s + i * x**i
    return s


def range_downwards(x):
    y = 0.0
    for i in range(4, -1, -1):
        y = y * x[0] + x[i]
    return y


def range_with_a_step_that_varies(x, step):
    s = 0.0
    for i in range(0, 5, step):
        s = s + x[i] ** 2 * (i + 1)
    return s


def bounds_are_evaluated_once(x, n):
    for i in range(n):
        n = n + 1
        x = x * x * 0.7 + i
    return x


def index_is_rebound(x):
    for i in range(4):
        i = 2 * i
        x = x * 0.5 + i * math.sin(x)
    return x


def index_after_the_loop(x):
    for i in range(4):
        x = x * 1.1
    return x * i


def empty_range(x, n):
    y = x * x
    for _ in range(n):
        y = y * x
    return y


def nested_loops(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i):
            s = s + x[i] * x[j] ** 2
    return s


def triangular_in_place(x):
    for i in range(5):
        for j in range(i):
            x[i] += 0.3 * x[j] * x[i]
    return np.sum(x**2)


def over_an_array(x):
    s = 0.0
    for v in x:
        s = s + v * v * s + v
    return s


def over_rows(A):
    h = np.ones(4)
    for row in A:
        h = np.tanh(h * row)
    return np.sum(h)


def over_a_list(x, y):
    s = 1.0
    for v in [x, x * y, y]:
        s = s * (v + s)
    return s


def over_a_tuple_of_constants(x):
    for k in (0.5, 1.5, 2.5):
        x = np.sin(k * x)
    return x


def over_a_list_of_arrays(x, y):
    s = 0.0
    for v in [x, y, x * y]:
        s = s + np.sum(v) ** 2
    return s


def with_enumerate(x):
    s = 0.0
    for i, v in enumerate(x):
        s = s + i * v**2
    return s


def with_enumerate_from_one(x):
    s = 0.0
    for i, v in enumerate(x, 1):
        s = s + v**i
    return s


def with_zip(x, y):
    s = 0.0
    for a, b in zip(x, y):
        s = s * 0.5 + a * b
    return s


def with_zip_of_unequal_lengths(x, y):
    s = 0.0
    for a, b in zip(x, y[:3]):
        s = s + a * b * b
    return s


def with_enumerate_of_zip(x, y):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        s = s + i * a * b
    return s


def with_reversed(x):
    s = 0.0
    for v in reversed(x):
        s = s * 0.7 + v * v
    return s


def with_reversed_range(x):
    s = 0.0
    for i in reversed(range(5)):
        s = s * x[0] + x[i]
    return s


def over_a_dict(parameters):
    s = 0.0
    for key in parameters:
        s = s + parameters[key] ** 2
    return s


def for_else(x, limit):
    for i in range(4):
        x = x * 1.3
        if x > limit:
            break
    else:
        x = x * x
    return x * i


def while_loop(x):
    while x < 10.0:
        x = x * 1.7
    return x * x


def while_not_entered(x):
    while x < 0.0:
        x = x * 1.7
    return x * x


def while_with_counter(x, n):
    i = 0
    while i < n:
        x = math.sin(x) + x
        i += 1
    return x


def while_else(x):
    while x < 10.0:
        x = x * 1.7
        if x > 1000.0:
            break
    else:
        x = x * x
    return x


def while_over_for(x):
    while x < 30.0:
        for i in range(3):
            x = x + 0.1 * i * x
    return x


def while_with_array(x):
    while np.sum(x * x) > 0.5:
        x = 0.5 * x - 0.1 * x**2
    return np.sum(x)


def newton(a):
    x = a
    for _ in range(30):
        step = (x * x - a) / (2.0 * x)
        x = x - step
        if abs(step) < 1e-14:
            break
    return x


def ping_pong(x):
    a = x.copy()
    b = np.zeros_like(a)
    for _ in range(3):
        b[1:-1] = a[1:-1] + 0.1 * (a[2:] - a[:-2]) * a[1:-1]
        a, b = b, a
    return np.sum(a * a)


PROGRAMS = [
    (over_range, (0.3,)), (range_with_start_and_step, (1.1,)), (range_downwards, (V,)),
    (range_with_a_step_that_varies, (V, 2)), (bounds_are_evaluated_once, (0.9, 3)), (index_is_rebound, (0.9,)),
    (index_after_the_loop, (0.9,)), (empty_range, (0.9, 0)), (empty_range, (0.9, 3)), (nested_loops, (V, 5)),
    (triangular_in_place, (V,)), (over_an_array, (V,)), (over_rows, (M,)), (over_a_list, (0.9, 0.4)),
    (over_a_tuple_of_constants, (0.9,)), (over_a_list_of_arrays, (V, W)), (with_enumerate, (V,)),
    (with_enumerate_from_one, (V,)), (with_zip, (V, W)), (with_zip_of_unequal_lengths, (V, W)),
    (with_enumerate_of_zip, (V, W)), (with_reversed, (V,)), (with_reversed_range, (V,)),
    (over_a_dict, ({"a": 0.9, "b": 0.4},)), (for_else, (0.9, 1.5)),
    (for_else, (0.9, 100.0)), (while_loop, (0.9,)), (while_not_entered, (0.9,)), (while_with_counter, (0.9, 4)),
    (while_else, (0.9,)), (while_over_for, (0.9,)), (while_with_array, (V,)), (newton, (2.0,)), (ping_pong, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_loop(f, args, facts):
    check(f, args, facts)
