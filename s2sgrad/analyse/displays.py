"""What displays hold: the kind of `(a, b)`, `[a, b]`, `{a, b}` and `{"k": a}` from the kinds of the entries."""

from __future__ import annotations

from collections.abc import Callable

from s2sgrad.analyse.iteration import element_kind
from s2sgrad.analyse.joins import join
from s2sgrad.core.kinds import UNKNOWN, DictKind, Kind, ListKind, Object, TupleKind
from s2sgrad.core.nodes import Build, Const, Expr, Star
from s2sgrad.rules.shapes import fresh_shape


def display_kind(display: Build, of: Callable[[Expr], Kind]) -> Kind:
    """The kind of a display; nothing is known of one with a starred entry but its form."""
    form, items = display.form, display.items
    starred = any(isinstance(i, Star) for i in items)
    match form:
        case "tuple":
            return TupleKind(tuple(map(of, items))) if not starred else UNKNOWN
        case "list":
            return _list(tuple(map(of, items))) if not starred else ListKind(UNKNOWN)
        case "set":
            return Object(set, element_kind(_list(tuple(map(of, items))) if not starred else ListKind(UNKNOWN), None))
        case "dict":
            keys = [i.value for i in items[::2] if isinstance(i, Const)]
            if len(keys) * 2 == len(items):
                return DictKind(tuple(zip(keys, map(of, items[1::2]), strict=True)))
            return DictKind(None, UNKNOWN)
    return UNKNOWN


def _list(kinds: tuple[Kind, ...]) -> Kind:
    item: Kind | None = None
    for kind in kinds:
        item = kind if item is None else join(item, kind, fresh_shape())
    return ListKind(item, kinds)
