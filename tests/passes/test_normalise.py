"""The rewrites of `normalise/`, before and after."""

import numpy as np
from passes.stages import analysed, body, inlined, plain, read, without_jumps

from s2sgrad.core.nodes import Break, Continue, Return
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.normalise.copies import propagate_copies
from s2sgrad.normalise.heads import private_heads
from s2sgrad.normalise.split import split_active
from s2sgrad.normalise.webs import split_webs
from s2sgrad.read.scope import Context


# ---------------------------------------------------------------- jumps
def test_a_break_sets_the_flag_by_which_the_loop_is_left():
    def f(x, n):
        for _ in range(n):
            if x > 2.0:
                break
            x = x * 1.3
        return x
    assert body(without_jumps(f)) == plain("""
        for $1 in range(n) (leave ^left2):
            ^left2 = False
            _ = $1
            if x > 2.0:
                ^left2 = True
            else:
                x = x * 1.3
        return x""")


def test_what_follows_a_continue_moves_into_the_other_branch():
    def f(x, n):
        for _ in range(n):
            if x > 2.0:
                continue
            x = x * 1.3
        return x
    assert body(without_jumps(f)) == plain("""
        for $1 in range(n):
            _ = $1
            if x > 2.0:
                pass
            else:
                x = x * 1.3
        return x""")


def test_an_early_return_sets_the_result():
    def f(x):
        if x > 1.0:
            return x * x
        return x
    assert body(without_jumps(f)) == plain("""
        if x > 1.0:
            ^result1 = x * x
        else:
            ^result1 = x
        return ^result1""")


def test_a_return_in_a_loop_leaves_it_and_skips_what_follows():
    def f(x, n):
        for _ in range(n):
            if x > 2.0:
                return x
            x = x * 1.3
        return 2.0 * x
    assert body(without_jumps(f)) == plain("""
        ^returned3 = False
        for $1 in range(n) (leave ^left4):
            ^left4 = False
            _ = $1
            if x > 2.0:
                ^result2 = x
                ^returned3 = True
                ^left4 = True
            else:
                x = x * 1.3
        if not ^returned3:
            ^result2 = 2.0 * x
        return ^result2""")


def test_no_jump_is_left():
    def f(x, n):
        for i in range(n):
            while x < 2.0 * i:
                if x > 4.5:
                    return x
                if x > 4.0:
                    break
                x = x + 1.0
                continue
            else:
                continue
            break
        return x * x
    done = without_jumps(f)
    jumps = [s for s in walk_statements(done.body) if isinstance(s, (Break, Continue, Return))]
    assert jumps == [done.body[-1]]


# ---------------------------------------------------------------- webs
def test_versions_that_share_no_use_get_names_of_their_own():
    def f(x):
        x = x * 2.0
        x = x + 1.0
        return x
    assert body(split_webs(read(f))) == "x#2 = x * 2.0\nx#3 = x#2 + 1.0\nreturn x#3"


def test_versions_that_meet_at_a_join_or_around_a_loop_keep_one_name():
    def joined(x):
        y = x * 2.0
        if x > 1.0:
            y = x * 3.0
        return y

    def around(x, n):
        x = x * 2.0
        for _ in range(n):
            x = x + 1.0
        return x
    assert body(split_webs(read(joined))) == body(read(joined))
    assert body(split_webs(read(around))) == plain("""
        x#2 = x * 2.0
        for $1 in range(n):
            _ = $1
            x#2 = x#2 + 1.0
        return x#2""")


def test_two_loops_with_one_index_name():
    def f(x, n):
        for i in range(n):
            x = x * i
        for i in range(n):
            x = x + i
        return x
    assert body(split_webs(read(f))) == plain("""
        for $1 in range(n):
            i = $1
            x = x * i
        for $2 in range(n):
            i#2 = $2
            x = x + i#2
        return x""")


# ---------------------------------------------------------------- copies
def copied(function):
    context = Context()
    return body(propagate_copies(split_webs(read(function, context)), context.fresh))


def test_names_that_repeat_and_tuples_that_are_taken_apart_go():
    def f(x, y):
        p = (x, y)
        u, v = p
        w = u
        return w * v
    assert copied(f) == "return x * y"


def test_a_name_that_holds_an_earlier_value_stays():
    def f(x, n):
        for _ in range(n):
            old = x
            x = x * 2.0
            x = x + old
        return x
    assert "old = x" in copied(f)


def test_a_swap_stays():
    def f(x, y):
        x, y = y, x
        return x - y
    assert copied(f) == "x#2, y#2 = (y, x)\nreturn x#2 - y#2"


# ---------------------------------------------------------------- heads
def test_a_head_that_the_body_rebinds_becomes_private():
    def f(xs):
        s = 0.0
        for x in xs:
            x = 2.0 * x
            s = s + x
        return s
    context = Context()
    assert body(private_heads(read(f, context), context.fresh)) == plain("""
        s = 0.0
        $1 = xs
        for $2, $3 = $1[$2] in range(len($1)):
            x = $3
            x = 2.0 * x
            s = s + x
        return s""")


def test_a_head_that_only_the_body_reads_stays():
    def f(xs):
        s = 0.0
        for x in xs:
            s = s + x
        return s
    context = Context()
    core = read(f, context)
    assert private_heads(core, context.fresh) == core


# ---------------------------------------------------------------- inlining
def scaled(x, k=2.0):
    y = x * k
    return y


def countdown(x):
    return countdown(x - 1.0)


def test_a_call_becomes_the_body_under_names_of_its_own():
    def f(x, y):
        y = scaled(y, k=x)
        return y + scaled(x)
    assert body(inlined(f)) == plain("""
        x#p3 = y
        y#i3 = x#p3 * x
        $1 = y#i3
        y = $1
        y#i4 = x * 2.0
        $2 = y#i4
        return y + $2""")


def test_a_nested_function_reads_the_names_of_the_enclosing_one():
    def f(x):
        def inner(a):
            return a * x
        x = x * 2.0
        return inner(3.0)
    assert body(inlined(f)) == "x = x * 2.0\n$2 = 3.0 * x\nreturn $2"


def test_a_recursive_call_stays():
    def f(x):
        return countdown(x)
    assert "countdown(x)" in body(inlined(f))


# ---------------------------------------------------------------- split
def flat(function, *args):
    found = analysed(function, *args)
    return body(split_active(found.function, found.activity, found.context.fresh))


def test_an_active_expression_becomes_single_steps():
    def f(x, a, b):
        y = np.sin(x * a) + b
        return y
    assert flat(f, 1.0, 2.0, 3.0) == "$1 = x * a\n$2 = np.sin($1)\ny = $2 + b\nreturn y"


def test_an_inactive_expression_stays_a_tree():
    def f(x, n):
        y = x * (n * n + 1.0)
        return y
    assert flat(f, 1.0, 2.0) == "y = x * (n * n + 1.0)\nreturn y"


def test_a_product_in_place_becomes_a_read_and_a_store():
    def f(x, v):
        x[1] *= v
        return np.sum(x)
    assert flat(f, np.ones(3), 2.0) == "$1 = x[1]\n$2 = $1 * v\nx[1] = $2\n$3 = np.sum(x)\nreturn $3"
