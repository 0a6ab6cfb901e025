"""Sets, deques and other objects that nothing puts back: what is read of them is read once, in the forward sweep."""

import random
from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad
from s2sgrad.errors import UnsupportedError


def length_of_a_growing_set(x):
    seen, s = set(), 0.0
    for i in range(3):
        s += x[i] * len(seen)
        seen.add(i)
    return s


def membership(x):
    seen, s = set(), 0.0
    for i in (0, 1, 0, 2, 1):
        if i not in seen:
            s += x[i] ** 2
        s += x[i] * (i in seen)
        seen.add(i)
    return s


def set_in_a_test(x):
    left, s = {0, 1, 2}, 0.0
    for _ in range(5):
        if left:
            s = s * x[left.pop()] + x[0]
    return s


def set_popped(x):
    left, s = {0, 1, 2}, 0.0
    while left:
        k = left.pop()
        s += x[k] * len(left)
    return s


def popped_and_measured_at_once(x):
    left, s = {0, 1, 2}, x[0]
    while left:
        s = s * x[left.pop()] * len(left) + x[1] ** 2
    return s


def set_updated_and_reduced(x):
    a, s = {1, 2}, 0.0
    s += x[0] ** 2 * len(a)
    a.update((3, 4, 5))
    s += x[1] ** 2 * len(a)
    a.discard(4)
    s += x[2] ** 2 * len(a)
    a.clear()
    return s + len(a)


def set_with_operators(x):
    seen, s = set(), 0.0
    for k in range(3):
        seen |= {k}
        s += x[k] ** 2 * len(seen)
        seen ^= {0, 1}
        s += x[k] * len(seen)
    return s


def frozen_set_bound_anew(x):
    fs, s = frozenset(range(4)), 0.0
    for k in range(3):
        fs -= {k}
        s += x[k] ** 2 * len(fs)
    return s


def range_over_the_length_of_a_set(x):
    seen, s = {0}, 1.0
    for k in range(3):
        for j in range(len(seen)):
            s = s * x[j] + x[k]
        seen.add(k)
    return s


def loop_over_a_set(x):
    seen, s = {0}, 1.0
    for k in range(3):
        for j in seen:
            s = s * x[j] + x[k]
        seen.add(k)
    return s


def set_in_a_list(x):
    sets, s = [set(), set()], 0.0
    for k in range(4):
        s += x[k] ** 2 * len(sets[k % 2])
        sets[k % 2].add(k)
    return s


def set_in_a_dict(x):
    d, s = {}, 0.0
    for k in range(4):
        d.setdefault(k % 2, set()).add(k)
        s += x[k] ** 2 * len(d[k % 2])
    return s


class Visited:
    """Has a set."""

    def __init__(self):
        self.seen = set()


def set_in_a_field(x):
    v, s = Visited(), 0.0
    for k in (0, 1, 0):
        s += x[k] ** 2 * len(v.seen)
        v.seen.add(k)
    return s


def other_name_of_a_set(x):
    a = set()
    b, s = a, 0.0
    for k in range(3):
        s += x[k] ** 2 * len(a)
        b.add(k)
    return s


def queue(x):
    q, s = deque([0]), 1.0
    while q:
        k = q.popleft()
        s = s * x[k] + len(q)
        if k < 2:
            q.append(k + 1)
            q.append(2)
    return s


def entry_of_a_deque(x):
    q, s = deque([0, 1, 2]), 0.0
    for _ in range(4):
        s += x[q[0]] ** 2
        q.rotate(1)
    return s


def entry_of_a_deque_written(x):
    q, s = deque([0, 1, 2]), 0.0
    s += x[q[0]] ** 2
    q[0] = 2
    return s + x[q[0]] ** 3


def loop_over_a_deque(x):
    q, s = deque([0, 1, 2], maxlen=3), 1.0
    for k in range(2):
        for j in q:
            s = s * x[j] + x[3]
        q.append(k)
    return s


def counts(x):
    c, s = Counter(), 0.0
    for k in (0, 1, 0, 0):
        c[k] += 1
        s += x[k] ** 2 * int(c[k])
        c.update([1])
    return s


def ordered(x):
    d, s = OrderedDict(a=0, b=1), 0.0
    for _ in range(3):
        first = next(iter(d))
        s += x[d[first]] ** 2 * len(d)
        d.move_to_end(first)
    d["c"] = 2
    return s + x[d["c"]] * len(d)


def groups(x):
    d, s = defaultdict(list), 0.0
    for k in range(4):
        s += x[k] ** 2 * len(d[k % 2])
        d[k % 2].append(k)
        s += x[d[k % 2][0]]
    return s


def bytes_written(x):
    b = bytearray(3)
    s = x[b[0]] ** 2
    b[0] = 2
    b.append(1)
    return s + x[b[0]] * len(b)


def iterator(x):
    it, s = iter([2, 0, 1]), 0.0
    for _ in range(3):
        s += x[next(it)] ** 2
    return s


def generator_of_random_numbers(x):
    rng, s = random.Random(3), 0.0
    for _ in range(3):
        s += x[rng.randrange(3)] ** 2 * float(rng.random())
    return s


def visit(seen, k):
    seen.add(k)
    return len(seen)


def measured(seen, v):
    return v * v * len(seen)


def set_in_helpers(x):
    seen, s = set(), 0.0
    for k in range(3):
        s += measured(seen, x[k]) * visit(seen, k)
    return s


def lazy_operands(x):
    seen, s = set(), 0.0
    for k in range(4):
        s += x[k] ** 2 * (len(seen) > 1 and len(seen) or 5)
        s += x[k] if seen and len(seen) > 2 else x[0] * len(seen)
        seen.add(k)
    return s


def in_a_comprehension(x):
    seen = {0}
    a = sum([x[k] * len(seen) for k in range(3)])
    seen.add(2)
    return a * sum(x[k] ** 2 for k in range(3) if k in seen)


def arrays_in_a_deque(x):
    q, s = deque(), 0.0
    w = np.ones(3)
    q.append(w)
    s += np.sum(x[:3] * q[0])
    w[0] = 5.0
    return s + np.sum(x[:3] ** 2 * w)


PROGRAMS = [length_of_a_growing_set, membership, set_in_a_test, set_popped, popped_and_measured_at_once,
            set_updated_and_reduced, set_with_operators, frozen_set_bound_anew, range_over_the_length_of_a_set,
            loop_over_a_set, set_in_a_list, set_in_a_dict, set_in_a_field, other_name_of_a_set, queue,
            entry_of_a_deque, entry_of_a_deque_written, loop_over_a_deque, counts, ordered, groups, bytes_written,
            iterator, set_in_helpers, lazy_operands, in_a_comprehension, arrays_in_a_deque]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_unrestored_object(f, facts):
    check(f, (V,), facts)


def test_random_numbers_are_drawn_once():
    check(generator_of_random_numbers, (V,), "call")


def sorted_in_a_deque(x):
    q, s = deque([np.array([3.0, 1.0, 2.0])]), 0.0
    s += np.sum(x[:3] ** 2 * q[0])
    q[0].sort()
    return s + np.sum(x[:3] * q[0])


def test_what_the_reverse_sweep_needs_and_nothing_puts_back_is_refused():
    with pytest.raises(UnsupportedError, match="changed by calls that the reverse sweep does not undo"):
        grad(sorted_in_a_deque)(V)


GENERATOR = np.random.default_rng(3)


def last_draw(x):
    return np.sum(x**2) * GENERATOR.uniform(1.0, 2.0)


def size_of_a_set(x):
    seen = {1, 2}
    seen.discard(1)
    return np.sum(x**2) * sum(seen)


def test_what_only_the_gradient_needs_is_read_in_the_forward_sweep_as_well():
    text = grad(last_draw).source_for(V)
    assert "GENERATOR.uniform" in text.split("# reverse sweep")[0]
    assert np.all(grad(last_draw)(V) / V >= 2.0)
    assert np.allclose(grad(size_of_a_set)(V), 4.0 * V)
