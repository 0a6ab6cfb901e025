"""Dicts that change: get, pop, update, setdefault, del, `|`, copies, keys, values and items."""

import numpy as np
import pytest
from language.check import FACTS, V, W, check, name

from s2sgrad import check_grads, grad


def get_key(x, y):
    d = {"a": x, "b": y * x}
    return d.get("a") * d.get("b", 1.0)


def get_default(x, y):
    d = {"a": x}
    return d.get("a", 0.0) * d.get("b", y)


def get_default_inactive(x, y):
    d = {"a": x}
    return d.get("a", 0.0) * (d.get("b", 2.0) + y)


def get_array(x, y):
    d = {"a": x, "b": y}
    return np.sum(d.get("a") * d.get("b", x))


def update_display(x, y):
    d = {"a": x}
    d.update({"b": y, "a": x * y})
    return d["a"] * d["b"]


def update_keywords(x, y):
    d = {"a": x}
    d.update(b=y, c=x * y)
    return d["a"] * d["b"] + d["c"]


def update_dict(x, y):
    d = {"a": x, "b": y}
    e = {"b": x * y, "c": y * y}
    d.update(e)
    e["b"] = 3.0
    return d["a"] * d["b"] * d["c"] + e["b"] * x


def update_loop(x, y):
    d = {"a": x, "b": y}
    for _ in range(3):
        d.update({"a": d["a"] * d["b"], "b": d["a"] + y})
    return d["a"] * d["b"]


def update_arrays(x, y):
    d = {"a": x, "b": y}
    d.update(b=d["a"] * d["b"])
    return np.sum(d["a"] * d["b"])


def pop_key(x, y):
    d = {"a": x, "b": y}
    v = d.pop("a")
    return v * d["b"] * len(d)


def pop_default(x, y):
    d = {"a": x}
    v = d.pop("b", y)
    w = d.pop("a", y)
    return v * w * w + len(d)


def del_key(x, y):
    d = {"a": x, "b": y}
    s = d["a"] * d["b"]
    del d["a"]
    return s * d["b"] * len(d)


def pop_loop(x, y):
    d = {"a": x, "b": y, "c": x * y}
    s = 0.0
    for k in ["a", "b", "c"]:
        v = d.pop(k)
        s += v * (len(d) + 1)
        d[k + "x"] = v * s
    return s * d["ax"] + d["cx"]


def setdefault(x, y):
    d = {"a": x}
    v = d.setdefault("a", y)
    w = d.setdefault("b", x * y)
    return v * w + d["b"] ** 2


def setdefault_list(x, y):
    groups = {}
    for i in range(4):
        groups.setdefault(i % 2, []).append(x * i + y)
    return groups[0][1] * groups[1][0] + groups[1][1] ** 2


def grouped(x, y):
    groups = {}
    for i in range(4):
        if i % 2 not in groups:
            groups[i % 2] = []
        groups[i % 2].append(x * i + y)
    return groups[0][1] * groups[1][0] + groups[1][1] ** 2


def counted(x, y):
    d = {}
    for i in range(4):
        k = "ab"[i % 2]
        d[k] = d.get(k, 0.0) + x * i * y
    return d["a"] * d["b"]


def items_of_a_dict(x, y):
    d = {"a": x, "b": y}
    s = 0.0
    for k, v in d.items():
        s += v * v * len(k)
    return s


def values_list(x, y):
    d = {"a": x, "b": y}
    vs = list(d.values())
    return vs[0] * vs[1] + sum(d.values())


def items_list(x, y):
    d = {"a": x, "b": y}
    s = 0.0
    for k, v in list(d.items()):
        d[k] = v * x
        s += d[k]
    return s * d["b"]


def keys_list(x, y):
    d = {"a": x, "b": y}
    s = 1.0
    for k in list(d.keys()):
        s *= d[k]
    for k in sorted(d):
        s += d[k] ** 2
    return s


def max_values(x, y):
    d = {"a": x, "b": y}
    return max(d.values()) * sum(v * v for v in d.values())


def stacked_values(x, y):
    d = {"a": x, "b": y}
    return np.sum(np.stack(list(d.values())) ** 2) + np.sum(np.concatenate([v for v in d.values()]))


def dicts_joined(x, y):
    d = {"a": x, "b": y}
    e = d | {"b": x * y, "c": y}
    return e["a"] * e["b"] * e["c"] + d["b"]


def merged_in_place(x, y):
    d = {"a": x, "b": y}
    d |= {"b": x * y}
    return d["a"] * d["b"]


def star_star(x, y):
    d = {"a": x, "b": y}
    e = {**d, "b": d["b"] * x, "c": y}
    return e["a"] * e["b"] * e["c"] + d["b"]


def dict_keywords(x, y):
    d = dict(a=x, b=y * x)
    return d["a"] * d["b"]


def dict_of_dict(x, y):
    d = {"a": x, "b": y}
    e = dict(d)
    e["a"] = e["a"] * y
    f = dict(d, b=x * y)
    return d["a"] * e["a"] + f["b"] * f["a"]


def dict_copy(x, y):
    d = {"a": x, "b": y}
    e = d.copy()
    e["c"] = e["a"] * y
    e["a"] = y
    return d["a"] * e["c"] + e["a"] * d["b"]


def tuple_keys(x, y):
    d = {}
    for i in range(2):
        for j in range(2):
            d[i, j] = x ** i * y ** j
    d[0, 0] = d[1, 1] * d[0, 1]
    return d[0, 0] * d[(1, 0)]


def dict_of_lists(x, y):
    d = {"a": [x, y], "b": [x * y]}
    d["b"].append(d["a"][0])
    d["a"][1] = d["b"][0] * y
    d["b"] += [y]
    return d["a"][1] * d["b"][1] + d["b"][2]


def list_of_dicts(x, y):
    ds = [{"w": x, "b": y}, {"w": x * y, "b": 1.0}]
    for d in ds:
        d["w"] = d["w"] * d["b"] + x
    return ds[0]["w"] * ds[1]["w"]


def list_of_tuples(x, y):
    ps = [(x, y), (x * y, 2.0)]
    ps.append((y, y))
    s = 0.0
    for a, b in ps:
        s += a * b
    return s * ps[2][0]


def nested_dict(x, y):
    d = {"in": {"a": x}, "out": {"b": y}}
    d["in"]["a"] *= d["out"]["b"]
    d["out"]["c"] = d["in"]["a"] * x
    return d["out"]["c"] * d["in"]["a"]


def arrays_rebound(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    for _ in range(3):
        d["u"] = d["u"] + 0.1 * d["v"]
        d["v"][1:] -= d["u"][:-1]
    return np.sum(d["u"] * d["v"])


def arrays_swapped(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    u = d["u"]
    for i in range(3):
        d["u"][i] = d["v"][i + 1] * d["u"][i]
        d["u"], d["v"] = d["v"], d["u"]
    return np.sum(d["u"] * u) + np.sum(d["v"] ** 2)


def arrays_updated(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    d["u"] *= 2.0
    d["u"][0] = d["v"][1]
    d.update(v=d["u"] * d["v"])
    d["v"][2] = d["u"][0]
    return np.sum(d["u"] * d["v"])


def arrays_popped(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    u = d.pop("u")
    u[0] = d["v"][1] ** 2
    d["w"] = u
    d["w"][1] *= u[0]
    return np.sum(d["w"] * d["v"])


def cleared(x, y):
    d = {"a": x, "b": y}
    s = d["a"] * d["b"]
    d.clear()
    d["a"] = s * x
    return d["a"] * len(d)


def in_dict(x, y):
    d = {"a": x}
    s = y
    for k in ("a", "b"):
        if k in d:
            s = s * d[k]
        if k not in d:
            d[k] = s
    return s * d["b"]


def memo(x, y):
    cache = {}
    s = 0.0
    for i in (3, 1, 3, 2, 1):
        if i not in cache:
            cache[i] = x ** i * y
        s += cache[i]
    return s * cache[2]


def fib_memo(x, y):
    memo = {0: x, 1: y}
    for i in range(2, 7):
        memo[i] = memo[i - 1] * 0.5 + memo[i - 2] * x
    return memo[6]


def get_option(p, x):
    return np.sum(p.get("w") * x) * p.get("scale", 1.0)


PROGRAMS = [
    (get_key, (1.3, 0.4)), (get_default, (1.3, 0.4)), (get_default_inactive, (1.3, 0.4)), (get_array, (V, W)),
    (update_display, (1.3, 0.4)), (update_keywords, (1.3, 0.4)), (update_dict, (1.3, 0.4)), (update_loop, (1.3, 0.4)),
    (update_arrays, (V, W)), (pop_key, (1.3, 0.4)), (pop_default, (1.3, 0.4)), (del_key, (1.3, 0.4)),
    (pop_loop, (1.3, 0.4)), (setdefault, (1.3, 0.4)), (setdefault_list, (1.3, 0.4)), (grouped, (1.3, 0.4)),
    (counted, (1.3, 0.4)), (items_of_a_dict, (1.3, 0.4)), (values_list, (1.3, 0.4)), (items_list, (1.3, 0.4)),
    (keys_list, (1.3, 0.4)), (max_values, (1.3, 0.4)), (stacked_values, (V, W)), (dicts_joined, (1.3, 0.4)),
    (merged_in_place, (1.3, 0.4)), (star_star, (1.3, 0.4)), (dict_keywords, (1.3, 0.4)), (dict_of_dict, (1.3, 0.4)),
    (dict_copy, (1.3, 0.4)), (tuple_keys, (1.3, 0.4)), (dict_of_lists, (1.3, 0.4)), (list_of_dicts, (1.3, 0.4)),
    (list_of_tuples, (1.3, 0.4)), (nested_dict, (1.3, 0.4)), (arrays_rebound, (V, W)), (arrays_swapped, (V, W)),
    (arrays_updated, (V, W)), (arrays_popped, (V, W)), (cleared, (1.3, 0.4)), (in_dict, (1.3, 0.4)),
    (memo, (1.3, 0.4)), (fib_memo, (1.3, 0.4)), (get_option, ({"w": V, "scale": 1.3, "n": 3}, W)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_dicts(f, args, facts):
    check(f, args, facts)


def with_default(x, d):
    return x * d.get("a", 2.0) + d.get("b", x) * x


def of_a_display(x):
    d = {"a": x * x}
    return d.get("a", x) * d.get("b", x)


def popped_first(x):
    d = {"a": x * x, "b": x}
    y = d.pop("a")
    return y * d.get("a", x * 3.0) + d.get("b", 1.0)


def put_later(x):
    d = {"b": x}
    y = d.get("a", x * 3.0)
    d["a"] = y * x
    return y * d.get("a", x)


def in_one_arm(x):
    d = {"b": x}
    if x > 0.5:
        d = {"a": x * x}
    return d.get("a", x * 3.0) * x


@pytest.mark.parametrize("x", [0.3, 0.7])
@pytest.mark.parametrize("f", [of_a_display, popped_first, put_later, in_one_arm])
def test_what_get_finds(f, x):
    check_grads(f, (x,))


@pytest.mark.parametrize("d", [{"a": 0.4}, {"b": 0.3}, {"a": 0.1, "b": 0.9}, {"c": 1.0}])
def test_what_get_finds_in_an_argument(d):
    check_grads(with_default, (0.7, d))
    found = grad(with_default, argnums=1)
    for other in ({"a": 0.4}, d, {"b": 0.3}):           # one program is not that of another dict
        assert found(0.7, other) == {k: pytest.approx({"a": 0.7, "b": 0.7}.get(k, 0.0)) for k in other}


def test_a_key_that_is_surely_there_is_not_looked_for():
    def f(x):
        options = {"scale": x * x}
        return options.get("scale", 1.0) * x + options.get("shift", x)

    text = grad(f).source_for(0.7)
    assert "'scale' in" not in text and "'shift' in" in text
