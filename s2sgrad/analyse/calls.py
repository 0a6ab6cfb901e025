"""Of a call: whether a rule takes it, how its result lies in memory, whether it copies."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from s2sgrad.core.kinds import (
    Array,
    Kind,
    Number,
    is_complex,
)
from s2sgrad.core.nodes import (
    Build,
    Call,
    Const,
    Expr,
)
from s2sgrad.rules.methods import ATTRIBUTES, METHODS
from s2sgrad.rules.registry import FRESH

COPIES = (np.array, np.ndarray.astype, np.astype)               # they copy, unless an option says otherwise

CONJUGATES = (np.ndarray.conj, np.ndarray.conjugate)            # of a complex array; a real one is given back itself


class Calls(Protocol):
    """What is known of the user's functions that are called."""

    def kind(self, function: Any, kinds: tuple[Kind, ...], options: dict[str, Kind]) -> Kind:
        """The kind of the result of a call."""

    def returns_memory(self, function: Any) -> bool:
        """May the result of the function be, hold, or be a view of its arguments?"""


def may_keep(call: Call) -> bool:
    """Is it a copy that is not made where the option `copy` finds none to be needed?"""
    if call.function not in COPIES:
        return False
    by_position = call.args[5] if call.function == np.ndarray.astype and len(call.args) > 5 else Const(True)
    return dict(call.kwargs).get("copy", by_position) != Const(True)


def converts(call: Call) -> bool:
    """Does the dtype decide whether it makes a new array?"""
    given = len(call.args) > 1 or "dtype" in dict(call.kwargs)
    return call.function in CONJUGATES or given and call.function in (
        *COPIES, np.asarray, np.asanyarray, np.ascontiguousarray)


def method_call(kind: Kind, name: str, receiver: Expr, args: Sequence[Expr],
                options: tuple[tuple[str, Expr], ...]) -> Call:
    """The call of a function that a method of an array or a number (of this kind) stands for."""
    given = dict(options)
    match name, args:
        case "reshape" | "transpose", [_, _, *_]:       # they take their tuple as separate arguments
            args = (Build("tuple", tuple(args)),)
        case "compress", _:                             # the function takes the condition first
            condition = given.pop("condition") if not args else args[0]
            return Call(np.compress, (condition, receiver, *args[1:]), tuple(given.items()))
        case "clip", _ if len(args) < 2:                # the function wants both bounds
            low = args[0] if args else given.pop("min", Const(None))
            return Call(np.clip, (receiver, low, given.pop("max", Const(None))), tuple(given.items()))
        case "conj" | "conjugate", _ if isinstance(kind, Number):
            own = complex.conjugate if kind.weak and is_complex(kind) else np.conjugate
            return Call(own, (receiver, *args), options)
    return Call(METHODS[name], (receiver, *args), options)


def has_attribute(kind: Kind, name: str) -> bool:
    """Is it an attribute that has a function in its place? Every number has its parts, only those of NumPy the rest."""
    return name in ATTRIBUTES and (name in ("real", "imag") or not (isinstance(kind, Number) and kind.weak))


def fits(kind_rule: Callable[..., Kind], kinds: tuple[Kind, ...], options: dict[str, Kind]) -> bool:
    """Does the kind rule take such a call? If not, the function itself refuses it, or the option is unknown."""
    return _takes(kind_rule, len(kinds), tuple(options))


@functools.lru_cache(maxsize=4096)
def _takes(kind_rule: Callable[..., Kind], count: int, options: tuple[str, ...]) -> bool:
    try:
        inspect.signature(kind_rule).bind(*(None,) * count, **dict.fromkeys(options))
    except TypeError:
        return False
    return True


def with_layout(kind: Kind, result: str, function: Any, kinds: tuple[Kind, ...]) -> Kind:
    """The kind with what is known of the order of its memory."""
    if not isinstance(kind, Array) or kind.layout or not isinstance(kind.shape, tuple):
        return kind
    if result == FRESH and (len(kind.shape) == 1 or all(
            k.layout == "C" for k in kinds if isinstance(k, Array) and k.shape == kind.shape) and any(
            isinstance(k, Array) and k.shape == kind.shape for k in kinds)):
        return Array(kind.dtype, kind.shape, "C")
    base = kinds[0] if kinds else None
    if function is np.transpose and isinstance(base, Array) and base.layout == "C" and isinstance(base.shape, tuple):
        strided = len(kinds) == 1 and sum(d.not_one for d in base.shape) > 1
        return Array(kind.dtype, kind.shape, "strided" if strided else "")
    if function in (np.ravel, np.reshape) and isinstance(base, Array) and base.layout:
        return Array(kind.dtype, kind.shape, "C")
    return kind
