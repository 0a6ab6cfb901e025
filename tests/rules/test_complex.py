"""Complex arguments and results: every rule that says that it holds for them, against differences and JAX."""

from __future__ import annotations

import cmath
import operator
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from harness import Case, check_case, every

import s2sgrad.rules as _rules  # noqa: F401  (registers the rules)
from s2sgrad.rules.registry import all_rules, rule_of

RNG = np.random.default_rng(11)


def draw(*shape: int) -> Any:
    """Complex entries off the branch cuts, of moderate size."""
    return RNG.uniform(0.2, 0.9, shape) * np.exp(1j * RNG.uniform(-2.6, 2.6, shape))


Z, W, X = draw(2, 3), draw(2, 3), RNG.uniform(0.3, 1.5, (2, 3))
V, U, R = draw(4), draw(4), RNG.uniform(-1.0, 1.0, 4)
SQUARE, OTHER = draw(3, 3) + 2.0 * np.eye(3), draw(3, 3)
STACK = draw(2, 3, 3) + 2.0 * np.eye(3)

UNARY = [(f, getattr(jnp, f.__name__)) for f in (
    np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.sin, np.cos, np.tan, np.arcsin,
    np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh, np.negative, np.positive,
    np.reciprocal, np.square, np.absolute, np.conjugate, np.real, np.imag, np.angle, np.sinc)]
# JAX has the wrong sign where the real part is negative: its 1 / sqrt(z**2 - 1) is not that of the principal value
UNARY = [(f, None if f is np.arccosh else equivalent) for f, equivalent in UNARY]
UNARY += [(operator.neg, jnp.negative), (operator.pos, jnp.positive), (operator.abs, jnp.abs), (abs, jnp.abs)]
BINARY = [(operator.add, jnp.add), (np.add, jnp.add), (operator.sub, jnp.subtract), (np.subtract, jnp.subtract),
          (operator.mul, jnp.multiply), (np.multiply, jnp.multiply), (operator.truediv, jnp.divide),
          (np.divide, jnp.divide), (operator.pow, jnp.power), (np.power, jnp.power), (pow, jnp.power),
          (np.float_power, None)]

ELEMENTWISE = [case for f, equivalent in UNARY for case in (
    Case(f, Z, jax=equivalent), Case(f, Z[:0]), Case(f, np.array(Z[0, 0]), jax=equivalent), Case(f, Z[0, 0]))]
ELEMENTWISE += [case for f, equivalent in BINARY for case in (
    Case(f, Z, W, jax=equivalent), Case(f, X, W, jax=equivalent), Case(f, Z, X, jax=equivalent),
    Case(f, Z, W[0], jax=equivalent), Case(f, Z[:, :1], X[0], jax=equivalent), Case(f, Z[0, 0], X),
    Case(f, Z[0, 0], W[1, 1]), Case(f, np.array(Z[0, 0]), X), Case(f, Z[:0], W[0]))]
ELEMENTWISE += [Case(f, *numbers)
                for f in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, pow)
                for numbers in ((0.3 + 0.4j, 0.7), (0.7, 0.3 - 0.4j), (0.3 + 0.4j, -0.2 + 0.6j))]
ELEMENTWISE += [Case(operator.pow, Z, p, jax=jnp.power) for p in (2, 3, 1, 0, -1, 0.5, 2.5, -1.5)]
ELEMENTWISE += [Case(operator.pow, X, 0.4 + 0.3j, jax=jnp.power), Case(operator.pow, -X, 0.4 + 0.3j),
                Case(np.angle, Z, options={"deg": True})]

LINEAR = [
    Case(np.sum, Z, jax=jnp.sum), Case(np.sum, Z, 1, jax=jnp.sum),
    Case(np.sum, Z, options={"axis": 0, "keepdims": True}),
    Case(np.nansum, Z, jax=jnp.nansum), Case(np.mean, Z, jax=jnp.mean), Case(np.mean, Z, 0, jax=jnp.mean),
    Case(np.average, V, options={"weights": R + 2.0}), Case(np.average, R, options={"weights": V + 2.0}),
    Case(np.cumsum, V, jax=jnp.cumsum), Case(np.cumsum, Z, 1, jax=jnp.cumsum),
    Case(np.diff, V, jax=jnp.diff), Case(np.trace, SQUARE, jax=jnp.trace), Case(np.trace, SQUARE, 1, jax=jnp.trace),
    Case(np.reshape, Z, (3, 2)), Case(np.ravel, Z), Case(np.ravel, Z, options={"order": "F"}),
    Case(np.ndarray.flatten, Z), Case(np.squeeze, Z[:1]), Case(np.expand_dims, Z, 1), Case(np.atleast_1d, Z[0, 0]),
    Case(np.atleast_2d, V), Case(np.broadcast_to, V, (3, 4)), Case(np.transpose, Z), Case(np.matrix_transpose, Z),
    Case(np.swapaxes, Z, 0, 1), Case(np.moveaxis, Z, 0, 1), Case(np.flip, Z), Case(np.fliplr, Z), Case(np.flipud, Z),
    Case(np.roll, V, 2), Case(np.rot90, Z), Case(np.diag, V), Case(np.diag, SQUARE), Case(np.diagonal, SQUARE),
    Case(np.tril, SQUARE), Case(np.triu, SQUARE), Case(np.full, (2, 3), 0.3 + 0.1j, argnums=(1,)),
    Case(np.full_like, Z, 0.3 + 0.1j, argnums=(1,)), Case(np.linspace, 0.3 + 0.1j, 1.0 - 2.0j, 5),
    Case(np.linspace, 0.3, 1.0 - 2.0j, 5),
    Case(np.copy, Z), Case(np.ndarray.copy, Z), Case(np.array, Z), Case(np.array, X, options={"dtype": "complex128"}),
    Case(np.asarray, Z), Case(np.asanyarray, Z), Case(np.ascontiguousarray, Z),
    Case(np.ndarray.astype, X, "complex128"),
    Case(np.astype, Z, np.complex128), Case(np.ndarray.item, Z[:1, 0]), Case(np.complex128, X),
    Case(np.concatenate, [Z, X, W]), Case(np.stack, [Z, X]), Case(np.hstack, [V, R]), Case(np.vstack, [V, R]),
    Case(np.column_stack, [V, R]), Case(np.dstack, [Z, X]), Case(np.append, V, R), Case(np.split, V, 2),
    Case(np.array_split, V, 3), Case(np.hsplit, V, 2), Case(np.vsplit, Z, 2), Case(np.tile, Z, (2, 1)),
    Case(np.repeat, V, 2), Case(np.pad, V, 2), Case(np.pad, V, 2, "edge", argnums=(0,)),
    Case(np.take, V, [0, 2, 2], argnums=(0,)), Case(np.take_along_axis, V, np.array([1, 1, 0]), argnums=(0,)),
    Case(np.select, [R > 0.5, R > 0.0], [V, R], 0.5j, argnums=(1, 2)), Case(np.where, R > 0.0, V, R),
    Case(np.where, R > 0.0, R, V), Case(np.convolve, V, U, jax=jnp.convolve), Case(np.convolve, V, R),
    Case(np.correlate, V, U, jax=jnp.correlate), Case(np.correlate, R, U, "full"),
    Case(np.interp, R, np.array([-1.0, 0.0, 0.7, 1.0]), V),
    Case(sum, [0.3 + 0.2j, 0.5, 1j]), Case(np.var, Z), Case(np.var, Z, 1), Case(np.std, V), Case(np.std, Z, 0),
    Case(np.linalg.norm, V, jax=jnp.linalg.norm), Case(np.linalg.norm, Z, jax=jnp.linalg.norm),
    Case(np.linalg.norm, Z, options={"axis": 1}), Case(np.linalg.norm, V, 1, argnums=(0,)),
    Case(np.linalg.norm, V, np.inf, argnums=(0,)),
]

PRODUCTS = [
    Case(np.prod, Z, jax=jnp.prod), Case(np.prod, Z, 1, jax=jnp.prod), Case(np.prod, V * (R > 0.0)),
    Case(np.cumprod, V, jax=jnp.cumprod), Case(np.cumprod, Z, 1), Case(np.cumprod, V * (R > 0.0)),
    Case(np.linalg.solve, SQUARE, OTHER, jax=jnp.linalg.solve), Case(np.linalg.solve, SQUARE, R[:3]),
    Case(np.linalg.solve, SQUARE.real, V[:3]), Case(np.linalg.solve, STACK, OTHER),
    Case(np.linalg.inv, SQUARE, jax=jnp.linalg.inv), Case(np.linalg.inv, STACK),
    Case(np.linalg.det, SQUARE, jax=jnp.linalg.det), Case(np.linalg.det, STACK),
]
for _f, _equivalent in ((np.matmul, jnp.matmul), (operator.matmul, jnp.matmul), (np.dot, jnp.dot),
                        (np.inner, jnp.inner), (np.vdot, jnp.vdot)):
    PRODUCTS += [Case(_f, V, U, jax=_equivalent), Case(_f, R, U, jax=_equivalent), Case(_f, V, R, jax=_equivalent)]
    if _f is not np.vdot:
        PRODUCTS += [Case(_f, SQUARE, V[:3], jax=_equivalent), Case(_f, SQUARE.real, OTHER, jax=_equivalent),
                     Case(_f, STACK, OTHER, jax=_equivalent), Case(_f, STACK, V[:3], jax=_equivalent),
                     Case(_f, SQUARE, OTHER.real, jax=_equivalent)]
PRODUCTS += [
    Case(np.vdot, Z, W, jax=jnp.vdot), Case(np.vdot, V[:0], U[:0]), Case(np.outer, V, R, jax=jnp.outer),
    Case(np.outer, V, U, jax=jnp.outer), Case(np.cross, V[:3], R[:3], jax=jnp.cross),
    Case(np.kron, Z, X, jax=jnp.kron), Case(np.tensordot, Z, SQUARE, 1, jax=jnp.tensordot, argnums=(0, 1)),
    Case(np.einsum, "ij,jk->ik", Z, SQUARE, argnums=(1, 2), jax=jnp.einsum),
    Case(np.einsum, "i,ij,j->", V[:2], Z, R[:3], argnums=(1, 2, 3), jax=jnp.einsum),
    Case(np.einsum, "ii", SQUARE, argnums=(1,)),
]

CMATH = [Case(f, z) for f in (
    cmath.exp, cmath.log, cmath.log10, cmath.sqrt, cmath.sin, cmath.cos, cmath.tan, cmath.asin, cmath.acos, cmath.atan,
    cmath.sinh, cmath.cosh, cmath.tanh, cmath.asinh, cmath.acosh, cmath.atanh, cmath.phase, cmath.polar)
         for z in (0.3 + 0.4j, -0.6 + 0.2j, 0.5 - 0.7j, 0.4)]
CMATH += [Case(cmath.log, 0.3 + 0.4j, 2.0 - 0.3j), Case(cmath.rect, 1.3, 0.4), Case(complex, 0.3, 0.4),
          Case(complex, 0.3), Case(complex, 0.3 + 0.4j, 1j), Case(complex.conjugate, 0.3 + 0.4j)]


@every(ELEMENTWISE + LINEAR + PRODUCTS, layouts=False)
def test_complex_arguments(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@every([Case(np.exp, Z), Case(np.multiply, Z, X), Case(np.absolute, Z), Case(np.vdot, Z, W), Case(np.prod, Z),
        Case(np.matmul, SQUARE, OTHER), Case(np.concatenate, [Z, X])])
def test_layouts(case: Case, dtype: str, variant: str) -> None:
    check_case(case, dtype, variant)


@pytest.mark.parametrize("case", CMATH, ids=repr)
def test_complex_python_numbers(case: Case) -> None:
    check_case(case)


def test_every_rule_that_claims_complex_values_is_tested_with_them() -> None:
    from test_fourier import CASES as fourier

    tested = {rule_of(case.function).implementation  # type: ignore[union-attr]
              for case in (*ELEMENTWISE, *LINEAR, *PRODUCTS, *CMATH, *fourier)}
    claimed = {rule.implementation: rule.function for rule in all_rules() if rule.complex_too and rule.implementation
               and not str(getattr(rule.function, "__module__", "")).startswith("s2sgrad.")}
    assert not [function for implementation, function in claimed.items() if implementation not in tested]


def test_absolute_at_zero_has_derivative_zero() -> None:
    implementation = rule_of(np.absolute).implementation  # type: ignore[union-attr]
    z = np.array([3.0 + 4.0j, 0.0])
    np.testing.assert_allclose(implementation(np.abs(z), z), [0.6 - 0.8j, 0.0])  # type: ignore[misc]
