"""Kinds of elementwise operations: NumPy's own type resolution for dtypes, broadcasting for shapes.

In: the kinds of the operands. Out: a kind rule per ufunc or per Python operator. Python numbers among themselves
follow Python (a Python number comes out), with anything of NumPy they are weak (NEP 50).
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Dim, Kind, Known, ListKind, Number, Numeric, TupleKind, is_float
from s2sgrad.rules.registry import KindRule
from s2sgrad.rules.shapes import arithmetic, dtype_of, static

_SAMPLES: dict[str, Any] = {"bool": True, "int": 2, "int64": 2, "float64": 2.0, "complex128": 2j}
_NAMES = {bool: "bool", int: "int", float: "float64", complex: "complex128"}
_FOLDED = (operator.add, operator.sub, operator.mul, operator.neg, operator.pos)
_COMPARED = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)


def like_ufunc(function: Any) -> KindRule:
    """The kind rule of a ufunc with one result; Python numbers give NumPy scalars."""
    def kind(*kinds: Kind, **_: Kind) -> Kind:
        return with_dtype(arithmetic(*kinds), resolved(function, kinds))
    return kind


def with_dtype(kind: Kind, dtype: str | None) -> Kind:
    """The kind of a NumPy result of this shape; rank 0 is a NumPy scalar."""
    match kind:
        case Number():
            return Number(dtype) if dtype is not None else Array(None, ())
        case Array(_, shape):
            return Array(dtype, shape)
        case Numeric(_, shape):
            return Numeric(dtype, shape)
    return kind


def resolved(function: Any, kinds: tuple[Kind, ...]) -> str | None:
    """The dtype that a ufunc gives for operands of these kinds, where all are known; unknown ones are real."""
    return _resolved(function, *((dtype_of(k), isinstance(k, Number) and k.weak) for k in kinds))


@functools.lru_cache(maxsize=4096)
def _resolved(function: Any, *operands: tuple[str | None, bool]) -> str | None:
    """Of operands given as dtype and whether it is weak; remembered, because few combinations are met very often."""
    with_complex = any((dtype or "").startswith("complex") for dtype, _ in operands)
    if not with_complex and any(dtype is None for dtype, _ in operands):
        return None
    types: list[Any] = []
    for dtype, weak in operands:
        name = {"int": "int64", None: "float64"}.get(dtype) or str(dtype)
        types.append(type(_SAMPLES[name]) if weak and dtype != "bool" else np.dtype(name))
    try:
        return str(function.resolve_dtypes((*types, None))[-1].name)
    except TypeError:   # the program itself raises here: there is no such operation on these dtypes
        return None


def like_operator(function: Callable[..., Any], ufunc: Any) -> KindRule:
    """The kind rule of a Python operator that acts on arrays as `ufunc` does."""
    on_arrays = like_ufunc(ufunc)

    def kind(*kinds: Kind, **_: Kind) -> Kind:
        numbers = [k for k in kinds if isinstance(k, Number)]
        if len(numbers) == len(kinds) and any(n.several for n in numbers):
            return of_several(function, on_arrays, numbers)
        if len(numbers) == len(kinds) and all(n.weak for n in numbers):
            return of_python_numbers(function, numbers)
        match kinds:
            case (Known(a), Known(b)) if function in _COMPARED[:2]:
                return Number("bool", weak=True, value=bool(function(a, b)))
            case (TupleKind() | ListKind(), _) | (_, TupleKind() | ListKind()):
                return of_sequences(function, kinds)
        found = on_arrays(*kinds)
        if function is operator.pow and dtype_of(kinds[0]) == "bool":
            return with_dtype(found, None)   # NumPy squares a bool array as int8, and raises it as int64 otherwise
        return found
    return kind


def of_several(function: Callable[..., Any], on_arrays: KindRule, numbers: list[Number]) -> Kind:
    """The kind of an operator's result on numbers of which some may be of narrower types."""
    weak = all(n.weak for n in numbers)

    def result(operands: list[Number]) -> Kind:
        return of_python_numbers(function, operands) if weak else on_arrays(*operands)
    plain = [replace(n, several=False, mixed=False) for n in numbers]
    found = result(plain)
    narrowest = result([Number("bool", True) if n.mixed else p for n, p in zip(numbers, plain, strict=True)])
    if not isinstance(found, Number) or found == narrowest and not any(n.several and not n.mixed for n in numbers):
        return found
    return replace(found, several=True, mixed=is_float(found) != is_float(narrowest))


def of_python_numbers(function: Callable[..., Any], numbers: list[Number]) -> Kind:
    """The kind of an operator's result on Python numbers; integers and comparisons are computed where known."""
    values = [n.value for n in numbers]
    match values:
        case (Dim() as dim, int(more)) | (int(more), Dim() as dim) if (
                function is operator.add and dim.offset >= 0 and more >= 0):
            return Number("int", weak=True, value=replace(dim, offset=dim.offset + more))
    plain = all(type(v) is int for v in values)
    if plain and function in _FOLDED:
        return Number("int", weak=True, value=function(*values))
    if function in _COMPARED and all(type(v) in _NAMES for v in values):
        return Number("bool", weak=True, value=function(*values))
    if function is operator.pow and all(n.dtype.startswith(("int", "bool")) for n in numbers):
        # an integer to a negative power is a float
        return Number("int", weak=True) if type(values[-1]) is int and values[-1] >= 0 else UNKNOWN
    try:
        sample = function(*(_SAMPLES[n.dtype] for n in numbers))
    except TypeError:   # the program itself raises here
        return UNKNOWN
    return Number(_NAMES[type(sample)], weak=True)


def of_sequences(function: Callable[..., Any], kinds: tuple[Kind, ...]) -> Kind:
    """Concatenation and repetition of tuples and lists."""
    match kinds:
        case (TupleKind(a), TupleKind(b)) if function is operator.add:
            return TupleKind(a + b)
        case (ListKind(_, tuple(a)), ListKind(_, tuple(b))) if function is operator.add:
            return ListKind(common(a + b), a + b)
        case (ListKind(a), ListKind(b)) if function is operator.add:
            return ListKind(b if a is None else a if b is None or a == b else UNKNOWN)
        case ((TupleKind() | ListKind()) as sequence, Number() as count) | (
                Number() as count, (TupleKind() | ListKind()) as sequence) if function is operator.mul:
            times = static(count) if count.weak else ...
            match sequence:
                case TupleKind(items) if isinstance(times, int):
                    return TupleKind(items * times)
                case ListKind(item, items):
                    known = isinstance(times, int) and items is not None and len(items) * times <= 64
                    return ListKind(item, items * times if known else None)   # type: ignore[operator]
    return UNKNOWN


def common(kinds: tuple[Kind, ...]) -> Kind | None:
    """The kind that all have; None when there is none."""
    if not kinds:
        return None
    return kinds[0] if all(k == kinds[0] for k in kinds) else UNKNOWN
