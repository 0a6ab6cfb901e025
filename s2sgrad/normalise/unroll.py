"""Loops over containers whose entries are not alike are written out: layers of several classes, functions, trees.

    for layer in layers:             layer = layers[0]
        x = layer(x)                 x = layer(x)
                            ->       layer = layers[1]
                                     x = layer(x)

Comes in: a function and its kinds. Goes out: the function in which such loops, over a known number of entries, are
straight lines. Loops over entries of one kind stay loops.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace

from s2sgrad.analyse.joins import join
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Numeric,
    RecordKind,
    TupleKind,
)
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Method,
    Star,
    Statement,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, relabel, walk_statements
from s2sgrad.errors import Origin
from s2sgrad.normalise.cells import own_cells
from s2sgrad.read.expressions import is_user_function
from s2sgrad.read.scope import Context
from s2sgrad.rules.shapes import static

MOST = 64                   # trips that are written out
FEW = 8                     # the same for loops over objects of one class, which can stay loops


def unroll(function: Function, kinds: Kinds, context: Context, only: Mapping[int, Origin] | None = None) -> Function:
    """The function with such loops written out; the same object where there are none. only: these, by label."""
    changed = False
    starred = taken_apart(function)

    def visit(block: Block, depth: int = 0) -> Block:
        nonlocal changed
        out: list[Statement] = []
        for statement in block:
            if isinstance(statement, For) and (trips := _trips(statement, kinds)) is not None and (
                    len(trips) <= MOST and (statement.label in only if only is not None else _wanted(
                        statement, kinds, len(trips), starred) or not trips and _is_empty(statement, kinds))):
                changed = True
                if only is not None:            # inner ones first: once it is written out they have other labels
                    statement = map_blocks(statement, lambda b: visit(b, depth + 1))        # noqa: B023 (at once)
                assert isinstance(statement, For)
                out += _written_out(statement, trips, depth, context)
            else:
                deeper = depth + isinstance(statement, (For, While))
                out.append(map_blocks(statement, lambda b: visit(b, deeper)))         # noqa: B023 (at once)
        return tuple(out)

    body = visit(function.body)
    return replace(function, body=body) if changed else function


def taken_apart(function: Function) -> set[str]:
    """Lists that calls of the user's functions take apart."""
    return {a.value.name for s in walk_statements(function.body) for x in exprs(s) for e in walk(x)
            if isinstance(e, Call) for a in e.args if isinstance(a, Star) and isinstance(a.value, Var)}


def _wanted(loop: For, kinds: Kinds, count: int, starred: set[str]) -> bool:
    """Does an entry that the loop takes differ from the others in more than its value, or must it be known alone?"""
    for statement in walk_statements(loop.body):
        match statement:
            case Effect(Call(Method("append"), (Var(name), _))) if name in starred:
                return True
    containers = [c for _, c in loop.elements]
    for statement in walk_statements(loop.body):
        for expr in exprs(statement):
            containers += [e.args[0] for e in walk(expr) if isinstance(e, Call) and e.function is operator.getitem
                           and e.args[1] == Var(loop.target)]
    return any(is_static(kinds.of(c), count) for c in containers)


def _is_empty(loop: For, kinds: Kinds) -> bool:
    """Does the loop run through a list that stays empty, so that nothing is known of its entries?"""
    return any(kinds.of(c) == ListKind(None, ()) and not free_names(c) & kinds.changing for _, c in loop.elements)


def is_static(kind: Kind, count: int = 0) -> bool:
    """Does a container hold what has to be known entry by entry?"""
    match kind:
        case TupleKind(items) | ListKind(items=tuple() as items) if items:
            return unlike(items) or (count <= FEW and any(holds_records(k) for k in items)) or any(
                map(holds_functions, items))
    return False


def holds_functions(kind: Kind) -> bool:
    """Is there a function in it?"""
    match kind:
        case Known(value):
            return callable(value) or isinstance(value, Closure)
        case TupleKind(items):
            return any(map(holds_functions, items))
        case ListKind(items=tuple() as items):
            return any(map(holds_functions, items))
        case DictKind(items=tuple() as pairs):
            return any(holds_functions(k) for _, k in pairs)
        case RecordKind(_, fields):
            return any(holds_functions(k) for _, k in fields)
    return False


def holds_records(kind: Kind) -> bool:
    """Is there an object in it, whose fields are followed?"""
    match kind:
        case RecordKind():
            return True
        case TupleKind(items):
            return any(map(holds_records, items))
        case ListKind(item, items):
            return any(map(holds_records, items)) if items is not None else item is not None and holds_records(item)
        case DictKind(items=tuple() as pairs):
            return any(holds_records(k) for _, k in pairs)
    return False


def holds_lists(kind: Kind) -> bool:
    """Is there a list of objects or functions in it?"""
    match kind:
        case ListKind():
            return holds_records(kind) or holds_functions(kind)
        case RecordKind(_, fields):
            return any(holds_lists(k) for _, k in fields)
        case TupleKind(items):
            return any(map(holds_lists, items))
        case DictKind(items=tuple() as pairs):
            return any(holds_lists(k) for _, k in pairs)
    return False


def is_followed(kind: Kind) -> bool:
    """Is it, or does it hold, what a helper has to be written out for: an object, or a function of the user's?"""
    match kind:
        case Known(value):
            return isinstance(value, Closure) or is_user_function(value)
        case RecordKind():
            return True
        case TupleKind(items) | ListKind(items=tuple() as items):
            return any(map(is_followed, items))
        case ListKind(item):
            return item is not None and is_followed(item)
        case DictKind(items=tuple() as pairs):
            return any(is_followed(k) for _, k in pairs)
    return False


def is_general(joined: Kind, *kinds: Kind) -> bool:
    """Is what is known of values of these kinds together, their lengths apart, what is known of each?"""
    if joined == UNKNOWN:
        return all(k == UNKNOWN for k in kinds)
    tuples = [k.items for k in kinds if isinstance(k, TupleKind)]
    if isinstance(joined, TupleKind):
        return len(tuples) == len(kinds) and all(
            is_general(j, *column) for j, *column in zip(joined.items, *tuples, strict=True))
    if isinstance(joined, DictKind):
        dicts = [dict(k.items) for k in kinds if isinstance(k, DictKind) and k.items is not None]
        return len(dicts) == len(kinds) and joined.items is not None and all(
            all(key in d for d in dicts) and is_general(j, *(d[key] for d in dicts)) for key, j in joined.items)
    return not tuples and not (isinstance(joined, ListKind) and joined.item is not None and not is_general(
        joined.item, *(k.item for k in kinds if isinstance(k, ListKind) and k.item is not None)))


def unlike(items: Sequence[Kind]) -> bool:
    """Is less known of all entries together than of each of them?"""
    joined: Kind | None = None
    for kind in items:
        joined = kind if joined is None else join(joined, kind, "entry")
    return joined is not None and _loses(joined, items)


def _loses(joined: Kind, items: Sequence[Kind]) -> bool:
    if joined == UNKNOWN:
        known = [k for k in items if k != UNKNOWN]
        plain = all(isinstance(k, Known) and isinstance(k.value, (str, type(None))) for k in known)
        return len(known) == len(items) and not plain
    match joined:
        case Numeric():
            return not any(isinstance(k, Numeric) for k in items)           # an array here, a number there
        case TupleKind(parts):
            columns = [k.items for k in items if isinstance(k, TupleKind)]
            return len(columns) < len(items) or any(
                _loses(p, [c[k] for c in columns]) for k, p in enumerate(parts))
        case ListKind(item):
            entries = [e for k in items if isinstance(k, (ListKind, TupleKind)) for e in (k.items or ())]
            return item is not None and bool(entries) and _loses(item, entries)
        case DictKind(items=tuple() as pairs):
            dicts = [dict(k.items) for k in items if isinstance(k, DictKind) and k.items is not None]
            return len(dicts) < len(items) or any(d.keys() != dicts[0].keys() for d in dicts) or any(
                _loses(p, [d[key] for d in dicts]) for key, p in pairs)
        case RecordKind(_, fields):
            records = [k for k in items if isinstance(k, RecordKind)]
            return any(_loses(p, [r.field(f) or UNKNOWN for r in records]) for f, p in fields)
    return False


def _trips(loop: For, kinds: Kinds) -> list[int] | None:
    """The numbers that the loop runs through, where they are known."""
    match loop.over:
        case Call(function, (Call(inner, args),)) if function is reversed and inner is range:
            reverse = True
        case Call(inner, args) if inner is range:
            reverse = False
        case _:
            return None
    bounds = [_number(a, kinds) for a in args]
    found = [b for b in bounds if b is not None]
    if len(found) < len(bounds):
        return None
    numbers = list(range(*found)[: MOST + 1])
    return numbers[::-1] if reverse else numbers


def _number(expr: Expr, kinds: Kinds) -> int | None:
    match expr:
        case Call(function, (container,)) if function is len:
            return _length(kinds.of(container))
        case Call(function, operands) if function is min:
            found = [_number(o, kinds) for o in operands]
            known = [f for f in found if f is not None]
            return min(known) if len(known) == len(found) else None
    value: object = static(kinds.of(expr))
    return value if isinstance(value, int) else None


def _length(kind: Kind) -> int | None:
    match kind:
        case TupleKind(items):
            return len(items)
        case ListKind(_, items):
            return len(items) if items is not None else None
        case DictKind(pairs, lacks=False):
            return len(pairs) if pairs is not None else None
        case Array(shape=tuple() as shape) if shape and not shape[0].symbol:
            count: int = shape[0].offset
            return count
    return None


def _written_out(loop: For, trips: Sequence[int], depth: int, context: Context) -> Block:
    """The trips, each with its number."""
    return in_order(loop, [(Assign((loop.target,), Const(number), origin=loop.origin),
                            *(Assign((n,), Call(operator.getitem, (c, Const(number))), origin=loop.origin)
                              for n, c in loop.elements), *loop.body) for number in trips], depth, context)


def in_order(loop: For, trips: Sequence[Block], depth: int, context: Context) -> Block:
    """The trips one after the other; where the loop may be left, each in a branch of the one before.

    depth: how many loops stand around the loop.
    """
    rest: Block = ()
    for trip in reversed(trips):
        if loop.leave and rest:
            rest = (If(Call(operator.not_, (Var(loop.leave),)), rest, (), origin=loop.origin),)
        rest = (*relabel(own_cells(trip, depth, loop.origin, context)), *rest)
    return rest
