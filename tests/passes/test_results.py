"""The result, and what a written-out helper hands over, under one name; before and after."""

import numpy as np
import pytest
from core.reading import read_expression as e

from s2sgrad import check_grads, value_and_grad
from s2sgrad.core import text
from s2sgrad.core.kinds import Number
from s2sgrad.core.nodes import Assign, Function, If, Recall, Record, Return, Var
from s2sgrad.lower.results import with_named_results
from s2sgrad.simplify import copies
from s2sgrad.simplify.copies import home
from s2sgrad.simplify.facts import Facts

NAMES = ("a", "b", "y", "y#i6", "y#i6#2", "x#i7", "total", "^result", "$1")
FACTS = Facts({n: Number("float64", True) for n in NAMES})


def let(name, value):
    return Assign((name,), e(value) if isinstance(value, str) else value)


def lines(one, *body):
    return list(text.lines(one(Function("f", (), body)).body))


def copied(*body):
    return lines(lambda f: copies.run(f, FACTS), *body)


BACK = Return(Var("^result"))


def test_the_result_is_what_it_repeats():
    assert copied(let("total", "a * b"), let("^result", "total"), let("a~", "b"), BACK) == [
        "total = a * b", "a~ = b", "return total"]


@pytest.mark.parametrize("between", [
    (let("total", "a + b"),), (Record("total^1", Var("a")), Recall("total", "total^1")),
    (If(e("a > b"), (let("total", "a"),)),)])
def test_a_name_that_is_bound_again_is_not_the_result(between):
    body = (let("total", "a * b"), let("^result", "total"), *between, BACK)
    assert copied(*body) == list(text.lines(body))


def test_a_variable_of_a_helper_goes_on_under_its_name():
    assert copied(let("y#i6", "-a"), let("y", Var("y#i6")), let("b", "y * y")) == ["y#i6 = -a", "b = y#i6 * y#i6"]
    assert copied(let("x#i7", "-a"), let("y#i6", Var("x#i7")), let("b", Var("y#i6"))) == ["x#i7 = -a", "b = x#i7"]


def test_a_parameter_of_a_helper_is_what_it_is_given():
    assert copied(let("y", "-a"), let("y#i6", "y"), let("b", Var("y#i6"))) == ["y = -a", "b = y"]
    stays = (let("y", "-a"), let("y#i6", "y"), let("y", "b"), let("b", Var("y#i6")))
    assert copied(*stays) == list(text.lines(stays))


@pytest.mark.parametrize("body", [
    (let("total", "a"), let("y", "total"), let("b", "y")),                              # both are the user's
    (let("x#i6", "-a"), let("y#i6", Var("x#i6")), let("b", Var("y#i6"))),               # of one helper
    (let("y#i6", "-a"), let("y", Var("y#i6")), let("y#i6", "b"), let("b", "y")),
    (let("y#i6", "-a"), let("y", Var("y#i6")), let("b", "y"), let("y", "b"), let("b", "y")),
])
def test_names_of_the_user_stay(body):
    assert copied(*body) == list(text.lines(body))


def test_homes():
    assert [home(n) for n in NAMES] == ["", "", "", "#i6", "#i6", "#i7", "", "", ""]


def test_a_temporary_that_is_the_result_is_called_so():
    body = (let("$1", "np.sqrt(a)"), let("^result", "_1"), let("b", "a / _1"), BACK)
    assert lines(with_named_results, *body) == ["^result = np.sqrt(a)", "b = a / ^result", "return ^result"]


@pytest.mark.parametrize("body", [
    (let("$1", "a"), let("^result", "_1"), let("$1", "b"), BACK),
    (If(e("a > b"), (let("$1", "a"),), (let("$1", "b"),)), let("^result", "_1"), BACK),
    (let("total", "a"), let("^result", "total"), BACK),
])
def test_other_names_stay(body):
    assert lines(with_named_results, *body) == list(text.lines(body))


def summed(x):
    total = 0.0
    for k in range(3):
        total += np.sin(k * x) * total + x
    return total


def restored(x):
    y = x * 1.0
    total = y
    for k in range(3):
        total = total * np.sin(total + k)
    return total


def from_a_loop(x):
    y = x
    while y < 40.0:
        y = y * y + x
    return y


def uses_a_loop(x):
    z = from_a_loop(x)
    y = from_a_loop(z * 0.5)
    return z * y


def written(x):
    y = np.zeros(3)
    for k in range(3):
        y[k] = x * y[k - 1] + k
    return y


def keeps_what_was_written(x):
    v = written(x)
    w = v[2] * v[1]
    v[1] = 5.0
    return w * v[1] * np.sum(v)


def two_ends(x):
    if x > 1.0:
        return x * x
    return 3.0 * x


@pytest.mark.parametrize("function", [summed, restored, from_a_loop, uses_a_loop, keeps_what_was_written, two_ends])
@pytest.mark.parametrize("x", [0.7, 1.7])
def test_value_and_gradient_are_right(function, x):
    value, _ = value_and_grad(function)(x)
    assert value == pytest.approx(function(x), rel=1e-15)
    check_grads(function, (x,))


def test_the_returned_name():
    assert "return total, total_bar" not in value_and_grad(summed).source
    assert "    return root, x_bar" not in value_and_grad(lambda x: np.sqrt(x)).source
    assert "result = np.sqrt(x)" in value_and_grad(lambda x: np.sqrt(x)).source


# ---------------------------------------------------------------- what a call gives
GIVEN = Assign(("$1", "$2"), e("f(a)"))


def named(*body):
    return lines(with_named_results, *body)


def test_a_call_is_unpacked_to_the_name_that_takes_it_over():
    assert named(GIVEN, let("y", "_1"), Return(e("y + _2"))) == ["y, $2 = f(a)", "return y + $2"]
    assert named(GIVEN, let("a", "_2"), let("y", "_1"), Return(e("y + a"))) == ["y, a = f(a)", "return y + a"]
    inside = If(e("a > b"), (GIVEN, let("y", "_1")), (let("y", "a"),))
    assert named(inside, Return(Var("y"))) == ["if a > b:", "    y, $2 = f(a)", "else:", "    y = a", "return y"]


@pytest.mark.parametrize("body", [
    (GIVEN, let("y", "_1"), Return(e("y + _1"))),                                           # read again
    (Assign(("a", "b"), e("f(y)")), let("y", "a"), Return(e("y"))),                         # the user's own name
    (Assign(("$1", "y"), e("f(a)")), let("y", "_1"), Return(e("y"))),                       # bound by the call as well
    (Assign(("$1", "$1"), e("f(a)")), let("y", "_1"), Return(e("y"))),
    (GIVEN, let("y", "-_1"), Return(e("y"))),
])
def test_what_is_unpacked_first(body):
    found = named(*body)
    assert found[0] == next(iter(text.lines(body[:1])))
