"""`and` and `or` that were taken apart, because an operand needed statements of its own, and no longer does.

    $1 = a < b
    if $1:                  ->      $1 = a < b and f(c)
        $1 = f(c)

In: a function. Out: the same function, its tests as the user wrote them. Guaranteed: the same is evaluated, in the same
order and under the same conditions.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace
from typing import Any

from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import Assign, Block, Call, Expr, Function, If, Statement, Var
from s2sgrad.core.primitives import and_, or_
from s2sgrad.core.rewrite import free_names, map_blocks
from s2sgrad.simplify.copies import count_uses
from s2sgrad.simplify.facts import Facts


def run(function: Function, facts: Facts) -> Function:
    """The function with such operands put together."""
    return replace(function, body=_block(function.body, count_uses(function.body, facts)))


def _block(block: Block, used: Counter[str]) -> Block:
    out: list[Statement] = []
    for stmt in block:
        stmt = map_blocks(stmt, lambda b: _block(b, used))
        if not _is_put(stmt, out, used):
            out.append(stmt)
    return tuple(out)


def _is_put(stmt: Statement, out: list[Statement], used: Counter[str]) -> bool:
    """Put the second operand, if the statement is one, into the statement before it."""
    match stmt:
        case If(test, (Assign((name,), second),), ()) if is_temporary(name) and name not in free_names(second):
            at, asked = len(out) - 1, name
        case _:
            return False
    match out[-1:]:
        case [Assign((flag,), Var(taken))] if taken == name and used[flag] == 1:    # which way it went: only here
            at, asked = at - 1, flag
    match out[max(at, 0):]:
        case [Assign((first,), value) as before, *_] if first == name:
            if test == Var(asked):
                out[at:] = [replace(before, value=_joined(and_, value, second))]
                return True
            if test == Call(operator.not_, (Var(asked),)):
                out[at:] = [replace(before, value=_joined(or_, value, second))]
                return True
    return False


def _joined(function: Any, first: Expr, second: Expr) -> Call:
    """`a and b and c` is one call."""
    parts = (e.args if isinstance(e, Call) and e.function is function else (e,) for e in (first, second))
    return Call(function, tuple(a for part in parts for a in part))
