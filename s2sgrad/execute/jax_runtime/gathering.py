"""Adjoints of taking and choosing entries, on JAX arrays: see `s2sgrad.runtime.gathering`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import gathering as given

unselect = twin(given.unselect, unbroadcast)
unselected = twin(given.unselected, unbroadcast)


def untake(y_bar: Any, shape: Any, indices: Any, axis: Any = None) -> Any:
    """The adjoint of `np.take(x, indices, axis)` for x of this shape; an entry that was taken twice gets both."""
    indices = jnp.asarray(indices, dtype=int)
    if axis is None:
        return jnp.reshape(untake(y_bar, (int(np.prod(shape)),), indices, 0), shape)
    place = (slice(None),) * (axis % len(shape)) + (indices,)
    return jnp.zeros(shape, jnp.result_type(y_bar)).at[place].add(y_bar)


def untake_along_axis(y_bar: Any, shape: Any, indices: Any, axis: Any = -1) -> Any:
    """The adjoint of `np.take_along_axis(x, indices, axis)` for x of this shape."""
    if axis is None:
        return untake(y_bar, shape, indices)
    grid = np.ogrid[tuple(slice(n) for n in jnp.shape(y_bar))]
    places: list[Any] = [place if n != 1 else np.zeros_like(place) for place, n in zip(grid, shape, strict=True)]
    places[axis] = jnp.asarray(indices)
    return jnp.zeros(shape, jnp.result_type(y_bar)).at[tuple(places)].add(y_bar)
