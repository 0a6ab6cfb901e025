"""Branches that the facts decide: only the one that is taken stays.

    if scale is not None:            (scale is None at this call)
        x = x * scale          ->    y = x
    y = x
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.instances import is_instance
from s2sgrad.core import primitives
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Maybe,
    Never,
    Number,
    Numeric,
    TupleKind,
    Unknown,
)
from s2sgrad.core.names import FIELD
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, For, Function, If, Statement, Var, While
from s2sgrad.core.rewrite import bound_by_closures, changed_in, map_blocks
from s2sgrad.normalise.pending import KindsView
from s2sgrad.rules.shapes import static

Latest = Mapping[str, Kind]         # of names, what was bound last on the way to a place


def fold_branches(function: Function, kinds: KindsView, given: Mapping[str, Kind]) -> Function:
    """The function without branches that are never taken. given: the kinds of what the parameters are given."""
    elsewhere = bound_by_closures(function.body)
    latest = {p.name: given[p.name] for p in function.params if p.name in given and p.name not in elsewhere}
    body = _block(function.body, kinds, latest, elsewhere)
    return function if body == function.body else replace(function, body=body)


def _block(block: Block, kinds: KindsView, latest: Latest, elsewhere: set[str]) -> Block:
    """elsewhere: names that nested functions bind when they are called."""
    out: list[Statement] = []
    known = dict(latest)
    for statement in block:
        anew = changed_in((statement,))
        if isinstance(statement, If):
            taken = static_truth(statement.test, kinds)
            if taken is None:
                taken = _class_truth(statement.test, known)
            if taken is not None:
                out += _block(statement.then if taken else statement.orelse, kinds, known, elsewhere)
                known = {n: k for n, k in known.items() if n not in anew}
                continue
        if isinstance(statement, (For, While)):
            known = {n: k for n, k in known.items() if n not in anew}
        out.append(map_blocks(statement, lambda b: _block(b, kinds, known, elsewhere)))     # noqa: B023 (at once)
        known = {n: k for n, k in known.items() if n not in anew}
        match statement:
            case Assign((name,), value) if name not in elsewhere and FIELD not in name:
                kind = known.get(value.name, UNKNOWN) if isinstance(value, Var) else kinds.of(value)
                if isinstance(kind, (Array, Number, ListKind, TupleKind, DictKind)):
                    known[name] = kind
    return tuple(out)


def _class_truth(test: Expr, latest: Latest) -> bool | None:
    """Is a question after the class of what a name holds decided by what was bound to it last?"""
    match test:
        case Call(operator.not_, (operand,)):
            inner = _class_truth(operand, latest)
            return None if inner is None else not inner
        case Call(builtins.isinstance, (Var(name), classes)) if name in latest:
            return _is_instance(latest[name], classes)
    return None


def static_truth(test: Expr, kinds: KindsView) -> bool | None:
    """Is a test decided by the facts (an option that is None, a flag, a string)? None where it is not."""
    match test:
        case Const(value) if value is NotImplemented:       # refused where it is left
            return None
        case Call(function, (operand,)) if function is operator.not_:
            inner = static_truth(operand, kinds)
            return None if inner is None else not inner
        case Call(primitives.and_, operands):
            found = [static_truth(o, kinds) for o in operands]
            return False if False in found else None if None in found else True
        case Call(primitives.or_, operands):
            found = [static_truth(o, kinds) for o in operands]
            return True if True in found else None if None in found else False
        case Call(function, (a, Const(value=None))) if function in (operator.is_, operator.is_not):
            kind = kinds.of(a)
            if isinstance(kind, (Unknown, Never, Maybe)):
                return None
            is_none = isinstance(kind, Known) and kind.value is None
            return is_none == (function is operator.is_)
        case Call(function, (a, b)) if function in (operator.eq, operator.ne):
            x, y = kinds.of(a), kinds.of(b)
            if isinstance(x, Known) and isinstance(y, Known) and isinstance(x.value, str) and isinstance(y.value, str):
                return (x.value == y.value) == (function is operator.eq)
            left, right = static(x), static(y)
            if isinstance(left, int) and isinstance(right, int):
                return bool(function(left, right))
            return None
        case Call(function, (a, b)) if function in (operator.lt, operator.le, operator.gt, operator.ge):
            left, right = static(kinds.of(a)), static(kinds.of(b))
            return bool(function(left, right)) if isinstance(left, int) and isinstance(right, int) else None
        case Call(function, (a, container)) if function in (primitives.in_, primitives.not_in):
            key, held = static(kinds.of(a)), kinds.of(container)
            if isinstance(held, DictKind) and held.items is not None and not held.lacks and isinstance(key, (str, int)):
                return (key in dict(held.items)) == (function is primitives.in_)
            return None
        case Call(function, (a, classes)) if function is isinstance:
            return _is_instance(kinds.of(a), classes)
    match kinds.of(test):
        case Number("bool", _, bool() as value):
            return value
        case Known(value) if value is None:
            return False
    return None


def _is_instance(kind: Kind, classes: Expr) -> bool | None:
    """Is a value of this kind an instance of a class, or of one of a tuple of classes, that are written out?"""
    items = classes.items if isinstance(classes, Build) else (classes,)
    found = tuple(i.value for i in items if isinstance(i, Const) and isinstance(i.value, type))
    if len(found) < len(items):
        return None
    match kind:
        case ListKind():
            return issubclass(list, found)
        case DictKind():
            return True if issubclass(dict, found) else None
        case TupleKind():
            return True if issubclass(tuple, found) else None
        case Array():
            return issubclass(np.ndarray, found)
        case Numeric(dtype=str()):                          # a number or an array
            return False if all(issubclass(c, (dict, list, tuple, str)) for c in found) else None
        case Known(value):
            return isinstance(value, found)
        case Number():
            return is_instance(kind, found)
    return None
