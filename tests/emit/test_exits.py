"""Loops are left by `break` where their flag says nothing else."""

import operator as op

import pytest
from emit.core_text import call, const, function, program, run, v

from s2sgrad import check_grads, grad, value_and_grad
from s2sgrad.core.nodes import Assign, Effect, For, If, Method, Return, Store, While
from s2sgrad.emit.printer import emit

N, LEFT = v("n", "left")
UNSET, SET = Assign(("left",), const(False)), Assign(("left",), const(True))
BIG = call(op.gt, N, const(3))
ODD = call(op.mod, N, const(2))
MORE = Store("n", None, const(1), op.iadd)
TWICE = Store("n", None, const(2), op.imul)
ALWAYS = const(True)


def lines(*statements):
    text = emit(program(function(("n", "kept", "left", "xs"), *statements)), "").text
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def loop(*body):
    return While(ALWAYS, (UNSET, *body), leave="left")


def kept(name="n"):
    return Effect(call(Method("append"), v("kept"), v(name)))


def inside(*found):
    return ["while True:", *("    " + line for line in found)]


@pytest.mark.parametrize(("body", "expected"), [
    ([If(BIG, (SET,), (MORE,))], ["if n > 3:", "    break", "n += 1"]),
    ([If(BIG, (MORE,), (SET,))], ["if not n > 3:", "    break", "n += 1"]),
    ([MORE, If(BIG, (SET,))], ["n += 1", "if n > 3:", "    break"]),
    ([MORE, If(BIG, (), (SET,))], ["n += 1", "if not n > 3:", "    break"]),
    ([If(BIG, (TWICE, SET), (If(ODD, (SET,), (MORE,)),))],
     ["if n > 3:", "    n *= 2", "    break", "if n % 2:", "    break", "n += 1"]),
    ([If(BIG, (TWICE, If(ODD, (SET,))), (MORE,))],
     ["if n > 3:", "    n *= 2", "    if n % 2:", "        break", "else:", "    n += 1"]),
    ([If(BIG, (TWICE, SET), (MORE, SET))], ["if n > 3:", "    n *= 2", "    break", "n += 1", "break"]),
    ([MORE, SET], ["n += 1", "break"]),
    ([If(BIG, (SET,), (Assign(("m",), N),)), kept()],
     ["kept.append(n)", "if n > 3:", "    break", "m = n"]),
])
def test_a_flag_that_only_leaves(body, expected):
    assert lines(loop(*body), Return(N)) == [*inside(*expected), "return n"]


@pytest.mark.parametrize(("body", "after"), [
    ([If(BIG, (SET,), (MORE,)), kept()], N),                                         # n is another one by then
    ([If(BIG, (SET,), (kept(),)), kept("xs")], N),                                   # the order of the list
    ([If(BIG, (SET,), (MORE,)), TWICE], N),                                          # not at the end of the trip
    ([If(BIG, (SET, MORE), (MORE,))], N),
    ([If(BIG, (SET,)), If(ODD, (MORE,))], N),
    ([If(BIG, (SET,)), If(LEFT, (MORE,))], N),
    ([If(BIG, (Assign(("left",), ODD),), (MORE,))], N),
    ([If(BIG, (UNSET,), (SET,))], N),
    ([MORE], N),
])
def test_what_stays_a_flag(body, after):
    found = lines(loop(*body), Return(after))
    assert found[-3:-1] == ["    if left:", "        break"] and found[1] == "    left = False"


def test_what_runs_unless_the_loop_is_left():
    found = For("x", v("xs"), (UNSET, If(BIG, (SET,), (MORE,))), leave="left")
    missed = If(call(op.not_, LEFT), (TWICE,))
    assert lines(UNSET, Assign(("t",), const(0)), found, missed, Return(N)) == [
        "t = 0", "for x in xs:", "    if n > 3:", "        break", "    n += 1", "else:", "    n *= 2", "return n"]
    assert "    else:" not in lines(UNSET, found, missed, Return(LEFT))
    assert "    else:" not in lines(UNSET, found, If(call(op.not_, LEFT), (Assign(("n",), LEFT),)), Return(N))


@pytest.mark.parametrize("before", [(), (UNSET,)])
def test_a_flag_that_is_read_behind_the_loop(before):
    assert lines(*before, loop(If(BIG, (SET,), (MORE,))), Return(LEFT)) == [
        "left = False", *inside("if n > 3:", "    left = True", "    break", "n += 1"), "return left"]


def test_an_outer_loop_that_is_left_where_an_inner_one_is_not():
    flag = Assign(("out",), const(True))
    inner = For("x", v("xs"), (UNSET, If(call(op.gt, v("x"), N), (SET,))), leave="left")
    outer = While(ALWAYS, (Assign(("out",), const(False)), UNSET, MORE, inner, If(call(op.not_, LEFT), (flag,))),
                  leave="out")
    prog = program(function(("n", "xs"), outer, Return(N)))
    assert [line[4:] for line in emit(prog, "").text.splitlines()[-8:]] == [
        "while True:", "    n += 1", "    for x in xs:", "        if x > n:", "            break", "    else:",
        "        break", "return n"]
    assert run(prog, 0, [1, 5, 2]) == 5


def search(x: float, n: int):
    for k in range(n):
        for m in range(n):
            if x * k > 2.0 * m + 3.0:
                break
            x = x + 0.1 * m * x
        else:
            x = x * 1.5
            if x > 30.0:
                return x * k
            continue
        if k > 4:
            break
        x = x - 0.25
    else:
        return 2.0 * x
    return x * x


@pytest.mark.parametrize("n", range(8))
@pytest.mark.parametrize("x", [0.3, 1.1, 2.0, 5.0])
def test_jumps_of_all_kinds(x, n):
    value, slope = value_and_grad(search)(x, n)
    step = 1e-6
    assert value == search(x, n)
    assert slope == pytest.approx((search(x + step, n) - search(x - step, n)) / (2 * step), rel=1e-5)
    assert grad(search)(x, n) == slope


def table(xs: list, limit: float):
    total = 0.0
    for x in xs:
        for k in range(4):
            if x * k > limit:
                break
            total = total + x * x * k
        else:
            total = total * x
    return total


def test_else_in_a_loop_over_elements():
    text = grad(table, 0).source_for([1.0, 2.0, 0.5], 2.5)
    assert "for x in xs:" in text
    check_grads(table, ([1.0, 2.0, 0.5], 2.5), argnums=0)


def test_else_is_part_of_what_is_looked_through():
    found = For("x", v("xs"), (UNSET, If(BIG, (SET,), (MORE,))), leave="left")
    missed = If(call(op.not_, LEFT), (Assign(("n",), v("i")),))
    outer = For("i", call(range, call(len, v("ys"))), (UNSET, found, missed), elements=(("y", v("ys")),))
    prog = program(function(("n", "xs", "ys"), outer, Return(N)))
    assert "for i, y in enumerate(ys):" in emit(prog, "").text
    assert run(prog, 0, [1, 1], [5, 6]) == 1
