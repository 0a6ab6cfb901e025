"""Gradients in the form of objects: a copy of the object with the adjoints in its fields."""

from __future__ import annotations

import copy
from typing import Any


def with_fields(x: Any, /, **fields: Any) -> Any:
    """A copy of the object x with these values in its fields. Its `__init__` is not run."""
    if isinstance(x, tuple):
        return x._replace(**fields)                         # type: ignore[attr-defined]
    twin = copy.copy(x)
    for name, value in fields.items():
        object.__setattr__(twin, name, value)
    return twin


def with_fields_each(xs: Any, /, **fields: Any) -> Any:
    """The same for the entries of a list or tuple of objects; a list of values for each field, or None for all."""
    made = [with_fields(x, **{name: None if values is None else values[k] for name, values in fields.items()})
            for k, x in enumerate(xs)]
    return type(xs)(made)
