"""Keys of dicts that are differentiated may be looked up; where they are read as numbers, they are refused."""

import copy

import numpy as np
import pytest

from s2sgrad import check_grads, grad
from s2sgrad.errors import UnsupportedError

X = np.array([0.7, 1.3])


def run_through(x):
    total = 0.0
    for key in {x[0]: 1.0, x[1]: 2.0}:
        total += key
    return total


def items(x):
    table = {}
    for v in x:
        table[v * 2.0] = v
    return sum(key * value for key, value in table.items())


def largest(x):
    return max({x[0]: 1.0, x[1]: 2.0}) * 2.0


def unpacked(x):
    one, other = {x[0]: 1.0, x[1]: 2.0}
    return one * other


def of_a_copy(x):
    table = {v * 2.0: v for v in x}
    return sum(dict(table))


def of_a_deep_copy(x):
    return sum(copy.deepcopy({x[0]: 1.0}))


def of_a_spread_one(x):
    table = {x[0]: 1.0}
    return sum({**table, x[1]: 2.0})


def of_a_union(x):
    return sum({x[0]: 1.0} | {})


def of_an_updated_one(x):
    table, other = {x[0]: 1.0}, {}
    other.update(table)
    return sum(other)


def of_one_in_a_list(x):
    boxes = []
    for v in x:
        boxes.append({v: 1.0})
    return sum(sum(table) for table in boxes)


def of_tuples(x):
    total = 0.0
    for number, times in {(x[0], 1): 1.0, (x[1], 2): 2.0}:
        total += number * times
    return total


def of_a_named_tuple_of_numbers(x):
    key = (x[0], 2)
    for found in {key: 1.0}:
        return found[0] * 2.0


def of_a_stored_tuple(x):
    table = {}
    table[x[0], 1] = x[1]
    return sum(key[0] for key in table)


def by_default(x):
    table = {}
    table.setdefault(x[0], 1.0)
    return sum(table)


@pytest.mark.parametrize("function", [
    run_through, items, largest, unpacked, of_a_copy, of_a_deep_copy, of_a_spread_one, of_a_union, of_an_updated_one,
    of_one_in_a_list, of_tuples, of_a_named_tuple_of_numbers, of_a_stored_tuple, by_default,
])
def test_keys_that_are_read_are_refused(function):
    with pytest.raises(UnsupportedError, match="The keys of a dict are read"):
        grad(function)(X)


def remembered(x):
    memo = {}
    for v in x:
        if v not in memo:
            memo[v] = v * v
    return sum(memo.values())


def remembered_by_tuples(x):
    memo, names = {(x[0], 1): x[1]}, {"q": 2.0}
    return sum(memo.values()) * sum(names[key] for key in names)


@pytest.mark.parametrize("function", [remembered, remembered_by_tuples])
def test_keys_that_are_looked_up(function):
    check_grads(function, (X,))
