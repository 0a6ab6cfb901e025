"""An index that has a name is written where it is used.

    inner = slice(1, -1)                    u[1:-1, 2:] = v[1:-1, 1:-1]
    u[inner, 2:] = v[inner, inner]    ->

Comes in: a function. Goes out: the function in which the places of slices, ellipses and new axes are known, so that
it is known which cells they are. Only what a name holds during the whole call is written out.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, For, Function, Statement, Store, Var, While
from s2sgrad.core.rewrite import blocks, bottom_up, changes, free_names, map_blocks, map_exprs

NONE = Const(None)


def with_indices(function: Function) -> Function:
    """The function with such indices written out; the same object where there are none."""
    times = changes(function.body)
    lasting = {p.name for p in function.params if not times[p.name]}
    known: dict[str, Expr] = {}
    for statement in _once(function.body):
        match statement:
            case Assign((name,), value) if times[name] == 1:
                index = _written(value, known)
                if _is_index(index) and free_names(index) <= lasting:
                    known[name] = index
                lasting.add(name)

    def inside(expr: Expr) -> Expr:
        match expr:
            case Call(operator.getitem, (base, index)):
                return replace(expr, args=(base, _written(index, known)))
        return expr

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            statement = map_exprs(map_blocks(statement, visit), lambda e: bottom_up(e, inside))
            if isinstance(statement, Store) and statement.index is not None:
                statement = replace(statement, index=_written(statement.index, known))
            out.append(statement)
        return tuple(out)

    body = visit(function.body)
    return function if body == function.body else replace(function, body=body)


def _once(block: Block) -> Iterator[Statement]:
    """The statements that no loop repeats."""
    for statement in block:
        yield statement
        if not isinstance(statement, (For, While)):
            for inner in blocks(statement):
                yield from _once(inner)


def _written(index: Expr, known: dict[str, Expr]) -> Expr:
    """The index, with what its names hold, and what `slice` and `np.s_` make."""
    match index:
        case Var(name) if name in known and _has_places(known[name]):
            return known[name]
        case Call(builtins.slice, args, ()) if 1 <= len(args) <= 3:
            return Build("slice", (NONE, args[0], NONE) if len(args) == 1 else (*args, NONE)[:3])
        case Call(operator.getitem, (Call(builtins.getattr, (Const(module), Const("s_"))), inner), ()) if module is np:
            return _written(inner, known)
        case Build("tuple", items):
            return Build("tuple", tuple(_written(i, known) for i in items))
    return index


def _is_index(expr: Expr) -> bool:
    """Is it made of integers, slices, ellipses and new axes only?"""
    match expr:
        case Const(value):
            return value is None or value is Ellipsis or isinstance(value, int)
        case Build("slice" | "tuple", items):
            return all(_is_index(i) or isinstance(i, Var) for i in items)
    return False


def _has_places(index: Expr) -> bool:
    """Is there a slice, an ellipsis or a new axis in it?"""
    match index:
        case Const(value):
            return value is Ellipsis
        case Build("slice"):
            return True
        case Build("tuple", items):
            return any(map(_has_places, items))
    return False

