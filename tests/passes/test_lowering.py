"""The passes of the JAX lowering, before and after."""

import numpy as np
import pytest
from passes.stages import analysed, body, plain

from s2sgrad import grad
from s2sgrad.analyse.live import live_after
from s2sgrad.core.nodes import Assign, Call, Const, For, Function, Recall, Record, Return, Store, Var
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.errors import AliasError, UnsupportedError
from s2sgrad.lower.aliasing import refuse_shared_writes
from s2sgrad.lower.binding import Binding
from s2sgrad.lower.grown_lists import as_records
from s2sgrad.lower.slots import plan_slots
from s2sgrad.lower.static_records import without_static_records
from s2sgrad.lower.views import without_views

VECTOR, MATRIX = np.ones(5), np.ones((4, 3))


def lowered(function, *args, argnums=0):
    """The emitted statements of the gradient, without its head."""
    text = grad(function, argnums=argnums, backend="jax").source_for(*args)
    return text.partition("# forward sweep\n")[2]


# ---------------------------------------------------------------- liveness
def test_a_name_is_live_up_to_its_last_read_on_any_path():
    def f(x, n):
        y = x * 2.0
        for _ in range(n):
            y = y * x
        z = y + 1.0
        return z
    core = analysed(f, 1.5, 3).function
    live = live_after(core.body)
    first, loop, last, _ = core.body
    assert {"x", "y"} <= live[first.label] and loop.over
    assert live[last.label] == {last.targets[0]}


def test_a_record_reads_only_where_that_is_asked():
    keep = Record("x^", Var("x"))
    body_ = (Assign(("x",), Const(1.0)), keep)
    assert "x" in live_after(body_)[body_[0].label]
    assert "x" not in live_after(body_, records=False)[body_[0].label]


# ---------------------------------------------------------------- views
def test_a_written_view_becomes_the_part_itself():
    def f(x):
        u = x * 1.0
        inner = u[1:-1]
        inner *= 2.0
        inner[0] = 3.0
        return np.sum(u) + inner[1]
    found = analysed(f, VECTOR)
    assert body(without_views(found.function, found.kinds)) == plain("""
        u = x * 1.0
        u[1:-1] *= 2.0
        u[1:-1] = u[1:-1].at[0].set(3.0)
        return np.sum(u) + u[1:-1][1]""")


def test_a_view_that_nobody_writes_keeps_its_name():
    def f(x):
        inner = x[1:-1]
        return np.sum(inner * inner)
    found = analysed(f, VECTOR)
    assert without_views(found.function, found.kinds) == found.function


def test_a_row_of_a_loop_becomes_the_row():
    def f(A):
        B = A * 1.0
        for i in range(4):
            row = B[i]
            row *= 2.0
        return np.sum(B)
    found = analysed(f, MATRIX)
    assert "B[i] *= 2.0" in body(without_views(found.function, found.kinds))


def test_a_view_of_an_array_that_is_bound_anew_stays():
    def f(x):
        u = x * 1.0
        v = u[1:]
        u = x * 3.0
        u[0] = 1.0
        return np.sum(u) + np.sum(v)
    found = analysed(f, VECTOR)
    assert "v = " in body(without_views(found.function, found.kinds))


# ---------------------------------------------------------------- arrays as values
def check_sharing(function, *args):
    found = analysed(function, *args)
    refuse_shared_writes(found.function, found.kinds)


def test_a_write_that_a_second_name_would_see_is_refused():
    def f(x, k):
        a = x * 1.0
        b = a if k > 0.0 else x * 2.0
        a[0] = 3.0
        return np.sum(b)
    with pytest.raises(AliasError, match=r"a\[0\] = 3.0[\s\S]*`a` is written while `b` may be the same memory"):
        check_sharing(f, VECTOR, 1.0)


def test_a_second_name_that_is_read_no_more_does_no_harm():
    def f(x):
        a = x * 1.0
        b = a[1:]
        s = np.sum(b)
        a[0] = 3.0
        return np.sum(a) + s
    check_sharing(f, VECTOR)


def test_two_buffers_that_change_places_stay_two():
    def f(x, n):
        a, b = x * 1.0, x * 2.0
        for _ in range(n):
            b[0] = a[1]
            a, b = b, a
        return np.sum(a)
    check_sharing(f, VECTOR, 3)


def test_what_was_recorded_and_is_then_written_and_read_is_refused():
    kept = Record("a^", Var("a"))
    write = Store("a", Const(0), Const(3.0))
    found = analysed(lambda a: np.sum(a), VECTOR)
    core = Function("f", found.function.params, (kept, write, Return(Var("a"))))
    with pytest.raises(AliasError):
        refuse_shared_writes(core, found.kinds)
    refuse_shared_writes(Function("f", found.function.params, (write, kept, Return(Var("a")))), found.kinds)


# ---------------------------------------------------------------- binding times
def binding(function, static, *args):
    found = analysed(function, *args)
    params = frozenset(p.name for p in found.function.params)
    return Binding(found.kinds, params, traced=set(params - static)).run(found.function.body), found.function


def test_shapes_and_static_numbers_are_known_while_tracing():
    def f(x, n):
        m = len(x) // n
        half = m * 2 + x.ndim
        s = np.sum(x) * half
        return s
    found, _ = binding(f, {"n"}, VECTOR, 2)
    assert found.traced == {"x", "s"}


def test_what_a_lowered_loop_carries_is_traced():
    def f(x, n):
        count = 0
        fixed = 2
        for _ in range(n):
            count = count + fixed
        return x * count
    found, core = binding(f, {"n"}, 1.5, 3)
    carried = next(n for s in walk_statements(core.body) if isinstance(s, For) for t in s.body for n in t.targets)
    assert carried in found.traced and "fixed" not in found.traced


def test_a_loop_over_arrays_of_different_shapes_stays_python():
    def f(layers, x):
        for w in layers:
            x = w @ x
        return np.sum(x)
    found, _ = binding(f, frozenset(), [np.ones((4, 3)), np.ones((2, 4))], np.ones(3))
    assert len(found.python) == 1
    found, _ = binding(f, frozenset(), [np.ones((3, 3)), np.ones((3, 3))], np.ones(3))
    assert not found.python and found.stacked == {"layers"}


# ---------------------------------------------------------------- lists and records
def test_a_list_that_a_loop_fills_is_a_record():
    def f(x):
        items = []
        for v in x:
            items.append(v * v)
        return sum(items)
    found = analysed(f, VECTOR)
    text = body(as_records(found.function, found.kinds)[0])
    assert "record items <- v * v" in text and "items = []" not in text


@pytest.mark.parametrize("twice", [True, False])
def test_a_list_that_a_loop_also_reads_stays_a_list(twice):
    def reads(x):
        items = []
        for v in x:
            items.append(v + len(items))
        return sum(items)

    def appends_twice(x):
        items = []
        for v in x:
            items.append(v)
            items.append(v * v)
        return sum(items)
    found = analysed(appends_twice if twice else reads, VECTOR)
    assert as_records(found.function, found.kinds) == (found.function, frozenset())


def loop(*body_, reverses=0, over="n"):
    return For("i", Call(range, (Var(over),)), tuple(body_), reverses=reverses)


def test_the_form_of_a_record_follows_the_loops_around_it():
    inner, name = loop(Record("b^", Var("b"))), Record("a^", Var("a"))
    outer = loop(inner, Record("c^", Var("c")))
    back = loop(Recall("c", "c^"), loop(Recall("b", "b^"), reverses=inner.label), reverses=outer.label)
    body_ = (name, outer, back, Recall("a", "a^"))
    assert plan_slots(body_, lambda _: "scan").form == {"a^": "name", "b^": "scan", "c^": "scan"}
    changing = plan_slots(body_, lambda found: "repeat" if found.label == inner.label else "scan")
    assert changing.form == {"a^": "name", "b^": "flat", "c^": "scan"}
    assert plan_slots(body_, lambda _: "python").form["b^"] == "list"
    with pytest.raises(UnsupportedError):
        plan_slots(body_, lambda found: "python" if found.label == inner.label else "scan")


def test_a_length_is_read_again_instead_of_recorded():
    made = Assign(("n",), Call(len, (Var("x"),)))
    forward = loop(made, Record("n^", Var("n")))
    back = loop(Recall("n", "n^"), reverses=forward.label)
    params = analysed(lambda x: np.sum(x), VECTOR).function.params
    found = without_static_records(Function("f", params, (forward, back)), frozenset())
    assert body(found) == plain("""
        for i in range(n):
            n = len(x)
        for i in range(n):
            n = len(x)""")


# ---------------------------------------------------------------- control
def test_the_loop_of_a_static_number_of_trips_is_a_scan_over_its_records():
    def f(x, n):
        for _ in range(n):
            x = np.sin(x) * x
        return x
    text = lowered(f, 1.5, 3)
    assert "x, x_record = lax.scan(forward, x, None, length=n)" in text
    assert "x_bar, _ = lax.scan(reverse, x_bar, x_record, reverse=True)" in text


def test_a_loop_inside_whose_bounds_change_repeats_and_its_records_are_flat():
    def f(x, n):
        for i in range(n):
            for _ in range(i):
                x = np.sin(x) * x
        return x
    text = lowered(f, 1.5, 3)
    assert plain("""
        trips = 0
        for i in range(n):
            trips = trips + len(range(i))
        x_record = jnp.zeros(trips)""") in text.replace("\n    ", "\n")
    assert "x_record.at[trip].set(x)" in text and "x = x_record[trip]" in text
    assert "= lax.fori_loop(0, i, forward_1, " in text and "= lax.fori_loop(0, i, reverse_1, " in text


def test_a_choice_between_values_is_where():
    def f(x, y):
        if x > y:
            z = x
        else:
            z = y
        return z * z
    text = lowered(f, 1.0, 2.0)
    assert "z = jnp.where(x > y, x, y)" in text and "lax.cond" not in text


def test_a_static_branch_stays_an_if():
    def f(x, k):
        if k > 2:
            x = x * x
        return x
    text = lowered(f, 1.5, 3)
    assert "if k > 2:" in text and "lax" not in text


def test_a_value_of_one_side_is_none_on_the_other():
    def f(x, n):
        for _ in range(n):
            if x > 0.5:
                y = np.exp(x)
                x = np.sin(x) * y
        return x
    text = lowered(f, 1.5, 3)
    assert "x, x_record, y_record, taken_record = " in text or "None" in text
    assert "branch(" in text


def test_layers_of_different_shapes_are_run_through_by_python():
    def f(layers, x):
        for w in layers:
            x = np.tanh(w @ x)
        return np.sum(x)
    text = lowered(f, [np.ones((4, 3)), np.ones((2, 4))], np.ones(3))
    assert "for w in layers:" in text and "x_record.pop()" in text and "lax" not in text
