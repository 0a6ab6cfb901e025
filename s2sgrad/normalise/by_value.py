"""Writes into arrays as new arrays, where a write is never seen through a second name.

    u[1:-1] = v             u = put(u, slice(1, -1), v)
    u[i] += v               u = put_sum(u, i, v)
    u[i] *= v               u = put(u, i, u[i] * v)
    u *= v                  u = u * v

Comes in: a function with its kinds. Goes out: one in which arrays are not written, so that they may change places
freely. A write at index arrays or under a mask stays, since they may name an entry twice.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

from s2sgrad.analyse.indexing import is_basic
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.nodes import Assign, Block, Call, Const, Expr, Function, Statement, Store, Var
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.rewrite import map_blocks
from s2sgrad.rules.puts import put, put_sum

KEPT = (operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow)       # JAX writes by these


def by_value(function: Function, kinds: Kinds) -> Function:
    """The function without writes into arrays, as far as they have a form as values."""
    def visit(block: Block) -> Block:
        return tuple(map_blocks(_as_value(s, kinds), visit) for s in block)
    return replace(function, body=visit(function.body))


def _as_value(statement: Statement, kinds: Kinds) -> Statement:
    match statement:
        case Store(base, index, value, op, at) if isinstance(kinds.named(base), Array) and (
                not at and (op is None or op in KEPT) and is_basic(index, kinds.of)):
            where: dict[str, Any] = {"origin": statement.origin, "label": statement.label}
            if index is None and op is not None and _keeps_dtype(base, value, kinds):
                return Assign((base,), Call(OUT_OF_PLACE[op], (Var(base), value)), **where)
            place = Const(...) if index is None else index
            return Assign((base,), _new(base, place, value, op), **where)
    return statement


def _new(base: str, place: Expr, value: Expr, op: Any) -> Expr:
    if op is operator.iadd:
        return Call(put_sum, (Var(base), place, value))
    if op is operator.isub:
        return Call(put_sum, (Var(base), place, Call(operator.neg, (value,))))
    if op is not None:
        value = Call(OUT_OF_PLACE[op], (Call(operator.getitem, (Var(base), place)), value))
    return Call(put, (Var(base), place, value))


def _keeps_dtype(base: str, value: Expr, kinds: Kinds) -> bool:
    """Is the dtype of the result that of what is written?"""
    one, other = kinds.named(base), kinds.of(value)
    if not isinstance(one, Array) or not isinstance(other, (Array, Number)):
        return False
    weak = isinstance(other, Number) and other.weak and (one.dtype or "").startswith("float")
    return weak or one.dtype == other.dtype
