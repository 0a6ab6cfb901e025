"""Indices that name each cell once need no `np.add.at`; all others keep it."""

import numpy as np
import pytest
from language.check import check, name

from s2sgrad import grad

M = np.array([[1.2, -0.4, 0.9], [0.5, 2.2, -1.1], [-0.7, 0.6, 1.9]])
V = np.array([0.7, -1.3, 2.1, 0.4])
LABELS = np.array([1, 1, 0])


def picked_by_row(x, labels):
    return np.sum(np.exp(x)[np.arange(len(labels)), labels] ** 2)


def picked_in_order(x):
    order = np.argsort(x)
    y = np.exp(x)
    return np.sum(y[order] * np.arange(1.0, 5.0))


def first_column(x):
    rows = np.arange(3)
    return np.sum(np.exp(x)[rows, 0] ** 2)


@pytest.mark.parametrize(("f", "args"), [(picked_by_row, (M, LABELS)), (picked_in_order, (V,)), (first_column, (M,))],
                         ids=name)
def test_each_cell_once(f, args):
    assert ".at(" not in grad(f).source_for(*args)
    check(f, args, "call")


def one_row_for_all(x, labels):
    return np.sum(np.exp(x)[np.arange(1), labels] ** 2)


def a_table(x, labels):
    return np.sum(np.exp(x)[np.arange(3), np.stack([labels, labels])] ** 2)


def from_the_end(x):
    return np.sum(np.exp(x)[np.arange(-2, 2)] ** 2)


def changed_order(x):
    order = np.argsort(x)
    order[0] = order[1]
    return np.sum(np.exp(x)[order] ** 2)


def halves(x):
    return np.sum(np.exp(x)[np.arange(len(x)) // 2] ** 2)


@pytest.mark.parametrize(("f", "args"), [(one_row_for_all, (M, LABELS)), (a_table, (M, LABELS)),
                                         (from_the_end, (V[:3],)), (changed_order, (V,)), (halves, (V,))], ids=name)
def test_perhaps_a_cell_twice(f, args):
    assert "np.add.at(" in grad(f).source_for(*args)
    check(f, args, "call")
