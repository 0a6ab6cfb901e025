"""Call facts: from the arguments of a call to a key for the cache of programs, and to kinds.

Two calls with equal keys have equal kinds, and one program serves both. The key of a number is its type alone; that
of an array is its dtype, for each axis whether its length is 1 and which other axis (of any argument) has the same
length, and for two axes and more whether it is C-contiguous; that of a container is its structure and its leaves.
Truth values, strings, functions, classes and modules are static: they are part of the key. Of any other object only
the type is known.
"""

from __future__ import annotations

import functools
import logging
import math
import types
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sgrad.analyse.attributes import LIMITS
from s2sgrad.analyse.joins import join
from s2sgrad.analyse.lengths import LARGEST_MULTIPLE
from s2sgrad.core.classes import fields_of
from s2sgrad.core.kinds import (
    ONE,
    UNKNOWN,
    Array,
    DictKind,
    Dim,
    Kind,
    Known,
    ListKind,
    Maybe,
    Number,
    Object,
    RecordKind,
    TupleKind,
    inside,
    is_float,
)
from s2sgrad.execute.tree import children, is_namedtuple, is_object, leaves
from s2sgrad.rules.draws import is_generator
from s2sgrad.runtime.checks import overlaps_itself

Lengths = dict[int, int]            # length -> its number, in the order of first occurrence in all arguments
STATIC = (str, bytes, type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, np.ufunc, np.dtype,
          type(np.sum), *LIMITS)
NUMERIC_DTYPES = "biufc"            # dtype kinds of which arithmetic knows the result
Dims = dict[int, Dim]
Multiples = dict[int, tuple[int, int]]      # number of a length -> the number that names its base, and how often that
OVERLAP_WORK: Any = 10_000               # NumPy's bound on the exact overlap search; beyond it, overlap is assumed


class Same:
    """Any object as a key, equal to itself only (and kept alive, so that its identity is not given to another)."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


# ---------------------------------------------------------------- keys
@dataclass(frozen=True)
class Asked:
    """What facts say of lengths besides which are equal, because programs of a function need it.

    divisor: if not 0, which lengths are multiples of others, and what they share with this number. short: lengths that
    are known where they occur. exact: the positions of arguments of whose arrays the lengths are known.
    """

    divisor: int = 0
    short: frozenset[int] = frozenset()
    exact: frozenset[int] = frozenset()


NOTHING = Asked()


def signature_key(args: Sequence[Any], asked: Asked = NOTHING) -> Hashable:
    """The key of a call. Where all arguments are numbers or unknown objects it is `tuple(map(type, args))`."""
    lengths: Lengths = {}
    key = tuple([_key(value, lengths) for value in args])
    if asked is NOTHING:
        return key
    multiples = tuple(_multiples(_named(lengths, asked), asked.divisor).items()) if asked.divisor else ()
    return key, multiples, tuple([lengths.get(n) for n in sorted(asked.short)]), tuple([
        _shapes(args[k]) for k in sorted(asked.exact)])


def _shapes(value: Any) -> tuple[tuple[int, ...], ...]:
    """The shapes of the arrays in an argument."""
    return tuple(leaf.shape for _, leaf in leaves(value) if isinstance(leaf, np.ndarray))


def _key(value: Any, lengths: Lengths) -> object:
    cls = type(value)
    make = _KEYS.get(cls)
    if make is not None:
        return make(value, lengths)
    if cls in _TYPE_ALONE:
        return cls
    if isinstance(value, types.FunctionType):
        return cls, value, Same(value.__code__)
    if isinstance(value, STATIC):
        return cls, value
    if isinstance(value, types.MethodType):
        return cls, Same(value.__self__), value.__func__
    if is_namedtuple(value):
        return cls, *[_key(item, lengths) for item in value]
    if is_object(value):
        held = fields_of(value)
        return cls, tuple(held), *[_key(item, lengths) for item in held.values()]
    return cls


def _array_key(value: Any, lengths: Lengths) -> object:
    axes = tuple([-1 if n == 1 else lengths.setdefault(n, len(lengths)) for n in value.shape])
    return value.dtype, axes, len(axes) < 2 or value.flags.c_contiguous


def _sequence_key(value: Any, lengths: Lengths) -> object:
    return type(value), *[_key(item, lengths) for item in value]


def _dict_key(value: Any, lengths: Lengths) -> object:
    return dict, tuple(value), *[_key(item, lengths) for item in value.values()]


def _bool_key(value: Any, lengths: Lengths) -> object:
    return bool, value


_TYPE_ALONE = frozenset({float, int, complex, type(None), np.bool_, *np.sctypeDict.values()} - {np.str_, np.bytes_})
_KEYS: dict[type, Callable[[Any, Lengths], object]] = {
    np.ndarray: _array_key, list: _sequence_key, tuple: _sequence_key, dict: _dict_key, bool: _bool_key}


def _multiples(lengths: Lengths, divisor: int) -> Multiples:
    """What each length is a multiple of, by their numbers: of a shorter one, or of what is left of itself when it is
    divided by what it shares with the divisor; the one of which most of the divisor can be seen."""
    found: Multiples = {}
    for n in sorted(lengths):
        own = math.gcd(n, divisor) if n else 1
        choices = [(lengths[n], 1 if own == n else own)]
        choices += [(k, n // base * found[k][1]) for base, k in lengths.items()
                    if 0 < base < n <= LARGEST_MULTIPLE * base and n % base == 0 and found[k][0] == k]
        found[lengths[n]] = max(choices, key=lambda c: (math.gcd(c[1], divisor), c[0] != lengths[n], -c[1]))
    return found


# ---------------------------------------------------------------- kinds
def kinds_of(args: Sequence[Any], differentiated: Iterable[int] = (), asked: Asked = NOTHING) -> tuple[Kind, ...]:
    """The kind of each argument, as much as `signature_key` says. Lengths, or what they are multiples of, are named
    n0, n1, ... in the order of the arguments."""
    lengths: Lengths = {}
    for value in args:
        _key(value, lengths)
    named = _named(lengths, asked)
    dims = _dims(named, _multiples(named, asked.divisor) if asked.divisor else {k: (k, 1) for k in named.values()})
    dims.update({n: Dim("", n) for n in asked.short})
    dims.update({n: Dim("", n) for k in asked.exact for shape in _shapes(args[k]) for n in shape})
    kinds = [_kind(value, dims) for value in args]
    for k in differentiated:
        kinds[k] = _apart(kinds[k])
    return tuple(kinds)


def _named(lengths: Lengths, asked: Asked) -> Lengths:
    """The lengths that have a name."""
    return {n: k for n, k in lengths.items() if n not in asked.short}


def _dims(lengths: Lengths, multiples: Multiples) -> Dims:
    """What kinds say of each length."""
    named = {k: f"n{i}" for i, k in enumerate(k for k, (base, *_) in sorted(multiples.items()) if k == base)}
    return {1: ONE} | {length: Dim(named[multiples[k][0]], 0, never_one=True, scale=multiples[k][1])
                       for length, k in lengths.items()}


def names_length(kind: Kind, symbol: str) -> bool:
    """Is it the length of an axis of an array in a value of this kind?"""
    return any(isinstance(k, Array) and any(d.symbol == symbol for d in k.shape or () if isinstance(d, Dim))
               for k in inside(kind))


def _apart(kind: Kind) -> Kind:
    """Numbers that have an adjoint and others (integers) that have none are not one kind in what nested lists hold."""
    match kind:
        case ListKind(_, tuple(items)) if not all(isinstance(k, Number) for k in items):
            items = tuple(map(_apart, items))
            return ListKind(_join(items, False), items)
        case TupleKind(items):
            return TupleKind(tuple(map(_apart, items)))
        case DictKind(tuple(items)):
            return replace(kind, items=tuple((key, _apart(value)) for key, value in items))
        case RecordKind(cls, fields):
            return RecordKind(cls, tuple((name, _apart(value)) for name, value in fields))
    return kind


def _kind(value: Any, dims: Dims) -> Kind:
    cls = type(value)
    if cls is np.ndarray:
        return _array_kind(value, dims)
    if cls is bool:
        return Number("bool", weak=True, value=value)
    if cls is float or cls is int or cls is complex:
        return Number({float: "float64", int: "int", complex: "complex128"}[cls], weak=True)
    if isinstance(value, np.generic) and value.dtype.kind in NUMERIC_DTYPES:
        return Number(_dtype_name(value.dtype))
    if cls is list:
        items = tuple(_kind(item, dims) for item in value)
        return ListKind(_join(items), items)
    if cls is tuple:
        return TupleKind(tuple(_kind(item, dims) for item in value))
    if cls is dict:
        return DictKind(tuple((key, _kind(item, dims)) for key, item in value.items()))
    if value is None or isinstance(value, (*STATIC, types.MethodType)):
        return Known(value)
    if is_object(value):
        return RecordKind(cls, tuple((name, _kind(item, dims)) for name, item in fields_of(value).items()))
    if is_generator(cls) or isinstance(value, logging.Logger):
        return Object(cls)
    return Object(cls, Number("int", weak=True) if cls is range else None) if isinstance(value, Iterable) else UNKNOWN


def _dtype_name(dtype: Any) -> str:
    return "longdouble" if dtype.char == "g" else str(dtype.name)


def _array_kind(value: Any, dims: Dims) -> Kind:
    shape = tuple([dims[n] for n in value.shape])
    if value.dtype.kind not in NUMERIC_DTYPES:
        return UNKNOWN
    layout = "" if len(shape) < 2 else "C" if value.flags.c_contiguous else "strided"
    return Array(_dtype_name(value.dtype), shape, layout)


def _join(kinds: tuple[Kind, ...], mixed: bool = True) -> Kind | None:
    """What holds for all entries of a list: of numbers a number, of lists a list, of tuples and dicts alike in form,
    entry by entry.

    Lengths that differ have no common symbol. mixed: an integer and a float have a common kind, too.
    """
    if not kinds:
        return None
    if all(kind == kinds[0] for kind in kinds):
        return kinds[0]
    if Known(None) in kinds:
        joined = _join(tuple(kind for kind in kinds if kind != Known(None)), mixed)
        return Maybe(joined) if isinstance(joined, (Number, Array)) else UNKNOWN
    dtypes = {kind.dtype for kind in kinds if isinstance(kind, Array)}
    if all(isinstance(kind, Array) for kind in kinds):
        return Array(dtypes.pop() if len(dtypes) == 1 else None)
    if all(isinstance(kind, Number) for kind in kinds) and (mixed or len({is_float(kind) for kind in kinds}) == 1):
        return functools.reduce(lambda a, b: join(a, b, ""), kinds)
    lists = [kind for kind in kinds if isinstance(kind, ListKind)]
    if len(lists) == len(kinds):
        return ListKind(_join(tuple(item for kind in lists for item in kind.items or ()), mixed))
    tuples = [kind.items for kind in kinds if isinstance(kind, TupleKind)]
    if len(tuples) == len(kinds) and len({len(items) for items in tuples}) == 1:
        return TupleKind(tuple(_join(entries, mixed) or UNKNOWN for entries in zip(*tuples, strict=True)))
    dicts = [dict(kind.items) for kind in kinds if isinstance(kind, DictKind) and kind.items is not None]
    if len(dicts) == len(kinds) and all(list(d) == list(dicts[0]) for d in dicts):
        return DictKind(tuple((key, _join(tuple(d[key] for d in dicts), mixed) or UNKNOWN) for key in dicts[0]))
    if len(dicts) == len(kinds):
        return DictKind(None, _join(tuple(value for d in dicts for value in d.values()), mixed))
    records = [kind for kind in kinds if isinstance(kind, RecordKind)]
    if len(records) == len(kinds) and all(r.cls is records[0].cls and [f for f, _ in r.fields] == [
            f for f, _ in records[0].fields] for r in records):
        fields = ((f, _join(tuple(r.field(f) or UNKNOWN for r in records), mixed)) for f, _ in records[0].fields)
        return RecordKind(records[0].cls, tuple((f, kind or UNKNOWN) for f, kind in fields))
    return UNKNOWN


# ---------------------------------------------------------------- overlap
def shared_memory(args: Sequence[Any], of_arrays: bool = True) -> list[tuple[int, int]]:
    """Pairs of argument positions whose arrays overlap, or that hold one list, dict or object; a pair (i, i) does so
    within the argument at i. of_arrays: arrays count, too."""
    arrays = [(i, leaf) for i, value in enumerate(args) for _, leaf in leaves(value)
              if of_arrays and isinstance(leaf, np.ndarray)]
    pairs = {(i, j): None for n, (j, b) in enumerate(arrays) for i, a in arrays[:n] if _overlap(a, b)}
    first: dict[int, int] = {}
    for j, value in enumerate(args):
        for found in _holders(value):
            if id(found) in first and (first[id(found)] != j or is_object(found)):
                pairs[first[id(found)], j] = None
            first.setdefault(id(found), j)
    return list(pairs) + [(i, i) for i, a in arrays if overlaps_itself(a) and (i, i) not in pairs]


def _holders(value: Any) -> Iterator[Any]:
    """The lists, dicts and objects in a structure."""
    if isinstance(value, (list, dict)) or is_object(value) and not is_namedtuple(value):
        yield value
    for _, child in children(value) or ():
        yield from _holders(child)


def _overlap(a: Any, b: Any) -> bool:
    if not np.may_share_memory(a, b):
        return False
    try:
        return bool(np.shares_memory(a, b, max_work=OVERLAP_WORK))
    except np.exceptions.TooHardError:
        return True                 # not decided within bounds: assuming overlap refuses, and is never silently wrong
