"""Shape manipulation: every rule against differences, JAX and the actual kinds and aliasing."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import VARIANTS, Case, check_case, check_kind, every, laid_out

from s2sgrad.core.kinds import ONE, Array, Dim, Kind, Known, Number, Numeric, TupleKind
from s2sgrad.rules.registry import rule_of

RNG = np.random.default_rng(3)
V, M, T = RNG.standard_normal(6), RNG.standard_normal((3, 4)), RNG.standard_normal((2, 3, 4))
S, ONES, EMPTY, ZERO_D = RNG.standard_normal((3, 3)), RNG.standard_normal((1, 3, 1)), np.zeros((0, 3)), np.array(0.7)


def flattened(x: Any, order: str = "C") -> Any:
    """The method in JAX."""
    return x.flatten(order)


CASES = [
    Case(np.reshape, V, (2, 3), jax=jnp.reshape),
    Case(np.reshape, M, (2, -1), jax=jnp.reshape),
    Case(np.reshape, T, -1, jax=jnp.reshape),
    Case(np.reshape, T, (2, -1), jax=jnp.reshape),
    Case(np.reshape, M, (2, 6), options={"order": "F"}, jax=jnp.reshape),
    Case(np.reshape, EMPTY, (3, 0), jax=jnp.reshape),
    Case(np.reshape, ZERO_D, (1, 1), jax=jnp.reshape),
    Case(np.reshape, 0.5, (1,)),
    Case(np.reshape, np.float64(0.5), ()),
    Case(np.ravel, T, jax=jnp.ravel),
    Case(np.ravel, M, "F", jax=jnp.ravel),
    Case(np.ravel, 0.5),
    Case(np.ndarray.flatten, T, jax=flattened),
    Case(np.ndarray.flatten, M, "F", jax=flattened),
    Case(np.squeeze, ONES, jax=jnp.squeeze),
    Case(np.squeeze, ONES, options={"axis": 0}, jax=jnp.squeeze),
    Case(np.squeeze, ONES, (0, -1), jax=jnp.squeeze),
    Case(np.squeeze, np.array([0.5]), jax=jnp.squeeze),
    Case(np.squeeze, M, jax=jnp.squeeze),
    Case(np.squeeze, np.float64(0.5)),
    Case(np.expand_dims, M, 1, jax=jnp.expand_dims),
    Case(np.expand_dims, M, options={"axis": (0, -1)}, jax=jnp.expand_dims),
    Case(np.atleast_1d, 0.5),
    Case(np.atleast_1d, M, jax=jnp.atleast_1d),
    Case(np.atleast_2d, V, jax=jnp.atleast_2d),
    Case(np.atleast_2d, T, jax=jnp.atleast_2d),
    Case(np.broadcast_to, V, (2, 6), jax=jnp.broadcast_to),
    Case(np.broadcast_to, ONES, (2, 3, 4), jax=jnp.broadcast_to),
    Case(np.transpose, M, jax=jnp.transpose),
    Case(np.transpose, T, (2, 0, 1), jax=jnp.transpose),
    Case(np.transpose, T, options={"axes": [-1, 0, -2]}),
    Case(np.matrix_transpose, T, jax=jnp.matrix_transpose),
    Case(np.swapaxes, T, 0, -1, jax=jnp.swapaxes),
    Case(np.moveaxis, T, 0, -1, jax=jnp.moveaxis),
    Case(np.moveaxis, T, (0, 2), (1, 0), jax=jnp.moveaxis),
    Case(np.flip, M, jax=jnp.flip),
    Case(np.flip, T, 1, jax=jnp.flip),
    Case(np.flip, T, options={"axis": (0, 2)}, jax=jnp.flip),
    Case(np.fliplr, M, jax=jnp.fliplr),
    Case(np.flipud, M, jax=jnp.flipud),
    Case(np.roll, V, 2, jax=jnp.roll),
    Case(np.roll, M, -1, jax=jnp.roll),
    Case(np.roll, M, 1, options={"axis": 1}, jax=jnp.roll),
    Case(np.roll, M, (1, 2), (0, 1), jax=jnp.roll),
    Case(np.rot90, M, jax=jnp.rot90),
    Case(np.rot90, M, 2, jax=jnp.rot90),
    Case(np.rot90, T, options={"k": -1, "axes": (1, 2)}, jax=jnp.rot90),
    Case(np.diag, V, jax=jnp.diag),
    Case(np.diag, V, 2, jax=jnp.diag),
    Case(np.diag, V, options={"k": -1}, jax=jnp.diag),
    Case(np.diag, M, jax=jnp.diag),
    Case(np.diag, S, -1, jax=jnp.diag),
    Case(np.diag, S, 1, jax=jnp.diag),
    Case(np.diagonal, M, jax=jnp.diagonal),
    Case(np.diagonal, T, 1, 2, 0, jax=jnp.diagonal),
    Case(np.diagonal, S, options={"offset": -2}, jax=jnp.diagonal),
    Case(np.tril, M, jax=jnp.tril),
    Case(np.tril, T, -1, jax=jnp.tril),
    Case(np.tril, V),
    Case(np.triu, M, options={"k": 1}, jax=jnp.triu),
    Case(np.triu, EMPTY, jax=jnp.triu),
]


@every(CASES)
def test_rule(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_last_branch_holds_for_all(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("function, shape, order", [
    (np.reshape, ((4, 6),), "A"), (np.reshape, ((4, 6),), "F"),
    (np.ravel, (), "A"), (np.ravel, (), "K"), (np.ndarray.flatten, (), "K"),
])
def test_orders_that_depend_on_the_layout(function: Any, shape: tuple[Any, ...], order: str, variant: str) -> None:
    """The rules are linear, so that pairing with the argument itself checks them; moving it would lose its layout."""
    given = laid_out(T, variant)
    for x in (given, np.swapaxes(given, 0, 1)):
        y = function(x, *shape, order=order)
        y_bar = RNG.standard_normal(y.shape)
        rule = rule_of(function)
        assert rule is not None and rule.implementation is not None
        x_bar = rule.implementation(y, x, *shape, order=order, y_bar=y_bar)
        assert x_bar.shape == x.shape
        np.testing.assert_allclose(np.sum(x_bar * x), np.sum(y_bar * y), rtol=1e-13)


@pytest.mark.parametrize("function, args", [
    (np.expand_dims, (0,)), (np.broadcast_to, ((2, 3),)), (np.broadcast_to, (4,)), (np.transpose, ())])
@pytest.mark.parametrize("x", [0.5, np.float32(0.5)])
def test_scalars(function: Any, args: tuple[Any, ...], x: Any) -> None:
    rule, y = rule_of(function), function(x, *args)
    assert rule is not None and rule.implementation is not None
    check_kind(rule, (x, *args), {}, y)
    y_bar = RNG.standard_normal(np.shape(y))
    assert np.sum(rule.implementation(y, x, *args, y_bar=y_bar)) == pytest.approx(np.sum(y_bar))


N, K = Dim("n"), Dim("m")
INT = Number("int", weak=True)


def whole(value: Any) -> Number:
    return Number("int", weak=True, value=value)


@pytest.mark.parametrize("function, kinds, expected", [
    (np.reshape, (Array("float64", (N, K)), TupleKind((whole(-1), Number("int", True, K)))), (N, K)),
    (np.reshape, (Array("float64", (N, Dim("", 6))), TupleKind((whole(-1), whole(2)))),
     (Dim("n", scale=3), Dim("", 2))),
    (np.reshape, (Array("float64", (Dim("n", scale=4),)), TupleKind((whole(4), whole(-1)))), (Dim("", 4), N)),
    (np.reshape, (Array("float64", (Dim("n", scale=4), K)), TupleKind((whole(N), whole(-1)))),
     (N, Dim("m", scale=4))),
    (np.reshape, (Array("float64", (N,)), whole(-1)), (N,)),
    (np.ravel, (Array("float64", (N, K)),), (Dim("m*n"),)),
    (np.transpose, (Array("float64", (N, K)),), (K, N)),
    (np.expand_dims, (Array("float64", (N,)), whole(-1)), (N, ONE)),
    (np.diag, (Array("float64", (N,)), whole(1)), (Dim("n", 1), Dim("n", 1))),
    (np.diagonal, (Array("float64", (N, N)), whole(-1)), (Dim("n", -1),)),
    (np.broadcast_to, (Number("float64", True), TupleKind((whole(N), whole(3)))), (N, Dim("", 3))),
])
def test_lengths_survive(function: Any, kinds: tuple[Kind, ...], expected: tuple[Dim, ...]) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.kind is not None
    predicted = rule.kind(*kinds)
    assert isinstance(predicted, Array) and predicted.shape == expected


def test_lengths_that_cannot_be_told_are_not_told() -> None:
    rule = rule_of(np.squeeze)
    assert rule is not None and rule.kind is not None
    assert isinstance(rule.kind(Array("float64", (N, K))).shape, str)
    assert isinstance(rule.kind(Numeric("float64", "s"), axis=Known(None)), Numeric)
