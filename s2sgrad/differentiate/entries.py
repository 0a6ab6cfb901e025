"""Entries of lists and dicts bound anew, and dicts that change, reversed.

    d[k] = v                   old = d.get(k)
                               d[k] = v
                               ...
                               t = d_bar[k]
                               d_bar[k] = 0.0
                               d[k] = old
                               v_bar += t

Comes in: a `Store` at an entry, or the call of a method of a dict for its effect. Goes out: the forward and the reverse
part. In a container that has a shadow, an entry is a reference or a number: the shadow of a reference is bound as the
reference is, and put back with it; the adjoint of a number is an entry of the shadow.
"""

from __future__ import annotations

import operator
from typing import Any

from s2sgrad.core.kinds import DictKind, Number
from s2sgrad.core.names import bar, shadow
from s2sgrad.core.nodes import Assign, Call, Const, Effect, Expr, Recall, Record, Statement, Store, Var
from s2sgrad.differentiate.contribute import accumulate
from s2sgrad.differentiate.entry_zeros import put_back
from s2sgrad.differentiate.reversal import Reversal, Sweeps
from s2sgrad.differentiate.shadowing import entry_shadow, holds_numbers
from s2sgrad.errors import AliasError
from s2sgrad.runtime import before_change, entries_of, put_shadows_back


def put_entry(reversal: Reversal, statement: Store) -> Sweeps:
    """`d[key] = value`, where the key may be new; that of `d[key] += value` is not."""
    index = statement.index
    if statement.op is not None:
        return rebind(reversal, statement)
    return _bound(reversal, statement, lambda name: Call(dict.get, (Var(name), index or Const(None), Const(...))))


def rebind(reversal: Reversal, statement: Store) -> Sweeps:
    """`xs[i] = value`, where xs holds references."""
    index = statement.index
    return _bound(reversal, statement, lambda name: Call(operator.getitem, (Var(name), index or Const(None))))


def _bound(reversal: Reversal, statement: Store, saved: Any) -> Sweeps:
    base, index, value, op = statement.base, statement.index, statement.value, statement.op
    assert index is not None
    where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.label}
    entry = Call(operator.getitem, (Var(base), index))
    kind = reversal.kinds.of(entry)
    active, shadowed = reversal.activity.active(base), reversal.kept_shadow(base)
    forward: list[Statement] = []
    back: list[Statement] = []
    slot = reversal.slot(base)
    forward.append(Record(slot, saved(base), origin=statement.origin))
    restore: list[Statement] = [Recall(base, slot, index, **where)]
    number = isinstance(reversal.kinds.of(value), Number)
    if shadowed and not number:
        slot = reversal.slot(shadow(base))
        forward.append(Record(slot, saved(shadow(base)), origin=statement.origin))
        restore.append(Recall(shadow(base), slot, index, **where))
    forward.append(statement)
    if shadowed and not number:
        if op is not None:
            raise AliasError("An entry that may be a number or an array is updated.", "Bind it anew.",
                             statement.origin)
        forward.append(Store(shadow(base), index, entry_shadow(reversal, value), origin=statement.origin))
    elif shadowed and isinstance(kind, Number) and op is None and isinstance(reversal.kinds.named(base), DictKind):
        forward.append(Store(shadow(base), index, Const(0.0), origin=statement.origin))     # the key may be new
    elif shadowed and not isinstance(kind, Number):
        raise AliasError("An entry that held an array, which is written, is bound to a number.",
                         "Use a variable of its own.", statement.origin)
    if not active:
        return forward, restore
    adjoint: Expr = Call(operator.getitem, (Var(reversal.bar_of(base)), index))
    held: Expr | None = None
    if reversal.active(value) and (number or not shadowed):
        held = reversal.temporary(adjoint, back, statement)
        if op is operator.isub:
            held = Call(operator.neg, (held,))
    if op is None and (number or not shadowed):
        old = Call(dict.get, (Var(base), index)) if isinstance(reversal.kinds.named(base), DictKind) else None
        back += put_back(reversal, statement, restore, shadowed, old)
    else:
        back += restore
    if held is not None:
        accumulate(reversal, value, held, back, statement)
    return forward, back


def change(reversal: Reversal, statement: Effect) -> Sweeps:
    """`d.update(other)`, `d.pop(key)`, `d.clear()`."""
    assert isinstance(statement.call, Call) and isinstance(statement.call.args[0], Var)
    function, base, args = statement.call.function, statement.call.args[0].name, statement.call.args[1:]
    where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.label}
    active, shadowed = reversal.activity.active(base), reversal.kept_shadow(base)
    other = args[0] if function is dict.update else None
    kind = reversal.kinds.named(base)
    slot = reversal.slot(base)
    forward: list[Statement] = [Record(slot, Call(dict.copy, (Var(base),)), origin=statement.origin)]
    back: list[Statement] = []
    restore = Recall(base, slot, None, whole=True, **where)
    changed = (other,) if other is not None else ()
    if shadowed:
        if other is not None and holds_numbers(kind):
            raise AliasError("A dict that holds numbers beside arrays, which are written, is updated as a whole.",
                             "Set the entries one by one.", statement.origin)
        slot, held_shadow = reversal.slot(shadow(base)), reversal.fresh()
        reversal.kinds.names[held_shadow] = kind
        forward.append(Record(slot, Call(dict.copy, (Var(shadow(base)),)), origin=statement.origin))
        given = tuple(entry_shadow(reversal, a) for a in args) if other is not None else args
        forward += [statement, Effect(Call(function, (Var(shadow(base)), *given)), origin=statement.origin)]
        back += [Recall(held_shadow, slot, **where),
                 Effect(Call(put_shadows_back, (Var(shadow(base)), Var(held_shadow), *changed)), **where), restore]
        return forward, back
    forward.append(statement)
    if not active:
        return forward, [restore]
    adjoint = bar(base)
    held: Expr | None = None
    if other is not None and reversal.active(other):
        held = reversal.temporary(Call(entries_of, (Var(adjoint), other)), back, statement)
    back += [restore, Assign((adjoint,), Call(before_change, (Var(adjoint), Var(base), *changed)), **where)]
    if held is not None and other is not None:
        accumulate(reversal, other, held, back, statement)
    return forward, back


def is_change(call: Expr) -> bool:
    """The call of a method of a dict that changes it?"""
    match call:
        case Call(function, (Var(), *_)) if function in (dict.update, dict.pop, dict.clear):
            return True
    return False


