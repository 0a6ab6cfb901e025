"""The three classic exercises of user rules: a ReLU with its own gradient, a stated product, rounding."""

import numpy as np
import pytest

from s2sgrad import adjoint, check_grads, check_rule, elementwise, grad, stop_gradient, value_and_grad

X = np.array([-1.3, 0.4, 0.0, 2.6])


def relu(x):
    """Written so that differentiating it would give another gradient at zero."""
    return np.where(x >= 0.0, x, 0.0)


@adjoint(relu)
def relu_adjoint(y, x, *, y_bar):
    x_bar = np.where(x > 0.0, y_bar, 0.0)
    return x_bar


def loss_of_relu(x, w):
    return np.sum(relu(w * x) ** 2) + np.sum(relu(x))


def test_relu_has_its_own_gradient():
    assert np.array_equal(grad(lambda x: np.sum(relu(x)))(X), [0.0, 1.0, 0.0, 1.0])
    check_grads(loss_of_relu, (np.array([-1.3, 0.4, 0.9, 2.6]), 0.7))
    check_rule(relu_adjoint, np.array([-1.3, 0.4, 2.6]))


def test_relu_is_called_in_the_forward_sweep_and_its_rule_is_written_out():
    text = grad(loss_of_relu).source_for(X, 0.7)
    assert "relu(" in text and "relu_adjoint" not in text and "np.where" in text


def damped(x):
    return np.sin(x) * np.exp(x)


@elementwise(damped)
def damped_derivative(y, x):
    return np.exp(x) * np.cos(x) + y


def test_a_stated_derivative_is_the_one_used():
    df = grad(lambda x: damped(x) * 2.0)
    assert np.isclose(df(0.3), 2.0 * np.exp(0.3) * (np.sin(0.3) + np.cos(0.3)))
    check_rule(damped_derivative, np.array([0.3, -0.4]))
    check_grads(lambda x, y: np.sum(damped(x) * y), (X, 0.3))


def rounded(x):
    return np.round(x)


@adjoint(rounded)
def straight_through(y, x, *, y_bar):
    x_bar = y_bar
    return x_bar


def test_straight_through_rounding():
    value, gradient = value_and_grad(lambda x: np.sum(rounded(x) * X))(2.0 * X)
    assert value == np.sum(np.round(2.0 * X) * X) and np.array_equal(gradient, X)


def test_straight_through_rounding_without_a_rule():
    def f(x):
        y = x + stop_gradient(np.round(x) - x)
        return np.sum(y * X)
    assert np.array_equal(grad(f)(2.0 * X), X)


@pytest.mark.parametrize("x", [X, X.reshape(2, 2), X.astype(np.float32), np.array(0.4)], ids=["1", "2", "32", "0"])
def test_gradients_keep_shape_and_dtype(x):
    gradient = grad(lambda x: np.sum(relu(x) * relu(x)))(x)
    assert gradient.shape == x.shape and gradient.dtype == x.dtype
    assert np.allclose(gradient, 2.0 * np.maximum(x, 0.0))


def test_two_straight_through_gradients_share_no_memory():
    a, b = grad(lambda x, y: np.sum(rounded(x) + rounded(y)), argnums=(0, 1))(X, X.copy())
    assert not np.shares_memory(a, b)
