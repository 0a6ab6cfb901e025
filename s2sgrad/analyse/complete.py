"""Lists that are complete: made in a block, filled there, and never written again.

    points = []
    for a, b in zip(p, p[1:]):
        points.append((1 - t) * a + t * b)
    return curve(points, t)                 points is complete: a copy of it is as good as the list itself

Comes in: a name, the statements of its block before the place where it is asked for, and alias classes. Goes out: is
every write to its class one of those statements, behind the one that makes the list, and is what it holds not written?
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.opaque import may_be_written
from s2sgrad.core.kinds import ListKind
from s2sgrad.core.nodes import Assign, Block, Build, Effect, Expr, Function, Store, Var
from s2sgrad.core.rewrite import bound, exprs, walk_statements


def is_complete(expr: Expr, before: Block, function: Function, aliases: Aliases) -> bool:
    """Is it a list that nothing writes from here on, with entries that nothing writes at all?"""
    if not isinstance(expr, Var) or not isinstance(aliases.kinds.of(expr), ListKind):
        return False
    root = aliases.find(expr.name)
    if aliases.find(aliases.entries(expr.name)) in aliases.written:
        return False
    made = next((k for k in reversed(range(len(before))) if expr.name in bound(before[k])), None)
    if made is None or sum(expr.name in bound(s) for s in walk_statements(function.body)) != 1:
        return False
    match before[made]:
        case Assign((_,), Build("list")):
            inside = sum(1 for _ in _writes(before[made:], root, aliases))
            return inside == sum(1 for _ in _writes(function.body, root, aliases))
    return False


def _writes(block: Block, root: str, aliases: Aliases) -> Iterator[str]:
    """The writes to a class."""
    for statement in walk_statements(block):
        names = [statement.base] if isinstance(statement, Store) else []
        for expr in exprs(statement):
            names += may_be_written(expr, aliases.kinds, isinstance(statement, Effect))
            if isinstance(statement, Effect):
                names += sorted(aliases.mentioned(expr))
        yield from (n for n in names if aliases.find(n) == root)
