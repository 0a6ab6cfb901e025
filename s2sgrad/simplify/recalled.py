"""Cells that are read right after they were restored, and never again, are read from the record.

    for _ in reversed(range(n)):                      for _ in reversed(range(n)):
        u[1:-1] = u_record.pop()              ->          u_old = u_record.pop()
        a_bar += np.vdot(t_bar, u[1:-1])                  a_bar += np.vdot(t_bar, u_old)

In: a function with Record and Recall. Out: without those restores; the records stay. Guaranteed: each read that is
replaced names the same cells as the restore, in its block, before anything writes the array; every later read is of
other cells (`restores.py`).
"""

from __future__ import annotations

import operator
from dataclasses import replace

from s2sgrad.core.names import SLOT, is_shadow
from s2sgrad.core.nodes import Block, Call, Expr, Function, Recall, Statement, Var
from s2sgrad.core.rewrite import blocks, bottom_up, free_names, map_blocks, map_exprs
from s2sgrad.simplify import copies
from s2sgrad.simplify.effects import disturbs, effects
from s2sgrad.simplify.facts import Facts, kind_of
from s2sgrad.simplify.restores import is_unseen, restores_of


def run(function: Function, facts: Facts) -> tuple[Function, Facts]:
    """The function whose restores of this kind are reads of the record, and what is known of the new names."""
    made = 0
    for restore in restores_of(function):
        assert restore.index is not None
        if is_shadow(restore.target):
            continue
        name = f"{restore.target}{SLOT}old{made}"
        cells = Call(operator.getitem, (Var(restore.target), restore.index))
        known = facts.with_kinds({name: kind_of(cells, facts)}, (name,), facts.islands)
        read = replace(function, body=_block(function.body, restore, cells, name, known))
        if read != function and is_unseen(restore, read := copies.run(read, known), known):
            function, facts, made = read, known, made + 1
    return function, facts


def _block(block: Block, restore: Recall, cells: Expr, name: str, facts: Facts) -> Block:
    """The block in which the restore gives the name its value, which what follows reads instead of the cells."""
    at = next((k for k, s in enumerate(block) if s.label == restore.label), None)
    if at is None:
        return tuple(map_blocks(s, lambda b: _block(b, restore, cells, name, facts)) for s in block)
    out = [*block[:at], replace(restore, target=name, index=None)]
    names = free_names(cells)
    for k in range(at + 1, len(block)):
        changes = disturbs(effects(block[k], facts), names, names, facts)
        if not changes or not list(blocks(block[k])):       # what a statement reads, it reads before it writes
            out.append(_read(block[k], cells, name))
        else:
            out.append(block[k])
        if changes:
            return (*out, *block[k + 1:])
    return tuple(out)


def _read(stmt: Statement, cells: Expr, name: str) -> Statement:
    stmt = map_blocks(stmt, lambda b: tuple(_read(s, cells, name) for s in b))
    return map_exprs(stmt, lambda e: bottom_up(e, lambda part: Var(name) if part == cells else part))
