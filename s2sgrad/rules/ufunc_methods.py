"""Derivatives of methods of ufuncs: np.add.reduce, np.multiply.accumulate, np.maximum.reduce, np.multiply.outer, ...

Each is like the function of its own name (np.sum, np.cumprod, np.max, np.outer), but for the axis, which is 0.
"""
# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from s2sgrad.core.kinds import Kind, Number
from s2sgrad.rules.options import as_array
from s2sgrad.rules.products import joint_dtype
from s2sgrad.rules.reductions import cumulative_kind, max_kind, mean_kind, sum_kind
from s2sgrad.rules.registry import KindRule, adjoint
from s2sgrad.rules.shapes import make
from s2sgrad.runtime.reductions import cumprod_adjoint, expand_reduced, product_of_others, tie_share
from s2sgrad.runtime.running import running_extreme_adjoint

FIRST = Number("int", weak=True, value=0)


# ---------------------------------------------------------------- kinds
def _first_axis(kind: KindRule) -> KindRule:
    def of_array(array: Kind, axis: Kind | None = None, **options: Kind) -> Kind:
        return kind(array, FIRST if axis is None else axis, **options)
    return of_array


def _running(array: Kind, axis: Kind | None = None, **_: Kind) -> Kind:
    return cumulative_kind(array, FIRST if axis is None else axis)


def _outer(A: Kind, B: Kind, **_: Kind) -> Kind:
    shapes = as_array(A)[1], as_array(B)[1]
    known = all(isinstance(s, tuple) for s in shapes)
    return make(joint_dtype(A, B), (*shapes[0], *shapes[1]) if known else None)      # type: ignore[misc]


# ---------------------------------------------------------------- reductions
@adjoint(np.add.reduce, kind=_first_axis(sum_kind))
def add_reduce(y, array, axis=0, *, keepdims=False, y_bar):
    array_bar = np.broadcast_to(expand_reduced(y_bar, axis, keepdims), np.shape(array))
    return array_bar


@adjoint(np.multiply.reduce, kind=_first_axis(sum_kind))
def multiply_reduce(y, array, axis=0, *, keepdims=False, y_bar):
    array_bar = expand_reduced(y_bar, axis, keepdims) * product_of_others(array, axis)
    return array_bar


@adjoint(np.maximum.reduce, np.minimum.reduce, kind=_first_axis(max_kind))
def maximum_reduce(y, array, axis=0, *, keepdims=False, y_bar):
    share = tie_share(array, expand_reduced(y, axis, keepdims), axis)
    array_bar = expand_reduced(y_bar, axis, keepdims) * share
    return array_bar


@adjoint(np.logaddexp.reduce, kind=_first_axis(mean_kind))
def logaddexp_reduce(y, array, axis=0, *, keepdims=False, y_bar):
    array_bar = expand_reduced(y_bar, axis, keepdims) * np.exp(array - expand_reduced(y, axis, keepdims))
    return array_bar


@adjoint(np.logaddexp2.reduce, kind=_first_axis(mean_kind))
def logaddexp2_reduce(y, array, axis=0, *, keepdims=False, y_bar):
    array_bar = expand_reduced(y_bar, axis, keepdims) * np.exp2(array - expand_reduced(y, axis, keepdims))
    return array_bar


# ---------------------------------------------------------------- running
@adjoint(np.add.accumulate, kind=_running)
def add_accumulate(y, array, axis=0, *, y_bar):
    array_bar = np.flip(np.cumsum(np.flip(y_bar, axis), axis), axis)
    return array_bar


@adjoint(np.multiply.accumulate, kind=_running)
def multiply_accumulate(y, array, axis=0, *, y_bar):
    array_bar = cumprod_adjoint(array, axis, y_bar)
    return array_bar


@adjoint(np.maximum.accumulate, np.minimum.accumulate, kind=_running)
def maximum_accumulate(y, array, axis=0, *, y_bar):
    array_bar = running_extreme_adjoint(array, y, axis, y_bar)
    return array_bar


# ---------------------------------------------------------------- all pairs
@adjoint(np.add.outer, kind=_outer)
def add_outer(y, A, B, *, y_bar):
    A_bar = np.sum(y_bar, axis=tuple(range(np.ndim(A), np.ndim(A) + np.ndim(B))))
    B_bar = np.sum(y_bar, axis=tuple(range(np.ndim(A))))
    return A_bar, B_bar


@adjoint(np.subtract.outer, kind=_outer)
def subtract_outer(y, A, B, *, y_bar):
    A_bar = np.sum(y_bar, axis=tuple(range(np.ndim(A), np.ndim(A) + np.ndim(B))))
    B_bar = -np.sum(y_bar, axis=tuple(range(np.ndim(A))))
    return A_bar, B_bar


@adjoint(np.multiply.outer, kind=_outer)
def multiply_outer(y, A, B, *, y_bar):
    A_bar = np.tensordot(y_bar, B, axes=np.ndim(B))
    B_bar = np.tensordot(A, y_bar, axes=np.ndim(A))
    return A_bar, B_bar
