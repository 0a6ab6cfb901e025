"""Adjoints of integrals, slopes and polynomials on a grid: np.trapezoid, np.gradient, np.vander, np.polyval.

In: adjoints of results, and the arguments that the call read. Out: contributions of the arguments' shapes. Nothing
that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.broadcasting import unbroadcast


def steps_along(x: Any, rank: int, axis: int) -> Any:
    """The differences of neighbours in `x`, broadcasting along `axis` against arrays of this rank.

    x has one axis, which lies along `axis`, or as many axes as that array.
    """
    if np.ndim(x) != 1:
        return np.diff(x, axis=axis)
    return np.reshape(np.diff(x), [-1 if k == axis % rank else 1 for k in range(rank)])


def differenced(step_bar: Any, axis: int) -> Any:
    """The adjoint of x in step = np.diff(x, axis=axis)."""
    rest = [(1, 1) if k == axis % np.ndim(step_bar) else (0, 0) for k in range(np.ndim(step_bar))]
    return -np.diff(np.pad(step_bar, rest), axis=axis)


def halves(y: Any, axis: int) -> Any:
    """Half of the sum of each two neighbours along `axis`."""
    moved = np.moveaxis(y, axis, -1)
    return np.moveaxis(0.5 * (moved[..., 1:] + moved[..., :-1]), -1, axis)


def trapezoid_adjoint(z_bar: Any, shape: Any, x: Any, dx: Any, axis: int) -> Any:
    """The adjoint of `y`, an array of this shape, in z = np.trapezoid(y, x, dx, axis)."""
    inner = [n - (k == axis % len(shape)) for k, n in enumerate(shape)]
    if shape[axis] < 2:
        return np.zeros(shape, dtype=np.result_type(z_bar))
    step = dx if x is None else steps_along(x, len(shape), axis)
    share = np.moveaxis(np.broadcast_to(0.5 * np.expand_dims(z_bar, axis) * step, inner), axis, -1)
    none = np.zeros_like(share[..., :1])
    both = np.concatenate([share, none], axis=-1) + np.concatenate([none, share], axis=-1)
    return np.moveaxis(both, -1, axis)


def trapezoid_nodes_adjoint(z_bar: Any, y: Any, x: Any, axis: int) -> Any:
    """The adjoint of `x` in z = np.trapezoid(y, x, axis=axis); None where there is none."""
    if x is None:
        return None
    step_bar = np.expand_dims(z_bar, axis) * halves(y, axis)
    if np.ndim(x) != 1:
        like = np.diff(x, axis=axis)
        return differenced(unbroadcast(step_bar, like), axis)
    others = tuple(k for k in range(np.ndim(y)) if k != axis % np.ndim(y))
    return differenced(np.sum(step_bar, axis=others), 0)


def trapezoid_step_adjoint(z_bar: Any, y: Any, x: Any, dx: Any, axis: int) -> Any:
    """The adjoint of `dx` in z = np.trapezoid(y, x, dx, axis): zero where x is given."""
    if x is not None:
        return 0.0 * np.asarray(dx)
    return unbroadcast(np.expand_dims(z_bar, axis) * halves(y, axis), dx)


def vander_adjoint(y_bar: Any, y: Any, increasing: Any) -> Any:
    """The adjoint of `x` in y = np.vander(x, n, increasing): k * x**(k - 1) of each power."""
    powers, bars = (y, y_bar) if increasing else (y[:, ::-1], y_bar[:, ::-1])
    exponents = np.arange(1, np.shape(bars[:, 1:])[1] + 1, dtype=y.dtype)
    return (bars[:, 1:] * powers[:, :-1]) @ exponents
