"""Algebraic identities, before and after."""

from __future__ import annotations

import numpy as np
import pytest
from core.reading import core, read_expression

import s2sgrad
import s2sgrad.rules.arithmetic  # noqa: F401  (kinds of operators)
import s2sgrad.rules.creation  # noqa: F401
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number, Numeric
from s2sgrad.simplify import algebra, identities
from s2sgrad.simplify.facts import Facts

N = (Dim("n"),)
FACTS = Facts({
    "x": Array("float64", N), "y": Array("float64", N), "m": Array("float64", (Dim("m"),)), "s": Number("float64"),
    "w": Number("float64", weak=True), "k": Array("int64", N), "i": Number("int", weak=True),
    "g~": Numeric("float64", "g"), "s~": Number("float64", weak=True), "x~": Array("float64", N),
    "u": Numeric(None, "u"), "zero_d": Array("float64", ()), "nm": Array("float64", (*N, Dim("m"))),
})


@pytest.mark.parametrize(("before", "after"), [
    ("1.0 * x", "x"), ("x * 1.0", "x"), ("x / 1.0", "x"), ("x ** 1", "x"), ("1.0 * w", "w"),
    ("1.0 * k", "1.0 * k"), ("1.0 * i", "1.0 * i"), ("1.0 * u", "1.0 * u"), ("1.0 * unknown", "1.0 * unknown"),
    ("1 * x", "1 * x"), ("1.0 * g_bar * u", "g~ * u"),
    ("x_bar + 0.0", "x~"), ("0.0 + x_bar", "x~"), ("x + 0.0", "x + 0.0"), ("x - 0.0", "x"),
    ("-(-x)", "x"), ("-1.0 * x", "-x"), ("x * -1.0", "-x"), ("-1 * k", "-1 * k"),
    ("x + -y", "x - y"), ("x - -y", "x + y"), ("-x + y", "y - x"), ("x + -y * s", "x - y * s"),
    ("x - -2.0 * y", "x + 2.0 * y"), ("-(2.0 * x)", "-2.0 * x"), ("-(x * y)", "-x * y"), ("-(-x * y)", "x * y"),
    ("x * -np.cos(y)", "-x * np.cos(y)"), ("-x * -y", "x * y"), ("k * -y", "k * -y"),
    ("x * (-2.0 * y)", "-2.0 * x * y"),
    ("x * (1.0 / y)", "x / y"), ("x * (1.0 / k)", "x * (1.0 / k)"), ("x * (1.0 / i)", "x / i"),
    ("2.0 * (3.0 * x)", "6.0 * x"), ("2.0 * (x * 3.0)", "6.0 * x"), ("0.5 * (2.0 * x)", "x"),
    ("2.0 * (3.0 * x * y)", "6.0 * x * y"), ("1.0 / 3.0", "1.0 / 3.0"), ("2.0 * x ** (2 - 1)", "2.0 * x"),
    ("1e200 * (1e-200 * x)", "1e+200 * (1e-200 * x)"),
    ("2.0 * (s_bar * x)", "2.0 * s~ * x"), ("x * (s * m)", "x * (s * m)"), ("x * (s * y)", "x * s * y"),
    ("x * (i * y)", "x * (i * y)"),
    ("np.broadcast_to(s, ())", "s"), ("np.broadcast_to(x, ())", "np.broadcast_to(x, ())"),
    ("np.broadcast_to(s_bar, np.shape(x)) * x", "s~ * x"), ("np.broadcast_to(s_bar, x.shape) * y", "s~ * y"),
    ("np.broadcast_to(s_bar, x.shape) * m", "np.broadcast_to(s~, x.shape) * m"),
    ("np.broadcast_to(s_bar, unknown.shape) * unknown", "s~ * unknown"),
    ("2.0 * np.broadcast_to(s_bar, x.shape)", "np.broadcast_to(2.0 * s~, x.shape)"),
    ("2.0 * np.broadcast_to(s_bar, x.shape) * y", "2.0 * s~ * y"),
    ("np.broadcast_to(s_bar, x.shape) / i", "np.broadcast_to(s~, x.shape) / i"),
    ("np.broadcast_to(s_bar, x.shape)[:, None] * nm", "s~ * nm"),
    ("np.broadcast_to(s_bar, x.shape)[:, None] * m", "np.broadcast_to(s~, x.shape)[:, None] * m"),
    ("np.broadcast_to(s_bar, x.shape)[None, :] * x", "np.broadcast_to(s~, x.shape)[None, :] * x"),
    ("np.shape(unknown ** 2)", "np.shape(unknown)"), ("np.size(2.0 * -unknown)", "np.size(unknown)"),
    ("np.shape(unknown * unknown)", "np.shape(unknown * unknown)"), ("np.shape(x ** 2)", "x.shape"),
    ("np.broadcast_to(s_bar, np.shape(unknown ** 2)) * (2.0 * unknown)", "2.0 * s~ * unknown"),
    ("np.shape(x)", "x.shape"), ("np.shape(s)", "()"), ("np.shape(u)", "np.shape(u)"), ("np.ndim(x)", "1"),
    ("np.sum(s)", "s"), ("np.sum(w)", "np.sum(w)"), ("np.sum(s_bar)", "s~"), ("np.sum(x)", "np.sum(x)"),
    ("f(1.0 * x)", "f(1.0 * x)"), ("x + x", "2.0 * x"), ("k + k", "k + k"),
    ("y * (1.0 / x[0])", "y / x[0]"), ("y * (0.5 / x)", "0.5 * y / x"), ("y * (0.5 / m)", "y * (0.5 / m)"),
    ("np.sum(x * y)", "np.vdot(x, y)"), ("np.sum(x * m)", "np.sum(x * m)"), ("np.sum(x * s)", "np.sum(x * s)"),
    ("np.sum(-x * y)", "-np.vdot(x, y)"), ("np.sum(-x)", "-np.sum(x)"), ("np.size(x)", "x.size"),
    ("np.divide(s, w)", "np.divide(s, w)"), ("np.divide(x[0], w)", "x[0] / w"), ("np.divide(w, x)", "w / x"),
    ("np.divide(w, i)", "np.divide(w, i)"),
    ("np.divide(x_bar, w)", "np.divide(x~, w)"), ("np.divide(x, unknown)", "np.divide(x, unknown)"),
    ("np.zeros_like(x) + y", "y"), ("np.zeros_like(x) + s", "np.zeros_like(x) + s"),
    ("x + (y + x_bar)", "x + y + x~"), ("w + (s - s_bar)", "w + s - s~"), ("x + (s + w)", "x + (s + w)"),
    ("x + (m + y)", "x + (m + y)"),
    ("math.sqrt(4.0)", "2.0"), ("math.sqrt(i)", "math.sqrt(i)"), ("np.sqrt(4.0)", "np.sqrt(4.0)"),
    ("math.sqrt(-1.0)", "math.sqrt(-1.0)"), ("0.5 * x * y / 4.0", "0.125 * x * y"),
    ("0.5 * x / y / 4.0", "0.125 * x / y"), ("2.0 * x / 3.0", "2.0 * x / 3.0"), ("1e-9 * x / 4.0", "1e-09 * x / 4.0"),
    ("x * y / 4.0", "x * y / 4.0"),
    ("x_bar * 2", "2.0 * x~"), ("-3 * x_bar", "-3.0 * x~"), ("x * 2", "x * 2"), ("k * 2", "k * 2"),
    ("x + (x + s)", "2.0 * x + s"), ("x - s + x", "2.0 * x - s"), ("k + (k + i)", "k + (k + i)"),
    ("np.transpose(x)", "x.T"), ("np.transpose(u)", "np.transpose(u)"), ("np.transpose(np.transpose(x))", "x"),
    ("np.where(x > 0.0, np.broadcast_to(s_bar, x.shape), 0.0)", "np.where(x > 0.0, s~, 0.0)"),
    ("np.where(s > 0.0, np.broadcast_to(s_bar, x.shape), 0.0)",
     "np.where(s > 0.0, np.broadcast_to(s~, x.shape), 0.0)"),
    ("2.0 * x[:]", "2.0 * x"), ("x[:]", "x[:]"), ("2.0 * u[:]", "2.0 * u[:]"),
    ("np.sum(np.copy(x))", "np.sum(x)"), ("np.vdot(np.copy(x), y)", "np.vdot(x, y)"),
    ("np.copy(np.copy(x))", "np.copy(np.copy(x))"), ("f(np.copy(x))", "f(np.copy(x))"),
    ("np.expand_dims(x, 1) * s", "x[:, None] * s"), ("np.expand_dims(u, 1) * s", "np.expand_dims(u, 1) * s"),
])
def test_identity(before: str, after: str) -> None:
    function = core(f"'reverse'\nz_bar[0] += {before}")
    (stmt,) = algebra.run(function, FACTS).body
    assert text.block((stmt,)) == f"z~[0] += {after}" or text.block((stmt,)) == f"z~[0] -= {after.removeprefix('-')}"


def lines(source: str, facts: Facts = FACTS) -> str:
    return text.block(algebra.run(core(source), facts).body)


def test_the_users_own_statements_stay() -> None:
    assert lines("y = 1.0 * x") == "y = 1.0 * x"


def test_a_negative_contribution_is_subtracted() -> None:
    assert lines("'reverse'\nx_bar += -(y * s)\nx_bar -= -2.0 * y") == "x~ -= y * s\nx~ += 2.0 * y"


def test_what_is_added_to_a_whole_array_needs_no_broadcast() -> None:
    added = "x_bar += np.broadcast_to(s_bar, x.shape)"
    assert lines(f"'reverse'\nx_bar = x * s\n{added}") == "x~ = x * s\nx~ += s~"
    # a number may stand for all entries
    assert lines(f"'reverse'\nx_bar = s_bar\n{added}") == "x~ = s~\nx~ += np.broadcast_to(s~, x.shape)"
    assert lines(f"'reverse'\nx_bar, y = f(x)\n{added}") == "x~, y = f(x)\nx~ += np.broadcast_to(s~, x.shape)"
    assert lines("'reverse'\ng_bar += np.broadcast_to(s_bar, x.shape)") == "g~ += np.broadcast_to(s~, x.shape)"


def test_a_fresh_array_that_is_returned_stays_fresh() -> None:
    assert lines("'reverse'\nz_bar = 1.0 * x_bar\nreturn z_bar") == "z~ = 1.0 * x~\nreturn z~"
    assert lines("'reverse'\nz = 1.0 * s\nreturn z") == "z = s\nreturn z"


def test_a_fresh_array_that_is_written_stays_fresh() -> None:
    assert lines("'reverse'\nz = 1.0 * x\nz[0] = 2.0\nf(z)").startswith("z = 1.0 * x")
    facts = Facts(FACTS.kinds, {"x": 1, "z": 2, "y": 3})
    assert lines("'reverse'\nz = 1.0 * x\ny[0] = 2.0 * z[0]", facts).startswith("z = x\n")


def test_a_list_does_not_get_a_reference() -> None:
    assert lines("'reverse'\nrow[0] = 1.0 * x") == "row[0] = 1.0 * x"
    assert lines("'reverse'\ny[0] = 1.0 * s") == "y[0] = s"


def test_every_row_of_the_table_parses() -> None:
    assert all(text.expression(row.pattern) for row in identities.TABLE)
    assert text.expression(read_expression("a + b")) == "a + b"


def test_numbers_of_python_do_not_raise() -> None:
    def angle(x: np.ndarray, n: int) -> float:
        s = 0.0
        if n > 0:
            s = np.sum(x)
        return np.arctan2(s, s) + np.sum(x)

    with np.errstate(all="ignore"):
        value, gradient = s2sgrad.value_and_grad(angle)(np.ones(2), 0)
    assert value == 2.0 and gradient.tolist() == [1.0, 1.0]
