"""Checks at the entry of a general program, for JAX arrays and tracers too: see `s2sgrad.runtime.checks`."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from s2sgrad.errors import ArgumentError
from s2sgrad.runtime import checks as given

entries = given.entries
require_separate = given.require_separate   # what is no NumPy array shares no memory that could be written


def require_kind(kind: str, /, **arguments: Any) -> None:
    """Raise ArgumentError for the first argument that is not of the kind that the program is made for.

    kind: as in the helper for NumPy. A traced number is an array of rank 0, and is accepted where a number is.
    """
    for name, value in arguments.items():
        if not isinstance(value, jax.Array):
            given.require_kind(kind, **{name: value})
        elif not is_array_kind(kind, value):
            raise ArgumentError(f"the argument {name} is of type {value.dtype} array of {value.ndim} axes; this "
                                f"program is made for: {kind}",
                                f"convert {name}, or have a program made for it (s2sgrad: source_for)")


def is_array_kind(kind: str, value: jax.Array) -> bool:
    """Is the JAX array of this kind? "float64 array" is one of float32 while JAX has no double precision."""
    noun, _, axes = kind.partition(" of ")
    if axes and axes != f"{value.ndim} axes":
        return False
    rank_0, floating = value.ndim == 0, jnp.issubdtype(value.dtype, jnp.floating)
    integer, real = jnp.issubdtype(value.dtype, jnp.integer), not jnp.issubdtype(value.dtype, jnp.complexfloating)
    match noun:
        case "plain value":
            return real
        case "sequence":
            return real and not rank_0
        case "array" | "number or array":
            return bool(floating or integer or value.dtype == bool)
        case "float array" | "float or float array":
            return bool(floating)
        case "float":
            return bool(floating) and rank_0
        case "int":
            return bool(integer) and rank_0
        case "bool":
            return value.dtype == bool and rank_0
    name, _, form = noun.removeprefix("np.").partition(" ")
    return bool(value.dtype == jax.dtypes.canonicalize_dtype(np.dtype(name))) and (form == "array" or rank_0)
