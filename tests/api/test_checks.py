"""check_grads and check_rule: they pass what is right, and name the argument of what is wrong."""

from dataclasses import dataclass

import numpy as np
import pytest

from s2sgrad import adjoint, check_grads, check_rule, elementwise
from s2sgrad.errors import ArgumentError
from s2sgrad.rules.registry import rule_of


@dataclass
class State:
    w: np.ndarray
    name: str


def objective(x, state, n):
    return x * np.sum(state.w ** n)


def gradient(x, state, n):
    return np.sum(state.w ** n), State(x * n * state.w ** (n - 1), None)


ARGS = (1.5, State(np.array([0.5, 2.0]), "s"), 3)


def test_a_right_gradient_passes():
    check_grads(objective, ARGS, grad=gradient)
    check_grads(objective, ARGS, argnums=0, grad=lambda *args: gradient(*args)[0])
    check_grads(objective, ARGS, argnames=("state",), grad=lambda *args: gradient(*args)[1:])


def spoil(state):
    return State(state.w * (1 + 1e-4), None)


def mutate(x, state, n):
    result = gradient(x, state, n)
    state.w[0] += 1.0
    return result


@pytest.mark.parametrize("wrong, text", [
    (lambda x, s, n: (gradient(x, s, n)[0], spoil(gradient(x, s, n)[1])), "argument state: the directional derivative"),
    (lambda x, s, n: (-gradient(x, s, n)[0], gradient(x, s, n)[1]), "argument x: the directional derivative"),
    (lambda x, s, n: (0.0, gradient(x, s, n)[1]), "argument x: the directional derivative is 0, but"),
    (lambda x, s, n: (gradient(x, s, n)[0], State(np.ones(3), None)), r"state.w has shape \(3,\), the argument has"),
    (lambda x, s, n: (np.float32(1), gradient(x, s, n)[1]), "x has dtype float32, the argument has float64"),
    (lambda x, s, n: (None, gradient(x, s, n)[1]), "the gradient for x is None"),
    (lambda x, s, n: (gradient(x, s, n)[0], State(gradient(x, s, n)[1].w, "s")), "state.name is 's'"),
    (mutate, "argument 1 was changed"),
])
def test_a_wrong_gradient_is_named(wrong, text):
    with pytest.raises(AssertionError, match=text):
        check_grads(objective, ARGS, grad=wrong)


def test_a_kink_is_no_reference():
    with pytest.raises(AssertionError, match="differences do not converge"):
        check_grads(lambda x: np.abs(x), (0.0,), argnums=0, grad=lambda x: 0.0)


def test_float32_is_compared_with_differences_in_float64():
    x = np.linspace(0.5, 1.5, 4, dtype=np.float32)
    check_grads(lambda x: np.sum(np.sin(x)), (x,), argnums=0, grad=np.cos)


# ---------------------------------------------------------------- rules
def hypotenuse(x, y):
    return np.sqrt(x * x + y * y)


def softplus(x, beta=1.0):
    return np.log1p(np.exp(beta * x)) / beta


@elementwise(hypotenuse)
def right_hypotenuse(z, x, y):
    return x / z, y / z


@adjoint(softplus)
def right_softplus(y, x, beta=1.0, *, y_bar):
    return y_bar / (1.0 + np.exp(-beta * x))


X = np.array([0.3, -1.2, 2.0])


def test_right_rules_pass():
    check_rule(right_hypotenuse, X, np.array([[1.0], [2.0]]))
    check_rule(hypotenuse, 3.0, 4.0)
    check_rule(right_softplus, X, beta=1.7)
    check_rule(np.multiply, X, 2.0)


def test_a_wrong_rule_is_named():
    def cube(x, shift):
        return (x + shift) ** 3

    @elementwise(cube)
    def wrong(y, x, shift):
        return 3.0 * (x + shift) ** 2, None
    with pytest.raises(AssertionError, match="cube, argument shift"):
        check_rule(wrong, X, 1.0)


def test_an_option_counts():
    assert rule_of(softplus).implementation is right_softplus

    def ignored(x, beta=1.0):
        return softplus(x, beta)

    @adjoint(ignored)
    def wrong(y, x, beta=1.0, *, y_bar):
        return y_bar / (1.0 + np.exp(-x))
    check_rule(wrong, X)
    with pytest.raises(AssertionError, match="ignored, argument x"):
        check_rule(wrong, X, beta=2.0)


def test_a_callable_without_a_rule():
    with pytest.raises(ArgumentError, match="is no rule"):
        check_rule(objective, 1.0)
