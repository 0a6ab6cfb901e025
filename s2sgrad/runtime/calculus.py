"""Adjoints of integrals, slopes and polynomials: np.trapezoid, np.gradient, np.vander, np.polyval, np.polyfit.

In: adjoints of results, and the arguments that the call read. Out: contributions of the arguments' shapes. Nothing
that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.broadcasting import unbroadcast
from s2sgrad.runtime.factors import lstsq_adjoints


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


def slope_weights(step: Any, edge_order: int) -> tuple[Any, Any, Any, Any, Any]:
    """How np.gradient weighs neighbours: (before, at, behind) of each place, then the third at each end.

    step: the distances of the nodes, one less than there are nodes. Second-order differences for unequal
    steps (Fornberg 1988, Mathematics of Computation 51).
    """
    first, second = step[:-1], step[1:]
    before = -second / (first * (first + second))
    behind = first / (second * (first + second))
    at = (second - first) / (first * second)
    zero = 0.0 * step[:1]
    if edge_order == 1:
        ends = (-1.0 / step[:1], 1.0 / step[:1], zero), (zero, -1.0 / step[-1:], 1.0 / step[-1:])
    else:
        d, e, u, v = step[:1], step[1:2], step[-2:-1], step[-1:]
        ends = ((-(2.0 * d + e) / (d * (d + e)), (d + e) / (d * e), -d / (e * (d + e))),
                (v / (u * (u + v)), -(u + v) / (u * v), (2.0 * v + u) / (v * (u + v))))
    return (np.concatenate([zero, before, ends[1][1]]), np.concatenate([ends[0][0], at, ends[1][2]]),
            np.concatenate([ends[0][1], behind, zero]), ends[0][2], ends[1][0])


def gradient_adjoint(y_bar: Any, shape: Any, spacing: Any, axis: Any, edge_order: int) -> Any:
    """The adjoint of an array of this shape in y = np.gradient(array, *spacing, axis=axis, ...)."""
    axes = tuple(range(len(shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    steps = tuple(spacing) * len(axes) if len(spacing) == 1 else tuple(spacing) or (1.0,) * len(axes)
    parts = []
    bars = y_bar if isinstance(y_bar, (list, tuple)) else [y_bar]
    for bar, along, step in zip(bars, axes, steps, strict=True):
        rows = np.moveaxis(bar, along, -1)
        length = np.shape(rows)[-1]
        between = np.diff(1.0 * np.asarray(step)) if np.ndim(step) == 1 else np.full(length - 1, step)
        before, at, behind, third, last = slope_weights(between.astype(rows.dtype), edge_order)
        none = np.zeros_like(rows[..., :1])
        found = at * rows + np.concatenate([(before * rows)[..., 1:], none], axis=-1)
        found = found + np.concatenate([none, (behind * rows)[..., :-1]], axis=-1)
        if edge_order == 2:
            places = np.arange(length)
            found = found + (places == 2) * (third * rows[..., :1])
            found = found + (places == length - 3) * (last * rows[..., -1:])
        parts.append(np.moveaxis(found, -1, along))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def polyval_adjoint(y_bar: Any, p: Any, x: Any) -> Any:
    """The adjoint of `x` in y = np.polyval(p, x)."""
    p = np.asarray(p, dtype=np.result_type(p, x, 1.0))
    return y_bar * np.polyval(p[:-1] * np.arange(np.size(p) - 1, 0, -1, dtype=p.dtype), x)


def coefficients_adjoint(y_bar: Any, count: int, x: Any) -> Any:
    """The adjoint of the coefficients in y = np.polyval(p, x), of which there are `count`."""
    x = np.asarray(x, dtype=np.result_type(y_bar, x, 1.0))
    return np.stack([np.sum(y_bar * x ** k) for k in reversed(range(count))])


def vander_adjoint(y_bar: Any, y: Any, increasing: Any) -> Any:
    """The adjoint of `x` in y = np.vander(x, n, increasing): k * x**(k - 1) of each power."""
    powers, bars = (y, y_bar) if increasing else (y[:, ::-1], y_bar[:, ::-1])
    exponents = np.arange(1, np.shape(bars[:, 1:])[1] + 1, dtype=y.dtype)
    return (bars[:, 1:] * powers[:, :-1]) @ exponents


def polyfit_adjoints(x: Any, y: Any, c: Any, c_bar: Any) -> Any:
    """The adjoints of `x` and of `y` in c = np.polyfit(x, y, degree).

    As np.polyfit does it: c = np.linalg.lstsq(V / scale, y) / scale, for V = np.vander(x, degree + 1) and the
    lengths of its columns.
    """
    powers = np.vander(1.0 * x, np.shape(c)[0]).astype(c.dtype)
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    columns = powers / scale
    lengths = np.reshape(scale, np.shape(scale) + (1,) * (np.ndim(c) - 1))
    s = np.linalg.svd(columns, compute_uv=False)
    rank = np.sum(s > np.shape(x)[0] * np.finfo(c.dtype).eps * np.max(s))
    none = np.zeros((0,) + np.shape(c)[1:], c.dtype)
    solution, solution_bar = (c * lengths, none, rank, s), (c_bar / lengths, none, 0, 0.0 * s)
    columns_bar, y_bar = lstsq_adjoints(columns, y, solution, solution_bar)
    rest_bar = np.sum(np.reshape(c_bar * c, (np.shape(c)[0], -1)), axis=1)
    rest_bar = rest_bar + np.sum(columns_bar * columns, axis=0)
    return vander_adjoint((columns_bar - columns * rest_bar) / scale, powers, False), y_bar
