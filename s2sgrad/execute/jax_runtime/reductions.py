"""Adjoints of reductions, and products without a factor, on JAX arrays: see `s2sgrad.runtime.reductions`."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from s2sgrad.execute.jax_runtime.arrays import cast_back
from s2sgrad.execute.jax_runtime.broadcasting import unbroadcast
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import reductions as given

reduced_size = given.reduced_size           # of a shape alone
expand_reduced = twin(given.expand_reduced)
tie_share = twin(given.tie_share)
to_groups = twin(given.to_groups)
from_groups = twin(given.from_groups)
average_adjoint = twin(given.average_adjoint, expand_reduced, reduced_size)


def product_of_others(a: Any, axis: Any = None) -> Any:
    """For each entry of `a`, the product over `axis` of the other entries; in the shape of a."""
    rows = to_groups(a, axis)
    one = jnp.ones_like(rows[..., :1])
    before = jnp.concatenate([one, jnp.cumprod(rows[..., :-1], axis=-1)], axis=-1)
    after = jnp.concatenate([jnp.cumprod(rows[..., :0:-1], axis=-1)[..., ::-1], one], axis=-1)
    return from_groups(before * after, jnp.shape(a), axis)


def product_of_others_adjoint(a: Any, axis: Any, z_bar: Any) -> Any:
    """The adjoint of `a` in z = product_of_others(a, axis); a loop over a group, of quadratic cost."""
    rows, rows_bar = to_groups(a, axis), to_groups(jnp.broadcast_to(z_bar, jnp.shape(a)), axis)
    if rows.shape[-1] == 0:
        return from_groups(rows, jnp.shape(a), axis)

    def add(i: Any, out: Any) -> Any:
        part = jnp.take(rows_bar, i, axis=-1)[..., None] * product_of_others(rows.at[..., i].set(1.0), -1)
        return out + part.at[..., i].set(0.0)
    start = jnp.zeros(rows.shape, jnp.result_type(rows, rows_bar))
    return from_groups(jax.lax.fori_loop(0, rows.shape[-1], add, start), jnp.shape(a), axis)


def cumprod_adjoint(a: Any, axis: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.cumprod(a, axis), zeros included: a recurrence from the back, without division."""
    a = jnp.asarray(a)
    rows = jnp.reshape(a, -1) if axis is None else jnp.moveaxis(a, axis, 0)
    rows_bar = jnp.asarray(y_bar) if axis is None else jnp.moveaxis(y_bar, axis, 0)
    if len(rows) == 0:
        return jnp.zeros(a.shape, jnp.result_type(rows, rows_bar))
    one = jnp.ones_like(rows[:1])
    head = jnp.concatenate([one, jnp.cumprod(rows[:-1], axis=0)])
    factor = jnp.concatenate([rows[1:], one])       # what the tail behind each entry is multiplied by
    rows_bar = rows_bar.astype(jnp.result_type(rows, rows_bar))

    def back(behind: Any, step: Any) -> Any:
        tail = step[0] + step[1] * behind
        return tail, tail
    _, tail = jax.lax.scan(back, jnp.zeros_like(rows_bar[0]), (rows_bar, factor), reverse=True)
    a_bar = head * tail
    return jnp.reshape(a_bar, a.shape) if axis is None else jnp.moveaxis(a_bar, 0, axis)


def diff_adjoint(shape: tuple[int, ...], n: Any, axis: Any, y_bar: Any) -> Any:
    """The adjoint of an array of this shape in y = np.diff(array, n, axis)."""
    a_bar = jnp.moveaxis(y_bar, axis, 0)
    for _ in range(n):
        end = jnp.zeros((1, *a_bar.shape[1:]), a_bar.dtype)
        a_bar = jnp.concatenate([end, a_bar]) - jnp.concatenate([a_bar, end])
    if len(a_bar) != shape[axis]:       # nothing was left to take differences of
        return jnp.zeros(shape, a_bar.dtype)
    return jnp.moveaxis(a_bar, 0, axis)


counted_mean_adjoint = twin(given.counted_mean_adjoint, expand_reduced)
bounded_extreme_adjoints = twin(given.bounded_extreme_adjoints, expand_reduced)
selected_product_adjoints = twin(given.selected_product_adjoints, expand_reduced, product_of_others, cast_back)
extended_diff_adjoints = twin(given.extended_diff_adjoints, diff_adjoint, unbroadcast)
