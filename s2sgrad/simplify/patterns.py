"""Patterns over expressions: written as Python text, matched against core nodes, filled in again.

In a pattern a lower-case name stands for any expression (the same one wherever it stands), `c` and `d` for float
literals only; numbers stand for themselves. `parse` runs once, when the table of identities is loaded.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from s2sgrad.core.nodes import Build, Call, Const, Expr, Star, Var
from s2sgrad.core.rewrite import substitute

LITERALS = ("c", "d")
Match = dict[str, Expr]
_BINARY: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def parse(text: str) -> Expr:
    """The core expression of a pattern."""
    return _parse(ast.parse(text, mode="eval").body)


def _parse(node: ast.expr) -> Expr:
    match node:
        case ast.Name(name):
            return Var(name)
        case ast.Constant(value):
            return Const(value)
        case ast.UnaryOp(ast.USub(), ast.Constant(float() | int() as value)):
            return Const(-value)
        case ast.UnaryOp(ast.USub(), operand):
            return Call(operator.neg, (_parse(operand),))
        case ast.BinOp(left, op, right):
            return Call(_BINARY[type(op)], (_parse(left), _parse(right)))
        case ast.Tuple(items):
            return Build("tuple", tuple(map(_parse, items)))
        case ast.Attribute(value, attribute):
            return Call(getattr, (_parse(value), Const(attribute)))
        case ast.Call(ast.Attribute(ast.Name("np"), name), args):
            return Call(getattr(np, name), tuple(map(_parse, args)))
        case _:
            raise ValueError(f"not a pattern: {ast.dump(node)}")


def match(pattern: Expr, expr: Expr, found: Match) -> bool:
    """Does the expression have this form? found gets what the names of the pattern stand for."""
    match pattern:
        case Var(name):
            if name in LITERALS and not (isinstance(expr, Const) and isinstance(expr.value, float)):
                return False
            if name in found:
                return found[name] == expr
            found[name] = expr
            return True
        case Const():
            return pattern == expr
        case Call(function, args):
            return (isinstance(expr, Call) and expr.function is function and not expr.kwargs
                    and len(expr.args) == len(args)
                    and all(match(p, e, found) for p, e in zip(args, expr.args, strict=True)))
        case Build(form, items):
            return (isinstance(expr, Build) and expr.form == form and len(expr.items) == len(items)
                    and all(match(p, e, found) for p, e in zip(items, expr.items, strict=True)))
        case Star():
            return False


def fill(pattern: Expr, found: Mapping[str, Expr]) -> Expr:
    """The pattern with what its names stand for."""
    return substitute(pattern, found)
