"""Adjoints of running extremes and of products of numbers, on JAX arrays: see `s2sgrad.runtime.running`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import jax.scipy.special as special

from s2sgrad.execute.jax_runtime.gathering import untake_along_axis
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import running as given

running_extreme_adjoint = twin(given.running_extreme_adjoint, untake_along_axis)
number_product_adjoint = twin(given.number_product_adjoint)


def distance_adjoint(y: Any, p: Any, q: Any, y_bar: Any) -> list[Any]:
    """The adjoint of `p` in y = math.dist(p, q); zero where both are the same."""
    safe = jnp.where(y == 0.0, 1.0, y)
    return [y_bar * (a - b) / safe for a, b in zip(p, q, strict=True)]


def digamma(x: Any) -> Any:
    """The logarithmic derivative of the gamma function."""
    return special.digamma(x)
