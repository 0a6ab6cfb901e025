"""What a loop over a value gives: the kinds of entries, and of the objects that are made to be run through.

Comes in: the kind of a container, or a function that makes something to run through and the kinds of its arguments.
Goes out: the kind of an entry, of the list of all entries, or of the object that is made.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from s2sgrad.analyse.joins import dict_values, join, one_of
from s2sgrad.core.kinds import KEYS, NEVER, UNKNOWN, Array, DictKind, Kind, ListKind, Number, Numeric, Object, TupleKind
from s2sgrad.rules.shapes import constant_kind, fresh_shape, static

NOTHING: dict[Any, Any] = {}
VALUES, ITEMS = type(NOTHING.values()), type(NOTHING.items())
DICT_VIEWS = ((dict.keys, KEYS), (dict.values, VALUES), (dict.items, ITEMS))
INTEGER = Number("int", weak=True)
CHOICES = (itertools.permutations, itertools.combinations, itertools.combinations_with_replacement)


def listed(kind: Kind) -> Kind:
    """The kind of `list(x)` and `tuple(x)`."""
    match kind:
        case ListKind():
            return kind
        case TupleKind(items):
            return ListKind(element_kind(kind, None) if items else None, items)
    return ListKind(element_kind(kind, None))


def element_kind(kind: Kind, k: int | None) -> Kind:
    """The kind of entry k (None: any) of a sequence."""
    if kind == NEVER:
        return NEVER
    match kind:
        case Array(dtype, tuple() as shape) if shape:
            return Array(dtype, shape[1:]) if len(shape) > 1 else (
                Number(dtype) if dtype is not None else Numeric(None, f"shape?{k}"))
        case TupleKind(items) | ListKind(items=tuple() as items) if k is not None and k < len(items):
            return items[k]
        case TupleKind(items) if items:
            found: Kind | None = None
            for item in items:
                found = join(found, item, fresh_shape()) if found is not None else item
            return found or UNKNOWN
        case ListKind(item) | Object(_, item):
            return one_of(item)
        case Array(dtype) | Numeric(dtype):
            return Numeric(dtype, fresh_shape())
    return UNKNOWN


def made_iterable(function: Any, kinds: tuple[Kind, ...], options: Mapping[str, Kind]) -> Kind | None:
    """The kind of what a call makes that is there to be run through; None where it makes something else."""
    if isinstance(function, type) and issubclass(function, dict) and function.__module__ == "collections":
        return Object(function)
    if function is itertools.product and options.keys() == {"repeat"}:
        times = static(options["repeat"])
        return Object(function, TupleKind(tuple(map(_entry, kinds)) * times) if isinstance(times, int) else None)
    if options:
        return None
    view = next((cls for asked, cls in DICT_VIEWS if function is asked), None)
    if view is not None and len(kinds) == 1:
        return Object(view, _viewed(view, kinds[0]))
    if function is iter and kinds:
        return Object(Iterator, _entry(kinds[0]) if len(kinds) == 1 else None)
    if not isinstance(function, type) or not issubclass(function, Iterable) or issubclass(
            function, (list, tuple, dict, np.ndarray, np.generic)):
        return None
    return Object(function, _made_of(function, kinds))


def _viewed(view: type, kind: Kind) -> Kind | None:
    """What running through the keys, values or items of a dict gives."""
    if not isinstance(kind, DictKind):
        return None
    key = _entry(TupleKind(tuple(constant_kind(k) for k, _ in kind.items))) if kind.items is not None else kind.key
    value = dict_values(kind, fresh_shape())
    if value is None:
        return None
    return key if view is KEYS else value if view is VALUES else TupleKind((key, value or UNKNOWN))


def _made_of(function: type, kinds: tuple[Kind, ...]) -> Kind | None:
    """What running through an object of this class gives, where it is known."""
    entries = tuple(map(_entry, kinds))
    if function is range:
        return INTEGER
    if not entries:
        return None
    if function is np.ndindex:
        axes = kinds[0].items if len(kinds) == 1 and isinstance(kinds[0], TupleKind) else kinds
        return TupleKind((INTEGER,) * len(axes)) if all(isinstance(k, Number) for k in axes) else None
    if function is itertools.repeat:
        return kinds[0]
    if function in (set, frozenset, reversed) and len(kinds) == 1:
        return entries[0]
    if function is enumerate:
        return TupleKind((INTEGER, entries[0]))
    if function in (zip, itertools.product):
        return TupleKind(entries)
    if function in CHOICES and isinstance(chosen := static(kinds[1]) if len(kinds) == 2 else ..., int):
        return TupleKind((entries[0],) * chosen)
    return None


def _entry(kind: Kind) -> Kind:
    return element_kind(kind, None)
