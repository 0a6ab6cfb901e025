"""Calls for their effect of what nothing is known of: they may write the arrays that they are given.

    rng.shuffle(order)      np.random.shuffle(order)      fill_with_noise(buffer)

Comes in: a call that stands as a statement. Goes out: the names of the arrays that it may write.
"""

from __future__ import annotations

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, DictKind, ListKind, Numeric
from s2sgrad.core.nodes import Call, Expr, Method, Var
from s2sgrad.read.expressions import is_user_function
from s2sgrad.rules.registry import rule_of

KEEP = ("append", "add", "extend", "insert", "update", "setdefault", "write", "debug", "info", "warning", "error",
        "log")         # methods that keep or show what they are given


def is_opaque(call: Expr, kinds: Kinds) -> bool:
    """Is nothing known of what the call does?"""
    if not isinstance(call, Call):
        return False
    match call.function:
        case Method(name):              # a method of the array or the list itself is known, or refused
            return name not in KEEP and not isinstance(kinds.of(call.args[0]), (Array, Numeric, ListKind, DictKind))
        case Var():
            return True
        case function:
            return function is not print and rule_of(function) is None and not is_user_function(function)


def may_be_written(call: Expr, kinds: Kinds) -> tuple[str, ...]:
    """The names of arrays that the call may write, though nothing says so."""
    if not is_opaque(call, kinds):
        return ()
    assert isinstance(call, Call)
    given = call.args[1:] if isinstance(call.function, Method) else call.args
    return tuple(a.name for a in (*given, *(v for _, v in call.kwargs))
                 if isinstance(a, Var) and isinstance(kinds.of(a), (Array, Numeric)))
