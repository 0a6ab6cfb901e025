"""Lists of numbers as operands beside arrays, lists joined with lists, and sums of what little is known of."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name

import s2sgrad
from s2sgrad.errors import AliasError


def scaled_by_a_list(x):
    y = x * [1.0, -1.0, 2.0]
    y[0] += 1.0
    return y @ y


def unpacked(x):
    u, v, w = x + (1.0, -1.0, 2.0)
    z = np.array([u * v, w, v])
    z /= np.sum(z)
    return z[0]


def clipped(u):
    u = np.clip(u, [-0.5], [2.0])
    u[0] += 1.0
    return u @ u


def entries_that_are_differentiated(x):
    squares = [v * v for v in x]
    y = x * squares + [x[0], 1.0, 2.0]
    y[0] *= 2.0
    return y @ y


def rows(A):
    y = A * [[1.0, 2.0, 3.0, 1.0], [2.0, 1.0, 1.0, 0.5], [0.3, 0.2, 0.1, 1.0]] - [1.0, 2.0, 3.0, 4.0]
    y[0] *= 2.0
    return np.sum(y**2)


def extremes_and_products(x):
    y = np.maximum(x, [0.1, 0.2, 0.3])
    y[0] *= 2.0
    return y @ [1.0, x[0], 3.0] + np.dot([1.0, 2.0, 3.0], x) + np.where(x > 0.5, [1.0, 2.0, 3.0], x).sum()


def of_the_caller(x, weights):
    y = x * weights
    y[1] *= 2.0
    return y @ y


def joined_with_constants(x):
    return np.sum(np.array([1.0, 2.0] + [x[0], x[1]]) ** 2) + sum([1.0] + list(x)) * x[2]


def joined_columns(A):
    return np.sum(np.hstack([np.ones((3, 1))] + [A[:, k:2 + k] for k in range(2)]) ** 2)


CASES = [(scaled_by_a_list, (V[:3],)), (unpacked, (V[:3],)), (clipped, (V,)),
         (entries_that_are_differentiated, (V[:3],)), (rows, (M,)), (extremes_and_products, (V[:3],)),
         (of_the_caller, (V[:3], [1.0, 2.0, 3.0])), (joined_with_constants, (V,)), (joined_columns, (M,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", CASES, ids=name)
def test_lists_beside_arrays(f, args, facts):
    check(f, args, facts)


# ---------------------------------------------------------------- a sum that begins with a number
QUOTES = {(0.9, 0.5): 0.14, (1.1, 0.5): 0.2}


def misfit(x, quotes):
    total = 0.0
    for (strike, maturity), price in quotes.items():
        total += (x * strike - price) ** 2 * maturity
    return np.sum(total)


def counted_bits(x):
    total = 0.0
    for k in range(4):
        total += x * bin(k).count("1")
    return np.sum(total**2)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [(misfit, (2.0, QUOTES)), (misfit, (V, QUOTES)), (counted_bits, (0.4,)),
                                     (counted_bits, (V,))], ids=name)
def test_sums_that_begin_with_a_number(f, args, facts):
    check(f, args, facts)


def kept_before_it_grows(x, quotes):
    total, kept = 0.0, []
    for _, price in quotes.items():
        total += price * x
        kept.append(total)
    return np.sum(kept[0] * kept[1])


def under_a_second_name(x, quotes):
    total = 0.0
    for (strike, _), price in quotes.items():
        total += price * x
        old = total
        total += strike * x
    return np.sum(old * total)


@pytest.mark.parametrize("f", [kept_before_it_grows, under_a_second_name], ids=name)
def test_sums_that_others_hold_are_right_or_refused(f):
    for x in (V, 0.4):
        try:
            s2sgrad.check_grads(f, (x, QUOTES))
        except AliasError as refusal:
            assert refusal.remedy


# ---------------------------------------------------------------- lists of lists of tuples
def neighbours(w):
    adjacent = [[] for _ in range(3)]
    for k in range(3):
        adjacent[k].append((k, w[k]))
        adjacent[0].append((1, w[k] ** 2))
    return sum(v * w[j] for row in adjacent for j, v in row)


def neighbours_by_key(w):
    adjacent = {i: [] for i in range(2)}
    for k in range(3):
        adjacent[k % 2].append((k, w[k]))
    adjacent[0].pop(0)
    return adjacent[0][0][1] * adjacent[1][0][1] ** 2


def one_tuple_twice(w):
    rows = [[] for _ in range(2)]
    for k in range(2):
        pair = (w[k], w[k + 1] * 2.0)
        rows[k].append(pair)
        rows[1 - k].append(pair)
    return sum(a * b for row in rows for a, b in row)


def tuples_with_arrays(w):
    rows = [[] for _ in range(2)]
    u = w * 1.0
    for k in range(2):
        rows[k].append((k, u))
        u[k] *= 3.0
    return sum(v[0] * v[1] for row in rows for _, v in row)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [neighbours, neighbours_by_key, one_tuple_twice, tuples_with_arrays], ids=name)
def test_lists_of_tuples(f, facts):
    check(f, (V[:3].copy(),), facts)
