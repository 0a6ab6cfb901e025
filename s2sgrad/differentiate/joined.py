"""Lists, tuples and dicts that are joined or copied: what the parts receive of the adjoint of the whole.

    c = a + b            a_bar += c_bar[:len(a)], b_bar += c_bar[len(a):]
    c = a * n            a_bar += the sum over the repetitions
    e = c | d            d_bar += the entries of d, c_bar += those that d has not

Comes in: the call that made the whole, and its adjoint. Goes out: the operands with their contributions, or None for
any other call.
"""

from __future__ import annotations

import builtins
import copy
import operator
from collections.abc import Sequence

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import primitives
from s2sgrad.core.kinds import DictKind, ListKind, Number, TupleKind
from s2sgrad.core.names import is_shadow
from s2sgrad.core.nodes import Build, Call, Const, Expr, Var
from s2sgrad.runtime import (
    before_change,
    copied,
    entries_of,
    keyed,
    keyed_items,
    matched,
    matched_once,
    unrepeat_list,
)

NONE = Const(None)


def contributions(value: Call, adjoint: Expr, kinds: Kinds) -> Sequence[tuple[Expr, Expr]] | None:
    """(operand, contribution) of each operand."""
    match value.function, value.args, kinds.of(value):
        case operator.add, (a, b), (ListKind() | TupleKind()):
            cut = Const(len(a.items)) if isinstance(a, Build) else Call(len, (a,))
            return (a, _slice(adjoint, NONE, cut)), (b, _slice(adjoint, cut, NONE))
        case operator.mul, (a, b), (ListKind() | TupleKind()):
            xs = b if isinstance(kinds.of(a), Number) else a
            return ((xs, Call(unrepeat_list, (adjoint, xs))),)
        case operator.or_, (a, b), DictKind():
            return (a, Call(before_change, (adjoint, a, b))), (b, Call(entries_of, (adjoint, b)))
        case list.copy, (a,), _:
            return ((a, adjoint),)
        case function, (a,), _ if function in (copied, copy.deepcopy, dict.copy) or (
                function is dict and not value.kwargs and isinstance(kinds.of(a), DictKind)):
            once = isinstance(adjoint, Var) and is_shadow(adjoint.name)
            return ((a, Call(matched_once if once else matched, (adjoint, a))),)
        case primitives.listed_values, (a,), _:
            return ((a, Call(keyed, (a, adjoint))),)
        case primitives.listed_items, (a,), _:
            return ((a, Call(keyed_items, (a, adjoint))),)
    return None


def entry_of_part(part: Expr, key: Expr) -> Expr:
    """The entry of what a display receives: that of the whole, where the part is cut from it."""
    match part, key:
        case Call(operator.getitem, (base, Build("slice", (Const(None), Const(int() as stop), Const(None))))), Const(
                int() as k) if 0 <= k < stop:
            return Call(operator.getitem, (base, key))
        case Call(operator.getitem, (base, Build("slice", (start, Const(None), Const(None))))), Const(int() as k):
            match start:
                case Const(int() as first) if first >= 0:
                    return Call(operator.getitem, (base, Const(first + k)))
                case Call(builtins.len):
                    at = start if k == 0 else Call(operator.add, (start, key))
                    return Call(operator.getitem, (base, at))
    return Call(operator.getitem, (part, key))


def _slice(base: Expr, start: Expr, stop: Expr) -> Expr:
    return Call(operator.getitem, (base, Build("slice", (start, stop, NONE))))
