"""Parameters that are objects, or hold objects, as one parameter for each field.

    def loss(params, x): ...             def loss(W, b, x):
                                             params = record of W and b
                                ->           ...

Comes in: a function and the kinds of its parameters. Goes out: the function with leaves for parameters, their kinds,
and what leads from one to the other: the statements that take the leaves out of what the caller passes, and the
expressions that put their gradients together again.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from s2sgrad.core import primitives
from s2sgrad.core.classes import class_numbers
from s2sgrad.core.kinds import UNKNOWN, DictKind, Kind, ListKind, Number, RecordKind, TupleKind, is_float
from s2sgrad.core.names import FIELD, VERSION
from s2sgrad.core.nodes import Assign, Build, Call, Const, Expr, Function, Parameter, Statement, Var
from s2sgrad.core.records import Construct
from s2sgrad.core.rewrite import rename_block
from s2sgrad.normalise.unroll import FEW, holds_functions, holds_records
from s2sgrad.rules.shapes import constant_kind
from s2sgrad.runtime import with_fields, with_fields_each

OPENED, COLUMNS = f"{VERSION}o", f"{VERSION}e"      # in the names of what parameters hold, entry by entry or not
TOGETHER = 3                # leaves that one statement takes out


@dataclass
class OpenParameters:
    """leaves: for each parameter that was opened, its leaves; values: what each leaf is, in the caller's arguments."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    leaves: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, Expr] = field(default_factory=dict)
    whole: dict[str, Kind] = field(default_factory=dict)
    named: dict[tuple[str, tuple[Any, ...]], str] = field(default_factory=dict)
    each: bool = False

    def floats(self, names: Iterable[str]) -> tuple[str, ...]:
        """The parameters and leaves that hold the floats of these parameters."""
        return tuple(leaf for n in names for leaf in (
            [v for v in self.leaves[n] if is_float(self.kinds[v])] if n in self.leaves else [n]))

    def head(self, read: set[str]) -> list[Statement]:
        """The statements that take out the leaves that are read."""
        out: list[Statement] = []
        for leaves in self.leaves.values():
            found = [n for n in leaves if n in read]
            if 1 < len(found) <= TOGETHER:
                out.append(Assign(tuple(found), Build("tuple", tuple(self.values[n] for n in found))))
            else:
                out += [Assign((n,), self.values[n]) for n in found]
        return out

    def gradient(self, name: str, adjoint: Callable[[str], Expr]) -> Expr:
        """The gradient with respect to a parameter from the adjoints of its leaves."""
        return self._gradient(self.whole[name], name, Var(name), (), adjoint, False)

    def _gradient(self, kind: Kind, name: str, base: Expr, path: tuple[Any, ...],
                  adjoint: Callable[[str], Expr], column: bool) -> Expr:
        leaf = self.named.get((name, path))
        if leaf is not None:
            return adjoint(leaf) if is_float(kind) else Const(None)

        def inner(k: Kind, key: Any, read: Any, within: bool) -> Expr:
            return self._gradient(k, name, Call(read, (base, Const(key))), (*path, key), adjoint, within)

        match kind:
            case RecordKind(_, fields):
                made = tuple((f, inner(k, f, getattr, False)) for f, k in fields)
                return Call(with_fields, (base,), made)
            case ListKind(RecordKind(_, fields)) if column or self.is_each(kind):
                made = tuple((f, inner(_column(kind, f), f, primitives.each, True)) for f, _ in fields)
                return Call(with_fields_each, (base,), made)
            case TupleKind(items) | ListKind(items=tuple() as items):
                form = "tuple" if isinstance(kind, TupleKind) else "list"
                return Build(form, tuple(inner(k, i, operator.getitem, False) for i, k in enumerate(items)))
            case DictKind(items=tuple() as pairs):
                return Build("dict", tuple(e for key, k in pairs for e in (
                    Const(key), inner(k, key, operator.getitem, False))))
        return Const(None)

    def is_each(self, kind: Kind) -> bool:
        """Is it a list of objects of one class, which becomes a list for each field?"""
        match kind:
            case ListKind(RecordKind() as item):
                return not holds_functions(item) and (self.each or kind.items is None or len(kind.items) > FEW)
        return False


def is_given(name: str) -> bool:
    """Does the name hold an object of the caller's?"""
    return OPENED in name or COLUMNS in name


def open_parameters(function: Function, kinds: Mapping[str, Kind], each: bool, fresh: Callable[[str], str],
                    whole: set[str]) -> tuple[Function, OpenParameters]:
    """The function with leaves for parameters. each: lists of objects become a list for each field, also short ones.

    whole: parameters that stay as they are.
    """
    made = OpenParameters(dict(kinds), each=each)
    params: list[Parameter] = []
    head: list[Statement] = []
    values: dict[str, Expr] = {}
    for p in function.params:
        kind = kinds[p.name]
        if not holds_records(kind) or p.name in whole:
            params.append(p)
            continue
        made.whole[p.name] = kind
        made.leaves[p.name] = []
        tree = _opened(made, p.name, kind, Var(p.name), (), fresh, False)
        inside = fresh(f"{p.name}{COLUMNS if each else OPENED}")
        head.append(Assign((inside,), tree, origin=function.origin))
        values[p.name] = Var(inside)
        params += [Parameter(n) for n in made.leaves[p.name]]
    if not head:
        return function, made
    body = (*head, *rename_block(function.body, values))
    return replace(function, params=tuple(params), body=body), made


def _opened(made: OpenParameters, name: str, kind: Kind, value: Expr, path: tuple[Any, ...],
            fresh: Callable[[str], str], column: bool) -> Expr:
    """The tree of a parameter over its leaves. column: the value is a list of what the entries of a list hold."""
    def inner(k: Kind, v: Expr, key: Any, within: bool) -> Expr:
        return _opened(made, name, k, v, (*path, key), fresh, within)

    match kind:
        case RecordKind(cls, fields):
            if isinstance(cls, type):           # what the object has from its class, until it gets its own
                own = dict(fields)
                fields = (*fields, *((n, constant_kind(f.value)) for n, f in class_numbers(cls).items()
                                     if n not in own))
                fields = tuple((n, replace(k, value=None) if isinstance(k, Number) and n not in own else k)
                               for n, k in fields)
            parts = tuple(inner(k, Call(getattr, (value, Const(f))), f, False) for f, k in fields)
            return Call(Construct(cls, tuple(f for f, _ in fields)), parts)
        case ListKind(RecordKind(cls, fields)) if column or made.is_each(kind):
            parts = tuple(inner(_column(kind, f), Call(primitives.each, (value, Const(f))), f, True) for f, _ in fields)
            return Call(Construct(cls, tuple(f for f, _ in fields), True), parts)
        case (TupleKind(items) | ListKind(items=tuple() as items)) if holds_records(kind) and not column:
            form = "tuple" if isinstance(kind, TupleKind) else "list"
            return Build(form, tuple(inner(k, Call(operator.getitem, (value, Const(i))), i, False)
                                     for i, k in enumerate(items)))
        case DictKind(items=tuple() as pairs) if holds_records(kind) and not column:
            return Build("dict", tuple(e for key, k in pairs for e in (
                Const(key), inner(k, Call(operator.getitem, (value, Const(key))), key, False))))
    leaf = fresh(f"{name}{FIELD}{_word(path)}{VERSION}r")
    made.kinds[leaf] = kind
    made.leaves[name].append(leaf)
    made.values[leaf] = value
    made.named[name, path] = leaf
    return Var(leaf)


def _word(path: tuple[Any, ...]) -> str:
    """What a leaf is called: its field, with the index of the entry that it belongs to."""
    fields = [p for p in path if isinstance(p, str) and p.isidentifier()]
    return "_".join([*fields[-1:], *(str(p) for p in path if isinstance(p, int))])


def _column(kind: ListKind, name: str) -> ListKind:
    """The kind of the list of a field of the entries."""
    assert isinstance(kind.item, RecordKind)
    records = [k for k in kind.items or () if isinstance(k, RecordKind)]
    items = tuple(k.field(name) or UNKNOWN for k in records) if kind.items is not None else None
    return ListKind(kind.item.field(name), items)
