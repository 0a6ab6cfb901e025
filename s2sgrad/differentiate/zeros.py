"""Zeros that are never made: the first contribution to an adjoint becomes a binding, and what is zero is not computed.

    x_bar is zero             (nothing)
    x_bar += 2.0 * u          x_bar = 2.0 * u
    x_bar[1:] += v      ->    x_bar[1:] += v

A forward pass over the reverse sweep: an adjoint is zero until its first contribution and after a Kill. Everything
linear in a zero goes. Where an adjoint must exist (before a loop that adds to it, at a join, for a contribution to a
part of it, at the end), its zeros are made.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import UNKNOWN, Array, Number, Numeric, is_complex
from s2sgrad.core.names import is_bar
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    If,
    Kill,
    Materialise,
    Recall,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import bound as bound_names, free_names, reads_of
from s2sgrad.differentiate.arms import into_arms
from s2sgrad.differentiate.broadcast import contribution_kind
from s2sgrad.runtime import zeros_like

Set = dict[str, str]            # the adjoints that are not zero (bound), with the names they are adjoints of


def zero(like: str, kinds: Kinds, zeros: Any = np.zeros_like) -> Expr:
    """The zero adjoint of a name. zeros: the function that makes that of an array."""
    match kinds.names.get(like, UNKNOWN):
        case Number():
            return Const(0.0)
        case Array(dtype):
            # what a mixed name was bound to, or computed from, may be real here
            complex_too = kinds.mixed and is_complex(kinds.names[like])
            return Call(zeros, (Var(like),), (("dtype", Const(np.dtype(dtype).type)),) if complex_too else ())
    return Call(zeros_like, (Var(like),))


def place_zeros(block: Block, kinds: Kinds, wanted: Iterable[tuple[str, str]], given: Set | None = None) -> Block:
    """The reverse sweep with bindings for first contributions; wanted: (adjoint, name) pairs that must exist at the
    end; given: adjoints that are bound from the start."""
    flow = _Zeros(kinds)
    out, bound = flow.block(block, given or {})
    missing = [_make(b, like, kinds) for b, like in wanted if b not in bound and is_bar(b)]
    return (*out, *missing)


def _make(adjoint: str, like: str, kinds: Kinds, at: Statement | None = None) -> Statement:
    made = Assign((adjoint,), zero(like, kinds), reverses=at.reverses if at is not None else 0)
    return replace(made, origin=at.origin) if at is not None else made


class _Zeros:
    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.dead: set[str] = set()         # temporaries that are linear in a zero

    def is_zero(self, expr: Expr, bound: Set) -> bool:
        """Is the value linear in an adjoint that is zero?"""
        return any((is_bar(n) and n not in bound) or n in self.dead for n in free_names(expr))

    def as_complex(self, value: Expr, like: str) -> Expr:
        """The adjoint of a complex value is complex from the start, so that complex ones can be added into it."""
        kind, given = self.kinds.names.get(like), contribution_kind(value, self.kinds)
        if not isinstance(kind, (Number, Array, Numeric)) or not is_complex(kind):
            return value
        if is_complex(given) and not (self.kinds.mixed and isinstance(kind, Array)):
            return value
        helper = given == UNKNOWN and any(is_complex(self.kinds.named(n)) for n in free_names(value))
        if helper and not self.kinds.mixed:     # it was given complex values
            return value
        return Call(operator.add, (value, Const(0j)))

    def block(self, block: Block, bound: Set) -> tuple[Block, Set]:
        """(the block, the adjoints that are bound after it)."""
        out: list[Statement] = []
        bound = dict(bound)
        left = list(reversed(block))
        while left:
            statement = left.pop()
            match statement:
                case Accumulate(adjoint, index, value, like):
                    if self.is_zero(value, bound):
                        continue
                    if not is_bar(adjoint) or adjoint in bound:
                        out.append(statement)
                    elif index is None:
                        value = value if statement.sign > 0 else Call(operator.neg, (value,))
                        value = self.as_complex(value, like)
                        out.append(Assign((adjoint,), value, origin=statement.origin, reverses=statement.reverses))
                    else:
                        out += [_make(adjoint, like, self.kinds, statement), statement]
                    bound[adjoint] = like
                case Kill(adjoint):
                    bound.pop(adjoint, None)
                case Materialise(adjoint, like):
                    if adjoint not in bound and is_bar(adjoint):
                        out.append(_make(adjoint, like, self.kinds, statement))
                        bound[adjoint] = like
                case Store(base) if is_bar(base) and base not in bound:
                    continue
                case Store(_, _, value) if self.is_zero(value, bound):
                    continue
                case If():
                    ahead, statement, behind = into_arms(statement, tuple(reversed(left)), bound, self.kinds)
                    self.dead -= {n for s in ahead for n in bound_names(s)}
                    out += [*ahead, *self.branch(statement, statement.then, statement.orelse, bound)]
                    left = list(reversed(behind))
                case For(body=body) | While(body=body):
                    out += self.loop(statement, body, bound)
                case Assign(targets, value):
                    if self.is_zero(value, bound):
                        self.dead.update(t for t in targets if not is_bar(t))
                        for name in targets:
                            bound.pop(name, None)
                        continue
                    self.dead -= set(targets)
                    for name in targets:
                        if is_bar(name):
                            bound[name] = name[:-1]
                    out.append(statement)
                case Recall():
                    out.append(statement)
                case _:
                    if not (reads_of(statement) & self.dead):
                        out.append(statement)
        return tuple(out), bound

    def branch(self, statement: If, then: Block, orelse: Block, bound: Set) -> Block:
        """Both branches end with the same adjoints bound."""
        dead = set(self.dead)
        first, after_then = self.block(then, bound)
        dead_then, self.dead = self.dead, dead
        second, after_else = self.block(orelse, bound)
        self.dead &= dead_then
        more_then = tuple(_make(b, like, self.kinds, statement)
                          for b, like in after_else.items() if b not in after_then)
        more_else = tuple(_make(b, like, self.kinds, statement)
                          for b, like in after_then.items() if b not in after_else)
        bound.clear()
        bound.update({**after_then, **after_else})
        if not first and not second and not more_then and not more_else:
            return ()
        return (replace(statement, then=(*first, *more_then), orelse=(*second, *more_else)),)

    def loop(self, statement: For | While, body: Block, bound: Set) -> Block:
        """An adjoint that the body leaves bound exists before the loop."""
        dead = set(self.dead)
        made: Set = {}
        while True:
            self.dead = set(dead)
            done, after = self.block(body, bound)
            new = {b: like for b, like in after.items() if b not in bound}
            if not new:
                break
            bound.update(new)
            made.update(new)
        lost = tuple(_make(b, like, self.kinds, statement) for b, like in bound.items() if b not in after and is_bar(b))
        before = tuple(_make(b, like, self.kinds, statement) for b, like in made.items() if is_bar(b))
        self.dead = dead
        return (*before, replace(statement, body=(*done, *lost)))
