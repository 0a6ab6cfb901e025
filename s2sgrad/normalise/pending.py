"""What kinds say only as long as nothing writes it that they do not see: calls that are not written out yet, and writes
through other names.

    counter = Counter()              the kinds say that counter.n is 0,
    counter.count()          ->      and `count` may bind it anew:
    if counter.n > 0: ...            nothing is concluded from it before `count` is written out

Comes in: a function on its way to its normal form, and its kinds. Goes out: the kinds, in which nothing is known of
such fields, of lists and dicts that such calls may change, and of what depends on them; the same kinds where no call is
left that could see an object.
"""

from __future__ import annotations

import builtins
import operator
import types
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from s2sgrad.analyse.containers import CHANGING
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.classes import class_attribute, is_user_class
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
    RecordKind,
    Unknown,
    inside,
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
    If,
    Method,
    Star,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.records import Construct, attribute_path
from s2sgrad.core.rewrite import bound as bound_names, exprs, walk_statements
from s2sgrad.errors import WholeObjectError
from s2sgrad.normalise.inline import callable_value
from s2sgrad.normalise.reach import CONSTRUCTORS, Reach
from s2sgrad.read.expressions import is_user_function

CHANGING_FUNCTIONS = (dict.pop, dict.clear, dict.update, dict.setdefault, list.pop, list.append, list.extend,
                      list.insert, operator.delitem, operator.setitem)


class KindsView(Protocol):
    """The kinds of names and expressions."""

    @property
    def names(self) -> Mapping[str, Kind]:
        """Those of names."""

    def of(self, expr: Expr) -> Kind:
        """That of an expression."""

    def remembering(self) -> AbstractContextManager[None]:
        """While this lasts, what is known of names stays as it is."""


class SureKinds:
    """The kinds of what no pending call may change."""

    def __init__(self, kinds: Kinds, reach: Reach, function: Function, unseen: bool) -> None:
        """unseen: something changes of which not even `kinds` say what it is."""
        self.kinds, self.reach, self.unseen = kinds, reach, unseen
        self.unsure = {n for n in reach.names}
        self._spread(function)
        self.names: Mapping[str, Kind] = {n: UNKNOWN if n in self.unsure else k for n, k in kinds.names.items()}

    def of(self, expr: Expr) -> Kind:
        """The kind of an expression."""
        return UNKNOWN if self.is_unsure(expr) else self.kinds.of(expr)

    def remembering(self) -> AbstractContextManager[None]:
        """As long as this lasts, see `KindsView`."""
        return self.kinds.remembering()

    def is_unsure(self, expr: Expr) -> bool:
        """May a pending call change what the kinds say of it?"""
        for e in walk(expr):
            match e:
                case Var(name) if name in self.unsure:
                    return True
                case Call(builtins.getattr, (_, Const(str() as name))) if name in self.reach.fields:
                    return True
                case Call(_, args) if self.reach.contents and any(
                        isinstance(self.kinds.of(a), (ListKind, DictKind)) for a in args):
                    return True
        return False

    def _spread(self, function: Function) -> None:
        """To the names that hold what is computed from it, or are lists of it."""
        statements = tuple(walk_statements(function.body))
        before = -1
        while before != (before := len(self.unsure)):
            for statement in statements:
                match statement:
                    case Assign(targets, value) if self.is_unsure(value):
                        self.unsure.update(targets)
                    case For(elements=elements):
                        self.unsure.update(n for n, container in elements if self.is_unsure(container) or (
                            self.reach.contents and isinstance(self.kinds.of(container), (ListKind, DictKind))))
                    case Store(base, index, value) if not attribute_path(index) and self.is_unsure(value):
                        self.unsure.add(base)
                    case Effect(Call(Method(), (Var(base), *args))) if any(map(self.is_unsure, args)) and isinstance(
                            self.kinds.named(base), (ListKind, DictKind)):
                        self.unsure.add(base)


def sure_kinds(function: Function, kinds: Kinds) -> KindsView:
    """What can be relied on."""
    if all(isinstance(kind, (Number, Array, Numeric)) for kind in kinds.names.values()):
        return kinds                                    # no object, no list, and no function that binds a variable
    classes = {c for kind in kinds.names.values() for c in _classes(kind)}
    values, methods = _Pending(kinds).of(function)
    reach = Reach(classes | {c for v in values for c in [v] if is_user_class(c)})
    if values or methods:
        reach.follow(values, methods)
    changes = _Changes(function, kinds, reach)
    changes.find()
    if not (reach.fields or reach.names or reach.contents):
        return kinds
    return SureKinds(kinds, reach, function, changes.unseen)


def unseen(kinds: KindsView) -> bool:
    """Does something change of which not even the other kinds know what it is?"""
    return isinstance(kinds, SureKinds) and kinds.unseen


class _Changes:
    """What the function itself changes where kinds do not follow it to all names: under another name than the one of
    what was made here, in what others hold, or in the middle of an expression."""

    def __init__(self, function: Function, kinds: Kinds, reach: Reach) -> None:
        self.function, self.kinds, self.reach = function, kinds, reach
        self.unseen = False             # does something change of which it is not known what it is?
        self.statements = tuple(walk_statements(function.body))
        bound = Counter(n for s in self.statements for n in bound_names(s))
        self.objects: set[str] = set()
        self.lists: set[str] = set()
        for s in self.statements:
            match s:
                case Assign((name,), Call(Construct())) if bound[name] == 1:
                    self.objects.add(name)
                case Assign((name,), Build("list" | "dict") | Call(builtins.list | builtins.dict)) if bound[name] == 1:
                    self.lists.add(name)
        self.lists -= {n for s in self.statements for e in exprs(s) for n in _given_away(e)}

    def find(self) -> None:
        """Add it to what may be changed."""
        for s in self.statements:
            match s:
                case Store(base, index) if path := attribute_path(index):
                    made = base in self.objects and s.origin.function in CONSTRUCTORS
                    self.reach.fields.update(() if made else path)
                case Store(base, index) if index is not None and not self.is_numeric(base):
                    self.reach.contents |= base not in self.lists
                    self.unseen |= isinstance(self.kinds.named(base), Unknown)
                case Store(base, None, _, op) if op is not None and not self.is_numeric(base):
                    self.reach.contents |= base not in self.lists
                case Effect(Call() as call) | Assign(_, Call() as call):
                    match call:
                        case Call(_, (Var(name), *_)) if name in self.lists:
                            pass
                        case _:
                            self.reach.contents |= self.changes(call)
                    for a in (*call.args, *(v for _, v in call.kwargs)):
                        self.reach.contents |= any(map(self.changes, walk(a)))
                    continue
            for expr in exprs(s):
                self.reach.contents |= any(map(self.changes, walk(expr)))

    def is_numeric(self, name: str) -> bool:
        """Is it known to be no list, dict or object?"""
        return isinstance(self.kinds.named(name), (Array, Numeric, Number))

    def changes(self, expr: Expr) -> bool:
        """Does a call change a list or dict?"""
        match expr:
            case Call(Method(name), (receiver, *_)):
                self.unseen |= name in CHANGING and isinstance(self.kinds.of(receiver), Unknown)
                return name in CHANGING and not isinstance(self.kinds.of(receiver), (Array, Numeric, Number))
            case Call(function):
                return any(function is f for f in CHANGING_FUNCTIONS)
        return False


def _given_away(expr: Expr) -> Iterator[str]:
    """The names whose object an expression hands on, rather than looking into it."""
    match expr:
        case Var(name):
            yield name
        case Call(operator.getitem | builtins.len | builtins.getattr | Method(), (Var(), *rest)):
            for e in rest:
                yield from _given_away(e)
        case Call(_, args, kwargs):
            for e in (*args, *(v for _, v in kwargs)):
                yield from _given_away(e)
        case Build(_, items):
            for e in items:
                yield from _given_away(e)
        case Star(value):
            yield from _given_away(value)


def _classes(kind: Kind) -> Iterator[type]:
    """The classes of the objects in it, and those that it is."""
    for k in inside(kind):
        match k:
            case RecordKind(type() as cls):
                yield cls
            case Known(type() as cls) if is_user_class(cls):
                yield cls


class _Pending:
    """Calls that may see an object, and are not written out."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds

    def of(self, function: Function) -> tuple[list[Any], set[str]]:
        """What is called, and the names of methods that are."""
        values: list[Any] = []
        methods: set[str] = set()
        for statement in walk_statements(function.body):
            if isinstance(statement, (If, While)) and self.is_object(statement.test):
                methods.add("__bool__")
            if isinstance(statement, Store) and self.is_object(Var(statement.base)):
                methods.update(attribute_path(statement.index) or ("__setitem__",))     # setters of properties
            for expr in exprs(statement):
                for e in walk(expr):
                    if isinstance(e, Call):
                        self.call(e, values, methods)
        return values, methods

    def call(self, call: Call, values: list[Any], methods: set[str]) -> None:
        """What one call runs."""
        arguments = (*call.args, *(v for _, v in call.kwargs))
        match call:
            case Call(Method(name), (receiver, *_)) if self.is_object(receiver):
                methods.add(name)
            case Call(builtins.getattr, (base, Const(str() as name))):
                if any(class_attribute(c, name) is not None for c in _classes(self.kinds.of(base))):
                    methods.add(name)                       # a property, or a method that is handed on
            case Call(Var(name)):
                values += self.held(name)
            case Call(function) if isinstance(function, Closure) or is_user_class(function) or is_user_function(
                    function) and any(map(self.sees_objects, arguments)):
                values.append(function)
            case Call(types.BuiltinFunctionType() | np.ufunc() as function, args) if function is not isinstance and any(
                    isinstance(self.kinds.of(a), RecordKind) for a in args):
                methods.add("__call__")                     # operators, whichever
        for a in arguments:                                 # functions that are handed on
            match a:
                case Const(value) if isinstance(value, Closure) or is_user_function(value):
                    values.append(value)
                case Var(name):
                    values += self.held(name)

    def held(self, name: str) -> list[Any]:
        """The functions that a name may hold."""
        match self.kinds.names.get(name):
            case Known(value):
                return [value]
            case OneOf(functions):
                return list(functions)
            case RecordKind(_, fields):
                return [k.value for _, k in fields if isinstance(k, Known)]
        return []

    def is_object(self, expr: Expr) -> bool:
        """May it be an object of the user's?"""
        return isinstance(self.kinds.of(expr), (RecordKind, Unknown, Maybe))

    def sees_objects(self, expr: Expr) -> bool:
        """May there be one in it?"""
        kind = self.kinds.of(expr)
        return isinstance(kind, Unknown) or any(True for _ in _classes(kind))


class Relied:
    """The classes and functions that fields were taken to hold while pending calls might have bound them anew."""

    def __init__(self) -> None:
        self.kinds: dict[tuple[type, str], Kind] = {}

    def add(self, kinds: Kinds, sure: KindsView) -> None:
        """From here on the fields that are not sure have to stay what they are."""
        fields = sure.reach.fields if isinstance(sure, SureKinds) else ()
        for key, kind in _fields(kinds):
            called = isinstance(kind, (RecordKind, OneOf)) or isinstance(kind, Known) and callable_value(kind.value)
            if called and key[1] in fields:
                self.kinds.setdefault(key, kind)

    def check(self, function: Function, kinds: Kinds) -> None:
        """Raises WholeObjectError where one of them holds something else."""
        for key, kind in _fields(kinds) if self.kinds else ():
            before = self.kinds.get(key)
            same = isinstance(before, RecordKind) and isinstance(kind, RecordKind) and before.cls == kind.cls
            if before is not None and not same and kind != before:
                raise WholeObjectError(f"The field `{key[1]}` of a `{key[0].__name__}` may hold objects of several "
                                       "classes, or several functions.", "Use a field for each.", function.origin)


def _fields(kinds: Kinds) -> Iterator[tuple[tuple[type, str], Kind]]:
    """The fields of the objects that names hold, and what these hold."""
    for kind in kinds.names.values():
        for k in inside(kind):
            match k:
                case RecordKind(type() as cls, fields):
                    yield from (((cls, name), held) for name, held in fields)
