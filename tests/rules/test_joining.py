"""Joining, cutting, repeating and padding: every rule against differences, JAX and the actual kinds."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every

from s2sgrad.core.kinds import Array, Dim, Kind, Known, ListKind, Number, TupleKind, Unknown
from s2sgrad.rules.registry import rule_of

RNG = np.random.default_rng(5)
V, W, M, T = (RNG.standard_normal(s) for s in ((4,), (3,), (2, 4), (2, 3, 4)))
R, EMPTY, ONES, ZERO_D = RNG.standard_normal((2, 3)), np.zeros((0, 4)), RNG.standard_normal((1, 4)), np.array(0.7)
TIED = np.array([[1.0, 3.0, 3.0], [2.0, 0.5, 0.5]])


def copied(vector: Any, width: Any, axis: int, options: Any) -> None:
    """A padding function: pads with the first entry."""
    vector[:width[0]] = vector[width[0]]


def pair(arr: Any, values: Any, axis: int | None = None) -> Any:
    """np.append in JAX."""
    return jnp.append(arr, values, axis)


CASES = [
    Case(np.concatenate, [V, W], jax=jnp.concatenate),
    Case(np.concatenate, (V, W, V), jax=jnp.concatenate),
    Case(np.concatenate, (M, R, M), 1, jax=jnp.concatenate),
    Case(np.concatenate, [M, ONES, EMPTY], options={"axis": -2}, jax=jnp.concatenate),
    Case(np.concatenate, [M, V], None, jax=jnp.concatenate),
    Case(np.concatenate, T),
    Case(np.concatenate, [V, np.arange(2)]),
    Case(np.concatenate, [V]),
    Case(np.stack, [V, V * 2.0], jax=jnp.stack),
    Case(np.stack, (M, M * 2.0, M), -1, jax=jnp.stack),
    Case(np.stack, [M, M * 2.0], options={"axis": 1}, jax=jnp.stack),
    Case(np.stack, [0.5, 1.5, 2.5]),
    Case(np.stack, M, 1),
    Case(np.hstack, [V, W], jax=jnp.hstack),
    Case(np.hstack, (M, R), jax=jnp.hstack),
    Case(np.hstack, [0.5, V]),
    Case(np.vstack, [V, V * 2.0], jax=jnp.vstack),
    Case(np.vstack, (V, M), jax=jnp.vstack),
    Case(np.vstack, [0.5, 1.5]),
    Case(np.vstack, M),
    Case(np.column_stack, [V, V * 2.0], jax=jnp.column_stack),
    Case(np.column_stack, (M, M[:, 0], R), jax=jnp.column_stack),
    Case(np.dstack, [V, V * 2.0], jax=jnp.dstack),
    Case(np.dstack, [M, M], jax=jnp.dstack),
    Case(np.dstack, [T, T], jax=jnp.dstack),
    Case(np.append, V, 0.5),
    Case(np.append, M, V, jax=pair),
    Case(np.append, M, ONES, 0, jax=pair),
    Case(np.append, M, R, options={"axis": 1}, jax=pair),
    Case(np.append, 0.5, V),
    Case(np.split, V, 2, jax=jnp.split),
    Case(np.split, T, [1, 2], 1, jax=jnp.split),
    Case(np.split, W, [3, 1, -1], jax=None), Case(np.vsplit, M, [2, 1], jax=None), Case(np.hsplit, M, (3, 1), jax=None),
    Case(np.split, M, (1, 1, 3), options={"axis": -1}, jax=jnp.split),
    Case(np.array_split, W, 2, jax=jnp.array_split),
    Case(np.array_split, M, 3, 1, jax=jnp.array_split),
    Case(np.hsplit, V, 2, jax=jnp.hsplit),
    Case(np.hsplit, M, [1], jax=jnp.hsplit),
    Case(np.vsplit, M, 2, jax=jnp.vsplit),
    Case(np.tile, V, 2, jax=jnp.tile),
    Case(np.tile, M, (2, 3), jax=jnp.tile),
    Case(np.tile, M, 2, jax=jnp.tile),
    Case(np.tile, V, [2, 1, 3], jax=jnp.tile),
    Case(np.tile, T, (2, 1), jax=jnp.tile),
    Case(np.tile, 0.5, (2, 2)),
    Case(np.tile, V, 0, jax=jnp.tile),
    Case(np.repeat, V, 2, jax=jnp.repeat),
    Case(np.repeat, M, 3, 1, jax=jnp.repeat),
    Case(np.repeat, M, 2, jax=jnp.repeat),
    Case(np.repeat, M, options={"repeats": [2, 0], "axis": 0}),
    Case(np.repeat, T, np.array([1, 2, 0]), 1),
    Case(np.repeat, W, [1, 0, 3]),
    Case(np.repeat, M, [2], 0),
    Case(np.repeat, 0.5, 3),
    Case(np.repeat, EMPTY, 2, 1, jax=jnp.repeat),
    Case(np.pad, V, 2, jax=jnp.pad),
    Case(np.pad, V, (1, 2), argnums=(0,), jax=jnp.pad),
    Case(np.pad, M, ((1, 2), (0, 3)), argnums=(0,), jax=jnp.pad),
    Case(np.pad, M, [(1, 2), (0, 3)], argnums=(0,), options={"constant_values": 2.0}, jax=jnp.pad),
    Case(np.pad, M, ((1, 2), (2, 3)), "constant", argnums=(0,)),
    Case(np.pad, T, 2, "edge", jax=jnp.pad),
    Case(np.pad, T, ((3, 1), (1, 0), (2, 4)), "reflect", jax=jnp.pad),
    Case(np.pad, T, ((3, 1), (1, 0), (2, 4)), "symmetric", jax=jnp.pad),
    Case(np.pad, T, ((3, 1), (1, 0), (2, 5)), "wrap", jax=jnp.pad),
    Case(np.pad, T, ((3, 1), (1, 0), (2, 5)), "linear_ramp", jax=jnp.pad),
    Case(np.pad, T, 2, "mean", jax=jnp.pad),
    Case(np.pad, T, 2, "maximum", jax=jnp.pad),
    Case(np.pad, T, 2, "minimum", jax=jnp.pad),
    Case(np.pad, T, ((1, 1), (1, 0), (2, 1)), "median"),
]


@every(CASES)
def test_rule(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_last_branch_holds_for_all(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


@pytest.mark.parametrize("values", [0.5, (0.5, 1.5), ((0.5, 1.5), (2.5, 3.5)), ((0.5,), (1.5,))])
def test_the_values_that_pad_fills_in(values: Any) -> None:
    """The rule is linear in them: its pairing with them is what padding zeros with them gives."""
    widths = ((1, 2), (3, 1))
    rule, y = rule_of(np.pad), np.pad(M, widths, constant_values=values)
    assert rule is not None and rule.implementation is not None
    y_bar = RNG.standard_normal(y.shape)
    bar = rule.implementation(y, M, widths, constant_values=values, y_bar=y_bar)[3]
    assert np.shape(bar) == np.shape(values)
    np.testing.assert_allclose(np.sum(bar * np.asarray(values)),
                               np.sum(y_bar * np.pad(np.zeros(M.shape), widths, constant_values=values)))


def test_ties_share_equally_in_padding_with_the_maximum() -> None:
    rule, y = rule_of(np.pad), np.pad(TIED, ((0, 0), (1, 0)), mode="maximum")
    assert rule is not None and rule.implementation is not None
    y_bar = np.array([[1.0, 0, 0, 0], [1.0, 0, 0, 0]])
    bar = rule.implementation(y, TIED, ((0, 0), (1, 0)), "maximum", y_bar=y_bar)[0]
    assert np.array_equal(bar, [[0, 0.5, 0.5], [1, 0, 0]])


def test_a_padding_function_is_refused() -> None:
    rule = rule_of(np.pad)
    assert rule is not None and rule.implementation is not None
    with pytest.raises(ValueError, match="no adjoint"):
        rule.implementation(np.ones(4), np.ones(2), 1, copied, y_bar=np.ones(4))


N, K = Dim("n", 0, True), Dim("m")
FLOAT, INT = Number("float64", weak=True), Number("int", weak=True)
VEC, MAT = Array("float64", (N,)), Array("float64", (N, K))


def whole(value: Any) -> Number:
    return Number("int", weak=True, value=value)


@pytest.mark.parametrize("function, kinds, expected", [
    (np.concatenate, (TupleKind((VEC, Array("float64", (Dim("", 2),)))),), (Dim("n", 2),)),
    (np.concatenate, (ListKind(None, (MAT, Array("float64", (N, Dim("", 1))))), whole(1)), (N, Dim("m", 1))),
    (np.stack, (TupleKind((VEC, VEC)),), (Dim("", 2), N)),
    (np.stack, (TupleKind((VEC, VEC)), whole(-1)), (N, Dim("", 2))),
    (np.column_stack, (TupleKind((VEC, VEC)),), (N, Dim("", 2))),
    (np.vstack, (TupleKind((VEC, VEC)),), (Dim("", 2), N)),
    (np.append, (VEC, FLOAT), (Dim("n", 1),)),
    (np.tile, (VEC, TupleKind((whole(3), whole(1)))), (Dim("", 3), N)),
    (np.repeat, (MAT, whole(2), whole(1)), (N, Dim("m", scale=2))),
    (np.concatenate, (TupleKind((VEC, VEC, Array("float64", (Dim("", 2),)))),), (Dim("n", 2, scale=2),)),
    (np.tile, (VEC, whole(3)), (Dim("n", scale=3),)),
    (np.pad, (MAT, whole(1)), (Dim("n", 2), Dim("m", 2))),
])
def test_lengths_survive(function: Any, kinds: tuple[Kind, ...], expected: tuple[Dim, ...]) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.kind is not None
    predicted = rule.kind(*kinds)
    assert isinstance(predicted, Array) and isinstance(predicted.shape, tuple)
    assert [(d.symbol, d.offset, d.scale) for d in predicted.shape] == [(d.symbol, d.offset, d.scale) for d in expected]


@pytest.mark.parametrize("function, kinds", [
    (np.concatenate, (TupleKind((MAT, MAT)), Unknown())), (np.append, (MAT, MAT, Unknown())),
    (np.repeat, (MAT, whole(2), Unknown())), (np.concatenate, (Unknown(),)), (np.stack, (ListKind(None),)),
])
def test_an_axis_that_may_be_none_leaves_the_rank_open(function: Any, kinds: tuple[Kind, ...]) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.kind is not None
    predicted = rule.kind(*kinds)
    assert isinstance(predicted, Array) and not isinstance(predicted.shape, tuple)


def test_equal_sections_have_equal_lengths() -> None:
    rule = rule_of(np.split)
    assert rule is not None and rule.kind is not None
    parts = rule.kind(VEC, whole(2))
    assert isinstance(parts, ListKind) and parts.items is not None and parts.items[0] == parts.items[1] == parts.item
    assert rule.kind(VEC, Known(None)).items is None
