"""Adjoints of choices, on JAX arrays: see `s2sgrad.runtime.selection`.

Which one was chosen is known when the program runs only, so that each choice becomes a weight.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from s2sgrad.execute.jax_runtime.adjoints import ARRAYS
from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast


def share_above(z_bar: Any, x: Any, y: Any) -> Any:
    """z_bar where `x > y`, half of it where they are equal, and zero elsewhere, whatever z_bar holds there."""
    return jnp.where(x > y, z_bar, jnp.where(x == y, 0.5 * z_bar, 0.0))


def scalar_clip_adjoint(a: Any, a_min: Any, a_max: Any, y_bar: Any) -> tuple[Any, Any, Any]:
    """The adjoints of a, a_min and a_max (None where a bound is None) from that of `np.clip(a, a_min, a_max)`.

    All are scalars. As `min(max(a, a_min), a_max)`: half at each tie, nothing for nan.
    """
    low = -np.inf if a_min is None else a_min
    high = np.inf if a_max is None else a_max
    raised = jnp.maximum(a, low)
    raised_bar = y_bar * _share(raised < high, raised == high)
    high_bar = y_bar * _share(raised > high, raised == high)
    tie = jnp.equal(a, low)
    a_bar, low_bar = raised_bar * _share(jnp.greater(a, low), tie), raised_bar * _share(jnp.less(a, low), tie)
    return a_bar, None if a_min is None else low_bar, None if a_max is None else high_bar


def _share(chosen: Any, tie: Any) -> Any:
    return jnp.where(chosen, 1.0, jnp.where(tie, 0.5, 0.0))


def extremum_adjoints(y: Any, operands: tuple[Any, ...], y_bar: Any) -> list[Any]:
    """The adjoints of the operands of the builtin `max` or `min` whose result is y; those equal to y share y_bar.

    operands: several scalars, or one container of scalars (tuple, list, array of rank 1), for which the one adjoint is
    a list, or an array of its shape.
    """
    values = operands if len(operands) > 1 else operands[0]
    if isinstance(values, ARRAYS):
        chosen = values == y
        part = (y_bar / jnp.maximum(jnp.sum(chosen), 1)).astype(values.dtype)
        return [jnp.where(chosen, part, 0.0)]
    equal = [jnp.equal(x, y) for x in values]
    part = y_bar / jnp.maximum(sum(tie.astype(int) for tie in equal), 1)
    bars = [jnp.where(tie, part, 0.0) for tie in equal]
    return bars if len(operands) > 1 else [bars]


def hypot_adjoints(z: Any, coordinates: tuple[Any, ...], z_bar: Any) -> list[Any]:
    """The adjoints of the coordinates from that of `z = math.hypot(*coordinates)`; zero at the origin."""
    away = jnp.not_equal(z, 0.0)
    safe = jnp.where(away, z, 1.0)
    return [jnp.where(away, z_bar * x / safe, 0.0) for x in coordinates]


def sum_adjoint(iterable: Any, y_bar: Any) -> Any:
    """The adjoints of the entries of the argument of the builtin `sum`: a list for a list or tuple, else an array."""
    if isinstance(iterable, ARRAYS):
        return jnp.broadcast_to(y_bar, iterable.shape)
    return [unbroadcast(y_bar, x) for x in iterable]
