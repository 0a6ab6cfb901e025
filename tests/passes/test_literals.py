"""Loops over displays of literals: before and after, and right."""

from __future__ import annotations

import numpy as np
import pytest
from core.reading import read_expression as e
from language.check import saved_gradient

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad import check_grads, grad
from s2sgrad.core import text
from s2sgrad.core.nodes import Assign, Call, Effect, For, Function, Record, Statement, Var
from s2sgrad.simplify import literals
from s2sgrad.simplify.facts import Facts

BODY = (Assign(("y",), e("x * axis")),)


def loop(container: str = "$1", body: tuple[Statement, ...] = BODY) -> For:
    length = Call(range, (Call(len, (Var(container),)),))
    return For("$2", length, body, elements=(("axis", Var(container)),))


def lines(*body: Statement) -> list[str]:
    return list(text.lines(literals.run(Function("f", (), body), Facts()).body))


@pytest.mark.parametrize("display", ["(0, 1)", "[(0, 2), (1, 3)]", "('x', 'y')", "(-1, 1)"])
def test_the_loop_runs_over_the_display(display: str) -> None:
    assert lines(Assign(("$1",), e(display)), loop()) == list(text.lines((
        For("$2", Call(range, (Call(len, (e(display),)),)), BODY, elements=(("axis", e(display)),)),)))


@pytest.mark.parametrize("body", [
    (Assign(("$1",), e("(0, n)")), loop()),                                     # not literals
    (Assign(("$1",), e("()")), loop()),
    (Assign(("$1",), e("(0, 1)")), loop(), Assign(("z",), e("len(axis)")), Record("^r", Var("$1"))),
    (Assign(("$1",), e("(0, 1)")), Assign(("$1",), e("(0, 2)")), loop()),
    (Assign(("axes",), e("(0, 1)")), loop("axes")),                             # a name of the user's
    (Assign(("$1",), e("[0, 1]")), Effect(Call(list.append, (Var("$1"), e("2")))), loop()),
    (Assign(("$1",), e("(0, 1)")), loop(body=(Assign(("y",), Var("$2")),))),    # counts its trips
    (Assign(("$1",), e(str(tuple(range(30))))), loop()),                        # long
])
def test_displays_that_stay(body: tuple[Statement, ...]) -> None:
    assert lines(*body) == list(text.lines(body))


def differences(x: np.ndarray) -> float:
    total = 0.0
    for axis in (0, 1):
        for shift, weight in ((-1, 0.5), (1, 2.0)):
            total += weight * np.sum(x * np.roll(x, shift, axis=axis) ** 2)
    return total


def test_nothing_is_recorded_for_them() -> None:
    check_grads(differences, (np.arange(6.0).reshape(2, 3) * 0.3,))
    source = grad(differences).source_for(np.ones((2, 3)))
    assert "in reversed((0, 1)):" in source and "in reversed(((-1, 0.5), (1, 2.0))):" in source
    assert "items" not in source.replace("for items in", "").replace("weight = items", "")


def squares_of_rows(A: np.ndarray) -> float:
    return sum(map(lambda r: sum(map(lambda v: v * v, r)), A))


def test_a_list_that_grows_is_not_made_again() -> None:
    check_grads(squares_of_rows, (np.arange(6.0).reshape(2, 3) * 0.3,))
    check_grads(squares_of_rows, (np.arange(6.0).reshape(2, 3) * 0.3,), grad=saved_gradient(squares_of_rows, (0,)))
