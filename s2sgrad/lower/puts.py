"""`base.at[index].set(value)`: a write as the new array that it gives."""

from __future__ import annotations

import operator
from typing import Any

from s2sgrad.core.nodes import Call, Const, Expr, Method

AT: dict[Any, str] = {None: "set", operator.iadd: "add", operator.imul: "multiply", operator.itruediv: "divide",
                      operator.ipow: "power"}


def put(base: Expr, index: Expr, op: Any, value: Expr) -> Call:
    """What `base[index] op= value` makes of base.

    Raises KeyError for an operator that `.at[...]` does not have.
    """
    if op is operator.isub:
        op, value = operator.iadd, negated(value)
    place = Call(operator.getitem, (Call(getattr, (base, Const("at"))), index))
    return Call(Method(AT[op]), (place, value))


def negated(value: Expr) -> Expr:
    """`-value`."""
    if isinstance(value, Call) and value.function is operator.neg:
        return value.args[0]
    return Call(operator.neg, (value,))
