"""The gradient of a list of arrays is a list of arrays of their dtypes, with or without a last cast."""

import numpy as np
import pytest
from language.check import name

import s2sgrad


def first(x):
    return np.sum(x[0])


def each(x):
    s = 0.0
    for v in x:
        s = s + np.sum(np.sin(v))
    return s


def stacked(x):
    return np.sum(np.stack(x) ** 2) + np.linalg.norm(np.hstack(x))


def joined(x):
    y = x[::-1] + x
    return np.sum(y[0] * y[1])


def converted(x):
    return np.sum(x[0] * x[0].mean() + np.array(x)[1])


def put(x):
    x[0] = x[1]
    x.append(x[0] * 2)
    return np.sum(x[2] * x[0])


def written(x):
    x[0][:] = np.sin(x[1])
    return np.sum(x[1] * x[0])


def turned_round(x):
    x.reverse()
    return np.sum(x[1] * x[0] ** 2)


def summed(x):
    return np.sum(sum(x) * x[0])


def sometimes(x):
    return 1.0 if len(x) > 5 else np.sum(x[0] @ x[1])


def shrinking(x):
    while len(x) > 1:
        x = [p * q for p, q in zip(x[:-1], x[1:], strict=True)]
    return np.sum(x[0])


def broadcast(x):
    return np.mean(np.broadcast_to(x[0], (3, 2)))


PROGRAMS = [first, each, stacked, joined, converted, put, written, turned_round, summed, sometimes, shrinking,
            broadcast]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_arrays_in_a_list(f, dtype):
    x = [np.array([1.0, 2.0], dtype), np.array([0.3, 0.4], dtype)]
    found = s2sgrad.grad(f)(x)
    assert type(found) is list
    assert [(type(g), g.dtype, g.shape) for g in found] == [(np.ndarray, np.dtype(dtype), (2,))] * 2
    if dtype == "float64":
        s2sgrad.check_grads(f, (x,))


def test_arrays_of_float64_need_no_cast():
    assert "cast_like" not in s2sgrad.grad(each).source_for([np.ones(2), np.ones(2)])
    assert "cast_like" in s2sgrad.grad(each).source_for([np.ones(2, "float32"), np.ones(2, "float32")])
    assert "cast_like" in s2sgrad.grad(lambda x: x[0] * 2.0).source_for([1.0, 2.0])
