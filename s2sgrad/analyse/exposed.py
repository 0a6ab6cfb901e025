"""Names that are read before they are bound: what a block needs from outside, and what outlives a trip of a loop."""

from __future__ import annotations

from collections.abc import Iterator

from s2sgrad.core.nodes import Block, For, Function, Recall, Statement, Store, Var, While, walk
from s2sgrad.core.rewrite import blocks, bound, bound_in, exprs, reads_of, walk_statements


def outliving_names(function: Function) -> set[str]:
    """Names bound in a loop that are read in a later trip or after the loop."""
    found: set[str] = set()
    for statement in walk_statements(function.body):
        match statement:
            case For(body=body) | While(body=body):
                bound_here = bound_in(body)
                exposed: set[str] = set()
                _exposed(body, set(bound(statement)), exposed)
                outside = _reads_outside(function.body, statement)
                found |= bound_here & (exposed | outside)
    return found


def exposed_names(block: Block) -> set[str]:
    """The names that a block may read before it binds them."""
    exposed: set[str] = set()
    _exposed(block, set(), exposed)
    return exposed


def surely_bound(block: Block) -> set[str]:
    """The names that a block binds on every path."""
    return _exposed(block, set(), set())


def _exposed(block: Block, defined: set[str], exposed: set[str]) -> set[str]:
    """Names read before they are surely bound in this block."""
    for statement in block:
        exposed |= reads_of(statement) - defined
        inner = blocks(statement)
        if len(inner) == 2:
            a = _exposed(inner[0], set(defined), exposed)
            b = _exposed(inner[1], set(defined), exposed)
            defined |= a & b
        elif inner:
            _exposed(inner[0], defined | set(bound(statement)), exposed)
        else:
            defined |= set(bound(statement))
    return defined


def _reads_outside(block: Block, loop: Statement) -> set[str]:
    found: set[str] = set()
    for statement in block:
        if statement.label == loop.label:
            continue
        found |= reads_of(statement)
        for inner in blocks(statement):
            found |= _reads_outside(inner, loop)
    return found


def in_order(block: Block) -> Iterator[str]:
    """The names that a block reads, each once, in the order of their first mention."""
    seen: set[str] = set()
    for statement in walk_statements(block):
        mentioned = [e.name for expr in exprs(statement) for e in walk(expr) if isinstance(e, Var)]
        match statement:
            case Store(base):
                mentioned.insert(0, base)
            case Recall(target, slot):
                mentioned += [slot, target]
        for name in mentioned:
            if name not in seen:
                seen.add(name)
                yield name
