"""Core programs for tests, written as Python text.

`x_bar` is the adjoint `x~`, `_1` the temporary `$1`, `x_shadow` the shadow `x@`. `x_bar += e` is an Accumulate,
`kill(x_bar)` a Kill, `record(slot, e)` and `x = recall(slot)` records; a line `"reverse"` says that what follows is
the reverse sweep.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sgrad.core import names
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Kill,
    Parameter,
    Recall,
    Record,
    Return,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.primitives import and_, if_else, or_

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow", ast.MatMult: "matmul",
    ast.FloorDiv: "floordiv", ast.Mod: "mod",
}
COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt", ast.Gt: "gt", ast.LtE: "le", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.Not: "not_"}


def name(text: str) -> str:
    """The core name of a Python name."""
    if text.endswith("_bar"):
        return names.bar(name(text.removesuffix("_bar")))
    if text.endswith("_shadow"):
        return names.shadow(name(text.removesuffix("_shadow")))
    return f"${text[1:]}" if text[1:].isdigit() and text[0] == "_" else text


def core(text: str) -> Function:
    """The core function of the text: a whole `def`, or only its body (then it has no parameters)."""
    tree = ast.parse(textwrap.dedent(text)).body
    if isinstance(tree[0], ast.FunctionDef):
        args = tree[0].args.args
        return Function(tree[0].name, tuple(Parameter(name(a.arg)) for a in args), _Reader().block(tree[0].body))
    return Function("f", (), _Reader().block(tree))


def read_expression(text: str) -> Expr:
    """The core expression of the text."""
    return _expr(ast.parse(text, mode="eval").body)


class _Reader:
    def __init__(self) -> None:
        self.reverses = 0

    def block(self, body: list[ast.stmt]) -> Block:
        return tuple(s for node in body for s in self.statement(node))

    def statement(self, node: ast.stmt) -> Iterator[Statement]:
        mark = {"reverses": self.reverses}
        match node:
            case ast.Expr(ast.Constant("reverse")):
                self.reverses = 1
            case ast.Pass():
                return
            case ast.Expr(ast.Call(ast.Name("kill"), [ast.Name(bar)])):
                yield Kill(name(bar), name(bar)[:-1], **mark)
            case ast.Expr(ast.Call(ast.Name("record"), [ast.Name(slot), value])):
                yield Record(slot, _expr(value), **mark)
            case ast.Expr(call):
                yield Effect(_expr(call), **mark)
            case ast.Assign([target], ast.Call(ast.Name("recall"), [ast.Name(slot)])):
                base, index = _place(target)
                yield Recall(base, slot, index, **mark)
            case ast.Assign([ast.Tuple(targets)], value):
                yield Assign(tuple(_place(t)[0] for t in targets), _expr(value), **mark)
            case ast.Assign([ast.Name(target)], value):
                yield Assign((name(target),), _expr(value), **mark)
            case ast.Assign([ast.Subscript() as target], value):
                base, index = _place(target)
                yield Store(base, index, _expr(value), **mark)
            case ast.AugAssign(target, op, value):
                base, index = _place(target)
                if base.endswith(("~", "@")):
                    sign = -1 if isinstance(op, ast.Sub) else 1
                    yield Accumulate(base, index, _expr(value), base[:-1], sign, **mark)
                else:
                    yield Store(base, index, _expr(value), getattr(operator, "i" + BINARY[type(op)]), **mark)
            case ast.If(test, then, orelse):
                yield If(_expr(test), self.block(then), self.block(orelse), **mark)
            case ast.For(ast.Name(target), over, body):
                yield For(name(target), _expr(over), self.block(body), **mark)
            case ast.While(test, body):
                yield While(_expr(test), self.block(body), **mark)
            case ast.Return(value) if value is not None:
                yield Return(_expr(value), **mark)
            case ast.Assert(test):
                yield Assert(_expr(test), **mark)
            case _:
                raise ValueError(ast.dump(node))


def _place(node: ast.expr) -> tuple[str, Expr | None]:
    match node:
        case ast.Name(text):
            return name(text), None
        case ast.Subscript(ast.Name(text), index):
            return name(text), _expr(index)
        case _:
            raise ValueError(ast.dump(node))


def _expr(node: ast.expr) -> Expr:
    match node:
        case ast.Name(text):
            return Var(name(text))
        case ast.Constant(value):
            return Const(value)
        case ast.BinOp(left, op, right):
            return Call(getattr(operator, BINARY[type(op)]), (_expr(left), _expr(right)))
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
            return Const(-value)
        case ast.UnaryOp(op, operand):
            return Call(getattr(operator, UNARY[type(op)]), (_expr(operand),))
        case ast.Compare(left, [op], [right]):
            return Call(getattr(operator, COMPARED[type(op)]), (_expr(left), _expr(right)))
        case ast.BoolOp(op, values):
            return Call(and_ if isinstance(op, ast.And) else or_, tuple(map(_expr, values)))
        case ast.IfExp(test, then, orelse):
            return Call(if_else, (_expr(test), _expr(then), _expr(orelse)))
        case ast.Subscript(value, index):
            return Call(operator.getitem, (_expr(value), _expr(index)))
        case ast.Slice(start, stop, step):
            return Build("slice", tuple(Const(None) if s is None else _expr(s) for s in (start, stop, step)))
        case ast.Tuple(items):
            return Build("tuple", tuple(map(_expr, items)))
        case ast.List(items):
            return Build("list", tuple(map(_expr, items)))
        case ast.Attribute(value, attribute):
            return Call(getattr, (_expr(value), Const(attribute)))
        case ast.Call(function, args, keywords):
            return Call(_function(function), tuple(map(_expr, args)),
                        tuple((str(k.arg), _expr(k.value)) for k in keywords))
        case _:
            raise ValueError(ast.dump(node))


def _function(node: ast.expr) -> Any:
    match node:
        case ast.Attribute(ast.Name("np"), text):
            return getattr(np, text)
        case ast.Attribute(ast.Name("math"), text):
            return getattr(math, text)
        case ast.Name(text) if hasattr(builtins, text):
            return getattr(builtins, text)
        case ast.Name(text):
            return Var(text)
        case _:
            raise ValueError(ast.dump(node))
