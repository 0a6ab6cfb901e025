"""Objects of the user's classes, as records of their fields: what a class says, and what its call makes.

    Point(x, y)                record of x and y             (a dataclass, a namedtuple)
    Grid(n)                    $1 = record of nothing; __init__($1, n)
    replace(p, x=0.0)          record of 0.0 and p.y

`Objects` is the part of `dispatch` that knows this.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Sequence
from typing import Any

from s2sgrad.core.classes import (
    Found,
    class_attribute,
    class_numbers,
    has_generated_init,
    is_namedtuple_class,
    is_property,
    unfollowed,
)
from s2sgrad.core.kinds import RecordKind
from s2sgrad.core.nodes import Build, Call, Const, Effect, Expr, Star, Var
from s2sgrad.core.records import Applied, Construct
from s2sgrad.core.rewrite import free_names
from s2sgrad.errors import UnsupportedError
from s2sgrad.normalise.hoist import Hoister
from s2sgrad.normalise.pending import KindsView
from s2sgrad.read.expressions import KEYWORDS
from s2sgrad.read.scope import Context


class Objects(Hoister):
    """What is known of the objects of a function. guessed: see `dispatch`."""

    def __init__(self, kinds: KindsView, context: Context, guessed: set[str] | None) -> None:
        super().__init__(context.fresh)
        self.kinds, self.context, self.guessed = kinds, context, guessed

    def record(self, expr: Expr) -> RecordKind | None:
        """The kind of an object of the user's."""
        kind = self.kinds.of(expr)
        if not isinstance(kind, RecordKind) or isinstance(kind.cls, Applied):
            return None
        if self.guessed is not None:
            self.guessed |= free_names(expr)
        return kind

    def found(self, cls: type, name: str, after: type | None = None) -> Found | None:
        """An attribute of a class, on which the program then depends."""
        found = class_attribute(cls, name, after)
        if found is not None:
            self.context.depend(self.context.namespace(found.owner), name, found.value)
        return found

    def construct(self, cls: type, args: tuple[Expr, ...], kwargs: tuple[tuple[str, Expr], ...], call: Call) -> Expr:
        """`cls(...)`: the record of its fields, and what `__init__` or `__post_init__` does."""
        if any(isinstance(a, Star) for a in args) or KEYWORDS in dict(kwargs):
            return call
        why = unfollowed(cls)
        if why is not None:
            return call
        if is_namedtuple_class(cls):
            return self.named_tuple(cls, args, dict(kwargs))
        if has_generated_init(cls):
            return self.data_class(cls, args, dict(kwargs))
        init = self.found(cls, "__init__")
        shared: dict[str, Expr] = {n: self.shared(f.owner, n)
                                   for n, f in class_numbers(cls).items()}
        made = self.temporary(Call(Construct(cls, tuple(shared)), tuple(shared.values())))
        if init is not None and isinstance(init.value, types.FunctionType):
            self.out.append(Effect(Call(init.value, (made, *args), kwargs), origin=self.at))
        elif args or kwargs:
            raise UnsupportedError(f"`{cls.__name__}` takes no arguments.", "Leave them out.", self.at)
        return made

    def named_tuple(self, cls: Any, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> Expr:
        """A namedtuple from its fields."""
        names = cls._fields
        given: dict[str, Expr] = {**dict(zip(names, args, strict=False)), **kwargs}
        for name, default in cls._field_defaults.items():
            if name not in given:
                given[name] = _literal(default) or Var(self.context.datum(
                    cls._field_defaults, name, f"{cls.__name__}_{name}"))
        self.complete(cls, names, args, given)
        return Call(Construct(cls, names), tuple(given[n] for n in names))

    def data_class(self, cls: Any, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> Expr:
        """A dataclass from the arguments of the `__init__` that the decorator wrote."""
        fields = dataclasses.fields(cls)
        positional = [f.name for f in fields if f.init and not f.kw_only]
        given: dict[str, Expr] = {**dict(zip(positional, args, strict=False)), **kwargs}
        for f in fields:
            if f.name in given:
                continue
            if f.default is not dataclasses.MISSING:
                given[f.name] = self.default(cls, f.name, f.default)
            elif f.default_factory is not dataclasses.MISSING:
                empty = {list: "list", dict: "dict", tuple: "tuple"}
                factory: Any = f.default_factory
                form = next((empty[c] for c in empty if factory is c), None)
                given[f.name] = Build(form, ()) if form else self.temporary(Call(factory, ()))
        named = [f.name for f in fields if f.name in given]
        for name in named:
            if is_property(cls, name):
                raise UnsupportedError(f"`{name}` is both a field and a property of the dataclass `{cls.__name__}`, "
                                       "which is not supported.", "Give them different names.", self.at)
        self.complete(cls, [f.name for f in fields if f.init], args, given, len(positional))
        made = Call(Construct(cls, tuple(named)), tuple(given[n] for n in named))
        after = self.found(cls, "__post_init__")
        if after is None or not isinstance(after.value, types.FunctionType):
            return made
        own = self.temporary(made)
        self.out.append(Effect(Call(after.value, (own,)), origin=self.at))
        return own

    def default(self, cls: type, name: str, value: Any) -> Expr:
        """The default of a field: as it stands where it is a literal, else read where it is kept."""
        found = class_attribute(cls, name)
        kept = self.context.namespace(found.owner) if found is not None else {name: value}
        return _literal(value) or Var(self.context.datum(kept, name, f"{cls.__name__}_{name}"))

    def shared(self, owner: type, name: str) -> Var:
        """A number or array that the class has, read live. Its name is not that of a variable."""
        return Var(self.context.datum(self.context.namespace(owner), name, f"{owner.__name__}_{name}"))

    def complete(self, cls: type, names: Sequence[str], args: Sequence[Expr], given: dict[str, Expr],
                 most: int | None = None) -> None:
        """Refuse arguments that are missing or too many."""
        missing = [n for n in names if n not in given]
        if missing or len(args) > (len(names) if most is None else most) or set(given) - {
                *names, *(f.name for f in (dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()))}:
            what = f"lacks its argument `{missing[0]}`" if missing else "has arguments that it does not know"
            raise UnsupportedError(f"The call of `{cls.__name__}` {what}.", "Give each field once.", self.at)

    def replaced(self, value: Expr, changes: dict[str, Expr], call: Call) -> Expr:
        """`replace(obj, x=...)`, `obj._replace(x=...)`."""
        record = self.record(value)
        if record is None or set(changes) - {f for f, _ in record.fields} or (
                class_attribute(record.cls, "__post_init__") is not None) or not is_tuple(record) and not (
                    has_generated_init(record.cls) and all(f.init for f in dataclasses.fields(record.cls))):
            return call
        holder = value if isinstance(value, Var) else self.temporary(value)
        values = tuple(changes.get(f, Call(getattr, (holder, Const(f)))) for f, _ in record.fields)
        return self.temporary(Call(Construct(record.cls, tuple(f for f, _ in record.fields)), values))


def is_tuple(record: RecordKind) -> bool:
    """Is it an object of a namedtuple?"""
    return isinstance(record.cls, type) and is_namedtuple_class(record.cls)


def hashable(function: Any) -> bool:
    """May it be looked up in a table?"""
    return type(function).__hash__ is not None


def _literal(value: Any) -> Expr | None:
    """A default that stands for itself wherever it is read."""
    return Const(value) if type(value) in (int, float, str, bool, type(None)) or callable(value) else None
