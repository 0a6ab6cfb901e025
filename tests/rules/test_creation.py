"""Constructors, copies and casts: rules against differences and JAX, kinds and layouts against reality."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import VARIANTS, Case, check_case, check_kind, every, laid_out

from s2sgrad.core.kinds import Array, Dim, Kind, Known, Number, TupleKind
from s2sgrad.rules.registry import rule_of

RNG = np.random.default_rng(4)
V, M, EMPTY, ZERO_D = RNG.standard_normal(4), RNG.standard_normal((2, 4)), np.zeros((0, 3)), np.array(0.7)
C = V + 1j


def astype(x: Any, dtype: Any) -> Any:
    """The method in JAX."""
    return x.astype(dtype)


def copied(x: Any, *_: Any, **__: Any) -> Any:
    """A copy in JAX."""
    return jnp.array(x)


CASES = [
    Case(np.full, (2, 3), 0.5),
    Case(np.full, (2, 4), V, jax=lambda shape, v: jnp.full(shape, v)),
    Case(np.full, 3, np.float64(0.5)),
    Case(np.full_like, M, V, argnums=(1,), jax=jnp.full_like),
    Case(np.full_like, M, 0.5, argnums=(1,)),
    Case(np.linspace, 0.5, 1.5),
    Case(np.linspace, 0.5, np.float64(1.5), 7, jax=jnp.linspace),
    Case(np.linspace, np.float64(0.5), np.float64(1.5), 5, options={"endpoint": False}, jax=jnp.linspace),
    Case(np.linspace, 0.5, 1.5, 1),
    Case(np.linspace, V, 1.0 + V, 5, jax=jnp.linspace),
    Case(np.linspace, M, np.float64(1.0), 5, options={"axis": -1}, jax=jnp.linspace),
    Case(np.linspace, M[:, :1], V, 5, options={"axis": 1}, jax=jnp.linspace),
    Case(np.linspace, 0.5, 1.5, 5, options={"dtype": "float64"}),
    Case(np.copy, M, jax=copied),
    Case(np.copy, V, jax=copied),
    Case(np.copy, ZERO_D, jax=copied),
    Case(np.copy, EMPTY, "C", jax=copied),
    Case(np.copy, 0.5),
    Case(np.ndarray.copy, M, jax=copied),
    Case(np.ndarray.copy, V, jax=copied),
    Case(np.array, M, jax=copied),
    Case(np.array, 0.5),
    Case(np.array, M, np.float64),
    Case(np.array, M, options={"dtype": "complex128"}),
    Case(np.array, C),
    Case(np.asarray, M, jax=copied),
    Case(np.asarray, M, np.float64),
    Case(np.asarray, V, options={"dtype": float}),
    Case(np.asanyarray, M, jax=copied),
    Case(np.ascontiguousarray, M, jax=jnp.atleast_1d),
    Case(np.ascontiguousarray, ZERO_D, jax=jnp.atleast_1d),
    Case(np.ndarray.astype, M, np.float64, jax=astype),
    Case(np.ndarray.astype, M, "complex128", jax=astype),
    Case(np.astype, V, np.dtype("float64"), jax=astype),
    Case(np.float64, M, jax=lambda x: x.astype("float64")),
    Case(np.float64, 0.5),
    Case(np.float64, np.float64(0.5)),
    Case(np.float64, ZERO_D),
    Case(np.complex128, V, jax=lambda x: x.astype("complex128")),
    Case(np.ndarray.item, np.array([[0.5]])),
]

KINDS = [
    Case(np.zeros, 3), Case(np.zeros, (2, 3)), Case(np.ones, [2, 3], "int32"), Case(np.empty, (), float),
    Case(np.zeros, (2, 3), options={"dtype": bool, "order": "F"}),
    Case(np.zeros_like, M), Case(np.ones_like, 0.5), Case(np.zeros_like, M, int), Case(np.zeros_like, V),
    Case(np.zeros_like, M, options={"shape": (3, 3)}), Case(np.empty_like, M, options={"dtype": None}),
    Case(np.zeros_like, M, options={"order": "F"}),
    Case(np.eye, 3), Case(np.eye, 3, 4, 1), Case(np.eye, 2, options={"dtype": np.float32}), Case(np.identity, 3),
    Case(np.tri, 3), Case(np.tri, 2, 4), Case(np.indices, (2, 3)), Case(np.triu_indices, 3), Case(np.tril_indices, 3),
    Case(np.arange, 5), Case(np.arange, 2, 5), Case(np.arange, -5, -2), Case(np.arange, 5, 2), Case(np.arange, 0, 9, 3),
    Case(np.arange, 5.5), Case(np.arange, 0.0, 1.0, 0.25), Case(np.arange, 3, options={"dtype": "float32"}),
    Case(np.arange, np.float32(2.0), 5), Case(np.arange, 5, None),
    *(Case(window, n) for window in (np.hanning, np.hamming, np.bartlett, np.blackman) for n in (0, 1, 7, 6.5)),
    Case(np.linspace, 0, 1, 5), Case(np.linspace, np.float32(0.0), 1, 5), Case(np.full, 3, 1),
    Case(np.full, (2,), True),
    Case(np.array, [1, 2]), Case(np.array, [1.0, 2]), Case(np.array, [V, V]), Case(np.array, ([1, 2], [3.0, 4.0])),
    Case(np.array, []), Case(np.array, [np.float32(0.5), 1.0]), Case(np.array, M, options={"ndmin": 3}),
    Case(np.asarray, [0.5, 1]), Case(np.asarray, M, None, "F"), Case(np.array, M, options={"order": "F"}),
    Case(np.copy, [1.0, 2.0]), Case(np.int64, 1.5), Case(np.int64, M), Case(np.bool_, 1.5), Case(np.float32, [1, 2]),
    Case(np.float64), Case(np.ndarray.copy, ZERO_D), Case(np.ndarray.item, ZERO_D), Case(np.ndarray.item, np.array(3)),
    Case(np.ndarray.astype, M, int), Case(np.ndarray.astype, M, np.float32),
]


STEPPED = [     # the result is a pair, whatever else is known
    Case(np.linspace, 0.5, np.float64(1.5), 5, options={"retstep": True}, jax=jnp.linspace),
    Case(np.linspace, 0.5, 1.5, 5, options={"retstep": True, "dtype": "float64"}),
    Case(np.linspace, V, 1.0 + V, 5, options={"retstep": True}, jax=jnp.linspace),
    Case(np.linspace, M[:, :1], V, 5, options={"retstep": True, "endpoint": False, "axis": 1}, jax=jnp.linspace),
]


@every(CASES + STEPPED)
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


@pytest.mark.parametrize("function, args, options", [
    (np.array, (np.float32,), {}), (np.ndarray.astype, ("float32",), {}), (np.float32, (), {}),
    (np.asarray, (), {"dtype": np.dtype("float32")}),
])
def test_casts_come_back_in_the_dtype_that_was_cast(function: Any, args: tuple[Any, ...],
                                                     options: dict[str, Any]) -> None:
    rule, y = rule_of(function), function(M, *args, **options)
    assert rule is not None and rule.implementation is not None
    y_bar = RNG.standard_normal(y.shape).astype("float32")
    x_bar = rule.implementation(y, M, *args, **options, y_bar=y_bar)
    assert x_bar.dtype == "float64" and np.array_equal(x_bar, y_bar)


def test_a_cast_to_integers_has_derivative_zero() -> None:
    for function, args in ((np.ndarray.astype, (int,)), (np.array, ("int64",))):
        rule, y = rule_of(function), function(M, *args)
        assert rule is not None and rule.implementation is not None
        assert not rule.implementation(y, M, *args, y_bar=np.ones(M.shape)).any()
    rule, y = rule_of(np.full), np.full((2, 4), V, dtype=np.float32)
    assert rule is not None and rule.implementation is not None
    bar = rule.implementation(y, (2, 4), V, dtype=np.float32, y_bar=np.ones((2, 4), "float32"))[1]
    assert bar.dtype == "float64" and bar.all()
    rule, y = rule_of(np.full_like), np.full_like(np.arange(3), 0.5)
    assert rule is not None and rule.implementation is not None
    assert not rule.implementation(y, np.arange(3), 0.5, y_bar=np.ones(3))[1].any()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("function", [np.copy, np.ndarray.copy, np.array, np.asarray, np.zeros_like])
def test_layouts(function: Any, variant: str) -> None:
    """A layout that is claimed is the actual one, also for transposed arguments."""
    given = laid_out(RNG.standard_normal((3, 4)), variant)
    for x in (given, given.T, given[:, :2]):
        rule = rule_of(function)
        assert rule is not None
        check_kind(rule, (x,), {}, function(x))


N = Dim("n", 0, True)


def number(value: Any) -> Number:
    return Number("int", weak=True, value=value)


@pytest.mark.parametrize("function, kinds, expected", [
    (np.zeros, (number(N),), Array("float64", (N,), "C")),
    (np.zeros, (TupleKind((number(N), number(3))),), Array("float64", (N, Dim("", 3)), "C")),
    (np.zeros_like, (Array("float32", (N, N), "C"),), Array("float32", (N, N), "C")),
    (np.arange, (number(N),), Array("int64", (N,), "C")),
    (np.arange, (number(1), number(N)), Array("int64", (Dim("n", -1, True),), "C")),
    (np.hanning, (number(N),), Array("float64", (N,))),
    (np.full, (number(N), Number("float64", True)), Array("float64", (N,), "C")),
    (np.eye, (number(N),), Array("float64", (N, N), "C")),
    (np.linspace, (Number("float64", True), number(1), number(N)), Array("float64", (N,))),
    (np.linspace, (Number("float64", True), number(1), number(N), Known(True), Known(True)),
     TupleKind((Array("float64", (N,)), Number("float64")))),
    (np.copy, (Array("float64", (N, N)),), Array("float64", (N, N))),
    (np.ndarray.copy, (Array("float64", (N, N)),), Array("float64", (N, N), "C")),
])
def test_lengths_survive(function: Any, kinds: tuple[Kind, ...], expected: Kind) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.kind is not None
    predicted = rule.kind(*kinds)
    assert str(predicted) == str(expected) or predicted == expected
