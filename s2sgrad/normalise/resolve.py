"""With kinds known: methods become functions, and `op=` on numbers becomes binding.

    y = x.sum(axis=0)    ->   y = np.sum(x, axis=0)
    s += v                    s = s + v               (s a number)
"""

from __future__ import annotations

import logging
import operator
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.calls import has_attribute, method_call
from s2sgrad.analyse.containers import CHANGING
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.opaque import is_opaque
from s2sgrad.analyse.outputs import output_of
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Maybe,
    Number,
    Numeric,
    Object,
    TupleKind,
)
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    Function,
    Method,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.operators import OUT_OF_PLACE, Updated
from s2sgrad.core.records import attribute_path
from s2sgrad.core.rewrite import bottom_up, exprs, map_blocks, map_exprs, walk_statements
from s2sgrad.errors import FactsError, Origin, UnsupportedError
from s2sgrad.normalise.containers import changes, container_value
from s2sgrad.normalise.in_place import may_alias
from s2sgrad.read.callables import name_of
from s2sgrad.rules.logs import LOGGERS
from s2sgrad.rules.methods import ATTRIBUTES, DICT_METHODS, METHODS


def resolve(function: Function, kinds: Kinds) -> Function:
    """The function with every method and in-place call resolved that the kinds allow to."""
    _refuse_unclear_updates(function, kinds)
    return replace(function, body=_block(function.body, kinds))


def _refuse_unclear_updates(function: Function, kinds: Kinds) -> None:
    """`r *= v` where r may be a number or a view of an array: two different programs."""
    updated = {s.base: s for s in walk_statements(function.body) if isinstance(s, Store) and s.index is None and s.op}
    unclear = {n for n in updated if isinstance(kinds.names.get(n, UNKNOWN), Numeric)}
    for statement in walk_statements(function.body):
        match statement:
            case Assign(targets, value) if unclear & set(targets) and may_alias(value) and not isinstance(
                    kinds.of(value), Number):
                name = next(t for t in targets if t in unclear)
                raise FactsError(f"`{name.split('#')[0]}` may be a number or a view of an array, and it is updated in "
                                 "place.", "Annotate the parameters with their ranks, or use source_for(...).",
                                 updated[name].origin)
    for p in function.params:
        if p.name in unclear:
            raise FactsError(f"`{p.name}` may be a number or an array, and it is updated in place.",
                             f"Annotate `{p.name}` as float or np.ndarray, or use source_for(...).",
                             updated[p.name].origin)


def _block(block: Block, kinds: Kinds) -> Block:
    out: list[Statement] = []
    for statement in block:
        statement = map_exprs(statement, lambda e: bottom_up(e, lambda n: _expr(n, kinds)))
        for simple in _simple(statement, kinds):
            out.append(map_blocks(_statement(simple, kinds), lambda b: _block(b, kinds)))
    return tuple(out)


def _simple(statement: Statement, kinds: Kinds) -> Iterator[Statement]:
    """The statement as one, or several, that write what has a name."""
    for named in _named(statement, kinds):
        changed = changes(named, kinds)
        if changed is None:
            yield named
        else:
            yield from changed


def _named(statement: Statement, kinds: Kinds) -> tuple[Statement, ...]:
    """What is written in place gets a name; an update of an entry that is an array is one of the array."""
    at = statement.origin
    match statement:
        case Effect(Call(function, (first, *rest), kwargs)) | Assign((_,), Call(function, (first, *rest), kwargs)) if (
                not isinstance(first, Var) and (isinstance(function, Method) and function.name in CHANGING
                                                or function is operator.delitem)):
            name = kinds.fresh()
            kinds.names[name] = kinds.of(first)
            call = Call(function, (Var(name), *rest), kwargs)
            changed = replace(statement, call=call) if isinstance(statement, Effect) else replace(statement, value=call)
            return Assign((name,), first, origin=at), changed
        case Effect(Call(function, args, kwargs)) if any(_is_part(a, kinds) for a in args) and is_opaque(
                statement.call, kinds):
            made: list[Statement] = []
            named: list[Expr] = []
            for argument in args:
                if _is_part(argument, kinds):
                    name = kinds.fresh()
                    kinds.names[name] = kinds.of(argument)
                    made.append(Assign((name,), argument, origin=at))
                    argument = Var(name)
                named.append(argument)
            return *made, replace(statement, call=Call(function, tuple(named), kwargs))
        case Store(base, index, Call(Updated(op), (Var(old), value))):
            return _updated_entry(statement, old, value, op, kinds)
        case Store(base, index, value, op) if path := attribute_path(index):
            return _part_written(statement, path, kinds)
        case Store(base, index, value, op) if op is not None and index is not None and isinstance(
                kinds.names.get(base), (ListKind, DictKind, TupleKind)):
            entry = Call(operator.getitem, (Var(base), index))
            if isinstance(kinds.of(entry), Number) or (isinstance(index, Build) and index.form == "slice"):
                return (statement,)
            if isinstance(kinds.of(entry), (TupleKind, Known)):
                return (Store(base, index, Call(OUT_OF_PLACE[op], (entry, value)), label=statement.label, origin=at),)
            name = kinds.fresh()
            kinds.names[name] = kinds.of(entry)
            update = Assign((name,), entry, origin=at), Store(name, None, value, op, label=statement.label, origin=at)
            mutable = isinstance(kinds.of(entry), (Array, ListKind, DictKind))
            return update if mutable else (*update, Store(base, index, Var(name), origin=at))
    return (statement,)


def _updated_entry(statement: Store, old: str, value: Expr, op: Any, kinds: Kinds) -> tuple[Statement, ...]:
    """`xs[i] op= value`, where xs[i] was read as `old` before the value was computed."""
    at, kind = statement.origin, kinds.names.get(old, UNKNOWN)
    if not isinstance(kinds.names.get(statement.base), (ListKind, DictKind, TupleKind)) or isinstance(
            kind, (Number, TupleKind, Known)):
        return (replace(statement, value=Call(OUT_OF_PLACE[op], (Var(old), value))),)
    if isinstance(kind, Numeric):
        raise FactsError("This entry may be a number or an array, and it is updated in place.",
                         "Annotate the parameters with their ranks, or use source_for(...).", at)
    return Store(old, None, value, op, origin=at), replace(statement, value=Var(old))


def _is_logger(kind: Kind) -> bool:
    return isinstance(kind, Object) and issubclass(kind.cls, logging.Logger)


def _is_part(expr: Expr, kinds: Kinds) -> bool:
    """Is it an array without a name, which may be a view?"""
    return not isinstance(expr, (Var, Const)) and isinstance(kinds.of(expr), (Array, Numeric)) and may_alias(expr)


def _part_written(statement: Store, path: tuple[str, ...], kinds: Kinds) -> tuple[Statement, ...]:
    """`z.real = x` writes into the array that `z.real` is."""
    at = statement.origin
    if path not in (("real",), ("imag",)):
        raise UnsupportedError(f"Writing the attribute `{path[-1]}` is not supported.",
                               "Keep the value in a local variable or a dict.", at)
    if not isinstance(kinds.names.get(statement.base), Array):
        raise UnsupportedError(f"Writing the attribute `{path[0]}` of what is not known to be an array is not "
                               "supported.", "Annotate it as np.ndarray, or use source_for(...); a number: make a new "
                               "one.", at)
    name, part = kinds.fresh(), Call(ATTRIBUTES[path[0]], (Var(statement.base),))
    kinds.names[name] = kinds.of(part)
    return (Assign((name,), part, origin=at),
            Store(name, None, statement.value, statement.op, label=statement.label, origin=at))


def _expr(expr: Expr, kinds: Kinds) -> Expr:
    match expr:
        case Call(function, args, kwargs) if ("out", Const(None)) in kwargs:
            return _expr(Call(function, args, tuple(k for k in kwargs if k != ("out", Const(None)))), kinds)
        case Call(np.clip, (x,), kwargs) if any(k in ("min", "max") for k, _ in kwargs):
            return method_call(UNKNOWN, "clip", x, (), kwargs)
        case Call(Var(name), args, kwargs) if isinstance(kinds.names.get(name), Known):
            known = kinds.names[name]
            assert isinstance(known, Known)
            return Call(known.value, args, kwargs)
        case Call(Method("item"), (receiver, *args), ()) if args and isinstance(kinds.of(receiver), Array):
            return Call(np.ndarray.item, (_one_entry(receiver, args, kinds),))
        case Call(Method(name), (receiver, *args), kwargs) if name in METHODS and isinstance(
                kinds.of(receiver), (Array, Numeric, Number)):
            return method_call(kinds.of(receiver), name, receiver, args, kwargs)
        case Call(Method(name), args, kwargs) if name in LOGGERS and _is_logger(kinds.of(args[0])):
            return Call(LOGGERS[name], args, kwargs)
        case Call(Method(name), args, kwargs) if name in DICT_METHODS and isinstance(kinds.of(args[0]), DictKind):
            return Call(DICT_METHODS[name], args, kwargs)
        case Call() | Build() if (found := container_value(expr, kinds)) is not expr:
            return found
        case Call(function, (base, Const(value=str() as attr))) if function is getattr and isinstance(
                kinds.of(base), (Array, Numeric, Number)) and has_attribute(kinds.of(base), attr):
            return Call(ATTRIBUTES[attr], (base,))
    return expr


def _one_entry(array: Expr, where: list[Expr], kinds: Kinds) -> Expr:
    """What `array.item(3)`, `array.item(1, 2)` and `array.item((1, 2))` take; one integer counts through all axes."""
    index = where[0] if len(where) == 1 else Build("tuple", tuple(where))
    kind = kinds.of(array)
    if isinstance(kind, Array) and kind.rank != 1 and isinstance(kinds.of(index), Number):
        return Call(np.take, (array, index))
    return Call(operator.getitem, (array, index))


def _refuse_out(expr: Expr, at: Origin) -> None:
    for e in walk(expr):
        if isinstance(e, Call) and not isinstance(e.function, Var) and output_of(e) is not None:
            name = e.function.name if isinstance(e.function, Method) else name_of(e.function)
            raise UnsupportedError(f"`{name}` writes into its argument `out`, in a form that is not supported.",
                                   "Write `x[...] = ...` as a statement of its own.", at)


def _statement(statement: Statement, kinds: Kinds) -> Statement:
    resolved = _resolved(statement, kinds)
    for expr in exprs(resolved):
        _refuse_out(expr, statement.origin)
    return resolved


def _without_none(kind: Kind) -> Kind:
    """What is updated is not None."""
    return kind.kind if isinstance(kind, Maybe) else kind


def _resolved(statement: Statement, kinds: Kinds) -> Statement:
    at = statement.origin
    match statement:
        case Store(base, None, value, op) if op is not None and (isinstance(
                kind := _without_none(kinds.names.get(base, UNKNOWN)), (Number, Numeric, TupleKind, Known))
                or isinstance(kind, Object) and not hasattr(kind.cls, f"__{op.__name__}__")):
            return Assign((base,), Call(OUT_OF_PLACE[op], (Var(base), value)), augmented=True, label=statement.label,
                          origin=at)
    return statement
