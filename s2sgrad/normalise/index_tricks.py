"""`np.r_` and `np.c_` of numbers and arrays are calls.

    np.r_[0.0, np.cumsum(x)]    ->    np.hstack((0.0, np.cumsum(x)))
    np.c_[x, x**2]              ->    np.column_stack((x, x**2))

Comes in: a function and its kinds. Goes out: the function with calls in place of those of which the kinds of all that
is joined are known. Left as they are: strings, steps that count (`0:1:5j`), lists, and numbers beside arrays of single
precision, which stay single there and would become double.
"""

from __future__ import annotations

import builtins
import operator
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, Number, shape_of
from s2sgrad.core.nodes import Build, Call, Const, Expr, Function
from s2sgrad.normalise.handed_on import map_all


def joined_by_calls(function: Function, kinds: Kinds) -> Function:
    """The function with such calls; the same object where there are none."""
    def call(expr: Expr) -> Expr:
        match expr:
            case Call(operator.getitem, (Call(builtins.getattr, (Const(lib), Const("r_" | "c_" as name))), index)) if (
                    lib is np):
                return _joined(index, name == "r_", kinds) or expr
        return expr

    body = map_all(function.body, call)
    return function if body == function.body else replace(function, body=body)


def _joined(index: Expr, rows: bool, kinds: Kinds) -> Call | None:
    """The call; None where it would not be the same."""
    items = index.items if isinstance(index, Build) and index.form == "tuple" else (index,)
    parts = tuple(_range(i, kinds) for i in items)
    known = [kinds.of(p) for p in parts if p is not None]
    ranks = {len(shape) if isinstance(shape := shape_of(k), tuple) else None for k in known}
    dtypes = {k.dtype for k in known if isinstance(k, Array)}
    numbers = any(isinstance(k, Number) and k.weak for k in known)
    if len(known) < len(parts) or not all(isinstance(k, (Array, Number)) for k in known) or (
            None in dtypes or numbers and not dtypes <= {"float64", "complex128", "int64"}):
        return None
    whole = Build("tuple", tuple(p for p in parts if p is not None))
    if ranks <= {0, 1}:
        return Call(np.hstack if rows else np.column_stack, (whole,))
    return Call(np.vstack if rows else np.hstack, (whole,)) if ranks == {2} else None


def _range(item: Expr, kinds: Kinds) -> Expr | None:
    """`0:n` as a call; None for what is no number, array or range of integers."""
    match item:
        case Build("slice", limits):
            numbers = [kinds.of(i) for i in limits if i != Const(None)]
            if len(limits) != 3 or limits[1] == Const(None) or not all(
                    isinstance(n, Number) and n.dtype == "int" for n in numbers):
                return None
            start, stop, step = limits
            start = Const(0) if start == Const(None) else start
            return Call(np.arange, (start, stop) if step == Const(None) else (start, stop, step))
        case Build() | Const(value=str()):
            return None
    return item
