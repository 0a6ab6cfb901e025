"""Copies of lists and dicts that hold nothing with a derivative, and grow."""

from __future__ import annotations

from s2sgrad import grad


def grows(u, start, n):
    h = list(start)
    for _ in range(n):
        h.append(2.0 * u)
        g = h
        h = g
    return h[-1] * u


def test_copies_of_lists_without_floats_that_grow():
    for start in ([], [1, 2], (), (3,), [1.5]):
        assert grad(grows)(0.5, start, 2) == 2.0


def fills(u, start, n):
    h = dict(start)
    for k in range(n):
        h[k] = 2.0 * u
        g = h
        h = g
    return h[0] * h[1]


def test_copies_of_empty_dicts_that_grow():
    assert grad(fills)(0.5, {}, 2) == 4.0
