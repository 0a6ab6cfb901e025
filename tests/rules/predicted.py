"""Predicted kinds against actual results, whether much or little is known of the arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
from values import NUMBERS

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
    TupleKind,
)
from s2sgrad.rules.registry import Rule


def check_kind(rule: Rule, args: tuple[Any, ...], options: dict[str, Any], result: Any) -> None:
    """What the kind rule predicts is true of the result, whether much or little is known of the arguments."""
    if rule.kind is None:
        return
    for knowledge in ("lengths", "ranks", "opaque"):
        lengths: dict[str, int] = {}
        names: dict[Any, str] = {}
        kinds = [kind_of_value(a, knowledge, lengths, names) for a in args]
        option_kinds = {k: kind_of_value(v, knowledge, lengths, names) for k, v in options.items()}
        predicted = rule.kind(*kinds, **option_kinds)
        complaint = disagreement(predicted, result, lengths, names)
        assert not complaint, f"{rule.function}: of {kinds} {option_kinds} predicted {predicted}: {complaint}"


def kind_of_value(value: Any, knowledge: str = "lengths", lengths: dict[str, int] | None = None,
                  names: dict[Any, str] | None = None) -> Kind:
    """The kind of a value. knowledge: "lengths" (equal lengths share a symbol, never_one is set), "ranks" (each
    axis has its own symbol, nothing is known of it) or "opaque" (a number or an array of unknown shape)."""
    lengths = {} if lengths is None else lengths
    names = {} if names is None else names
    again = {"knowledge": knowledge, "lengths": lengths, "names": names}
    match value:
        case bool() if type(value) is bool:
            return Number("bool", weak=True, value=value)
        case int() if type(value) is int:
            return Number("int", weak=True, value=value)
        case float() | complex() if type(value) in NUMBERS:
            return Number("float64" if type(value) is float else "complex128", weak=True)
        case np.generic() if value.dtype.kind in "biufc":
            return Number(value.dtype.name)
        case np.ndarray():
            if knowledge == "opaque":
                name = names.setdefault(value.shape, f"shape{len(names)}")
                return Numeric(value.dtype.name, name)
            dims = []
            for length in value.shape:
                if length == 1 and knowledge == "lengths":
                    dims.append(ONE)
                    continue
                symbol = f"n{length}" if knowledge == "lengths" else f"axis{len(lengths)}"
                lengths[symbol] = length
                dims.append(Dim(symbol, 0, never_one=knowledge == "lengths"))
            layout = "C" if value.flags.c_contiguous else "strided"
            return Array(value.dtype.name, tuple(dims), layout if knowledge == "lengths" else "")
        case tuple():
            return TupleKind(tuple(kind_of_value(v, **again) for v in value))
        case list():
            items = tuple(kind_of_value(v, **again) for v in value)
            item = items[0] if items and all(k == items[0] for k in items) else UNKNOWN if items else None
            return ListKind(item, items)
        case dict():
            return DictKind(tuple((k, kind_of_value(v, **again)) for k, v in value.items()))
        case slice():
            return UNKNOWN
    return Known(value)


def disagreement(kind: Kind | None, value: Any, lengths: dict[str, int], names: dict[Any, str]) -> str:
    """Why a value is not of a kind; empty when it is. lengths binds the symbols, and fresh ones as they are met."""
    def dtype_differs(dtype: str | None) -> bool:
        actual = np.asarray(value).dtype.name
        return dtype is not None and {"int": "int64"}.get(dtype, dtype) != actual

    def shape_differs(shape: Any) -> bool:
        actual = np.shape(value)
        if shape is None:
            return False
        if isinstance(shape, str):
            known = {name: s for s, name in names.items()}
            if shape not in known:
                names[actual] = shape
            return shape in known and known[shape] != actual
        if len(shape) != len(actual):
            return True
        for dim, length in zip(shape, actual, strict=True):
            if dim.symbol and dim.symbol not in lengths and length > 0:
                lengths[dim.symbol] = (length - dim.offset) // dim.scale
            expected = max(dim.scale * lengths.get(dim.symbol, 0) + dim.offset, 0) if dim.symbol else dim.offset
            if (expected != length and (not dim.symbol or dim.symbol in lengths)) or (dim.not_one and length == 1):
                return True
        return False

    match kind:
        case Number(dtype, weak, known):
            if np.shape(value) != ():
                return f"the result has shape {np.shape(value)}"
            if weak != (type(value) in NUMBERS):
                return f"the result is a {type(value).__name__}, weak is {weak}"
            if isinstance(known, Dim):
                known = known.scale * lengths.get(known.symbol, 0) + known.offset
            if known is not None and not np.array_equal(known, value, equal_nan=isinstance(known, float)):
                return f"the result is {value!r}"
            return "dtype" if dtype_differs(dtype) else ""
        case Array(dtype, shape, layout):
            if not isinstance(value, (np.ndarray, np.generic)):
                return f"the result is a {type(value).__name__}"
            if layout and isinstance(value, np.ndarray) and (layout == "C") != value.flags.c_contiguous:
                return f"layout {layout}"
            return "dtype" if dtype_differs(dtype) else "shape" if shape_differs(shape) else ""
        case Numeric(dtype, shape):
            if not isinstance(value, (np.ndarray, np.generic, *NUMBERS)):
                return f"the result is a {type(value).__name__}"
            return "dtype" if dtype_differs(dtype) else "shape" if shape_differs(shape) else ""
        case TupleKind(items):
            if not isinstance(value, tuple) or len(value) != len(items):
                return f"the result is {type(value).__name__}"
            return next(filter(None, (disagreement(k, v, lengths, names) for k, v in
                                      zip(items, value, strict=True))), "")
        case ListKind(item, known_items):
            if not isinstance(value, list):
                return f"the result is {type(value).__name__}"
            if known_items is not None and len(known_items) != len(value):
                return "length of the list"
            expected_items = known_items if known_items is not None else (item,) * len(value)
            return next(filter(None, (disagreement(k, v, lengths, names) for k, v in
                                      zip(expected_items, value, strict=True))), "")
        case Known(known):
            return "" if known is value or known == value else f"the result is {value!r}"
    return ""
