"""Memory that each trip of a loop makes anew is not restored for the next one; what another trip still reads, is."""

import numpy as np
import pytest
from language.check import FACTS, check, name


def fresh_each_trip(x):
    total = 0.0
    for i in range(len(x)):
        h = np.zeros(3)
        h[0] = x[i]
        h[1] = h[0] * x[i - 1]
        h[0] = h[1] * h[0]
        total += h[0] * h[1]
    return total


def one_for_all_trips(x):
    h = np.zeros(3)
    total = 0.0
    for i in range(len(x)):
        h[0] = h[1] + x[i] * h[0]
        h[1] = h[0] * x[i - 1]
        total += h[0] * h[1]
    return total


def kept_from_the_trip_before(x):
    h = np.ones(2)
    total = 0.0
    for i in range(len(x)):
        g = np.zeros(2)
        g[0] = x[i] * h[0]
        h[1] = g[0] * x[i]
        g[1] = h[1] * h[0]
        h = g
        total += g[0] * g[1]
    return total


def another_name(x):
    total = 0.0
    for i in range(len(x)):
        h = np.zeros(2)
        g = h
        h[0] = x[i]
        g[0] = g[0] * x[i]
        h[1] = g[0] * h[0]
        total += g[1] * g[1]
    return total


def a_view_of_it(x):
    total = 0.0
    for _ in range(len(x)):
        h = np.ones(4)
        tail = h[1:]
        for j in range(3):
            tail[j] = x[j] * h[j]
        h[2] = h[3] * tail[0]
        total += np.sum(h * h)
    return total


def the_last_is_read_behind(x):
    h = np.ones(2)
    for i in range(len(x)):
        h = np.ones(2)
        h[0] = x[i] * h[1]
        h[0] = h[0] * h[0]
    h[1] = h[0] * h[0]
    h[0] = h[1] * x[0]
    return h[0] * h[1]


def in_a_list(x):
    kept = []
    for i in range(len(x)):
        h = np.zeros(2)
        h[0] = x[i]
        h[1] = h[0] * h[0]
        kept.append(h)
        kept[0][0] *= x[i]
    total = 0.0
    for h in kept:
        total += h[0] * h[1]
    return total


def in_a_list_of_the_trip(x):
    total = 0.0
    for i in range(len(x)):
        h = np.zeros(2)
        rows = [h, np.ones(2)]
        h[0] = x[i]
        rows[0][0] *= x[i - 1]
        rows[1][0] = h[0] * h[0]
        total += rows[1][0] * rows[0][0]
    return total


def in_an_inner_loop(x):
    total = 0.0
    for i in range(len(x)):
        h = np.zeros(3)
        for j in range(2):
            h[j] = x[i] * x[j] + h[j + 1]
            h[j + 1] = h[j] * h[j]
        total += h[1] * h[2]
    return total


def made_in_the_outer_loop(x):
    total = 0.0
    for i in range(len(x)):
        h = np.zeros(2)
        for j in range(3):
            h[0] = x[i] + h[1] * h[0]
            h[1] = h[0] * x[j]
            total += h[0] * h[1]
    return total


def until_it_is_large(x):
    total = 0.1
    while total < 5.0:
        h = x * total
        h[0] = h[1] * h[0]
        h[1] = h[0] * h[0]
        total += h[1] + 1.0
    return total


def left_early(x):
    total = 0.0
    for i in range(len(x)):
        h = np.ones(2)
        h[0] = x[i] * h[1]
        if h[0] < 0.0:
            break
        h[1] = h[0] * h[0]
        total += h[1] * h[0]
    return total + x[0]


def in_one_arm(x):
    h = np.ones(2)
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.0:
            h = np.ones(2)
        h[0] = h[0] * x[i]
        h[1] = h[0] * h[1]
        total += h[1] * h[0]
    return total


def no_trips(x):
    total = x[0] ** 2
    for i in range(len(x), 2):
        h = np.zeros(2)
        h[0] = x[i]
        h[0] = h[0] * h[0]
        total += h[0]
    return total


def tail_of(h):
    return h[1:]


def from_a_helper(x):
    total = 0.0
    for i in range(len(x)):
        h = np.ones(3)
        t = tail_of(h)
        t[0] = x[i] * h[0]
        h[1] = h[1] * t[0]
        t[1] = h[1] * t[0]
        total += h[2] * t[0]
    return total


def descend(x, depth):
    h = np.ones(2)
    h[0] = x[depth] * h[1]
    h[1] = h[0] * h[0]
    below = descend(x, depth - 1) if depth > 0 else 1.0
    h[0] = h[1] * below
    return h[0] * h[1]


def recursive(x):
    return descend(x, 2)


def swapped(x):
    old, new = np.ones(2), np.ones(2)
    for i in range(len(x)):
        new[0] = x[i] * old[1]
        new[1] = new[0] * old[0]
        old, new = new, old
    return old[0] * old[1]


def view_of_the_last_trip(x):
    total = 0.0
    part = np.ones(2)
    for i in range(len(x)):
        h = np.ones(3)
        h[0] = x[i] * part[0]
        h[1] = h[0] * part[1]
        part[0] = h[1]
        part = h[:2]
        total += h[0] * h[1]
    return total


X = np.array([1.3, 0.7, -0.4, 1.1])
PROGRAMS = [fresh_each_trip, one_for_all_trips, kept_from_the_trip_before, another_name, a_view_of_it,
            the_last_is_read_behind, in_a_list, in_a_list_of_the_trip, in_an_inner_loop, made_in_the_outer_loop,
            until_it_is_large, left_early, in_one_arm, no_trips, from_a_helper, recursive, swapped,
            view_of_the_last_trip]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_unseen(f, facts):
    check(f, (X,), facts)
