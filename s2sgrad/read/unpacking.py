"""Targets that take a rest, or only one value: `first, *others = xs` and `[only] = xs`.

    first, *others = xs        items = list(xs)
                         ->    if len(items) < 1: raise ValueError(...)
                               first = items[0]
                               others = items[1:]

Comes in: the targets and the value. Goes out, through the reader that is passed: the bindings, and before them the
error of Python where there are too few or too many values.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING

import gast

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Build, Call, Const, Expr, If, Raise, Star
from s2sgrad.read.streams import entry, length

if TYPE_CHECKING:
    from s2sgrad.read.assignments import AssignmentReader


def unpack(reader: AssignmentReader, targets: Sequence[gast.AST], value: Expr) -> None:
    """Bind targets of which one is starred, or the one target."""
    starred = next((k for k, t in enumerate(targets) if isinstance(t, gast.Starred)), None)
    needed = len(targets) - (starred is not None)
    display = isinstance(value, Build) and value.form in ("tuple", "list") and not any(
        isinstance(i, Star) for i in value.items)
    if isinstance(value, Build) and display and len(value.items) >= needed and (
            starred is not None or len(value.items) == needed):
        items = [i if isinstance(i, Const) else reader.temporary(i) for i in value.items]
        behind = len(items) - (len(targets) - 1 - starred if starred is not None else 0)
        found: list[Expr] = [*items]
        if starred is not None:
            found = [*items[:starred], Build("list", tuple(items[starred:behind])), *items[behind:]]
        for target, item in zip(targets, found, strict=True):
            reader.target(target.value if isinstance(target, gast.Starred) else target, item)
        return
    items_name = reader.temporary(Call(list, (value,)))
    _check(reader, items_name, needed, starred is None)
    for k, target in enumerate(targets):
        place = k if starred is None or k < starred else k - len(targets)
        match target:
            case gast.Starred(value=rest):
                end = Const(place + 1 if place < -1 else None)
                reader.target(rest, entry(items_name, Build("slice", (Const(k), end, Const(None)))))
            case _:
                reader.target(target, entry(items_name, Const(place)))


def _check(reader: AssignmentReader, items: Expr, needed: int, exactly: bool) -> None:
    """Emit the error of Python where the number of values does not fit."""
    at = reader.origin
    if needed:
        expected = f"expected {needed}" if exactly else f"expected at least {needed}"
        text = Call(primitives.fstring, (Const(f"not enough values to unpack ({expected}, got "),
                                         Call(primitives.formatted, (length(items), Const(""), Const(""))),
                                         Const(")")))
        reader.emit(If(Call(operator.lt, (length(items), Const(needed))),
                       (Raise(Call(ValueError, (text,)), origin=at),), (), origin=at))
    if exactly:
        many = Call(ValueError, (Const(f"too many values to unpack (expected {needed})"),))
        reader.emit(If(Call(operator.gt, (length(items), Const(needed))), (Raise(many, origin=at),), (), origin=at))
