"""Arrays with the layout of other arrays: `reshape`, `ravel` and `asarray` give a view of both or of neither.

NumPy's own copies keep the order of the axes, but neither gaps between the entries nor axes that run backwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def zeros_as_laid_out(x: Any, dtype: Any = None) -> Any:
    """Zeros with the shape and the dtype of x, or another one, and the strides of x, counted in entries.

    Args: x, an array whose entries do not overlap; dtype: complex numbers for an array of real ones.
    """
    zeros = np.zeros_like(x, dtype=dtype)
    strides = tuple(step * zeros.itemsize // x.itemsize for step in x.strides)
    if zeros.strides == strides or x.size == 0:
        return zeros
    spans = [step * (length - 1) for step, length in zip(strides, x.shape, strict=True)]
    before = -sum(span for span in spans if span < 0)
    after = sum(span for span in spans if span > 0)
    memory = np.zeros(before + after + zeros.itemsize, np.uint8)
    return np.ndarray(x.shape, zeros.dtype, memory, before, strides)


def copy_as_laid_out(x: Any) -> Any:
    """A copy of x with the strides of x."""
    copy = zeros_as_laid_out(x)
    copy[...] = x
    return copy
