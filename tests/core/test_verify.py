"""What is well formed."""

from __future__ import annotations

import pytest
from core.reading import core

from s2sgrad.core.nodes import Assign, Break, Build, Call, Const, Function, Recall, Return, Star, Store, Var
from s2sgrad.core.verify import check, maybe_unbound, verify


def faults(*body: object) -> list[str]:
    return [f.what for f in verify(Function("f", (), body))]    # type: ignore[arg-type]


def test_a_well_formed_function_has_no_faults() -> None:
    function = core("""
    def f(x, n):
        y = 0.0
        for i in range(n):
            y = y + x[i, 1:]
        return y
    """)
    assert check(function) is function and not maybe_unbound(function)


def test_a_name_must_be_bound_before_it_is_read() -> None:
    assert faults(Assign(("a",), Var("b")), Assign(("b",), Const(1))) == ["b is read before it is bound"]


def test_a_name_bound_in_a_loop_is_perhaps_bound_after_it() -> None:
    function = core("""
    def f(n):
        for i in range(n):
            y = i
        return y
    """)
    assert not verify(function)
    assert [m.what for m in maybe_unbound(function)] == ["y is bound on some paths only"]


def test_adjoints_need_no_binding() -> None:
    assert not verify(core("x = 1.0\nx_bar += 2.0\nreturn x_bar"))


@pytest.mark.parametrize(("body", "fault"), [
    ((Return(Const(1)), Assign(("a",), Const(1))), "return is not the last statement"),
    ((Break(),), "break and continue end with normalising"),
    ((Assign(("a",), Const(1)), Store("a", None, Const(1))), "a store without operator needs an index"),
    ((Recall("x", "x^1"),), "x^1 is recalled but never recorded"),
    ((Assign(("a",), Build("slice", (Const(None),) * 3)),), "a slice outside of a subscript"),
    ((Assign(("a",), Star(Const(()))),), "a star outside of a call or display"),
    ((Assign(("a",), Call(len, (Build("heap", ()),))),), "a display of unknown form 'heap'"),
])
def test_faults(body: tuple[object, ...], fault: str) -> None:
    assert faults(*body) == [fault]


def test_labels_are_unique() -> None:
    stmt = Assign(("a",), Const(1), label=7)
    assert faults(stmt, stmt) == ["the label 7 stands twice"]


def test_check_raises_with_the_first_fault() -> None:
    with pytest.raises(ValueError, match="f: b is read before it is bound: a = b"):
        check(Function("f", (), (Assign(("a",), Var("b")), Assign(("b",), Const(1)))))
