"""Taking, choosing and sorting: every rule against differences, JAX and the actual kinds."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every

from s2sgrad.core.kinds import Array, Dim, Kind, Number, Numeric, TupleKind, Unknown
from s2sgrad.rules.registry import rule_of

RNG = np.random.default_rng(6)
V, M, T = RNG.standard_normal(5), RNG.standard_normal((3, 4)), RNG.standard_normal((2, 3, 4))
EMPTY = np.zeros((0, 4))
ORDER, TWICE = np.argsort(M, axis=1), np.array([[0, 0], [3, 1], [2, 2]])
ONE_ROW = np.array([[1, 1, 0, 2]])


def taken(a: Any, indices: Any, axis: Any = None) -> Any:
    """np.take in JAX, which takes arrays only."""
    return jnp.take(a, jnp.asarray(indices), axis)


def chosen(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """np.select in JAX, which takes lists of arrays."""
    return jnp.select([jnp.asarray(c) for c in condlist], [jnp.asarray(c) for c in choicelist], default)


CASES = [
    Case(np.take, V, [0, 3, 3], jax=taken),
    Case(np.take, V, np.array([[0, -1], [4, 0]]), jax=taken),
    Case(np.take, V, 2, jax=taken),
    Case(np.take, M, [0, 11, 11], jax=taken),
    Case(np.take, T, [2, 0, 2, -1], 1, jax=taken),
    Case(np.take, T, np.array([[0, 1], [1, 1]]), options={"axis": -1}, jax=taken),
    Case(np.take, T, 1, 0, jax=taken),
    Case(np.take, M, np.zeros(0, int), 1, jax=taken),
    Case(np.take_along_axis, M, ORDER, 1, jax=jnp.take_along_axis),
    Case(np.take_along_axis, M, TWICE, jax=jnp.take_along_axis),
    Case(np.take_along_axis, M, ONE_ROW, options={"axis": 0}, jax=jnp.take_along_axis),
    Case(np.take_along_axis, M[:1], TWICE, 1),
    Case(np.take_along_axis, M, np.array([0, 5, 5]), None),
    Case(np.select, [V > 0.0, V < -0.5], [V, V * 2.0], argnums=(1,), jax=chosen),
    Case(np.select, [V > 0.0, V > -0.5], [V, 2.0 * V], V, jax=chosen),
    Case(np.select, [M > 0.0, M < -0.5], (M, M[0]), 0.5, argnums=(1, 2)),
    Case(np.select, [M > 0.0, M < -0.5], [M, 1.5], M[:, :1]),
    Case(np.select, [True], [0.5], 1.5),
    Case(np.sort, V, jax=jnp.sort),
    Case(np.sort, M, jax=jnp.sort),
    Case(np.sort, M, 0, jax=jnp.sort),
    Case(np.sort, T, options={"axis": 1}, jax=jnp.sort),
    Case(np.sort, M, None, jax=jnp.sort),
    Case(np.sort, V, options={"kind": "stable"}),
    Case(np.sort, EMPTY, jax=jnp.sort),
]

KINDS = [
    Case(np.take, 0.5, 0), Case(np.take, V, np.int64(1)), Case(np.take, V, [1], options={"mode": "wrap"}),
    Case(np.argsort, V), Case(np.argsort, M, 0), Case(np.argsort, M, None), Case(np.argpartition, M, 1),
    Case(np.partition, M, 1), Case(np.searchsorted, np.sort(V), 0.5), Case(np.searchsorted, np.sort(V), M),
    Case(np.searchsorted, np.sort(V), [0.5], "right"), Case(np.digitize, M, np.sort(V)), Case(np.digitize, 0.5, V[:1]),
    Case(np.nonzero, M), Case(np.flatnonzero, M), Case(np.shape, M), Case(np.shape, 0.5),
    Case(np.shape, [[1, 2], [3, 4]]),
    Case(np.size, M), Case(np.size, V), Case(np.size, M, 1), Case(np.ndim, T), Case(np.ndim, 0.5),
    Case(np.isin, V, [0.5]),
    Case(np.may_share_memory, V, M), Case(np.result_type, V), Case(np.result_type, V, 1.0), Case(np.result_type, 2),
    Case(np.argwhere, M), Case(np.select, [V > 0.0], [1.0]),
]


@every(CASES)
def test_rule(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_last_branch_holds_for_all(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


@every(KINDS)
def test_kind(case: Case, dtype: str, variant: str) -> None:
    case.kinds_only = True
    check_case(case, dtype, variant)


def test_equal_entries_keep_their_order_in_a_sort() -> None:
    rule, x = rule_of(np.sort), np.array([2.0, 1.0, 2.0, 1.0])
    assert rule is not None and rule.implementation is not None
    bar = rule.implementation(np.sort(x), x, y_bar=np.array([1.0, 2.0, 3.0, 4.0]))
    assert np.array_equal(bar, [3.0, 1.0, 4.0, 2.0])


def test_only_the_first_condition_that_holds_counts_and_the_rest_is_exactly_zero() -> None:
    rule, x = rule_of(np.select), np.array([1.0, 2.0])
    assert rule is not None and rule.implementation is not None
    y_bar = np.array([np.inf, 1.0])
    conditions = [np.array([True, False]), np.array([True, True])]
    _, (first, second), default = rule.implementation(x, conditions, [x, x], x, y_bar=y_bar)
    assert np.array_equal(first, [np.inf, 0.0]) and np.array_equal(second, [0.0, 1.0])
    assert np.array_equal(default, [0.0, 0.0])


N, K = Dim("n", 0, True), Dim("m")


def whole(value: Any) -> Number:
    return Number("int", weak=True, value=value)


@pytest.mark.parametrize("function, kinds, expected", [
    (np.take, (Array("float64", (N, K)), Array("int64", (Dim("", 3),)), whole(1)), Array("float64", (N, Dim("", 3)))),
    (np.sort, (Array("float32", (N,)),), Array("float32", (N,))),
    (np.argsort, (Array("float32", (N,)),), Array("int64", (N,))),
    (np.shape, (Array("float64", (N, Dim("", 2))),), TupleKind((whole(N), whole(2)))),
    (np.size, (Array("float64", (N,)),), whole(N)),
    (np.size, (Array("float64", (N, K)), whole(-1)), whole(K)),
    (np.ndim, (Array("float64", (N, K)),), whole(2)),
])
def test_lengths_survive(function: Any, kinds: tuple[Kind, ...], expected: Kind) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.kind is not None
    assert rule.kind(*kinds) == expected


def test_an_axis_that_may_be_none_leaves_the_rank_open() -> None:
    matrix = Array("float64", (N, K))
    for function, kinds in ((np.take, (matrix, Array("int64", (N,)), Unknown())), (np.sort, (matrix, Unknown())),
                            (np.argsort, (matrix, Unknown()))):
        rule = rule_of(function)
        assert rule is not None and rule.kind is not None
        predicted = rule.kind(*kinds)
        assert isinstance(predicted, (Array, Numeric)) and not isinstance(predicted.shape, tuple)


def test_what_moves_with_its_argument_is_not_taken_for_constant() -> None:
    for function in (np.unique,):
        rule = rule_of(function)
        assert rule is not None and rule.form == "none"
