"""Functions for what Python has syntax for but `operator` has no function: they are printed as that syntax.

Each can be run, so that the meaning of a core program is that of its calls; the short-circuit ones are evaluated
lazily in printed code, and a pass must not move an operand out of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def and_(*operands: Any) -> Any:
    """`a and b and ...`."""
    value = operands[0]
    for value in operands:
        if not value:
            break
    return value


def or_(*operands: Any) -> Any:
    """`a or b or ...`."""
    value = operands[0]
    for value in operands:
        if value:
            break
    return value


def if_else(test: Any, then: Any, orelse: Any) -> Any:
    """`then if test else orelse`."""
    return then if test else orelse


def not_in(item: Any, container: Any) -> bool:
    """`item not in container`."""
    return item not in container


def in_(item: Any, container: Any) -> bool:
    """`item in container`."""
    return item in container


def fstring(*parts: Any) -> str:
    """An f-string: strings, and formatted values made by `formatted`."""
    return "".join(parts)


def formatted(value: Any, conversion: str = "", spec: str = "") -> str:
    """`{value!conversion:spec}` inside an f-string."""
    match conversion:
        case "r":
            value = repr(value)
        case "s":
            value = str(value)
        case "a":
            value = ascii(value)
    return format(value, spec)


def present(value: Any) -> Any:
    """The value itself, where it is known not to be None."""
    return value


def each(objects: Any, name: str) -> list[Any]:
    """`[item.name for item in objects]`."""
    return [getattr(item, name) for item in objects]


def listed_values(d: dict[Any, Any]) -> list[Any]:
    """`list(d.values())`."""
    return list(d.values())


def listed_items(d: dict[Any, Any]) -> list[Any]:
    """`list(d.items())`."""
    return list(d.items())


def sequence_of(entries: Any) -> Any:
    """What is run through, as something with indices: the object itself where it has them."""
    return entries if isinstance(entries, (list, tuple, str, range)) or hasattr(entries, "ndim") else list(entries)


def logistic(x: Any, one: Any, more: Any) -> Any:
    """`one / (more + np.exp(-x))`, where both are 1: its derivative is a matter of the result only."""
    return one / (more + np.exp(-x))


def falling_logistic(x: Any, one: Any, more: Any) -> Any:
    """`one / (more + np.exp(x))`, where both are 1."""
    return one / (more + np.exp(x))


LAZY = (and_, or_, if_else)
