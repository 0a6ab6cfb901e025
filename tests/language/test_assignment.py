"""Assignments of every kind: plain, chained, tuple, nested, augmented, swaps, annotated."""

import numpy as np
import pytest
from language.check import FACTS, V, W, check, name


def plain(x):
    y = x * x
    return y * x


def rebinding(x):
    x = x * x
    x = np.sin(x)
    return x * 2.0


def chained(x):
    a = b = x * x
    a = a * 3.0
    return a + b


def tuple_of_two(x, y):
    a, b = x * y, x + y
    return a * b


def nested_tuple(x, y):
    a, (b, c) = x * y, (x + y, x - y)
    return a * b * c


def unpacking_a_list(x, y):
    [a, b] = [x * y, x - y]
    return a * b * b


def swap(x, y):
    x, y = y, x * x
    return x * y * y


def three_cycle(x, y, z):
    for _ in range(4):
        x, y, z = y, z, x * y
    return x + 2.0 * y + 3.0 * z


def swap_of_entries(x):
    x[0], x[3] = x[3], x[0]
    return np.sum(x * np.arange(5.0))


def augmented_float(x):
    y = x
    y += x * x
    y *= x
    y -= 3.0
    y /= x + 2.0
    y **= 2
    return y


def augmented_array(x, y):
    z = x.copy()
    z += y
    z *= y
    z -= x
    z /= 2.0 + y**2
    return np.sum(z * z)


def augmented_power(x):
    z = x * 1.0
    z **= 3
    return np.sum(z)


def augmented_matmul(x):
    a = np.outer(x, x) + 3.0 * np.eye(5)
    a = a @ a
    return np.sum(a * a)


def annotated(x):
    y: float = x * x
    return y * 3.0


def integer_that_becomes_a_float(x):
    s = 0
    for i in range(3):
        s = s + x**i
    return s * x


def from_an_array(x):
    a, b, c, d, e = x
    return a * b * c + d * e


def from_a_shape(x):
    n, m = x.reshape(5, 1).shape
    return np.sum(x) * n + m * x[0] ** 2


PROGRAMS = [
    (plain, (1.3,)), (rebinding, (0.8,)), (chained, (1.3,)), (tuple_of_two, (1.3, 0.4)), (nested_tuple, (1.3, 0.4)),
    (unpacking_a_list, (1.3, 0.4)), (swap, (1.3, 0.4)), (three_cycle, (1.3, 0.4, 0.9)),
    (swap_of_entries, (V,)), (augmented_float, (1.3,)), (augmented_array, (V, W)), (augmented_power, (V,)),
    (augmented_matmul, (V,)), (annotated, (1.3,)), (integer_that_becomes_a_float, (1.3,)), (from_an_array, (V,)),
    (from_a_shape, (V,)), (plain, (np.array(1.3),)), (swap, (1.3, np.array(0.4))),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_assignment(f, args, facts):
    check(f, args, facts)
