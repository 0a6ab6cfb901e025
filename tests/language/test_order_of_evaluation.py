# ruff: noqa: B905 (as users write)
"""What Python evaluates in turn, or not at all: chained comparisons, keyword arguments, callbacks, iterables."""

import itertools

import numpy as np
import pytest
from language.check import FACTS, V, check, name

import s2sgrad
from s2sgrad.errors import UnsupportedError


# ---------------------------------------------------------------- comparisons
def later_operand_changes_a_list(x):
    rows = [1.0, 3.0, 5.0]
    if 0.0 < x[1] < rows.pop():
        return rows[-1] * x[1]
    return rows[-1] * x[0]


def later_operand_would_raise(x):
    d = 0.0
    if 1e-9 < d < 1.0 / d:
        return x[0] * d
    return x[0] * x[0]


def later_entry_is_not_there(x):
    i = 0
    while -1 < i < len(x) != x[i]:
        i += 1
    return x[0] * i


def binds_in_a_chain(x):
    inside = 0.1 < x[0] < (y := x[1] * 2.0) < np.max(x)
    return x[0] * y if inside else x[1] * y


# ---------------------------------------------------------------- arguments
class Counter:
    def __init__(self):
        self.n = 1.0

    def step(self, v):
        self.n = self.n * 2.0 + v
        return v


def _two(a, b):
    return a * 2.0 + b * 3.0


def _late(a, b):
    yield a * b * b


def _keyed(a, **options):
    return a * options["w"]


def keywords_in_their_order(x):
    s = Counter()
    return _two(b=s.step(x[0]), a=s.n) + sum(_late(b=s.step(x[1]), a=s.n))


def keywords_of_a_dict(x):
    s = Counter()
    return _keyed(s.n, **{"w": s.step(x[0])}) * s.n


# ---------------------------------------------------------------- callbacks
def _twice(v, callback):
    callback()
    return v * 2.0


class Holder:
    def __init__(self, callback):
        self.callback = callback

    def go(self, u):
        self.callback()
        return u * 2.0


def rebinds_what_was_handed_over(x):
    y = x[0] * 1.5

    def callback():
        nonlocal y
        y = y * 3.0
    return _twice(y, callback) * y


def rebinds_an_index(x):
    i = 0

    def callback():
        nonlocal i
        i = i + 1

    def pick(a, k, f):
        f()
        return a[k]
    return pick(x, i, callback) * pick(x, i, callback) * i


def rebinds_an_array(x):
    a = x.copy()

    def callback():
        nonlocal a
        a = a * 3.0

    def total(u):
        callback()
        return np.sum(u)
    return total(a) * np.sum(a)


def rebinds_by_a_method(x):
    y = x[0] * 1.5

    def callback():
        nonlocal y
        y = y * 3.0
    return Holder(callback).go(y) * y


def lambdas_of_a_comprehension(x):
    f, g = [lambda v: v * k for k in (1.0, 2.0)]    # noqa: B023
    return f(x[0]) * g(x[1])


PROGRAMS = [later_operand_changes_a_list, later_operand_would_raise, later_entry_is_not_there, binds_in_a_chain,
            keywords_in_their_order, keywords_of_a_dict, rebinds_what_was_handed_over, rebinds_an_index,
            rebinds_an_array, rebinds_by_a_method]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_gradients(f, facts):
    check(f, (np.abs(V),), facts)


def test_lambdas_of_a_comprehension_read_the_last_value_or_are_refused():
    try:
        s2sgrad.check_grads(lambdas_of_a_comprehension, (V,))
    except UnsupportedError as refusal:
        assert refusal.remedy


# ---------------------------------------------------------------- iterables that are taken early
def _doubling(a):
    for i in range(2):
        a[i] = a[i] * 2.0
        yield a


def two_generators_that_write(x):
    b, c, s = x.copy(), x * 2.0, 0.0
    for u, v in zip(_doubling(b), _doubling(c)):
        s = s * 2.0 + u @ v
    return s


def accumulated(x):
    rows, s = list(x), 0.0
    for a in itertools.accumulate(v * v for v in rows):
        s = s * 2.0 + a
        rows[2] = rows[2] * 2.0
    return s


def neighbours(x):
    rows, s = list(x), 0.0
    for i, (a, b) in enumerate(itertools.pairwise(rows)):
        s = s + a * b
        rows[i + 1] = rows[i + 1] * 3.0
    return s


def columns(x):
    rows, s = [[x[0], x[1]], [x[2], x[0]]], 0.0
    for a, b in zip(*rows):
        s = s * 2.0 + a * b
        rows[0][1] = rows[0][1] * 2.0
    return s


def again_and_again(x):
    rows, s = [x[0], x[1]], 0.0
    for i, a in enumerate(itertools.cycle(rows)):
        s = s * 2.0 + a
        rows[0] = rows[0] * 2.0
        if i == 3:
            break
    return s


def two_generators(x):
    rows, s = list(x), 0.0
    for a, b in zip((v for v in rows), (v * 2.0 for v in rows)):
        s = s * 2.0 + a * b
        rows[2] = rows[2] * 2.0
    return s


@pytest.mark.parametrize("f", [two_generators_that_write, accumulated, neighbours, columns, again_and_again,
                               two_generators], ids=name)
def test_loops_that_change_what_is_taken_early_are_refused(f):
    with pytest.raises(UnsupportedError) as refusal:
        s2sgrad.grad(f)(V)
    assert refusal.value.remedy


def neighbours_that_stay(x):
    rows, s, out = list(x), 0.0, []
    for a, b in itertools.pairwise(rows):
        s += a * b
        out.append(s)
    for a, b in zip(*[[x[0], x[1]], [x[2], x[0]]]):
        out[0] = out[0] * a + b
    return out[0] * out[1]


@pytest.mark.parametrize("facts", FACTS)
def test_loops_that_change_something_else(facts):
    check(neighbours_that_stay, (V,), facts)
