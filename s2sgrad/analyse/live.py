"""Which names are still read behind each statement, in a body that has not been lowered yet."""

from __future__ import annotations

from s2sgrad.core.nodes import Block, For, If, Record, Statement, While
from s2sgrad.core.rewrite import bound, exprs, free_names, reads_of

Names = frozenset[str]


def live_after(body: Block, *, records: bool = True) -> dict[int, Names]:
    """Label -> the names that may be read behind the statement, before they are bound anew.

    A write in place reads what it writes. A loop may run no trip at all. records: does recording a name read it?
    """
    live = _Live(records)
    live.block(body, frozenset())
    return live.after


class _Live:
    def __init__(self, records: bool) -> None:
        self.records = records
        self.after: dict[int, Names] = {}

    def block(self, block: Block, after: Names) -> Names:
        """The names read in a block or behind it."""
        for statement in reversed(block):
            self.after[statement.label] = after
            after = self.statement(statement, after)
        return after

    def statement(self, statement: Statement, after: Names) -> Names:
        """The names read by a statement or behind it."""
        match statement:
            case If(_, then, orelse):
                return self.block(then, after) | self.block(orelse, after) | reads_of(statement)
            case For(body=body, leave=leave) | While(body=body, leave=leave):
                heads = frozenset(name for e in exprs(statement) for name in free_names(e))
                return self.loop(statement, body, after | heads | ({leave} if leave else frozenset()))
            case Record() if not self.records:
                return after
        return (after - set(bound(statement))) | reads_of(statement)

    def loop(self, loop: Statement, body: Block, head: Names) -> Names:
        """The names live at the head of a loop, where every trip begins and ends."""
        while True:
            start = self.block(body, head) - set(bound(loop))
            if start <= head:
                return head
            head |= start
