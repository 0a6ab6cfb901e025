"""What the reverse of a reduction needs where its axes are not known, and products without one of their factors.

In: adjoints and arguments of NumPy's reductions and cumulative functions. Out: arrays that broadcast against, or have
the shape of, the argument. Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.arrays import cast_back
from s2sgrad.runtime.broadcasting import unbroadcast


def expand_reduced(y: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The result of a reduction with the reduced axes put back as axes of length 1.

    y: a result, or its adjoint, of a reduction with these options. Returns something that broadcasts to the
    shape of what was reduced.
    """
    return y if axis is None or keepdims else np.expand_dims(y, axis)


def reduced_size(shape: tuple[int, ...], axis: Any = None, ddof: Any = 0) -> Any:
    """How many entries each result of a reduction over `axis` combines, less `ddof`, and at least 0.

    shape: the shape of what is reduced. Returns a Python number.
    """
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    size = 1
    for a in axes:
        size *= shape[a]
    return max(size - ddof, 0)


def tie_share(a: Any, extreme: Any, axis: Any = None) -> Any:
    """The part of each entry of `a` in the extreme of its group: 1 / (number of ties) where it is attained,
    else 0.

    extreme: np.max or np.min of a over `axis`, with keepdims. Returns an array of the shape of a and the
    dtype of extreme.
    """
    attained = np.equal(a, extreme)
    return attained / np.sum(attained, axis=axis, keepdims=True, dtype=np.asarray(extreme).dtype)


def to_groups(a: Any, axis: Any) -> Any:
    """The array with the axes of a reduction moved to the end and made one, over a group."""
    axes = tuple(range(np.ndim(a))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    moved = np.moveaxis(a, axes, range(-len(axes), 0))
    kept = moved.shape[:moved.ndim - len(axes)]
    return moved.reshape((*kept, int(np.prod(moved.shape[len(kept):]))))


def from_groups(rows: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """The array of this shape of which to_groups(array, axis) is `rows`."""
    axes = tuple(range(len(shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    moved = rows.reshape((*rows.shape[:-1], *(shape[a] for a in axes)))
    return np.moveaxis(moved, range(-len(axes), 0), axes)


def product_of_others(a: Any, axis: Any = None) -> Any:
    """For each entry of `a`, the product over `axis` of the other entries: the derivative of np.prod, zeros
    included.

    A product from the left times a product from the right, hence no division. Returns an array of the shape
    of a.
    """
    rows = to_groups(a, axis)
    before, after = np.ones_like(rows), np.ones_like(rows)
    before[..., 1:] = np.cumprod(rows[..., :-1], axis=-1)
    after[..., :-1] = np.cumprod(rows[..., :0:-1], axis=-1)[..., ::-1]
    return from_groups(before * after, np.shape(a), axis)


def product_of_others_adjoint(a: Any, axis: Any, z_bar: Any) -> Any:
    """The adjoint of `a` in z = product_of_others(a, axis).

    The derivative of z[i] with respect to a[j] is the product of all entries of the group but these two; it
    is formed for each i in turn, at a cost that is quadratic in the size of a group. Returns an array of the
    shape of a.
    """
    rows, rows_bar = to_groups(a, axis), to_groups(np.broadcast_to(z_bar, np.shape(a)), axis)
    out = np.zeros_like(rows)
    for i in range(rows.shape[-1]):
        without = rows.copy()
        without[..., i] = 1.0
        part = rows_bar[..., i, None] * product_of_others(without, -1)
        part[..., i] = 0.0
        out += part
    return from_groups(out, np.shape(a), axis)


def cumprod_adjoint(a: Any, axis: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.cumprod(a, axis), zeros included.

    a_bar[j] = (a[0] ... a[j-1]) * s[j], with s[j] = y_bar[j] + a[j+1] * s[j+1] from the back, hence no
    division. Returns an array of the shape of a.
    """
    a = np.asarray(a)
    rows = a.reshape(-1) if axis is None else np.moveaxis(a, axis, 0)
    tail = np.array(y_bar if axis is None else np.moveaxis(y_bar, axis, 0))
    head = np.ones_like(rows)
    head[1:] = np.cumprod(rows[:-1], axis=0)
    for j in reversed(range(len(rows) - 1)):
        tail[j] += rows[j + 1] * tail[j + 1]
    a_bar = head * tail
    return a_bar.reshape(a.shape) if axis is None else np.moveaxis(a_bar, 0, axis)


def diff_adjoint(shape: tuple[int, ...], n: Any, axis: Any, y_bar: Any) -> Any:
    """The adjoint of an array of this shape in y = np.diff(array, n, axis): differences again, with the sign
    (-1)**n.

    Returns an array of the given shape.
    """
    a_bar = np.moveaxis(y_bar, axis, 0)
    for _ in range(n):
        longer = np.zeros((len(a_bar) + 1, *a_bar.shape[1:]), dtype=a_bar.dtype)
        longer[1:] = a_bar
        longer[:-1] -= a_bar
        a_bar = longer
    if len(a_bar) != shape[axis]:       # nothing was left to take differences of
        return np.zeros(shape, dtype=a_bar.dtype)
    return np.moveaxis(a_bar, 0, axis)


def average_adjoint(y: Any, a: Any, axis: Any, weights: Any, keepdims: Any, y_bar: Any) -> Any:
    """The adjoints of `a` and of `weights` in y = np.average(a, axis, weights, keepdims=keepdims).

    Weights of another shape than a lie along `axis`. Returns a pair; the second is None when weights is None.
    """
    y, y_bar = expand_reduced(y, axis, keepdims), expand_reduced(y_bar, axis, keepdims)
    shape = np.shape(a)
    if weights is None:
        return np.broadcast_to(y_bar / reduced_size(shape, axis), shape), None
    spread = np.asarray(weights)
    axes: tuple[int, ...] = ()
    if spread.shape != shape:
        axes = tuple(i % len(shape) for i in (axis if isinstance(axis, tuple) else (axis,)))
        order = np.argsort(axes)
        spread = spread.transpose(order).reshape([n if i in axes else 1 for i, n in enumerate(shape)])
    total = np.sum(spread, axis=axis, keepdims=True)
    a_bar = np.broadcast_to(y_bar / total * spread, shape)
    weights_bar = y_bar / total * (a - y)
    if axes:
        weights_bar = np.sum(weights_bar, axis=tuple(i for i in range(len(shape)) if i not in axes))
        weights_bar = weights_bar.transpose(np.argsort(order))
    return a_bar, weights_bar


def counted_mean_adjoint(y_bar: Any, counted: Any, axis: Any, keepdims: Any) -> Any:
    """The adjoint of the array in the mean, over `axis`, of the entries that are `counted`."""
    share = expand_reduced(y_bar, axis, keepdims)
    number = np.sum(counted, axis=axis, keepdims=True, dtype=np.result_type(y_bar))
    return np.where(counted, share / number, 0.0)


def bounded_extreme_adjoints(y: Any, a: Any, axis: Any, keepdims: Any, initial: Any, where: Any,
                             y_bar: Any) -> Any:
    """The adjoints of `a` and of `initial` in y = np.max(a, axis, initial=initial, where=where), or np.min.

    All that attain the extreme share equally, the initial value too. The second is None without initial.
    """
    y, y_bar = expand_reduced(y, axis, keepdims), expand_reduced(y_bar, axis, keepdims)
    attained = np.equal(a, y) & where
    number = np.sum(attained, axis=axis, keepdims=True, dtype=np.asarray(y).dtype)
    if initial is None:
        return attained * (y_bar / number), None
    bound = np.equal(initial, y)
    share = y_bar / (number + bound)
    return attained * share, np.sum(bound * share)


def selected_product_adjoints(y: Any, a: Any, axis: Any, keepdims: Any, where: Any, initial: Any,
                              y_bar: Any) -> Any:
    """The adjoints of `a` and of `initial` in y = np.prod(a, axis, dtype, initial=initial, where=where)."""
    bar = expand_reduced(y_bar, axis, keepdims)
    taken = np.asarray(np.where(where, a, np.ones_like(a)), np.asarray(y).dtype)
    a_bar = np.where(where, bar * initial * product_of_others(taken, axis), 0.0)
    initial_bar = np.sum(bar * np.prod(taken, axis=axis, keepdims=True))
    return cast_back(a_bar, np.asarray(y).dtype, np.result_type(a)), initial_bar


def extended_diff_adjoints(a: Any, n: Any, axis: Any, prepend: Any, append: Any, y_bar: Any) -> Any:
    """The adjoints of `a`, `prepend` and `append` in y = np.diff(a, n, axis, prepend, append)."""
    if n == 0:
        return y_bar, None, None
    one = list(np.shape(a))
    one[axis] = 1
    ends = [np.empty(one if np.ndim(end) == 0 else np.shape(end)) if end is not None else None
            for end in (prepend, append)]
    before, after = (0 if end is None else np.shape(end)[axis] for end in ends)
    length = np.shape(a)[axis]
    whole = list(np.shape(a))
    whole[axis] = before + length + after
    bar = np.moveaxis(diff_adjoint(tuple(whole), n, axis, y_bar), axis, 0)
    parts = (bar[:before], bar[before:before + length], bar[before + length:])
    first, middle, last = (np.moveaxis(part, 0, axis) for part in parts)
    return (middle, None if prepend is None else unbroadcast(first, prepend),
            None if append is None else unbroadcast(last, append))
