"""An array of adjoints that nothing else holds is bound anew where all of it is overwritten.

    K@ = np.zeros_like(K)                   K@ = np.copy(r~)
    K@ += r~
    $1 = np.copy(K@)                        p~ = K@ * K
    K@[...] = 0.0                   ->      K@ = K@ * t
    K@ += $1 * t
    p~ = $1 * K

In: a function that `first` has not looked at. Out: the same with fewer arrays. Guaranteed: no other name, container or
view ever holds the memory (`Facts.islands`), so that nobody sees which object it is; what is put there is an array of
its own, of the same shape and dtype; it is computed later only where it is the same.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from s2sgrad.core.kinds import Array
from s2sgrad.core.names import is_shadow, is_temporary
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Statement, Store, Var
from s2sgrad.core.rewrite import free_names, map_blocks, rename_block, walk_statements
from s2sgrad.simplify.copies import AS_NAME, count_uses
from s2sgrad.simplify.effects import binds, contents, disturbs, effects, is_fresh, is_pure
from s2sgrad.simplify.facts import Facts, kind_of, same_shape

ALL_OF_IT = (None, Const(...), Build("slice", (Const(None), Const(None), Const(None))))


def run(function: Function, facts: Facts) -> Function:
    """The function with such bindings. The islands of the facts are those of this function."""
    groups = Counter(facts.islands.values())
    alone = frozenset(n for n, group in facts.islands.items() if groups[group] == 1 and is_shadow(n) and isinstance(
        facts.kinds.get(n), Array)) - {p.name for p in function.params}
    if not alone:
        return function
    bound = Counter(n for s in walk_statements(function.body) for n in binds(s))
    work = _Rebound(facts, alone, bound, count_uses(function.body, facts))
    return replace(function, body=work.block(function.body))


@dataclass(frozen=True)
class _Rebound:
    """One walk over a function. alone: arrays that nothing else holds. bound, used: how often names are."""

    facts: Facts
    alone: frozenset[str]
    bound: Counter[str]
    used: Counter[str]

    def block(self, block: Block) -> Block:
        """The block with both rewrites."""
        out = [map_blocks(s, self.block) for s in block]
        i = 0
        while i < len(out):
            match out[i]:
                case Assign((name,), Call(np.zeros_like)) if name in self.alone:
                    self.first(out, i, name)
                case Assign((copy,), Call(np.copy, (Var(name),), ())) if name in self.alone and self.is_read(copy):
                    self.overwritten(out, i, name, copy)
            i += 1
        return tuple(out)

    def is_read(self, copy: str) -> bool:
        """Is it a temporary that is only read?"""
        return is_temporary(copy) and self.bound[copy] == 1 and self.used[copy] < AS_NAME

    def first(self, out: list[Statement], at: int, name: str) -> None:
        """What is added to zeros is what the array begins with."""
        k = self.touched(out, at + 1, name)
        value = self.added(out, k, name)
        if value is not None:
            own = value if is_fresh(value) else Call(np.copy, (value,))
            out[k] = self.bind(out[k], name, own)
            del out[at]

    def overwritten(self, out: list[Statement], at: int, name: str, copy: str) -> None:
        """What is copied, zeroed and added to needs no copy."""
        zeroed = self.touched(out, at + 1, name)
        match out[zeroed:zeroed + 1]:
            case [Store(_, index, Const(zero), None)] if zero == 0 and index in ALL_OF_IT:
                k = self.touched(out, zeroed + 1, name)
                value = self.added(out, k, name)
                if value is not None and is_fresh(value):
                    out[k] = self.bind(out[k], name, value)
                    out[at] = replace(out[at], value=Var(name))         # type: ignore[call-arg]
                    del out[zeroed]
                    self.late(out, at, k - 1, name, copy)

    def late(self, out: list[Statement], at: int, k: int, name: str, copy: str) -> None:
        """Bind the array anew behind all that reads the old one, which then needs no other name."""
        value = out[k].value                    # type: ignore[attr-defined]
        names, inside = free_names(value), contents(value, self.facts)
        uses, end = self.used[copy], at
        while uses and end + 1 < len(out):
            end += 1
            uses -= count_uses((out[end],), self.facts)[copy]
            if end > k and (self.touches(out[end], name) or disturbs(
                    effects(out[end], self.facts), names, inside, self.facts)):
                return
        if uses:
            return
        end = max(end, k)
        out.insert(end, out.pop(k))
        out[at:end + 1] = rename_block(tuple(out[at + 1:end + 1]), {copy: Var(name)})

    def touched(self, out: list[Statement], start: int, name: str) -> int:
        """The position of the first statement that reads, binds or writes the array."""
        return next((k for k in range(start, len(out)) if self.touches(out[k], name)), len(out))

    def touches(self, statement: Statement, name: str) -> bool:
        """Does the statement read, bind or write the array? Nothing else holds it."""
        done = effects(statement, self.facts)
        return name in done.reads | done.binds | done.writes

    def added(self, out: list[Statement], k: int, name: str) -> Expr | None:
        """The array of the same form that the statement adds to all of this one, if that is all it does."""
        match out[k:k + 1]:
            case [Store(_, index, value, operator.iadd | operator.isub as op, False)] if index in ALL_OF_IT:
                kind, own = kind_of(value, self.facts), self.facts.kinds.get(name)
                alike = isinstance(kind, Array) and isinstance(own, Array) and (
                    kind.dtype == own.dtype is not None and bool(own.shape) and same_shape(kind.shape, own.shape))
                if alike and name not in free_names(value) and is_pure(value, self.facts):
                    return value if op is operator.iadd else Call(operator.neg, (value,))
        return None

    def bind(self, statement: Statement, name: str, value: Expr) -> Assign:
        """The binding in the place of a store."""
        return Assign((name,), value, origin=statement.origin, reverses=statement.reverses)
