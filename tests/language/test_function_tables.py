"""Functions without a name of their own, taken from a dict or a list by what is known only when the program runs."""

import math

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import grad
from s2sgrad.errors import S2SGradError

ACTIVATIONS = {"square": lambda z: z * z, "next": lambda z: z + 1, "tanh": np.tanh}


def of_the_module(x, names):
    for n in names:
        x = ACTIVATIONS[n](x)
    return x


def captured(x, names):
    a = 3.0 * x
    table = {"a": lambda z: z * z * a, "b": lambda z: z + 1}
    for n in names:
        x = table[n](x) + a
        a = a * 0.5
    return x


def by_place(x, places):
    functions = [lambda v: v * 2, lambda v: v * v, math.sin]
    s = 0.0
    for k in places:
        s += functions[k](x) * (k + 5)
    return s


def by_entry(x, layers):
    activations = {"relu": lambda v: np.maximum(v, 0), "id": lambda v: v}
    for layer in layers:
        activation = activations[layer["activation"]]
        x = activation(layer["w"] * x) + activation(x)
    return np.sum(x)


def with_options(x, names):
    rates = {"m": lambda v, k=2.0: v * v * k, "h": lambda v, k=1.0: np.exp(-v) * k}
    v = 0.1
    for _ in range(2):
        for n in names:
            v += rates[n](v, k=x) * x
    return v


def key_bound_anew(x, names):
    table = {"a": lambda z: z * z, "b": lambda z: z + 1}
    for n in names:
        f = table[n]
        n = "a"
        x = f(x) * len(n)
    return x


def in_a_generator(x, names):
    table = {"a": lambda z: z * z, "b": lambda z: z + 1}
    return sum(table[n](x) for n in names) + table[names[0]](x)


def impure(x, names):
    seen = []

    def noted(z):
        seen.append(z)
        return z * len(seen)

    table = {"a": noted, "b": lambda z: z * z}
    for n in names:
        x = table[n](x)
    return x + sum(seen)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), [
    (of_the_module, (0.5, ("square", "next", "tanh"))), (captured, (0.7, ("a", "b", "a"))),
    (by_place, (0.7, (0, 1, -1, 2))), (by_place, (0.7, np.array([0, 2, -2]))),
    (by_entry, (0.7, ({"activation": "relu", "w": 2}, {"activation": "id", "w": -1}))),
    (with_options, (0.7, ("m", "h"))), (key_bound_anew, (0.7, ("b", "a"))), (in_a_generator, (0.7, ("b", "a", "b"))),
    (impure, (0.7, ("a", "b", "a"))),
], ids=name)
def test_chosen(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize(("f", "argument"), [(of_the_module, ["square", "cube"]), (by_place, [0, 3]),
                                             (by_place, [-4]), (in_a_generator, ["c"])])
def test_a_key_that_is_missing(f, argument):
    with pytest.raises((KeyError, IndexError)) as expected:
        f(0.7, argument)
    with pytest.raises(expected.type) as found:
        grad(f)(0.7, argument)
    assert found.value.args == expected.value.args


# ---------------------------------------------------------------- tables that change
def read_before_the_key_changes(x, names):
    table = {"a": lambda z: z * z, "b": lambda z: z + 1}
    f = table["a"]
    for n in names:
        if n == "b":
            f = table[n]
    return f(x) * x


def bound_anew(x, names):
    table = {"a": lambda z: z * z, "b": lambda z: z + 1}
    for n in names:
        f = table[n]
        if x > 0:
            table = {"a": lambda z: z * 5, "b": lambda z: z * 7}
        x = f(x)
    return x


def filled_later(x, names):
    table = {"a": lambda z: z * z}
    if x > 0:
        table["b"] = lambda z: z + 3
    for n in names:
        x = table[n](x)
    return x


def made_in_a_loop(x, names):
    s = 0.0
    table = {}
    for k in (1.0, 2.0):
        table = {"a": lambda z: z * k, "b": lambda z: z + k}        # noqa: B023
        for n in names:
            s += table[n](x)
    k = 5.0
    for n in names:
        s += table[n](x) * k
    return s


def late_binding(x, names):
    functions = [lambda v: v * i for i in range(1, 4)]              # noqa: B023
    s = 0.0
    for n in names:
        s += functions[len(n)](x)
    return s


def swapped(x, names):
    table = {"a": lambda z: z * z, "b": lambda z: z + 1}
    for n in names:
        x = table[n](x)
        table["a"], table["b"] = table["b"], table["a"]
    return x


def kept(x, names):
    table = {"a": lambda z: z * z, "b": lambda z: z + 1}
    chosen = [table[n] for n in names]
    for f in chosen:
        x = f(x)
    return x


@pytest.mark.parametrize("f", [read_before_the_key_changes, bound_anew, filled_later, made_in_a_loop, late_binding,
                               swapped, kept], ids=name)
def test_right_or_refused(f):
    for names in (["a", "b"], ["b", "a", "b"]):
        try:
            found = grad(f)(0.7, names)
        except S2SGradError as refusal:
            assert refusal.remedy
        else:
            assert found == pytest.approx((f(0.7 + 1e-6, names) - f(0.7 - 1e-6, names)) / 2e-6, rel=1e-5)
