"""Loops over a display of literals run over the display itself.

    $1 = (0, 1)                     for axis in (0, 1):
    for axis in $1:         ->          ...
        ...

In: a function. Out: the same function, without names for such displays. Guaranteed: the name is bound once and read
in the heads of loops only, which do not count their trips otherwise; nobody can write what the display holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import Assign, Block, Build, For, Function, Statement
from s2sgrad.core.rewrite import exprs, free_names, is_literal, map_blocks, map_exprs, substitute, walk_statements
from s2sgrad.simplify.effects import binds, expressions, mentions, size
from s2sgrad.simplify.facts import Facts

LONGEST = 16        # nodes of a display that is written twice


def run(function: Function, facts: Facts) -> Function:
    """The function whose loops run over displays of literals themselves."""
    statements = tuple(walk_statements(function.body))
    bound = Counter(n for s in statements for n in binds(s))
    displays: dict[str, Build] = {}
    for stmt in statements:
        match stmt:
            case Assign((name,), Build("tuple" | "list", (_, *_) as items) as value) if (
                    is_temporary(name) and bound[name] == 1 and all(map(is_literal, items)) and size(value) <= LONGEST):
                displays[name] = value
    for stmt in statements:
        read = {n for e in exprs(stmt) for n in free_names(e)}
        if not isinstance(stmt, For) or _counts(stmt):
            for name in read.union(mentions(stmt)):
                displays.pop(name, None)
    return replace(function, body=_block(function.body, displays)) if displays else function


def _counts(loop: For) -> bool:
    """Is the number of the trip read in the loop, or nothing of what it runs over?"""
    return not loop.elements or any(loop.target in free_names(e) for s in walk_statements(loop.body)
                                    for e in expressions(s))


def _block(block: Block, displays: Mapping[str, Build]) -> Block:
    return tuple(_loop(map_blocks(s, lambda b: _block(b, displays)), displays) for s in block
                 if not (isinstance(s, Assign) and s.targets[0] in displays))


def _loop(stmt: Statement, displays: Mapping[str, Build]) -> Statement:
    """The loop with displays in its head."""
    return map_exprs(stmt, lambda e: substitute(e, displays)) if isinstance(stmt, For) else stmt
