"""Lists and dicts that are seen under several names, or change in loops and branches."""

import copy

import numpy as np
import pytest
from language.check import FACTS, V, W, check, name

import s2sgrad
from s2sgrad.errors import S2SGradError


def branch_alias(x, y):
    xs, ys = [], []
    zs = xs if x > 0 else ys
    zs.append(x * x)
    return sum(xs) * y


def alias_via_list(x, y):
    xs = []
    holder = [xs, 1.0]
    holder[0].append(x * y)
    return xs[0] * y


def alias_via_tuple(x, y):
    xs = []
    t = (xs, 2)
    t[0].append(x * y)
    return xs[0] * y


def alias_via_dict(x, y):
    xs = []
    d = {"a": xs}
    d["a"].append(x * y)
    d["a"].extend([y, x])
    return xs[0] * xs[1] * xs[2]


def alias_loop(x, y):
    a, b = [], []
    for row in [a, b]:
        row.append(x * y)
    return a[0] + b[0] * x


def alias_twice(x, y):
    row = [x, y]
    rows = [row, row]
    rows[0].append(x * y)
    rows[1][0] = rows[0][2] * 2.0
    return sum(row) * rows[0][0]


def len_after(x, y):
    xs = [x]
    n = len(xs)
    xs.append(y)
    m = len(xs)
    xs.pop(0)
    return xs[0] * n * m * x ** len(xs)


def index_by_len(x, y):
    xs = [x, y]
    for _ in range(3):
        xs.append(xs[len(xs) - 1] * xs[len(xs) - 2])
    return xs[len(xs) - 1]


def pop_in_while_len(x, y):
    xs = [x, y, x * y, x + y]
    while len(xs) > 1:
        a = xs.pop(0)
        b = xs.pop(0)
        xs.append(a * b + a)
    return xs[0]


def swap_rows(x, y):
    rows = [[x, y], [x * y, x + y]]
    rows[0], rows[1] = rows[1], rows[0]
    rows[0][1] = rows[1][0] * 2.0
    rows[1].append(rows[0][1])
    return rows[0][0] * rows[0][1] + rows[1][2] * rows[1][1]


def rebind_dict_in_loop(x, y):
    state = {"x": x, "v": y}
    for _ in range(3):
        state = {"x": state["x"] + 0.1 * state["v"], "v": state["v"] - 0.1 * np.sin(state["x"])}
    return state["x"] * state["v"]


def tuple_of_its_own_entries(x, y):
    pair = (x, y)
    for _ in range(3):
        pair = (pair[1], pair[0] * np.sin(pair[1]))
    return pair[0] + 3.0 * pair[1]


def list_of_its_own_entries(x, y):
    pair = [x, y]
    for _ in range(3):
        pair = [pair[1], pair[0] * np.sin(pair[1])]
    return pair[0] + 3.0 * pair[1]


def copy_in_loop(x, y):
    state = {"x": x, "v": y}
    for i in range(3):
        new = state.copy()
        new["x"] = state["x"] + 0.1 * state["v"]
        new["v"] = state["v"] - 0.1 * np.sin(new["x"])
        new[f"h{i}"] = new["x"] * state["v"]
        state = new
    return state["x"] * state["v"] + state["h1"]


def spread_in_loop(x, y):
    state = {"x": x, "v": y, "t": 0}
    for _ in range(3):
        state = {**state, "x": state["x"] * state["v"], "t": state["t"] + 1}
    return state["x"] * state["v"] * state["t"]


def concat_in_branch(x, y):
    xs = [x]
    for i in range(4):
        if i % 2:
            xs = xs + [xs[-1] * y]
        else:
            xs = [xs[0] * x] + xs
    return xs[0] * xs[-1] + sum(xs)


def slices_in_loop(x, y):
    xs = [x, y, x * y, 1.0]
    for i in range(2):
        a = xs[i:i + 2]
        a[0] *= a[1]
        xs[i + 1:i + 3] = a
        xs = xs[::-1]
    return xs[0] + xs[1] ** 2 + xs[2] ** 3 + xs[3]


def list_of_list_arrays(x, y):
    rows = [[x.copy(), y.copy()], [x * y]]
    rows[0][1][2] = rows[1][0][0] ** 2
    rows[1].append(rows[0][0])
    rows[1][1][0] = 3.0 * rows[0][1][2]
    rows[0][0] = rows[0][0] * 2.0
    return np.sum(rows[0][0] * rows[1][1]) + np.sum(rows[0][1] * rows[1][0])


def pop_written_twice(x, y):
    xs = [x.copy(), y.copy(), x * y]
    for i in range(2):
        a = xs.pop(0)
        a[i] = xs[0][i + 1] * a[i + 1]
        xs.append(a)
        xs[0][0] *= a[i]
    return np.sum(xs[0] * xs[1] ** 2 * xs[2])


def rebind_then_write(x, y):
    xs = [x.copy(), y.copy()]
    a = xs[0]
    xs[0] = xs[1]
    xs[0][1] = a[0] ** 2
    a[2] = xs[1][1] * 3
    xs[1] = a
    xs[1][3] *= xs[0][2]
    return np.sum(xs[0] * xs[1]) + np.sum(a ** 2)


def dict_rebind_alias(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    for k in ["u", "v", "u"]:
        old = d[k]
        d[k] = old * d["v"]
        old[0] = d["u"][1]
        d[k][2] += old[0]
    return np.sum(d["u"] ** 2) + np.sum(d["v"])


def dict_update_arrays(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    e = {"v": d["u"] * d["v"], "w": d["u"]}
    d.update(e)
    d["v"][0] = d["w"][1] ** 2
    e["v"][1] *= d["v"][0]
    d["u"][3] = e["v"][1]
    return np.sum(d["u"] * d["v"]) + np.sum(e["w"] * e["v"])


def dict_copy_arrays(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    e = d.copy()
    f = copy.deepcopy(d)
    g = {**d, "v": d["u"] * 1.0}
    e["u"][0] = e["v"][1] ** 2
    f["u"][1] = e["u"][0]
    g["v"][2] *= d["u"][0]
    e["v"] = e["u"] * f["u"]
    return np.sum(d["u"] * d["v"]) + np.sum(e["v"] * f["v"]) + np.sum(g["u"] * g["v"])


def dict_values_arrays(x, y):
    d = {"u": x.copy(), "v": y.copy()}
    vs = list(d.values())
    vs[0][1] = vs[1][0] ** 2
    d["v"][2] *= d["u"][1]
    for v in d.values():
        v[3] = v[2] * v[1]
    for _, v in d.items():
        v[0] *= v[1]
    return np.sum(d["u"] * d["v"])


def repeat_shared(x, y):
    rows = [[0.0] * 3] * 2
    rows[0][1] = x
    rows[1][1] *= y
    grid = [[x, y]] * 2 + [[y, x]]
    grid[1][0] = y * y
    return rows[0][1] * grid[0][0] + grid[2][0]


def mixed_dict(x, y):
    d = {"w": x.copy(), "lr": 0.1 * y[0]}
    d["w"][0] = d["lr"]
    d["lr"] = d["lr"] * x[1]
    d["w"] -= d["lr"] * y
    d["n"] = d["lr"] * 2.0
    return np.sum(d["w"] * y) * d["lr"] * d["n"]


def mixed_copy(x, y):
    d = {"w": x.copy(), "lr": 0.1 * y[0]}
    e = d.copy()
    e["w"][0] = e["lr"]
    return np.sum(d["w"] * y) * e["lr"]


def setdefault_arrays(x, y):
    acc = {}
    for i in range(4):
        acc.setdefault(i % 2, np.zeros(5))[i] += x[i] * y[i + 1]
    return np.sum(acc[0] ** 2) + np.sum(acc[1] ** 3)


def accumulate_dict(x, y):
    acc = {}
    for i in range(4):
        k = i % 2
        acc[k] = acc.get(k, 0.0) + x[i] * y[i]
    return acc[0] * acc[1]


def nested_update(x, y):
    cfg = {"p": {"a": x, "b": y}, "q": 2.0}
    cfg["p"].update({"b": x * y, "c": y})
    cfg["p"].update(d=cfg["p"]["c"] * cfg["q"])
    return cfg["p"]["a"] * cfg["p"]["b"] * cfg["p"]["c"] * cfg["p"]["d"]


def loop_pop_insert_branch(x, y):
    xs = [x, y, x + y]
    for _ in range(5):
        if xs[0] > 1.0:
            v = xs.pop(0)
            xs.append(0.5 * v)
        elif len(xs) < 5:
            xs.insert(1, xs[0] * y)
        else:
            del xs[2]
    s = 0.0
    for i, v in enumerate(xs):
        s += (i + 1) * v ** 2
    return s


def helper_push(stack, v):
    stack.append(v * 2.0)
    return len(stack)


def helper_pop(stack):
    return stack.pop()


def helpers(x, y):
    st = [x]
    n = helper_push(st, y)
    v = helper_pop(st)
    helper_push(st, v * x)
    return st[0] * st[1] * n


def make_rows(x, y):
    rows = []
    for i in range(2):
        rows.append([x * i, y])
    return rows


def helper_rows(x, y):
    rows = make_rows(x, y)
    rows[1][0] *= rows[0][1]
    more = make_rows(y, x)
    rows += more
    rows[2][1] = rows[1][0]
    return rows[1][0] * rows[3][0] + rows[2][1]


def matrix_append(x, y):
    rows = []
    for i in range(3):
        r = np.zeros(5)
        r[i:] = x[i:] * y[i]
        rows.append(r)
    A = np.array(rows)
    B = np.vstack(rows + [x])
    return np.sum(A @ y) + np.sum(B ** 2)


def extend_arrays_written(x, y):
    rows = [x.copy()]
    for i in range(2):
        new = [rows[-1] * y, rows[0] + i]
        rows.extend(new)
        new[0][i] = rows[0][1]
        rows[-1][0] *= new[0][1]
    return np.sum(rows[1] * rows[3]) + np.sum(rows[4] * rows[2])


def clear_refill(x, y):
    buf = []
    out = 0.0
    for i in range(6):
        buf.append(x * i + y)
        if len(buf) == 3:
            out += buf[0] * buf[1] * buf[2]
            buf.clear()
    return out


def del_all(x, y):
    xs = [x, y, x * y]
    del xs[:]
    xs.append(x * x)
    del xs[-1]
    xs += [y, x]
    return xs[0] ** 2 * xs[1]


def sum_empty(x, y):
    xs = []
    ys = [x] * 0
    return sum(xs) + sum(ys) + x * y


def tuple_grow_iadd(x, y):
    t = (x,)
    t += (y, x * y)
    return t[0] * t[1] + t[2]


def items_shared(x, y):
    ds = [{"a": x, "b": y}, {"a": x * y, "b": y}]
    s = 0.0
    for d in ds:
        for k, v in list(d.items()):
            d[k] = v * x
            s += d[k]
    return s * ds[0]["a"]


def keys_shared(x, y):
    ds = [{"a": x, "b": y}, {"a": x * y, "b": y}]
    s = 0.0
    for d in ds:
        for k in list(d):
            d[k] = d[k] * x
            s += d[k]
    return s * ds[0]["a"]


def stack_dfs(x, y):
    stack = [(x, 0)]
    total = 0.0
    while stack:
        v, depth = stack.pop()
        total += v * v
        if depth < 2:
            stack.append((v * y, depth + 1))
            stack.append((v + x, depth + 1))
    return total


def params_update(x, y):
    params = {"w": x, "b": y}
    grads = {}
    for step in range(3):
        grads["w"] = 2.0 * params["w"] * params["b"]
        grads["b"] = params["w"] - step
        params = {k: params[k] - 0.1 * grads[k] for k in params}
    return params["w"] * params["b"]


def history_of_dicts(x, y):
    hist = []
    s = {"p": x, "v": y}
    for _ in range(3):
        s = dict(s)
        s["p"] = s["p"] + 0.1 * s["v"]
        hist.append(s)
    return sum(h["p"] ** 2 for h in hist) * hist[-1]["v"]


PROGRAMS = [
    (branch_alias, (1.3, 0.4)), (alias_via_list, (1.3, 0.4)), (alias_via_tuple, (1.3, 0.4)),
    (alias_via_dict, (1.3, 0.4)), (alias_loop, (1.3, 0.4)), (alias_twice, (1.3, 0.4)), (len_after, (1.3, 0.4)),
    (index_by_len, (1.3, 0.4)), (pop_in_while_len, (1.3, 0.4)), (swap_rows, (1.3, 0.4)),
    (rebind_dict_in_loop, (1.3, 0.4)), (tuple_of_its_own_entries, (1.3, 0.4)),
    (list_of_its_own_entries, (1.3, 0.4)), (copy_in_loop, (1.3, 0.4)), (spread_in_loop, (1.3, 0.4)),
    (concat_in_branch, (1.3, 0.4)), (slices_in_loop, (1.3, 0.4)), (list_of_list_arrays, (V, W)),
    (pop_written_twice, (V, W)), (rebind_then_write, (V, W)), (dict_rebind_alias, (V, W)),
    (dict_update_arrays, (V, W)), (dict_copy_arrays, (V, W)), (dict_values_arrays, (V, W)),
    (repeat_shared, (1.3, 0.4)), (mixed_dict, (V, W)), (mixed_copy, (V, W)), (setdefault_arrays, (V, W)),
    (accumulate_dict, (V, W)), (nested_update, (1.3, 0.4)), (loop_pop_insert_branch, (1.3, 0.4)),
    (helpers, (1.3, 0.4)), (helper_rows, (1.3, 0.4)), (matrix_append, (V, W)), (extend_arrays_written, (V, W)),
    (clear_refill, (1.3, 0.4)), (del_all, (1.3, 0.4)), (sum_empty, (1.3, 0.4)), (tuple_grow_iadd, (1.3, 0.4)),
    (keys_shared, (1.3, 0.4)), (stack_dfs, (1.3, 0.4)), (params_update, (1.3, 0.4)),
    (history_of_dicts, (1.3, 0.4)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_shared_containers(f, args, facts):
    check(f, args, facts)


def test_writing_while_a_list_of_the_items_is_read_is_refused():
    with pytest.raises(S2SGradError, match="A list of the items of a dict that is written"):
        s2sgrad.grad(items_shared, argnums=(0, 1)).source_for(1.3, 0.4)
