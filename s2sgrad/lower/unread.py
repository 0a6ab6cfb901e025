"""What nobody reads any more is neither made again nor recorded.

    records.append((x, y))              y^1.append(y)
    ...                         ->      ...
    x, y = records.pop()                y = y^1.pop()
    z~ = y * z                          z~ = y * z

Comes in: a function in the dialect of NumPy, of which something has been left out. Goes out: the same function without
the bindings that are dead now, and records without the parts that are. Guaranteed: what may have an effect stays, and
in a forward sweep whose exceptions count, what may raise.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sgrad.analyse.live import Names, live_after
from s2sgrad.core.nodes import Assign, Block, Build, Call, Effect, Expr, For, Function, Method, Statement, Var
from s2sgrad.core.rewrite import map_blocks, reads_of, walk_statements
from s2sgrad.simplify.dead import may_raise
from s2sgrad.simplify.effects import binds, is_pure, mentions
from s2sgrad.simplify.facts import Facts


def without_unread(function: Function, facts: Facts) -> Function:
    """The function without bindings and records that nobody reads."""
    body = function.body
    while True:
        live = live_after(body)
        fewer = _block(body, live, _parts(body, live, facts), facts)
        if fewer == body:
            return replace(function, body=body)
        body = fewer


def _parts(body: Block, live: dict[int, Names], facts: Facts) -> dict[str, list[int]]:
    """Of records that are made, filled and read at one place each, the positions that are read, where not all are."""
    statements = tuple(walk_statements(body))
    times = Counter(name for s in statements for name in {*reads_of(s), *binds(s), *mentions(s)})
    filled: dict[str, tuple[Expr, ...]] = {}
    taken: dict[str, list[int]] = {}
    for s in statements:
        match s:
            case Effect(Call(Method("append"), (Var(slot), value))) if times[slot] == 3:
                filled[slot] = value.items if isinstance(value, Build) and value.form == "tuple" else (value,)
            case Assign(targets, Call(Method("pop"), (Var(slot),))) if times[slot] == 3:
                taken[slot] = [k for k, name in enumerate(targets) if name in live[s.label]]
    made = {s.targets[0] for s in statements if isinstance(s, Assign) and s.value == Build("list", ())}
    return {slot: kept for slot, kept in taken.items() if slot in made and slot in filled and all(
        is_pure(e, facts) for e in filled[slot]) and len(kept) < len(filled[slot])}


def _block(block: Block, live: dict[int, Names], parts: dict[str, list[int]], facts: Facts) -> Block:
    out: list[Statement] = []
    for s in block:
        match s:
            case Effect(Call(Method("append") as append, (Var(slot), value))) if slot in parts:
                if parts[slot]:
                    assert isinstance(value, Build)
                    items = [value.items[k] for k in parts[slot]]
                    kept = items[0] if len(items) == 1 else Build("tuple", tuple(items))
                    out.append(replace(s, call=Call(append, (Var(slot), kept))))
            case Assign(targets, Call(Method("pop"), (Var(slot),))) if slot in parts:
                if parts[slot]:
                    out.append(replace(s, targets=tuple(targets[k] for k in parts[slot])))
            case Assign((slot,), _) if slot in parts and not parts[slot]:
                pass
            case Assign(targets, value) if not live[s.label].intersection(targets) and is_pure(value, facts) and (
                    s.reverses or len(targets) == 1 and not (facts.exact and may_raise(value, facts))):
                pass
            case _:
                s = map_blocks(s, lambda b: _block(b, live, parts, facts))
                out.append(_with_elements(s) if isinstance(s, For) and s.reverses else s)
    return tuple(out)


def _with_elements(loop: For) -> For:
    """The loop with those of its elements that it reads."""
    read = {n for s in walk_statements(loop.body) for n in (*reads_of(s), *mentions(s))}
    kept = tuple((name, container) for name, container in loop.elements if name in read)
    return loop if kept == loop.elements else replace(loop, elements=kept)
