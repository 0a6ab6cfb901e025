"""Operators and elementwise functions of NumPy: derivatives, kinds, broadcasting, and the points where they break."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from general_branch import without_facts
from harness import Case, check_case, check_kind, contributions, every, kind_of_value

import s2sgrad.rules as _rules  # noqa: F401  (registers the rules)
from s2sgrad.core import primitives
from s2sgrad.core.kinds import Array, Dim, Known, Number
from s2sgrad.errors import UnsupportedError
from s2sgrad.rules.registry import rule_of

RNG = np.random.default_rng(0)
REAL = RNG.uniform(0.2, 0.9, (2, 3)) * np.array([1.0, -1.0, 1.0])
POSITIVE = RNG.uniform(0.3, 2.0, (2, 3))
UNIT = RNG.uniform(-0.9, 0.9, (2, 3))
ABOVE_ONE = RNG.uniform(1.2, 3.0, (2, 3))

# function, a safe argument, JAX's
UNARY = [
    (operator.neg, REAL, jnp.negative), (np.negative, REAL, jnp.negative), (operator.pos, REAL, jnp.positive),
    (np.positive, REAL, jnp.positive), (operator.abs, REAL, jnp.abs), (np.absolute, REAL, jnp.abs),
    (np.fabs, REAL, jnp.abs), (np.reciprocal, REAL, jnp.reciprocal), (np.square, REAL, jnp.square),
    (np.exp, REAL, jnp.exp), (np.exp2, REAL, jnp.exp2), (np.expm1, REAL, jnp.expm1), (np.log, POSITIVE, jnp.log),
    (np.log2, POSITIVE, jnp.log2), (np.log10, POSITIVE, jnp.log10), (np.log1p, POSITIVE, jnp.log1p),
    (np.sqrt, POSITIVE, jnp.sqrt), (np.cbrt, REAL, jnp.cbrt), (np.sin, REAL, jnp.sin), (np.cos, REAL, jnp.cos),
    (np.tan, REAL, jnp.tan), (np.arcsin, UNIT, jnp.arcsin), (np.arccos, UNIT, jnp.arccos),
    (np.arctan, REAL, jnp.arctan), (np.sinh, REAL, jnp.sinh), (np.cosh, REAL, jnp.cosh), (np.tanh, REAL, jnp.tanh),
    (np.arcsinh, REAL, jnp.arcsinh), (np.arccosh, ABOVE_ONE, jnp.arccosh), (np.arctanh, UNIT, jnp.arctanh),
    (np.deg2rad, REAL, jnp.deg2rad), (np.rad2deg, REAL, jnp.rad2deg), (np.degrees, REAL, jnp.degrees),
    (np.radians, REAL, jnp.radians), (np.sinc, REAL, jnp.sinc), (np.nan_to_num, REAL, jnp.nan_to_num),
    (np.real, REAL, jnp.real), (np.conjugate, REAL, jnp.conjugate),
]

BINARY = [
    (operator.add, REAL, REAL, jnp.add), (np.add, REAL, REAL, jnp.add), (operator.sub, REAL, REAL, jnp.subtract),
    (np.subtract, REAL, REAL, jnp.subtract), (operator.mul, REAL, REAL, jnp.multiply),
    (np.multiply, REAL, REAL, jnp.multiply), (operator.truediv, REAL, POSITIVE, jnp.divide),
    (np.divide, REAL, POSITIVE, jnp.divide), (operator.mod, 5.0 * REAL, POSITIVE, jnp.remainder),
    (np.remainder, 5.0 * REAL, POSITIVE, jnp.remainder), (np.fmod, 5.0 * REAL, POSITIVE, jnp.fmod),
    (operator.pow, POSITIVE, REAL, jnp.power), (np.power, POSITIVE, REAL, jnp.power), (pow, POSITIVE, REAL, jnp.power),
    (np.arctan2, REAL, UNIT, jnp.arctan2), (np.hypot, REAL, UNIT, jnp.hypot),
    (np.logaddexp, REAL, UNIT, jnp.logaddexp), (np.logaddexp2, REAL, UNIT, jnp.logaddexp2),
    (np.maximum, REAL, UNIT, jnp.maximum), (np.minimum, REAL, UNIT, jnp.minimum), (np.fmax, REAL, UNIT, jnp.fmax),
    (np.fmin, REAL, UNIT, jnp.fmin), (np.copysign, REAL, UNIT, jnp.copysign), (np.heaviside, REAL, UNIT, jnp.heaviside),
]


def shapes_of_one(function: Any, x: np.ndarray, equivalent: Any) -> list[Case]:
    return [Case(function, x, jax=equivalent), Case(function, x[0, :0], jax=equivalent),
            Case(function, np.array(x[0, 0]), jax=equivalent), Case(function, x[0, 0], jax=equivalent),
            Case(function, float(x[0, 0]), jax=equivalent)]


def shapes_of_two(function: Any, x: np.ndarray, y: np.ndarray, equivalent: Any) -> list[Case]:
    return [Case(function, x, y + 0.01, jax=equivalent), Case(function, x, y[1], jax=equivalent),
            Case(function, x[:, :1], y, jax=equivalent), Case(function, x, float(y[1, 1]), jax=equivalent),
            Case(function, float(x[0, 0]), y, jax=equivalent), Case(function, x[1, 1], y[1, 1], jax=equivalent),
            Case(function, float(x[0, 0]), float(y[0, 1]), jax=equivalent),
            Case(function, x[:0], y[0], jax=equivalent), Case(function, np.array(x[0, 0]), y[0], jax=equivalent),
            Case(function, x[0], np.arange(1, 4), jax=equivalent, argnums=(0,))]


LAID_OUT = [shapes_of_one(*row)[0] for row in UNARY] + [shapes_of_two(*row)[0] for row in BINARY]
CASES = [case for row in UNARY for case in shapes_of_one(*row)[1:]]
CASES += [case for row in BINARY for case in shapes_of_two(*row)[1:]
          if row[0] is not np.heaviside or not isinstance(case.args[1], float)]
POWERS = [2, 3, 1, 0, -1, 0.5, 2.5, 4, -0.5, -2, 2.0, 0.25]
CASES += [Case(f, POSITIVE, p, argnums=(0,), jax=jnp.power, name=f"{f.__name__}({p!r})")
          for f in (operator.pow, np.power) for p in POWERS]
CASES += [Case(operator.pow, -POSITIVE, p, argnums=(0,), jax=jnp.power, name=f"negative base {p}")
          for p in (2, 3, 5, -1, -3)]
CASES += [Case(operator.pow, 1.7, p, argnums=(0,), name=f"1.7**{p!r}") for p in POWERS]
CASES += [
    Case(operator.pow, -POSITIVE, np.array([2, 3, -1]), jax=jnp.power),
    Case(operator.pow, 2.0, REAL, argnums=(1,), jax=jnp.power),
    Case(operator.pow, 3, REAL, argnums=(1,), jax=jnp.power),
    Case(np.where, REAL > 0.0, REAL, UNIT, jax=jnp.where),
    Case(np.where, REAL[0] > 0.0, REAL, 2.0, jax=jnp.where),
    Case(np.where, REAL > 0.0, UNIT[:, :1], 2.0, jax=jnp.where),
    Case(np.where, True, 1.5, 2.0, jax=jnp.where),
    Case(np.where, np.zeros((0, 3), bool), UNIT[0], 2.0, jax=jnp.where),
    Case(np.clip, REAL, -0.4, 0.5, argnums=(0,), jax=jnp.clip),
    Case(np.clip, REAL, UNIT[0] - 1.0, UNIT[1] + 1.0, jax=jnp.clip),
    Case(np.clip, REAL, None, UNIT, jax=jnp.clip),
    Case(np.clip, REAL[:, :1], UNIT, None, jax=jnp.clip),
    Case(np.clip, REAL, 0.5, -0.4, name="bounds crossed"),
    Case(np.clip, 0.3, -0.4, 0.2, name="clip(floats)"),
    Case(np.clip, 0.3, None, 0.7, name="clip(float, None, float)"),
    Case(np.nan_to_num, REAL, options={"nan": 1.0}),
    Case(np.modf, 5.0 * REAL, jax=jnp.modf), Case(np.modf, 2.3), Case(np.divmod, 5.0 * REAL, POSITIVE),
    Case(np.divmod, 5.0 * REAL, 0.7), Case(np.divmod, 5.0 * REAL[:, :1], POSITIVE[0]),
]


@every(LAID_OUT)
def test_derivative_in_each_layout(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@every(CASES, layouts=False)
def test_derivative(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


GENERAL = [case for case in LAID_OUT + CASES if case.function in (
    operator.pow, np.power, np.maximum, np.minimum, np.where, np.fmax, np.log, np.divide, np.arctanh)
    and not any(isinstance(a, (float, int)) for a in case.args[-2:])]


@pytest.mark.parametrize("case", GENERAL, ids=str)
def test_derivative_where_no_fact_is_known(case: Case) -> None:
    with without_facts(case.function):
        check_case(case)


# ------------------------------------------------------------------------------------------- the singular points
def gradient(function: Any, *args: Any, seed: Any = None, general: bool = False) -> list[Any]:
    """The contributions with an adjoint of ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = function(*args)
        ones = np.ones_like(result) if isinstance(result, np.ndarray) else 1.0
        rule = rule_of(function)
        assert rule is not None
        if general:
            with without_facts(function):
                rule = rule_of(function)
                assert rule is not None
                return contributions(rule, args, {}, result, ones if seed is None else seed)
        return contributions(rule, args, {}, result, ones if seed is None else seed)


@pytest.mark.parametrize("function, args, expected", [
    (np.sqrt, (np.array([0.0]),), [[np.inf]]),
    (np.sqrt, (0.0,), [np.inf]),
    (np.log, (np.array([0.0]),), [[np.inf]]),
    (np.log, (0.0,), [np.inf]),
    (np.log1p, (-1.0,), [np.inf]),
    (np.arctanh, (1.0,), [np.inf]),
    (np.arcsin, (1.0,), [np.inf]),
    (np.absolute, (np.array([0.0, -0.0]),), [[0.0, 0.0]]),
    (abs, (0.0,), [0.0]),
    (np.hypot, (np.array([0.0, 3.0]), np.array([0.0, 4.0])), [[0.0, 0.6], [0.0, 0.8]]),
    (np.hypot, (0.0, 0.0), [0.0, 0.0]),
    (np.sinc, (np.array([0.0]),), [[0.0]]),
    (np.maximum, (np.array([1.0, 2.0]), np.array([1.0, 1.0])), [[0.5, 1.0], [0.5, 0.0]]),
    (np.minimum, (1.0, 1.0), [0.5, 0.5]),
    (np.fmax, (np.array([np.nan, 1.0]), np.array([2.0, np.nan])), [[0.0, 1.0], [1.0, 0.0]]),
    (np.clip, (np.array([0.0, 1.0, 0.5, 2.0]), 0.0, 1.0), [[0.5, 0.5, 1.0, 0.0], 1.0 * 0.5, 1.5]),
    (np.clip, (0.0, 0.0, 1.0), [0.5, 0.5, 0.0]),
    (operator.pow, (np.array([0.0, 2.0]), 0), [[0.0, 0.0]]),
    (operator.pow, (np.array([0.0, np.inf, np.nan]), np.array([0.0, 0.0, 0.0])), [[0.0, 0.0, 0.0]]),
    (operator.pow, (np.array([0.0, 0.0]), np.array([1.0, 2.0])), [[1.0, 0.0], [0.0, 0.0]]),
    (operator.pow, (0.0, 2.5), [0.0, 0.0]),
    (operator.pow, (0.0, 0.5), [np.inf, 0.0]),
    (operator.pow, (0.0, 0.25), [np.inf, 0.0]),
    (np.power, (np.array([0.0]), -1.0), [[-np.inf]]),
    (np.power, (np.array([-2.0, -2.0]), np.array([3.0, 2.0])), [[12.0, -4.0], [np.nan, np.nan]]),
    (np.divide, (1.0, 0.0), [np.inf]),
    (np.heaviside, (np.array([0.0, 1.0]), np.array([0.5, 0.5])), [[0.0, 0.0], [1.0, 0.0]]),
    (np.nan_to_num, (np.array([np.nan, np.inf, 2.0]),), [[0.0, 0.0, 1.0]]),
])
def test_at_singular_points_and_ties(function: Any, args: tuple[Any, ...], expected: list[Any]) -> None:
    for bar, value in zip(gradient(function, *args), expected, strict=False):
        np.testing.assert_allclose(bar, value)


def test_where_passes_nothing_to_the_branch_not_taken() -> None:
    adjoint = np.array([np.nan, 1.0])
    _, x_bar, y_bar = gradient(np.where, np.array([False, True]), np.zeros(2), np.zeros(2), seed=adjoint)
    np.testing.assert_array_equal(x_bar, [0.0, 1.0])
    np.testing.assert_array_equal(y_bar, [np.nan, 0.0])


@pytest.mark.parametrize("function", [np.where, np.maximum, np.minimum, np.fmax, np.fmin, np.clip])
def test_choice_between_scalars_gives_scalars(function: Any) -> None:
    args = (True, 1.0, 2.0) if function is np.where else (1.5, 1.0, 2.0)[: 3 if function is np.clip else 2]
    assert not any(isinstance(bar, np.ndarray) for bar in gradient(function, *args))


def test_sinc_is_accurate_near_zero() -> None:
    x = np.array([1e-12, 1e-6, 1e-3, 0.049999, 0.050001, -0.02])
    theirs = jax.vmap(jax.grad(jnp.sinc))(x[2:])
    np.testing.assert_allclose(gradient(np.sinc, x)[0][2:], theirs, rtol=1e-10)
    np.testing.assert_allclose(gradient(np.sinc, x)[0][:2], -np.pi**2 * x[:2] / 3.0, rtol=1e-10)


# ------------------------------------------------------------------------------------------- zero rules and kinds
ZERO = [np.sign, np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix, np.isnan, np.isfinite, np.isinf,
        np.signbit, np.logical_not]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne, np.less, np.less_equal,
               np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and, np.logical_or, np.logical_xor,
               np.isclose, np.allclose, np.array_equal, operator.floordiv, np.floor_divide, operator.is_,
               operator.is_not, operator.xor, operator.and_]
INTEGERS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
            operator.lshift, operator.and_, operator.xor, operator.lt, operator.eq, np.add, np.divide, np.power,
            np.floor_divide, np.maximum, np.bitwise_and]


@pytest.mark.parametrize("function", ZERO)
@pytest.mark.parametrize("x", [REAL, REAL.astype("float32"), np.array(1.5), 1.5, np.float32(2.5), np.arange(3), 3,
                               np.zeros((0, 2))], ids=repr)
def test_kind_of_zero_rules(function: Any, x: Any) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.form == "zero"
    check_kind(rule, (x,), {}, function(x))


@pytest.mark.parametrize("function", COMPARISONS)
@pytest.mark.parametrize("x, y", [(REAL, UNIT[0]), (REAL, 0.5), (0.5, 0.7), (np.float32(0.5), 0.5), (1, 0.5),
                                  (np.array(1.0), 2), (np.arange(3), 1), (True, False)], ids=repr)
def test_kind_of_comparisons(function: Any, x: Any, y: Any) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.form == "zero"
    if function in (operator.xor, operator.and_) and np.result_type(x, y).kind == "f":
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = function(x, y) if not (function in (operator.floordiv, np.floor_divide) and y is False) else None
    if result is not None:
        check_kind(rule, (x, y), {}, result)


@pytest.mark.parametrize("function", INTEGERS)
@pytest.mark.parametrize("x, y", [(3, 2), (True, True), (np.arange(3), 2), (np.arange(3, dtype="int8"), 1),
                                  (np.int32(3), np.arange(2)), (np.array([True]), True), (np.array([True]), 2)],
                         ids=repr)
def test_kind_of_integer_arithmetic(function: Any, x: Any, y: Any) -> None:
    rule = rule_of(function)
    assert rule is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            result = function(x, y)
        except TypeError:
            return
    check_kind(rule, (x, y), {}, result)


def test_kinds_are_precise_where_the_operands_are_known() -> None:
    n, m = Dim("n", never_one=True), Dim("m", never_one=True)
    matrix, row = Array("float32", (m, n)), Array("float32", (n,))
    for function in (operator.mul, np.maximum, np.power):
        rule = rule_of(function)
        assert rule is not None and rule.kind is not None
        assert rule.kind(matrix, row) == matrix
        assert rule.kind(row, Number("float64", weak=True)) == row
    for function in (np.where, np.clip):
        rule = rule_of(function)
        assert rule is not None and rule.kind is not None
        assert rule.kind(row, row, row) == row


@pytest.mark.parametrize("function, args, value", [
    (operator.is_, (None, None), True), (operator.is_not, (np.ones(2), None), True), (operator.eq, ("a", "b"), False),
    (operator.not_, (None,), True), (operator.truth, ((),), False), (operator.mul, (3, 4), 12),
    (operator.gt, (2, 1), True), (operator.is_, (0.5, None), False),
])
def test_what_is_known_is_computed(function: Any, args: tuple[Any, ...], value: Any) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.kind is not None
    kind = rule.kind(*map(kind_of_value, args))
    assert isinstance(kind, Number) and kind.value == value


def test_length_plus_a_constant_is_a_length() -> None:
    rule = rule_of(operator.add)
    assert rule is not None and rule.kind is not None
    length = Number("int", weak=True, value=Dim("n"))
    assert rule.kind(length, Number("int", weak=True, value=1)) == Number("int", weak=True, value=Dim("n", 1))
    assert rule.kind(length, Number("int", weak=True, value=-1)) == Number("int", weak=True)


@pytest.mark.parametrize("function, args", [
    (operator.add, ((1.0, REAL), (2,))), (operator.add, ([1.0], [2.0, REAL])), (operator.mul, ([0.0], 3)),
    (operator.mul, (2, (1.0, 2))), (np.where, (REAL > 0.0,)), (operator.contains, ([1, 2], 2)),
    (primitives.in_, ("a", "abc")), (primitives.if_else, (True, 1.0, REAL)), (primitives.and_, (True, 2)),
    (primitives.formatted, (1.0,)), (operator.mod, ("%d", 3)),
])
def test_kind_of_containers_and_text(function: Any, args: tuple[Any, ...]) -> None:
    rule = rule_of(function)
    assert rule is not None
    check_kind(rule, args, {}, function(*args))


@pytest.mark.parametrize("function", [primitives.and_, primitives.or_, primitives.if_else])
def test_lazy_operators_refuse_what_is_differentiated(function: Any) -> None:
    rule = rule_of(function)
    assert rule is not None and rule.form == "none" and rule.pure


def test_nan_to_num_in_place_is_refused() -> None:
    rule = rule_of(np.nan_to_num)
    assert rule is not None and rule.kind is not None
    with pytest.raises(UnsupportedError, match="copy=False"):
        rule.kind(Array("float64", (Dim("n"),)), copy=Known(False))


def test_absolute_of_a_complex_number() -> None:
    x = np.array([3.0 + 4.0j, 0.0])
    np.testing.assert_allclose(gradient(np.absolute, x)[0], [0.6 - 0.8j, 0.0])
