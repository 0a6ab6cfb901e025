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


def picked(x):
    return x[0] * x[-1] + np.sin(x[1])


def looped(x):
    total = 0.0
    for v in x:
        total += np.exp(v) * v
    return total


def chosen(x):
    return x[1] * x[1] if x[0] > 0.0 else x[0] + 0.0 * x[1]


def lined_up(x):
    v = np.hstack(x)
    return np.sum(v * v[::-1])


def as_array(x):
    return np.sum(np.array(x) ** 2)


def cut(x):
    a = x[1:]
    return a[0] * a[1] + x[0]


def of_keys(x):
    return sum(x[k] ** 2 for k in x) + x["a"]


def halved(x, t):
    if t > 0.5:
        return x[0] * t
    a, b = halved(x, t * 2.0), x[1] * t
    return a * b


def through_a_recursion(x):
    return halved(x, 0.2)


def with_itself(x):
    y = x + [2.0]
    y[0] = x[1] * 2.0
    return y[0] * y[1] * y[2]


NUMBERS = [picked, looped, chosen, lined_up, as_array, cut, through_a_recursion, with_itself]


def keyed(xs):
    return dict(zip("abc", xs, strict=True))


@pytest.mark.parametrize("make", [list, tuple, keyed], ids=["list", "tuple", "dict"])
@pytest.mark.parametrize("number", [float, np.float64], ids=["float", "float64"])
@pytest.mark.parametrize("f", [*NUMBERS, of_keys], ids=name)
def test_numbers_stay_numbers(f, number, make):
    x = make([number(v) for v in (0.5, 1.5, 0.25)])
    if isinstance(x, dict) != (f is of_keys) or isinstance(x, tuple) and f is with_itself:
        return
    found = s2sgrad.grad(f)(x)
    assert type(found) is type(x)
    assert all(isinstance(g, float) for g in (found.values() if isinstance(x, dict) else found))
    s2sgrad.check_grads(f, (x,))


def test_numbers_need_no_cast_where_each_is_added_to():
    assert "cast_like" not in s2sgrad.grad(picked).source_for([1.0, 2.0])
    assert "cast_like" not in s2sgrad.grad(looped).source_for([1.0, 2.0])
    assert "cast_like" not in s2sgrad.grad(of_keys).source_for({"a": 1.0, "b": 2.0})
    assert "cast_like" in s2sgrad.grad(lined_up).source_for([1.0, 2.0])                 # arrays of rank 0
    assert "cast_like" in s2sgrad.grad(picked).source_for((1.0, 2.0))
    assert "cast_like" in s2sgrad.grad(picked).source_for([1.0, 2])
    assert "cast_like" in s2sgrad.grad(picked).source_for([np.float32(1.0), np.float32(2.0)])
    assert "cast_like" in s2sgrad.grad(picked).source


def test_integers_among_the_numbers():
    assert s2sgrad.grad(looped)([2, 1.0]) == [None, pytest.approx(2.0 * np.e)]
    found = s2sgrad.grad(picked)([np.float32(0.5), 2.0, 1.0])
    assert [type(g) for g in found] == [np.float32, float, float]
