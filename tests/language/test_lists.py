"""Lists that change: extend, insert, pop, del, remove, reverse, clear, of numbers and of arrays."""

import numpy as np
import pytest
from language.check import FACTS, V, W, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError


def extend_display(x, y):
    xs = [x]
    xs.extend([y, x * y])
    return xs[0] * xs[1] * xs[2]


def extend_list(x, y):
    xs = [x * x]
    ys = [y, x * y]
    xs.extend(ys)
    ys[0] = 7.0 * ys[1]
    return xs[0] * xs[1] * xs[2] + ys[0]


def extend_self(x, y):
    xs = [x, y * x]
    xs.extend(xs)
    xs += xs
    xs[0] = y
    return sum(xs) * xs[3]


def iadd_tuple(x, y):
    xs = [x]
    xs += (y, x * y)
    return xs[1] * xs[2]


def iadd_list_alias(x, y):
    xs = [x]
    ys = xs
    xs += [y * y]
    zs = [x * y, y]
    ys += zs
    return ys[1] * xs[2] * xs[0]


def extend_loop(x, y):
    xs = []
    for i in range(3):
        xs.extend([x * i, y ** i])
    s = 0.0
    for i, v in enumerate(xs):
        s += (i + 1) * v * v
    return s


def extend_branch(x, y):
    xs = [x]
    if x > 0:
        xs.extend([y, y * y])
    else:
        xs.append(x)
    return sum(xs) * xs[-1]


def extend_arrays(x, y):
    rows = [x]
    rows.extend([y, x * y])
    return np.sum(rows[0] * rows[1] * rows[2])


def extend_array(x, y):
    xs = [1.0]
    xs.extend(x * y)
    return xs[0] + xs[1] * xs[2] ** 2


def pop_last(x, y):
    xs = [x, y, x * y]
    v = xs.pop()
    return v * xs[-1] * len(xs)


def pop_first(x, y):
    xs = [x, y, x * y]
    v = xs.pop(0)
    w = xs.pop(-2)
    return v * xs[0] + w * w


def pop_index_loop(x, y):
    xs = [x, y, x * y, y * y]
    s = 0.0
    for i in range(3):
        v = xs.pop(i - 1)
        s += v * xs[0] * (i + 1)
    return s


def pop_while(x, y):
    stack = [x, y, x * y]
    s = 1.0
    while stack:
        s = s + s * stack.pop()
    return s


def pop_arrays(x, y):
    xs = [x, y, x * y]
    a = xs.pop()
    b = xs.pop(0)
    return np.sum(a * b * xs[0])


def pop_push(x, y):
    xs = [x, y]
    for _ in range(4):
        a = xs.pop()
        b = xs.pop()
        xs.append(a * b)
        xs.append(a + b)
    return xs[0] * xs[1]


def pop_unused(x, y):
    xs = [x, y, x * y]
    xs.pop()
    xs.append(x)
    return xs[2] * xs[1]


def pop_in_expression(x, y):
    xs = [x, y, x * y]
    return xs.pop() * xs.pop() - xs.pop() ** 2


def insert_front(x, y):
    xs = [x]
    xs.insert(0, y * y)
    xs.insert(1, x * y)
    return xs[0] * xs[1] + xs[2]


def insert_loop(x, y):
    xs = []
    for i in range(4):
        xs.insert(i // 2, x * i + y)
    s = 0.0
    for i in range(4):
        s = s + (i + 1) * xs[i] ** 2
    return s


def insert_far(x, y):
    xs = [x]
    xs.insert(10, y)
    xs.insert(-1, x * y)
    xs.insert(-10, 2.0 * y)
    return xs[0] * xs[1] + xs[2] ** 2 * xs[3] ** 3


def insert_arrays(x, y):
    xs = [x]
    xs.insert(0, x * y)
    return np.sum(xs[0] * xs[1] ** 2)


def del_index(x, y):
    xs = [x, y, x * y]
    del xs[1]
    return xs[0] * xs[1]


def remove_known(x, y):
    xs = [1.0, 2.0, 3.0]
    xs.remove(2.0)
    return x * xs[1]


def reverse_in_place(x, y):
    xs = [x, y, x * y]
    xs.reverse()
    return xs[0] ** 3 * xs[1] ** 2 * xs[2]


def clear_all(x, y):
    xs = [x, y]
    s = xs[0] * xs[1]
    xs.clear()
    xs.append(s * x)
    return xs[0] * len(xs)


def copy_method(x, y):
    xs = [x, y]
    ys = xs.copy()
    ys[0] = y * ys[0]
    ys.append(x)
    return xs[0] * ys[0] * ys[2] + len(xs)


def count_index(x, y):
    names = ["a", "b", "a"]
    return x ** names.count("a") * (names.index("b") + y) if "a" in names and "c" not in names else x


def max_list(x, y):
    xs = [x, y]
    xs.append(x * y)
    return max(xs) * min(xs) * len(xs)


def queue(x, y):
    q = [x, y]
    out = 0.0
    while len(q) < 6 and q:
        v = q.pop(0)
        q.append(v * y)
        q.extend([v, v * x])
        out += v
    return out * q[2] + sum(q)


def repeated_in_place(x, y):
    xs, n = [x, y], [1, 2]
    other = xs
    xs *= 2
    n *= 2
    return other[0] * xs[3] * n[3] * len(other)


def repeated_in_a_loop(x, y):
    xs = [x]
    for _ in range(2):
        xs *= 2
        xs[0] = xs[0] * y
    return sum(xs) * xs[0]


def repeated_to_nothing(x, y):
    xs = [x, y]
    xs *= 0
    xs.append(x)
    return xs[0] ** 2 * y


def repeated_arrays(x, y):
    xs = [x * y]
    xs *= 2
    xs[0][0] = y[1]
    return np.sum(xs[0] * xs[1])


def extended_or_joined(x, y):
    a, b = [x, y], [x, y]
    if x > 5.0:
        a.extend([y, x])
        b = b + [y]
    else:
        a = a + [x * y]
        b.extend([y, x])
    return sum(a) * a[2] * sum(b) * b[3]


def joined_and_popped(x, y):
    xs, s = [x, y], x * y
    for _ in range(2):
        xs = xs + [s]
        s += xs.pop()
        xs.append(x)
    return sum(xs) * s


def joined_beside_another_name(x, y):
    a = [x]
    b = a
    if x < 5.0:
        a = a + [y] * 2
    a.append(x * y)
    b.append(y)
    return sum(a) * sum(b)


def greatest_pair(x, y):
    v, k = max([((x - k * y) ** 2, k) for k in range(3)])
    w, j = min((x * y - 1.0, 2), (y, 3), (y, 1))
    return v * k * w * j


def greatest_list(x, y):
    rows = [[x, y], [y, x], [x, x * y]]
    return max(rows)[1] * min([x, y], [x, x])[1]


def list_as_a_test(x, y):
    xs, s = [2, 3], x
    for _ in range(4):
        if xs:
            s = s * y * xs.pop() + x
        s = s * y
    return s


def closure_append(x, y):
    seen = []

    def note(v):
        seen.append(v * x)
        return v * 2.0
    a = note(x)
    b = note(a * y)
    return sum(seen) * b


def negative_branch(x, y):
    xs = [x, y, x * y]
    for i in range(3):
        if i % 2 == 0:
            xs.insert(0, xs.pop())
        else:
            xs[0], xs[1] = xs[1] * x, xs[0]
    return xs[0] + xs[1] ** 2 + xs[2] ** 3


def comprehensions_of_the_list_itself(x, y):
    rows = [x * 1.0, x * y]
    for k in range(3):
        rows = [r * y[k] for r in rows]
        rows[0][k] *= 2.0
    return np.sum(rows[0] * rows[1])


def next_list_of_the_last(x, y):
    rows = [x * 1.0, x * y, y * 2.0]
    for k in range(2):
        new = []
        for r in rows:
            new.append(r * y[k])
            new[0][1] *= 0.5
        rows = new
    return np.sum(rows[0] * rows[1]) + np.sum(rows[2])


def numbers_of_numbers(x, y):
    found = [x[0], x[1], 0.5]
    for k in range(2):
        found = [v * y[k] for v in found if v < 2.0]
        found = [v + w for v, w in zip(found, found[1:], strict=False)] + [x[k]]
    return sum(v**2 for v in found)


def unread_history(x, y):
    a = x * y
    history = [a.copy()]
    for k in range(2):
        a = a * x
        history.append(a.copy())
        history[-1][k] += 0.5
        np.clip(history[0], 0.0, 1.0, out=history[0])
    return np.sum(a)


def unread_comprehension(x, y):
    a = x * y
    rows = [a.copy()]
    rows.append(a * 2.0)
    rows = [r * y[2] for r in rows]
    return np.sum(a)


PROGRAMS = [
    (extend_display, (1.3, 0.4)), (extend_list, (1.3, 0.4)), (extend_self, (1.3, 0.4)), (iadd_tuple, (1.3, 0.4)),
    (iadd_list_alias, (1.3, 0.4)), (extend_loop, (1.3, 0.4)), (extend_branch, (1.3, 0.4)), (extend_arrays, (V, W)),
    (extend_array, (V, W)), (pop_last, (1.3, 0.4)), (pop_first, (1.3, 0.4)), (pop_index_loop, (1.3, 0.4)),
    (pop_while, (1.3, 0.4)), (pop_arrays, (V, W)), (pop_push, (1.3, 0.4)), (pop_unused, (1.3, 0.4)),
    (pop_in_expression, (1.3, 0.4)), (insert_front, (1.3, 0.4)), (insert_loop, (1.3, 0.4)), (insert_far, (1.3, 0.4)),
    (insert_arrays, (V, W)), (del_index, (1.3, 0.4)), (remove_known, (1.3, 0.4)), (reverse_in_place, (1.3, 0.4)),
    (clear_all, (1.3, 0.4)), (copy_method, (1.3, 0.4)), (count_index, (1.3, 0.4)), (max_list, (1.3, 0.4)),
    (repeated_in_place, (1.3, 0.4)), (repeated_in_a_loop, (1.3, 0.4)), (repeated_to_nothing, (1.3, 0.4)),
    (repeated_arrays, (V, W)), (extended_or_joined, (1.3, 0.4)), (joined_and_popped, (1.3, 0.4)),
    (joined_beside_another_name, (1.3, 0.4)), (greatest_pair, (1.3, 0.4)), (greatest_list, (1.3, 0.4)),
    (comprehensions_of_the_list_itself, (V, W)), (next_list_of_the_last, (V, W)), (numbers_of_numbers, (V, W)),
    (unread_history, (V, W)), (unread_comprehension, (V, W)),
    (queue, (1.3, 0.4)), (list_as_a_test, (1.3, 0.4)), (closure_append, (1.3, 0.4)), (negative_branch, (1.3, 0.4)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_lists(f, args, facts):
    check(f, args, facts)


def entries_ahead_are_replaced(x):
    rows = [x * 1.0, x * 2.0]
    for k in range(2):
        new = []
        for i, r in enumerate(rows):
            new.append(r * x[k])
            if i + 1 < len(rows):
                rows[i + 1] = r * 2.0
        rows = new
    return np.sum(rows[1])


def the_list_grows_under_another_name(x):
    rows = [x * 1.0, x * 2.0]
    for k in range(2):
        new = []
        old = rows
        for r in old:
            new.append(r * x[k])
            if len(rows) < 5:
                rows.append(r * 0.5)
        rows = new
    return np.sum(rows[1])


@pytest.mark.parametrize("f", [entries_ahead_are_replaced, the_list_grows_under_another_name], ids=name)
def test_a_list_that_changes_while_a_loop_runs_through_it(f):
    with pytest.raises(UnsupportedError, match="changes while a loop runs through it"):
        grad(f)(V)
