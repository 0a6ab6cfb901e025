"""Results that are arrays of rank 0, and whose memory is written."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad, value_and_grad

X = np.array([0.7, -1.23, 1.97, 0.41])


def squeezed(x: np.ndarray):
    w = np.zeros(1)
    w[0] = x[1] * 3.0
    return w.squeeze()


def quadratic_form(x: np.ndarray):
    r = x[None, :] @ x[:, None]
    r += x[0]
    return r.squeeze()


def reshaped(x: np.ndarray):
    loss = np.zeros((1,))
    for v in x:
        loss += v * v
    return np.reshape(loss, ())


def transposed(x: np.ndarray):
    w = np.zeros(())
    w[...] = x[0] ** 2
    w *= x[1]
    return w.T


def a_part(x: np.ndarray):
    w = np.zeros(3)
    w[0] = x[1] ** 2
    return w[0, ...]


def exchanged(x: np.ndarray):
    w, v = np.zeros(2), np.ones(2)
    w[0] = x[0] * x[1]
    v[1] = x[2]
    w, v = v, w
    return (w if x[2] > 0 else v)[1:].squeeze()


def written_after_it_was_taken(x: np.ndarray):
    w = np.zeros(1)
    w[0] = x[0] ** 2
    v = w.squeeze()
    w[0] = x[1] ** 2
    return v


def of_two(x: np.ndarray):
    a, b = np.array(x[0] ** 2), np.array(x[1] ** 2)
    a *= b
    return np.asarray(a)


def written_without_index(x: np.ndarray):
    w = np.zeros(())
    w[()] = x[0] ** 2
    return w * 1.0


def written_by_add_at(x: np.ndarray):
    w = np.zeros(())
    np.add.at(w, (), x[0] * x[1])
    w[x[0] > 0] *= x[2]
    return w


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [squeezed, quadratic_form, reshaped, transposed, a_part, exchanged,
                               written_after_it_was_taken, of_two, written_without_index, written_by_add_at], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (X,), facts)
    value, _ = value_and_grad(f)(X)
    assert value == f(X)


def test_the_value_is_not_undone():
    def doubled(x):
        w = np.array(x)
        w += x
        return w

    def squared(x):
        x *= x
        return x

    assert value_and_grad(doubled)(0.7) == (1.4, 2.0)
    x = np.array(0.7)
    assert value_and_grad(squared)(x) == (0.7 * 0.7, 1.4)
    assert x == 0.7
    assert grad(squared)(x) == 1.4
