"""Slices of lists as the methods that they stand for.

    xs[len(xs):] = ys                      xs.extend(ys)
    xs[i:i] = [v]                          xs.insert(i, v)
    xs[:] = []                     ->      xs.clear()
    xs[a:b] = []                           del xs[a:b]
    v = xs[i]; xs.pop(i)                   v = xs.pop(i)

Comes in: a block in the dialect of NumPy. Goes out: the same block with methods, as people write them.
"""

from __future__ import annotations

import operator
from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import ListKind
from s2sgrad.core.names import is_bar, is_shadow
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Effect, Expr, Method, Statement, Store, Var
from s2sgrad.core.rewrite import free_names, map_blocks

NONE = Const(None)


def with_methods(block: Block, kinds: Kinds) -> Block:
    """The block, in which slices of lists that are written print as methods."""
    out: list[Statement] = []
    for statement in block:
        match statement, out[-1] if out else None:
            case Store(base, Build("slice", (start, stop, Const(None))), value, None), _ if _is_list(base, kinds):
                out.append(_method(statement, base, start, stop, value))
            case Effect(Call(list.pop, (Var(base), place))), Assign((name,), Call(function, (Var(other), index))) if (
                    function is operator.getitem and other == base != name and index == place
                    and name not in free_names(index)):
                out[-1] = Assign((name,), _pop(base, place), label=statement.label, origin=statement.origin)
            case Effect(Call(list.pop, (Var(base), place))), _:
                out.append(replace(statement, call=_pop(base, place)))
            case _:
                out.append(map_blocks(statement, lambda b: with_methods(b, kinds)))
    return tuple(out)


def _is_list(name: str, kinds: Kinds) -> bool:
    return isinstance(kinds.named(name[:-1] if is_bar(name) or is_shadow(name) else name), ListKind)


def _pop(base: str, place: Expr) -> Call:
    return Call(Method("pop"), (Var(base),) if place == Const(-1) else (Var(base), place))


def _method(statement: Store, base: str, start: Expr, stop: Expr, value: Expr) -> Statement:
    def effect(name: str, *args: Expr) -> Statement:
        return Effect(Call(Method(name), (Var(base), *args)), label=statement.label, origin=statement.origin,
                      reverses=statement.reverses)

    if start == Call(len, (Var(base),)) and stop == NONE and base not in free_names(value):
        match value:
            case Build("list", (one,)):
                return effect("append", one)
        return effect("extend", value)
    match value:
        case Build("list", (one,)) if start == stop != NONE:
            return effect("insert", start, one)
        case Build("list", ()) if start == stop == NONE:
            return effect("clear")
        case Build("list", ()) if statement.reverses and (start, stop) == (Const(-1), NONE):
            return effect("pop")                # what a method has put there
        case Build("list", ()):
            entries = Build("slice", (start, stop, NONE))
            return Effect(Call(operator.delitem, (Var(base), entries)), label=statement.label, origin=statement.origin,
                          reverses=statement.reverses)
    return statement
