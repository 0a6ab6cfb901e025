"""What the adjoints of shape manipulation, of constructors and of casts need beyond NumPy's own functions.

In: the adjoint of a result, and shapes, dtypes and options of the call. Out: a contribution of the argument's shape.
Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def cast_back(y_bar: Any, from_dtype: Any, to_dtype: Any) -> Any:
    """The adjoint of a cast: y_bar in the dtype of the value that was cast.

    A cast to integers or booleans is piecewise constant: zeros. The adjoint of a real value is real; that of
    a value which is no float keeps the dtype of y_bar. May be y_bar itself.

    Args: y_bar of any shape; from_dtype: dtype of the result of the cast; to_dtype: dtype of what was cast.
    """
    if not np.issubdtype(to_dtype, np.inexact):
        to_dtype = np.result_type(y_bar)
    if not np.issubdtype(from_dtype, np.inexact):
        return np.zeros(np.shape(y_bar), dtype=to_dtype)[()]
    if np.iscomplexobj(y_bar) and not np.issubdtype(to_dtype, np.complexfloating):
        y_bar = np.real(y_bar)
    return np.asarray(y_bar, dtype=to_dtype)[()]


def inverse_axes(axes: Any) -> Any:
    """The permutation that undoes `np.transpose(x, axes)`; axes may count from the end, or be None."""
    if axes is None:
        return None
    return np.argsort(np.mod(axes, np.size(axes)))


def unordered_reshape(y_bar: Any, x: Any, order: str) -> Any:
    """The adjoint of reading the entries of x in an order other than "C" ("F", "A", "K") into the array y.

    "F", "A" write y in Fortran order too; "K" (ravel only) reads in the order of memory, which is found by
    laying out the positions 0, 1, ... as x is.
    """
    x = np.asarray(x)
    if order == "K":
        positions = np.empty_like(x, dtype=np.intp)
        positions[...] = np.reshape(np.arange(x.size), x.shape)
        x_bar = np.empty(x.size, dtype=np.result_type(y_bar))
        x_bar[np.ravel(positions, order="K")] = y_bar
        return np.reshape(x_bar, x.shape)
    fortran = order == "F" or (order == "A" and np.isfortran(x))
    return np.reshape(y_bar, x.shape, order="F" if fortran else "C")


def from_diagonal(y_bar: Any, shape: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of `np.diagonal`: zeros of this shape with y_bar on the diagonal of the two axes."""
    x_bar = np.zeros(shape, dtype=np.result_type(y_bar))
    planes = np.moveaxis(x_bar, (axis1, axis2), (-2, -1))
    along, offset = np.arange(np.shape(y_bar)[-1]), int(offset)
    planes[..., along + max(-offset, 0), along + max(offset, 0)] = y_bar
    return x_bar


def undiag(y_bar: Any, shape: Any, k: int = 0) -> Any:
    """The adjoint of `np.diag` for an argument of this shape: `np.diag` again, from a matrix."""
    if len(shape) == 1:
        return np.diagonal(y_bar, k)
    return from_diagonal(y_bar, shape, k)


def weighted_linspace(y_bar: Any, num: int, endpoint: bool, axis: int, shape: Any, end: bool) -> Any:
    """The adjoint of the start of `np.linspace` (of the stop where end is true), summed to its shape.

    Entry k is start * (1 - t[k]) + stop * t[k] with t = k / (num - 1), or k / num without endpoint.
    """
    y_bar = np.moveaxis(y_bar, axis, 0)
    t = np.linspace(0.0, 1.0, num, endpoint, dtype=y_bar.dtype)
    total = np.tensordot(t if end else 1.0 - t, y_bar, axes=(0, 0))
    missing = np.ndim(total) - len(shape)
    total = np.sum(total, axis=tuple(range(missing)))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return np.sum(total, axis=stretched, keepdims=True)


def add_windows(y_bar: Any, shape: Any, window_shape: Any, axis: Any = None) -> Any:
    """The adjoint of x in `sliding_window_view(x, window_shape, axis)`: every entry is in several windows."""
    x_bar = np.zeros(shape, dtype=np.result_type(y_bar))
    windows = np.lib.stride_tricks.sliding_window_view(x_bar, window_shape, axis, writeable=True)
    for place in np.ndindex(windows.shape[np.ndim(x_bar):]):
        windows[(..., *place)] += y_bar[(..., *place)]      # one entry of each window: no cell twice
    return x_bar
