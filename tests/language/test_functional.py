# ruff: noqa: B007, B905, C417, C416, C400 (as users write)
"""Functions that take functions, itertools, and builtins that run through something."""

import functools
import math
import operator
from functools import reduce
from itertools import (
    accumulate,
    chain,
    combinations,
    combinations_with_replacement,
    compress,
    count,
    cycle,
    dropwhile,
    groupby,
    islice,
    pairwise,
    permutations,
    product,
    repeat,
    starmap,
    takewhile,
    zip_longest,
)

import numpy as np
import pytest
from language.check import FACTS, M, V, W, check, name


def square(v):
    return v * v


def sum_of_map(x):
    return sum(map(square, x))


def map_two(x, y):
    return sum(map(lambda a, b: a * b * b, x, y))


def map_list(x):
    return list(map(math.sin, x))[2] * 2.0


def map_loop(x):
    s = 0.0
    for v in map(np.sin, x):
        if v < 0:
            continue
        s = s * 1.1 + v
    return s


def filter_of_values(x):
    return sum(filter(lambda v: v > 0, x))


def filter_none(x):
    return sum(v * v for v in filter(None, x))


def filter_map(x):
    return max(map(square, filter(lambda v: v < 1.0, x)))


def map_named(x):
    k = x[0]
    m = map(lambda v: v * k, x)
    k = x[1]
    return sum(m)


def reduce_without_initial(x):
    return functools.reduce(operator.mul, x)


def reduce_with_initial(x):
    return reduce(lambda a, b: a * 0.5 + b * b, x, 1.0)


def reduce_with_an_active_initial(x):
    return reduce(lambda a, b: a * 0.5 + b * b, [x[1], x[2]], x[0])


def reduce_arrays(A):
    return np.sum(reduce(lambda a, b: a * b + a, A))


def reduce_dot(A, B):
    return np.trace(reduce(np.dot, [A, B, A]))


def accumulated(x):
    return sum(v * v for v in accumulate(x))


def accumulated_product(x):
    p = list(accumulate(x, operator.mul))
    return p[-1] + p[1] * p[2]


def accumulate_with_initial(x):
    return sum((k * v for k, v in enumerate(accumulate(x, lambda a, b: a * 0.5 + b, initial=x[1]))))


def loop_over_accumulate(x):
    s = 0.0
    for t in accumulate(x):
        if t > 2.0:
            break
        s = s + t * t
    return s


def chain_of_values(x, y):
    s = 0.0
    for v in chain(x, y):
        if s > 4:
            break
        s = s * 1.1 + v * v
    return s


def chain_from_iterable(A):
    return sum(v * v for v in chain.from_iterable(A))


def pairwise_of_values(x):
    return sum(((b - a) ** 2 for a, b in pairwise(x)))


def islice_of_values(x):
    return sum(islice(x, 1, 4)) * sum(islice(x, 2)) + sum(islice(x, 0, None, 2)) ** 2


def islice_gen(x):
    return sum(islice((v * v for v in x), 1, 4, 2)) + sum(islice((v * v for v in x), 0))


def islice_count(x):
    return sum(v * x for v in islice(count(1), 4))


def zip_longest_of_values(x, y):
    s = 0.0
    for a, b in zip_longest(x, y, fillvalue=1.0):
        s = s + a * b * b
    return s


def starmap_of_values(x, y):
    return sum(starmap(lambda a, b: a * b, zip(x, y)))


def cone(a, b):
    return a * b * b


def starmap_pairs(x):
    return sum(starmap(cone, [(x[0], 2), (x[2], 3)]))


def takewhile_of_values(x):
    return sum(takewhile(lambda v: v > -1.0, x))


def dropwhile_of_values(x):
    return sum(v * v for v in dropwhile(lambda v: v > -1.0, x))


def compress_of_values(x):
    return sum(v * v for v in compress(x, [1, 0, 1, 1, 0]))


def count_of_values(x):
    s = 0.0
    for k in count():
        if k == 3:
            break
        s = s + x[k] ** 2
    return s


def count_float(x):
    s = 0.0
    for t in count(0.5, 0.25):
        if t > 2.0:
            break
        s = s + np.sin(x * t)
    return s


def cycle_of_values(x):
    s = 0.0
    for k, v in zip(range(8), cycle(x)):
        s = s + k * v * v
    return s


def repeat_of_values(x):
    s = 0.0
    for v in repeat(x[0], 3):
        s = s * x[1] + v
    return s


def repeat_map(x):
    return sum(map(pow, x, repeat(2)))


def zip_into_one_name(x, y):
    s = 0.0
    for pair in zip(x, y):
        s = s + pair[0] * pair[1] ** 2
    return s


def zip_of_one(x):
    s = 0.0
    for v, in zip(x):
        s = s + v * v
    return s


def enumerate_into_one_name(x):
    s = 0.0
    for item in enumerate(x, 1):
        s = s + item[0] * item[1] ** 2
    return s


def zip_strict(x, y):
    s = 0.0
    for a, b in zip(x, y, strict=True):
        s = s + a * b * b
    return s


def list_zip(x, y):
    ps = list(zip(x, y))
    return ps[0][0] * ps[1][1] + sum((a * b for a, b in ps))


def list_enum(x):
    return sum((i * v for i, v in list(enumerate(x))))


def sorted_of_values(x):
    xs = sorted(x)
    return xs[0] * 2.0 + xs[-1] * xs[1]


def sorted_key(x):
    xs = sorted(x, key=lambda v: -abs(v))
    return xs[0] * 2.0 + xs[-1] * xs[1]


def sorted_reverse(x):
    xs = sorted([v * v for v in x], reverse=True)
    return xs[0] * 2.0 + xs[-1] * xs[1]


def sorted_pairs(x, y):
    xs = sorted(zip(x, y), key=lambda p: p[1])
    return sum((k * a * b for k, (a, b) in enumerate(xs)))


def sorted_gen(x):
    return sorted(v * v for v in x)[1] * x[0]


def max_key(x):
    return max(x, key=abs) ** 2 + min(x, key=lambda v: (v - 1.0) ** 2) * 3.0


def max_key_args(x):
    return max(x[0], x[1], key=abs) ** 2


def max_key_rows(A):
    return np.sum(max(A, key=lambda r: r.sum()) ** 2)


def min_default(x):
    return min([v for v in x if v > 100.0], default=x[0]) * 2.0 + max(x, default=0.0)


def max_gen_default(x):
    return max((v * v for v in x if v > 0), default=0.0)


def max_array(x):
    return max(x) * min(x)


def sum_start(x):
    return sum([v * v for v in x], x[0]) + sum((v for v in x), start=1.0)


def reversed_range(x):
    s = 0.0
    for i in reversed(range(1, len(x), 2)):
        s = s * 1.2 + x[i] ** 2
    return s


def reversed_enum(x):
    s = 0.0
    for i, v in reversed(list(enumerate(x))):
        s = s * 1.2 + i * v ** 2
    return s


def range_data(x, n):
    s = 0.0
    for i in range(n[0], n[1]):
        s = s * 1.1 + x[i]
    return s


def range_carried(x):
    s = 0.0
    n = 1
    for k in range(3):
        for i in range(n):
            s = s * 1.1 + x[i] * x[k]
        n = n + k
    return s


def divmod_of_floats(x):
    q, r = divmod(x, 0.75)
    return q * r * x


def numbers_by_builtins(x):
    return pow(x, 3) * abs(-x) + round(x, 1) * x + int(x) * x + float(x) ** 2


def pow_of_an_array(x):
    return np.sum(pow(x, 2))


def product_of_values(x, y):
    s = 0.0
    for a, b in product(x, y):
        s = s + a * b * b
    return s


def product_of_ranges(x):
    s = 0.0
    for i, j in product(range(2), repeat=2):
        s = s + x[i] * x[j] ** 2
    return s


def combinations_of_values(x):
    s = 0.0
    for a, b in combinations(x, 2):
        s = s + a * b * b
    return s


def permutations_of_values(x):
    return sum((a * b * b for a, b in permutations(x, 2)))


def combinations_of_rows(A):
    s = 0.0
    for r, q in combinations_with_replacement(A, 2):
        s = s + np.sum(r * q * q)
    return s


def set_comprehension_of_integers(x):
    s = 0.0
    for k in sorted({i % 3 for i in range(5)}):
        s = s + x[k] ** (k + 1)
    return s


def dict_rates(x):
    rates = {'a': x[0], 'b': x[1]}
    return sum(map(rates.get, ['a', 'b', 'a'])) if False else sum(rates[k] for k in map(str.lower, ['A', 'B']))


def _first(pair):
    return pair[0]


def groups_of_links(x, links):
    t = 0.0
    for k, group in groupby(links, key=_first):
        t += x[k] * sum(x[j] for _, j in group)
    return t


def longest_run(x, signs):
    return x[0] * max(len(list(group)) for _, group in groupby(signs))


def groups_of_what_is_differentiated(x):
    t = 0.0
    for positive, group in groupby(x, lambda v: v > 0):
        s = sum(group)
        t += s**2 if positive else s
    return t


def listed_groups(x, numbers):
    groups = [(k, list(group)) for k, group in groupby(numbers)]
    return x[0] * len(groups) * len(groups[0][1]) + sum(x[k] * len(list(g)) for k, g in groupby(sorted(numbers)))


PROGRAMS = [
    (groups_of_links, (V, [(0, 1), (0, 2), (1, 3)])), (longest_run, (V, list("++-+++"))),
    (groups_of_what_is_differentiated, (V,)), (listed_groups, (V, [1, 1, 2, 1])),
    (sum_of_map, (V,)), (map_two, (V, W)), (map_list, (V,)), (map_loop, (V,)), (filter_of_values, (V,)),
    (filter_none, (V,)), (filter_map, (V,)), (map_named, (V,)), (reduce_without_initial, (V,)),
    (reduce_with_initial, (V,)), (reduce_with_an_active_initial, (V,)), (reduce_arrays, (M,)),
    (reduce_dot, (M[:, :3], M[:, 1:])), (accumulated, (V,)), (accumulated_product, (V,)),
    (accumulate_with_initial, (V,)), (loop_over_accumulate, (V,)), (chain_of_values, (V, W)),
    (chain_from_iterable, (M,)), (pairwise_of_values, (V,)), (islice_of_values, (V,)), (islice_gen, (V,)),
    (islice_count, (0.7,)), (zip_longest_of_values, (V, W[:3])), (starmap_of_values, (V, W)), (starmap_pairs, (V,)),
    (takewhile_of_values, (V,)), (dropwhile_of_values, (V,)), (compress_of_values, (V,)), (count_of_values, (V,)),
    (count_float, (0.7,)), (cycle_of_values, (W,)), (repeat_of_values, (V,)), (repeat_map, (V,)),
    (zip_into_one_name, (V, W)), (zip_of_one, (V,)), (enumerate_into_one_name, (V,)), (zip_strict, (V, W)),
    (list_zip, (V, W)), (list_enum, (V,)), (sorted_of_values, (V,)), (sorted_key, (V,)), (sorted_reverse, (V,)),
    (sorted_pairs, (V, W)), (sorted_gen, (V,)), (max_key, (V,)), (max_key_args, (V,)), (max_key_rows, (M,)),
    (min_default, (V,)), (max_gen_default, (V,)), (max_array, (V,)), (sum_start, (V,)), (reversed_range, (V,)),
    (reversed_enum, (V,)), (range_data, (V, (1, 4))), (range_carried, (V,)), (divmod_of_floats, (1.9,)),
    (numbers_by_builtins, (1.93,)), (pow_of_an_array, (V,)), (product_of_values, (V, W)), (product_of_ranges, (V,)),
    (combinations_of_values, (V,)), (permutations_of_values, (V,)), (combinations_of_rows, (M,)),
    (set_comprehension_of_integers, (V,)), (dict_rates, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_functional(f, args, facts):
    check(f, args, facts)
