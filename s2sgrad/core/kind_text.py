"""The text form of a kind: `float64[n, 1]`, `float` for a Python number, `(int=2, list of float64[m])`."""

from __future__ import annotations

from s2sgrad.core.kinds import (
    Array,
    DictKind,
    Dim,
    Kind,
    Known,
    ListKind,
    Maybe,
    Never,
    Number,
    Numeric,
    Object,
    OneOf,
    RecordKind,
    Shape,
    TupleKind,
    Unknown,
)

WEAK = {"float64": "float", "int": "int", "bool": "bool", "complex128": "complex"}


def kind_text(kind: Kind | None) -> str:
    """A kind; nothing (None) is what is not bound yet."""
    match kind:
        case None:
            return "nothing"
        case Unknown():
            return "?"
        case Number(dtype, weak, value):
            name = WEAK.get(dtype, dtype) if weak else dtype
            shown = dim_text(value) if isinstance(value, Dim) else value
            return name if value is None else f"{name}={shown}"
        case Array(dtype, shape, layout):
            return f"{dtype or '?'}[{shape_text(shape)}]{' strided' if layout == 'strided' else ''}"
        case Numeric(dtype, shape):
            return f"{dtype or '?'}[{shape_text(shape)}] or number"
        case TupleKind(items):
            return f"({', '.join(map(kind_text, items))}{',' if len(items) == 1 else ''})"
        case ListKind(item, None):
            return f"list of {kind_text(item)}"
        case ListKind(_, items):
            return f"[{', '.join(map(kind_text, items or ()))}]"
        case DictKind(None, item):
            return f"dict of {kind_text(item)}"
        case DictKind(items):
            return "{" + ", ".join(f"{key!r}: {kind_text(value)}" for key, value in items or ()) + "}"
        case Object(cls):
            return cls.__name__
        case Known(value):
            return repr(value) if value is None or isinstance(value, str) else getattr(value, "__name__", "object")
        case RecordKind(cls, fields):
            return f"{getattr(cls, '__name__', 'function')}({', '.join(f'{f}: {kind_text(k)}' for f, k in fields)})"
        case Maybe(inner):
            return f"{kind_text(inner)} or None"
        case OneOf(functions):
            return " or ".join(getattr(f, "__name__", "function") for f in functions)
        case Never():
            return "never"


def shape_text(shape: Shape) -> str:
    """`n, m - 1`, `1`; `...` where the rank is not known, with the name of an opaque shape."""
    if isinstance(shape, tuple):
        return ", ".join(map(dim_text, shape))
    return "..." if shape is None else f"...{shape}"


def dim_text(dim: Dim) -> str:
    """A length; `n!` is known to be different from 1."""
    if not dim.symbol:
        return str(dim.offset)
    offset = f" {'+' if dim.offset > 0 else '-'} {abs(dim.offset)}" if dim.offset else ""
    times = f"{dim.scale}*" if dim.scale != 1 else ""
    return f"{times}{dim.symbol}{'!' if dim.never_one and not dim.offset else ''}{offset}"
