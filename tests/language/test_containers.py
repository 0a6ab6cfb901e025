"""Tuples, lists and dicts of floats and arrays: as local values, and as differentiated arguments."""

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name

from s2sgrad import grad


def local_tuple(x, y):
    pair = (x * y, x + y)
    return pair[0] * pair[1]


def tuple_in_a_tuple(x, y):
    t = (x, (y, x * y))
    return t[1][0] * t[1][1] * t[0]


def tuple_carried_by_a_loop(x, y):
    state = (x, y)
    for _ in range(3):
        a, b = state
        state = (a * b, a + 0.5 * b)
    return state[0] * state[1]


def local_list(x, y):
    items = [x, y, x * y]
    return items[0] * items[-1] + items[1]


def appended_list(x):
    items = []
    for i in range(4):
        items.append(x**i)
    s = 0.0
    for i in range(4):
        s = s + i * items[i]
    return s


def list_that_grows_from_its_last(x):
    items = [x]
    for _ in range(3):
        items.append(np.sin(items[-1]) * x)
    return items[3] * items[1]


def summed_list(x, y):
    items = [x * x, y * x, y]
    return sum(items) * len(items)


def list_of_arrays(x, y):
    items = [x, x * y]
    items.append(y)
    return np.sum(items[0] * items[1] * items[2])


def written_entry_of_a_list(x, y):
    items = [x, y]
    items[0] = items[0] * items[1]
    items[1] += items[0]
    return items[0] * items[1]


def array_in_a_list_is_written(x):
    items = [x * 1.0, x * 2.0]
    items[1][0] = items[0][1] ** 2
    return np.sum(items[0] * items[1])


def stacked_list(x):
    rows = []
    for i in range(3):
        rows.append(x * i + x**2)
    return np.sum(np.stack(rows) ** 2)


def local_dict(x, y):
    d = {"a": x * y, "b": x}
    return d["a"] * d["b"]


def written_dict(x, y):
    d = {"a": x}
    d["b"] = y * d["a"]
    d["a"] *= y
    return d["a"] * d["b"]


def dict_of_arrays(x, y):
    d = {"u": x, "v": x * y}
    return np.sum(d["u"] * d["v"])


def dict_in_a_list(x):
    layers = [{"w": x, "b": x * x}, {"w": 2.0 * x, "b": x}]
    for layer in layers:
        x = x * layer["w"] + layer["b"]
    return x


def array_of_a_list(x, y):
    a = np.array([x, y, x * y])
    return np.sum(a * a)


def array_of_nested_lists(x, y):
    R = np.array([[np.cos(x), -np.sin(x)], [np.sin(x), np.cos(x)]])
    return np.sum(R @ np.array([x, y]) * np.array([y, 1.0]))


def argument_tuple(state, k):
    u, v = state
    return np.sum(u * u) * v * k


def argument_list(layers, x):
    for w in layers:
        x = np.tanh(w * x)
    return np.sum(x)


def argument_list_of_floats(c, x):
    y = 0.0
    for k in range(len(c)):
        y = y * x + c[k]
    return y * y


def argument_dict(parameters, x):
    h = np.tanh(parameters["W"] @ x + parameters["b"])
    return np.sum(h) * parameters["scale"]


def argument_list_of_tuples(layers, x):
    for w, b in layers:
        x = np.tanh(w * x + b)
    return np.sum(x)


def argument_list_of_unlike_tuples(layers, x):
    for w, b in layers:
        x = np.tanh(w @ x + b)
    return np.sum(x)


def argument_list_of_unlike_dicts(layers, x):
    for layer in layers:
        x = np.tanh(layer["w"] @ x + layer["b"])
    return np.sum(x)


def argument_tuple_of_tuples(pairs):
    total = 0.0
    for a, b in pairs:
        total += np.sum(a) * b
    return total


def items_of_an_argument(p, x):
    total = 0.0
    for key, value in p.items():
        total = total + np.sum(value * x) * len(key)
    return total


def values_of_an_argument(p, x):
    return sum(np.sum(value * x) for value in p.values())


def counted_items_of_a_local_dict(x, y):
    parts = {"sum": x + y, "product": x * y}
    total = 0.0
    for i, (key, value) in enumerate(parts.items()):
        total += (i + 1) * value * (2.0 if key == "sum" else 3.0)
    return total


def dict_comprehension(p, x):
    scaled = {key: np.tanh(p[key] * x) for key in p}
    return np.sum(scaled["a"] * scaled["b"])


def dict_comprehension_over_items(p, x):
    chosen = {key: value * x for key, value in p.items() if key != "b"}
    return np.sum(chosen["a"])


def divided_by_a_length(layers, x):
    total = 0.0
    for w in layers:
        total = total + x[0] ** 2 / len(x)
        x = np.sin(w @ x) / len(x)
    return total + np.sum(x)


def bound_to_itself(x, y):
    a = x * y
    for _ in range(2):
        a, a = a, a
    return a * x


def argument_dict_of_lists(parameters):
    return np.sum(parameters["w"][0] * parameters["w"][1]) * parameters["b"]


def argument_with_an_unused_leaf(parameters):
    return parameters["a"] ** 2


PROGRAMS = [
    (local_tuple, (1.3, 0.4)), (tuple_in_a_tuple, (1.3, 0.4)), (tuple_carried_by_a_loop, (1.3, 0.4)),
    (local_list, (1.3, 0.4)), (appended_list, (1.3,)), (list_that_grows_from_its_last, (1.3,)),
    (summed_list, (1.3, 0.4)), (list_of_arrays, (V, W)), (written_entry_of_a_list, (1.3, 0.4)),
    (array_in_a_list_is_written, (V,)), (stacked_list, (V,)), (local_dict, (1.3, 0.4)), (written_dict, (1.3, 0.4)),
    (dict_of_arrays, (V, W)), (dict_in_a_list, (1.3,)), (array_of_a_list, (1.3, 0.4)),
    (array_of_nested_lists, (1.3, 0.4)), (argument_tuple, ((V, 0.4), 1.3)), (argument_list, ([V, W, V * W], V)),
    (argument_list_of_floats, ([1.3, 0.4, -0.9], 0.7)),
    (argument_dict, ({"W": M, "b": W[:3], "scale": 1.3, "name": "layer", "steps": 3}, W[:4])),
    (argument_list_of_tuples, ([(V, 0.4), (W, 1.3)], W)),
    (argument_list_of_unlike_tuples, ([(M, W[:3]), (M[:2, :3], W[:2])], W[:4])),
    (argument_list_of_unlike_dicts, ([{"w": M, "b": W[:3]}, {"w": M[:2, :3], "b": W[:2]}], W[:4])),
    (argument_tuple_of_tuples, (((1.3, 0.4), (0.7, -0.9)),)), (bound_to_itself, (1.3, 0.4)),
    (divided_by_a_length, ([M, M[:2, :3]], W[:4])),
    (items_of_an_argument, ({"a": V, "bc": W}, V)), (values_of_an_argument, ({"a": V, "bc": W}, V)),
    (counted_items_of_a_local_dict, (1.3, 0.4)), (dict_comprehension, ({"a": V, "b": W}, V)),
    (dict_comprehension_over_items, ({"a": V, "b": W}, V)),
    (argument_dict_of_lists, ({"w": [V, W], "b": 0.4},)),
    (argument_with_an_unused_leaf, ({"a": 1.3, "b": V, "c": (0.4, 2)},)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_container(f, args, facts):
    check(f, args, facts)


def test_the_gradient_has_the_structure_of_the_argument():
    gradient = grad(argument_with_an_unused_leaf)({"a": 1.5, "b": V, "c": (0.4, 2)})
    assert list(gradient) == ["a", "b", "c"] and gradient["a"] == 3.0
    assert np.array_equal(gradient["b"], np.zeros(5)) and gradient["c"] == (0.0, None)


def test_gradients_in_a_structure_share_no_memory():
    u, v = grad(lambda state: np.sum(state[0] + state[1]))((V, W))
    assert not np.shares_memory(u, v)
    u[0] = 7.0
    assert v[0] == 1.0


def test_the_same_array_twice_in_an_argument():
    u, v = grad(lambda state: np.sum(state[0] ** 2 * state[1]))((V, V))
    assert np.allclose(u, 2.0 * V * V) and np.allclose(v, V**2)
