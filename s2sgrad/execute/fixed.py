"""A call in two parts: the numbers that a compiled program computes with, and what it is compiled for.

In goes a structure of arguments. Out come its traced leaves (floats, complex numbers, numeric arrays) in order, and a
`Fixed`: the structure with holes in their place, equal to another one exactly when a program compiled for that serves
this one as well. Objects of which nothing is known compare by identity and by what they hold at the time, so that a
changed attribute is never missed.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from s2sgrad.errors import ArgumentError
from s2sgrad.execute.signature import STATIC, Same
from s2sgrad.execute.tree import children, rebuild

PLAIN = frozenset({int, bool, str, bytes, type(None), type(...), np.bool_, np.str_, np.bytes_,
                   *(np.dtype(code).type for code in np.typecodes["AllInteger"])})
NUMBERS = frozenset({float, complex})


class Hole:
    """The place of a traced leaf."""

    def __repr__(self) -> str:
        return "HOLE"


HOLE = Hole()


class Fixed:
    """A structure whose traced leaves are holes. Equal and hashed by type and value; arrays in it by their content."""

    __slots__ = ("_hash", "_key", "_structure")

    def __init__(self, structure: Any) -> None:
        self._structure = structure
        self._key = state(structure)
        self._hash = hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fixed) and self._hash == other._hash and self._key == other._key

    def __hash__(self) -> int:
        return self._hash

    def fill(self, leaves: Sequence[Any]) -> Any:
        """The structure with these leaves in the holes; its containers are new."""
        return fill(self._structure, leaves)


def fill(structure: Any, leaves: Sequence[Any]) -> Any:
    """A copy of the structure with the leaves, in order, in its holes."""
    following = iter(leaves)
    return rebuild(structure, lambda _, leaf: next(following) if leaf is HOLE else leaf, objects=False)


def split(value: Any) -> tuple[Fixed, list[Any]]:
    """The two parts of a structure.

    Raises ArgumentError for arrays that cannot be traced and have a meaning that a copy of their numbers would lose.
    """
    traced: list[Any] = []

    def take(_: Any, leaf: Any) -> Any:
        if not is_traced(leaf):
            return leaf
        traced.append(leaf)
        return HOLE
    return Fixed(rebuild(value, take, objects=False)), traced


def is_traced(leaf: Any) -> bool:
    """Is the leaf a number or array that a compiled program takes as an input?"""
    if type(leaf) in NUMBERS or is_jax_array(leaf):
        return True
    if isinstance(leaf, np.ndarray) and type(leaf) is not np.ndarray:
        raise ArgumentError(f"a {type(leaf).__name__} cannot be passed to JAX with its own meaning",
                            "pass np.asarray of it")
    if isinstance(leaf, (np.inexact, np.ndarray)):
        if leaf.dtype.char in "gG":
            raise ArgumentError(f"JAX has no numbers of dtype {leaf.dtype}", "pass float64")
        return leaf.dtype.kind in ("fc" if isinstance(leaf, np.generic) else "biufc")
    return False


def is_jax_array(leaf: Any) -> bool:
    """Is it a JAX array or a tracer? Nothing is one while JAX is not loaded."""
    return isinstance(leaf, getattr(sys.modules.get("jax"), "Array", ()))


# ---------------------------------------------------------------- what something is worth as a key
def state(value: Any, inside: tuple[int, ...] = ()) -> Hashable:
    """A key of the value as it is now; two values with equal keys have equal meaning for a program.

    inside: the identities of what holds the value, for structures that hold themselves.
    """
    cls: Any = type(value)
    if cls in PLAIN:
        return cls, value
    if cls in NUMBERS:
        return cls, repr(value)             # tells 0.0 from -0.0, and finds nan again
    if id(value) in inside:
        return cls, Same(value)
    inside = (*inside, id(value))
    if isinstance(value, types.FunctionType):
        return cls, Same(value), Same(value.__code__)
    if isinstance(value, STATIC):
        return cls, value
    if cls is range or cls is slice:
        return cls, *[state(end, inside) for end in (value.start, value.stop, value.step)]
    if isinstance(value, types.MethodType):
        return cls, state(value.__self__, inside), Same(value.__func__)
    if isinstance(value, np.generic):
        return cls, value.dtype.str, value.tobytes()
    if isinstance(value, np.ndarray):
        content = value.tobytes() if not value.dtype.hasobject else state(value.tolist(), inside)
        return cls, value.dtype.str, value.shape, content
    found = children(value, objects=False)
    if found is not None:
        return cls, *[(state(step[1], inside), state(child, inside)) for step, child in found]
    return cls, Same(value), *_held(value, inside)


def _held(value: Any, inside: tuple[int, ...]) -> list[Hashable]:
    """What an object of an unknown class holds: items (of subclasses of containers, and sets) and attributes."""
    held: list[Hashable] = []
    if isinstance(value, dict):
        held += [(state(key, inside), state(item, inside)) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        held += [state(item, inside) for item in value]
    elif isinstance(value, (set, frozenset)):
        held.append(frozenset(state(item, inside) for item in value))
    names = [name for cls in type(value).__mro__ for name in _slots(cls) if hasattr(value, name)]
    attributes = {name: getattr(value, name) for name in names} | getattr(value, "__dict__", {})
    return held + [(name, state(attribute, inside)) for name, attribute in attributes.items()]


def _slots(cls: type) -> tuple[str, ...]:
    slots = cls.__dict__.get("__slots__", ())
    named = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in named if name not in ("__dict__", "__weakref__"))
