"""Adjoints of interpolation and convolution, on JAX arrays: see `s2sgrad.runtime.sampling`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from s2sgrad.execute.jax_runtime.arrays import cast_back
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import sampling as given

interp_slope = twin(given.interp_slope)
interp_adjoint = twin(given.interp_adjoint, interp_slope, cast_back)
without_ends = twin(given.without_ends)
in_full_convolution = twin(given.in_full_convolution)


def scatter_to_nodes(weight: Any, x: Any, xp: Any, dtype: Any) -> Any:
    """The adjoint of `np.interp(x, xp, fp)` with respect to fp, in the shape of xp and in this dtype."""
    xp, weight = jnp.asarray(xp), jnp.reshape(weight, -1)
    x = jnp.reshape(jnp.clip(x, xp[0], xp[-1]), -1)
    if xp.size == 1:
        return cast_back(jnp.sum(weight, keepdims=True), weight.dtype, dtype)
    k = _piece(x, xp)
    t = (x - xp[k]) / (xp[k + 1] - xp[k])
    nodes = jnp.zeros(xp.size, jnp.result_type(weight, t)).at[k].add((1.0 - t) * weight).at[k + 1].add(t * weight)
    return cast_back(nodes.astype(weight.dtype), weight.dtype, dtype)


def scatter_slopes(weight: Any, x: Any, xp: Any, dtype: Any) -> Any:
    """The adjoint of `interp_slope(x, xp, fp)` with respect to fp, in the shape of xp and in this dtype."""
    xp = jnp.asarray(xp)
    inside = jnp.greater_equal(x, xp[0]) & jnp.less_equal(x, xp[-1])
    weight = jnp.reshape(jnp.where(inside, weight, 0.0), -1)
    if xp.size == 1:
        return cast_back(jnp.zeros(1, weight.dtype), weight.dtype, dtype)
    k = _piece(jnp.reshape(x, -1), xp)
    rise = weight / (xp[k + 1] - xp[k])
    nodes = jnp.zeros(xp.size, rise.dtype).at[k].add(-rise).at[k + 1].add(rise)
    return cast_back(nodes.astype(weight.dtype), weight.dtype, dtype)


def _piece(x: Any, xp: Any) -> Any:
    """The number of the piece between two nodes that holds x, the last one at the last node."""
    return jnp.clip(jnp.searchsorted(xp, x, side="right") - 1, 0, xp.size - 2)
