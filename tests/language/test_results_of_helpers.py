"""What a helper wrote in place and returned is still there when its backward half has undone the writes."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import value_and_grad


def squared(y):
    z = y.copy()
    z *= z
    z -= 0.5 * y
    return z


def back_substituted(R, b):
    x = np.zeros(len(b))
    for i in range(len(b) - 1, -1, -1):
        x[i] = b[i]
        for j in range(i + 1, len(b)):
            x[i] -= R[i, j] * x[j]
        x[i] /= R[i, i]
    return x


def two_arrays(y):
    z, w = y.copy(), np.sin(y)
    z *= w
    w *= z
    return z, w


def a_dict(y):
    z = y.copy()
    z *= z
    return {"z": z, "first": z[0]}


def factor_of_a_product_in_a_loop(W, xs):
    s = 0.0
    for x in xs:
        h = squared(x)
        s = s + np.sum((W @ h) ** 2)
    return s


def recurrence(W, R, x):
    for _ in range(3):
        x = W @ back_substituted(R, x)
    return np.sum(x**2)


def several(x):
    z, w = two_arrays(x)
    return np.sum(z * w)


def in_a_dict(x):
    d = a_dict(x)
    return np.sum(d["z"] ** 2) * d["first"]


M = np.array([[1.0, 2.0, 0.3], [3.0, 4.0, -1.0], [0.2, -0.6, 5.0]])
PROGRAMS = [
    (factor_of_a_product_in_a_loop, (M, np.array([[2.0, 3.0, 0.4], [0.7, -0.2, 1.1]]))),
    (recurrence, (0.3 * M, M + 3.0 * np.eye(3), np.array([0.7, -0.2, 1.1]))), (several, (V.copy(),)),
    (in_a_dict, (V.copy(),)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_results_of_helpers(f, args, facts):
    check(f, args, facts)


def with_the_array(x):
    z = squared(x)
    return np.sum(z), z


def with_a_view(x):
    z = squared(x)
    return np.sum(z), z[1:]


def with_one_of_two(x):
    z, w = two_arrays(x)
    return np.sum(z * w), w


@pytest.mark.parametrize("parts", [with_the_array, with_a_view, with_one_of_two])
def test_auxiliary_values(parts):
    x = np.array([2.0, 3.0, -1.0])
    (value, aux), _ = value_and_grad(parts, has_aux=True)(x)
    wanted, whole = parts(x)
    assert value == wanted and np.array_equal(aux, whole)


def squares(y):
    out = []
    for v in y:
        out.append(v * v)
    out.append(out[0] * out[1])
    return out


def with_a_list(x):
    parts = squares(x)
    return sum(parts), parts


def with_a_dict(x):
    d = {"a": x[0] * x[1], "z": squared(x)}
    d["a"] = d["a"] * x[2]
    return d["a"] * np.sum(d["z"]), d


@pytest.mark.parametrize("parts", [with_a_list, with_a_dict])
def test_auxiliary_containers(parts):
    x = np.array([2.0, 3.0, -1.0])
    (value, aux), _ = value_and_grad(parts, has_aux=True)(x)
    wanted, whole = parts(x)
    assert value == wanted and type(aux) is type(whole)
    if isinstance(whole, dict):
        assert list(aux) == list(whole)
        aux, whole = list(aux.values()), list(whole.values())
    assert len(aux) == len(whole) and all(map(np.array_equal, aux, whole))
