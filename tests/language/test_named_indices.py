"""Indices that have a name: slices, tuples of them, `np.s_`."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name

import s2sgrad


def interior(u):
    c = slice(1, -1)
    lap = u[c, 2:] + u[c, :-2] - 2.0 * u[c, c]
    return np.sum(lap**2)


def a_tuple_of_slices(u):
    inner = (slice(1, 3), slice(None, 2))
    v = np.zeros_like(u)
    v[inner] = u[inner] ** 2
    v[1:, :2] += u[inner]
    return np.sum(v * u)


def by_index_expressions(u):
    left, right = np.s_[:, :-1], np.s_[:, 1:]
    v = u.copy()
    v[left] += u[right] * u[left]
    v[np.s_[0, ...]] *= 2.0
    return np.sum(v**2)


def with_lengths(x, n):
    head, tail = slice(n), slice(n, None)
    y = x * x
    y[tail] = y[tail] * x[0]
    return np.sum(y[head]) * np.sum(y[tail])


def bound_anew(x):
    s = slice(0, 2)
    a = np.sum(x[s] ** 2)
    s = slice(2, 4)
    return a * np.sum(x[s])


def in_a_loop(x):
    total = 0.0
    for k in range(3):
        window = slice(k, k + 2)
        total += np.prod(x[window])
    return total + np.sum(x[window])


def chosen(x):
    s = slice(0, 2) if x[0] > 0.0 else slice(1, 4)
    y = x.copy()
    y[s] *= 3.0
    return np.sum(y[s] * x[s])


def with_a_mask_that_changes(A):
    mask = np.array([True, False, True])
    place = (mask, slice(1, 3))
    a = np.sum(A[place] ** 2)
    mask[0] = False
    return a + np.sum(A[place] ** 3)


CASES = [(interior, (M,)), (a_tuple_of_slices, (M,)), (by_index_expressions, (M,)), (with_lengths, (V, 2)),
         (bound_anew, (V,)), (in_a_loop, (V,)), (chosen, (V,)), (with_a_mask_that_changes, (M,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", CASES, ids=name)
def test_gradients(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize("f, args", CASES[:4], ids=name)
def test_named_slices_name_no_cell_twice(f, args):
    text = s2sgrad.grad(f).source_for(*args)
    assert "np.add.at" not in text and "last_writers" not in text
