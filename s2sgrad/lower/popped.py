"""What one statement reads of a record is taken from its list there.

    c = c_record.pop()
    if c:                     ->      if c_record.pop():
        ...

Comes in: a function in the dialect of NumPy. Goes out: the same function with fewer names in its reverse sweep.
Guaranteed: a name that goes is read once from where it was bound, by a statement of the same block that runs whenever
the first one does, and there not on a condition; nothing between them takes from the list.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sgrad.core.names import is_slot
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Break,
    Build,
    Call,
    Continue,
    Effect,
    Expr,
    Function,
    If,
    Leave,
    Method,
    Return,
    Star,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import bound, exprs, map_blocks, map_exprs, reads_of, substitute, walk_statements
from s2sgrad.simplify.effects import is_lazy, mentions
from s2sgrad.simplify.settle import width

WIDEST = 80             # columns that the expression may take then, about


def with_pops_where_read(function: Function) -> Function:
    """The function in which records that are read once get no name."""
    body = list(function.body)
    for k, statement in enumerate(body):        # the sweeps stand at the top: what comes before is not run again
        if any(s.reverses for s in walk_statements((statement,))):
            used = _uses(tuple(body[k:]))
            body[k] = map_blocks(statement, lambda b, used=used: _block(b, used))        # type: ignore[misc]
    return replace(function, body=tuple(body))


def _uses(block: Block) -> Counter[str]:
    """How often each name is read; what is read otherwise than as a part of an expression counts twice."""
    used: Counter[str] = Counter()
    for s in walk_statements(block):
        own = Counter(v.name for e in exprs(s) for v in walk(e) if isinstance(v, Var))
        used.update(own)
        for name in {*mentions(s), *(reads_of(s) - set(own))}:
            used[name] += 2
    return used


def _block(block: Block, used: Counter[str]) -> Block:
    out = [map_blocks(s, lambda b: _block(b, used)) for s in block]
    k = len(out) - 1
    while k >= 0:
        match out[k]:
            case Assign((name,), Call(Method("pop"), (Var(slot),), ()) as pop) as taken if (
                    taken.reverses and is_slot(slot) and used[name] == 1):
                place = _reader(out[k + 1:], name, slot)
                if place is not None:
                    out[k + 1 + place] = map_exprs(out[k + 1 + place], lambda e: substitute(e, {name: pop}))  # noqa: B023
                    del out[k]
        k -= 1
    return tuple(out)


def _reader(rest: list[Statement], name: str, slot: str) -> int | None:
    """The place of the statement that may take the record itself."""
    for k, statement in enumerate(rest):
        own = list(exprs(statement)) if isinstance(statement, (Assign, Store, Effect, If)) else []
        if any(_reads(e, name) for e in own):
            fits = all(width(e) < WIDEST for e in own) and not any(_pops(e) for e in own)
            return k if fits and any(map(lambda e: _always(e, name), own)) else None
        for s in walk_statements((statement,)):
            if isinstance(s, (Break, Continue, Leave, Return)) or {name, slot} & {*reads_of(s), *bound(s)}:
                return None
    return None


def _reads(expr: Expr, name: str) -> bool:
    return any(e == Var(name) for e in walk(expr))


def _pops(expr: Expr) -> bool:
    return any(isinstance(e, Call) and e.function == Method("pop") for e in walk(expr))


def _always(expr: Expr, name: str) -> bool:
    """Is the name read whenever the expression is evaluated?"""
    match expr:
        case Var(found):
            return found == name
        case Call(args=args, kwargs=kwargs):
            operands = args[:1] if is_lazy(expr) else (*args, *(v for _, v in kwargs))
            return any(_always(e, name) for e in operands)
        case Build(_, items):
            return any(_always(e, name) for e in items)
        case Star(value):
            return _always(value, name)
    return False
