"""The gradient of a matrix that a loop adds outer products to is one matrix product after the loop.

                                            a_bar_rows = []
                                            h_rows = []
    for k in reversed(range(n)):            for k in reversed(range(n)):
        a_bar, h = ...             ->           a_bar, h = ...
        W_bar += np.outer(a_bar, h)             a_bar_rows.append(a_bar)
                                                h_rows.append(h)
                                            W_bar += np.array(a_bar_rows).T @ np.array(h_rows)

Comes in: a function in the dialect of NumPy. Goes out: the same function, with the factors of such products kept in
lists. Guaranteed: a matrix of which the loop does anything but add to it stays as it is; what is kept is an object
that nobody writes afterwards, or a copy; the elements x that the loop runs through are not kept, they are `xs[::-1]`.
Without a trip the product is that of two empty vectors, which is 0.0.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, Number, is_complex
from s2sgrad.core.names import SLOT, is_bar, is_slot
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import bound, exprs, free_names, map_blocks, reads_of, reverse_start, walk_statements
from s2sgrad.lower.numpy import adjoint_kind
from s2sgrad.lower.owners import shared_names
from s2sgrad.simplify.effects import contents, is_fresh, is_pure
from s2sgrad.simplify.facts import ADJOINTS, Facts

DTYPES = ("float64", "float32")
BACKWARDS = Build("slice", (Const(None), Const(None), Const(-1)))
ADDS = (operator.iadd, operator.isub)


def with_stacked_products(function: Function, kinds: Kinds, facts: Facts) -> Function:
    """The function with one product for the outer products that a loop sums."""
    return replace(function, body=_Stacking(kinds, facts, function.body).block(function.body))


@dataclass
class _Stacking:
    """One walk over a function; it counts the lists that it makes."""

    kinds: Kinds
    facts: Facts
    body: Block
    made: int = 0

    @cached_property
    def written(self) -> frozenset[int | None]:
        """The classes that the reverse sweep writes; None is among them if it may write what is in none."""
        at = reverse_start(self.body) or 0
        names: set[str] = set()
        for s in walk_statements(self.body[at:]):
            if isinstance(s, Store):
                names.add(s.base)
            names.update(*(free_names(e) for e in exprs(s) if isinstance(s, Effect) or not is_pure(e, self.facts)))
        return frozenset(self.facts.classes.get(n, ADJOINTS if is_bar(n) else None) for n in names
                         if not (is_slot(n) or self.facts.immutable(n)))

    def block(self, block: Block) -> Block:
        """The block, outermost loops first: a product is taken out of as many loops as only add to its matrix."""
        out: list[Statement] = []
        for statement in block:
            if not isinstance(statement, (For, While)):
                out.append(map_blocks(statement, self.block))
                continue
            matrices = [m for m in _added_to(statement) if self.is_summed(m, statement)]
            if not matrices:
                out.append(map_blocks(statement, self.block))
                continue
            loop = _Loop(self, frozenset(matrices), self.stacks(statement))
            body = loop.block(statement.body)
            out += [Assign((name,), Build("list", ()), origin=statement.origin) for name in loop.lists]
            statement = replace(statement, body=body)
            if isinstance(statement, For):
                read = {n for s in walk_statements(body) for n in reads_of(s)}
                statement = replace(statement, elements=tuple(e for e in statement.elements if e[0] in read))
            out.append(map_blocks(statement, self.block))
            out += loop.after()
        return tuple(out)

    def stacks(self, loop: Statement) -> dict[str, Expr]:
        """The elements of a reversed loop over matrices, and all that one of them is in the order of the trips."""
        match loop:
            case For(over=Call(backwards, (Call(trips, (Call(length, (Var(first),)),)),)), elements=elements) if (
                    (backwards, trips, length) == (reversed, range, len)):
                found = {name: m.name for name, m in elements if isinstance(m, Var) and m.name == first}
                changed = {n for s in walk_statements((loop,)) for n in bound(s) if s is not loop}
                return {name: Call(operator.getitem, (Var(m), BACKWARDS)) for name, m in found.items()
                        if self.is_constant(m) and name not in changed}
        return {}

    def is_constant(self, matrix: str) -> bool:
        """Is this a real matrix that is bound once, and that nobody writes?"""
        kind, classes = self.kinds.names.get(matrix), self.facts.classes
        return (isinstance(kind, Array) and kind.rank == 2 and kind.dtype in DTYPES and matrix in classes
                and classes[matrix] not in self.facts.written
                and not any(matrix in bound(s) for s in walk_statements(self.body)))

    def is_summed(self, matrix: str, loop: Statement) -> bool:
        """Is this a real matrix which the loop only adds to, outer products among the rest?"""
        kind = adjoint_kind(matrix, self.kinds)
        if not (is_bar(matrix) and isinstance(kind, Array) and kind.rank == 2 and kind.dtype in DTYPES):
            return False
        found = False
        for s in walk_statements((loop,)):
            if matrix in bound(s) or any(matrix in free_names(e) for e in exprs(s)):
                return False
            if isinstance(s, Store) and s.base == matrix:
                if s.op not in ADDS:
                    return False
                found = found or self.factors(s) is not None
        return found

    def factors(self, statement: Statement) -> tuple[Expr, Expr] | None:
        """The two vectors whose outer product is added; the first one has the sign."""
        match statement:
            case Store(_, None, value, op, False) if op in ADDS:
                found = self.vectors(value)
                if found is not None and op is operator.isub:
                    return Call(operator.neg, (found[0],)), found[1]
                return found
        return None

    def vectors(self, value: Expr) -> tuple[Expr, Expr] | None:
        """The two vectors of `np.outer(a, b)` or `c * np.outer(a, b)`."""
        match value:
            case Call(np.outer, (a, b), ()) if self.is_vector(a) and self.is_vector(b):
                return a, b
            case Call(operator.mul, (c, Call(np.outer, (a, b), ()))) if (
                    isinstance(self.kinds.of(c), Number) and self.is_vector(a) and self.is_vector(b)):
                return Call(operator.mul, (c, a)), b
        return None

    def is_vector(self, value: Expr) -> bool:
        """Is it a real vector that can be computed at any time?"""
        kind = self.kinds.of(value)
        return (isinstance(kind, Array) and kind.rank == 1 and kind.dtype is not None and not is_complex(kind)
                and is_pure(value, self.facts))

    def name(self, value: Expr) -> str:
        """A name for the list of a factor."""
        self.made += 1
        stem = min(free_names(value), default="$", key=lambda n: (not is_bar(n), n))
        return f"{stem}{SLOT}rows{self.made}"


@dataclass
class _Loop:
    """A loop out of which products are taken. stacks: factors that need not be kept, with the matrix of all of them;
    lists: what is kept; products: what is added to which matrix after the loop."""

    stacking: _Stacking
    matrices: frozenset[str]
    stacks: dict[str, Expr]
    lists: list[str] = field(default_factory=list)
    products: list[tuple[Store, Expr, Expr]] = field(default_factory=list)

    def after(self) -> list[Statement]:
        """The statements after the loop; a list of which several products are made becomes a matrix first."""
        used = Counter(side for _, *sides in self.products for side in sides)
        out: list[Statement] = []
        for statement, *sides in self.products:
            where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.reverses}
            for side in dict.fromkeys(sides):
                if isinstance(side, Var) and used.get(side, 0) > 1:
                    out.append(Assign((side.name,), Call(np.array, (side,)), **where))
                    del used[side]
            rows, columns = (Call(np.array, (s,)) if isinstance(s, Var) and s in used else s for s in sides)
            value = Call(operator.matmul, (Call(getattr, (rows, Const("T"))), columns))
            out.append(Store(statement.base, None, value, operator.iadd, **where))
        return out

    def block(self, block: Block, outermost: bool = True) -> Block:
        """The block with factors kept in the place of outer products."""
        out: list[Statement] = []
        kept: dict[Expr, str] = {}              # the lists that hold what a factor still is
        for k, statement in enumerate(block):
            found = self.stacking.factors(statement)
            if isinstance(statement, Store) and statement.base in self.matrices and found is not None:
                sides: list[Expr] = []
                for factor in found:
                    if outermost and isinstance(factor, Var) and factor.name in self.stacks:
                        sides.append(self.stacks[factor.name])
                        continue
                    if factor not in kept:
                        kept[factor] = name = self.stacking.name(factor)
                        self.lists.append(name)
                        value = factor if self.is_settled(factor, block, k) else Call(np.copy, (factor,))
                        out.append(Effect(Call(Method("append"), (Var(name), value)), origin=statement.origin,
                                          reverses=statement.reverses))
                    sides.append(Var(kept[factor]))
                self.products.append((statement, sides[0], sides[1]))
                continue
            out.append(map_blocks(statement, lambda b: self.block(b, False)))
            kept = {f: n for f, n in kept.items() if self.is_left(f, statement)}
        return tuple(out)

    def is_left(self, factor: Expr, statement: Statement) -> bool:
        """Is the factor surely the same after the statement?"""
        names = free_names(factor)
        for s in walk_statements((statement,)):
            if names & set(bound(s)) or not self.writes_only_adjoints(s, names):
                return False
        return True

    def writes_only_adjoints(self, statement: Statement, but: set[str]) -> bool:
        """Does the statement itself write nothing but adjoints that cannot share memory with these names?"""
        facts = self.stacking.facts
        match statement:
            case Store(base):
                if not is_bar(base) or base in but:
                    return False
                # a whole adjoint that is added to in place is an object of its own
                if statement.index is not None and any(is_bar(n) for n in but):
                    return False
            case Effect():
                return False
        return all(is_pure(e, facts) for e in exprs(statement))

    def is_settled(self, factor: Expr, block: Block, at: int) -> bool:
        """Is the factor an object that nobody writes after this place?"""
        match factor:
            case Call() if is_fresh(factor):
                return True
            case Var(name) if is_bar(name):
                return self.is_never_written(name) or self.is_born(name, block, at)
        facts, written = self.stacking.facts, self.stacking.written
        return None not in written and all(
            facts.immutable(n) or facts.classes.get(n, ADJOINTS) not in {ADJOINTS, *written}
            for n in contents(factor, facts))

    def is_never_written(self, name: str) -> bool:
        """Does no statement write an object that the adjoint may be?"""
        whole = self.stacking.body
        same = _sharing(name, whole, both_ways=True)
        return not any(isinstance(s, Store) and s.base in same
                       or any(free_names(e) & same and not is_pure(e, self.stacking.facts) for e in exprs(s))
                       for s in walk_statements(whole))

    def is_born(self, name: str, block: Block, at: int) -> bool:
        """Is the adjoint bound to a new object in this trip, and that object written between there and here only?"""
        bindings = [k for k in range(at) if any(name in bound(s) for s in walk_statements((block[k],)))]
        first = max(bindings, default=at)
        match block[first]:
            case Assign((other,), value) if other == name and is_fresh(value):
                pass
            case _:
                return False
        whole = self.stacking.body
        same = _sharing(name, whole)
        before = {id(s) for s in walk_statements(block[first + 1: at])}
        for s in walk_statements(whole):
            match s:
                case Store(base) if base in same and not (base == name and id(s) in before):
                    return False
                case Effect(call) if free_names(call) & same:
                    return False
            if not all(is_pure(e, self.stacking.facts) for e in exprs(s) if free_names(e) & same):
                return False
        return True


def _sharing(name: str, block: Block, both_ways: bool = False) -> set[str]:
    """The name, and all that may hold its object or a part of it; both ways: or of which it may be a part."""
    same = {name}
    while True:
        before = len(same)
        for s in walk_statements(block):
            match s:
                case Assign(targets, value) if _may_be(value) & same:
                    same |= set(targets)
                case Store(base, index, value, None) if index is not None and _may_be(value) & same:
                    same.add(base)
            match s:
                case Assign(targets, value) if both_ways and same & set(targets):
                    same |= _may_be(value)
        if len(same) == before:
            return same


def _may_be(value: Expr) -> set[str]:
    """The names whose object, or a part of it, the value may be or hold."""
    if isinstance(value, Call) and isinstance(value.function, Var):
        return free_names(value)
    return shared_names(value)


def _added_to(loop: Statement) -> list[str]:
    """The names that are added to as a whole in a loop, in their order."""
    return list(dict.fromkeys(s.base for s in walk_statements((loop,))
                              if isinstance(s, Store) and s.index is None and s.op in ADDS))
