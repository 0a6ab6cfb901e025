"""`t += v` where the name only ever holds strings or tuples is a binding: nothing of these can be changed in place.

    mode = "a"              mode = "a"
    mode += "b"      ->     mode#2 = "a" + "b"              (once names are split)

Comes in: a function and its kinds. Goes out: the function with such bindings; names then have a kind for each of them.
"""

from __future__ import annotations

from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Kind, Known, TupleKind
from s2sgrad.core.nodes import Assign, Block, Call, Function, Statement, Store, Var
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.rewrite import bound, map_blocks, walk_statements


def bind_updates(function: Function, kinds: Kinds) -> Function:
    """The function with these updates as bindings; the same object where there are none."""
    updated = {s.base for s in walk_statements(function.body) if isinstance(s, Store) and s.index is None and s.op}
    if not updated:
        return function
    fixed = {p.name: _cannot_change(kinds.names.get(p.name)) for p in function.params}
    for statement in walk_statements(function.body):
        kind = kinds.of(statement.value) if isinstance(statement, Assign) and len(statement.targets) == 1 else None
        for name in bound(statement):
            fixed[name] = fixed.get(name, True) and _cannot_change(kind)
    chosen = {n for n in updated if fixed.get(n, False)}
    if not chosen:
        return function

    def visit(block: Block) -> Block:
        return tuple(map_blocks(_bound(s, chosen), visit) for s in block)
    return replace(function, body=visit(function.body))


def _bound(statement: Statement, chosen: set[str]) -> Statement:
    match statement:
        case Store(base, None, value, op) if base in chosen and op is not None:
            return Assign((base,), Call(OUT_OF_PLACE[op], (Var(base), value)), augmented=True, label=statement.label,
                          origin=statement.origin)
    return statement


def _cannot_change(kind: Kind | None) -> bool:
    return isinstance(kind, TupleKind) or isinstance(kind, Known) and isinstance(kind.value, (str, bytes))
