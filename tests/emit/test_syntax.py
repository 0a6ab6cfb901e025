"""Expressions print as the syntax a person would write, and mean the same."""

import ast
import math
import operator as op

import numpy as np
import pytest
from emit.core_text import call, const, pair, slice_, v

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Build, Call, Const, Method, Star, Var
from s2sgrad.emit.layout import text
from s2sgrad.emit.syntax import Syntax
from s2sgrad.errors import UnsupportedError

x, y, i = v("x", "y", "i")


def printed(expr, taken=frozenset()):
    return text(Syntax(taken).expression(expr))


@pytest.mark.parametrize("expr, expected", [
    (call(op.add, x, call(op.mul, y, const(2.0))), "x + y * 2.0"),
    (call(op.mul, call(op.add, x, y), const(2)), "(x + y) * 2"),
    (call(op.sub, x, call(op.sub, y, i)), "x - (y - i)"),
    (call(op.pow, x, const(2)), "x**2"),
    (call(op.pow, x, const(-1.5)), "x**-1.5"),
    (call(op.pow, const(-2.0), x), "(-2.0) ** x"),
    (call(op.pow, call(op.pow, x, const(2)), const(3)), "(x**2) ** 3"),
    (call(op.pow, x, call(op.pow, y, const(3))), "x ** (y**3)"),
    (call(op.neg, call(op.pow, x, const(2))), "-(x**2)"),
    (call(Method("sum"), call(op.pow, x, const(2))), "(x**2).sum()"),
    (call(op.getitem, call(op.pow, x, const(2)), i), "(x**2)[i]"),
    (call(op.matmul, call(getattr, x, const("T")), y), "x.T @ y"),
    (call(getattr, x, const("not an identifier")), "getattr(x, 'not an identifier')"),
    (call(op.getitem, x, pair(i, slice_(1, 3, None))), "x[i, 1:3]"),
    (call(op.getitem, x, pair(slice_(None, None, -1), const(...), const(None))), "x[::-1, ..., None]"),
    (call(op.getitem, x, pair()), "x[()]"),
    (call(op.getitem, x, pair(pair(slice_(1, 3, None), i), i)), "x[(slice(1, 3), i), i]"),
    (call(op.getitem, x, const((0, slice(1, None)))), "x[0, 1:]"),
    (slice_(1, i, None), "slice(1, i)"),
    (slice_(None, None, None), "slice(None)"),
    (slice_(None, i, None), "slice(None, i)"),
    (slice_(i, None, None), "slice(i, None)"),
    (slice_(None, None, i), "slice(None, None, i)"),
    (call(Method("sum"), x, axis=const(0)), "x.sum(axis=0)"),
    (call(np.ndarray.copy, x), "x.copy()"),
    (call(list.append, x, y), "x.append(y)"),
    (call(np.sum, x, axis=const(-1), keepdims=const(True)), "np.sum(x, axis=-1, keepdims=True)"),
    (call(np.linalg.norm, x), "np.linalg.norm(x)"),
    (call(np.add.at, x, i, y), "np.add.at(x, i, y)"),
    (call(math.sin, x), "math.sin(x)"),
    (call(len, x), "len(x)"),
    (call(op.iadd, x, y), "operator.iadd(x, y)"),
    (call(Var("f"), Star(x), y), "f(*x, y)"),
    (call(op.lt, x, y), "x < y"),
    (call(op.is_not, x, const(None)), "x is not None"),
    (call(primitives.not_in, x, y), "x not in y"),
    (call(op.not_, call(primitives.and_, x, call(primitives.or_, y, i))), "not (x and (y or i))"),
    (call(primitives.if_else, x, y, i), "y if x else i"),
    (call(op.invert, x), "~x"),
    (Build("list", (x, Star(y))), "[x, *y]"),
    (Build("dict", (const("a"), x)), "{'a': x}"),
    (Build("set", ()), "set()"),
    (pair(x), "(x,)"),
    (call(primitives.fstring, const("a{"), call(primitives.formatted, x, const("r"), const(">8"))), "f'a{{{x!r:>8}'"),
    (const(np), "np"),
    (call(getattr, const(np), const("newaxis")), "np.newaxis"),
])
def test_prints(expr, expected):
    assert printed(expr) == expected
    ast.parse(expected, mode="eval")


@pytest.mark.parametrize("value", [
    0, 1, -3, 10**30, True, None, ..., "a'\"\n", b"\x00", 1.0, -0.0, 0.1, -2.5, 1e300, 1e16, math.inf, -math.inf,
    math.pi, -math.e, 2j, -2j, 1 + 2j, complex(-0.0, 1.0), complex(math.inf, 0.0), np.float64(-0.5), np.float32(0.1),
    np.int64(3), np.bool_(True), np.complex64(1 - 2j), np.dtype("float32"), np.dtype(">i4"), np.float64, float, np.sin,
    (1, (2.0, "a")), slice(1, None, 2), np, math,
], ids=repr)
def test_constants_evaluate_to_themselves(value):
    syntax = Syntax(frozenset())
    code = text(syntax.constant(value))
    space = {}
    exec("\n".join(syntax.imports), space)
    found = eval(code, space)
    assert type(found) is type(value) and repr(found) == repr(value)


def test_nan_keeps_being_nan():
    assert printed(const(math.nan)) == "np.nan"


def test_a_constant_without_spelling_is_refused():
    with pytest.raises(UnsupportedError):
        printed(Const(object()))
    with pytest.raises(UnsupportedError):
        printed(Const(np.longdouble(1) / 3))


def test_lazy_operand_is_printed_lazily():
    expr = Call(primitives.and_, (call(op.gt, x, const(0)), call(op.gt, call(op.truediv, const(1.0), x), const(2.0))))
    assert eval(printed(expr), {"x": 0}) is False


def test_comparisons_of_one_name_are_chained():
    a, b, c = (Var(n) for n in "abc")
    both = call(primitives.and_, call(op.le, a, b), call(op.lt, b, c))
    assert printed(both) == "a <= b < c"
    assert printed(call(primitives.and_, both, call(op.gt, c, a))) == "a <= b < c and c > a"
    assert printed(call(primitives.and_, call(op.lt, a, b), call(op.eq, b, c))) == "a < b and b == c"
    assert printed(call(primitives.and_, call(op.lt, a, call(abs, b)), call(op.lt, call(abs, b), c))) == (
        "a < abs(b) and abs(b) < c")
