"""Loops and branches as functions of what they change: the control flow of the JAX dialect.

Each holds its blocks, as `For` and `If` do, so that every walk over a program sees one kind of tree; they become nested
functions only when they are printed. Inside a block every name is either bound there before it is read, or one that
the construct hands in, or read from outside and nowhere bound in the block.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sgrad.core.nodes import Block, Expr, Statement


@dataclass(frozen=True)
class Scan(Statement):
    """`lax.scan`: one trip per entry of what the steps run through.

    carried: names that a trip takes over from the one before; behind the loop they hold the last trip's values.
    initial: what the first trip takes over. steps: (name in the body, expression whose first axis is run through).
    slots: names of which every trip gives a value; behind the loop they hold these values, stacked. length: the
    number of trips where there are no steps. backwards: the last entry first. loose: what is carried may be None, or
    of another dtype, before the first trip.
    """

    carried: tuple[str, ...]
    initial: tuple[Expr, ...]
    steps: tuple[tuple[str, Expr], ...]
    slots: tuple[str, ...]
    body: Block
    length: Expr | None = None
    backwards: bool = False
    loose: bool = False


@dataclass(frozen=True)
class Repeat(Statement):
    """`lax.fori_loop`: index runs from start to stop, in steps of one; both may be known only when the loop runs.

    carried, initial: as of `Scan`.
    """

    index: str
    start: Expr
    stop: Expr
    carried: tuple[str, ...]
    initial: tuple[Expr, ...]
    body: Block


@dataclass(frozen=True)
class Branch(Statement):
    """`lax.cond`: both blocks give all results, which are bound anew.

    operands: names that the blocks take in. loose: a result may be None in one of the blocks, or the blocks may
    differ in its dtype.
    """

    test: Expr
    operands: tuple[str, ...]
    results: tuple[str, ...]
    then: Block
    orelse: Block
    loose: bool = False
