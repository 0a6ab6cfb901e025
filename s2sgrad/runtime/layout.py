"""Arrays with the layout of other arrays: `reshape`, `ravel` and `asarray` give a view of both or of neither.

NumPy's own copies keep the order of the axes, but neither gaps between the entries nor axes that run backwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def zeros_as_laid_out(x: Any) -> Any:
    """Zeros with the shape, the dtype and the strides of x.

    Args: x, an array whose entries do not overlap.
    """
    zeros = np.zeros_like(x)
    if zeros.strides == x.strides or x.size == 0:
        return zeros
    spans = [step * (length - 1) for step, length in zip(x.strides, x.shape, strict=True)]
    before = -sum(span for span in spans if span < 0)
    after = sum(span for span in spans if span > 0)
    memory = np.zeros(before + after + x.itemsize, np.uint8)
    return np.ndarray(x.shape, x.dtype, memory, before, x.strides)


def copy_as_laid_out(x: Any) -> Any:
    """A copy of x with the strides of x."""
    copy = zeros_as_laid_out(x)
    copy[...] = x
    return copy
