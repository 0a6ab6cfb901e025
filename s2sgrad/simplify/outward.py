"""An array that no trip of a reversed loop reads is put back once, behind the loop.

    for i in range(n):                          record x^1 <- np.copy(x)
        record x^1 <- np.copy(x)                for i in range(n):
        x += p                                      x += p
    # reverse sweep                     ->      # reverse sweep
    for i in reversed(range(n)):                for i in reversed(range(n)):
        recall x[...] <- x^1                        p~ += x~
        p~ += x~                                recall x[...] <- x^1

In: a function with both sweeps. Out: with one copy of such an array, made before the loop, not one for each trip.
Guaranteed: no name of its memory is read in the reversed loop, and in both loops its name means one array.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from s2sgrad.core.kinds import Array
from s2sgrad.core.nodes import Block, Build, Call, Const, For, Function, Recall, Record, Statement, Var, While
from s2sgrad.core.rewrite import bound, exprs, map_blocks, walk_statements
from s2sgrad.simplify.effects import contents
from s2sgrad.simplify.facts import Facts

ALL = (Const(...), Build("slice", (Const(None),) * 3))        # indices of every cell


def run(function: Function, facts: Facts) -> Function:
    """The function with such records made before their loops."""
    while (moved := _moved(function, facts)) is not None:
        function = moved
    return function


def _moved(function: Function, facts: Facts) -> Function | None:
    """The function with one record less in a loop; None where there is nothing to move."""
    statements = tuple(walk_statements(function.body))
    loops = {s.label: s for s in statements if isinstance(s, (For, While))}
    times = Counter(s.slot for s in statements if isinstance(s, (Record, Recall)))
    for backward in loops.values():
        forward = loops.get(backward.reverses)
        if forward is None:
            continue
        for recall in _whole(backward):
            record = next((s for s in walk_statements(forward.body) if isinstance(s, Record)
                           and s.slot == recall.slot), None)
            if record is not None and times[recall.slot] == 2 and _is_copy(record, recall.target) and _is_unread(
                    recall.target, forward, backward, facts):
                return replace(function, body=_put(function.body, forward, backward, record, recall))
    return None


def _whole(loop: For | While) -> Iterator[Recall]:
    """The restores of whole arrays in a loop."""
    for s in walk_statements(loop.body):
        if isinstance(s, Recall) and (s.whole or s.index in ALL):
            yield s


def _is_copy(record: Record, name: str) -> bool:
    """Is the array recorded as it is?"""
    match record.value:
        case Call(np.copy, (Var(of),), ()) | Call(np.copy, (Call(args=(Var(of), _)),), ()):
            return of == name
    return False


def _is_unread(name: str, forward: For | While, backward: For | While, facts: Facts) -> bool:
    """Does the name mean one array in both loops, of which the reversed one reads nothing?"""
    if not isinstance(facts.kinds.get(name), Array) or facts.memory(name) is None:
        return False
    if any(name in bound(s) for loop in (forward, backward) for s in walk_statements((loop,))):
        return False
    return not any(facts.any_share(contents(e, facts), (name,))
                   for s in walk_statements((backward,)) for e in exprs(s))


def _put(block: Block, forward: Statement, backward: Statement, record: Record, recall: Recall) -> Block:
    """The block with the record before the one loop, and the restore behind the other."""
    out: list[Statement] = []
    for s in block:
        if s.label in (record.label, recall.label):
            continue
        new = map_blocks(s, lambda b: _put(b, forward, backward, record, recall))
        out += [record, new] if s.label == forward.label else [new, recall] if s.label == backward.label else [new]
    return tuple(out)
