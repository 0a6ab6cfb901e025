"""Adjoints of order statistics, of reductions that skip nan, and of covariances.

In: arguments and adjoints of the results. Out: the adjoint of the argument, in its shape. Nothing that is passed in is
written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.reductions import expand_reduced, from_groups, to_groups


def places_between(length: int, q: Any, method: str) -> tuple[Any, Any, Any]:
    """Which two of `length` sorted entries a quantile lies between, and the part of the second in it."""
    place = np.asarray(q) * (length - 1)
    floor = np.clip(np.floor(place), 0, length - 1)
    low = floor.astype(int)
    high = np.clip(low + 1, 0, length - 1)
    part = place - floor
    if method == "lower":
        part = 0.0 * part
    elif method == "higher":
        part = np.sign(part)
    elif method == "midpoint":
        part = 0.5 * np.sign(part)
    elif method == "nearest":
        part = np.round(place) - floor
    elif method != "linear":
        raise ValueError(f"a quantile with method={method!r} is not differentiated; use method='linear'")
    return low, high, part


def quantile_adjoint(a: Any, q: Any, axis: Any, method: str, keepdims: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.quantile(a, q, axis, method=method, keepdims=keepdims).

    The entries between which a quantile lies share it; of equal ones the first in order counts.
    """
    rows = to_groups(a, axis)
    low, high, part = places_between(rows.shape[-1], q, method)
    bars = np.reshape(y_bar, (low.size, *rows.shape[:-1]))
    places = np.arange(rows.shape[-1])
    weights = (1.0 - part)[..., None] * (places == low[..., None])
    weights = weights + part[..., None] * (places == high[..., None])
    weights = np.reshape(weights, (low.size, rows.shape[-1])).astype(bars.dtype)
    sorted_bar = np.tensordot(bars, weights, axes=(0, 0))
    back = np.argsort(np.argsort(rows, axis=-1, kind="stable"), axis=-1)
    return from_groups(np.take_along_axis(sorted_bar, back, axis=-1), np.shape(a), axis)


def quantile_place_adjoint(a: Any, q: Any, axis: Any, method: str, y_bar: Any) -> Any:
    """The adjoint of `q` in y = np.quantile(a, q, axis, method=method): the slope between two entries."""
    if method != "linear":
        return np.zeros(np.shape(q))
    rows = np.sort(to_groups(a, axis), axis=-1)
    low, high, _ = places_between(rows.shape[-1], q, method)
    slope = (np.take(rows, high, axis=-1) - np.take(rows, low, axis=-1)) * (rows.shape[-1] - 1)
    front = np.moveaxis(slope, range(np.ndim(slope) - low.ndim, np.ndim(slope)), range(low.ndim))
    products = np.reshape(front * np.reshape(y_bar, np.shape(front)), (*low.shape, -1))
    return np.sum(products, axis=-1)


def nan_mean_adjoint(a: Any, axis: Any, keepdims: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.nanmean(a, axis, keepdims=keepdims)."""
    counted = ~np.isnan(a)
    number = np.sum(counted, axis=axis, keepdims=True, dtype=np.asarray(a).dtype)
    return np.where(counted, expand_reduced(y_bar, axis, keepdims) / number, 0.0)


def nan_var_adjoint(a: Any, axis: Any, ddof: Any, keepdims: Any, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.nanvar(a, axis, ddof=ddof, keepdims=keepdims)."""
    counted = ~np.isnan(a)
    number = np.sum(counted, axis=axis, keepdims=True, dtype=np.asarray(a).dtype)
    centred = a - np.nanmean(a, axis=axis, keepdims=True)
    return np.where(counted, 2.0 * expand_reduced(y_bar, axis, keepdims) / (number - ddof) * centred, 0.0)


def observations(m: Any, y: Any, rowvar: Any) -> Any:
    """The variables of np.cov(m, y, rowvar) as the rows of a matrix."""
    rows = [np.atleast_2d(v) if rowvar or np.ndim(v) < 2 else np.swapaxes(v, 0, 1) for v in (m, y)
            if v is not None]
    return np.concatenate(rows, axis=0)


def covariance_adjoints(m: Any, y: Any, rowvar: Any, bias: Any, ddof: Any, c_bar: Any) -> Any:
    """The adjoints of `m` and of `y` in c = np.cov(m, y, rowvar, bias, ddof); the second may be None."""
    rows = observations(m, y, rowvar)
    number = rows.shape[1] - ((0 if bias else 1) if ddof is None else ddof)
    centred = rows - np.mean(rows, axis=1, keepdims=True)
    bar = np.reshape(c_bar, (rows.shape[0], rows.shape[0])).astype(centred.dtype)
    return split_observations((bar + np.swapaxes(bar, 0, 1)) @ centred / number, m, y, rowvar)


def split_observations(rows_bar: Any, m: Any, y: Any, rowvar: Any) -> Any:
    """The adjoints of `m` and of `y` in observations(m, y, rowvar)."""
    count = 1 if np.ndim(m) < 2 else np.shape(m)[0 if rowvar else 1]
    bars = [bar if rowvar or np.ndim(v) < 2 else np.swapaxes(bar, 0, 1)
            for bar, v in ((rows_bar[:count], m), (rows_bar[count:], y))]
    return np.reshape(bars[0], np.shape(m)), None if y is None else np.reshape(bars[1], np.shape(y))


def correlation_adjoints(x: Any, y: Any, rowvar: Any, r: Any, r_bar: Any) -> Any:
    """The adjoints of `x` and of `y` in r = np.corrcoef(x, y, rowvar); the second may be None."""
    rows = observations(x, y, rowvar)
    centred = rows - np.mean(rows, axis=1, keepdims=True)
    length = np.sqrt(np.sum(centred * centred, axis=1, keepdims=True))
    bar = np.reshape(r_bar, (rows.shape[0], rows.shape[0])).astype(centred.dtype)
    both, unit = bar + np.swapaxes(bar, 0, 1), centred / length
    along = both @ unit
    rows_bar = (along - np.sum(along * unit, axis=1, keepdims=True) * unit) / length
    return split_observations(rows_bar, x, y, rowvar)
