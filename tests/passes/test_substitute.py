"""Single-use temporaries and copies, before and after."""

from __future__ import annotations

import textwrap

import pytest
from core.reading import core

from s2sgrad.core import text
from s2sgrad.core.kinds import Number
from s2sgrad.core.nodes import Function, Var
from s2sgrad.core.rewrite import rename_block
from s2sgrad.simplify import copies, substitute
from s2sgrad.simplify.facts import Facts

NOTHING = Facts()


def after(source: str, facts: Facts = NOTHING) -> str:
    return text.block(substitute.run(core(source), facts).body)


def plain(source: str) -> str:
    return text.block(core(textwrap.dedent(source)).body)


@pytest.mark.parametrize(("before", "expected"), [
    ("_1 = np.sin(x)\n_2 = _1 * a\ny = _2 + b\nreturn y", "y = np.sin(x) * a + b\nreturn y"),
    ("_1 = x * 2.0\na[i] = _1\nreturn a", "a[i] = x * 2.0\nreturn a"),
    ("_1 = x * 2.0\nif _1 > c:\n    y = a\nreturn y", "if x * 2.0 > c:\n    y = a\nreturn y"),
    ("_1 = x + 1\nfor i in range(_1):\n    f(i)\nreturn x", "for i in range(x + 1):\n    f(i)\nreturn x"),
    ("_1 = g(x)\n_2 = h(y)\nz = _1 + _2\nreturn z", "z = g(x) + h(y)\nreturn z"),
    ("_1 = a[0]\n_2 = h(a)\nz = _1 + _2\nreturn z", "z = a[0] + h(a)\nreturn z"),
    ("_1 = h(x)\ng(_1)\nreturn x", "g(h(x))\nreturn x"),
    ("_1_bar = y_bar * x\nx_bar += _1_bar * a\nreturn x_bar", "x_bar += y_bar * x * a\nreturn x_bar"),
    ("_1 = y_bar * a\ny_bar = _1 * b\nreturn y_bar", "y_bar = y_bar * a * b\nreturn y_bar"),
])
def test_put_back(before: str, expected: str) -> None:
    assert after(before) == plain(expected)


@pytest.mark.parametrize("source", [
    "_1 = x * 2.0\ny = _1 + _1\nreturn y",                           # two uses
    "_1 = x * 2.0\nx = 3.0\ny = _1 + x\nreturn y",                   # an operand is bound anew
    "_1 = x * 2.0\nx[0] = 3.0\ny = _1 + x\nreturn y",                # an operand is written
    "_1 = x * 2.0\nz[0] = 3.0\ny = _1 + x\nreturn y",                # z may be x
    "_1 = x * 2.0\nf(q)\ny = _1 + x\nreturn y",                      # f may write x
    "_1 = x * 2.0\nfor i in r:\n    y = y + _1\nreturn y",           # more work
    "_1 = x * 2.0\nwhile _1 > y:\n    y = y + z\nreturn y",
    "_1 = h(y)\nz = a[0] + _1\nreturn z",                            # h may write a
    "_1 = h(y)\na[0] += _1\nreturn a",
    "_2 = h(y)\n_1 = g(y)\nz = _1 + _2\nreturn z",                   # the order of effects
    "_1 = np.zeros(3)\n_1[0] = x\nreturn x",                         # a name is needed
    "_1 = x / y\nz = c and _1\nreturn z",                            # evaluated on a condition
    "_1 = x * y\nif c:\n    z = _1\nreturn z",                       # the user's own statement
    "for i in r:\n    y = _1\n    _1 = x * i\nreturn y",
    "x_bar += y\n_1 = x_bar * z\nx_bar += w\nv_bar += _1\nreturn v_bar",
])
def test_stays(source: str) -> None:
    assert after(source) == plain(source)


def test_what_was_read_before_a_call_that_stays_does_not_pass_it() -> None:
    source = "_1 = a[0]\n_2 = h(a)\ny = b\nz = _1 * y\nw = _2\nf(z, w)"
    assert after(source).splitlines()[:2] == ["$1 = a[0]", "$2 = h(a)"]


def test_a_pure_expression_of_the_reverse_sweep_moves_into_a_branch() -> None:
    assert after("'reverse'\n_1 = x * y\nif c:\n    z_bar += _1\nreturn z_bar") == plain(
        "if c:\n    z_bar += x * y\nreturn z_bar")
    source = "'reverse'\n_1 = x * y\nif f(c):\n    z_bar += _1\nreturn z_bar"
    assert after(source) == plain(source)


def test_classes_tell_what_a_store_leaves_alone() -> None:
    source = "_1 = x * 2.0\nz[0] = 3.0\ny = _1 + b\nreturn y"
    assert after(source, Facts(classes={"x": 1, "z": 2})) == plain("z[0] = 3.0\ny = x * 2.0 + b\nreturn y")
    assert after(source, Facts({"x": Number("float64")})) == plain("z[0] = 3.0\ny = x * 2.0 + b\nreturn y")
    assert after(source, Facts(classes={"x": 1, "z": 1})) == plain(source)


def test_the_users_variables_keep_their_names_and_parameters_of_what_is_written_out_do_not() -> None:
    assert after("y = z * a\nx = y * b\nreturn x") == plain("y = z * a\nx = y * b\nreturn x")
    named = rename_block(core("y = z * a\nx = y * b\nreturn x").body, {"y": Var("y#p1")})
    assert text.block(substitute.run(Function("f", (), named), NOTHING).body) == plain("x = z * a * b\nreturn x")


def test_long_lines_of_the_reverse_sweep_are_not_made_longer() -> None:
    long = " + ".join(f"a{i} * b{i}" for i in range(8))
    source = f"'reverse'\n_1 = {long}\ny_bar += ({long}) * _1\nreturn y_bar"
    assert after(source) == plain(source)


@pytest.mark.parametrize(("before", "expected"), [
    ("_1 = x\ny = _1 * _1\nreturn y", "y = x * x\nreturn y"),
    ("_1 = 2.0\ny = _1 * _1\nreturn y", "y = 2.0 * 2.0\nreturn y"),
    ("_1 = x\n_2 = _1\ny = _2 * _1\nreturn y", "y = x * x\nreturn y"),
    ("_1 = x\nfor i in r:\n    _1[i] = 2.0\nreturn x", "for i in r:\n    x[i] = 2.0\nreturn x"),
    ("x_bar += y\n_1 = x_bar\na_bar += _1 * y\nx_bar = _1 * r\nreturn a_bar",
     "x_bar += y\na_bar += x_bar * y\nx_bar = x_bar * r\nreturn a_bar"),
])
def test_copies(before: str, expected: str) -> None:
    function = copies.run(core(f"def f(x, r):\n{textwrap.indent(before, '    ')}"), Facts())
    assert text.block(function.body) == plain(expected)


@pytest.mark.parametrize("source", [
    "_1 = x\nx = 2.0\nreturn _1 * _1",
    "for i in r:\n    t = i\n    f(_1)\n    _1 = t\nreturn r",
    "_1 = x_bar\nx_bar += y\nreturn _1 + _1",
])
def test_copies_of_what_is_bound_anew_stay(source: str) -> None:
    function = core(f"def f(x, y, r):\n{textwrap.indent(source, '    ')}")
    assert copies.run(function, Facts()) == function
