"""The argument `out` of a call: given by name, or by position behind the operands.

Comes in: a call. Goes out: the expression of the array that it writes, and the call without it.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from s2sgrad.core.nodes import Build, Call, Const, Expr, Method, Var
from s2sgrad.rules.methods import METHODS


def output_of(call: Call) -> tuple[Expr, Call] | None:
    """(what the call writes, the call without it), or None where it makes its result."""
    named = dict(call.kwargs).get("out")
    place = _position(call.function) if not isinstance(call.function, Var) else None
    if named is not None:
        rest = Call(call.function, call.args, tuple((k, v) for k, v in call.kwargs if k != "out"))
    elif place is not None and len(call.args) > place:
        named = call.args[place]
        between = _names(call.function)[place + 1: len(call.args)]
        moved = tuple(zip(between, call.args[place + 1:], strict=True))
        rest = Call(call.function, call.args[:place], (*moved, *call.kwargs))
    else:
        return None
    if isinstance(named, Build) and named.form == "tuple" and len(named.items) == 1:
        named = named.items[0]
    return None if named == Const(None) else (named, rest)


def _position(function: Any) -> int | None:
    """The position of `out` among the arguments."""
    if isinstance(function, np.ufunc):
        return function.nin
    if isinstance(function, Method):
        function = METHODS.get(function.name)
    if not (getattr(function, "__module__", None) or "").startswith("numpy"):
        return None
    names = _names(function)
    return names.index("out") if "out" in names else None


@functools.cache
def _names(function: Any) -> tuple[str, ...]:
    """The names of the positional arguments, the receiver of a method first."""
    if isinstance(function, Method):
        function = METHODS[function.name]
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):             # most ufuncs and some builtins do not tell
        return ()
    return tuple(p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))
