"""Lists that a loop fills, one entry per trip, as arrays: what they are where the loop is a scan.

    items = []                               for t in range(n):
    for t in range(n):                           record items <- e
        items.append(e)                      ...
    ...                                      for t in reversed(range(n)):
    for t in reversed(range(n)):                 recall e~ <- items~
        e~ = items~.pop()
        items[-1:] = []
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from s2sgrad import runtime
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, ListKind, Number, shape_of
from s2sgrad.core.names import bar
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Recall,
    Record,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.rewrite import free_names, map_blocks, reads_of, walk_statements

EMPTY = Build("list", ())


def as_records(function: Function, kinds: Kinds) -> tuple[Function, frozenset[str]]:
    """The function with such lists as slots, and their names; their kinds become those of arrays."""
    grown = frozenset(name for name in _grown(function.body) if _entries(name, kinds))
    if not grown:
        return function, grown
    adjoints = _adjoints(function.body, grown)
    for name in grown:
        kind = kinds.named(name)
        item = kind.item if isinstance(kind, ListKind) else None
        dtype = item.dtype if isinstance(item, (Array, Number)) else None
        kinds.names[name] = kinds.names[bar(name)] = Array(dtype)
    kinds.names.update({name: Array(None) for name in adjoints - {bar(n) for n in grown}})
    return replace(function, body=_rewritten(function.body, grown, adjoints)), grown


def _entries(name: str, kinds: Kinds) -> bool:
    """Is it a list of numbers, or of arrays of one shape?"""
    match kinds.named(name):
        case ListKind(item=Number()):
            return True
        case ListKind(item=Array() as item):
            return isinstance(shape_of(item), tuple)
    return False


def _grown(block: Block) -> set[str]:
    """Lists that start empty beside a loop of which each trip appends one entry, and that it does not read."""
    written = Counter(name for s in walk_statements(block) if (name := appended(s)) is not None)
    started = Counter(s.targets[0] for s in walk_statements(block) if isinstance(s, Assign) and s.value == EMPTY)
    found: set[str] = set()
    for inner in _all_blocks(block):
        empty = {s.targets[0] for s in inner if isinstance(s, Assign) and s.value == EMPTY}
        for loop in (s for s in inner if isinstance(s, For) and not s.reverses):
            for s in loop.body:
                name = appended(s)
                read = [name in reads_of(o) for o in walk_statements(loop.body) if o.label != s.label]
                if name in empty and written[name] == started[name] == 1 and not any(read) and not _reads_itself(s):
                    found.add(name)
    return found


def _all_blocks(block: Block) -> list[Block]:
    found = [block]
    for s in walk_statements(block):
        map_blocks(s, lambda b: found.append(b) or b)       # type: ignore[func-returns-value]
    return found


def appended(statement: Statement) -> str | None:
    """The list that the statement appends to."""
    match statement:
        case Effect(Call(Method("append") | list.append, (Var(name), _))):
            return name
    return None


def _reads_itself(statement: Statement) -> bool:
    """Is the list read in what is appended to it?"""
    match statement:
        case Effect(Call(_, (Var(name), value))):
            return name in free_names(value)
    return False


def _popped(value: Expr) -> str | None:
    match value:
        case Call(Method("pop") | list.pop, (Var(name),)):
            return name
    return None


def _adjoints(block: Block, grown: frozenset[str]) -> set[str]:
    """The names from which the adjoints of the entries are taken: where the last one is, the entry goes as well."""
    found = {bar(name) for name in grown}
    for inner in _all_blocks(block):
        for first, second in zip(inner, inner[1:], strict=False):
            match first, second:
                case Assign(value=value), Store(name, Build("slice"), cut) if name in grown and cut == EMPTY and (
                        taken := _popped(value)) is not None:
                    found.add(taken)
    return found


def _rewritten(block: Block, grown: frozenset[str], adjoints: set[str]) -> Block:
    out: list[Statement] = []
    for s in block:
        match s:
            case Assign((name,), value) if name in grown and value == EMPTY:
                continue
            case Store(name, Build("slice"), value) if name in grown and value == EMPTY:
                continue
            case Effect(Call(_, (Var(name), value))) if appended(s) in grown:
                out.append(Record(name, value, label=s.label, origin=s.origin, reverses=s.reverses))
            case Assign((target,), value) if (slot := _popped(value)) in adjoints and slot is not None:
                out.append(Recall(target, slot, label=s.label, origin=s.origin, reverses=s.reverses))
            case Assign((name,), value) if name in adjoints:
                if isinstance(value, Call) and value.function is list:
                    value = value.args[0]
                whole = isinstance(value, Call) and value.function in (runtime.sum_adjoint, runtime.zeros_like)
                out.append(replace(s, value=value if whole else Call(np.asarray, (value,))))
            case _:
                out.append(map_blocks(s, lambda b: _rewritten(b, grown, adjoints)))
    return tuple(out)
