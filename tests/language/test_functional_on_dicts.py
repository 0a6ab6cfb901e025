# ruff: noqa: B007, B905, C417, C416, C400 (as users write)
"""Functions that run through dicts, sets and strings: their keys, entries and letters."""

import functools
from itertools import accumulate, chain, combinations, islice, pairwise

import pytest
from language.check import FACTS, V, check, name


def map_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum(map(lambda k: d[k] * (k + 1), d))


def pair_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum((d[a] * d[b] ** 2 for a, b in pairwise(d)))


def acc_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum((d[k] * t for k, t in zip(d, accumulate(d))))


def islice_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum(d[k] for k in islice(d, 2)) * sum(d[k] for k in islice(d, 1, 3))


def zip_map_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum(map(lambda k, v: d[k] * v, d, x)) + sum((d[k] * v * v for v, k in zip((w for w in x), d)))


def values_items(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum(map(lambda v: v * v, d.values())) + sum((k * v for k, v in filter(lambda p: p[0] > 0, d.items())))


def reduce_values(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return functools.reduce(lambda a, b: a * b + b, d.values())


def max_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return d[max(d, key=lambda k: d[k])] ** 2


def sorted_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    s = sum(d[k] * (i + 1) for i, k in enumerate(sorted(d)))
    return s + sum(d[k] * (i + 1) ** 2 for i, k in enumerate(sorted(d, key=lambda k: -k)))


def sorted_items(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum((i * v * v for i, (k, v) in enumerate(sorted(d.items(), key=lambda p: p[0]))))


def set_reduce(x):
    return functools.reduce(lambda a, k: a * x[k], {0, 1, 2}, 1.0)


def combos_dict(x):
    d = {1: x[0], 0: x[1], 2: x[2]}
    return sum((d[a] * d[b] for a, b in combinations(d, 2)))


def string_zip(x):
    s = 0.0
    for c, v in zip('aba', x):
        s = s + (v * v if c == 'a' else v)
    return s


def chain_dicts(x):
    d = {1: x[0], 0: x[1]}
    e = {2: x[2]}
    s = 0.0
    for k, v in chain(d.items(), e.items()):
        s = s * 1.1 + k * v * v
    return s


def param_dict(p):
    return sum(map(lambda k: p[k] ** 2, p)) * sum((v for k, v in sorted(p.items(), key=lambda e: e[0])))


def groups(x):
    rows = [{'w': x[0], 'n': 1}, {'w': x[1], 'n': 2}]
    best = max(rows, key=lambda r: r['w'])
    return best['w'] ** 2 * best['n'] + sum(r['w'] for r in filter(lambda r: r['n'] > 1, rows))


PROGRAMS = [
    (map_dict, (V,)), (pair_dict, (V,)), (acc_dict, (V,)), (islice_dict, (V,)), (zip_map_dict, (V,)),
    (values_items, (V,)), (reduce_values, (V,)), (max_dict, (V,)), (sorted_dict, (V,)), (sorted_items, (V,)),
    (set_reduce, (V,)), (combos_dict, (V,)), (string_zip, (V,)), (chain_dicts, (V,)),
    (param_dict, ({'a': 0.7, 'b': 0.4},)), (groups, (V,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_functional(f, args, facts):
    check(f, args, facts)
