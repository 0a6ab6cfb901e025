"""Gives every name of a function another name.

Comes in: a function and a map of names. Goes out: the function with those names; in the reverse sweep, the target of a
loop, and entries of an unpacking, that nobody reads become `_`. Guaranteed: nothing else changes; labels and origins
stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from s2sgrad.core.functional import Branch, Repeat, Scan
from s2sgrad.core.nodes import (
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Effect,
    Expr,
    For,
    Function,
    If,
    Raise,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.emit.headers import header
from s2sgrad.emit.live import Liveness, liveness, read_in

UNREAD = "_"
UNPRINTED = "__unprinted__"        # where the loop prints what it runs through


def rename(function: Function, mapping: Mapping[str, str]) -> Function:
    """The function with its names replaced."""
    return _Renamer(mapping, liveness(function), UNREAD not in read_in(function.body)).function(function)


class _Renamer:
    def __init__(self, mapping: Mapping[str, str], live: Liveness, underscore: bool) -> None:
        self.mapping, self.live, self.underscore = mapping, live, underscore

    def function(self, function: Function) -> Function:
        params = tuple(replace(p, name=self.mapping[p.name]) for p in function.params)
        return replace(function, params=params, body=self.block(function.body))

    def block(self, block: Block) -> Block:
        return tuple(self.statement(s) for s in block)

    def name(self, name: str | None) -> str | None:
        return None if name is None else self.mapping[name]

    def names(self, found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.mapping[n] for n in found)

    def expr(self, expr: Expr) -> Expr:
        match expr:
            case Var(name):
                return Var(self.mapping[name])
            case Call(function, args, kwargs):
                called = Var(self.mapping[function.name]) if isinstance(function, Var) else function
                return Call(called, tuple(self.expr(a) for a in args), tuple((k, self.expr(v)) for k, v in kwargs))
            case Build(form, items):
                return Build(form, tuple(self.expr(i) for i in items))
            case Star(value):
                return Star(self.expr(value))
        return expr

    def optional(self, expr: Expr | None) -> Expr | None:
        return None if expr is None else self.expr(expr)

    def target(self, loop: For) -> str:
        """`_` for a target that only counts, unless it is the user's own loop that prints."""
        read = loop.target in read_in(loop.body) or loop.target in self.live.after[loop.label]
        if loop.elements and not read and header(loop, self.live).form != "index":
            return UNPRINTED
        own = loop.target.isidentifier() and not loop.reverses
        return self.mapping[loop.target] if read or own or loop.elements or not self.underscore else UNREAD

    def targets(self, statement: Assign) -> tuple[str, ...]:
        """`_` for what an unpacking in the reverse sweep gives and nobody reads."""
        unread: set[str] = set()
        if len(statement.targets) > 1 and statement.reverses and self.underscore:
            unread = set(statement.targets) - self.live.after[statement.label]
        return tuple(UNREAD if t in unread else self.mapping[t] for t in statement.targets)

    def statement(self, statement: Statement) -> Statement:
        match statement:
            case Assign(_, value):
                return replace(statement, targets=self.targets(statement), value=self.expr(value))
            case Store(base, index, value):
                return replace(statement, base=self.mapping[base], index=self.optional(index), value=self.expr(value))
            case If(test, then, orelse):
                return replace(statement, test=self.expr(test), then=self.block(then), orelse=self.block(orelse))
            case For(_, over, body, leave, _, elements):
                return replace(statement, target=self.target(statement), over=self.expr(over), body=self.block(body),
                               leave=self.name(leave), trips=None,
                               elements=tuple((self.mapping[n], self.expr(c)) for n, c in elements))
            case While(test, body, leave):
                return replace(statement, test=self.expr(test), body=self.block(body), leave=self.name(leave))
            case Scan(carried, initial, steps, slots, body, length):
                return replace(statement, carried=self.names(carried), body=self.block(body),
                               initial=tuple(self.expr(e) for e in initial),
                               steps=tuple((self.mapping[n], self.expr(c)) for n, c in steps),
                               slots=self.names(slots), length=self.optional(length))
            case Repeat(index, start, stop, carried, initial, body):
                return replace(statement, index=self.mapping[index], start=self.expr(start), stop=self.expr(stop),
                               carried=self.names(carried), initial=tuple(self.expr(e) for e in initial),
                               body=self.block(body))
            case Branch(test, operands, results, then, orelse):
                return replace(statement, test=self.expr(test), operands=self.names(operands),
                               results=self.names(results), then=self.block(then), orelse=self.block(orelse))
            case Return(value):
                return replace(statement, value=self.expr(value))
            case Effect(call):
                return replace(statement, call=self.expr(call))
            case Assert(test, message):
                return replace(statement, test=self.expr(test), message=self.optional(message))
            case Raise(exception, cause):
                return replace(statement, exception=self.optional(exception), cause=self.optional(cause))
        return statement
