"""Writes reversed: `a[i] op= v` by the store law, and the methods of lists that write.

Comes in: one `Store`, or the call of a method for its effect. Goes out: the forward part, with the record of the cells
that are overwritten, and the reverse part, which zeroes their adjoint, restores them and contributes. Refused: writing
a value that is differentiated into an integer array, and methods whose writes are not known.
"""

from __future__ import annotations

import operator

import numpy as np

from s2sgrad.analyse.indexing import analyse_index
from s2sgrad.analyse.volatile import PUT_BACK
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    ListKind,
    Number,
    Numeric,
    Object,
    TupleKind,
    shape_of,
)
from s2sgrad.core.names import bar, shadow
from s2sgrad.core.nodes import Build, Call, Const, Effect, Expr, Method, Recall, Record, Statement, Store, Var
from s2sgrad.differentiate.broadcast import sum_back
from s2sgrad.differentiate.contribute import accumulate
from s2sgrad.differentiate.entries import put_entry, rebind
from s2sgrad.differentiate.entry_zeros import put_back
from s2sgrad.differentiate.reversal import Reversal, Sweeps
from s2sgrad.differentiate.shadowing import entry_shadow
from s2sgrad.differentiate.splices import splice
from s2sgrad.errors import NotDifferentiableError, UnsupportedError
from s2sgrad.runtime import last_writers, zeros_like


def store(reversal: Reversal, statement: Store) -> Sweeps:
    """The store law: copy the adjoint of the cells, zero it, restore the cells, contribute."""
    base, index, value = statement.base, statement.index, statement.value
    match reversal.kinds.names.get(base), index:
        case ListKind(), Build("slice") if statement.op is None:
            return splice(reversal, statement)
        case DictKind(), _ if index is not None:
            return put_entry(reversal, statement)
        case ListKind(), _ if index is not None and reversal.kept_shadow(base):
            return rebind(reversal, statement)
    kind = reversal.kinds.names.get(base, UNKNOWN)
    if not isinstance(kind, PUT_BACK) and not reversal.activity.active(base):
        if reversal.active(value):
            what = f"a `{kind.cls.__name__}`" if isinstance(kind, Object) else "what may be something else"
            raise UnsupportedError(f"A value that is differentiated is put into {what}.",
                                   "Use a list, a dict or an array.", statement.origin)
        return [statement], []                  # analyse.volatile: the reverse sweep does not look into it
    slot = reversal.slot(base)
    cells: Expr = Var(base) if index is None else Call(operator.getitem, (Var(base), index))
    saved = cells if index is not None and isinstance(reversal.kinds.of(cells), Number) or not isinstance(
        kind, (Array, Numeric)) else Call(np.copy, (cells,))
    where = {"origin": statement.origin, "reverses": statement.label}
    forward: list[Statement] = [Record(slot, saved, origin=statement.origin), statement]
    restore = Recall(base, slot, index, whole=index is None, **where)  # type: ignore[arg-type]
    if reversal.activity.is_varied(value):
        _refuse_rounding(reversal, statement)
    if not reversal.activity.active(base):
        return forward, [restore]
    if not isinstance(kind, (Array, ListKind, DictKind)):
        raise UnsupportedError(f"Writing into `{base.split('#')[0]}`, which may be a number or an array, is not "
                               "supported.", "Annotate it or its source as np.ndarray, or use source_for(...).",
                               statement.origin)
    if isinstance(kind, Array) and isinstance(index, Const) and isinstance(index.value, str):
        raise UnsupportedError(f"`{base.split('#')[0]}` is an array with named fields, which are not differentiated.",
                               "Use a dict of arrays, or an array for each field.", statement.origin)
    back: list[Statement] = []
    adjoint: Expr = Var(reversal.bar_of(base))
    if index is not None:
        adjoint = Call(operator.getitem, (adjoint, index))
    adds = statement.at or statement.op is not None
    sign = -1 if statement.op is operator.isub else 1
    if reversal.active(value):
        t = adjoint if saved is cells or isinstance(kind, (ListKind, DictKind)) else Call(np.copy, (adjoint,))
        if statement.at and isinstance(t, Call) and t.function is np.copy and index is not None:
            t = adjoint
        held: Expr = reversal.temporary(t, back, statement)
        if not adds and isinstance(kind, Array) and index is not None and analyse_index(
                kind, index, reversal.kinds.of).repeats:
            held = Call(operator.mul, (held, Call(last_writers, (Var(base), index))))
    if adds:
        back.append(restore)
    elif isinstance(kind, Array):
        back += [Store(reversal.bar_of(base), index, Const(0.0), **where), restore]  # type: ignore[arg-type]
    else:
        back += put_back(reversal, statement, [restore])
    if reversal.active(value):
        cell_kind = reversal.kinds.of(cells)
        if isinstance(kind, Array):
            shape = shape_of(cell_kind)
            held = sum_back(held, shape, shape_of(reversal.kinds.of(value)), value,
                            isinstance(reversal.kinds.of(value), Array))
        if sign < 0:
            held = Call(operator.neg, (held,))
        accumulate(reversal, value, held, back, statement)
    return forward, back


def _refuse_rounding(reversal: Reversal, statement: Store) -> None:
    kind = reversal.kinds.names.get(statement.base, UNKNOWN)
    dtype = kind.dtype if isinstance(kind, Array) else None
    if dtype is not None and dtype.startswith(("int", "uint", "bool")):
        raise NotDifferentiableError(
            f"A value that is differentiated is stored in `{statement.base.split('#')[0]}`, an array of {dtype}, "
            "which would round it.", "Make the array a float array, or wrap the value in s2sgrad.stop_gradient.",
            statement.origin)


def _is_value(reversal: Reversal, entry: Expr) -> bool:
    """Is it a tuple of numbers, or of arrays that nobody writes?"""
    return isinstance(reversal.kinds.of(entry), TupleKind) and isinstance(entry, Var) and (
        entry.name not in reversal.shadows.shadowed)


def method(reversal: Reversal, statement: Effect, name: str, base: str, args: list[Expr]) -> Sweeps:
    """`xs.append(v)`; any other method that may write is refused where a derivative is concerned."""
    kind = reversal.kinds.names.get(base, UNKNOWN)
    concerned = reversal.activity.active(base) or any(reversal.active(a) for a in args)
    if isinstance(kind, ListKind) and name == "append":
        where = {"origin": statement.origin, "reverses": statement.label}
        back: list[Statement] = []
        last = Build("slice", (Const(-1), Const(None), Const(None)))
        if concerned and reversal.activity.active(base) and base not in reversal.shadows.shadowed:
            held = reversal.temporary(Call(list.pop, (Var(bar(base)),)), back, statement)
            back.append(Store(base, last, Build("list", ()), **where))  # type: ignore[arg-type]
            if reversal.active(args[0]):
                accumulate(reversal, args[0], held, back, statement)
            return [statement], back
        if reversal.activity.active(base) and base in reversal.shadows.shadowed:
            value = _is_value(reversal, args[0])
            numbers = value or isinstance(reversal.kinds.of(args[0]), Number)
            entry = Call(zeros_like, (args[0],)) if value else entry_shadow(reversal, args[0])
            forward: list[Statement] = [statement, Effect(Call(Method("append"), (Var(shadow(base)), entry)),
                                                          origin=statement.origin)]
            if numbers and reversal.active(args[0]):
                held = reversal.temporary(Call(operator.getitem, (Var(shadow(base)), Const(-1))), back, statement)
                accumulate(reversal, args[0], held, back, statement)
            undone = [Store(name, last, Build("list", ()), **where)  # type: ignore[arg-type]
                      for name in (base, shadow(base))]
            return forward, [*back[:1], *undone, *back[1:]]
        return [statement], [Store(base, last, Build("list", ()), **where)]  # type: ignore[arg-type]
    if concerned:
        raise UnsupportedError(f"The method `{name}` on a value that is differentiated is not supported.",
                               "Write it with indices, or build a new value.", statement.origin)
    if isinstance(kind, (Array, ListKind, DictKind)):
        raise UnsupportedError(f"The method `{name}`, which writes its receiver, is not supported.",
                               "Write it with indices, or build a new value.", statement.origin)
    return [statement], []
