"""Comparisons: `a < b < c` is `a < b and b < c` with b evaluated once, and c only where the first part is true.

Comes in: the node, and the reader that is passed. Goes out: the core expression, its statements before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Call, Const, Expr, Var
from s2sgrad.read.operators import COMPARE

if TYPE_CHECKING:
    from s2sgrad.read.expressions import ExpressionReader


def compare(reader: ExpressionReader, node: gast.Compare) -> Expr:
    """The value of a comparison."""
    if not all(_is_sure(reader, n) for n in node.comparators[1:]):
        return _in_turn(reader, node)
    operands = reader.operands([node.left, *node.comparators])
    if len(operands) == 2:
        return Call(COMPARE[type(node.ops[0])], tuple(operands))
    operands = [v if isinstance(v, (Var, Const)) else reader.temporary(v) for v in operands]
    pairs = zip(node.ops, operands, operands[1:], strict=False)
    return Call(primitives.and_, tuple(Call(COMPARE[type(op)], (a, b)) for op, a, b in pairs))


def _is_sure(reader: ExpressionReader, node: gast.AST) -> bool:
    """May it be evaluated although it is not needed? It neither raises nor has an effect."""
    match node:
        case gast.Name() | gast.Constant():
            return True
        case gast.UnaryOp(operand=operand):
            return _is_sure(reader, operand)
        case gast.BinOp(left=left, op=gast.Add() | gast.Sub() | gast.Mult(), right=right):
            return _is_sure(reader, left) and _is_sure(reader, right)
        case gast.Attribute(value=gast.Name(id=module)):            # np.pi
            return module not in reader.scope
        case gast.Call(func=gast.Name(id="len"), args=[gast.Name()], keywords=[]):
            return True
    return False


def _in_turn(reader: ExpressionReader, node: gast.Compare) -> Expr:
    """A chain whose later operands may raise, or have an effect."""
    first = [v if isinstance(v, Const) else Var(reader.temporary(v).name)
             for v in reader.operands([node.left, node.comparators[0]])]
    operands = [*(_shown(v, node) for v in first), *node.comparators[1:]]
    simple = all(isinstance(n, gast.Constant) for n in operands[2:-1])      # what stands there twice
    ends = range(1, len(operands)) if simple else (1, len(operands) - 1)
    parts, start = [], 0
    for end in ends:
        part = gast.Compare(operands[start], node.ops[start:end], operands[start + 1:end + 1])
        parts.append(gast.copy_location(part, node))
        start = end
    return reader.test(gast.copy_location(gast.BoolOp(gast.And(), parts), node))


def _shown(value: Var | Const, node: gast.AST) -> gast.AST:
    """An operand that is evaluated already, to be read in another expression."""
    shown = gast.Constant(value.value, None) if isinstance(value, Const) else gast.Name(
        f"={value.name}", gast.Load(), None, None)
    return gast.copy_location(shown, node)
