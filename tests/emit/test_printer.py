"""Statements, loops and whole programs as text."""

import ast
import operator as op

import numpy as np
import pytest
from emit.core_text import at, call, const, function, pair, program, run, slice_, v

from s2sgrad.core.nodes import (
    Assert,
    Assign,
    Build,
    Comment,
    Continue,
    Effect,
    For,
    If,
    Kill,
    Parameter,
    Raise,
    Return,
    Store,
    While,
)
from s2sgrad.emit.captions import add_captions
from s2sgrad.emit.names import readable
from s2sgrad.emit.printer import emit

BUMP = Assign(("x",), call(op.add, v("x"), const(1)))


def body(*statements, params=("x",)):
    text = emit(program(function(params, *statements)), "").text
    ast.parse(text)
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))


@pytest.mark.parametrize("statement, expected", [
    (Store("x", v("i"), const(1.0)), "x[i] = 1.0"),
    (Store("x", v("i"), const(1.0), op.iadd), "x[i] += 1.0"),
    (Store("x", None, const(1.0), op.imatmul), "x @= 1.0"),
    (Store("x", None, const(1.0)), "x[...] = 1.0"),
    (Store("x", pair(v("i"), slice_(1, 3, None)), const(1.0)), "x[i, 1:3] = 1.0"),
    (Store("x", v("i"), const(1.0), op.iadd, at=True), "np.add.at(x, i, 1.0)"),
    (Store("x", v("i"), const(1.0), op.isub, at=True), "np.subtract.at(x, i, 1.0)"),
    (Store("x", pair(v("i"), slice_(1, None, None)), const(1.0), op.iadd, at=True),
     "np.add.at(x, (i, slice(1, None)), 1.0)"),
    (Assign(("a", "b"), v("x")), "a, b = x"),
    (Effect(call(print, v("x"))), "print(x)"),
    (Assert(call(op.gt, v("x"), const(0)), const("positive")), "assert x > 0, 'positive'"),
    (Raise(call(ValueError, const("no")), v("x")), "raise ValueError('no') from x"),
    (Raise(), "raise"),
    (Return(pair(*v("x", "y"))), "return x, y"),
    (Return(const(None)), "return None"),
    (While(call(op.lt, v("x"), const(3)), (BUMP,)), "while x < 3:\n    x = x + 1"),
    (While(v("x"), (BUMP,), leave="done"), "while x:\n    x = x + 1\n    if done:\n        break"),
    (While(v("x"), (), leave="done"), "while x:\n    if done:\n        break"),
    (If(v("x"), (), ()), "if x:\n    pass"),
    (If(v("x"), (Comment("nothing"),), (BUMP,)), "if x:\n    # nothing\n    pass\nelse:\n    x = x + 1"),
    (If(v("x"), (BUMP,), (If(v("y"), (BUMP,), (BUMP,), origin=at(2, "elif y:")),), origin=at(1, "if x:")),
     "if x:\n    x = x + 1\nelif y:\n    x = x + 1\nelse:\n    x = x + 1"),
    (If(v("x"), (BUMP,), (Comment("c"), If(v("y"), (BUMP,)))),
     "if x:\n    x = x + 1\nelse:\n    # c\n    if y:\n        x = x + 1"),
])
def test_statements(statement, expected):
    assert body(statement) == expected


# ---------------------------------------------------------------- loops over elements
XS = v("xs")
LENGTH = call(len, XS)
ADD = Assign(("s",), call(op.add, v("s"), v("x")))
ADD_INDEX = Assign(("s",), call(op.add, v("s"), call(op.mul, v("i"), v("x"))))


def total(over, *trip, elements=(("x", XS),), result=None, after=()):
    loop = For("i", over, trip, elements=elements)
    return program(function(("xs", "ys"), Assign(("s",), const(0)), loop, *after, Return(result or v("s"))))


ZIPPED = (("x", XS), ("y", v("ys")))
SHORTER = call(min, LENGTH, call(len, v("ys")))
PRODUCT = Assign(("s",), call(op.add, v("s"), call(op.mul, *v("x", "y"))))


@pytest.mark.parametrize("prog, header, expected", [
    (total(call(range, LENGTH), ADD), "for x in xs:", 6),
    (total(call(range, call(op.getitem, call(getattr, XS, const("shape")), const(0))), ADD), "for x in xs:", 6),
    (total(call(range, LENGTH), ADD_INDEX), "for i, x in enumerate(xs):", 8),
    (total(call(range, LENGTH), ADD, result=v("i")), "for i, x in enumerate(xs):", 2),
    (total(call(reversed, call(range, LENGTH)), ADD), "for x in reversed(xs):", 6),
    (total(call(reversed, call(range, LENGTH)), ADD_INDEX), "for i in reversed(range(len(xs))):\n        x = xs[i]", 8),
    (total(call(range, SHORTER), PRODUCT, elements=ZIPPED), "for x, y in zip(xs, ys):", 5),
    (total(call(range, LENGTH), PRODUCT, elements=ZIPPED[::-1]),
     "for i in range(len(xs)):\n        y, x = ys[i], xs[i]", None),
    (total(call(range, const(1), LENGTH), ADD), "for i in range(1, len(xs)):\n        x = xs[i]", 5),
    (total(call(range, LENGTH), ADD, Assign(("xs",), pair(const(0), const(0), const(0)))),
     "for i in range(len(xs)):\n        x = xs[i]", 1),
    (total(call(range, LENGTH), ADD, Effect(call(print, XS))), "for i in range(len(xs)):\n        x = xs[i]", 6),
    (total(call(range, LENGTH), ADD, after=(Assign(("i",), const(3)),)), "for x in xs:", 6),
])
def test_loops_over_elements(prog, header, expected):
    assert header in emit(prog, "").text
    if expected is not None:
        assert run(prog, np.array([1, 2, 3]), [1, 2]) == expected


def test_a_container_that_is_computed_is_read_anew_where_a_trip_writes():
    moved = call(op.mul, XS, const(2))
    prog = total(call(range, call(len, moved)), ADD, Store("xs", const(2), const(0)), elements=(("x", moved),))
    assert "x = (xs * 2)[i]" in emit(prog, "").text
    assert run(prog, np.array([1, 2, 3]), None) == 6


# ---------------------------------------------------------------- whole programs
def test_parameters():
    fun = function((
        Parameter("x", annotation="float"), Parameter("n", default=const(3), annotation="np.ndarray"),
        Parameter("rest", "args"), Parameter("result_bar", "keyword", const(1.0)), Parameter("options", "kwargs")),
        Return(v("x")))
    assert "def f(x: float, n: np.ndarray=3, *rest, result_bar=1.0, **options):" in emit(program(fun), "").text


def test_long_parameter_lists_are_broken():
    many = [Parameter(f"quite_a_long_name_{k}", default=const(k)) for k in range(9)]
    prog = program(function((*many, Parameter("result_bar", "keyword", const(1.0))), Return(v("quite_a_long_name_4"))))
    assert "def f(\n    quite_a_long_name_0=0,\n" in emit(prog, "").text
    assert run(prog) == 4


def test_docstring_is_escaped():
    prog = program(function((), Return(const(1)), doc='A \\ and """quotes"'))
    space = {}
    exec(emit(prog, "").text, space)
    assert space["f"].__doc__ == 'A \\ and """quotes"'


def test_imports_are_sorted_and_merged():
    import math

    from s2sgrad.runtime import unbroadcast
    wave = call(unbroadcast, v("x"), call(np.sin, v("x")))
    prog = program(function(("x",), Return(pair(wave, call(math.sin, v("x"))))))
    emitted = emit(prog, "header\nsecond line")
    assert emitted.text.startswith("# header\n# second line\nimport math\n\nimport numpy as np\n"
                                   "from s2sgrad.runtime import unbroadcast\n\n\ndef f(x):\n")
    assert emitted.imports == ("import math", "import numpy as np", "from s2sgrad.runtime import unbroadcast")


def test_lines_lead_to_the_users_lines():
    long = Build("list", tuple(const(10**30 + k) for k in range(9)))
    prog = program(function(
        ("x",), Assign(("y",), long, origin=at(2, "y = ...")),
        For("i", call(range, const(3)), (Assign(("x",), v("i"), origin=at(4, "x = i")),), origin=at(3, "for")),
        Return(v("x"), origin=at(5, "return x"))))
    emitted = emit(prog, "header")
    lines = emitted.text.splitlines()
    found = {lines[n - 1].strip(): origin.line for n, origin in emitted.lines.items()}
    assert found["x = i"] == 4 and found["for i in range(3):"] == 3 and found["return x"] == 5
    assert [origin.line for origin in emitted.lines.values()].count(2) == 11 and "def f(x):" not in found


def test_what_should_have_been_lowered_is_refused():
    for statement in (Kill("x", "x"), Continue()):
        with pytest.raises(TypeError, match="lowered"):
            emit(program(function(("x",), statement)), "")


def test_core_names_are_refused():
    with pytest.raises(ValueError, match="x#2"):
        emit(program(function((), Assign(("x#2",), const(1)))), "")


STRAIGHT = '''\
# gradient of model
import numpy as np


def model_grad(x, *, result_bar=1.0):
    """Gradient of `model` with respect to `x`."""
    # forward sweep
    exp_x = np.exp(x)

    # reverse sweep
    # return np.sum(z * x)
    z_bar = result_bar * x
    x_bar = result_bar * exp_x
    # z = np.exp(x)
    x_bar += z_bar * exp_x
    return x_bar
'''


def test_golden_straight_line():
    ret, exp = at(3, "return np.sum(z * x)"), at(2, "z = np.exp(x)")
    prog = program(function(
        ("x", Parameter("result_bar", "keyword", const(1.0))),
        Comment("forward sweep"), Assign(("$1",), call(np.exp, v("x"))), Comment("reverse sweep", gap=True),
        Assign(("z~",), call(op.mul, *v("result_bar", "x")), origin=ret, reverses=3),
        Assign(("x~",), call(op.mul, *v("result_bar", "$1")), origin=ret, reverses=3),
        Store("x~", None, call(op.mul, *v("z~", "$1")), op.iadd, origin=exp, reverses=2),
        Return(v("x~")), name="model_grad", doc="Gradient of `model` with respect to `x`."))
    prog = readable(add_captions(prog))
    assert emit(prog, "gradient of model").text == STRAIGHT
    assert run(prog, 0.5) == pytest.approx(np.exp(0.5) * 1.5)


LOOP = '''\
# gradient of power


def power_grad(x, n, *, result_bar=1.0):
    # forward sweep
    y = 1.0
    y_record = []
    for i in range(n):
        y_record.append(y)
        y = y * x

    # reverse sweep
    x_bar = 0.0
    # return y
    y_bar = result_bar
    for _ in range(n):
        # y = y * x
        y = y_record.pop()
        x_bar += y * y_bar
        y_bar = y_bar * x
    return x_bar
'''


def test_golden_loop():
    head, step, ret = at(3, "for i in range(n):"), at(4, "y = y * x"), at(5, "return y")
    record = v("y^3")
    prog = program(function(
        ("x", "n", Parameter("result_bar", "keyword", const(1.0))),
        Comment("forward sweep"), Assign(("y",), const(1.0)), Assign(("y^3",), Build("list", ())),
        For("i", call(range, v("n")), (
            Effect(call(list.append, record, v("y"))), Assign(("y",), call(op.mul, *v("y", "x")))), origin=head),
        Comment("reverse sweep", gap=True), Assign(("x~",), const(0.0)),
        Assign(("y~",), v("result_bar"), origin=ret, reverses=5),
        For("i#2", call(range, v("n")), (
            Assign(("y#2",), call(list.pop, record), origin=step, reverses=4),
            Store("x~", None, call(op.mul, *v("y#2", "y~")), op.iadd, origin=step, reverses=4),
            Assign(("y~",), call(op.mul, *v("y~", "x")), origin=step, reverses=4)), origin=head, reverses=3),
        Return(v("x~")), name="power_grad"))
    prog = readable(add_captions(prog))
    assert emit(prog, "gradient of power").text == LOOP
    assert run(prog, 1.5, 4) == pytest.approx(4 * 1.5**3)
