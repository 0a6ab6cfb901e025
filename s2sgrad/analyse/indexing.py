"""What an index does to an array: the kind of `x[index]`, whether it is a view, whether it may name a cell twice."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce

from s2sgrad.analyse.joins import join, one_of
from s2sgrad.core.kinds import (
    ONE,
    UNKNOWN,
    Array,
    DictKind,
    Dim,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    Object,
    Shape,
    TupleKind,
    rank_of,
)
from s2sgrad.core.nodes import Build, Call, Const, Expr, Var
from s2sgrad.rules.options import divided
from s2sgrad.rules.shapes import broadcast, fresh_dim, fresh_shape, static

KindOf = Callable[[Expr], Kind]


@dataclass(frozen=True)
class Indexing:
    """view: True a view, False a copy (or a scalar), None not known. repeats: may name a cell twice.

    scalar: known to give one cell. shape: of the result, None where not known.
    """

    view: bool | None
    repeats: bool
    scalar: bool
    shape: Shape


UNKNOWN_INDEXING = Indexing(None, True, False, None)


def parts(index: Expr) -> tuple[Expr, ...]:
    """The entries of an index, one per position."""
    return index.items if isinstance(index, Build) and index.form == "tuple" else (index,)


def analyse_index(base: Kind, index: Expr, kind_of: KindOf) -> Indexing:
    """What `base[index]` is, for an array base."""
    if not isinstance(base, Array):
        return UNKNOWN_INDEXING
    entries = _integers(index, kind_of) or parts(index)
    kinds = [_classify(e, kind_of) for e in entries]
    if "unknown" in kinds:
        return UNKNOWN_INDEXING
    consumed = sum(k in ("int", "slice", "ints") for k in kinds)
    for e, k in zip(entries, kinds, strict=True):
        if k == "mask":
            rank = rank_of(kind_of(e))
            if rank is None:
                return Indexing(False, False, False, None)
            consumed += rank
    advanced = any(k in ("ints", "mask") for k in kinds)
    repeats = "ints" in kinds
    if base.rank is None:
        return Indexing(False if advanced else None if "slice" not in kinds and "rest" not in kinds else True,
                        repeats, False, None)
    if consumed > base.rank:
        return UNKNOWN_INDEXING
    if not advanced:
        dims = _basic(entries, kinds, base, consumed, kind_of)
        scalar = not dims and "rest" not in kinds
        return Indexing(not scalar, False, scalar, tuple(dims))
    return Indexing(False, repeats, False, _advanced(entries, kinds, base, consumed, kind_of))


def _integers(index: Expr, kind_of: KindOf) -> tuple[Expr, ...]:
    """As many integers as the index holds, if it is a name for a tuple of integers."""
    match kind_of(index) if isinstance(index, Var) else None:
        case TupleKind(items) if all(isinstance(k, Number) and k.dtype.startswith(("int", "uint")) for k in items):
            return (Const(0),) * len(items)
    return ()


def _classify(entry: Expr, kind_of: KindOf) -> str:
    match entry:
        case Build("slice"):
            return "slice"
        case Const(value=None):
            return "new"
        case Const(value=value) if value is ...:
            return "rest"
        case Const(value=bool()):
            return "unknown"
        case Const(value=int()):
            return "int"
    match kind_of(entry):
        case Number(dtype) if dtype.startswith(("int", "uint")):
            return "int"
        case Array(dtype, ()) if dtype is not None and dtype.startswith(("int", "uint")):
            return "int"
        case Array("bool"):
            return "mask"
        case Array(dtype) if dtype is not None and dtype.startswith(("int", "uint")):
            return "ints"
        case ListKind(Number(dtype)) if dtype.startswith(("int", "uint")):
            return "ints"
        case ListKind(Number("bool")):
            return "mask"
        case TupleKind() if isinstance(entry, Build) and entry.form == "list":
            return "ints"
        case Known(value) if value is None:
            return "new"
    return "unknown"


def _basic(entries: tuple[Expr, ...], kinds: list[str], base: Array, consumed: int, kind_of: KindOf) -> list[Dim]:
    assert isinstance(base.shape, tuple)
    rest = len(base.shape) - consumed
    if "rest" not in kinds:
        entries, kinds = (*entries, Const(...)), [*kinds, "rest"]
    out: list[Dim] = []
    axis = 0
    for entry, kind in zip(entries, kinds, strict=True):
        match kind:
            case "int":
                axis += 1
            case "slice":
                assert isinstance(entry, Build)
                out.append(slice_length(base.shape[axis], entry, kind_of))
                axis += 1
            case "new":
                out.append(ONE)
            case "rest":
                out += base.shape[axis: axis + rest]
                axis += rest
    return out


def _advanced(entries: tuple[Expr, ...], kinds: list[str], base: Array, consumed: int, kind_of: KindOf) -> Shape:
    """Result of index arrays and masks: their broadcast shape stands where they stood, if they stood together."""
    assert isinstance(base.shape, tuple)
    rest = len(base.shape) - consumed
    if "rest" not in kinds:
        entries, kinds = (*entries, Const(...)), [*kinds, "rest"]
    picked: list[Shape] = []
    positions: list[int] = []
    before: list[Dim] = []
    out: list[Dim] = []
    axis = 0
    for position, (entry, kind) in enumerate(zip(entries, kinds, strict=True)):
        if kind in ("int", "ints", "mask"):
            entry_kind = kind_of(entry)
            if kind == "mask":
                rank = rank_of(entry_kind) or 1
                picked.append((fresh_dim(),))
                axis += rank
            else:
                picked.append(_list_shape(entry_kind) if kind == "ints" else ())
                axis += 1
            if not positions:
                before = list(out)
            positions.append(position)
            continue
        match kind:
            case "slice":
                assert isinstance(entry, Build)
                out.append(slice_length(base.shape[axis], entry, kind_of))
                axis += 1
            case "new":
                out.append(ONE)
            case "rest":
                out += base.shape[axis: axis + rest]
                axis += rest
    joined = broadcast(*picked)
    if not isinstance(joined, tuple):
        return None
    together = positions == list(range(positions[0], positions[-1] + 1))
    if together:
        return (*before, *joined, *out[len(before):])
    return (*joined, *out)


def _list_shape(kind: Kind) -> Shape:
    match kind:
        case Array(shape=shape):
            return shape
        case ListKind(Number(), items):
            return (Dim("", len(items)) if items is not None else fresh_dim(),)
        case TupleKind(items) if all(isinstance(k, Number) for k in items):
            return (Dim("", len(items)),)
    return None


def slice_length(dim: Dim, index: Build, kind_of: KindOf) -> Dim:
    """The length of an axis after `lower:upper:step`, as far as it is the same for all values of what is unknown."""
    def bound(entry: Expr) -> object:
        match entry:
            case Call(operator.neg, (back,)) if dim.offset == 0:
                length = bound(back)
                if isinstance(length, Dim) and length.offset == 0 and length.symbol == dim.symbol:
                    return replace(dim, scale=dim.scale - length.scale) if length.scale < dim.scale else 0
        kind = kind_of(entry)
        if isinstance(kind, Number) and isinstance(kind.value, Dim):
            return kind.value
        return static(kind) if not (isinstance(entry, Const) and entry.value is None) else None

    lower, upper, step = (bound(e) for e in index.items)
    if step == -1 and lower is None and upper is None:
        return dim
    if step not in (None, 1):
        match lower, upper, step:
            case (None | int()), (None | int()), (None | int()):
                if dim.symbol and upper is None and 0 <= (lower or 0) < (step or 1):
                    even = divided(dim, step or 1) if dim.offset == 0 else None
                    if even is not None:
                        return even
                if dim.symbol:
                    return Dim(f"{_name(dim)}[{lower}:{upper}:{step}]")
                return Dim("", len(range(dim.offset)[slice(lower, upper, step)]))
        return fresh_dim()
    if lower in (None, 0) and upper is None:
        return dim
    start = _position(0 if lower is None else lower, dim)
    stop = _position(upper, dim) if upper is not None else dim
    if start is None or stop is None:
        return fresh_dim()
    if not dim.symbol and not start.symbol and not stop.symbol:
        return Dim("", len(range(dim.offset)[slice(max(start.offset, 0), max(stop.offset, 0))]))
    starts, stops = (d.scale if d.symbol else 0 for d in (start, stop))
    more = stop.offset - start.offset
    if not start.symbol and stop.is_alike(dim) and stop.offset <= dim.offset:
        return replace(stop, offset=more)
    if stops <= dim.scale and 0 <= start.offset <= stop.offset <= dim.offset and starts <= stops:
        # 0 <= start <= stop <= end, whatever the symbol is
        return replace(dim, offset=more, scale=stops - starts) if starts < stops else Dim("", more)
    if dim.symbol.startswith("?"):
        return fresh_dim()
    return Dim(f"{_name(dim)}[{lower}:{upper}]")


def _name(dim: Dim) -> str:
    return f"({'' if dim.scale == 1 else dim.scale}{dim.symbol}{dim.offset:+d})"


def _position(value: object, dim: Dim) -> Dim | None:
    """Where a bound lies, counted from the front; None where that is not known."""
    match value:
        case Dim():
            return value if value.symbol == dim.symbol else None
        case bool():
            return None
        case int() if value >= 0:
            return Dim("", value)
        case int():
            return replace(dim, offset=dim.offset + value)
    return None


def getitem_kind(base: Kind, index: Expr, kind_of: KindOf) -> Kind:
    """The kind of `base[index]`."""
    match base:
        case Array(dtype):
            found = analyse_index(base, index, kind_of)
            if found.scalar:
                return Number(dtype) if dtype is not None else Numeric(None, fresh_shape())
            if isinstance(found.shape, tuple):
                return Array(dtype, found.shape)
            if found.view is not None:
                return Array(dtype, fresh_shape())
            return Numeric(dtype, fresh_shape())
        case Numeric(dtype):
            return Numeric(dtype, fresh_shape())
        case TupleKind(items) | ListKind(items=tuple() as items):
            at = static(kind_of(index))
            if isinstance(at, int) and -len(items) <= at < len(items):
                return items[at]
            if isinstance(base, ListKind) and base.item is not None and not isinstance(index, Build):
                return one_of(base.item)
            if isinstance(index, Build) and index.form == "slice":
                lower, upper, step = (static(kind_of(e)) if e != Const(None) else None for e in index.items)
                match base, lower, upper, step:
                    case TupleKind(), (None | int()), (None | int()), (None | int()):
                        return TupleKind(items[slice(lower, upper, step)])
                return ListKind(base.item) if isinstance(base, ListKind) else UNKNOWN
            return _any_of(items) if at is ... and items and isinstance(kind_of(index), Number) else UNKNOWN
        case ListKind(item):
            if isinstance(index, Build) and index.form == "slice":
                return ListKind(item)
            return one_of(item)
        case Object(cls) if cls is range:
            return base if isinstance(index, Build) else Number("int", weak=True)
        case DictKind(entries, item):
            at = static(kind_of(index))
            for key, kind in entries or ():
                if key == at and type(key) is type(at):
                    return kind
            if item is None and entries and at is ...:          # one of the keys, or the function raises
                return _any_of(tuple(kind for _, kind in entries))
            return one_of(item)
        case Object(cls, item) if cls is range and isinstance(kind_of(index), Number):
            return one_of(item)
    return UNKNOWN


def _any_of(kinds: tuple[Kind, ...]) -> Kind:
    """The kind of one of several values."""
    return reduce(lambda a, b: join(a, b, fresh_shape()), kinds) if kinds else UNKNOWN


def is_integer(kind: Kind) -> bool:
    """Is it known to be an integer?"""
    return isinstance(kind, Number) and kind.dtype.startswith(("int", "uint"))


def is_basic(index: Expr | None, kind_of: KindOf) -> bool:
    """Slices and integers only: such an index gives a view, and names no entry twice."""
    def one(part: Expr | None) -> bool:
        if part is None or isinstance(part, Const) or isinstance(part, Build) and part.form == "slice":
            return True
        kind = kind_of(part)
        return isinstance(kind, Number) and not kind.dtype.startswith("bool")
    return all(map(one, index.items if isinstance(index, Build) and index.form == "tuple" else (index,)))
