"""A number that takes one operation, and that each sweep reads once, is computed in each instead of being named.

    before                                  after
    $1 = length * omega                     r = 0.5 * (length * omega) ** 2
    r = 0.5 * $1 ** 2                       # reverse sweep
    # reverse sweep                         $2~ = r~ * (length * omega)
    $2~ = r~ * $1

In: a function of both sweeps that `common` has looked at for the last time. Out: the same without such temporaries;
the forward sweep reads as the user wrote it. Guaranteed: nothing is computed again in a loop, nor what costs more than
one addition, subtraction, multiplication or change of sign of numbers; no operand is bound between the two.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

from s2sgrad.core.kinds import Number
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Call,
    Const,
    Expr,
    Function,
    Return,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import exprs, free_names, map_exprs, reads_of, reverse_start, substitute, walk_statements
from s2sgrad.simplify.copies import count_uses
from s2sgrad.simplify.effects import binds
from s2sgrad.simplify.facts import Facts

CHEAP = (operator.add, operator.sub, operator.mul, operator.neg)


def run(function: Function, facts: Facts) -> Function:
    """The function without such temporaries."""
    start = reverse_start(function.body)
    if start is None:
        return function
    body = function.body
    bound = Counter(n for s in walk_statements(body) for n in binds(s))
    used = count_uses(body, facts)
    for k, statement in reversed(tuple(enumerate(body[:start]))):
        match statement:
            case Assign((name,), value) if is_temporary(name) and bound[name] == 1 and used[name] == 2 and _is_cheap(
                    value, facts):
                body = _written(body, k, start, name, value)
    return function if body is function.body else replace(function, body=tuple(s for s in body if not _is_gone(s)))


def _written(body: Block, at: int, start: int, name: str, value: Expr) -> Block:
    """The block with the value for its name, where that may be done; then the binding has no target."""
    places = [k for k in range(at + 1, len(body)) if any(name in reads_of(s) for s in walk_statements((body[k],)))]
    if len(places) != 2 or not places[0] < start < places[1] or any(_reads(body[k], name) != 1 for k in places):
        return body
    names = free_names(value)
    if any(names & set(binds(s)) for s in walk_statements(body[at + 1:places[1]])):
        return body
    out = [map_exprs(s, lambda e: substitute(e, {name: value})) if k in places else s for k, s in enumerate(body)]
    out[at] = Assign((), value)
    return tuple(out)


def _reads(statement: Statement, name: str) -> int:
    """How often a statement of one line names it, where the value may stand."""
    if not isinstance(statement, (Assign, Store, Accumulate, Return)):
        return 0
    return sum(e == Var(name) for x in exprs(statement) for e in walk(x))


def _is_gone(statement: Statement) -> bool:
    return isinstance(statement, Assign) and not statement.targets


def _is_cheap(value: Expr, facts: Facts) -> bool:
    """Is it one operation on numbers?"""
    match value:
        case Call(function, args, ()) if function in CHEAP:
            return all(isinstance(a, Const) or isinstance(a, Var) and isinstance(facts.kinds.get(a.name), Number)
                       for a in args)
    return False
