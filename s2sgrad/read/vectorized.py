"""What `np.vectorize(function)` does, as a function that is read like one of the user's.

The entries come as Python numbers, as NumPy hands them over, and the results have one dtype, that of the first one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sgrad.runtime import require_dtype_of_first


def vectorized(function: Callable[..., Any], a: Any, *others: Any) -> Any:
    """The results of the function for the entries of one, two or three arrays, which are broadcast.

    Raises: ValueError without entries, as NumPy; ArgumentError where NumPy would round the results.
    """
    if len(others) == 0:
        shape = np.shape(a)
        results = [function(x) for x in np.ravel(a).tolist()]
    elif len(others) == 1:
        shape = np.broadcast_shapes(np.shape(a), np.shape(others[0]))
        xs, ys = np.ravel(np.broadcast_to(a, shape)), np.ravel(np.broadcast_to(others[0], shape))
        results = [function(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=False)]
    elif len(others) == 2:
        shape = np.broadcast_shapes(np.shape(a), np.shape(others[0]), np.shape(others[1]))
        xs, ys = np.ravel(np.broadcast_to(a, shape)), np.ravel(np.broadcast_to(others[0], shape))
        zs = np.ravel(np.broadcast_to(others[1], shape))
        results = [function(x, y, z) for x, y, z in zip(xs.tolist(), ys.tolist(), zs.tolist(), strict=False)]
    else:
        raise NotImplementedError("np.vectorize of more than three arrays: write a loop")
    require_dtype_of_first(results, a, *others)
    return np.reshape(np.array(results), shape)
