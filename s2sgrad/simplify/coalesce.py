"""An adjoint that takes over another one, and gives it back, is that other one.

In: a function. Out: the same function with one name instead of two.

    before                      after
    v#2~ = v~
    a~ += k * v~                a~ += k * v~
    v#2~ += p~ * k              v~ += p~ * k
    v~ = v#2~
    b~ = v#2~ * c               b~ = v~ * c

Guaranteed: the two names hold the same value wherever one stands for the other: v~ is not read between the first
contribution to v#2~ and its return, and v#2~ lives nowhere else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.names import is_bar
from s2sgrad.core.nodes import Accumulate, Assign, Block, Function, Statement, Var
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, rename_block, walk_statements
from s2sgrad.simplify.effects import binds, like, mentions
from s2sgrad.simplify.facts import Facts


def run(function: Function, facts: Facts) -> Function:
    """The function with such pairs of adjoints joined."""
    return replace(function, body=_block(function.body, _uses(function.body), facts))


def _uses(block: Block) -> Counter[str]:
    """How often each name occurs."""
    found: Counter[str] = Counter()
    for s in walk_statements(block):
        found.update(_named(s))
    return found


def _named(stmt: Statement) -> list[str]:
    return [*binds(stmt), *mentions(stmt), *like(stmt, Facts()), *(n for e in exprs(stmt) for n in free_names(e))]


def _block(block: Block, uses: Counter[str], facts: Facts) -> Block:
    out = [map_blocks(s, lambda b: _block(b, uses, facts)) for s in block]
    i = 0
    while i < len(out):
        match out[i]:
            case Assign((name,), Var(other)) if is_bar(name) and is_bar(other) and name != other:
                end = _returns(out, i, name, other, uses) if _alike(name, other, facts) else 0
                if end:
                    uses[other] += uses.pop(name)
                    out[i:end] = [s for s in rename_block(tuple(out[i:end]), {name: Var(other)})
                                  if s != Assign((other,), Var(other))]
                    continue
        i += 1
    return tuple(out)


def _alike(name: str, other: str, facts: Facts) -> bool:
    """Do contributions print in the same way for both?"""
    match facts.kinds.get(name), facts.kinds.get(other):
        case (Array(d1, s1), Array(d2, s2)):
            return d1 == d2 and isinstance(s1, tuple) and isinstance(s2, tuple) and len(s1) == len(s2)
        case (Number(d1), Number(d2)):
            return d1 == d2
    return False


def _returns(out: list[Statement], at: int, name: str, other: str, uses: Counter[str]) -> int:
    """Up to where `name` is to be `other`; 0 if they are not always one."""
    left = uses[name] - 1
    changed = returned = False
    for i in range(at + 1, len(out)):
        stmt = out[i]
        inner = _uses((stmt,))
        left -= inner[name]
        match stmt:
            case Assign((target,), Var(value)) if (target, value) == (other, name) and not returned:
                returned = True
            case Accumulate(bar=bar) if bar == name and not returned and other not in inner:
                changed = True
            case _:
                bound = {n for s in walk_statements((stmt,)) for n in binds(s)}
                if name in bound or other in bound or (changed and not returned and other in inner):
                    return 0
        if returned and not left:
            return i + 1
    return 0
