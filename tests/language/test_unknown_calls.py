"""Calls of which nothing is known are named, at their line, whatever else is written."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad
from s2sgrad.errors import UnknownFunctionError


def behind_a_write(x):
    a = x * 1.0
    a[0] = 2.0
    n = np.i0(a)
    return np.sum(n)


def in_a_sum(x):
    a = x * 1.0
    a[0] = 2.0
    n = 1.0 + np.subtract.reduce(a)
    return n * a[1]


def before_a_write(x):
    u = np.i0(x)
    out = 2.0 * u
    out[1:] += u[:-1]
    return np.sum(out**2)


@pytest.mark.parametrize("f, called, line", [(behind_a_write, "np.i0", 3), (in_a_sum, "np.subtract.reduce", 3),
                                             (before_a_write, "np.i0", 1)], ids=name)
def test_refused_by_name(f, called, line):
    with pytest.raises(UnknownFunctionError, match=rf"Nothing is known of `{called}`") as refusal:
        grad(f)(V)
    assert refusal.value.origin.line == f.__code__.co_firstlineno + line


def log_of_a_sum(x):
    a = x * 1.0
    a[0] = 2.0
    return np.logaddexp.reduce(a) + a[1]


def log_of_sums(x):
    return np.sum(np.logaddexp.reduce(np.outer(x, x), axis=1) ** 2)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [log_of_a_sum, log_of_sums], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (V,), facts)
