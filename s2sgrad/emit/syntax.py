"""Core expressions -> `ast` nodes.

Comes in: an expression whose names are Python identifiers. Goes out: the syntax a person would write for it
(`a + b`, `x[i, 1:3]`, `x.T`, `x.sum(axis=0)`), and in `imports` the import lines it needs. Guaranteed: evaluating the
syntax calls the same functions on the same operands, in the order of the core. The nodes are those of `ast`, not of
gast: they are only ever printed, by `ast.unparse` of the running Python, so that a conversion would gain nothing.
"""

from __future__ import annotations

import ast
import keyword
import logging
import math
import operator
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Build, Call, Const, Expr, Method, Star, Var
from s2sgrad.emit.spelling import spelling
from s2sgrad.errors import UnsupportedError

BINARY: dict[Any, ast.operator] = {
    operator.add: ast.Add(), operator.sub: ast.Sub(), operator.mul: ast.Mult(), operator.truediv: ast.Div(),
    operator.floordiv: ast.FloorDiv(), operator.mod: ast.Mod(), operator.pow: ast.Pow(),
    operator.matmul: ast.MatMult(), operator.and_: ast.BitAnd(), operator.or_: ast.BitOr(),
    operator.xor: ast.BitXor(), operator.lshift: ast.LShift(), operator.rshift: ast.RShift(),
}
UNARY: dict[Any, ast.unaryop] = {
    operator.neg: ast.USub(), operator.pos: ast.UAdd(), operator.not_: ast.Not(), operator.invert: ast.Invert(),
    operator.inv: ast.Invert(),
}
COMPARE: dict[Any, ast.cmpop] = {
    operator.lt: ast.Lt(), operator.le: ast.LtE(), operator.gt: ast.Gt(), operator.ge: ast.GtE(),
    operator.eq: ast.Eq(), operator.ne: ast.NotEq(), operator.is_: ast.Is(), operator.is_not: ast.IsNot(),
    primitives.in_: ast.In(), primitives.not_in: ast.NotIn(),
}
LAZY: dict[Any, ast.boolop] = {primitives.and_: ast.And(), primitives.or_: ast.Or()}

_SYNTAX_ONLY = {primitives.each, primitives.if_else, primitives.fstring, primitives.formatted, getattr,
                operator.getitem}


_RISING, _FALLING = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)


def _chained(values: list[ast.expr]) -> list[ast.expr]:
    """`a <= b < c` for `a <= b and b < c`, if b is a name."""
    out: list[ast.expr] = []
    for value in values:
        match out[-1:], value:
            case [ast.Compare(comparators=[*_, ast.Name(id=last)]) as before], ast.Compare(left=ast.Name(id=first)) if (
                    first == last and any(all(isinstance(op, way) for op in (*before.ops, *value.ops))
                                          for way in (_RISING, _FALLING))):
                out[-1] = ast.Compare(left=before.left, ops=[*before.ops, *value.ops],
                                      comparators=[*before.comparators, *value.comparators])
            case _:
                out.append(value)
    return out


def load(name: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(id=name, ctx=ast.Load())


class Syntax:
    """Builds the nodes of one program. taken: the names the program uses for itself."""

    def __init__(self, taken: frozenset[str]) -> None:
        self.taken = taken
        self.imports: set[str] = set()

    def expression(self, expr: Expr) -> ast.expr:
        """The syntax of an expression.

        Raises UnsupportedError for an object that emitted code has no name for.
        """
        match expr:
            case Var(name):
                return load(name)
            case Const(value):
                return self.constant(value)
            case Star(value):
                return ast.Starred(value=self.expression(value), ctx=ast.Load())
            case Build(form, items):
                return self.display(form, items)
            case Call(function, args, kwargs):
                return self.call(function, args, kwargs)

    def known(self, obj: Any) -> ast.expr:
        """A resolved object, by its name; the import line is noted."""
        text, line = spelling(obj, self.taken)
        if line is not None:
            self.imports.add(line)
        return ast.parse(text, mode="eval").body

    # ------------------------------------------------------------ constants and displays
    def constant(self, value: Any) -> ast.expr:
        """A literal, `np.inf`, `np.pi`, `np.float32(0.1)`, or the name of a known object."""
        match value:
            case np.generic():
                return self.numpy_scalar(value)
            case None | bool() | str() | bytes() | types.EllipsisType():
                return ast.Constant(value=value)
            case int():
                return self.signed(ast.Constant(value=abs(value)), value < 0)
            case float():
                return self.real(value)
            case complex():
                if value.real == 0.0 and not _negative(value.real) and not _negative(value.imag) and math.isfinite(
                        value.imag):
                    return ast.Constant(value=value)
                if value.real == 0.0 and _negative(value.real) and _negative(value.imag) and math.isfinite(value.imag):
                    return self.signed(ast.Constant(value=-value), True)
                return self.invoke(self.known(complex), [self.real(value.real), self.real(value.imag)])
            case tuple():
                return ast.Tuple(elts=[self.constant(v) for v in value], ctx=ast.Load())
            case slice():
                return self.invoke(self.known(slice), [self.constant(v) for v in (value.start, value.stop, value.step)])
        return self.known(value)

    def real(self, value: float) -> ast.expr:
        """A Python float; `np.pi` and `np.e` where it is exactly that."""
        named = {math.inf: "inf", math.pi: "pi", math.e: "e"}.get(abs(value))
        if math.isnan(value) or named:
            node: ast.expr = ast.Attribute(value=self.known(np), attr=named or "nan", ctx=ast.Load())
            return self.signed(node, value < 0)
        return self.signed(ast.Constant(value=abs(value)), _negative(value))

    def numpy_scalar(self, value: np.generic) -> ast.expr:
        """`np.float32(0.1)`."""
        item = value.item()
        if not isinstance(item, (bool, int, float, complex, str, bytes)) or isinstance(item, np.generic):
            raise UnsupportedError(f"The constant {value!r} cannot be written in emitted code.",
                                   "Pass it as an argument.")
        return self.invoke(self.known(type(value)), [self.constant(item)])

    def signed(self, node: ast.expr, negative: bool) -> ast.expr:
        """`-node` as an operation, so that `(-2.0)**2` gets its parentheses."""
        return ast.UnaryOp(op=ast.USub(), operand=node) if negative else node

    def display(self, form: str, items: Sequence[Expr]) -> ast.expr:
        """A tuple, list, dict or set display; a slice outside an index is a call of `slice`."""
        nodes = [self.expression(i) for i in items]
        match form:
            case "tuple":
                return ast.Tuple(elts=nodes, ctx=ast.Load())
            case "list":
                return ast.List(elts=nodes, ctx=ast.Load())
            case "dict":
                return ast.Dict(keys=list(nodes[0::2]), values=nodes[1::2])
            case "set":
                return ast.Set(elts=nodes) if nodes else self.invoke(self.known(set), [])
        start, stop, step = (item != Const(None) for item in items)
        return self.invoke(self.known(slice), nodes if step else nodes[:2] if start or stop else nodes[:1])

    # ------------------------------------------------------------ calls
    def call(self, function: Any, args: tuple[Expr, ...], kwargs: tuple[tuple[str, Expr], ...]) -> ast.expr:
        """A call, as the operator, subscript, attribute or method it stands for."""
        if not kwargs and not any(isinstance(a, Star) for a in args) and not isinstance(function, (Var, Method)):
            node = self.operation(function, args)
            if node is not None:
                return node
        head: ast.expr
        match function:
            case Var(name):
                head = load(name)
            case Method(name):
                head, args = self.attribute(self.expression(args[0]), name), args[1:]
            case primitives.listed_values | primitives.listed_items:
                view = self.invoke(self.attribute(self.expression(args[0]), function.__name__[7:]), [])
                return self.invoke(self.known(list), [view])
            case types.MethodDescriptorType() | types.FunctionType() if args and not isinstance(args[0], Star) and (
                    isinstance(function, types.MethodDescriptorType) or _is_of_loggers(function)):
                head, args = self.attribute(self.expression(args[0]), function.__name__), args[1:]
            case _:
                head = self.known(function)
        keywords = [ast.keyword(arg=key, value=self.expression(value)) for key, value in kwargs]
        return self.invoke(head, [self.expression(a) for a in args], keywords)

    def operation(self, function: Any, args: tuple[Expr, ...]) -> ast.expr | None:
        """The syntax that Python has for a function; None where it has none."""
        try:
            hash(function)
        except TypeError:
            return None
        match args:
            case (a, b) if function in BINARY:
                return ast.BinOp(left=self.expression(a), op=BINARY[function], right=self.expression(b))
            case (a,) if function in UNARY:
                return ast.UnaryOp(op=UNARY[function], operand=self.expression(a))
            case (a, b) if function in COMPARE:
                return ast.Compare(left=self.expression(a), ops=[COMPARE[function]], comparators=[self.expression(b)])
            case (a,) if function in LAZY:
                return self.expression(a)
            case (_, _, *_) if function in LAZY:
                values = [self.expression(a) for a in args]
                if function is primitives.and_:
                    values = _chained(values)
                return ast.BoolOp(op=LAZY[function], values=values) if len(values) > 1 else values[0]
            case _ if function in _SYNTAX_ONLY:
                return self.special(function, args)
        return None

    def special(self, function: Any, args: tuple[Expr, ...]) -> ast.expr | None:
        """Subscripts, attributes, conditional expressions and f-strings."""
        match args:
            case (base, index) if function is operator.getitem:
                return self.subscript(self.expression(base), index)
            case (base, Const(value=str() as name)) if function is getattr:
                writable = name.isidentifier() and not keyword.iskeyword(name)
                return self.attribute(self.expression(base), name) if writable else None
            case (test, then, orelse) if function is primitives.if_else:
                return ast.IfExp(test=self.expression(test), body=self.expression(then),
                                 orelse=self.expression(orelse))
            case (objects, Const(value=str() as name)) if function is primitives.each:
                over = ast.comprehension(target=ast.Name(id="item", ctx=ast.Store()), iter=self.expression(objects),
                                         ifs=[], is_async=0)
                return ast.ListComp(elt=self.attribute(load("item"), name), generators=[over])
            case _ if function is primitives.fstring:
                return self.fstring(args)
            case _ if function is primitives.formatted:
                return self.fstring((Call(function, args),))
        return None

    def fstring(self, parts: tuple[Expr, ...]) -> ast.JoinedStr:
        """`f"{x!r:>10} ..."`."""
        values: list[ast.expr] = []
        for part in parts:
            match part:
                case Const(value=str() as text):
                    values.append(ast.Constant(value=text))
                case Call(primitives.formatted, (value, *options)):
                    given: list[Expr] = [*options, Const(""), Const("")]
                    values.append(self.formatted(value, given[0], given[1]))
                case _:
                    values.append(self.formatted(part, Const(""), Const("")))
        return ast.JoinedStr(values=values)

    def formatted(self, value: Expr, conversion: Expr, spec: Expr) -> ast.FormattedValue:
        """`{value!conversion:spec}`."""
        mode = ord(conversion.value) if isinstance(conversion, Const) and conversion.value else -1
        match spec:
            case Const(value=""):
                layout = None
            case Call(primitives.fstring, parts):
                layout = self.fstring(parts)
            case _:
                layout = self.fstring((spec,))
        return ast.FormattedValue(value=self.expression(value), conversion=mode, format_spec=layout)

    def attribute(self, base: ast.expr, name: str) -> ast.expr:
        """`base.name`."""
        return ast.Attribute(value=base, attr=name, ctx=ast.Load())

    def subscript(self, base: ast.expr, index: Expr) -> ast.expr:
        """`base[index]`, with `1:3` for slices."""
        return ast.Subscript(value=base, slice=self.index(index), ctx=ast.Load())

    def index(self, index: Expr) -> ast.expr:
        """An index: a slice, or a tuple in which slices may stand, or any expression."""
        match index:
            case Build("slice", items):
                return self.slice(items)
            case Const(value=slice() as s):
                return self.slice([Const(s.start), Const(s.stop), Const(s.step)])
            case Build("tuple", items):
                return ast.Tuple(elts=[self.index_item(i) for i in items], ctx=ast.Load())
            case Const(value=tuple() as items):
                return ast.Tuple(elts=[self.index_item(Const(i)) for i in items], ctx=ast.Load())
        return self.expression(index)

    def index_item(self, item: Expr) -> ast.expr:
        """One entry of an index tuple; a tuple in it is an ordinary tuple."""
        match item:
            case Build("tuple") | Const(value=tuple()):
                return self.expression(item)
        return self.index(item)

    def slice(self, items: Sequence[Expr]) -> ast.Slice:
        """`lower:upper:step`."""
        lower, upper, step = (None if i == Const(None) else self.expression(i) for i in items)
        return ast.Slice(lower=lower, upper=upper, step=step)

    def invoke(self, function: ast.expr, args: list[ast.expr], keywords: list[ast.keyword] | None = None) -> ast.Call:
        """`function(args, keywords)`."""
        return ast.Call(func=function, args=args, keywords=keywords or [])


def _negative(value: float) -> bool:
    return math.copysign(1.0, value) < 0


def _is_of_loggers(function: types.FunctionType) -> bool:
    """Is it a method of a logger, as a function?"""
    return getattr(logging.Logger, function.__name__, None) is function
