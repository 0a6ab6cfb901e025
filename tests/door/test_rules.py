"""The other ways through the door: several arguments, options, zero derivatives, constants, other libraries."""

import numpy as np
import pytest
from scipy import special

from s2sgrad import adjoint, check_grads, check_rule, elementwise, grad, stop_gradient, zero_derivative
from s2sgrad.errors import S2SGradError, UnknownFunctionError

X = np.array([-1.3, 0.4, 0.9, 2.6])


def mixed(x, y, t=0.5):
    return (1.0 - t) * x + t * y


@elementwise(special.exp10)
def power_of_ten(y, x):
    return np.log(10.0) * y


@adjoint(mixed, broadcasts=True)
def mix(z, x, y, t=0.5, *, z_bar):
    x_bar = z_bar * (1.0 - t)
    y_bar = z_bar * t
    t_bar = z_bar * (y - x)
    return x_bar, y_bar, t_bar


zero_derivative(special.round)


def power_sum(x, n, scale=1.0):
    return scale * np.sum(x**n)


@adjoint(power_sum)
def power_sum_adjoint(y, x, n, scale=1.0, *, y_bar):
    x_bar = y_bar * scale * n * x ** (n - 1)
    return x_bar, None, y_bar * y / scale


@zero_derivative
def cells(x):
    return np.floor(x).astype(int)


def test_a_rule_for_another_library():
    check_grads(lambda x: np.sum(special.exp10(x) ** 2), (X,))
    check_rule(power_of_ten, X)


def test_a_rule_of_three_arguments_that_broadcast():
    check_grads(lambda x, y, t: np.sum(mixed(x, y, t) ** 2), (X, 0.7, 0.2))
    check_grads(lambda x, y: np.sum(mixed(x, y, t=0.2) ** 2), (X, np.ones((3, 1))))
    check_grads(lambda x, y: np.sum(mixed(x, y) ** 2), (X, X[::-1].copy()))


def test_options_by_keyword_and_arguments_without_a_derivative():
    check_grads(lambda x, s: power_sum(x, 3, scale=s) * 2.0, (X, 0.7))
    check_grads(lambda x: power_sum(x, n=2), (X,))


def test_lines_for_inactive_arguments_vanish():
    text = grad(lambda x, y: np.sum(mixed(x, y, 0.2))).source_for(X, 0.7)
    assert "y - x" not in text and "* 0.2" not in text


def test_a_piecewise_constant_function_has_derivative_zero():
    assert np.array_equal(grad(lambda x: np.sum(special.round(x) * x))(X), np.round(X))
    assert np.array_equal(grad(lambda x: np.sum(cells(x) * x))(X), np.floor(X))


def test_stop_gradient_makes_a_constant():
    assert grad(lambda x: x * stop_gradient(x * x))(3.0) == 9.0
    assert np.array_equal(grad(lambda x: np.sum(x * stop_gradient(x)))(X), X)
    assert stop_gradient(X) is X


def test_a_function_without_a_rule_is_refused():
    with pytest.raises(UnknownFunctionError) as refused:
        grad(lambda x: special.ber(x))(3.0)
    assert "s2sgrad.adjoint" in refused.value.remedy and "test_rules.py" in str(refused.value)


def test_a_function_without_a_rule_may_be_called_with_constants():
    assert grad(lambda x: x * special.ber(3.0))(2.0) == special.ber(3.0)


def test_an_option_that_a_rule_does_not_know_is_refused_by_name():
    with pytest.raises(S2SGradError, match="where"):
        grad(lambda x: np.sum(np.add(x, x, where=x > 0.0)))(X)
    with pytest.raises(S2SGradError, match="casting"):
        grad(lambda x: np.sum(np.sin(x, casting="no")))(X)


def again(x):
    return x * x


def test_a_rule_stated_again_replaces_the_first():
    @elementwise(again)
    def first(y, x):
        return 7.0 * x
    df = grad(lambda x: again(x) * 1.0)
    assert df(3.0) == 21.0

    @elementwise(again)
    def second(y, x):
        return 2.0 * x
    assert df(3.0) == 6.0 and grad(lambda x: again(x) * 1.0)(3.0) == 6.0


def slope(x):
    return np.cos(x) * 3.0


def wave(x):
    return 3.0 * np.sin(x)


@adjoint(wave)
def wave_adjoint(y, x, *, y_bar):
    x_bar = y_bar * slope(x)
    return x_bar


def test_a_rule_that_calls_a_helper():
    check_grads(lambda x: np.sum(wave(x) * x), (X,))


def square(a):
    return a * a


@adjoint(square)
def square_adjoint(y, a, *, y_bar):
    t = 2.0 * a
    a_bar = y_bar * t
    return a_bar


def test_a_rule_with_names_of_the_caller():
    def user(t, y):
        a = t * y
        return square(a) * t * y
    check_grads(user, (0.7, 1.3))


def test_a_function_with_a_rule_in_a_loop():
    def user(x):
        for _ in range(4):
            x = square(x) * 0.3 + wave(x)
        return np.sum(x)
    check_grads(user, (0.3 * X,))


def test_a_rule_for_a_function_inside_a_function():
    def local(x):
        return x * x

    @adjoint(local)
    def rule(y, x, *, y_bar):
        x_bar = y_bar * 2.0 * x
        return x_bar
    assert grad(lambda x: local(x) * 2.0)(3.0) == 12.0
