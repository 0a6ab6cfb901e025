"""Facts by their texts: kinds, aliases, effects, activity, shadows, liveness, loops, regions, records."""

import numpy as np
import pytest
from core.reading import core, read_expression
from passes.stages import analysed, plain

from s2sgrad import grad
from s2sgrad.analyse import text
from s2sgrad.analyse.affine import disjoint, linear as linear_form, region
from s2sgrad.analyse.shadows import analyse_shadows
from s2sgrad.core.kind_text import kind_text
from s2sgrad.core.kinds import ONE, UNKNOWN, Array, DictKind, Dim, Known, ListKind, Number, Numeric, TupleKind
from s2sgrad.explain import reasons
from s2sgrad.normalise.split import split_active

VECTOR, MATRIX = np.ones(3), np.ones((3, 4))
N, M = Dim("n"), Dim("m", -1)


# ---------------------------------------------------------------- kinds
@pytest.mark.parametrize(("kind", "expected"), [
    (None, "nothing"), (UNKNOWN, "?"), (Number("float64"), "float64"), (Number("float64", True), "float"),
    (Number("int", True, 3), "int=3"), (Number("int", True, N), "int=n"), (Array("float32", (N, M, ONE)),
                                                                         "float32[n, m - 1, 1]"),
    (Array("float64", (Dim("n", 0, True),)), "float64[n!]"), (Array(None), "?[...]"), (Array("bool", ()), "bool[]"),
    (Array("float64", (N,), "strided"), "float64[n] strided"), (Numeric("float64", "u"), "float64[...u] or number"),
    (TupleKind((Number("int"), UNKNOWN)), "(int, ?)"), (TupleKind((UNKNOWN,)), "(?,)"),
    (ListKind(Number("float64")), "list of float64"), (ListKind(None, ()), "[]"),
    (DictKind((("a", Number("float64")),)), "{'a': float64}"), (DictKind(None, UNKNOWN), "dict of ?"),
    (Known(None), "None"), (Known("same"), "'same'"), (Known(np.sin), "sin"),
])
def test_a_kind_has_a_text(kind, expected):
    assert kind_text(kind) == expected


def test_kinds():
    def f(x, A):
        y = A.T @ x
        z = x[1:, None] * 2.0
        k = len(x)
        return np.sum(y) + np.sum(z) * k
    found = analysed(f, VECTOR, MATRIX)
    assert text.kinds(found.function, found.kinds) == plain("""
        x: float64[n0!]
        A: float64[n0!, n1!]
        y: float64[n1!]
        z: float64[n0 - 1, 1]
        k: int=n0!
    """)


# ---------------------------------------------------------------- memory
def memory(function, *args):
    found = analysed(function, *args)
    return text.aliases(found.function, found.aliases), text.effects(found.function, found.aliases)


def test_views_share_memory_and_copies_do_not():
    def f(x):
        v, c = x[1:], x.copy()
        v[0] = 1.0
        return np.sum(v) + np.sum(c)
    assert memory(f, VECTOR) == ("x, v: written\nc", "writes x; the result is fresh")


def test_a_list_holds_the_memory_of_its_entries():
    def f(x, y, k):
        items = [x, y]
        return items[k]
    assert memory(f, VECTOR, VECTOR, 1) == ("x, y\nitems: holds x, y", "writes nothing; the result is shared with x, y")


def test_across_a_call():
    def fill(a, value):
        a[0] = value
        return a

    def f(x, y):
        b = fill(y, x[0])
        return np.sum(b)
    assert memory(f, VECTOR, VECTOR) == ("x\ny: written", "writes y; the result is fresh")


# ---------------------------------------------------------------- activity and shadows
def test_activity():
    def f(x, k):
        n = len(x)
        a = x * k
        b = k * n
        return np.sum(a) + b
    found = analysed(f, VECTOR, 2.0)
    assert text.activity(found.function, found.activity) == "x, a"


def test_shadows():
    def f(x):
        a = x * 2.0
        b = a[1:]
        b[0] = 1.0
        a[2] = b[1]
        c = x * 3.0
        c[0] = 0.0
        return np.sum(a * a) + np.sum(c)
    found = analysed(f, VECTOR)
    flat = split_active(found.function, found.activity, found.context.fresh)
    assert text.shadows(flat, analyse_shadows(flat, found.activity)) == "shadowed a, b; in place c"


# ---------------------------------------------------------------- liveness and loops
def test_liveness_in_both_sweeps():
    both = core("""
    y = np.sin(x)
    record(slot, y)
    y = y * x
    'reverse'
    y = recall(slot)
    x_bar = y_bar * y
    return x_bar
    """)
    assert text.liveness(both.body) == plain("""
        y = np.sin(x)  | slot, x, y, y~
        record slot <- y  | slot, x, y, y~
        y = y * x  | slot, y~
        recall y <- slot  | y, y~
        x~ = y~ * y  | x~
        return x~  | nothing
    """)


def test_liveness_around_a_loop():
    assert text.liveness(core("s = 0.0\nfor i in range(n):\n    t = x * s\n    s = s + t\nreturn s").body) == plain("""
        s = 0.0  | n, s, x
        for i in range(n):  | s
            t = x * s  | n, s, t, x
            s = s + t  | n, s, x
        return s  | nothing
    """)


def test_what_a_loop_carries():
    source = """
    s = 0.0
    for i in range(n):
        t = x * s
        s = s + t
        a[i] = t
        last = t
    while s > 1.0:
        s = s / 2.0
        u = s * s
    return s * last
    """
    assert text.loops(core(source)) == plain("""
        for i in range(n):  | carries s; writes a; leaves last, s
        while s > 1.0:  | carries s; writes nothing; leaves s
    """)


# ---------------------------------------------------------------- index expressions
def cells(source):
    known = [linear_form(read_expression(e), str.isidentifier) for e in ("i", "j", "n", "n - 1 - i", "i - 1 - j")]
    subscript = read_expression(f"a[{source}]")
    return region(subscript.args[1], str.isidentifier, known), known


@pytest.mark.parametrize(("index", "expected"), [
    ("i", "[i:i + 1]"), ("2 * i + 1", "[2*i + 1:2*i + 2]"), ("i, :j", "[i:i + 1, 0:j]"), ("j + 1:, 0", "[j + 1:, 0:1]"),
    ("n - i", "[-i + n:-i + n + 1]"), ("-1", "[:]"), ("k[i], :j", "[...]"), ("None, i", "[...]"),
])
def test_regions(index, expected):
    assert text.region(cells(index)[0]) == expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("i", "j", True), ("i", "i", False), ("i, :j", "i, j", True), ("i, :i", "j, j", True), ("i", ":i", True),
    ("i + 1:", "j", True), (":i", "j", False), ("k[i]", "j", False),
])
def test_regions_that_never_meet(one, other, expected):
    (a, known), (b, _) = cells(one), cells(other)
    assert disjoint(a, b, known) is expected


# ---------------------------------------------------------------- what has to be recorded, and why
def recorded(function, *args):
    found = grad(function)
    return [line.strip() for line in reasons(found._program(args).derived) if "recorded" in line]


def test_a_linear_loop_records_nothing():
    def f(x, n):
        x = x.copy()
        for _ in range(n):
            x[1:-1] += 0.1 * (x[2:] - x[:-2])
        return np.sum(x)
    assert recorded(f, np.ones(5), 3) == ["nothing is recorded, guarded or left to a helper"]


def test_what_is_overwritten_and_read_is_recorded():
    def f(x, n):
        for _ in range(n):
            x = np.sin(x)
        return x
    line = f.__code__.co_firstlineno + 2
    assert recorded(f, 1.0, 3) == [
        f"recorded: `x`, overwritten at line {line}, read by the adjoint of `np.sin` (line {line})"]
