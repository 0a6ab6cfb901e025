"""The zero adjoint of an entry of a list or dict that was bound anew: it is that of the old entry, in its structure.

    xs[i] = v                  xs_bar[i] = np.zeros_like(v)        (v has the shape of the old entry)
                               xs_bar[i] = zeros_like(xs[i])       (else, where the old entry is back)

Comes in: the store, and how the old entry is read. Goes out: the reverse statements that put the entry back and zero
its adjoint, in the order in which they have to come.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from s2sgrad.core.kinds import Array, DictKind, Kind, ListKind, Number, TupleKind, shape_of
from s2sgrad.core.nodes import Call, Const, Expr, Statement, Store, Var
from s2sgrad.differentiate.reversal import Reversal
from s2sgrad.runtime import zeros_like


def put_back(reversal: Reversal, statement: Store, restore: Sequence[Statement], number: bool = False,
             old: Expr | None = None) -> list[Statement]:
    """The old entry again, with a zero adjoint.

    old: what reads the old entry, where it is back; None for `base[index]`. number: is the entry one, old and new?
    """
    base, index, value = statement.base, statement.index, statement.value
    where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.label}
    entry = Call(operator.getitem, (Var(base), index or Const(0)))
    given = reversal.kinds.of(value)

    def zeroed(zero: Expr) -> Statement:
        return Store(reversal.bar_of(base), index, zero, **where)

    if number or isinstance(reversal.kinds.of(entry), Number):
        return [zeroed(Const(0.0)), *restore]
    if alike(reversal.kinds.of(entry), given):
        return [zeroed(Call(np.zeros_like if isinstance(given, Array) else zeros_like, (value,))), *restore]
    return [*restore, zeroed(Call(zeros_like, (old or entry,)))]


def alike(one: Kind, other: Kind) -> bool:
    """Have all values of these kinds one structure, with the same shapes? (`?` stands for a length that changes)"""
    match one, other:
        case Number(dtype=a), Number(dtype=b):
            return a == b
        case Array(dtype=a), Array(dtype=b):
            shape = shape_of(one)
            return a == b and isinstance(shape, tuple) and shape == shape_of(other) and not any(
                "?" in d.symbol for d in shape)
        case (TupleKind(items=tuple() as first), TupleKind(items=tuple() as second)) | (
                ListKind(items=tuple() as first), ListKind(items=tuple() as second)):
            return len(first) == len(second) and all(map(alike, first, second))
        case DictKind(items=tuple() as first), DictKind(items=tuple() as second):
            known = dict(second)
            return dict(first).keys() == known.keys() and all(alike(kind, known[key]) for key, kind in first)
    return False
