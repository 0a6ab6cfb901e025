"""Whose object a value is: a new one, one that a name holds, or a view that cannot be written.

Comes in: an expression. Goes out: the names whose object it may be. Guaranteed to be on the safe side: a helper of ours
gives what it is given, but for those that are known to make something new.
"""

from __future__ import annotations

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.shadows import READ_ONLY
from s2sgrad.core.kinds import Array
from s2sgrad.core.nodes import Build, Call, Const, Expr, Var
from s2sgrad.runtime import (
    add_adjoints,
    cast_back,
    cast_like,
    cholesky_adjoint,
    diff_adjoint,
    from_diagonal,
    own,
    scatter_to_nodes,
    shadow_like,
    triangular_adjoint,
    vander_adjoint,
    zeros_like,
)
from s2sgrad.simplify.effects import is_fresh, is_known

MAKERS = (add_adjoints, cast_like, cholesky_adjoint, from_diagonal, own, scatter_to_nodes, shadow_like,
          triangular_adjoint, vander_adjoint, zeros_like)               # what they give is new


def is_new(value: Call) -> bool:
    """Does a helper of ours make this object anew?"""
    match value:
        case Call(function, (_, Const(int() as times), *_)) if function is diff_adjoint:
            return times > 0                                            # of no differences it is the adjoint itself
    return is_known(value.function, MAKERS)


def shared_names(value: Expr) -> set[str]:
    """The names whose object the value may be, or be a view of."""
    match value:
        case Var(name):
            return {name}
        case Call(function) if is_fresh(value) or is_new(value) or isinstance(function, Var):
            return set()
        case Call(function, (x, *_)) if function is cast_back:          # and dtypes
            return shared_names(x)
        case Call(_, args):
            return set().union(*(shared_names(a) for a in args)) if args else set()
        case Build(_, items):
            return set().union(*(shared_names(i) for i in items)) if items else set()
    return set()


def is_read_only(value: Expr, kinds: Kinds) -> bool:
    """Is it what NumPy gives as a read-only view, or a view of that?"""
    match value:
        case Call() if is_new(value):
            return False
        case Call(np.diag, (x, *_)):
            kind = kinds.of(x)
            return not isinstance(kind, Array) or kind.rank != 1
        case Call(function) if any(function is f for f in READ_ONLY):
            return True
        case Call(_, (x, *_)) if not is_fresh(value):
            return is_read_only(x, kinds)
    return False
