"""A list or tuple of numbers beside an array is the array that NumPy makes of it.

    y = x * [1.0, -1.0]         y = x * np.array([1.0, -1.0])
    z = np.clip(x, lo, hi)      z = np.clip(x, np.array(lo), np.array(hi))

Comes in: a function and its kinds. Goes out: the function in which elementwise functions, and products of matrices,
of which one operand is an array, have no list for an operand; its adjoint is a list by the rule of `np.array`.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, Kind, ListKind, Number, TupleKind
from s2sgrad.core.nodes import Block, Call, Expr, Function, Method, Var
from s2sgrad.core.rewrite import bottom_up, map_blocks, map_exprs
from s2sgrad.rules.registry import rule_of

PRODUCTS = (operator.matmul, np.matmul, np.dot, np.inner, np.outer, np.vdot)
SHAPED = (np.broadcast_to, np.full)                         # one of their arguments is a shape


def arrays_of_lists(function: Function, kinds: Kinds) -> Function:
    """The function with arrays for such lists; the same object where there are none."""
    def visit(block: Block) -> Block:
        return tuple(map_exprs(map_blocks(s, visit), lambda e: bottom_up(e, lambda n: _with_arrays(n, kinds)))
                     for s in block)

    with kinds.remembering():
        body = visit(function.body)
    return function if body == function.body else replace(function, body=body)


def _with_arrays(expr: Expr, kinds: Kinds) -> Expr:
    match expr:
        case Call(function, args) if len(args) > 1 and not isinstance(function, (Var, Method)) and (
                _takes_entries(function)):
            found = [kinds.of(a) for a in args]
            if any(isinstance(k, Array) for k in found) and any(map(_holds_numbers, found)):
                return replace(expr, args=tuple(
                    Call(np.array, (a,)) if _holds_numbers(k) else a for a, k in zip(args, found, strict=True)))
    return expr


def _takes_entries(function: Any) -> bool:
    """Does NumPy make an array of each operand?"""
    if any(function is f for f in SHAPED):
        return False
    if any(function is f for f in PRODUCTS) or isinstance(function, np.ufunc):
        return True
    rule = rule_of(function)
    return rule is not None and (rule.broadcasts or rule.form == "elementwise" or getattr(
        function, "__module__", "") == "_operator" and rule.form == "zero")


def _holds_numbers(kind: Kind) -> bool:
    """Is it a list or tuple of numbers, of arrays, or of such lists?"""
    match kind:
        case ListKind(item, None):
            return isinstance(item, (Number, Array)) or item is not None and _holds_numbers(item)
        case ListKind(items=tuple(items)) | TupleKind(items):
            return bool(items) and all(isinstance(k, (Number, Array)) or _holds_numbers(k) for k in items)
    return False
