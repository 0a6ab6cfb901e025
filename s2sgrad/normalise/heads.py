"""Names bound by the head of a loop become private to the loop.

    for i in range(n):             for $1 in range(n):
        i = 2 * i            ->        i = $1
        ...                            i = 2 * i

Only where the body rebinds the name, or it is read outside the loop; a reversed loop binds its head again, and must
not disturb a name that someone else reads.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.looks import reads_written
from s2sgrad.core.nodes import Assign, Block, Call, Expr, For, Function, Statement, Store, Var
from s2sgrad.core.rewrite import bound, bound_in, map_blocks, reads_of, walk_statements


def private_heads(function: Function, fresh: Callable[[], str]) -> Function:
    """The function with private loop heads."""
    total = _mentions(function.body)
    total.update(p.name for p in function.params)
    return replace(function, body=_block(function.body, total, fresh))


def open_elements(function: Function, aliases: Aliases) -> Function:
    """Elements of containers whose memory is written are read in the body, where their order with the writes shows."""
    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            statement = map_blocks(statement, visit)
            if isinstance(statement, For):
                opened = [(n, c) for n, c in statement.elements if _is_written(c, aliases)]
                head = tuple(Assign((n,), Call(operator.getitem, (c, Var(statement.target))), origin=statement.origin)
                             for n, c in opened)
                if opened:
                    statement = replace(statement, body=(*head, *statement.body),
                                        elements=tuple(e for e in statement.elements if e not in opened))
            out.append(statement)
        return tuple(out)

    return replace(function, body=visit(function.body))


def _is_written(container: Expr, aliases: Aliases) -> bool:
    return reads_written(container, aliases)


def _mentions(block: Block) -> Counter[str]:
    return Counter(n for s in walk_statements(block) for n in (*reads_of(s), *bound(s)))


def _block(block: Block, total: Counter[str], fresh: Callable[[], str]) -> Block:
    out: list[Statement] = []
    for statement in block:
        statement = map_blocks(statement, lambda b: _block(b, total, fresh))
        if isinstance(statement, For):
            inside = _mentions((statement,))
            changed = bound_in(statement.body) | {s.base for s in walk_statements(statement.body)
                                                  if isinstance(s, Store) and s.index is None}
            head: list[Statement] = []

            def private(name: str, statement: For = statement, inside: Counter[str] = inside,
                        changed: set[str] = changed, head: list[Statement] = head) -> str:
                if name.startswith("$") or (name not in changed and inside[name] == total[name]):
                    return name
                new = fresh()
                head.append(Assign((name,), Var(new), origin=statement.origin))
                return new

            target = private(statement.target)
            elements = tuple((private(n), c) for n, c in statement.elements)
            statement = replace(statement, target=target, elements=elements, body=(*head, *statement.body))
        out.append(statement)
    return tuple(out)
