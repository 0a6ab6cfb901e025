"""Adjoints of functions that pick and arrange entries, on JAX arrays: see `s2sgrad.runtime.rearranging`.

Positions are known while tracing, so they are NumPy's.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast
from s2sgrad.execute.jax_runtime.gathering import untake
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import rearranging as given

positions = given.positions
untake_known = twin(given.untake_known, untake)
unchoose = twin(given.unchoose, unbroadcast)
unmesh = twin(given.unmesh)


def reordered_adjoint(a: Any, y: Any, axis: Any, y_bar: Any) -> Any:
    """The adjoint of `a` where y holds the same entries in another order along `axis`."""
    if axis is None:
        return jnp.reshape(reordered_adjoint(jnp.ravel(a), y, 0, y_bar), jnp.shape(a))
    in_order = jnp.take_along_axis(y_bar, jnp.argsort(y, axis=axis), axis)
    return jnp.take_along_axis(in_order, jnp.argsort(jnp.argsort(a, axis=axis), axis=axis), axis)


def unblock(y_bar: Any, arrays: Any) -> Any:
    """The adjoints of the entries of the nested lists in y = np.block(arrays), in lists of the same form."""
    def zeros(part: Any) -> Any:
        return [zeros(item) for item in part] if isinstance(part, list) else np.zeros(np.shape(part))

    def parted(part: Any) -> Any:
        if isinstance(part, list):
            return [parted(item) for item in part]
        return jnp.reshape(jnp.reshape(y_bar, -1)[np.reshape(np.asarray(part, dtype=int), -1)], np.shape(part))

    # the place of each entry in the result: the adjoint of the places themselves
    shape = np.shape(np.block(zeros(arrays)))
    return parted(given.unblock(given.positions(shape).astype(float), zeros(arrays)))
