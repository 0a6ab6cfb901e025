"""Conditional expressions where a branch chooses what the next statement uses, before and after."""

import operator

import numpy as np
import pytest
from core.reading import read_expression as e

from s2sgrad import check_grads, value_and_grad
from s2sgrad.core import text
from s2sgrad.core.kinds import Number
from s2sgrad.core.nodes import Assign, Call, Effect, Function, If, Method, Store, Var
from s2sgrad.lower.choices import with_choices
from s2sgrad.simplify.facts import Facts

FACTS = Facts({n: Number("float64", True) for n in ("k", "n", "a", "b", "y", "$1")})
FLAG = "^taken1"


def let(name, value):
    return Assign((name,), e(value))


def branch(test="k > n", then="a", orelse="b", name="$1"):
    return If(e(test) if isinstance(test, str) else test, (let(name, then),), (let(name, orelse),))


def append(name, value):
    return Effect(Call(Method("append"), (Var(name), e(value))))


def lines(*body):
    return list(text.lines(with_choices(Function("f", (), body), FACTS).body))


def test_a_choice_stands_where_it_is_used():
    assert lines(branch(), let("y", "np.sin(_1)")) == ["y = np.sin(a if k > n else b)"]


def test_it_passes_records():
    assert lines(branch(), append("y^1", "v[a]"), Store("v", e("n"), e("_1"))) == [
        "y^1.append(v[a])", "v[n] = a if k > n else b"]


def test_it_stands_in_a_list():
    assert lines(branch(), append("items", "_1")) == ["items.append(a if k > n else b)"]


@pytest.mark.parametrize("body", [
    (branch(), let("y", "a"), let("n", "_1")),                          # something else between
    (branch(), append("items", "a"), let("y", "_1")),                   # a list of the user's between
    (branch(), let("y", "_1 * _1")),
    (branch(), let("y", "_1"), let("n", "_1")),
    (branch(name="x"), let("y", "x")),                                  # the user's own name
    (branch(), let("y", "a and _1")),                                   # perhaps not evaluated
    (branch(then="f(a)"), let("y", "_1")),                              # not known to be pure
    (branch(), let("y", "f(_1)")),
    (branch(), let("$1", "_1 + a")),
    (branch(then="np.hypot(a, b) + np.hypot(a, b) + np.hypot(a, b) + np.hypot(a, b) + np.hypot(a, b) + a * b"),
     let("y", "_1")),
])
def test_what_stays(body):
    assert lines(*body) == list(text.lines(body))


def test_a_test_that_is_read_once_stands_in_the_branch():
    body = (Assign((FLAG,), e("k > n")), If(Var(FLAG), (let("y", "a"),)))
    assert lines(*body) == ["if k > n:", "    y = a"]
    recorded = (*body, Effect(Call(Method("append"), (Var("taken^1"), Var(FLAG)))))
    assert lines(*recorded) == list(text.lines(recorded))


def test_tests_of_tests():
    body = (Assign((FLAG,), e("k > n")), Assign(("^taken2",), Call(operator.not_, (Var(FLAG),))),
            If(Var("^taken2"), (let("y", "a"),)))
    assert lines(*body)[-2:] == ["if not ^taken1:", "    y = a"]


def american(x, strike):
    values = [0.3 * x, 1.1 * x, 0.7 * x]
    for k in range(3):
        hold = 0.9 * values[k] * x
        values[k] = strike - x if strike - x > hold else hold
    return values[0] * values[1] + values[2]


def table(x, keys):
    found = []
    for key in keys:
        found.append(x * x if key == "a" else np.sin(x))
    return found[0] * found[1]


def chosen_before_it_changes(x):
    y = x * 2.0
    z = y if x > 0.0 else -y
    y = y * z
    return (y if y > 1.0 else z) * z


@pytest.mark.parametrize(("function", "args", "inside"), [
    (american, (0.8, 1.2), "if taken else hold"),
    (american, (0.8, 0.1), "if taken else hold"),
    (table, (0.7, ("a", "b")), ".append("),
    (chosen_before_it_changes, (0.9,), ""),
    (chosen_before_it_changes, (-0.9,), ""),
])
def test_the_gradient_is_right(function, args, inside):
    assert inside in value_and_grad(function).source_for(*args)
    check_grads(function, args)


def statements(x, k):
    if k > 2:
        y = x * x
    else:
        y = np.sin(x)
    return y * y


def test_an_if_of_the_users_stays_one():
    text = value_and_grad(statements).source_for(0.3, 3)
    assert "if k > 2:\n        y = x * x\n    else:" in text.replace("taken", "k > 2")
    check_grads(statements, (0.3, 3))
