"""Values that hold again once a store is undone; those that do not are computed from what was restored."""

from __future__ import annotations

import numpy as np

from s2sgrad import check_grads, value_and_grad

X = np.random.default_rng(0).normal(size=(4, 3))


def source(function, *args):
    """The text of the gradient, which is right."""
    check_grads(function, args)
    return value_and_grad(function).source_for(*args)


def test_a_store_of_what_the_cells_held():
    def f(x):
        r = x * 2.0
        angle = r[:, 2]
        r[:, 2] = np.arctan2(np.sin(angle), np.cos(angle))
        return np.sum(r * r)

    text = source(f, X)
    assert "record" not in text
    assert sum("np.cos(" in line for line in text.splitlines() if "#" not in line) == 1


def test_another_store_between():
    def f(x):
        r = x * 2.0
        angle = r[:, 2]
        r[:, 2] = np.arctan2(np.sin(angle), np.cos(angle))
        r[:, 1] = r[:, 2] * r[:, 1]
        r[0] = r[0] * r[1]
        return np.sum(r * r)

    source(f, X)


def test_the_same_cells_twice():
    def f(x):
        r = x * 2.0
        angle = r[:, 2]
        r[:, 2] = np.arctan2(np.sin(angle), np.cos(angle))
        s = np.cos(angle)
        r[:, 2] = np.sin(angle) * s
        return np.sum(r * r)

    source(f, X)


def test_the_index_is_another_one():
    def f(x, k):
        r = x * 2.0
        c = np.cos(r[k])
        r[k] = c * np.sin(r[k])
        k = k + 1
        r[k] = r[k] * r[k - 1]
        return np.sum(r * r * np.sum(c))

    source(f, X, 1)


def test_the_holder_is_bound_again():
    def f(x):
        r = x * 2.0
        c = np.cos(r[0])
        r[0] = c * c
        c = r[1] * r[0]
        return np.sum(r * r) * np.sum(c)

    source(f, X)
