"""The rows of a matrix in lists and tuples are views of it, whatever has made the list."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError


def rows_of_list(x: np.ndarray):
    b = x.copy()
    rows = list(b)
    rows[0][1] = 3.0
    return np.sum(b * b)


def rows_of_tuple(x: np.ndarray):
    b = x.copy()
    rows = tuple(b)
    rows[0][1] *= rows[1][0]
    return np.sum(b * b)


def rows_of_display(x: np.ndarray):
    b = x.copy()
    rows = [*b, x[0] * 2.0]
    rows[0][1] = 3.0
    rows[3][0] = rows[1][2]
    return np.sum(b * b) + np.sum(rows[3] * rows[0])


def rows_backwards(x: np.ndarray):
    b = x.copy()
    rows = list(reversed(b))
    rows[0][1] = 3.0 * rows[1][0]
    return np.sum(b * b)


def first_row_and_rest(x: np.ndarray):
    b = x.copy()
    first, *rest = b
    rest[0][1] = 3.0 * first[0]
    first[2] = 1.0
    return np.sum(b * b)


def rows_and_last_row(x: np.ndarray):
    b = x.copy()
    *rows, last = b
    last[1] = 3.0
    rows[0][0] *= 2.0
    return np.sum(b * b)


def rows_sliced_at_once(x: np.ndarray):
    b = x.copy()
    rows = list(b)[1:]
    rows[0][1] = 3.0 * x[0, 0]
    return np.sum(b * b)


def tuple_sliced(x: np.ndarray):
    rows = (x[0] * 1.0, x[1] * 2.0, x[2, 0])
    rest = rows[1:]
    rest[0][0] = 3.0 * rows[2]
    return np.sum(rows[1] * rows[1]) * rest[1]


def rows_in_a_loop(x: np.ndarray):
    b = x.copy()
    for k in range(2):
        rows = list(b)
        rows[k][1] = 3.0 * rows[1 - k][0] * rows[k][1]
    return np.sum(b * b)


def rows_in_one_arm(x: np.ndarray):
    b = x.copy()
    rows = [x[0] * 1.0, x[1] * 2.0]
    if x[0, 0] > 0.0:
        rows = list(b)
    rows[0][1] = 3.0 * x[0, 0]
    return np.sum(b * b) + np.sum(rows[0] * rows[1])


def rows_extended(x: np.ndarray):
    b = x.copy()
    rows = [x[0] * 2.0]
    rows.extend(b)
    rows[1][0] = 3.0
    return np.sum(b * b) + np.sum(rows[0])


def rows_in_a_slice(x: np.ndarray):
    b = x.copy()
    rows = [x[0] * 2.0, x[1] * 3.0]
    rows[1:] = b
    rows[1][0] = 3.0
    return np.sum(b * b) + np.sum(rows[0])


def rows_of_rows(x: np.ndarray):
    b = np.stack([x, 2.0 * x])
    blocks = [list(block) for block in b]
    blocks[0][1][2] = 3.0
    return np.sum(b * b)


def rows_of_zeros(x: np.ndarray):
    b = np.zeros((2, 4))
    rows = list(b)
    rows[0][1] = x[0, 0]
    rows[1][:] = x[1] * 2.0
    return np.sum(b * b)


def rows_swapped(x: np.ndarray):
    b = x.copy()
    rows = list(b)
    rows[0], rows[1] = rows[1], rows[0]
    rows[0][1] = 3.0
    return np.sum(b * b) + np.sum(rows[0] * rows[1])


def numbers_of_a_row(x: np.ndarray):
    b = x.copy()
    row = b[0]
    numbers = list(row)
    row[0] = 3.0 * x[1, 1]
    numbers[1] *= 2.0
    return np.sum(b * b) + numbers[0] * numbers[1]


PROGRAMS = [rows_of_list, rows_of_tuple, rows_of_display, rows_backwards, first_row_and_rest, rows_and_last_row,
            rows_sliced_at_once, tuple_sliced, rows_in_a_loop, rows_in_one_arm, rows_extended, rows_in_a_slice,
            rows_of_rows, rows_of_zeros, rows_swapped, numbers_of_a_row]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_row_held(f, facts):
    check(f, (M,), facts)


def list_plus_array(x):
    rows = [x * 2.0]
    rows += x
    return np.sum(rows[0])


def test_list_updated_by_array_refused():
    with pytest.raises(UnsupportedError, match=r"(?s)`rows \+= ...` of a list and an array makes an array.*`extend`"):
        grad(list_plus_array)(V)
