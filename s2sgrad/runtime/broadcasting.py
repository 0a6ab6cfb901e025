"""Undoing what broadcasting did.

In: an adjoint that has the shape of a result, and an operand of the operation. Out: the adjoint in the operand's
shape, so that each entry holds the sum over the places to which the operand's entry was copied.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def unbroadcast(g: Any, x: Any) -> Any:
    """Sum `g` over the axes along which `x` was broadcast.

    g: an adjoint; its shape is one that np.shape(x) broadcasts to, or one that broadcasts to np.shape(x) (an
    adjoint that is the same for all entries). Returns g itself when the shapes are equal, a scalar when x is
    a scalar, else an array of shape np.shape(x). The dtype is kept. Raises ValueError when the shapes do not
    fit.
    """
    shape = np.shape(x)
    if np.shape(g) == shape:
        return g if shape or isinstance(x, np.ndarray) or not isinstance(g, np.ndarray) else g[()]
    leading = np.ndim(g) - len(shape)
    if leading < 0 and all(n == 1 for n in shape[:-leading]):       # a store drops leading axes of length one
        g, leading = np.reshape(g, (1,) * -leading + np.shape(g)), 0
    if leading > 0:
        g = np.sum(g, axis=tuple(range(leading)))
    stretched = tuple(i for i, n in enumerate(np.shape(g)) if leading >= 0 and shape[i] == 1 and n != 1)
    if stretched:
        g = np.sum(g, axis=stretched, keepdims=True)
    return g if np.shape(g) == shape else np.broadcast_to(g, shape)
