"""Statements that print as one: zeros of adjoints, what the user bound together, the lists of a loop."""

import numpy as np
import pytest
from emit.core_text import at, call, const, function, pair, program, run, v

from s2sgrad import value_and_grad
from s2sgrad.core.nodes import Assign, Build, Comment, For, Method
from s2sgrad.emit.gather import written_form
from s2sgrad.emit.printer import emit
from s2sgrad.runtime import zeros_like

EMPTY = Build("list", ())


def lines(*statements):
    text = emit(program(function(("x",), *statements)), "").text
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def zero(name, value=0.0, reverses=1):
    return Assign((name,), const(value), reverses=reverses)


def users(text, **values):
    return [Assign((name,), value, origin=at(3, text)) for name, value in values.items()]


@pytest.mark.parametrize(("statements", "expected"), [
    ([zero("a"), zero("b"), zero("c", 0)], ["a = b = 0.0", "c = 0"]),
    ([zero("a"), zero("b", -0.0)], ["a = 0.0", "b = -0.0"]),
    ([zero("a"), Assign(("y",), call(np.zeros_like, v("x")), reverses=1), zero("b")],
     ["a = b = 0.0", "y = np.zeros_like(x)"]),
    ([zero("a"), Assign(("y",), call(zeros_like, v("a")), reverses=1), zero("b")],
     ["a = 0.0", "y = zeros_like(a)", "b = 0.0"]),                              # reads one of them
    ([zero("a"), Comment("a line of the user's"), zero("b")], ["a = 0.0", "# a line of the user's", "b = 0.0"]),
    ([zero("a"), zero("a")], ["a = 0.0", "a = 0.0"]),
    ([zero("a"), Assign(("b",), v("x"), reverses=1), zero("c")], ["a = 0.0", "b = x", "c = 0.0"]),
    ([Assign((n,), const(None)) for n in "abc"], ["a = b = c = None"]),         # residuals that a branch binds
])
def test_zeros(statements, expected):
    assert lines(*statements) == expected


def test_a_long_chain_takes_several_lines():
    names = [f"a_long_name_{k}" for k in range(20)]
    found = lines(*map(zero, names))
    assert len(found) == 4 and all(len(line) <= 106 for line in found)
    assert run(program(function(("x",), *map(zero, names), Assign(("y",), v(names[-1])))), 1.0) is None


@pytest.mark.parametrize(("statements", "expected"), [
    (users("a = b = 0.0", a=const(0.0), b=const(0.0)), ["a = b = 0.0"]),
    (users("a = 0.0", a=const(0.0)) + users("b = 0.0", b=const(0.0)), ["a = 0.0", "b = 0.0"]),
    (users("a, b = f(x), 1.0", a=v("x"), b=const(1.0)), ["a, b = x, 1.0"]),
    (users("a, b = f(x), 1.0", a_1=v("x"), b=const(1.0)), ["a_1, b = x, 1.0"]),     # a later version of a
    (users("a, b = f(x), 1.0", b=v("x"), a=const(1.0)), ["b = x", "a = 1.0"]),
    (users("a, b = f(x), g(x)", a=v("x"), b=v("a")), ["a = x", "b = a"]),            # a was bound in between
    (users("y = f(x) * g(x)", a=v("x"), b=v("x")), ["a = x", "b = x"]),
    (users("for k in x:", a=EMPTY, b=EMPTY), ["a, b = [], []"]),
    (users("for k in x:", a=EMPTY, b=EMPTY, c=EMPTY, d=EMPTY), ["a, b, c = [], [], []", "d = []"]),
    (users("a = []", a=EMPTY) + users("b = []", b=EMPTY), ["a = []", "b = []"]),
])
def test_what_the_user_wrote_together(statements, expected):
    assert lines(*statements) == expected


def pop(name, record):
    return Assign((name,), call(Method("pop"), v(record)), reverses=-1)


@pytest.mark.parametrize(("statements", "expected"), [
    ([pop("a", "r"), pop("b", "s")], ["a, b = r.pop(), s.pop()"]),
    ([pop(n, f"{n}_record") for n in "abcd"], [
        "a, b, c = a_record.pop(), b_record.pop(), c_record.pop()", "d = d_record.pop()"]),
    ([pop("a", "r"), pop("b", "a")], ["a = r.pop()", "b = a.pop()"]),           # taken off what was taken
    ([pop("a", "r"), pop("a", "r")], ["a = r.pop()", "a = r.pop()"]),
    (users("a = xs.pop()", a=call(Method("pop"), v("x"))) + users("b = ys.pop()", b=call(Method("pop"), v("x"))),
     ["a = x.pop()", "b = x.pop()"]),
])
def test_what_was_recorded_is_taken_together(statements, expected):
    assert lines(*statements) == expected


def test_elements_of_a_reversed_loop():
    loop = For("i", call(reversed, call(range, call(len, v("x")))), (Assign(("c",), pair(*v("a", "b", "i"))),),
               elements=(("a", v("x")), ("b", v("y"))), reverses=1)
    assert lines(loop) == ["for i in reversed(range(len(x))):", "    a, b = x[i], y[i]", "    c = (a, b, i)"]


def test_what_does_not_fit_stays_apart():
    value = call(print, *v(*(f"quite_a_long_name_{k}" for k in range(4))))
    assert len(lines(*users("a, b = f(x), g(x)", a=value, b=value))) == 2


def test_a_display_of_the_user_is_joined_again_in_the_reverse_sweep():
    values = {"a": call(np.sin, v("x")), "b": call(np.cos, v("x"))}
    again = [Assign((name,), value, reverses=-1) for name, value in values.items()]
    text = "a, b = np.sin(x), np.cos(x)"
    assert lines(*users(text, **values), Comment("reverse sweep"), *again) == [text, "# reverse sweep", text]
    assert lines(*again) == ["a = np.sin(x)", "b = np.cos(x)"]


@pytest.mark.parametrize(("text", "form"), [
    ("a, b = b, a", ("tuple", ("a", "b"))), ("a = b = 0", ("chain", ("a", "b"))), ("a = 0", ("", ())),
    ("a, b = f(x)", ("", ())), ("a, b = (f(x),", ("", ())), ("for a, b in c:", ("", ())), ("", ("", ())),
])
def test_the_form_of_a_statement(text, form):
    assert written_form(text) == form


def test_lists_of_one_loop_are_different_objects():
    def f(x):
        y = x
        for _ in range(3):
            z = np.sin(y)
            y = z * np.cos(z) * y
        return y
    derived = value_and_grad(f)
    x = 0.4
    assert derived(x)[1] == pytest.approx((f(x + 1e-6) - f(x - 1e-6)) / 2e-6)


@pytest.mark.parametrize(("statements", "expected"), [
    ([Assign(("t", "r"), call(np.modf, v("x"))), Assign(("a", "b"), v("t"))], ["(a, b), r = np.modf(x)"]),
    ([Assign(("r", "t"), call(np.modf, v("x"))), Assign(("t", "b"), v("t"))], ["r, (t, b) = np.modf(x)"]),
    ([Assign(("t", "r"), call(np.modf, v("x"))), Assign(("a", "b"), v("t")), Assign(("c",), v("t"))],
     ["t, r = np.modf(x)", "a, b = t", "c = t"]),                                   # read again
    ([Assign(("t", "r"), call(np.modf, v("x"))), Assign(("a", "r"), v("t"))], ["t, r = np.modf(x)", "a, r = t"]),
    ([Assign(("t", "r"), v("x")), Assign(("a", "b"), v("t"))], ["t, r = x", "a, b = t"]),      # residuals
])
def test_what_is_unpacked_again_is_unpacked_at_once(statements, expected):
    assert lines(*statements) == expected


@pytest.mark.parametrize(("statements", "expected"), [
    ([Assign(("a",), call(np.sin, v("x")), reverses=1), Assign(("b",), v("a"), reverses=1)], ["a = b = np.sin(x)"]),
    ([zero("a"), Assign(("b",), v("a"), reverses=1)], ["a = 0.0", "b = a"]),                   # zeros are written
    ([Assign(("a",), v("x"), reverses=1), Assign(("x",), v("a"), reverses=1)], ["a = x", "x = a"]),
    ([Assign(("a",), v("x")), Assign(("b",), v("a"))], ["a = x", "b = a"]),                    # the user's own
])
def test_a_second_name(statements, expected):
    assert lines(*statements) == expected


@pytest.mark.parametrize(("names", "expected"), [
    ({"t": call(np.eye, v("x")), "a": v("t"), "b": v("t")}, ["a = b = np.eye(x)"]),
    ({"t": call(np.eye, v("x")), "a": v("t")}, ["a = np.eye(x)"]),
    ({"t": call(np.eye, v("x")), "a": v("t"), "b": call(np.sin, v("t"))}, ["t = np.eye(x)", "a = t", "b = np.sin(t)"]),
])
def test_the_names_of_one_statement(names, expected):
    assert lines(*users("a = b = np.eye(x)", **names)) == expected


def test_a_name_with_another_origin_is_a_statement_of_its_own():
    assert lines(Assign(("t",), call(np.eye, v("x")), origin=at(3, "t = np.eye(x)")),
                 Assign(("a",), v("t"), origin=at(4, "a = t"))) == ["t = np.eye(x)", "a = t"]
