"""Reading arrays: integers, slices with any step, None, ..., integer arrays with repeats, masks."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name


def integer(x):
    return x[1] * x[1] * x[3]


def negative_integer(x):
    return x[-1] * x[-2] ** 2


def integer_row(A):
    return np.sum(A[1] * A[2])


def two_integers(A):
    return A[1, 2] * A[0, 0] + A[2][3]


def plain_slice(x):
    return np.sum(x[1:4] * x[2:])


def slice_with_step(x):
    return np.sum(x[::2] ** 2 * x[2])


def slice_with_negative_step(x):
    return np.sum(x[::-1] * x * np.arange(5.0)) + np.sum(x[3:0:-2] ** 2)


def slice_beyond_the_end(x):
    return np.sum(x[3:100] ** 2) + np.sum(x[100:])


def slice_with_names(x, i, j):
    return np.sum(x[i:j] ** 3)


def two_slices(A):
    return np.sum(A[1:, ::2] * A[:2, 1::2])


def slice_and_integer(A):
    return np.sum(A[:, 1] * A[:, -1])


def none(x):
    return np.sum(x[:, None] * x[None, :] * np.arange(25.0).reshape(5, 5))


def ellipsis(A):
    return np.sum(A[..., 1] ** 2) + np.sum(A[0, ...] * A[..., 1, :])


def integer_array(x):
    return np.sum(x[np.array([3, 0, 2])] ** 2)


def integer_array_with_repeats(x):
    return np.sum(x[np.array([1, 1, 3, 1, -1])] ** 2 * np.arange(1.0, 6.0))


def index_list(x):
    return np.sum(x[[0, 0, 2]] * np.array([1.0, 2.0, 3.0]))


def integer_array_argument(x, index):
    return np.sum(np.sin(x[index]))


def two_integer_arrays(A):
    i, j = np.array([0, 2, 0]), np.array([1, 3, 1])
    return np.sum(A[i, j] ** 2)


def integer_array_and_slice(A):
    return np.sum(A[np.array([0, 0, 2]), 1:] ** 2)


def mask(x):
    return np.sum(x[x > 0.0] ** 2)


def mask_argument(x, keep):
    return np.prod(x[keep])


def mask_of_a_matrix(A):
    return np.sum(A[A > 0.55] ** 3)


def mask_of_rows(A):
    return np.sum(A[np.array([True, False, True])] ** 2)


def index_of_index(A):
    return np.sum(A[1:][:, ::2][0] ** 2)


def index_by_expression(x, n):
    s = 0.0
    for i in range(n):
        s = s + x[(2 * i + 1) % 5] * x[i] ** 2
    return s


def index_by_argmax(x):
    return x[np.argmax(x)] ** 2 * x[np.argmin(x)]


def item_of_a_zero_d(x):
    return x[()] * x[()]


PROGRAMS = [
    (integer, (V,)), (negative_integer, (V,)), (integer_row, (M,)), (two_integers, (M,)), (plain_slice, (V,)),
    (slice_with_step, (V,)), (slice_with_negative_step, (V,)), (slice_beyond_the_end, (V,)),
    (slice_with_names, (V, 1, 4)), (two_slices, (M,)), (slice_and_integer, (M,)), (none, (V,)), (ellipsis, (M,)),
    (integer_array, (V,)), (integer_array_with_repeats, (V,)), (index_list, (V,)),
    (integer_array_argument, (V, np.array([[0, 1], [1, 4]]))), (two_integer_arrays, (M,)),
    (integer_array_and_slice, (M,)), (mask, (V,)), (mask_argument, (V, W > 0.0)), (mask_of_a_matrix, (M,)),
    (mask_of_rows, (M,)), (index_of_index, (M,)), (index_by_expression, (V, 5)), (index_by_argmax, (V,)),
    (item_of_a_zero_d, (np.array(1.3),)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_reading(f, args, facts):
    check(f, args, facts)
