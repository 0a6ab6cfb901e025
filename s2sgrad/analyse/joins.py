"""Joins of kinds: what is known of a value that comes from one of two places, or from any trip of a loop.

Comes in: kinds, and the name that holds the value. Goes out: the least kind that holds them. Lengths that differ, or
that belong to one trip, become lengths of that name, so that equal lengths are never claimed of unequal ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.core.kinds import (
    FLOATS,
    NEVER,
    UNKNOWN,
    Array,
    DictKind,
    Dim,
    Kind,
    Known,
    ListKind,
    Maybe,
    Number,
    Numeric,
    Object,
    OneOf,
    RecordKind,
    Shape,
    TupleKind,
    is_complex,
    is_float,
    shape_of,
)
from s2sgrad.rules.shapes import constant_kind, fresh_shape, promote

MOST = 8                    # functions between which a call chooses
DEEPEST = 12                # levels of containers within each other: an object may hold itself in a table


def join(a: Kind | None, b: Kind | None, name: str) -> Kind:
    """The least kind that holds both; lengths that differ become lengths of this name."""
    if a is None or b is None:
        return a or b or UNKNOWN
    if a == b or b == NEVER:
        return a
    if a == NEVER:
        return b
    match a, b:
        case (Known(None), (Number() | Array() | Numeric()) as kind) | (
                (Number() | Array() | Numeric()) as kind, Known(None)):
            return Maybe(kind)
        case (Maybe(kind), Known(None)) | (Known(None), Maybe(kind)):
            return Maybe(kind)
        case (Maybe(kind), (Maybe() | Number() | Array() | Numeric()) as other) | (
                (Number() | Array() | Numeric()) as other, Maybe(kind)):
            joined = join(kind, other.kind if isinstance(other, Maybe) else other, name)
            return Maybe(joined) if isinstance(joined, (Number, Array, Numeric)) else UNKNOWN
        case (Known() | OneOf()), (Known() | OneOf()) if (functions := _functions(a)) and (others := _functions(b)):
            known = (*functions, *(f for f in others if all(f is not g for g in functions)))
            return OneOf(known) if len(known) <= MOST else UNKNOWN
        case Number(d1, w1, v1, s1, m1), Number(d2, w2, v2, s2, m2):
            value = v1 if v1 == v2 and type(v1) is type(v2) else None
            return Number(_wider(d1, d2), w1 and w2, value, s1 or s2 or (d1, w1) != (d2, w2),
                          m1 or m2 or is_float(a) != is_float(b))
        case (Array() | Number() | Numeric()), (Array() | Number() | Numeric()):
            dtype = promote(a, b)
            shape = _join_shapes(shape_of(a), shape_of(b), name)
            if isinstance(a, Array) and isinstance(b, Array):
                if a.dtype != b.dtype and dtype in FLOATS and not (a.dtype in FLOATS and b.dtype in FLOATS):
                    return UNKNOWN          # an array of integers rounds what is stored in it, one of floats does not
                kept = dtype if a.dtype == b.dtype or (dtype or "").startswith("complex") else None
                return Array(kept, shape, a.layout if a.layout == b.layout else "")
            return Numeric(dtype, shape if isinstance(shape, str) else f"shape?{name}")
        case TupleKind(x), TupleKind(y) if len(x) == len(y):
            return TupleKind(tuple(join(p, q, f"{name}.{k}") for k, (p, q) in enumerate(zip(x, y, strict=True))))
        case (TupleKind(x), ListKind(y)) | (ListKind(y), TupleKind(x)):
            entry: Kind | None = y
            for k in x:
                entry = k if entry is None else join(entry, k, name + ".")
            return ListKind(entry)
        case ListKind(x, xs), ListKind(y, ys):
            items = None
            if xs is not None and ys is not None and len(xs) == len(ys):
                items = tuple(join(p, q, f"{name}.{k}") for k, (p, q) in enumerate(zip(xs, ys, strict=True)))
            return ListKind(join(x, y, name + ".") if x is not None or y is not None else None, items)
        case DictKind(x), DictKind(y) if x is not None and y is not None:
            here, there = dict(x), dict(y)
            return DictKind(tuple((k, join(here.get(k), there.get(k), f"{name}.{k}")) for k in {**here, **there}),
                            lacks=a.lacks or b.lacks or list(here) != list(there))
        case DictKind(), DictKind():
            return DictKind(None, join(dict_values(a, name), dict_values(b, name), name + "."),
                            joined_keys(dict_keys(a), dict_keys(b)))
        case RecordKind(cls, x), RecordKind(other, y) if cls == other and name.count(".") < DEEPEST:
            here, there = dict(x), dict(y)
            return RecordKind(cls, tuple((k, join(here.get(k), there.get(k), f"{name}.{k}"))
                                         for k in {**here, **there}))
        case Object(cls, x), Object(other, y) if cls is other:
            return Object(cls, None if x is None or y is None else join(x, y, name + "."))
    return UNKNOWN


def _functions(kind: Kind) -> tuple[Any, ...]:
    """The functions that a value may be, where all of them can be imported."""
    match kind:
        case OneOf(functions):
            return functions
        case Known(value) if callable(value) and not isinstance(value, type):
            return (value,)
    return ()


def dict_values(kind: DictKind, name: str) -> Kind | None:
    """The joined kind of the values of a dict."""
    found = kind.item
    for _, value in kind.items or ():
        found = value if found is None else join(found, value, name + ".")
    return found


def dict_keys(kind: DictKind) -> Kind | None:
    """What is known of the keys of a dict; None where it has none."""
    found = None if kind.items is not None else kind.key
    for key, _ in kind.items or ():
        found = joined_keys(found, constant_kind(key))
    return found


def joined_keys(a: Kind | None, b: Kind | None) -> Kind:
    """What is known of keys that are of one of these kinds: only of integers, and of tuples of them, is it followed."""
    kinds = [_plain_key(k) for k in (a, b) if k is not None]
    return join(kinds[0], kinds[-1], "") if kinds else UNKNOWN


def _plain_key(kind: Kind) -> Kind:
    match kind:
        case Number(dtype) if dtype.startswith(("int", "uint")):
            return replace(kind, value=None)
        case TupleKind(items) if all(isinstance(k, Number) and _plain_key(k) != UNKNOWN for k in items):
            return TupleKind(tuple(map(_plain_key, items)))
    return UNKNOWN


def _wider(a: str, b: str) -> str:
    return a if a == b else np.promote_types(np.dtype("int64" if a == "int" else a),
                                             np.dtype("int64" if b == "int" else b)).name


def _join_shapes(a: Shape, b: Shape, name: str) -> Shape:
    if a == b:
        return a
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(p if p == q else Dim(f"?{name}.{k}", 0, p.not_one and q.not_one)
                     for k, (p, q) in enumerate(zip(a, b, strict=True)))
    return f"shape?{name}"


def widened(kind: Kind, name: str) -> Kind:
    """The kind with lengths that belong to one trip renamed to lengths of this name."""
    match kind:
        case Array(dtype, shape, layout):
            return Array(dtype, _widen_shape(shape, name), layout)
        case Numeric(dtype, shape):
            return Numeric(dtype, f"shape?{name}" if "?" in shape else shape)
        case TupleKind(items):
            return TupleKind(tuple(widened(k, f"{name}.{i}") for i, k in enumerate(items)))
        case ListKind(item, items):
            return ListKind(widened(item, name + ".") if item is not None else None,
                            None if items is None else tuple(widened(k, f"{name}.{i}") for i, k in enumerate(items)))
        case Maybe(inner):
            return Maybe(widened(inner, name))
        case RecordKind(cls, fields):
            return RecordKind(cls, tuple((k, widened(v, f"{name}.{k}")) for k, v in fields))
        case Object(cls, item) if item is not None:
            return Object(cls, widened(item, name + "."))
        case Number(value=Dim() as value):
            return replace(kind, value=None if "?" in value.symbol else value)
    return kind


def one_of(item: Kind | None) -> Kind:
    """The kind of one entry of a list or dict, of which the joined kind of all is known: another one may have other
    lengths."""
    return UNKNOWN if item is None else widened(item, fresh_shape())


def _widen_shape(shape: Shape, name: str) -> Shape:
    if isinstance(shape, tuple):
        return tuple(Dim(f"?{name}.{k}", 0, d.never_one) if "?" in d.symbol else d for k, d in enumerate(shape))
    return f"shape?{name}" if isinstance(shape, str) and "?" in shape else shape


def is_mixed(*kinds: Kind | None) -> bool:
    """Are there real arrays and complex ones in these containers, or among these entries?"""
    return len({is_complex(array) for array in _arrays(kinds)}) == 2


def _arrays(kinds: Iterable[Kind | None]) -> Iterator[Kind]:
    for kind in kinds:
        match kind:
            case Array() | Numeric():
                yield kind
            case TupleKind(items) | ListKind(_, tuple(items)):
                yield from _arrays(items)
            case DictKind(tuple(entries)):
                yield from _arrays(value for _, value in entries)
            case ListKind(item) | DictKind(_, item):
                yield from _arrays((item,))
