"""Lists of one number as the adjoint of a sum or a mean: before and after, and right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from core.reading import read_expression as e

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad import check_grads, grad
from s2sgrad.core import text
from s2sgrad.core.kinds import UNKNOWN, Array, Dim, ListKind, Number
from s2sgrad.core.nodes import Assign, Call, Const, Effect, Function, Store, Var
from s2sgrad.runtime import sum_adjoint
from s2sgrad.simplify import even
from s2sgrad.simplify.facts import Facts

NUMBER = Number("float64", True)
FACTS = Facts({"items": ListKind(NUMBER), "rows": ListKind(Array("float64", (Dim("n"),))), "any": ListKind(UNKNOWN),
               "y~": NUMBER, "z~": Array("float64", (Dim("n"),)), "a": NUMBER, "x~": NUMBER})
POP = Call(list.pop, (Var("items~"),))


def made(items: str, bar: str = "y~") -> Assign:
    return Assign(("items~",), Call(list, (Call(sum_adjoint, (Var(items), Var(bar))),)), reverses=1)


def lines(*body: object) -> list[str]:
    return list(text.lines(even.run(Function("f", (), body), FACTS).body))      # type: ignore[arg-type]


def test_the_entries_are_one_number() -> None:
    assert lines(made("items"), Assign(("x~",), POP, reverses=1)) == ["$1 = y~", "x~ = $1"]
    assert lines(made("items"), Effect(POP), Assign(("x~",), e("items_bar[0]"), reverses=1)) == ["$1 = y~", "x~ = $1"]


@pytest.mark.parametrize("body", [
    (made("rows", "z~"), Assign(("x~",), POP, reverses=1)),                            # arrays
    (made("any"), Assign(("x~",), POP, reverses=1)),
    (made("items"), Store("items~", Const(0), Var("a")), Assign(("x~",), POP, reverses=1)),
    (made("items"), made("items"), Assign(("x~",), POP, reverses=1)),
    (made("items"), Assign(("x~",), Call(len, (Var("items~"),)), reverses=1)),
])
def test_lists_that_stay(body: tuple[object, ...]) -> None:
    assert lines(*body) == list(text.lines(body))           # type: ignore[arg-type]


def total(x: np.ndarray) -> float:
    return sum(math.sin(v) * v for v in x) / len(x)


def mean(x: np.ndarray) -> float:
    return np.mean([v * v * v for v in x])


def kept(x: np.ndarray) -> float:
    losses = [v * v for v in x]
    return sum(losses) + losses[1] * losses[0]


@pytest.mark.parametrize(("function", "plain"), [(total, True), (mean, True), (kept, False)])
def test_sums_of_lists(function: object, plain: bool) -> None:
    check_grads(function, (np.array([0.3, 1.2, -0.4]),))
    source = grad(function).source_for(np.array([0.3, 1.2, -0.4]))
    assert ("pop()" in source and "adjoint" in source) != plain
