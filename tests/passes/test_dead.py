"""Dead code, before and after."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from core.reading import core

from s2sgrad.core import text
from s2sgrad.core.kinds import Array, DictKind, Number, TupleKind
from s2sgrad.core.nodes import Assign, Call, Const, Function, Return, Var
from s2sgrad.simplify import dead
from s2sgrad.simplify.facts import Facts

NOTHING = Facts()


def after(source: str, facts: Facts = NOTHING) -> str:
    return text.block(dead.run(core(source), facts).body)


def plain(source: str) -> str:
    return text.block(core(textwrap.dedent(source)).body)


@pytest.mark.parametrize(("before", "expected"), [
    ("y = x * 2.0\nz = y + 1.0\nreturn x", "return x"),
    ("y = x\ny = x * 2.0\nreturn y", "y = x * 2.0\nreturn y"),
    ("y = f(x)\nreturn x", "f(x)\nreturn x"),
    ("if c:\n    y = x\nreturn x", "return x"),
    ("if c:\n    pass\nelse:\n    x = 2.0\nreturn x", "if not c:\n    x = 2.0\nreturn x"),
    ("if f(c):\n    y = x\nreturn x", "if f(c):\n    pass\nreturn x"),
    ("for i in range(3):\n    y = y + x\nreturn x", "return x"),
    ("s = 0.0\nfor i in range(3):\n    s = s + i\n    t = t + s\nreturn s",
     "s = 0.0\nfor i in range(3):\n    s = s + i\nreturn s"),
    ("while x < 1.0:\n    x = x * 2.0\nreturn y", "return y"),
    ("while x < 1.0:\n    x = x * 2.0\n    f(x)\nreturn y", "while x < 1.0:\n    x = x * 2.0\n    f(x)\nreturn y"),
    ("record(s, x)\nx = recall(s)\nreturn y", "return y"),
    ("record(s, x)\nx = 2.0\nx = recall(s)\nreturn x", "record(s, x)\nx = recall(s)\nreturn x"),
    ("x_bar += y\nz_bar += y\nreturn x_bar", "x_bar += y\nreturn x_bar"),
    ("x_bar += y\nkill(x_bar)\nx_bar += z\nreturn x_bar", "kill(x_bar)\nx_bar += z\nreturn x_bar"),
    ("assert y > 0\nreturn x", "assert y > 0\nreturn x"),
])
def test_dead(before: str, expected: str) -> None:
    assert after(before) == plain(expected)


def test_all_records_of_a_slot_stay_when_one_is_needed() -> None:
    source = "record(s, x)\nrecord(s, y)\nt = recall(s)\nx = recall(s)\nreturn x"
    assert after(source) == plain(source)


def test_a_slot_found_needed_late_keeps_a_recall_seen_earlier() -> None:
    source = """
    for i in range(3):
        record(s, x)
        x = x * x
    for i in range(3):
        x = recall(s)
        x_bar += x
    return x_bar
    """
    assert after(source, Facts({"x": Number("float64")})) == plain(source)


def test_a_store_into_a_local_array_that_nobody_reads() -> None:
    facts = Facts(classes={"a": 1, "x": 2}, written=frozenset((1,)))
    assert after("a = np.zeros(3)\na[0] = x\nreturn x", facts) == plain("return x")


@pytest.mark.parametrize("source", [
    "a[0] = 1.0\nreturn x",                                     # the class is not known
    "a = b[1:]\na[0] = 1.0\nreturn x",                          # b may come from outside
    "a = np.zeros(3)\na[0] = 1.0\nv = a[1:]\nreturn v",
    "a = np.zeros(3)\nf(a)\na[0] = 1.0\nreturn x",              # f may have kept it
])
def test_a_store_that_somebody_may_see_stays(source: str) -> None:
    facts = Facts(classes={"b": 1, "v": 1}) if "zeros" not in source else Facts(classes={"a": 1, "v": 1})
    assert after(source, facts) == plain(source)


def test_a_shape_does_not_read_the_contents() -> None:
    facts = Facts({"a": Array("float64")}, classes={"a": 1})
    assert after("a = np.zeros(3)\na[0] = 1.0\nreturn a.shape", facts) == plain("a = np.zeros(3)\nreturn a.shape")


def test_a_store_read_in_the_next_trip_stays() -> None:
    source = "a = np.zeros(3)\nfor i in range(3):\n    s = a[0]\n    a[0] = s + 1.0\nreturn s"
    assert after(source, Facts(classes={"a": 1})) == plain(source)


def test_exact_forward_statements_that_may_raise_stay() -> None:
    source = "y = x[3]\nz = x\n'reverse'\nt = x[4]\nreturn x"
    assert after(source, Facts(exact=True)) == plain("y = x[3]\nreturn x")


def test_a_known_entry_of_a_container_surely_raises_nothing() -> None:
    two = TupleKind((Number("float64"), Number("float64")))
    facts = Facts({"x": two, "d": DictKind((("a", Number("float64")),))}, exact=True)
    assert after("y = x[1]\nz = d['a']\nreturn x", facts) == plain("return x")
    assert after("y = x[2]\nz = d['b']\nreturn x", facts) == plain("y = x[2]\nz = d['b']\nreturn x")


def test_sums_and_products_of_numbers_surely_raise_nothing() -> None:
    number = Facts({"x": Number("float64"), "n": Number("int64")}, exact=True)
    assert after("y = x + 0.5 * n\nz = x / n\nreturn x", number) == plain("z = x / n\nreturn x")
    assert after("y = x + 1.0\nreturn x", Facts({"x": Array("float64")}, exact=True)) == plain("y = x + 1.0\nreturn x")


def test_a_loop_over_what_may_be_an_iterator_stays() -> None:
    source = "for i in it:\n    pass\nreturn x"
    assert after(source) == plain(source)


def test_the_name_of_a_module_surely_raises_nothing() -> None:
    def kept(attribute: str) -> bool:
        name = Assign(("y",), Call(getattr, (Const(np), Const(attribute))))
        return len(dead.run(Function("f", (), (name, Return(Var("x")))), Facts(exact=True)).body) == 2
    assert not kept("random")
    assert kept("nothing_of_this_name")


def test_a_contribution_to_a_part_does_not_need_the_value_for_its_shape() -> None:
    assert after("y = np.sin(x)\ny_bar = np.zeros_like(x)\ny_bar[0] += a\nreturn y_bar") == plain(
        "y_bar = np.zeros_like(x)\ny_bar[0] += a\nreturn y_bar")
