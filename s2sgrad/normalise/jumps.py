"""Jumps as structure: after this pass there is no `break`, no `continue`, and one `return`, at the very end.

    for x in xs:                     for x in xs:
        if x > limit:                    left = False
            break                        if x > limit:
        s += x                               left = True
                                         else:
                                             s += x
                                         (leave when left)

What follows a branch that jumps moves into the other branch; where both branches may or may not jump, a flag guards
what follows. A `return` inside a loop sets the result, a flag, and leaves.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace

from s2sgrad.core.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    For,
    Function,
    If,
    Raise,
    Return,
    Statement,
    Var,
    While,
)
from s2sgrad.errors import Origin
from s2sgrad.read.scope import Context

NEVER, MAYBE, ALWAYS = range(3)
RESULT = "^result"


def remove_jumps(function: Function, context: Context) -> Function:
    """The function without jumps."""
    if _simple(function.body):
        lower = _Jumps(context, "", "")
        body = lower.sequence(function.body[:-1], (), None)
        return replace(function, body=(*body, function.body[-1]))
    result, returned = context.fresh(RESULT), context.fresh("^returned")
    lower = _Jumps(context, result, returned)
    body = lower.sequence(function.body, (), None)
    head: Block = ()
    if _jumps_all(function.body) != ALWAYS:
        head = (Assign((result,), Const(None), origin=function.origin),)
    if lower.returns_in_loop:
        head = (*head, Assign((returned,), Const(False), origin=function.origin))
    last = next((s.origin for s in reversed(body) if s.origin.line), function.origin)
    return replace(function, body=(*head, *body, Return(Var(result), origin=last)))


def _simple(body: Block) -> bool:
    return bool(body) and isinstance(body[-1], Return) and not any(_returns(s) for s in body[:-1])


def _returns(statement: Statement) -> bool:
    match statement:
        case Return():
            return True
        case If(_, then, orelse):
            return any(map(_returns, then)) or any(map(_returns, orelse))
        case For(body=body) | While(body=body):
            return any(map(_returns, body))
    return False


def _breaks(block: Block) -> bool:
    """Does the block leave the loop that it is the body of (a return leaves too)?"""
    for statement in block:
        match statement:
            case Break() | Return():
                return True
            case If(_, then, orelse) if _breaks(then) or _breaks(orelse):
                return True
            case For(body=body) | While(body=body) if any(map(_returns, body)):
                return True
    return False


def _only_breaks(block: Block) -> bool:
    for statement in block:
        match statement:
            case Break():
                return True
            case If(_, then, orelse) if _only_breaks(then) or _only_breaks(orelse):
                return True
    return False


def _jumps(statement: Statement) -> int:
    match statement:
        case Break() | Continue() | Return() | Raise():
            return ALWAYS
        case If(_, then, orelse):
            a, b = _jumps_all(then), _jumps_all(orelse)
            return a if a == b else MAYBE
        case While(Const(value=True), body) if any(map(_returns, body)) and not _only_breaks(body):
            return ALWAYS
        case For(body=body) | While(body=body) if any(map(_returns, body)):
            return MAYBE
    return NEVER


def _jumps_all(block: Sequence[Statement]) -> int:
    found = [_jumps(s) for s in block]
    return ALWAYS if ALWAYS in found else max(found, default=NEVER)


class _Jumps:
    """The state of one function's lowering: the names of its result and of its flag."""

    def __init__(self, context: Context, result: str, returned: str) -> None:
        self.context, self.result, self.returned = context, result, returned
        self.returns_in_loop = False

    def sequence(self, block: Sequence[Statement], guards: tuple[str, ...], leave: str | None) -> Block:
        """The block without jumps; guards are set where it jumps, leave where it leaves the loop."""
        out: list[Statement] = []
        for k, statement in enumerate(block):
            rest = block[k + 1:]
            at = statement.origin
            match statement:
                case Break() | Continue() | Return():
                    return (*out, *self._jump(statement, guards, leave))
                case Raise():
                    return (*out, statement)
                case If(_, then, orelse):
                    a, b = _jumps_all(then), _jumps_all(orelse)
                    if (a == NEVER and b == NEVER) or not rest or (a == ALWAYS and b == ALWAYS):
                        out.append(self._branch(statement, then, orelse, guards, leave))
                        if a == ALWAYS and b == ALWAYS:
                            return tuple(out)
                        continue
                    if a == ALWAYS:
                        return (*out, self._branch(statement, then, (*orelse, *rest), guards, leave))
                    if b == ALWAYS:
                        return (*out, self._branch(statement, (*then, *rest), orelse, guards, leave))
                    flag = self.context.fresh("^jumped")
                    out.append(Assign((flag,), Const(False), origin=at))
                    out.append(self._branch(statement, then, orelse, (*guards, flag), leave))
                    out.append(If(Call(operator.not_, (Var(flag),)), self.sequence(rest, guards, leave), (), origin=at))
                    return tuple(out)
                case For(body=body) | While(body=body):
                    out.append(self._loop(statement, body))
                    if any(map(_returns, body)):
                        self.returns_in_loop = True
                        jump = [Assign((g,), Const(True), origin=at) for g in guards]
                        if leave is not None:
                            jump.append(Assign((leave,), Const(True), origin=at))
                        after = self.sequence(rest, guards, leave)
                        if jump:
                            out.append(If(Var(self.returned), tuple(jump), after, origin=at))
                        elif after:
                            out.append(If(Call(operator.not_, (Var(self.returned),)), after, (), origin=at))
                        return tuple(out)
                case _:
                    out.append(statement)
        return tuple(out)

    def _branch(self, statement: If, then: Sequence[Statement], orelse: Sequence[Statement], guards: tuple[str, ...],
                leave: str | None) -> Statement:
        return replace(statement, then=self.sequence(then, guards, leave),
                       orelse=self.sequence(orelse, guards, leave))

    def _jump(self, statement: Statement, guards: tuple[str, ...], leave: str | None) -> Block:
        at: Origin = statement.origin
        out = [Assign((g,), Const(True), origin=at) for g in guards]
        match statement:
            case Return(value):
                out.insert(0, Assign((self.result,), value, origin=at))
                if leave is not None:
                    out += [Assign((self.returned,), Const(True), origin=at), Assign((leave,), Const(True), origin=at)]
            case Break() if leave is not None:
                out.append(Assign((leave,), Const(True), origin=at))
        return tuple(out)

    def _loop(self, loop: For | While, body: Block) -> Statement:
        if not _breaks(body):
            return replace(loop, body=self.sequence(body, (), None), leave=None)
        leave = loop.leave or self.context.fresh("^left")
        inner = self.sequence(body, (), leave)
        return replace(loop, body=(Assign((leave,), Const(False), origin=loop.origin), *inner), leave=leave)
