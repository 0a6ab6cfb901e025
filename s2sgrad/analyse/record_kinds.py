"""Kinds of objects: what is made of the kinds of fields, and what writing a field changes."""

from __future__ import annotations

from s2sgrad.analyse.iteration import element_kind
from s2sgrad.analyse.joins import join
from s2sgrad.core.classes import is_property
from s2sgrad.core.kinds import UNKNOWN, Kind, ListKind, RecordKind
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
