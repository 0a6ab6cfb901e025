"""The logistic function as the user wrote it: an operator of its own only as long as derivatives are looked for.

    y = logistic(x, 1.0, 1.0)        ->        y = 1.0 / (1.0 + np.exp(-x))
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from s2sgrad.core.nodes import Block, Call, Expr, Function
from s2sgrad.core.primitives import falling_logistic, logistic
from s2sgrad.core.rewrite import bottom_up, map_blocks, map_exprs


def written_out(function: Function) -> Function:
    """The function without this operator."""
    return replace(function, body=_block(function.body))


def _block(block: Block) -> Block:
    return tuple(map_exprs(map_blocks(s, _block), lambda e: bottom_up(e, _quotient)) for s in block)


def _quotient(expr: Expr) -> Expr:
    match expr:
        case Call(function, (x, one, more)) if function is logistic or function is falling_logistic:
            power = Call(operator.neg, (x,)) if function is logistic else x
            return Call(operator.truediv, (one, Call(operator.add, (more, Call(np.exp, (power,))))))
    return expr
