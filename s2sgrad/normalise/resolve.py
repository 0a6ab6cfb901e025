"""With kinds known: methods become functions, in-place functions become stores, `op=` on numbers becomes binding.

    y = x.sum(axis=0)         y = np.sum(x, axis=0)
    s += v                    s = s + v               (s a number)
    np.add.at(a, i, v)   ->   a[i] += v, every repeated i
    a.sort()                  a[...] = np.sort(a)
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.kinds import OUT_OF_PLACE, Kinds, has_attribute, method_arguments, method_function
from s2sgrad.core import primitives
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, Known, ListKind, Number, Numeric, TupleKind
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
    Star,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import bottom_up, exprs, map_blocks, map_exprs, walk_statements
from s2sgrad.errors import FactsError, Origin, UnsupportedError
from s2sgrad.read.callables import name_of
from s2sgrad.rules.methods import ATTRIBUTES, DICT_METHODS, METHODS
from s2sgrad.rules.registry import FRESH, rule_of

AT = ((np.add.at, operator.iadd), (np.subtract.at, operator.isub))


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
            case Assign(targets, value) if unclear & set(targets) and _may_alias(value) and not isinstance(
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


def _may_alias(value: Expr) -> bool:
    match value:
        case Const():
            return False
        case Call(function) if not isinstance(function, (Var, Method)) and function is not operator.getitem:
            rule = rule_of(function)
            return rule is None or rule.result != FRESH
    return True


def _block(block: Block, kinds: Kinds) -> Block:
    out: list[Statement] = []
    for statement in block:
        statement = map_exprs(statement, lambda e: bottom_up(e, lambda n: _expr(n, kinds)))
        for simple in _named(statement, kinds):
            out.append(map_blocks(_statement(simple, kinds), lambda b: _block(b, kinds)))
    return tuple(out)


WRITERS = (np.copyto, np.add.at, np.subtract.at, np.fill_diagonal, np.put, np.place, np.putmask)


def _named(statement: Statement, kinds: Kinds) -> tuple[Statement, ...]:
    """What is written in place gets a name; an update of an entry that is an array is one of the array."""
    at = statement.origin
    match statement:
        case Store(base, None, value, op) if op is not None and isinstance(kinds.names.get(base), ListKind):
            if op is operator.iadd and isinstance(value, Build) and value.form in ("list", "tuple") and not any(
                    isinstance(i, Star) for i in value.items):
                return tuple(Effect(Call(Method("append"), (Var(base), i)), origin=at) for i in value.items)
            raise UnsupportedError(f"Updating the list `{base.split('#')[0]}` in place is not supported.",
                                   "Append the entries one by one.", at)
        case Effect(Call(function, (first, *rest), kwargs)) | Assign((_,), Call(function, (first, *rest), kwargs)) if (
                not isinstance(first, Var) and (
                    (isinstance(function, Method) and function.name in ("fill", "sort", "append"))
                    or any(function == w for w in WRITERS if not isinstance(function, (Method, Var))))):
            name = kinds.fresh()
            kinds.names[name] = kinds.of(first)
            call = Call(function, (Var(name), *rest), kwargs)
            return Assign((name,), first, origin=at), Effect(call, label=statement.label, origin=at)
        case Store(base, index, value, op) if op is not None and index is not None and isinstance(
                kinds.names.get(base), (ListKind, DictKind, TupleKind)):
            entry = Call(operator.getitem, (Var(base), index))
            if isinstance(kinds.of(entry), Number):
                return (statement,)
            name = kinds.fresh()
            kinds.names[name] = kinds.of(entry)
            return Assign((name,), entry, origin=at), Store(name, None, value, op, label=statement.label, origin=at)
    return (statement,)


def _expr(expr: Expr, kinds: Kinds) -> Expr:
    match expr:
        case Call(Var(name), args, kwargs) if isinstance(kinds.names.get(name), Known):
            known = kinds.names[name]
            assert isinstance(known, Known)
            return Call(known.value, args, kwargs)
        case Call(Method(name), (receiver, *args), kwargs) if name in METHODS and isinstance(
                kinds.of(receiver), (Array, Numeric, Number)):
            function = method_function(kinds.of(receiver), name)
            return Call(function, (receiver, *method_arguments(name, tuple(args))), kwargs)
        case Call(Method(name), args, kwargs) if name in DICT_METHODS and isinstance(kinds.of(args[0]), DictKind):
            return Call(DICT_METHODS[name], args, kwargs)
        case Call(function, (base, Const(value=str() as attr))) if function is getattr and isinstance(
                kinds.of(base), (Array, Numeric, Number)) and has_attribute(kinds.of(base), attr):
            return Call(ATTRIBUTES[attr], (base,))
    return expr


def _refuse_out(expr: Expr, at: Origin) -> None:
    for e in walk(expr):
        if isinstance(e, Call) and not isinstance(e.function, (Var, Method)):
            by_position = isinstance(e.function, np.ufunc) and len(e.args) > e.function.nin
            if by_position or any(k == "out" for k, _ in e.kwargs):
                raise UnsupportedError(f"`{name_of(e.function)}` writes into its argument `out`, in a form that is not "
                                       "supported.", "Write `x[...] = ...` as a statement of its own.", at)


def _statement(statement: Statement, kinds: Kinds) -> Statement:
    resolved = _resolved(statement, kinds)
    for expr in exprs(resolved):
        _refuse_out(expr, statement.origin)
    return resolved


def _resolved(statement: Statement, kinds: Kinds) -> Statement:
    at = statement.origin
    match statement:
        case Assign((_,), Call(primitives.part, (base, Const(name)))):
            if not isinstance(kinds.of(base), Array):
                raise UnsupportedError(f"Writing the attribute `{name}` of what is not known to be an array is not "
                                       "supported.", "Annotate it as np.ndarray, or use source_for(...); a number: "
                                       "make a new one.", at)
            return replace(statement, value=Call(ATTRIBUTES[name], (base,)))
        case Store(base, None, value, op) if op is not None and isinstance(
                kinds.names.get(base, UNKNOWN), (Number, Numeric, TupleKind, Known)):
            return Assign((base,), Call(OUT_OF_PLACE[op], (Var(base), value)), augmented=True, label=statement.label,
                          origin=at)
        case Effect(Call(Method("fill"), (Var(base), value))) if isinstance(kinds.names.get(base), Array):
            return Store(base, None, value, label=statement.label, origin=at)
        case Effect(Call(Method("sort"), (Var(base), *rest), kwargs)) if isinstance(kinds.names.get(base), Array):
            return Store(base, None, Call(np.sort, (Var(base), *rest), kwargs), label=statement.label, origin=at)
        case (Effect(Call(function, (Var(base), index, value)))
              | Assign((_,), Call(function, (Var(base), index, value)))) if _at(function) is not None:
            return Store(base, index, value, _at(function), at=True, label=statement.label, origin=at)
        case Effect(Call(np.copyto, (Var(base), value), ())) | Assign((_,), Call(np.copyto, (Var(base), value), ())):
            return Store(base, None, value, label=statement.label, origin=at)
        case Effect(Call(function, args, kwargs)) if dict(kwargs).keys() == {"out"}:
            return _out(statement, function, args, dict(kwargs)["out"])
        case Assign((name,), Call(function, args, kwargs)) if dict(kwargs).keys() == {"out"} and name.startswith("$"):
            return _out(statement, function, args, dict(kwargs)["out"])
        case Effect(Call(function)) | Assign(_, Call(function)) if not isinstance(function, (Var, Method)) and any(
                function == w for w in WRITERS):
            raise UnsupportedError(f"`np.{function.__name__}` in this form is not supported.",
                                   "Write the assignment with an index.", at)
    return statement


def _at(function: Any) -> Any:
    """The in-place operator of `np.add.at` (a bound method: equal, never identical)."""
    return next((op for known, op in AT if function == known), None)


def _out(statement: Statement, function: Any, args: tuple[Expr, ...], out: Expr) -> Statement:
    if not isinstance(out, Var):
        raise UnsupportedError("`out=` with anything but a name is not supported.",
                               "Give the array a name, or write `x[...] = ...`.", statement.origin)
    return Store(out.name, None, Call(function, args), label=statement.label, origin=statement.origin)
