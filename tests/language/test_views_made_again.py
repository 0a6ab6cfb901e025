"""Views that the reverse sweep reads are made again there, unless what says where they look has changed by then."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def row_before(x):
    A = np.ones((len(x) + 1, 3))
    for t in range(1, len(x) + 1):
        row = A[t - 1]
        A[t] = np.sin(row) * row[::-1] * x[t - 1]
    return np.sum(A**2)


def position_written_in_between(x):
    A = np.outer(x, x)
    k = np.array([0, 1, 2, 3])
    total = 0.0
    for t in range(3):
        row = A[k[t]]
        k[t] = 3 - k[t]
        p = np.sin(row) * row
        total += np.sum(p * p)
    return total


def position_of_a_written_row(x):
    A = np.outer(x, x)
    k = np.array([0, 1, 2, 3])
    total = 0.0
    for t in range(3):
        row = A[k[t]]
        k[t] = 3 - k[t]
        p = np.sin(row) * row
        row[0] = x[t] * p[1]
        total += np.sum(p * p)
    return total + np.sum(A * A)


def position_in_a_list(x):
    A = np.outer(x, x)
    where = [0, 1, 2]
    total = 0.0
    for t in range(3):
        row = A[where[t] + 1]
        where[t] = 2 - where[t]
        p = np.sin(row) * row
        row[where[t]] = p[1]
        total += np.sum(p * p)
    return total + np.sum(A * A)


def position_bound_anew(x):
    A = np.outer(x, x)
    k = 0
    total = 0.0
    for t in range(3):
        row = A[k + 1]
        k = 2 - t
        p = np.sin(row) * row
        A[k, 0] = p[1] * x[t]
        total += np.sum(p * p)
    return total + np.sum(A * A)


def entry_bound_anew(x):
    rows = [x * 1.0, x * 2.0, x * 3.0]
    total = 0.0
    for t in range(2):
        row = rows[t + 1]
        rows[t + 1] = x * x
        p = np.sin(row) * row
        total += np.sum(p * p)
    return total + np.sum(rows[1] * rows[2])


def array_bound_anew(x):
    A = np.outer(x, x)
    total = 0.0
    for t in range(3):
        row = A[t + 1]
        A = A * x
        p = np.sin(row) * row
        total += np.sum(p * p)
    return total + np.sum(A)


def cells_written_in_between(x):
    A = np.outer(x, x)
    total = 0.0
    for t in range(3):
        row = A[t + 1]
        p = np.sin(row) * row
        A[t + 1, 1:] = p[1:] * x[t]
        q = np.cos(row) * p
        row[2] = q[0]
        A[t] = q * row
        total += np.sum(q * p)
    return total + np.sum(A * A)


def view_of_a_view(x):
    A = np.outer(x, x)
    total = 0.0
    for t in range(3):
        top = A[t:]
        row = top[1]
        p = np.sin(row) * row
        top[0] = p * x[t]
        total += np.sum(p * p)
    return total + np.sum(A * A)


def outer_products(x):
    A = np.outer(x, x)
    W = np.outer(x, x) * 0.5
    for t in range(1, 4):
        A[t] = np.tanh(W @ A[t - 1])
        A[t - 1] = A[t] * x
        A[t] = np.sin(W @ A[t - 1])
    return np.sum(A * A)


def outer_products_of_what_is_restored(x):
    h = x.copy()
    W = np.outer(x, x) * 0.5
    for t in range(3):
        h[:] = np.tanh(W @ h) * x[t]
    return np.sum(h * h)


X = np.array([1.1, 0.7, -0.3, 0.4])
PROGRAMS = [row_before, position_written_in_between, position_of_a_written_row, position_in_a_list,
            position_bound_anew, entry_bound_anew, array_bound_anew, cells_written_in_between, view_of_a_view,
            outer_products, outer_products_of_what_is_restored]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_views(f, facts):
    check(f, (X,), facts)


def test_a_row_is_not_recorded():
    assert "A_record" not in s2sgrad.grad(row_before).source_for(X)


def handed_back(p):
    return p


def through_a_helper(x):
    for i in range(3):
        handed_back(x[2:])[i] = np.tanh(x[3] * x[0])
    return np.sum(np.sin(x))


def test_a_cell_is_read_again_after_the_view_is_made():
    check(through_a_helper, (np.array([0.7, -1.3, 2.1, 0.4, -0.6]),), "call")
