"""A nested function that is called in several places, as a function of its own that is handed what it reads.

    def force(q):                          (of its own)  force(q, k, centre)
        d = q - centre
        return -k * d / norm(d)
    a = force(x) / m                ->     a = force(x, k, centre) / m
    b = force(x + h * v) / m               b = force(x + h * v, k, centre) / m

Comes in: a function in which only calls of nested functions are left to be written out. Goes out: the function in which
those that are long, and called often, are calls of functions of their own. Guaranteed: what they are handed is bound
wherever they are called, and what they would read there; nothing that has to be written out becomes one
(`HelperFunctions.inlined`).
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.core.closure import Closure
from s2sgrad.core.names import VERSION
from s2sgrad.core.nodes import Assign, Block, Call, Effect, Expr, For, Function, Parameter, Statement, Var, While
from s2sgrad.core.rewrite import blocks, map_blocks, map_exprs, rename_closure, walk_statements
from s2sgrad.normalise.handed_on import HandedOn, may_be_handed
from s2sgrad.normalise.inline import Units, bind_arguments, function_values, readied, unclear, without_closures

WORTH = 16      # statements that calls after the first would write out once more; what is shorter runs faster in place

# the same function for each derivation of a program, which may find that it has to be written out, and begin again
_MADE: WeakKeyDictionary[types.FunctionType, dict[Any, types.FunctionType]] = WeakKeyDictionary()


@dataclass
class Outlined:
    """The nested functions of one program that became functions of their own, by identity.

    stays: is a call of a function one of a pair?
    """

    units: Units
    handed_on: HandedOn
    stays: Callable[[types.FunctionType], bool]
    found: dict[int, tuple[Closure, types.FunctionType | None, tuple[str, ...]]] = field(default_factory=dict)

    def __call__(self, function: Function) -> Function:
        """The function with such calls; the same object where there are none."""
        values = function_values(function.body)
        sites: Counter[int] = Counter()
        closures: dict[int, Closure] = {}
        repeated: set[int] = set()
        for closure, call, inside in _calls(function.body, values, False):
            if not unclear(call):
                sites[id(closure)] += 1
                closures[id(closure)] = closure
                repeated |= {id(closure)} if inside else set()
        for key, closure in closures.items():
            size = self.size(closure, values, set())
            if size > 2 and (sites[key] - 1) * size >= WORTH and may_be_handed(closure):
                done = self.with_calls(function, closure, values, sites[key], key in repeated)
                if done is not None:
                    function = done
        return function

    def has_made(self, function: Any) -> bool:
        """Is it a function that was a nested one?"""
        return any(function is own for _, own, _ in self.found.values())

    def size(self, closure: Closure, values: dict[str, Any], around: set[int]) -> int:
        """How many statements a call comes to, those of nested functions that it calls included."""
        if id(closure) in around:
            return 0
        body = closure.function.body
        inner = sum(self.size(c, values, around | {id(closure)}) for c, _, _ in _calls(body, values, False))
        return inner + sum(1 for _ in walk_statements(body))

    def with_calls(self, function: Function, closure: Closure, values: dict[str, Any], sites: int,
                   repeated: bool) -> Function | None:
        """The function with calls of the nested one as calls of one of its own; None if it has to be written out."""
        if id(closure) not in self.found:
            self.found[id(closure)] = (closure, *self.made(closure, values, sites, repeated))
        _, own, handed = self.found[id(closure)]
        if own is None:
            return None
        core = self.units.read[own]

        def visit(block: Block) -> Block:
            return tuple(map_blocks(_called(s, call), visit) for s in block)

        def call(expr: Expr) -> Expr:
            match expr:
                case Call(callee) if not unclear(expr) and (callee is closure or isinstance(callee, Var) and values.get(
                        callee.name) is closure):
                    arguments = bind_arguments(replace(core, params=core.params[:len(core.params) - len(handed)]), expr,
                                               function.origin)
                    return Call(own, (*arguments.values(), *map(Var, handed)))
            return expr

        body = visit(function.body)
        bound = {p.name for p in function.params} | set(self.units.context.data)
        if exposed_names(without_closures(body)) & set(handed) - bound:
            return None                     # it might be called, and not read what is not bound
        return replace(function, body=body)

    def made(self, closure: Closure, values: dict[str, Any], sites: int,
             repeated: bool) -> tuple[types.FunctionType | None, tuple[str, ...]]:
        """The function, and the names that it is handed; None where it has to be written out."""
        whole = self.handed_on.with_own_functions(closure, lambda e: values.get(e.name) if isinstance(e, Var) else None)
        if whole is None or any(p.form != "positional" for p in closure.function.params):
            return None, ()
        handed = tuple(self.handed_on.captured(whole))
        names = {n: self.units.context.fresh(f"{n.split(VERSION)[0]}{VERSION}h") for n in handed}
        inner = rename_closure(whole, {n: Var(new) for n, new in names.items()}).function
        core = replace(inner, params=(*inner.params, *map(Parameter, names.values())))
        own = self.function(closure)
        self.units.read[own] = readied(core, self.units.context)
        self.units.sites[own] = sites
        self.units.repeated |= {own} if repeated else set()
        return (own, handed) if self.stays(own) else (None, ())

    def function(self, closure: Closure) -> types.FunctionType:
        """A function that stands for it: the same one each time that the program is derived."""
        entry = self.units.context.functions[0][0]
        key = closure.function.origin, closure.function.name, len(self.found)
        made = _MADE.setdefault(entry, {})
        if key not in made:
            name = closure.function.name if closure.function.name.isidentifier() else "inner"
            made[key] = types.FunctionType(entry.__code__, entry.__globals__, name, None, entry.__closure__)
        return made[key]


def _calls(block: Block, values: dict[str, Any], inside: bool) -> Iterator[tuple[Closure, Call, bool]]:
    """The nested functions that a block calls, and whether that is in a loop."""
    for statement in block:
        match statement:
            case Assign(_, Call(callee) as call) | Effect(Call(callee) as call):
                called = values.get(callee.name) if isinstance(callee, Var) else callee
                if isinstance(called, Closure):
                    yield called, call, inside
        for inner in blocks(statement):
            yield from _calls(inner, values, inside or isinstance(statement, (For, While)))


def _called(statement: Statement, call: Callable[[Expr], Expr]) -> Statement:
    """The statement with its call mapped, where that is its whole value."""
    return map_exprs(statement, call) if isinstance(statement, (Assign, Effect)) else statement
