"""Adjoints of choices, with ties shared equally."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.broadcasting import unbroadcast


def share_above(z_bar: Any, x: Any, y: Any) -> Any:
    """z_bar where `x > y`, half of it where they are equal, and zero elsewhere, whatever z_bar holds there.

    The arguments have shapes that broadcast. As `np.where(x > y, z_bar, np.where(x == y, 0.5 * z_bar, 0.0))`,
    but on the bits: np.where decides entry by entry, which of random ones takes several times as long.
    """
    z_bar = np.asarray(z_bar)
    word = {2: np.int16, 4: np.int32, 8: np.int64}.get(z_bar.itemsize)
    if word is None or z_bar.dtype.kind != "f":
        return np.where(x > y, z_bar, np.where(x == y, 0.5 * z_bar, 0.0))
    taken = np.negative(np.asarray(x > y).view(np.int8), dtype=word)        # all bits, or none
    share = np.bitwise_and(z_bar.view(word), taken).view(z_bar.dtype)
    tied = np.equal(x, y)
    return share + np.where(tied, 0.5 * z_bar, 0.0) if tied.any() else share


def scalar_clip_adjoint(a: Any, a_min: Any, a_max: Any, y_bar: Any) -> tuple[Any, Any, Any]:
    """The adjoints of a, a_min and a_max (None where a bound is None) from that of `np.clip(a, a_min,
    a_max)`.

    All are scalars. As `min(max(a, a_min), a_max)`: half at each tie, nothing for nan.
    """
    low = -np.inf if a_min is None else a_min
    high = np.inf if a_max is None else a_max
    raised = np.maximum(a, low)
    raised_bar = y_bar if raised < high else 0.5 * y_bar if raised == high else 0.0 * y_bar
    high_bar = y_bar if raised > high else 0.5 * y_bar if raised == high else 0.0 * y_bar
    a_bar = raised_bar if a > low else 0.5 * raised_bar if a == low else 0.0 * raised_bar
    low_bar = raised_bar if a < low else 0.5 * raised_bar if a == low else 0.0 * raised_bar
    return a_bar, None if a_min is None else low_bar, None if a_max is None else high_bar


def extremum_adjoints(y: Any, operands: tuple[Any, ...], y_bar: Any) -> list[Any]:
    """The adjoints of the operands of the builtin `max` or `min` whose result is y; those equal to y share
    y_bar.

    operands: several scalars, or one container of scalars (tuple, list, array of rank 1), for which the one
    adjoint is a list, or an array of its shape.
    """
    if len(operands) > 1:
        ties = max(sum(bool(x == y) for x in operands), 1)
        return [y_bar / ties if x == y else 0.0 for x in operands]
    values = operands[0]
    if isinstance(values, np.ndarray):
        chosen = values == y
        return [np.where(chosen, np.divide(y_bar, max(int(np.sum(chosen)), 1), dtype=values.dtype), 0.0)]
    ties = max(sum(bool(x == y) for x in values), 1)
    return [[y_bar / ties if x == y else 0.0 for x in values]]


def hypot_adjoints(z: Any, coordinates: tuple[Any, ...], z_bar: Any) -> list[Any]:
    """The adjoints of the coordinates from that of `z = math.hypot(*coordinates)`; zero at the origin."""
    return [z_bar * x / z if z != 0.0 else 0.0 for x in coordinates]


def sum_adjoint(iterable: Any, y_bar: Any) -> Any:
    """The adjoints of the entries of the argument of the builtin `sum`, each its own object.

    iterable: a list or tuple of numbers and arrays (a list of as many contributions of the entries' shapes is
    returned), or an array (an array of its shape).
    """
    if isinstance(iterable, np.ndarray):
        return np.array(np.broadcast_to(y_bar, iterable.shape))
    return [np.array(unbroadcast(y_bar, x)) if isinstance(x, np.ndarray) else unbroadcast(y_bar, x)
            for x in iterable]


def order_of(keys: Any, reverse: Any = False) -> list[int]:
    """The positions of the keys in the order in which the builtin `sorted` puts them."""
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)


def groups_of(keys: Any) -> list[list[int]]:
    """The positions of the keys, equal ones that follow each other in one list (`itertools.groupby`)."""
    groups: list[list[int]] = []
    for k in range(len(keys)):
        if k and keys[k] == keys[k - 1]:
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def sorted_adjoint(iterable: Any, reverse: Any, y_bar: Any) -> Any:
    """The adjoint of the argument of the builtin `sorted`: that of each entry from the place where it went.

    iterable: a list or tuple (a list is returned) or an array of rank 1 (an array).
    """
    order = order_of(iterable, reverse)
    if isinstance(iterable, np.ndarray):
        bars = np.empty_like(iterable)
        bars[order] = y_bar
        return bars
    places = dict(zip(order, y_bar, strict=True))
    return [places[k] for k in range(len(order))]
