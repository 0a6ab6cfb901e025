"""One variable for several purposes: a number first and an array later, updated in place at both times."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name


def number_then_view(A):
    a = A.copy()
    b = a.ravel()
    c = b[1]
    c *= 2.0
    a[:] *= a[::-1, 2].sum() * c
    c = a.T
    return np.sum(c**2)


def number_then_array(x):
    a = x.copy()
    c = a[1]
    a[0] += c
    c += a[1:]
    d = c
    c *= a[0]
    return np.sum(a * a) + np.sum(c * d)


def number_then_array_in_a_branch(x):
    a = x.copy()
    c = a[1]
    if x[0] > 0.0:
        c += a[1:3]
        c *= 2.0
    else:
        c += 3.0
    a[2] = 0.0
    return np.sum(a * a) + np.sum(c)


def number_then_array_in_a_loop(x):
    s = 0.0
    for k in range(3):
        c = x[k]
        c += x
        c *= x[0]
        s += np.sum(c * c)
    return s


def store_that_nobody_reads(A):
    a = A.copy()
    b = a * 1.1
    b[..., :] += 0.7 * a + np.cos(b[..., 2:3])
    return np.sum(a**2)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), [
    (number_then_view, (M,)), (number_then_array, (V,)), (number_then_array_in_a_branch, (V,)),
    (number_then_array_in_a_loop, (V,)), (store_that_nobody_reads, (M,)),
], ids=name)
def test_one_variable_several_purposes(f, args, facts):
    check(f, args, facts)
