"""Helpers that write their arguments, return views of them, or get one array twice: in loops, nested, in any order."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name


def scale(p, q):
    p *= q[0]
    q[1:] += p[:-1]
    return p[1:]


def halves(p):
    n = len(p) // 2
    return p[:n], p[n:]


def tail(p):
    return p[1:]


def second_tail(p):
    return tail(tail(p))


def swap(p, q):
    return q, p


def exchange(p, q):
    p[:], q[:] = q.copy(), p.copy()


def fill(p, value):
    p[...] = value


def fill_both(p, q):
    fill(p, q[0] * p[1])
    fill(q[1:], p[0])
    return q


def add_out(p, q):
    return np.add(p, q, out=p)


def pick(p, q, first):
    if first:
        return p
    return q


def diagonal_of(A):
    return np.einsum("ii->i", A)


def kept_array(p):
    return p.astype(float, copy=False)


def one_array_twice(x):
    a = x.copy()
    b = scale(a, a)
    b *= 2.0
    return np.sum(a * x) + np.sum(b**2)


def in_a_loop(x):
    a = x.copy()
    b = a[::-1]
    for _ in range(3):
        b = scale(b, b)
        b[0] *= 0.5
    return np.sum(a**2) + np.sum(b)


def swapped_arguments(x, y):
    a, b = x.copy(), y.copy()
    for _ in range(2):
        a, b = swap(a, b)
        scale(a, b)
        scale(b, a)
    return np.sum(a**2) + np.sum(a * b)


def exchanged_rows(A):
    for k in range(2):
        exchange(A[k], A[k + 1])
        A[k] *= A[0]
    return np.sum(A**2 * np.arange(1.0, 5.0))


def tuple_of_views(x):
    a = x.copy()
    for _ in range(2):
        left, right = halves(a)
        left *= right[0]
        right[1:] += left
        right, left = left, right
        left[0] = right[1]
    return np.sum(a**2) + np.sum(left) + np.sum(right**3)


def nested_views(x):
    a = x.copy()
    b = second_tail(a)
    b *= a[0]
    c = second_tail(second_tail(a))
    c[0] += b[0]
    return np.sum(a**2)


def nested_writes(x, y):
    b = fill_both(x[1:4], y)
    b[0] *= x[2]
    fill_both(y, y)
    return np.sum(x * y)


def out_in_a_helper(x, y):
    z = add_out(x, y)
    z[0] *= 2.0
    add_out(z[1:], z[:-1])
    return np.sum(x**2 * y)


def picked_by_data(x, y):
    a, b = x.copy(), y.copy()
    for k in range(3):
        c = pick(a, b, a[k] > b[k])
        c[1:] *= a[:-1]
        c[0] += b[k]
    return np.sum(a**2) + np.sum(b**3)


def view_of_a_product(A):
    B = A @ A.T
    d = diagonal_of(B)
    d *= B[0]
    e = diagonal_of(B.T)
    e[0] = d[1]
    return np.sum(B**2)


def the_same_array_from_a_helper(x):
    a = x * 1.0
    b = kept_array(a)
    b[0] *= a[1]
    return np.sum(a**2) + np.sum(b**3)


def rotating_buffers(x):
    a, b, c = x.copy(), np.empty_like(x), np.zeros_like(x)
    for k in range(4):
        b[...] = a * x[k]
        add_out(c, b)
        a, b, c = b, c, a
        c[k] = 1.0
    return np.sum(a * b) + np.sum(c**2)


def view_in_one_branch_only(x, y):
    a = x.copy()
    v = y.copy()
    for k in range(3):
        if k == 1:
            v = tail(a)
        v[0] *= a[k]
        a[1] += v[1]
    return np.sum(a**2) + np.sum(v)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), [
    (one_array_twice, (V,)), (in_a_loop, (V,)), (swapped_arguments, (V, W)), (exchanged_rows, (M,)),
    (tuple_of_views, (V,)), (nested_views, (V,)), (nested_writes, (V, W)), (out_in_a_helper, (V, W)),
    (picked_by_data, (V, W)), (view_of_a_product, (M,)), (the_same_array_from_a_helper, (V,)),
    (rotating_buffers, (V,)), (view_in_one_branch_only, (V, W)),
], ids=name)
def test_helpers_on_views(f, args, facts):
    check(f, args, facts)
