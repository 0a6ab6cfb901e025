"""A tuple of known length that targets with a star take apart gives its entries names.

    items = list(f(x))               a, b, c = f(x)
    *rest, last = ...                rest = [a, b]
    rest = items[0:-1]        ->     last = c
    last = items[-1]

Comes in: a function and its kinds. Goes out: the function without such lists, of which nothing else is read than
their lengths, and entries and parts at constant places.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import TupleKind
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Statement, Var
from s2sgrad.core.rewrite import bottom_up, changes, map_blocks, map_exprs, reads_of, walk_statements

Parts = dict[str, tuple[Var, ...]]


def parts_by_name(function: Function, kinds: Kinds, fresh: Callable[[], str]) -> Function:
    """The function with names for such entries; the same object where there are none."""
    parts = _parts(function, kinds, fresh)
    if not parts:
        return function

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            match statement:
                case Assign((name,), Call(_, (value,))) if name in parts:
                    out += _taken(value, parts[name], statement)
                case _:
                    statement = map_exprs(statement, lambda e: bottom_up(e, lambda n: _entry(n, parts)))
                    out.append(map_blocks(statement, visit))
        return tuple(out)

    return replace(function, body=visit(function.body))


def _parts(function: Function, kinds: Kinds, fresh: Callable[[], str]) -> Parts:
    """The names of such lists, and those that their entries get."""
    statements = tuple(walk_statements(function.body))
    found: Parts = {}
    for statement in statements:
        match statement:
            case Assign((name,), Call(maker, (value,), ())) if maker is list and is_temporary(name):
                kind = kinds.of(value)
                if isinstance(kind, TupleKind) and kind.items:
                    found[name] = tuple(Var(fresh()) for _ in kind.items)
    if not found:
        return found
    times = changes(function.body)
    for statement in statements:
        left = map_exprs(statement, lambda e: bottom_up(e, lambda n: _entry(n, found)))
        for name in found.keys() & reads_of(left):
            del found[name]
    return {name: entries for name, entries in found.items() if times[name] == 1}


def _taken(value: Expr, entries: tuple[Var, ...], at: Assign) -> list[Statement]:
    if len(entries) > 1:
        return [replace(at, targets=tuple(e.name for e in entries), value=value)]
    return [replace(at, targets=(entries[0].name,), value=Call(operator.getitem, (value, Const(0))))]


def _entry(expr: Expr, parts: Parts) -> Expr:
    match expr:
        case Call(function, (Var(name),)) if function is len and name in parts:
            return Const(len(parts[name]))
        case Call(function, (Var(name), index)) if function is operator.getitem and name in parts:
            entries = parts[name]
            match index:
                case Const(value=int() as k) if -len(entries) <= k < len(entries):
                    return entries[k]
                case Build("slice", (Const(start), Const(stop), Const(step))):
                    return Build("list", entries[start:stop:step])
    return expr
