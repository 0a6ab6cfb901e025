"""Restores of whole arrays move behind reversed loops that do not read them."""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np
import pytest
from core.reading import read_expression as e

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.core.nodes import Assign, Call, Comment, For, Function, If, Recall, Record, Statement, Store, Var
from s2sgrad.simplify import outward
from s2sgrad.simplify.facts import Facts

N = Array("float64", (Dim("n"),))
FACTS = Facts({"x": N, "v": N, "p": N, "p~": N, "x~": N, "n": Number("int", True),
               "i": Number("int", True)},
              {"x": 1, "v": 1, "p": 2, "p~": 3, "x~": 4}, frozenset((1, 3, 4)))
RECORD = Record("x^1", Call(np.copy, (Var("x"),)))
RECALL = Recall("x", "x^1", None, True)
ADD = Store("x", None, Var("p"), operator.iadd)
PASS_ON = Store("p~", None, Var("x~"), operator.iadd, reverses=1)


def loops(forward: list[Statement], backward: list[Statement]) -> tuple[Statement, ...]:
    first = For("i", Call(range, (Var("n"),)), tuple(forward))
    again = For("i", Call(reversed, (first.over,)), tuple(backward), reverses=first.label)
    return first, Comment("reverse sweep"), again


def lines(*body: Statement) -> list[str]:
    return list(text.lines(outward.run(Function("f", (), body), FACTS).body))


def test_one_record_before_the_loop() -> None:
    first, middle, again = loops([ADD], [PASS_ON])
    assert lines(*loops([RECORD, ADD], [PASS_ON, RECALL])) == list(text.lines((RECORD, first, middle, again, RECALL)))


def test_out_of_two_loops() -> None:
    inner, _, inner_again = loops([RECORD, ADD], [PASS_ON, RECALL])
    found = lines(*loops([inner], [inner_again]))
    record, recall = list(text.lines((RECORD, RECALL)))
    assert found[0] == record and found[-1] == recall and found.count(record) == found.count(recall) == 1


def test_out_of_a_branch() -> None:
    found = lines(*loops([If(e("i > 1"), (RECORD, ADD), ())], [If(e("i > 1"), (PASS_ON, RECALL), (), reverses=1)]))
    record, recall = list(text.lines((RECORD, RECALL)))
    assert found[0] == record and found[-1] == recall


READ = Assign(("s",), e("x[0]"), reverses=1)


@pytest.mark.parametrize(("forward", "backward"), [
    ([RECORD, ADD], [READ, RECALL]),                                            # read in the loop
    ([RECORD, ADD], [PASS_ON, RECALL, READ]),
    ([RECORD, ADD], [Assign(("s",), e("v[0]"), reverses=1), RECALL]),          # by another name
    ([RECORD, ADD, Assign(("x",), Var("p"))], [PASS_ON, RECALL]),               # another array
    ([RECORD, ADD], [Recall("x", "x^2"), PASS_ON, RECALL]),
    ([Record("x^1", e("np.copy(x[1:])")), ADD], [PASS_ON, Recall("x", "x^1", e("x[1:]").args[1])]),     # a part
    ([Record("x^1", Call(np.copy, (Var("p"),))), ADD], [PASS_ON, RECALL]),
])
def test_what_stays(forward: list[Statement], backward: list[Statement]) -> None:
    body = loops(forward, backward)
    assert lines(*body) == list(text.lines(body))


def test_without_facts_nothing_moves() -> None:
    body = loops([RECORD, ADD], [PASS_ON, RECALL])
    unknown = replace(FACTS, classes={})
    assert outward.run(Function("f", (), body), unknown).body == body
