# ruff: noqa: B007, B905, C417, C416, C400 (as users write)
"""Generator functions and generator expressions, run through in every way."""

from itertools import islice

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name


def squares(x):
    for v in x:
        yield (v * v)


def upto(x, limit=3.0, *, scale=1.0):
    s = 0.0
    for v in x:
        s = s + v * v
        if s > limit:
            return
        yield (s * scale)
    yield (2.0 * s)


def naturals(n=0):
    while True:
        yield n
        n += 1


def loop_over_a_generator(x):
    s = 0.0
    for v in squares(x):
        s = s * 1.1 + v
    return s


def sum_of_a_generator(x):
    return sum(squares(x))


def list_of_a_generator(x):
    xs = list(squares(x))
    return xs[0] * xs[-1] + len(xs)


def break_leaves_the_generator(x):
    s = 0.0
    for v in squares(x):
        if v > 2.0:
            break
        s = s + v
    return s * x[0]


def else_of_the_loop(x, k):
    s = 0.0
    for v in squares(x):
        if v > k:
            break
        s = s + v
    else:
        s = s * s
    return s * x[0]


def continue_in_the_body(x):
    s = 0.0
    for v in upto(x, 100.0):
        if v > 3.0:
            continue
        s = s + v
    return s


def several_yields(x):
    s = 0.0
    for v in upto(x, 5.0, scale=x[0]):
        s = s * 1.2 + v
    return s


def return_leaves_the_generator(x):
    for v in squares(x):
        if v > 1.0:
            return v * x[0]
    return 0.0


def nested_generator_function(x):

    def scaled(a, k=x[0]):
        for v in squares(a):
            yield (k * v)
    s = 0.0
    for v in scaled(x):
        s = s + v * v
    return s


def endless_generator(x):
    s = 0.0
    for k in naturals():
        if k >= len(x):
            break
        s = s + k * x[k]
    return s


def zip_with_an_endless_generator_first(x):
    s = 0.0
    for k, v in zip(naturals(1), x):
        s = s + k * v * v
    return s


def zip_with_an_endless_generator_last(x):
    s = 0.0
    for v, k in zip(x, naturals(1)):
        s = s + k * v * v
    return s


def enumerate_a_generator(x):
    s = 0.0
    for i, v in enumerate(squares(x), 1):
        s = s + i * v
    return s


def loop_over_a_generator_expression(x):
    s = 0.0
    for v in (v * v for v in x if v > 0):
        s = s + v
        if s > 4:
            break
    return s


def generator_expression_by_name(x):
    k = 3.0
    g = (v * k for v in x)
    k = x[0] * k
    s = 0.0
    for w in g:
        s += w
    return s


def generator_sees_later_writes(x):
    a = x.copy()
    g = (a[i] ** 2 for i in range(3))
    a *= 2.0
    return sum(g) + a[0]


def any_of_a_generator(x):
    return x[0] * (2.0 if any(v > 1.5 for v in x) else 3.0)


def all_of_a_generator(x):
    return x[0] * (2.0 if all(v > -5 for v in squares(x)) else 3.0)


def next_of_a_generator(x):
    return next(v * v for v in x if v < 0.0) * x[0]


def next_with_a_default(x):
    return next((v * v for v in x if v > 10.0), x[1] * x[2])


def unpacked_generator(x):
    a, b, c, d, e = squares(x)
    return a * b + c * d * e


def generator_that_gets_a_generator(x):

    def scale(vs, k):
        for v in vs:
            yield (k * v)
    return sum(scale(squares(x), x[1]))


def yield_from_anything(x):

    def both(a, b):
        yield from squares(a)
        yield from b
        yield from map(np.sin, a)
    s = 0.0
    for v in both(x, [x[0] * x[1], x[2]]):
        s = s * 0.9 + v
    return s


def generators_in_generators(A):

    def rows(A):
        for r in A:
            yield (r * 2.0)

    def cells(A):
        for r in rows(A):
            for v in squares(r):
                if v > 9.0:
                    return
                yield v
    s = 0.0
    for v in cells(A):
        if v < 1.1:
            continue
        s = s * 1.1 + v
    return s


def views_from_a_generator_written(A):
    A = A.copy()

    def rows():
        for k in range(3):
            yield A[k]
    for r in rows():
        r *= A[0]
    return np.sum(A * A)


def writes_between_yields(x):
    a = x.copy()

    def g():
        for k in range(4):
            yield a[k]
            a[k + 1] = a[k + 1] * a[k]
    s = 0.0
    for v in g():
        s += v
        a[0] = a[0] * v
    return s + np.sum(a)


def while_in_a_generator(x):

    def halve(v):
        while v > 0.1:
            v = v * 0.5
            yield v
    return sum(halve(x)) + max(halve(x * 2.0))


def islice_of_an_endless_generator(x):

    def fib():
        a, b = (x, 1.0)
        while True:
            yield a
            a, b = (b, a + b)
    return sum(islice(fib(), 6))


def array_of_a_generator(x):
    return np.array(list(squares(x))).sum() + np.fromiter((v * v for v in x), float).sum()


PROGRAMS = [
    (loop_over_a_generator, (V,)), (sum_of_a_generator, (V,)), (list_of_a_generator, (V,)),
    (break_leaves_the_generator, (V,)), (else_of_the_loop, (V, 2.0)), (else_of_the_loop, (V, 200.0)),
    (continue_in_the_body, (V,)), (several_yields, (V,)), (several_yields, (0.1 * V,)),
    (return_leaves_the_generator, (V,)), (nested_generator_function, (V,)), (endless_generator, (V,)),
    (zip_with_an_endless_generator_first, (V,)), (zip_with_an_endless_generator_last, (V,)),
    (enumerate_a_generator, (V,)), (loop_over_a_generator_expression, (V,)), (generator_expression_by_name, (V,)),
    (generator_sees_later_writes, (V,)), (any_of_a_generator, (V,)), (all_of_a_generator, (V,)),
    (next_of_a_generator, (V,)), (next_with_a_default, (V,)), (unpacked_generator, (V,)),
    (generator_that_gets_a_generator, (V,)), (yield_from_anything, (V,)), (generators_in_generators, (M,)),
    (views_from_a_generator_written, (M,)), (writes_between_yields, (V,)), (while_in_a_generator, (0.7,)),
    (islice_of_an_endless_generator, (0.7,)), (array_of_a_generator, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_generator(f, args, facts):
    check(f, args, facts)
