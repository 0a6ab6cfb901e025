"""Slices of lists, lists and tuples joined, repeated and copied, and displays with stars."""

import numpy as np
import pytest
from language.check import FACTS, V, W, check, name


def del_slice(x, y):
    xs = [x, y, x * y, y * y]
    del xs[1:3]
    return xs[0] * xs[1]


def slice_read(x, y):
    xs = [x, y, x * y, y * y]
    a = xs[1:3]
    b = xs[::-1]
    return a[0] * a[1] + b[0] * b[3]


def slice_read_written(x, y):
    xs = [x, y, x * y, y * y]
    a = xs[1:3]
    a[0] = a[0] * a[1]
    xs[1] = x
    return a[0] * a[1] + xs[1] * xs[2]


def slice_write(x, y):
    xs = [x, y, x * y, y * y]
    xs[1:3] = [xs[2] * x, xs[1] * y]
    return xs[1] * xs[2] ** 2 + xs[0] * xs[3]


def slice_write_other_length(x, y):
    xs = [x, y, x * y, y * y]
    ys = xs
    xs[1:3] = [x * x, y * x, x * xs[2], y]
    ys[-2:] = [x]
    return sum(ys) * ys[2] ** 2 + xs[1]


def slice_write_step(x, y):
    xs = [x, y, x * y, y * y]
    xs[::2] = [y * xs[2], x * xs[0]]
    return xs[0] * xs[1] ** 2 + xs[2] * xs[3]


def slice_write_swap(x, y):
    xs = [x, y, x * y]
    for i in range(2):
        xs[i:i + 2] = [xs[i + 1], xs[i] * x]
    return xs[0] * xs[1] ** 2 + xs[2] ** 3


def concatenated(x, y):
    xs = [x, y]
    ys = xs + [x * y]
    zs = ys + xs
    return zs[0] * zs[2] + zs[4] ** 2


def concat_loop(x, y):
    xs = [x]
    for _ in range(3):
        xs = xs + [xs[-1] * y]
    return sum(xs) * xs[1]


def concat_tuples(x, y):
    t = (x, y)
    u = t + (x * y,)
    return u[0] * u[2] + u[1]


def concat_arrays(x, y):
    xs = [x, y]
    ys = xs + [x * y]
    return np.sum(ys[0] * ys[1] * ys[2] ** 2)


def repeated(x, y):
    xs = [x * y] * 3
    ys = [x, y] * 2
    zs = 2 * [y]
    return xs[0] * xs[1] * xs[2] + ys[0] * ys[3] + zs[0] * zs[1] ** 2


def repeat_n(x, y):
    n = 0
    for _ in range(3):
        n += 1
    xs = [x, y * y] * n
    return sum(xs) * xs[3]


def repeat_tuple(x, y):
    t = (x, y) * 2
    return t[0] * t[3] + t[2] ** 2


def repeat_written(x, y):
    xs = [0.0] * 4
    for i in range(4):
        xs[i] = x ** i * y
    return xs[1] * xs[2] + sum(xs)


def repeat_arrays(x, y):
    xs = [x * y] * 3
    return np.sum(xs[0] * xs[1] * xs[2])


def star_display(x, y):
    xs = [x, y]
    ys = [*xs, x * y]
    zs = [1.0, *ys, *xs]
    return zs[1] * zs[3] + zs[4] ** 2 + ys[2]


def star_tuple(x, y):
    t = (x, y)
    u = (*t, x * y)
    return u[0] * u[1] * u[2]


def reversed_list(x, y):
    xs = [x, y, x * y]
    s = 0.0
    for v in reversed(xs):
        s = s * x + v
    ys = list(reversed(xs))
    return s * ys[0] ** 2 * ys[2]


def list_of_list(x, y):
    xs = [x, y]
    ys = list(xs)
    ys[0] = ys[1] * x
    zs = list((x, y))
    return xs[0] * ys[0] * zs[1]


def tuple_of_list(x, y):
    xs = [x, y]
    t = tuple(xs)
    xs[0] = 3.0
    return t[0] * t[1] * xs[0]


def array_concat_written(x, y):
    xs = [x.copy()]
    ys = xs + [y.copy()]
    ys[0][0] = ys[1][1] ** 2
    xs[0][1] *= ys[0][0]
    zs = ys * 2
    zs[3][2] = zs[0][1]
    return np.sum(zs[0] * zs[1] ** 2) + np.sum(xs[0])


PROGRAMS = [
    (del_slice, (1.3, 0.4)), (slice_read, (1.3, 0.4)), (slice_read_written, (1.3, 0.4)), (slice_write, (1.3, 0.4)),
    (slice_write_other_length, (1.3, 0.4)), (slice_write_step, (1.3, 0.4)), (slice_write_swap, (1.3, 0.4)),
    (concatenated, (1.3, 0.4)), (concat_loop, (1.3, 0.4)), (concat_tuples, (1.3, 0.4)), (concat_arrays, (V, W)),
    (repeated, (1.3, 0.4)), (repeat_n, (1.3, 0.4)), (repeat_tuple, (1.3, 0.4)), (repeat_written, (1.3, 0.4)),
    (repeat_arrays, (V, W)), (star_display, (1.3, 0.4)), (star_tuple, (1.3, 0.4)), (reversed_list, (1.3, 0.4)),
    (list_of_list, (1.3, 0.4)), (tuple_of_list, (1.3, 0.4)), (array_concat_written, (V, W)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_list_slices(f, args, facts):
    check(f, args, facts)
