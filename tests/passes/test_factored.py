"""Common factors are taken out of sums."""

from __future__ import annotations

import textwrap

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, ListKind, Number
from s2sgrad.simplify import factored
from s2sgrad.simplify.facts import Facts

N, M = Array("float64", (Dim("n"),)), Array("float64", (Dim("m"), Dim("n")))
NUMBER = Number("float64", True)
FACTS = Facts({"x": N, "y": N, "x~": N, "y~": N, "z~": N, "l~": N, "W": M, "W~": M, "mask": Array("bool", (Dim("n"),)),
               "i": Number("int", True), "a": NUMBER, "b": NUMBER, "c": NUMBER, "a~": NUMBER, "b~": NUMBER,
               "s": ListKind(N), "s~": ListKind(N)},
              {"x": 1, "y": 2, "x~": 3, "y~": 4, "z~": 5, "l~": 6, "W": 7, "W~": 8, "mask": 9, "s": 10, "s~": 11})


def check(before: str, expected: str) -> None:
    def function(source: str) -> str:
        return f"def f(x, y, a, b, c):\n    'reverse'\n{textwrap.indent(source, '    ')}"

    assert text.function(factored.run(core(function(before)), FACTS)) == text.function(core(function(expected)))


@pytest.mark.parametrize(("before", "expected"), [
    ("x_bar += 0.5 * a_bar * c + 0.5 * b_bar * c", "x_bar += 0.5 * (a_bar + b_bar) * c"),
    ("x_bar += a * y_bar - b * y_bar", "x_bar += (a - b) * y_bar"),
    ("x_bar += y_bar * a + y_bar * b + y_bar * c", "x_bar += y_bar * (a + b + c)"),
    ("x_bar -= y_bar * x + y_bar * y", "x_bar -= y_bar * (x + y)"),
    ("a_bar += -(a * c) - b * c", "a_bar -= (a + b) * c"),
    ("a_bar = -(a * c) - b * c", "a_bar = -((a + b) * c)"),
    ("x_bar += x / a + y / a", "x_bar += (x + y) / a"),
    ("x_bar += x * a + 1.0 + y * a", "x_bar += (x + y) * a + 1.0"),
    ("x_bar[1:] -= y_bar * a + b * y_bar", "x_bar[1:] -= (a + b) * y_bar"),
    # through a name for a multiple
    ("y_bar = x * x\nl_bar = 0.1 * y_bar\nx_bar[1:] -= 4.0 * l_bar + y_bar * a",
     "y_bar = x * x\nl_bar = 0.1 * y_bar\nx_bar[1:] -= (0.4 + a) * y_bar"),
])
def test_factors(before: str, expected: str) -> None:
    check(before, expected)


@pytest.mark.parametrize("source", [
    "x_bar += x * a + y * b",
    "x_bar += y_bar + y_bar * a",                       # 1.0 + a
    "W_bar += W * x + y * x",                           # a sum of (m, n) for one of (n,)
    "x_bar += mask * y_bar + (x > a) * y_bar",          # True + True is True
    "x_bar += i * y_bar + y_bar * i",                   # of integers
    "x_bar += a / x + b / y",
    "s_bar += s + s",                                   # lists
    "y_bar = x * x\nl_bar = 0.1 * y_bar\ny_bar = x * a\nx_bar -= 4.0 * l_bar + y_bar * a",   # another y_bar by then
    "y_bar = x * x\nl_bar = 0.1 * y_bar\ny_bar[0] = a\nx_bar -= 4.0 * l_bar + y_bar * a",
    "y_bar = x * x\nl_bar = 0.1 * y_bar\nl_bar[0] = a\nx_bar -= 4.0 * l_bar + y_bar * a",
], ids=str)
def test_what_stays(source: str) -> None:
    check(source, source)


def test_the_users_own_sums_stay() -> None:
    source = "def f(x, a, b):\n    return x * a + x * b\n"
    assert text.function(factored.run(core(source), FACTS)) == text.function(core(source))
