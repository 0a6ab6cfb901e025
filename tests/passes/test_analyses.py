"""The facts of small programs: kinds, alias classes, activity, shadows, restore marks."""

import numpy as np
from passes.stages import analysed, read

from s2sgrad.analyse.shadows import analyse_shadows
from s2sgrad.core.kinds import ONE, Array, Number, TupleKind
from s2sgrad.core.nodes import Assign
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.differentiate.marks import plan_marks
from s2sgrad.normalise.split import split_active
from s2sgrad.normalise.webs import split_webs

VECTOR, MATRIX = np.ones(3), np.ones((3, 4))


# ---------------------------------------------------------------- kinds
def kinds(function, *args):
    return analysed(function, *args).kinds.names


def test_equal_lengths_have_equal_symbols():
    def f(x, A):
        y = A.T @ x
        z = x[1:]
        return np.sum(y) + np.sum(z)
    found = kinds(f, VECTOR, MATRIX)
    n, m = found["A"].shape
    assert found["x"].shape == (n,) and found["y"].shape == (m,)
    assert found["z"].shape[0].symbol == n.symbol and found["z"].shape[0].offset == -1


def test_axes_of_length_one_are_kept():
    def f(x):
        y = x[:, None] + x
        z = np.sum(y, axis=0, keepdims=True)
        return np.sum(y * z)
    found = kinds(f, VECTOR)
    n = found["x"].shape[0]
    assert found["y"].shape == (n, n) and found["z"].shape == (ONE, n)


def test_a_python_number_is_weak_and_a_reduction_is_not():
    def f(x, k):
        y = k * 2
        z = np.sum(x)
        return y * z
    found = kinds(f, VECTOR, 2.0)
    assert found["y"] == Number("float64", weak=True) and found["z"] == Number("float64")


def test_an_integer_that_becomes_a_float_is_a_float():
    def f(x, n):
        s = 0
        for _ in range(n):
            s = s + x
        return s
    assert kinds(f, 1.0, 3)["s"].dtype == "float64"


def test_branches_of_different_shapes_have_a_shape_of_their_own():
    def f(x, k):
        if k > 0.0:
            y = x[1:]
        else:
            y = x[2:]
        return np.sum(y)
    found = kinds(f, VECTOR, 1.0)
    assert isinstance(found["y"], Array) and found["y"].shape[0].symbol != found["x"].shape[0].symbol


def test_a_tuple_knows_its_items():
    def f(state):
        u, v = state
        return np.sum(u) * v
    found = kinds(f, (VECTOR, 2.0))
    assert isinstance(found["state"], TupleKind)
    assert found["u"].rank == 1 and found["v"] == Number("float64", weak=True)


# ---------------------------------------------------------------- alias classes
def share(function, *args):
    aliases = analysed(function, *args).aliases
    return lambda a, b: aliases.find(a) == aliases.find(b), aliases


def test_a_view_shares_memory_and_a_copy_does_not():
    def f(x):
        view, copy, picked, number = x[1:], x.copy(), x[[0, 1]], x[0]
        view[0] = number
        return np.sum(view) + np.sum(copy) + np.sum(picked)
    together, aliases = share(f, VECTOR)
    assert together("x", "view") and not together("x", "copy") and not together("x", "picked")
    assert aliases.is_written("x") and not aliases.is_written("copy")


def test_branches_join_classes():
    def f(x, y, k):
        z = x
        if k > 0.0:
            z = y
        z[0] = 1.0
        return np.sum(x) + np.sum(y)
    together, aliases = share(f, VECTOR, VECTOR, 1.0)
    assert together("x", "y") and aliases.is_written("y")


def test_what_a_list_holds_shares_memory_with_its_entries():
    def f(x, y, k):
        items = [x, y]
        last = items[k]
        last[0] = 2.0
        return np.sum(items[0])
    together, aliases = share(f, VECTOR, VECTOR, 1)
    assert together("last", "y") and aliases.is_written("y")


# ---------------------------------------------------------------- activity
def active(function, *args):
    found = analysed(function, *args).activity
    return {name for name in found.varied if found.active(name)}


def test_what_the_result_does_not_need_or_the_argument_does_not_reach_is_inactive():
    def f(x, k):
        a = x * k
        b = k * k
        c = x * 3.0
        print(c)
        return a + b
    assert active(f, 1.0, 2.0) == {"x", "a"}


def test_shapes_indices_and_comparisons_carry_nothing():
    def f(x):
        n = x.shape[0]
        k = np.argmax(x)
        big = x > 1.0
        y = x[k] * n
        return y + np.sum(big)
    found = active(f, VECTOR)
    assert not found & {"n", "k", "big"} and {"x", "y"} <= found


def test_members_of_a_written_class_are_active_together():
    def f(x):
        a = np.zeros(3)
        b = a[1:]
        b[0] = x
        return np.sum(a)
    assert {"a", "b", "x"} <= active(f, 1.0)


# ---------------------------------------------------------------- shadows
def shadows(function, *args):
    found = analysed(function, *args)
    flat = split_active(found.function, found.activity, found.context.fresh)
    return analyse_shadows(flat, found.activity)


def test_a_written_array_alone_has_its_adjoint_by_value():
    def f(x):
        a = np.zeros(3)
        a[1:] = x
        return np.sum(a * a)
    found = shadows(f, np.ones(2))
    assert "a" in found.in_place and not found.shadowed


def test_a_written_view_and_its_base_have_shadows():
    def f(x):
        a = x * 2.0
        b = a[1:]
        b[0] = 1.0
        a[2] = b[1]
        return np.sum(a * a)
    assert {"a", "b"} <= shadows(f, VECTOR).shadowed


def test_a_view_that_is_only_read_before_the_write_has_none():
    def f(x):
        a = x * 2.0
        b = a[1:]
        c = b * b
        a[0] = 1.0
        return np.sum(a) + np.sum(c)
    found = shadows(f, VECTOR)
    assert "b" not in found.shadowed and "a" in found.in_place


def test_nothing_written_nothing_shadowed():
    def f(x):
        b = x[1:]
        return np.sum(b * b)
    found = shadows(f, VECTOR)
    assert not found.shadowed and not found.in_place


# ---------------------------------------------------------------- restore marks
def carried(function):
    core = split_webs(read(function))
    marks = plan_marks(core)
    labels = {s.label: s for s in walk_statements(core.body) if isinstance(s, Assign)}
    return {name for label, name in marks.carried if label in labels}, marks


def test_a_name_that_a_loop_rebinds_is_carried():
    def f(x, n):
        for _ in range(n):
            t = x * x
            x = t + x
        return x
    names, marks = carried(f)
    assert "x" in names and "t" not in names
    assert any("t" in local for local in marks.local.values())


def test_straight_line_rebinding_needs_no_mark():
    def f(x):
        x = x * 2.0
        x = x * x
        return x
    names, marks = carried(f)
    assert not names and not marks.local


def test_a_name_bound_in_one_branch_only_may_be_unbound():
    def f(x, n):
        for _ in range(n):
            if x > 1.0:
                t = x * x
            else:
                x = x * 2.0
            x = x + 1.0
            if x > 2.0:
                x = t
        return x
    _, marks = carried(f)
    assert any("t" in names for names in marks.unbound.values())
