"""Tests of branches in loops: read again in the reverse sweep where their names have their values there, else kept."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def elements(x, limits):
    s = 1.0
    for v, limit in zip(x, limits, strict=True):
        if v > limit:
            s = s * v
        else:
            s = s + np.sin(v * s)
    return s


def changed_by_the_branch(x):
    s = 1.0
    for i in range(3):
        y = x[i] * 2.0
        if y > 1.0:
            y = y * s - 3.0
            s = s * y
        else:
            s = s + np.sin(y * s)
        s = s + y * y
    return s


def carried(x):
    s = 1.0
    for v in x:
        if s > 1.2:
            s = s * v
        else:
            s = s + np.sin(v * s)
    return s


def written(x):
    seen = np.zeros(4)
    s = 1.0
    for i in [0, 1, 0, 2, 1]:
        if seen[i] > 0:
            s = s * x[i]
        else:
            s = s + np.sin(x[i] * s)
        seen[i] += 1.0
    return s


def written_in_a_list(x):
    seen = [[0.0], [0.0], [0.0]]
    s = 1.0
    for i in [0, 1, 0, 2, 1]:
        mine = seen[i]
        if mine[0] > 0:
            s = s * x[i]
        else:
            mine[0] = 1.0
            s = s + np.sin(x[i] * s)
    return s


def of_the_outer_loop(x):
    s = 1.0
    for i in range(3):
        y = x[i] * s
        for j in range(3):
            if y > x[j]:
                s = s + np.sin(s * y)
            else:
                s = s * x[j]
    return s


def of_a_row(A):
    s = 1.0
    for row in A:
        a, b = row
        if a < b:
            s = s * a
        elif a > 0.5:
            s = s + np.sin(b * s)
    return s


def until_break(x):
    s = 1.0
    for k in range(10):
        y = x[k % 3] * s
        if y > 2.0:
            s = s + y
            break
        if y < 0.0:
            s = s * 0.5
            continue
        s = s + np.sin(y)
    return s


def of_nan(x):
    s = 1.0
    for v in [1.0, np.nan, 3.0]:
        if not v > 2.0:
            s = s * x[0]
        else:
            s = s * x[1] * s
    return s


def of_text(x, words):
    s = 1.0
    for word in words:
        if word in ("up", "over"):
            s = s * x[0]
        elif len(word) > 3:
            s = s + np.sin(x[1] * s)
    return s


def of_lists(x, lists):
    s = 1.0
    for items in lists:
        if items:
            s = s * x[len(items)]
        else:
            s = s + np.sin(x[0] * s)
    return s


def of_growing_list(x):
    items = []
    s = 1.0
    for v in x:
        if len(items) > 1:
            s = s * v
        else:
            s = s + np.sin(v * s)
        items.append(v)
    return s


X = np.array([0.7, -1.3, 2.1])
A = np.array([[0.7, -1.3], [0.2, 0.5], [0.9, 0.4]])
PROGRAMS = [(elements, (X, [0.5, 0.1, 2.5])), (elements, (X, np.array([0.5, 0.1, 2.5]))), (changed_by_the_branch, (X,)),
            (carried, (X,)), (written, (X,)), (written_in_a_list, (X,)), (of_the_outer_loop, (X,)), (of_a_row, (A,)),
            (until_break, (X,)), (of_nan, (X,)), (of_text, (X, ["up", "down", "over", "by"])),
            (of_lists, (X, [[1], [], [2, 3]])), (of_growing_list, (X,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_branches(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize(("f", "args", "test"), [
    (elements, PROGRAMS[0][1], "if v > limit:"), (of_a_row, (A,), "if a < b:"),
    (of_text, PROGRAMS[10][1], "if word in ('up', 'over'):"), (of_nan, (X,), "if not v > 2.0:")], ids=name)
def test_nothing_is_kept(f, args, test):
    source = s2sgrad.grad(f).source_for(*args)
    assert source.count(test) == 2 and "taken" not in source


@pytest.mark.parametrize("f", [changed_by_the_branch, carried, written, written_in_a_list, of_the_outer_loop], ids=name)
def test_what_changes_is_kept(f):
    assert "taken" in s2sgrad.grad(f).source_for(X)


def in_a_band(x: np.ndarray) -> float:
    s = 0.0
    for i, v in enumerate(x):
        if i != 1 and not (v < -0.5 or v > 0.9):
            s += np.sin(v) * v
        elif 0 <= i < 2:
            s -= v * s
    return s


def test_tests_of_several_parts_are_read_again():
    for facts in FACTS:
        check(in_a_band, (np.array([0.3, 1.2, -0.4, 0.7, -2.0]),), facts)
    source = s2sgrad.grad(in_a_band).source_for(np.ones(4))
    assert source.count("if i != 1 and (not (v < -0.5 or v > 0.9)):") == 2 and source.count("0 <= i < 2") == 2
