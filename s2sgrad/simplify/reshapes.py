"""A contribution through a view that only has further axes of length 1 becomes one to the whole adjoint.

In: a function. Out: the same function with fewer indices.

    before                                                    after
    x~[:, None, :] += np.sum(d~, axis=1, keepdims=True)       x~ += np.sum(d~, axis=1)

Guaranteed: the sum without its axes of length 1 has the shape of the adjoint.
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from s2sgrad.core.kinds import Array, shape_of
from s2sgrad.core.nodes import Accumulate, Block, Build, Call, Const, Expr, Function, Statement, Var
from s2sgrad.core.rewrite import map_blocks
from s2sgrad.simplify.facts import Facts, kind_of, same_shape

FULL = Build("slice", (Const(None),) * 3)


def run(function: Function, facts: Facts) -> Function:
    """The function with such contributions."""
    return replace(function, body=_block(function.body, facts))


def _block(block: Block, facts: Facts) -> Block:
    return tuple(_statement(map_blocks(s, lambda b: _block(b, facts)), facts) for s in block)


def _statement(stmt: Statement, facts: Facts) -> Statement:
    match stmt:
        case Accumulate(bar, Build("tuple", entries) as index, Call(np.sum, (value,), kwargs) as total):
            options = dict(kwargs)
            new = tuple(i for i, e in enumerate(entries) if e == Const(None))
            kind = facts.kinds.get(bar)
            if (new and all(e in (FULL, Const(None)) for e in entries) and options.get("keepdims") == Const(True)
                    and options.keys() == {"axis", "keepdims"} and _axes(options["axis"], len(entries)) == new
                    and isinstance(kind, Array) and kind.rank == len(entries) - len(new)
                    and same_shape(shape_of(kind_of(total, facts)),
                                   shape_of(kind_of(Call(operator.getitem, (Var(bar), index)), facts)))):
                bare = Call(np.sum, (value,), (("axis", options["axis"]),))
                return replace(stmt, index=None, value=bare)
    return stmt


def _axes(axis: Expr, rank: int) -> tuple[int, ...]:
    match axis:
        case Const(int() as one):
            return (one % rank,)
        case Build("tuple", items) if all(isinstance(i, Const) and isinstance(i.value, int) for i in items):
            return tuple(sorted(i.value % rank for i in items if isinstance(i, Const)))
    return ()
