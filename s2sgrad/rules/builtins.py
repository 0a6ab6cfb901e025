"""Python's builtins on numbers and sequences: conversions, extremes, sums, sorting, division with remainder."""

from __future__ import annotations

import math
import operator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Dim, Kind, Known, ListKind, Number, Numeric, Object, TupleKind, is_float
from s2sgrad.core.primitives import if_else, sequence_of
from s2sgrad.rules.options import length_of
from s2sgrad.rules.registry import VIEW, adjoint, elementwise, no_derivative, zero_derivative
from s2sgrad.rules.shapes import integer, promote, static, truth
from s2sgrad.rules.ufunc_kinds import like_operator
from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.checks import (
    common_length,
    entries,
    in_turn,
    require_apart,
    require_dtype_of_first,
    require_floats,
    require_reads_first,
)
from s2sgrad.runtime.selection import extremum_adjoints, groups_of, order_of, sorted_adjoint, sum_adjoint

# ---------------------------------------------------------------- math: roots, exponentials, logarithms


def _to_integer(x: Kind, *_: Kind, **__: Kind) -> Kind:
    """A Python integer; itself where a known integer is converted."""
    match x:
        case Number(dtype, True, value) if dtype.startswith("int"):
            return Number("int", weak=True, value=value)
    return integer()


zero_derivative(math.floor, math.ceil, math.trunc, int, operator.index, kind=_to_integer)
zero_derivative(math.factorial, math.comb, math.perm, math.gcd, math.lcm, math.isqrt, kind=integer)


# ---------------------------------------------------------------- builtins that compute
def _to_float(x: Kind | None = None, **_: Kind) -> Kind:
    match static(x):
        case int() | float() as value:
            return Number("float64", weak=True, value=float(value))
    return Number("float64", weak=True)


@elementwise(float, kind=_to_float)
def to_float(y: Any, x: Any = 0.0) -> Any:
    return 1.0


def _rounded(number: Kind, ndigits: Kind | None = None, **_: Kind) -> Kind:
    match number:
        case Number(dtype, weak):
            if static(ndigits) is None:
                return integer()
            return Number("int" if dtype in ("bool", "int") else dtype, weak, several=number.several,
                          mixed=number.mixed)
    return UNKNOWN


zero_derivative(round, kind=_rounded)


def _extremum(*operands: Kind, **_: Kind) -> Kind:
    """One of the operands: a number of the promoted dtype (of `max(0, x)` a float, which is what it is for)."""
    match operands:
        case (Array(str(dtype), (_,)),):
            return Number(dtype)
        case (ListKind(_, tuple(items)),) | (TupleKind(items),):
            return _extremum(*items) if len(items) > 1 else items[0] if items else UNKNOWN
        case (ListKind(Number() as entry) | Object(_, Number() as entry),):
            return replace(entry, value=None)
    numbers = [k for k in operands if isinstance(k, Number)]
    if len(operands) < 2 or len(numbers) < len(operands):
        return UNKNOWN
    common, weak = promote(*numbers), all(n.weak for n in numbers)
    several = any(n.several or (n.dtype, n.weak) != (numbers[0].dtype, numbers[0].weak) for n in numbers)
    mixed = any(n.mixed or is_float(n) != is_float(numbers[0]) for n in numbers)
    return Number("int" if weak and common == "int64" else common, weak, None, several,
                  mixed) if common is not None else UNKNOWN


@adjoint(max, min, kind=_extremum)
def extremum(y: Any, *operands: Any, y_bar: Any) -> Any:
    if len(operands) == 2:
        a = operands[0]
        b = operands[1]
        a_bar = if_else(a == y, if_else(b == y, 0.5 * y_bar, y_bar), 0.0)
        b_bar = if_else(b == y, if_else(a == y, 0.5 * y_bar, y_bar), 0.0)
        return a_bar, b_bar
    bars = extremum_adjoints(y, operands, y_bar)
    return bars


def _sum(iterable: Kind, start: Kind | None = None, **_: Kind) -> Kind:
    total: Kind = Number("int", weak=True) if start is None else start
    add = like_operator(operator.add, np.add)
    match iterable:
        case ListKind(_, tuple(items)) | TupleKind(items):
            for item in items:
                total = add(total, item)
            return total
        case ListKind(item) | Object(_, item) if item is not None:
            return add(total, item)
        case Array(dtype, (_, *rest)):
            return add(total, Array(dtype, tuple(rest)))
    return UNKNOWN


@adjoint(sum, kind=_sum, complex_too=True)
def builtin_sum(y: Any, iterable: Any, start: Any = 0, *, y_bar: Any) -> Any:
    iterable_bar = sum_adjoint(iterable, y_bar)
    start_bar = unbroadcast(y_bar, start)
    return iterable_bar, start_bar


@adjoint(sorted)
def arranged(y: Any, iterable: Any, reverse: Any = False, *, y_bar: Any) -> Any:
    iterable_bar = sorted_adjoint(iterable, reverse, y_bar)
    return iterable_bar


def _positions(keys: Kind, reverse: Kind | None = None) -> Kind:
    return ListKind(Number("int", weak=True))


def _groups(keys: Kind) -> Kind:
    return ListKind(ListKind(Number("int", weak=True)))


zero_derivative(order_of, kind=_positions)
zero_derivative(groups_of, kind=_groups)


def _quotient_and_remainder(a: Kind, b: Kind, **_: Kind) -> Kind:
    return TupleKind((like_operator(operator.floordiv, np.floor_divide)(a, b),
                      like_operator(operator.mod, np.remainder)(a, b)))


@adjoint(divmod, broadcasts=True, kind=_quotient_and_remainder)
def quotient_and_remainder(z: Any, x: Any, y: Any, *, z_bar: Any) -> Any:
    """The quotient is a step."""
    x_bar = z_bar[1]
    y_bar = -z[0] * z_bar[1]
    return x_bar, y_bar


# ---------------------------------------------------------------- builtins that ask
def _length(x: Kind, **_: Kind) -> Kind:
    match x:
        case Array(shape=(Dim("", offset), *_)):
            return Number("int", weak=True, value=offset)
        case Array(shape=(Dim() as dim, *_)):
            return Number("int", weak=True, value=dim)
        case TupleKind(items) | ListKind(_, tuple(items)):
            return Number("int", weak=True, value=len(items))
    return integer()


def _unknown(*_: Kind, **__: Kind) -> Kind:
    return UNKNOWN


def _class(x: Kind, **_: Kind) -> Kind:
    match x:
        case Number(dtype, True) if (known := {"bool": bool, "int": int, "float64": float}.get(dtype)) is not None:
            return Known(known)
        case Number(dtype, False) if dtype != "int":
            return Known(np.dtype(dtype).type)
        case Array(shape=(_, *_)):
            return Known(np.ndarray)
    return UNKNOWN


zero_derivative(len, kind=_length)
zero_derivative(type, kind=_class)
zero_derivative(isinstance, issubclass, callable, any, all, hasattr, kind=truth)
zero_derivative(ord, hash, id, kind=integer)
zero_derivative(range, chr, bin, hex, kind=_unknown)
no_derivative(str, repr, format, kind=_unknown, pure=True)      # text may be read back as a number


def _sequence(entries: Kind) -> Kind:
    match entries:
        case Array() | Numeric() | ListKind() | TupleKind():
            return entries
        case Object(_, item) if item is not None:
            return ListKind(item)
    return UNKNOWN


no_derivative(sequence_of, kind=_sequence, result=VIEW, pure=True)      # resolved once the kind is known

# Dicts: keys carry no derivative; what else is taken out of a dict may be an array that is written.
zero_derivative(dict.keys, result=VIEW)


def _turn_kind(count: Kind, length: Kind) -> Kind:
    return Array("int64", (length_of(count),), "C")


zero_derivative(require_reads_first, require_apart, require_floats, require_dtype_of_first, pure=False)
zero_derivative(in_turn, kind=_turn_kind)
zero_derivative(common_length, kind=lambda rows: Number("int", True), pure=False)
zero_derivative(entries, result=VIEW)           # called only where no entry carries a derivative
no_derivative(dict.get, dict.values, dict.items, result=VIEW, pure=True)
