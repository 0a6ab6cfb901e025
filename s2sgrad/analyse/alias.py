"""Alias classes: which names may share memory, and which of these classes are written.

A class joins everything that may share memory: assignment, view, branch joins, container entries, arguments
(design, section 6). Flow-insensitive; a container and what it holds are two classes, linked. Names of numbers,
strings and functions are in no class: nobody can write them.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

from s2sgrad.analyse.calls import CONJUGATES, may_keep
from s2sgrad.analyse.indexing import analyse_index
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.object_classes import ObjectClasses
from s2sgrad.analyse.opaque import entry_put, may_be_written
from s2sgrad.analyse.volatile import Volatile, analyse_volatile
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Maybe,
    Number,
    Numeric,
    OneOf,
    TupleKind,
    are_keys,
    is_complex,
    is_flat,
)
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
    Store,
    Var,
    walk,
)
from s2sgrad.core.primitives import listed_items, listed_values
from s2sgrad.core.rewrite import exprs, walk_statements
from s2sgrad.rules.draws import is_draw
from s2sgrad.rules.registry import FRESH, MAYBE_VIEW, rule_of
from s2sgrad.runtime import entries

SEQUENCES = (list, tuple, set, frozenset, dict, sorted, reversed, zip, enumerate, list.copy, dict.copy, listed_values,
             listed_items)
ENTRIES = (entries, dict.get, dict.values, dict.items)          # what they give is what the container holds
JOINING = (operator.add, operator.mul, operator.or_)
UNALIASED = ("append", "extend", "insert")


def viewed(call: Call) -> int:
    """The position of the argument that the result may be a view of."""
    return 1 if call.function is np.einsum else 0


@dataclass
class Aliases(ObjectClasses):
    """The classes. class_of gives the representative of a name; entries, the class of what a container holds."""

    stored: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    volatile: Volatile | None = None            # objects that change where nothing puts them back

    def mutable(self, kind: Kind) -> bool:
        """May a value of this kind be written, or hold what may be?"""
        match kind:
            case Number() | Known() | OneOf():
                return False
            case Maybe(inner):
                return self.mutable(inner)
            case TupleKind(items):
                return any(self.mutable(k) for k in items)
        return True

    # -- what an expression may share memory with
    def memory(self, expr: Expr) -> set[str]:
        """The nodes whose object the value of the expression may be, or be a view of."""
        if not self.mutable(self.kinds.of(expr)):
            return set()
        match expr:
            case Var(name):
                return {self.find(name)}
            case Const():
                return set()
            case Build():
                return set()
            case Call(function, (base, index)) if function is operator.getitem:
                return self._item(base, index)
            case Call(function, (base, Const(value=str()))) if function is getattr:
                return set() if base == Const(None) else self._both(base)
            case Call(function, args) if function in SEQUENCES:
                return set()
            case Call(function, args) if function in (operator.or_, operator.add, operator.mul) and isinstance(
                    self.kinds.of(expr), (ListKind, TupleKind, DictKind)):
                return set()
            case Call(dict.get, (base, key, default)):
                return self._item(base, key) | self.memory(default)
            case Call(dict.keys, (base,)):
                return self.memory(base)
            case Call(Method("copy"), (_,)):
                return set()
            case Call(Method(name), (base, *_)) if is_draw(self.kinds.of(base), name):
                return set()
            case Call(Method() | Var(), args, kwargs):
                return {n for a in (*args, *(v for _, v in kwargs)) for n in self._both(a)}
            case Call(function, args, kwargs):
                rule = rule_of(function)
                if isinstance(function, FunctionType) and rule is None:
                    # a pair: helpers that may return their arguments are written out, unless they call themselves
                    if self.kinds.calls is None or not self.kinds.calls.returns_memory(function):
                        return set()
                    return {n for a in (*args, *(v for _, v in kwargs)) for n in self._given_back(
                        a, self.kinds.of(expr), within=False)}
                if rule is None:
                    return {n for a in (*args, *(v for _, v in kwargs)) for n in self._both(a)}
                if (rule.result == FRESH and not may_keep(expr)) or isinstance(self.kinds.of(expr), ListKind):
                    return set()
                if self.is_copy(expr):
                    return set()
                return set().union(*(self._both(a) for a in args)) if args else set()
            case Star(value):
                return self._both(value)
        return set()

    def shared(self, expr: Expr) -> set[str]:
        """The nodes of everything that the value is or holds."""
        return self._both(expr)

    def mentioned(self, expr: Expr) -> set[str]:
        """The names in an expression."""
        return {e.name for e in walk(expr) if isinstance(e, Var)}

    def is_copy(self, call: Call) -> bool:
        """Is a result that may be a view known to be a copy? (ravel copies what is not contiguous)"""
        function, args, options = call.function, call.args, dict(call.kwargs)
        kind = self.kinds.of(args[0]) if args else UNKNOWN
        if function is np.einsum:
            return len(args) != 2
        if function is np.diag and isinstance(kind, Array) and kind.rank == 1:
            return True
        if isinstance(kind, (ListKind, TupleKind)):
            return function not in ENTRIES              # NumPy makes an array of it
        if function in CONJUGATES and is_complex(kind):
            return not self.kinds.mixed
        if function is np.imag:                         # of a real array: zeros
            return isinstance(kind, (Array, Numeric)) and kind.dtype is not None and not is_complex(kind)
        return (function is np.ravel and len(args) == 1 and not options and isinstance(kind, Array)
                and kind.layout == "strided")

    def unsure(self, expr: Expr) -> Call | None:
        """A part of the expression that is a view or a copy, depending on the layout, the dtype or an option."""
        for e in walk(expr):
            if not isinstance(e, Call) or isinstance(e.function, (Var, Method)):
                continue
            rule = rule_of(e.function)
            if (may_keep(e) or rule is not None and rule.result == MAYBE_VIEW) and self.memory(e) and (
                    not self._is_view(e)):
                return e
        return None

    def _is_view(self, call: Call) -> bool:
        """Is a result that may be a view known to be one?"""
        function, kind = call.function, self.kinds.of(call.args[0])
        if not isinstance(kind, Array):
            return False
        if function is np.diag:
            return kind.rank == 2
        if function in (np.reshape, np.ravel):
            return kind.layout == "C" and len(call.args) < 3 and not dict(call.kwargs).keys() & {"order", "copy"}
        if function is np.imag:
            return is_complex(kind) and bool(kind.rank)
        if function in CONJUGATES:
            return kind.dtype is not None and not is_complex(kind)
        return (function in (np.asarray, np.atleast_1d, np.atleast_2d, np.real) and len(call.args) == 1
                and not call.kwargs and (kind.rank or 0) > 1 - (function is not np.atleast_2d))

    def memory_names(self, expr: Expr) -> set[str]:
        """The names (not their classes) that the value of the expression may directly be, or be a view of."""
        match expr:
            case Var(name):
                return {name}
            case Call(function, (base, _)) if function is operator.getitem:
                return self.memory_names(base) if self.memory(expr) else set()
            case Call(_, args) if self.memory(expr):
                return {n for a in args for n in self.memory_names(a)}
            case Build(_, items):
                return {n for i in items for n in self.memory_names(i)}
        return set()

    def _item(self, base: Expr, index: Expr) -> set[str]:
        kind = self.kinds.of(base)
        match kind:
            case Array():
                found = analyse_index(kind, index, self.kinds.of)
                return set() if found.view is False else self.memory(base)
            case Numeric():
                return self.memory(base)
            case ListKind() | TupleKind() if isinstance(index, Build) and index.form == "slice":
                return set()
            case TupleKind() | ListKind() | DictKind():
                return {self.entries(n) for n in self.memory(base)} | self.held(base)
        return set() if are_keys(kind) else self._both(base)

    def _both(self, expr: Expr) -> set[str]:
        """The object itself or anything in it: where it is not known which."""
        own = self.memory(expr)
        kind = self.kinds.of(expr)
        if isinstance(kind, (Array, Numeric)) or are_keys(kind):
            return own
        held = {self.entries(n) for n in own}
        if isinstance(expr, Build):
            held |= {n for i in expr.items for n in self._both(i)}
        return own | held

    def _given_back(self, argument: Expr, result: Kind, within: bool) -> set[str]:
        """What the result of a call (within: what that holds) may be of an argument: a list of arrays is no array."""
        kind = self.kinds.of(argument)
        if not is_flat(kind) or within and not is_flat(result):
            return self._both(argument)
        arrays = within or isinstance(result, (Array, Numeric))
        if isinstance(kind, (Array, Numeric)):
            return self.memory(argument) if arrays else set()
        if arrays:
            return {self.entries(n) for n in self.memory(argument)} | self.held(argument)
        return self.memory(argument)

    def held(self, expr: Expr) -> set[str]:
        """The nodes that a fresh container made by the expression holds."""
        match expr:
            case Build(_, items):
                return {n for i in items for n in self.memory(i)}
            case Call(function, (base, index)) if function is operator.getitem and isinstance(
                    self.kinds.of(base), (ListKind, TupleKind)) and isinstance(index, Build):
                return {self.entries(n) for n in self.memory(base)} | self.held(base)
            case Call(function, args) if function in (operator.add, operator.mul, operator.or_) and isinstance(
                    self.kinds.of(expr), (ListKind, TupleKind, DictKind)):
                return {n for a in args for n in (*self.held(a), *(self.entries(m) for m in self.memory(a)))}
            case Call(function, args) if function in SEQUENCES:
                found: set[str] = set()
                for a in args:
                    kind = self.kinds.of(a)
                    if are_keys(kind):
                        continue
                    if not isinstance(kind, Array):
                        found |= {self.entries(n) for n in self._both(a)} | self.held(a)
                    elif kind.rank != 1:                # of rank 1: the list holds numbers
                        found |= self.memory(a)
                return found
            case Call(Method("copy"), (base,)):
                return {self.entries(n) for n in self.memory(base)}
            case Call(FunctionType() as function, args, kwargs) if rule_of(function) is None:
                if self.kinds.calls is not None and self.kinds.calls.returns_memory(function):
                    return {n for a in (*args, *(v for _, v in kwargs)) for n in self._given_back(
                        a, self.kinds.of(expr), within=True)}
            case Call(function, args):
                rule = rule_of(function)
                if rule is not None and rule.result != FRESH and isinstance(self.kinds.of(expr), ListKind):
                    return self._both(args[0])
        return set()

    def hold_together(self, expr: Expr) -> None:
        """What a list or dict holds that is made inside an expression, and gets a name later."""
        for e in walk(expr):
            if isinstance(e, Call) and e.function in JOINING and e is not expr:
                held = sorted(self.held(e))
                for node in held[1:]:
                    self.union(held[0], node)

    def rearranged(self, expr: Expr, effect: bool) -> None:
        """What a call that changes a list writes, and what it puts into it."""
        written = may_be_written(expr, self.kinds, effect)
        self.stored.update(written)
        put = entry_put(expr) if written and isinstance(expr, Call) else None
        for node in self.memory(put[1]) | self.held(put[1]) if put is not None else ():
            self.union(self.entries(written[0]), node)

    def changes_unseen(self, expr: Expr) -> bool:
        """Does the expression look into what changes where nothing puts it back?"""
        return self.volatile is not None and self.volatile.reads(expr)

    def nested(self, expr: Expr) -> list[tuple[int, Expr]]:
        """Containers built inside a display."""
        return [(k, i) for k, i in enumerate(expr.items) if isinstance(i, Build)] if isinstance(expr, Build) else []

    # -- statements
    def bind(self, name: str, expr: Expr) -> None:
        """`name = expr`."""
        if not self.mutable(self.kinds.names.get(name, UNKNOWN)):
            return
        for node in self.memory(expr):
            self.union(name, node)
        for node in self.held(expr):
            self.union(self.entries(name), node)
        for k, inner in self.nested(expr):
            self.bind(f"{name}[{k}]", inner)
            self.union(self.entries(name), f"{name}[{k}]")

    def unpack(self, name: str, value: Expr) -> None:
        """`..., name, ... = value`."""
        if self.mutable(self.kinds.names.get(name, UNKNOWN)):
            kind = self.kinds.of(value)
            if are_keys(kind):
                return
            nodes = self.memory(value) if isinstance(kind, (Array, Numeric)) else {
                self.entries(n) for n in self.memory(value)} | self.held(value)
            if not isinstance(kind, (Array, Numeric, ListKind, TupleKind)):
                nodes |= self.memory(value)
            for node in nodes:
                self.union(name, node)

    def is_written(self, name: str) -> bool:
        """Is any member of the name's class ever written?"""
        return self.find(name) in self.written

    @property
    def written(self) -> set[str]:
        """The classes that are written."""
        return {self.find(n) for n in self.stored}

    def members(self, root: str) -> set[str]:
        """The names of a class."""
        return {n for n in self.parent if self.find(n) == root and not n.endswith("]")}


def analyse_aliases(function: Function, kinds: Kinds) -> Aliases:
    """The alias classes of a function (after `resolve`)."""
    with kinds.remembering():
        return _analysed(function, kinds)


def _analysed(function: Function, kinds: Kinds) -> Aliases:
    aliases = Aliases(kinds, volatile=analyse_volatile(function, kinds))
    for statement in walk_statements(function.body):
        for expr in exprs(statement):
            aliases.hold_together(expr)
            aliases.rearranged(expr, isinstance(statement, Effect))
        match statement:
            case Assign((name,), value) if not isinstance(value, Const) or not isinstance(value.value, Closure):
                aliases.bind(name, value)
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items):
                for name, value in zip(targets, items, strict=True):
                    aliases.bind(name, value)
            case Assign(targets, value):
                for name in targets:
                    aliases.unpack(name, value)
            case For(elements=elements):
                for name, container in elements:
                    aliases.unpack(name, container)
            case Store(base, index, value):
                if aliases.mutable(kinds.names.get(base, UNKNOWN)):
                    aliases.stored.add(base)
                    if not isinstance(kinds.names.get(base), Array):
                        nodes = aliases.memory(value) | aliases.held(value)
                        if isinstance(index, Build) and index.form == "slice":
                            nodes = {aliases.entries(n) for n in aliases.memory(value)} | aliases.held(value)
                        for node in nodes:
                            aliases.union(aliases.entries(base), node)
            case Effect(Call(Method(), (Var(base), *args))) if aliases.mutable(kinds.names.get(base, UNKNOWN)):
                aliases.stored.update((base, *may_be_written(statement.call, kinds)))
                for value in args:
                    for node in aliases.memory(value) | aliases.held(value):
                        aliases.union(aliases.entries(base), node)
            case Effect(Call(dict.update, (Var(base), other))):
                aliases.stored.add(base)
                for node in {aliases.entries(n) for n in aliases.memory(other)} | aliases.held(other):
                    aliases.union(aliases.entries(base), node)
            case Effect(Call(dict.pop | dict.clear | list.pop, (Var(base), *_))):
                aliases.stored.add(base)
            case Return(value):
                aliases.returned |= aliases.memory(value)
    return aliases
