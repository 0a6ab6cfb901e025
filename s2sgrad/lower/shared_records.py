"""What is recorded at one place of a loop, and restored at one place, shares one list.

    x_record.append(x)                records.append((x, y))
    y_record.append(y)        ->      ...
    ...                               x, y = records.pop()
    x = x_record.pop()
    y = y_record.pop()

Comes in: a function with `Record` and `Recall`. Goes out: the same function with fewer slots. A later record of a name
moves up to an earlier one where the name is not bound between them; so does a restore of a name that is not touched
between them. Restores of entries, or into what is there, keep lists of their own, and so do two numbers: the garbage
collector looks at every new tuple, which costs more than a second `append`.
"""

from __future__ import annotations

from collections import Counter

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Number
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Break,
    Build,
    Call,
    Continue,
    Leave,
    Method,
    Recall,
    Record,
    Return,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.rewrite import bound, map_blocks, reads_of, walk_statements

RECORDS = "^records"
FEW = 3


def with_shared_records(body: Block, lists: set[str], kinds: Kinds) -> Block:
    """The body in which slots of `lists` (those that are filled in loops) that belong together are one list."""
    uses = Counter(s.slot for s in walk_statements(body) if isinstance(s, (Record, Recall)))
    parts = {s.slot for s in walk_statements(body) if isinstance(s, Recall) and (s.index is not None or s.whole)}
    single = {slot for slot in lists if uses[slot] == 2} - parts          # one record, and one restore of a name
    made, taken = _places(body, single, Record), _places(body, single, Recall)
    groups: dict[tuple[int, int], list[str]] = {}
    for slot in made:
        if slot in taken:
            groups.setdefault((made[slot], taken[slot]), []).append(slot)
    values = {s.slot: s.value for s in walk_statements(body) if isinstance(s, Record)}
    together = {places: slots for places, slots in groups.items() if len(slots) >= FEW or len(slots) > 1 and not all(
        isinstance(kinds.of(values[s]), Number) for s in slots)}
    return _merged(body, together) if together else body


def _places(body: Block, single: set[str], kind: type[Record | Recall]) -> dict[str, int]:
    """Slot -> label of the first record (or restore) beside which this one may stand, too."""
    found: dict[str, int] = {}

    def visit(block: Block) -> Block:
        heads: dict[int, set[str]] = {}         # label -> names that are bound (or, for restores, touched) since
        for statement in block:
            mine = isinstance(statement, (Record, Recall)) and statement.slot in single
            if isinstance(statement, kind) and mine:
                name = _name(statement)
                place = next((label for label, touched in heads.items() if name and name not in touched), None)
                found[statement.slot] = statement.label if place is None else place
            touched = _touched(statement, reads=kind is Recall and not mine)
            for names in heads.values():
                names |= touched
            if isinstance(statement, kind) and mine:
                heads.setdefault(found[statement.slot], set())
            if any(isinstance(s, (Break, Continue, Leave, Return)) for s in walk_statements((statement,))):
                heads = {}
            map_blocks(statement, visit)
        return block

    visit(body)
    return found


def _name(statement: Record | Recall) -> str:
    """The name that is recorded or restored; empty where it is no name."""
    if isinstance(statement, Recall):
        return statement.target
    return statement.value.name if isinstance(statement.value, Var) else ""


def _touched(statement: Statement, reads: bool) -> set[str]:
    """The names that a statement binds or writes, and those that it reads."""
    found: set[str] = set()
    for s in walk_statements((statement,)):
        found |= set(bound(s))
        if isinstance(s, Store):
            found.add(s.base)
        if reads:
            found |= reads_of(s)
    return found


def _merged(block: Block, groups: dict[tuple[int, int], list[str]]) -> Block:
    """The block with one record and one restore for each group (by the labels of both places)."""
    inside = {slot for slots in groups.values() for slot in slots}
    records = {s.slot: s for s in walk_statements(block) if isinstance(s, Record)}
    restores = {s.slot: s for s in walk_statements(block) if isinstance(s, Recall)}

    def visit(b: Block) -> Block:
        out: list[Statement] = []
        for statement in b:
            for (made, taken), slots in groups.items():
                shared = RECORDS + slots[0].rsplit("^", 1)[1]
                if statement.label == made:
                    values = Build("tuple", tuple(records[s].value for s in slots))
                    out.append(Record(shared, values, origin=statement.origin))
                elif statement.label == taken:
                    targets = tuple(restores[s].target for s in slots)
                    out.append(Assign(targets, Call(Method("pop"), (Var(shared),)), origin=statement.origin,
                                      reverses=statement.reverses))
            if not (isinstance(statement, (Record, Recall)) and statement.slot in inside):
                out.append(map_blocks(statement, visit))
        return tuple(out)

    return visit(block)
