"""Common subexpressions, before and after."""

from __future__ import annotations

import textwrap

import pytest
from core.reading import core

import s2sgrad.rules.arithmetic  # noqa: F401  (kinds of operators)
import s2sgrad.rules.arrays  # noqa: F401
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.simplify import common
from s2sgrad.simplify.facts import Facts

KINDS = {name: Number("float64") for name in ("a", "b", "c", "k")} | {
    name: Array("float64", (Dim("n"),)) for name in ("u", "v", "w~")}
FACTS = Facts(KINDS, {"u": 1, "v": 2, "w~": 3})


def after(source: str) -> str:
    return text.block(common.run(core(source), FACTS).body)


def plain(source: str) -> str:
    return text.block(core(textwrap.dedent(source)).body)


@pytest.mark.parametrize(("before", "expected"), [
    ("x_bar += np.sin(a) * b\ny_bar += np.sin(a) * c", "_1 = np.sin(a)\nx_bar += _1 * b\ny_bar += _1 * c"),
    ("x_bar += np.sin(a) * b\ny_bar -= np.sin(a) * b", "_1 = np.sin(a) * b\nx_bar += _1\ny_bar -= _1"),
    ("x_bar += a * b * c\ny_bar -= a * b * c", "_1 = a * b * c\nx_bar += _1\ny_bar -= _1"),
    ("x_bar[1:] += k * w_bar[1:]\nx_bar[0] += k * w_bar[1:]", "_1 = k * w_bar[1:]\nx_bar[1:] += _1\nx_bar[0] += _1"),
    ("x_bar += k * u\ny_bar -= k * u", "_1 = k * u\nx_bar += _1\ny_bar -= _1"),
    ("x_bar += a * b\ny_bar += a * b", "_1 = a * b\nx_bar += _1\ny_bar += _1"),
    ("x_bar += np.swapaxes(u, 0, 1) * a\ny_bar += np.swapaxes(u, 0, 1) * b",
     "_1 = np.swapaxes(u, 0, 1)\nx_bar += _1 * a\ny_bar += _1 * b"),
    ("x_bar += np.broadcast_to(a, u.shape) * b\ny_bar += np.broadcast_to(a, u.shape) * c",
     "_1 = np.broadcast_to(a, u.shape)\nx_bar += _1 * b\ny_bar += _1 * c"),
    ("x_bar = f(np.broadcast_to(a, u.shape))\ny_bar = f(np.broadcast_to(a, u.shape))",
     "x_bar = f(np.broadcast_to(a, u.shape))\ny_bar = f(np.broadcast_to(a, u.shape))"),
    ("x_bar += np.sin(a) * np.sin(a)", "_1 = np.sin(a)\nx_bar += _1 * _1"),
    ("_4_bar = np.sin(a) * b\nx_bar += np.sin(a) * c", "_5 = np.sin(a)\n_4_bar = _5 * b\nx_bar += _5 * c"),
    ("x_bar += np.exp(np.sin(a)) * b\ny_bar += np.exp(np.sin(a)) * np.sin(a)",
     "_1 = np.sin(a)\n_2 = np.exp(_1)\nx_bar += _2 * b\ny_bar += _2 * _1"),
])
def test_computed_once(before: str, expected: str) -> None:
    if "_4_bar" in before:
        expected = expected.replace("_5", "_1")
    assert after("'reverse'\n" + before) == plain(expected)


@pytest.mark.parametrize("source", [
    "x_bar += a + b\ny_bar += a + b",                                           # not worth a name
    "x_bar += np.sin(a) * b\na = 2.0\ny_bar += np.sin(a) * c",                  # bound anew
    "x_bar += np.sin(u) * b\nu[0] = 2.0\ny_bar += np.sin(u) * c",               # written
    "x_bar += np.sin(u) * b\nf(v)\ny_bar += np.sin(u) * c",
    "x_bar += np.swapaxes(u, 0, 1) * a\nu[0] = 2.0\ny_bar += np.swapaxes(u, 0, 1) * b",   # a view of what is written
    "x_bar += np.swapaxes(w_bar, 0, 1) * a\ny_bar += np.swapaxes(w_bar, 0, 1) * b",       # a view of an adjoint
    "x_bar[np.sin(a)] += b\ny_bar[np.sin(a)] += b",                             # indices stay trees
    "x_bar += c and np.sin(a)\ny_bar += c and np.sin(a)",                       # on a condition
])
def test_stays(source: str) -> None:
    assert after("'reverse'\n" + source) == plain(source)


def test_views_of_the_forward_sweep_are_not_kept_for_the_reverse_sweep() -> None:
    source = "v = np.swapaxes(u, 0, 1)\n'reverse'\nx_bar += np.swapaxes(u, 0, 1) * a"
    assert after(source) == plain(source)


def test_the_users_own_statements_stay() -> None:
    source = "x = np.sin(a) * b\ny = np.sin(a) * c"
    assert after(source) == plain(source)


def test_results_of_the_forward_sweep_are_used_again() -> None:
    assert after("y = np.exp(u)\n'reverse'\nu_bar += y_bar * np.exp(u)") == plain("y = np.exp(u)\nu_bar += y_bar * y")
    assert after("y = np.exp(u)\nif a:\n    'reverse'\n    u_bar += y_bar * np.exp(u)") == plain(
        "y = np.exp(u)\nif a:\n    u_bar += y_bar * y")


@pytest.mark.parametrize("between", ["y = a", "u = v", "u[0] = a", "y[0] = a", "f(y)", "if a:\n    u = v"])
def test_not_if_something_was_written(between: str) -> None:
    source = f"y = np.exp(u)\n{between}\n'reverse'\nu_bar += y_bar * np.exp(u)"
    assert after(source) == plain(source)


def test_not_in_a_loop_that_writes() -> None:
    source = "y = np.exp(u)\n'reverse'\nfor i in r:\n    u_bar += y_bar * np.exp(u)\n    u = v"
    assert after(source) == plain(source)


def test_two_adjoints_do_not_become_one_object_where_that_matters() -> None:
    source = "'reverse'\nx_bar = k * u\ny_bar = k * u\nreturn x_bar, y_bar"
    assert after(source) == plain(source)
