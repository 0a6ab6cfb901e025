"""Records as values: what each slot is when loops are functions.

    scan    every loop around the record is a scan: the slot is its output, and an input of the reversed scan
    flat    some loop has a number of trips that is known only inside another one: one array for all trips, filled in
            order and read back in reverse order
    list    the loops around it stay Python loops: a Python list, as on NumPy
    name    no loop is around it
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from s2sgrad.core.nodes import Block, For, Recall, Record, While
from s2sgrad.core.rewrite import blocks
from s2sgrad.errors import Origin
from s2sgrad.lower.binding import canonical
from s2sgrad.lower.refusals import unsupported

Chain = tuple[int, ...]         # labels of the forward loops around a statement, the outermost first


@dataclass
class Slots:
    """form, chains: of each slot, and the loops around its records. may_be_none: slots that one side of a static branch
    sets."""

    form: dict[str, str] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)
    may_be_none: set[str] = field(default_factory=set)

    def inside(self, loop: int, form: str) -> list[str]:
        """The slots of a form that are recorded in a loop, at any depth."""
        return [slot for slot, chain in self.chains.items() if loop in chain and self.form[slot] == form]


def plan_slots(body: Block, nature: Callable[[For], str]) -> Slots:
    """The form of every slot. nature: "scan", "repeat" or "python" of a loop.

    Raises UnsupportedError for a record that is not read back by the mirror image of the loops that made it.
    """
    records: dict[str, list[tuple[Chain, Origin]]] = {}
    natures: dict[int, str] = {}
    loops: dict[int, Origin] = {}

    def visit(block: Block, chain: Chain) -> None:
        for statement in block:
            match statement:
                case Record(slot) | Recall(slot=slot):
                    records.setdefault(slot, []).append((chain, statement.origin))
            inner = (*chain, canonical(statement)) if isinstance(statement, (For, While)) else chain
            if isinstance(statement, For):
                loops[canonical(statement)] = statement.origin
            if isinstance(statement, For) and not statement.reverses:
                natures[statement.label] = nature(statement)
            for b in blocks(statement):
                visit(b, inner)

    visit(body, ())
    found = Slots()
    for slot, places in records.items():
        chain = places[0][0]
        kinds = {natures.get(label, "") for label in chain}
        if any(other != chain for other, _ in places) or "" in kinds or "python" in kinds and len(kinds) > 1:
            at = next((o for _, o in places if o.line), loops.get(chain[0] if chain else 0, places[0][1]))
            raise unsupported("What this loop records", at)
        found.chains[slot] = chain
        found.form[slot] = ("name" if not chain else "list" if kinds == {"python"} else
                            "scan" if kinds == {"scan"} else "flat")
    return found
