"""What is differentiated and would be rounded by an array of ints is refused, also where only the call tells."""

import numpy as np
import pytest
from language.check import check, name

from s2sgrad import grad
from s2sgrad.errors import NotDifferentiableError

MIXED = (1, 0.5)


def entries(x, i):
    c = MIXED[i]
    z = np.array([c, c])
    z[0] = x
    return z[0] * 2.0 + z[1]


def filled(x, i):
    z = np.full(3, MIXED[i] * 2)
    part = z[1:]
    part[0] = x * x
    return z[1] + z[0]


def copied_in_a_loop(x, i):
    s = 0.0
    for c in (MIXED[i], MIXED[i]):
        kept = np.array([c, c, c])
        z = kept.copy()
        z[2] = x * c
        s += np.sum(z)
    return s


PROGRAMS = [entries, filled, copied_in_a_loop]


@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_an_array_of_ints_is_refused_when_it_is_made(f):
    with pytest.raises(NotDifferentiableError, match="an array of int64, which would round it"):
        grad(f)(1.7, 0)


@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_an_array_of_floats_is_right(f):
    check(f, (1.7, 1), "call")


def beside_a_float(x, i):
    z = np.array([MIXED[i], x, 2.0])
    z[0] = x * x
    return np.sum(z)


def test_no_question_where_a_float_is_among_the_entries():
    assert "require_floats" not in grad(beside_a_float).source_for(1.7, 0)
    check(beside_a_float, (1.7, 0), "call")
