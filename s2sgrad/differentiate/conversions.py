"""What a rule takes as a float, whatever the user's constants are: `1.0 * x` in its body.

    rise = 1.0 * x1          ->       rise = x1                     differentiated, or a number of Python
                                      rise = 1.0 * x1               an integer, or nothing is known of it
                                      rise = np.float64(x1)         a float that is narrower than the result

An integer of NumPy wraps around, and a narrow float overflows, where the function itself computes in the dtype of its
result.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

import numpy as np

from s2sgrad.core.kinds import Array, Kind, Number
from s2sgrad.core.nodes import Block, Call, Const, Expr, Var
from s2sgrad.core.rewrite import bottom_up, map_blocks, map_exprs
from s2sgrad.rules.shapes import dtype_of

NARROWER = {"float64": ("float16", "float32"), "float32": ("float16",)}        # by the dtype that is wanted


def converted(body: Block, kinds: Mapping[str, Kind], result: Kind, active: Callable[[str], bool]) -> Block:
    """The body of a rule. kinds: those of its parameters; active: is a parameter differentiated?"""
    def plain(expr: Expr) -> Expr:
        match expr:
            case Call(operator.mul, (Const(float() as one), Var(name) as value)) if one == 1.0 and name in kinds:
                return _as_float(value, expr, kinds[name], dtype_of(result), active(name))
        return expr

    return tuple(map_exprs(map_blocks(s, lambda b: converted(b, kinds, result, active)), lambda e: bottom_up(e, plain))
                 for s in body)


def _as_float(value: Var, product: Expr, kind: Kind, wanted: str | None, is_active: bool) -> Expr:
    if wanted is not None and dtype_of(kind) in NARROWER.get(wanted, ()):
        wide = np.dtype(wanted).type
        if isinstance(kind, Number) and not kind.weak:
            return Call(wide, (value,))
        if isinstance(kind, Array):
            return Call(np.asarray, (value,), (("dtype", Const(wide)),))
    weak = isinstance(kind, Number) and kind.weak and kind.dtype in ("int", "float64")
    return value if is_active or weak else product
