"""The lattice of abstract values: what is known of a value before the program runs.

`UNKNOWN` is the top; `None` in Python code stands for the bottom (not bound yet). Two lengths are equal when their
`Dim`s are equal; an opaque shape (a string) stands for a shape of unknown rank, equal to itself only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Dim:
    """A length: `max(scale * symbol + offset, 0)`, or the constant `offset` when symbol is empty.

    never_one: the symbol is known to be different from 1.
    """

    symbol: str
    offset: int = 0
    never_one: bool = False
    scale: int = 1

    @property
    def is_one(self) -> bool:
        return not self.symbol and self.offset == 1

    @property
    def not_one(self) -> bool:
        if not self.symbol:
            return self.offset != 1
        return self.never_one and self.offset == 0 or (1 - self.offset) % self.scale != 0

    def is_alike(self, other: Dim) -> bool:
        """Does it differ by an offset at most?"""
        return self.symbol == other.symbol and self.scale == other.scale


ONE = Dim("", 1)
Shape = tuple[Dim, ...] | str | None      # known rank | opaque, equal to itself | nothing known


@dataclass(frozen=True)
class Unknown:
    """Anything."""


@dataclass(frozen=True)
class Never:
    """No value: a recursive call of whose result nothing is known yet."""


@dataclass(frozen=True)
class Number:
    """A Python or NumPy scalar. dtype: "bool", "int", "float64", "float32", "complex128", ... ; weak: a Python number.

    value: the number where it is known (a constant), or a Dim where an integer is known to be that length.
    several: it may be of a narrower type, too (an int here, a float there). mixed: one of them has no derivative.
    """

    dtype: str
    weak: bool = False
    value: Any = None
    several: bool = False
    mixed: bool = False


@dataclass(frozen=True)
class Array:
    """An ndarray (also of rank 0). layout: "C" (known C-contiguous), "strided" (known not to be), "" (unknown)."""

    dtype: str | None
    shape: Shape = None
    layout: str = ""

    @property
    def rank(self) -> int | None:
        return len(self.shape) if isinstance(self.shape, tuple) else None


@dataclass(frozen=True)
class Numeric:
    """A number or an array, it is not known which; shape is opaque."""

    dtype: str | None
    shape: str


@dataclass(frozen=True)
class TupleKind:
    """A tuple of known length."""

    items: tuple[Kind, ...]


@dataclass(frozen=True)
class ListKind:
    """A list; item joins the kinds of all entries (None: empty so far); items where the length is known."""

    item: Kind | None
    items: tuple[Kind, ...] | None = None


@dataclass(frozen=True)
class DictKind:
    """A dict with known keys (items), or of which only the joined kind of the values is known, and of the keys where
    they are integers or tuples of such (key). lacks: some of these keys may be missing, at times."""

    items: tuple[tuple[Any, Kind], ...] | None
    item: Kind | None = None
    key: Kind = Unknown()
    lacks: bool = False


@dataclass(frozen=True)
class Object:
    """An object of which only the class is known, and the kind of what a loop over it gives (None: not known)."""

    cls: type
    item: Kind | None = None


@dataclass(frozen=True)
class RecordKind:
    """An object whose fields are followed: an instance of a class of the user's, or a function with arguments.

    cls: the class, or what `core.records` says of a bound function. fields: their kinds, by name.
    """

    cls: Any
    fields: tuple[tuple[str, Kind], ...] = ()

    def field(self, name: str) -> Kind | None:
        """The kind of a field, None where the object has no such field."""
        return dict(self.fields).get(name)


@dataclass(frozen=True)
class OneOf:
    """One of several functions that can be imported."""

    functions: tuple[Any, ...]


@dataclass(frozen=True)
class Maybe:
    """None, or a number or an array of this kind."""

    kind: Kind


@dataclass(frozen=True)
class Known:
    """A known object that is no number: None, a string, a module, a dtype, a function, a class."""

    value: Any


Kind = (Unknown | Never | Number | Array | Numeric | TupleKind | ListKind | DictKind | Object | RecordKind | Maybe
        | OneOf | Known)
UNKNOWN = Unknown()
NEVER = Never()
DISCRETE = ("bool", "int", "uint", "str", "bytes", "datetime", "timedelta")
KEYS = type(dict[Any, Any]().keys())
FLOATS = ("float16", "float32", "float64", "longdouble")


def inside(kind: Kind | None) -> Iterator[Kind]:
    """The kind, and those of all that such a value holds, at any depth."""
    if kind is None:
        return
    yield kind
    match kind:
        case TupleKind(items) | ListKind(_, tuple(items)):
            parts: Iterable[Kind | None] = items
        case DictKind(tuple(entries)) | RecordKind(_, entries):
            parts = [held for _, held in entries]
        case ListKind(item) | DictKind(_, item) | Maybe(item):
            parts = (item,)
        case _:
            return
    for part in parts:
        yield from inside(part)


def is_float(kind: Kind | None) -> bool:
    """May a value of this kind carry a derivative (a real or complex number or array, or of unknown dtype)?"""
    match kind:
        case Number(dtype):
            return not dtype.startswith(DISCRETE)
        case Array(dtype) | Numeric(dtype):
            return dtype is None or not dtype.startswith(DISCRETE)
        case TupleKind(items):
            return any(is_float(k) for k in items)
        case ListKind(item, items):
            return is_float(item) if items is None else any(is_float(k) for k in items)
        case DictKind(items, item):
            return is_float(item) if items is None else any(is_float(k) for _, k in items)
        case RecordKind(_, fields):
            return any(is_float(k) for _, k in fields)
        case Maybe(inner):
            return is_float(inner)
        case Known() | OneOf() | None:
            return False
        case Object():
            return not are_keys(kind)       # what is differentiated is refused as a key
        case _:
            return True


def is_flat(kind: Kind | None) -> bool:
    """Is it an array or a number, or a list, tuple or dict that holds nothing else?"""
    plain = (Array, Number, Numeric)
    match kind:
        case TupleKind(entries):
            return all(isinstance(k, plain) for k in entries)
        case ListKind(item, items):
            return all(isinstance(k, plain) for k in (*(items or ()), *(() if item is None else (item,))))
        case DictKind(pairs, item):
            return all(isinstance(k, plain) for k in (*(k for _, k in pairs or ()), *(() if item is None else (item,))))
    return isinstance(kind, plain)


def are_keys(kind: Kind | None) -> bool:
    """Is it the keys of a dict, which see what happens to it but are no part of what it holds?"""
    return isinstance(kind, Object) and kind.cls is KEYS


def is_complex(kind: Kind | None) -> bool:
    """Is a value of this kind, or an entry of it, known to be complex?"""
    match kind:
        case Number(dtype) | Array(str(dtype)) | Numeric(str(dtype)):
            return dtype.startswith("complex")
        case TupleKind(items):
            return any(is_complex(k) for k in items)
        case ListKind(item, items):
            return is_complex(item) if items is None else any(is_complex(k) for k in items)
        case DictKind(items, item):
            return is_complex(item) if items is None else any(is_complex(k) for _, k in items)
    return False


def shape_of(kind: Kind | None) -> Shape:
    """The shape; `()` for scalars, None where nothing is known."""
    match kind:
        case Number():
            return ()
        case Array(shape=shape) | Numeric(shape=shape):
            return shape
        case _:
            return None


def rank_of(kind: Kind | None) -> int | None:
    """The rank where it is known."""
    shape = shape_of(kind)
    return len(shape) if isinstance(shape, tuple) else None


def is_indexed(kind: Kind | None) -> bool:
    """Is what a loop over the value gives what its indices give, so that the loop can be run backwards?"""
    match kind:
        case Array() | Numeric() | ListKind() | TupleKind():
            return True
        case Object(cls):
            return issubclass(cls, Sequence)
        case Known(value):
            return isinstance(value, Sequence)
    return False


def may_be_iterator(kind: Kind | None) -> bool:
    """May it be something that can be run through only once?"""
    match kind:
        case Object(cls):
            return issubclass(cls, Iterator)
    return kind is None or kind == UNKNOWN


def is_list_of_numbers(kind: Kind | None) -> bool:
    """A list whose entries are numbers: written and added into like an array of them."""
    return isinstance(kind, ListKind) and isinstance(kind.item, Number)


def is_scalar(kind: Kind | None) -> bool:
    """Known to have rank 0?"""
    return shape_of(kind) == ()


def of_adjoint(kind: Kind) -> Kind:
    """The kind of the adjoint of a value of this kind: no known value, and no known layout."""
    match kind:
        case Number(dtype):
            return Number(dtype)
        case Array(dtype, shape):
            return Array(dtype, shape)
    return kind
