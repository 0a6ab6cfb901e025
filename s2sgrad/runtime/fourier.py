"""Adjoints of the discrete Fourier transforms where lengths change, and of those between real and complex arrays.

In: the adjoint of a transform, and the options of the call. Out: a contribution of the shape of what was transformed.
A transform is a symmetric matrix, and no adjoint conjugates, so that the adjoint of a transform is the same transform.
Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def fit(x: Any, shape: Any) -> Any:
    """x with each axis cut, or continued with zeros, to the length in shape; may be x itself."""
    if np.shape(x) == tuple(shape):
        return x
    x = x[tuple(slice(0, n) for n in shape)]
    return np.pad(x, [(0, n - m) for n, m in zip(shape, np.shape(x), strict=True)])


def rfft_adjoint(y_bar: Any, shape: Any, n: Any, axis: Any, norm: Any) -> Any:
    """The adjoint of a real array of this shape in y = np.fft.rfft(array, n, axis, norm)."""
    n = shape[axis] if n is None else n
    return fit(np.real(np.fft.fft(y_bar, n, axis, norm)), shape)


def irfft_adjoint(y_bar: Any, shape: Any, axis: Any, norm: Any) -> Any:
    """The adjoint of an array of this shape in y = np.fft.irfft(array, n, axis, norm), where y has n entries.

    Every entry but the first, and the last where n is even, stands for a conjugate pair: it counts twice.
    """
    n = np.shape(y_bar)[axis]
    swapped = {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, norm)
    half = np.conj(np.fft.rfft(y_bar, None, axis, swapped))
    places = np.arange(n // 2 + 1)
    counts = np.where((places == 0) | (2 * places == n), 1.0, 2.0)
    counts = np.reshape(counts, tuple(-1 if i == axis % np.ndim(half) else 1 for i in range(np.ndim(half))))
    return fit(half * counts.astype(np.real(half).dtype), shape)


def transformed_axes(rank: int, s: Any, axes: Any) -> tuple[int, ...]:
    """The axes of an n-dimensional transform with these options, counted from the front."""
    if axes is None:
        axes = range(rank) if s is None else range(rank - len(s), rank)
    return tuple(axis % rank for axis in axes)


def rfftn_adjoint(y_bar: Any, shape: Any, s: Any, axes: Any, norm: Any) -> Any:
    """The adjoint of a real array of this shape in y = np.fft.rfftn(array, s, axes, norm)."""
    *others, last = transformed_axes(len(shape), s, axes)
    n = shape[last] if s is None or s[-1] == -1 else s[-1]
    y_bar = np.fft.fft(y_bar, n, last, norm)
    for axis in others:
        y_bar = np.fft.fft(y_bar, None, axis, norm)
    return fit(np.real(y_bar), shape)


def irfftn_adjoint(y_bar: Any, shape: Any, s: Any, axes: Any, norm: Any) -> Any:
    """The adjoint of an array of this shape in y = np.fft.irfftn(array, s, axes, norm)."""
    *others, last = transformed_axes(len(shape), s, axes)
    a_bar = irfft_adjoint(y_bar, tuple(n if i == last else m for i, (n, m) in enumerate(
        zip(shape, np.shape(y_bar), strict=True))), last, norm)
    for axis in others:
        a_bar = np.fft.ifft(a_bar, None, axis, norm)
    return fit(a_bar, shape)
