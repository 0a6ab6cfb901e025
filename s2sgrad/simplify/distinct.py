"""Contributions at an index that names no cell twice need no `np.add.at`.

In: a function. Out: the same function with plain contributions where an index array counts, or is an order.

    before                                      after
    $1 = np.arange(len(labels))                 $1 = np.arange(len(labels))
    x~[$1, labels] += v   (perhaps repeated)    x~[$1, labels] += v

Guaranteed: one of the index arrays has the entries 0, 1, 2, ..., each once, in some order, nobody writes it, and the
others have its length or are numbers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.indexing import parts
from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.nodes import Accumulate, Assign, Block, Build, Call, Expr, Function, Var
from s2sgrad.core.rewrite import map_blocks, walk_statements
from s2sgrad.simplify.effects import binds
from s2sgrad.simplify.facts import Facts, kind_of, same_shape


def run(function: Function, facts: Facts) -> Function:
    """The function with plain contributions at such indices."""
    if not any(isinstance(s, Accumulate) and s.repeats for s in walk_statements(function.body)):
        return function
    bound = Counter(name for s in walk_statements(function.body) for name in binds(s))
    values = {s.targets[0]: s.value for s in walk_statements(function.body)
              if isinstance(s, Assign) and len(s.targets) == 1 and bound[s.targets[0]] == 1}

    def each_once(entry: Expr) -> bool:
        """Are these the numbers from 0, each once?"""
        if isinstance(entry, Var):
            if entry.name not in values or facts.classes.get(entry.name) in (None, *facts.written):
                return False
            entry = values[entry.name]
        match entry:
            case Call(np.arange, (_,), ()):
                return True
            case Call(np.argsort, (keys, *_)):
                kind = kind_of(keys, facts)
                return isinstance(kind, Array) and kind.rank == 1
        return False

    def plain(index: Expr) -> bool:
        entries = [e for e in parts(index) if not (isinstance(e, Build) and e.form == "slice")]
        for one in entries:
            kind = kind_of(one, facts)
            if each_once(one) and isinstance(kind, Array) and all(
                    other is one or isinstance(found := kind_of(other, facts), Number)
                    or isinstance(found, Array) and same_shape(found.shape, kind.shape) for other in entries):
                return True
        return False

    def visit(block: Block) -> Block:
        return tuple(replace(s, repeats=False) if isinstance(s, Accumulate) and s.repeats and s.index is not None
                     and plain(s.index) else map_blocks(s, visit) for s in block)

    return replace(function, body=visit(function.body))
