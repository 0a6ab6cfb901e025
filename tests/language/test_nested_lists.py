"""Lists in lists, and lists of arrays that are written."""

import numpy as np
import pytest
from language.check import FACTS, V, W, check, name


def nested_written(x, y):
    rows = [[x, y], [x * y, 1.0]]
    rows[1][1] = rows[0][0] * rows[1][0]
    rows[0][1] *= y
    return rows[1][1] * rows[0][1] + rows[1][0]


def nested_zeros(x, y):
    t = [[0.0] * 3 for _ in range(3)]
    for i in range(3):
        for j in range(3):
            t[i][j] = x * i + y ** j
    for i in range(1, 3):
        for j in range(1, 3):
            t[i][j] += t[i - 1][j - 1] * t[i][j - 1]
    return t[2][2] * t[1][0]


def nested_row_rebound(x, y):
    rows = [x * 1.0, y * 1.0]
    v = rows[0] * rows[1]
    rows[0] = rows[0] + v
    rows[1][2] = rows[0][1]
    rows[0][1] = 3.0 * v[0]
    return np.sum(rows[0] * rows[1])


def nested_rows_appended(x, y):
    rows = []
    for i in range(3):
        row = []
        for j in range(i + 1):
            row.append(x * j + y * i)
        rows.append(row)
    s = 0.0
    for row in rows:
        for v in row:
            s += v * v
    return s * rows[2][1]


def zip_lists(x, y):
    s = 0.0
    for a, b in zip([x, y], [y, x * y]):  # noqa: B905
        s += a * b
    return s


def arrays_of_lists(x, y):
    rows = [[x, y], [x * y, 2.0]]
    a = np.array(rows)
    b = np.array([x, y])
    return np.sum(a @ b) + np.sum(np.stack([a[0], b]) ** 2) + np.sum(np.concatenate(rows))


def shared_arrays(x, y):
    xs = [x.copy(), y.copy()]
    a, b = xs[0], xs[1]
    a[0] = b[1] ** 2
    xs[1][2] *= a[0]
    return np.sum(xs[0] * b)


def twice(x, y):
    a = x * y
    xs = [a, a]
    xs[0][1] = 3.0 * xs[1][0]
    return np.sum(xs[1] ** 2) + np.sum(xs[0])


def bubble(x, y):
    a, b = x.copy(), y.copy()
    xs = [a, b]
    for i in range(3):
        xs[0][i] = xs[1][i] * xs[0][i + 1]
        xs[0], xs[1] = xs[1], xs[0]
    return np.sum(xs[0] * a) + np.sum(xs[1] ** 2)


def array_pop_written(x, y):
    xs = [x.copy(), y.copy()]
    a = xs.pop()
    a[1] = a[0] ** 2
    xs.append(a)
    xs[0][0] = a[1]
    xs.insert(0, a * 2.0)
    return np.sum(xs[0] * xs[1] * xs[2])


def array_concat_written(x, y):
    xs = [x.copy()]
    ys = xs + [y.copy()]
    ys[0][0] = ys[1][1] ** 2
    xs[0][1] *= ys[0][0]
    zs = ys * 2
    zs[3][2] = zs[0][1]
    return np.sum(zs[0] * zs[1] ** 2) + np.sum(xs[0])


def array_extend_written(x, y):
    xs = [x.copy()]
    ys = [y.copy(), x * y]
    xs.extend(ys)
    xs[1][0] = xs[0][0] ** 2
    ys[1][1] *= xs[1][0]
    xs[1:2] = [ys[1], xs[0]]
    xs[1][3] = 2.0 * xs[2][1]
    return np.sum(xs[0] * xs[1] ** 2) + np.sum(ys[0] * xs[3])


def history(x, y):
    u = x.copy()
    hist = [u.copy()]
    for _ in range(3):
        u[1:] = u[1:] * u[:-1] + y[1:]
        hist.append(u.copy())
    s = 0.0
    for h in hist[1:]:
        s += np.sum(h ** 2)
    return s + np.sum(hist[-1] * hist[0])


PROGRAMS = [
    (nested_written, (1.3, 0.4)), (nested_zeros, (1.3, 0.4)), (nested_row_rebound, (V, W)),
    (nested_rows_appended, (1.3, 0.4)), (zip_lists, (1.3, 0.4)), (arrays_of_lists, (1.3, 0.4)),
    (shared_arrays, (V, W)), (twice, (V, W)), (bubble, (V, W)), (array_pop_written, (V, W)),
    (array_concat_written, (V, W)), (array_extend_written, (V, W)), (history, (V, W)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_nested_lists(f, args, facts):
    check(f, args, facts)
