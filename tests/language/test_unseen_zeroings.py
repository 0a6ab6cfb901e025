"""Cells of adjoints that are not read again are not zeroed; those written twice, or through another name, are."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def once_each(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] * x[i]
    return np.sum(y * x)


def from_the_cells_before(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] * np.sum(y[:i]) + x[i]
    return y @ x


def each_cell_twice(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] ** 3
        y[i] = x[i] ** 2
    return y @ x


def in_two_loops(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] ** 3
    for i in range(2, len(x)):
        y[i] = y[i - 2] * x[i]
    return y @ x


def every_other_cell(x):
    y = np.ones(2 * len(x) + 1)
    for i in range(len(x)):
        y[2 * i + 1] = x[i] * y[2 * i]
        y[2 * i + 2] = y[2 * i + 1] * x[i]
    return np.sum(y**2)


def in_a_ring(x):
    y = np.ones(2)
    for i in range(len(x)):
        y[i % 2] = x[i] * y[(i + 1) % 2]
    return y[0] * y[1]


def from_the_end(x):
    y = np.zeros(len(x))
    for i in range(1, len(x)):
        y[-i] = x[i] * y[-i + 1]
        y[i - 1] = y[-i] * x[0] + x[i]
    return y @ x


def downwards(x):
    n = len(x)
    y = np.zeros(n + 1)
    for i in range(n - 1, -1, -1):
        y[i] = x[i] * y[i + 1] + x[i]
    return y[0] * y[1]


def by_steps_of_two(x):
    y = np.zeros(len(x))
    for i in range(0, len(x) - 1, 2):
        y[i] = x[i] ** 2
        y[i + 1] = y[i] * x[i + 1]
    return y @ x


def substituted_back(x):
    n = len(x)
    y = x.copy()
    for i in range(n - 1, -1, -1):
        y[i] = (y[i] - np.sum(y[i + 1:])) / x[i]
    return y @ y


def upwards_by_two_and_down_again(x):
    y = np.ones(len(x) + 1)
    for i in range(0, len(x), 2):
        y[i + 1] = y[i] * x[i]
    for i in range(len(x) - 1, 0, -2):
        y[i - 1] = y[i] * x[i] + y[i + 1]
    return y @ y


def over_and_over(x):
    y = np.ones(len(x))
    for _ in range(3):
        for i in range(1, len(x)):
            y[i] = y[i] * x[i] + y[i - 1]
    return y @ x


def through_a_view(x):
    y = np.zeros(len(x))
    tail = y[1:]
    for i in range(len(x) - 1):
        tail[i] = x[i] ** 2 + y[i]
        y[i] = tail[i] * x[i]
    return y @ x


def in_a_list(x):
    y = np.zeros(len(x))
    both = [y, np.ones(2)]
    for i in range(len(x)):
        y[i] = x[i] ** 2
        both[0][i] = both[0][i] * y[i]
    return y @ x + np.sum(both[1])


def rows(x):
    A = np.zeros((len(x), 3))
    for i in range(len(x)):
        for j in range(3):
            A[i, j] = x[i] ** (j + 1)
        A[i, :2] = A[i, 1:] * x[i]
    return np.sum(A**2)


def columns_again(x):
    A = np.zeros((3, len(x)))
    for i in range(len(x)):
        A[:, i] = x[i] ** 2
    for j in range(3):
        A[j, 0] = A[j, 1] * x[j]
    return np.sum(A**2)


def by_repeated_numbers(x):
    y = np.zeros(len(x))
    where = np.array([0, 1, 1, 0])
    y[where] = x**2
    y[where[1:]] = x[1:] ** 3
    return y @ x


def by_a_mask(x):
    A = np.zeros((2, 2, 6))
    A[...] = x[0]
    mask = np.array([[True, False], [False, True]])
    A[mask, 3] = A[mask, 3] * x[1]
    A[0, 1:3] = 2.0 * A[0, 1:3] * A[0, 1:3]
    return np.sum(A**3)


def last_two(y):
    return y[-2:]


def through_a_helper(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] ** 2
    end = last_two(y)
    end[0] = end[1] * x[0]
    y[2] = end[0] * y[2]
    return y @ x


def while_it_is_small(x):
    y = np.zeros(8)
    k = 0
    y[0] = x[0]
    while y[k] < 5.0 and k < 7:
        y[k + 1] = y[k] * 1.5 + x[k % 4]
        k += 1
    return y[k] * y[k - 1]


def left_early(x):
    y = np.ones(len(x))
    for i in range(len(x)):
        y[i] = x[i] * y[i - 1]
        if y[i] < 0.0:
            break
        y[i - 1] = y[i] * x[0]
    return y @ x


def bound_anew(x):
    y = np.zeros(2)
    total = 0.0
    for i in range(len(x)):
        y[0] = x[i] * (y[1] + 1.0)
        total += y[0] * y[1]
        if i == 1:
            y = np.ones(2)
        y[1] = y[0] * x[i]
    return total + y[1]


def no_trips(x):
    y = np.ones(len(x))
    for i in range(len(x), 2):
        y[i] = x[i]
    y[0] = y[0] * x[0]
    return y @ x


def copied(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] ** 2
    z = y
    y = y.copy()
    for i in range(len(x)):
        y[i] = y[i] * z[i - 1]
        z[i] = y[i] * x[i]
    return y @ z


X = np.array([1.3, 0.7, -0.4, 1.1])
PROGRAMS = [once_each, from_the_cells_before, each_cell_twice, in_two_loops, every_other_cell, in_a_ring,
            from_the_end, downwards, by_steps_of_two, substituted_back, upwards_by_two_and_down_again, over_and_over,
            through_a_view, in_a_list, rows, columns_again, by_repeated_numbers, by_a_mask, through_a_helper,
            while_it_is_small, left_early, bound_anew, no_trips, copied]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_unseen(f, facts):
    check(f, (X,), facts)


@pytest.mark.parametrize("f", [once_each, from_the_cells_before, every_other_cell], ids=name)
def test_nothing_is_zeroed(f):
    assert "] = 0.0" not in s2sgrad.grad(f).source_for(X)
