"""The text form of a core program: one line per statement, names raw, the same on every run.

In: expressions, statements, functions. Out: text such as `a~ += b * c` or `for i in range(n):`. It is for people and
for tests, not for running; `emit` prints the real source. Guaranteed: equal programs have equal texts.
"""

from __future__ import annotations

import builtins
import operator
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from s2sgrad.core import primitives
from s2sgrad.core.functional import Branch, Repeat, Scan
from s2sgrad.core.named import Named
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Break,
    Build,
    Call,
    Comment,
    Const,
    Continue,
    Effect,
    Expr,
    For,
    Function,
    If,
    Kill,
    Leave,
    Materialise,
    Method,
    Parameter,
    Program,
    Raise,
    Recall,
    Record,
    Region,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
)

BINARY: dict[Callable[..., Any], tuple[str, int]] = {
    operator.lt: ("<", 4), operator.le: ("<=", 4), operator.gt: (">", 4), operator.ge: (">=", 4),
    operator.eq: ("==", 4), operator.ne: ("!=", 4), operator.is_: ("is", 4), operator.is_not: ("is not", 4),
    primitives.in_: ("in", 4), primitives.not_in: ("not in", 4),
    operator.or_: ("|", 5), operator.xor: ("^", 6), operator.and_: ("&", 7),
    operator.lshift: ("<<", 8), operator.rshift: (">>", 8), operator.add: ("+", 9), operator.sub: ("-", 9),
    operator.mul: ("*", 10), operator.truediv: ("/", 10), operator.floordiv: ("//", 10), operator.mod: ("%", 10),
    operator.matmul: ("@", 10), operator.pow: ("**", 12),
}
UNARY: dict[Callable[..., Any], tuple[str, int]] = {
    operator.not_: ("not ", 3), operator.neg: ("-", 11), operator.pos: ("+", 11), operator.invert: ("~", 11),
}
IN_PLACE: dict[Callable[..., Any], str] = {
    operator.iadd: "+=", operator.isub: "-=", operator.imul: "*=", operator.itruediv: "/=", operator.ipow: "**=",
    operator.ifloordiv: "//=", operator.imod: "%=", operator.imatmul: "@=", operator.iand: "&=", operator.ior: "|=",
    operator.ixor: "^=", operator.ilshift: "<<=", operator.irshift: ">>=",
}
_ATOM = 20


def expression(expr: Expr, level: int = 0) -> str:
    """The text of an expression, in parentheses where it binds less tightly than level."""
    text, own = _text(expr)
    return f"({text})" if own < level else text


def _text(expr: Expr) -> tuple[str, int]:
    match expr:
        case Var(name):
            return name, _ATOM
        case Const(types.ModuleType() as module):
            return "np" if module is np else module.__name__, _ATOM
        case Const(value):
            return repr(value), 11 if isinstance(value, (int, float)) and repr(value).startswith("-") else _ATOM
        case Star(value):
            return "*" + expression(value, 5), _ATOM
        case Build(form, items):
            return _display(form, items), _ATOM
        case Call():
            return _call(expr)


def _display(form: str, items: tuple[Expr, ...]) -> str:
    texts = [expression(i) for i in items]
    match form:
        case "tuple":
            return "(" + ", ".join(texts) + ("," if len(texts) == 1 else "") + ")"
        case "list":
            return "[" + ", ".join(texts) + "]"
        case "set":
            return "{" + ", ".join(texts) + "}"
        case "dict":
            return "{" + ", ".join(f"{k}: {v}" for k, v in zip(texts[::2], texts[1::2], strict=True)) + "}"
        case "slice":
            start, stop, step = ("" if i == Const(None) else t for i, t in zip(items, texts, strict=True))
            return f"{start}:{stop}" + (f":{step}" if step else "")
        case _:
            return f"{form}({', '.join(texts)})"       # not well formed, but it must print


def _call(call: Call) -> tuple[str, int]:
    function, args = call.function, call.args
    if not call.kwargs and callable(function):
        if function in BINARY and len(args) == 2:
            sign, level = BINARY[function]
            right_first = function is operator.pow
            left = expression(args[0], level + right_first)
            right = expression(args[1], UNARY[operator.neg][1] if right_first else level + 1)
            return f"{left} {sign} {right}", level
        if function in UNARY and len(args) == 1:
            sign, level = UNARY[function]
            return sign + expression(args[0], level), level
        if function is operator.getitem and len(args) == 2:
            return f"{expression(args[0], _ATOM)}[{index(args[1])}]", _ATOM
        if function is getattr and len(args) == 2 and isinstance(args[1], Const):
            return f"{expression(args[0], _ATOM)}.{args[1].value}", _ATOM
        if function in (primitives.and_, primitives.or_):
            level = 2 if function is primitives.and_ else 1
            return (" and " if level == 2 else " or ").join(expression(a, level + 1) for a in args), level
        if function is primitives.if_else and len(args) == 3:
            return f"{expression(args[1], 1)} if {expression(args[0], 1)} else {expression(args[2])}", 0
    options = [f"{k}={expression(v)}" for k, v in call.kwargs]
    if isinstance(function, Method):
        inner = ", ".join([*(expression(a) for a in args[1:]), *options])
        return f"{expression(args[0], _ATOM)}.{function.name}({inner})", _ATOM
    return f"{callee(function)}({', '.join([*(expression(a) for a in args), *options])})", _ATOM


def callee(function: Any) -> str:
    """The name of what is called."""
    if isinstance(function, Var):
        return function.name
    if isinstance(function, Named):
        return function.path.replace("jax.numpy", "jnp")
    name = getattr(function, "__name__", None) or repr(function)
    module = getattr(function, "__module__", None) or ""
    if isinstance(function, np.ufunc) or module.split(".")[0] == "numpy":
        return f"np.{name}"
    return name if getattr(builtins, name, None) is function else f"{module.removeprefix('_')}.{name}"


def index(expr: Expr | None) -> str:
    """The text between the brackets of a subscript."""
    if isinstance(expr, Build) and expr.form == "tuple" and len(expr.items) > 1:
        return ", ".join(expression(i) for i in expr.items)
    return "" if expr is None else expression(expr)


def _place(base: str, where: Expr | None) -> str:
    return base if where is None else f"{base}[{index(where)}]"


def lines(block: Block, indent: int = 0) -> Iterator[str]:
    """The lines of a block."""
    for stmt in block:
        for line in _statement(stmt):
            yield "    " * indent + line


def _nested(head: str, body: Block) -> Iterator[str]:
    yield head
    yield from lines(body, 1)
    if not body:
        yield "    pass"


def _statement(stmt: Statement) -> Iterator[str]:
    match stmt:
        case Assign(targets, value):
            yield f"{', '.join(targets)} = {expression(value)}"
        case Store(base, where, value, op, at):
            if at:
                yield f"{_place(base, where)} {IN_PLACE[op] if op else '='} {expression(value)}  (every repeat)"
            elif op is None:
                yield f"{_place(base, where if where is not None else Const(...))} = {expression(value)}"
            else:
                yield f"{_place(base, where)} {IN_PLACE[op]} {expression(value)}"
        case Accumulate(bar, where, value, _, sign, repeats):
            repeated = "  (repeats)" if repeats else ""
            yield f"{_place(bar, where)} {'+=' if sign > 0 else '-='} {expression(value)}{repeated}"
        case Kill(bar, _):
            yield f"kill {bar}"
        case Materialise(bar, like):
            yield f"materialise {bar} like {like}"
        case Record(slot, value):
            yield f"record {slot} <- {expression(value)}"
        case Recall(target, slot, where, whole):
            yield f"recall {_place(target, where)}{' whole' if whole else ''} <- {slot}"
        case If(test, then, orelse):
            yield from _nested(f"if {expression(test)}:", then)
            if orelse:
                yield from _nested("else:", orelse)
        case For(target, over, body, leave, trips, elements):
            each = "".join(f", {name} = {expression(c, _ATOM)}[{target}]" for name, c in elements)
            yield from _nested(f"for {target}{each} in {expression(over)}{_loop(leave, trips)}:", body)
        case Scan(carried, initial, steps, slots, body, length, backwards):
            each = ", ".join(f"{name} in {expression(stacked, _ATOM)}" for name, stacked in steps)
            trips = f" {expression(length)} times" if length is not None else ""
            how = f"scan{' backwards' if backwards else ''} {each}{trips}"
            yield from _nested(f"{how} carrying {_carry(carried, initial)} giving ({', '.join(slots)}):", body)
        case Repeat(target, start, stop, carried, initial, body):
            yield from _nested(f"repeat {target} from {expression(start)} to {expression(stop)} carrying "
                               f"{_carry(carried, initial)}:", body)
        case Branch(test, operands, results, then, orelse):
            yield from _nested(f"{', '.join(results)} = cond {expression(test)} of ({', '.join(operands)}):", then)
            yield from _nested("else:", orelse)
        case While(test, body, leave, trips):
            yield from _nested(f"while {expression(test)}{_loop(leave, trips)}:", body)
        case Return(value):
            yield f"return {expression(value)}"
        case Effect(call):
            yield expression(call)
        case Assert(test, message):
            yield f"assert {expression(test)}" + (f", {expression(message)}" if message is not None else "")
        case Raise(exception, cause):
            yield ("raise" + (f" {expression(exception)}" if exception is not None else "")
                   + (f" from {expression(cause)}" if cause is not None else ""))
        case Break():
            yield "break"
        case Continue():
            yield "continue"
        case Region(name, body):
            yield from _nested(f"region {name}:", body)
        case Leave(name):
            yield f"leave {name}"
        case Comment(text):
            yield f"# {text}"
        case _:
            raise TypeError(f"no text form for {type(stmt).__name__}")


def _loop(leave: str | None, trips: str | None) -> str:
    return (f" (leave {leave})" if leave else "") + (f" (trips {trips})" if trips else "")


def _carry(carried: tuple[str, ...], initial: tuple[Expr, ...]) -> str:
    both = (name if value == Var(name) else f"{name} = {expression(value)}"
            for name, value in zip(carried, initial, strict=True))
    return f"({', '.join(both)})"


def _parameter(p: Parameter) -> str:
    stars = {"args": "*", "kwargs": "**"}.get(p.form, "")
    return stars + p.name + (f"={expression(p.default)}" if p.default is not None else "")


def block(body: Block) -> str:
    """The text of a block."""
    return "\n".join(lines(body))


def function(f: Function) -> str:
    """The text of a function."""
    return "\n".join([f"def {f.name}({', '.join(_parameter(p) for p in f.params)}):", *lines(f.body, 1)])


def program(p: Program) -> str:
    """The text of a program."""
    return "\n\n".join(function(f) for f in p.functions)
