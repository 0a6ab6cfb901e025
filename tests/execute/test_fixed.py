"""What a compiled program is compiled for: which arguments share one, and which do not."""

import types
from dataclasses import dataclass

import numpy as np
import pytest

from s2sgrad.errors import ArgumentError
from s2sgrad.execute.fixed import HOLE, split


class Model:
    def __init__(self, scale):
        self.scale = scale

    def apply(self, x):
        return self.scale * x


class Slotted:
    __slots__ = ("scale",)


class Settings(dict):
    pass


@dataclass
class Layer:
    weights: np.ndarray
    name: str


def fixed(value):
    return split(value)[0]


@pytest.mark.parametrize("value, count", [
    (1.0, 1), (np.float32(1.0), 1), (1j, 1), (np.complex64(1j), 1), (np.ones(2), 1), (np.arange(2), 1),
    (np.ones(2, bool), 1), (np.ones(2, ">f8"), 1), ([1.0, (2.0, {"a": 3.0})], 3), (Layer(np.ones(2), "a"), 1),
    (1, 0), (True, 0), ("a", 0), (None, 0), (np.int64(1), 0), (np.bool_(True), 0), (np.sin, 0), (Model(1.0), 0),
    (np.array(["a"]), 0), (np.array([None]), 0), (range(3), 0), (np.array(["2020-01-01"], "M8[D]"), 0),
])
def test_floats_and_numeric_arrays_are_traced(value, count):
    structure, traced = split(value)
    assert len(traced) == count
    filled = structure.fill(traced)
    assert type(filled) is type(value) and (count == 0 or filled is not value or type(value) is not list)
    hash(structure)


@pytest.mark.parametrize("value", [np.ones(2, np.longdouble), np.longdouble(1.0), np.ma.masked_array([1.0])])
def test_what_jax_would_misread_is_refused(value):
    with pytest.raises(ArgumentError):
        split([value])


@pytest.mark.parametrize("a, b", [
    (1.0, 2.0), (1.0, np.float64(2.0)), ([np.ones(2), 3], [np.zeros(5), 3]), ("ab", "".join(["a", "b"])),
    (range(3), range(3)), (slice(1, 2), slice(1, 2)), (np.array(["a"]), np.array(["a"])), (np.int64(3), np.int64(3)),
    (Layer(np.ones(2), "a"), Layer(np.zeros(2), "a")), (np.dtype(">f8"), np.dtype(">f8")),
    ({1: "a", 2: 0.0}, {1: "a", 2: 1.0}), (10**30, 10**30),
])
def test_one_program_serves_both(a, b):
    assert fixed(a) == fixed(b) and hash(fixed(a)) == hash(fixed(b))


@pytest.mark.parametrize("a, b", [
    (1, True), (1, 2), (1, 1.0), (1, np.int64(1)), (np.int32(1), np.int64(1)), ("a", b"a"), ([1], (1,)),
    ({1: 2}, {True: 2}),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}), (Layer(np.ones(2), "a"), Layer(np.ones(2), "b")), (np.sin, np.cos),
    (Model(1.0), Model(1.0)), ([], [[]]), (range(3), range(4)), (np.array(["a"]), np.array(["b"])), (None, 0),
])
def test_each_has_its_own_program(a, b):
    assert fixed(a) != fixed(b)


def change(value):
    match value:
        case Settings():
            value["a"] = 2.0
        case types.MethodType(__self__=model) | (Model() as model) | (Slotted() as model):
            model.scale = 2.0
        case set():
            value.add(2)


def slotted():
    made = Slotted()
    made.scale = 1.0
    return made


@pytest.mark.parametrize("value", [Model(1.0), slotted(), Settings(a=1.0), Model(1.0).apply, {1}],
                         ids=["attributes", "slots", "dict", "method", "set"])
def test_an_object_that_was_changed_has_another_program(value):
    before = fixed(value)
    assert fixed(value) == before
    change(value)
    assert fixed(value) != before


def test_a_change_deep_inside_an_object_is_seen():
    inner = Model(np.ones(2))
    outer = Model([{"inner": inner}])
    before = fixed(outer)
    inner.scale[0] = 5.0
    assert fixed(outer) != before


def test_an_object_that_holds_itself():
    model = Model(1.0)
    model.scale = [model]
    assert fixed(model) == fixed(model)


def test_a_function_with_another_body_has_another_program():
    def f(x):
        return x
    before = fixed(f)
    f.__code__ = (lambda x: -x).__code__
    assert fixed(f) != before


def test_holes_are_filled_in_order_and_containers_are_new():
    value = {"b": [1.0, 2], "a": np.ones(2)}
    structure, traced = split(value)
    filled = structure.fill(["first", "second"])
    assert traced[0] == 1.0 and filled == {"b": ["first", 2], "a": "second"} and list(filled) == ["b", "a"]
    assert value["b"][0] == 1.0 and repr(HOLE) == "HOLE"
