"""Restores in the arms of branches: tests of loop indices prove that cells are not read, tests of floats do not."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def between_floats(x, a, b):
    h = x.copy()
    for i in range(1, len(x)):
        if a < b:
            if b < a + 1:
                h[i] = h[i] * h[i - 1]
    return h[3] * h[2]


def by_index(A):
    L = np.zeros(A.shape)
    for i in range(len(A)):
        for j in range(i + 1):
            s = A[i, j] - L[i, :j] @ L[j, :j]
            if i == j:
                L[i, i] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return np.sum(L**2 * A)


def both_sides_read(x):
    h = x.copy()
    for i in range(1, len(x)):
        if i < 3:
            h[i] = h[i] * h[i - 1]
        else:
            h[i] = h[i] * h[i - 2]
    return h[-1]


X = np.array([1.3, 0.7, -0.4, 2.1])
A = np.array([[4.0, 0.3, -1.0], [0.3, 5.0, 2.0], [-1.0, 2.0, 6.0]])
PROGRAMS = [(between_floats, (X, 0.2, 0.7)), (between_floats, (X, 0.2, 1.7)), (by_index, (A,)), (both_sides_read, (X,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_restores_in_arms(f, args, facts):
    check(f, args, facts)


def test_a_factorisation_records_nothing():
    assert "record" not in s2sgrad.grad(by_index).source_for(A)
