"""Containers that a loop only fills are comprehensions, where the user did not write the loop."""

import operator as op

import numpy as np
import pytest
from emit.core_text import at, call, const, function, program, run, v

from s2sgrad import check_grads, grad
from s2sgrad.core.nodes import Assign, Build, Effect, For, If, Method, Return, Store
from s2sgrad.emit.printer import emit

XS, X, K, T = v("xs", "x", "i", "t")
HERE, FOR = at(1, "t = [x * x for x in xs]"), at(1, "for x in xs:")
RANGE = call(range, call(len, XS))
LIST, DICT = Assign(("t",), Build("list", ()), origin=HERE), Assign(("t",), Build("dict", ()), origin=HERE)
SQUARE = call(op.mul, X, X)


def fill(value, to="t"):
    return Effect(call(Method("append"), v(to), value), origin=HERE)


def put(key, value):
    return Store("t", key, value, origin=HERE)


def each(*body, name="x", over=XS, at=HERE, **options):
    return For("i", call(range, call(len, over)), body, elements=((name, over),), origin=at, **options)


def lines(*statements):
    text = emit(program(function(("xs", "ys", "s"), *statements)), "").text
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


BIG = call(op.gt, X, const(1))


@pytest.mark.parametrize(("statements", "expected"), [
    ([LIST, each(fill(SQUARE))], ["t = [x * x for x in xs]"]),
    ([LIST, each(fill(call(op.mul, X, K)))], ["t = [x * i for i, x in enumerate(xs)]"]),
    ([LIST, For("i", RANGE, (fill(K),), origin=HERE)], ["t = [i for i in range(len(xs))]"]),
    ([LIST, Assign(("s",), X), each(fill(v("s")))], ["s = x", "t = [s for x in xs]"]),
    ([LIST, each(If(BIG, (fill(X),)))], ["t = [x for x in xs if x > 1]"]),
    ([LIST, each(each(fill(v("y")), name="y", over=v("ys")))], ["t = [y for x in xs for y in ys]"]),
    ([DICT, each(put(X, SQUARE))], ["t = {x: x * x for x in xs}"]),
    ([LIST, each(Assign(("a", "b"), v("item"), origin=HERE), fill(v("a")), name="item")], ["t = [a for a, b in xs]"]),
    ([LIST, each(Assign(("u",), Build("list", ())), each(fill(v("y"), "u"), name="y", over=v("ys")), fill(v("u")))],
     ["t = [[y for y in ys] for x in xs]"]),
])
def test_comprehensions(statements, expected):
    assert lines(*statements, Return(T)) == [*expected, "return t"]


@pytest.mark.parametrize("statements", [
    [LIST, each(fill(SQUARE), at=FOR)],                                         # the user wrote a loop
    [LIST, each(fill(SQUARE)), Assign(("s",), X)],                              # the last x is read
    [LIST, each(fill(SQUARE)), Assign(("s",), K)],
    [LIST, Assign(("s",), T), each(fill(SQUARE))],                              # another name for the list
    [LIST, fill(const(1)), each(fill(SQUARE))],
    [LIST, each(fill(call(len, T)))],
    [LIST, each(If(call(op.lt, call(len, T), const(2)), (fill(X),)))],
    [LIST, each(fill(X), fill(X))],
    [LIST, each(If(BIG, (fill(X),), (fill(const(1)),)))],
    [LIST, each(fill(X), leave="s")],
    [DICT, each(put(call(op.neg, X), SQUARE))],                                 # the value comes first in a store
    [DICT, each(Store("t", X, SQUARE, op.iadd))],
    [LIST, each(fill(X), over=T)],
    [Assign(("t",), Build("list", (const(1),))), each(fill(X))],
])
def test_loops(statements):
    assert " for " not in " ".join(line for line in lines(*statements, Return(Build("tuple", (T, v("s")))))
                                   if not line.startswith("for "))


def test_in_the_statement_of_the_user():
    total = Return(call(sum, T), origin=HERE)
    made = [LIST, each(fill(SQUARE))]
    assert lines(*made, total) == ["return sum([x * x for x in xs])"]
    assert len(lines(*made, Return(call(sum, T)))) == 2                         # it was a statement of its own
    assert len(lines(*made, Return(call(sum, T, T), origin=HERE))) == 2
    assert len(lines(*made, Return(call(max, call(min, XS), T), origin=HERE))) == 2
    assert len(lines(*made, Assign(("u",), call(sum, T), origin=HERE), Return(T))) == 3
    assert lines(*made, Return(call(max, const(1), T), origin=HERE)) == ["return max(1, [x * x for x in xs])"]


def test_long_ones_are_broken():
    long = call(op.add, call(max, *[X] * 20), call(max, *[X] * 20))
    text = "\n".join(lines(LIST, each(If(BIG, (fill(long),))), Return(T)))
    xs = ", ".join(["x"] * 20)
    assert text == f"t = [\n    max({xs})\n    + max({xs})\n    for x in xs\n    if x > 1\n]\nreturn t"
    text = "\n".join(lines(DICT, each(put(X, call(max, *[X] * 40))), Return(T)))
    assert text.startswith("t = {\n    x: max(\n        x,") and text.endswith("    )\n    for x in xs\n}\nreturn t")


def test_it_is_the_same_that_is_computed():
    assert run(program(function(("xs",), LIST, each(If(BIG, (fill(SQUARE),))), Return(T))), [1, 2, 3]) == [4, 9]
    assert run(program(function(("xs",), DICT, each(put(X, SQUARE)), Return(T))), [1, 3]) == {1: 1, 3: 9}


def spread(x: np.ndarray, names: tuple = ("a", "b")):
    table = {name: x[k] * (k + 1.0) for k, name in enumerate(names)}
    rows = np.array([[u * v for u in x] for v in x])
    squares = [v * v for v in x if v > 0.5]
    return np.sum(rows) * table["a"] + sum(squares) * sum(table[n] for n in names) + sum(k for k in range(2))


def test_in_gradients():
    text = grad(spread).source_for(np.array([0.3, 0.7, 1.1]))
    assert "[[u * v for u in x] for v in x]" in text
    check_grads(spread, (np.array([0.3, 0.7, 1.1]),))
