"""Loops: over ranges, arrays and containers, and what they carry."""

import numpy as np
from lowering.programs_registry import M, S, V, W, listed

CASES, program = listed()
VECTORS = (V,), (-V,)


# ---------------------------------------------------------------- ranges
@program((V,), (V[:1],))
def range_of_a_length(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] ** 2
    return s


@program((V, 0), (V, 3), (V, 5))
def range_of_an_argument(x, n):
    s = x[0]
    for i in range(n):
        s = np.sin(s) * x[i]
    return s


@program((V,), (W,))
def step(x):
    s = 1.0
    for i in range(1, len(x), 2):
        s *= x[i]
    return s


@program((V,), (W,))
def negative_step(x):
    s = 1.0
    for i in range(len(x) - 1, 0, -2):
        s = s * x[i] + i * x[0]
    return s


@program((V,), (W,))
def reversed_range(x):
    s = 1.0
    for i in reversed(range(len(x))):
        s = s * x[i] + i
    return s


@program((M,), (S,))
def nested_loops(A):
    s = 0.0
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            s += A[i, j] ** 2 * (i + 1)
    return s


@program((V,), (V[:1],))
def triangle_above(x):
    s = 0.0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            s += np.exp(-((x[i] - x[j]) ** 2))
    return s


@program((V,), (W,))
def triangle_that_records(x):
    s = 1.0
    for i in range(4):
        for j in range(i):
            s = np.sin(s) + x[i] * x[j]
    return s


@program((V,), (W,))
def triangle_of_three(x):
    s = 1.0
    for i in range(4):
        for j in range(i):
            for k in range(j):
                s = np.sin(s) + x[i] * x[j] * x[k]
    return s


@program((V,), (W,))
def triangle_downwards(x):
    s = 1.0
    for i in range(4):
        for j in range(i, -1, -1):
            s = np.sin(s) + x[j] * x[i]
    return s


@program((V, np.array([0, 2, 2])), (V, np.array([1, 4, 0])))
def bound_from_an_array(x, n):
    s = 0.0
    for k in range(n[1]):
        s += x[k] ** 2
    return s


@program((V,), (W,))
def index_behind_the_loop(x):
    s = 0.0
    for i in range(3):
        s += x[i]
    return s * x[i]


@program((V,), (W,))
def value_first_set_inside(x):
    for i in range(3):
        y = x[i] ** 2
    return y


@program((V, 0), (V, 3))
def value_overwritten_inside(x, n):
    y = 1.0
    for i in range(n):
        y = x[i] ** 2
    return y * x[0]


# ---------------------------------------------------------------- what is carried
@program((V,), (W,))
def integer_start_of_a_sum(x):
    s = 0
    for i in range(5):
        s = s + x[i] ** 2
    return s


@program((V,), (W,))
def integer_carried(x):
    k = 0
    s = 0.0
    for i in range(5):
        s += x[k] * x[i]
        k = (k + 2) % 5
    return s


@program(*VECTORS)
def counter(x):
    k = 0
    s = 0.0
    for v in x:
        if v > 0:
            k += 1
            s += v * k
    return s / (k + 1)


@program(*VECTORS)
def truth_value_carried(x):
    seen = False
    s = 0.0
    for v in x:
        if seen:
            s += v**2
        if v > 0.5:
            seen = True
    return s + x[0]


@program(*VECTORS)
def or_carried(x):
    seen = False
    s = 0.0
    for v in x:
        seen = seen or v > 0.5
        s += v * v if seen else v
    return s


@program((V,), (W,))
def pair_that_moves_on(x):
    a, b = x[0], x[1]
    for _ in range(4):
        a, b = b, a * b
    return a + b


@program((V,), (W,))
def three_that_change_places(x):
    a, b, c = x[0], x[1], x[2]
    for _ in range(4):
        a, b, c = b * c, c, a
    return a + b * c


@program(*VECTORS)
def largest_so_far(x):
    best, where = x[0], 0
    for i in range(1, len(x)):
        if x[i] > best:
            best, where = x[i], i
    return best * 2 + x[where] * where


@program((V,), (W,))
def parameter_bound_anew(x):
    for i in range(3):
        x = x * x[i]
    return np.sum(x)


@program((V, W), (W, V))
def leapfrog(q, p):
    for _ in range(4):
        p = p - 0.1 * q
        q = q + 0.1 * p
        p = p - 0.1 * np.sin(q)
    return np.sum(q**2) + np.sum(p**2)


@program((V[:3], S), (W[:3], S))
def recurrent_network(h, weights):
    for _ in range(4):
        h = np.tanh(weights @ h)
    return np.sum(h**2)


# ---------------------------------------------------------------- integers of the loop
@program((V,), (W,))
def branch_on_the_index(x):
    s = 0.0
    for i in range(5):
        if i == 0:
            s = x[i] * 2
        elif i % 2:
            s *= x[i]
        else:
            s += x[i] * x[i - 1]
    return s


@program((V,), (W,))
def integer_arithmetic(x):
    s = 0.0
    for i in range(-3, 3):
        s += x[0] * (i // 2) + x[1] * (i % 3) + x[2] * (i / 2) + x[3] * abs(i) - x[4] * -i
    return s


@program((V,), (W,))
def bits(x):
    s = 0.0
    for i in range(4):
        s += x[i & 1] + x[i ^ 1] * (~i) + x[i] * (i >> 1)
    return s


@program((np.array([0.0, 1.0, -2.0]),), (V,))
def index_as_exponent(x):
    s = 0.0
    for i in range(4):
        s += np.sum(x**i)
    return s


@program((V,), (W,))
def binomial_coefficients(x):
    s = 0.0
    c = 1.0
    for k in range(6):
        s += c * x[0] ** k
        c = c * (5 - k) / (k + 1)
    return s


# ---------------------------------------------------------------- what loops run through
@program((V,), (W,))
def entries(x):
    s = 0.0
    for v in x:
        s += v**3
    return s


@program((V,), (W,))
def entries_from_the_end(x):
    s = 1.0
    for v in x[::-1]:
        s = s * v + 1
    return s


@program((M,), (S,))
def rows(A):
    s = 0.0
    for row in A:
        s += row @ row * row[0]
    return s


@program((M,), (S,))
def entries_of_rows(A):
    s = 0.0
    for row in A:
        for v in row:
            s += v**3
    return s


@program((V, W), (V, W[:3]))
def zip_of_arrays(x, y):
    s = 0.0
    for a, b in zip(x, y):  # noqa: B905
        s += a * b**2
    return s


@program((V,), (W,))
def zip_of_neighbours(x):
    s = 0.0
    for a, b in zip(x[:-1], x[1:]):  # noqa: B905
        s += (b - a) ** 2
    return s


@program((V,), (W,))
def enumerate_from_one(x):
    s = 0.0
    for i, v in enumerate(x, 1):
        s += v**2 / i
    return s


@program((V, W), (W, V))
def enumerate_of_zip(x, y):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, y)):  # noqa: B905
        s += i * a * b
    return s


@program(([V, W],), ([V[:2], W],))
def list_of_arrays(arrays):
    s = 0.0
    for a in arrays:
        s += np.sum(a**2)
    return s


@program((V[:3], [S, 2 * S]), (V[:3], [S, S[:2]]))
def layers(x, weights):
    for w in weights:
        x = np.tanh(w @ x)
    return np.sum(x)


@program(([1.0, 2.0, 3.0],), ((1.0, 2.0),))
def list_of_floats(numbers):
    s = 0.0
    for v in numbers:
        s += v**2
    return s


@program(([V, W, V],), ([W, V],))
def list_by_index(arrays):
    s = 0.0
    for i in range(len(arrays) - 1):
        s += np.sum(arrays[i] * arrays[i + 1])
    return s


@program((V, [0, 2, 2]), (V, (1,)))
def list_of_indices(x, indices):
    s = 0.0
    for k in indices:
        s += x[k] ** 2
    return s


@program((V, np.array([0, 2, 2])), (V, np.array([4])))
def array_of_indices(x, indices):
    s = 0.0
    for k in indices:
        s += x[k] ** 2
    return s


@program(({"a": 1.0, "b": V},), ({"a": V},))
def keys_of_a_dict(parts):
    s = 0.0
    for k in parts:
        s += np.sum(parts[k] ** 2)
    return s


@program((V,), (W,))
def literal_tuple(x):
    s = 0.0
    for c in (1.0, 2.0, 3.0):
        s += c * x[0] ** c
    return s


@program((V,), (W,))
def literal_pairs(x):
    s = 0.0
    for i, j in [(0, 1), (1, 2)]:
        s += x[i] * x[j]
    return s


@program((V[:3], [S, S[:2]]), (-V[:3], [S, S[:2]]))
def traced_branch_in_a_python_loop(x, weights):
    s = 0.0
    for w in weights:
        h = w @ x
        if np.sum(h) > 0:
            s += np.sum(h**2)
        else:
            s = s * 2 - h[0]
    return s


@program(*VECTORS)
def continue_(x):
    s = 0.0
    for v in x:
        if v < 0:
            continue
        s += v**2
    return s


@program((V,), (W,))
def else_behind_a_loop(x):
    s = 0.0
    for v in x:
        s += v
    else:
        s *= s
    return s
