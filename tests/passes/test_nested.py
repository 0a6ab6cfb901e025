"""Displays where they are used, and what is taken apart at once: before and after, and right."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable

import numpy as np
import pytest
from core.reading import read_expression as e

from s2sgrad import check_grads, value_and_grad
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.core.nodes import Assign, Build, Call, Const, Expr, For, Function, Return, Statement, Store, Var
from s2sgrad.lower.nested import with_nested_displays
from s2sgrad.runtime import split_like, unstack_like
from s2sgrad.simplify.facts import Facts

VECTOR = Array("float64", (Dim("n"),))
NAMES = {n: VECTOR for n in ("v", "w", "v~", "w~", "y~", "$5~")}
NAMES |= {n: Number("float64", True) for n in ("a", "b", "a~")}
FACTS = Facts(NAMES, {"v": 1, "w": 2, "v~": 0, "w~": 0, "y~": 0, "$5~": 0}, frozenset((0, 1)), frozenset(("f_bwd",)))


def let(name: str, value: str | Expr) -> Assign:
    return Assign((name,), e(value) if isinstance(value, str) else value, reverses=1)


def lines(*body: Statement) -> list[str]:
    fresh = map("$9{}".format, itertools.count())
    return shown(with_nested_displays(Function("f", (), body), FACTS, lambda: next(fresh)).body)


def shown(body: Iterable[Statement]) -> list[str]:
    return [line.replace("s2sgrad.runtime.joining.", "") for line in text.lines(tuple(body))]


def listed(*items: str) -> Build:
    return Build("list", tuple(map(e, items)))


def test_a_display_that_is_returned() -> None:
    assert lines(let("p~", listed("a_bar", "v_bar")), Return(Var("p~"))) == ["return [a~, v~]"]
    assert lines(let("p~", listed("a_bar * 2.0")), let("q~", Build("list", (Const(None), Var("p~")))),
                 Return(Var("q~"))) == ["return [None, [a~ * 2.0]]"]


def test_a_display_without_a_name_of_the_users() -> None:
    body = let("$5~", listed("v_bar", "w_bar")), let("y~", "np.concatenate(_5_bar) * 2.0"), Return(Var("y~"))
    assert lines(*body) == ["y~ = np.concatenate([v~, w~]) * 2.0", "return y~"]


@pytest.mark.parametrize("body", [
    (let("p~", listed("a_bar")), Return(e("(p_bar, p_bar)"))),                              # used twice
    (let("p~", listed("a_bar")), Return(e("(p_bar, a_bar)"))),                              # says what it is
    (let("p~", listed("v_bar[0]")), Store("v~", Const(0), e("a")), Return(Var("p~"))),      # reads what is written
    (let("p~", listed("a_bar")), let("a~", "b"), Return(Var("p~"))),
    (let("p~", listed("v[0]")), let("b", "f_bwd(v)"), Return(Var("p~"))),                   # may write it
    (let("$5~", listed("v_bar[0]")), let("b", "f_bwd(v_bar) * np.sum(_5_bar)"), Return(Var("b"))),
    (let("$5~", listed("a")), For("i", e("range(3)"), (let("b", "np.sum(_5_bar)"),), reverses=1), Return(Var("b"))),
    (let("p~", listed("a_bar")), let("b", "np.sum(p_bar)"), Return(Var("b"))),              # a name of the user's
    (let("p~", listed(*("a_bar * np.sum(v_bar)",) * 5)), Return(Var("p~"))),                # too long
])
def test_displays_that_stay(body: tuple[Statement, ...]) -> None:
    assert lines(*body) == shown(body)


def parts(name: str, function: object, *operands: str) -> Assign:
    return let(name, Call(function, (Var("y~"), listed(*operands), Const(1))))


def taken(name: str, of: str, key: int) -> Assign:
    return let(name, Call(operator.getitem, (Var(of), Const(key))))


ENDS = Return(e("(a_bar, v_bar, w_bar)"))


def test_what_is_taken_apart_at_once() -> None:
    body = parts("$2", unstack_like, "a", "v", "w"), taken("a~", "$2", 0), taken("w~", "$2", 2), taken("v~", "$2", 1)
    assert lines(*body, ENDS)[0] == "a~, v~, w~ = unstack_like(y~, [a, v, w], 1)"
    body = parts("$2", split_like, "a", "v", "w"), taken("a~", "$2", 0), taken("w~", "$2", 2)
    assert lines(*body, ENDS)[0] == "a~, $90, w~ = split_like(y~, [a, v, w], 1)"


@pytest.mark.parametrize("body", [
    (parts("$2", unstack_like, "a", "v"), taken("a~", "$2", 0)),
    (parts("$2", unstack_like, "a", "v"), taken("a~", "$2", 0), taken("v~", "$2", 2)),
    (parts("$2", unstack_like, "a", "v"), taken("a~", "$2", 0), taken("a~", "$2", 1)),
    (parts("$2", unstack_like, "a", "v"), taken("a~", "$2", 0), taken("v~", "$2", 0)),
    (parts("$2", unstack_like, "a", "v"), taken("a~", "$2", 0), taken("v~", "$2", 1), let("w~", "_2[0]")),  # once more
    (parts("$2", unstack_like, "a", "v"), taken("a~", "$2", 0), Store("y~", Const(0), e("a")), taken("v~", "$2", 1)),
    (let("$2", "np.cumsum(y_bar)"), taken("a~", "$2", 0), taken("v~", "$2", 1)),            # of any length
])
def test_what_is_taken_one_by_one(body: Iterable[Statement]) -> None:
    assert lines(*body, ENDS) == shown((*body, ENDS))


# ---------------------------------------------------------------- whole gradients
def stacked(x):
    u, v = np.sin(x), x * x
    y = np.stack([u, v * u, 2.0 * x], axis=1)
    return np.sum(y * y * y[0])


def joined(x, y):
    z = np.concatenate([x * y[0], y, x])
    return np.sum(z * np.cos(z))


def only_two_of_three(x):
    z = np.concatenate([x * x, np.ones(2), np.sin(x)])
    return np.sum(z ** 3)


def of_an_eigenbasis(m):
    w, v = np.linalg.eigh(m @ m.T)
    return np.sum(w * v[0] ** 2) + w[0]


def scaled(x, options):
    y = x * options["scale"] + options["shift"]
    return np.sum(y * y), y


def with_options(x, options):
    s, y = scaled(x, options)
    t, z = scaled(y, options)
    return s * t + np.sum(z)


X = np.array([0.3, 1.1, -0.4])
OPTIONS = {"scale": 0.7, "shift": np.array([0.1, 0.2, 0.3])}


@pytest.mark.parametrize(("function", "args"), [
    (stacked, (X,)), (joined, (X, X[:2] * 2.0)), (only_two_of_three, (X,)), (with_options, (X, OPTIONS)),
    (of_an_eigenbasis, (np.array([[0.3, 1.1], [0.2, -0.7]]),)),
])
def test_the_gradient_is_right(function, args) -> None:
    check_grads(function, args)


def test_the_gradients_of_a_dict_share_no_memory() -> None:
    _, (_, found) = value_and_grad(with_options, argnums=(0, 1))(X, OPTIONS)
    again = value_and_grad(with_options, argnums=(0, 1))(X, OPTIONS)[1][1]
    assert not np.shares_memory(found["shift"], again["shift"])
    assert not np.shares_memory(found["shift"], OPTIONS["shift"])
