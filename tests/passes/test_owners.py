"""Whose object a value is; what helpers make is really new."""

from __future__ import annotations

import numpy as np
import pytest
from core.reading import read_expression as e

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad import check_grads, grad
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, Dim
from s2sgrad.core.nodes import Call, Const, Expr, Var
from s2sgrad.lower.owners import MAKERS, is_read_only, shared_names
from s2sgrad.runtime import cast_back, diff_adjoint, scatter_to_nodes, unbroadcast, vander_adjoint

KINDS = Kinds({n: Array("float64", (Dim("n"),)) for n in ("x", "y", "x~", "y~")}, str)
SHAPE = e("np.shape(x)")


def diff(times: int) -> Call:
    return Call(diff_adjoint, (SHAPE, Const(times), Const(-1), Var("y~")))


def cast(value: Expr) -> Call:
    return Call(cast_back, (value, e("y.dtype"), e("np.result_type(x)")))


@pytest.mark.parametrize(("value", "names"), [
    (e("x"), {"x"}), (e("x[1:]"), {"x"}), (e("x * 2.0"), set()), (e("[x, y * y]"), {"x"}),
    (Call(unbroadcast, (Var("y~"), Var("x"))), {"x", "y~"}),
    (diff(1), set()), (diff(0), {"y~"}),
    (cast(Var("y~")), {"y~"}), (cast(Call(vander_adjoint, (Var("y~"), Var("y"), Const(True)))), set()),
])
def test_whose_it_is(value: Expr, names: set[str]) -> None:
    assert shared_names(value) == names


def test_what_cannot_be_written() -> None:
    assert is_read_only(e("np.broadcast_to(x, (3, 4))"), KINDS)
    assert is_read_only(cast(e("np.broadcast_to(x, (3, 4))")), KINDS)
    made = Call(scatter_to_nodes, (e("np.broadcast_to(x, (3, 4))"), Var("y"), Var("x"), e("x.dtype")))
    assert not is_read_only(made, KINDS)


A = np.array([[2.0, 0.0], [0.5, 1.5]])
V = np.array([0.3, 0.1, 0.7])
ARGUMENTS = {
    "add_adjoints": ([V, 1.0], [V, 2.0]), "cast_like": ([V.astype("float32")], [V]), "cholesky_adjoint": (A, A),
    "from_diagonal": (V, (3, 3)), "own": ([V],), "scatter_to_nodes": (V, V, np.array([0.0, 1.0]), V.dtype),
    "shadow_like": ([V],), "triangular_adjoint": (V[:2], V[:2], 0, True, False),
    "vander_adjoint": (np.ones((3, 4)), np.vander(V, 4), False), "zeros_like": ([V],),
}


@pytest.mark.parametrize("maker", MAKERS, ids=lambda f: f.__name__)
def test_what_helpers_make_is_new(maker) -> None:
    arguments = ARGUMENTS[maker.__name__]
    found = maker(*arguments)
    given = [x for a in arguments for x in (a if isinstance(a, list) else [a]) if isinstance(x, np.ndarray)]
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, np.ndarray):
            assert one.flags.writeable and not any(np.shares_memory(one, x) for x in given)


@pytest.mark.parametrize(("shape", "times"), [((4,), 1), ((4,), 3), ((4,), 4), ((4,), 6), ((3, 2), 1)])
def test_differences_are_new(shape: tuple[int, ...], times: int) -> None:
    y_bar = np.ones(np.shape(np.diff(np.ones(shape), times, 0)))
    assert not np.shares_memory(made := diff_adjoint(shape, times, 0, y_bar), y_bar) and made.flags.writeable


def steps(x):
    d = np.diff(x)
    x = x * 1.0
    return np.sum(d * d) + np.sum(x[1:] * d) + x[0]


def powers(x):
    return np.sum(np.vander(x, 3, increasing=True) ** 2) + x[1]


def no_steps(x):
    return np.sum(np.diff(x, 0) * x) + x[0]


@pytest.mark.parametrize("function", [steps, powers, no_steps])
def test_the_gradient_is_right(function) -> None:
    check_grads(function, (V,))
    seen = V.copy()
    grad(function)(seen)
    assert np.array_equal(seen, V)
