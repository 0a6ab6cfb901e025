"""Limits of dtypes are numbers of known kinds."""

import sys

import numpy as np
import pytest
from language.check import FACTS, check, name

V = np.array([1.0, 2.0])


def of_float(x):
    y = x + 10 * np.finfo(float).eps
    y[0] *= 2.0
    return y.sum()


def of_the_argument(x):
    y = x / (x + np.finfo(x.dtype).tiny)
    y[0] *= 2.0
    return y.sum() * x[0]


def of_python(x):
    y = x + sys.float_info.epsilon
    y[0] *= 2.0
    return y.sum()


def of_integers(x):
    y = x * np.iinfo(np.int32).max / 1e9
    y += 1.0
    return y.sum()


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [of_float, of_the_argument, of_python, of_integers], ids=name)
def test_gradients(f, facts):
    check(f, (V,), facts)
