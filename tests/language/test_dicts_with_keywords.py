"""`dict(d, key=value)`: a copy with an entry replaced."""

import math

import pytest
from language.check import FACTS, check, name


def replaced(a: float, b: float) -> float:
    st = {'p': a, 'q': b}
    st = dict(st, p=a * b)
    return st['p'] * st['q']


def replaced_twice(a: float, b: float) -> float:
    st = {'p': a, 'q': b}
    st = dict(st, p=a * b)
    st = dict(st, q=st['p'] * a)
    return st['p'] * st['q']


def of_several(a: float, b: float) -> float:
    st = {'p': a, 'q': b}
    s2 = dict(st, p=a * b)
    s3 = dict(s2, q=b * b)
    return s3['p'] * s3['q'] + s2['q'] + st['p']


def replaced_in_a_loop(a: float, b: float) -> float:
    st = {'p': a, 'q': b}
    for _ in range(2):
        st = dict(st, p=st['p'] * b)
    return st['p'] * st['q']


def written_in_between(a: float, b: float) -> float:
    st = {'p': a, 'q': b}
    st = dict(st, p=a * b)
    st['p'] = a * a
    if a > 0.9:
        return a
    st = dict(st, p=b * b)
    return st['p'] * st['q']


def behind_a_return(a: float, b: float) -> float:
    st = {'p': a, 'q': b}
    if a > 0.9:
        return a
    st = dict(st, p=b * b)
    return st['p'] * st['q'] + math.sin(st['q'])


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [replaced, replaced_twice, of_several, replaced_in_a_loop,
                               written_in_between, behind_a_return], ids=name)
def test_replaced(f, facts):
    check(f, (0.4, -0.6), facts)
