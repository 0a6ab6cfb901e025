"""Writes that change what they store, or that another name sees, on JAX."""

import jax
import numpy as np
import pytest
from language.check import check

from s2sgrad import value_and_grad
from s2sgrad.errors import AliasError

X = np.array([0.7, 1.3, 2.1])


def quotient_in_an_array_of_integers(x):
    a = np.array([4, 5, 6])
    a[1] /= 2
    return (a * x).sum()


def square_in_an_array_of_integers(x):
    a = np.array([4, 5, 6])
    a[2] **= 2
    return (a * x).sum()


def floats_in_an_array_of_single_precision(x):
    a = np.zeros(3, np.float32)
    a[0] = x[0] * 1.1
    a[1:] += x[1:]
    return np.sum(a)


def buffers_that_change_places(x):
    new = np.zeros_like(x)
    for _ in range(4):
        new[1:-1] = x[1:-1] + 0.1 * x[1:-1] * (x[2:] - 2.0 * x[1:-1] + x[:-2])
        new[0] = new[1]
        x, new = new, x
    return np.sum(x**2)


def a_copy_in_each_trip(x):
    for _ in range(4):
        new = x.copy()
        new[1:] *= x[:-1]
        x = new
    return np.sum(x)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("f", [quotient_in_an_array_of_integers, square_in_an_array_of_integers,
                               floats_in_an_array_of_single_precision,
                               buffers_that_change_places, a_copy_in_each_trip], ids=lambda f: f.__name__)
def test_as_numpy(f):
    with jax.enable_x64(True):
        found = value_and_grad(f, backend="jax")(X)
    for one, other in zip(found, value_and_grad(f)(X), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6 if f is floats_in_an_array_of_single_precision else 1e-12)


def test_a_view_made_by_a_keyword_is_a_view():
    def ravelled(x):
        u = x.copy()
        v = np.ravel(a=u)
        u[0] = 5.0 * x[1]
        return (v * x).sum()

    def converted(x):
        u = x.copy()
        v = np.asarray(a=u)
        u[0] = 5.0 * x[1]
        return (v * x).sum()
    for f in (ravelled, converted):
        check(f, (X,), "call")
        with pytest.raises(AliasError):
            value_and_grad(f, backend="jax")(X)


def row_of_the_trip_before(x):
    u = x * 1.0
    total = 0.0
    row = u[0:1]
    for i in range(2):
        total = total + row[0] ** 2
        k = i + 1
        row = u[k:k + 1]
        row *= x[0]
    return total


def test_a_view_whose_index_changes_with_the_trip_is_not_put_back():
    check(row_of_the_trip_before, (X,), "call")
    with pytest.raises(AliasError):
        value_and_grad(row_of_the_trip_before, backend="jax")(X)


def length_of_what_changes_its_length(layers, h):
    for W in layers:
        n = len(h)
        h = np.tanh(W @ h) * n
    return h.sum()


def test_a_length_is_read_from_the_version_that_was_measured():
    r = np.random.default_rng(0)
    args = [r.normal(size=(5, 3)), r.normal(size=(2, 5))], np.ones(3)
    with jax.enable_x64(True):
        found = value_and_grad(length_of_what_changes_its_length, (0, 1), backend="jax")(*args)
    expected = value_and_grad(length_of_what_changes_its_length, (0, 1))(*args)
    for one, other in zip(jax.tree_util.tree_leaves(found), jax.tree_util.tree_leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def copies_of_copies_in_a_branch(x, n):
    v = 0.5 * x
    if x[0] > 0.0:
        for _ in range(n):
            v = v.copy()
            v *= x[1]
    return np.sum(np.sin(v))


def test_a_name_that_a_loop_in_a_branch_takes_over_starts_as_none_there():
    with jax.enable_x64(True):
        found = value_and_grad(copies_of_copies_in_a_branch, backend="jax")(X, 3)
    for one, other in zip(found, value_and_grad(copies_of_copies_in_a_branch)(X, 3), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def scaled_by_a_length(x, k):
    return np.sum(x * np.ascontiguousarray(k)) * len(np.ascontiguousarray(x[0]))


def test_a_contiguous_array_has_an_axis():
    with jax.enable_x64(True):
        found = value_and_grad(scaled_by_a_length, backend="jax")(X, np.arange(3))
    for one, other in zip(found, value_and_grad(scaled_by_a_length)(X, np.arange(3)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
