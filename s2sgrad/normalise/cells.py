"""Variables that functions made in a loop read later: where such a function leaves its trip, each trip has its own.

    for k in range(2):                       k = 0; n#1 = k; fs.append(lambda v: v ** n#1)
        fs.append(lambda v, n=k: v ** n)  -> k = 1; n#2 = k; fs.append(lambda v: v ** n#2)

A nested function sees what its variables hold when it is called. Those of the function around the loop are the same
ones in each trip; a default, and the variables of a call in the trip, are made anew. How many loops stood around such
a call when it was written out is kept with the mark that its names got (`Context.depths`).

Comes in: a function and its kinds, or what one trip does. Goes out: the loops that have to be written out, or the trip
with names of its own for what it makes anew.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import replace

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.closure import Closure, kept_function
from s2sgrad.core.kinds import DictKind, Kind, Known, ListKind, RecordKind, TupleKind
from s2sgrad.core.names import VERSION, is_temporary
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Effect,
    For,
    Function,
    Method,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import (
    blocks,
    bound,
    bound_in,
    captured_names,
    exprs,
    map_blocks,
    reads_of,
    rename_block,
    walk_statements,
)
from s2sgrad.errors import Origin
from s2sgrad.normalise.inline import without_closures
from s2sgrad.read.scope import Context

SAME, ANEW, UNSURE = range(3)


def left_by_functions(function: Function, kinds: Kinds, context: Context) -> dict[int, Origin]:
    """The loops (by label) that functions leave which read what a trip made anew; where such a function is made."""
    found: dict[int, Origin] = {}
    body = without_closures(function.body)
    capturing = {s.label: names for s in walk_statements(body) if (names := captured_names(s))}
    if not capturing:
        return found
    times = Counter(n for s in walk_statements(body) for n in bound(s))
    for loop, depth in _loops(body, 0):
        inside = {s.label for s in walk_statements(loop.body)}
        here = bound_in(loop.body) if inside & capturing.keys() else set()
        for statement in walk_statements(loop.body):
            names = capturing.get(statement.label, set()) & here
            if all(_fate(n, loop.body, depth, context) == SAME for n in names):
                continue
            # bound nowhere else: bound anew whenever what it reads is
            own = {n for n in bound(statement) if times[n] == 1 and isinstance(statement, Assign)
                   and isinstance(statement.value, Const)}
            made = {id(e.value) for x in exprs(statement) for e in walk(x)
                    if isinstance(e, Const) and isinstance(e.value, Closure)}
            holding = {n for n, kind in kinds.names.items() if n not in own and made & set(_functions(kind))}
            holding |= _names_of(made, own, body) - own
            read = {n for s in walk_statements(body) if s.label not in inside for n in reads_of(s)}
            if holding & (read | exposed_names(loop.body)):
                found.setdefault(loop.label, statement.origin)
    return found


def own_cells(trip: Block, depth: int, at: Origin, context: Context) -> Block:
    """The trip of a loop with variables of its own. depth: how many loops stand around the loop.

    Raises: UnsupportedError where it cannot be told whether a variable is the same in each trip.
    """
    captured = {n for s in walk_statements(without_closures(trip)) for n in captured_names(s)} & bound_in(trip)
    fates = {n: _fate(n, trip, depth, context) for n in captured}
    if UNSURE in fates.values():
        raise kept_function(at)
    if ANEW not in fates.values():
        return trip
    mark = context.fresh("i")
    context.depths[mark] = -1               # what it marks stands in one loop less
    return rename_block(trip, {n: Var(f"{n}{VERSION}{mark}") for n, fate in fates.items() if fate == ANEW})


def without_kept(function: Function, kinds: Kinds) -> Function:
    """The function without lists and dicts of nested functions that are only kept, as all calls are written out."""
    kept = {n for n, kind in kinds.names.items() if any(_functions(kind))}
    while True:
        read = {n for s in walk_statements(function.body) if not _keeps(s, kept) for n in reads_of(s) & kept}
        if not read:
            break
        kept -= read

    def visit(block: Block) -> Block:
        return tuple(map_blocks(s, visit) for s in block if not _keeps(s, kept))
    return replace(function, body=visit(function.body)) if kept else function


def _keeps(statement: Statement, kept: Set[str]) -> bool:
    """Does the statement do no more than to put functions somewhere, or to take them from there?"""
    match statement:
        case Assign((name,), Call(operator.getitem, (held, _))):
            return name in kept and isinstance(held, Var)
        case Assign((name,), value) | Store(name, _, value, None) | Effect(Call(Method("append"), (Var(name), value))):
            return name in kept and not any(isinstance(e, Call) for e in walk(value))
    return False


def _loops(block: Block, depth: int) -> Iterator[tuple[For | While, int]]:
    """The loops, each with the number of those around it."""
    for statement in block:
        if isinstance(statement, (For, While)):
            yield statement, depth
        for inner in blocks(statement):
            yield from _loops(inner, depth + isinstance(statement, (For, While)))


def _fate(name: str, trip: Block, depth: int, context: Context) -> int:
    """Is a variable that the trip binds the same one in each trip of a loop, around which `depth` others stand?"""
    stem, *marks = name.split(VERSION)
    known = [context.depths.get(m, 0) for m in marks]
    around = math.inf if is_temporary(stem) else sum(k or 0 for k in known)
    if around > depth:
        return ANEW
    loops: list[Statement] = [s for s in walk_statements(trip) if isinstance(s, (For, While))]
    return UNSURE if None in known and (around < depth or name in bound_in(tuple(loops))) else SAME


def _names_of(made: Set[int], own: Set[str], block: Block) -> set[str]:
    """The names that are bound to these functions, or to a name of them."""
    found, more = set(own), True
    while more:
        before = len(found)
        for statement in walk_statements(block):
            match statement:
                case Assign((name,), Const(value)) if id(value) in made:
                    found.add(name)
                case Assign((name,), Var(other)) if other in found:
                    found.add(name)
        more = len(found) > before
    return found


def _functions(kind: Kind) -> Iterator[int]:
    """The nested functions in a value of the kind, by identity."""
    match kind:
        case Known(Closure() as closure):
            yield id(closure)
        case TupleKind(kinds) | ListKind(items=tuple() as kinds):
            for part in kinds:
                yield from _functions(part)
        case ListKind(item=item) | DictKind(items=None, item=item) if item is not None:
            yield from _functions(item)
        case DictKind(items=tuple() as pairs) | RecordKind(fields=pairs):
            for _, part in pairs:
                yield from _functions(part)
