"""Binding times: what is known while JAX traces a function, and what only while it runs.

Static: Python integers, truth values, strings and other objects among the arguments; shapes, lengths and dtypes of
anything; and what is computed from those alone. It stays Python. All else is traced: arrays, floats, and whatever a
loop or branch that is lowered gives. A loop over a container whose entries differ in shape (the layers of a network)
stays a Python loop, and so its index is static.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.live import Names, live_after
from s2sgrad.core.kinds import Array, DictKind, Kind, ListKind, Number, Numeric, TupleKind
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
    Record,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import blocks, bound_in, exprs, walk_statements

SHAPE_ATTRIBUTES = ("shape", "ndim", "size", "dtype")
SHAPE_FUNCTIONS: tuple[Any, ...] = (len, np.shape, np.ndim, np.size, np.result_type, isinstance, type, callable,
                                    operator.is_, operator.is_not, dict.keys)


def is_static_kind(kind: Kind) -> bool:
    """Is an argument of this kind part of the program, not of its data?"""
    match kind:
        case Number(dtype):
            return dtype.startswith(("bool", "int", "uint"))
        case TupleKind(items):
            return all(is_static_kind(k) for k in items)
        case ListKind(items=tuple() as items):
            return all(is_static_kind(k) for k in items)
        case DictKind(items=tuple() as pairs):
            return all(is_static_kind(k) for _, k in pairs)
        case Array() | Numeric() | ListKind() | DictKind():
            return False
    return True


def stackable(kind: Kind) -> bool:
    """Is it an array of rank 1 and more, or a container of numbers or arrays that are all alike?"""
    match kind:
        case Array(shape=shape):
            return shape != ()
        case ListKind(item=Number() | Array() as item, items=items):
            return items is None or all(k == items[0] for k in items) and not is_static_kind(item)
        case TupleKind(items=(Number() | Array(), *_) as items):
            return all(k == items[0] for k in items) and not is_static_kind(items[0])
    return False


def demanded(function: Function) -> set[str]:
    """Names that must be static: bounds of loops and slices, lengths of new arrays."""
    found: set[str] = set()
    for statement in walk_statements(function.body):
        for expr in exprs(statement):
            for e in walk(expr):
                match e:
                    case Call(f, args) if f in (range, np.zeros, np.ones, np.empty, np.eye, np.arange, np.reshape):
                        found.update(*map(_values_read, args))
                    case Build("slice", items):
                        found.update(*map(_values_read, items))
    return found


def _values_read(expr: Expr) -> set[str]:
    """Names whose values, not only their shapes, are read."""
    match expr:
        case Var(name):
            return {name}
        case Call(f, args):
            attribute = args[1] if f is getattr else None
            if f in SHAPE_FUNCTIONS or isinstance(attribute, Const) and attribute.value in SHAPE_ATTRIBUTES:
                return set()
            return set().union(*map(_values_read, args)) if args else set()
    return set()


@dataclass
class Binding:
    """What is known when.

    traced: names that are known only while the program runs. python: labels of the loops that stay Python loops (those
    of the forward sweep, for their reversed ones too). stacked: names of containers that become arrays, since a lowered
    loop runs through them. unsure: names that lowered branches and loops bind, so that which object they hold is open.
    """

    kinds: Kinds
    params: frozenset[str]
    traced: set[str] = field(default_factory=set)
    python: set[int] = field(default_factory=set)
    stacked: set[str] = field(default_factory=set)
    live: dict[int, Names] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def run(self, body: Block) -> Binding:
        """Follow the whole body, until nothing changes."""
        self.live = live_after(body)
        while True:
            before = len(self.traced), len(self.python), len(self.unsure)
            for statement in body:
                self.statement(statement)
            if (len(self.traced), len(self.python), len(self.unsure)) == before:
                break
        for statement in walk_statements(body):
            self.find_stacked(statement)
        return self

    # ------------------------------------------------------------ expressions
    def is_traced(self, expr: Expr) -> bool:
        """Is the value known only while the program runs?"""
        match expr:
            case Var(name):
                return name in self.traced
            case Const(value):
                return isinstance(value, np.ndarray)
            case Call(f, (_, Const(attribute), *_)) if f is getattr and attribute in SHAPE_ATTRIBUTES:
                return False
            case Call(f, args) if f is operator.is_ or f is operator.is_not:
                return any(isinstance(a, Var) and a.name in self.unsure for a in args)
            case Call(f) if f in SHAPE_FUNCTIONS:
                return False
            case Call(f, (Var(name) as base, index)) if f is operator.getitem and name in self.params:
                if isinstance(self.kinds.of(base), (ListKind, TupleKind, DictKind)) and not self.is_traced(index):
                    return not is_static_kind(self.kinds.of(expr))
                return self.is_traced(base) or self.is_traced(index)
            case Call(function, args, kwargs):
                if isinstance(function, Var):
                    return True
                if any(self.is_traced(a) for a in (*args, *(v for _, v in kwargs))):
                    return True
                return isinstance(self.kinds.of(expr), (Array, Numeric))
            case Build(_, items):
                return any(self.is_traced(i) for i in items)
        return True

    # ------------------------------------------------------------ statements
    def statement(self, statement: Statement) -> None:
        """Note what the statement makes traced."""
        match statement:
            case Assign(targets, value) if self.is_traced(value):
                self.traced.update(targets)
            case Record(slot, value) if self.is_traced(value):
                self.traced.add(slot)
            case Recall(target, slot) if slot in self.traced:
                self.traced.add(target)
            case Store(base, _, value) | Accumulate(base, _, value) if self.is_traced(value):
                self.traced.add(base)
            case If(test) if self.is_traced(test):
                self.leaving(statement)
            case For() if not self.stays_python(statement):
                self.traced.update((statement.target, *(n for n, _ in statement.elements)))
                self.leaving(statement)
                self.traced.update(bound_in(statement.body) & exposed_names(statement.body))
                self.traced.update(s.slot for s in walk_statements(statement.body) if isinstance(s, Record))
            case For(elements=elements):
                self.traced.update(n for n, container in elements if self.is_traced(container))
        for inner in blocks(statement):
            for s in inner:
                self.statement(s)

    def leaving(self, statement: Statement) -> None:
        """What a lowered statement binds is traced where it is read behind it."""
        inside = {name for block in blocks(statement) for name in bound_in(block)}
        self.traced |= inside & self.live[statement.label]
        self.unsure |= inside & self.live[statement.label]

    def stays_python(self, loop: For) -> bool:
        """Does the loop run while JAX traces?"""
        if canonical(loop) in self.python:
            return True
        if range_of(loop.over) is None or any(not stackable(self.kinds.of(c)) for _, c in loop.elements) or (
                self.picks(loop)):
            self.python.add(canonical(loop))
            return True
        return False

    def picks(self, loop: For) -> bool:
        """Does the index pick entries of a container that is no array?"""
        depend = {loop.target}
        for s in walk_statements(loop.body):
            if isinstance(s, Assign) and any(isinstance(e, Var) and e.name in depend for e in walk(s.value)) and (
                    isinstance(self.kinds.of(s.value), Number)):
                depend.update(s.targets)
        return any(
            isinstance(e, Call) and e.function is operator.getitem and _reads_any(e.args[1], depend)
            and isinstance(kind := self.kinds.of(e.args[0]), (ListKind, TupleKind, DictKind)) and not stackable(kind)
            for s in walk_statements(loop.body) for expr in exprs(s) for e in walk(expr))

    def find_stacked(self, statement: Statement) -> None:
        """Containers of which a traced index picks an entry."""
        match statement:
            case For(elements=elements) if canonical(statement) not in self.python:
                self.stack(c for _, c in elements)
            case Accumulate(index=index, like=like) if index is not None and self.is_traced(index):
                self.stack((Var(like),))
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Call) and e.function is operator.getitem and self.is_traced(e.args[1]):
                    self.stack((e.args[0],))

    def stack(self, containers: Iterable[Expr]) -> None:
        """Note these containers, where they are names of such."""
        for container in containers:
            if isinstance(container, Var) and isinstance(self.kinds.of(container), (ListKind, TupleKind)):
                self.stacked.add(container.name)


def canonical(loop: Statement) -> int:
    """The label of a loop, or of the one that it reverses."""
    return loop.reverses if loop.reverses > 0 else loop.label


def range_of(over: Expr) -> Call | None:
    """The range that a loop runs through, forwards or backwards."""
    if isinstance(over, Call) and over.function is reversed and len(over.args) == 1:
        over = over.args[0]
    return over if isinstance(over, Call) and over.function is range else None


def _reads_any(expr: Expr, names: set[str]) -> bool:
    return any(isinstance(e, Var) and e.name in names for e in walk(expr))
