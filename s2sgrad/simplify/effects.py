"""What expressions and statements read, bind and write; whether they are pure; what they cost.

In: core nodes and `Facts`. Out: sets of names. Guaranteed to be on the safe side: a function that nothing is known of
has effects, writes everything (`ALL`), and its result may be any of its arguments.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sgrad.analyse.calls import may_keep
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import Array, DictKind, Known, ListKind, Number, Numeric, TupleKind
from s2sgrad.core.names import is_bar, is_shadow, is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Kill,
    Materialise,
    Method,
    Raise,
    Recall,
    Record,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.primitives import LAZY, and_, fstring, if_else, in_, not_in, or_
from s2sgrad.core.rewrite import free_names, walk_statements
from s2sgrad.rules.registry import FRESH, rule_of
from s2sgrad.runtime import share_above
from s2sgrad.simplify.facts import Facts

ALL = "*"
NOTHING: frozenset[str] = frozenset()
LONGEST = 40     # nodes of an expression of the reverse sweep; more does not fit a line
ARITHMETIC = (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
              operator.matmul, operator.neg, operator.pos, operator.lt, operator.le, operator.gt, operator.ge,
              operator.eq, operator.ne, operator.not_, operator.and_, operator.or_, operator.xor, operator.invert,
              operator.lshift, operator.rshift)
PURE = frozenset(ARITHMETIC) | {
    operator.getitem, operator.is_, operator.is_not, getattr, and_, or_, if_else, in_, not_in, fstring, slice,
    abs, bool, complex, divmod, float, int, isinstance, len, max, min, range, reversed, round, zip, enumerate,
    np.shape, np.ndim, np.size, np.zeros, np.ones, np.full, np.empty, np.zeros_like, np.ones_like, np.full_like,
    np.empty_like, np.broadcast_to, np.sum, np.reshape, np.transpose, np.where, np.dot, np.outer, np.vdot,
    *(f for f in vars(math).values() if callable(f)),
}
PURE_METHODS = frozenset((
    "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "conj", "copy", "cumprod", "cumsum", "diagonal",
    "dot", "flatten", "item", "max", "mean", "min", "nonzero", "prod", "ravel", "repeat", "reshape", "round",
    "squeeze", "std", "sum", "swapaxes", "tolist", "trace", "transpose", "var"))
SHAPE_ONLY = (len, np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like)
SHAPE_ATTRIBUTES = ("shape", "ndim", "size", "dtype")
CHEAP = (operator.getitem, getattr, slice, *SHAPE_ONLY, and_, or_, if_else)


def is_known(function: Any, table: tuple[Any, ...]) -> bool:
    """Is the function one of these (also when it cannot be hashed)?"""
    for f in table:     # a loop: this is asked more often than anything else
        if function is f:
            return True
    return False


# ---------------------------------------------------------------- expressions
def is_pure_call(call: Call, facts: Facts) -> bool:
    """May this one call be made twice, later or not at all?"""
    function = call.function
    if call.kwargs and any(key == "out" for key, _ in call.kwargs):
        return False
    match function:
        case Var(name):
            return name in facts.pure
        case Method(name):
            return name in PURE_METHODS
    rule = rule_of(function)
    if rule is not None and not isinstance(function, np.ufunc):
        return rule.pure and not rule.writes
    if isinstance(function, np.ufunc):
        return len(call.args) <= function.nin       # one more is an array that it writes
    return is_helper(function) or (
        isinstance(function, Hashable) and function in PURE)


def is_helper(function: Any) -> bool:
    """Is it one of our own helpers? None of them writes its arguments; some return an argument as it is."""
    return str(getattr(function, "__module__", "")).startswith("s2sgrad.runtime.")


def is_pure(expr: Expr, facts: Facts) -> bool:
    """May the expression be evaluated twice, later or not at all, as far as effects go? (remembered with the facts)"""
    return facts.once(_is_pure, expr)


def _is_pure(expr: Expr, facts: Facts) -> bool:
    for e in walk(expr):
        match e:
            case Call() if not is_pure_call(e, facts):
                return False
            case Const(value=Closure()):     # reads its names when it is called, which may be later
                return False
    return True


def written_by(expr: Expr, facts: Facts) -> frozenset[str]:
    """Names whose objects the calls in an expression write; `ALL` where that is not known."""
    found: set[str] = set()
    for call in walk(expr):
        if isinstance(call, Call) and not is_pure_call(call, facts):
            rule = None if isinstance(call.function, (Var, Method)) else rule_of(call.function)
            options = dict(call.kwargs)
            if rule is None or "out" in options or any(isinstance(a, Star) for a in call.args):
                return frozenset((ALL,))
            given = {**dict(zip(rule.parameters, call.args, strict=False)), **options}
            for parameter in rule.writes:
                if parameter not in given:
                    return frozenset((ALL,))
                found |= free_names(given[parameter])
    return frozenset(found)


def operands(call: Call) -> Iterator[Expr]:
    """The arguments in the order in which they are evaluated."""
    yield from call.args
    for _, value in call.kwargs:
        yield value


def contents(expr: Expr, facts: Facts) -> set[str]:
    """Names of which more is read than shape and dtype (`x.shape`, `len(x)`, `np.zeros_like(x)` read no more).

    The length of a list or dict, or of what may be one, is what it holds.
    """
    match expr:
        case Var(name):
            return {name}
        case Call(builtins.getattr, (_, Const(attribute))) if attribute in SHAPE_ATTRIBUTES:
            return _inside(expr, facts)
        case Call(function, (Var(name), *rest)) if is_known(function, SHAPE_ONLY) and isinstance(
                facts.kinds.get(name), (Array, Numeric, Number)):
            return _all_contents((*rest, *(v for _, v in expr.kwargs)), facts)
        case Call(function):
            own = {function.name} if isinstance(function, Var) and function.name not in facts.functions else set()
            return own | _all_contents(operands(expr), facts)
        case Build(_, items):
            return _all_contents(items, facts)
        case Star(value):
            return contents(value, facts)
        case Const():
            return free_names(expr)


def _all_contents(exprs: Iterable[Expr], facts: Facts) -> set[str]:
    found: set[str] = set()
    for expr in exprs:
        found |= contents(expr, facts)
    return found


def _inside(call: Call, facts: Facts) -> set[str]:
    receiver = call.args[0]
    return set() if isinstance(receiver, Var) else contents(receiver, facts)


def is_fresh(expr: Expr) -> bool:
    """Is the result an object that nobody else holds (or a constant)?"""
    match expr:
        case Const():
            return True
        case Call(function) if not isinstance(function, (Var, Method)):
            if is_known(function, ARITHMETIC) or isinstance(function, np.ufunc):
                return True
            rule, ours = rule_of(function), is_helper(function) and function is not share_above     # ours may give what
            if rule is None or rule.form == "none" or ours or may_keep(expr):                       # they are given
                return False
            return rule.result == FRESH or function is np.einsum and len(expr.args) > 2     # of one: a view
    return False


def kept_by(expr: Expr, facts: Facts) -> set[str]:
    """Names of what the value may be, be a view of, or hold (`[a] * 3` is a new list, but it holds `a`)."""
    if isinstance(facts.kind(expr), (Number, Known)) or is_fresh(expr) and _holds_numbers(expr, facts):
        return set()
    match expr:
        case Call(function) if not is_known(function, (getattr, *SHAPE_ONLY)):      # what it holds, an operand held
            return contents(Call(function), facts).union(*(kept_by(e, facts) for e in operands(expr)))
    return contents(expr, facts)


def _holds_numbers(expr: Expr, facts: Facts) -> bool:
    """Is it known to be an array, or a number (and no list or dict)?"""
    if isinstance(facts.kind(expr), (Array, Number, Numeric)):
        return True
    match expr:
        case Var(name):
            return is_bar(name) and not isinstance(facts.kinds.get(name), (ListKind, TupleKind, DictKind))
        case Call(operator.add | operator.mul | operator.or_, args):
            return any(_holds_numbers(a, facts) for a in args if not isinstance(facts.kind(a), Number))
        case Call(function):
            return is_known(function, ARITHMETIC) or isinstance(function, np.ufunc) or function is np.copy
    return False


def last_temporary(function: Function, facts: Facts) -> int:
    """The greatest number of a temporary, also of one that is gone: what is known of it must not be said of another."""
    found = {n for s in walk_statements(function.body) for n in binds(s)} | facts.kinds.keys() | facts.classes.keys()
    return max((int(n[1:]) for n in found if is_temporary(n) and n[1:].isdigit()), default=0)


def is_lazy(call: Call) -> bool:
    """Are all operands but the first evaluated only on a condition?"""
    return is_known(call.function, LAZY)


def size(expr: Expr) -> int:
    """The number of nodes."""
    return sum(1 for _ in walk(expr))


def cost(expr: Expr) -> int:
    """A rough count of work: 1 for an addition or product, 2 for a division, 5 and more for functions."""
    return sum(_own_cost(e.function) for e in walk(expr) if isinstance(e, Call))


def _own_cost(function: Any) -> int:
    if is_known(function, CHEAP):
        return 0
    if is_known(function, (operator.truediv, operator.floordiv, operator.mod)):
        return 2
    if is_known(function, (operator.pow, operator.matmul)):
        return 5
    return 1 if is_known(function, ARITHMETIC) else 6


# ---------------------------------------------------------------- statements
def expressions(stmt: Statement) -> tuple[Expr, ...]:
    """The expressions of the statement itself (not of nested blocks), in the order in which they are evaluated."""
    match stmt:
        case Assign(value=value) | Record(value=value) | Return(value):
            return (value,)
        case Effect(call):
            return (call,)
        case Store(index=index, value=value, op=op):
            if index is None:
                return (value,)
            return (value, index) if op is None else (index, value)
        case Accumulate(index=index, value=value):
            return (value,) if index is None else (index, value)
        case Recall(index=index):
            return () if index is None else (index,)
        case If(test) | While(test):
            return (test,)
        case For(over=over, elements=elements):
            return (over, *(container for _, container in elements))
        case Assert(test, message):
            return (test,) if message is None else (test, message)
        case Raise(exception, cause):
            return tuple(e for e in (exception, cause) if e is not None)
        case _:
            return ()


def like(stmt: Statement, facts: Facts) -> tuple[str, ...]:
    """The name that must be bound for the shape of zeros: none for a number, or for a contribution to what is there."""
    match stmt:
        case Materialise(like=name) | Kill(like=name):
            return () if isinstance(facts.kinds.get(name), Number) else (name,)
        case _:
            return ()


def mentions(stmt: Statement) -> tuple[str, ...]:
    """Names that the statement itself reads other than in an expression, or for a shape."""
    match stmt:
        case Store(base=base):
            return (base,)
        case Accumulate(bar=bar) | Materialise(bar=bar):
            return (bar,)
        case Kill(bar=bar) if is_shadow(bar):
            return (bar,)
        case Recall(target, slot, index, whole):
            return (slot, target) if index is not None or whole else (slot,)
        case For(leave=leave) | While(leave=leave) if leave is not None:
            return (leave,)
        case _:
            return ()


def binds(stmt: Statement) -> tuple[str, ...]:
    """Names that the statement itself binds anew, or may bind (`s += v` on what may be a number)."""
    match stmt:
        case Assign(targets=targets):
            return targets
        case Store(base=base, index=None, op=op) if op is not None:
            return (base,)
        case Accumulate(bar=bar) | Kill(bar=bar) | Materialise(bar=bar):
            return (bar,)
        case Record(slot=slot):
            return (slot,)
        case Recall(target, slot, index, whole):
            return (slot,) if index is not None or whole else (slot, target)
        case For(target=target, trips=trips, elements=elements):
            return (target, *(name for name, _ in elements), *((trips,) if trips else ()))
        case While(trips=trips):
            return (trips,) if trips else ()
        case _:
            return ()


def rebinds(stmt: Statement, facts: Facts) -> tuple[str, ...]:
    """Names that the statement binds to another object: not a shadow that is an array, and written as a whole."""
    match stmt:
        case Store(base=base) if is_shadow(base) and isinstance(facts.kinds.get(base), Array):
            return ()
    return binds(stmt)


def stores(stmt: Statement) -> tuple[str, ...]:
    """Names through which the statement itself writes in place, calls aside."""
    match stmt:
        case Store(base=base):
            return (base,)
        case Recall(target=target, index=index, whole=whole) if index is not None or whole:
            return (target,)
        case Accumulate(bar=bar) | Kill(bar=bar) | Materialise(bar=bar) if is_shadow(bar):
            return (bar,)
        case _:
            return ()


@dataclass(frozen=True)
class Effects:
    """Of a statement with all that is nested in it: names read, bound, written in place; does it make impure calls?"""

    reads: frozenset[str] = NOTHING
    binds: frozenset[str] = NOTHING
    writes: frozenset[str] = NOTHING
    impure: bool = False


def effects(stmt: Statement, facts: Facts) -> Effects:
    """The effects of a statement with all that is nested in it (remembered with the facts)."""
    return facts.once(_effects, stmt)


def _effects(stmt: Statement, facts: Facts) -> Effects:
    read: set[str] = set()
    bound: set[str] = set()
    written: set[str] = set()
    impure = False
    for s in walk_statements((stmt,)):
        read.update(mentions(s), like(s, facts))
        bound.update(binds(s))
        written.update(stores(s))
        for e in expressions(s):
            read |= free_names(e)
            written |= written_by(e, facts)
            impure = impure or not is_pure(e, facts)
        impure = impure or isinstance(s, (Effect, Assert, Raise, Return))
    return Effects(frozenset(read), frozenset(bound), frozenset(written), impure)


def reads(stmt: Statement) -> frozenset[str]:
    """All names that a statement reads, nested statements included."""
    return effects(stmt, Facts()).reads


def writes(stmt: Statement) -> frozenset[str]:
    """All names that a statement binds or writes in place itself, nested statements included."""
    found = effects(stmt, Facts())
    return (found.binds | found.writes) - {ALL}


def disturbs(done: Effects, read: set[str], read_contents: set[str], facts: Facts) -> bool:
    """May these effects change the value of an expression that reads these names, and the contents of those?"""
    if done.binds & read:
        return True
    if ALL in done.writes:
        return any(not facts.immutable(name) for name in read_contents)
    return facts.any_share(done.writes, read_contents)
