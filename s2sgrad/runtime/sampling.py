"""What the adjoints of interpolation and convolution need beyond NumPy's own functions.

In: adjoints, and the sample points that the call read. Out: slopes and contributions. Nothing passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.arrays import cast_back


def interp_slope(x: Any, xp: Any, fp: Any) -> Any:
    """The derivative of `np.interp(x, xp, fp)` by x: the slope of the piece that holds x, zero outside.

    At an inner node the slope to the right, at the last node the one to the left. Shape of x.
    """
    x, xp, fp = np.asarray(x), np.asarray(xp, dtype=float), 1.0 * np.asarray(fp)
    if xp.size == 1:
        return np.zeros(x.shape)[()]
    k = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, xp.size - 2)
    slope = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k])
    return np.where((x < xp[0]) | (x > xp[-1]), 0.0, slope)[()]


def interp_adjoint(y_bar: Any, x: Any, xp: Any, fp: Any) -> Any:
    """The adjoint of `np.interp(x, xp, fp)` with respect to x, in the shape and dtype of x."""
    x_bar = y_bar * interp_slope(x, xp, fp)
    return cast_back(x_bar, x_bar.dtype, np.asarray(x).dtype)


def scatter_to_nodes(weight: Any, x: Any, xp: Any, dtype: Any) -> Any:
    """The adjoint of `np.interp(x, xp, fp)` with respect to fp: each weight shared between the nodes around
    its x.

    Outside of the nodes the first or the last one has it all. weight and x have one shape; returns the shape
    of xp, in this dtype.
    """
    xp = np.asarray(xp, dtype=float)
    weight = np.reshape(weight, -1)
    x = np.reshape(np.clip(x, xp[0], xp[-1]), -1)
    nodes = np.zeros(xp.size, dtype=weight.dtype)
    if xp.size == 1:
        nodes[0] = np.sum(weight)
    else:
        k = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, xp.size - 2)
        t = (x - xp[k]) / (xp[k + 1] - xp[k])
        np.add.at(nodes, k, (1.0 - t) * weight)
        np.add.at(nodes, k + 1, t * weight)
    return cast_back(nodes, nodes.dtype, dtype)


def without_ends(y_bar: Any, x: Any, xp: Any, left: Any, right: Any) -> Any:
    """y_bar, but zero where `np.interp` gives `left` or `right` (None: it gives the first or last value)."""
    inside = np.array(True)
    if left is not None:
        inside = inside & np.greater_equal(x, xp[0])
    if right is not None:
        inside = inside & np.less_equal(x, xp[-1])
    return np.where(inside, y_bar, 0.0)


def in_full_convolution(y_bar: Any, length: int, late: bool = False) -> Any:
    """The adjoint of the full convolution, of this length, of which y (mode "same" or "valid") is the middle
    part.

    late: where the middle is not an integer, y begins after it, not before.
    """
    before = (length - len(y_bar) + late) // 2
    return np.pad(y_bar, (before, length - len(y_bar) - before))


def scatter_slopes(weight: Any, x: Any, xp: Any, dtype: Any) -> Any:
    """The adjoint of `interp_slope(x, xp, fp)` with respect to fp, in the shape of xp and in this dtype."""
    xp = np.asarray(xp, dtype=float)
    inside = np.greater_equal(x, xp[0]) & np.less_equal(x, xp[-1])
    weight = np.reshape(np.where(inside, weight, 0.0), -1)
    nodes = np.zeros(xp.size, dtype=weight.dtype)
    if xp.size > 1:
        k = np.clip(np.searchsorted(xp, np.reshape(x, -1), side="right") - 1, 0, xp.size - 2)
        rise = weight / (xp[k + 1] - xp[k])
        np.add.at(nodes, k, -rise)
        np.add.at(nodes, k + 1, rise)
    return cast_back(nodes, nodes.dtype, dtype)
