"""Values that are None or a number: first results, values of the trip before, functions that find nothing."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def best_so_far(x):
    best = None
    for k in range(len(x)):
        value = np.sin(x[k]) * x[k]
        if best is None or value > best:
            best = value
    return best * 2.0


def value_of_the_trip_before(x):
    before, total = None, 0.0
    for k in range(len(x)):
        if before is not None:
            total += (x[k] - before) ** 2
        before = x[k] * 1.5
    return total


def sum_that_starts_empty(x):
    total = None
    for k in range(3):
        term = x * np.sin(x * k)
        total = term if total is None else total + term
    return np.sum(total**2)


def first_above(x, limit):
    for k in range(len(x)):
        if x[k] > limit:
            return x[k] ** 2
    return None


def found_or_not(x, limit):
    found = first_above(x, limit)
    if found is None:
        return np.sum(x)
    return found * x[0]


def found_in_a_loop(x):
    total = 0.0
    for k in range(4):
        found = first_above(x * 0.5, 0.3 * k)
        if found is not None:
            total += found * np.cos(x[k])
        else:
            total += x[k]
    return total


def option(x, weight=None):
    if weight is not None and len(x) > 1:
        return np.sum(weight * x)
    return np.sum(x)


PROGRAMS = [(best_so_far, (V,)), (value_of_the_trip_before, (V,)), (sum_that_starts_empty, (V,)),
            (found_or_not, (V, 1.0)), (found_or_not, (V, 9.0)), (found_in_a_loop, (V,)), (option, (V,)),
            (option, (V, V[::-1].copy()))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_optional(f, args, facts):
    check(f, args, facts)
