"""Reflected operators, NotImplemented, `dataclasses.replace`, and namedtuples with methods of their own."""

import dataclasses
import numbers
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pytest
from language.check import FACTS, V, check, name

import s2sgrad
from s2sgrad.errors import S2SGradError


class Base:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Base(self.v + other.v)

    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return True


class Derived(Base):
    def __radd__(self, other):
        return Derived(self.v * 3.0 + other.v)

    def __eq__(self, other):
        return False

    def __gt__(self, other):
        return False


def derived_class_is_asked_first(x):
    total = (Base(x[0]) + Derived(x[1])).v * x[1]
    total += x[0] if Base(x[0]) == Derived(x[1]) else x[1]
    return total + (x[2] if Base(x[0]) < Derived(x[1]) else x[0] * x[1])


class Scaled:
    def __init__(self, a):
        self.a = a

    def __add__(self, other):
        if not isinstance(other, Scaled):
            return NotImplemented
        return Scaled(self.a + other.a)

    def __mul__(self, other):
        if isinstance(other, (int, float)):
            return Scaled(self.a * other)
        return NotImplemented


def guarded_operators(x):
    v = (Scaled(x[0]) + Scaled(x[1])) * 2.0
    return (v * x[2]).a ** 2


def classes_of_numbers(x):
    total = 0.0
    for c in (1, 0.5, x[0], float(x[1]), True):
        if isinstance(c, float):
            total += c * x[2]
        elif isinstance(c, bool):
            total += 3.0 * x[0]
        elif isinstance(c, numbers.Number):
            total += 2.0 * x[1]
    k, m = len(x), np.argmax(x)
    total *= (x[2] if isinstance(m, int) else x[1]) * (x[0] if isinstance(m, np.integer) else x[2])
    return total * (x[0] if isinstance(k, int) else x[1]) * (2.0 if isinstance(np.sum(x), np.floating) else 3.0)


class Pair(NamedTuple):
    a: float
    b: float


class Swapped(Pair):
    def _replace(self, **changes):
        return Swapped(self.b, self.a * changes["a"])

    def _asdict(self):
        return {"a": self.b, "b": self.a}


def methods_in_place_of_generated_ones(x):
    q = Swapped(x[0], x[1])._replace(a=3.0)
    return q.a**2 * q.b + Swapped(x[0], x[1])._asdict()["a"] * x[2] + Pair(x[0], x[1])._replace(a=x[2]).a


@dataclass
class Short:
    a: float


@dataclass(eq=False)
class Long(Short):
    b: float = 0.0


def inherited_equality(x):
    return x[0] * x[1] if Long(1.0, 2.0) == Long(1.0, 3.0) else x[0] + x[1]


PROGRAMS = [derived_class_is_asked_first, guarded_operators, classes_of_numbers, methods_in_place_of_generated_ones,
            inherited_equality]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_gradients(f, facts):
    check(f, (V,), facts)


# ---------------------------------------------------------------- refused
class Silent:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return NotImplemented

    def __eq__(self, other):
        return NotImplemented


class Answering:
    def __init__(self, v):
        self.v = v

    def __radd__(self, other):
        return Silent(self.v * other.v)


def the_other_side_answers(x):
    return (Silent(x[0]) + Answering(x[1])).v ** 2


def nobody_answers(x):
    return x[0] * x[1] if Silent(x[0]) == Silent(x[1]) else x[0] + x[1]


@dataclass
class Given:
    a: float
    b: float = field(default=2.0, init=False)


@dataclass
class Doubling:
    a: float
    b: float

    def __init__(self, a, b):
        self.a, self.b = a, b * 2.0


def replaced_beside_what_is_not_given(x):
    d = Given(x[0])
    d.b = x[1]
    e = dataclasses.replace(d, a=3.0 * x[0])
    return e.a * e.b


def replaced_by_an_init_of_its_own(x):
    e = dataclasses.replace(Doubling(x[0], x[1]), a=3.0 * x[0])
    return e.a * e.b


class Backwards(Pair):
    def __iter__(self):
        yield self.b
        yield self.a * 2.0


def runs_through_a_namedtuple(x):
    return sum(Backwards(x[0], x[1])) * x[0]


@pytest.mark.parametrize("f", [the_other_side_answers, nobody_answers, replaced_beside_what_is_not_given,
                               replaced_by_an_init_of_its_own, runs_through_a_namedtuple], ids=name)
def test_refused(f):
    with pytest.raises(S2SGradError) as refusal:
        s2sgrad.grad(f)(V)
    assert refusal.value.remedy
