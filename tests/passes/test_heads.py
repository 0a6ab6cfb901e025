"""What both arms of a branch begin with stands before it; before and after."""

import operator

import numpy as np
import pytest
from core.reading import read_expression as e

from s2sgrad import check_grads, grad
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.nodes import Assign, Effect, Function, If, Store, Var
from s2sgrad.errors import Origin
from s2sgrad.lower.heads import with_common_heads
from s2sgrad.simplify.facts import Facts

NAMES = ("k", "n", "a", "b", "Q", "Q~", "r~", "s~")
FACTS = Facts({n: Array("float64", (3,)) if n.startswith("Q") else Number("float64", True) for n in NAMES},
              {"Q": 1, "Q~": 0})
ZEROS, ADD = ("Q~", "np.zeros_like(Q)"), Store("Q~", None, e("a"), operator.iadd)


def let(name, value, reverses=7, line=0):
    return Assign((name,), e(value), reverses=reverses, origin=Origin("model.py", line, text=f"line {line}"))


def branch(then, orelse, test="k > n", reverses=3):
    return If(e(test), tuple(then), tuple(orelse), reverses=reverses, origin=Origin("model.py", 9, text="if k > n:"))


def made(*body):
    return with_common_heads(Function("f", (), body), FACTS).body


def lines(*body):
    return list(text.lines(made(*body)))


@pytest.mark.parametrize(("before", "after"), [
    (branch([let(*ZEROS), let("r~", "a")], [let("s~", "b"), let(*ZEROS)]),
     ["Q~ = np.zeros_like(Q)", "if k > n:", "    r~ = a", "else:", "    s~ = b"]),
    (branch([let(*ZEROS)], [let(*ZEROS), ADD]), ["Q~ = np.zeros_like(Q)", "if not k > n:", "    Q~ += a"]),
    (branch([let(*ZEROS), ADD], [let(*ZEROS)]), ["Q~ = np.zeros_like(Q)", "if k > n:", "    Q~ += a"]),
    (branch([let(*ZEROS)], [let(*ZEROS)]), ["Q~ = np.zeros_like(Q)"]),
    (branch([let("r~", "a"), let("s~", "r_bar * b")], [let("r~", "a"), let("s~", "r_bar * b"), ADD]),
     ["r~ = a", "s~ = r~ * b", "if not k > n:", "    Q~ += a"]),
    (branch([let("r~", "a")], [branch([let("r~", "a"), ADD], [let("r~", "a")], "n")]),
     ["r~ = a", "if not k > n:", "    if n:", "        Q~ += a"]),
    (branch([let("$1", "a * b"), let("r~", "_1")], [let("$2", "a * b"), let("r~", "b * _2")]),
     ["$1 = a * b", "if k > n:", "    r~ = $1", "else:", "    r~ = b * $1"]),
])
def test_once(before, after):
    assert lines(before) == after


def test_a_temporary_that_is_read_behind_the_branch_keeps_its_name():
    one = branch([let("$1", "a * b"), let("r~", "_1")], [let("$2", "a * b"), let("r~", "_2 * b")])
    assert lines(one, let("s~", "_2"))[1:2] == ["    $1 = a * b"]


@pytest.mark.parametrize("one", [
    branch([let("r~", "a")], [let("r~", "b")]),
    branch([let("b", "a", 0)], [let("b", "a", 0)], reverses=0),                 # the forward sweep
    branch([let("b", "a", 0)], [let("b", "a", 0)]),
    branch([let("r~", "f(a)")], [let("r~", "f(a)")]),                           # not known to be pure
    branch([let("r~", "a")], [let("r~", "a")], "f(k)"),
    branch([let("r~", "a")], [let("s~", "r_bar"), let("r~", "a")]),                # r~ is read before
    branch([let("r~", "a")], [let("r~", "b"), let("r~", "a")]),
    branch([let("r~", "s_bar")], [let("s~", "b"), let("r~", "s_bar")]),               # s~ is another one there
    branch([let("r~", "Q[0]")], [Store("Q", e("0"), e("b")), let("r~", "Q[0]")]),
    branch([let("r~", "Q[0]")], [Effect(e("f(Q)")), let("r~", "Q[0]")]),
])
def test_in_both_arms(one):
    assert made(one) == (one,)


def test_what_the_test_reads():
    one = If(Var("r~"), (let("r~", "a"),), (let("r~", "a"),), reverses=3)
    assert made(one) == (one,)


def test_a_chain_stays_one():
    inner = branch([let("r~", "a"), ADD], [let("r~", "a")], "n")
    outer = branch([let("s~", "a")], [inner])
    assert made(outer) == (outer,)


def test_where_it_comes_from():
    [one, _] = made(branch([let("r~", "a", 5, 1)], [let("r~", "a", 6, 2), ADD]))
    assert (one.origin.line, one.reverses) == (9, 3)
    [one, _] = made(branch([let("r~", "a", 5, 1)], [let("r~", "a", 5, 1), ADD]))
    assert (one.origin.line, one.reverses) == (1, 5)


def penalty(x: np.ndarray, s: float):
    y = s * s
    if s < 0.0:
        y = y + x[0] * s
    elif s < 1.0:
        y = y + x[1] * x[0]
    return y


@pytest.mark.parametrize("s", [-0.5, 0.5, 1.5])
def test_in_gradients(s):
    check_grads(penalty, (np.array([0.3, 0.7]), s), argnums=(0, 1))
    assert grad(penalty, (0, 1)).source.count("zeros_like(x)") == 1
