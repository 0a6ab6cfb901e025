"""Derivatives of order statistics, of reductions that skip nan, and of covariances.

A quantile between two entries is shared by them (as JAX); of equal entries the first in order counts. What is nan has
derivative zero in functions that skip it. np.corrcoef of a constant row has no derivative (nan).
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import Kind, Numeric, shape_of
from s2sgrad.rules import shapes
from s2sgrad.rules.reductions import array_dtype, cumulative_kind, max_kind, mean_kind, sum_kind, var_kind
from s2sgrad.rules.registry import adjoint
from s2sgrad.runtime.reductions import expand_reduced, product_of_others, tie_share
from s2sgrad.runtime.statistics import (
    correlation_adjoints,
    covariance_adjoints,
    nan_mean_adjoint,
    nan_var_adjoint,
    quantile_adjoint,
    quantile_place_adjoint,
)

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")        # of quantiles: `places_between` knows these

# ---------------------------------------------------------------- kinds
def _median_kind(a: Kind, axis: Kind | None = None, out: Kind | None = None, overwrite_input: Kind | None = None,
                 keepdims: Kind | None = None) -> Kind:
    return mean_kind(a, axis, None, out, keepdims)


def _quantile_kind(a: Kind, q: Kind, axis: Kind | None = None, out: Kind | None = None, *_: Kind,
                   keepdims: Kind | None = None, method: Kind | None = None, **__: Kind) -> Kind:
    found = mean_kind(a, axis, None, out, keepdims)
    if shape_of(q) == () and array_dtype(a) == "float64":
        return found
    return Numeric(None, shapes.fresh_shape())


def _covariance_kind(*_: Kind, **__: Kind) -> Kind:
    return Numeric(None, shapes.fresh_shape())


# ---------------------------------------------------------------- order statistics
@adjoint(np.median, kind=_median_kind)
def median(y, a, axis=None, keepdims=False, *, y_bar):
    a_bar = quantile_adjoint(a, 0.5, axis, "linear", keepdims, y_bar)
    return a_bar


@adjoint(np.quantile, kind=_quantile_kind, choices={"method": METHODS})
def quantile(y, a, q, axis=None, method="linear", keepdims=False, *, y_bar):
    a_bar = quantile_adjoint(a, q, axis, method, keepdims, y_bar)
    q_bar = quantile_place_adjoint(a, q, axis, method, y_bar)
    return a_bar, q_bar


@adjoint(np.percentile, kind=_quantile_kind, choices={"method": METHODS})
def percentile(y, a, q, axis=None, method="linear", keepdims=False, *, y_bar):
    a_bar = quantile_adjoint(a, np.divide(q, 100.0), axis, method, keepdims, y_bar)
    q_bar = quantile_place_adjoint(a, np.divide(q, 100.0), axis, method, y_bar) / 100.0
    return a_bar, q_bar


# ---------------------------------------------------------------- reductions that skip nan
@adjoint(np.nanmean, kind=mean_kind)
def nanmean(y, a, axis=None, keepdims=False, *, y_bar):
    a_bar = nan_mean_adjoint(a, axis, keepdims, y_bar)
    return a_bar


@adjoint(np.nanvar, kind=var_kind)
def nanvar(y, a, axis=None, ddof=0, keepdims=False, *, y_bar):
    a_bar = nan_var_adjoint(a, axis, ddof, keepdims, y_bar)
    return a_bar


@adjoint(np.nanstd, kind=var_kind)
def nanstd(y, a, axis=None, ddof=0, keepdims=False, *, y_bar):
    a_bar = nan_var_adjoint(a, axis, ddof, keepdims, 0.5 * y_bar / y)
    return a_bar


@adjoint(np.nanmax, np.nanmin, kind=max_kind)
def nanmax(y, a, axis=None, keepdims=False, *, y_bar):
    a_bar = expand_reduced(y_bar, axis, keepdims) * tie_share(a, expand_reduced(y, axis, keepdims), axis)
    return a_bar


@adjoint(np.nanprod, kind=sum_kind)
def nanprod(y, a, axis=None, keepdims=False, *, y_bar):
    others = product_of_others(np.where(np.isnan(a), 1.0, a), axis)
    a_bar = np.where(np.isnan(a), 0.0, expand_reduced(y_bar, axis, keepdims) * others)
    return a_bar


@adjoint(np.nancumsum, kind=cumulative_kind)
def nancumsum(y, a, axis=None, *, y_bar):
    if axis is None:
        sums = np.reshape(np.cumsum(y_bar[::-1])[::-1], np.shape(a))
    else:
        sums = np.flip(np.cumsum(np.flip(y_bar, axis), axis), axis)
    a_bar = np.where(np.isnan(a), 0.0, sums)
    return a_bar


# ---------------------------------------------------------------- covariances
@adjoint(np.cov, kind=_covariance_kind)
def cov(c, m, y=None, rowvar=True, bias=False, ddof=None, *, c_bar):
    bars = covariance_adjoints(m, y, rowvar, bias, ddof, c_bar)
    m_bar = bars[0]
    y_bar = bars[1]
    return m_bar, y_bar


@adjoint(np.corrcoef, kind=_covariance_kind)
def corrcoef(r, x, y=None, rowvar=True, *, r_bar):
    bars = correlation_adjoints(x, y, rowvar, r, r_bar)
    x_bar = bars[0]
    y_bar = bars[1]
    return x_bar, y_bar
