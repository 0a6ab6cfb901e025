"""What the header of the user's loop unpacks is unpacked in the header."""

import operator as op

import numpy as np
import pytest
from emit.core_text import at, call, const, function, program, run, v

from s2sgrad import value_and_grad
from s2sgrad.core.nodes import Assign, Effect, For, If, Method, Return, Store
from s2sgrad.emit.printer import emit

XS, ITEM = v("xs", "item")
HEADER, OTHER = at(2, "for a, b in xs:"), at(3, "a, b = item")
RANGE = call(range, call(len, XS))
BACK = call(reversed, RANGE)
UNPACK = Assign(("a", "b"), ITEM, origin=HEADER)
AGAIN = Assign(("a", "_"), ITEM, reverses=4)
ADD = Assign(("s",), call(op.add, v("s"), call(op.mul, *v("a", "b"))))
ADD_A = Store("s", None, v("a"), op.iadd)
KEEP = Effect(call(Method("append"), v("kept"), v("s")))
TAKE = Assign(("r", "t"), call(Method("pop"), v("kept")), reverses=4)
COUNT = Store("trips", None, const(1), op.iadd)


def total(*trip, over=RANGE, elements=(("item", XS),), result=None, header=HEADER):
    return program(function(("xs", "ys", "kept"), Assign(("s",), const(0)), Assign(("trips",), const(0)),
                            For("i", over, trip, elements=elements, origin=header), Return(result or v("s"))))


@pytest.mark.parametrize(("prog", "expected"), [
    (total(UNPACK, ADD), "    for a, b in xs:\n        s = s + a * b"),
    (total(COUNT, KEEP, UNPACK, ADD), "    for a, b in xs:\n        trips += 1\n        kept.append(s)\n        s = s"),
    (total(TAKE, AGAIN, ADD_A, over=BACK), "    for a, _ in reversed(xs):\n        r, t = kept.pop()\n        s += a"),
    (total(UNPACK, Store("s", None, v("i"), op.iadd)), "    for i, (a, b) in enumerate(xs):\n        s += i"),
    (total(AGAIN, Store("s", None, v("i"), op.iadd), over=BACK),
     "    for i in reversed(range(len(xs))):\n        a, _ = xs[i]\n        s += i"),
    (total(UNPACK, ADD, elements=(("item", XS), ("y", v("ys"))),
           over=call(range, call(min, call(len, XS), call(len, v("ys"))))),
     "    for (a, b), y in zip(xs, ys):\n        s = s + a * b"),
    (total(UNPACK, Assign(("item",), v("a")), Store("s", None, ITEM, op.iadd)),
     "    for a, b in xs:\n        item = a\n        s += item"),
])
def test_unpacked_in_the_header(prog, expected):
    assert expected in emit(prog, "").text


@pytest.mark.parametrize("prog", [
    total(Assign(("a", "b"), ITEM, origin=OTHER), ADD),                 # the user wrote it as a statement
    total(UNPACK, ADD, Effect(call(print, ITEM))),                      # the item is read
    total(UNPACK, ADD, result=ITEM),
    total(AGAIN, Assign(("b",), ITEM), ADD, header=at(2, "for item in xs:")),           # the user's own name
    total(AGAIN, ADD_A, header=at(2, "t = [f(*item) for k, item in enumerate(xs)]")),
    total(Assign(("a", "item"), ITEM, origin=HEADER), ADD_A),
    total(Assign(("a", "a"), ITEM, origin=HEADER), ADD_A),
    total(Assign(("a", "i"), ITEM, origin=HEADER), ADD_A, result=v("i")),
    total(ADD, UNPACK),                                                 # a and b of the trip before are read
    total(Effect(call(Method("append"), v("kept"), v("a"))), UNPACK, ADD),
    total(Effect(call(Method("append"), v("kept"), ITEM)), UNPACK, ADD),
    total(Effect(call(print, XS)), UNPACK, ADD),                        # it is seen before the unpacking fails
    total(Assign(("r",), call(op.neg, v("s"))), UNPACK, ADD),
    total(If(v("s"), (UNPACK, ADD))),
])
def test_unpacked_in_the_body(prog):
    assert "        a, " in emit(prog, "").text and "for a" not in emit(prog, "").text


def test_it_is_the_same_that_is_computed():
    assert run(total(COUNT, KEEP, UNPACK, ADD), [(1, 2), (3, 4)], None, []) == 14
    with pytest.raises(ValueError, match="too many values to unpack"):
        run(total(UNPACK, ADD), [(1, 2, 3)], None, [])


def weighted(x: np.ndarray, pairs: list):
    s = 0.0
    for k, (n, w) in enumerate(pairs):
        s = s * x[n] + w * np.sin(x[n]) * k
    return s


def test_in_both_sweeps():
    derived = value_and_grad(weighted)
    x, pairs = np.array([0.3, 0.7, 1.1]), [(0, 1.0), (2, 0.5), (0, 2.0)]
    text = derived.source_for(x, pairs)
    assert "for k, (n, w) in enumerate(pairs):" in text and "n, w = pairs[k]" in text
    value, slope = derived(x, pairs)
    steps = 1e-6 * np.eye(3)
    assert value == weighted(x, pairs)
    np.testing.assert_allclose(
        slope, [(weighted(x + h, pairs) - weighted(x - h, pairs)) / 2e-6 for h in steps], rtol=1e-6)
