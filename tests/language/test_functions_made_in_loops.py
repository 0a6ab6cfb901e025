"""Functions that a loop makes, and that are called outside of their trip, read the variables of that trip."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from language.check import FACTS, check, name

from s2sgrad import check_grads, grad
from s2sgrad.errors import S2SGradError

X = np.array([0.3, 1.4, 0.8, 2.1])


def scaling(k):
    return lambda v: v * k


def scaling_of(f, k):
    k = k * 2.0

    def inner(v):
        return f(v) * k
    return inner


def compose(f, g):
    return lambda v: g(f(v))


# ---------------------------------------------------------------- called where they are kept
def by_literal_places(x: np.ndarray):
    functions = [lambda v: v**2, lambda v: np.sin(v) * x[1]]
    return np.sum(functions[0](x) + functions[-1](x))


def by_literal_keys(x: np.ndarray):
    sides = {"left": lambda v: v * x[0], "right": lambda v: v**3}
    return np.sum(sides["left"](x) * sides["right"](x))


def for_their_effect(x: np.ndarray):
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v
    hooks = {"each": add}
    hooks["each"](x[0] ** 2)
    hooks["each"](x[1] ** 3)
    return total


def bound_anew_in_between(x: np.ndarray):
    k = x[0]
    functions = {"a": lambda v: v * k, "b": lambda v: v**2 * k}
    y = functions["a"](x)
    k = x[1] ** 2
    return np.sum(y * functions["b"](x))


# ---------------------------------------------------------------- what a trip makes anew
def from_a_maker(x: np.ndarray):
    functions = []
    for k in range(3):
        functions.append(scaling(x[k]))
    return np.sum(functions[0](x) * functions[1](x) + functions[2](x))


def in_a_comprehension(x: np.ndarray):
    functions = [scaling(x[k]) for k in range(3)]
    return np.sum(functions[0](x) * functions[1](x) + functions[2](x))


def parameters_bound_anew(x: np.ndarray):
    functions = []
    for f, w in [(np.sin, x[0]), (np.cos, x[1])]:
        functions.append(scaling_of(f, w))
    return np.sum(functions[0](x) + functions[1](x) ** 2)


def from_defaults(x: np.ndarray):
    functions = []
    for k in range(3):
        functions.append(lambda v, k=k: v ** (k + 1) * x[k])
    return np.sum(sum(f(x) for f in functions))


def from_defaults_in_a_comprehension(x: np.ndarray):
    functions = [lambda v, k=k: v * k for k in (1.0, 2.0, 3.0)]
    return np.sum(functions[0](x) * functions[1](x))


def composed(x: np.ndarray):
    h = lambda v: v                         # noqa: E731
    for f in [np.sin, np.exp, np.tanh]:
        h = compose(h, f)
    return np.sum(h(x))


def reduced(x: np.ndarray):
    return np.sum(functools.reduce(compose, [np.sin, scaling(x[0]), np.tanh])(x))


def in_a_loop_of_loops(x: np.ndarray):
    s = 0.0
    for i in range(2):
        functions = []
        for k in range(3):
            functions.append(scaling(x[k] * (i + 1)))
        s += functions[0](x[0]) * functions[2](x[1])
    return s


def beside_other_entries(x: np.ndarray):
    layers = []
    for k in range(3):
        layers.append((x[k], lambda v, k=k: np.tanh(v * k)))
    h = x
    for w, f in layers:
        h = w * f(h)
    return h.sum()


def in_pairs(x: np.ndarray):
    pairs = []
    for i in range(3):
        k = x[i]

        def f(v, k=k):
            return v * k

        def slope(v, k=k):
            return k + 0.0 * v
        pairs.append((f, slope))
    s = 0.0
    for f, slope in pairs:
        s += f(x[0]) * slope(x[1])
    return s


def in_a_dict(x: np.ndarray):
    powers = {}
    for key, p in (("a", 2), ("b", 3)):
        powers[key] = lambda v, p=p: v**p
    return np.sum(powers["a"](x) + powers["b"](x))


def in_a_dict_comprehension(x: np.ndarray):
    powers = {key: (lambda v, p=p: v**p) for key, p in (("a", 2), ("b", 3))}
    return np.sum(powers["a"](x) + powers["b"](x))


def in_a_dict_that_is_run_through(x: np.ndarray):
    named = {}
    for key, w in zip(("a", "b"), (1.0, 2.0), strict=True):
        def f(v, w=w):
            return w * v * v
        named[key] = f
    s = 0.0
    for _, f in named.items():
        s += np.sum(f(x))
    return s


def a_key_bound_anew(x: np.ndarray):
    named = {}
    named["a"] = lambda v: v**2
    named["b"] = scaling(x[0])
    named["a"] = scaling(x[1])
    return np.sum(named["a"](x) * named["b"](x))


def by_itself(x: np.ndarray):
    f = scaling(x[0])
    for k in range(3):
        f = scaling(f(x[k]))
    return f(x[1])


def around_itself(x: np.ndarray):
    f = lambda v: v                         # noqa: E731
    for k in range(3):
        before = f
        f = lambda v, g=before, k=k: g(v) * x[k]    # noqa: E731
    return f(x[1])


def of_two_loops(x: np.ndarray):
    gates = []
    for k in range(2):
        for j in range(2):
            gates.append(lambda v, a=x[k], b=x[j]: a * v + b)
    out = x[0]
    for gate in gates:
        out = gate(out)
    return out


def two_at_once(x: np.ndarray):
    def stage(k):
        c = x[k] ** 2

        def up(v):
            return v * c

        def down(v):
            return v / c
        return up, down
    ups, downs = [], []
    for k in range(3):
        up, down = stage(k)
        ups.append(up)
        downs.append(down)
    v = x[0]
    for up in ups:
        v = up(v) + x[1]
    for down in downs[::-1]:
        v = down(v) * 2.0
    return v


def of_the_trip_before(x: np.ndarray):
    s, before = 0.0, None
    for i in range(3):
        f = scaling(x[i])
        if before is not None:
            s += before(x[0])
        before = f
    return s


def of_the_first_trip(x: np.ndarray):
    first = None
    for i in range(3):
        f = scaling(x[i])
        if i == 0:
            first = f
    return first(x[1])


class Layer:
    def __init__(self, activation):
        self.activation = activation


def held_by_objects(x: np.ndarray):
    layers = []
    for i in range(3):
        layers.append(Layer(scaling(x[i])))
    return layers[0].activation(x[0]) * layers[2].activation(x[1])


# ---------------------------------------------------------------- what is the same in each trip
def of_the_function_around(x: np.ndarray):
    functions = []
    for f, w in [(np.sin, 2.0), (np.cos, 3.0)]:
        functions.append(lambda v: f(v) * w)        # noqa: B023 (the last f and w, in both)
    return np.sum(functions[0](x) + functions[1](x) ** 2)


def of_a_comprehension(x: np.ndarray):
    functions = [lambda v: v * k for k in (1.0, 2.0, 3.0)]          # noqa: B023
    return np.sum(functions[0](x) * functions[1](x))


def built(x):
    functions = []
    for k in range(3):
        functions.append(lambda v: v * x[k])        # noqa: B023
    return functions


def of_a_helper(x: np.ndarray):
    functions = built(x)
    return functions[0](x[0]) * functions[1](x[3])


def of_a_helper_in_a_loop(x: np.ndarray):
    s = 0.0
    for j in range(2):
        functions = built(x * (j + 1))
        s += functions[0](x[0]) * functions[1](x[3])
    return s


def in_their_own_trip(x: np.ndarray):
    s = 0.0
    for i in range(3):
        functions = [lambda v: v * x[i], scaling(x[i])]         # noqa: B023
        s += np.sum(functions[0](x)) * functions[1](x[0])
    return s


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [
    by_literal_places, by_literal_keys, for_their_effect, bound_anew_in_between, from_a_maker, in_a_comprehension,
    parameters_bound_anew, from_defaults, from_defaults_in_a_comprehension, composed, reduced, in_a_loop_of_loops,
    beside_other_entries, in_pairs, in_a_dict, in_a_dict_comprehension, in_a_dict_that_is_run_through, a_key_bound_anew,
    held_by_objects, by_itself, around_itself, of_two_loops, two_at_once, of_the_trip_before,
    of_the_first_trip, of_the_function_around, of_a_comprehension, of_a_helper, of_a_helper_in_a_loop,
    in_their_own_trip],
    ids=name)
def test_programs(f, facts):
    check(f, (X,), facts)


# ---------------------------------------------------------------- right or refused
def in_a_while_loop(x):
    functions, i = [], 0
    while i < 3:
        functions.append(scaling(x[i]))
        i += 1
    return functions[0](x[0]) * functions[1](x[3])


def one_for_each_entry(x):
    functions = []
    for i in range(len(x)):
        functions.append(scaling(x[i]))
    return functions[0](x[0]) * functions[1](x[3])


def of_helpers_joined(x):
    functions = []
    for j in range(2):
        functions += built(x * (j + 1))
    return functions[0](x[0]) * functions[5](x[3])


def of_comprehensions_joined(x):
    def made(s):
        return [lambda v: v * k * x[s] for k in (1.0, 2.0)]     # noqa: B023
    functions = []
    for s in (1, 2):
        functions += made(s)
    return functions[0](x[0]) * functions[3](x[1])


def under_another_name(x):
    s = 0.0
    for i in range(3):
        f = scaling(x[i])
        if i > 0:
            s += g(x[0])                            # noqa: F821 (that of the trip before)
        g = f                                       # noqa: F841
    return s


def exchanged(x):
    a, b = scaling(x[0]), scaling(x[1])
    for _ in range(3):
        a, b = b, a
    return a(x[2]) + b(x[3]) ** 2


def changed_afterwards(x):
    functions = [scaling(2.0), scaling(3.0)]
    functions.append(scaling(x[1]))
    functions[0] = scaling(x[2])
    return np.sum(functions[0](x) * functions[-1](x))


@pytest.mark.parametrize("f", [in_a_while_loop, one_for_each_entry, of_helpers_joined, of_comprehensions_joined,
                               under_another_name, exchanged, changed_afterwards], ids=name)
def test_right_or_refused(f):
    try:
        check_grads(f, (X,))
    except S2SGradError as refusal:
        assert refusal.remedy
        assert refusal.origin.line > f.__code__.co_firstlineno or refusal.origin.function != f.__name__
        return


def test_what_cannot_be_followed_is_named():
    with pytest.raises(S2SGradError, match="which one that is, and with which variables, is not followed"):
        grad(in_a_while_loop)(X)
    with pytest.raises(S2SGradError, match="Which function `a` holds here is not known"):
        grad(exchanged)(X)
    with pytest.raises(S2SGradError, match="Which function is called here is not known"):
        grad(changed_afterwards)(X)
