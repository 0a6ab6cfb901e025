"""Read-only views of an array that is written are taken anew where they are read.

    B = np.broadcast_to(x, (3, 5))
    x[1] = v                               x[1] = v
    s = np.sum(B)                          s = np.sum(np.broadcast_to(x, (3, 5)))

A view of the same array with the same options is the same view, and one that is read where it is taken is a value. So
no adjoint has to be a view of another one that cannot be written. Comes in: a function and its aliases. Goes out: the
function with such views in place of their names, where the name, the array and the options are bound once and before
every use in the same trip; what is left is refused by `analyse.shadows`.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.shadows import READ_ONLY
from s2sgrad.core.kinds import Array, Number, rank_of
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Method, Statement, Store, Var
from s2sgrad.core.rewrite import bound, free_names, map_blocks, map_exprs, reads_of, substitute, walk_statements
from s2sgrad.normalise.copies import local_names
from s2sgrad.rules.registry import VIEW, rule_of


def take_views_again(function: Function, aliases: Aliases) -> Function:
    """The function with read-only views of written arrays where they are read."""
    times = Counter(n for s in walk_statements(function.body) for n in bound(s))
    times.update(p.name for p in function.params)
    params = {p.name for p in function.params}
    stored = {s.base for s in walk_statements(function.body) if isinstance(s, Store)}
    steady = {n for n in local_names(function.body, params) | params if times[n] == 1}
    views: dict[str, Expr] = {}

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            if views.keys() & reads_of(statement):
                statement = map_exprs(statement, lambda e: substitute(e, views))
            match statement:
                case Assign((name,), value) if name in steady and name not in stored and aliases.is_written(name) and (
                        _is_read_only(value, aliases) and _is_steady(value, steady, stored, aliases)):
                    views[name] = value
                    continue
            out.append(map_blocks(statement, visit))
        return tuple(out)

    body = visit(function.body)
    return replace(function, body=body) if views else function


def _is_read_only(value: Expr, aliases: Aliases) -> bool:
    """Is it a view that cannot be written, or a view of one?"""
    match value:
        case Call(function, (base, *_)) if any(function is f for f in READ_ONLY):
            return bool(aliases.memory(value)) and (function is not np.diag or rank_of(aliases.kinds.of(base)) == 2)
        case Call(function, (base, *_)) if not isinstance(function, (Var, Method)):
            rule = rule_of(function)
            viewing = function is operator.getitem or rule is not None and rule.result == VIEW
            return viewing and bool(aliases.memory(value)) and isinstance(aliases.kinds.of(value), Array) and (
                _is_read_only(base, aliases))
    return False


def _is_steady(value: Expr, steady: set[str], stored: set[str], aliases: Aliases) -> bool:
    """Does the expression mean the same view wherever its name is read?"""
    match value:
        case Call(_, (base, *rest), kwargs):
            options = (*rest, *(v for _, v in kwargs))
            if any(n not in steady or (n in stored and not isinstance(aliases.kinds.named(n), Number))
                   for o in options for n in free_names(o)) or any(_calls(o) for o in options):
                return False
            return _is_steady(base, steady, stored, aliases)
        case Var(name):
            return name in steady
        case Const():
            return True
    return False


def _calls(option: Expr) -> bool:
    """Does it compute more than a shape or an index?"""
    match option:
        case Call(function, args):
            return function not in (len, np.shape, np.size, getattr, operator.getitem, operator.add, operator.sub,
                                    operator.neg, operator.mul, operator.floordiv) or any(map(_calls, args))
        case Build(_, items):
            return any(map(_calls, items))
    return False
