"""Lists and dicts of objects that the module holds: fields are read at each call, wherever they are run through."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad

Bracket = namedtuple("Bracket", "low rate")
BRACKETS = [Bracket(0.0, 0.1), Bracket(0.5, 0.22), Bracket(1.2, 0.3)]
RATES = {"low": Bracket(0.0, 0.1), "high": Bracket(1.0, 0.4)}
X = np.array([0.3, 1.4, 0.8, 2.1])


def tax(income):
    due = 0.0
    for b in BRACKETS:
        if income > b.low:
            due += (income - b.low) * b.rate
    return due


def for_each(x: np.ndarray):
    return sum([tax(i) for i in x])


def in_a_loop(x: np.ndarray):
    total = 0.0
    for i in x:
        due = 0.0
        for b in BRACKETS:
            due += i * b.rate
        total += due
    return total


def twice(x: np.ndarray):
    return tax(x[0]) * tax(x[1])


def by_key(x: np.ndarray):
    total = 0.0
    for i in x:
        b = RATES["high"] if i > 1.0 else RATES["low"]
        total += (i - b.low) ** 2 * b.rate
    return total


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [for_each, in_a_loop, twice, by_key], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (X,), facts)


def test_a_bracket_more(monkeypatch):
    gradient = grad(for_each)
    before = gradient(X)
    monkeypatch.setitem(for_each.__globals__, "BRACKETS", [*BRACKETS, Bracket(0.0, 5.0)])
    assert np.allclose(gradient(X), before + 5.0)
