"""Rules of `s2sgrad/rules/rearranging.py`, against differences of NumPy and against JAX."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from harness import Case, check_case, every
from numpy.lib.stride_tricks import sliding_window_view

from s2sgrad import check_grads

rng = np.random.default_rng(6)


def arr(*shape):
    return rng.normal(size=shape)


V, A, T = arr(5), arr(3, 4), arr(2, 3, 4)
CASES = [
    *[Case(np.delete, x, obj, axis, argnums=(0,)) for x, obj, axis in [
        (V, 1, None), (A, [0, 2], 1), (A, -1, 0), (A, 5, None), (V, slice(0, 4, 2), None)]],
    Case(np.compress, np.array([True, False, True]), A, 0, argnums=(1,)), Case(np.compress, V > 0.0, V, argnums=(1,)),
    Case(np.extract, A > 0.0, A, argnums=(1,)), Case(np.extract, A > 9.0, A, argnums=(1,)),
    Case(np.resize, A, (2, 9)), Case(np.resize, V, 3),
    Case(sliding_window_view, V, 3), Case(sliding_window_view, A, (2, 2)), Case(sliding_window_view, A, 2, 1),
    *[Case(np.insert, *args, argnums=(0, 2)) for args in [
        (V, 1, 0.5), (V, [1, 3], arr(2)), (V, [1, 1, 4], 0.3), (A, 1, arr(4), 0), (A, [0, 2], arr(3, 2), 1),
        (A, 2, arr(3), 1), (A, -1, 0.7, 1), (A, 3, arr(2), None), (A, [1], arr(3, 1), 1)]],
    *[Case(np.partition, x, 2, axis) for x, axis in ((V, -1), (A, 0), (A, None), (T, 1))],
    Case(np.choose, np.array([[0, 1, 1, 0]] * 3), [A, arr(4)], argnums=(1,)),
    Case(np.choose, np.array([2, 0, 1]), [0.5, arr(3), arr(1)], argnums=(1,)),
    Case(np.block, [[A, arr(3, 2)], [arr(1, 2), arr(1, 4)]], jax=jnp.block), Case(np.block, [V, 0.5, arr(2)]),
    Case(np.block, [[A], [A]]), Case(np.block, V), Case(np.block, [[T, T]]),
    *[Case(np.meshgrid, *x, options=o, jax=jnp.meshgrid) for x in ((V,), (V, arr(3)), (V, arr(3), arr(2)))
      for o in ({}, {"indexing": "ij"}, {"sparse": True})], Case(np.meshgrid, V, 0.5),
]


@every(CASES)
def test_rule(case, dtype, variant):
    check_case(case, dtype, variant)


def neighbours(x, width):
    return np.sum(np.mean(sliding_window_view(x, 3), axis=-1) ** 3) * width


def surface(x, y):
    X, Y = np.meshgrid(x, y, indexing="ij")
    return np.sum(X**2 * Y) + np.sum(np.block([[X, Y], [np.ones((2, 4))]]) ** 3)


def middle(x):
    return np.partition(np.insert(np.delete(x, 0), [1], x[0] ** 2), 2)[2]


@pytest.mark.parametrize("f, args", [(neighbours, (V, 0.3)), (surface, (arr(2), arr(2))), (middle, (V,))])
def test_program(f, args):
    check_grads(f, args)
