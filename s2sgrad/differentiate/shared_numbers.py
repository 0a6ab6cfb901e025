"""Numbers in containers of references: their adjoints are entries of the shadow of the container.

    e = d.copy()               e@ = d@.copy()            e@ holds the shadows that d@ holds, and zeros for numbers
                               ...
                               add_numbers(d@, e@)       what the numbers in e received goes to those in d

Comes in: `name = value`, where the value is a new container of what is held elsewhere. Goes out: the contributions to
the numbers in it; those to the arrays are in their shadows already.
"""

from __future__ import annotations

import operator

from s2sgrad.core.kinds import Number
from s2sgrad.core.names import shadow
from s2sgrad.core.nodes import Build, Call, Effect, Expr, Statement, Var
from s2sgrad.differentiate.contribute import accumulate, entries_of_display
from s2sgrad.differentiate.joined import contributions
from s2sgrad.differentiate.reversal import Reversal
from s2sgrad.differentiate.shadowing import DEEP, holds_numbers
from s2sgrad.errors import AliasError
from s2sgrad.runtime import add_numbers


def numbers_in(reversal: Reversal, statement: Statement, name: str, value: Expr, back: list[Statement]) -> None:
    """The contributions of the numbers in a new container to what they are copies of."""
    adjoint = Var(shadow(name))
    match value:
        case Build():
            _numbers_shown(reversal, statement, value, adjoint, back)
            return
        case Call(function) if function in DEEP:
            return                                # all of it is new
    if not holds_numbers(reversal.kinds.of(value)):
        return
    match value:
        case Call(function, (Var(base), Build("slice", items))) if function is operator.getitem:
            _numbers_held(reversal, statement, Var(base), adjoint, back, Call(slice, items))
            return
        case Call() if (parts := contributions(value, adjoint, reversal.kinds)) is not None:
            for operand, part in parts:
                if isinstance(operand, Build):
                    _numbers_shown(reversal, statement, operand, part, back)
                else:
                    _numbers_held(reversal, statement, operand, part, back)
            return
    raise AliasError("A copy of a list or dict that holds numbers beside arrays, which are written, is not supported.",
                     "Keep the numbers in a list or dict of their own.", statement.origin)


def _numbers_shown(reversal: Reversal, statement: Statement, display: Build, adjoint: Expr,
                   back: list[Statement]) -> None:
    for key, item in entries_of_display(display):
        if isinstance(reversal.kinds.of(item), Number) and reversal.active(item):
            accumulate(reversal, item, Call(operator.getitem, (adjoint, key)), back, statement)


def _numbers_held(reversal: Reversal, statement: Statement, holder: Expr, part: Expr, back: list[Statement],
                  *index: Expr) -> None:
    if not isinstance(holder, Var) or not reversal.active(holder):
        return
    if holder.name not in reversal.shadows.shadowed:
        raise AliasError("A copy of a list or dict that holds numbers beside arrays, which are written, is not "
                         "supported.", "Keep the numbers in a list or dict of their own.", statement.origin)
    back.append(Effect(Call(add_numbers, (Var(shadow(holder.name)), part, *index)), origin=statement.origin,
                       reverses=statement.label))
