"""Writing arrays in place, plain and augmented, by all indices; into arrays the function made and into arguments."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name


def integer(x):
    x[1] = x[0] * x[2]
    return np.sum(x * x)


def integer_augmented(x):
    x[1] *= x[1] * x[0]
    x[-1] += x[1]
    x[2] /= x[3]
    x[3] -= x[0] * x[3]
    x[0] **= 3
    return np.sum(x * x)


def two_integers(A):
    A[1, 2] = A[0, 0] * A[1, 2]
    A[2][0] = A[1, 2] ** 2
    return np.sum(A * A)


def row(A):
    A[1] = A[0] * A[2]
    A[0] *= A[1]
    return np.sum(A * A)


def slices(x):
    x[1:3] = x[3:] * x[0]
    x[::2] *= x[1]
    return np.sum(x * x)


def overlapping_slices(x):
    x[1:] = x[:-1] * 2.0
    x[:-1] += x[1:]
    return np.sum(x * x)


def negative_step(x):
    x[::-1] = x * np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    x[3:0:-2] *= x[0]
    return np.sum(x * x)


def whole(x, y):
    x[:] = x * y
    y[...] = x + y
    return np.sum(x * y)


def scalar_into_a_slice(x, s):
    x[1:4] = s
    x[0:2] *= s
    return np.sum(x * x)


def broadcast_into_rows(A, x):
    A[1:] = x[:4]
    A[:, 1:3] += x[3:]
    A *= x[0]
    return np.sum(A * A)


def column(A):
    A[:, 1] = A[:, 0] * A[:, 2]
    return np.sum(A * A)


def none_and_ellipsis(A):
    A[..., 0] = A[..., 1] ** 2
    A[None, 1] *= A[0]
    return np.sum(A * A)


def integer_array(x):
    x[np.array([0, 3])] = x[np.array([1, 2])] * x[4]
    return np.sum(x * x)


def integer_array_with_repeats(x, v):
    x[np.array([1, 1, 3])] = v[:3] * x[:3]
    return np.sum(x * x)


def integer_array_with_repeats_augmented(x, v):
    x[np.array([1, 1, 3])] += v[:3] * x[:3]
    return np.sum(x * x)


def add_at(x, v):
    np.add.at(x, np.array([1, 1, 3]), v[:3] * v[1])
    return np.sum(x * x)


def mask(x):
    x[x > 0.5] = x[0] * x[1]
    x[x < 0.0] *= x[2]
    return np.sum(x * x)


def mask_with_array(x, y):
    keep = y > 0.0
    x[keep] = y[keep] ** 2
    return np.sum(x * x)


def clipping_by_mask(x):
    x[x > 1.0] = 1.0
    return np.sum(x * x)


def into_zeros(x):
    y = np.zeros(5)
    for i in range(5):
        y[i] = x[i] * x[4 - i]
    return np.sum(y * y)


def into_empty(x):
    y = np.empty_like(x)
    y[0] = x[0]
    for i in range(1, 5):
        y[i] = y[i - 1] * 0.5 + x[i] * y[i - 1]
    return np.sum(y)


def into_a_copy(x):
    y = x.copy()
    y[1:] *= x[:-1]
    return np.sum(y * x)


def through_a_view(x):
    y = x[1:4]
    y *= x[0]
    y[0] = y[1] * 2.0
    return np.sum(x * x)


def through_a_row(A):
    for i in range(3):
        r = A[i]
        r *= r[0]
    return np.sum(A * A)


def through_rows_of_a_loop(A):
    for r in A:
        r[1:] *= r[0]
    return np.sum(A * A)


def through_transposed(A):
    B = A.T
    B[0] = B[1] * B[2]
    return np.sum(A * A)


def alias(x):
    y = x
    y[0] = x[1] * x[2]
    return np.sum(x * x)


def alias_by_branch(x, s):
    a = x * 1.0
    b = x * 2.0
    if s > 0.0:
        c = a
    else:
        c = b
    c[0] = s * c[1]
    return np.sum(a * a) + np.sum(b * b)


def stencil(u, k):
    for _ in range(3):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def nonlinear_stencil(u, k):
    for _ in range(3):
        u[1:-1] = u[1:-1] + k * u[1:-1] * (u[2:] - u[:-2])
    return np.sum(u**2)


def gauss_seidel(u):
    for _ in range(2):
        for i in range(1, 4):
            u[i] = 0.5 * (u[i - 1] + u[i + 1]) + 0.1 * u[i] ** 2
    return np.sum(u**2)


def overwritten_by_a_constant(x):
    x[1] = 0.0
    x[2:4] = 3.0
    return np.sum(x * x)


def adjoint_of_a_sum_is_written(a, x):
    a[-1] = np.cos(x)
    return x + np.sum(a)


def loop_over_what_the_loop_writes(a, x):
    for i, v in enumerate(a):
        x = v * x + v * v
        a[i] = x * v
        a[4] *= v
    return x + np.sum(a * a)


def written_value_is_read_before_and_after(x):
    a = x[1] * x[1]
    x[1] = x[0]
    b = x[1] * x[1]
    return a * b


def cholesky(A):
    A = A @ A.T + 4.0 * np.eye(3)
    for i in range(3):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
        A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
    return A[0, 0] * A[1, 1] + A[2, 1]


def out_argument_of_fill(x):
    y = x.copy()
    y.fill(x[0])
    return np.sum(y * x)


def factors_are_written(A):
    w, v = np.linalg.eigh(A[:3, :3] @ A[:3, :3].T)
    v[0] *= 2.0
    w[1] = 3.0 * w[0]
    return np.sum((v * w) @ v.T)


def factors_are_written_in_a_loop(A):
    total = 0.0
    for k in range(3):
        q, r = np.linalg.qr(A[:3, :3] + k)
        signs = np.sign(np.diag(r))
        q *= signs
        r *= signs[:, None]
        total += np.sum(q) + np.sum(r**2)
    return total


def neighbours_subtracted_through_a_view(x, y):
    a = x[::-1]
    for _ in range(2):
        a[1:] -= y[0] * a[:-1]
    return np.sum(a**2)


def parts_are_written(x):
    fraction, whole = np.modf(x)
    fraction[0] = x[1] ** 2
    return np.sum(fraction**2)


PROGRAMS = [
    (neighbours_subtracted_through_a_view, (V, W)),
    (factors_are_written, (M,)), (factors_are_written_in_a_loop, (M,)), (parts_are_written, (V,)),
    (integer, (V,)), (integer_augmented, (V,)), (two_integers, (M,)), (row, (M,)), (slices, (V,)),
    (overlapping_slices, (V,)), (negative_step, (V,)), (whole, (V, W)), (scalar_into_a_slice, (V, 0.4)),
    (broadcast_into_rows, (M, V)), (column, (M,)), (none_and_ellipsis, (M,)), (integer_array, (V,)),
    (integer_array_with_repeats, (V, W)), (integer_array_with_repeats_augmented, (V, W)), (add_at, (V, W)),
    (mask, (V,)), (mask_with_array, (V, W)), (clipping_by_mask, (V,)), (into_zeros, (V,)), (into_empty, (V,)),
    (into_a_copy, (V,)), (through_a_view, (V,)), (through_a_row, (M,)), (through_rows_of_a_loop, (M,)),
    (through_transposed, (M,)), (alias, (V,)), (alias_by_branch, (V, 0.4)), (alias_by_branch, (V, -0.4)),
    (stencil, (V, 0.3)), (nonlinear_stencil, (V, 0.3)), (gauss_seidel, (V,)), (overwritten_by_a_constant, (V,)),
    (adjoint_of_a_sum_is_written, (V, 0.4)), (loop_over_what_the_loop_writes, (V, 0.4)),
    (written_value_is_read_before_and_after, (V,)), (cholesky, (M,)), (out_argument_of_fill, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_writing(f, args, facts):
    check(f, args, facts)
