"""What the adjoints of joining, repeating and padding need: the joined adjoint is cut up, or repeats are summed.

In: the adjoint of a result, and the shapes or sizes of what was joined. Out: contributions of the arguments' shapes.
Of arguments called `likes` only structure, shapes and dtypes are read. Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.arrays import cast_back


def as_sequence_like(parts: list[Any], likes: Any) -> Any:
    """The parts as a list, or as one array where likes is an array whose rows were joined."""
    if isinstance(likes, np.ndarray):
        return np.reshape(np.stack(parts) if parts else np.zeros(likes.shape), likes.shape)
    return parts


def cut(y_bar: Any, lengths: list[int], likes: Any, axis: int) -> Any:
    """y_bar cut into pieces of these lengths along an axis, with shapes and dtypes of likes."""
    parts = np.split(y_bar, np.cumsum(lengths)[:-1], axis=axis)
    return as_sequence_like([cast_back(np.reshape(p, np.shape(x)), p.dtype, np.asarray(x).dtype)
                             for p, x in zip(parts, likes, strict=True)], likes)


def split_like(y_bar: Any, likes: Any, axis: Any = 0) -> Any:
    """The adjoint of `np.concatenate(likes, axis)`: for each entry the piece of y_bar that it became.

    y_bar has the shape of the joined array; axis None: the entries were flattened first.
    """
    lengths = [np.size(x) if axis is None else np.shape(x)[axis] for x in likes]
    return cut(y_bar, lengths, likes, 0 if axis is None else axis)


def hsplit_like(y_bar: Any, likes: Any) -> Any:
    """The adjoint of `np.hstack(likes)`: along axis 0 for rank 1 (and scalars), else along axis 1."""
    if np.ndim(y_bar) == 1:
        return split_like(y_bar, likes, None)
    return split_like(y_bar, likes, 1)


def vsplit_like(y_bar: Any, likes: Any) -> Any:
    """The adjoint of `np.vstack(likes)`: scalars and vectors are one row each."""
    return cut(y_bar, [np.shape(x)[0] if np.ndim(x) > 1 else 1 for x in likes], likes, 0)


def column_split_like(y_bar: Any, likes: Any) -> Any:
    """The adjoint of `np.column_stack(likes)`: scalars and vectors are one column each."""
    return cut(y_bar, [np.shape(x)[1] if np.ndim(x) > 1 else 1 for x in likes], likes, 1)


def dsplit_like(y_bar: Any, likes: Any) -> Any:
    """The adjoint of `np.dstack(likes)`: below rank 3 an entry has length 1 along axis 2."""
    return cut(y_bar, [np.shape(x)[2] if np.ndim(x) > 2 else 1 for x in likes], likes, 2)


def unsplit(y_bar: Any, shape: Any, places: Any, axis: Any) -> Any:
    """The adjoint of x in np.split(x, places, axis), of which the pieces overlap where the places descend."""
    if not np.ndim(places):
        return np.concatenate(y_bar, axis)
    x_bar = np.zeros(shape, np.result_type(*y_bar))
    rows = np.moveaxis(x_bar, axis, 0)
    for piece, start, stop in zip(y_bar, [0, *places], [*places, None], strict=True):
        rows[start:stop] += np.moveaxis(piece, axis, 0)
    return x_bar


def unstack_like(y_bar: Any, likes: Any, axis: int = 0) -> Any:
    """The adjoint of `np.stack(likes, axis)`: the slices of y_bar along an axis (views)."""
    parts = np.moveaxis(y_bar, axis, 0)
    return as_sequence_like([cast_back(p, parts.dtype, np.asarray(x).dtype)
                             for p, x in zip(parts, likes, strict=True)], likes)


def untile(y_bar: Any, shape: Any, reps: Any) -> Any:
    """The adjoint of `np.tile(x, reps)` for x of this shape: the sum over all tiles."""
    counts = tuple(np.atleast_1d(reps).tolist())
    counts = (1,) * (len(shape) - len(counts)) + counts
    lengths = (1,) * (len(counts) - len(shape)) + tuple(shape)
    tiles = np.reshape(y_bar, [n for pair in zip(counts, lengths, strict=True) for n in pair])
    return np.reshape(np.sum(tiles, axis=tuple(range(0, 2 * len(counts), 2))), shape)


def unrepeat(y_bar: Any, shape: Any, repeats: Any, axis: Any = None) -> Any:
    """The adjoint of `np.repeat(x, repeats, axis)` for x of this shape: the sum over all copies."""
    if axis is None:
        length = int(np.prod(shape, dtype=int))
        return np.reshape(unrepeat(y_bar, (length,), repeats, 0), shape)
    axis = axis % len(shape)
    if np.size(repeats) == 1:
        count = int(np.reshape(repeats, ()))
        copies = np.reshape(y_bar, (*shape[:axis], shape[axis], count, *shape[axis + 1:]))
        return np.sum(copies, axis=axis + 1)
    x_bar = np.zeros(shape, dtype=np.result_type(y_bar))
    sources = np.repeat(np.arange(shape[axis]), repeats)
    np.add.at(np.moveaxis(x_bar, axis, 0), sources, np.moveaxis(y_bar, axis, 0))
    return x_bar


def pad_pairs(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """The widths (before, after) of every axis, from any form that `np.pad` takes."""
    if isinstance(pad_width, dict):
        pairs = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            pairs[axis] = (width, width) if np.ndim(width) == 0 else tuple(width)
        return pairs
    return [(int(before), int(after)) for before, after in np.broadcast_to(pad_width, (ndim, 2))]


def unpad(y_bar: Any, shape: Any, pad_width: Any) -> Any:
    """The part of a padded array of which the argument had this shape (a view)."""
    pairs = pad_pairs(pad_width, len(shape))
    return y_bar[tuple(slice(before, before + n) for (before, _), n in zip(pairs, shape, strict=True))]


def padding_values_adjoint(y_bar: Any, shape: Any, pad_width: Any, like: Any) -> Any:
    """The adjoint of `constant_values` of `np.pad` (of `like` the shape is read).

    Axes are padded in order, so that a corner belongs to the last axis that is padded there.
    """
    pairs = pad_pairs(pad_width, len(shape))
    inner = [slice(before, before + n) for (before, _), n in zip(pairs, shape, strict=True)]
    sums = np.zeros((len(shape), 2), dtype=np.result_type(y_bar))
    for axis, (before, after) in enumerate(pairs):
        earlier, later = (slice(None),) * axis, tuple(inner[axis + 1:])
        end = before + shape[axis]
        sums[axis, 0] = np.sum(y_bar[(*earlier, slice(0, before), *later)])
        sums[axis, 1] = np.sum(y_bar[(*earlier, slice(end, end + after), *later)])
    missing = 2 - np.ndim(like)
    sums = np.sum(sums, axis=tuple(range(missing)))
    stretched = tuple(axis for axis, length in enumerate(np.shape(like)) if length == 1 != sums.shape[axis])
    return np.sum(sums, axis=stretched, keepdims=True)


def pad_adjoint(y_bar: Any, x: Any, pad_width: Any, mode: Any) -> Any:
    """The adjoint of `np.pad` with respect to x in any mode, axis by axis from the last to the first.

    Modes that copy entries ("edge", "reflect", "symmetric", "wrap") add each cell to the entry that it
    copies, which is found by padding the positions; "constant" and "empty" copy nothing; "linear_ramp" goes
    to end value 0; the statistics "mean", "maximum" (ties share equally), "minimum", "median" are over the
    whole length of an axis.
    """
    pairs = pad_pairs(pad_width, np.ndim(x))
    for axis in range(np.ndim(x) - 1, -1, -1):
        earlier = [pair if i < axis else (0, 0) for i, pair in enumerate(pairs)]
        source = np.moveaxis(np.pad(x, earlier, mode=mode), axis, 0)
        before, n = pairs[axis][0], np.shape(x)[axis]
        g = np.moveaxis(y_bar, axis, 0)
        inner = np.array(g[before:before + n])
        sides = ((g[:before][::-1], 0), (g[before + n:], n - 1))
        if mode in ("edge", "reflect", "symmetric", "wrap"):
            positions = np.pad(np.arange(n), pairs[axis], mode=mode)
            inner = np.zeros_like(inner)
            np.add.at(inner, positions, g)
        elif mode == "linear_ramp":
            for side, edge in sides:
                weights = np.linspace(0.0, 1.0, len(side), endpoint=False, dtype=g.dtype)[::-1]
                inner[edge] += np.tensordot(weights, side, axes=(0, 0))
        elif mode not in ("constant", "empty"):
            for side, _ in sides:
                inner += statistic_weights(source, mode).astype(g.dtype) * np.sum(side, axis=0)
        y_bar = np.moveaxis(inner, 0, axis)
    return y_bar


def statistic_weights(x: Any, mode: str) -> Any:
    """The derivatives of the mean, maximum, minimum or median of x over axis 0 with respect to its entries.

    Ties share equally. Raises ValueError for another mode (a padding function).
    """
    if mode == "mean":
        return np.full(x.shape, 1.0 / len(x))
    if mode == "median":
        ranks = np.argsort(np.argsort(x, axis=0, kind="stable"), axis=0)
        return (ranks == (len(x) - 1) // 2) * 0.5 + (ranks == len(x) // 2) * 0.5
    if mode not in ("maximum", "minimum"):
        raise ValueError(f"np.pad with mode={mode!r} has no adjoint")
    best = np.max(x, axis=0) if mode == "maximum" else np.min(x, axis=0)
    ties = x == best
    return ties / np.sum(ties, axis=0)
