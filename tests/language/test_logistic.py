"""The logistic function: differentiated by its result, printed as it was written."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad


def plain(x):
    return np.sum(1.0 / (1.0 + np.exp(-x)))


def of_integers(x):
    return np.sum(1 / (1 + np.exp(-x)) * x)


def scaled(x, k, x0):
    return np.sum(1 / (1 + np.exp(-k * (x - x0))) * x)


def falling(x, k):
    return np.sum(x / 2.0 * (1.0 / (1.0 + np.exp(k * x))))


def in_a_loop(x):
    for _ in range(3):
        x = 1.0 / (1.0 + np.exp(-2.0 * x))
    return np.sum(x)


def written(x):
    y = np.zeros_like(x)
    for i in range(1, len(x)):
        y[i] = 1.0 / (1.0 + np.exp(-x[i] * y[i - 1]))
    y[:2] = 1.0 / (1.0 + np.exp(-y[:2]))
    return np.sum(y**2)


def complex_between(x, k):
    return np.sum(np.abs(1 / (1 + np.exp(-k * x * 1j))) ** 2)


def no_logistic(x):
    return np.sum(2.0 / (1.0 + np.exp(-x))) + np.sum(1.0 / (2.0 + np.exp(-x)))


PROGRAMS = [(plain, (V,)), (plain, (0.4,)), (plain, (np.array(0.4),)), (of_integers, (V,)), (scaled, (V, 1.3, -0.2)),
            (falling, (V, 0.7)), (in_a_loop, (V,)), (written, (V,)), (complex_between, (V / 3.0, 0.3)),
            (no_logistic, (V,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_right(f, args, facts):
    check(f, args, facts)


def test_text():
    source = grad(in_a_loop).source_for(V)
    assert "1.0 / (1.0 + np.exp(-2.0 * x))" in source
    assert "exp_record" not in source
    assert "1 / (1 + np.exp(-x))" in grad(of_integers).source_for(V)


def test_ends():
    with np.errstate(over="ignore"):
        given = grad(plain)(np.array([-np.inf, -800.0, 800.0, np.inf, np.nan]))
    np.testing.assert_array_equal(given, [0.0, 0.0, 0.0, 0.0, np.nan])


def test_single_precision():
    assert grad(plain)(np.float32(V)).dtype == np.float32
    assert grad(in_a_loop)(np.float32(V)).dtype == np.float32
