"""Branches that only choose a value print as conditional expressions."""

import operator as op

import pytest
from emit.core_text import at, call, const, function, program, run, v

from s2sgrad.core.nodes import Assign, Comment, If, Return, Store
from s2sgrad.emit.printer import emit

CHOICE = at(1, "y = a if k else b")


def lines(*statements):
    text = emit(program(function(("k", "a", "b", "y"), *statements)), "").text
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def let(name, value):
    return Assign((name,), value)


def choose(then, orelse, origin=CHOICE, test="k", **where):
    return If(v(test), tuple(then), tuple(orelse), origin=origin, **where)


NOTE, OTHER = Comment("one"), Comment("other")
A, B = v("a", "b")


@pytest.mark.parametrize(("branch", "expected"), [
    (choose([let("y", A)], [let("y", B)]), ["y = a if k else b"]),
    (choose([Store("y", A, B)], [Store("y", A, const(0.0))]), ["y[a] = b if k else 0.0"]),
    (choose([let("y", A)], [choose([let("y", B)], [let("y", const(1))], test="a")]),
     ["y = a if k else b if a else 1"]),
    (choose([NOTE, let("y", A)], [NOTE, let("y", B)]), ["# one", "y = a if k else b"]),
    (choose([NOTE, let("y", A)], [let("y", B)]), ["# one", "y = a if k else b"]),
    (choose([let("y", A)], [let("y", B)], at(1, "if k:"), reverses=3), ["y = a if k else b"]),
])
def test_one_expression(branch, expected):
    assert lines(branch) == expected


@pytest.mark.parametrize("branch", [
    choose([let("y", A)], []),
    choose([let("y", A)], [let("a", B)]),
    choose([let("y", A), let("a", B)], [let("y", B)]),
    choose([let("y", A)], [let("y", B)], at(1, "if k:")),                       # the user wrote a statement
    choose([let("y", A)], [let("y", B)], at(1, "elif(k):")),
    choose([Store("y", A, B, op.iadd)], [Store("y", A, const(0.0), op.iadd)]),
    choose([Store("y", A, B)], [Store("y", B, A)]),
    choose([NOTE, let("y", A)], [OTHER, let("y", B)]),
    choose([let("y", call(print, *[A] * 20))], [let("y", call(print, *[B] * 20))]),
])
def test_what_stays_a_branch(branch):
    assert lines(branch)[0] == "if k:"


def test_a_chain_that_is_too_long_stays_one():
    long = call(print, *[A] * 30)
    found = lines(choose([let("y", A)], [choose([let("y", long)], [let("y", B)], test="a")]))
    assert found == ["if k:", "    y = a", "elif a:", f"    y = print({', '.join('a' * 30)})", "else:", "    y = b"]


def test_a_short_rest_of_a_long_chain():
    long = call(print, *[A] * 30)
    found = lines(choose([let("y", long)], [choose([let("y", A)], [let("y", B)], test="a")]))
    assert found[2:] == ["else:", "    y = a if a else b"]


@pytest.mark.parametrize("k", [True, False])
def test_the_value_is_the_same(k):
    made = function(("k", "a", "b"), choose([let("y", A)], [let("y", B)]), Return(v("y")))
    assert run(program(made), k, 1, 2) == (1 if k else 2)
