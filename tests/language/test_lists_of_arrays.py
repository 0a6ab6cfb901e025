"""`tolist`, `list` and `np.array` between arrays and lists."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name


def tolist_summed(x):
    return sum(x.tolist()) * x[0]


def tolist_indexed(x):
    xs = x.tolist()
    return xs[0] * xs[1] + sum(v * v for v in xs)


def tolist_of_rows(A):
    return sum(r[0] * r[1] for r in A.tolist())


def tolist_is_a_copy(x):
    a = x.copy()
    xs = a.tolist()
    a[0] = 5.0
    return xs[0] ** 2 + a[0] * xs[1]


def tolist_written(x):
    xs = x.tolist()
    xs[0] = xs[1] * 2.0
    xs.append(3.0)
    return sum(v * v for v in xs)


def tolist_of_rank_zero(x):
    return (x * x).tolist() * 2.0


def array_of_a_list_with_a_dtype(x):
    return np.sum(np.array([v * v for v in x], dtype=float))


PROGRAMS = [
    (tolist_summed, (V,)), (tolist_indexed, (V,)), (tolist_indexed, (V.astype(np.float32),)), (tolist_of_rows, (M,)),
    (tolist_is_a_copy, (V,)), (tolist_written, (V,)), (tolist_of_rank_zero, (np.array(0.7),)),
    (array_of_a_list_with_a_dtype, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_list(f, args, facts):
    check(f, args, facts)
