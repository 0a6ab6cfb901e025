"""Interpolation, convolution and counting: every rule against differences, JAX and the actual kinds."""

from __future__ import annotations

import itertools
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, every

from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.rules.registry import rule_of

RNG = np.random.default_rng(8)
XP, FP = np.array([-1.0, 0.0, 0.5, 2.0]), RNG.standard_normal(4)
X, GRID = np.array([-1.7, -0.3, 0.2, 1.4, 1.5, 2.6]), RNG.uniform(-1.5, 2.5, (2, 3))
V, W, C = RNG.standard_normal(5), RNG.standard_normal(3), RNG.standard_normal(3) + 1j * RNG.standard_normal(3)
BINS = np.array([0, 2, 2, 1, 4])


def ends(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """np.interp in JAX."""
    return jnp.interp(x, xp, fp, left, right)


def counted(x: Any, weights: Any, minlength: int = 0) -> Any:
    """np.bincount in JAX."""
    return jnp.bincount(jnp.asarray(x), weights, minlength)


CASES = [
    Case(np.interp, X, XP, FP, jax=jnp.interp),
    Case(np.interp, GRID, XP, FP, jax=jnp.interp),
    Case(np.interp, 0.3, XP, FP),
    Case(np.interp, np.float64(0.3), XP, FP),
    Case(np.interp, np.array(-3.0), XP, FP, jax=jnp.interp),
    Case(np.interp, X, XP, FP, 0.5, jax=ends),
    Case(np.interp, X, XP, FP, 0.5, 1.5),
    Case(np.interp, X, XP, FP, options={"right": 1.5}, jax=ends),
    Case(np.interp, X, XP[:1], FP[:1]),
    Case(np.interp, X[:0], XP, FP, jax=jnp.interp),
    Case(np.interp, X, XP, FP + 1j * FP[::-1]),
    Case(np.convolve, V, W, jax=jnp.convolve),
    Case(np.convolve, V, C, argnums=(1,)),
    Case(np.convolve, V, 0.5),
    Case(np.convolve, V, [0.5, 1.0, -0.5], argnums=(0,)),
    Case(np.correlate, C, V[:2] + 1j * W[:2], "full", jax=jnp.correlate),
    Case(np.correlate, V, W, jax=jnp.correlate),
    Case(np.bincount, BINS, V, jax=counted),
    Case(np.bincount, BINS, V, 8, jax=counted),
    Case(np.bincount, BINS, options={"weights": V}, argnums=()),
]
CASES += [Case(np.convolve, V[:n], RNG.standard_normal(m), options={"mode": mode}, jax=jnp.convolve)
          for n, m, mode in itertools.product((1, 2, 5), (1, 2, 3, 4), ("same", "valid"))]
# JAX puts the middle elsewhere than NumPy where the first argument is the shorter
CASES += [Case(np.correlate, V[:n], RNG.standard_normal(m), mode,
               jax=None if n < m and mode == "same" else jnp.correlate)
          for n, m, mode in itertools.product((1, 2, 4, 5), (1, 2, 3, 5), ("same", "valid", "full"))]


@every(CASES)
def test_rule(case: Case, dtype: str, variant: str) -> None:
    larger = dtype == "float32" and case.function in (np.convolve,) and np.iscomplexobj(case.args[1])
    check_case(case, "float64" if larger else dtype, variant)       # the complex operand keeps its precision


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_last_branch_holds_for_all(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


@pytest.mark.parametrize("x, slope", [(0.0, 2.0), (-1.0, 1.0), (2.0, -1.0), (2.1, 0.0)])
def test_the_slope_at_a_node_is_the_one_to_the_right_and_at_the_last_to_the_left(x: float, slope: float) -> None:
    rule, fp = rule_of(np.interp), np.array([0.0, 1.0, 2.0, 0.5])
    assert rule is not None and rule.implementation is not None
    bars = rule.implementation(np.interp(x, XP, fp), x, XP, fp, y_bar=1.0)
    theirs = jnp.interp(jnp.asarray(x), XP, fp)
    assert bars[0] == slope and float(theirs) == np.interp(x, XP, fp)


def test_the_dtype_of_a_count() -> None:
    rule = rule_of(np.bincount)
    assert rule is not None and rule.kind is not None
    vector = Array("int64", (Dim("n"),))
    assert rule.kind(vector).dtype == "int64"
    assert rule.kind(vector, Array("float32", (Dim("n"),))).dtype == "float64"


def test_the_length_of_a_full_convolution() -> None:
    rule = rule_of(np.convolve)
    assert rule is not None and rule.kind is not None
    kind = rule.kind(Array("float64", (Dim("n"),)), Array("float64", (Dim("", 3),)))
    assert kind == Array("float64", (Dim("n", 2),))
    assert rule.kind(Array("float64", (Dim("n"),)), Number("float64", True)).shape == (Dim("n"),)
