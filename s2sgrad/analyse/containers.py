"""Kinds of lists and dicts: what joins, copies and methods of them give, and what a change leaves of what is known.

Comes in: the kind of a container and the kinds of what is put in. Goes out: the kind of a value, or of the container
after the change, whichever trip of a loop it is.
"""

from __future__ import annotations

import heapq
import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from s2sgrad.analyse.iteration import element_kind
from s2sgrad.analyse.joins import dict_keys, dict_values, join, joined_keys, one_of
from s2sgrad.core.kinds import UNKNOWN, DictKind, Kind, Known, ListKind, TupleKind
from s2sgrad.core.nodes import Build, Expr
from s2sgrad.core.primitives import listed_items, listed_values
from s2sgrad.rules.shapes import constant_kind, fresh_shape, integer, static

COPIES = (list.copy, dict.copy)
CHANGING = ("append", "extend", "insert", "pop", "remove", "reverse", "clear", "sort", "update", "setdefault",
            "popitem")                      # methods of lists and dicts that change them


def made_container(function: Any, kinds: Sequence[Kind]) -> Kind | None:
    """The kind of a list or dict that a call makes of others; None where it makes something else."""
    match kinds:
        case (ListKind(a, x), ListKind(b, y)) if function is operator.add:
            known = None if x is None or y is None else x + y
            return ListKind(b if a is None else a if b is None else join(a, b, fresh_shape()), known)
        case (TupleKind(), ListKind()) | (ListKind(), TupleKind()) if function is operator.add:
            return ListKind(join(_entry(kinds[0]), _entry(kinds[1]), fresh_shape()))    # tuples of unknown length
        case (DictKind(), DictKind()) if function is operator.or_:
            return updated(kinds[0], kinds[1], fresh_shape())
        case (kind,) if any(function is f for f in COPIES):
            return kind
        case (DictKind() as kind,) if function is dict:
            return kind
        case (DictKind() as d,) if function is listed_values:
            return ListKind(dict_values(d, fresh_shape()))
        case (DictKind() as d,) if function is listed_items:
            value = dict_values(d, fresh_shape())
            return ListKind(None if value is None else TupleKind((_key(d), value)))
        case (ListKind(item), *_) if function is list.pop:
            return one_of(item)
        case (ListKind(item),) if function is heapq.heappop:
            return one_of(item)
        case (ListKind(item), value) if function in (heapq.heapreplace, heapq.heappushpop):
            return value if item is None else join(item, value, fresh_shape())
        case (ListKind() | TupleKind(), ListKind() | TupleKind(), *_) if function in (min, max):
            return reduce(lambda a, b: join(a, b, fresh_shape()), kinds)        # one of them
        case () if function is dict:
            return DictKind(())
        case (DictKind() as d, key, default) if function is dict.get:
            return _looked_up(d, static(key), default)
    return None


def _key(d: DictKind) -> Kind:
    found: Kind | None = None
    for key, _ in d.items or ():
        kind = constant_kind(key)
        found = kind if found is None else join(found, kind, fresh_shape())
    return found or UNKNOWN


def _entry(kind: Kind) -> Kind | None:
    match kind:
        case ListKind(item):
            return item
        case TupleKind(()):
            return None
    return element_kind(kind, None)


def _looked_up(d: DictKind, key: object, default: Kind) -> Kind:
    """`d.get(key, default)`."""
    known = dict(d.items or ())
    if d.items is not None and key is not ...:
        here = next((k for name, k in known.items() if name == key and type(name) is type(key)), None)
        return default if here is None else join(here, default, fresh_shape())
    found = dict_values(d, fresh_shape())
    return default if found is None else join(one_of(found), default, fresh_shape())


def asked(name: str, kind: Kind, given: Sequence[Kind]) -> Kind | None:
    """The kind of what a method of a list or dict gives; None where nothing is known."""
    match kind, name:
        case (ListKind() | DictKind()), "copy":
            return kind
        case (ListKind() | TupleKind()), "index" | "count":
            return integer()
        case ListKind(), "pop":
            return _popped(kind, given)
        case DictKind(), "get" | "setdefault":
            return _looked_up(kind, static(given[0]), given[1] if len(given) > 1 else Known(None)) if given else None
        case DictKind(), "pop" if given:
            if len(given) > 1:
                return _looked_up(kind, static(given[0]), given[1])
            known = dict(kind.items or ())
            key = static(given[0])
            return known[key] if key is not ... and key in known else one_of(dict_values(kind, fresh_shape()))
    return None


def _popped(kind: ListKind, given: Sequence[Kind]) -> Kind:
    return one_of(kind.item)


def updated(kind: Kind, other: Kind, name: str) -> Kind:
    """The kind of a dict that holds the entries of both."""
    if not isinstance(kind, DictKind) or not isinstance(other, DictKind):
        return UNKNOWN
    if kind.items is None or other.items is None:
        values = [k for k in (dict_values(kind, name), dict_values(other, name)) if k is not None]
        return DictKind(None, join(values[0], values[-1], name) if values else None,
                        joined_keys(dict_keys(kind), dict_keys(other)))
    known = dict(kind.items)
    for key, value in other.items:
        known[key] = join(known.get(key), value, f"{name}.{key}")
    return DictKind(tuple(known.items()), lacks=kind.lacks or other.lacks)


def changed(kind: Kind, method: str, given: Sequence[Kind], name: str) -> Kind:
    """What is known of the list or dict called `name` before and after a method has changed it."""
    match kind, method, given:
        case ListKind(item), "append", [value]:
            return ListKind(join(item, value, name + "."))
        case ListKind(item), "insert", [_, value]:
            return ListKind(join(item, value, name + "."))
        case ListKind(item), "extend", [values]:
            more = element_kind(values, None) if not isinstance(values, ListKind) else values.item
            return ListKind(item if more is None else join(item, more, name + "."))
        case ListKind(item), "pop" | "remove" | "reverse" | "clear" | "sort", _:
            return ListKind(item)
        case DictKind(), "update", [other]:
            found = updated(kind, other, name)
            return replace(found, lacks=True) if isinstance(found, DictKind) and not _same_keys(kind, found) else found
        case DictKind(), "pop" | "popitem" | "clear" | "sort", _:           # sort: the order of the keys changes
            return replace(kind, lacks=True)
        case DictKind(), "setdefault", [key, *rest]:
            return with_entry(kind, static(key), rest[0] if rest else Known(None), name)
    return kind


def _same_keys(kind: DictKind, other: DictKind) -> bool:
    return [k for k, _ in kind.items or ()] == [k for k, _ in other.items or ()]


def with_entry(kind: Kind, key: object, value: Kind, name: str, at: Kind = UNKNOWN) -> Kind:
    """What is known of a container of which the entry at `key` (`...`: any, of the kind `at`) may be such a value as
    well."""
    match kind:
        case ListKind(item, items):
            changed_items = None if items is None else tuple(
                join(k, value, f"{name}.{i}") if key is ... or key in (i, i - len(items)) else k
                for i, k in enumerate(items))
            return ListKind(join(item, value, name + "."), changed_items)
        case TupleKind(items):
            return TupleKind(tuple(join(k, value, f"{name}.{i}") if key is ... or key in (i, i - len(items)) else k
                                   for i, k in enumerate(items)))
        case DictKind(None, item):
            return DictKind(None, join(item, value, name + "."), joined_keys(kind.key, at))
        case DictKind(items, item) if key is not ...:
            known = dict(items or ())
            lacks = kind.lacks or key not in known
            known[key] = join(known.get(key), value, f"{name}.{key}")
            return DictKind(tuple(known.items()), item, lacks=lacks)
        case DictKind():
            return DictKind(None, join(dict_values(kind, name), value, name + "."), joined_keys(dict_keys(kind), at))
    return kind


def with_any(kind: Kind, value: Kind, name: str) -> Kind:
    """What is known of a container of which an entry, nobody knows which, may now be such a value: no key is new."""
    match kind:
        case DictKind(tuple() as items):
            return replace(kind, items=tuple((k, join(v, value, f"{name}.{k}")) for k, v in items))
    return with_entry(kind, ..., value, name)


def is_container(kind: Kind | None) -> bool:
    """A list, a tuple or a dict?"""
    return isinstance(kind, (ListKind, TupleKind, DictKind))


def is_empty(kind: Kind) -> bool:
    """A list or dict of which nobody has been seen to put something in?"""
    match kind:
        case ListKind(None, None | ()) | DictKind(() | None, None) | TupleKind(()):
            return True
    return False


def lacks(kind: Kind, index: Expr, kind_of: Callable[[Expr], Kind]) -> bool:
    """Has nobody been seen to put an entry there?"""
    if isinstance(kind, DictKind) and kind.items is not None and kind.item is None:
        key = static(kind_of(index))
        return not kind.items or (key is not ... and all(k != key or type(k) is not type(key) for k, _ in kind.items))
    return is_empty(kind) and not isinstance(index, Build)


NOT_YET = Known(is_empty)      # what is in an empty list: nothing is known of it before something is put in
