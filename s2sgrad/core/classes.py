"""What the classes of the user's objects say: attributes, methods, constructors.

Comes in: a class and the name of an attribute. Goes out: what Python finds there, and where, so that a program can
depend on it. Nothing here runs code of the user's.
"""

from __future__ import annotations

import abc
import collections
import dataclasses
import enum
import functools
import sys
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

HEAP_TYPE = 1 << 9                  # a flag of classes that a `class` statement made
LIBRARIES = ("numpy", "scipy", "jax", "torch", "pandas", "numba", "s2sgrad")     # called, never read
TUPLE_FIELD = type(vars(collections.namedtuple("Named", "field"))["field"])
CUSTOM = ("__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__new__")


@dataclass(frozen=True)
class Found:
    """An attribute of a class as it stands in the class that defines it, its owner."""

    value: Any
    owner: type


def is_user_class(value: Any) -> bool:
    """A class whose objects are followed: written in Python, by the user, and no exception, enumeration or the like."""
    if not isinstance(value, type) or issubclass(value, (BaseException, enum.Enum, np.ndarray, dict, list, set, str)):
        return False
    root = (value.__module__ or "").partition(".")[0]
    return bool(value.__flags__ & HEAP_TYPE) and root not in LIBRARIES and (
        root == "__main__" or root not in sys.stdlib_module_names) and type(value) in (type, abc.ABCMeta)


@functools.lru_cache(maxsize=1024)
def is_followed_class(cls: type) -> bool:
    """Are the fields of its objects followed?"""
    return is_user_class(cls) and unfollowed(cls) is None and not issubclass(cls, types.SimpleNamespace) and (
        is_namedtuple_class(cls) or not issubclass(cls, (tuple, int, float, complex, bytes)))


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of an object and what they hold."""
    if is_namedtuple_class(type(value)):
        return dict(zip(type(value)._fields, value, strict=True))
    slots = [name for cls in reversed(type(value).__mro__) for name, found in vars(cls).items()
             if isinstance(found, types.MemberDescriptorType)]
    held = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return {**held, **getattr(value, "__dict__", {})}


def class_attribute(cls: type, name: str, after: type | None = None) -> Found | None:
    """The attribute of a class, from the first of its bases that has it (of those behind `after`)."""
    order = cls.__mro__
    if after is not None:
        order = order[order.index(after) + 1:] if after in order else ()
    for base in order:
        if name in vars(base):
            return Found(vars(base)[name], base)
    return None


def is_property(cls: Any, name: str) -> bool:
    """Is the attribute of that name, in objects of the class, a property?"""
    found = class_attribute(cls, name) if isinstance(cls, type) else None
    return found is not None and isinstance(found.value, property)


def class_numbers(cls: type) -> dict[str, Found]:
    """Numbers that objects have from their class until they get a field of that name."""
    names = {n for base in cls.__mro__ for n, v in vars(base).items() if type(v) in (int, float, bool)}
    found = {n: class_attribute(cls, n) for n in sorted(names) if not n.startswith("__")}
    return {n: f for n, f in found.items() if f is not None and type(f.value) in (int, float, bool)}


def is_namedtuple_class(cls: type) -> bool:
    """Made by `namedtuple` or `NamedTuple`, or derived from such a class?"""
    return issubclass(cls, tuple) and hasattr(cls, "_fields")


def unfollowed(cls: type) -> str | None:
    """What about a class keeps its objects from being followed; None if they can be."""
    if not is_user_class(cls):
        return "it is not a class of the user's"
    for name in CUSTOM:
        found = class_attribute(cls, name)
        if found is None or found.owner in (object, tuple):
            continue
        if name == "__new__" and is_namedtuple_class(cls) and "_fields" in vars(found.owner):
            continue
        if name in ("__setattr__", "__delattr__") and is_frozen(cls):
            continue
        return f"it defines `{name}`"
    plain = (property, types.MemberDescriptorType, types.GetSetDescriptorType, TUPLE_FIELD)
    for base in cls.__mro__:
        if base is not object and any(hasattr(type(value), "__set__") and not isinstance(value, plain)
                                      for value in vars(base).values()):
            return "it has a descriptor of its own"
    return None


def is_frozen(cls: type) -> bool:
    """A frozen dataclass?"""
    params = getattr(cls, "__dataclass_params__", None)
    return params is not None and bool(params.frozen)


def has_generated_init(cls: type) -> bool:
    """A dataclass whose `__init__` the decorator wrote?"""
    found = class_attribute(cls, "__init__")
    return (found is not None and dataclasses.is_dataclass(cls) and "__dataclass_fields__" in vars(found.owner)
            and isinstance(found.value, types.FunctionType) and found.value.__code__.co_filename == "<string>")
