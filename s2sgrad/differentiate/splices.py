"""Slices of lists written and reversed: entries come, go and make room.

    xs[a:b] = ys               old = xs[a:b]
                               xs[a:b] = ys
                               ...
                               t = xs_bar[a:a + len(ys)]
                               xs_bar[a:a + len(ys)] = zeros of old
                               xs[a:a + len(ys)] = old
                               ys_bar += t

Comes in: a `Store` at a slice of a list. Goes out: its forward part and its reverse part. The shadow of a list of
references is changed as the list is, and changed back with it.
"""

from __future__ import annotations

import operator
from typing import Any

from s2sgrad.core.kinds import ListKind, Number, TupleKind, is_list_of_numbers
from s2sgrad.core.names import shadow
from s2sgrad.core.nodes import Build, Call, Const, Effect, Expr, Recall, Record, Statement, Store, Var
from s2sgrad.differentiate.contribute import accumulate
from s2sgrad.differentiate.reversal import Reversal, Sweeps
from s2sgrad.differentiate.shadowing import entry_shadow, holds_numbers, shadow_of
from s2sgrad.errors import AliasError, UnsupportedError
from s2sgrad.runtime import first_of, zeros_like

NONE, ZERO = Const(None), Const(0)
NOTHING = Build("list", ())


def splice(reversal: Reversal, statement: Store) -> Sweeps:
    """`base[start:stop] = value`."""
    base, index, value = statement.base, statement.index, statement.value
    assert isinstance(index, Build)
    where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.label}
    kind = reversal.kinds.named(base)
    active, shadowed = reversal.activity.active(base), reversal.kept_shadow(base)
    holders = [base, shadow(base)] if shadowed else [base]
    forward: list[Statement] = []
    back: list[Statement] = []
    old: dict[str, Expr] = {}
    for name in holders:
        old[name] = NOTHING
        if not _only_inserts(index):
            slot, held = reversal.slot(name), reversal.fresh()
            reversal.kinds.names[held] = ListKind(kind.item if isinstance(kind, ListKind) else None)
            forward.append(Record(slot, Call(operator.getitem, (Var(name), index)), origin=statement.origin))
            back.append(Recall(held, slot, **where))
            old[name] = Var(held)
    forward.append(statement)
    if shadowed:
        forward.append(Store(shadow(base), index, _shadows(reversal, value), origin=statement.origin))
    held_bar: Expr | None = None
    adjoint = reversal.bar_of(base)
    begin = _begin(base, index, value, old[base])
    if isinstance(begin, Call):
        begin = reversal.temporary(begin, back, statement)

    def place(name: str) -> Expr:
        return _place(name, index, value, begin)

    if active and reversal.active(value) and _flows(reversal, value, is_list_of_numbers(kind) or not shadowed):
        entries = Call(operator.getitem, (Var(adjoint), place(adjoint)))
        held_bar = reversal.temporary(entries, back, statement)
    if active and not shadowed:
        zeros = _zeros(old[base], is_list_of_numbers(kind))
        back.append(Store(adjoint, place(adjoint), zeros, **where))
    back += [Store(name, place(name), old[name], **where) for name in holders]
    if held_bar is not None:
        _contribute(reversal, value, held_bar, back, statement, not shadowed or is_list_of_numbers(kind))
    return forward, back


def removal(reversal: Reversal, statement: Effect) -> Sweeps:
    """`xs.pop(place)`: the entry is put back, with a zero adjoint."""
    assert isinstance(statement.call, Call)
    base, place = statement.call.args
    assert isinstance(base, Var)
    where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.label}
    kind = reversal.kinds.named(base.name)
    active, shadowed = reversal.activity.active(base.name), reversal.kept_shadow(base.name)
    holders = [base.name, shadow(base.name)] if shadowed else [base.name]
    forward: list[Statement] = []
    recalls: list[Statement] = []
    back: list[Statement] = []
    for name in holders:
        slot, held = reversal.slot(name), reversal.fresh()
        reversal.kinds.names[held] = reversal.kinds.of(Call(operator.getitem, (base, place)))
        forward.append(Record(slot, Call(operator.getitem, (Var(name), place)), origin=statement.origin))
        recalls.append(Recall(held, slot, **where))
        back.append(Store(name, _room(name, place), Build("list", (Var(held),)), **where))
        if name == base.name and active and not shadowed:
            zero: Expr = Const(0.0) if is_list_of_numbers(kind) else Call(zeros_like, (Var(held),))
            adjoint = reversal.bar_of(name)
            back.insert(0, Store(adjoint, _room(adjoint, place), Build("list", (zero,)), **where))
    forward += [statement, *(Effect(Call(list.pop, (Var(n), place)), origin=statement.origin) for n in holders[1:])]
    return forward, [*recalls, *back]


def _room(name: str, place: Expr) -> Build:
    """Where an entry goes that was taken from a place of the list `name`."""
    length = Call(len, (Var(name),))
    match place:
        case Const(value=-1):
            return Build("slice", (length, NONE, NONE))
        case Const(value=int() as k) if k < 0:
            place = Call(operator.sub, (length, Const(-k - 1)))
    return Build("slice", (place, place, NONE))


def _only_inserts(index: Build) -> bool:
    """Does no entry go, as the slice says?"""
    match index.items:
        case (start, stop, _) if start == stop and start != NONE:
            return True
        case (Call(length, _), Const(value=None), _) if length is len:
            return True
    return False


def _count(value: Expr) -> Expr:
    """The number of entries that come."""
    return Const(len(value.items)) if isinstance(value, Build) else Call(len, (value,))


def _begin(name: str, index: Build, value: Expr, old: Expr) -> Expr | None:
    """Where the new entries begin in the list `name`, which has them; None where they reach to its end, or are all of
    it. old: the entries that went."""
    start, stop, step = index.items
    if step not in (NONE, Const(1)) or stop == NONE:
        return None
    if start in (NONE, ZERO):
        return ZERO
    before: Expr = Call(len, (Var(name),))
    if _count(value) != ZERO:
        before = Call(operator.sub, (before, _count(value)))
    return Call(first_of, (before if old == NOTHING else Call(operator.add, (before, Call(len, (old,)))), start))


def _place(name: str, index: Build, value: Expr, begin: Expr | None) -> Expr:
    """The slice of the new entries in the list `name`."""
    start, _, step = index.items
    count = _count(value)
    if begin is not None:
        end = count if begin == ZERO else begin if count == ZERO else Call(operator.add, (begin, count))
        return Build("slice", (begin, end, NONE))
    if step not in (NONE, Const(1)) or start == NONE:
        return index
    if count == Const(1):
        return Build("slice", (Const(-1), NONE, NONE))
    length = Call(len, (Var(name),))
    return Build("slice", (length if count == ZERO else Call(operator.sub, (length, count)), NONE, NONE))


def _zeros(old: Expr, numbers: bool) -> Expr:
    """The adjoints of entries that are there again."""
    if old == NOTHING:
        return NOTHING
    return Call(operator.mul, (Build("list", (Const(0.0),)), Call(len, (old,)))) if numbers else Call(
        zeros_like, (old,))


def _shadows(reversal: Reversal, value: Expr) -> Expr:
    """The shadows of the entries that come; zero for a number."""
    match value:
        case Build(_, items):
            return Build("list", tuple(entry_shadow(reversal, i) for i in items))
        case Var() if is_list_of_numbers(reversal.kinds.of(value)):
            return Call(zeros_like, (value,))
    if reversal.active(value) and holds_numbers(reversal.kinds.of(value)):
        raise AliasError("A list that holds numbers beside arrays, which are written, is put into another one.",
                         "Put the entries in one by one.", reversal.at)
    return shadow_of(reversal, value, "")


def _flows(reversal: Reversal, value: Expr, whole: bool) -> bool:
    """Do entries of the adjoint flow to the value, all of them or (in a list of references) those of numbers?"""
    if whole:
        return True
    match value:
        case Build(_, items):
            return any(isinstance(reversal.kinds.of(i), Number) and reversal.active(i) for i in items)
    return False


def _contribute(reversal: Reversal, value: Expr, held: Expr, back: list[Statement], statement: Store,
                whole: bool) -> None:
    match value, reversal.kinds.of(value):
        case Build(), _:
            for k, item in enumerate(value.items):
                if reversal.active(item) and (whole or isinstance(reversal.kinds.of(item), Number)):
                    accumulate(reversal, item, Call(operator.getitem, (held, Const(k))), back, statement)
        case _, (ListKind() | TupleKind()):
            accumulate(reversal, value, held, back, statement)
        case _:
            raise UnsupportedError("A slice of a list is written with something that is not known to be a list.",
                                   "Convert it: list(...).", statement.origin)
