"""Objects that change where nothing puts them back: sets, deques, and whatever else has methods that write it.

    seen.add(k)        left.pop()        queue.append(v)        groups[k].append(v)        fs |= {k}

What the reverse sweep undoes are stores, and the methods of lists and dicts. Any other object is, while the reverse
sweep runs, what the forward sweep has left of it. So whatever is read out of one is read once, in the forward sweep.

Comes in: a function and its kinds. Goes out: which expressions read such an object. An object and what it holds are
told apart: that a queue changes says nothing of the arrays in it.
"""

from __future__ import annotations

import operator
from collections import ChainMap
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FunctionType, MappingProxyType

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.object_classes import ObjectClasses
from s2sgrad.analyse.opaque import changed_in_place, entry_put
from s2sgrad.core.kinds import (
    Array,
    DictKind,
    Known,
    ListKind,
    Number,
    Numeric,
    Object,
    OneOf,
    TupleKind,
)
from s2sgrad.core.nodes import (
    Assign,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    Method,
    Star,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.primitives import if_else, or_
from s2sgrad.core.rewrite import exprs, walk_statements
from s2sgrad.rules.registry import FRESH, rule_of

PUT_BACK = (Array, Numeric, Number, ListKind, DictKind)     # of the rest, nothing says how to put back what is written
SAME = (operator.is_, operator.is_not)      # they look at objects and not into them


@dataclass
class Volatile(ObjectClasses):
    """The objects by name; changing: those that change."""

    changing: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.changing)

    def is_one(self, expr: Expr) -> bool:
        """May the value be an object that changes where nothing puts it back?"""
        return bool(self.changing) and not self._fixed(expr) and any(
            self.find(n) in self._roots() for n in self.objects(expr))

    def reads(self, expr: Expr) -> bool:
        """Does the expression look into such an object?"""
        return self.looked_into(expr) is not None

    def looked_into(self, expr: Expr) -> Expr | None:
        """Such an object that the expression looks into."""
        if not self.changing:
            return None
        return next((a for e in walk(expr) if isinstance(e, Call) and not any(e.function is f for f in SAME)
                     for a in _operands(e) if self.is_one(a)), None)

    def _roots(self) -> set[str]:
        return {self.find(n) for n in self.changing}

    def _fixed(self, expr: Expr) -> bool:
        kind = self.kinds.of(expr)
        return isinstance(kind, (Number, Known, OneOf)) or isinstance(kind, Object) and kind.cls in (
            frozenset, range)

    # -- objects
    def objects(self, expr: Expr) -> set[str]:
        """The objects that the value may be."""
        if self._fixed(expr):
            return set()
        match expr:
            case Var(name):
                return {self.find(name)}
            case Call(function, (base, Build("slice"))) if function is operator.getitem and not isinstance(
                    self.kinds.of(base), (ListKind, TupleKind)):
                return self.objects(base)                       # a view
            case Call(function, (base, *_)) if function in (operator.getitem, getattr):
                held = {self.entries(n) for n in self.objects(base)} | self.held(base)
                views = isinstance(self.kinds.of(base), (Array, Numeric))
                return held | (self.objects(base) if views else set())
            case Call(function, (_, *args)) if function is if_else:
                return {n for a in args for n in self.objects(a)}
            case Call(function, args) if function is or_:
                return {n for a in args for n in self.objects(a)}
            case Call(Method(name), (base, *_)):
                given = {n for a in _operands(expr)[1:] for n in self.objects(a)}
                if name in ("keys", "values", "items"):         # they show what happens to the object
                    given |= self.objects(base)
                return given | {self.entries(n) for n in self.objects(base)} | self.held(base)
            case Call(function, _) if makes_new(function, self.kinds):
                return set()
            case Call(function, (iterator, *_)) if function is next:
                return {self.entries(n) for n in self.objects(iterator)} | self.held(iterator)
            case Call():
                given = {n for a in _operands(expr) for n in self.objects(a)}
                return given | {self.entries(n) for n in given}
        return set()

    def held(self, expr: Expr) -> set[str]:
        """The objects that a new object holds."""
        match expr:
            case Build(_, items):
                return {n for i in items for n in self.objects(i)}
            case Call(Method(), _):
                return set()
            case Call(function, _) if isinstance(function, type) or makes_new(function, self.kinds) and isinstance(
                    self.kinds.of(expr), (ListKind, TupleKind, DictKind, Object)):
                given = {n for a in _operands(expr) for n in self.objects(a)}
                inside = {self.entries(n) for n in given} | {n for a in _operands(expr) for n in self.held(a)}
                keeps = function is not iter and (not isinstance(function, type) or function.__module__ != "builtins")
                return inside | given if keeps else inside
        return set()

    # -- statements
    def bind(self, name: str, value: Expr) -> None:
        """`name = value`."""
        for node in self.objects(value):
            self.union(name, node)
        for node in self.held(value):
            self.union(self.entries(name), node)

    def put(self, base: Expr, value: Expr) -> None:
        """The value goes into what the base is."""
        for holder in self.objects(base):
            for node in self.objects(value):
                self.union(self.entries(holder), node)
            for node in self.held(value):
                self.union(self.entries(self.entries(holder)), node)

    def statement(self, statement: Statement) -> None:
        """What the statement says of who is who."""
        match statement:
            case Assign((name,), value):
                self.bind(name, value)
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items):
                for name, value in zip(targets, items, strict=True):
                    self.bind(name, value)
            case Assign(targets, value):
                for name in targets:
                    self.bind(name, Call(operator.getitem, (value, Const(0))))
            case For(elements=elements):
                for name, container in elements:
                    self.bind(name, Call(operator.getitem, (container, Const(0))))
            case Store(base, index, value):
                self.put(Var(base), value if index is not None else Call(operator.getitem, (value, Const(0))))
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Call) and (put := entry_put(e)) is not None:
                    into, given, is_entry = put
                    self.put(into, given if is_entry else Call(operator.getitem, (given, Const(0))))

    def changed(self, statement: Statement) -> None:
        """What the statement changes."""
        match statement:
            case Store(base) if not isinstance(self.kinds.named(base), PUT_BACK):
                self.changing.add(base)
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Call):
                    for given in changed_in_place(e, self.kinds):
                        self.changing |= self.objects(given)


def analyse_volatile(function: Function, kinds: Kinds) -> Volatile:
    """The objects of a function that change where nothing puts them back."""
    found = Volatile(kinds)
    if not any(True for _ in _changes(function, kinds)):
        return found
    statements = tuple(walk_statements(function.body))
    for statement in statements:
        found.statement(statement)
    for statement in statements:
        found.changed(statement)
    return found


def _changes(function: Function, kinds: Kinds) -> Iterator[Statement]:
    for statement in walk_statements(function.body):
        if isinstance(statement, Store) and not isinstance(kinds.named(statement.base), PUT_BACK) or any(
                isinstance(e, Call) and changed_in_place(e, kinds) for x in exprs(statement) for e in walk(x)):
            yield statement


VIEWS = (memoryview, MappingProxyType, ChainMap)         # they show what happens to what they are given


def makes_new(function: object, kinds: Kinds) -> bool:
    """Does a call give an object of its own, whatever it is given?"""
    if isinstance(function, type) or function is iter:
        return function not in VIEWS
    if isinstance(function, Var):
        return False
    rule = rule_of(function)
    if rule is None and isinstance(function, FunctionType):     # a pair, or one that calls itself
        return kinds.calls is not None and not kinds.calls.returns_memory(function)
    return rule is not None and rule.result == FRESH and function is not operator.getitem


def _operands(call: Call) -> list[Expr]:
    given: list[Expr] = []
    for a in (*call.args, *(v for _, v in call.kwargs)):
        given.append(a.value if isinstance(a, Star) else a)
    return given
