"""The gradient of a matrix that a loop adds outer products to is one matrix product after the loop.

                                            a_bar_rows = []
                                            x_rows = []
    for x in reversed(xs):                  for x in reversed(xs):
        a_bar = ...                ->           a_bar = ...
        W_bar += np.outer(a_bar, x)             a_bar_rows.append(a_bar)
                                                x_rows.append(x)
                                            W_bar += np.array(a_bar_rows).T @ np.array(x_rows)

Comes in: a function in the dialect of NumPy. Goes out: the same function, with the factors of such products kept in
lists. Guaranteed: a matrix of which the loop does anything but add to it stays as it is; what is kept is an object
that nobody writes afterwards, or a copy. Without a trip the product is that of two empty vectors, which is 0.0.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, Number, is_complex
from s2sgrad.core.names import SLOT, is_bar
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
from s2sgrad.core.rewrite import bound, exprs, free_names, map_blocks, walk_statements
from s2sgrad.lower.numpy import adjoint_kind, shared_names
from s2sgrad.simplify.effects import is_fresh, is_pure
from s2sgrad.simplify.facts import Facts

DTYPES = ("float64", "float32")
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
            loop = _Loop(self, frozenset(matrices))
            body = loop.block(statement.body)
            out += [Assign((name,), Build("list", ()), origin=statement.origin) for name in loop.lists]
            out.append(map_blocks(replace(statement, body=body), self.block))
            out += loop.products
        return tuple(out)

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
    """A loop out of which products are taken. lists: what is kept; products: the statements after the loop."""

    stacking: _Stacking
    matrices: frozenset[str]
    lists: list[str] = field(default_factory=list)
    products: list[Statement] = field(default_factory=list)

    def block(self, block: Block) -> Block:
        """The block with factors kept in the place of outer products."""
        out: list[Statement] = []
        kept: dict[Expr, str] = {}              # the lists that hold what a factor still is
        for k, statement in enumerate(block):
            found = self.stacking.factors(statement)
            if isinstance(statement, Store) and statement.base in self.matrices and found is not None:
                names: list[str] = []
                for factor in found:
                    if factor not in kept:
                        kept[factor] = name = self.stacking.name(factor)
                        self.lists.append(name)
                        value = factor if self.is_settled(factor, block, k) else Call(np.copy, (factor,))
                        out.append(Effect(Call(Method("append"), (Var(name), value)), origin=statement.origin,
                                          reverses=statement.reverses))
                    names.append(kept[factor])
                rows, columns = (Call(np.array, (Var(n),)) for n in names)
                value = Call(operator.matmul, (Call(getattr, (rows, Const("T"))), columns))
                self.products.append(Store(statement.base, None, value, operator.iadd, origin=statement.origin,
                                           reverses=statement.reverses))
                continue
            out.append(map_blocks(statement, self.block))
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
            case Var(name):
                facts = self.stacking.facts
                return name in facts.classes and facts.classes[name] not in facts.written
        return False

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
