"""Calls of functions, containers of arguments, dtypes and numbers at the edge."""

import math

import numpy as np
from lowering.programs_registry import S, V, W, listed

CASES, program = listed()
VECTORS = (V,), (-V,)


def square(x):
    return x * x


def long_helper(x, y):
    z = np.sin(x) * y
    z = z + x
    if np.sum(z) > 0:
        z = z * z
    return z


def loop_helper(x, n):
    s = 0.5
    for i in range(n):
        s += x[i] ** 2 * np.sin(s)
    return s


def even_or_odd(x, i):
    if i % 2 == 0:
        return x[i] ** 2
    return x[i]


def scale_tail(a, v):
    a[1:] *= v


def pair(x):
    return x * x, len(x)


def record(x):
    return {"square": x * x, "three": 3}


def scaled_power(x, k=2, *, m=3.0):
    return x**k * m


def smooth(u):
    v = np.zeros_like(u)
    for i in range(1, len(u) - 1):
        v[i] = (u[i - 1] + u[i + 1]) * u[i]
    return v


# ---------------------------------------------------------------- functions
@program((V,), (W,))
def called_twice(x):
    return np.sum(square(square(x)) * square(x))


@program((V, W), (-V, W))
def helper_with_a_branch(x, y):
    return np.sum(long_helper(x, y) * long_helper(y, x))


@program((V,), (W,))
def helper_with_a_loop(x):
    return loop_helper(x, 3) * loop_helper(x[1:], 4)


@program(*VECTORS)
def helper_in_a_loop(x):
    s = x
    for _ in range(3):
        s = long_helper(s, x)
    return np.sum(s)


@program((V,), (W,))
def loop_of_a_helper_in_a_loop(x):
    s = 0.0
    for i in range(3):
        s += loop_helper(x * i, 3)
    return s


@program((V,), (W,))
def helper_that_branches_on_the_index(x):
    s = 0.0
    for i in range(5):
        s += even_or_odd(x, i)
    return s + even_or_odd(x, 2)


@program(*VECTORS)
def helper_in_a_branch(x):
    if x[0] > 0:
        return np.sum(long_helper(x, x))
    return loop_helper(x, 3)


@program((V,), (W,))
def helper_that_writes_its_own_array(x):
    return np.sum(smooth(smooth(x)))


@program((V,), (W,))
def helper_that_writes_its_argument(x):
    a = x * 2
    scale_tail(a, x[1])
    return np.sum(a * a)


@program((V,), (W,))
def tuple_returned(x):
    y, n = pair(x)
    s = 0.0
    for i in range(n):
        s += y[i] * i
    return s


@program((V,), (W,))
def dict_returned(x):
    parts = record(x)
    return np.sum(parts["square"]) * parts["three"]


@program((1.3,), (0.4,))
def defaults(x):
    return scaled_power(x) + scaled_power(x, 3, m=x) + scaled_power(x, m=1.0)


@program((V,), (W,))
def lambda_that_captures(x):
    g = lambda t: t * t + x[0]
    return np.sum(g(x)) + g(x[1])


@program((V,), (W,))
def closure_in_a_loop(x):
    k = 3.0

    def g(t):
        return k * t * x[1]
    s = 0.0
    for i in range(3):
        s += g(x[i])
    return s


@program((V,), (W,))
def nonlocal_sum(x):
    s = 0.0

    def add(v):
        nonlocal s
        s += v * v
    for v in x:
        add(v)
    return s


@program((V, np.sin), (V, square))
def function_as_argument(x, g):
    return np.sum(g(x))


@program((V[:2], 3), (W[:2], 0))
def runge_kutta(y, n):
    def rhs(y):
        return np.array([y[1], -np.sin(y[0])])
    h = 0.1
    for _ in range(n):
        k1 = rhs(y)
        k2 = rhs(y + h * k1)
        y = y + h / 2 * (k1 + k2)
    return np.sum(y**2)


# ---------------------------------------------------------------- containers
@program(({"w": V, "b": 0.5, "n": 3},), ({"w": W, "b": -1.0, "n": 2},))
def dict_of_arguments(p):
    return np.sum(p["w"] ** 2) * p["b"] * p["n"]


@program(((V, (W, 2.0)),), ((W, (V, -1.0)),))
def nested_tuple(p):
    a, (b, c) = p
    return np.sum(a * b) * c


@program(([V, [S, 2.0], {"q": 1.0}],), ([W, [S, 3.0], {"q": -1.0}],))
def nested_list(p):
    return np.sum(p[0] ** 2) * np.sum(p[1][0]) * p[1][1] * p[2]["q"]


@program(([V, W],), ([W, V],))
def list_stacked(arrays):
    return np.sum(np.stack(arrays) ** 2 * arrays[0])


# ---------------------------------------------------------------- dtypes and layouts
@program((np.float32(1.3),), (1.3,), (np.float64(1.3),), (np.array(1.3),), (np.array(1.3, np.float32),))
def kinds_of_numbers(x):
    return np.sin(x) * x + 2


@program((V.astype(np.float32), W), (W.astype(np.float32), V))
def float32_with_float64(x, y):
    return np.sum(x * y)


@program((V.astype(np.float32),), (W.astype(np.float32),))
def float32_through_a_loop(x):
    s = 0.0
    for i in range(5):
        s += x[i] * i / 2
    return s


@program((V[::-1],), (V[::2],), (S.T,), (S[:, ::-1],), (np.asfortranarray(S),))
def strides(x):
    return np.sum(x.ravel() * np.arange(x.size))


@program((V[:0],), (S[:0],))
def no_entries(x):
    return np.sum(x**2) + 1.0


@program((V, np.arange(5)), (W, np.arange(5)))
def integer_array_beside(x, k):
    return np.sum(x**2 * k) + np.mean(k) * x[0]


# ---------------------------------------------------------------- numbers at the edge
@program((np.array([1.0, 1.0, 0.0]),), (np.array([2.0, 1.0, 1.0]),))
def ties(x):
    return np.max(x) + np.min(x[:2]) * 2 + max(x[0], x[1]) + np.sum(np.maximum(x, 1.0))


@program((np.array([0.0, 1.0, -1.0]),), (np.zeros(3),))
def kinks(x):
    return np.sum(np.abs(x)) + np.sum(np.maximum(x, 0)) + np.linalg.norm(x * 0) + np.sum(np.sign(x) * x)


@program((np.array([0.0, 1.0, 4.0]),), (np.zeros(2),))
def roots_and_powers_at_zero(x):
    return np.sum(np.sqrt(x)) + np.sum(x**0) + np.sum(x**1) + np.sum(x**0.5)


@program((np.array([0.0, 1.0, 4.0]),), (np.array([0.0, 0.0]),))
def untaken_side_of_where(x):
    return np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0))


@program((1.3,), (0.4,))
def functions_of_math(a):
    return math.sqrt(a) + math.exp(a) * math.atan2(a, 2.0) + math.hypot(a, 2.0) + math.erf(a) + math.pow(a, 3)
