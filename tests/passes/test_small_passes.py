"""Signs, shapes, reshapes, hoisted records and coalesced adjoints, before and after."""

from __future__ import annotations

import textwrap

import pytest
from core.reading import core

import s2sgrad.pipeline  # noqa: F401  (registers the rules)
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.simplify import coalesce, copies, lazy, records, reshapes, shapes, signs, targets, twins
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.pipeline import Pass

SCALAR = Number("float64", True)
N = Array("float64", (Dim("n"),))
SQUARE = Array("float64", (Dim("n"), Dim("m")))
FACTS = Facts({
    "x": N, "y": N, "x~": N, "y~": N, "A": SQUARE, "A~": SQUARE, "D": Array("float64", (Dim("n"), Dim("k"), Dim("m"))),
    "a": SCALAR, "b": SCALAR, "c": SCALAR, "a~": SCALAR, "b~": SCALAR, "$1~": SCALAR, "$2~": SCALAR, "s~": SCALAR,
    "$4~": SCALAR,
    "v~": N, "w~": N, "$3~": N, "$4": N, "v@": N, "ints": Array("int64", (Dim("n"),)),
}, {"x": 1, "y": 2, "A": 3, "v@": 4, "$3~": 5, "v~": 6, "w~": 7, "x~": 8, "y~": 9, "ints": 10})


def check(one: Pass, before: str, expected: str) -> None:
    assert text.function(one(core(textwrap.dedent(before)), FACTS)) == text.function(core(textwrap.dedent(expected)))


@pytest.mark.parametrize(("before", "expected"), [
    ("_2_bar = -_1_bar\na_bar += _2_bar * b\nb_bar -= _2_bar * a", "a_bar -= _1_bar * b\nb_bar += _1_bar * a"),
    ("_4_bar = -np.vdot(x, y)\na_bar += _4_bar\nb_bar += _4_bar",
     "_4_bar = np.vdot(x, y)\na_bar -= _4_bar\nb_bar -= _4_bar"),
    ("_3_bar = -v_bar\ns_bar = np.vdot(_3_bar, y)\nx_bar += _3_bar * a",        # a number is negated, not an array
     "s_bar = -np.vdot(v_bar, y)\nx_bar -= v_bar * a"),
    ("_2_bar = -_1_bar\ns_bar = _2_bar * b\na_bar += s_bar", "s_bar = -_1_bar * b\na_bar += s_bar"),
    ("_2_bar = -_1_bar\na_bar = _2_bar * b\nb_bar = _2_bar * a", "a_bar = -_1_bar * b\nb_bar = -_1_bar * a"),
])
def test_signs(before: str, expected: str) -> None:
    check(signs.run, "'reverse'\n" + before, "'reverse'\n" + expected)


@pytest.mark.parametrize("source", [
    "_2_bar = -_1_bar\n_1_bar = a\na_bar += _2_bar * b",            # bound anew
    "_3_bar = -v_bar\nx_bar += np.sin(_3_bar) * y\ny_bar += _3_bar / _3_bar",       # an array is negated once
    "_2_bar = -_1_bar\na_bar = np.hypot(_2_bar, b)\nb_bar = _2_bar * a",             # handed to a function
    "_2_bar = -_1_bar\na_bar = _2_bar * b\nb_bar = _2_bar * a\nc_bar = _2_bar * c",  # three negations for one
    "a_bar = -_1_bar\nb_bar = a_bar * c",                                            # has a name of the user's
    "_3_bar = -v_shadow\nv_shadow[0] += a\nx_bar += _3_bar * y",    # written
    "_2_bar = -_1_bar\nf(_2_bar)",
    "_3_bar = -v_shadow[1:]\nv_shadow[:-1] += _3_bar * b\nb_bar += np.vdot(_3_bar, y)",      # a copy, not a view
])
def test_signs_that_stay(source: str) -> None:
    check(signs.run, "'reverse'\n" + source, "'reverse'\n" + source)


def test_a_shape_is_read_from_a_name_that_is_alive() -> None:
    check(shapes.run, """
    def f(x, y):
        _4 = x * y
        'reverse'
        x_bar = np.broadcast_to(a_bar, np.shape(_4)) * y
        v_bar = np.zeros_like(_4)
    """, """
    def f(x, y):
        _4 = x * y
        'reverse'
        x_bar = np.broadcast_to(a_bar, np.shape(y)) * y
        v_bar = np.zeros_like(x)
    """)


def test_a_name_is_not_recorded_for_its_shape_alone() -> None:
    check(shapes.run, """
    def f(x):
        for i in range(3):
            y = np.sin(x)
            record(slot, y)
        'reverse'
        for i in range(3):
            y = recall(slot)
            y_bar = np.broadcast_to(a_bar, y.shape)
            x_bar += y_bar * x
    """, """
    def f(x):
        for i in range(3):
            y = np.sin(x)
            record(slot, y)
        'reverse'
        for i in range(3):
            y = recall(slot)
            y_bar = np.broadcast_to(a_bar, x.shape)
            x_bar += y_bar * x
    """)


def test_nothing_is_computed_for_its_shape_alone() -> None:
    check(shapes.run, """
    def f(A, D, x):
        'reverse'
        x_bar = np.broadcast_to(a_bar, (A.T @ x).shape)
        A_bar = np.broadcast_to(a_bar, (D[0] * 2.0).shape)
        y_bar = np.broadcast_to(a_bar, g(x).shape)
    """, """
    def f(A, D, x):
        'reverse'
        x_bar = np.broadcast_to(a_bar, A.shape[1:])
        A_bar = np.broadcast_to(a_bar, D.shape[1:])
        y_bar = np.broadcast_to(a_bar, g(x).shape)
    """)


@pytest.mark.parametrize("source", [
    "def f(ints):\n    _4 = np.sin(ints)\n    'reverse'\n    v_bar = np.zeros_like(_4)",           # another dtype
    "def f(b):\n    x = np.ones(3)\n    _4 = x * b\n    x = g(b)\n    'reverse'\n    v_bar = np.zeros_like(_4)",
    "def f(b):\n    _4 = y * b\n    'reverse'\n    v_bar = np.zeros_like(_4)",                      # data outside
])
def test_shapes_that_stay(source: str) -> None:
    check(shapes.run, source, source)


@pytest.mark.parametrize(("before", "expected"), [
    ("A_bar[:, None, :] += np.sum(D, axis=1, keepdims=True)", "A_bar += np.sum(D, axis=1)"),
    ("A_bar[None, :, :] += np.sum(D, axis=1, keepdims=True)", "A_bar[None, :, :] += np.sum(D, axis=1, keepdims=True)"),
    ("A_bar[:, 0] += np.sum(A, axis=1, keepdims=True)", "A_bar[:, 0] += np.sum(A, axis=1, keepdims=True)"),
])
def test_reshapes(before: str, expected: str) -> None:
    check(reshapes.run, "'reverse'\n" + before, "'reverse'\n" + expected)


BRANCHES = """
def f(x, c):
    if c:
        {}record(first, x)
        x = x + 1.0
    else:
        record(second, x)
        x = x - 1.0
    'reverse'
    if c:
        {}x = recall(first)
        x_bar = x_bar * x
    else:
        x = recall(second)
"""


HOISTED = """
def f(x, c):
    record(first, x)
    if c:
        x = x + 1.0
    else:
        x = x - 1.0
    'reverse'
    x = recall(first)
    if c:
        x_bar = x_bar * x
    else:
        pass
"""


def test_a_record_of_both_branches_is_hoisted() -> None:
    check(records.run, BRANCHES.format("", ""), HOISTED)


def test_a_record_leaves_only_the_branches_that_share_it() -> None:
    def inside(source: str) -> str:
        head, body = source.strip().split("\n", 1)
        forward, reverse = body.split("    'reverse'\n")
        return (f"{head}\n    if a:\n{textwrap.indent(forward, '    ')}    'reverse'\n"
                f"    if a:\n        a_bar += x * b\n{textwrap.indent(reverse, '    ')}")

    check(records.run, inside(BRANCHES.format("", "")), inside(HOISTED))


@pytest.mark.parametrize("places", [("x = 2.0 * x\n        ", ""), ("", "y_bar = x_bar * x\n        ")])
def test_records_that_stay(places: tuple[str, str]) -> None:
    source = BRANCHES.format(*places)
    check(records.run, source, source)


def test_an_adjoint_that_comes_back_is_one_name() -> None:
    check(coalesce.run, """
    'reverse'
    for i in range(3):
        w_bar = v_bar
        a_bar += a * b
        w_bar += x_bar * a
        v_bar = w_bar
        y_bar = w_bar * b
    """, """
    'reverse'
    for i in range(3):
        a_bar += a * b
        v_bar += x_bar * a
        y_bar = v_bar * b
    """)


@pytest.mark.parametrize("source", [
    "w_bar = v_bar\nw_bar += x_bar\nx_bar += v_bar\nv_bar = w_bar",             # the old value is read
    "w_bar = v_bar\nv_bar += x_bar\nw_bar += y_bar\nv_bar = w_bar",
    "w_bar = v_bar\nw_bar += x_bar\nv_bar = w_bar\nv_bar += x_bar\nx_bar += w_bar",
])
def test_adjoints_that_stay_two(source: str) -> None:
    check(coalesce.run, "'reverse'\n" + source, "'reverse'\n" + source)


def test_a_copy_of_an_adjoint_that_is_written_stays() -> None:
    source = "'reverse'\n_3_bar = v_bar\nv_bar[0] = 0.0\nx_bar += _3_bar * y"
    check(copies.run, source, source)
    source = "'reverse'\n_4 = np.broadcast_to(a_bar, np.shape(x))\n_3_bar = _4\n_3_bar[0] = 0.0\nx_bar += _3_bar * y"
    check(copies.run, source, source)
    check(copies.run, "'reverse'\n_3_bar = v_bar\nx_bar += _3_bar * y", "'reverse'\nx_bar += v_bar * y")


@pytest.mark.parametrize(("before", "expected"), [
    ("_4, _5 = g(y_bar)\nx_bar = _4\nv_bar = _5", "x_bar, v_bar = g(y_bar)"),
    ("_4, _5 = g(x_bar)\nx_bar = _4\nv_bar += _5", "x_bar, _5 = g(x_bar)\nv_bar += _5"),
    ("_4, _5 = g(y_bar)\nA_bar = B * 2.0\nx_bar = _4", "x_bar, _5 = g(y_bar)\nA_bar = B * 2.0"),
])
def test_what_a_call_gives_is_bound_to_its_adjoints(before: str, expected: str) -> None:
    check(targets.run, f"def f(g, y_bar):\n    'reverse'\n{textwrap.indent(before, '    ')}",
          f"def f(g, y_bar):\n    'reverse'\n{textwrap.indent(expected, '    ')}")


@pytest.mark.parametrize("source", [
    "_4, _5 = g(y_bar)\nv_bar += x_bar\nx_bar = _4",        # read between
    "_4, _5 = g(y_bar)\nx_bar = y\nx_bar = _4",            # bound between
    "_4, _5 = g(y_bar)\nx_bar = _4\nv_bar = _4",           # read twice
    "_4, x_bar = g(y_bar)\nx_bar = _4",
    "_4, _5 = g(y_bar)\nx = _4",                           # no adjoint
    "_4, _5 = y_bar\nx_bar = _4",                          # parts of what somebody holds
])
def test_targets_that_stay(source: str) -> None:
    source = f"def f(g, y_bar):\n    'reverse'\n{textwrap.indent(source, '    ')}"
    check(targets.run, source, source)


TWINS = """
def f(x, c):
    for i in range(3):
        {}
        record(first, _1)
        {}
        record(second, _2)
    'reverse'
    for i in reversed(range(3)):
        {}
    return x_bar
"""


def test_a_temporary_that_repeats_another_one_and_is_recorded_beside_it_is_that_one() -> None:
    check(twins.run, TWINS.format("_1 = np.exp(x)\n        _2 = _1\n        x = x + _2", "y = x",
                                  "_1 = recall(first)\n        _2 = recall(second)\n        x_bar += _2 * a"),
          """
    def f(x, c):
        for i in range(3):
            _1 = np.exp(x)
            x = x + _1
            record(first, _1)
            y = x
        'reverse'
        for i in reversed(range(3)):
            _1 = recall(first)
            x_bar += _1 * a
        return x_bar
    """)


@pytest.mark.parametrize("places", [
    ("_1 = np.exp(x)\n        y = _2\n        _2 = _1", "y = x", "_1 = recall(first)\n        _2 = recall(second)"),
    ("y = x", "_1 = np.exp(x)\n        _2 = _1", "_1 = recall(first)\n        _2 = recall(second)"),
    ("_1 = np.exp(x)\n        if c:\n            _2 = _1", "y = x", "_1 = recall(first)\n        _2 = recall(second)"),
    ("_1 = np.exp(x)\n        _2 = _1", "y = x",
     "_1 = recall(first)\n        y = _2\n        _2 = recall(second)"),
    ("_1 = np.exp(x)\n        _2 = _1\n        _1 = x", "y = x", "_1 = recall(first)\n        _2 = recall(second)"),
], ids=["read before it is bound", "recorded before it is bound", "bound on a condition", "read before it is recalled",
        "bound again"])
def test_twins_that_stay(places: tuple[str, str, str]) -> None:
    source = TWINS.format(*places)
    check(twins.run, source, source)


@pytest.mark.parametrize(("before", "expected"), [
    ("_1 = a < b\nif _1:\n    _1 = f(c)\ns = _1", "_1 = a < b and f(c)\ns = _1"),
    ("_1 = a < b\nif not _1:\n    _1 = f(c)\ns = _1", "_1 = a < b or f(c)\ns = _1"),
    ("_1 = a < b\nd = _1\nif d:\n    _1 = f(c)\ns = _1", "_1 = a < b and f(c)\ns = _1"),
    ("_1 = a < b\nif _1:\n    _1 = b < c\n    if _1:\n        _1 = f(c)", "_1 = a < b and b < c and f(c)"),
])
def test_operands_of_a_test_are_put_together(before: str, expected: str) -> None:
    check(lazy.run, before, expected)


@pytest.mark.parametrize("source", [
    "_1 = a < b\nif _1:\n    _1 = f(_1)",
    "_1 = a < b\nif c:\n    _1 = f(c)",
    "_1 = a < b\nd = _1\nif d:\n    _1 = f(c)\ns = d",                   # which way it went is asked again
    "_1 = a < b\nif _1:\n    _1 = f(c)\nelse:\n    s = a",
    "_1 = a < b\nif _1:\n    s = a\n    _1 = f(c)",
    "y = a < b\nif y:\n    y = f(c)",                                    # a statement of the user's
])
def test_tests_that_stay(source: str) -> None:
    check(lazy.run, source, source)
