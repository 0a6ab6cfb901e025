"""Objects that may be None: hits of rays, the best so far, the one before."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad
from s2sgrad.errors import S2SGradError, WholeObjectError


class Hit(NamedTuple):
    t: float
    colour: float


@dataclass(frozen=True)
class Surface:
    t: float
    normal: np.ndarray

    def shade(self):
        return np.sum(self.normal**2) * self.t


@dataclass
class Offer:
    price: float
    weight: float

    def score(self):
        return self.price * self.weight

    def raised(self, by):
        self.price += by


class Point:
    def __init__(self, t):
        self.t = t

    def cost(self):
        return self.t**2


class Doubtful(Point):
    def __bool__(self):
        return bool(self.t > 2.0)


def hit(v):
    if v < 1.0:
        return None
    return Hit(v * v, v)


def sphere(origin, direction, centre, radius):
    away = origin - centre
    b = np.dot(away, direction)
    inside = b * b - np.dot(away, away) + radius * radius
    if inside < 0:
        return None
    t = -b - np.sqrt(inside)
    if t < 1e-4:
        return None
    return Surface(t, (origin + t * direction - centre) / radius)


def first(values, limit):
    for v in values:
        if v > limit:
            return Offer(v, v * v)
    return None


def nearest(x):
    best = None
    for v in [x, 2 * x, 0.3 * x]:
        h = hit(v)
        if h is None:
            continue
        if best is None or h.t < best.t:
            best = h
    return 0.0 if best is None else best.colour * best.t


def as_tests(x):
    s = 0.0
    for v in [x, 2 * x, 0.3 * x]:
        if h := hit(v):
            s += h.t
        else:
            s += x
    return s * (hit(x).t if hit(x) else x)


def one_or_the_other(x):
    h = hit(0.1 * x) or hit(x) or Hit(5.0 * x, x)
    return h.t * h.colour


def traced(x):
    origin, direction = np.zeros(3), np.array([0.0, 0.0, 1.0])
    scene = [(np.array([0.0, 0.1, 3.0 + x]), 1.0), (np.array([0.1, 0.0, 5.0]), x), (np.array([9.0, 0.0, 5.0]), x)]
    best = None
    for centre, radius in scene:
        h = sphere(origin, direction, centre, radius)
        if h is not None and (best is None or h.t < best.t):
            best = h
    if best is None:
        return 0.0
    return best.shade() + best.normal[2] * x


def the_one_before(x):
    before = None
    s = 0.0
    for k in range(4):
        now = Point(x * (k + 1))
        if before is not None:
            s += (now.t - before.t) * before.cost()
        before = now
    return s


def found_or_not(x):
    one, none = first([x, 2 * x, 3 * x], 2.0), first([x, 2 * x, 3 * x], 200.0)
    if none is None and one is not None:
        return one.price + one.score()
    return 0.0


def until_far(x):
    h = None
    while h is None or h.t < 2.0 + x:
        h = Hit(x, x) if h is None else Hit(h.t * (x + 1.0), x)
    return h.t


def bound_by_an_inner_function(x):
    best = None

    def consider(h):
        nonlocal best
        if best is None or h.t > best.t:
            best = h

    consider(Hit(x, x))
    consider(Hit(2 * x, x * x))
    consider(Hit(x * 0.5, x))
    return best.colour


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("x", [1.3, 0.6])
@pytest.mark.parametrize("f", [nearest, as_tests, one_or_the_other, traced, the_one_before, found_or_not, until_far,
                               bound_by_an_inner_function], ids=name)
def test_right(f, x, facts):
    check(f, (x,), facts)


# ---------------------------------------------------------------- objects that change, or are used as wholes
def changed_by_a_method(x):
    best = None
    for k in range(3):
        r = Offer(x * k, x + k)
        if best is None or r.score() > best.score():
            best = r
    best.raised(x)
    return best.score()


def changed_under_another_name(x):
    best = None
    r = Offer(x, x)
    if x > 1:
        best = r
    r.price = x * 3
    return best.price * x if best is not None else x


def not_always_true(x):
    a = Doubtful(x) if x > 0 else None
    return a.t * 3 if a else x


def value_of_a_test(x):
    h = hit(x)
    t = h and h.t
    return x if t is None else t * x


def in_a_list(x):
    hits = [hit(v) for v in [x, 0.2 * x, 2 * x]]
    return sum(h.t for h in hits if h is not None)


def compared(x):
    best = None
    for k in range(3):
        h = Hit(x * k, x)
        if best is None or h > best:
            best = h
    return best.t


def of_two_classes(x):
    a = None
    if x > 5:
        a = Point(x)
    elif x > 0:
        a = Offer(x * 2, x)
    return x if a is None else x * x


@pytest.mark.parametrize("f", [changed_by_a_method, changed_under_another_name, not_always_true, value_of_a_test,
                               in_a_list, compared, of_two_classes], ids=name)
def test_right_or_refused(f):
    for x in (1.3, 0.6):
        try:
            found = grad(f)(x)
        except S2SGradError as refusal:
            assert isinstance(refusal, WholeObjectError)
        else:
            assert found == pytest.approx((f(x + 1e-6) - f(x - 1e-6)) / 2e-6, rel=1e-5)
