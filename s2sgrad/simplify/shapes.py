"""Shapes are read from names that are alive anyway, so that nothing is kept or computed for its shape alone.

In: a function. Out: the same function, with other names in the shape reads of its reverse sweep.

    before                                         after
    $1 = 100.0 * d ** 2                            $1 = 100.0 * d ** 2
    y~ = np.broadcast_to(r~, np.shape($1)) * d     y~ = np.broadcast_to(r~, np.shape(d)) * d

Guaranteed: the other name is surely bound there and always has that shape (and that dtype, under `np.zeros_like`).
It is a parameter, or its contents are read in the reverse sweep: nothing lives on because of a shape.
"""

from __future__ import annotations

import builtins
import operator
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from s2sgrad.core.kinds import Array, Dim
from s2sgrad.core.names import is_bar, is_shadow, is_slot, is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    If,
    Recall,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import blocks, bottom_up, exprs, free_names, map_blocks, map_exprs, walk_statements
from s2sgrad.simplify.algebra import only_operand
from s2sgrad.simplify.effects import binds, contents, is_known
from s2sgrad.simplify.facts import Facts, is_fixed, kind_of

SHAPES = (np.shape, np.size, np.ndim, len)
LIKE = (np.zeros_like, np.ones_like, np.empty_like, np.full_like)


def run(function: Function, facts: Facts) -> Function:
    """The function with its shapes read from names that are alive."""
    bound = Counter(name for s in walk_statements(function.body) for name in binds(s))
    params = [p.name for p in function.params if not bound[p.name]]
    known = {*bound, *(p.name for p in function.params)}
    if any(isinstance(facts.kinds.get(n), Array) for s in walk_statements(function.body) for e in exprs(s)
           for n in free_names(e) - known):
        return function         # lengths of data outside of the function have names of their own
    recalled = frozenset(s.target for s in walk_statements(function.body)
                         if isinstance(s, Recall) and s.index is None and not s.whole)
    alike = {n: source for n, source in _alike(function.body) if bound[n] == bound[source] == 1}
    reader = _Reader(facts, params, bound, _read(function.body, facts), recalled, alike)
    return replace(function, body=reader.block(function.body, set(params), ()))


def _read(block: Iterable[Statement], facts: Facts) -> list[str]:
    """The user's names whose contents these reverse statements read, in order."""
    found: dict[str, None] = {}
    for s in block:
        for e in (e for t in walk_statements((s,)) if t.reverses for e in exprs(t)):
            found.update(dict.fromkeys(sorted(contents(e, facts))))
    return [n for n in found if _is_users(n)]


def _alike(body: Block) -> Iterator[tuple[str, str]]:
    """Temporaries that are computed, entry by entry, from one name, and that name."""
    for s in walk_statements(body):
        match s:
            case Assign((name,), Call() as value) if is_temporary(name):
                source = only_operand(value)
                if isinstance(source, Var):
                    yield name, source.name


def _reads_shape(stmt: Statement) -> bool:
    """Does the statement itself read a shape?"""
    return any(isinstance(x, Call) and (is_known(x.function, SHAPES) or is_known(x.function, LIKE)
                                        or x.function is getattr) for e in exprs(stmt) for x in walk(e))


def _is_users(name: str) -> bool:
    return not (is_bar(name) or is_shadow(name) or is_slot(name) or is_temporary(name))


@dataclass
class _Reader:
    """One walk in program order. read: names whose contents the reverse sweep reads. recalled: names of which it
    has a record, which goes if only their shape is asked for. alike: temporaries, and what they are computed from."""

    facts: Facts
    params: list[str]
    bound: Counter[str]
    read: list[str]
    recalled: frozenset[str]
    alike: Mapping[str, str]

    def block(self, block: Block, sure: set[str], inherited: tuple[str, ...]) -> Block:
        """sure: names that are bound for sure; grows. inherited: names that may be used here, besides."""
        if not any(s.reverses for s in block):
            for s in block:
                sure |= set(binds(s)) if not blocks(s) else set()
            return block
        here = _read(block, self.facts)
        own: set[str] = set()
        out: list[Statement] = []
        for s in block:
            if s.reverses and any(map(_reads_shape, walk_statements((s,)))):
                once = [n for n in self.read if self.bound[n] == 1 and n in sure]
                usable = [*(n for n in here if n in own), *inherited, *once, *self.params]
                first = set().union(*(contents(e, self.facts) for e in exprs(s)))
                usable = [n for n in usable if n in first] + [n for n in usable if n not in first]
                s = self.statement(s, usable)
                inner = tuple(n for n in usable if not self.rebinds(s, n))
                s = map_blocks(s, partial(self.block, sure=set(sure), inherited=inner))
            if not isinstance(s, (If, For, While)):
                sure |= set(binds(s))
                own |= set(binds(s))
            out.append(s)
        return tuple(out)

    @staticmethod
    def rebinds(stmt: Statement, name: str) -> bool:
        """Does the statement, or one in it, bind the name?"""
        return any(name in binds(s) for s in walk_statements((stmt,)))

    def statement(self, stmt: Statement, usable: list[str]) -> Statement:
        """The statement with its own shape reads changed."""
        match stmt:
            case Assign() | Store() | Accumulate() | If():
                return map_exprs(stmt, lambda e: bottom_up(e, lambda x: self.expression(x, usable)))
            case _:
                return stmt

    def expression(self, expr: Expr, usable: list[str]) -> Expr:
        """One node."""
        match expr:
            case Call(builtins.getattr, (of, Const("shape" | "size" | "ndim") as attribute)):
                other = self.other(of, usable, dtype=False)
                if other is None and attribute == Const("shape"):
                    return self.lengths(of, usable) or expr
                return expr if other is None else Call(getattr, (other, attribute))
            case Call(function, (of, *rest), kwargs) if is_known(function, SHAPES) or is_known(function, LIKE):
                dtype = is_known(function, LIKE) and "dtype" not in dict(kwargs)
                other = self.other(of, usable, dtype)
                return expr if other is None else replace(expr, args=(other, *rest))
            case _:
                return expr

    def lengths(self, of: Expr, usable: list[str]) -> Expr | None:
        """The shape of an expression that would be computed for its shape alone, from lengths of what is alive."""
        kind = kind_of(of, self.facts)
        if not isinstance(of, Call) or not isinstance(kind, Array) or not isinstance(kind.shape, tuple):
            return None
        if not is_fixed(kind.shape):
            return None
        for name in usable:
            match self.facts.kinds.get(name):
                case Array(_, tuple() as shape) if kind.shape and shape[-len(kind.shape):] == kind.shape:
                    start = Build("slice", (Const(len(shape) - len(kind.shape)), Const(None), Const(None)))
                    return Call(operator.getitem, (Call(getattr, (Var(name), Const("shape"))), start))
        found = [self.length(dim, usable) for dim in kind.shape]
        items = tuple(e for e in found if e is not None)
        return Build("tuple", items) if len(items) == len(found) else None

    def length(self, dim: Dim, usable: list[str]) -> Expr | None:
        """`x.shape[k]` of a name that always has this length at axis k; a literal where that is known."""
        if not dim.symbol:
            return Const(dim.offset)
        for name in usable:
            match self.facts.kinds.get(name):
                case Array(_, tuple() as shape) if dim in shape:
                    return Call(operator.getitem, (Call(getattr, (Var(name), Const("shape"))), Const(shape.index(dim))))
        return None

    def other(self, of: Expr, usable: list[str], dtype: bool) -> Expr | None:
        """A name that is always of the same shape; None: the expression is as good."""
        if isinstance(of, Var) and of.name in self.alike and not dtype:
            return Var(self.alike[of.name])
        if isinstance(of, Var) and _is_users(of.name) and (of.name in self.read or of.name not in self.recalled):
            return None
        kind = kind_of(of, self.facts)
        if not (isinstance(kind, Array) and is_fixed(kind.shape)) or (dtype and kind.dtype is None):
            return None
        for name in usable:
            match self.facts.kinds.get(name):
                case Array(own, shape) if shape == kind.shape and (own == kind.dtype or not dtype):
                    return Var(name)
        return None
