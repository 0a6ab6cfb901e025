"""`with np.errstate(...)`, `warnings.catch_warnings()`: the statements are differentiated, both sweeps are silent."""

import warnings

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad, value_and_grad


def logarithms(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0.0, np.log(x), 0.0)
    return np.sum(y**2)


def return_inside(x):
    for k in range(3):
        with np.errstate(over="ignore", under="warn"):
            if x[k] > 1.0:
                return np.exp(x[k])
            x = x * 1.5
    return np.sum(x)


def square_root(x):
    with np.errstate(all="ignore"), np.errstate(divide="ignore"):
        return np.sqrt(x)


def in_a_helper(x):
    s = 0.0
    for k in range(3):
        s += square_root(x[k]) ** 3
    return s


def filtered(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = np.log(x)
    return np.sum(np.where(x > 0.0, y, 0.0) ** 2)


X = np.array([0.5, 0.3, 0.9])


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [logarithms, return_inside, in_a_helper, filtered], ids=name)
def test_statements_count(f, facts):
    check(f, (X,), facts)


@pytest.mark.parametrize("f", [logarithms, filtered], ids=name)
def test_both_sweeps_are_silent(f):
    x = np.array([0.5, -0.3, 0.9])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, slope = value_and_grad(f)(x)
    np.testing.assert_allclose(value, np.sum(np.log(x[[0, 2]]) ** 2))
    assert slope[1] == 0.0
    np.testing.assert_allclose(slope[[0, 2]], 2.0 * np.log(x[[0, 2]]) / x[[0, 2]])


def test_it_is_printed():
    made = grad(logarithms).source_for(X)
    assert "@np.errstate(divide='ignore', invalid='ignore')\ndef logarithms_grad(" in made
    assert "@np.errstate(all='ignore')" in grad(in_a_helper).source_for(X)


def test_others_warn():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        grad(lambda x: np.sum(np.log(x)))(np.array([0.0, 1.0]))
