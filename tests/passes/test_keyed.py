"""Adjoints in dicts that nobody looks at again are not made zero; those that somebody looks at are."""

from __future__ import annotations

import numpy as np

from s2sgrad import check_grads, value_and_grad

P = {"a": 0.3, "b": -0.7, "c": 1.1}


def zeros(function, *args):
    """How many adjoints of entries become zero in the gradient, which is right."""
    check_grads(function, args)
    return sum("_bar[" in line and line.endswith("] = 0.0") for line in
               value_and_grad(function).source_for(*args).splitlines())


def test_a_comprehension():
    def f(p):
        q = {k: np.exp(v) for k, v in p.items()}
        return sum(q[k] * p[k] for k in p)

    assert zeros(f, P) == 0


def test_arrays():
    def f(p):
        q = {k: np.exp(v) for k, v in p.items()}
        return sum(np.sum(q[k] * p[k]) for k in p)

    assert zeros(f, {"a": np.array([0.3, 0.5]), "b": np.array([0.1, 0.2])}) == 0


def test_entries_that_are_bound_twice():
    def f(p):
        q = {}
        for k in p:
            q[k] = np.exp(p[k])
        for k in p:
            q[k] = q[k] * p[k]
        return sum(q[k] * p[k] for k in p)

    zeros(f, P)


def test_a_key_that_all_trips_write():
    def f(p):
        q = {"a": 1.0, "b": 1.0, "c": 1.0}
        for k in p:
            q[k] = np.exp(p[k]) * q["a"]
        return q["a"] + q["b"] * q["c"]

    zeros(f, P)


def test_keys_that_come_twice():
    def f(p, names):
        q = {k: 1.0 for k in p}
        for k in names:
            q[k] = np.exp(p[k]) * 2.0
        return sum(q[k] for k in p)

    assert zeros(f, P, ["a", "b", "a"]) == 1


def test_lists_of_keys_that_grow():
    def f(p):
        names = list(p.keys())
        names.append("a")
        q = {k: 1.0 for k in p}
        for k in names:
            q[k] = np.exp(p[k]) * 2.0
        return sum(q[k] for k in p)

    zeros(f, P)
