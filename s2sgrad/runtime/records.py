"""Gradients in the form of objects: an object of the same class with the adjoints in its fields."""

from __future__ import annotations

from typing import Any


def with_fields(x: Any, /, **fields: Any) -> Any:
    """An object of the class of x with these values in all of its fields. `__init__` is not run."""
    if isinstance(x, tuple):
        return x._replace(**fields)                         # type: ignore[attr-defined]
    twin = object.__new__(type(x))
    for name, value in fields.items():
        object.__setattr__(twin, name, value)
    return twin


def with_fields_each(xs: Any, /, **fields: Any) -> Any:
    """The same for each entry of a list or tuple; a list of values for each field, or None for all."""
    made = [with_fields(x, **{name: None if values is None else values[k] for name, values in fields.items()})
            for k, x in enumerate(xs)]
    return type(xs)(made)
