# ruff: noqa: B007, B023, B905, C417, UP028 (as users write)
"""Generators and their consumers that rebind names, write arrays, jump and nest."""

import itertools

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name

SCALE = 2.0


def squares(x):
    for v in x:
        yield (v * v * SCALE)


def rebinding(x):
    s = 0.0
    for v in squares(x):
        x = x * 0.5
        s = s * 1.1 + v
    return s + np.sum(x)


def twice(x):
    s = 0.0
    for v in squares(x):
        s = s + v
    for v in squares(x * s):
        s = s * 0.9 + v
    return s


def helper(x, k):
    s = 0.0
    for v in squares(x):
        if v > 3.0:
            break
        s = s + v * k
    return s


def in_pair(x):
    a = helper(x, 2.0)
    b = helper(x * a, a)
    for k in range(3):
        b = b + helper(x, b)
    return a * b


def in_while(x):
    n = 0
    s = 1.0
    while n < 3 and any(v > 0 for v in squares(x)):
        for v in squares(x):
            if v < 1.0:
                continue
            s = s + 0.1 * v * s
            if s > 50:
                return s
        n += 1
    return s


def in_branch(x, f):
    g = (v * x[0] for v in x)
    if f:
        return sum(g)
    return x[1]


def tuple_targets(x, y):
    s = 0.0
    for i, (a, b) in enumerate(zip(squares(x), y)):
        s = s + i * a * b
    return s


def comp_any(x):
    return sum([v for v in x if any(w > v * 2 for w in x)])


def lambda_gen(x):
    f = lambda k: sum(v * k for v in squares(x))
    return f(2.0) * f(x[0])


def inner_loops(x):

    def g():
        for v in x:
            if v < 0:
                yield (-v)
                continue
            for k in range(2):
                if k == 1 and v > 2:
                    break
                yield (v * k + 1.0)
            else:
                yield (v * v)
    s = 0.0
    for w in g():
        for j in range(3):
            if j == 1:
                continue
            if j == 2 and w > 1.5:
                break
            s = s * 0.9 + w * j
        else:
            s = s + w
            continue
        s = s + 2.0 * w
    return s


def shadow(x):
    v = 2.0
    s = 0.0
    for w in squares(x):
        s = s + w * v
        v = v + 0.1 * w
    return s * v


def nonlocal_gen(x):
    total = 0.0

    def g():
        nonlocal total
        for v in x:
            total = total + v
            yield (total * v)
    s = 0.0
    for w in g():
        s = s + w * total
        total = total * 0.5
    return s + total


def closure_in_body(x):
    s = 0.0
    for w in squares(x):

        def f(t):
            return t * w
        s = s + f(w)
    return s


def dict_star(x):
    d = {1: x[0], 2: x[1], 0: x[2]}
    a, *b = d
    return d[a] ** 2 * d[b[0]] * d[b[1]]


def gen_written_param(x):

    def g(a):
        a[0] = a[0] * 2.0
        for v in a:
            yield v
    a = x.copy()
    it = g(a)
    a[1] = a[1] * 3.0
    s = 0.0
    for v in it:
        s = s + v * v
    return s + a[0]


def genexp_shadow(x):
    v = x[0]
    s = 0.0
    for w in (v * v for v in x):
        v = v + w
        s = s + v
    return s


def nested_genexp(A):
    return sum((sum((v * w for v in r)) for r, w in zip(A, A[:, 0])))


def two_for_genexp(A):
    return sum(v * r[0] for r in A for v in r if v > 0)


def gen_return_value(x):

    def g():
        yield x
        return
        yield (100.0 * x)
    return sum(g())


def empty_gen(x):

    def g(n):
        for k in range(n):
            yield (x * k)
    return sum(g(0)) + x + sum(g(3))


def flag_gen(x, n):

    def g():
        t = x
        for k in range(n):
            t = t * 1.3
            yield t
            if t > 4:
                return
    s = x
    for v in g():
        if v > 3:
            break
        s = s + v
    else:
        s = s * 2.0
    return s


def early_in_nested(A):

    def cells():
        for i, r in enumerate(A):
            for j, v in enumerate(r):
                yield (i, j, v)
    for i, j, v in cells():
        if v > 2.0:
            return v * v * A[0, 0] + i + j
    return 0.0


def write_through(A):
    B = A.copy()
    for r in (B[k] for k in (2, 0, 0)):
        r *= B[1]
    return np.sum(np.arange(12.0).reshape(3, 4) * B ** 2)


def zip_write(x):
    a = x.copy()
    for k, v in zip(itertools.count(1), a):
        a[k % 5] += v * 0.5
    return np.sum(a * a)


def map_write(x):
    a = x.copy()
    k = 1
    s = 0.0
    for v in map(lambda t: t * 2.0, a):
        a[k % 5] = a[k % 5] + v
        k += 1
        s += v
    return s + np.sum(a * a)


def acc_write(x):
    a = x.copy()
    k = 0
    for v in itertools.accumulate(a):
        a[k] = v * 2.0
        k += 1
    return np.sum(a * a)


def sorted_ties(x):
    xs = sorted([(2.0, x[0]), (1.0, x[1]), (2.0, x[2])], key=lambda p: p[0], reverse=True)
    return xs[0][1] * 2.0 + xs[1][1] ** 2 + xs[2][1] ** 3


def sorted_written(x):
    a = x.copy()
    b = sorted(a)
    a[0] = 7.0
    return b[0] ** 2 + a[0] * b[1]


def product_write(x):
    a = x.copy()
    s = 0.0
    for p, q in itertools.product(a, a):
        a[0] = a[0] + 0.1 * p
        s = s + p * q * q
    return s + a[0]


def max_ties(x):
    xs = [x, 2.0 * x, x * x]
    return max(xs, key=lambda v: round(v)) ** 2


PROGRAMS = [
    (rebinding, (V,)), (twice, (V,)), (in_pair, (V,)), (in_while, (V,)), (in_branch, (V, True)),
    (in_branch, (V, False)), (tuple_targets, (V, W)), (comp_any, (V,)),
    (lambda_gen, (V,)), (inner_loops, (V,)), (shadow, (V,)), (nonlocal_gen, (V,)), (closure_in_body, (V,)),
    (dict_star, (V,)), (gen_written_param, (V,)),
    (genexp_shadow, (V,)), (nested_genexp, (M,)), (two_for_genexp, (M,)), (gen_return_value, (0.7,)),
    (empty_gen, (0.7,)), (flag_gen, (0.7, 9)), (flag_gen, (0.7, 2)), (early_in_nested, (M,)), (write_through, (M,)),
    (zip_write, (V,)), (map_write, (V,)), (acc_write, (V,)), (sorted_ties, (V,)), (sorted_written, (V,)),
    (product_write, (V,)), (max_ties, (0.7,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_generator(f, args, facts):
    check(f, args, facts)
