"""Bindings reversed: `y = f(a, b)`, `a, b = b, a`, `a, b = xs` and the calls of helpers.

Comes in: one `Assign`. Goes out: its forward part, with the records of what it overwrites, and its reverse part, which
restores that and contributes to the operands. Adjoints of the targets are read before any of them is zeroed.
"""

from __future__ import annotations

import operator

import numpy as np

from s2sgrad.analyse.alias import SEQUENCES, viewed
from s2sgrad.core.kinds import Array, TupleKind, is_complex, is_list_of_numbers
from s2sgrad.core.names import bar, shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Build,
    Call,
    Const,
    Expr,
    If,
    Kill,
    Method,
    Recall,
    Record,
    Statement,
    Var,
)
from s2sgrad.core.rewrite import free_names, map_exprs, substitute
from s2sgrad.differentiate.contribute import accumulate, contribute, require_indices, unknown
from s2sgrad.differentiate.marks import Path
from s2sgrad.differentiate.reversal import Reversal, Sweeps
from s2sgrad.differentiate.shadowing import DEEP, SHALLOW, new_shadows, shadowing
from s2sgrad.differentiate.shared_numbers import numbers_in
from s2sgrad.errors import AliasError
from s2sgrad.rules.registry import FRESH, rule_of


def join(reversal: Reversal, statement: Statement, following: Statement | None) -> None:
    """`$t = f(x); x = $t`: both have one adjoint, which the reverse of f turns from that of the new x to the old."""
    active, shadows = reversal.activity.active, reversal.shadows
    match statement, following:
        case Assign((t,), Call() as call), Assign((x,), Var(u)) if t == u and x in free_names(call) and not (
                reversal.is_pair(call)):
            alike = is_complex(reversal.kinds.names.get(x)) == is_complex(reversal.kinds.names.get(t))
            if alike and active(x) and active(t) and not {x, t} & shadows.shadowed and x not in shadows.in_place:
                reversal.joined[t] = bar(x)


def assign(reversal: Reversal, statement: Assign, path: Path) -> Sweeps:
    """`y = f(a, b)`: restore y, contribute to a and b."""
    if len(statement.targets) == 1 and statement.value == Var(statement.targets[0]):
        return [], []                            # `a, a = a, a`
    ahead: list[Statement] = []
    restore: list[Statement] = []
    for name in statement.targets:
        if (statement.label, name) in reversal.marks.carried:
            for kept in (name, shadow(name)) if reversal.kept_shadow(name) else (name,):
                slot = reversal.slot(kept)
                ahead.append(Record(slot, Var(kept), origin=statement.origin))
                restore.append(Recall(kept, slot, origin=statement.origin, reverses=statement.label))
    back: list[Statement] = []
    targets, value = statement.targets, statement.value
    followed = shadowing(reversal, statement)
    if any(reversal.activity.active(t) for t in targets) and reversal.active(value):
        match value:
            case Build("tuple", items) if len(targets) == len(items) > 1:
                parallel(reversal, statement, list(zip(targets, items, strict=True)), back)
            case _ if len(targets) > 1 and not reversal.is_pair(value):
                unpack(reversal, statement, value, back)
            case Call() if reversal.is_pair(value):
                ahead += reversal.pairs.call(reversal, statement, value, back, path)
                return [*ahead, *new_shadows(reversal, targets)], [*back, *restore[::-1]]
            case _:
                single(reversal, statement, targets[0], value, back)
    elif isinstance(value, Call) and _lacks_rule(reversal, value):
        raise unknown(value, statement.origin, False)
    else:
        for t in targets:
            if reversal.activity.active(t) and t not in reversal.shadows.shadowed and t not in reversal.joined:
                back.append(Kill(bar(t), t, origin=statement.origin, reverses=statement.label))
    return [*ahead, statement, *followed], [*back, *restore[::-1]]


def _lacks_rule(reversal: Reversal, call: Call) -> bool:
    """Is nothing known of what is called, with a value that is differentiated?"""
    function = call.function
    return (not isinstance(function, (Var, Method)) and rule_of(function) is None
            and not any(function is f for f in (operator.getitem, getattr, *SEQUENCES))
            and any(reversal.activity.is_varied(a) for a in (*call.args, *(v for _, v in call.kwargs)))
            and not reversal.is_pair(call))


def single(reversal: Reversal, statement: Assign, name: str, value: Expr, back: list[Statement]) -> None:
    """One target."""
    shared = name in reversal.shadows.shadowed
    kind = reversal.kinds.names.get(name)
    own = isinstance(kind, Array) or is_list_of_numbers(kind) or (isinstance(kind, TupleKind) and _is_made(value))
    if shared and not own and reversal.active(value) and not reversal.activity.aliases.memory(value):
        numbers_in(reversal, statement, name, value, back)
    new = isinstance(value, Call) and value.function in DEEP
    if shared and not new and (reversal.activity.aliases.memory(value) or not own):
        if own and reversal.active(value) and reversal.activity.aliases.unsure(value) is not None:
            _from_copy(reversal, statement, name, value, back)
        return                                   # a reference: its shadow is a reference too
    if isinstance(value, Var) and reversal.joined.get(value.name) == bar(name):
        return
    if reversal.active(value):
        contribute(reversal, statement, name, value, back)
    if name in reversal.joined:
        turn(reversal, statement, reversal.joined[name], back)
    elif not shared:
        back.append(Kill(bar(name), name, origin=statement.origin, reverses=statement.label))


def _from_copy(reversal: Reversal, statement: Assign, name: str, value: Expr, back: list[Statement]) -> None:
    """`y = x.reshape(-1)` is a copy where the shadows share no memory: it contributes to x then."""
    assert isinstance(value, Call)
    base = value.args[viewed(value)]
    if not isinstance(base, Var) or base.name not in reversal.shadows.shadowed:
        raise AliasError("This may be a view or a copy of an array that is written.", "Write `.copy()` after it.",
                         statement.origin)
    copied: list[Statement] = []
    contribute(reversal, statement, name, value, copied)
    shared = Call(np.may_share_memory, (Var(shadow(name)), Var(shadow(base.name))))
    back.append(If(Call(operator.not_, (shared,)), tuple(copied), origin=statement.origin, reverses=statement.label))


def _is_made(value: Expr) -> bool:
    """Does a function with a rule make the value anew (`w, v = np.linalg.eigh(a)`), and not of what is held already?"""
    if not isinstance(value, Call) or isinstance(value.function, (Var, Method)) or value.function in SHALLOW:
        return False
    rule = rule_of(value.function)
    return rule is not None and rule.implementation is not None and rule.result == FRESH


def turn(reversal: Reversal, statement: Assign, adjoint: str, back: list[Statement]) -> None:
    """Of the contributions of `x = f(x)`, those to the old x replace its adjoint, last of all."""
    own = [s for s in back if isinstance(s, Accumulate) and s.bar == adjoint]
    back[:] = [s for s in back if not (isinstance(s, Accumulate) and s.bar == adjoint)]
    if any(s.index is not None for s in own):
        held = reversal.temporary(Var(adjoint), back, statement)
        back[:] = [map_exprs(s, lambda e: substitute(e, {adjoint: held})) for s in back[:-1]]
        back.insert(0, Assign((held.name,), Var(adjoint), origin=statement.origin, reverses=statement.label))
        back.append(Kill(adjoint, own[0].like, origin=statement.origin, reverses=statement.label))
        back += [map_exprs(s, lambda e: substitute(e, {adjoint: held})) for s in own]
        return
    if not own:                                 # only the shape of the old x was read: `x = f(y) / len(x)`
        back.append(Kill(adjoint, adjoint[:-1], origin=statement.origin, reverses=statement.label))
        return
    total = own[0].value
    for s in own[1:]:
        total = Call(operator.add, (total, s.value))
    if total != Var(adjoint):
        back.append(Assign((adjoint,), total, origin=statement.origin, reverses=statement.label))


def parallel(reversal: Reversal, statement: Assign, pairs: list[tuple[str, Expr]], back: list[Statement]) -> None:
    """`a, b = b, a`: read all adjoints before any is zeroed."""
    held: list[tuple[Expr, Expr]] = []
    moving = [(n, v) for n, v in pairs if reversal.activity.active(n) and not (
        n in reversal.shadows.shadowed and reversal.activity.aliases.memory(v))]
    for name, value in moving:
        if reversal.active(value):
            held.append((value, reversal.temporary(Var(reversal.bar_of(name)), back, statement)))
    for name, _ in moving:
        if name not in reversal.shadows.shadowed:
            back.append(Kill(bar(name), name, origin=statement.origin, reverses=statement.label))
    for value, adjoint in held:
        accumulate(reversal, value, adjoint, back, statement)


def unpack(reversal: Reversal, statement: Assign, value: Expr, back: list[Statement]) -> None:
    """`a, b, c = xs`."""
    require_indices(reversal, value, statement.origin)
    for k, name in enumerate(statement.targets):
        if reversal.activity.active(name) and name not in reversal.shadows.shadowed:
            accumulate(reversal, value, Var(reversal.bar_of(name)), back, statement, Const(k))
    for name in statement.targets:
        if reversal.activity.active(name) and name not in reversal.shadows.shadowed:
            back.append(Kill(bar(name), name, origin=statement.origin, reverses=statement.label))
