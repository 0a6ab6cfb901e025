"""Objects of the user's modules by the names under which the program finds them.

    Call(relu, (x,))      relu(x), with `relu` read live from the module that defines it
    stop_gradient(x)      x
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Block, Call, Const, Expr, Function, Var
from s2sgrad.core.rewrite import bottom_up, map_blocks, map_exprs
from s2sgrad.emit.spelling import is_spelled
from s2sgrad.read.scope import Context
from s2sgrad.rules.identity import stop_gradient


def with_live_names(function: Function, context: Context) -> Function:
    """The function with user objects as names; the names become data of the context."""
    places: dict[int, tuple[Any, str]] = {id(d.value): (d.holder, d.key) for d in context.dependencies}

    def named(value: Any) -> Expr | None:
        if id(value) not in places or is_spelled(value):
            return None
        holder, key = places[id(value)]
        return Var(context.datum(holder, key, key or getattr(value, "__name__", "function")))

    def visit(expr: Expr) -> Expr:
        match expr:
            case Call(function, (value, *_)) if function in (stop_gradient, primitives.present):
                return value
            case Call(function, args, kwargs) if not isinstance(function, Var):
                found = named(function)
                return Call(found, args, kwargs) if found is not None else expr
            case Const(value):
                found = named(value)
                return found if found is not None else expr
        return expr

    def walk(block: Block) -> Block:
        return tuple(map_blocks(map_exprs(s, lambda e: bottom_up(e, visit)), walk) for s in block)

    return replace(function, body=walk(function.body))
