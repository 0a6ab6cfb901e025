"""Derivatives of integrals, slopes and polynomials on a grid: np.trapezoid, np.gradient, np.vander, np.polyval,
np.polyfit.

All of them are linear in what they integrate. The spacing of np.gradient carries no derivative here.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Number, TupleKind, shape_of
from s2sgrad.rules.options import array_kind, as_array, length_of, strong
from s2sgrad.rules.reductions import reduced
from s2sgrad.rules.registry import adjoint
from s2sgrad.rules.shapes import axis_of, float_dtype, fresh_dim, make, promote, static
from s2sgrad.runtime.arrays import cast_back
from s2sgrad.runtime.calculus import (
    coefficients_adjoint,
    gradient_adjoint,
    polyfit_adjoints,
    polyval_adjoint,
    trapezoid_adjoint,
    trapezoid_nodes_adjoint,
    trapezoid_step_adjoint,
    vander_adjoint,
)


# ---------------------------------------------------------------- kinds
def _trapezoid_kind(y: Kind, x: Kind | None = None, dx: Kind | None = None, axis: Kind | None = None) -> Kind:
    """One axis less; a step that is a Python number is weak."""
    values = Array(*as_array(y))
    step = Array(*as_array(x)) if x is not None and static(x) is not None else dx
    whole = isinstance(step, Array) and shape_of(step) != () and not (
        isinstance(step.shape, tuple) and len(step.shape) == 1)
    dtype = promote(values, Number("float64", weak=True), *([] if step is None else [step]))
    found = Array(dtype, None if whole else values.shape)           # nodes with more axes may broadcast
    return reduced(dtype, found, Number("int", weak=True, value=-1) if axis is None else axis, None)


def _vander_kind(x: Kind, N: Kind | None = None, increasing: Kind | None = None) -> Kind:
    shape = as_array(x)[1]
    rows = shape[0] if isinstance(shape, tuple) and len(shape) == 1 else fresh_dim()
    columns = rows if static(N) is None else length_of(N)
    return array_kind(strong(x, Number("int64")), (rows, columns))


def _gradient_kind(f: Kind, *_: Kind, axis: Kind | None = None, edge_order: Kind | None = None) -> Kind:
    dtype, shape = as_array(f)
    where = axis_of(axis)
    if not isinstance(shape, tuple) or where is ...:
        return UNKNOWN
    slope = array_kind(float_dtype(dtype), shape)
    count = len(where) if isinstance(where, tuple) else len(shape)
    return slope if count == 1 and not isinstance(axis, TupleKind) else TupleKind((slope,) * count)


def _polyval_kind(p: Kind, x: Kind) -> Kind:
    return make(strong(p, x), as_array(x)[1])


def _polyfit_kind(x: Kind, y: Kind, deg: Kind) -> Kind:
    shape, degree = as_array(y)[1], static(deg)
    count = fresh_dim() if not isinstance(degree, int) else length_of(Number("int", weak=True, value=degree + 1))
    lengths = (count, *shape[1:]) if isinstance(shape, tuple) else None
    return array_kind(float_dtype(strong(x, y, Number("int64"))), lengths)


def _like(p: Kind, *_: Kind, **__: Kind) -> Kind:
    dtype, shape = as_array(p)
    return array_kind(float_dtype(dtype), shape)


@adjoint(*(getattr(np, name) for name in ("trapezoid", "trapz") if name in dir(np)), kind=_trapezoid_kind)
def trapezoid(z, y, x=None, dx=1.0, axis=-1, *, z_bar):
    y_bar = trapezoid_adjoint(z_bar, np.shape(y), x, dx, axis)
    x_bar = trapezoid_nodes_adjoint(z_bar, y, x, axis)
    dx_bar = trapezoid_step_adjoint(z_bar, y, x, dx, axis)
    return y_bar, x_bar, dx_bar


@adjoint(np.gradient, kind=_gradient_kind)
def gradient(y, f, *varargs, axis=None, edge_order=1, y_bar):
    f_bar = gradient_adjoint(y_bar, np.shape(f), varargs, axis, edge_order)
    return f_bar, None


@adjoint(np.polyval, kind=_polyval_kind)
def polyval(y, p, x, *, y_bar):
    p_bar = coefficients_adjoint(y_bar, len(p), x)
    x_bar = polyval_adjoint(y_bar, p, x)
    return p_bar, x_bar


@adjoint(np.polyfit, kind=_polyfit_kind)
def polyfit(c, x, y, deg, *, c_bar):
    bars = polyfit_adjoints(x, y, c, c_bar)
    x_bar = cast_back(bars[0], c.dtype, np.result_type(x))
    y_bar = cast_back(bars[1], c.dtype, np.result_type(y))
    return x_bar, y_bar


@adjoint(np.unwrap, kind=_like)
def unwrap(y, p, discont=None, axis=-1, *, y_bar):
    return y_bar


@adjoint(np.vander, kind=_vander_kind)
def vander(y, x, N=None, increasing=False, *, y_bar):
    x_bar = cast_back(vander_adjoint(y_bar, y, increasing), y.dtype, np.result_type(x))
    return x_bar
