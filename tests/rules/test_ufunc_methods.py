"""Rules of `s2sgrad/rules/ufunc_methods.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from harness import Case, check_case, every

from s2sgrad import check_grads, grad
from s2sgrad.errors import UnknownFunctionError

rng = np.random.default_rng(8)
V, A, T = rng.normal(size=5), rng.normal(size=(3, 4)), rng.normal(size=(2, 3, 4))


def cases(method, theirs, *args, **options):
    return Case(method, *args, options=options, jax=theirs, name=f"{method.__self__.__name__}.{method.__name__}"
                f"({[np.shape(a) for a in args]}{options})")


CASES = [
    *[cases(getattr(np, f).reduce, None, x, **o) for f in ("add", "multiply", "maximum", "minimum") for x, o in (
        (V, {}), (A, {}), (T, {"axis": 1}), (A, {"axis": -1, "keepdims": True}), (T, {"axis": (0, 2)}),
        (A, {"axis": None}))],
    *[cases(getattr(np, f).reduce, None, x, **o) for f in ("logaddexp", "logaddexp2") for x, o in (
        (V, {}), (A, {}), (T, {"axis": 1}), (A, {"axis": -1, "keepdims": True}))],
    *[cases(getattr(np, f).accumulate, None, x, **o) for f in ("add", "multiply", "maximum", "minimum") for x, o in (
        (V, {}), (A, {}), (T, {"axis": 1}), (A, {"axis": -1}))],
    *[cases(getattr(np, f).outer, getattr(jnp, f).outer, *args) for f in ("add", "subtract", "multiply") for args in (
        (V, A), (A, V), (V, 0.5), (V[:0], V), (np.float64(0.3), V))],
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


def distances(x, y):
    return np.sum(np.subtract.outer(x, y) ** 2 * np.multiply.outer(x, y)) + np.add.reduce(x)


def drawdown(prices):
    return np.max(np.maximum.accumulate(prices) - prices)


@pytest.mark.parametrize("f, args", [(distances, (V, A[0])), (drawdown, (np.cumsum(V),))])
def test_program(f, args):
    check_grads(f, args)


def reduced_by_pieces(x):
    return np.sum(np.add.reduceat(x, [0, 2]))


def test_other_methods_are_refused():
    with pytest.raises(UnknownFunctionError):
        grad(reduced_by_pieces)(V)
