"""A broadcast adjoint stays a number until its shape is needed; contributions that follow each other become one sum.

In: a function. Out: the same function; `algebra` then drops the broadcasts beside operands of that shape.

    before                                      after
    $1~ = np.broadcast_to(r~ / n, x.shape)      $2 = r~ / n
    y~ = $1~ * a                                y~ = np.broadcast_to($2, x.shape) * a + np.broadcast_to($2, x.shape) * b
    y~ += $1~ * b

Guaranteed: the temporary is bound once, and all its uses follow in its block before a name of the shape is bound
anew; a sum is joined only with the assignment right before it, and not beyond the length of a line.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from s2sgrad.core.kinds import Array, Number, Numeric
from s2sgrad.core.names import TEMPORARY, is_temporary
from s2sgrad.core.nodes import Accumulate, Assign, Block, Call, Const, Expr, Function, Statement, Var
from s2sgrad.core.rewrite import free_names, map_blocks, rename_block, walk_statements
from s2sgrad.simplify.copies import AS_NAME, count_uses, uses_until
from s2sgrad.simplify.effects import LONGEST, binds, contents, disturbs, effects, last_temporary, size
from s2sgrad.simplify.facts import Facts


def run(function: Function, facts: Facts) -> Function:
    """The function with broadcasts moved to their uses, and sums of contributions joined."""
    bound = Counter(name for s in walk_statements(function.body) for name in binds(s))
    work = _Work(facts, frozenset(n for n in bound if bound[n] == 1), count_uses(function.body, facts),
                 last_temporary(function, facts))
    return replace(function, body=work.block(function.body))


@dataclass
class _Work:
    """One walk over a function; number is that of the last temporary."""

    facts: Facts
    once: frozenset[str]
    used: Counter[str]
    number: int

    def block(self, block: Block) -> Block:
        """The block with both rewrites."""
        out = [map_blocks(s, self.block) for s in block]
        i = 0
        while i < len(out):
            match out[i]:
                case Assign((name,), Call(np.broadcast_to, (value, shape), ())) as stmt if self.is_movable(
                        name, shape, stmt):
                    plain = isinstance(value, (Var, Const))
                    fixed = free_names(shape) | (free_names(value) if plain else set())
                    last = uses_until(out[i + 1:], name, fixed, self.used[name], self.facts)
                    if last:
                        whole: Expr = stmt.value
                        if not plain:
                            out[i], whole = self.split(stmt, value, shape)
                        out[i + 1:i + 1 + last] = rename_block(tuple(out[i + 1:i + 1 + last]), {name: whole})
                        if plain:
                            del out[i]
                            continue
            i += 1
        return _joined(out, self.facts)

    def is_movable(self, name: str, shape: Expr, stmt: Statement) -> bool:
        """Is it a temporary of the reverse sweep, with a shape that reads no contents?"""
        return (bool(stmt.reverses) and is_temporary(name) and name in self.once and self.used[name] < AS_NAME
                and not contents(shape, self.facts))

    def split(self, stmt: Assign, value: Expr, shape: Expr) -> tuple[Assign, Expr]:
        """The value under a name of its own, and the broadcast of that name."""
        self.number += 1
        small = f"{TEMPORARY}{self.number}"
        return replace(stmt, targets=(small,), value=value), Call(np.broadcast_to, (Var(small), shape))


def _joined(block: list[Statement], facts: Facts) -> Block:
    """`b = v; b += w` is `b = v + w`, for numbers and arrays (lists would be strung together)."""
    out: list[Statement] = []
    for stmt in block:
        match stmt:
            case Accumulate(bar, None, second, sign=sign) if isinstance(facts.kinds.get(bar), (
                    Number, Array, Numeric)) and bar not in free_names(second):
                at = _binding(out, bar, facts)
                before = out[at] if at >= 0 else None
                if isinstance(before, Assign) and size(before.value) + size(second) < LONGEST:
                    add = operator.add if sign > 0 else operator.sub
                    where = before if at == len(out) - 1 else stmt
                    del out[at]
                    out.append(Assign((bar,), Call(add, (before.value, second)), origin=where.origin,
                                      reverses=where.reverses))
                    continue
        out.append(stmt)
    return tuple(out)


def _binding(out: list[Statement], bar: str, facts: Facts) -> int:
    """The position of the last statement, if it binds the adjoint in the reverse sweep, or of an earlier one that only
    repeats another adjoint, if nothing since then touches either; -1 if there is none."""
    for at in reversed(range(len(out))):
        match out[at]:
            case Assign((name,), value) as found if name == bar:
                last = at == len(out) - 1
                if not found.reverses or not last and not isinstance(value, Var):
                    return -1
                names = free_names(value)
                clear = not any(disturbs(effects(s, facts), names, names, facts) for s in out[at + 1:])
                return at if last or clear else -1
            case found if bar in (*(done := effects(found, facts)).reads, *done.binds) or done.impure or any(
                    facts.may_share(n, bar) for n in done.writes):
                return -1
    return -1
