"""Copies that are only read before what they copy changes are dropped."""

from __future__ import annotations

import operator

import numpy as np
import pytest
from core.reading import read_expression as e

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.core.nodes import Assign, Call, For, Function, Return, Statement, Store, Var
from s2sgrad.simplify import uncopied
from s2sgrad.simplify.facts import Facts

N = Array("float64", (Dim("n"),))
FACTS = Facts({"x~": N, "y~": N, "v~": N, "$1": N, "$2": N, "s": Number("float", True), "n": Number("int", True)},
              {"x~": 1, "v~": 1, "y~": 2, "$1": 3, "$2": 4}, frozenset((1, 2, 3, 4)))      # v~ is a view of x~
COPY = Assign(("$1",), Call(np.copy, (Var("x~"),)), reverses=1)
READ = Store("y~", None, e("_1 * 2.0"), operator.iadd, reverses=1)
DOT = Assign(("s",), e("np.vdot(_1, x_bar)"), reverses=1)
ZERO = Store("x~", None, e("0.0"), reverses=1)
ZERO_VIEW = Store("v~", e("0"), e("0.0"), reverses=1)


def is_dropped(*body: Statement) -> bool:
    """Also: is the rest as it was, where the copy keeps a name, or else what it was a copy of stands for it?"""
    result = list(text.lines(uncopied.run(Function("f", (), body), FACTS).body))
    before = list(text.lines(body))
    source = before[0].partition("np.copy(")[2].removesuffix(")")
    assert result[-len(before) + 1:] in (before[1:], [line.replace("$1", source) for line in before[1:]])
    return result != before


@pytest.mark.parametrize("body", [
    (READ,), (READ, DOT), (READ, ZERO), (READ, DOT, ZERO_VIEW),
    (For("i", e("range(n)"), (READ,), reverses=1), ZERO),
], ids=["read", "read-twice", "then-zeroed", "then-a-view-is-zeroed", "read-in-a-loop"])
def test_is_dropped(body: tuple[Statement, ...]) -> None:
    assert is_dropped(COPY, *body)


@pytest.mark.parametrize("body", [
    (ZERO, READ), (READ, ZERO_VIEW, DOT), (Store("$1", e("0"), e("0.0"), reverses=1), READ),
    (For("i", e("range(n)"), (READ, ZERO), reverses=1),),
    (Assign(("$2",), Var("$1"), reverses=1), ZERO), (Assign(("$2",), e("_1[1:]"), reverses=1), ZERO),
    (Assign(("$2",), e("[_1]"), reverses=1), ZERO), (READ, Assign(("x~",), e("2.0 * y_bar"), reverses=1), DOT),
    (Return(Var("$1")),), (COPY, READ),
], ids=["changed-first", "changed-between", "the-copy-is-written", "changed-in-the-loop", "another-name", "view-of-it",
        "kept-in-a-list", "bound-again", "returned", "bound-twice"])
def test_stays(body: tuple[Statement, ...]) -> None:
    assert not is_dropped(COPY, *body)


PART = Assign(("$1",), Call(np.copy, (e("x_bar[1:n]"),)), reverses=1)


@pytest.mark.parametrize("body, dropped", [
    ((READ, DOT), True), ((READ, DOT, ZERO), True), ((READ, ZERO, DOT), False),
    ((READ, Assign(("n",), e("2"), reverses=1), DOT), False),
], ids=["read", "then-zeroed", "zeroed-between", "another-n"])
def test_a_copy_of_a_part(body: tuple[Statement, ...], dropped: bool) -> None:
    assert is_dropped(PART, *body) == dropped


def test_stays_in_the_forward_sweep() -> None:
    assert not is_dropped(Assign(("$1",), COPY.value), READ)
