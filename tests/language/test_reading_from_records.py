"""What was overwritten is read from its record where that is all that is read of it, and put back where more is."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def logistic_steps(u, r):
    for _ in range(3):
        u[1:-1] += r * u[1:-1] * (1.0 - u[1:-1])
    return np.sum(u**2)


def neighbours_too(u, r):
    for _ in range(3):
        u[1:-1] += r * u[1:-1] * u[2:]
    return np.sum(u**2)


def through_a_view(u, r):
    inner = u[1:-1]
    for _ in range(3):
        u[1:-1] += r * u[1:-1] * inner
    return np.sum(u**2)


def in_a_later_trip(u, r):
    s = 0.0
    for k in range(1, 4):
        s += u[k - 1] ** 3
        u[k] = r * u[k] ** 2
    return s + np.sum(u)


def in_a_branch(u, r):
    for k in range(len(u)):
        if u[k] > 0.0:
            u[k] = r * u[k] ** 2
        else:
            u[k] = np.sin(u[k])
    return np.sum(u)


def index_bound_anew(u, r):
    k = 0
    for _ in range(3):
        u[k] = r * u[k] ** 2
        k = k + 1
        u[k] = u[k] * u[k - 1]
    return np.sum(u)


def read_before_and_after(u, r):
    s = 0.0
    for _ in range(2):
        s += np.sum(u[1:-1] ** 3)
        u[1:-1] *= r * u[1:-1]
        s += np.sum(u[1:-1] ** 2)
    return s


def by_repeated_indices(u, r):
    index = np.array([0, 2, 2])
    for _ in range(2):
        u[index] = r * u[index] ** 2
    return np.sum(u**2)


def names_that_swap_views(u, r):
    y = u[np.arange(4) + np.arange(2)[:, None]]
    b = y[0]
    c = y[1]
    for _ in range(3):
        b[b > 0.8] = 0.5
        b, c = c, b
        c[0:] *= 0.5
        c = b.copy()
    return r * np.sum(y**2 * np.array([[1.0], [3.0]])) + np.sum(b**3) + np.sum(c**2)


X = np.array([1.3, 0.7, -0.4, 2.1, 0.9])
PROGRAMS = [logistic_steps, neighbours_too, through_a_view, in_a_later_trip, in_a_branch, index_bound_anew,
            read_before_and_after, by_repeated_indices, names_that_swap_views]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_reading_from_records(f, facts):
    check(f, (X, 0.6), facts)



def test_only_the_interior_is_kept_and_nothing_is_put_back():
    made = s2sgrad.grad(logistic_steps).source_for(X, 0.6)
    assert "u_old = u_record.pop()" in made
    assert "u[1:-1] = u_record.pop()" not in made


@pytest.mark.parametrize("f", [neighbours_too, through_a_view], ids=name)
def test_where_more_is_read_cells_are_put_back(f):
    assert "u_old" not in s2sgrad.grad(f).source_for(X, 0.6)
