"""Constants of a narrower dtype do not make the gradient of a float64 narrower."""

import numpy as np
import pytest
from language.check import name

from s2sgrad import grad


def products(w, a):
    return np.sum(w * a * a) - np.sum(w * a[::-1] * a[::-1] * 0.5)


def sums(w, a):
    return np.sum(w * a + w * a)


def outer(w, a):
    return a @ np.outer(w, w) @ a


def entries(w, a):
    total = 0.0
    for i in range(3):
        total += w[i] * a[i] * a[i]
    return total


def helper(w, a):
    return w * a * a


def in_a_helper(w, a):
    h = w
    for _ in range(2):
        h = helper(np.sin(h), a) * 1e-4
    return np.sum(h)


W = np.array([0.3, -1.2, 0.7])
A = np.array([300.1, 210.7, 290.3])


@pytest.mark.parametrize("backend", ["numpy", "jax"])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("f", [products, sums, outer, entries, in_a_helper], ids=name)
def test_the_gradient_is_that_of_the_same_numbers_in_float64(f, dtype, backend):
    a = A.astype(dtype)
    found = grad(f, backend=backend)(W, a)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, grad(f)(W, a.astype(np.float64)), rtol=1e-12)


def test_programs_of_one_precision_do_not_say_it():
    for dtype in (np.float64, np.float32):
        assert "float64(" not in grad(products).source_for(W.astype(dtype), A.astype(dtype))
