"""Loops over combinations of values that are differentiated become loops over combinations of their positions.

    for p, q in combinations(xs, 2):         for i, j in list(combinations(range(len(xs)), 2)):
        s += p * q                     ->        s += xs[i] * xs[j]
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, ListKind, is_indexed
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, For, Statement, Var
from s2sgrad.core.rewrite import bottom_up, bound_in, free_names
from s2sgrad.rules.shapes import static

CHOICES = (itertools.combinations, itertools.combinations_with_replacement, itertools.permutations)


def choices_by_position(loop: For, own: Mapping[str, Call], before: list[Statement], activity: Activity,
                        readers: Mapping[str, int], fresh: Callable[[], str]) -> tuple[For, list[Statement]]:
    """(the loop, the statements before it).

    own: what makes the containers that only this loop reads. readers: how many statements read each name.
    """
    for name, container in loop.elements:
        call = own.get(container.name) if isinstance(container, Var) else None
        if call is None or not activity.is_varied(container):
            continue
        found = _pools(call, activity)
        if found is None:
            continue
        pools, options = found
        place = next(k for k, s in enumerate(before) if isinstance(s, Assign) and Var(s.targets[0]) == container)
        rebound = bound_in(loop.body) | bound_in(tuple(before[place:]))
        made: list[Statement] = []
        held: dict[Expr, Expr] = {}
        for pool in pools:
            if pool not in held:
                held[pool] = _held(pool, loop, activity, rebound, fresh, made)
        ranges = tuple(Call(range, (Call(len, (held[p],)),)) for p in (pools if options is None else pools[:1]))
        positions, chosen = fresh(), fresh()
        listed = Call(list, (Call(call.function, (*ranges, *(options or ()))),))
        before = [*before[:place], *made, Assign((positions,), listed, origin=loop.origin), *before[place + 1:]]
        activity.kinds.names[positions] = ListKind(UNKNOWN)
        body = _chosen(name, [held[p] for p in pools], Var(chosen), loop, readers[name] == 1, fresh)

        def moved(expr: Expr, container: Expr = container, positions: str = positions) -> Expr:
            return bottom_up(expr, lambda e: Var(positions) if e == container else e)
        elements = tuple((chosen, Var(positions)) if n == name else (n, c) for n, c in loop.elements)
        loop = replace(loop, over=moved(loop.over), elements=elements, body=body)
    return loop, before


def _chosen(name: str, pools: Sequence[Expr], positions: Var, loop: For, alone: bool,
            fresh: Callable[[], str]) -> Block:
    """The body of the loop, which begins with taking the entries at the positions."""
    at = loop.origin
    places = tuple(f"{letter}#{fresh()}" for letter, _ in zip(itertools.cycle("ijk"), pools, strict=False))
    entries = tuple(Call(operator.getitem, (pool, Var(place))) for pool, place in zip(pools, places, strict=True))
    taken: list[Statement] = [Assign((place,), Call(operator.getitem, (positions, Const(k))), origin=at)
                              for k, place in enumerate(places)]
    match loop.body:
        case (Assign(targets, Var(read)), *rest) if read == name and alone and len(targets) == len(entries) > 1:
            taken += [Assign((target,), entry, origin=at) for target, entry in zip(targets, entries, strict=True)]
            return (*taken, *rest)
    return (*taken, Assign((name,), Build("tuple", entries), origin=at), *loop.body)


def _pools(call: Call, activity: Activity) -> tuple[tuple[Expr, ...], tuple[Expr, ...] | None] | None:
    """(what each item is taken from, the further arguments of a choice); None where how many items is not known."""
    options = dict(call.kwargs)
    if call.function is itertools.product and options.keys() <= {"repeat"}:
        times = static(activity.kinds.of(options["repeat"])) if options else 1
        return (call.args * times, None) if isinstance(times, int) else None
    if any(call.function is f for f in CHOICES) and len(call.args) == 2 and not options:
        count = static(activity.kinds.of(call.args[1]))
        return ((call.args[0],) * count, (call.args[1],)) if isinstance(count, int) and count > 0 else None
    return None


def _held(pool: Expr, loop: For, activity: Activity, rebound: set[str], fresh: Callable[[], str],
          before: list[Statement]) -> Expr:
    """The values as they were when the choice was made: what is written gets a list of its own."""
    roots = {activity.aliases.find(n) for n in free_names(pool)}
    stays = isinstance(pool, Var) and pool.name not in rebound and not roots & activity.aliases.written
    if stays and is_indexed(activity.kinds.of(pool)):
        return pool
    name = fresh()
    match activity.kinds.of(pool):
        case Array(shape=(_,)):
            entries = Call(np.ndarray.copy, (pool,))            # its entries are numbers: as they are now
        case DictKind():
            entries = Call(list, (Call(dict.keys, (pool,)),))
        case _:
            entries = Call(list, (pool,))
    before.append(Assign((name,), entries, origin=loop.origin))
    return Var(name)
