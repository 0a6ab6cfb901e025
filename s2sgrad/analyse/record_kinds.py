"""Kinds of objects: what is made of the kinds of fields, what writing a field changes, what is still to be written out.
"""

from __future__ import annotations

from collections.abc import Callable

from s2sgrad.analyse.iteration import element_kind
from s2sgrad.analyse.joins import join
from s2sgrad.core.classes import is_property, is_user_class
from s2sgrad.core.kinds import UNKNOWN, Kind, ListKind, Never, RecordKind
from s2sgrad.core.nodes import Call, Const, Expr
from s2sgrad.core.records import Construct


def constructed(made: Construct, kinds: tuple[Kind, ...]) -> Kind:
    """The kind of a record, or of a list of records, from the kinds of its fields."""
    if not made.each:
        return RecordKind(made.cls, tuple(zip(made.fields, kinds, strict=True)))
    entries = RecordKind(made.cls, tuple((f, element_kind(k, None)) for f, k in zip(made.fields, kinds, strict=True)))
    return ListKind(entries)


def with_field(kind: RecordKind, path: tuple[str, ...], value: Kind, name: str) -> RecordKind:
    """The kind of an object after a field of it, or of what it holds, may have been bound to the value."""
    first, *rest = path
    if is_property(kind.cls, first):
        return kind                     # what its setter does is seen once that is written out
    known = kind.field(first)
    where = f"{name}.{first}"
    if rest:
        value = with_field(known, tuple(rest), value, where) if isinstance(known, RecordKind) else UNKNOWN
    return RecordKind(kind.cls, tuple({**dict(kind.fields), first: join(known, value, where)}.items()))


def is_unresolved(call: Call, of: Callable[[Expr], Kind]) -> bool:
    """Is it a method, property or operator of an object, or a new object, that is not written out yet?"""
    match call:
        case Call(function, (base, Const(value=str() as name))) if function is getattr:
            kind = of(base)
            return isinstance(kind, RecordKind) and kind.field(name) is None
        case Call(function, args):
            return is_user_class(function) or not isinstance(function, Construct) and any(
                isinstance(of(a), (RecordKind, Never)) for a in args)
    return False
