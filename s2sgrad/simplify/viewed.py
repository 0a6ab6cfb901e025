"""Names that are parts of an array, for as long as they are read.

    row = A[i - 1]
    s = row[::-1] @ b           reads A[i - 1] at most
    tail = row[1:]              so does whoever reads tail

In: a block. Out: by name, the array and the index of the part; what is read through the name is in that part.
Guaranteed: the name is bound once in the block, and read behind that binding in the same block only, in which the names
of the index are not bound.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping

from s2sgrad.core.nodes import Assign, Block, Call, Expr, Var
from s2sgrad.core.rewrite import blocks, bound_in, free_names, walk_statements
from s2sgrad.simplify.effects import binds, expressions, mentions

Parts = Mapping[str, tuple[str, Expr]]


def parts(block: Block) -> Parts:
    """The names that are parts of an array in this block."""
    bound = Counter(n for s in walk_statements(block) for n in binds(s))
    found: dict[str, tuple[str, Expr]] = {}
    _collect(block, bound, _uses(block), found)
    return found


def _collect(block: Block, bound: Counter[str], uses: Counter[str], found: dict[str, tuple[str, Expr]]) -> None:
    for k, statement in enumerate(block):
        match statement:
            case Assign((name,), Call(operator.getitem, (Var(base), index))) if bound[name] == 1 and name != base:
                array, index = found.get(base, (base, index))
                rest = block[k + 1:]
                if _uses(rest)[name] == uses[name] and not bound_in(rest) & free_names(index):
                    found[name] = array, index
        for inner in blocks(statement):
            _collect(inner, bound, uses, found)


def _uses(block: Block) -> Counter[str]:
    found: Counter[str] = Counter()
    for s in walk_statements(block):
        found.update(mentions(s))
        for e in expressions(s):
            found.update(free_names(e))
    return found
