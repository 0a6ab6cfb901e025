"""Entries of an array that are read one after the other are unpacked, where there are just as many.

    a~ = result~[0]                 a~, b~ = result~            result~ has the shape (2,)
    b~ = result~[1]

Comes in: the statements of a function as NumPy runs them. Goes out: the same, its reverse sweep with fewer.
Guaranteed: the length is known, every entry is taken in order, and the array is a name or an entry of one, which none
of them binds.
"""

from __future__ import annotations

import operator
from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array
from s2sgrad.core.nodes import Assign, Block, Call, Const, Expr, Statement, Var
from s2sgrad.core.rewrite import free_names, map_blocks


def unpacked(block: Block, kinds: Kinds) -> Block:
    """The block with entries unpacked."""
    rest = [map_blocks(s, lambda b: unpacked(b, kinds)) for s in block]
    out: list[Statement] = []
    while rest:
        whole = _unpacking(rest, kinds)
        if whole is None:
            out.append(rest.pop(0))
        else:
            out.append(whole)
            del rest[:len(whole.targets)]
    return tuple(out)


def _unpacking(rest: list[Statement], kinds: Kinds) -> Assign | None:
    """The first statements as one, if they take all entries of an array in their order."""
    match rest[0]:
        case Assign((_,), Call(operator.getitem, (array, Const(0)))) as first if first.reverses and _is_path(array):
            kind = kinds.of(array)
        case _:
            return None
    if not isinstance(kind, Array) or not isinstance(kind.shape, tuple) or not kind.shape or kind.shape[0].symbol:
        return None
    length = kind.shape[0].offset
    names: list[str] = []
    for k, stmt in enumerate(rest[:length]):
        match stmt:
            case Assign((name,), Call(operator.getitem, (base, Const(int() as entry)))) if (
                    base == array and entry == k and stmt.reverses):
                names.append(name)
    distinct = len(set(names)) == length and not free_names(array).intersection(names)
    return replace(first, targets=tuple(names), value=array) if length > 1 and distinct else None


def _is_path(array: Expr) -> bool:
    """Is it a name, or an entry at a literal place of one?"""
    match array:
        case Call(operator.getitem, (base, Const())):
            return _is_path(base)
    return isinstance(array, Var)
