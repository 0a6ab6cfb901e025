"""`while True` loops that one branch ends: it was taken in the last trip and in no other, and no flag is kept."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def newton(x):
    y = x
    while True:
        step = (y * y - x) / (2.0 * y)
        if abs(step) < 1e-12:
            break
        y = y - step
    return y - step


def else_ends(x):
    y = x
    while True:
        y = np.sin(y) * x
        if y < 0.3:
            y = y * 1.5
        else:
            y = y + x
            break
    return y


def works_at_the_end(x):
    y = x
    n = 0
    while True:
        n += 1
        if n > 3:
            y = y * x * y
            break
        y = np.sin(y) + x
        if n == 2:
            y = y * y
    return y


def two_ends(x):
    y = x
    while True:
        y = np.sin(y) * x + y
        if y > 3.0:
            y = y * x
            break
        if y < 0.0:
            break
        y = y + x
    return y


def skips(x):
    y = x
    n = 0
    while True:
        n += 1
        if n % 2:
            y = y * x + 0.1
            continue
        if n > 4:
            y = y * y
            break
        y = np.sin(y)
    return y


def nested(x):
    y = x
    n = 0
    while True:
        m = 0
        while True:
            m += 1
            if m > n:
                y = y * x
                break
            y = np.sin(y) + x
        n += 1
        if n > 3:
            break
        y = y + 0.1
    return y


def in_a_loop(x):
    s = 0.0
    for k in range(3):
        y = x + k
        while True:
            y = np.sqrt(y)
            if y < 1.3:
                s = s + y * y
                break
    return s


def sometimes_ends(x):
    y = x
    n = 0
    while True:
        n += 1
        if n > 2:
            if y > 0.5:
                y = y * x
                break
            y = y + x
        y = np.sin(y) + 0.1
    return y


PROGRAMS = [newton, else_ends, works_at_the_end, two_ends, skips, nested, in_a_loop, sometimes_ends]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
@pytest.mark.parametrize("x", [0.7, 1.9])
def test_loops_that_a_branch_ends(f, x, facts):
    check(f, (x,), facts)


@pytest.mark.parametrize("f", [newton, in_a_loop], ids=name)
def test_no_flag_is_kept(f):
    assert "taken" not in s2sgrad.grad(f).source_for(0.7)
