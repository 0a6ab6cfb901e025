"""Expressions: operators, chained comparison, boolean operators, conditional expressions, walrus, f-strings."""

import math

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError


def arithmetic(x, y):
    return (x + y) * (x - y) / (x * x + 1.0) - x**3 + 2.0**y + (+x) - (-y)


def floor_and_modulo(x, y):
    return x * (x // y) + (x % y) * y


def power_of_two_names(x, y):
    return x**y


def matmul(x):
    return x[:3] @ x[2:]


def chained_comparison(x, y):
    if 0.0 < x < y < 3.0:
        return x * x * y
    return x + y


def comparison_calls_once(x):
    if 0.0 < (y := x * x) < 4.0:
        return y * x
    return x


def boolean_values(x, y):
    a = x and y * x
    b = 0.0 or y
    return a * b + x


def and_of_three(x, y):
    big = x > 1.0 and y > 0.1 and x * y > 0.2
    if big:
        return x * x * y
    return x * y * y


def or_guards_a_division(x, y):
    if y == 0.0 or x / y > 2.0:
        return x * y
    return x - y


def not_a_condition(x):
    if not x > 1.0:
        return x
    return x**3


def conditional_expression(x, y):
    z = x * x if x > y else y * y
    return z * (x if y > 100.0 else y)


def conditional_with_array(x, a):
    z = a * a if x > 0.0 else a
    return np.sum(z) * x


def untaken_branch_is_not_evaluated(x):
    return math.sqrt(x - 2.0) if x > 2.0 else x * x


LIMITS = (-1.0, 1.8)


def starred_tuple_in_a_call(a):
    low = (0.1, None)
    return np.sum(np.clip(a, *LIMITS) ** 2) + np.sum(np.clip(a, *low) ** 3)


def walrus(x):
    return (y := x * x) * y + y


def walrus_in_while(x):
    while (y := x * x) < 20.0:
        x = x + 0.5
    return x * y


def f_string(x):
    label = f"x is {x:.3f} and {x!r} {'y'}"
    return x * x * len(label[:4])


def f_string_as_key(x):
    parameters = {"w1": x, "w2": x * x}
    s = 0.0
    for i in range(1, 3):
        s = s + i * parameters[f"w{i}"]
    return s


def where_on_a_comparison(x, y):
    return np.sum(np.where((x > 0.0) & (y > 0.0), x * y, x - y))


def identity_test(x, y=None):
    if y is None:
        y = x * x
    return x * y


def membership(x):
    if "b" in {"a": 1, "b": 2}:
        return x * x
    return x


def transposed(A):
    return np.sum(A.T @ A * (A.T @ A))


PROGRAMS = [
    (arithmetic, (1.3, 0.4)), (floor_and_modulo, (3.7, 1.1)), (power_of_two_names, (1.3, 0.4)), (matmul, (V,)),
    (chained_comparison, (1.3, 2.4)), (chained_comparison, (1.3, 0.4)), (comparison_calls_once, (1.3,)),
    (comparison_calls_once, (2.3,)), (boolean_values, (1.3, 0.4)), (and_of_three, (1.3, 0.4)),
    (and_of_three, (1.3, 0.12)), (or_guards_a_division, (1.3, 0.4)), (or_guards_a_division, (1.3, 1.4)),
    (not_a_condition, (1.3,)), (not_a_condition, (0.3,)), (conditional_expression, (1.3, 0.4)),
    (conditional_expression, (0.3, 1.4)), (conditional_with_array, (0.5, V)), (conditional_with_array, (-0.5, V)),
    (untaken_branch_is_not_evaluated, (1.3,)), (untaken_branch_is_not_evaluated, (3.3,)), (walrus, (1.3,)),
    (walrus_in_while, (1.3,)), (f_string, (1.3,)), (f_string_as_key, (1.3,)), (where_on_a_comparison, (V, W)),
    (identity_test, (1.3,)), (identity_test, (1.3, 0.4)), (membership, (1.3,)), (transposed, (M,)),
    (starred_tuple_in_a_call, (V,)),
    (arithmetic, (np.float64(1.3), 0.4)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_expression(f, args, facts):
    check(f, args, facts)


def starred_array(a, limits):
    return np.sum(np.clip(a, *limits))


def test_a_starred_array_in_a_call_of_numpy_is_refused():
    with pytest.raises(UnsupportedError, match="starred argument of unknown length"):
        grad(starred_array)(V, np.array([-1.0, 1.8]))


def test_the_zero_of_or_is_never_divided_by():
    from s2sgrad import value_and_grad
    assert value_and_grad(or_guards_a_division, argnums=(0, 1))(1.3, 0.0) == (0.0, (0.0, 1.3))
