"""What backward halves of helpers read again from their arguments: only what nobody writes, and never a copy."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def layer(x, weights):
    h = np.tanh(x @ weights["in"])
    return h @ weights["out"]


def two_layers(x, weights):
    y = layer(x, weights)
    return np.sum(layer(y, weights) ** 2)


def filtered(x, coefficients):
    a, b, c = coefficients
    y = np.zeros(len(x))
    for i in range(2, len(x)):
        y[i] = a * x[i] + b * x[i - 1] * c - np.sin(c * y[i - 1])
    return y


def filter_twice(x, coefficients):
    return np.sum(filtered(filtered(x, coefficients), coefficients) ** 2)


def rebound(x, weights):
    w = weights["in"]
    weights = {"in": w * 2.0, "out": w}
    v = weights["in"]
    return np.tanh(x @ w) @ np.sin(v)


def rebinds(x, weights):
    return np.sum(rebound(x, weights))


def local_list(x):
    rows = [x * 1.0, x * 2.0]
    a, b = rows
    rows.append(a * b)
    c = rows[0]
    rows[0] = np.sin(c)
    return np.sum(a * b * c * rows[0])


def calls_local_list(x):
    y = local_list(x)
    return y * local_list(x * y)


def own_row(x):
    A = np.outer(x, x)
    row = A[0]
    first = A[0, 0]
    A[0] = np.sin(A[1]) * first
    return np.sum(A * np.cos(row))


def calls_own_row(x):
    return own_row(x) * own_row(x + 1.0)


def moving_key(x, weights, names):
    i = 0
    w = weights[names[i]]
    i = i + 1
    v = weights[names[i]]
    i = i - 1
    return np.sum(np.sin(x @ w) * np.cos(x @ v)) * (i + 1)


def moves(x, weights):
    return moving_key(x, weights, ["in", "out"]) * moving_key(x, weights, ["out", "in"])


def in_branches(x, weights):
    w = weights["in"]
    if x[0, 0] > 0:
        w = weights["out"]
        s = np.sum(x @ w * np.sin(w[0]))
    else:
        s = np.sum(np.cos(x @ w))
    return s * np.sum(w)


def branches(x, weights):
    return in_branches(x, weights) * in_branches(-x, weights)


def sliced(points):
    head = points[:-1]
    tail = points[1:]
    return sum([np.sum((p - q) ** 2) * np.sum(p) for p, q in zip(head, tail, strict=False)])


def slices(points):
    return sliced(points) * sliced(points[::-1])


def fancy(x, order):
    y = x[order]
    first = y[0]
    y[0] = np.sin(y[1]) * first
    return np.sum(y * y * first)


def picks(x, order):
    return fancy(x, order) * fancy(x * x, order)


def tree(node, x):
    value, children = node
    s = np.sin(value * x)
    for child in children:
        s = s * tree(child, x) + value
    return s


def grown(tree_of_numbers, x):
    return tree(tree_of_numbers, x) ** 2


X = np.array([0.7, -1.3, 2.1])
W = {"in": np.array([[0.3, -0.2], [0.5, 0.9]]), "out": np.array([[1.1, 0.4], [-0.6, 0.2]])}
A = np.array([[0.7, -1.3], [0.2, 0.4]])
PROGRAMS = [(two_layers, (A, W)), (filter_twice, (np.linspace(0.1, 1.0, 6), X)),
            (filter_twice, (np.linspace(0.1, 1.0, 6), [0.7, -1.3, 2.1])), (rebinds, (A, W)), (calls_local_list, (X,)),
            (calls_own_row, (X,)), (moves, (A, W)), (branches, (A, W)), (slices, ([X, X * 2, X + 1],)),
            (picks, (X, [2, 0, 1])), (picks, (X, np.array([2, 0, 1]))),
            (grown, ((0.3, [(0.2, []), (1.1, [(0.5, [])])]), 0.7))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_residuals(f, args, facts):
    check(f, args, facts)


def test_entries_of_arguments_are_read_where_they_are_needed():
    source = s2sgrad.grad(two_layers, argnums=(0, 1)).source_for(A, W)
    assert "def layer_bwd(h, x, weights, result_bar):" in source
    assert "weights['out'].T" in source and "weights['in'].T" in source


def test_arguments_are_unpacked_again():
    source = s2sgrad.grad(filter_twice, argnums=(0, 1)).source_for(np.ones(6), X)
    assert source.count("a, b, c = coefficients") >= 2
    assert "def filtered_bwd(y, x, coefficients, result_bar):" in source


def test_a_slice_of_a_list_is_a_copy():
    source = s2sgrad.grad(slices).source_for([X, X * 2, X + 1])
    assert source.count("\n    head = points[:-1]") == 1
