"""Functions that change the order, or the entries, of a list or array they are given: it is put back as it was."""

import bisect
import functools
import heapq
import operator
import random

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad, stop_gradient
from s2sgrad.errors import AliasError, S2SGradError


def shuffled_list(x):
    order = [0, 1, 2]
    s = x[order[0]] * 5.0
    random.Random(1).shuffle(order)
    return s + x[order[0]] ** 2


def shuffled_by_the_module(x):
    random.seed(5)
    order, s = [0, 1, 2, 3], 0.0
    for _ in range(3):
        s += x[order[0]] ** 2 * order[1]
        random.shuffle(order)
    return s


def shuffled_by_numpy(x):
    np.random.seed(5)
    order, weights, s = [0, 1, 2, 3], np.arange(3.0), 0.0
    for _ in range(3):
        s += x[order[0]] ** 2 * weights[1]
        np.random.shuffle(order)
        np.random.shuffle(weights)
    return s + np.sum(x[:3] * weights)


def shuffled_by_a_generator(x):
    rng = np.random.default_rng(2)
    order, weights, s = [0, 1, 2, 3], np.arange(3.0), 0.0
    for _ in range(3):
        s += x[order[0]] ** 2 * weights[1]
        rng.shuffle(order)
        rng.shuffle(weights)
    return s


def heap(x):
    h, s = [2, 1, 0], 0.0
    heapq.heapify(h)
    while h:
        s = s * 0.5 + x[h[0]] ** 2
        heapq.heappop(h)
    return s


def heap_in_expressions(x):
    h, s = [], 1.0
    for k in (3, 1, 2):
        heapq.heappush(h, k)
    while h:
        s = s * x[heapq.heappop(h)] * (1 + len(h)) + x[0]
    return s


def heap_of_pairs(x):
    h, s = [(0.5, 1), (0.2, 3)], 1.0
    while h:
        d, k = heapq.heappop(h)
        s = s * x[k] + d
        if d < 0.4:
            heapq.heappush(h, (d + 0.25, k - 1))
    return s


def heap_with_replacement(x):
    h, s = [1, 2, 3], 1.0
    for k in (0, 4, 2):
        s = s * x[heapq.heapreplace(h, k)] + x[heapq.heappushpop(h, 4)]
    return s


def sorted_insertion(x):
    a, s = [1, 3], 0.0
    for k in (2, 0, 4):
        s += x[a[0]] * x[a[-1]]
        bisect.insort(a, k)
    return s


def heap_in_a_dict(x):
    d, s = {"a": [2, 0, 1]}, 0.0
    for _ in range(3):
        s += x[d["a"][0]] ** 2
        heapq.heappop(d["a"])
    return s


def set_by_operator(x):
    n = [1, 2, 3]
    s = x[0] * n[1]
    operator.setitem(n, 1, 5)
    return s * n[1]


def set_in_an_array_by_operator(x):
    a = np.ones(3)
    s = x[0] * a[1]
    operator.setitem(a, 1, x[1] * 5.0)
    return s * a[1]


def set_by_the_method(x):
    a, n, d = np.ones(3), [1, 2], {"k": 2.0}
    s = x[0] * a[1] * n[0] * d["k"]
    a.__setitem__(1, 5.0)
    n.__setitem__(0, 7)
    d.__setitem__("k", x[2])
    n.__delitem__(1)
    return s * a[1] * n[0] * d["k"]


def popped_on_a_condition(x):
    h, s = [2, 1], 0.0
    for _ in range(3):
        s += x[0] ** 2 * (len(h) > 0 and heapq.heappop(h))
    return s


PROGRAMS = [shuffled_list, shuffled_by_the_module, shuffled_by_numpy, shuffled_by_a_generator, heap,
            heap_in_expressions, heap_of_pairs, heap_with_replacement, sorted_insertion, heap_in_a_dict,
            set_by_operator, set_in_an_array_by_operator, set_by_the_method,
            popped_on_a_condition]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_rearranged_list(f, facts):
    check(f, (V,), facts)


def heap_of_what_is_differentiated(x):
    h = [(x[0], 0), (x[1], 1)]
    heapq.heapify(h)
    return h[0][0] * 2.0


def arrays_given_to_what_is_not_known(x, f):
    rows = []
    for k in range(3):
        rows.append(np.arange(3.0) + k)
    y = x[:3] * rows[0]
    f(rows)
    return np.sum(y * rows[1])


def writing_the_first(rows):
    rows[0][:] = 7.0


def arrays_in_a_display(x, f):
    a, b = np.arange(3.0), np.ones(3)
    y = x[:3] * a
    f([a, b])
    return np.sum(y * y * a)


def test_what_is_differentiated_is_not_rearranged():
    with pytest.raises(S2SGradError, match="heapify"):
        grad(heap_of_what_is_differentiated)(V)


def test_a_list_of_arrays_is_not_given_to_what_is_not_known():
    with pytest.raises(AliasError, match="A list of what may be written"):
        grad(arrays_given_to_what_is_not_known)(V, functools.partial(writing_the_first))


def test_arrays_in_a_display_are_put_back():
    a = np.arange(3.0)
    writer = functools.partial(writing_the_first)
    assert np.allclose(grad(arrays_in_a_display)(V, writer)[:3], 14.0 * V[:3] * a**2)


def test_the_list_of_the_caller_stays_as_it_is():
    order = [2, 0, 1]
    grad(lambda x, order: x[heapq.heappop(order)] ** 2)(V, order)
    assert order == [2, 0, 1]


def heap_of_stopped_priorities(x):
    h = [(float(stop_gradient(x[k])), k) for k in range(5)]
    heapq.heapify(h)
    s = 0.0
    while h:
        _, k = heapq.heappop(h)
        s = s * 0.5 + x[k] ** 2
    return s


def test_priorities_without_a_gradient():
    order = np.argsort(V)
    assert np.allclose(grad(heap_of_stopped_priorities)(V)[order], 2 * V[order] * 0.5 ** np.arange(4, -1, -1))
