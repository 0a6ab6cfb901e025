"""Loops over dicts whose values are not alike are written out, key by key: trees of parameters.

    for k, v in p.items():           k, v = "layer", p["layer"]
        s += penalty(v)              s += penalty(v)
                            ->       k, v = "bias", p["bias"]
                                     s += penalty(v)

Comes in: a function and its kinds. Goes out: the function in which such loops, over dicts whose keys are known and
which nobody changes, are straight lines. Loops over values of one kind stay loops.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import primitives
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import DictKind
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    Method,
    Statement,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import changed_in, exprs, free_names, map_blocks, reads_of, rename_block, walk_statements
from s2sgrad.normalise.pending import KindsView, SureKinds
from s2sgrad.normalise.unroll import FEW, MOST, holds_records, in_order, unlike
from s2sgrad.read.scope import Context

VIEWS = ("keys", "values", "items")
LOOKS = (operator.getitem, primitives.in_, primitives.not_in, Method("get"))


def unroll_dicts(function: Function, kinds: Kinds, sure: KindsView, context: Context) -> Function:
    """The function with such loops written out; the same object where there are none.

    sure: the kinds, without what calls that are not written out yet may change.
    """
    changed = False

    def visit(block: Block, made: Mapping[str, Expr], depth: int = 0) -> Block:
        nonlocal changed
        out: list[Statement] = []
        made = dict(made)
        for statement in block:
            match statement:
                case Assign((name,), value) if is_temporary(name):
                    made[name] = value
                case For() if (found := _dict_of(statement, made)) is not None:
                    view, holder = found
                    kind = sure.of(holder)
                    if isinstance(sure, SureKinds) and not sure.reach.contents and free_names(holder).isdisjoint(
                            sure.reach.names):
                        kind = kinds.of(holder)             # only fields of what it holds may change
                    if isinstance(kind, DictKind) and kind.items is not None and not kind.lacks and (
                            len(kind.items) <= MOST and _is_wanted(kind, statement)):
                        changed = True
                        out += _by_key(statement, view, holder, [key for key, _ in kind.items], depth, context)
                        continue
            deeper = depth + isinstance(statement, (For, While))
            out.append(map_blocks(statement, lambda b: visit(b, made, deeper)))       # noqa: B023 (at once)
        return tuple(out)

    body = visit(function.body, {})
    return replace(function, body=_without_views(body)) if changed else function


def _is_wanted(kind: DictKind, loop: For) -> bool:
    """Must the values be known one by one? Dicts of alike values only where the loop asks for certain keys of them."""
    values = [v for _, v in kind.items or ()]
    if not values or len(values) <= FEW and any(map(holds_records, values)):
        return True                         # no trip at all, or objects whose fields are followed
    inner = [v for k in values if isinstance(k, DictKind) for _, v in k.items or ()]
    if all(isinstance(k, DictKind) and k.items is not None for k in values) and not unlike(inner):
        return any(isinstance(e, Call) and e.function in LOOKS and any(isinstance(a, Const) for a in e.args)
                   for s in walk_statements(loop.body) for x in exprs(s) for e in walk(x)) and unlike(values)
    return unlike(values)


def _dict_of(loop: For, made: Mapping[str, Expr]) -> tuple[str, Expr] | None:
    """What the loop runs through, if that is all of a dict: its keys, values or items, and the dict."""
    match loop:
        case For(over=Call(function, (Call(length, (container,)),)), elements=((_, same),)) if (
                function is range and length is len and same == container and isinstance(container, Var)):
            match made.get(container.name, container):
                case Call(Method(view), (holder,)) if view in VIEWS and _is_read(holder):
                    return view, holder
                case Var() as holder:
                    return "keys", holder
    return None


def _is_read(holder: Expr) -> bool:
    """Is it a name, or an entry of one?"""
    return all(isinstance(e, (Var, Const)) or isinstance(e, Call) and e.function is operator.getitem
               for e in walk(holder))


def _by_key(loop: For, view: str, holder: Expr, keys: list[object], depth: int,
            context: Context) -> Block:
    """The trips; each looks its value up, as the loop may bind the name of the dict anew and the view does not."""
    held = Var(context.fresh())
    (name, _), = loop.elements

    def trip(key: object) -> Block:
        value = Call(operator.getitem, (held, Const(key)))
        match view, loop.body:
            case "keys", _:
                return _knowing(loop, name, key, loop.body)
            case "items", (Assign((first, second), Var(pair)), *rest) if pair == name:
                return (Assign((second,), value, origin=loop.origin), *_knowing(loop, first, key, tuple(rest)))
        given: Expr = Build("tuple", (Const(key), value)) if view == "items" else value
        return (Assign((name,), given, origin=loop.origin), *loop.body)

    trips = [(Assign((loop.target,), Const(number), origin=loop.origin), *trip(key)) for number, key in enumerate(keys)]
    return Assign((held.name,), holder, origin=loop.origin), *in_order(loop, trips, depth, context)


def _knowing(loop: For, name: str, key: object, body: Block) -> Block:
    """A trip in which a name is the key; a function that is made there may see what the name is bound to later."""
    captured = any(isinstance(e, Const) and isinstance(e.value, Closure) for s in walk_statements(body)
                   for x in exprs(s) for e in walk(x))
    if not captured and name not in changed_in(body):
        body = rename_block(body, {name: Const(key)})
    return Assign((name,), Const(key), origin=loop.origin), *body


def _without_views(block: Block) -> Block:
    """Without the views that nobody runs through any more."""
    read = {n for s in walk_statements(block) for n in reads_of(s)}

    def visit(b: Block) -> Block:
        return tuple(map_blocks(s, visit) for s in b if not (
            isinstance(s, Assign) and len(s.targets) == 1 and is_temporary(s.targets[0]) and s.targets[0] not in read
            and isinstance(s.value, Call) and isinstance(s.value.function, Method) and s.value.function.name in VIEWS))
    return visit(block)
