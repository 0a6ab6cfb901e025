"""Containers whose entries begin as constants, and are bound anew to what is differentiated."""

import numpy as np
import pytest
from language.check import FACTS, check, name

GLOBAL = np.array([0.5, -1.0, 2.0, 1.0])
A = np.array([1.0, 2.0, -1.0, 0.5])


def momentum(x, a):
    velocity = [np.zeros(4)]
    for _ in range(3):
        velocity = [0.9 * v + a * x for v in velocity]
    return np.sum(velocity[0])


def of_arguments(x, weights):
    moments = [np.zeros_like(w) for w in weights]
    for _ in range(2):
        moments = [0.9 * m + x * w for m, w in zip(moments, weights, strict=True)]
        weights = [w - 0.1 * m for w, m in zip(weights, moments, strict=True)]
    return sum(np.sum(w**2) for w in weights)


def in_a_dict(x, a):
    moments = {"p": np.zeros(4), "q": np.ones(4)}
    for _ in range(3):
        moments = {k: 0.9 * v + a * x for k, v in moments.items()}
    return np.sum(moments["p"] * moments["q"])


def on_a_condition(x):
    us = [np.zeros(2) for _ in range(2)]
    if x > 0:
        us = [u * x + x for u in us]
    return us[0] @ us[1]


def repeated(x):
    us = [np.ones(2)] * 2
    for _ in range(2):
        us = [u * x for u in us]
    return us[0] @ us[1]


def appended_in_a_loop(x, a):
    hidden = [np.zeros(4), np.ones(4)]
    for v in a:
        new = []
        for h in hidden:
            new.append(np.tanh(h * x + v))
        hidden = new
    return np.sum(hidden[0] * hidden[1])


def with_a_global(x, a):
    rows = [GLOBAL, a]
    total = 0.0
    for _ in range(2):
        for row in rows:
            total = total + np.sum(row * x)
        rows = [row * x for row in rows]
    return total


def a_delay_line(x, a):
    line = [np.zeros(4), np.zeros(4)]
    for t in range(4):
        line = line[1:] + [a * x * t + line[0]]
    return np.sum(line[0] * line[1])


def in_a_while_loop(x, a):
    state = [np.zeros(4), np.ones(4)]
    k = 0
    while k < 3:
        state = [s * x + a for s in state]
        k += 1
    return np.sum(state[0] * state[1])


def under_another_name(x, a):
    start = [np.zeros(4), np.ones(4)]
    state = start
    for _ in range(2):
        state = [s * x + a for s in state]
    return np.sum(state[0] * state[1] * start[1])


def transposed(x, y):
    rows = [[y, 1.0], [1.0, 0.7]]
    for _ in range(3):
        rows = [list(c) for c in zip(*rows, strict=True)]
    return rows[0][0] * rows[1][1] + x * rows[0][1]


def joined(x, a):
    kept = [np.zeros(4), np.ones(4)]
    found = [a, np.ones(4)]
    for _ in range(2):
        found = found + kept
        found[-1] = kept[0] + x
    return np.sum(kept[1] * found[0] * found[-1])


def popped_and_put_again(x, a):
    d = {"q": a * x}
    t = d.pop("q")
    d["q"] = np.ones(4)
    return np.sum(d["q"] * t)


def deleted_and_put_again(x, a):
    d = {"q": a * x}
    del d["q"]
    d["q"] = np.ones(4)
    return np.sum(d["q"]) * x


def popped_into_another_key(x, a):
    d = {"q": a * x}
    d["p"] = d.pop("q")
    d["q"] = np.ones(4)
    return np.sum(d["q"] * d["p"])


def put_beside_what_changes(x, a):
    s = GLOBAL.copy()
    e = {"p": np.ones(4), "q": a}
    d = {**e, "p": s}
    s += x
    return np.sum(d["p"] * d["q"])


def a_union(x, a):
    s = a * 2.0
    d = {"p": a, "q": a} | {"p": s}
    s *= x
    return np.sum(d["p"] * d["q"])


def coefficients(x):
    c = [1]
    for v in x:
        c = [a + v * b for a, b in zip(c + [0], [0] + c, strict=True)]
    return c[2] * c[1]


def a_table_of_integers(x):
    m = [[0] * 2 for _ in range(2)]
    for i in range(2):
        for j in range(2):
            m[i][j] = x[i] * x[j + 1]
    m = [[m[j][i] for j in range(2)] for i in range(2)]
    return m[0][1] * m[1][0]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [
    (momentum, (1.2, A)), (of_arguments, (1.2, [A, GLOBAL])), (in_a_dict, (1.2, A)), (on_a_condition, (1.2,)),
    (on_a_condition, (-1.2,)), (repeated, (1.2,)), (appended_in_a_loop, (0.3, A)), (with_a_global, (1.2, A)),
    (a_delay_line, (1.2, A)), (in_a_while_loop, (0.7, A)), (under_another_name, (0.7, A)), (transposed, (1.2, 0.7)),
    (joined, (1.2, A)), (popped_and_put_again, (1.2, A)), (deleted_and_put_again, (1.2, A)),
    (popped_into_another_key, (1.2, A)), (put_beside_what_changes, (1.2, A)), (a_union, (1.2, A)),
    (coefficients, ([1.3, 0.7, 2.1],)), (a_table_of_integers, ([1.3, 0.7, 2.1],)),
], ids=name)
def test_gradients(f, args, facts):
    check(f, args, facts)
