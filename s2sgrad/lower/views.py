"""Views as lenses: a name for a part of an array that is written becomes that part itself.

    inner = u[1:-1]
    inner -= e                  u[1:-1] -= e
    inner[0] += d               u[1:-1] = u[1:-1].at[0].add(d)
    y = inner * 2.0             y = u[1:-1] * 2.0

    put(base, outer then inner, v) = put(base, outer, put(get(base, outer), inner, v))

Comes in: a function, before or after it was differentiated. Only where neither side is ever written does a name stay. A
view of which the array or the index is bound anew stays, too, and is judged by `lower.aliasing`.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.analyse.indexing import is_basic
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array
from s2sgrad.core.names import is_bar, is_shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Call,
    Expr,
    For,
    Function,
    Recall,
    Statement,
    Store,
    Var,
    While,
    names,
)
from s2sgrad.core.rewrite import blocks, bound, bound_in, map_blocks, map_exprs, reads_of, substitute, walk_statements
from s2sgrad.lower.numpy import adjoint_kind
from s2sgrad.lower.puts import put


def without_views(function: Function, kinds: Kinds) -> Function:
    """The function with its written views put back, views of views too."""
    while True:
        view = next(iter(_written_views(function, kinds).items()), None)
        if view is None:
            return function
        function = replace(function, body=_put_back(function.body, *view))


def _written_views(function: Function, kinds: Kinds) -> dict[str, Call]:
    body = function.body
    written = {name for s in walk_statements(body) if (name := _written(s)) is not None}
    times = Counter(name for s in walk_statements(body) for name in bound(s))
    times.update(p.name for p in function.params)
    repeated = {s.base for s in walk_statements(body)        # index arrays may name an entry twice
                if isinstance(s, Store) and s.index is not None and not is_basic(s.index, kinds.of)}
    values: dict[str, set[Expr]] = {}
    for s in walk_statements(body):
        for name in bound(s):
            values.setdefault(name, set()).add(s.value if isinstance(s, Assign) and len(s.targets) == 1 else Var(""))
    loops = [s for s in walk_statements(body) if isinstance(s, (For, While))]
    changing = {n for loop in loops for n in (*bound(loop), *bound_in(loop.body))} | {n for n in times if times[n] > 1}
    found: dict[str, Call] = {}
    for name, exprs in values.items():
        match list(exprs):
            case [Call(f, (Var(base), index)) as view] if f is operator.getitem and {name, base} & written and (
                    name not in repeated and times[base] == 1
                    and is_basic(index, kinds.of) and _is_view(base, index, kinds)
                    and isinstance(adjoint_kind(base, kinds), Array)
                    and all(n not in changing or _local(name, n, body) for n in names(index))):
                found[name] = view
    return found


def _written(statement: Statement) -> str | None:
    """The name through which a statement writes in place."""
    match statement:
        case Store(base):
            return base
        case Accumulate(base) if is_shadow(base):
            return base
        case Recall(target, _, index, whole) if index is not None or whole:
            return target
    return None


def _is_view(base: str, index: Expr, kinds: Kinds) -> bool:
    """Is what the index picks an array (an entry is a copy)?"""
    primal = base[:-1] if is_bar(base) or is_shadow(base) else base
    return isinstance(kinds.of(Call(operator.getitem, (Var(primal), index))), Array)


def _local(name: str, counter: str, body: Block) -> bool:
    """Does the view only occur in loops that count with this name, which nothing else binds, and behind its definition
    in each trip?"""
    if any(counter in bound(s) for s in walk_statements(body) if not (isinstance(s, For) and s.target == counter)):
        return False

    def visit(block: Block, inside: bool) -> bool:
        for s in block:
            if not inside and (name in reads_of(s) or name in bound(s)):
                return False
            counts = isinstance(s, For) and s.target == counter
            if counts and isinstance(s, For) and name in exposed_names(s.body):
                return False
            if not inside and isinstance(s, (For, While)) and not counts and counter in bound(s):
                return False
            if not all(visit(inner, inside or counts) for inner in blocks(s)):
                return False
        return True
    return visit(body, False)


def _put_back(block: Block, name: str, view: Call) -> Block:
    base, outer = view.args
    assert isinstance(base, Var)
    out: list[Statement] = []
    for s in block:
        if isinstance(s, Assign) and s.targets == (name,):
            continue
        s = map_exprs(s, lambda e: substitute(e, {name: view}))
        match s:
            case Store(target, None) if target == name:
                s = replace(s, base=base.name, index=outer)
            case Store(target, index, value, op) if target == name and index is not None:
                s = replace(s, base=base.name, index=outer, value=put(view, index, op, value), op=None, at=False)
            case Accumulate(target, None) if target == name:
                s = replace(s, bar=base.name, index=outer, like=base.name[:-1])
            case Accumulate(target, index, value, sign=sign) if target == name and index is not None:
                op = operator.iadd if sign > 0 else operator.isub
                s = Store(base.name, outer, put(view, index, op, value), label=s.label, origin=s.origin,
                          reverses=s.reverses)
            case Recall(target, slot, None) if target == name:
                s = replace(s, target=base.name, index=outer, whole=False)
            case Recall(target, slot, index) if target == name and index is not None:
                s = Store(base.name, outer, put(view, index, None, Var(slot)), label=s.label, origin=s.origin,
                          reverses=s.reverses)
            case _:
                s = map_blocks(s, lambda b: _put_back(b, name, view))
        out.append(s)
    return tuple(out)
