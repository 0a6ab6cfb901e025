"""Copies between views of one array that may cross: whether they do is asked before they are made.

    A[:, 2] = A[1]      ->      require_reads_first("A[:, 2] = A[1]", A[:, 2], A[1])
                                A[:, 2] = A[1]

NumPy (2.4) copies between views of one axis entry by entry, and may write a cell before it reads it. The store law is
that of a store which reads first, so a store that does not is refused at the call. Comes in: a flat function and its
activity. Goes out: the function with these questions, where the indices do not answer them.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.indexing import parts
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, rank_of
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Effect, Expr, Function, Statement, Store, Var
from s2sgrad.core.rewrite import bound, map_blocks, walk_statements
from s2sgrad.runtime import require_reads_first


def guard_crossings(function: Function, activity: Activity) -> Function:
    """The function with a check before every store of a view that may cross it."""
    count = Counter(n for s in walk_statements(function.body) for n in bound(s))
    views = {s.targets[0]: s.value for s in walk_statements(function.body)
             if isinstance(s, Assign) and len(s.targets) == 1 and count[s.targets[0]] == 1}

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            if isinstance(statement, Store) and _may_cross(statement, activity, views):
                out.append(Effect(_question(statement, activity.kinds), origin=statement.origin))
            out.append(map_blocks(statement, visit))
        return tuple(out)

    return replace(function, body=visit(function.body))


def _question(store: Store, kinds: Kinds) -> Call:
    text = Const(next(iter(store.origin.text.strip().splitlines()), store.base))
    if store.index is not None and _is_mask(store.index, kinds):
        return Call(require_reads_first, (text, Var(store.base), store.value, store.index))
    cells = Var(store.base) if store.index is None else Call(operator.getitem, (Var(store.base), store.index))
    return Call(require_reads_first, (text, cells, store.value))


def _is_mask(index: Expr, kinds: Kinds) -> bool:
    kind = kinds.of(index)
    return isinstance(kind, Array) and kind.dtype == "bool"


def _may_cross(store: Store, activity: Activity, views: dict[str, Expr]) -> bool:
    """May the store copy from a view of the array, of one axis, that is not known to lie as the cells do?"""
    aliases, kinds = activity.aliases, activity.kinds
    base, index, source = store.base, store.index, store.value
    if store.op is not None or not isinstance(kinds.names.get(base), Array) or not activity.active(base) or (
            aliases.find(base) not in aliases.memory(source)):
        return False
    while isinstance(source, Var) and source.name in views and aliases.memory(views[source.name]):
        source = views[source.name]
    if index is not None and _is_mask(index, kinds):
        return True
    cells = kinds.of(Var(base) if index is None else Call(operator.getitem, (Var(base), index)))
    if rank_of(cells) not in (1, None) or rank_of(kinds.of(store.value)) == 0 or _picks(index, kinds):
        return False
    match source:
        case Var(name) if index is None:
            return not (name == base or (_orderly(name, kinds) and _orderly(base, kinds)))
        case Call(function, (Var(name), other)) if function is operator.getitem:
            alike = name == base or (_orderly(name, kinds) and _orderly(base, kinds))
            strides = _strides(index)
            return not (alike and strides is not None and _strides(other) == strides)
    return True


def _picks(index: Expr | None, kinds: Kinds) -> bool:
    """Is there an array of integers in the index? Such a store reads first."""
    return index is not None and any(
        isinstance(kind := kinds.of(p), Array) and kind.rank != 0 and (kind.dtype or "").startswith(("int", "uint"))
        for p in parts(index))


def _orderly(name: str, kinds: Kinds) -> bool:
    kind = kinds.names.get(name)
    return isinstance(kind, Array) and kind.layout == "C"


def _strides(index: Expr | None) -> tuple[object, ...] | None:
    """What of an index decides the strides: where its slices stand, and the size of their steps."""
    if index is None:
        return None
    found: list[object] = []
    for entry in parts(index):
        match entry:
            case Build("slice", (_, _, Const(value=step))) if step is None or isinstance(step, int):
                found.append(abs(step or 1))
            case Build("slice"):
                return None
            case Const(value=value) if value is ... or value is None:
                return None
            case _:
                found.append("entry")
    while found and found[-1] == 1:
        found.pop()
    return tuple(found)
