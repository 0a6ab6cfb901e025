"""Names are readable, never collide, and sharing them never changes a program."""

import operator as op
import random
import subprocess
import sys

import numpy as np
import pytest
from emit.core_text import at, call, const, function, pair, program, v

from s2sgrad import check_grads, value_and_grad
from s2sgrad.core.nodes import Assign, Comment, Datum, Effect, For, If, Method, Parameter, Return, Store, While
from s2sgrad.emit.live import Liveness
from s2sgrad.emit.names import readable
from s2sgrad.emit.printer import emit
from s2sgrad.emit.rename import rename
from s2sgrad.runtime import unbroadcast


def lines(*body, params=("x",), data=(), **kwargs):
    text = emit(readable(program(function(params, *body), data=data), **kwargs), "").text
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def test_a_later_version_shares_the_name_when_the_earlier_one_is_dead():
    assert lines(Assign(("x#2",), call(np.exp, v("x"))), Return(v("x#2"))) == ["x = np.exp(x)", "return x"]


def test_a_later_version_gets_its_own_name_when_the_earlier_one_is_needed():
    assert lines(Assign(("x#2",), call(np.exp, v("x"))), Return(call(op.add, v("x"), v("x#2")))) == [
        "x_1 = np.exp(x)", "return x + x_1"]


def test_a_dead_definition_does_not_overwrite_what_is_needed():
    assert lines(Assign(("x#2",), const(0.0)), Return(v("x"))) == ["x_1 = 0.0", "return x"]


def test_what_the_next_trip_reads_is_kept():
    body = (Assign(("y",), v("x#2")), Assign(("x#3",), call(op.mul, v("y"), const(2.0))),
            Assign(("x#2",), call(op.add, v("x#2"), v("x#3"))))
    printed = lines(Assign(("x#2",), v("x")), For("i", call(range, const(3)), body), Return(v("x#2")))
    assert "x = x + x_1" in printed


def test_two_versions_bound_at_once_differ():
    assert lines(Assign(("x#2", "x#3"), call(divmod, v("x"), const(2))), Return(const(None)))[0] == (
        "x, x_1 = divmod(x, 2)")


def test_adjoints_records_flags_and_shadows():
    printed = lines(
        Assign(("x^3",), v("x")), Assign(("^taken4",), const(True)), Assign(("x~",), const(1.0)),
        Assign(("x@",), const(2.0)), Assign(("y@",), const(3.0)), Assign(("^taken4^5",), const(0)),
        Return(pair(*v("x^3", "^taken4", "x~", "x@", "y@", "^taken4^5"))))
    assert printed[-1] == "return x_record, taken, x_bar, x_shadow, y_bar, taken_record"


def test_a_flag_of_an_inlined_function_has_its_own_word():
    assert lines(Assign(("^result6i9",), v("x")), Assign(("^lefti12i3",), const(False)),
                 Return(pair(*v("^result6i9", "^lefti12i3"))))[-1] == "return result, left"


def test_adjoints_of_versions_that_live_together():
    assert lines(Assign(("x#2",), call(np.exp, v("x"))), Assign(("x#2~",), v("x#2")), Assign(("x~",), v("x")),
                 Return(pair(*v("x", "x#2", "x~", "x#2~"))))[-1] == "return x, x_1, x_bar, x_1_bar"


def test_statisticians_means_turn_all_adjoints_into_adj():
    assert lines(Assign(("x_bar",), const(1.0)), Assign(("x~",), v("x_bar")), Return(v("x~")))[1] == "x_adj = x_bar"


def test_the_seed_is_no_mean():
    seed = Parameter("result_bar", "keyword", const(1.0))
    assert lines(Assign(("x~",), v("result_bar")), Return(v("x~")), params=("x", seed))[0] == "x_bar = result_bar"


def test_temporaries_are_named_after_what_they_hold():
    printed = lines(
        Assign(("$1",), call(np.exp, v("x"))), Assign(("$2",), call(op.getitem, v("x"), pair(*v("i", "j")))),
        Assign(("$3",), call(np.sum, call(op.mul, v("x"), v("x")))), Assign(("$4",), call(op.truediv, *v("$1", "$2"))),
        Assign(("$5",), call(op.pow, v("x"), const(2))), Assign(("$6",), call(getattr, v("x"), const("T"))),
        Assign(("$7",), call(Method("copy"), v("x"))), Assign(("$1~",), const(1.0)), Assign(("$8~",), const(2.0)),
        Return(pair(*v("$1", "$2", "$3", "$4", "$5", "$6", "$7", "$1~", "$8~"))), params=("x", "i", "j"))
    assert printed[-1] == "return exp_x, x_ij, total, q, x_squared, x_T, x_copy, exp_x_bar, t_bar"


def test_adjoints_of_temporaries_that_are_gone():
    meanings = {"$8": call(np.sin, v("x"))}
    assert lines(Assign(("$8~",), const(2.0)), Return(v("$8~")), meanings=meanings)[0] == "sin_x_bar = 2.0"


def test_a_temporary_does_not_pose_as_a_version_of_a_users_variable():
    assert lines(Assign(("$1",), call(op.add, v("s"), const(1))), Return(pair(*v("s", "$1"))), params=("s",)) == [
        "total = s + 1", "return s, total"]


def test_nothing_collides():
    printed = lines(
        Assign(("x#2",), call(np.exp, v("x"))), Assign(("x#3",), call(unbroadcast, v("x"), v("x#2"))),
        Assign(("$1",), call(unbroadcast, v("x"), v("x"))), Assign(("x~",), const(0.0)),
        Return(pair(*v("x", "x_1", "x#2", "x#3", "$1", "x~", "x_adj", "data"))), params=("x", "x_1", "x_adj"),
        data=(Datum("data", {}), Datum("x_2", {}), Datum("x_bar", {})))
    names = printed[-1].removeprefix("return ").split(", ")
    assert len(set(names)) == len(names) and not set(names) & {"x_2", "x_bar", "unbroadcast", "np"}
    assert names[:2] == ["x", "x_1"] and names[-1] == "data"


def test_the_users_np_is_left_alone():
    text = emit(readable(program(function(("np",), Return(call(np.exp, v("np")))))), "").text
    assert "import numpy\n" in text and "return numpy.exp(np)" in text


def test_the_users_builtins_are_left_alone():
    prog = program(function(("sum", "range"), For("i", call(range, v("range")), (
        Assign(("sum",), call(op.add, v("sum"), v("i"))),)), Return(v("sum"))))
    text = emit(readable(prog), "").text
    assert "import builtins" in text and "for i in builtins.range(range):" in text


def test_counting_loops_of_the_reverse_sweep_have_no_name():
    trip = (Assign(("x",), call(op.mul, v("x"), const(2.0))),)
    assert lines(For("i", call(range, const(3)), trip), For("i", call(range, const(3)), trip, reverses=7),
                 Return(v("x")))[0:3:2] == ["for i in range(3):", "for _ in range(3):"]


# ---------------------------------------------------------------- random programs
NAMES = ["x", "x#2", "x#3", "y#2", "y#3", "$1", "$2", "x~", "x#2~", "x^1", "x^2"]


def random_block(rng, depth=0):
    return tuple(random_statement(rng, depth) for _ in range(rng.randint(1, 4)))


def random_value(rng):
    return call(rng.choice([op.add, op.sub]), v(rng.choice(NAMES)), rng.choice([const(2), v(rng.choice(NAMES))]))


def random_statement(rng, depth):
    name, other = rng.sample(NAMES, 2)
    match rng.randint(0, 9 if depth < 3 else 4):
        case 0:
            return Assign((name, other), call(divmod, random_value(rng), const(7)))
        case 1:
            return Store(name, None, random_value(rng), op.iadd)
        case 2 | 3 | 4:
            return Assign((name,), random_value(rng))
        case 5 | 6:
            test = call(op.gt, v(name), const(rng.randint(-3, 3)))
            return If(test, random_block(rng, depth + 1), rng.choice([(), random_block(rng, depth + 1)]))
        case 7:
            return For(name, call(range, const(3)), random_block(rng, depth + 1), rng.choice([None, other]))
        case 8:
            return For("i", call(range, call(len, v("xs"))), random_block(rng, depth + 1), elements=((name, v("xs")),))
    count = Assign(("^n",), call(op.add, v("^n"), const(1)))
    return While(call(op.lt, v("^n"), const(6)), (*random_block(rng, depth + 1), count), rng.choice([None, name]))


def _outcome(prog, *args):
    space = {}
    exec(emit(prog, "").text, space)
    return space["f"](*args)


@pytest.mark.parametrize("seed", range(20))
def test_sharing_names_changes_no_value(seed):
    rng = random.Random(seed)
    for _ in range(10):
        body = (*random_block(rng), *random_block(rng), Return(pair(*v(*rng.sample(NAMES, 2)))))
        unbound = Liveness().block(body, frozenset())           # a dead binding of the others would keep names apart
        start = tuple(Assign((n,), call(op.add, v("x"), const(k))) for k, n in enumerate(NAMES) if k and n in unbound)
        fun = function(("x", "xs"), Assign(("^n",), const(0)), *start, *body)
        apart = {n: f"n{k}" for k, n in enumerate([*NAMES, "^n", "i", "xs"])}
        for x in (0, 2, -5):
            assert _outcome(readable(program(fun)), x, [1, 2]) == _outcome(program(rename(fun, apart)), x, [1, 2])


def test_text_does_not_depend_on_the_hash_seed():
    code = ("import sys; sys.path.insert(0, 'tests')\n"
            "import numpy as np\nfrom emit.core_text import *\n"
            "from s2sgrad.core.nodes import Assign, Return\nfrom s2sgrad.emit.names import readable\n"
            "body = [Assign((f'x#{k}',), call(np.exp, v('x'))) for k in range(2, 9)]\n"
            "body += [Assign((f'${k}',), call(np.sin, v(f'x#{k}'))) for k in range(2, 9)]\n"
            "last = Return(pair(*[Var(f'x#{k}') for k in range(2, 9)], *[Var(f'${k}') for k in range(2, 9)]))\n"
            "print(emit(readable(program(function(('x',), *body, last))), 'h').text)")
    texts = {subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
                            capture_output=True, text=True, check=True).stdout for seed in ("0", "1", "77")}
    assert len(texts) == 1


def test_a_call_for_its_effect_keeps_its_receiver():
    assert lines(Assign(("x^1",), pair()), Effect(call(Method("append"), v("x^1"), v("x"))), Return(v("x^1")))[1] == (
        "x_record.append(x)")


def test_a_residual_has_one_name_in_both_halves_and_its_adjoint_is_named_after_it():
    forward = function(("x", "y"), Assign(("$1",), call(op.mul, v("x"), v("y"))),
                       Assign(("$2",), call(op.mul, v("$1"), v("x"))), Return(pair(*v("$2", "$1"))), name="f_fwd")
    backward = function(("residuals",), Assign(("$2", "$1"), v("residuals")), Assign(("$2~",), v("$2")),
                        Return(pair(*v("$2~", "$1"))), name="f_bwd")
    text = emit(readable(program(forward, backward)), "").text
    assert "return product, p" in text and "product, p = residuals" in text and "return product_bar, p" in text


# ---------------------------------------------------------------- counters of nested loops
ONCE = Effect(call(print, v("x")))


def nested(inner, *behind, over=None, elements=()):
    loop = For("$1", over or call(reversed, call(range, v("x"))), (inner, *behind), elements=elements)
    return [line for line in lines(Assign(("^trips1",), v("x")), loop, Return(v("x"))) if line.startswith("for")]


def test_a_count_of_trips_has_a_name_of_its_own():
    trips = For("$2", call(range, v("^trips1")), (Effect(call(print, v("$2"))),))
    assert nested(trips, Effect(call(print, v("$1")))) == ["for i in reversed(range(x)):", "for trip in range(trips):"]


def test_a_loop_does_not_count_with_the_name_of_one_around_it():
    inner = For("$2", call(range, v("x")), (Effect(call(print, v("$2"))),))
    assert nested(inner, Effect(call(print, v("$1")))) == ["for i in reversed(range(x)):", "for j in range(x):"]
    assert nested(Effect(call(print, v("$1"))), inner) == ["for i in reversed(range(x)):", "for j in range(x):"]
    assert nested(inner) == ["for _ in reversed(range(x)):", "for i in range(x):"]


def test_nor_where_the_other_one_takes_elements():
    inner = For("$2", call(range, v("x")), (Effect(call(print, v("$2"))),))
    both = call(reversed, call(range, call(min, call(len, v("x")), call(len, v("x#2")))))
    assert nested(inner, over=both, elements=(("y", v("x")), ("z", v("x#2"))))[1] == "for j in range(x):"


def newton(starts: np.ndarray, steps: np.ndarray, weights: np.ndarray):
    total = 0.0
    for i, (x, h) in enumerate(zip(starts, steps, strict=False)):
        while True:
            step = (x * x - 2.0) / x
            if abs(step) < 0.1:
                break
            x = x - h * step
        total = total + weights[i] * x * h
        while total > 3.0:
            total = total * h
        total = total * weights[i]
    return total


def test_the_index_of_a_loop_is_not_that_of_another_one_in_it():
    args = np.array([1.1, 2.5, 3.0]), np.array([0.4, 0.3, 0.45]), np.array([0.7, 1.9, 1.3])
    check_grads(newton, args, argnums=(0, 1, 2))
    text = value_and_grad(newton, (0, 1, 2)).source_for(*args)
    assert text.count("for trip, step in enumerate(reversed(step_record)):") == 1
    assert "w = weights[i]" not in text and "weights[i]" in text


# ---------------------------------------------------------------- the adjoint that is given
SEED = Parameter("result_bar", "keyword", const(1.0))
TAKEN = Assign(("result~",), v("result_bar"), origin=at(3, "return result"), reverses=3)
CAPTION = Comment("return result", origin=at(3, "return result"), reverses=3)
SCALED = Assign(("result~",), call(op.mul, v("result~"), v("x")), origin=at(2, "result *= x"), reverses=2)


def given(*body):
    text = emit(readable(program(function(("x", SEED), *body))), "").text
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def test_the_adjoint_of_the_result_is_the_one_that_is_given():
    assert given(CAPTION, TAKEN, SCALED, Return(v("result~"))) == ["result_bar = result_bar * x", "return result_bar"]
    assert given(CAPTION, TAKEN, Return(v("result~"), origin=at(3, "return result"))) == [
        "# return result", "return result_bar"]


def test_but_where_both_are_read():
    assert given(TAKEN, SCALED, Return(call(op.add, *v("result~", "result_bar")))) == [
        "result_bar_1 = result_bar", "result_bar_1 = result_bar_1 * x", "return result_bar_1 + result_bar"]
    loop = For("$1", call(range, v("x")), (TAKEN, SCALED, Effect(call(print, v("result~")))))
    assert "result_bar_1 = result_bar" in given(loop, Return(v("x")))
