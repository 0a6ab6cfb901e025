"""A container that a loop does nothing but fill is a comprehension, unless the user wrote the loop.

    items = []
    for v in values:              ->    s = np.array([v * v for v in values])
        items.append(v * v)
    s = np.array(items)

Comes in: a function with readable names. Goes out: the same function with comprehensions; one that the user wrote
inside a statement stands in it again. Guaranteed: the same is evaluated, in the same order; what the loop binds is
read nowhere else, and the container not before it is whole.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, replace

from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Method,
    Return,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.primitives import LAZY
from s2sgrad.core.rewrite import free_names, map_blocks, map_exprs, substitute
from s2sgrad.emit.headers import header, is_plain
from s2sgrad.emit.live import Liveness, bound, every, expressions, occurring, read_in

EMPTY = (Build("list", ()), Build("dict", ()))
LOOP = re.compile(r"\s*(async\s+)?(for|while)\b")


@dataclass(frozen=True, eq=False)
class Made:
    """What a loop makes, as the function of a call: the arguments are the names that it reads.

    Its body is an append, a plain store, another loop, or a branch, with nothing beside it.
    """

    loop: For


def with_comprehensions(function: Function, live: Liveness) -> Function:
    """The function with comprehensions."""
    return replace(function, body=_block(function.body, live))


def _block(block: Block, live: Liveness) -> Block:
    out: list[Statement] = []
    for statement in block:
        statement = map_blocks(statement, lambda b: _block(b, live))
        if isinstance(statement, For) and not LOOP.match(statement.origin.text) and not _keeps_functions(statement):
            name, at = _begun(out, statement)
            if name and _fills((statement,), name, live) and not _binds(statement, live) & live.after[statement.label]:
                del out[at]
                made = Call(Made(statement), tuple(Var(n) for n in sorted(read_in((statement,)) - {name})))
                out.append(Assign((name,), made, origin=statement.origin, reverses=statement.reverses))
                continue
        if out:
            statement = _used_in(out, statement, live)
        out.append(statement)
    return tuple(out)


def _keeps_functions(loop: For) -> bool:
    """Is there a function in it that is no call, which is refused where it stands?"""
    return any(isinstance(e, Const) and isinstance(e.value, Closure)
               for s in every((loop,)) for x in expressions(s) for e in walk(x))


def _begun(out: list[Statement], loop: For) -> tuple[str, int]:
    """The container that the loop fills, and where it is made; "" where something comes between."""
    for k in reversed(range(len(out))):
        match out[k]:
            case Assign((name,), Build() as empty) if empty in EMPTY and _ends_in(loop, name, empty.form):
                if any(name in occurring(s) for s in every(tuple(out[k + 1:]))):
                    return "", k
                return name, k
    return "", 0


def _ends_in(statement: Statement, name: str, form: str) -> bool:
    """Is the innermost statement one that fills this container?"""
    match statement:
        case For(body=(*_, inner)) | If(then=(*_, inner)):
            return _ends_in(inner, name, form)
        case Effect(Call(Method("append"), (Var(filled), _), ())):
            return filled == name and form == "list"
        case Store(filled):
            return filled == name and form == "dict"
    return False


def _fills(block: Block, name: str, live: Liveness) -> bool:
    """Does the block do nothing but put values into the container, and read it nowhere else?"""
    match block:
        case (For() as loop,) if loop.leave is None:
            found = header(loop, live)
            return found.form != "index" and name not in read_in((replace(loop, body=()),)) and _fills(
                found.body, name, live)
        case (If(test, then, ()),):
            return name not in free_names(test) and _fills(then, name, live)
        case (Effect(Call(Method("append"), (Var(_), value), ())),):
            return name not in free_names(value)
        case (Store(_, key, value, None, False),) if key is not None:
            return is_plain(key) and name not in free_names(value) | free_names(key)
    return False


def _binds(loop: For, live: Liveness) -> set[str]:
    """All names that the loop binds, but an index that it does not print."""
    return {n for s in every((loop,)) for n in bound(s)} - (
        {loop.target} if loop.elements and header(loop, live).form != "enumerate" else set())


def _used_in(out: list[Statement], statement: Statement, live: Liveness) -> Statement:
    """The statement with the container made right before it in its place, if the user wrote it there."""
    match out[-1], statement:
        case Assign((name,), Call(Made()) as made) as before, Assign() | Return() | Effect():
            read = [e for x in expressions(statement) for e in walk(x)]
            if before.origin == statement.origin and read.count(Var(name)) == 1 and name not in (
                    live.after[statement.label]) and _is_first(expressions(statement)[0], name):
                out.pop()
                return map_exprs(statement, lambda e: substitute(e, {name: made}))
    return statement


def _is_first(expr: Expr, name: str) -> bool:
    """Is nothing evaluated before the name is read, but names and literals?"""
    match expr:
        case Var(found):
            return found == name
        case Call(function, (first, *_)) if any(function is known for known in LAZY):
            return _is_first(first, name)
        case Call(operator.setitem | operator.delitem):
            return False
        case Call(args=args) | Build(items=args):
            for a in args:
                if not isinstance(a, (Var, Const)) or a == Var(name):
                    return _is_first(a, name)
    return False
