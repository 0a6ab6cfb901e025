"""Slices of ranges, as ranges.

    range(n)[::-1]          reversed(range(n))
    range(a, b)[::2]        range(a, b, 2)
    range(a, b)[::-2]       range(b - 1, a - 1, -2)

Comes in: what a loop runs through. Goes out: its range, or None where it is no slice of this kind. (Others are run
through as any sequence is.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from s2sgrad.core.nodes import Call, Const, Expr, Var
from s2sgrad.read.ranges import minus
from s2sgrad.read.streams import known

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader


def sliced_range(reader: StatementReader, node: gast.AST) -> Expr | None:
    """The range that a slice with a constant step is."""
    match node:
        case gast.Subscript(value=gast.Call(func=func, args=bounds, keywords=[]), slice=gast.Slice(
                lower=None, upper=None, step=gast.AST() as step)) if known(reader, func) is range and not any(
                isinstance(b, gast.Starred) for b in bounds):
            by = _literal(step)
            if by == -1:
                reader.expr(func)                       # what the program rests on
                return Call(reversed, (Call(range, tuple(reader.operands(bounds))),))
            if by and len(bounds) in (1, 2):
                reader.expr(func)
                start, stop = ([Const(0)] * (2 - len(bounds)) + [
                    b if isinstance(b, (Var, Const)) else reader.temporary(b) for b in reader.operands(bounds)])
                if by > 0:
                    return Call(range, (start, stop, Const(by)))
                return Call(range, (minus(stop, Const(1)), minus(start, Const(1)), Const(by)))
    return None


def _literal(step: gast.AST) -> int | None:
    match step:
        case gast.Constant(value=bool()):
            return None
        case gast.Constant(value=int() as value):
            return value
        case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=int() as value)):
            return -value
    return None
