"""Call facts: which calls share a program, and the kinds they are derived for."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from s2sgrad.core.kinds import ONE, UNKNOWN, Array, DictKind, Dim, Known, ListKind, Number, RecordKind, TupleKind
from s2sgrad.execute.signature import Asked, kinds_of, shared_memory, signature_key

Pair = namedtuple("Pair", "a b")


@dataclass
class State:
    x: object
    y: object


class Thing:
    def method(self):
        return 1


N0, N1 = Dim("n0", never_one=True), Dim("n1", never_one=True)
ones = np.ones


@pytest.mark.parametrize("a, b", [
    ((1.0, 2.0), (3.0, 4.0)),
    ((1,), (7,)),
    ((ones(3),), (ones(5),)),
    ((ones((3, 4)), ones(4)), (ones((5, 2)), ones(2))),
    ((ones((3, 1)),), (ones((9, 1)),)),
    (([1.0, ones(3)],), ([2.0, ones(4)],)),
    ((Pair(1.0, 2.0),), (Pair(3.0, 4.0),)),
    ((State(1.0, ones(2)),), (State(3.0, ones(9)),)),
    (("a", None, True), ("a", None, True)),
    ((Thing(),), (Thing(),)),
    ((ones(3),), (ones(6)[::2],)),
])
def test_one_program(a, b):
    assert signature_key(a) == signature_key(b)
    assert hash(signature_key(a)) == hash(signature_key(b))
    assert kinds_of(a) == kinds_of(b)


@pytest.mark.parametrize("a, b", [
    ((1.0,), (1,)),
    ((1.0,), (np.float64(1.0),)),
    ((np.float64(1.0),), (np.float32(1.0),)),
    ((np.float64(1.0),), (np.array(1.0),)),
    ((np.array(1.0),), (ones(1),)),
    ((ones(1),), (ones(2),)),
    ((ones((3, 3)),), (ones((3, 4)),)),
    ((ones(3), ones(3)), (ones(3), ones(4))),
    ((ones((3, 4)),), (np.asfortranarray(ones((3, 4))),)),
    ((ones(3),), (ones(3, np.float32),)),
    ((True,), (False,)),
    ((True,), (1,)),
    (("a",), ("b",)),
    ((None,), (1.0,)),
    ((np.sin,), (np.cos,)),
    (([1.0],), ((1.0,),)),
    (([1.0],), ([1.0, 1.0],)),
    (({"a": 1.0},), ({"b": 1.0},)),
    (({"a": 1.0, "b": 2},), ({"b": 2, "a": 1.0},)),
    ((Pair(1.0, 2.0),), ((1.0, 2.0),)),
    ((State(1.0, 2.0),), (State(1.0, 2),)),
    ((Thing().method,), (Thing().method,)),
])
def test_two_programs(a, b):
    assert signature_key(a) != signature_key(b)


def test_key_of_numbers_is_their_types():
    args = (1.0, 2, None, np.float32(1.0), 1j)
    assert signature_key(args) == tuple(map(type, args))


def test_kinds():
    args = (1.0, 2, True, np.float32(1), "s", None, np.sin, Thing(), ones((3, 1)), np.array(1.0), ones((4, 3)).T,
            (1.0, ones(4, int)), {"k": 1j})
    assert kinds_of(args) == (
        Number("float64", weak=True), Number("int", weak=True), Number("bool", weak=True, value=True),
        Number("float32"), Known("s"), Known(None), Known(np.sin), RecordKind(Thing), Array("float64", (N0, ONE), "C"),
        Array("float64", ()), Array("float64", (N0, N1), "strided"),
        TupleKind((Number("float64", weak=True), Array("int64", (N1,)))),
        DictKind((("k", Number("complex128", weak=True)),)))


def test_kind_of_a_list_joins_its_items():
    assert kinds_of(([1.0, 2.0],))[0].item == Number("float64", weak=True)
    assert kinds_of(([ones(3), ones(4)],))[0].item == Array("float64")
    assert kinds_of(([ones(3), 1.0],))[0].item == UNKNOWN
    assert kinds_of(([],)) == (ListKind(None, ()),)


def test_lengths_inside_records_are_counted_in_kinds_as_in_keys():
    assert kinds_of((State(ones(3), 1.0), ones(4), ones(3)))[1:] == (Array("float64", (N1,)), Array("float64", (N0,)))


def test_arrays_of_objects_are_unknown():
    assert kinds_of((np.array(["a"]), np.array([None]))) == (UNKNOWN, UNKNOWN)


def test_shared_memory():
    a = ones(6)
    assert shared_memory((a, ones(6), 1.0)) == []
    assert shared_memory((a, a)) == [(0, 1)]
    assert shared_memory((a[:3], a[3:])) == []
    assert shared_memory((a[::2], a[1::2])) == []
    assert shared_memory((1.0, {"u": a[:4], "v": ones(2)}, a[3:])) == [(1, 2)]
    assert shared_memory(([a, a],)) == [(0, 0)]


def test_replaced_code_of_a_function_argument_makes_another_program():
    def g(x):
        return x

    def h(x):
        return -x
    before = signature_key((1.0, g))
    assert before == signature_key((2.0, g))
    g.__code__ = h.__code__
    assert before != signature_key((1.0, g))


def times(symbol, scale):
    return Dim(symbol, never_one=True, scale=scale)


@pytest.mark.parametrize("divisor, lengths, expected", [
    (1, (8, 2), (times("n0", 4), N0)),
    (1, (2, 8), (N0, times("n0", 4))),
    (1, (18, 2), (N0, N1)),                                     # nine times: by chance
    (1, (8, 3), (N0, N1)),
    (2, (8, 3), (times("n0", 2), N1)),
    (2, (2, 3), (N0, N1)),                                      # half of it is 1
    (4, (12, 8, 4), (times("n0", 4), times("n1", 4), Dim("n2", never_one=True))),
    (6, (12, 6), (times("n0", 6), N1)),
    (1, (0, 2), (N0, N1)),
])
def test_multiples(divisor, lengths, expected):
    args = tuple(map(ones, lengths))
    assert kinds_of(args, asked=Asked(divisor)) == tuple(Array("float64", (dim,)) for dim in expected)


@pytest.mark.parametrize("divisor, a, b, same", [
    (1, (8, 2), (12, 3), True), (1, (8, 2), (9, 3), False), (2, (4,), (6,), True), (2, (4,), (5,), False),
    (2, (2,), (3,), True), (2, (2,), (4,), False)])
def test_keys_say_multiples(divisor, a, b, same):
    first, second = tuple(map(ones, a)), tuple(map(ones, b))
    assert signature_key(first) == signature_key(second)
    assert (signature_key(first, Asked(divisor)) == signature_key(second, Asked(divisor))) == same
    assert (kinds_of(first, asked=Asked(divisor)) == kinds_of(second, asked=Asked(divisor))) == same


@pytest.mark.parametrize("a, b, same", [(3, 3, True), (3, 2, False), (3, 4, False), (5, 7, True), (2, 2, True)])
def test_keys_say_short_lengths_where_they_occur(a, b, same):
    asked = Asked(short=frozenset((2, 3)))
    first, second = [[np.zeros(9), np.zeros((9, n))] for n in (a, b)]
    assert (signature_key(first, asked) == signature_key(second, asked)) == same
    assert (kinds_of(first, asked=asked) == kinds_of(second, asked=asked)) == same


def test_short_lengths_are_constants_and_of_no_multiple():
    found = kinds_of([np.zeros((6, 3)), np.zeros(12)], asked=Asked(1, frozenset((3,))))
    six = Dim("n0", never_one=True)
    assert found == (Array("float64", (six, Dim("", 3)), "C"), Array("float64", (Dim("n0", never_one=True, scale=2),)))
