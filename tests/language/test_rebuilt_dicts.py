"""Dicts that are built anew from their own keys: integers, and tuples of such, index arrays."""

import numpy as np
import pytest
from language.check import FACTS, check, name


def by_keys(r):
    v = {0: 0.0, 1: 0.0}
    for _ in range(3):
        v = {s: r[s] + 0.5 * v[s] for s in v}
    return v[0] * v[1]


def by_items(r):
    v = {0: 0.0, 1: 0.0}
    for _ in range(3):
        v = {s: r[s] + 0.5 * w for s, w in v.items()}
    return v[0] * v[1]


def entry_by_entry(r):
    v = {0: 0.0, 1: 0.0}
    for _ in range(3):
        new = {}
        for s in v:
            new[s] = r[s] + 0.5 * v[s]
        v = new
    return v[0] * v[1]


def of_a_grid(r):
    steps = ((0, 1), (1, 0), (-1, 0), (0, -1))
    v = {(i, j): 0.0 for i in range(2) for j in range(3)}
    for _ in range(3):
        v = {(i, j): r[i, j] + 0.25 * sum(v.get((i + a, j + b), 0.0) for a, b in steps) for i, j in v}
    return sum(w * w for w in v.values())


def with_keys_of_another_kind(r):
    v = {0: 1.0, 1: 0.5}
    other = v
    for k in range(2):
        other[(k, 1)] = r[k]
    total = 0.0
    for s in v:
        if s == 0:
            total += v[s] * r[s]
        else:
            total += v[s] ** 2
    return total


ROW, GRID = np.array([1.0, 2.0]), np.array([[1.0, 2.0, 0.3], [0.3, 0.4, 0.5]])
CASES = [(by_keys, (ROW,)), (by_items, (ROW,)), (entry_by_entry, (ROW,)), (of_a_grid, (GRID,)),
         (with_keys_of_another_kind, (ROW,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", CASES, ids=name)
def test_gradients(f, args, facts):
    check(f, args, facts)
