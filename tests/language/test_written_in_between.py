"""What the reverse sweep reads again lies in containers of which entries are written in between.

The write does not name the container (`row = w[i]; row[0] = 3.0`), or it is a call that takes an entry away.
"""

import heapq

import numpy as np
import pytest
from language.check import FACTS, check, name


def inactive(x):
    w = [np.array([1.0, 2.0]), np.array([4.0, 5.0])]
    s = 0.0
    for i in range(2):
        v = w[i][0]
        w[i][0] = 3.0
        s = s + v * x[1] * x[i]
    return s


def inactive_unpack(x):
    w = [np.array([1.0, 2.0]), np.array([4.0, 5.0])]
    s = 0.0
    for i in range(2):
        a, b = w[i]
        w[i][0] = 3.0
        s = s + a * x[1] * x[i] * b
    return s


def inactive_unpack_row(x):
    w = [[np.array([1.0, 2.0]), 2.0], [np.array([4.0, 5.0]), 3.0]]
    s = 0.0
    for i in range(2):
        a, b = w[i][0]
        w[i][0][0] = 3.0
        s = s + a * x[1] * x[i] * b
    return s


def inactive_dict(x):
    w = {"a": [1.0, 2.0], "b": [4.0, 5.0]}
    s = 0.0
    for i, n in enumerate("ab"):
        a, b = w[n]
        w[n][0] = 3.0
        s = s + a * x[1] * x[i] * b
    return s


def inactive_by_name(x):
    w = {"a": [1.0, 2.0], "b": [4.0, 5.0]}
    v = w["a"]
    s = 0.0
    for i, n in enumerate("ab"):
        a, b = w[n]
        v[0] = 3.0 + i
        v.append(1.0)
        v.pop()
        s = s + a * x[1] * x[i] * b
    return s


def branch_on_entry(x):
    w = [np.array([1.0, 2.0]), np.array([4.0, 5.0])]
    s = 1.0
    for i in range(2):
        if w[i][0] > 2.0:
            w[i][0] = 1.0
            s = s * x[0] * s
        else:
            w[i][0] = 4.0
            s = s * x[1] + s * s
    return s


def branch_on_entry_of_list(x):
    w = [[1.0, 2.0], [4.0, 5.0]]
    s = 1.0
    for i in range(2):
        if w[i][0] > 2.0:
            w[i][0] = 1.0
            s = s * x[0] * s
        else:
            w[i][0] = 4.0
            s = s * x[1] + s * s
    return s


def range_of(x):
    w = [[1, 2], [2, 5]]
    s = x[2]
    for i in range(2):
        for _j in range(w[i][0]):
            w[i][0] = 3
            s = s * x[0] + np.sin(s)
    return s


def heap(x):
    w = [2, 1, 0]
    s = x[2]
    heapq.heapify(w)
    for _i in range(2):
        a = w[0]
        t = heapq.heappop(w)
        s = s * x[a] * s + np.sin(s) * t
    return s


def deep(x):
    w = [[[1, 2]], [[2, 0]]]
    s = x[2]
    for i in range(2):
        a, b = w[i][0]
        w[i][0][0] = 0
        s = s * x[a] * s + np.sin(s) * b
    return s


def deep_slots(x):
    w = [[[1, 2]], [[2, 0]]]
    s = x[2]
    for i in range(2):
        a, b = w[i][0]
        w[i][0] = [0, b]
        s = s * x[a] * s + np.sin(s) * b
    return s


def view_start(x):
    w = np.array([1, 1, 2])
    A = x * 2.0
    A[0] = 1.0
    s = x[0]
    for _i in range(2):
        v = A[w[0]:]
        w[0] = 0
        A[1] = s
        s = s * np.sum(v * v) + x[1]
    return s


def view_start_read(x):
    w = np.array([1, 1, 2])
    s = x[0]
    for _i in range(2):
        v = x[w[0]:]
        w[0] = 0
        s = s * np.sum(v * v) * np.sin(s) + x[1]
    return s


def index_overwritten(x):
    w = [[1, 1, 2]]
    s = x[0]
    for _i in range(2):
        a = w[0][0]
        w[0][w[0][1]] = 0
        w[0][2] = 1
        s = s * x[w[0][2]] * np.sin(s) + x[a]
    return s


def index_overwritten_array(x):
    w = [np.array([1, 1, 2])]
    s = x[0]
    for _i in range(2):
        w[0][w[0][1]] = 0
        s = s * x[w[0][1]] * np.sin(s) + w[0][0] * x[1]
    return s


def elements_deep(x):
    w = [[[1, 2], [0, 1]]]
    s = x[0]
    for row in w[0]:
        for k in row:
            w[0][1][0] = 2
            s = s * x[k] * np.sin(s) + x[1]
    return s


def nested_len(x):
    w = [[2, 1, 0]]
    s = x[2]
    for i in range(2):
        n = len(w[0])
        w[0].append(i + 1)
        s = s * x[0] * s + np.sin(s) * n
    return s


class Cell:
    def __init__(self, k, w):
        self.k = k
        self.w = w


def objects_field(x):
    cells = [Cell(1, [2.0, 3.0]), Cell(2, [1.0, 0.5])]
    s = x[2]
    for i in range(2):
        a, b = cells[i].w
        cells[i].w = [7.0, b]
        k = cells[i].k
        cells[i].k = 0
        s = s * x[k] * s + np.sin(s) * b * a * x[1]
    return s


X = np.array([0.7, -1.3, 0.4])
PROGRAMS = [inactive, inactive_unpack, inactive_unpack_row, inactive_dict, inactive_by_name, branch_on_entry,
            branch_on_entry_of_list, range_of, heap, deep, deep_slots, view_start, view_start_read,
            index_overwritten, index_overwritten_array, elements_deep, nested_len, objects_field]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_written_in_between(f, facts):
    check(f, (X,), facts)
