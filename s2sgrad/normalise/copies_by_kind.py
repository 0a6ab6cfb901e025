"""`copy.copy` and `dict.fromkeys` as what they mean for values of a known kind.

    copy.copy(a)                      np.copy(a)            list(a)            a.copy()
    copy.copy(point)           ->     record Point(point.x, point.y)
    dict.fromkeys("ab", v)            {"a": v, "b": v}

Comes in: a function and its kinds. Goes out: the function with these in place of such calls where the kind is known.
The entries of what is copied stay the same objects, as in Python.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, DictKind, Known, ListKind, Number, RecordKind, TupleKind
from s2sgrad.core.nodes import Build, Call, Const, Expr, Function, Method, Var
from s2sgrad.core.records import Construct
from s2sgrad.normalise.handed_on import map_all

OWN = ("__copy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__new__")    # how a class copies


def copies_by_kind(function: Function, kinds: Kinds) -> Function:
    """The function with such values; the same object where there are none."""
    def meant(expr: Expr) -> Expr:
        match expr:
            case Call(called, (value,), ()) if called is copy.copy:
                return _copy(value, kinds) or expr
            case Call(called, (keys, *value), ()) if called == dict.fromkeys and len(value) < 2:
                return _from_keys(keys, value[0] if value else Const(None), kinds) or expr
        return expr

    body = map_all(function.body, meant)
    return function if body == function.body else replace(function, body=body)


def _copy(value: Expr, kinds: Kinds) -> Expr | None:
    match kinds.of(value):
        case Number() | TupleKind() | Known():
            return value
        case Array():
            return Call(np.copy, (value,))
        case ListKind():
            return Call(list, (value,))
        case DictKind():
            return Call(Method("copy"), (value,))
        case RecordKind(type() as cls) if issubclass(cls, tuple):
            return value
        case RecordKind(type() as cls, fields) if isinstance(value, Var) and not any(
                name in vars(base) for base in cls.__mro__[:-1] for name in OWN):
            names = tuple(f for f, _ in fields)
            return Call(Construct(cls, names), tuple(Call(getattr, (value, Const(f))) for f in names))
    return None


def _from_keys(keys: Expr, value: Expr, kinds: Kinds) -> Expr | None:
    match keys:
        case Const(str() as text):
            found: list[Expr] = [Const(c) for c in text]
        case Build("tuple" | "list", items) if all(isinstance(i, Const) for i in items):
            found = list(items)
        case _:
            return None
    unique = {k.value: k for k in found if isinstance(k, Const)}
    plain = isinstance(value, (Var, Const))
    return Build("dict", tuple(e for k in unique.values() for e in (k, value))) if plain else None
