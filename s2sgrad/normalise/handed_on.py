"""A recursion that hands a function on unchanged is, for that function, a recursion without it.

    def halves(f, a, b):                               def halves(a, b):
        m = (a + b) / 2                                    m = (a + b) / 2
        if b - a < 0.1:                                    if b - a < 0.1:
            return (b - a) * f(m)              ->              return (b - a) * cube(m)
        return halves(f, a, m) + halves(f, m, b)           return halves(a, m) + halves(m, b)
    ... halves(cube, 0.0, x)                           ... halves(0.0, x)

Comes in: a function with calls of such a recursion, and its kinds. Goes out: the function with calls of the recursion
without the parameter, which is made once for each function that is handed on. The variables that a nested function
captures become parameters in its place. A function that is handed on changed, or through another function, stays, and
so does a nested one that binds variables of others.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import Known
from s2sgrad.core.names import SLOT, TEMPORARY, VERSION
from s2sgrad.core.nodes import Block, Call, Const, Expr, Function, Parameter, Var, walk
from s2sgrad.core.rewrite import (
    bottom_up,
    bound_in,
    exprs,
    free_names,
    map_blocks,
    map_exprs,
    rename_block,
    rename_closure,
    walk_statements,
)
from s2sgrad.normalise.copies import propagate_copies
from s2sgrad.normalise.inline import Units, bind_arguments, callable_value, function_values
from s2sgrad.normalise.unroll import is_followed
from s2sgrad.read.expressions import is_user_function

DEEPEST = 10                # nested functions that capture each other
FOLLOWED = object()         # some other value for which a helper is written out


def may_be_handed(value: Any) -> bool:
    """Is it a function of the user's whose variables can be handed on for it?"""
    if isinstance(value, Closure):
        function = value.function
        binds = {n for n in bound_in(function.body) if not n.startswith((TEMPORARY, SLOT))} - value.owned
        return not binds and not any(p.default is not None and free_names(p.default) for p in function.params)
    return isinstance(value, types.FunctionType) and is_user_function(value)


@dataclass
class HandedOn:
    """The recursions of one program that were made for functions. made: by recursion and what it is handed."""

    units: Units
    made: dict[Any, types.FunctionType] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)

    def by_name(self, function: Function) -> Function:
        """The function, before its names are split, with calls of recursions that are handed no function any more.

        Nested functions are handed on here only: later, their variables may have several names.
        """
        values = function_values(function.body)
        return self.without_functions(function, lambda e: values.get(e.name) if isinstance(e, Var) else (
            e.value if isinstance(e, Const) and callable_value(e.value) else None))

    def by_kind(self, function: Function, kinds: Kinds) -> Function:
        """The same for functions that the kinds of names tell."""
        def value(expr: Expr) -> Any:
            kind = kinds.of(expr)
            if isinstance(kind, Known) and isinstance(kind.value, types.FunctionType):
                return kind.value
            return FOLLOWED if is_followed(kind) else None
        return self.without_functions(function, value)

    def without_functions(self, function: Function, value: Callable[[Expr], Any]) -> Function:
        """The function with calls of recursions that are handed no function; the same where there are none.

        value: of an expression that is known to be a function.
        """
        def call(expr: Expr) -> Expr:
            if not isinstance(expr, Call) or not is_user_function(expr.function) or not self.units.recursive(
                    expr.function):
                return expr
            own = self.units.function(expr.function)
            arguments = bind_arguments(own, expr, function.origin)
            handed = {name: f for name, a in arguments.items() if may_be_handed(f := value(a))}
            others = [a for name, a in arguments.items() if name not in handed]
            if not handed or any(value(a) is not None for a in others) or not self.passes_on(expr.function, handed):
                return expr
            handed = {name: self.with_own_functions(f, value) for name, f in handed.items()}
            if None in handed.values():
                return expr
            captured = [Var(n) for f in handed.values() for n in self.captured(f)]
            return Call(self.recursion(expr.function, handed), (*others, *captured))

        body = map_all(function.body, call)
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

    def with_own_functions(self, function: Any, value: Callable[[Expr], Any]) -> Any:
        """A nested function that captures no other functions: these stand in it. None if they call each other."""
        for _ in range(DEEPEST):
            inner = {n: Const(f) for n in self.captured(function) if may_be_handed(f := value(Var(n)))}
            if not inner:
                return function
            function = rename_closure(function, inner)
        return None

    def captured(self, function: Any) -> list[str]:
        """The variables that a nested function captures."""
        own = bound_in(function.function.body) if isinstance(function, Closure) else set()     # temporaries of its own
        return sorted(free_names(Const(function)) - set(self.units.context.data) - own)

    def core(self, callee: types.FunctionType) -> Function:
        """The recursion without names that only repeat a parameter."""
        return propagate_copies(self.units.function(callee), self.units.context.fresh)

    def recursion(self, callee: types.FunctionType, handed: dict[str, Any]) -> types.FunctionType:
        """The recursion for these functions."""
        key = callee, tuple((name, id(f)) for name, f in handed.items())
        if key not in self.made:
            self.kept += handed.values()                # so that their ids stay their own
            copy = types.FunctionType(callee.__code__, callee.__globals__, callee.__name__, None, callee.__closure__)
            self.made[key] = copy
            own = self.core(callee)
            left = [replace(p, form="positional", default=None) for p in own.params if p.name not in handed]
            more: list[str] = []
            values: dict[str, Expr] = {}
            for name, f in handed.items():
                names = {n: self.units.context.fresh(f"{n.split(VERSION)[0]}{VERSION}h") for n in self.captured(f)}
                more += names.values()
                renamed = {n: Var(new) for n, new in names.items()}
                values[name] = Const(rename_closure(f, renamed) if isinstance(f, Closure) else f)
            left += map(Parameter, more)

            def call(expr: Expr) -> Expr:
                match expr:
                    case Call(function) if function is callee:
                        arguments = bind_arguments(own, expr, own.origin)
                        others = (a for name, a in arguments.items() if name not in handed)
                        return Call(copy, (*others, *map(Var, more)))
                return expr

            self.units.read[copy] = replace(own, params=tuple(left), body=map_all(rename_block(own.body, values), call))
        return self.made[key]


def map_all(block: Block, f: Callable[[Expr], Expr]) -> Block:
    """The block with f applied to every node of its expressions, operands first."""
    return tuple(map_exprs(map_blocks(s, lambda b: map_all(b, f)), lambda e: bottom_up(e, f)) for s in block)
