"""Single-use temporaries are put back into the expression that uses them.

In: a function. Out: the same function; in the forward sweep it looks like the user's own code again.

    before                 after
    $1 = np.sin(x)
    $2 = $1 * a
    y = $2 + b             y = np.sin(x) * a + b

Guaranteed: no work is repeated or moved into a loop; nothing between definition and use writes what the expression
reads; calls with effects keep their order, among each other and with whatever they may write. Temporaries that are
written in place, or bound more than once, stay, and so do those of calls with effects in the reverse sweep: there,
algebra has more to say about what surrounds them. A call with effects does not leave the forward sweep, nor does what
looks into an object that nothing puts back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from s2sgrad.core.names import is_argument, is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Comment,
    Effect,
    Expr,
    For,
    Function,
    If,
    Raise,
    Record,
    Return,
    Star,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, map_exprs, substitute as replaced, walk_statements
from s2sgrad.simplify.effects import (
    LONGEST,
    Effects,
    binds,
    contents,
    disturbs,
    effects,
    expressions,
    is_lazy,
    is_pure,
    is_pure_call,
    like,
    mentions,
    operands,
    size,
)
from s2sgrad.simplify.facts import Facts


@dataclass(frozen=True)
class Pending:
    """An expression that may still move to its use: when it was met, what it reads."""

    order: int
    value: Expr
    pure: bool
    names: frozenset[str]
    contents: frozenset[str]     # only those that somebody could write
    reverses: int


@dataclass(frozen=True)
class Event:
    """What happens while a statement is evaluated, in order: a name is read (name) or a function is called."""

    name: str = ""
    pure: bool = True


def run(function: Function, facts: Facts) -> Function:
    """The function with single-use temporaries put back."""
    bound: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for stmt in walk_statements(function.body):
        bound.update(binds(stmt))
        used.update(2 * (*mentions(stmt), *like(stmt, facts)))      # needed as names
        for e in exprs(stmt):
            used.update(_uses(e))
    single = frozenset(n for n, times in bound.items()
                       if times == used[n] == 1 and (is_temporary(n) or is_argument(n)))
    return replace(function, body=_block(function.body, single, facts)) if single else function


def _uses(expr: Expr) -> Iterator[str]:
    visited = [e.name for e in _reads(expr)]
    yield from visited
    yield from 2 * tuple(free_names(expr).difference(visited))      # inside a nested function


def _reads(expr: Expr) -> Iterator[Var]:
    match expr:
        case Var():
            yield expr
        case Call(function):
            if isinstance(function, Var):
                yield function
            for operand in operands(expr):
                yield from _reads(operand)
        case Build(_, items):
            for item in items:
                yield from _reads(item)
        case Star(value):
            yield from _reads(value)


def _events(expr: Expr, facts: Facts) -> Iterator[Event]:
    """The events in the order of evaluation; what is evaluated on a condition only is left out."""
    match expr:
        case Var(name):
            yield Event(name)
        case Call():
            for operand in tuple(operands(expr))[: 1 if is_lazy(expr) else None]:
                yield from _events(operand, facts)
            yield Event(pure=is_pure_call(expr, facts) if not is_lazy(expr) else is_pure(expr, facts))
        case Build(_, items):
            for item in items:
                yield from _events(item, facts)
        case Star(value):
            yield from _events(value, facts)
            yield Event(pure=False)


def _entries(stmt: Statement) -> tuple[Expr, ...]:
    """The expressions of a statement that are evaluated once, when it is reached."""
    match stmt:
        case Assign() | Store() | Accumulate() | Return() | Effect() | If() | Record():
            return expressions(stmt)
        case For(over=over):
            return (over,)
        case Assert(test):
            return (test,)
        case Raise(exception) if exception is not None:
            return (exception,)
        case _:
            return ()


def _block(block: Block, single: frozenset[str], facts: Facts, given: dict[str, Pending] | None = None) -> Block:
    """given: pure expressions that may move into this block; those that did are taken out."""
    pending: dict[str, Pending] = {} if given is None else given
    kept: list[Statement | None] = []
    place: dict[str, int] = {}
    for stmt in block:
        if isinstance(stmt, Comment):
            kept.append(stmt)
            continue
        used = _placed(stmt, pending, facts) if pending else {}
        if used:
            stmt = map_exprs(stmt, lambda e, used=used: replaced(e, used))    # type: ignore[misc]
            for name in used:
                _take(name, pending, place, kept)
        stmt = _nested(stmt, single, facts, pending, place, kept)
        done = effects(stmt, facts)
        match stmt:
            case Assign((target,), value) if target in single and (not stmt.reverses or is_pure(value, facts)):
                _keep(pending, done, facts, moving=True)
                pending[target] = _pending(len(kept), value, stmt, facts)
                place[target] = len(kept)
            case _:
                _keep(pending, done, facts, moving=False)
        kept.append(stmt)
    return tuple(s for s in kept if s is not None)


def _take(name: str, pending: dict[str, Pending], place: dict[str, int], kept: list[Statement | None]) -> None:
    del pending[name]
    if name in place:
        kept[place.pop(name)] = None


def _pending(order: int, value: Expr, stmt: Statement, facts: Facts) -> Pending:
    mutable = frozenset(n for n in contents(value, facts) if not facts.immutable(n))
    return Pending(order, value, is_pure(value, facts), frozenset(free_names(value)), mutable, stmt.reverses)


def _keep(pending: dict[str, Pending], done: Effects, facts: Facts, moving: bool) -> None:
    """Forget what can no longer move past a statement with these effects (moving: that may itself move on)."""
    stays = -1      # a call with effects that stays where it is holds back what was read before it
    for name, p in reversed(tuple(pending.items())):
        blocked = bool(done.binds & p.names) or (p.order < stays and bool(p.contents))
        if not moving:
            blocked = blocked or disturbs(done, set(p.names), set(p.contents), facts) or not p.pure or done.impure
        if blocked:
            del pending[name]
            stays = stays if p.pure else max(stays, p.order)


def _placed(stmt: Statement, pending: dict[str, Pending], facts: Facts) -> dict[str, Expr]:
    """The pending names of which the expression may stand in this statement."""
    events = [event for e in _entries(stmt) for event in _events(e, facts)]
    if isinstance(stmt, Store) and stmt.op is not None:
        # the place is read before the value is evaluated; a number index reads nothing that can be written
        first = [event for e in expressions(stmt)[:-1] for event in _events(e, facts)]
        events = [*first, Event(pure=True), *events[len(first):]]
    positions = {event.name: i for i, event in enumerate(events) if event.name in pending
                 and not (stmt.reverses and _stays_forward(pending[event.name], facts))}
    if not positions:
        return {}
    impure = [name for name, p in pending.items() if not p.pure]
    mine = sorted((name for name in impure if name in positions), key=lambda name: positions[name])
    calls = [i for i, event in enumerate(events) if not event.name]
    if mine and (mine != impure[-len(mine):] or any(i < positions[mine[-1]] for i in calls)):
        mine = []       # the order of the effects, or of what is read beside them, would change
    found: dict[str, Expr] = {}
    for name, position in positions.items():
        p = pending[name]
        if p.pure:
            own = any(i < position and not events[i].pure for i in calls)
            later = [q for q in impure if pending[q].order > p.order]
            before = any(q not in mine or positions[q] < position for q in later)
            if p.contents and (own or before):
                continue
        elif name not in mine:
            continue
        found[name] = p.value
    return _short(stmt, found, facts)


def _stays_forward(p: Pending, facts: Facts) -> bool:
    """Does it belong to the forward sweep: a call with effects, or what looks into an object that is not put back?"""
    return not p.reverses and (not p.pure or bool(p.names & facts.unrestored))


def _short(stmt: Statement, found: dict[str, Expr], facts: Facts) -> dict[str, Expr]:
    """In the reverse sweep, and for what the user has given a name: only as much as still fits a line."""
    room = LONGEST - sum(map(size, expressions(stmt)))
    kept: dict[str, Expr] = {}
    for name, value in found.items():
        if not stmt.reverses and is_temporary(name):
            kept[name] = value
        elif size(value) <= room:
            room -= size(value) - 1
            kept[name] = value
    # what was let through beside a call with effects depends on that call's moving too
    return kept if len(kept) == len(found) or all(is_pure(v, facts) for v in found.values()) else {}


def _nested(stmt: Statement, single: frozenset[str], facts: Facts, pending: dict[str, Pending],
            place: dict[str, int], kept: list[Statement | None]) -> Statement:
    """The blocks of a statement; pure expressions of the reverse sweep may move into a branch, nothing into a loop."""
    if not isinstance(stmt, If):
        return map_blocks(stmt, lambda b: _block(b, single, facts))
    last = max((p.order for p in pending.values() if not p.pure), default=-1)
    quiet = is_pure(stmt.test, facts)
    moved = {name: replace(p, order=-1) for name, p in pending.items()
             if p.pure and p.reverses and (not p.contents or (quiet and p.order > last))}

    def branch(block: Block) -> Block:
        given = dict(moved)
        new = _block(block, single, facts, given)
        still = {n for s in walk_statements(new) for e in exprs(s) for n in free_names(e)}
        for name in moved:
            if name not in still and any(name in free_names(e) for s in walk_statements(block) for e in exprs(s)):
                _take(name, pending, place, kept)
        return new

    return map_blocks(stmt, branch)
