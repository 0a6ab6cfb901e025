"""Long nested functions that are called in several places become functions of their own, and mean the same."""

from __future__ import annotations

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad.normalise.outlined
from s2sgrad import grad

X = np.array([0.3, 1.4, 0.9, 2.1])


def rk4(f, y, t, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def handed_on(x: np.ndarray):
    def rhs(t, y):
        d = y - x
        r = np.sqrt(np.sum(d**2) + 0.1)
        c = np.sin(t) * x[2]
        force = -d / r**3
        drag = 0.1 * y * np.abs(y)
        return force + c - drag
    y = np.array([1.0, 0.5, 0.2, 0.3])
    for i in range(4):
        y = rk4(rhs, y, 0.1 * i, 0.1)
    return np.sum(y**2)


def made_by_functions(x: np.ndarray):
    def ball(centre, radius):
        def distance(q):
            d = q - centre
            r = np.sqrt(np.sum(d**2) + 1e-3)
            return r - radius
        return distance

    def blend(one, other, k):
        def distance(q):
            a = one(q)
            b = other(q)
            h = 1.0 / (1.0 + np.exp((b - a) / k))
            mixed = b + (a - b) * h
            return mixed - k * h * (1.0 - h)
        return distance
    scene = blend(ball(x[:2], x[2]), ball(x[1:3], x[3]), x[0])
    return scene(x[2:]) * scene(x[:2] * 2.0) + scene(x[1:3] + 1.0)


def bound_anew_in_between(x: np.ndarray):
    k = x[0]

    def f(v):
        a = v * k
        b = np.sin(a)
        c = b * a
        return c + k
    s = f(x[1]) + f(x[2])
    k = x[3]
    s += f(x[1]) * f(x[2])
    return s


def of_each_trip(x: np.ndarray):
    total = 0.0
    for i in range(3):
        w = x[i]

        def f(v):
            a = v * w               # noqa: B023 (as it is when it is called)
            b = np.sin(a)
            c = b * a
            return c
        total += f(x[0]) + f(x[1]) * f(x[2])
        w = w * 2.0
        total += f(x[3])
    return total


def reads_what_is_written(x: np.ndarray):
    buffer = x * 2.0

    def f(v):
        a = v * buffer
        b = np.sin(a)
        c = a * b
        return np.sum(c)
    s = f(x[0])
    buffer[1] = x[2]
    s += f(x[1])
    buffer *= 2.0
    return s * f(x[3])


def writes_what_it_reads(x: np.ndarray):
    buffer = np.zeros(4)

    def f(v, i):
        a = v * v
        b = np.sin(a)
        buffer[i] = b
        return a + buffer[i - 1]
    s = f(x[0], 0) + f(x[1], 1) + f(x[2], 2)
    return s + np.sum(buffer**2)


def counts(x: np.ndarray):
    n = 0

    def f(v):
        nonlocal n
        n += 1
        a = v * n
        b = a * a
        return np.sum(b)
    return f(x) + f(x) * f(x)


def with_defaults_and_keywords(x: np.ndarray):
    def f(v, p=2, q=1.0):
        a = v**p
        b = a * q
        c = np.tanh(b)
        return np.sum(c)
    return f(x) + f(x, 3) * f(x, q=2.0) + f(x, p=1, q=x[0])


def returns_several(x: np.ndarray):
    def f(v):
        a = v * x[0]
        b = a + 1.0
        return a, b, v[1:]
    a, b, c = f(x)
    d, e, g = f(x * 2.0)
    h, i, j = f(x * 3.0)
    c = c * 1.0
    c[0] = 5.0
    return np.sum(a * b) + np.sum(d * e) + np.sum(h * i) + np.sum(c) + np.sum(g * j)


def with_early_returns(x: np.ndarray):
    def f(v):
        if v < 0.5:
            return v * v
        s = 0.0
        for i in range(3):
            s += v * x[i]
            if s > 3.0:
                return s
        return s * x[3]
    return sum(f(x[i]) for i in range(4)) + f(0.1 * x[0]) * f(x[1])


class Model:
    def __init__(self, w):
        self.w = w


def reads_an_object_that_changes(x: np.ndarray):
    model = Model(x[0] * 2.0)

    def f(v):
        a = v * model.w
        b = np.sin(a)
        c = a * b
        return np.sum(c)
    s = f(x) + f(x * 2.0)
    model.w = x[1]
    return s + f(x) * f(x * 3.0)


def draws(x: np.ndarray):
    rng = np.random.default_rng(0)

    def f(v):
        e = rng.normal(size=v.shape)
        a = v * e
        b = np.sin(a)
        return np.sum(b)
    return f(x) + f(x * 2.0) * f(x)


def called_for_constants_too(x: np.ndarray):
    def f(v, s):
        a = v * s
        b = np.sin(a)
        c = b * a + len(x)
        return np.sum(c)
    if f(np.ones(2), 0.5) > 0.1:
        return f(x, 2.0) * f(x[:2], 0.3) + f(np.ones(3), 0.2)
    return f(x, 1.0)


def reads_what_may_not_be_bound(x: np.ndarray):
    if x[0] > 100.0:
        k = x[0]

    def f(v):
        a = v * v
        b = a * np.cos(a)
        if x[0] > 100.0:
            b = b * k
        return b
    return f(x[1]) + f(x[2]) + f(x[3])


PROGRAMS = [handed_on, made_by_functions, bound_anew_in_between, of_each_trip, reads_what_is_written,
            writes_what_it_reads, counts, with_defaults_and_keywords, returns_several, with_early_returns,
            reads_an_object_that_changes, called_for_constants_too, draws, reads_what_may_not_be_bound]


@pytest.mark.parametrize("worth", [1, s2sgrad.normalise.outlined.WORTH])
@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_agrees_with_central_differences(f, facts, worth, monkeypatch):
    monkeypatch.setattr(s2sgrad.normalise.outlined, "WORTH", worth)
    check(f, (X,), facts)


@pytest.mark.parametrize("f, called", [(handed_on, "rhs"), (made_by_functions, "distance")], ids=name)
def test_they_are_there_once(f, called):
    text = grad(f).source_for(X)
    assert text.count(f"def {called}_fwd(") == text.count(f"def {called}_bwd(") == 1


@pytest.mark.parametrize("f", [writes_what_it_reads, counts, reads_what_is_written, reads_what_may_not_be_bound],
                         ids=name)
def test_what_has_to_be_written_out_is(f, monkeypatch):
    monkeypatch.setattr(s2sgrad.normalise.outlined, "WORTH", 1)
    assert "_fwd(" not in grad(f).source_for(X)
