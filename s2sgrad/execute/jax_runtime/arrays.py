"""Adjoints of shape manipulation, of constructors and of casts, on JAX arrays: see `s2sgrad.runtime.arrays`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from s2sgrad.errors import UnsupportedError
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import arrays as given

inverse_axes = given.inverse_axes           # of axes alone
cast_back = twin(given.cast_back)
weighted_linspace = twin(given.weighted_linspace)


def unordered_reshape(y_bar: Any, x: Any, order: str) -> Any:
    """The adjoint of reading the entries of x in Fortran order ("F") into the array y.

    Raises UnsupportedError for "A" and "K", which ask for an order of memory: JAX arrays have none.
    """
    if order != "F":
        raise UnsupportedError(f"order={order!r} follows the layout in memory, which JAX arrays do not have.",
                               "Write order='C' or order='F'.")
    return jnp.reshape(y_bar, jnp.shape(x), order="F")


def from_diagonal(y_bar: Any, shape: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of `np.diagonal`: zeros of this shape with y_bar on the diagonal of the two axes."""
    planes = jnp.moveaxis(jnp.zeros(shape, jnp.result_type(y_bar)), (axis1, axis2), (-2, -1))
    along = jnp.arange(jnp.shape(y_bar)[-1])
    planes = planes.at[..., along + max(-offset, 0), along + max(offset, 0)].set(y_bar)
    return jnp.moveaxis(planes, (-2, -1), (axis1, axis2))


undiag = twin(given.undiag, from_diagonal)
