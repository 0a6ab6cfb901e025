"""The errors for what has no lowering to JAX yet."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Method
from s2sgrad.errors import Origin, UnsupportedError

SYMBOLS: dict[Any, str] = {primitives.in_: "in", primitives.not_in: "not in"}
REMEDY = "Use backend='numpy'."


def unsupported(what: str, at: Origin, remedy: str = REMEDY) -> UnsupportedError:
    """The error for something at a place in the user's source."""
    return UnsupportedError(f"{what} does not lower to JAX yet.", remedy, at)


def spelled(function: Any) -> str:
    """A function as the user writes it."""
    if isinstance(function, Method):
        return f".{function.name}"
    if function in SYMBOLS:
        return SYMBOLS[function]
    module = getattr(function, "__module__", None) or ""
    name = getattr(function, "__name__", repr(function))
    root = "np" if isinstance(function, np.ufunc) or module.startswith("numpy") else module
    return name if root in ("builtins", "_operator", "") else f"{root}.{name}"
