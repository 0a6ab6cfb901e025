"""Adjoints in a dict that nobody looks at again need not become zero.

    for k in reversed(keys):                    for k in reversed(keys):
        $1 = q~[k]                                  $1 = q~[k]
        q~[k] = 0.0                     ->          p~[k] += $1 * q[k]
        p~[k] += $1 * q[k]

In: a function with both sweeps. Out: without such stores. Guaranteed: the loop, which no other one is around, runs
through the keys of a dict, so that each trip has a key of its own; whatever the loop reads of the adjoints, it reads at
this key, and before the store; nothing behind the loop reads any.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from s2sgrad.core.names import is_bar
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import bound, exprs, free_names, reads_of, reverse_start, walk_statements
from s2sgrad.runtime import zeros_like

KEYS = (dict.keys, Method("keys"))


def run(function: Function) -> Function:
    """The function without zeros that nobody reads."""
    start = reverse_start(function.body)
    if start is None:
        return function
    keys, own, body = _lists_of_keys(function.body), _own(function.body), list(function.body)
    for at in range(start, len(body)):
        loop = body[at]
        if not isinstance(loop, For):
            continue
        known = {Var(name) for name, container in loop.elements if container in keys}
        for stmt in loop.body:
            match stmt:
                case Store(base, Var() as key, Const(value), None) if key in known and value == 0 and base in own and (
                        is_bar(base) and _is_unread(stmt, base, key, loop, tuple(body[at + 1:]))):
                    body[at] = loop = replace(loop, body=tuple(s for s in loop.body if s.label != stmt.label))
    return replace(function, body=tuple(body)) if tuple(body) != function.body else function


def _lists_of_keys(body: Block) -> set[Expr]:
    """The names that hold, all the time, lists of the keys of a dict."""
    binds = Counter(n for s in walk_statements(body) for n in bound(s))
    made = {s.targets[0] for s in walk_statements(body) if isinstance(s, Assign) and _is_keys(s.value)}
    written = {n for s in walk_statements(body) for n in _written(s)}
    return {Var(n) for n in made - written if binds[n] == 1}


def _is_keys(value: Expr) -> bool:
    match value:
        case Call(made, (Call(function, (Var(),), ()),), ()):
            return made is list and function in KEYS
    return False


def _written(statement: Statement) -> Iterator[str]:
    """The names of what a statement may write."""
    match statement:
        case Store(base):
            yield base
        case Effect(call):
            yield from free_names(call)
    for expr in exprs(statement):
        for e in walk(expr):
            if isinstance(e, Call) and isinstance(e.function, (Method, Var)) and not _is_keys(Call(list, (e,))):
                yield from free_names(e)


def _own(body: Block) -> set[str]:
    """The adjoints that begin as new dicts and are only looked into, so that no other name holds the same dict."""
    made, other = set[str](), set[str]()
    for s in walk_statements(body):
        match s:
            case Assign((name,), Call(function)) if function is zeros_like:
                made.add(name)
            case _:
                other |= set(bound(s))
        for expr in exprs(s):
            entries = Counter(e.args[0].name for e in walk(expr) if isinstance(e, Call) and (
                e.function is operator.getitem and isinstance(e.args[0], Var)))
            read = Counter(e.name for e in walk(expr) if isinstance(e, Var))
            other |= {n for n in free_names(expr) if read[n] != entries[n]}
    return made - other


def _is_unread(store: Store, base: str, key: Var, loop: For, behind: Block) -> bool:
    """Is nothing of these adjoints read in later trips, behind the store, or behind the loop?"""
    at = next(k for k, s in enumerate(loop.body) if s.label == store.label)
    for statement in (*loop.body[at + 1:], *behind):
        for s in walk_statements((statement,)):
            if base in {*reads_of(s), *bound(s)}:
                return False
    for s in walk_statements(loop.body[:at]):
        if base in bound(s) or isinstance(s, (Store, Accumulate)) and base in reads_of(replace(s, value=Const(0))):
            return False
        if any(isinstance(e, Call) and e.args[:1] == (Var(base),) and e.args != (Var(base), key)
               for expr in exprs(s) for e in walk(expr)):
            return False
    return key.name not in {n for s in walk_statements(loop.body) for n in bound(s)}
