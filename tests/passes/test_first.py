"""First contributions to cells of zeros are put there."""

from __future__ import annotations

import textwrap

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.simplify import first
from s2sgrad.simplify.facts import Facts

N = Array("float64", (Dim("n"),))
NUMBER = Number("float64", True)
FACTS = Facts({"x": N, "y": N, "x~": N, "y~": N, "v@": N, "i": Number("int", True), "n": Number("int", True),
               "a": NUMBER, "b": NUMBER, "idx": Array("int64", (Dim("m"),))},
              {"x": 1, "y": 2, "x~": 3, "y~": 4, "v@": 3, "idx": 5})


def check(before: str, expected: str) -> None:
    def function(source: str) -> str:
        return f"def f(x, y, a, b, idx):\n    n = len(x)\n    'reverse'\n{textwrap.indent(source, '    ')}"

    assert text.function(first.run(core(function(before)), FACTS)) == text.function(core(function(expected)))


ZEROS = "x_bar = np.zeros_like(x)\n"


@pytest.mark.parametrize(("before", "expected"), [
    ("x_bar[0] += a", "x_bar[0] = a"),
    ("x_bar[0] -= a", "x_bar[0] = -a"),
    ("x_bar[0] += a\nx_bar[1] += b", "x_bar[0] = a\nx_bar[1] = b"),
    ("x_bar[0] += a\nx_bar[0] += b", "x_bar[0] = a\nx_bar[0] += b"),
    ("x_bar[n:] += y\nx_bar[:n] += y", "x_bar[n:] = y\nx_bar[:n] = y"),
    ("x_bar[1:] += y\nx_bar[:-1] += y", "x_bar[1:] = y\nx_bar[:-1] += y"),
    ("x_bar[1:] -= y\nx_bar[0] += a", "x_bar[0] = a\nx_bar[1:] -= y"),     # -y would be one more array
    ("y_bar += y\nx_bar[0] += a", "y_bar += y\nx_bar[0] = a"),
    ("for i in range(n):\n    y_bar[i] += a\nx_bar[0] += a", "for i in range(n):\n    y_bar[i] += a\nx_bar[0] = a"),
])
def test_first_contributions(before: str, expected: str) -> None:
    check(ZEROS + before, ZEROS + expected)


@pytest.mark.parametrize("source", [
    "x_bar += y\nx_bar[0] += a",
    "b = x_bar[0]\nx_bar[0] += b",
    "x_bar[0] += x_bar[1]",
    "for i in range(n):\n    x_bar[i] += a\nx_bar[0] += a",
    "for i in range(n):\n    x_bar[i] += a",
    "v_shadow[0] += a\nx_bar[0] += a",                    # may be the same memory
    "x_bar[idx] += y\nx_bar[idx + 1] += y",
], ids=str)
def test_contributions_that_stay(source: str) -> None:
    expected = source.replace("x_bar[idx] +=", "x_bar[idx] =", 1)      # no cell twice, says the reader of this test
    check(ZEROS + source, ZEROS + expected)


def test_an_index_that_is_bound_anew_names_other_cells() -> None:
    check(ZEROS + "x_bar[i] += a\ni = i + 1\nx_bar[i + 1] += b", ZEROS + "x_bar[i] = a\ni = i + 1\nx_bar[i + 1] += b")
