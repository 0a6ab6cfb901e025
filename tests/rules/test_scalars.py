"""The `math` module and the builtins that compute with Python numbers."""

from __future__ import annotations

import math
from typing import Any

import jax.numpy as jnp
import jax.scipy.special as jss
import numpy as np
import pytest
from harness import Case, check_case, check_kind, contributions, every

import s2sgrad.rules as _rules  # noqa: F401  (registers the rules)
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.rules.registry import rule_of

ONE = [
    (math.sqrt, 0.7, jnp.sqrt), (math.exp, 0.7, jnp.exp), (math.exp2, 0.7, jnp.exp2), (math.expm1, 0.7, jnp.expm1),
    (math.cbrt, -0.7, jnp.cbrt), (math.log, 0.7, jnp.log), (math.log2, 0.7, jnp.log2), (math.log10, 0.7, jnp.log10),
    (math.log1p, 0.7, jnp.log1p), (math.sin, 0.7, jnp.sin), (math.cos, 0.7, jnp.cos), (math.tan, 0.7, jnp.tan),
    (math.asin, 0.7, jnp.arcsin), (math.acos, 0.7, jnp.arccos), (math.atan, 0.7, jnp.arctan),
    (math.sinh, 0.7, jnp.sinh), (math.cosh, 0.7, jnp.cosh), (math.tanh, 0.7, jnp.tanh), (math.asinh, 0.7, jnp.arcsinh),
    (math.acosh, 1.7, jnp.arccosh), (math.atanh, 0.7, jnp.arctanh), (math.radians, 0.7, jnp.radians),
    (math.degrees, 0.7, jnp.degrees), (math.erf, 0.7, jss.erf), (math.erfc, 0.7, jss.erfc),
    (math.fabs, -0.7, jnp.abs), (abs, -0.7, jnp.abs), (float, 0.7, None),
]
CASES = [Case(f, type_(x), jax=j) for f, x, j in ONE for type_ in (float, np.float64, np.array)]
CASES += [
    Case(math.log, 0.7, 3.0, jax=lambda x, b: jnp.log(x) / jnp.log(b)), Case(math.log, 0.7, 10, argnums=(0,)),
    Case(math.atan2, -0.7, 0.4, jax=jnp.arctan2), Case(math.hypot, -0.7, 0.4, jax=jnp.hypot),
    Case(math.hypot, -0.7, 0.4, 1.3), Case(math.fmod, -5.3, 0.7, jax=jnp.fmod), Case(math.remainder, -5.3, 0.7),
    Case(math.copysign, -0.7, 1.3), Case(math.pow, 0.7, 1.3, jax=jnp.power), Case(math.pow, 0.7, 2, argnums=(0,)),
    Case(pow, 0.7, 1.3, jax=jnp.power), Case(math.fsum, [0.7, 1.3, -0.2]), Case(math.fsum, np.arange(3.0)),
    *[Case(f, x, jax=j) for f, j in ((math.lgamma, jss.gammaln), (math.gamma, jss.gamma)) for x in (
        0.3, 2.7, 12.5, -0.6, -3.4)],
    Case(math.ldexp, 0.7, 3, argnums=(0,)), Case(math.prod, [0.7, 1.3, -0.2]), Case(math.prod, (0.7, 0.0, 1.3)),
    Case(math.prod, [0.7, 1.3], options={"start": 2.0}), Case(math.dist, (0.7, 1.3), (0.2, 0.4)),
    Case(math.dist, [0.7, 1.3, 0.1], [0.2, 0.4, 0.9]),
    Case(divmod, 5.3, 0.7), Case(divmod, -5.3, 0.7), Case(math.modf, 5.3), Case(math.modf, -0.3),
    Case(max, 0.7, 1.3), Case(max, 0.7, 1.3, -2.0), Case(min, 0.7, 1.3, 4.0),
    Case(max, [0.7, 1.3, 0.2]), Case(min, (0.7, 1.3)), Case(max, np.array([0.7, 1.3, 0.2])), Case(min, [0.5]),
    Case(max, np.float64(0.5), np.float64(0.3)),
    Case(sum, [0.7, 1.3]), Case(sum, (0.7, 1.3), 2.0), Case(sum, [np.arange(3.0), 0.5]), Case(sum, []),
    Case(sum, [np.arange(3.0), np.ones((2, 3))], 1.5), Case(sum, np.arange(3.0)), Case(sum, np.ones((2, 3)), 0.5),
]


@every([c for c in CASES if c.argnums])
def test_derivative(case: Case, dtype: str, variant: str) -> None:
    if case.function in (max, min) or dtype == "float64" or not isinstance(case.args[0], (np.ndarray, np.generic)):
        check_case(case, dtype, variant)


@pytest.mark.parametrize("function, args, expected", [
    (math.sqrt, (0.0,), [np.inf]), (math.cbrt, (0.0,), [np.inf]), (math.asin, (1.0,), [np.inf]),
    (math.acos, (-1.0,), [-np.inf]), (math.acosh, (1.0,), [np.inf]), (math.fabs, (0.0,), [0.0]),
    (math.hypot, (0.0, 0.0), [0.0, 0.0]), (math.pow, (0.0, 0.5), [np.inf, 0.0]),
    (math.atan2, (0.0, 0.0), [np.nan, np.nan]), (math.pow, (0.0, 0), [0.0]), (math.pow, (-2.0, 3), [12.0]),
    (math.dist, ((1.0, 2.0), (1.0, 2.0)), [[0.0, 0.0], [0.0, 0.0]]),
    (max, (1.0, 1.0), [0.5, 0.5]), (min, (1.0, 2.0, 1.0), [0.5, 0.0, 0.5]), (max, ([3.0, 3.0],), [[0.5, 0.5]]),
    (max, (np.array([3.0, 3.0, 1.0]),), [[0.5, 0.5, 0.0]]), (max, (1.0, math.nan), [1.0, 0.0]),
])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_at_singular_points_and_ties(function: Any, args: tuple[Any, ...], expected: list[Any]) -> None:
    rule = rule_of(function)
    assert rule is not None
    for bar, value in zip(contributions(rule, args, {}, function(*args), 1.0), expected, strict=False):
        np.testing.assert_allclose(bar, value)


def test_contributions_to_the_entries_of_a_sum_share_no_memory() -> None:
    entries = [np.ones(3), np.ones(3)]
    rule = rule_of(sum)
    assert rule is not None
    seed = np.ones(3)
    first, second = contributions(rule, (entries,), {}, sum(entries), seed)[0]
    assert not np.shares_memory(first, second) and not np.shares_memory(first, seed)


@pytest.mark.parametrize("function, args", [
    (math.floor, (1.5,)), (math.ceil, (np.float64(1.5),)), (math.trunc, (1.5,)), (int, (1.5,)), (int, (3,)),
    (int, ("3",)), (float, ("nan",)), (float, (3,)), (round, (1.5,)), (round, (1.55, 1)), (round, (np.float32(1.5), 1)),
    (round, (np.float64(1.5),)), (round, (3,)), (bool, (1.5,)), (bool, ((),)), (math.isnan, (1.5,)), (divmod, (5.5, 2)),
    (math.isclose, (1.5, 1.5)), (math.gcd, (4, 6)), (math.factorial, (4,)), (len, (np.ones((2, 3)),)),
    (len, ([1, 2.0],)), (len, ((),)), (isinstance, (1.0, float)), (range, (3,)), (str, (1.0,)), (any, ([True],)),
    (sum, ([],)), (sum, ([1, 2],)), (sum, ([True],)), (max, (1, 2)), (min, ([1, 2],)), (max, (True, 2)),
    (max, (np.float32(1.0), np.float32(2.0))), (max, (np.ones(3, "float32"),)), (math.lgamma, (1.5,)),
    (pow, (2, 3)), (pow, (2, -1)), (abs, (-2,)), (abs, (np.int8(-2),)), (type, (1.5,)),
    (type, (np.float32(1.5),)), (type, (3,)), (type, (np.ones(2),)), (type, (np.array(1.0),)),
])
def test_kind(function: Any, args: tuple[Any, ...]) -> None:
    rule = rule_of(function)
    assert rule is not None
    check_kind(rule, args, {}, function(*args))


def test_length_of_a_known_shape_is_that_dimension() -> None:
    rule = rule_of(len)
    assert rule is not None and rule.kind is not None
    assert rule.kind(Array("float64", (Dim("n"), Dim("", 3)))) == Number("int", weak=True, value=Dim("n"))


@pytest.mark.parametrize("function", [math.frexp])
def test_what_cannot_be_differentiated_is_refused_and_not_zero(function: Any) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.form == "none"
