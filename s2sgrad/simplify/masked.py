"""What np.where has not selected gets no adjoint, also where its derivative is infinite or nan.

    r~ += np.where(r > 0.0, y~, 0.0) / r           r~ += np.where(r > 0.0, y~ / r, 0.0)

    r~ = np.where(m, y~, 0.0)                      r~ = np.where(m, y~, 0.0)
    d~ += 0.5 * r~ / r * d                         d~ += np.where(m, 0.5 * r~ / r * d, 0.0)

In: a function that no other pass looks at any more. Out: the same, in which products and quotients of an adjoint that a
mask makes zero are masked as a whole: `0.0 / 0.0` and `0.0 * inf` are nan, but what was not selected has no part in the
result. Guaranteed: other entries, shapes and dtypes stay; a name counts as masked as long as nothing binds it, adds to
it, or changes what the mask reads.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace

import numpy as np

from s2sgrad.core.kinds import Number
from s2sgrad.core.names import SEED, is_bar, is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    Function,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import blocks, exprs, free_names, map_blocks, map_children, walk_statements
from s2sgrad.simplify.effects import contents, disturbs, effects, is_pure
from s2sgrad.simplify.facts import Facts, kind_of

UNBOUNDED = (operator.truediv, operator.pow, np.divide, np.power, np.log, np.log2, np.log10, np.log1p, np.exp, np.expm1,
             np.reciprocal, np.tan, np.sqrt)


@dataclass(frozen=True)
class Mask:
    """The condition, and on which side of it entries may not be zero. single: is it of a number?"""

    condition: Expr
    side: bool
    single: bool = False

    def over(self, value: Expr) -> Expr:
        """The value, or zero."""
        arms = (value, Const(0.0)) if self.side else (Const(0.0), value)
        masked = Call(np.where, (self.condition, *arms))
        return Call(operator.getitem, (masked, Build("tuple", ()))) if self.single else masked


def run(function: Function, facts: Facts) -> Function:
    """The function in which masks come last."""
    if not any(isinstance(e, Call) and e.function is np.where
               for s in walk_statements(function.body) if s.reverses for x in exprs(s) for e in walk(x)):
        return function
    return replace(function, body=_Masked(facts).block(function.body))


@dataclass
class _Masked:
    """One walk over a function. known: adjoints that are zero where a mask has not selected."""

    facts: Facts
    known: dict[str, Mask] = field(default_factory=dict)

    def block(self, block: Block) -> Block:
        """The block with masked products."""
        out: list[Statement] = []
        for statement in block:
            self.known = {n: m for n, m in self.known.items() if not self.ends(statement, n, m)} if blocks(
                statement) else self.known
            outside = dict(self.known)
            statement = map_blocks(self.single(statement), self.block)
            self.known = {n: m for n, m in outside.items() if not self.ends(statement, n, m)}
            match statement:
                case Assign((name,), value) if (is_bar(name) or is_temporary(name)) and (
                        found := self.factor(value)) is not None and name not in free_names(found[0].condition):
                    self.known[name] = found[0]
            out.append(statement)
        return tuple(out)

    def ends(self, statement: Statement, name: str, mask: Mask) -> bool:
        """Does the statement change the adjoint, or what its mask reads?"""
        done = effects(statement, self.facts)
        read = free_names(mask.condition)
        added = {s.bar for s in walk_statements((statement,)) if isinstance(s, Accumulate)}
        return name in done.binds | done.writes | added or disturbs(done, read, contents(
            mask.condition, self.facts), self.facts)

    def single(self, statement: Statement) -> Statement:
        """The statement itself."""
        match statement:
            case Assign((_,), value) | Accumulate(value=value) | Store(value=value) if statement.reverses and is_pure(
                    value, self.facts):
                return replace(statement, value=self.value(value))
        return statement

    def value(self, expr: Expr) -> Expr:
        """The expression, its products masked as a whole."""
        found = None if isinstance(expr, Var) else self.factor(expr)
        if found is not None and self.is_risky(found[1]):
            return found[0].over(found[1])
        return map_children(expr, self.value)

    def is_risky(self, product: Expr) -> bool:
        """May a factor besides the adjoint be infinite, or nan?"""
        for e in walk(product):
            match e:
                case Call(operator.truediv, (_, Const())):
                    continue
                case Call(function) if any(function is known for known in UNBOUNDED):
                    return True
                case Var(name) if not (is_bar(name) or name in self.known or name.startswith(SEED)) and not isinstance(
                        kind_of(e, self.facts), Number):
                    return True
        return False

    def factor(self, expr: Expr) -> tuple[Mask, Expr] | None:
        """The mask of a product or quotient of adjoints, and the product without it."""
        match expr:
            case Call(np.where, (condition, arm, Const(0.0)), ()) if _is_adjoint(arm):
                return Mask(condition, True), arm
            case Call(np.where, (condition, Const(0.0), arm), ()) if _is_adjoint(arm):
                return Mask(condition, False), arm
            case Call(operator.getitem, (Call(np.where) as masked, Build("tuple", ()))):
                found = self.factor(masked)
                return None if found is None else (replace(found[0], single=True), found[1])
            case Var(name) if name in self.known:
                return self.known[name], expr
            case Call(operator.neg, (inner,), ()):
                found = self.factor(inner)
                return None if found is None else (found[0], Call(operator.neg, (found[1],)))
            case Call(operator.mul | operator.truediv as function, (left, right), ()):
                if (found := self.factor(left)) is not None:
                    return found[0], Call(function, (found[1], right))
                if function is operator.mul and (found := self.factor(right)) is not None:
                    return found[0], Call(function, (left, found[1]))
        return None


def _is_adjoint(expr: Expr) -> bool:
    return any(is_bar(n) or n.startswith(SEED) for n in free_names(expr))
