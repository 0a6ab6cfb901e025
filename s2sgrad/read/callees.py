"""What is called is evaluated before the arguments: it is read first where one of them runs code that may bind it anew.

    o.h(step(o, x))              $1 = o.h
                           ->    $2 = step(o, x)
                                 $1($2)
"""

from __future__ import annotations

import dis
import functools
import types
from collections import deque
from collections.abc import Sequence

import numpy as np

from s2sgrad.core.classes import is_user_class
from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import Assign, Call, For, If, Method, Region, Statement, Var, While
from s2sgrad.core.rewrite import blocks, bound_in
from s2sgrad.read.bytecode import nested

WITHOUT_FIELDS = (np.ndarray, list, tuple, dict, set, deque, str, complex, np.random.Generator)


def is_read_before(callee: Var | Method, arguments: Sequence[Statement], code: types.CodeType) -> bool:
    """May these statements, made for the arguments of a call, bind anew what is called? code: that of the function."""
    if isinstance(callee, Method):
        return not is_builtin_method(callee.name) and any(map(_runs_code, arguments))
    if callee.name in bound_in(tuple(arguments)):
        return True
    return rebound_by(arguments) is None and callee.name in _bound_by_nested(code)


def is_builtin_method(name: str) -> bool:
    """Is it, by its name, a method of what has no fields that a program binds?"""
    return any(hasattr(cls, name) for cls in WITHOUT_FIELDS)


def rebound_by(statements: Sequence[Statement]) -> set[str] | None:
    """The names that the statements bind; None where a nested function is called that may bind any (nonlocal)."""
    bound: set[str] = set()
    for statement in statements:
        match statement:
            case Assign(targets, value):
                bound.update(targets)
                if isinstance(value, Call) and isinstance(value.function, (Var, Closure)):
                    return None
            case If() | For() | While() | Region():
                inner = rebound_by([s for block in blocks(statement) for s in block])
                if inner is None:
                    return None
                bound |= inner
    return bound


def _runs_code(statement: Statement) -> bool:
    match statement:
        case Assign(value=Call(function)):
            return isinstance(function, (Var, Method, Closure, types.FunctionType)) or is_user_class(function)
        case If() | For() | While() | Region():
            return any(_runs_code(s) for block in blocks(statement) for s in block)
    return False


@functools.lru_cache(maxsize=256)
def _bound_by_nested(code: types.CodeType) -> frozenset[str]:
    """The variables that functions inside of a function bind (`nonlocal`)."""
    return frozenset(step.argval for inner in nested(code) for step in dis.get_instructions(inner)
                     if step.opname in ("STORE_DEREF", "DELETE_DEREF") and step.argval in inner.co_freevars)
