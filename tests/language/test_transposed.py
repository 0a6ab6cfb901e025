"""`zip(*rows)`: rows and columns change places."""

# ruff: noqa: B905  (zip as people write it)

import numpy as np
import pytest
from language.check import FACTS, check, name


def of_literals(x: np.ndarray) -> float:
    t = 0.0
    for i, j in zip(*[(0, 1, 2), (1, 2, 3)]):
        t += x[i] * x[j]
    return t


def of_pairs(x: np.ndarray) -> float:
    p = [(v, v * v) for v in x]
    a, b = zip(*p)
    return sum(u * w for u, w in zip(a, b))


def listed(x: np.ndarray) -> float:
    pairs = [(x[0], x[1]), (x[2], x[3])]
    cols = list(zip(*pairs))
    return cols[0][0] * cols[0][1] + np.sin(cols[1][0] * cols[1][1])


def rows_of_an_array(x: np.ndarray) -> float:
    A = x.reshape(2, 2)
    t = 0.0
    for u, v in zip(*A):
        t += u * v * u
    return t


def mapped(x: np.ndarray) -> float:
    pairs = [(v, np.sin(v)) for v in x]
    u, w = map(np.array, zip(*pairs))
    return np.sum(u * w)


def counted(x: np.ndarray) -> float:
    rows = [[x[0], x[1], x[2]], [x[1], x[2], x[3]]]
    t = 0.0
    for k, (u, v) in enumerate(zip(*rows)):
        t += (k + 1) * u * v
    return t


def columns(x: np.ndarray) -> float:
    rows = [[v * k for v in x] for k in range(3)]
    return sum(max(col) * min(col) for col in zip(*rows))


def of_a_display(x: np.ndarray) -> float:
    return sum(u * v for u, v in zip(*(x, x * 2)))


def of_nothing(x: np.ndarray) -> float:
    rows = []
    t = 0.0
    for _ in zip(*rows):
        t += 1
    return t * x[0] + x[1]


def of_values(x: np.ndarray) -> float:
    pts = {'a': (x[0], x[1]), 'b': (x[2], x[3])}
    xs, ys = zip(*pts.values())
    return xs[0] * ys[1] + xs[1] * ys[0]


def of_parts(x: np.ndarray) -> float:
    tr = [list(c) for c in zip(*[x[:2], x[2:]])]
    return tr[0][0] * tr[1][1] - tr[0][1] * tr[1][0]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [of_literals, of_pairs, listed, rows_of_an_array, mapped, counted,
                               columns, of_a_display, of_nothing, of_values, of_parts], ids=name)
def test_transposed(f, facts):
    check(f, (np.array([0.3, 0.2, 0.5, 0.7]),), facts)
