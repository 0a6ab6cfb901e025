"""Activity: the names that depend on the differentiated arguments and that the result depends on.

Flow-insensitive; the members of an alias class that is written are active together. What is not a float cannot be
active. A call that nothing is known of is refused here if a varied value reaches it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, ListKind, Numeric, Object, TupleKind, are_keys, is_float
from s2sgrad.core.nodes import (
    Assign,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Return,
    Star,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.rules.registry import rule_of


def entries_of_index(index: Expr) -> Iterator[Expr]:
    """The values in an index, the bounds of slices among them."""
    match index:
        case Build("tuple" | "slice", items):
            for item in items:
                yield from entries_of_index(item)
        case _:
            yield index


class Activity:
    """Varied and useful names of one function."""

    def __init__(self, kinds: Kinds, aliases: Aliases, calls: Any = None) -> None:
        self.kinds, self.aliases, self.calls = kinds, aliases, calls
        self.varied: set[str] = set()
        self.useful: set[str] = set()

    def active(self, name: str) -> bool:
        """Does the name carry a derivative?"""
        return name in self.varied and name in self.useful

    def parts(self, expr: Expr) -> Iterable[Expr]:
        """The operands through which a derivative may flow."""
        match expr:
            case Call(function, (base, index)) if function is operator.getitem:
                known = isinstance(self.kinds.of(base), (Array, Numeric, ListKind, TupleKind, DictKind))
                return (base,) if known else (base, *entries_of_index(index))       # np.mgrid[a:b:5j], np.r_[x, 1.0]
            case Call(function, (base, Const(value=str() as attr))) if function is getattr:
                return () if attr in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes", "flags", "strides") else (
                    base,)
            case Call(dict.get, (base, _, default)):
                return (base, default)
            case Call(function, args, kwargs):
                rule = rule_of(function) if not isinstance(function, (Var, Method)) else None
                if rule is not None and rule.form in ("zero", "kind") and not self._joins_containers(function, args):
                    return ()
                own = (function,) if isinstance(function, Var) else ()     # what it holds may be a part of its value
                return (*own, *args, *(v for _, v in kwargs))
            case Build("slice"):
                return ()
            case Build("dict", items):
                return items[1::2]
            case Build(_, items):
                return items
            case Star(value):
                return (value,)
        return ()

    def _joins_containers(self, function: Any, args: tuple[Expr, ...]) -> bool:
        """Is it `d | e`, for dicts or sets, which holds what these hold?"""
        return function in (operator.or_, operator.and_, operator.xor) and any(
            isinstance(self.kinds.of(a), (DictKind, Object)) for a in args)

    def sources(self, expr: Expr) -> set[str]:
        """The names through which a derivative may flow into the value."""
        if isinstance(expr, Var):
            return {expr.name}
        if not is_float(self.kinds.of(expr)):
            return set()
        found: set[str] = set()
        for part in self.parts(expr):
            found |= self.sources(part)
        return found

    def is_varied(self, expr: Expr) -> bool:
        """Does the value depend on the differentiated arguments?"""
        return is_float(self.kinds.of(expr)) and any(
            n in self.varied and is_float(self.kinds.names.get(n, UNKNOWN)) for n in self.sources(expr))

    def is_active(self, expr: Expr) -> bool:
        """Does the value depend on active names?"""
        return is_float(self.kinds.of(expr)) and any(self.active(n) for n in self.sources(expr))

    def run(self, function: Function, wrt: Iterable[str]) -> Activity:
        """Fill in varied and useful names."""
        statements = tuple(walk_statements(function.body))
        self.varied |= set(wrt)
        with self.kinds.remembering():
            while self._spread(self.varied, statements, self._forward):
                pass
            statements = statements[::-1]       # in the direction of the flow: few rounds, however long the function
            while self._spread(self.useful, statements, self._backward):
                pass
        return self

    def _spread(self, found: set[str], statements: tuple[Statement, ...], step: Any) -> bool:
        before = len(found)
        for statement in statements:
            step(statement)
        written = self.aliases.written
        for root in {self.aliases.find(n) for n in found} & written:
            found |= self._members(root)
        for root in {self.aliases.find(n) for n in found}:
            self._holders(root, written, found)
        return len(found) != before

    def _holders(self, root: str, written: set[str], found: set[str]) -> None:
        """A container is active with what it holds, at any depth, if that is written; and what it holds with it."""
        find, holds = self.aliases.find, self.aliases.holds
        up = {root} if root in written else set()
        while up:
            up = {find(holder) for holder, held in list(holds.items()) if find(held) in up} - up
            more = {n for c in up for n in self._members(c)} - found
            if up and not more:
                break
            found |= more
        held, seen = root, {root}
        while held in holds:
            held = find(holds[held])
            if held in seen:
                break
            seen.add(held)
            if held in written:
                found |= self._members(held)

    def _members(self, root: str) -> set[str]:
        """The names of a class that may carry a derivative: the keys of a dict are in its class and do not."""
        return {n for n in self.aliases.members(root) if not are_keys(self.kinds.named(n))}

    def _forward(self, statement: Statement) -> None:
        match statement:
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items) > 1:
                for name, value in zip(targets, items, strict=True):
                    self._vary(name, value)
            case Assign(targets, value):
                for name in targets:
                    self._vary(name, value)
            case For(elements=elements):
                for name, container in elements:
                    self._vary(name, container)
            case Store(base, _, value):
                if self.is_varied(value):
                    self.varied.add(base)
            case Effect(Call(Method() | dict.update, (Var(base), *args))):
                if any(self.is_varied(a) for a in args):
                    self.varied.add(base)

    def _vary(self, name: str, value: Expr) -> None:
        if self.is_varied(value) and is_float(self.kinds.names.get(name, UNKNOWN)):
            self.varied.add(name)

    def _backward(self, statement: Statement) -> None:
        match statement:
            case Return(value):
                self.useful |= self.sources(value)
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items) > 1:
                for name, value in zip(targets, items, strict=True):
                    if name in self.useful:
                        self.useful |= self.sources(value)
            case Assign(targets, value):
                if any(t in self.useful for t in targets):
                    self.useful |= self.sources(value)
            case For(elements=elements):
                for name, container in elements:
                    if name in self.useful:
                        self.useful |= self.sources(container)
            case Store(base, _, value):
                if base in self.useful:
                    self.useful |= self.sources(value)
            case Effect(Call(Method() | dict.update, (Var(base), *args))):
                if base in self.useful:
                    for a in args:
                        self.useful |= self.sources(a)


