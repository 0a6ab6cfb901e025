"""Algebraic identities, one table, applied to the expressions of the reverse sweep, operands first.

In: a function. Out: the same function, its reverse statements shorter; the user's own statements stay as they are.

    before                                    after
    x~ += 1.0 * y~                            x~ += y~
    z~ += 2.0 * (result~ * W)                 z~ += 2.0 * result~ * W
    x~ += -(y~ * x)                           x~ -= y~ * x
    w~ = np.broadcast_to(s~, x.shape) * x     w~ = s~ * x

Guaranteed: inf, nan, dtype, shape and whether a value is a number or an array stay; the last digit may change where a
product is regrouped. A fresh array never turns into a reference to another one where it could be written or returned.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.core.kinds import FLOATS, Array, Number, is_scalar, rank_of, shape_of
from s2sgrad.core.names import SEED, is_bar
from s2sgrad.core.nodes import Accumulate, Assign, Build, Call, Const, Expr, Function, If, Statement, Store, Var, While
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, map_children, walk_statements
from s2sgrad.rules.registry import rule_of
from s2sgrad.runtime import column_split_like, share_above, unbroadcast, unstack_like, vsplit_like
from s2sgrad.simplify.effects import is_fresh, is_known, is_pure
from s2sgrad.simplify.facts import Facts, has_float_dtype, kind_of, same_shape
from s2sgrad.simplify.identities import TABLE, linear, moderate, numeric
from s2sgrad.simplify.patterns import Match, fill, match
from s2sgrad.simplify.sharing import Sharing, sharing

_ROOTS = {id(row.pattern.function) for row in TABLE if isinstance(row.pattern, Call)}
_BY_FUNCTION = {root: tuple(row for row in TABLE if isinstance(row.pattern, Call) and id(row.pattern.function) == root)
                for root in _ROOTS}
_ROUNDS = 8     # rewrites of one node; each row of the table shortens or reaches a form that no row undoes


def run(function: Function, facts: Facts) -> Function:
    """The function with the identities applied to its reverse statements."""
    shares, whole = sharing(function, facts), _whole(function, facts)
    return replace(function, body=tuple(improved(s, facts, shares, whole) for s in function.body))


def _whole(function: Function, facts: Facts) -> frozenset[str]:
    """Adjoints of arrays that are bound to arrays only, never to a number that stands for all entries."""
    found = {name for name in facts.kinds if is_bar(name) and _has_axes(Var(name), facts)}
    for stmt in walk_statements(function.body):
        match stmt:
            case Assign(targets, value) if len(targets) > 1 or not _has_axes(value, facts):
                found.difference_update(targets)
    return frozenset(found)


def _has_axes(expr: Expr, facts: Facts) -> bool:
    """Is it an array, of a rank that is not known to be 0?"""
    kind = kind_of(expr, facts)
    return isinstance(kind, Array) and kind.shape != ()


def improved(stmt: Statement, facts: Facts, shares: Sharing, whole: frozenset[str] = frozenset()) -> Statement:
    """The statement, and those in it, with the identities applied. whole: adjoints that have the shape of an array."""
    stmt = map_blocks(stmt, lambda b: tuple(improved(s, facts, shares, whole) for s in b))
    if not stmt.reverses:
        return stmt
    match stmt:
        case Assign(value=Call(Var()) as call):         # of a function of the program: what it is given
            return replace(stmt, value=map_children(call, lambda e: simplified(e, facts, False) if is_pure(
                e, facts) else e))
    if not all(is_pure(e, facts) for e in exprs(stmt)):
        return stmt
    match stmt:
        case Assign((_,), value):
            return replace(stmt, value=simplified(value, facts, shares.allowed(stmt, value)))
        case Store(_, index, value, op):
            value = simplified(value, facts, shares.allowed(stmt, value))
            if op is operator.iadd or op is operator.isub:
                sign, value = signed(value, facts)
                op = op if sign > 0 else operator.isub if op is operator.iadd else operator.iadd
            return replace(stmt, index=_index(index, facts), value=value, op=op)
        case Accumulate(bar, index, value, _, sign, repeats):
            value = simplified(value, facts, True)
            if index is not None and isinstance(facts.kinds.get(bar), Array) and not repeats:
                value = _without_copy(value, facts)         # NumPy sees to it where they share memory
            if bar in whole or index is not None and isinstance(facts.kinds.get(bar), Array):
                value = _unbroadcast(value)
            own, value = signed(value, facts)
            return replace(stmt, index=_index(index, facts), value=value, sign=sign * own)
        case If(test) | While(test):
            return replace(stmt, test=simplified(test, facts, True))
        case _:
            return stmt


def _unbroadcast(value: Expr) -> Expr:
    """NumPy broadcasts what is added to an array by itself."""
    match value:
        case Call(np.broadcast_to, (inner, _), ()):
            return inner
        case _:
            return value


def _index(index: Expr | None, facts: Facts) -> Expr | None:
    return None if index is None else simplified(index, facts, True)


def simplified(expr: Expr, facts: Facts, shares: bool) -> Expr:
    """The shortest form that the table gives of a pure expression.

    shares: may a fresh result become a reference to an operand (it is only read, or nobody writes either)?
    """
    inner = shares or (isinstance(expr, Call) and is_fresh(expr))
    return _normal(map_children(expr, lambda e: simplified(e, facts, inner)), facts, shares)


def _normal(expr: Expr, facts: Facts, shares: bool) -> Expr:
    for _ in range(_ROUNDS):
        new = _step(expr, facts)
        if new is None or not (shares or not is_fresh(expr) or _is_owned(new, facts)):
            return expr
        inner = shares or is_fresh(new)
        # the operands of what a row gives may now fit a row themselves
        expr = map_children(new, lambda e, inner=inner: _normal(e, facts, inner))   # type: ignore[misc]
    return expr


def _is_owned(expr: Expr, facts: Facts) -> bool:
    return is_fresh(expr) or isinstance(kind_of(expr, facts), Number)


def _step(expr: Expr, facts: Facts) -> Expr | None:
    """The expression after one rewrite of its outermost node; None where none fits."""
    if not isinstance(expr, Call):
        return None
    folded = _fold(expr) or _float_factor(expr, facts)
    if folded is not None:
        return folded
    for row in _BY_FUNCTION.get(id(expr.function), ()):
        found: Match = {}
        if match(row.pattern, expr, found) and row.condition(found, facts):
            return fill(row.result, found)
    return (_broadcast(expr, facts) or _copied(expr, facts) or _negative(expr, facts) or _rank(expr, facts)
            or _shape(expr, facts) or _unstacked(expr, facts))


_FOLDED: tuple[Callable[..., Any], ...] = (operator.add, operator.sub, operator.mul, operator.truediv)
_UNSTACK: dict[Any, int] = {unstack_like: 0, vsplit_like: 0, column_split_like: 1}       # of vectors, the last two
_OF_MATH: tuple[Callable[..., Any], ...] = (math.sqrt, math.log)


def _fold(expr: Call) -> Expr | None:
    """Arithmetic of two literals, where the result is as short as they are (`1.0 / 3.0` stays), and what `math` gives
    for a literal: a Python float, as the literal is."""
    match expr:
        case Call(operator.neg, (Const(int() | float() as value),)) if not isinstance(value, bool):
            return Const(-value)
        case Call(function, (Const(int() | float() as a), Const(int() | float() as b))) if is_known(function, _FOLDED):
            if isinstance(a, bool) or isinstance(b, bool) or (function is operator.truediv and not b):
                return None
            value = function(a, b)
            short = len(repr(value)) <= len(repr(a)) + len(repr(b))
            return Const(value) if short and math.isfinite(value) else None
        case Call(function, (Const(float() as a),), ()) if is_known(function, _OF_MATH) and a > 0.0:
            return Const(function(a))
        case Call(operator.truediv, (Call(operator.mul | operator.truediv) as product, Const(float()) as divisor)):
            return _factor_divided(product, divisor)
    return None


def _float_factor(expr: Call, facts: Facts) -> Expr | None:
    """An adjoint times 2 is times 2.0, so that literals meet; what the user wrote stays as it is."""
    match expr:
        case Call(operator.mul, (Const(int() as n), x) | (x, Const(int() as n))):
            exact = not isinstance(n, bool) and abs(n) < 2**53
            seeded = linear("x")({"x": x}, facts) or any(name.startswith(SEED) for name in free_names(x))
            if exact and seeded and has_float_dtype(x, facts):
                return Call(operator.mul, (Const(float(n)), x))
    return None


def _factor_divided(product: Call, divisor: Const) -> Expr | None:
    """`0.5 * x * y / 4.0` is `0.125 * x * y`: the literal that a product begins with, divided."""
    match product:
        case Call(operator.mul, (Const(float()) as first, rest)):
            if not moderate({"c": first, "d": divisor}, Facts()):
                return None
            factor = _fold(Call(operator.truediv, (first, divisor)))
            return None if factor is None else Call(operator.mul, (factor, rest))
        case Call((operator.mul | operator.truediv) as function, (Call() as left, right)):
            shorter = _factor_divided(left, divisor)
            return None if shorter is None else Call(function, (shorter, right))
    return None


# Python floats give what NumPy gives here, and never raise
_TOTAL = (operator.add, operator.sub, operator.mul, operator.neg)


def _is_elementwise(call: Call) -> bool:
    rule = rule_of(call.function)
    return (isinstance(call.function, np.ufunc) and call.function.nout == 1 and call.function.signature is None
            or rule is not None and rule.form == "elementwise"
            or is_known(call.function, (*_FOLDED, operator.pow, operator.neg))
            or call.function is np.where and len(call.args) == 3 or call.function is share_above)


def only_operand(expr: Expr) -> Expr:
    """`x` of `2.0 * x ** 2`: what has the shape of an elementwise expression in which all else is literal numbers."""
    while isinstance(expr, Call) and not expr.kwargs and _is_elementwise(expr):
        inner = [a for a in expr.args if not (isinstance(a, Const) and isinstance(a.value, (int, float, complex)))]
        if len(inner) != 1:
            break
        expr = inner[0]
    return expr


def _shape(expr: Call, facts: Facts) -> Expr | None:
    """The shape of what is computed for its shape alone."""
    match expr:
        case Call(np.shape | np.size | np.ndim, (Call() as whole,), ()):
            inner = only_operand(whole)
            return None if inner == whole else replace(expr, args=(inner,))
        case Call(builtins.getattr, (Call() as whole, Const("shape" | "size" | "ndim"))):
            inner = only_operand(whole)
            return replace(expr, args=(inner, expr.args[1])) if inner != whole and isinstance(
                kind_of(inner, facts), Array) else None
    return None


def _unstacked(expr: Call, facts: Facts) -> Expr | None:
    """What was stacked has the dtype of the whole: its adjoints are the whole's entries along the first axis."""
    match expr:
        case Call(function, (whole, Build("list" | "tuple", items), *given), ()) if function in _UNSTACK:
            kinds, of = [kind_of(item, facts) for item in items], kind_of(whole, facts)
            axis = given[0] if given else Const(_UNSTACK[function])
        case _:
            return None
    if not isinstance(of, Array) or of.dtype not in FLOATS or not isinstance(axis, Const) or any(
            not isinstance(k, (Number, Array)) or k.dtype != of.dtype for k in kinds):
        return None
    if function is not unstack_like and any(rank_of(k) != 1 for k in kinds):
        return None
    match of.rank, axis.value:
        case _, 0:
            return whole
        case 2, 1 | -1:
            return Call(getattr, (whole, Const("T")))
    return Call(np.moveaxis, (whole, axis, Const(0)))


def _broadcast(expr: Call, facts: Facts) -> Expr | None:
    """`broadcast_to(s, shape)` under an elementwise operation: needless beside an operand of that shape, and
    otherwise moved out of the operation, which then has less to do."""
    if expr.kwargs or not _is_elementwise(expr):
        return None
    for i, arg in enumerate(expr.args):
        match arg:
            case Call(operator.getitem, (Call(np.broadcast_to, (inner, _), ()), index)) if _keeps_entries(
                    index) and is_scalar(kind_of(inner, facts)):
                bare = replace(expr, args=(*expr.args[:i], inner, *expr.args[i + 1:]))
                if same_shape(shape_of(kind_of(expr, facts)), shape_of(kind_of(bare, facts))):
                    return bare
            case Call(np.broadcast_to, (inner, shape), ()):
                others = [a for j, a in enumerate(expr.args) if j != i]
                bare = replace(expr, args=tuple(inner if j == i else a for j, a in enumerate(expr.args)))
                if any(_has_shape(a, shape, facts) for a in others) or _has_shape(bare, shape, facts):
                    return bare
                total = is_known(expr.function, _TOTAL) or isinstance(expr.function, np.ufunc)
                if total and all(is_scalar(kind_of(a, facts)) for a in others):
                    return Call(np.broadcast_to, (bare, shape))
    return None


def _keeps_entries(index: Expr) -> bool:
    """Does it only add axes: `[:, None]`?"""
    whole = Build("slice", (Const(None),) * 3)
    return isinstance(index, Build) and index.form == "tuple" and all(e in (Const(None), whole) for e in index.items)


def _copied(expr: Call, facts: Facts) -> Expr | None:
    """A copy that an operation with a result of its own reads at once is not needed."""
    if not is_fresh(expr) or expr.function is np.copy:
        return None
    args = tuple(_without_copy(a, facts) for a in expr.args)
    return replace(expr, args=args) if args != expr.args else None


def _without_copy(expr: Expr, facts: Facts) -> Expr:
    """What is only read, as it is."""
    match expr:
        case Call(np.copy, (value,)) if _is_copy(expr, facts):
            return value
        case Call(operator.getitem, (value, Build("slice", (Const(None), Const(None), Const(None))))) if _has_axes(
                value, facts):
            return value
        case Call(function, (value, like), ()) if function is unbroadcast:
            return replace(expr, args=(_without_copy(value, facts), like))
    return expr


def _is_copy(expr: Expr, facts: Facts) -> bool:
    match expr:
        case Call(np.copy, (value,), ()):
            return isinstance(kind_of(value, facts), (Array, Number)) or linear("x")({"x": value}, facts)
        case _:
            return False


def _has_shape(expr: Expr, shape: Expr, facts: Facts) -> bool:
    """Does the expression have the shape that this expression gives?"""
    match shape:
        case Call(np.shape, (like,)) | Call(builtins.getattr, (like, Const("shape"))):
            if like == expr or (isinstance(expr, Call) and only_operand(like) == only_operand(expr)):
                return True
            return same_shape(shape_of(kind_of(expr, facts)), shape_of(kind_of(like, facts)))
        case _:
            return False


def _negative(expr: Call, facts: Facts) -> Expr | None:
    """`a + (-b) * x` is `a - b * x`, and `-((-b) * x)` is `b * x`; a truth value has no sign to take."""
    match expr:
        case Call(operator.add, (a, b)):
            (one, first), (other, second) = _unsigned(a), _unsigned(b)
            if other < 0 and isinstance(second, Call):
                return Call(operator.sub, (a, second))
            return Call(operator.sub, (b, first)) if one < 0 and isinstance(first, Call) else None
        case Call(operator.sub, (a, Call(operator.mul | operator.truediv) as b)):
            sign, positive = _unsigned(b)
            return Call(operator.add, (a, positive)) if sign < 0 else None
        case Call(operator.mul, (a, Call(operator.mul | operator.truediv) as b)) if has_float_dtype(a, facts):
            sign, positive = _unsigned(b)
            return Call(operator.mul, (Call(operator.neg, (a,)), positive)) if sign < 0 else None
        case Call(operator.neg, (Call(operator.mul | operator.truediv) as b,)):
            sign, positive = _unsigned(b)
            return positive if sign < 0 else None
    return None


def signed(expr: Expr, facts: Facts) -> tuple[int, Expr]:
    """The expression as a sign and the rest, for `-=` instead of `+= -`."""
    sign, rest = _unsigned(expr)
    match expr:
        case Call(operator.sub, (a, b)):
            sign, first = _unsigned(a)
            rest = Call(operator.add, (first, b)) if sign < 0 else expr
    return (sign, rest) if sign > 0 or numeric("x")({"x": rest}, facts) else (1, expr)


def _unsigned(expr: Expr) -> tuple[int, Expr]:
    match expr:
        case Call(operator.neg, (inner,)):
            sign, rest = _unsigned(inner)
            return -sign, rest
        case Call((operator.mul | operator.truediv) as function, (left, right)):
            sign, rest = _unsigned(left)
            if sign < 0:
                return sign, Call(function, (rest, right))
            return 1, expr
        case Const(float() as value) if value < 0.0:
            return -1, Const(-value)
        case _:
            return 1, expr


def _rank(expr: Call, facts: Facts) -> Expr | None:
    """`np.ndim(x)` and `np.expand_dims(x, axis)` where the rank is known; a sign moves out of a sum."""
    match expr:
        case Call(np.sum, (Var(name) as x,), ()) if (is_bar(name) or name.startswith(SEED)) and isinstance(
                kind_of(x, facts), Number):
            return x
        case Call(np.sum, (Call(operator.neg, (x,)),)) if has_float_dtype(x, facts):
            return Call(operator.neg, (replace(expr, args=(x,)),))
        case Call(np.expand_dims, (x, Const(int() as axis)), ()):
            kind = kind_of(x, facts)
            if not isinstance(kind, Array) or kind.rank is None or kind.rank > 3:
                return None
            entries: list[Expr] = [Build("slice", (Const(None),) * 3)] * kind.rank
            entries.insert(axis % (kind.rank + 1), Const(None))
            return Call(operator.getitem, (x, Build("tuple", tuple(entries))))
        case Call(np.ndim, (x,), ()):
            rank = rank_of(kind_of(x, facts))
            return None if rank is None else Const(rank)
        case _:
            return None
