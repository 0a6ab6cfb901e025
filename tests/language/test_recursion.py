"""Helpers that call themselves: directly, through each other, over arrays, lists and trees."""

import numpy as np
import pytest
from language.check import V, check, name

from s2sgrad import grad
from s2sgrad.errors import AliasError, S2SGradError


def power(x, n):
    return 1.0 if n == 0 else x * power(x, n - 1)


def even(n, x):
    return x if n <= 0 else odd(n - 1, np.sin(x) * x)


def odd(n, x):
    return x**2 if n <= 0 else even(n - 1, np.cos(x) + x)


def halves(v):
    if len(v) == 1:
        return v[0] ** 2
    m = len(v) // 2
    return halves(v[:m]) * 2 + np.sin(halves(v[m:]))


def entries(xs):
    return 0.0 if not xs else xs[0] ** 2 + entries(xs[1:]) * xs[0]


def newton(x, a, tol=1e-9, depth=0):
    if abs(x * x - a) < tol or depth > 20:
        return x
    return newton(0.5 * (x + a / x), a, tol, depth + 1)


def until_small(v, c):
    return v if np.sum(v) < c else until_small(v * 0.5, c)


def nested(n, x):
    return x if n == 0 else nested(n - 1, nested(n - 1, x * 0.9))


def butterfly(v):
    if len(v) == 1:
        return v
    even_part, odd_part = butterfly(v[::2]), butterfly(v[1::2])
    return np.concatenate([even_part + odd_part, even_part - odd_part])


def written(v, n):
    if n == 0:
        return np.sum(v)
    v[n] = v[n] * v[0]
    return written(v, n - 1)


def direct(x, n):
    return power(x, n) + power(np.sin(x), 2)


def mutual(x, n):
    return even(n, x) * odd(n, x)


def arrays_that_shrink(v):
    return halves(v * 2.0) + halves(v)


def lists_that_shrink(xs):
    return entries(xs)


def depth_by_data(x, a):
    return newton(x, a) * a


def arrays_by_data(v, c):
    return np.sum(until_small(v, c) ** 2)


def call_in_a_call(x, n):
    return nested(n, x)


def in_a_loop(x, n):
    return sum(power(x, k) for k in range(n))


def several_arrays(v):
    return np.sum(butterfly(v) ** 3)


def writes_its_argument(v):
    return written(v, 3)


PROGRAMS = [
    (direct, (1.3, 4)), (mutual, (1.3, 5)), (arrays_that_shrink, (V,)), (lists_that_shrink, ([0.4, 0.7, 0.1],)),
    (depth_by_data, (1.0, 2.7)), (arrays_by_data, (np.abs(V), 0.7)), (call_in_a_call, (1.3, 3)), (in_a_loop, (1.3, 4)),
    (several_arrays, (V[:4],)),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_recursion(f, args):
    check(f, args, "call")


def test_a_recursion_that_writes_its_arguments_is_refused():
    with pytest.raises(AliasError, match="may write its arguments"):
        grad(writes_its_argument)(V.copy())


def cube(t):
    return 0.1 * t**3


def bump(t, w=2.0):
    z = np.exp(-w * t * t)
    return z * t + 1.0


def applied(f, a, n):
    if n < 0.5:
        return f(a)
    return applied(f, f(a) + 1.0, n - 1.0)


def simpson(f, a, b):
    return (b - a) / 6.0 * (f(a) + 4.0 * f(0.5 * (a + b)) + f(b))


def refined(f, a, b, eps, whole, depth=8):
    m = 0.5 * (a + b)
    left, right = simpson(f, a, m), simpson(f, m, b)
    if depth == 0 or abs(left + right - whole) <= 15.0 * eps:
        return left + right + (left + right - whole) / 15.0
    return refined(f, a, m, eps / 2, left, depth - 1) + refined(f, m, b, eps / 2, right, depth=depth - 1)


def recursion_that_is_handed_a_function(s):
    return applied(cube, s, 3.0)


def adaptive_quadrature(s, r):
    return refined(bump, 0.0, s, 1e-6, simpson(bump, 0.0, s)) * r + refined(cube, 0.0, r, 1e-6, 0.0)


def handed_a_nested_function(s, r):
    scale = s * r

    def scaled(t):
        return scale * np.sin(t) + r
    scale = scale * 2.0                     # what it captures is looked up when it is called
    return applied(scaled, 0.1, 3.0) * applied(lambda t, k=2.0: t * s * k, r, 2.0)


def nested_functions_that_call_each_other(s, r):
    def inner(t):
        return t * s

    def outer(t):
        z = inner(t) + r
        return z * z
    return applied(outer, 0.3, 2.0) + refined(outer, 0.0, r, 1e-3, 0.0, depth=3)


def helper_that_hands_on(f, a):
    g = f(a)
    return applied(f, g, 1.0)


def through_a_helper(s, r):
    def f(t):
        return s * t + r
    return helper_that_hands_on(f, r)


@pytest.mark.parametrize(("f", "args"), [
    (recursion_that_is_handed_a_function, (0.8,)), (adaptive_quadrature, (1.0, 0.7)),
    (handed_a_nested_function, (0.8, 0.3)),
    (nested_functions_that_call_each_other, (0.8, 0.3)), (through_a_helper, (0.8, 0.3))], ids=name)
def test_a_function_that_is_handed_on(f, args):
    check(f, args, "call")


def changed(f, a, n):
    if n < 0.5:
        return f(a)
    return changed(lambda t: f(t) * a, a, n - 1.0)


def handed_on_changed(s):
    return changed(cube, s, 3.0)


def test_a_function_that_is_handed_on_changed_is_refused():
    with pytest.raises(S2SGradError, match="grows without end|calls itself"):
        grad(handed_on_changed)(0.8)


def first_and_rest(t, x):
    if isinstance(t, list):
        if len(t) == 0:
            return 0.0
        return first_and_rest(t[0], x) + first_and_rest(t[1:], x * x)
    return t * x


def of_nested_lists(t, x):
    return np.sum(first_and_rest(t, x))


@pytest.mark.parametrize("t", [[1.0, [2.0, 3.0], [[4.0]]], [], [[1.0, 2.0], [[3.0], 4.0]],
                               [np.array([1.0, 2.0]), [np.array([0.5, 0.3]), 2.0]]])
def test_parts_of_what_may_be_a_list_are_added_up_as_they_are(t):
    check(of_nested_lists, (t, 1.2), "call")
