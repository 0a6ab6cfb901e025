"""What is an int in one place and a float in another counts as a float, but no test of its type is decided by that."""

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad.analyse.instances import is_instance
from s2sgrad.analyse.joins import join
from s2sgrad.core.kinds import Number


def entries_of_a_list(x):
    s = 0.0
    for c in [2, 3.0]:
        if isinstance(c, int):
            s += c * x
        else:
            s += x * x * c
    return s


def entries_of_a_parameter(x, values):
    s = 0.0
    for c in values:
        if isinstance(c, bool):
            s += x
        elif isinstance(c, float):
            s += c * x
        else:
            s += x * x * c
    return s


def of_a_branch(x, k):
    c = 2 if k > 0 else 3.0
    d = c + 1
    if isinstance(d, float):
        return x * d
    return x * x * d


def of_a_loop(x, n):
    s = 0
    t = 0.0
    for _ in range(n):
        if isinstance(s, int):
            t += x
        else:
            t += x * x
        s = s + x
    return t


def of_a_power(x, n):
    c = 2 ** n
    if isinstance(c, int):
        return x * c
    return x * x * c


def of_an_extremum(x, k):
    c = max(k, 2.5)
    if isinstance(c, float):
        return x * c
    return x * x * c


def chosen(c, x):
    if isinstance(c, float):
        return x * c
    return x * x


def of_a_helper(x, values):
    return sum(chosen(c, x) for c in values)


def product(t, x):
    if isinstance(t, int):
        return t * x
    if isinstance(t, float):
        return t * x * x
    return product(t[0], x) + product(t[1], x) * 2.0


def of_a_recursion(x, tree):
    return product(tree, x)


def dict_in_a_loop(x, values):
    s = 0.0
    for key in values:
        s += x * values[key] ** 2
    return s


def items_in_a_loop(x, values):
    s = 0.0
    for _, v in values.items():
        s += x * v
    return s


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [
    (entries_of_a_list, (1.5,)),
    (entries_of_a_parameter, (1.5, [2, 3.0, True])),
    (entries_of_a_parameter, (1.5, [2.0, 3.0])),
    (of_a_branch, (1.5, 1)),
    (of_a_branch, (1.5, -1)),
    (of_a_loop, (1.5, 3)),
    (of_a_power, (1.5, 2)),
    (of_a_power, (1.5, -2)),
    (of_an_extremum, (1.5, 2)),
    (of_an_extremum, (1.5, 3)),
    (of_a_helper, (1.5, [1, 2.0])),
    (of_a_recursion, (1.5, [[1, 2.0], [3.0, 4.0]])),
    (dict_in_a_loop, (1.5, {"a": 1, "b": 2.0, "c": 3.0})),
    (items_in_a_loop, (1.5, {"a": 1, "b": 2.0, "c": 3.0})),
], ids=name)
def test_agrees_with_central_differences(f, args, facts):
    check(f, args, facts)


INT, FLOAT = Number("int", True), Number("float64", True)


@pytest.mark.parametrize("kind, cls, expected", [
    (FLOAT, float, True),
    (FLOAT, int, False),
    (join(INT, FLOAT, ""), float, None),
    (join(INT, FLOAT, ""), int, None),
    (join(INT, FLOAT, ""), (int, float), True),
    (join(INT, FLOAT, ""), np.ndarray, False),
    (join(FLOAT, Number("float64"), ""), np.floating, None),
    (join(FLOAT, Number("float64"), ""), list, False),
    (join(FLOAT, Number("float64"), ""), int, False),
    (join(Number("float32"), Number("complex64"), ""), int, False),
    (join(Number("float32"), Number("complex64"), ""), complex, None),
])
def test_decided_where_all_types_agree(kind, cls, expected):
    assert is_instance(kind, cls) is expected
