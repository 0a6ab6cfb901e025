# ruff: noqa: E731, B008 (as users write)
"""Targets that take a rest or one value, `del`, walrus, and what nested functions bind."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name


def first_rest(x):
    first, *rest = x
    return first * sum(v * v for v in rest)


def init_last(x):
    *init, last = [v * v for v in x]
    return last * init[0] + len(init)


def middle(x):
    a, *m, z = x
    return a * z * m[1] + m[0] ** 2


def rows(A):
    first, *rest = A
    return np.sum(first * rest[0]) + np.sum(rest[1] ** 2)


def of_display(x):
    a, *b = (x[0], x[1], x[2])
    return a * b[0] * b[1]


def empty_rest(x):
    a, b, *c = (x[0], x[1])
    return a * b + len(c)


def in_loop(x):
    s = 0.0
    for a, *rest in [(x[0], x[1], x[2]), (x[3], x[4], x[0])]:
        s = s * 1.1 + a * rest[-1]
    return s


def two_lists_of_an_array(x):
    a, b = list(x), tuple(x)
    return a[0] * b[1]


def one_name(x):
    [first] = x
    return first * first


def one_name_in_a_tuple(x):
    a, = (x * x,)
    t = (a * 2.0,)
    b, = t
    return a * b


def one_row(A):
    row, = A
    return np.sum(row * row)


def one_axis(x):
    n, = x.shape
    return np.sum(x * x) * n


def nested_targets(x):
    (a, (b, *c)), d = ((x[0], (x[1], x[2], x[3])), x[4])
    return a * b * c[0] * c[1] * d


def del_name(x):
    y = x * x
    z = y * 2.0
    del y
    y = z + x
    return y * z


def del_two(x):
    a, b = (x * x, x)
    del a, b
    return x * 3.0


def walrus(x):
    s = (y := (x * x)) + y
    if (z := (s * y)) > 1.0:
        s = s + z
    xs = [(w := x), w * w]
    return s + xs[0] * xs[1] * w + sum((t := v) * v for v in xs) + t


def while_walrus_else(x):
    n = 0
    while (m := (x * 1.3)) < 3.0 and n < 10:
        x = m
        n += 1
        if n > 7:
            break
    else:
        x = x * m
    return x


def for_else(x):
    for v in x:
        if v > 100.0:
            break
    else:
        v = v * 2.0
    return v * x[0]


def chained(x):
    s = 0.0
    for v in x:
        s = s + (v * v if -1.0 < v <= 0.5 < 3.0 else v)
    return s


def conditional_args(x, flag):
    return np.hypot(x if flag else 2.0 * x, 3.0 if x > 100.0 else x * x)


def fstring_assert(x):
    assert x > 0.0, f'x is {x:.2f}'
    name = f"{'a'}{1}"
    return {'a1': x * x}[name]


def lambda_default(x):
    fs = lambda v, k=x * x, m=abs(x): v * k + m
    x = 3.0 * x
    return fs(x) + fs(x, 2.0)


def default_call(x):

    def g(v, k=sum(t * t for t in [x, 2.0])):
        return v * k
    x = x * 2.0
    return g(x)


def counter(x):
    n, total = (0, 0.0)

    def add(v):
        nonlocal n, total
        n += 1
        total = total + v * n
        return total
    s = 0.0
    for v in x:
        s = s + add(v) * add(v * v)
        if add(v) > 3.0:
            s = s * 1.1
    return s + total * n


def name_rebound_after_the_definition(x):
    k = x[0]

    def scaled(v):
        return v * k
    k = k * x[1]
    s = scaled(x[2])
    k = s
    return s * scaled(x[3])


def deep_nonlocal(x):
    total = x

    def outer(v):

        def inner(w):
            nonlocal total
            total = total * w
        inner(v)
        inner(v * 2.0)
        return total
    return outer(x) * outer(2.0) + total


def triangular(A):
    s = 0.0
    for i in range(3):
        for j in range(i + 1):
            for k in range(j, i):
                s = s * 0.9 + A[i, j] * A[i, k]
    return s


def early_return_from_nested_loops(A):
    for i in range(3):
        for j in range(i, 4):
            k = 0
            while k < j:
                if A[i, k] * A[i, j] > 1.5:
                    return A[i, k] * A[i, j] * A[0, 0]
                k += 1
    return 0.0


def break_mid(x):
    a = x.copy()
    for i in range(4):
        a[i] *= 1.5
        if a[i] > 2.0:
            break
        a[i + 1] += a[i] ** 2
    return np.sum(a) * a[i]


def int_bounds(x):
    n = int(x[2]) + 1
    s = 0.0
    for i in range(n):
        s = s + x[i] ** 2
    return s * float(n) + s * round(x[2])


PROGRAMS = [
    (two_lists_of_an_array, (V,)),
    (first_rest, (V,)), (init_last, (V,)), (middle, (V,)), (rows, (M,)), (of_display, (V,)), (empty_rest, (V,)),
    (in_loop, (V,)), (one_name, (V[:1],)), (one_name_in_a_tuple, (0.7,)), (one_row, (M[:1],)), (one_axis, (V,)),
    (nested_targets, (V,)), (del_name, (0.7,)), (del_two, (0.7,)), (walrus, (0.7,)), (while_walrus_else, (0.7,)),
    (for_else, (V,)), (chained, (V,)), (conditional_args, (0.7, True)), (fstring_assert, (0.7,)),
    (lambda_default, (0.7,)), (default_call, (0.7,)), (counter, (V,)), (name_rebound_after_the_definition, (V,)),
    (deep_nonlocal, (0.7,)), (triangular, (M,)), (early_return_from_nested_loops, (M,)), (break_mid, (V,)),
    (int_bounds, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_target(f, args, facts):
    check(f, args, facts)


# ---------------------------------------------------------------- in Python's order: from left to right, inner ones too
def the_last_one_counts(x, pairs):
    t = 0.0
    for (_, i), _ in pairs:
        t += x[i]
    return t + _ * x[0]


def inner_before_outer(x, D, k):
    (c, a), c = D[k]
    return x[c] * a


def outer_before_inner(x, D):
    c, (c, d) = D
    return x[c] * x[d]


def _two(x):
    return x[0] * x[1], 2


def cell_before_its_index(x):
    w, i = np.zeros(4), 1
    w[i], i = _two(x)
    return w[1] * x[i]


def index_before_its_cell(x):
    w, i = np.zeros(4), 1
    i, w[i] = _two(x)[::-1]
    return w[2] * x[i]


ORDERED = [(the_last_one_counts, (V[:4], [((1, 2), 5), ((2, 1), 1)])),
           (inner_before_outer, (V[:4], [((1, 2), 3), ((2, 3), 0)], 1)), (outer_before_inner, (V[:4], (1, (2, 3)))),
           (cell_before_its_index, (V[:4],)), (index_before_its_cell, (V[:4],))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", ORDERED, ids=name)
def test_targets_are_bound_in_order(f, args, facts):
    check(f, args, facts)
