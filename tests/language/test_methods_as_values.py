"""Methods of arrays, lists and dicts that are kept under a name, handed on, or called inside an expression."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

import s2sgrad
from s2sgrad.errors import S2SGradError


def sum_under_a_name(x):
    total = x.sum
    return total() * total(axis=0)


def append_under_a_name(x):
    squares = []
    put = squares.append
    for v in x:
        put(v * v)
    return sum(squares) * x[0]


def append_of_a_name_bound_anew(x):
    rows = []
    put = rows.append
    kept = rows
    rows = [x[0]]
    put(x[1] * x[2])
    return rows[0] * kept[0]


def other_methods_of_lists(x):
    rows = [x[0]]
    pop, extend, insert = rows.pop, rows.extend, rows.insert
    extend([x[1] ** 2, x[2]])
    insert(0, x[3])
    return pop() * pop() + rows[0]


def methods_of_dicts(x):
    d = {"a": x[0]}
    get, setdefault, update = d.get, d.setdefault, d.update
    update({"b": x[1] ** 2})
    return get("b", 0.0) * setdefault("c", x[2]) + d["c"] * get("a")


def methods_that_write_arrays(x):
    w = np.zeros(4)
    fill, put, entry = w.fill, w.put, w.__setitem__
    fill(x[0])
    put([1], x[1] * x[2])
    entry(2, x[3] ** 2)
    return np.sum(w**2)


def handed_to_a_helper(x):
    found = []
    _each(found.append, x)
    return found[0] * found[1]


def _each(function, x):
    for v in x:
        function(v * v)


def run_through(x):
    total = 0.0
    for reduction in (x.sum, x.mean, x.prod):
        total += reduction() ** 2
    return total


def entries_by_method(x):
    entry, length = x.__getitem__, x.__len__
    return entry(0) * entry(1) * length() + list(map(x.__getitem__, [0, 2]))[1] ** 2


def key_by_method(x):
    d = {"a": x[0], "b": x[1]}
    return d[max(d, key=d.get)] ** 2 * x[sorted(range(4), key=x.__getitem__)[0]]


def append_in_a_comprehension(x):
    squares = []
    [squares.append(v * v) for v in x if v > 0.0]
    return squares[0] * squares[1]


def append_in_an_expression(x):
    rows = []
    nothing = [rows.append(v) for v in x]
    first = [v for v in x if not rows.append(v * v)]
    return rows[1] * rows[5] * len(nothing) + first[0]


def changes_in_comprehensions(x):
    chain, table = [1.0], {}
    [chain.append(chain[-1] * v) for v in x]
    any(table.update({i: v * v}) for i, v in enumerate(x))
    return chain[-1] + table[2] * table[0]


def compressed(x):
    return np.sum(x.compress([True, False, True]) * 1.5) + np.sum(np.sin(x.compress(x > 0.5)))


def compressed_columns(x):
    A = np.outer(x, x)
    return np.sum(A.compress([True, False, True, False], axis=1) ** 2) + x.compress(condition=x < 0.0)[0]


def clipped_on_one_side(x):
    low, high = x.clip(0.5), x.clip(max=0.5)
    return np.sum(low**2 * high) + np.sum(np.clip(x, min=-0.5) ** 2) + np.sum(x.clip(min=-1.0, max=1.0))


PROGRAMS = [sum_under_a_name, append_under_a_name, append_of_a_name_bound_anew, other_methods_of_lists,
            methods_of_dicts, methods_that_write_arrays, handed_to_a_helper, run_through, entries_by_method,
            key_by_method, append_in_a_comprehension, append_in_an_expression, changes_in_comprehensions, compressed,
            compressed_columns, clipped_on_one_side]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_gradients(f, facts):
    check(f, (V[:4].copy(),), facts)


def test_the_caller_keeps_what_a_method_under_a_name_writes():
    def written(x):
        put = x.__setitem__
        put(0, x[1] * x[2])
        return np.sum(x * x)

    x = V.copy()
    s2sgrad.check_grads(written, (x,))
    assert np.array_equal(x, V)


def chosen_by_a_branch(x):
    f = x.max if x[0] > 0 else x.sum
    return f() ** 2


def kept_in_a_list(x):
    return [x.sum, x.max][1]() ** 2


def special_method(x):
    add = x.__add__
    return np.sum(add(x) ** 2)


@pytest.mark.parametrize("f", [chosen_by_a_branch, kept_in_a_list, special_method], ids=name)
def test_what_is_not_followed_is_refused(f):
    with pytest.raises(S2SGradError) as refusal:
        s2sgrad.grad(f)(V)
    assert refusal.value.remedy
