"""Entries of arrays of known length are unpacked: before and after, and right."""

from __future__ import annotations

import numpy as np
import pytest
from core.reading import core

from s2sgrad import check_grads, grad
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.lower.unpacked import unpacked

TWO = Dim("", 2)
NAMES = {"x~": Array("float64", (TWO,)), "y~": Array("float64", (Dim("n"),)), "A~": Array("float64", (TWO, TWO)),
         "a": Number("float64"), "b": Number("float64")}


def check(before: str, expected: str) -> None:
    body = unpacked(core("'reverse'\n" + before).body, Kinds(dict(NAMES), str))
    assert text.block(body) == text.block(core("'reverse'\n" + expected).body)


@pytest.mark.parametrize(("before", "expected"), [
    ("a = x_bar[0]\nb = x_bar[1]", "a, b = x_bar"),
    ("a = A_bar[1][0]\nb = A_bar[1][1]", "a, b = A_bar[1]"),
    ("for i in range(3):\n    a = x_bar[0]\n    b = x_bar[1]", "for i in range(3):\n    a, b = x_bar"),
])
def test_unpacked(before: str, expected: str) -> None:
    check(before, expected)


@pytest.mark.parametrize("source", [
    "a = x_bar[1]\nb = x_bar[0]",
    "a = x_bar[0]",
    "a = x_bar[0]\na = x_bar[1]",
    "a = y_bar[0]\nb = y_bar[1]",                       # perhaps longer
    "a = x_bar[0]\nx_bar = a\nb = x_bar[1]",
    "a = A_bar[a][0]\nb = A_bar[a][1]",
])
def test_entries_that_stay(source: str) -> None:
    check(source, source)


def test_only_the_reverse_sweep_is_rewritten() -> None:
    source = "a = x_bar[0]\nb = x_bar[1]"
    assert text.block(unpacked(core(source).body, Kinds(dict(NAMES), str))) == text.block(core(source).body)


def test_it_is_emitted_so() -> None:
    def f(x: np.ndarray) -> float:
        y = np.array([x[0] * x[1], np.sin(x[1])])
        for _ in range(3):
            y = np.array([y[0] * y[1], y[1] - y[0] * x[0]])
        return y[0] + y[1]

    check_grads(f, (np.array([0.3, 1.2]),))
    assert " = y_bar\n" in grad(f).source_for(np.array([0.3, 1.2]))


def test_three_entries_of_an_array_of_any_length_are_read_in_one_statement() -> None:
    def f(x: np.ndarray) -> float:
        q = np.sin(x)
        return max(q[0], max(q[1], q[2])) * q[0] * q[1] * q[2]

    check_grads(f, (np.array([0.3, 1.2, 0.1, 7.0]),))
    assert "q_0, q_1, q_2 = q[0], q[1], q[2]" in grad(f).source_for(np.ones(4))
