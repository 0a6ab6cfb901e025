"""Arrays filled by what is differentiated, single entries, statements that only read, functions that are kept."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError


def filled(x):
    return np.sum(np.full_like(x, x[0]) * x)


def filled_by_an_array(x):
    return np.sum(np.full_like(x, x[::-1]) ** 2 * x)


def filled_and_written(x):
    y = np.full_like(x, x[1] ** 2)
    y[0] = x[2]
    return np.sum(y * x)


def filled_with_a_number(x):
    return np.sum(np.full_like(x * 2.0, 3.0) * x)


def filled_with_options(x):
    y = np.full_like(x, x[0], dtype=float, shape=(2, 3))
    return np.sum(y**2)


def items(x):
    return x.item(0) * x.item(1) + x.item(-1) ** 2


def items_in_a_loop(x):
    s = 0.0
    for k in range(len(x)):
        s += x.item(k) ** 2
    return s


def items_of_a_matrix(x):
    return x.item(5) * x.item(1, 2) + x.item((2, -1)) ** 2 + x.T.item(5)


def only_read(x):
    y = x * 2.0
    y.shape
    y[0]
    x.T
    return np.sum(y)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [
    (filled, (V,)), (filled_by_an_array, (V,)), (filled_and_written, (V,)), (filled_with_a_number, (V,)),
    (filled_with_options, (V,)), (items, (V,)), (items_in_a_loop, (V,)), (items_of_a_matrix, (M,)), (only_read, (M,)),
    (only_read, (V,))], ids=name)
def test_agrees_with_central_differences(f, args, facts):
    check(f, args, facts)


def from_a_comprehension(x):
    fs = [lambda t, k=k: t * k for k in range(len(x))]
    return sum(f(x) for f in fs)


def from_a_loop(x):
    fs = []
    for k in range(len(x)):
        fs.append(lambda t, k=k: t * k)
    return sum(f(x) for f in fs)


def from_a_dict(x):
    fs = {}
    for k in range(len(x)):
        fs[k] = lambda t, k=k: t * k
    return fs[1](x)


@pytest.mark.parametrize("f, line", [(from_a_comprehension, 1), (from_a_loop, 3), (from_a_dict, 3)], ids=name)
def test_functions_that_a_loop_keeps_are_refused_at_their_place(f, line):
    with pytest.raises(UnsupportedError, match="A function that is made here") as refusal:
        grad(f)(V)
    assert refusal.value.origin.line == f.__code__.co_firstlineno + line
    assert "by its own name" in refusal.value.remedy


def test_what_to_write_instead():
    def power(t, k):
        return t**k

    def f(x):
        exponents = [k for k in range(4)]  # noqa: C416
        return sum(power(x, k) for k in exponents)

    assert grad(f)(2.0) == 1.0 + 4.0 + 12.0
