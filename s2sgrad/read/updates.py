"""What `target op= value` reads first: Python reads the target, then computes the value, then writes.

    xs[i] += f(xs)             $1 = xs[i]
                         ->    $2 = f(xs)                 (which may bind xs[i] anew)
                               $1 += $2
                               xs[i] = $1

Comes in: the value as it was read. Goes out: whether computing it may change what the target holds. Most values cannot,
and the update stays as it stands.
"""

from __future__ import annotations

from s2sgrad.core.classes import is_user_class
from s2sgrad.core.nodes import Block, Call, Expr, Method, Var, walk
from s2sgrad.core.rewrite import exprs, free_names, walk_statements
from s2sgrad.read.expressions import is_user_function
from s2sgrad.rules.methods import DICT_METHODS, METHODS

# methods that change nothing, unless a class of the user's has one of this name
PURE = {*METHODS, *DICT_METHODS, "get", "copy", "count", "index", "keys", "values", "items"}


def may_change(base: str, value: Expr, before: Block) -> bool:
    """May the value, or the statements before that compute it, bind an entry or a field of the base anew?"""
    parts = [value, *(expr for statement in walk_statements(before) for expr in exprs(statement))]
    return any(_may_write(e, base) for part in parts for e in walk(part) if isinstance(e, Call))


def _may_write(call: Call, base: str) -> bool:
    """Does the call run code of the user's that may write the base?"""
    match call.function:
        case Method(name):
            return name not in PURE or base in free_names(call.args[0])
        case Var():
            return True
    return is_user_function(call.function) or is_user_class(call.function)
