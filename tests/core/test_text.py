"""The text form: what it prints is read back as the same program."""

from __future__ import annotations

import pytest
from core.reading import core, read_expression

from s2sgrad.core import text
from s2sgrad.core.nodes import Accumulate, Call, For, Kill, Materialise, Method, Recall, Record, Store, Var


@pytest.mark.parametrize("source", [
    "a + b * c", "(a + b) * c", "a - (b - c)", "a - b - c", "-a ** b", "(-a) ** b", "a ** b ** c", "(a ** b) ** c",
    "a @ b.T", "x[1:-1]", "x[i, ::2]", "x[i][j]", "(a + b)[0]", "np.sum(x, axis=0)", "math.sin(x)", "len(x)",
    "a if b else c", "a and (b or c)", "not a", "a < b", "(1.0, x)", "(x,)", "[x, 2]", "(a if b else c) + d",
    "2.0 * (x / y)", "-2.0 * x", "x ** -1.5", "x.shape", "(-2.0) ** x",
])
def test_expressions_print_as_python(source: str) -> None:
    assert text.expression(read_expression(source)) == source


def test_statements_print_one_to_a_line() -> None:
    source = """\
    def f(x, n):
        y = x
        for i in range(n):
            y[i] += 2.0
            if y[i] > 1.0:
                y[i] = 0.0
            else:
                y = y * x
        return y"""
    assert text.function(core(source)) == "\n".join(line[4:] for line in source.splitlines())


def test_adjoint_statements() -> None:
    block = (
        Accumulate("x~", None, Var("y~"), "x", -1), Kill("y~", "y"), Materialise("x~", "x"), Record("x^1", Var("x")),
        Recall("x", "x^1"), Store("x", None, Var("y")), Store("x", Var("i"), Var("y"), None, True),
        For("i", Var("n"), (), "leave", "trips", (("row", Var("A")),)),
    )
    assert text.block(block).splitlines() == [
        "x~ -= y~", "kill y~", "materialise x~ like x", "record x^1 <- x", "recall x <- x^1", "x[Ellipsis] = y",
        "x[i] = y  (every repeat)", "for i, row = A[i] in n (leave leave) (trips trips):", "    pass",
    ]


def test_methods() -> None:
    assert text.expression(Call(Method("sum"), (Var("x"), Var("k")))) == "x.sum(k)"
