"""Cheap numbers that each sweep reads once are computed in both."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.core.nodes import Comment
from s2sgrad.simplify import apart
from s2sgrad.simplify.facts import Facts

N = Array("float64", (Dim("n"),))
NUMBER = Number("float64", True)
FACTS = Facts({"x": N, "x~": N, "a": NUMBER, "b": NUMBER, "r": NUMBER, "a~": NUMBER, "b~": NUMBER}, {"x": 1, "x~": 2})


def function(forward: str, reverse: str):
    def read(source: str):
        return core(f"def f(x, a, b):\n{textwrap.indent(source, '    ')}")

    ahead, behind = read(forward), read(f"'reverse'\n{reverse}")
    return replace(ahead, body=(*ahead.body, Comment("reverse sweep"), *behind.body))


def check(before: tuple[str, str], expected: tuple[str, str]) -> None:
    assert text.function(apart.run(function(*before), FACTS)) == text.function(function(*expected))


@pytest.mark.parametrize(("before", "expected"), [
    (("_1 = a * b\nr = 0.5 * _1 ** 2", "a_bar = _1 * r"), ("r = 0.5 * (a * b) ** 2", "a_bar = a * b * r")),
    (("_1 = -a\nr = _1 * b", "b_bar += _1"), ("r = -a * b", "b_bar += -a")),
    (("_1 = 1.0 - a\nr = x[0] * _1", "x_bar[0] += _1"), ("r = x[0] * (1.0 - a)", "x_bar[0] += 1.0 - a")),
])
def test_put_back(before: tuple[str, str], expected: tuple[str, str]) -> None:
    check(before, expected)


@pytest.mark.parametrize("before", [
    ("_1 = a / b\nr = 0.5 * _1", "a_bar = _1 * r"),                         # a division
    ("_1 = a * b * b\nr = 0.5 * _1", "a_bar = _1 * r"),                     # two operations
    ("_1 = x * a\nr = 0.5 * _1[0]", "a_bar = _1[1]"),                       # an array
    ("_1 = a * b\nr = 0.5 * _1 + _1", "a_bar = _1 * r"),                    # read twice
    ("_1 = a * b\nr = 0.5 * _1", "a_bar = _1 * r\nb_bar = _1"),
    ("_1 = a * b\nr = 0.5 * _1\na = 2.0", "a_bar = _1 * r"),                # another a by then
    ("_1 = a * b\nr = 0.5 * _1", "a = 3.0\na_bar = _1 * r"),
    ("_1 = a * b\nr = 0.5 * _1", "for i in range(3):\n    a_bar = _1 * r"),
    ("_1 = a * b\nfor i in range(3):\n    r = 0.5 * _1", "a_bar = _1 * r"),
    ("for i in range(3):\n    _1 = a * b\n    r = 0.5 * _1", "a_bar = _1 * r"),
    ("_1 = a * b\nr = 0.5 * _1\nr = _1 + b", "a_bar = r"),                  # twice in one sweep
])
def test_left_alone(before: tuple[str, str]) -> None:
    check(before, before)
