"""One pair of a recursion for all nodes of a tree that is not differentiated, whatever is known of each node."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def depth_first(node, x):
    if isinstance(node, str):
        return x[len(node)]
    s = 1.0
    for child in node:
        s = s * depth_first(child, x) + x[0]
    return s


def whole(x, node):
    return depth_first(node, x)


def with_weights(node, x):
    if isinstance(node, float):
        return np.sin(node * x)
    left, right, weight = node
    return with_weights(left, x) * with_weights(right, x) + weight * x


def weighted(x, node):
    return np.sum(with_weights(node, x))


def twice(x, node):
    return np.sum(with_weights(node, x) * with_weights(((0.2, 0.4, 1.5), 0.3, 0.7), x * x))


def by_name(node, x):
    if node[0] == "leaf":
        return x * node[1]
    if node[0] == "square":
        return by_name(node[1], x) ** 2
    return by_name(node[1], x) * by_name(node[2], x)


def named(x, node):
    return np.sum(by_name(node, x))


FUNCTIONS = {"sin": np.sin, "square": np.square}


def dispatched(node, x):
    if node == "x":
        return x
    head, inner = node
    return FUNCTIONS[head](dispatched(inner, x))


def dispatches(x, node):
    return np.sum(dispatched(node, x))


def differentiated(node, x):
    if isinstance(node, float):
        return node * x
    return differentiated(node[0], x) * np.sin(differentiated(node[1], x))


def of_tree(node, x):
    return np.sum(differentiated(node, x))


def counts(node, x, level):
    if level == 0:
        return x * len(node)
    s = x
    for child in node:
        s = s + np.sin(counts(child, s, level - 1))
    return s


def counted(x, node):
    return np.sum(counts(node, x, 2))


X = np.array([0.7, -1.3, 2.1, 0.4])
NAMES = ("a", ("bb", ("c", "ddd")), ("a", "bb"))
NUMBERS = (0.3, ((0.5, 0.1, 0.2), 0.7, 1.1), 0.4)
PROGRAMS = [(whole, (X, NAMES)), (weighted, (X, NUMBERS)), (twice, (X, NUMBERS)),
            (named, (X, ("times", ("square", ("leaf", 0.3)), ("times", ("leaf", 2.0), ("leaf", 0.4))))),
            (dispatches, (X, ("sin", ("square", ("sin", "x"))))), (of_tree, ((0.3, (0.5, (0.1, 0.2))), X)),
            (counted, (X, [[[1, 2], [3]], [[4, 5, 6]]])), (counted, (X, (("ab", "c"), ("def",))))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_recursion(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize(("f", "args"), [(whole, (X, NAMES)), (dispatches, PROGRAMS[4][1]), (counted, PROGRAMS[6][1])],
                         ids=name)
def test_one_pair_serves_every_node(f, args):
    assert s2sgrad.grad(f).source_for(*args).count("_bwd(residuals, result_bar):") == 1


def test_what_is_differentiated_keeps_its_kinds():
    assert s2sgrad.grad(of_tree).source_for(*PROGRAMS[5][1]).count("def differentiated_bwd") == 4
