"""Jumps as structure: after this pass there is no `break`, no `continue`, and one `return`, at the very end.

    for x in xs:                     for x in xs:
        if x > limit:                    left = False
            break                        if x > limit:
        s += x                               left = True
                                         else:
                                             s += x
                                         (leave when left)

What follows a branch that jumps moves into the other branch; where both branches may or may not jump, a flag guards
what follows. A jump out of more than the innermost loop or region (`return`, `leave`) sets a flag and leaves one
after the other.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace

from s2sgrad.core import primitives
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    Expr,
    For,
    Function,
    If,
    Leave,
    Raise,
    Region,
    Return,
    Statement,
    Var,
    While,
)
from s2sgrad.errors import Origin
from s2sgrad.read.scope import Context

NEVER, MAYBE, ALWAYS = range(3)
RESULT = "^result"
RETURN, BREAK, CONTINUE = "return", "break", "continue"     # where a jump goes; or the name of a region


def remove_jumps(function: Function, context: Context) -> Function:
    """The function without jumps."""
    if _simple(function.body):
        lower = _Jumps(context, "", "")
        body = lower.sequence(function.body[:-1], FUNCTION)
        return replace(function, body=(*body, function.body[-1]))
    result, returned = context.fresh(RESULT), context.fresh("^returned")
    lower = _Jumps(context, result, returned)
    body = lower.sequence(function.body, FUNCTION)
    head: Block = ()
    if _jumps_all(function.body) != ALWAYS:
        head = (Assign((result,), Const(None), origin=function.origin),)
    if lower.returns_from_inside:
        head = (*head, Assign((returned,), Const(False), origin=function.origin))
    last = next((s.origin for s in reversed(body) if s.origin.line), function.origin)
    return replace(function, body=(*head, *body, Return(Var(result), origin=last)))


def _simple(body: Block) -> bool:
    return bool(body) and isinstance(body[-1], Return) and RETURN not in _goals(body[:-1])


def _goals(block: Sequence[Statement]) -> set[str]:
    """Where the jumps in a block go that leave the block."""
    found: set[str] = set()
    for statement in block:
        match statement:
            case Return():
                found.add(RETURN)
            case Break():
                found.add(BREAK)
            case Continue():
                found.add(CONTINUE)
            case Leave(name):
                found.add(name)
            case If(_, then, orelse):
                found |= _goals(then) | _goals(orelse)
            case For(body=body) | While(body=body):
                found |= _goals(body) - {BREAK, CONTINUE}
            case Region(name, body):
                found |= _goals(body) - {name}
    return found


def _jumps(statement: Statement) -> int:
    match statement:
        case Break() | Continue() | Return() | Raise() | Leave():
            return ALWAYS
        case If(_, then, orelse):
            a, b = _jumps_all(then), _jumps_all(orelse)
            return a if a == b else MAYBE
        case While(Const(value=True), body) if BREAK not in _goals(body) and _goals((statement,)):
            return ALWAYS
        case Region(name, body) if name not in _goals(body):
            return _jumps_all(body)
        case For() | While() | Region() if _goals((statement,)):
            return MAYBE
    return NEVER


def _jumps_all(block: Sequence[Statement]) -> int:
    found = [_jumps(s) for s in block]
    return ALWAYS if ALWAYS in found else max(found, default=NEVER)


@dataclass(frozen=True)
class _Level:
    """What a jump gets out of: a function, a trip of a loop, or a region.

    end: the jump that only gets to its end. guards: flags that are set by what jumps. leave: that of the loop.
    outward: of a region, the flags of the jumps in it that go to the loop around it.
    """

    end: str
    guards: tuple[str, ...] = ()
    leave: str | None = None
    outward: tuple[tuple[str, str], ...] = ()

    def flags(self, goal: str) -> tuple[str, ...]:
        """What a jump sets on its way through this level."""
        if goal in dict(self.outward):
            return (*self.guards, dict(self.outward)[goal])
        return self.guards if goal == self.end or self.leave is None else (*self.guards, self.leave)


FUNCTION = _Level(RETURN)


class _Jumps:
    """The state of one function's lowering: the names of its result and of its flags."""

    def __init__(self, context: Context, result: str, returned: str) -> None:
        self.context, self.result, self.returned = context, result, returned
        self.returns_from_inside = False
        self.flags: dict[str, str] = {}             # of regions that are left from inside

    def sequence(self, block: Sequence[Statement], level: _Level) -> Block:
        """The block without jumps."""
        out: list[Statement] = []
        for k, statement in enumerate(block):
            rest = block[k + 1:]
            at = statement.origin
            match statement:
                case Break() | Continue() | Return() | Leave():
                    return (*out, *self._jump(statement, level))
                case Raise():
                    return (*out, statement)
                case If(_, then, orelse):
                    # what raises goes nowhere else: what follows need not stand in the other arm
                    a, b = (_jumps_all(arm) if _goals(arm) else NEVER for arm in (then, orelse))
                    if (a == NEVER and b == NEVER) or not rest or (a == ALWAYS and b == ALWAYS):
                        out.append(self._branch(statement, then, orelse, level))
                        if a == ALWAYS and b == ALWAYS:
                            return tuple(out)
                        continue
                    if a == ALWAYS:
                        return (*out, self._branch(statement, then, (*orelse, *rest), level))
                    if b == ALWAYS:
                        return (*out, self._branch(statement, (*then, *rest), orelse, level))
                    flag = self.context.fresh("^jumped")
                    out.append(Assign((flag,), Const(False), origin=at))
                    guarded = replace(level, guards=(*level.guards, flag))
                    out.append(self._branch(statement, then, orelse, guarded))
                    out.append(If(Call(operator.not_, (Var(flag),)), self.sequence(rest, level), (), origin=at))
                    return tuple(out)
                case For() | While() | Region():
                    goals = sorted(_goals((statement,)))
                    outward = {g: self.context.fresh("^left") for g in goals if g in (BREAK, CONTINUE)}
                    out += self._region(statement, outward) if isinstance(statement, Region) else self._loop(statement)
                    if goals:
                        ways: dict[tuple[str, ...], list[Expr]] = {}
                        for goal in goals:
                            ways.setdefault(level.flags(goal), []).append(Var(outward.get(goal) or self._flag(goal)))
                        after = self.sequence(rest, level)
                        for flags, jumps in ways.items():
                            jumped = jumps[0] if len(jumps) == 1 else Call(primitives.or_, tuple(jumps))
                            if flags:
                                after = (If(jumped, tuple(self._set(flags, at)), after, origin=at),)
                            elif after:
                                after = (If(Call(operator.not_, (jumped,)), after, (), origin=at),)
                        return (*out, *after)
                case _:
                    out.append(statement)
        return tuple(out)

    def _branch(self, statement: If, then: Sequence[Statement], orelse: Sequence[Statement],
                level: _Level) -> Statement:
        return replace(statement, then=self.sequence(then, level), orelse=self.sequence(orelse, level))

    def _set(self, flags: Sequence[str], at: Origin) -> list[Statement]:
        return [Assign((flag,), Const(True), origin=at) for flag in flags]

    def _flag(self, goal: str) -> str:
        """The flag that says that a jump on its way outwards goes there."""
        if goal == RETURN:
            self.returns_from_inside = True
            return self.returned
        if goal not in self.flags:
            self.flags[goal] = self.context.fresh("^left")
        return self.flags[goal]

    def _jump(self, statement: Statement, level: _Level) -> Block:
        at: Origin = statement.origin
        goal = next(iter(_goals((statement,))))
        out: list[Statement] = []
        if isinstance(statement, Return):
            out.append(Assign((self.result,), statement.value, origin=at))
        if goal not in (level.end, BREAK, CONTINUE):
            out += self._set((self._flag(goal),), at)
        return (*out, *self._set(level.flags(goal), at))

    def _loop(self, loop: For | While) -> Block:
        if not _goals(loop.body) - {CONTINUE}:
            return (replace(loop, body=self.sequence(loop.body, _Level(CONTINUE)), leave=None),)
        leave = loop.leave or self.context.fresh("^left")
        inner = self.sequence(loop.body, _Level(CONTINUE, leave=leave))
        return (replace(loop, body=(Assign((leave,), Const(False), origin=loop.origin), *inner), leave=leave),)

    def _region(self, region: Region, outward: dict[str, str]) -> Block:
        """outward: the flags of the jumps out of it that go to the loop around it."""
        body = self.sequence(region.body, _Level(region.name, outward=tuple(outward.items())))
        flags = [*outward.values(), *([self.flags[region.name]] if region.name in self.flags else [])]
        return (*(Assign((flag,), Const(False), origin=region.origin) for flag in flags), *body)
