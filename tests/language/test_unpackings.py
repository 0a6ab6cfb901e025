"""Unpackings in loops: made again in the reverse sweep where the container still holds the same, else recorded."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

import s2sgrad


def pairs_given(x, pairs):
    s = 1.0
    for pair in pairs:
        i, j, w = pair
        s = s * x[i] + np.sin(s) * x[j]
    return s


def rows(A):
    s = 1.0
    for row in A:
        a, b, c = row
        s = s * a + np.sin(b * s) * c
    return s


def halves(x):
    s = 1.0
    for v in x:
        a, b = np.sin(v), v * s
        s = s + a * b * b
    return s


def nested_unpack(x):
    rows = [x.copy(), 2 * x]
    s = 0.0
    for i in range(2):
        a, b, c = rows[i]
        rows[i][0] = 3.0 * x[2]
        s = s + a * a * x[1] + b * c
    return s + rows[0][0] * rows[1][1]


def row_view(x):
    A = np.outer(x, x)
    s = 0.0
    for i in range(3):
        a, b, c = A[i]
        A[i, 0] = 3.0 * x[2]
        A[i] *= 2.0
        s = s + a * a * x[1] + b * c
    return s + np.sum(A)


def through_alias(x):
    A = np.outer(x, x)
    s = 0.0
    for i in range(3):
        row = A[i]
        a, b, c = row
        A[i, 0] = 3.0 * x[2]
        s = s + a * a * x[1] + b * c
    return s + np.sum(A)


def bound_anew(x):
    s = 0.0
    y = x * 1.0
    for _i in range(3):
        a, b, c = y
        y = y * np.sin(y)
        s = s + a * a * x[1] + b * c
    return s


def swap(x):
    s = 0.0
    a, b = x[0], x[1]
    for _i in range(3):
        a, b = b, a * s + x[2]
        c, d = a * b, b * b
        s = s + c * d
    return s


def iterator(x):
    s = 0.0
    pairs = iter([(0, 1.5), (1, 2.5), (2, 0.3)])
    for k, w in pairs:
        s = s + x[k] ** 2 * w
    return s


def popped(x):
    s = 0.0
    work = [(0, 1.5), (1, 2.5), (2, 0.3)]
    while work:
        k, w = work.pop()
        s = s + x[k] ** 2 * w * s + x[k]
    return s


def last_of_list(x):
    s = 0.0
    work = [(0, 1.5), (1, 2.5), (2, 0.3)]
    while work:
        k, w = work[-1]
        work.pop()
        s = s + x[k] ** 2 * w * s + x[k]
    return s


def last_first(x):
    s = 0.0
    work = [(0, 1.5), (1, 2.5), (2, 0.3)]
    while len(work) > 1:
        k, w = work[-1]
        work[0] = (k, w * 2)
        del work[-1]
        s = s + x[k] ** 2 * w * s + x[k]
    return s


def in_branch(x):
    s = 1.0
    pairs = [(0, 1.5), (1, 2.5), (2, 0.3)]
    for p in pairs:
        k, w = p
        if x[k] > 0:
            s = s * x[k] + w
        else:
            if w > 2:
                continue
            k, w = pairs[0]
            s = s - x[k] * w * s
        if s > 100:
            break
    return s


def inner(x):
    s = 1.0
    pairs = [(0, 1.5), (1, 2.5), (2, 0.3)]
    for i in range(2):
        for p in pairs:
            k, w = p
            for _ in range(k):
                s = s * x[k] + np.sin(w * s)
            pairs[i] = (k, w + 1.0)
    return s


def unpack_text(x):
    s = 1.0
    for n in ["ab", "ba"]:
        p, q = n
        s = s * x[0 if p == "a" else 1] + s * s
    return s


def grid_rows_written(A):
    B = A.copy()
    s = 1.0
    for row in B:
        a, b, c = row
        row[0] = s * b
        row *= 2
        s = s * a + np.sin(b * s) * c
    return s + np.sum(B)


def tuple_of_lists(x):
    t = ([x[0], x[1]], [x[2], 2.0])
    s = 1.0
    for i in range(2):
        p, q = t[i]
        t[i][0] = q * s
        s = s * p + np.sin(q * s)
    return s + t[0][0] * t[1][0]


def arrays_in(x):
    t = [x * 1.0, x * 2.0]
    s = 1.0
    for _i in range(2):
        p, q = t
        p[0] = s
        t[0] = q
        s = s * p[0] + np.sin(q[1] * s)
    return s + t[0][0] * t[1][0]


def chained(x):
    t = ((0, (1, 2)), (2, (1, 0)))
    s = 1.0
    for p in t:
        a, (b, c) = p
        s = s * x[a] + x[b] * np.sin(x[c] * s)
    return s


def same_twice(x):
    s = 1.0
    for p in [(0, 1), (1, 2)]:
        a, a = p
        s = s * x[a]
    return s


def self_unpack(x):
    s = 1.0
    for p in [(0, (1, 2)), (1, (2, 0))]:
        a, p = p
        b, p = p
        s = s * x[a] + x[b] * s * x[p]
    return s


X = np.array([0.7, -1.3, 2.1])
A = np.array([[0.7, -1.3, 2.1], [0.2, 0.5, -0.4]])
PAIRS = [(0, 1, 0.5), (2, 1, 0.1), (1, 1, 2.0)]
PROGRAMS = [(pairs_given, (X, PAIRS)), (rows, (A,)), (grid_rows_written, (A,)), (halves, (X,)),
            (nested_unpack, (X,)), (row_view, (X,)), (through_alias, (X,)), (bound_anew, (X,)), (swap, (X,)),
            (iterator, (X,)), (popped, (X,)), (last_of_list, (X,)), (last_first, (X,)), (in_branch, (X,)),
            (inner, (X,)), (unpack_text, (X,)), (tuple_of_lists, (X,)), (arrays_in, (X,)), (chained, (X,)),
            (same_twice, (X,)), (self_unpack, (X,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_unpacking(f, args, facts):
    check(f, args, facts)


def test_entries_of_what_nobody_writes_are_unpacked_again():
    source = s2sgrad.grad(pairs_given).source_for(X, PAIRS)
    assert source.count("i, j, _ = pair") == 1
    assert "record" not in source.replace("s_record", "")


def test_a_row_is_unpacked_again():
    source = s2sgrad.grad(rows).source_for(A)
    assert source.count("\n        a, b, c = row") == 2
    assert "record" not in source.replace("s_record", "")


def test_an_iterator_is_not_asked_again():
    source = s2sgrad.grad(iterator).source_for(X)
    assert source.count("for k, w in reversed(list_pairs)") == 1 and source.count("iter(") == 1


def test_results_that_are_bound_together_need_no_other_names():
    source = s2sgrad.grad(halves).source_for(X)
    assert source.count("\n        a, b = np.sin(v), v * s\n") == 2 and "a_1" not in source


# ---------------------------------------------------------------- an index that its own entry binds anew
def along_pointers(x, par):
    u, t = 0, 0.0
    for _ in range(3):
        u, e = par[u]
        t += x[e] ** 2 * (u + 1)
    return t


def through_states(x, nodes):
    u, t = "a", 0.0
    while u != "end":
        u, i = nodes[u]
        t += x[i] ** 2
    return t


def by_state_and_action(x, table, actions):
    s, t, g = 0, 0.0, 1.0
    for a in actions:
        s, r = table[s, a]
        t += g * r * x[s] ** 2
        g *= 0.9
    return t


def by_rows_of_an_array(x, M):
    a, t = 0, 0.0
    for _ in range(3):
        a, b = M[a]
        t += x[a] * x[b] ** 2
    return t


def _next(table, k):
    return table[k]


def by_a_helper(x, table):
    t, c = 0.0, 0
    for _ in range(3):
        b, c = _next(table, c)
        t += x[b] ** 2 * x[c]
    return t


POINTERS = [(1, 2), (2, 3), (3, 0), (0, 1)]
WALKS = [(along_pointers, (V[:4], POINTERS)),
         (through_states, (V[:4], {"a": ("b", 2), "b": ("c", 0), "c": ("end", 1)})),
         (by_state_and_action, (V[:4], {(0, "l"): (1, 2.0), (1, "r"): (2, 3.0), (2, "l"): (3, 1.0), (3, "r"): (0, 0.5)},
                                "lrlr")),
         (by_rows_of_an_array, (V[:4], np.array(POINTERS))), (by_a_helper, (V[:4], POINTERS))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", WALKS, ids=name)
def test_the_old_index_is_read_again(f, args, facts):
    check(f, args, facts)
