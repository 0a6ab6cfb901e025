"""Numbers of several kinds, and lists of several lengths: what is taken from them is a number, a list, all the same."""

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError

WEIGHTS = (1, 0.5)
LIST = [1, 0.5]
ROWS = [[0.5], [0.25, 0.25]]


def entry_of_a_tuple(x):
    s = 0.0
    for i in range(2):
        s += WEIGHTS[i] * x
    return s


def entry_of_a_list(x):
    s = 0.0
    for i in range(2):
        s += LIST[i] * x
    return s


def rows_of_several_lengths(x):
    s = 0.0
    for row in ROWS:
        for c in row:
            s += c * x
    return s


def written_after(x):
    y = x * 1.0
    for row in ROWS:
        for c in row:
            y = y * c
    y[0] = 1.0
    return np.sum(y)


def of_a_parameter(x, w):
    s = 0.0
    for c in w:
        s += c * x
    return s


def of_ragged_parameters(x, rows):
    s = 0.0
    for row in rows:
        for c in row:
            s += c * x * x
    return s


def entry_of_a_tuple_of_arrays(x):
    parts = (x, x[1:] * 2.0)
    s = 0.0
    for i in range(2):
        s += np.sum(parts[i] ** 2)
    return s


def gauss_legendre(x):
    nodes, weights = np.polynomial.legendre.leggauss(3)
    s = 0.0
    for t, w in zip(nodes, weights, strict=True):
        s += w * np.exp(-x * t)
    return s


def gauss_hermite(x):
    nodes, weights = np.polynomial.hermite_e.hermegauss(4)
    return np.sum(weights * np.cos(x * nodes))


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [
    (entry_of_a_tuple, (0.7,)),
    (entry_of_a_list, (0.7,)),
    (rows_of_several_lengths, (0.7,)),
    (written_after, (np.array([0.7, 1.3]),)),
    (of_a_parameter, (0.7, [1, 0.5])),
    (of_a_parameter, (0.7, (1, 0.5))),
    (of_ragged_parameters, (0.7, [[0.5], [0.25, 1.5]])),
    (of_ragged_parameters, (0.7, [[0.5], [], [0.25, 1.5]])),
    (entry_of_a_tuple_of_arrays, (np.array([0.7, 1.3]),)),
    (gauss_legendre, (0.7,)),
    (gauss_hermite, (0.7,)),
], ids=name)
def test_agrees_with_central_differences(f, args, facts):
    check(f, args, facts)


def of_pairs(x, pairs):
    s = 0.0
    for p, q in pairs:
        s += p * q * x
    return s


@pytest.mark.parametrize("rows", [[[1], [0.5, 2.0]], [[1, 0.5], [0.3]], [[[1], [0.5]], [[0.5, 2]]]])
def test_integers_in_nested_lists_that_are_differentiated_are_refused_or_right(rows):
    def flat(x, rows):
        s = 0.0
        for row in rows:
            for c in row:
                s += np.sum(c) * x
        return s

    try:
        gradient = grad(flat, argnums=(0, 1))(0.7, rows)
    except UnsupportedError:
        return
    assert gradient[0] == pytest.approx(grad(flat)(0.7, rows))


def test_pairs_of_integers_and_floats():
    assert grad(of_pairs)(0.7, [(1, 0.5), (0.25, 3)]) == 1.25
    assert grad(of_pairs, argnums=1)(0.7, [(1, 0.5), (0.25, 3)]) == [(None, 0.7), (0.7 * 3, None)]
