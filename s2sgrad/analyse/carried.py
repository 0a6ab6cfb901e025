"""What a loop carries from trip to trip, and what it leaves behind.

Comes in: a function. Goes out: for each loop, by its label, the names that a trip reads from the trip before it, and
those that are read behind the loop. Names that are bound anew before they are read are local to a trip.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.analyse.live import live_after
from s2sgrad.core.nodes import For, Function, Store, While
from s2sgrad.core.rewrite import bound, bound_in, exprs, free_names, walk_statements


@dataclass(frozen=True)
class Carried:
    """names: rebound in a trip and read in a later one. written: arrays and lists that trips write in place.
    left: rebound in a trip and read behind the loop."""

    names: frozenset[str]
    written: frozenset[str]
    left: frozenset[str]


def carried(function: Function) -> dict[int, Carried]:
    """By the label of each loop."""
    after = live_after(function.body)
    found: dict[int, Carried] = {}
    for loop in walk_statements(function.body):
        match loop:
            case For(body=body) | While(body=body):
                rebound = bound_in(body)
                tested = {n for e in exprs(loop) for n in free_names(e)} if isinstance(loop, While) else set()
                names = rebound & ((exposed_names(body) - set(bound(loop))) | tested)
                written = {s.base for s in walk_statements(body) if isinstance(s, Store)} - rebound
                found[loop.label] = Carried(frozenset(names), frozenset(written),
                                            frozenset(rebound & after[loop.label]))
    return found
