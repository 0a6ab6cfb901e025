"""Comparisons, truth and bits: piecewise constant, so that the derivative is zero.

`and`, `or` and `if ... else` hand on one of their operands, so they are no such functions: normalising turns them
into branches, and what is left of them refuses an active operand.
"""

from __future__ import annotations

import operator

import numpy as np

from s2sgrad.core import primitives
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, Dim, Kind, Known, ListKind, Number, Numeric, TupleKind
from s2sgrad.rules.registry import no_derivative, zero_derivative
from s2sgrad.rules.shapes import comparison, static, truth
from s2sgrad.rules.ufunc_kinds import common, like_operator, like_ufunc, with_dtype

for _operator, _ufunc in (
        (operator.lt, np.less), (operator.le, np.less_equal), (operator.gt, np.greater),
        (operator.ge, np.greater_equal), (operator.eq, np.equal), (operator.ne, np.not_equal),
        (operator.and_, np.bitwise_and), (operator.or_, np.bitwise_or), (operator.xor, np.bitwise_xor),
        (operator.invert, np.invert), (operator.lshift, np.left_shift), (operator.rshift, np.right_shift)):
    zero_derivative(_operator, kind=like_operator(_operator, _ufunc))
    zero_derivative(_ufunc, kind=like_ufunc(_ufunc))

for _predicate in (np.isnan, np.isfinite, np.isinf, np.signbit, np.logical_and, np.logical_or, np.logical_xor,
                   np.logical_not):
    zero_derivative(_predicate, kind=like_ufunc(_predicate))


def _isclose(a: Kind, b: Kind, *_: Kind, **__: Kind) -> Kind:
    return with_dtype(comparison(a, b), "bool")


zero_derivative(np.isclose, kind=_isclose)
zero_derivative(np.allclose, np.array_equal, kind=truth)


# ---------------------------------------------------------------- truth and identity
def _known_truth(x: Kind) -> object:
    """The truth of a value where it is known, else `...`."""
    match x:
        case Known(value):
            return bool(value)
        case Number(value=value) if value is not None and not isinstance(value, Dim):
            return bool(value)
        case TupleKind(items):
            return bool(items)
    return ...


def _truth(x: Kind, **_: Kind) -> Kind:
    known = _known_truth(x)
    return Number("bool", weak=True, value=None if known is ... else known)


def _not(x: Kind, **_: Kind) -> Kind:
    known = _known_truth(x)
    return Number("bool", weak=True, value=None if known is ... else not known)


def _identical(a: Kind, b: Kind) -> bool | None:
    """`a is b` where it is known: for None and other known objects."""
    match a, b:
        case (Known(first), Known(second)) if first is None or second is None:
            return first is second
        case (Known(None), Number() | Array() | Numeric() | TupleKind() | ListKind() | DictKind()):
            return False
        case (Number() | Array() | Numeric() | TupleKind() | ListKind() | DictKind(), Known(None)):
            return False
    return None


def _is(a: Kind, b: Kind, **_: Kind) -> Kind:
    return Number("bool", weak=True, value=_identical(a, b))


def _is_not(a: Kind, b: Kind, **_: Kind) -> Kind:
    known = _identical(a, b)
    return Number("bool", weak=True, value=None if known is None else not known)


zero_derivative(operator.truth, bool, kind=_truth)
zero_derivative(operator.not_, kind=_not)
zero_derivative(operator.is_, kind=_is)
zero_derivative(operator.is_not, kind=_is_not)
zero_derivative(operator.contains, primitives.in_, primitives.not_in, kind=truth)


# ---------------------------------------------------------------- what normalising leaves of lazy operators, and text
def _either(*operands: Kind, **_: Kind) -> Kind:
    numbers = [k for k in operands if isinstance(k, Number)]
    several, mixed = any(k.several for k in numbers), any(k.mixed for k in numbers)
    known = [Number(k.dtype, k.weak, None, several, mixed) if isinstance(k, Number) else k for k in operands]
    return common(tuple(known)) or UNKNOWN


def _if_else(test: Kind, then: Kind, orelse: Kind) -> Kind:
    known = static(test)
    if known is ... or not isinstance(known, bool):
        return _either(then, orelse)
    return then if known else orelse


def unknown(*_: Kind, **__: Kind) -> Kind:
    return UNKNOWN


no_derivative(primitives.and_, primitives.or_, kind=_either, pure=True)
no_derivative(primitives.if_else, kind=_if_else, pure=True)
no_derivative(primitives.fstring, primitives.formatted, kind=unknown, pure=True)      # text may be read back

