"""A recursion that hands a function on unchanged is, for that function, a recursion without it.

    def halves(f, a, b):                               def halves(a, b):
        m = (a + b) / 2                                    m = (a + b) / 2
        if b - a < 0.1:                                    if b - a < 0.1:
            return (b - a) * f(m)              ->              return (b - a) * cube(m)
        return halves(f, a, m) + halves(f, m, b)           return halves(a, m) + halves(m, b)
    ... halves(cube, 0.0, x)                           ... halves(0.0, x)

Comes in: a function with calls of such a recursion, and its kinds. Goes out: the function with calls of the recursion
without the parameter, which is made once for each function that is handed on. A function with captured variables, or
one that is handed on changed or through another function, stays.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, field, replace
from typing import Any

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Known
from s2sgrad.core.nodes import Block, Call, Const, Expr, Function, Var, walk
from s2sgrad.core.rewrite import bottom_up, bound_in, exprs, map_blocks, map_exprs, rename_block, walk_statements
from s2sgrad.normalise.copies import propagate_copies
from s2sgrad.normalise.inline import Units, bind_arguments
from s2sgrad.normalise.unroll import is_followed
from s2sgrad.read.expressions import is_user_function


@dataclass
class HandedOn:
    """The recursions of one program that were made for functions. made: by recursion and what it is handed."""

    units: Units
    made: dict[Any, types.FunctionType] = field(default_factory=dict)

    def without_functions(self, function: Function, kinds: Kinds) -> Function:
        """The function with calls of recursions that are handed no function any more; the same where there are none."""
        def call(expr: Expr) -> Expr:
            if not isinstance(expr, Call) or not is_user_function(expr.function) or not self.units.recursive(
                    expr.function):
                return expr
            own = self.units.function(expr.function)
            arguments = bind_arguments(own, expr, function.origin)
            handed = {name: kind.value for name, a in arguments.items() if isinstance(kind := kinds.of(a), Known)
                      and isinstance(kind.value, types.FunctionType) and is_user_function(kind.value)}
            others = [a for name, a in arguments.items() if name not in handed]
            if not handed or any(is_followed(kinds.of(a)) for a in others) or not self.passes_on(expr.function, handed):
                return expr
            return Call(self.recursion(expr.function, handed), tuple(others))

        def visit(block: Block) -> Block:
            return tuple(map_exprs(map_blocks(s, visit), lambda e: bottom_up(e, call)) for s in block)

        body = visit(function.body)
        return function if body == function.body else replace(function, body=body)

    def passes_on(self, callee: types.FunctionType, handed: dict[str, Any]) -> bool:
        """Does the recursion call itself with these parameters as they are, and does nobody else call it?"""
        own = self.core(callee)
        if bound_in(own.body) & set(handed):
            return False
        if any(callee in self.units.reached(f) for f in self.units.reached(callee) - {callee}):
            return False
        calls = [e for s in walk_statements(own.body) for x in exprs(s) for e in walk(x)
                 if isinstance(e, Call) and e.function is callee]
        return all(bind_arguments(own, c, own.origin)[name] == Var(name) for c in calls for name in handed)

    def core(self, callee: types.FunctionType) -> Function:
        """The recursion without names that only repeat a parameter."""
        return propagate_copies(self.units.function(callee), self.units.context.fresh)

    def recursion(self, callee: types.FunctionType, handed: dict[str, Any]) -> types.FunctionType:
        """The recursion for these functions."""
        key = callee, tuple(handed.items())
        if key not in self.made:
            copy = types.FunctionType(callee.__code__, callee.__globals__, callee.__name__, None, callee.__closure__)
            self.made[key] = copy
            own = self.core(callee)
            left = tuple(replace(p, form="positional", default=None) for p in own.params if p.name not in handed)

            def call(expr: Expr) -> Expr:
                match expr:
                    case Call(Const(value=types.FunctionType() as function), args, kwargs):
                        return Call(function, args, kwargs)
                    case Call(function) if function is callee:
                        arguments = bind_arguments(own, expr, own.origin)
                        return Call(copy, tuple(a for name, a in arguments.items() if name not in handed))
                return expr

            def visit(block: Block) -> Block:
                return tuple(map_exprs(map_blocks(s, visit), lambda e: bottom_up(e, call)) for s in block)

            body = visit(rename_block(own.body, {name: Const(f) for name, f in handed.items()}))
            self.units.read[copy] = replace(own, params=left, body=body)
        return self.made[key]
