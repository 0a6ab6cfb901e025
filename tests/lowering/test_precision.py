"""Numbers of other dtypes than float64: what NumPy computes in double precision, JAX does not compute in single."""

import numpy as np
import pytest
from lowering.cases import assert_same

from s2sgrad import value_and_grad

COUNTS = np.array([-10, 7, 5, -9])


def power(x):
    s = x
    for _ in range(3):
        s = s * x
    return s


def horner(x, c):
    s = 0.0
    for v in c:
        s = s * x + v
    return s


def mean_of_integers(x, k):
    return x * np.mean(k)


def quotient_of_integers(x, k):
    return np.sum(x * (k / 7))


def root_of_integers(x, k):
    return x * np.sum(np.sqrt(np.abs(k)))


def same_as_numpy(f, args, rtol):
    assert_same(value_and_grad(f, backend="jax")(*args), value_and_grad(f)(*args), rtol)


@pytest.mark.parametrize("x", [np.float32(1.3), np.array(1.3, np.float32), np.float64(1.3), np.array(1.3), 1.3])
def test_a_number_that_a_loop_reads(x):
    rtol = 1e-12 if np.asarray(x).dtype == np.float64 else 1e-6
    same_as_numpy(power, (x,), rtol)
    same_as_numpy(horner, (x, np.linspace(0.1, 0.9, 5, dtype=np.asarray(x).dtype)), rtol)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize("f", [mean_of_integers, quotient_of_integers, root_of_integers])
def test_integers_become_double_precision(f, dtype):
    same_as_numpy(f, (1.3, COUNTS.astype(dtype)), 1e-12)
