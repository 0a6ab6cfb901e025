"""Values that a store spoils, and that hold again once the store is undone.

    c = np.cos(x[k])                    c is np.cos(x[k])
    record x^1 <- x[k]
    x[k] = s                            no longer
    ...
    recall x[k] <- x^1                  here it is again

Guaranteed: all of it stands in one block, and between the record and the restore that store alone writes what the value
reads; nothing binds the names that the value, its holder or the index are made of.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from s2sgrad.core.nodes import Call, Expr, Recall, Record, Statement, Store, Var
from s2sgrad.core.rewrite import free_names
from s2sgrad.simplify.effects import Effects, disturbs
from s2sgrad.simplify.facts import Facts

if TYPE_CHECKING:
    from s2sgrad.simplify.common import Group

Cells = tuple[str, Expr]            # of an array: its name, the index


@dataclass
class Undone:
    """One walk over a block. recorded: the slot that keeps what is still in cells. asleep: by the slot of the restore
    that they wait for, those cells and the values that the store spoilt."""

    facts: Facts
    recorded: dict[Cells, str] = field(default_factory=dict)
    asleep: dict[str, tuple[Cells, dict[Expr, Group]]] = field(default_factory=dict)

    def spoil(self, stmt: Statement, value: Expr, group: Group) -> None:
        """A statement has spoilt a value that a name holds."""
        match stmt:
            case Store(base, index) if index is not None and (base, index) in self.recorded:
                cells = (base, index)
                self.asleep.setdefault(self.recorded[cells], (cells, {}))[1][value] = group

    def passed(self, stmt: Statement, done: Effects) -> dict[Expr, Group]:
        """The values that hold again behind the statement, which has these effects."""
        again: dict[Expr, Group] = {}
        match stmt:
            case Recall(target, slot, index, False) if slot in self.asleep and self.asleep[slot][0] == (target, index):
                again = self.asleep.pop(slot)[1]
        for slot, (cells, values) in list(self.asleep.items()):
            spoilt_here = isinstance(stmt, Store) and self.recorded.get(cells) == slot
            if done.binds & {cells[0], *free_names(cells[1])}:
                del self.asleep[slot]
                continue
            for value, group in list(values.items()):
                if not spoilt_here and disturbs(done, group.names, group.contents, self.facts):
                    del values[value]
        for cells in list(self.recorded):
            read = {cells[0], *free_names(cells[1])}
            if disturbs(done, read, read, self.facts):
                del self.recorded[cells]
        match stmt:
            case Record(slot, Call(operator.getitem, (Var(base), index)) | Call(np.copy, (Call(
                    operator.getitem, (Var(base), index)),))):
                self.recorded[base, index] = slot
        return again
