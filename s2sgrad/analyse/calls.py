"""Of a call: whether a rule takes it, how its result lies in memory, whether it copies."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
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


def method_arguments(name: str, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """`a.reshape(2, 3)` and `a.transpose(1, 0)` take their tuple as separate arguments."""
    if name in ("reshape", "transpose") and (len(args) > 1 or (name == "reshape" and len(args) == 1
                                                               and not isinstance(args[0], Build))):
        return (Build("tuple", args),) if len(args) > 1 else args
    return args


def method_function(kind: Kind, name: str) -> Any:
    """The function that a method of an array or a number stands for."""
    if isinstance(kind, Number) and name in ("conj", "conjugate"):
        return complex.conjugate if kind.weak and is_complex(kind) else np.conjugate
    return METHODS[name]


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
