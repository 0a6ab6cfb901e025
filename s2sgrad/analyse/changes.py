"""What changed under one name is known of the other names of a list or dict, and of what holds it.

    ys = xs; ys.append(v)            xs may hold such a v
    d["a"].append(v)                 the list in d may
    row = []; rows = [row, row]
    rows[0].append(v)                so may row

Comes in: a function, the kinds of its names so far, and the names of lists and dicts that change. Goes out: wider kinds
of the names through which the same lists and dicts are seen, and more names that change.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from s2sgrad.analyse.containers import is_container, with_any, with_entry
from s2sgrad.analyse.iteration import element_kind
from s2sgrad.analyse.joins import dict_values, join, widened
from s2sgrad.analyse.record_kinds import with_field
from s2sgrad.core.kinds import DictKind, Kind, RecordKind, TupleKind
from s2sgrad.core.nodes import Assign, Build, Call, Const, Effect, Expr, For, Function, Method, Store, Var
from s2sgrad.core.primitives import listed_values, sequence_of
from s2sgrad.core.records import Construct, attribute_path
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.rules.shapes import static

SHALLOW: tuple[Any, ...] = (operator.add, operator.mul, operator.or_, list, tuple, dict, list.copy,
                            dict.copy, listed_values)                       # what they give shares what is held


class KnownKinds(Protocol):
    """The kinds of names and expressions."""

    names: dict[str, Kind]

    def of(self, expr: Expr) -> Kind:
        """The kind of an expression."""

    def named(self, name: str) -> Kind:
        """The kind of a name."""


def follow_changes(function: Function, kinds: KnownKinds, changing: set[str]) -> None:
    """Widen the kinds; `changing` grows."""
    if changing:
        _Spread(kinds, changing).function(function)


@dataclass(frozen=True)
class _Spread:
    kinds: KnownKinds
    changing: set[str]

    def function(self, function: Function) -> None:
        """From the names that change to the others."""
        views: dict[str, tuple[str, bool]] = {}             # what goes through the values, or items, of which dict
        for statement in walk_statements(function.body):
            match statement:
                case Assign((name,), value) if (view := _view(value, views)) is not None:
                    views[name] = view
            match statement:
                case Assign(targets, Build("tuple", items)) if len(targets) == len(items):
                    for name, value in zip(targets, items, strict=True):
                        self.bound(name, value)
                case Assign((name,), value):
                    self.bound(name, value)
                case Assign(targets, Var(holder)):
                    for k, name in enumerate(targets):
                        self.into(holder, k, name)
                case For(elements=elements):
                    for name, container in elements:
                        if isinstance(container, Var):
                            holder, pairs = views.get(container.name, (container.name, False))
                            self.of_pair(holder, name) if pairs else self.into(holder, ..., name)
                case Store(name, at, Var(entry)) if (path := attribute_path(at)):
                    place: Expr = Var(name)
                    for step in path:
                        place = Call(getattr, (place, Const(step)))
                    if name in self.changing:
                        self.know(entry, self.kinds.of(place))
                case Store(name, Build("slice"), Var(other)):
                    self.share(name, other)
                case Effect(Call(Method("append"), (Var(name), Var(entry)))) | Store(name, _, Var(entry)):
                    self.held(name, entry)

    def bound(self, name: str, value: Expr) -> None:
        """`name = value`: from the name to what the value is or holds."""
        match value:
            case Var(other) if name in self.changing:
                self.know(other, self.kinds.named(name))
            case Call(function, (_, Const())) if function is getattr and name in self.changing and may_change(
                    self.kinds.named(name)):
                self.update(value, widened(self.kinds.named(name), name))
            case Call(Construct(_, fields, False), args) if name in self.changing:
                for attr, item in zip(fields, args, strict=True):
                    known = self.kinds.of(Call(getattr, (Var(name), Const(attr))))
                    if isinstance(item, Var):
                        self.know(item.name, known)
            case Call(function, (Var(holder), Build("slice"))) if function is operator.getitem:
                self.share(name, holder)
            case Call(function, (Var(holder), index)) if function is operator.getitem:
                self.into(holder, static(self.kinds.of(index)), name)
            case Call(function, args) if any(function is f for f in SHALLOW):
                for a in args:
                    if isinstance(a, Var):
                        self.share(name, a.name)
            case Call(dict.get | Method("get" | "setdefault" | "pop") as asked, (Var(holder), index, *_)):
                self.into(holder, static(self.kinds.of(index)), name, asked == Method("setdefault"))
            case Build("list" | "tuple", items) if name in self.changing:
                for k, item in enumerate(items):
                    if isinstance(item, Var):
                        self.know(item.name, element_kind(self.kinds.named(name), k))
            case Build("dict", items) if name in self.changing:
                for key, item in zip(items[::2], items[1::2], strict=True):
                    if isinstance(item, Var):
                        self.know(item.name, self.kinds.of(Call(operator.getitem, (Var(name), key))))

    def update(self, expr: Expr, kind: Kind) -> None:
        """What the expression names may be of this kind."""
        match expr:
            case Var(name):
                self.know(name, kind)
            case Call(function, (base, Const(value=str() as key))) if function is getattr:
                held = self.kinds.of(base)
                if isinstance(held, RecordKind):
                    self.update(base, with_field(held, (key,), kind, key))
            case Call(function, (base, index)) if function is operator.getitem:
                held = self.kinds.of(base)
                if is_container(held):
                    self.update(base, with_entry(held, static(self.kinds.of(index)), kind, ""))

    def entry(self, name: str) -> Kind | None:
        """What an entry of a list or dict may be."""
        kind = self.kinds.named(name)
        return dict_values(kind, name) if isinstance(kind, DictKind) else element_kind(kind, None)

    def share(self, name: str, other: str) -> None:
        """Both hold the same objects."""
        known, held = self.kinds.named(other), self.entry(name)
        if name in self.changing and held is not None and is_container(held):
            self.know(other, with_entry(known, ..., widened(held, other), other))

    def held(self, name: str, entry: str) -> None:
        """The container holds the entry."""
        kind = self.entry(name)
        if name in self.changing and kind is not None:
            self.know(entry, kind)

    def into(self, holder: str, key: object, name: str, added: bool = False) -> None:
        """The name is that of an entry of the holder; added: it may be a new one."""
        kind, known = self.kinds.named(name), self.kinds.named(holder)
        if name in self.changing and may_change(kind):
            entry = widened(kind, holder)
            self.know(holder, with_entry(known, key, entry, holder) if added or key is not ... else with_any(
                known, entry, holder))

    def of_pair(self, holder: str, name: str) -> None:
        """The name is that of a pair of a key and a value of the holder, a dict."""
        match self.kinds.named(name):
            case TupleKind((_, value)) if name in self.changing:
                self.know(holder, with_any(self.kinds.named(holder), widened(value, holder), holder))

    def know(self, name: str, kind: Kind) -> None:
        """The name may hold a container of this kind, and what holds the name changes with it."""
        if may_change(self.kinds.names.get(name)) and may_change(kind):
            self.kinds.names[name] = join(self.kinds.names[name], kind, name)
            self.changing.add(name)


def _view(value: Expr, views: Mapping[str, tuple[str, bool]]) -> tuple[str, bool] | None:
    """The dict whose values, or items, these are, or are a list of."""
    match value:
        case Call(Method("values") | dict.values, (Var(holder),)):
            return holder, False
        case Call(Method("items") | dict.items, (Var(holder),)):
            return holder, True
        case Call(function, (inner,)) if any(function is f for f in (list, tuple, reversed, sorted, sequence_of)):
            return _view(inner, views)
        case Var(name):
            return views.get(name)
        case _:
            return None


def may_change(kind: Kind | None) -> bool:
    """A container, or an object, which may hold one."""
    return is_container(kind) or isinstance(kind, RecordKind)
