"""Weight gradients that a loop sums: the outer products become one product after the loop."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, check

from s2sgrad import grad

R = np.random.default_rng(5)
W, U, B = R.normal(size=(3, 2)), R.normal(size=(3, 3)), R.normal(size=3)
XS, H = R.normal(size=(4, 2)), R.normal(size=3)


def recurrent(W, U, xs, h):
    for x in xs:
        h = np.tanh(W @ x + U @ h)
    return np.sum(h**2)


def from_the_left(W, xs, h):
    for x in xs:
        h = h + np.sin(h @ W) * 0.5 @ W.T + x @ W.T
    return np.sum(h)


def branch_inside(W, xs, h):
    for k, x in enumerate(xs):
        if k % 2 == 0:
            h = np.tanh(W @ x) * h
        else:
            h = np.sin(W @ (x * x)) + h
    return np.sum(h)


def nested(W, U, xs, h):
    for _ in range(3):
        for x in xs:
            h = np.tanh(W @ x + h)
        h = np.sin(U @ h)
    return np.sum(h)


def read_between(W, xs, h):
    s = 0.0
    for k in range(2):
        for x in xs:
            h = np.tanh(W @ x + h)
        W = W * (1.0 + 0.1 * k)
        s = s + np.sum(W * W)
    return np.sum(h) + s


def rebound_in_the_loop(W, xs, h):
    for x in xs:
        h = np.tanh(W @ x + h)
        W = 0.9 * W
    return np.sum(h)


def also_as_a_whole(W, xs, h):
    s = 0.0
    for x in xs:
        h = np.tanh(W @ x + h)
        s = s + np.sum(W * W) + W[0, 1]
    return np.sum(h) * s


def data_dependent(W, x, h):
    while np.sum(h * h) < 40.0:
        h = h + np.abs(W @ x) + 0.1 * h
    return np.sum(h)


def written_vector(W, xs, h):
    h = h.copy()
    for x in xs:
        h[:] = np.tanh(W @ x + h)
        h[1:] += h[:-1] * (W @ x)[1:]
    return np.sum(h**2)


def vector_written_in_place(U, h, n):
    h = h.copy()
    for _ in range(n):
        h += np.tanh(U @ h)
        h[0] *= 1.5
    return np.sum(h**2)


def argument_written_in_the_loop(U, h, n):
    y = np.zeros(3)
    for k in range(n):
        y = y + np.sin(U @ h)
        h[k] = y[k] * h[k - 1]
    return np.sum(y) + np.sum(h**2)


def carried_and_accumulated(U, h, n):
    s = np.zeros(3)
    for _ in range(n):
        s = s + h
        h = U @ h - s
    return np.sum(h) + np.sum(s**2)


def two_products(W, U, x, h):
    for _ in range(3):
        h = U @ (W @ x + h) - U @ np.sin(h)
    return np.sum(h)


CASES = [(recurrent, (W, U, XS, H)), (from_the_left, (W, R.normal(size=(4, 2)), H)), (branch_inside, (W, XS, H)),
         (nested, (W, U, XS, H)), (read_between, (W, XS, H)), (rebound_in_the_loop, (W, XS, H)),
         (also_as_a_whole, (W, XS, H)), (data_dependent, (W, XS[0], H)), (written_vector, (W, XS, H)),
         (vector_written_in_place, (U, H, 3)), (argument_written_in_the_loop, (U, H, 3)),
         (carried_and_accumulated, (U, H, 3)), (two_products, (W, U, XS[0], H))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("function", "args"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_right(function, args, facts):
    check(function, args, facts)


@pytest.mark.parametrize("function", [recurrent, branch_inside, nested, also_as_a_whole, data_dependent,
                                      vector_written_in_place, two_products], ids=lambda f: f.__name__)
def test_one_product_after_the_loop(function):
    source = grad(function, argnums=0).source_for(*dict(CASES)[function])
    assert "np.outer" not in source
    assert ".T @ " in source


@pytest.mark.parametrize("function", [rebound_in_the_loop], ids=lambda f: f.__name__)
def test_stays(function):
    assert "np.outer" in grad(function, argnums=0).source_for(*dict(CASES)[function])


def test_no_trips():
    dW, dU = grad(recurrent, argnums=(0, 1))(W, U, XS[:0], H)
    assert dW.shape == W.shape and dU.shape == U.shape
    assert not dW.any() and not dU.any()


def test_single_precision():
    single = [np.float32(a) for a in (W, U, XS, H)]
    given = grad(recurrent, argnums=(0, 1))(*single)
    assert [g.dtype for g in given] == [np.float32, np.float32]
    for one, other in zip(given, grad(recurrent, argnums=(0, 1))(W, U, XS, H), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert all(g.dtype == np.float32 for g in grad(recurrent, argnums=(0, 1))(*single[:2], single[2][:0], single[3]))


def test_integer_data():
    check(recurrent, (W, U, np.arange(8).reshape(4, 2), H), "call")


def test_elements_of_a_matrix_are_not_kept_and_a_list_becomes_a_matrix_once():
    text = grad(recurrent, argnums=(0, 1)).source_for(W, U, XS, H)
    assert "x_rows" not in text and "xs[::-1]" in text
    assert text.count("np.array(") == 2


def written_elements(W, xs, h):
    for x in xs:
        h = np.tanh(W @ x + h)
        xs[0] = xs[0] * 0.5
    return np.sum(h)


def elements_under_a_condition(W, xs, h):
    for x in xs:
        if x[0] > 0.0:
            h = np.tanh(W @ x + h)
    return np.sum(h)


@pytest.mark.parametrize("f", [written_elements, elements_under_a_condition])
@pytest.mark.parametrize("facts", FACTS)
def test_elements_that_are_kept(f, facts):
    check(f, (W, XS, H), facts)
