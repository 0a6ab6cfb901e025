"""What the adjoints of taking and choosing entries need: adding back to the places that were read.

In: the adjoint of what was taken, and indices, conditions and shapes. Out: contributions of the arguments' shapes.
Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.broadcasting import unbroadcast


def untake(y_bar: Any, shape: Any, indices: Any, axis: Any = None) -> Any:
    """The adjoint of `np.take(x, indices, axis)` for x of this shape; an entry that was taken twice gets
    both.

    y_bar has the shape of the result. Returns an array of the given shape.
    """
    indices = np.asarray(indices, dtype=np.intp)
    x_bar = np.zeros(shape, dtype=np.result_type(y_bar))
    if axis is None:
        np.add.at(np.reshape(x_bar, -1), indices, y_bar)
    else:
        np.add.at(x_bar, (slice(None),) * (axis % len(shape)) + (indices,), y_bar)
    return x_bar


def untake_along_axis(y_bar: Any, shape: Any, indices: Any, axis: Any = -1) -> Any:
    """The adjoint of `np.take_along_axis(x, indices, axis)` for x of this shape."""
    if axis is None:
        return untake(y_bar, shape, indices)
    axis = axis % len(shape)
    places = list(np.ogrid[tuple(slice(n) for n in np.shape(y_bar))])
    places = [place if n != 1 else np.zeros_like(place) for place, n in zip(places, shape, strict=True)]
    places[axis] = np.asarray(indices)
    x_bar = np.zeros(shape, dtype=np.result_type(y_bar))
    np.add.at(x_bar, tuple(places), y_bar)
    return x_bar


def unselect(y_bar: Any, condlist: Any, likes: Any) -> list[Any]:
    """The adjoints of the choices of `np.select`: y_bar where a condition is the first that holds, else zero.

    likes: the choices, of which only the shapes are read; each adjoint is summed to the shape of its choice.
    """
    bars, undecided = [], np.array(True)
    for condition, like in zip(condlist, likes, strict=True):
        bars.append(unbroadcast(np.where(undecided & condition, y_bar, 0.0), like))
        undecided = undecided & np.logical_not(condition)
    return bars


def unselected(y_bar: Any, condlist: Any, like: Any) -> Any:
    """The adjoint of the default of `np.select`: y_bar where no condition holds; like: as in unselect."""
    undecided = np.array(True)
    for condition in condlist:
        undecided = undecided & np.logical_not(condition)
    return unbroadcast(np.where(undecided, y_bar, 0.0), like)
