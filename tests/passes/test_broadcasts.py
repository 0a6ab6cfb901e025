"""Broadcast adjoints and sums of contributions, before and after."""

from __future__ import annotations

import pytest
from core.reading import core

import s2sgrad.rules.arithmetic
import s2sgrad.rules.creation  # noqa: F401
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, ListKind, Number
from s2sgrad.simplify import broadcasts
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.pipeline import simplify

VECTOR = Array("float64", (Dim("n"),))
FACTS = Facts({**dict.fromkeys(("x", "a", "b", "y~", "z~", "$1~"), VECTOR), "r~": Number("float64"),
               "l~": ListKind(VECTOR)})


def after(source: str) -> str:
    return text.block(broadcasts.run(core("'reverse'\n" + source), FACTS).body)


def plain(source: str) -> str:
    return text.block(core(source).body)


@pytest.mark.parametrize(("before", "expected"), [
    ("_1_bar = np.broadcast_to(2.0 * r_bar, x.shape)\ny_bar += _1_bar * a\nz_bar += _1_bar * b",
     "_1 = 2.0 * r_bar\ny_bar += np.broadcast_to(_1, x.shape) * a\nz_bar += np.broadcast_to(_1, x.shape) * b"),
    ("y_bar = r_bar * a\ny_bar += r_bar * b\ny_bar -= r_bar * x", "y_bar = r_bar * a + r_bar * b - r_bar * x"),
    ("y_bar = z_bar\n_1 = r_bar * a\ny_bar -= _1 * b", "_1 = r_bar * a\ny_bar = z_bar - _1 * b"),      # no copy
])
def test_rewritten(before: str, expected: str) -> None:
    assert after(before) == plain(expected)


@pytest.mark.parametrize("source", [
    "_1_bar = np.broadcast_to(2.0 * r_bar, x.shape)\nx = a\ny_bar += _1_bar * a",     # another x
    "_1_bar = np.broadcast_to(2.0 * r_bar, x.shape)\n_1_bar[0] = 1.0",                # needed as an object
    "y_bar = r_bar * a\nz_bar += y_bar\ny_bar += r_bar * b",                          # read in between
    "y_bar = r_bar * a\ny_bar += y_bar * b",
    "y_bar = z_bar\nz_bar += a\ny_bar += b",                                          # another z_bar
    "y_bar = z_bar\nz_bar[0] = 1.0\ny_bar += b",
    "y_bar = r_bar * a\n_1 = r_bar * b\ny_bar += _1 * b",                             # moved for a copy only
    "l_bar = [r_bar * a]\nl_bar += [r_bar * b]",                                      # would be strung together
])
def test_stays(source: str) -> None:
    assert after(source) == plain(source)


def test_the_broadcast_vanishes_beside_an_array_of_that_shape() -> None:
    source = ("'reverse'\n_1_bar = np.broadcast_to(r_bar / k, x.shape)\ny_bar = _1_bar * a\ny_bar -= _1_bar * b\n"
              "return y_bar")
    expected = "_1 = r_bar / k\ny_bar = _1 * (a - b)\nreturn y_bar"
    assert text.block(simplify(core(source), FACTS).body) == plain(expected)
