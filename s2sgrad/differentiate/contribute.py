"""Contributions: what a value that is reversed gives to the adjoints of its operands.

Comes in: `name = value` and the reverse statements so far. Goes out: these with the contributions at their end, as
`Accumulate` where adjoints go by value and as writes in place where the operand has a shadow. A value that is
differentiated through something without a derivative is refused here.
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.activity import entries_of_index
from s2sgrad.analyse.indexing import analyse_index
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.unsure import unknown_function, unknown_name
from s2sgrad.core.closure import Closure, kept_function
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    TupleKind,
    Unknown,
    is_complex,
    is_indexed,
    is_scalar,
)
from s2sgrad.core.names import shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    If,
    Method,
    Star,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.primitives import in_
from s2sgrad.core.rewrite import free_names
from s2sgrad.differentiate.apply import apply_rule, entry_of, spread
from s2sgrad.differentiate.broadcast import contribution_kind
from s2sgrad.differentiate.draws import draw_contributions
from s2sgrad.differentiate.joined import contributions, entry_of_part
from s2sgrad.differentiate.reversal import Reversal
from s2sgrad.errors import InternalError, NotDifferentiableError, Origin, UnsupportedError
from s2sgrad.normalise.iterables import RUNNING
from s2sgrad.read.callables import name_of
from s2sgrad.rules.registry import rule_of
from s2sgrad.rules.shapes import dtype_of
from s2sgrad.runtime import add_into, add_into_entry, add_into_slice, matched, matched_once, real_like, unrepeat_list


def contribute(reversal: Reversal, statement: Statement, name: str, value: Expr, back: list[Statement]) -> None:
    """The contributions of `name = value` to the operands of value."""
    adjoint = Var(reversal.bar_of(name))
    at = statement.origin
    match value:
        case Var():
            accumulate(reversal, value, adjoint, back, statement)
        case Call(function, (base, index)) if function is operator.getitem:
            if reversal.active(index) and free_names(base):         # np.r_ has none
                raise UnsupportedError("An index, or a key, comes from what is differentiated.", "Keep the indices and "
                                       "keys apart from it: in a list, an array or a dict of their own.", at)
            if any(map(reversal.active, entries_of_index(index))):
                raise UnsupportedError("Indexing an object that is no array with values that are differentiated is not "
                                       "supported.", "Use np.concatenate, np.stack or np.linspace instead of np.r_, "
                                       "np.c_ and np.mgrid.", at)
            accumulate(reversal, base, adjoint, back, statement, index)
        case Build("list" | "tuple" | "dict"):
            for key, item in entries_of_display(value):
                if reversal.active(item):
                    accumulate(reversal, item, Call(operator.getitem, (adjoint, key)), back, statement)
        case Call() if (joined := contributions(value, adjoint, reversal.kinds)) is not None:
            for operand, contribution in joined:
                if reversal.active(operand):
                    accumulate(reversal, operand, contribution, back, statement)
        case Call() if (drawn := draw_contributions(value, name, adjoint, reversal.kinds)) is not None:
            for operand, share in drawn:
                if reversal.active(operand):
                    if share is None:
                        raise UnsupportedError("What is drawn here changes its form with a parameter that is "
                                               "differentiated: it has no derivative along the path.",
                                               "Draw from a distribution with a location and a scale, or wrap the "
                                               "parameter in s2sgrad.stop_gradient.", at)
                    accumulate(reversal, operand, share, back, statement)
        case Call(dict.get, (Var() as base, Const() as key, _)) if _is_there(reversal, base.name, key):
            accumulate(reversal, base, adjoint, back, statement, key)
        case Call(dict.get, (base, key, default)):
            there: list[Statement] = []
            other: list[Statement] = []
            accumulate(reversal, base, adjoint, there, statement, key)
            if reversal.active(default):
                accumulate(reversal, default, adjoint, other, statement)
            back.append(If(Call(in_, (key, base)), tuple(there), tuple(other), origin=at, reverses=statement.label))
        case Call(function, (entries,)) if function is list or function is tuple:
            require_indices(reversal, entries, at)
            is_array = isinstance(reversal.kinds.of(entries), (Array, Numeric))
            accumulate(reversal, entries, Call(np.array, (adjoint,)) if is_array else adjoint, back, statement)
        case Call(function, args) if function in (operator.add, operator.mul, operator.or_) and any(
                isinstance(reversal.kinds.of(a), (ListKind, TupleKind, DictKind)) for a in args) and not isinstance(
                reversal.kinds.of(value), (Array, Number)):
            raise UnsupportedError("A list, tuple or dict is joined with something of which too little is known.",
                                   "Use lists, and annotate the parameters.", at)
        case Star():
            raise starred(at)
        case Build("set"):
            raise UnsupportedError("A set of values that are differentiated is not supported.",
                                   "Keep the values in a list or a tuple.", at)
        case Call(function):
            rule = rule_of(function) if not isinstance(function, (Var, Method)) else None
            if rule is not None and rule.form == "elementwise" and any(
                    isinstance(reversal.kinds.of(a), Known) for a in value.args):
                raise UnsupportedError(f"`{name_of(function)}` of a string, or of another object that is no number, "
                                       "and a value that is differentiated is not supported.",
                                       "Format the value apart from the computation.", at)
            if rule is None or rule.implementation is None:
                raise unknown(value, at, rule is not None)
            runs = any(function is f for f in RUNNING) and (len(value.args) == 1 or function is sum)
            for k, a in enumerate(value.args):
                if runs and k == 0 or isinstance(reversal.kinds.of(a), DictKind):
                    require_indices(reversal, a, at)
            if any(isinstance(a, Star) for a in value.args) and not any(
                    reversal.active(a) for a in value.args if isinstance(a, Star)):
                value = spread(value, reversal.kinds)
            applied = apply_rule(rule, value, name, adjoint, reversal.active, reversal.kinds, reversal.fresh, at)
            for s in applied.before:
                if isinstance(s, Assign) and len(s.targets) == 1:
                    reversal.kinds.names[s.targets[0]] = reversal.kinds.of(s.value)
                    reversal.activity.aliases.bind(s.targets[0], s.value)
            back += [replace(s, reverses=statement.label) for s in applied.before]
            for c in applied.contributions:
                entry = entry_of(c.position)
                argument = entry if entry is not None else (
                    value.args[c.position] if isinstance(c.position, int) else dict(value.kwargs)[c.position])
                accumulate(reversal, argument, c.value, back, statement)
        case _:
            raise UnsupportedError("This expression cannot be differentiated.", "Write it in smaller steps.", at)


def _is_there(reversal: Reversal, name: str, key: Expr) -> bool:
    """Has the dict surely this key: is it a display that nobody writes?"""
    return key in reversal.keys.get(name, ()) and not reversal.activity.aliases.is_written(name)


def entries_of_display(display: Build) -> list[tuple[Expr, Expr]]:
    """The entries of a display, each with the index or key at which it is found."""
    if display.form == "dict":
        return list(zip(display.items[::2], display.items[1::2], strict=True))
    return [(Const(k), item) for k, item in enumerate(display.items)]


def accumulate(reversal: Reversal, target: Expr, value: Expr, back: list[Statement], statement: Statement,
               index: Expr | None = None) -> None:
    """A contribution to the adjoint of an atom (or of an entry of it)."""
    if isinstance(target, Build):
        if index is not None:
            raise UnsupportedError("A display that is indexed at once is not supported.", "Name it.",
                                   statement.origin)
        for key, item in entries_of_display(target):
            if reversal.active(item):
                accumulate(reversal, item, entry_of_part(value, key), back, statement)
        return
    if isinstance(target, Call) and reversal.active(target):
        raise unknown(target, statement.origin, rule_of(target.function) is not None)
    if isinstance(target, Star) and reversal.active(target):
        raise starred(statement.origin)
    if not isinstance(target, Var):
        if reversal.active(target):
            raise InternalError(f"A contribution to `{type(target).__name__}` went nowhere.",
                                "Write the expression in smaller steps, and please report this.", statement.origin)
        return
    if not reversal.activity.active(target.name):
        return
    kind = reversal.kinds.of(target)
    value = _of_real(value, kind if index is None else reversal.kinds.of(Call(operator.getitem, (target, index))),
                     target if index is None else None, reversal)
    if index is None:
        value = as_adjoint_of(kind, value, reversal.kinds)
        if isinstance(kind, Array) and kind.shape == () and is_scalar(reversal.kinds.of(value)) and (
                reversal.activity.aliases.is_written(target.name)):
            value = Call(np.asarray, (value,))              # entries of it are put to zero
    elif is_scalar(kind):
        value, index = Call(np.sum, (value,)), None         # what indexing gave axes (`m[None]`)
    repeats = False
    if index is not None:
        kind = reversal.kinds.names.get(target.name, UNKNOWN)
        if isinstance(kind, Array):
            repeats = analyse_index(kind, index, reversal.kinds.of).repeats
        elif not isinstance(kind, (ListKind, TupleKind, DictKind)):
            repeats = not isinstance(index, Const)
    where = {"origin": statement.origin, "reverses": statement.label}
    if target.name not in reversal.shadows.shadowed:
        back.append(Accumulate(reversal.bar_of(target.name), index, value, target.name, repeats=repeats,
                               **where))  # type: ignore[arg-type]
        return
    # a shadow is an object that others see: contributions go into it in place
    entry = Var(shadow(target.name)) if index is None else Call(operator.getitem, (Var(shadow(target.name)), index))
    if isinstance(reversal.kinds.of(target), Array):
        back.append(Store(shadow(target.name), index, value, operator.iadd, at=repeats,
                          **where))  # type: ignore[arg-type]
    elif isinstance(index, Build) and index.form == "slice":
        back.append(Effect(Call(add_into_slice, (Var(shadow(target.name)), Call(slice, index.items), value)),
                           **where))  # type: ignore[arg-type]
    elif isinstance(reversal.kinds.of(entry), Number) and index is not None:
        back.append(Store(shadow(target.name), index, value, operator.iadd, **where))  # type: ignore[arg-type]
    elif isinstance(reversal.kinds.of(entry), Array):
        held = reversal.temporary(entry, back, statement)
        reversal.activity.aliases.union(held.name, shadow(target.name))
        back.append(Store(held.name, None, value, operator.iadd, **where))  # type: ignore[arg-type]
    elif index is not None and not isinstance(reversal.kinds.of(entry), (ListKind, TupleKind, DictKind)):
        back.append(Effect(Call(add_into_entry, (Var(shadow(target.name)), index, value)),
                           **where))  # type: ignore[arg-type]
    else:
        back.append(Effect(Call(add_into, (entry, value)), **where))  # type: ignore[arg-type]


def _is_list(value: Expr, kinds: Kinds) -> bool:
    """Is it known to be a list?"""
    if isinstance(value, Call) and value.function in (matched, matched_once, unrepeat_list):
        return True
    return isinstance(value, Build) or isinstance(kinds.of(value), (ListKind, TupleKind))


def _of_real(value: Expr, kind: Kind, target: Expr | None, reversal: Reversal) -> Expr:
    """A contribution to a value of this kind; to a real value (also where its dtype is not known) its real part."""
    given = contribution_kind(value, reversal.kinds)
    match value:
        case Call(operator.getitem, (whole, _)) if reversal.with_complex and not isinstance(
                reversal.kinds.of(whole), (Array, Numeric)):
            given = UNKNOWN         # what a loop added to a real entry of a container may be complex
    if not reversal.with_complex and not is_complex(given):
        return value
    match kind, given:
        case (Number() | Array() | Numeric()), (Number() | Array() | Numeric()) if is_complex(
                kind) or not is_complex(given) and dtype_of(given) is not None:
            return value
        case (Number() | Array() | Numeric()), _ if not is_complex(kind):
            return Call(np.real, (value,))
        case Unknown(), _ if target is not None:
            return Call(real_like, (value, target))
    return value


def as_adjoint_of(kind: Kind, value: Expr, kinds: Kinds) -> Expr:
    """A contribution to all of a value of this kind, in its form: the adjoint of a list is a list, and that of a number
    no array of rank 0."""
    if isinstance(kind, (ListKind, TupleKind)) and not _is_list(value, kinds):
        return Call(list, (value,))
    return Call(np.sum, (value,)) if is_scalar(kind) and isinstance(kinds.of(value), Array) else value


def require_indices(reversal: Reversal, container: Expr, at: Origin) -> None:
    """Refuse to run through something active that may be a dict: its adjoint is not that of a sequence."""
    kind = reversal.kinds.of(container)
    if reversal.active(container) and not is_indexed(kind) and not isinstance(kind, Number):
        raise UnsupportedError("What is run through here holds values that are differentiated, and it is not known to "
                               "be a list, a tuple or an array.",
                               "Use one name for a list or an array, and another for a dict.", at)


def starred(at: Origin) -> Exception:
    """The refusal of `*value`."""
    return UnsupportedError("A starred value (`*value`) that is differentiated is not supported.",
                            "Name its entries (`a, b = value`), or write them out: `[value[0], value[1]]`.", at)


def unknown(call: Call, at: Origin, known: bool) -> Exception:
    """The refusal of a call without a derivative rule."""
    if call.function in (dict.values, dict.items):
        return UnsupportedError(f"`{call.function.__name__}` of a dict of values that are differentiated is not "
                                "supported.", "Run through the keys: `for k in d`, with `d[k]`.", at)
    if call.function in (operator.or_, operator.and_, operator.xor):
        return UnsupportedError("Joining dicts or sets that hold values that are differentiated is not supported.",
                                "Write the entries out.", at)
    if isinstance(call.function, Closure):
        return kept_function(at)
    name = unknown_name(call)
    if known:
        return NotDifferentiableError(f"`{name}` has no derivative rule.",
                                      "Write one with s2sgrad.adjoint, or use s2sgrad.stop_gradient on its "
                                      "arguments if its derivative is zero.", at)
    if call.function is getattr:
        return UnsupportedError("A field of an object is read, and the value is differentiated: objects are not "
                                "followed.", "Pass the field as an argument of its own, or keep it in a dict.", at)
    if isinstance(call.function, type) and call.function.__module__ not in ("builtins", "numpy", "collections"):
        return UnsupportedError(f"An object of the class `{name}` is made of a value that is differentiated: objects "
                                "are not followed.", "Keep the values in a tuple or a dict.", at)
    return unknown_function(call, at)
