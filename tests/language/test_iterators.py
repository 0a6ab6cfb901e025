# ruff: noqa: B007, B905, C417, C416, C400 (as users write)
"""Generator expressions and iterators that several places take values from."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name


def next_sees_later_writes(x):
    a = x.copy()
    g = (v ** 2 for v in [a[0:2], a[2:4]])
    a *= 2.0
    s = np.sum(next(g))
    a[2] = 7.0 * a[0]
    return s + np.sum(next(g))


def next_and_then_the_rest(x):
    squares = (v * v for v in x)
    first = next(squares)
    return first * sum(squares)


def next_in_a_loop_over_the_same(x):
    it = iter(x)
    s = 0.0
    for a in it:
        b = next(it, 1.0)
        s = s * 1.1 + a * b * b
    return s


def iterator_of_a_written_array(x):
    a = x.copy()
    it = iter(a)
    s = next(it)
    a[1] = a[0] * a[2]
    s = s * next(it)
    for v in it:
        s = s + v * v
    return s


def next_of_what_passes(x):
    g = (v * x[0] for v in x if v < 1.0)
    a = next(g)
    b = next(g)
    c = next(g, 2.0)
    d = next(g, 2.0)
    return a * b * c * d


def next_in_a_loop(x):
    it = iter([x[0], x[1], x[2]])
    s = 1.0
    for k in range(5):
        s = s * next(it, 0.5)
        if k == 1:
            s = s + sum(it)
    return s


def next_in_branches(x, f):
    it = iter(x)
    if f:
        y = next(it) * next(it)
    else:
        y = next(it)
    for v in it:
        if v > 2:
            break
        y = y * 1.1 + v
    return y + next(it)


def iterator_of_a_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    it = iter(d)
    a = d[next(it)]
    return a * d[next(it)] ** 2


def iterator_beside_itself(x):
    it = iter(x)
    s = 0.0
    for a, b in zip(it, it):
        s = s + a * b * b
    return s


def iterator_of_each_row(A):
    s = 0.0
    for r in A:
        it = iter(r)
        s = s + next(it) * next(it) ** 2
    return s


PROGRAMS = [
    (next_sees_later_writes, (W[:4],)), (next_and_then_the_rest, (V,)), (next_in_a_loop_over_the_same, (V,)),
    (iterator_of_a_written_array, (V,)), (next_of_what_passes, (V,)), (next_in_a_loop, (V,)),
    (next_in_branches, (V, True)), (next_in_branches, (V, False)), (iterator_of_a_dict, (V,)),
    (iterator_beside_itself, (V,)), (iterator_of_each_row, (M,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_iterator(f, args, facts):
    check(f, args, facts)
