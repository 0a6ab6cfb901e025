"""What a rule converts to a float in case that it is an integer stays as it is where it is differentiated: a float.

    rise = 1.0 * x1          ->       rise = x1             in the rule of np.arctan2, for a differentiated x1
"""

from __future__ import annotations

import operator
from collections.abc import Set

from s2sgrad.core.nodes import Block, Call, Const, Expr, Var
from s2sgrad.core.rewrite import bottom_up, map_blocks, map_exprs


def without_conversions(body: Block, floats: Set[str]) -> Block:
    """The body of a rule of which these parameters are differentiated."""
    def plain(expr: Expr) -> Expr:
        match expr:
            case Call(operator.mul, (Const(float() as one), Var(name) as value)) if one == 1.0 and name in floats:
                return value
        return expr

    return tuple(map_exprs(map_blocks(s, lambda b: without_conversions(b, floats)), lambda e: bottom_up(e, plain))
                 for s in body)
