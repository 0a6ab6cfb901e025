"""A temporary that repeats another one, and is recorded beside it, is that other one.

In: a function. Out: the same function with one name, and one record, instead of two.

    before                      after
    $1 = np.exp(x)              $1 = np.exp(x)
    $2 = $1
    p = $1 / np.sum($2)         p = $1 / np.sum($1)
    record $1^ <- $1            record $1^ <- $1
    record $2^ <- $2
    ...                         ...
    recall $1 <- $1^            recall $1 <- $1^
    recall $2 <- $2^
    t~ = p~ * $2                t~ = p~ * $1

Guaranteed: the two are bound only there, one right after the other, as far as anybody reads them; so they hold one
object everywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from s2sgrad.core.names import is_bar, is_temporary
from s2sgrad.core.nodes import Assign, Block, Function, Recall, Record, Statement, Var
from s2sgrad.core.rewrite import blocks, exprs, free_names, map_blocks, rename_block, walk_statements
from s2sgrad.simplify.effects import binds, like, mentions
from s2sgrad.simplify.facts import Facts


@dataclass(frozen=True)
class Place:
    """Where a statement stands: the number of its block, and its position there."""

    block: int
    position: int


def run(function: Function, facts: Facts) -> Function:
    """The function with twins joined."""
    copies = [s for s in walk_statements(function.body) if _is_copy(s)]
    if not copies:
        return function
    for copy in copies:
        function = _joined(function, copy)
    return function


def _is_copy(stmt: Statement) -> bool:
    match stmt:
        case Assign((target,), Var(name)):
            return target != name and is_temporary(target) and not is_bar(target)
    return False


def _joined(function: Function, copy: Statement) -> Function:
    assert isinstance(copy, Assign) and isinstance(copy.value, Var)
    twin, name = copy.targets[0], copy.value.name
    table = list(_numbered(function.body))
    bound: defaultdict[str, list[tuple[Statement, Place]]] = defaultdict(list)
    records: defaultdict[str, list[tuple[Record, Place]]] = defaultdict(list)
    for stmt, place in table:
        if isinstance(stmt, Record):
            records[stmt.slot].append((stmt, place))
        for n in set(binds(stmt)) - ({stmt.slot} if isinstance(stmt, (Record, Recall)) else set()):
            bound[n].append((stmt, place))
    pairs = _partners(bound[twin], bound[name])
    if pairs is None or not all(_untouched(table, {twin}, a, b) for a, b in pairs):
        return function
    slots = [s.slot for s, _ in bound[twin] if isinstance(s, Recall)]
    kept = [s.slot for s, _ in bound[name] if isinstance(s, Recall)]
    written = [records[slot] for slot in (*slots, *kept)]
    if not all(len(found) == 1 for found in written) or not all(
            record.value == Var(n) for n, found in zip((twin, name), written, strict=True) for record, _ in found):
        return function
    (_, one), (_, other) = written[0][0], written[1][0]
    if one.block != other.block or not _untouched(table, {twin, name}, one, other):
        return function
    body = rename_block(_without(function.body, twin, slots[0]), {twin: Var(name)})
    return replace(function, body=body)


def _partners(twin: list[tuple[Statement, Place]],
              name: list[tuple[Statement, Place]]) -> list[tuple[Place, Place]] | None:
    """The bindings in pairs: assigned in one block and recalled in one block, and nowhere else."""
    pairs = []
    for kind in (Assign, Recall):
        a = [p for s, p in twin if isinstance(s, kind)]
        b = [p for s, p in name if isinstance(s, kind)]
        if len(a) != 1 or len(b) != 1 or a[0].block != b[0].block:
            return None
        pairs.append((a[0], b[0]))
    if len(twin) != 2 or len(name) != 2 or any(isinstance(s, Recall) and (s.index is not None or s.whole)
                                               for s, _ in (*twin, *name)):
        return None
    return pairs


def _untouched(table: list[tuple[Statement, Place]], names: set[str], a: Place, b: Place) -> bool:
    """Does nothing between the two read or bind one of the names, and does no loop or branch stand there?"""
    low, high = sorted((a.position, b.position))
    between = [s for s, p in table if p.block == a.block and low < p.position < high]
    return not any(list(blocks(s)) or names & _named(s) for s in between)


def _named(stmt: Statement) -> set[str]:
    read = {n for e in exprs(stmt) for n in free_names(e)}
    return {*binds(stmt), *mentions(stmt), *like(stmt, Facts()), *read}


def _numbered(body: Block) -> Iterator[tuple[Statement, Place]]:
    """Every statement with its place."""
    numbers: Counter[str] = Counter()

    def of(block: Block) -> Iterator[tuple[Statement, Place]]:
        numbers["blocks"] += 1
        number = numbers["blocks"]
        for k, stmt in enumerate(block):
            yield stmt, Place(number, k)
            for inner in blocks(stmt):
                yield from of(inner)

    yield from of(body)


def _without(block: Block, twin: str, slot: str) -> Block:
    def goes(stmt: Statement) -> bool:
        match stmt:
            case Assign((target,)):
                return target == twin
            case Record(slot=found) | Recall(slot=found):
                return found == slot
        return False

    return tuple(map_blocks(s, lambda b: _without(b, twin, slot)) for s in block if not goes(s))
