"""What is computed before a branch and used in one arm is differentiated in that arm, not where it is infinite."""

import math

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def guarded_norm(x):
    r = np.sqrt(x @ x)
    if r < 1e-8:
        return 1.0 + np.sum(x)
    return np.sin(r) / r


def factor(x):
    r = np.sqrt(x @ x)
    k = 1.0
    if r > 1e-8:
        k = np.sin(r) / r
    return k * np.sum(x)


def logarithms(x):
    s = 0.0
    for i in range(len(x)):
        log = np.log(x[i])
        if x[i] > 0.0:
            s += log * x[i]
        else:
            s += x[i]
    return s


def penalty(x, y):
    r = math.sqrt(x * x + y * y)
    v = (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2
    if r > 2.5:
        v += (r - 2.5) ** 2
    return v


def a_chain_of_arms(x):
    r = np.sqrt(x)
    q = 1.0 / x
    if x == 0.0:
        y = 3.0 * x
    elif x < 1.0:
        y = r * x
    else:
        y = q + r
    return y


def both_arms(x):
    r = np.sqrt(x)
    if x > 1.0:
        y = r * x
    else:
        y = r * 2.0
    return y + r


def bound_anew_behind(x):
    k = x * x
    r = np.exp(k)
    if k > 1.0:
        y = r * x
    else:
        y = x
    for _ in range(3):
        k = k * 1.1
    return y * k


def written_behind(x):
    a = x * 1.0
    r = np.sum(np.sqrt(a))
    a[0] = 2.0 * x[1]
    if x[0] > 0.0:
        y = r * a[0]
    else:
        y = a[0]
    return y + np.sum(a)


def loop_behind(x):
    k = x
    while x * k < 5.0:
        k = k * 1.1
    if k > 2.0:
        return k * 3.0
    return x


def appended_before(x, y):
    s = [y, x]
    p = x * y
    last = s[-1]
    s.append(y)
    if y > 0.1:
        return last
    return s[0] * p


def extreme_appended(x, y):
    s = [y, x]
    s.append(max(s))
    if y > 0.1:
        return x * y
    return sum(s)


def popped_and_extended(x, y):
    s = [y, x, x * y]
    p = x * y
    r = s.pop()
    s += [r * r, y]
    if y > 9.0:
        r = s[0] * p
    return r * s[2]


PROGRAMS = [
    (guarded_norm, (np.array([0.3, 0.4]),)), (factor, (np.zeros(2),)), (factor, (np.array([0.3, 0.4]),)),
    (logarithms, (np.array([0.7, 2.0]),)), (penalty, (0.0, 0.0)), (penalty, (2.0, 3.0)),
    (a_chain_of_arms, (0.5,)), (a_chain_of_arms, (2.0,)), (both_arms, (0.5,)), (both_arms, (2.0,)),
    (bound_anew_behind, (0.5,)), (bound_anew_behind, (1.3,)), (written_behind, (np.array([0.4, 0.7]),)),
    (loop_behind, (1.3,)), (loop_behind, (3.0,)), (appended_before, (0.5, 0.6)), (appended_before, (0.5, 0.06)),
    (extreme_appended, (0.5, 0.6)), (extreme_appended, (0.5, 0.06)), (popped_and_extended, (0.5, 0.6)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_unused_in_an_arm(f, args, facts):
    with np.errstate(all="ignore"):
        check(f, args, facts)


@pytest.mark.parametrize("backend", ["numpy", "jax"])
@pytest.mark.parametrize(("f", "args", "wanted"), [
    (guarded_norm, (np.zeros(2),), np.ones(2)), (factor, (np.zeros(2),), np.ones(2)),
    (logarithms, (np.array([0.0, 1.0]),), np.ones(2)), (a_chain_of_arms, (np.array(0.0),), 3.0),
], ids=name)
def test_where_the_derivative_is_infinite(f, args, wanted, backend):
    with np.errstate(all="ignore"):
        assert np.array_equal(s2sgrad.grad(f, backend=backend)(*args), wanted)


def part_that_shrinks(x, n):
    b = x * 1.0
    for i in range(1, n):
        v = b[:-i].copy()
        b[0] = b[i] * 0.5
        if i > 1:
            if b[1] > 0.5:
                return v[0] + b[0]
    return b[0]


def named_part_that_shrinks(x, n):
    b = x * 1.0
    for i in range(1, n):
        part = b[:-i]
        v = part.copy()
        b[0] = b[i] * 0.5
        if i > 1:
            if b[1] > 0.5:
                return v[0] + b[0]
    return b[0]


@pytest.mark.parametrize("function", [part_that_shrinks, named_part_that_shrinks])
@pytest.mark.parametrize("second", [0.7, 0.2])
def test_the_other_arm_makes_no_zeros_of_a_part_of_another_trip(function, second):
    s2sgrad.check_grads(function, (np.array([0.3, second, 0.2, 0.9, 0.4]), 5))
