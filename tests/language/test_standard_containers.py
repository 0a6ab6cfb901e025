"""deque, defaultdict and OrderedDict of what is differentiated: lists and dicts, where all that is done is spelt."""

import collections
from collections import OrderedDict, defaultdict, deque

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad
from s2sgrad.errors import S2SGradError, UnsupportedError


class DelayLine:
    def __init__(self, n):
        self.samples = deque([0.0] * n, maxlen=n)

    def push(self, value):
        oldest = self.samples[0]
        self.samples.append(value)
        return oldest


def echo(x):
    line = DelayLine(2)
    s = 0.0
    for v in x:
        s += (line.push(v**2) + v) ** 2
    return s


def moving_mean(x):
    window = deque(maxlen=3)
    s = 0.0
    for v in x:
        window.append(v)
        s += (sum(window) / len(window)) ** 2
    return s


def window_that_starts_full(x):
    window = collections.deque(x[:3], 2)
    s = 0.0
    for v in x[1:]:
        window.append(v)
        s += np.var(np.array(window))
    return s


def window_of_arrays(x):
    window = deque([x] * 3, maxlen=3)
    for i in range(4):
        window.append(sum(window) / 3 + x**i)
    return np.sum(sum(window))


def newest_first(x):
    window = deque(maxlen=2)
    for v in x:
        window.appendleft(v**2)
    return window[0] * window[1] ** 2


def first_in_first_out(x):
    queue = deque(x)
    s = 0.0
    while queue:
        a = queue.popleft()
        s += a**2
        if len(queue) > 1 and a < 1.0:
            queue.append(a * queue.pop())
    return s


def order_of_evaluation(x):
    queue = deque(x)
    return queue[0] * queue.popleft() + len(queue) * queue.popleft() * queue[0]


def entries_written(x):
    window = deque([x[0]], maxlen=3)
    for v in x[1:]:
        window.append(v * window[-1])
        window[0] *= 0.5
        window[-1] = window[-1] + window[0]
    return sum(window) ** 2 + len(window)


def pairs_in_a_queue(x):
    queue = deque([(0, x[0])])
    s = 0.0
    while queue:
        n, v = queue.popleft()
        s += v**2
        for m in (2 * n + 1, 2 * n + 2):
            if m < len(x):
                queue.append((m, v * x[m]))
    return s


def extended(x):
    queue = deque(x[:2])
    queue.extend(x[2:])
    return queue[0] * queue[3]


def lists_of_two(x):
    table = defaultdict(lambda: [0.0, 0])
    for k, v in enumerate(x):
        table[k % 2][0] += v**2
        table[k % 2][1] += 1
    return sum(s**2 / n for s, n in table.values())


def two_names(x):
    queue = deque(x)
    same = queue
    same.append(x[0])
    return sum(queue) ** 2


def written_by_an_inner_function(x):
    window = deque(maxlen=2)

    def push(v):
        window.append(v)

    for v in x:
        push(v**2)
    return window[0] * window[1]


def queue_of_nodes(x):
    graph = {0: [1, 2], 1: [3], 2: [3], 3: []}
    seen, queue = {0}, deque([0])
    s = 0.0
    while queue:
        n = queue.popleft()
        s += x[n] ** 2 * (1 + len(queue))
        for m in graph[n]:
            if m not in seen:
                seen.add(m)
                queue.append(m)
    return s


def totals(x):
    total = defaultdict(float)
    for k, v in enumerate(x):
        total[k % 2] += v**2
    return sum(v**1.5 for v in total.values())


def products(x):
    product = defaultdict(lambda: 1.0)
    for k in range(len(x)):
        product[k % 2] *= x[k]
    return product[0] + product[1] ** 2


def groups(x):
    group = defaultdict(list)
    for k, v in enumerate(x):
        group["even" if k % 2 == 0 else "odd"].append(v)
    return sum(np.prod(np.array(g)) for g in group.values())


def arrays(x):
    table = defaultdict(lambda: np.zeros(2))
    for k in range(4):
        table[k % 2] += x[k] ** 2 * np.array([1.0, 2.0])
        table[2][0] += x[k]
    return np.sum(table[0] * table[1]) + table[2][0] ** 2


def dicts_in_a_dict(x):
    table = defaultdict(dict)
    for k, v in enumerate(x):
        table[k % 2][k] = v**2
    return sum(sum(d.values()) ** 2 for d in table.values())


def reading_makes_entries(x):
    table = defaultdict(float)
    for k in range(len(x)):
        table[k] = x[k] + table[k - 1] ** 2
    return table[len(x) - 1] + len(table) * x[0]


def entries_that_are_not_reached(x):
    table = defaultdict(float)
    table[0] = x[0]
    s = 0.0
    for k in range(4):
        if k < 2 and table[k] < 1.0:
            s += x[k] ** 2
    return s * len(table) + table[7]


def keys_from_a_queue(x):
    keys = deque([0, 1, 0, 1])
    table = defaultdict(float)
    for v in x:
        table[keys.popleft()] += v**2
    return table[0] * table[1]


def neighbours(x):
    graph = defaultdict(list)
    for a, b in [(0, 1), (1, 2), (2, 3), (3, 0)]:
        graph[a].append(b)
        graph[b].append(a)
    return sum((x[n] - x[m]) ** 4 for n in range(4) for m in graph[n])


def in_order(x):
    table = OrderedDict()
    for k in range(4):
        table[k % 2] = x[k] ** 2
    return table[0] * table[1]


X = np.array([0.7, 1.3, 0.4, 1.9])
PROGRAMS = [
    echo, moving_mean, window_that_starts_full, window_of_arrays, newest_first, first_in_first_out, order_of_evaluation,
    entries_written, pairs_in_a_queue, two_names, extended, lists_of_two, written_by_an_inner_function, queue_of_nodes,
    totals, products, groups, arrays, dicts_in_a_dict, reading_makes_entries, entries_that_are_not_reached,
    keys_from_a_queue, neighbours, in_order,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_standard_containers(f):
    check(f, (X,), "call")


def test_a_window_reads_as_a_list():
    made = grad(moving_mean).source_for(X)
    assert "window = []" in made
    assert "window.pop(0)" in made
    assert "deque" not in made.split("# reverse sweep")[0].split('"""')[-1]


def compared_with_a_list(x):
    queue = deque(x)
    return x[0] ** 2 if queue == [x[0]] else sum(queue)


def of_a_part(x):
    queue = deque(x)
    queue.rotate(1)
    return queue[0] ** 2


def asked_for_its_class(x):
    queue = deque(x)
    return x[0] ** 2 if isinstance(queue, deque) else sum(queue)


def shown(x):
    queue = deque(x)
    print(queue)
    return queue[0] ** 2


def bound_that_changes(x):
    for n in range(1, 4):
        if n == 1:
            window = deque(x[:1], maxlen=n)
        window.append(x[n])
    return window[0] ** 2


@pytest.mark.parametrize("f", [compared_with_a_list, of_a_part, asked_for_its_class, shown, bound_that_changes],
                         ids=name)
def test_what_a_list_does_otherwise_is_refused(f):
    with pytest.raises(UnsupportedError, match="`deque` of values that are differentiated is not all followed"):
        grad(f)(X)


def totals_of_known_keys(x):
    total = {"a": 0.0, "b": 1.0}
    for k, v in enumerate(x):
        total["ab"[k % 2]] += v**2
        total["b"] -= 0.5 * v
    return total["a"] * total["b"]


def totals_that_are_read(x):
    total = [{"s": 0.0}, {"s": 1.0}]
    for k, v in enumerate(x):
        total[k % 2]["s"] += v**2
        total[1]["s"] -= total[0]["s"] ** 2
    return total[0]["s"] * total[1]["s"]


@pytest.mark.parametrize("f", [totals_of_known_keys, totals_that_are_read], ids=name)
@pytest.mark.parametrize("facts", FACTS)
def test_entries_of_dicts_are_added_into(f, facts):
    check(f, (X,), facts)
    assert "put_entry" not in grad(f).source_for(X)


def test_what_is_added_to_an_entry_needs_no_record():
    assert "record" not in grad(totals_of_known_keys).source_for(X)


def drawn_entries(x):
    rng = np.random.default_rng(0)
    table = defaultdict(lambda: rng.random())
    for k in range(4):
        table[k % 2] *= x[k]
    return table[0] + table[1] ** 2


def test_entries_that_are_drawn_are_drawn_once():
    with pytest.raises(UnsupportedError, match="`defaultdict` of values that are differentiated is not all followed"):
        grad(drawn_entries)(X)


def either(x, table):
    if x[0] > 1.0:
        table = defaultdict(float)
    table[0] = x[0] ** 2
    return table[0] + table[1]


def test_a_dict_of_the_caller_stays_one():
    with pytest.raises((KeyError, S2SGradError)):
        grad(either)(X, {})
