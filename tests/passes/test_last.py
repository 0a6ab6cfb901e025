"""Last contributions are made where the adjoint is read."""

from __future__ import annotations

import textwrap

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.simplify import last
from s2sgrad.simplify.facts import Facts

N = Array("float64", (Dim("n"),))
NUMBER = Number("float64", True)
FACTS = Facts({"x": N, "x~": N, "y~": N, "a": NUMBER, "b": NUMBER, "a~": NUMBER, "b~": NUMBER, "c~": NUMBER},
              {"x": 1, "x~": 2, "y~": 3})


def check(before: str, expected: str) -> None:
    def function(source: str) -> str:
        return f"def f(x, a, b):\n    'reverse'\n{textwrap.indent(source, '    ')}"

    assert text.function(last.run(core(function(before)), FACTS)) == text.function(core(function(expected)))


@pytest.mark.parametrize(("before", "expected"), [
    ("a_bar += b * b\nx_bar[0] += a_bar", "x_bar[0] += a_bar + b * b"),
    ("a_bar -= b * b\nx_bar[0] += a_bar", "x_bar[0] += a_bar - b * b"),
    ("a_bar += b * b\nc_bar = a_bar\nreturn c_bar", "c_bar = a_bar + b * b\nreturn c_bar"),
    ("a_bar += b\nb_bar += a\nc_bar += a_bar\nreturn b_bar + c_bar",
     "b_bar += a\nc_bar += a_bar + b\nreturn b_bar + c_bar"),
    ("for i in range(3):\n    a_bar = b\n    a_bar += b * b\n    x_bar[i] += a_bar",
     "for i in range(3):\n    a_bar = b\n    x_bar[i] += a_bar + b * b"),
    ("y_bar = x_bar + a * x\nreturn y_bar", "return x_bar + a * x"),
])
def test_last_contributions(before: str, expected: str) -> None:
    check(before, expected)


@pytest.mark.parametrize("source", [
    "a_bar += b * b\nx_bar[0] += a_bar\nreturn a_bar",                                   # read again
    "for i in range(3):\n    a_bar += b * b\n    x_bar[i] += a_bar",                     # in the next trip
    "a_bar += b * b\nb = 2.0\nx_bar[0] += a_bar",                                       # another b by then
    "a_bar += x[0] * b\nx[0] = 2.0\nx_bar[0] += a_bar",
    "a_bar += b * b\nc_bar = a_bar * a\nreturn c_bar",                                   # in a product
    "a_bar += b * b\nif b > 0.0:\n    x_bar[0] += a_bar",
    "a_bar += b * b\nfor i in range(3):\n    a_bar = a_bar * 0.3\nc_bar = a_bar\nreturn c_bar",     # bound in a loop
    "a_bar += b * b\nif b > 0.0:\n    a_bar = 0.0\nc_bar = a_bar\nreturn c_bar",
    "x_bar += x * b\ny_bar[0] += x_bar\n",                                              # an array grows in place
    "y_bar = a * x\nreturn y_bar",                                                       # the name says what it is
], ids=str)
def test_contributions_that_stay(source: str) -> None:
    check(source, source)
