"""print, assert and raise: in the forward sweep only, with the very same exceptions.

PYTEST_DONT_REWRITE: the programs' own asserts would get other messages.
"""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad, value_and_grad


def printing(x):
    y = x * x
    print("y", y, f"{x:.2f}", sep="|")
    return y * x


def printing_in_a_loop(x):
    for i in range(3):
        x = np.sin(x) + x
        print(i, f"{x:.3f}")
    return x


def asserting(x):
    assert x > 0.0, f"x is {x}"
    return x**3


def raising(x, kind):
    if kind == 1:
        raise ValueError(f"bad x: {x}")
    elif kind == 2:
        raise KeyError("k") from None
    return x * x


def raising_in_a_loop(x):
    for i in range(5):
        if x[i] < -2.0:
            raise ArithmeticError(i)
        x[i] = x[i] ** 2
    return np.sum(x)


def raise_after_else(x):
    if x > 1.0:
        y = x * x
    else:
        raise RuntimeError
    return y


def division(x):
    return 1.0 / x


def beyond_the_end(x):
    return x[7] * x[0]


PROGRAMS = [(printing, (1.3,)), (printing_in_a_loop, (1.3,)), (asserting, (1.3,)), (raising, (1.3, 0)),
            (raising_in_a_loop, (V,)), (raise_after_else, (1.3,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_effect(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize(("f", "args"), [(printing, (1.3,)), (printing_in_a_loop, (1.3,))], ids=name)
@pytest.mark.parametrize("make", [grad, value_and_grad])
def test_prints_once_and_in_order(f, args, make, capsys):
    f(*args)
    expected = capsys.readouterr().out
    make(f)(*args)
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(("f", "args"), [
    (asserting, (-1.3,)), (raising, (1.3, 1)), (raising, (1.3, 2)), (raising_in_a_loop, (np.full(5, -3.0),)),
    (raise_after_else, (0.3,)), (division, (0.0,)), (beyond_the_end, (V,)),
], ids=name)
def test_exceptions_are_those_of_the_primal(f, args):
    with pytest.raises(Exception) as expected:
        f(*args)
    with pytest.raises(type(expected.value)) as raised:
        value_and_grad(f)(*args)
    assert type(raised.value) is type(expected.value) and raised.value.args == expected.value.args
