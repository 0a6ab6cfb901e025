"""Arguments that are lists and dicts, and are written: the caller's data stay as they are."""

import numpy as np
import pytest
from language.check import FACTS, V, W, check, name


def list_entry(xs, y):
    xs[0] = xs[0] * y
    xs[1] += xs[0]
    return xs[0] * xs[1]


def list_appended(xs, y):
    xs.append(xs[0] * y)
    return sum(xs) * xs[-1]


def list_popped(xs, y):
    v = xs.pop()
    return v * v * xs[0] + len(xs) * y


def dict_entry(p, y):
    p["a"] = p["a"] * y
    return p["a"] * p["b"]


def dict_new(p, y):
    p["c"] = p["a"] * y
    return p["a"] * p["b"] * p["c"]


def dict_popped(p, y):
    a = p.pop("a")
    return a * a * p["b"] * len(p) * y


def arrays_list(xs, y):
    xs[0][1:] *= xs[1][0]
    xs[1] = xs[1] + xs[0]
    return np.sum(xs[0] * xs[1] * y)


def arrays_dict(p, y):
    for _ in range(2):
        p["w"] = p["w"] * p["b"]
        p["b"] -= 0.1 * p["w"]
    return np.sum(p["w"] ** 2 * y) + np.sum(p["b"])


def only_inner(p, y):
    p["w"][0] = y[1]
    return np.sum(p["w"] * y)


def nested(p, y):
    p["layers"][0]["w"] *= 2.0
    p["layers"][1]["b"] = y * p["layers"][0]["w"]
    return np.sum(p["layers"][1]["b"] * p["layers"][0]["w"]) * p["s"]


def tuple_arg(t, y):
    t[0][1] = t[1] * y[0]
    return np.sum(t[0] * y)


def inactive_list(x, y, order):
    s = 0.0
    while order:
        k = order.pop()
        s += x[k] * y[k] * k
    return s


def inactive_dict(x, y, opts):
    opts["n"] = opts["n"] + 1
    return np.sum(x * y) * opts["n"]


def two(p, q):
    p["a"] = p["a"] * q["a"]
    q["a"] = p["a"] + q["a"]
    return p["a"] * q["a"]


def optimiser(p, y):
    lr = 0.1
    vel = {k: np.zeros_like(v) for k, v in p.items()}
    for _ in range(3):
        for k in p:
            g = p[k] * y
            vel[k] = 0.9 * vel[k] - lr * g
            p[k] = p[k] + vel[k]
    return np.sum(p["w"] ** 2) + np.sum(p["b"])


def optimiser_in_place(p, y):
    lr = 0.1
    vel = {k: np.zeros_like(v) for k, v in p.items()}
    for _ in range(3):
        for k in p:
            g = p[k] * y
            vel[k] *= 0.9
            vel[k] -= lr * g
            p[k] += vel[k]
    return np.sum(p["w"] ** 2) + np.sum(p["b"])


PROGRAMS = [
    (list_entry, ([1.3, 0.4], 0.7)), (list_appended, ([1.3, 0.4], 0.7)), (list_popped, ([1.3, 0.4], 0.7)),
    (dict_entry, ({"a": 1.3, "b": 0.4, "n": 3, "name": "x"}, 0.7)),
    (dict_new, ({"a": 1.3, "b": 0.4, "n": 3, "name": "x"}, 0.7)),
    (dict_popped, ({"a": 1.3, "b": 0.4, "n": 3, "name": "x"}, 0.7)), (arrays_list, ([V, 2.0 * W], W)),
    (arrays_dict, ({"w": V, "b": 2.0 * W}, 0.3 * W)), (only_inner, ({"w": V, "b": 2.0 * W}, 0.3 * W)),
    (nested, ({"layers": [{"w": V, "b": 0.2 * W}, {"w": 2.0 * W, "b": 3.0 * V}], "s": 0.3}, W)),
    (tuple_arg, ((V, 1.3), W)), (inactive_list, (V, W, [2, 0, 3])), (inactive_dict, (V, W, {"n": 2})),
    (two, ({"a": 1.3}, {"a": 0.4})), (optimiser, ({"w": V, "b": 2.0 * W}, 0.3 * W)),
    (optimiser_in_place, ({"w": V, "b": 2.0 * W}, 0.3 * W)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_written_arguments(f, args, facts):
    check(f, args, facts)
