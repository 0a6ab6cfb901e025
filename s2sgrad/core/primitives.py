"""Functions for what Python has syntax for but `operator` has no function: they are printed as that syntax.

Each can be run, so that the meaning of a core program is that of its calls; the short-circuit ones are evaluated
lazily in printed code, and a pass must not move an operand out of them.
"""

from __future__ import annotations

from typing import Any


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


def part(array: Any, name: str) -> Any:
    """The real or the imaginary part of an array, to be written: `array.real = x` is `part(array, "real")[...] = x`."""
    return getattr(array, name)


LAZY = (and_, or_, if_else)
