"""Expressions in which a part has to become statements of its own: these are put before, in Python's order.

A `Hoister` goes through the statements of a block and their expressions, operands first. A subclass says in `visit`
what becomes of a node whose operands are done; it may put statements into `out`. What Python evaluates before such a
part is evaluated before its statements; `and`, `or` and the tests of loops become statements where they have to.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace

from s2sgrad.core import primitives
from s2sgrad.core.names import FIELD
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    For,
    If,
    Star,
    Statement,
    Var,
    While,
)
from s2sgrad.core.rewrite import map_exprs, relabel
from s2sgrad.errors import NOWHERE, Origin


class Hoister:
    """Rewrites blocks; statements that an expression needs are gathered in `out`."""

    def __init__(self, fresh: Callable[[], str]) -> None:
        self.fresh = fresh
        self.out: list[Statement] = []
        self.at: Origin = NOWHERE

    def visit(self, expr: Expr) -> Expr:
        """What becomes of an expression whose operands are done."""
        raise NotImplementedError

    # -- statements
    def block(self, block: Block) -> Block:
        """The block with all that its expressions need."""
        outer, self.out = self.out, []
        for statement in block:
            self.at = statement.origin
            self.statement(statement)
        done, self.out = tuple(self.out), outer
        return done

    def statement(self, statement: Statement) -> None:
        """Append what becomes of one statement."""
        match statement:
            case If(test, then, orelse):
                done: Statement = replace(statement, test=self.expr(test), then=self.block(then),
                                          orelse=self.block(orelse))
            case While(test, body):
                self.loop(statement, test, body)
                return
            case For(body=body):
                loop = map_exprs(statement, self.expr)
                assert isinstance(loop, For)
                done = replace(loop, body=self.block(body))
            case _:
                done = map_exprs(statement, self.expr)
        self.out.append(done)               # only now: `out` is another list than before

    def loop(self, statement: While, test: Expr, body: Block) -> None:
        """A test that needs statements is computed before the loop and at the end of each trip."""
        outer, self.out = self.out, []
        value = self.expr(test)
        head, self.out = tuple(self.out), outer
        body = self.block(body)
        if not head:
            self.out.append(replace(statement, test=value, body=body))
            return
        name = self.fresh()
        again: Block = (*head, Assign((name,), value, origin=statement.origin))
        tail: Block = relabel(again)
        if statement.leave:
            tail = (If(Call(operator.not_, (Var(statement.leave),)), tail, (), origin=statement.origin),)
        self.out += again
        self.out.append(replace(statement, test=Var(name), body=(*body, *tail)))

    # -- expressions
    def temporary(self, value: Expr) -> Var:
        """A new name for a value."""
        name = self.fresh()
        self.out.append(Assign((name,), value, origin=self.at))
        return Var(name)

    def expr(self, expr: Expr) -> Expr:
        """The expression, done."""
        match expr:
            case Call((primitives.and_ | primitives.or_) as lazy, operands):
                return self.lazy(expr, lazy is primitives.and_, operands)
            case Call(function, args, kwargs):
                done = self.operands([*args, *(v for _, v in kwargs)])
                keywords = tuple((k, v) for (k, _), v in zip(kwargs, done[len(args):], strict=True))
                return self.visit(Call(function, tuple(done[:len(args)]), keywords))
            case Build(form, items):
                return self.visit(Build(form, tuple(self.operands(items))))
            case Star(value):
                return self.visit(Star(self.expr(value)))
        return expr

    def operands(self, items: Sequence[Expr]) -> list[Expr]:
        """Operands in their order; what comes before statements is evaluated before them."""
        found: list[Expr] = []
        for item in items:
            mark = len(self.out)
            value = self.expr(item)
            if len(self.out) > mark:
                later = self.out[mark:]
                del self.out[mark:]
                found = [self.settled(v) for v in found]
                self.out += later
            found.append(value)
        return found

    def settled(self, value: Expr) -> Expr:
        """A value that later statements cannot change."""
        match value:
            case Const():
                return value
            case Var(name) if FIELD not in name:        # a field may be bound anew by a method that is called
                return value
            case Star(inner):
                return Star(self.settled(inner))
            case Build("slice" | "attribute" as form, items):
                return Build(form, tuple(self.settled(i) for i in items))
        return self.temporary(value)

    def lazy(self, expr: Call, conjunction: bool, operands: Sequence[Expr]) -> Expr:
        """`a and b`, as branches if `b` needs statements."""
        outer, self.out = self.out, []
        done = [self.expr(operands[0])]
        head, needed = tuple(self.out), False
        for operand in operands[1:]:
            self.out = []
            done.append(self.expr(operand))
            needed = needed or bool(self.out)
        self.out = [*outer, *head]
        if not needed:
            return Call(expr.function, tuple(done))
        result = self.fresh()
        self.out.append(Assign((result,), done[0], origin=self.at))
        self.out.append(self._rest(result, conjunction, operands[1:]))
        return Var(result)

    def _rest(self, result: str, conjunction: bool, operands: Sequence[Expr]) -> Statement:
        outer, self.out = self.out, []
        self.out.append(Assign((result,), self.expr(operands[0]), origin=self.at))
        if len(operands) > 1:
            self.out.append(self._rest(result, conjunction, operands[1:]))
        body, self.out = tuple(self.out), outer
        test: Expr = Var(result) if conjunction else Call(operator.not_, (Var(result),))
        return If(test, body, (), origin=self.at)
