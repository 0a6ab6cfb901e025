# ruff: noqa: B007, B905, C417, C419, E731, UP028 (as users write)
"""Generators in the places where they stand in ordinary programs, and loops in loops of them."""

import functools
import itertools

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name

FACTOR = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


def gen_two(x):
    yield x
    yield (x * x)


def in_comp_cond(x):
    return [v for v in gen_two(x) if v > 0][1] * x


def gen_in_while_test(x):
    n = 0
    while sum(gen_two(x)) < 5.0 and n < 20:
        x = x * 1.2
        n += 1
    return x


def gen_in_ternary(x, f):
    return sum(gen_two(x)) if f else max(gen_two(x))


def gen_in_subscript(x):
    a = np.arange(5.0) * x
    a[sum(1 for v in a if v > 1)] += sum(v for v in gen_two(x))
    return np.sum(a * a)


def chained_maps(x):
    return sum(map(lambda v: v + 1.0, filter(lambda v: v > -1, map(lambda v: v * v - 1.0, x))))


def nested_map(A):
    return sum(map(lambda r: sum(map(lambda v: v * v, r)), A))


def map_of_method(x):
    return sum(map(np.sum, [x, x * x]))


def reduce_in_loop(A):
    s = 0.0
    for r in A:
        s = s + functools.reduce(lambda a, b: a * b, r)
        if any(v > 2 for v in r):
            s = s * 0.5
    return s


def max_of_tuple(x):
    return max((v * k for k, v in enumerate(x)), key=lambda t: t) * min(x[0], x[1], key=lambda v: -v)


def empty_arrays(x):
    s = 1.0
    for a, b in zip(x, x[1:]):
        s = s + a * b
    for v in (w * w for w in x):
        s = s + v
    s = s + sum(map(lambda v: v * v, x)) + sum(itertools.accumulate(x))
    s = s + sum((a * b for a, b in itertools.pairwise(x))) + max((v for v in x), default=0.0)
    return s + functools.reduce(lambda a, b: a * b, x, 1.0)


def gen_of_views(A):

    def cols():
        for k in range(A.shape[1]):
            yield A[:, k]
    return sum(np.sum(c * c[0]) for c in cols())


def yields_tuple(x):

    def pairs():
        for i in range(len(x)):
            for j in range(i):
                yield (x[i], x[j], i - j)
    return sum((a * b / d for a, b, d in pairs()))


def yields_into_dict(x):

    def items():
        for k in ('a', 'b'):
            yield (k, x[0] * len(k) + x[1])
    d = dict(items())
    return d['a'] * d['b']


def for_in_for_same(x):
    s = 0.0
    for a in gen_two(x):
        for b in gen_two(a):
            if b > 3:
                continue
            s = s + a * b
            if s > 10:
                break
        else:
            s = s * 2
    return s


def reuse_after_break(x):

    def g():
        for v in x:
            yield (v * v)
    t = 0.0
    for k in range(3):
        for v in g():
            if v > k:
                break
            t = t + v
        t = t * 1.1 + v
    return t


def global_gen(x):
    return sum(scaled(x))


def scaled(x, factor=FACTOR, *more, base=1.5):
    for v, f in zip(x, factor):
        yield (v * f * base)


def starred_call(x):
    return sum(scaled(*(x, FACTOR), base=x[0]))


def while_any_gen(x):
    k = 0
    while not any(v > 5.0 for v in x) and k < 10:
        x = x * 1.5
        k += 1
    return np.sum(x)


def assert_all(x):
    assert all(v > -10 for v in x), 'bad'
    return x[0] * x[1]


def lambda_in_loop_default(x):
    s = 0.0
    for k in range(3):
        f = lambda v, k=k: v * x[k]
        s = s + f(x[4])
    return s


def return_in_genloop_in_while(x):
    n = 0
    while True:
        for v in gen_two(x):
            if v > 4:
                return v * n + x
        x = x * 1.3
        n += 1


def deep_regions(x):

    def a(n):
        for i in range(n):
            yield i

    def b(n):
        for i in a(n):
            if i == 3:
                return
            for j in a(i + 1):
                if j == 2:
                    continue
                yield (i, j)
    s = x
    for i, j in b(5):
        for k in a(3):
            if k == 2:
                break
            if i == 2 and j == 1:
                return s * x
            s = s * 1.05 + i * j * k * x
        else:
            s = 100 * s
    return s


PROGRAMS = [
    (in_comp_cond, (0.7,)), (gen_in_while_test, (0.7,)), (gen_in_ternary, (0.7, True)),
    (gen_in_ternary, (0.7, False)), (gen_in_subscript, (0.7,)), (chained_maps, (V,)), (nested_map, (M,)),
    (map_of_method, (V,)), (reduce_in_loop, (M,)), (max_of_tuple, (V,)), (empty_arrays, (V[:0],)),
    (empty_arrays, (V,)), (gen_of_views, (M,)), (yields_tuple, (V,)), (yields_into_dict, (V,)),
    (for_in_for_same, (0.7,)), (reuse_after_break, (V,)), (global_gen, (V,)), (starred_call, (V,)),
    (while_any_gen, (V,)), (assert_all, (V,)), (lambda_in_loop_default, (V,)), (return_in_genloop_in_while, (0.7,)),
    (deep_regions, (0.7,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_generator(f, args, facts):
    check(f, args, facts)
