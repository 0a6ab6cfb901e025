"""Derivatives of interpolation, convolution and counting: np.interp, np.convolve, np.correlate, np.bincount.

np.interp has at an inner node the derivative of the piece to the right (as JAX). Outside of the nodes the value is
constant in x and moves with the end value. Contributions come back in the dtype of their argument, since np.interp
and np.bincount compute in float64.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import Array, Kind
from s2sgrad.rules.options import as_array, constant, plus, strong
from s2sgrad.rules.registry import adjoint
from s2sgrad.rules.shapes import fresh_dim, make, static
from s2sgrad.runtime.arrays import cast_back
from s2sgrad.runtime.sampling import in_full_convolution, interp_adjoint, interp_slope, scatter_to_nodes, without_ends


# ---------------------------------------------------------------- kinds
def _interp_kind(x: Kind, xp: Kind, fp: Kind, *_: Kind, **__: Kind) -> Kind:
    values = as_array(fp)[0]
    dtype = None if values is None else "complex128" if values.startswith("complex") else "float64"
    return make(dtype, as_array(x)[1])


def _vector_dtype(a: Kind, v: Kind) -> str | None:
    return strong(a, v)


def _convolve_kind(a: Kind, v: Kind, mode: Kind | None = None) -> Kind:
    length = fresh_dim()
    if static(mode, "full") == "full":
        dims = [shape[0] if shape else constant(1) for shape in (as_array(a)[1], as_array(v)[1])
                if isinstance(shape, tuple)]
        numbers = [d.offset for d in dims if not d.symbol]
        if len(dims) == 2 and numbers:
            other = dims[0] if dims[0].symbol else dims[1]
            length = plus(other, numbers[0] - 1)
    return Array(_vector_dtype(a, v), (length,))


def _correlate_kind(a: Kind, v: Kind, mode: Kind | None = None) -> Kind:
    return Array(_vector_dtype(a, v), (fresh_dim(),))


def _bincount_kind(x: Kind, weights: Kind | None = None, minlength: Kind | None = None) -> Kind:
    if static(weights) is None:
        return Array("int64", (fresh_dim(),))
    return Array(None if as_array(weights)[0] is None else "float64", (fresh_dim(),))


@adjoint(np.interp, kind=_interp_kind, complex_too=True)
def interp(y, x, xp, fp, left=None, right=None, *, y_bar):
    x_bar = interp_adjoint(y_bar, x, xp, fp)
    xp_bar = -scatter_to_nodes(y_bar * interp_slope(x, xp, fp), x, xp, np.result_type(xp))
    if left is None and right is None:
        fp_bar = scatter_to_nodes(y_bar, x, xp, np.result_type(fp))
        left_bar = None
        right_bar = None
    else:
        fp_bar = scatter_to_nodes(without_ends(y_bar, x, xp, left, right), x, xp, np.result_type(fp))
        left_bar = np.sum(np.where(np.less(x, xp[0]), y_bar, 0.0))
        right_bar = np.sum(np.where(np.greater(x, xp[-1]), y_bar, 0.0))
    return x_bar, xp_bar, fp_bar, left_bar, right_bar


@adjoint(np.convolve, kind=_convolve_kind, complex_too=True)
def convolve(y, a, v, mode="full", *, y_bar):
    if mode == "full":
        full_bar = y_bar
    else:
        full_bar = in_full_convolution(y_bar, np.size(a) + np.size(v) - 1)
    if np.ndim(a) == 1:
        a_bar = np.convolve(full_bar, np.flip(v), "valid")
    else:
        a_bar = np.reshape(np.convolve(full_bar, np.flip(v), "valid"), np.shape(a))
    if np.ndim(v) == 1:
        v_bar = np.convolve(full_bar, np.flip(a), "valid")
    else:
        v_bar = np.reshape(np.convolve(full_bar, np.flip(a), "valid"), np.shape(v))
    return a_bar, v_bar


# np.correlate(a, v) is np.convolve(a, np.conj(np.flip(v))), but its middle part lies one later where a is the shorter
@adjoint(np.correlate, kind=_correlate_kind, complex_too=True)
def correlate(y, a, v, mode="valid", *, y_bar):
    if mode == "full":
        full_bar = y_bar
    else:
        full_bar = in_full_convolution(y_bar, np.size(a) + np.size(v) - 1, np.size(a) < np.size(v))
    a_bar = np.reshape(np.convolve(full_bar, np.conj(v), "valid"), np.shape(a))
    v_bar = np.reshape(np.conj(np.flip(np.convolve(full_bar, np.flip(a), "valid"))), np.shape(v))
    return a_bar, v_bar


@adjoint(np.bincount, kind=_bincount_kind)
def bincount(y, x, weights=None, minlength=0, *, y_bar):
    if weights is None:
        weights_bar = None
    else:
        weights_bar = cast_back(np.take(y_bar, x), y.dtype, np.result_type(weights))
    return None, weights_bar
