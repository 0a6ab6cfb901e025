"""An inner loop whose trips are counted fills a list in each trip of the outer one, whose length is the count.

    for k in range(n):                          for k in range(n):
        trips = 0                                   E_record = []
        while abs(step) > 1e-12:                    while abs(step) > 1e-12:
            trips += 1                  ->              E_record.append(E)
            E_record.append(E)                      E_records.append(E_record)
        trips_record.append(trips)

Comes in: a function in the dialect of NumPy. Goes out: the same function, and the lists that each trip of an outer loop
makes anew. Guaranteed: the list is filled by one statement, which runs in each trip that is counted, and taken from by
one, at the head of each trip of the reverse; nobody else reads the count or the list.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

from s2sgrad.core.names import SLOT, TRIPS, is_slot
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Effect, For, Method, Statement, Store, Var, While
from s2sgrad.core.rewrite import bound, exprs, free_names, map_blocks, reads_of, rename_block, walk_statements


def uses_of(block: Block) -> Counter[str]:
    """In how many expressions each slot stands."""
    return Counter(n for s in walk_statements(block) for e in exprs(s) for n in free_names(e) if is_slot(n))


def appended(statement: Statement) -> str:
    """The list to which a statement appends."""
    match statement:
        case Effect(Call(Method("append"), (Var(slot), _), ())) if is_slot(slot):
            return slot
    return ""


def counted(statement: Statement) -> str:
    """The name with which this statement counts trips, or begins to."""
    match statement:
        case Assign((name,), Const(0)) | Store(name, None, Const(1), operator.iadd) if name.startswith(TRIPS):
            return name
    return ""


def is_counted(loop: For) -> bool:
    """Does the body of a loop read, or bind, the number of the trip?"""
    return any(loop.target in {*reads_of(s), *bound(s)} for s in walk_statements(loop.body))


def taken_at_head(loop: For, slots: set[str]) -> list[Assign]:
    """What takes off one of these lists at the head of each trip, or may do so there."""
    found: list[Assign] = []
    before: set[str] = set()
    for statement in loop.body:
        match statement:
            case Assign(targets, Call(Method("pop"), (Var(slot),), ())) if slot in slots and not before & set(targets):
                found.append(statement)
                continue
        for s in walk_statements((statement,)):
            before |= {*reads_of(s), *bound(s)}
    return found


def with_trip_lists(body: Block) -> tuple[Block, set[str]]:
    """The body with lists instead of counts of inner loops, and these lists."""
    uses, own = uses_of(body), set[str]()
    binds = Counter(n for s in walk_statements(body) for n in bound(s))
    loops = {s.label: s for s in walk_statements(body) if isinstance(s, (For, While))}
    for back in [s for s in loops.values() if isinstance(s, For) and s.reverses in loops]:
        trips = next((n for n in free_names(back.over) if n.startswith(TRIPS)), "")
        indexed = bool(back.elements) or is_counted(back)
        forward = loops[back.reverses]
        if uses[trips] != 2 or binds[trips] != 2 or indexed and back.over != Call(range, (Var(trips),)) or not any(
                counted(s) == trips for s in forward.body):
            continue
        slots = {slot for s in forward.body if (slot := appended(s)) and uses[slot] == 2 and binds[slot] == 1}
        for head in taken_at_head(back, slots)[:1]:
            assert isinstance(head.value, Call) and isinstance(head.value.args[0], Var)
            slot = head.value.args[0].name
            own.add(slot)
            body = _listed(body, trips, slot, back.label)
    return body, own


def _listed(body: Block, trips: str, slot: str, back: int) -> Block:
    """The body in which the list takes the place of the count, in the records of the outer loop, too."""
    counts = {appended(s) for s in walk_statements(body) if isinstance(s, Effect) and isinstance(s.call, Call)
              and s.call.args[1:] == (Var(trips),)} - {""}
    names = {trips: Var(slot)} | {c: Var(f"{slot.split(SLOT)[0]}{SLOT}records{c.rsplit(SLOT, 1)[1]}") for c in counts}

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for s in block:
            match s:
                case Assign((name,), Build("list", ())) if name == slot:
                    continue
                case Assign() if counted(s) == trips:
                    out.append(replace(s, value=Build("list", ())))
                    continue
                case _ if counted(s) == trips:
                    continue
                case For(label=label) if label == back:
                    s = replace(s, over=Call(range, (Call(len, (Var(trips),)),)))
            out.append(map_blocks(s, visit))
        return tuple(out)

    return rename_block(visit(body), names)
