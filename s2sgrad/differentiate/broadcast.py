"""Undoing broadcasting, in one place: a contribution of the result's shape is summed back to its argument's shape.

What the kinds prove needs no code; what they leave open is left to `runtime.unbroadcast`.
"""

from __future__ import annotations

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Number, Numeric, Shape, shape_of
from s2sgrad.core.nodes import Build, Call, Const, Expr
from s2sgrad.rules.shapes import dtype_of, fresh_shape
from s2sgrad.runtime import unbroadcast as unbroadcast_helper


def unbroadcast(value: Expr, result: Kind, argument: Expr, kinds: Kinds) -> Expr:
    """`value`, of the shape of result, summed back to the shape of the argument."""
    kind = kinds.of(argument)
    return sum_back(value, shape_of(result), shape_of(kind), argument, isinstance(kind, Array))


def sum_back(value: Expr, full: Shape, shape: Shape, argument: Expr, array: bool) -> Expr:
    """The same from shapes."""
    if full is not None and full == shape:
        return value
    if shape == ():
        return Call(np.sum, (value,))
    if not isinstance(full, tuple) or not isinstance(shape, tuple) or len(full) < len(shape):
        return Call(unbroadcast_helper, (value, argument))
    leading = len(full) - len(shape)
    kept: list[int] = []
    for k, dim in enumerate(shape):
        other = full[leading + k]
        if dim == other or dim.not_one:
            continue
        if not dim.is_one:
            return Call(unbroadcast_helper, (value, argument))
        kept.append(k)
    if leading:
        value = Call(np.sum, (value,), (("axis", _axes(list(range(leading)))),))
    if kept:
        value = Call(np.sum, (value,), (("axis", _axes(kept)), ("keepdims", Const(True))))
    return value


def contribution_kind(value: Expr, kinds: Kinds) -> Kind:
    """The kind of a contribution; undoing a broadcast changes its shape only."""
    match value:
        case Call(function, (inner, _)) if function is unbroadcast_helper:
            kind = kinds.of(inner)
            return Numeric(dtype_of(kind), fresh_shape()) if isinstance(kind, (Number, Array, Numeric)) else UNKNOWN
    return kinds.of(value)


def _axes(axes: list[int]) -> Expr:
    return Const(axes[0]) if len(axes) == 1 else Build("tuple", tuple(Const(a) for a in axes))
