"""Structures of arguments: containers and their leaves.

In goes any value; out come its children, its leaves with their paths, or a copy with some leaves replaced. A
container is a tuple, list, dict, or an object of a class of the user's (a namedtuple, a dataclass instance, any other);
everything else is a leaf, subclasses of the built-in containers included (what they would add to the meaning is not
known). Nothing here changes what it is given, and objects are rebuilt without running their `__init__`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from s2sgrad.core.classes import fields_of, is_followed_class

Step = tuple[str, Any]              # ("attr", name) or ("item", key)
Path = tuple[Step, ...]


def is_namedtuple(value: Any) -> bool:
    """An instance of a class made by `namedtuple` or `NamedTuple`?"""
    return isinstance(value, tuple) and type(value) is not tuple and hasattr(value, "_fields")


def is_object(value: Any) -> bool:
    """An object whose fields are followed? One that holds itself, however deep, is not."""
    cls: type = type(value)
    return is_followed_class(cls) and not _holds_itself(value, ())


def _holds_itself(value: Any, around: tuple[Any, ...]) -> bool:
    """Is an object or container found again in what it holds? around: those that hold the value."""
    cls: type = type(value)
    if is_followed_class(cls):
        inside: Iterable[Any] = fields_of(value).values()
    elif isinstance(value, (list, tuple, dict)):
        inside = value.values() if isinstance(value, dict) else value
    else:
        return False
    return any(value is other for other in around) or any(_holds_itself(v, (*around, value)) for v in inside)


def is_float_leaf(value: Any) -> bool:
    """A real float: a Python or NumPy number, or an array of them. (np.float64 is a float, too.)"""
    match value:
        case np.ndarray():
            return bool(value.dtype.kind == "f")
        case float() | np.floating():
            return True
        case _:
            return False


def children(value: Any, objects: bool = True) -> list[tuple[Step, Any]] | None:
    """The children of a container with the step that leads to each, or None for a leaf.

    objects: those of plain classes are containers, too.
    """
    if type(value) is list or type(value) is tuple:
        return [(("item", i), child) for i, child in enumerate(value)]
    if type(value) is dict:
        return [(("item", key), child) for key, child in value.items()]
    if is_namedtuple(value):
        return [(("attr", name), child) for name, child in zip(value._fields, value, strict=True)]
    if (objects or is_dataclass(value)) and is_object(value):
        return [(("attr", name), child) for name, child in fields_of(value).items()]
    return None


def leaves(value: Any, path: Path = (), objects: bool = True) -> list[tuple[Path, Any]]:
    """All leaves, depth first, each with its path."""
    found = children(value, objects)
    if found is None:
        return [(path, value)]
    return [leaf for step, child in found for leaf in leaves(child, (*path, step), objects)]


def rebuild(value: Any, leaf: Callable[[Path, Any], Any], path: Path = (), objects: bool = True) -> Any:
    """A copy of the structure in which each leaf is what `leaf(path, old)` returns."""
    found = children(value, objects)
    if found is None:
        return leaf(path, value)
    made = {step[1]: rebuild(child, leaf, (*path, step), objects) for step, child in found}
    if type(value) is dict:
        return made
    if is_object(value) and not is_namedtuple(value):
        twin = copy.copy(value)
        for name, child in made.items():
            object.__setattr__(twin, name, child)
        return twin
    if is_namedtuple(value):
        return type(value)._make(made.values())
    return type(value)(made.values())


def at(value: Any, path: Path) -> Any:
    """The part of a structure that a path leads to."""
    for form, key in path:
        value = getattr(value, key) if form == "attr" else value[key]
    return value


def spell(path: Path) -> str:
    """The path as Python would write it after the name: `.weights[0]['bias']`."""
    return "".join(f".{key}" if form == "attr" else f"[{key!r}]" for form, key in path)
