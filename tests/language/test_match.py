"""`match` statements with every form of pattern."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def by_value(x, mode):
    match mode:
        case 'square':
            return x * x
        case 'cube' | 'third':
            return x ** 3
        case _:
            return x


def by_number(x, n):
    match n:
        case 0:
            y = x
        case 1 | 2:
            y = x * n
        case k if k > 5:
            y = x ** 2 * k
        case k:
            y = x ** 3 * k
    return y


def by_none(x, w):
    match w:
        case None:
            return x
        case True:
            return 2.0 * x
        case _:
            return w * x


def sequence(x):
    s = 0.0
    for p in [(x[0], x[1]), (x[2], x[3])]:
        match p:
            case [a, b]:
                s = s + a * b * b
            case _:
                s = s + 1.0
    return s


def sequence_star(x):
    xs = [v * v for v in x]
    match xs:
        case []:
            return 0.0
        case [one]:
            return one
        case [first, *rest]:
            return first * sum(rest)


def sequence_mid(x):
    match [x[0], x[1], x[2], x[3]]:
        case [a, *mid, z]:
            return a * z + mid[0] * mid[1] ** 2


def tuple_subject(x, y):
    match (x > 1.0, y):
        case [True, v]:
            return v * x
        case [False, v]:
            return v * x * x


def mapping(p):
    match p:
        case {'kind': 'disc', 'radius': r}:
            return 3.0 * r * r
        case {'side': s}:
            return s * s
        case _:
            return 0.0


def nested_patterns(p):
    match p:
        case {'pair': [a, b], 'k': [c, *_]}:
            return a * b * c
    return 1.0


def classes(x):
    s = 0.0
    for v in (x, [x, 2.0], 't'):
        match v:
            case float(f):
                s = s + f * f
            case [a, b]:
                s = s + a * b
            case str():
                s = s * 2.0
    return s


def number_or_array(x):
    match x:
        case np.ndarray():
            return np.sum(x * x)
        case float() | int():
            return x ** 3


def captured_or(x, y):
    match (x, y):
        case [0.0, v] | [v, 0.0]:
            return v * v
        case [a, b]:
            return a * b


def guard_falls_through(x):
    s = 0.0
    for v in x:
        match v:
            case a if a > 1.0:
                s = s + a
            case a if a < 0.0:
                continue
            case a:
                s = s + a * a * s
    return s


def guard_seq(x):
    match (x[0], x[1]):
        case [a, b] if a > b:
            return a * a * b
        case [a, b]:
            return b * b * a


def capture_of_the_whole(x):
    match [x, 2.0]:
        case [float() as a, b] as whole:
            return a * whole[0] * b


def jumps_in_cases(x):
    for k in range(5):
        match k:
            case 3:
                break
            case 1:
                continue
            case _:
                x = x * 1.3
    return x


PROGRAMS = [
    (by_value, (0.7, 'square')), (by_value, (0.7, 'third')), (by_value, (0.7, 'none')), (by_number, (0.7, 0)),
    (by_number, (0.7, 2)), (by_number, (0.7, 7)), (by_number, (0.7, 4)), (by_none, (0.7, 3.0)), (sequence, (V,)),
    (sequence_star, (V,)), (sequence_star, (V[:1],)), (sequence_star, (V[:0],)), (sequence_mid, (V,)),
    (tuple_subject, (1.7, 0.6)), (tuple_subject, (0.7, 0.6)), (mapping, ({'kind': 'disc', 'radius': 0.7},)),
    (mapping, ({'side': 0.7},)), (mapping, ({'other': 0.7},)),
    (nested_patterns, ({'pair': (0.7, 0.3), 'k': [0.2, 0.4]},)), (classes, (0.7,)), (number_or_array, (0.7,)),
    (number_or_array, (V,)), (captured_or, (0.7, 0.3)), (guard_falls_through, (V,)), (guard_seq, (V,)),
    (guard_seq, (V[::-1].copy(),)), (capture_of_the_whole, (0.7,)), (jumps_in_cases, (0.7,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_match(f, args, facts):
    check(f, args, facts)
