"""Adjoints of functions that pick, drop, insert and arrange entries: each is found by what it does to positions.

In: the adjoint of the result, and where its entries came from. Out: contributions of the arguments' shapes. Nothing
that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.gathering import untake


def positions(shape: Any) -> Any:
    """The integers 0, 1, ... in this shape."""
    return np.reshape(np.arange(int(np.prod(shape))), shape)


def untake_known(y_bar: Any, shape: Any, places: Any) -> Any:
    """The adjoint of an array of this shape whose entries at `places` are those of y; -1: from elsewhere."""
    return untake(np.where(places >= 0, y_bar, 0.0), shape, np.maximum(places, 0))


def reordered_adjoint(a: Any, y: Any, axis: Any, y_bar: Any) -> Any:
    """The adjoint of `a` where y holds the same entries in another order along `axis`."""
    if axis is None:
        flat = reordered_adjoint(np.ravel(a), y, 0, y_bar)
        return np.reshape(flat, np.shape(a))
    in_order = np.take_along_axis(y_bar, np.argsort(y, axis=axis, kind="stable"), axis)
    return np.take_along_axis(in_order, np.argsort(np.argsort(a, axis=axis, kind="stable"), axis=axis), axis)


def unchoose(y_bar: Any, a: Any, choices: Any) -> list[Any]:
    """The adjoints of the choices in y = np.choose(a, choices)."""
    return [unbroadcast(np.where(np.equal(a, k), y_bar, 0.0), choice) for k, choice in enumerate(choices)]


def unblock(y_bar: Any, arrays: Any) -> Any:
    """The adjoints of the entries of the nested lists in y = np.block(arrays), in lists of the same form."""
    sizes: list[int] = []

    def labelled(part: Any) -> Any:
        if isinstance(part, list):
            return [labelled(item) for item in part]
        start = sum(sizes)
        sizes.append(int(np.prod(np.shape(part))))
        return start + positions(np.shape(part))

    labels = np.block(labelled(arrays))
    flat = untake(y_bar, (sum(sizes),), labels)
    starts = iter([sum(sizes[:k]) for k in range(len(sizes))])

    def parted(part: Any) -> Any:
        if isinstance(part, list):
            return [parted(item) for item in part]
        start = next(starts)
        return np.reshape(flat[start:start + int(np.prod(np.shape(part)))], np.shape(part))

    return parted(arrays)


def unmesh(y_bar: Any, xi: Any, indexing: str) -> list[Any]:
    """The adjoints of the axes in y = np.meshgrid(*xi, indexing=indexing)."""
    bars = []
    for k, (bar, x) in enumerate(zip(y_bar, xi, strict=True)):
        own = 1 - k if indexing == "xy" and len(xi) > 1 and k < 2 else k
        others = tuple(axis for axis in range(len(xi)) if axis != own)
        summed = np.sum(bar, axis=others) if np.ndim(bar) else np.full(np.shape(x), bar)    # 0.0: unread
        bars.append(np.reshape(summed, np.shape(x)))
    return bars
