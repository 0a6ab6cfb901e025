# ruff: noqa: B007, B905, C416, C419 (as users write)
"""Loops over dicts, sets, iterators and objects; functions that run through a dict."""

import collections
import itertools
import math

import numpy as np
import pytest
from language.check import FACTS, V, active, check, name, saved_gradient

from s2sgrad import grad
from s2sgrad.errors import ArgumentError, S2SGradError, UnsupportedError

RATES = {"slow": 2.0, "fast": 3.0}
STEPS = {1, 2, 3}
QUEUE = collections.deque([1, 2, 0])
ORDERED = collections.OrderedDict(p=1.0, q=2.0)


class Countdown:
    """Indices and a length, and no more."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        if index >= 3:
            raise IndexError
        return 3 - index


class Model:
    def __init__(self):
        self.weights, self.biases = [0.7, -1.3], [0.4, 0.9]
        self.names = {"a", "b"}
        self.stream = iter([1, 2, 3])


COUNTDOWN, MODEL = Countdown(), Model()


# ---------------------------------------------------------------- dicts of differentiated values
def keys_of_a_dict(x):
    parts = {1: x[0] ** 2, 0: x[1]}
    s = 0.0
    for k in parts:
        s += x[2] * k
    return s


def values_by_key(x):
    parts = {1: x[0], 0: x[1]}
    s = 0.0
    for k in parts:
        s += parts[k] ** 2 * (k + 1)
    return s


def values_by_name(x):
    parts = {"a": x[0], "b": x[1]}
    return sum(parts[k] ** 2 for k in parts)


def keys_as_numbers_in_a_sum(x):
    parts = {1: x[0] ** 2, 0: x[1]}
    return sum(x[2] * k for k in parts) + sum([x[1] * k for k in parts]) + len(parts) * x[0]


def sum_of_keys(x):
    parts = {3: x[0] ** 2, 1: x[1]}
    return sum(parts) * x[0] + math.fsum(parts) * x[1]


def unpacked_keys(x):
    parts = {2: x[0] ** 2, 1: x[1]}
    a, b = parts
    return a * x[0] + b * x[1]


def list_of_keys(x):
    parts = {2: x[0] ** 2, 1: x[1]}
    keys = list(parts)
    return keys[0] * x[0] + keys[1] * x[1] + sorted(parts)[0] * x[2]


def array_of_keys(x):
    parts = {2: x[0] ** 2, 1: x[1]}
    keys = np.array(tuple(parts))
    return keys[0] * x[0] + keys[1] * x[1]


def extreme_keys(x):
    parts = {2: x[0] ** 2, 1: x[1]}
    return max(parts) * x[0] + min(parts) * x[1] + max(*parts) * x[2]


def starred_keys(x):
    parts = {2: x[0] ** 2, 1: x[1]}
    keys = [*parts]
    return keys[0] * x[1]


def sets_of_keys(x):
    parts = {2: x[0] ** 2, 1: x[1]}
    s = 0.0
    for k in set(parts):
        s += parts[k] * k
    return s * len(set(parts) | {5})


def numbered_keys(x):
    parts = {2: x[0] ** 2, 3: x[1]}
    s = 0.0
    for i, k in enumerate(parts):
        s += x[i] * k
    for v, k in zip(x, parts):
        s += v * k
    for k in reversed(parts):
        s = s * parts[k] + k
    return s


def keys_until_a_break(x):
    parts = {1: x[0] ** 2, 2: x[1], 0: x[2]}
    s = 0.0
    for k in parts:
        if k == 0:
            break
        s += parts[k] * k
    return s


def pairs_of_dicts(x):
    left, right = {0: x[0], 1: x[1]}, {2: x[2], 3: x[3]}
    s = 0.0
    for a, b in zip(left, right):
        s += left[a] * right[b] * a + b * x[0]
    return s


def dict_filled_by_a_loop(x):
    parts = {}
    for i in range(3):
        parts[i] = x[i] * 2
    s = 0.0
    for k in parts:
        s = s * parts[k] + k * x[k]
    parts[7] = x[0]
    for k in parts:
        s = s + parts[k] * k
    return s


def keys_seen_before_another_is_added(x):
    parts = {0: x[0], 1: x[1]}
    before, now = list(parts), parts.keys()
    parts[2] = x[2]
    s = 0.0
    for k in before:
        s += parts[k] * k
    for k in now:
        s += parts[k] * x[k]
    return s


def values_written_in_a_loop_over_their_keys(x):
    parts = {"a": x[0], "b": x[1] * 2}
    for k in parts:
        parts[k] = parts[k] * x[2]
    return parts["a"] * parts["b"]


def arrays_written_in_a_loop_over_their_keys(x):
    parts = {"a": x[:2] * 1.0, "b": x[2:4] * 1.0}
    s = 0.0
    for k in parts:
        parts[k][0] *= 3.0
        s += np.sum(parts[k] ** 2)
    return s


def dicts_in_a_dict(x):
    rows = {0: {1: x[0], 2: x[1]}, 3: {1: x[2], 2: x[3]}}
    s = 0.0
    for a in rows:
        for b in rows[a]:
            s += rows[a][b] * a * b * x[0]
    return s


def dicts_in_a_list(x):
    rows = [{1: x[0], 2: x[1]}, {1: x[2], 2: x[3]}]
    s = 0.0
    for row in rows:
        for k in row:
            s += k * x[0] + row[k] ** 2
    return s


def total(parts, scale):
    s = 0.0
    for k in parts:
        s = s * scale + parts[k]
        s += k * scale
    return s


def dict_in_a_helper(x):
    return total({0: x[0], 1: x[1]}, x[2])


def dict_as_argument(parts):
    s = 0.0
    for k in parts:
        s = s * 2.0 + np.sum(parts[k] ** 2)
    return s


# ---------------------------------------------------------------- what does not vary
def names_of_data(x):
    s = sum(RATES[k] * x[0] for k in RATES)
    for k, v in RATES.items():
        s = s * v + x[1] * RATES[k]
    for k in RATES.keys() | {"slow"}:
        s += RATES[k] * x[2]
    return s + sum([v * x[0] ** i for i, v in enumerate(RATES.values())])


def names_of_a_plain_argument(x, rates):
    s = 0.0
    for k in rates:
        s = s * x + rates[k]
    return s


def over_a_set(x):
    s = 0.0
    for k in STEPS:
        s = s * x[1] + x[0] * k
    for k in STEPS:
        if k > 2:
            break
        s = s + x[k] ** 2
    return s


def over_a_local_set(x):
    s = 0.0
    for k in {0, 2, 1}:
        s += x[k] ** (k + 1)
    return s


def over_a_product(x):
    s = 0.0
    for i, j in itertools.product(range(2), range(3)):
        s += s * x[j] + x[i]
    return s


def over_a_product_until_a_break(x):
    s = 0.0
    for i, j in itertools.product(range(2), range(3)):
        if i + j > 2:
            break
        s += x[i] * x[j]
    return s


def over_choices(x):
    s = 0.0
    for k, pair in enumerate(itertools.combinations(range(4), 2)):
        s = s * x[k % 5] + x[pair[1]]
    for _ in range(2):
        for a, b in itertools.permutations([0, 1, 2], 2):
            s = s * x[a] + x[b]
    return s


def over_grid_indices(x):
    s = 0.0
    for i in np.ndindex(2, 2):
        s = s * x[i[0]] + x.reshape(5, 1)[i[1], 0] ** 2
    return s


def over_iterators(x):
    s = 0.0
    for i in iter([1, 2]):
        s = s * x[0] + i
    for v in map(float, (1, 2)):
        s = s * x[1] + v
    for i in itertools.chain([0, 1], [2]):
        s = s + x[i] ** 2
    return s


def over_a_repeated_value(x):
    s = 0.0
    for v, w in zip(x, itertools.repeat(2.0, 3)):
        s += v**2 * w
    return s


def over_objects(x):
    s = 0.0
    for i in QUEUE:
        s = s * x[0] + x[i]
    for k in ORDERED:
        s = s * x[1] + ORDERED[k]
    for i in COUNTDOWN:
        s = s * x[2] + x[i]
    return s


def over_the_fields_of_an_object(x):
    s = x[2]
    for w, b in zip(MODEL.weights, MODEL.biases):
        s = s * w * x[0] + b
    for w in MODEL.weights:
        s = s * w * x[1]
    for n in MODEL.names:
        s = s + len(n) * x[0]
    return s


def over_a_text(x):
    s = 0.0
    for c in "abc":
        s = s * x[0] + ord(c)
    return s


def over_a_range_by_name(x):
    span = range(3)
    s = 0.0
    for i in span:
        s += x[i] ** 2
    for i in reversed(span):
        s = s * x[i]
    return s


def starred_tuple(x):
    parts = (*x, 2.0)
    return parts[0] * parts[-1]


def numbered_backwards(x):
    s = 0.0
    for i, v in enumerate(reversed(x)):
        s += i * v**2
    return s


def numbered_backwards_from_two(x):
    return sum([i * v**2 for i, v in enumerate(reversed(x), start=2)])


def numbered_list_backwards(x):
    return sum(i * v**2 for i, v in enumerate(reversed([x[0], x[1] * 2.0, x[2]])))


def numbered_tuple_backwards(x):
    return {i: v**2 for i, v in enumerate(reversed((x[0], x[1] * 2.0, x[2])))}[2]


def numbered_rows_backwards(x):
    s, rows = 0.0, np.outer(x, x)
    for i, row in enumerate(reversed(rows)):
        s += i * np.sum(row * row * x)
    return s


def numbered_ranges(x):
    s, n = 0.0, 4
    for i, k in enumerate(reversed(range(n))):
        s += i * x[k] ** 2
        n = 7
    for i, k in enumerate(range(1, 3)):
        s += (i + 1) * x[k] ** 2
    for i, k in enumerate(range(3, -1, -2), 1):
        s += i * x[k] ** 3
    for i, k in enumerate(reversed(range(0, 4, 3))):
        s += i * x[k] ** 2
    return s


def numbered_twice_backwards(x):
    s = 0.0
    for k, (i, v) in enumerate(enumerate(reversed(x), 3)):
        s += k * v + i * v**2
        if k == 2:
            break
    return s


def numbered_from_what_changes(x):
    s, n = 0.0, 2
    for i, v in enumerate(x, n):
        s += i * v**2
        n = 50
    return s


def numbered_backwards_beside(x):
    s = 0.0
    for (i, v), w in zip(enumerate(reversed(x)), x):
        s += i * v * w**2
    return s


def backwards_beside(x):
    s = 0.0
    for v, w, k in zip(x, reversed(x), reversed(range(3))):
        s += v * w**2 * x[k] + k
    for v, w in zip(reversed((x[0], x[1])), reversed([x[2], x[3], x[0]]), strict=False):
        s += v * w**2
    return s


def backwards_beside_a_list_that_is_written(x):
    xs, s = [x[0], x[1], x[2]], 0.0
    for v, w in zip(x, reversed(xs)):
        s += v * w**2
        xs[0] = s
    return s


def keys_backwards_beside(x):
    d, s = {1: x[0], 3: x[1]}, 0.0
    for v, k in zip(x, reversed(d)):
        s += v * d[k] ** 2 * k
    return s


BACKWARDS = [numbered_backwards, numbered_backwards_from_two, numbered_list_backwards, numbered_tuple_backwards,
             numbered_rows_backwards, numbered_ranges, numbered_twice_backwards, numbered_from_what_changes,
             numbered_backwards_beside, backwards_beside, backwards_beside_a_list_that_is_written,
             keys_backwards_beside]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", BACKWARDS, ids=name)
def test_numbered_and_backwards(f, facts):
    check(f, (V,), facts)


PROGRAMS = [(f, (V,)) for f in (
    keys_of_a_dict, values_by_key, values_by_name, keys_as_numbers_in_a_sum, sum_of_keys, unpacked_keys, list_of_keys,
    array_of_keys, starred_tuple, extreme_keys, starred_keys, sets_of_keys, numbered_keys, keys_until_a_break,
    pairs_of_dicts,
    dict_filled_by_a_loop, keys_seen_before_another_is_added, values_written_in_a_loop_over_their_keys,
    arrays_written_in_a_loop_over_their_keys, dicts_in_a_dict, dicts_in_a_list, dict_in_a_helper, names_of_data,
    over_a_set, over_a_local_set, over_a_product, over_a_product_until_a_break, over_choices, over_grid_indices,
    over_iterators, over_a_repeated_value, over_objects, over_the_fields_of_an_object, over_a_text,
    over_a_range_by_name)] + [
    (dict_as_argument, ({"a": V, "b": V[:2]},)), (dict_as_argument, ({0: V, 1: V[:2]},)),
    (names_of_a_plain_argument, (0.7, {"slow": 2, "fast": 3})),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_iterable(f, args, facts):
    check(f, args, facts)


def test_a_loop_over_a_list_stays_one():
    def f(x, scales):
        for scale in scales:
            x = x * scale
        return x

    assert "for scale in scales:" in grad(f).source
    assert "list(" not in grad(f).source_for(1.0, [2.0])


@pytest.mark.parametrize("scales", [{2.0}, {2.0: 1.0}, iter([2.0])], ids=["set", "dict", "iterator"])
def test_a_general_program_that_runs_through_an_argument_needs_a_sequence(scales):
    def f(x, scales):
        for scale in scales:
            x = x * scale
        return x

    with pytest.raises((ArgumentError, TypeError), match="sequence"):
        saved_gradient(f, active((1.0,)))(1.0, scales)


def test_imports_of_the_standard_library_are_in_the_text():
    assert "import itertools" in grad(over_a_product).source


# ---------------------------------------------------------------- refused
def iterator_of_an_object(x):
    s = 0.0
    for k in MODEL.stream:
        if k > 1:
            break
        s += x[k]
    return s


def iterator_under_two_names(x):
    these = iter([0, 1, 2, 3])
    others = these
    s = 0.0
    for i in these:
        s += x[i] * x[next(others, 0)]
    return s


def iterator_left_and_taken_up_again(x):
    pairs = itertools.product(range(2), range(2))
    s = 0.0
    for i, j in pairs:
        if i + j > 0:
            break
        s += x[i]
    for i, j in pairs:
        s += x[i] * x[j]
    return s


def iterator_left_in_a_loop(x):
    pairs = itertools.permutations([0, 1, 2], 2)
    s = 0.0
    for _ in range(2):
        for i, j in pairs:
            if i + j == 3:
                break
            s = s * x[i] + x[j]
    return s


def set_of_entries(x):
    s = 0.0
    for v in set(x):
        s += v * v
    return s


def dict_or_list_unpacked(x):
    parts = {0: x[0], 2: x[1]} if x[0] > 5.0 else [x[0], x[1]]
    a, b = parts
    return a * b


def dict_or_list_in_a_list(x):
    parts = {0: x[0], 2: x[1]} if x[0] > 5.0 else [x[0], x[1]]
    entries = list(parts)
    return entries[0] * entries[1]


def dict_or_list_in_a_loop(x):
    parts = {0: x[0], 2: x[1]} if x[0] > 5.0 else [x[0], x[1]]
    s = 0.0
    for part in parts:
        s = s + part
    return s


def dict_reduced(x):
    return np.sum({0: x[0], 1: x[1]})


def starred_operands(x):
    return max(*x)


def starred_arguments_of_a_helper(x):
    return product_and_first(*x[:2])


def product_and_first(a, b):
    p = a * b
    return p + a


REFUSED = [
    (iterator_of_an_object, UnsupportedError, "iterator"), (iterator_under_two_names, UnsupportedError, "iterator"),
    (iterator_left_and_taken_up_again, UnsupportedError, "`product`"),
    (iterator_left_in_a_loop, UnsupportedError, "`permutations`"), (set_of_entries, UnsupportedError, "`set`"),
    (dict_or_list_unpacked, UnsupportedError, "run through"),
    (dict_or_list_in_a_list, UnsupportedError, "run through"),
    (dict_or_list_in_a_loop, UnsupportedError, "run through"),
    (dict_reduced, UnsupportedError, "run through"),
    (starred_operands, UnsupportedError, "starred"),
]


@pytest.mark.parametrize(("f", "error", "words"), REFUSED, ids=name)
def test_refused_by_name(f, error, words):
    with pytest.raises(error, match=words) as refusal:
        grad(f)(V)
    assert isinstance(refusal.value, S2SGradError) and refusal.value.remedy
