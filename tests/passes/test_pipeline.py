"""All passes together."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from core.reading import core

import s2sgrad.rules.arithmetic
import s2sgrad.rules.elementwise  # noqa: F401
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Dim, Number
from s2sgrad.simplify.facts import Facts
from s2sgrad.simplify.pipeline import simplify, with_temporaries

VECTOR = Array("float64", (Dim("n"),))
BEFORE = """
def f(x, a, b, result_bar):
    _1 = np.sin(x)
    _2 = _1 * a
    y = _2 + b
    _3 = np.exp(y)
    'reverse'
    _3_bar = 1.0 * result_bar
    record(slot, y)
    y_bar = _3_bar * np.exp(y)
    y = recall(slot)
    _2_bar = y_bar * 1.0
    b_bar = y_bar * 1.0
    _1_bar = _2_bar * a
    a_bar = _2_bar * _1
    x_bar = -(_1_bar * -np.cos(x))
    return 1.0 * x_bar, 1.0 * a_bar
"""
AFTER = """
def f(x, a, b, result~):
    $1 = np.sin(x)
    y = $1 * a + b
    y~ = result~ * np.exp(y)
    a~ = y~ * $1
    x~ = y~ * a * np.cos(x)
    return (1.0 * x~, 1.0 * a~)
"""


def facts() -> Facts:
    names = ("x", "a", "b", "y", "$1", "$2", "$3")
    kinds = {**dict.fromkeys(names, VECTOR), **{f"{n}~": VECTOR for n in names}, "result~": Number("float64")}
    return Facts(kinds, {n: i for i, n in enumerate(n for n in kinds if n != "result~")})


def test_a_whole_gradient() -> None:
    assert text.function(simplify(core(BEFORE), facts())) == AFTER.strip()


def test_the_result_is_stable() -> None:
    once = simplify(core(BEFORE), facts())
    assert simplify(once, facts()) == once


def test_new_temporaries_get_kinds_and_classes_of_their_own() -> None:
    function = core("_7 = x * a\n_8 = _7[1:]\nif c:\n    _9 = x\nelse:\n    _9 = 2.0 * x\nreturn _8, _9")
    found = with_temporaries(function, facts())
    assert found.kinds["$7"] == replace(VECTOR, layout="C")
    assert not found.may_share("$7", "x") and found.may_share("$8", "x") and found.may_share("$9", "x")


def test_a_loop_keeps_what_it_carries() -> None:
    source = textwrap.dedent("""
    def f(x, n, result_bar):
        for i in range(n):
            record(slot, x)
            x = np.sin(x)
        'reverse'
        x_bar = result_bar * 2.0
        for i in range(n):
            x = recall(slot)
            _1 = np.cos(x)
            x_bar = x_bar * _1
        return 1.0 * x_bar
    """)
    assert text.function(simplify(core(source), facts())) == textwrap.dedent("""
    def f(x, n, result~):
        for i in range(n):
            record slot <- x
            x = np.sin(x)
        x~ = 2.0 * result~
        for i in range(n):
            recall x <- slot
            x~ = x~ * np.cos(x)
        return 1.0 * x~""").strip()
