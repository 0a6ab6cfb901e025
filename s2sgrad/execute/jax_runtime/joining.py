"""Adjoints of joining, repeating and padding, on JAX arrays: see `s2sgrad.runtime.joining`.

Lengths, counts and widths are Python numbers: they decide shapes.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from s2sgrad.execute.jax_runtime.arrays import cast_back
from s2sgrad.execute.jax_runtime.twin import twin
from s2sgrad.runtime import joining as given

pad_pairs = given.pad_pairs                 # of widths alone
unpad = given.unpad                         # a basic index
as_sequence_like = twin(given.as_sequence_like)
cut = twin(given.cut, as_sequence_like, cast_back)
split_like = twin(given.split_like, cut)
hsplit_like = twin(given.hsplit_like, split_like)
vsplit_like = twin(given.vsplit_like, cut)
column_split_like = twin(given.column_split_like, cut)
dsplit_like = twin(given.dsplit_like, cut)
unstack_like = twin(given.unstack_like, as_sequence_like, cast_back)
untile = twin(given.untile)
statistic_weights = twin(given.statistic_weights)


def unsplit(y_bar: Any, shape: Any, places: Any, axis: Any) -> Any:
    """The adjoint of x in jnp.split(x, places, axis), of which the pieces overlap where the places descend."""
    if not np.ndim(places):
        return jnp.concatenate(y_bar, axis)
    rows = jnp.moveaxis(jnp.zeros(shape, jnp.result_type(*y_bar)), axis, 0)
    for piece, start, stop in zip(y_bar, [0, *places], [*places, None], strict=True):
        rows = rows.at[start:stop].add(jnp.moveaxis(piece, axis, 0))
    return jnp.moveaxis(rows, 0, axis)


def unrepeat(y_bar: Any, shape: Any, repeats: Any, axis: Any = None) -> Any:
    """The adjoint of `np.repeat(x, repeats, axis)` for x of this shape: the sum over all copies.

    repeats may be traced: how many copies there are in all is told by the shape of y_bar.
    """
    if axis is None:
        return jnp.reshape(unrepeat(y_bar, (int(np.prod(shape, dtype=int)),), repeats, 0), shape)
    axis, rows = axis % len(shape), jnp.moveaxis(y_bar, axis, 0)
    sources = jnp.repeat(jnp.arange(shape[axis]), jnp.asarray(repeats), total_repeat_length=len(rows))
    x_bar = jnp.zeros((shape[axis], *rows.shape[1:]), rows.dtype).at[sources].add(rows)
    return jnp.moveaxis(x_bar, 0, axis)


def padding_values_adjoint(y_bar: Any, shape: Any, pad_width: Any, like: Any) -> Any:
    """The adjoint of `constant_values` of `np.pad` (of `like` the shape is read).

    Axes are padded in order, so that a corner belongs to the last axis that is padded there.
    """
    pairs = pad_pairs(pad_width, len(shape))
    inner = [slice(before, before + n) for (before, _), n in zip(pairs, shape, strict=True)]
    rows = []
    for axis, (before, after) in enumerate(pairs):
        earlier, later = (slice(None),) * axis, tuple(inner[axis + 1:])
        end = before + shape[axis]
        rows.append([jnp.sum(y_bar[(*earlier, part, *later)]) for part in (slice(0, before), slice(end, end + after))])
    sums = jnp.sum(jnp.asarray(rows), axis=tuple(range(2 - jnp.ndim(like))))
    stretched = tuple(axis for axis, length in enumerate(jnp.shape(like)) if length == 1 != sums.shape[axis])
    return jnp.sum(sums, axis=stretched, keepdims=True)


def pad_adjoint(y_bar: Any, x: Any, pad_width: Any, mode: Any) -> Any:
    """The adjoint of `np.pad` with respect to x in any mode but a function, axis by axis from the last to the first."""
    pairs = pad_pairs(pad_width, jnp.ndim(x))
    for axis in range(jnp.ndim(x) - 1, -1, -1):
        earlier = [pair if i < axis else (0, 0) for i, pair in enumerate(pairs)]
        source = jnp.moveaxis(jnp.pad(x, earlier, mode=mode), axis, 0)
        y_bar = jnp.moveaxis(_unpad_rows(jnp.moveaxis(y_bar, axis, 0), source, pairs[axis], mode), 0, axis)
    return y_bar


def _unpad_rows(g: Any, source: Any, pair: tuple[int, int], mode: Any) -> Any:
    """The adjoint of padding axis 0 of source, from that of the result, g."""
    before, n = pair[0], len(source)
    inner = g[before:before + n]
    sides = ((g[:before][::-1], 0), (g[before + n:], n - 1))
    if mode in ("edge", "reflect", "symmetric", "wrap"):
        return jnp.zeros_like(inner).at[np.pad(np.arange(n), pair, mode=mode)].add(g)
    if mode in ("constant", "empty"):
        return inner
    for side, edge in sides:
        if mode == "linear_ramp":
            weights = np.linspace(0.0, 1.0, len(side), endpoint=False)[::-1].astype(g.dtype)
            ramp = jnp.reshape(weights, (-1,) + (1,) * (g.ndim - 1)) * side
            inner = inner.at[edge].add(jnp.sum(ramp, axis=0))
        else:
            inner = inner + statistic_weights(source, mode).astype(g.dtype) * jnp.sum(side, axis=0)
    return inner
