"""Loops over the places of an array: np.ndindex, np.ndenumerate; an index that is a name for a tuple of integers."""

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad


def by_index(x):
    A = np.outer(x, x)
    s = 0.0
    for idx in np.ndindex(A.shape):
        s += A[idx] ** 2 * (idx[0] + 1)
    return s


def written_by_index(x):
    A, B = np.outer(x, x), np.zeros((3, 3))
    for idx in np.ndindex(3, 3):
        B[idx] = A[idx] ** 2
        B[idx] *= x[idx[0]]
        A[idx[1], idx[0]] = 0.5 * B[idx]
    return np.sum(A * B)


def rows_by_index(x):
    A = np.multiply.outer(np.outer(x, x), x)
    s = 0.0
    for idx in np.ndindex(A.shape[:2]):
        s += np.prod(A[idx])
    return s


def entries(x):
    s = 0.0
    for (i, j), v in np.ndenumerate(np.outer(x, x)):
        if i <= j:
            s += v * (i + 1)
    return s


def entries_that_change_meanwhile(x):
    A, B = np.outer(x, x), np.zeros((3, 3))
    for idx, v in np.ndenumerate(A):
        B[idx] = v**2 if idx[0] != idx[1] else v
        A[(idx[0] + 1) % 3, idx[1]] *= 0.9
    return np.sum(B**2) + np.sum(A)


def in_a_generator(x):
    return sum(v**2 for (i,), v in np.ndenumerate(x) if i != 1)


def in_a_dict(x):
    d = {place: v for place, v in np.ndenumerate(np.outer(x, x))}
    return d[0, 1] * d[2, 2]


def as_pairs(x):
    s = 0.0
    for pair in np.ndenumerate(x):
        s += pair[1] ** 2 * (pair[0][0] + 1)
    return s


def until_one_is_found(x):
    for (i, _), v in np.ndenumerate(np.outer(x, x)):
        if v > 1.0 and i < 2:
            break
    else:
        return x[0]
    return v * (i + 1)


def numbered(x):
    return sum(k * v**2 for k, (_, v) in enumerate(np.ndenumerate(x)))


X = np.array([0.7, 1.3, 0.4])
PROGRAMS = [by_index, written_by_index, rows_by_index, entries, entries_that_change_meanwhile, in_a_generator,
            in_a_dict, as_pairs, until_one_is_found, numbered]


@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_places(f):
    check(f, (X,), "call")


@pytest.mark.parametrize("facts", FACTS)
def test_places_under_all_facts(facts):
    check(by_index, (X,), facts)


def test_an_entry_is_a_number():
    made = grad(by_index).source_for(X)
    assert "add.at" not in made and "unbroadcast" not in made
    assert "A_bar[idx] +=" in made
