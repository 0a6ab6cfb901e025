"""Calls of the user's own functions: positional, keyword, defaults, nested two deep; closures and lambdas."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name

from s2sgrad import grad


def scaled(x, k=2.0, shift=0.0):
    y = x * k
    return y * y + shift


def branching(x):
    if x > 1.0:
        return x * x
    return np.sin(x)


def looping(x, n):
    for _ in range(n):
        x = x * x * 0.8
    return x


def two_results(x, y):
    return x * y, x + y


def twice_scaled(x, k):
    return scaled(scaled(x, k), shift=k)


def doubles(a, k):
    a *= k
    a[0] = a[1] ** 2


def first_half(a):
    return a[:2]


def unpacked(*values, **options):
    return values[0] * values[1] * options["k"]


def nothing(x):
    print(end="")


def columns_scaled(a):
    q = a.copy()
    for k in range(2):
        v = q[:, k]
        v *= a[0, k] + 1.0
    return q


def columns_and_their_lengths(a):
    q, lengths = a.copy(), np.zeros(2)
    for k in range(2):
        v = q[:, k]
        lengths[k] = v @ v
        v /= lengths[k]
    return q, lengths


def rows_squared(a):
    rows = [a[0].copy(), a[1].copy()]
    for row in rows:
        row *= row
    return rows


def result_written_through_a_view(A, x):
    return np.sum((columns_scaled(A) @ x[:4]) ** 2)


def results_written_through_a_view(A, x):
    q, lengths = columns_and_their_lengths(A)
    return np.sum((q @ x[:4]) ** 2) + np.sum(lengths)


def result_written_through_a_view_in_a_loop(A):
    total = 0.0
    for k in range(3):
        q = columns_scaled(k * A)
        total += np.sum(q * q)
    return total


def list_of_rows_that_were_written(A):
    rows = rows_squared(A)
    return np.sum(rows[0] * rows[1])


def positional(x):
    return scaled(x, 3.0)


def keyword(x, y):
    return scaled(shift=y, x=x)


def default(x):
    return scaled(x) * x


def in_an_expression(x):
    return 2.0 * scaled(x) * scaled(x, x) + branching(x)


def helper_with_a_branch(x):
    return branching(x) * branching(x - 1.0)


def helper_with_a_loop(x, n):
    return looping(x, n) + looping(x * x, 2)


def helper_in_a_loop(x):
    for i in range(3):
        x = scaled(x, 0.5, shift=i * x)
    return x


def helper_in_a_condition(x):
    if scaled(x) > 4.0:
        return x * x
    return x


def helper_in_a_while_test(x):
    while scaled(x) < 30.0:
        x = x * 1.5
    return x * x


def helper_with_two_results(x, y):
    a, b = two_results(x, y)
    return a * b


def results_kept_as_a_tuple(x, y):
    t = two_results(x, y)
    return t[0] * t[1]


def two_deep(x, y):
    return twice_scaled(x, y) * y


def helper_that_writes(x, k):
    doubles(x, k)
    doubles(x, x[0])
    return np.sum(x * x)


def helper_that_returns_a_view(x):
    h = first_half(x)
    h *= x[2]
    return np.sum(x * x)


def helper_with_stars(x, y):
    return unpacked(x, y, k=x)


def helper_without_a_result(x):
    nothing(x)
    return x * x


def same_names_inside(x, k):
    y = x * k
    shift = scaled(y, shift=y)
    return y * shift


def nested_function(x, y):
    def inner(a):
        return a * y
    return inner(x) * inner(y)


def nested_function_with_late_binding(x):
    k = x

    def inner(a):
        return a * k
    first = inner(x)
    k = k * k
    return first * inner(x)


def nested_function_in_a_loop(x):
    def step(a, i):
        return np.sin(a) * i + x
    y = x
    for i in range(3):
        y = step(y, i)
    return y


def nested_function_writes_an_outer_array(x):
    def push(i):
        x[i] = x[i - 1] * x[i]
    for i in range(1, 5):
        push(i)
    return np.sum(x)


def local_lambda(x, y):
    f = lambda a, b=2.0: a * y + b * a * a  # noqa: E731
    return f(x) * f(y, x)


def function_as_argument(f, x):
    return f(x) * x


def passes_a_function(x):
    return function_as_argument(branching, x) + function_as_argument(lambda a: a * x, x)


def made_closure(k):
    def closure(x):
        return k * x * x
    return closure


def made_closure_over_an_array(A):
    return lambda x: np.sum((A @ x) ** 2)


class Spring:
    stiffness = 3.0

    def energy(self, x):
        return 0.5 * self.stiffness * x * x

    @staticmethod
    def cubed(x):
        return x**3

    @classmethod
    def scaled(cls, x):
        return cls.stiffness * x * x


def static_method_of_a_class(x):
    return Spring.cubed(x) * x


PROGRAMS = [
    (positional, (1.3,)), (keyword, (1.3, 0.4)), (default, (1.3,)), (in_an_expression, (1.3,)),
    (helper_with_a_branch, (1.3,)), (helper_with_a_loop, (0.9, 3)), (helper_in_a_loop, (0.9,)),
    (helper_in_a_condition, (1.3,)), (helper_in_a_condition, (0.3,)), (helper_in_a_while_test, (0.9,)),
    (helper_with_two_results, (1.3, 0.4)), (results_kept_as_a_tuple, (1.3, 0.4)), (two_deep, (1.3, 0.4)),
    (helper_that_writes, (V, 0.4)), (helper_that_returns_a_view, (V,)), (helper_with_stars, (1.3, 0.4)),
    (helper_without_a_result, (1.3,)), (same_names_inside, (1.3, 0.4)), (nested_function, (1.3, 0.4)),
    (nested_function_with_late_binding, (1.3,)), (nested_function_in_a_loop, (1.3,)),
    (nested_function_writes_an_outer_array, (V,)), (local_lambda, (1.3, 0.4)), (passes_a_function, (1.3,)),
    (result_written_through_a_view, (M, W)), (results_written_through_a_view, (M, W)),
    (result_written_through_a_view_in_a_loop, (M,)), (list_of_rows_that_were_written, (M,)),
    (made_closure(3.0), (1.3,)), (made_closure_over_an_array(M), (W[:4],)), (Spring().energy, (1.3,)),
    (Spring.cubed, (1.3,)), (Spring.scaled, (1.3,)), (static_method_of_a_class, (1.3,)),
    (lambda x, y: x * y * y, (1.3, 0.4)), (scaled, (0.7, 0.2, 1.1)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_helper(f, args, facts):
    check(f, args, facts)


def damped(y, k):
    d = k * y
    y = y + 0.01 * d
    return y / (1.0 + 0.01 * y)


def damped_for_long(y, k, n):
    for _ in range(n):
        y = damped(y, k)
    return np.sum(y)


def damped_inside(y, k, n):
    for _ in range(n):
        d = k * y
        y = y + 0.01 * d
        y = y / (1.0 + 0.01 * y)
    return np.sum(y)


def test_a_short_helper_is_written_out_where_a_loop_calls_it_with_numbers():
    derived = grad(damped_for_long, argnums=(0, 1))
    assert "damped_fwd" not in derived.source_for(0.7, 0.3, 5)
    assert "damped_fwd" in derived.source_for(V, 0.3, 5)
    assert derived(0.7, 0.3, 5) == grad(damped_inside, argnums=(0, 1))(0.7, 0.3, 5)
    check(damped_for_long, (0.7, 0.3, 5), "call")
    check(damped_for_long, (V, 0.3, 5), "call")


def feature(x, k):
    y = np.exp(-x * k)
    z = np.sin(y) * y
    return z / np.sqrt(1.0 + z * z)


def summed_features(x, n):
    acc = np.zeros_like(x)
    for k in range(n):
        acc += feature(x, k)
    return np.sum(acc**2)


def test_what_only_the_forward_half_of_a_loop_writes_is_not_restored():
    assert "acc_record" not in grad(summed_features).source_for(V, 3)
    check(summed_features, (V, 3), "call")
