"""Adjoints of containers of which only entries are touched, entry by entry: before and after, and right."""

from __future__ import annotations

import itertools
import operator

import numpy as np
import pytest
from core.reading import read_expression as e

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad import adjoint, check_grads, grad, value_and_grad
from s2sgrad.analyse.alias import analyse_aliases
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import text
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, Dim, Known, ListKind, Number, TupleKind
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    Kill,
    Return,
    Statement,
    Store,
    Var,
)
from s2sgrad.differentiate.boxes import place_zeros_apart

SCALAR = Number("float64", True)
VECTOR = Array("float64", (Dim("n"),))
KINDS = {
    "a": SCALAR, "b": SCALAR, "v": VECTOR, "w": VECTOR, "k": Number("int", True), "n": Number("int", True),
    "pair": TupleKind((VECTOR, SCALAR)), "both": TupleKind((SCALAR, SCALAR)), "named": TupleKind((Known("x"), SCALAR)),
    "open": TupleKind((UNKNOWN, SCALAR)), "z": TupleKind((Number("complex128"), SCALAR)),
    "d": DictKind((("v", VECTOR), ("a", SCALAR))), "grown": DictKind(None, SCALAR),
    "xs": ListKind(SCALAR, (SCALAR, SCALAR)), "ys": ListKind(SCALAR), "ws": ListKind(SCALAR, (SCALAR, SCALAR)),
    "some": TupleKind((Number("int", True, several=True, mixed=True), SCALAR)),
}


def adds(name: str, key: int | str | None, value: str, sign: int = 1) -> Accumulate:
    return Accumulate(f"{name}~", None if key is None else Const(key), e(value), name, sign, reverses=1)


def at(name: str, key: int | str) -> Expr:
    return Call(operator.getitem, (Var(f"{name}~"), Const(key)))


def gives(name: str, value: Expr) -> Accumulate:
    return Accumulate(f"{name}~", None, value, name, reverses=1)


def dead(name: str) -> Kill:
    return Kill(f"{name}~", name, reverses=1)


def lines(*body: Statement) -> list[str]:
    kinds = Kinds(dict(KINDS), str)
    display = Build("dict", (Const("v"), Var("v"), Const("a"), Var("a")))
    forward = (Assign(("xs",), e("[a, b]")), Assign(("d",), display), Assign(("ws",), e("[a, b]")),
               Store("ws", Const(0), Var("b")))
    aliases = analyse_aliases(Function("f", (), (*forward, Return(Var("a")))), kinds)
    fresh = map("${}".format, itertools.count(1))
    placed = place_zeros_apart(tuple(body), aliases, [("a~", "a"), ("v~", "v")], lambda: next(fresh))
    return list(text.lines(placed))


def test_the_parts_themselves() -> None:
    assert lines(adds("pair", 0, "w"), adds("pair", 1, "b"), gives("a", at("pair", 1)), gives("v", at("pair", 0)),
                 dead("pair")) == ["$1~ = w", "$2~ = b", "a~ = $2~", "v~ = $1~"]


@pytest.mark.parametrize(("name", "key"), [("both", 1), ("both", -1), ("named", 1), ("xs", 1), ("d", "a")])
def test_containers_that_nobody_writes(name: str, key: int | str) -> None:
    assert lines(adds(name, key, "b"), adds(name, key, "b", -1), gives("a", at(name, key)), dead(name))[:3] == [
        "$1~ = b", "$1~ -= b", "a~ = $1~"]


def test_an_entry_that_is_zero_is_not_computed_with() -> None:
    assert lines(adds("both", 0, "b"), gives("a", at("both", 1)), gives("a", at("both", 0)), dead("both"))[:2] == [
        "$1~ = b", "a~ = $1~"]
    assert lines(adds("pair", 1, "b"), dead("pair"), gives("a", at("pair", 1)))[:2] == ["$1~ = b", "a~ = 0.0"]


def test_numbers_begin_with_zeros_where_they_have_to() -> None:
    loop = For("i", e("range(n)"), (adds("both", 0, "b"),), reverses=1)
    assert lines(loop, gives("a", at("both", 0)), dead("both"))[:4] == [
        "$1~ = 0.0", "for i in range(n):", "    $1~ += b", "a~ = $1~"]


@pytest.mark.parametrize("body", [
    (adds("both", 0, "b"), gives("a", e("np.sum(both_bar)"))),                      # needed as a whole
    (adds("both", 0, "b"), gives("a", e("both_bar[k]"))),
    (adds("both", 0, "b"), adds("both", None, "named_bar"), gives("a", at("both", 0))),
    (adds("both", 0, "b"), Assign(("both~",), e("named_bar"), reverses=1), gives("a", at("both", 0))),
    (adds("open", 0, "b"), gives("a", at("open", 0))),                              # may be an integer
    (adds("some", 0, "b"), gives("a", at("some", 0))),
    (adds("named", 0, "b"), gives("a", at("named", 1))),
    (adds("z", 1, "b"), gives("a", at("z", 1))),                                    # what is real may be complex
    (adds("grown", "a", "b"), gives("a", at("grown", "a"))),
    (adds("ys", 0, "b"), gives("a", at("ys", 0))),                                  # of unknown length
    (adds("ws", 0, "b"), gives("a", at("ws", 0))),                                  # is written
    (adds("both", 2, "b"), gives("a", at("both", 2))),
])
def test_containers_that_stay(body: tuple[Statement, ...]) -> None:
    assert not any("$" in line for line in lines(*body))


def test_zeros_of_an_array_need_the_container() -> None:
    loop = For("i", e("range(n)"), (adds("pair", 0, "w"),), reverses=1)
    assert lines(loop, gives("v", at("pair", 0)), dead("pair"))[0].endswith("zeros_like(pair)")


# ---------------------------------------------------------------- whole gradients
def halves(x, t):
    left, right = x[:1] * t, x[1:] * x[0]
    if t > 0.5:
        return left, right
    return right, left


def of_a_tuple(x, t):
    a, b = halves(np.sin(x), t)
    c, d = halves(b, t * t)
    return np.sum(a) * np.sum(c * c) + np.sum(d)


def recursion(x, t):
    if len(x) == 1:
        return [x[0]], [x[0] * t]
    left, right = recursion((1.0 - t) * x[:-1] + t * x[1:], t)
    return [x[0]] + left, right + [x[-1]]


def of_a_recursion(x, t):
    left, right = recursion(x, t)
    return sum(left) * right[0] + right[-1] * right[-1]


def only_the_second(m):
    sign, logdet = np.linalg.slogdet(m @ m.T + np.eye(2))
    return logdet


def of_an_eigenbasis(m):
    w, v = np.linalg.eigh(m @ m.T)
    return np.sum(w * v[0] ** 2) + w[0]


def in_a_loop(x):
    pair = (x, x * x)
    for k in range(3):
        pair = (pair[1] * 0.5, pair[0] + k * pair[1])
    return pair[0] * pair[1]


def in_an_arm(x, t):
    pair = (x * t, np.sin(x), 3)
    if t > 0.0:
        y = np.sum(pair[0]) * pair[2]
    else:
        y = np.sum(pair[1] * pair[0])
    return y + np.sum(pair[1])


def arrays_held_twice(x):
    pair = [x, x]
    a, b = pair[0], pair[1]
    return np.sum(a * pair[1]) + np.sum(b * b * pair[0])


def one_adjoint_for_two_entries(x):
    y = x * 2.0
    pair = (y, y)
    s = pair[0] + pair[1]
    u = s * s
    return np.sum(u * pair[0]) + np.sum(s)


def a_written_array_in_a_tuple(x):
    y = x * 2.0
    pair = (y, x)
    y[0] = x[1]
    y += pair[1]
    return np.sum(pair[0] * pair[0])


def a_dict_of_options(x, t):
    options = {"scale": t, "shift": x}
    def f(u, scale=1.0, shift=0.0):
        return np.sum(u * scale + shift * u)
    return f(x, **options) + options["scale"]


def a_list_that_is_written(x):
    xs = [x, x * x]
    y = xs[0] * xs[1]
    xs[0] = y * x
    return y * xs[0] + xs[1]


def a_list_that_grows(x):
    xs = [x, x * x]
    y = xs[0] * xs[1]
    xs.append(y)
    return xs[2] * xs[0] + xs[-1] * y


def nested(x):
    pair = ((x, 2.0 * x), [x * x, 3])
    return pair[0][1] * pair[1][0] + pair[0][0] * pair[1][1]


def of_two_kinds(x, n):
    pair = (n, x)
    if x > 1.0:
        pair = (x * x, x)
    return pair[0] * pair[1] * x


def rank_zero(x):
    pair = (np.sum(x), np.asarray(x[0] * 2.0))
    return pair[0] * pair[1] * 1.0


def doubled_and_squared(a):
    return 2.0 * a, a * a


@adjoint(doubled_and_squared, kind=lambda a: TupleKind((SCALAR, SCALAR)))
def doubled_and_squared_rule(y, a, *, y_bar):
    share = 2.0 * a * y_bar[1]
    a_bar = 2.0 * y_bar[0] + share
    return a_bar


def first_of_a_rule(x):
    double, _ = doubled_and_squared(x)
    return double ** 2


def second_of_a_rule(x):
    pair = doubled_and_squared(x)
    return pair[1] ** 2


def both_of_a_rule(x):
    double, square = doubled_and_squared(x)
    return double * square


def step_of_a_grid(a, b, n):
    _, step = np.linspace(a, b, n, retstep=True)
    return step ** 2


def points_of_a_grid(a, b, n):
    x, _ = np.linspace(a, b, n, endpoint=False, retstep=True)
    return np.sum(x ** 2)


def quadrature(a, b, n):
    x, step = np.linspace(a, b, n, retstep=True)
    return np.sum(np.sin(x)) * step


X = np.array([0.3, 1.1, -0.4])
M = np.array([[0.3, 1.1], [0.2, -0.7]])


@pytest.mark.parametrize(("function", "args"), [
    (of_a_tuple, (X, 0.9)), (of_a_tuple, (X, 0.3)), (of_a_recursion, (X, 0.4)), (only_the_second, (M,)),
    (of_an_eigenbasis, (M,)), (in_a_loop, (0.7,)), (in_an_arm, (X, 0.9)), (in_an_arm, (X, -0.9)),
    (arrays_held_twice, (X,)), (one_adjoint_for_two_entries, (X,)), (a_written_array_in_a_tuple, (X,)),
    (a_dict_of_options, (X, 0.9)), (a_list_that_is_written, (0.7,)), (a_list_that_grows, (0.7,)), (nested, (0.7,)),
    (of_two_kinds, (0.7, 2.0)), (of_two_kinds, (1.7, 2.0)), (rank_zero, (X,)),
    (first_of_a_rule, (0.7,)), (second_of_a_rule, (0.7,)), (both_of_a_rule, (0.7,)),
    (step_of_a_grid, (0.1, 0.9, 5)), (points_of_a_grid, (0.1, 0.9, 5)), (quadrature, (0.1, 0.9, 5)),
    (quadrature, (0.1, 0.9, 2)),
])
def test_the_gradient_is_right(function, args) -> None:
    check_grads(function, args)


def test_an_entry_that_may_be_an_integer() -> None:
    assert grad(of_two_kinds)(0.7, 2) == pytest.approx(2 * 2 * 0.7)
    assert grad(of_two_kinds)(1.7, 2) == pytest.approx(4 * 1.7 ** 3)


def test_what_a_person_would_write() -> None:
    assert "zeros_like(result)" not in value_and_grad(of_a_recursion).source_for(X, 0.4)
    assert "zeros_like(" not in value_and_grad(only_the_second).source_for(M)


def test_gradients_share_no_memory() -> None:
    def both(x, y):
        pair = (x, y)
        return np.sum(pair[0] + pair[1])

    one, other = grad(both, argnums=(0, 1))(X, X.copy())
    assert not np.shares_memory(one, other)
