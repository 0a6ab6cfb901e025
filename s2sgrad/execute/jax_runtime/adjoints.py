"""Adjoints of what is not one array, on JAX arrays: see `s2sgrad.runtime.adjoints`.

A number that was an argument is an array of rank 0 here; nothing is ever written in place.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from s2sgrad.errors import NonScalarError
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import adjoints as given

add_adjoints = given.add_adjoints
real_like = twin(given.real_like)
ARRAYS = (jax.Array, np.ndarray, np.generic)


def zeros_like(x: Any) -> Any:
    """Zeros in the structure of x: an array for an array, 0.0 for a Python float, None for what is no float."""
    if isinstance(x, dict):
        return {key: zeros_like(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [zeros_like(value) for value in x]
    if isinstance(x, ARRAYS):
        return jnp.zeros_like(x) if jnp.issubdtype(x.dtype, jnp.inexact) else None
    return 0.0 if isinstance(x, (float, complex)) else None


def own(x: Any) -> Any:
    """The adjoint x as an object of its own: lists and dicts are new, arrays cannot be written anyway."""
    if isinstance(x, dict):
        return {key: own(value) for key, value in x.items()}
    return [own(value) for value in x] if isinstance(x, (list, tuple)) else x


def last_writers(a: Any, index: Any) -> jax.Array:
    """For the store `a[index] = v`: which entries of v stay in a (of equal indices the last one wins).

    A maximum, since JAX leaves it open which of several equal indices is written last.
    """
    shape = a[index].shape
    count = jnp.reshape(jnp.arange(int(np.prod(shape))), shape)
    owner = jnp.zeros(a.shape, count.dtype).at[index].max(count)
    return owner[index] == count


def require_scalar(result: Any, name: str) -> None:
    """Raise NonScalarError unless the value of `name` is a real number (a scalar or an array of rank 0)."""
    if not isinstance(result, ARRAYS):
        return given.require_scalar(result, name)
    real = jnp.issubdtype(result.dtype, jnp.number) and not jnp.issubdtype(result.dtype, jnp.complexfloating)
    if result.ndim != 0 or not (real or result.dtype == bool):
        raise NonScalarError(
            f"The value of `{name}` is no real number but an array of {result.dtype} of shape {result.shape}, so it "
            "has no gradient.", "Return one real number, for example the sum.")


def cast_like(x_bar: Any, x: Any) -> Any:
    """The gradient in the structure and the dtypes of its argument: arrays (of rank 0 for numbers), None for no float.

    Containers are of the type that they have in x.
    """
    if isinstance(x, dict):
        return {key: cast_like(x_bar[key], x[key]) for key in x}
    if isinstance(x, (list, tuple)):
        return type(x)([cast_like(g, value) for g, value in zip(x_bar, x, strict=True)])
    if x_bar is None or isinstance(x, int):
        return None
    if isinstance(x, ARRAYS):
        return jnp.asarray(x_bar, dtype=x.dtype)
    return jnp.asarray(x_bar, dtype=float) if isinstance(x, float) else x_bar
