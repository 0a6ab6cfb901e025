"""Functions that write an argument, and views that depend on the layout, on JAX: as on NumPy, or refused."""

import jax
import numpy as np
import pytest
from language import test_in_place_functions as functions, test_views as views

from s2sgrad import grad, value_and_grad
from s2sgrad.errors import S2SGradError, UnsupportedError

S, V, W = views.S, functions.V, functions.W
LOWERED = [(functions.out_name, (V, W)), (functions.out_in_a_test, (V, W)), (functions.copyto, (V, W)),
           (functions.multiply_at, (V, W)), (functions.sort_method, (functions.M, V))]
REFUSED = [(functions.where_and_out, (V,)), (views.astype_without_a_copy, (S,)), (views.reshape_written, (S,)),
           (views.array_without_a_copy, (S,)), (views.crossing_row_and_column, (S,))]


@pytest.mark.parametrize(("f", "args"), LOWERED, ids=lambda f: getattr(f, "__name__", ""))
def test_as_numpy(f, args):
    argnums = tuple(range(len(args)))
    with jax.enable_x64(True):
        value, gradients = value_and_grad(f, argnums, backend="jax")(*args)
    expected, others = value_and_grad(f, argnums)(*args)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    for one, other in zip(gradients, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize(("f", "args"), REFUSED, ids=lambda f: getattr(f, "__name__", ""))
def test_refused(f, args):
    with jax.enable_x64(True), pytest.raises(S2SGradError):
        value_and_grad(f, backend="jax")(*args)


def totals(x):
    total = {"a": 0.0, "b": 1.0}
    for k in range(4):
        total["a"] += x[k] ** 2
    total["b"] -= total["a"] ** 2
    return total["a"] * total["b"]


def test_entries_of_dicts_are_added_into():
    x = np.array([0.7, -1.3, 2.1, 0.4])
    with jax.enable_x64(True):
        found = grad(totals, backend="jax")(x)
    np.testing.assert_allclose(found, grad(totals)(x), rtol=1e-12)


def products(x):
    total = {"a": x[0], "b": x[1]}
    for k in range(4):
        total["a"] += x[k] ** 2 * total["b"]
    return total["a"] * total["b"]


def test_entries_of_dicts_that_are_put_back_are_refused():
    with pytest.raises(UnsupportedError, match="A write into a list or a dict that is put back"):
        grad(products, backend="jax")(np.array([0.7, -1.3, 2.1, 0.4]))
