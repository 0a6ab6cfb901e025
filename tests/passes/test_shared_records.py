"""Records of one place share a list, before and after; what must not be moved stays."""

import pytest

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.nodes import Assign, Build, Call, Const, For, If, Leave, Method, Recall, Record, Store, Var
from s2sgrad.lower.shared_records import with_shared_records

ARRAY = Array("float64", None)
HEAD = Call(range, (Var("n"),))
OTHER = Assign(("y",), Call(abs, (Var("y"),)))


def loops(forward, reverse):
    return For("i", HEAD, tuple(forward)), For("i", HEAD, tuple(reverse))


def shown(forward, reverse, kind=ARRAY):
    """The text with shared records, and without."""
    body, kinds = loops(forward, reverse), Kinds({"x": kind, "y": kind}, str)
    return text.block(with_shared_records(body, {"x^1", "y^2"}, kinds)), text.block(body)


X, Y = Record("x^1", Var("x")), Record("y^2", Var("y"))
X_BACK, Y_BACK = Recall("x", "x^1"), Recall("y", "y^2")


def test_neighbours_become_one():
    after, _ = shown([X, Y], [X_BACK, Y_BACK])
    together = loops([Record("^records1", Build("tuple", (Var("x"), Var("y"))))],
                     [Assign(("x", "y"), Call(Method("pop"), (Var("^records1"),)))])
    assert after == text.block(together)


def test_lists_of_results_have_names_of_their_own():
    pairs = [(f"{name}^{k}", name) for k, name in enumerate(("^result", "x", "^result", "x"), 1)]
    first, second = (loops([Record(s, Var(n)) for s, n in two], [Recall(n, s) for s, n in two])
                     for two in (pairs[:2], pairs[2:]))
    after = text.block(with_shared_records(first + second, {s for s, _ in pairs}, Kinds({"x": ARRAY}, str)))
    assert "^records1" in after and "^records3" in after


def test_two_numbers_keep_their_lists():
    after, before = shown([X, Y], [X_BACK, Y_BACK], Number("float64"))
    assert after == before


def test_a_later_record_moves_up_where_its_name_is_not_bound_between():
    between = Assign(("x",), Const(0.0))
    after, _ = shown([X, between, Y], [Y_BACK, X_BACK])
    assert "y^2" not in after and after.index("^records1") < after.index("x = 0.0")


@pytest.mark.parametrize("between", [
    Assign(("y",), Const(0.0)), Store("y", None, Const(1.0)), If(Var("c"), (Assign(("y",), Const(0.0)),)),
    If(Var("c"), (Leave("loop"),)),
])
def test_a_record_stays_behind_what_changes_its_name_or_leaves_the_block(between):
    after, before = shown([X, between, Y], [X_BACK, Y_BACK])
    assert after == before


@pytest.mark.parametrize("between", [
    OTHER, Assign(("z",), Var("y")), Store("a", Var("y"), Const(1.0)), If(Var("y"), (Assign(("z",), Const(0.0)),)),
])
def test_a_restore_stays_behind_what_reads_or_binds_its_name(between):
    after, before = shown([X, Y], [X_BACK, between, Y_BACK])
    assert after == before


def test_entries_and_contents_are_restored_on_their_own():
    for restore in (Recall("y", "y^2", Const(0)), Recall("y", "y^2", whole=True)):
        after, before = shown([X, Y], [X_BACK, restore])
        assert after == before


def test_other_blocks_keep_their_lists():
    after, before = shown([X, If(Var("c"), (Y,))], [X_BACK, If(Var("c"), (Y_BACK,))])
    assert after == before
