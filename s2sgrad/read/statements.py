"""Statements: gast -> core. Goes out: blocks with structured control flow; jumps are still where they were.

Tuple targets, chained assignments, loops and comprehensions (read.loops) and nested functions are said with the few
statements of the core; nothing else changes.
"""

from __future__ import annotations

import ast
import functools
import importlib
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import gast

from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import (
    Assert,
    Assign,
    Block,
    Call,
    Const,
    Effect,
    Expr,
    Function,
    If,
    Leave,
    Method,
    Parameter,
    Raise,
    Return,
    Var,
)
from s2sgrad.core.operators import SILENT
from s2sgrad.errors import Origin
from s2sgrad.read.assignments import AssignmentReader
from s2sgrad.read.contexts import with_block
from s2sgrad.read.displays import list_of
from s2sgrad.read.expressions import CONSUMERS
from s2sgrad.read.functional import sorted_in_place, special
from s2sgrad.read.lifted import is_only_called, lifted
from s2sgrad.read.loops import comprehension, each, for_loop, generator_expression, run_comprehension, while_loop
from s2sgrad.read.makers import produce
from s2sgrad.read.patterns import match
from s2sgrad.read.scope import Context, bound_names, default_of
from s2sgrad.read.source import Source
from s2sgrad.read.steps import begin
from s2sgrad.read.streams import (
    LocalGenerator,
    Pending,
    frozen,
    is_stream,
    is_taken_one_by_one,
    runs_in_steps,
    runs_once,
    steps_of,
    yields,
)

STATEMENTS = {gast.ClassDef: "class", gast.AsyncFor: "async for", gast.AsyncWith: "async with",
              gast.AsyncFunctionDef: "async def"}




class StatementReader(AssignmentReader):
    """Reads one function."""

    # -- blocks
    def block(self, nodes: Sequence[gast.AST]) -> Block:
        """The statements of a block."""
        outer, self.pre = self.pre, []
        for node in nodes:
            self.locate(node)
            self.statement(node)
        done, self.pre = tuple(self.pre), outer
        return done

    def locate(self, node: gast.AST) -> None:
        """Statements that are emitted from now on come from this node."""
        text = self.source.lines[node.lineno - self.source.first_line] if self.source.lines else ""
        text = text.strip()
        if getattr(node, "end_lineno", node.lineno) != node.lineno and not hasattr(node, "body"):
            text = ast.unparse(gast.gast_to_ast(node))
        self.origin = Origin(self.source.file, node.lineno, node.col_offset, None, text.split("  #")[0],
                             self.source.name)

    def statement(self, node: gast.AST) -> None:
        """Emit the core statements of one statement."""
        at = self.origin
        match node:
            case gast.Expr(value=gast.Constant()) | gast.Pass():
                return
            case gast.Expr(value=gast.Yield(value=value)) if self.flow.give is not None:
                self.flow.give(self.expr(value) if value is not None else Const(None))
            case gast.Expr(value=gast.YieldFrom(value=value)) if self.flow.give is not None:
                produce(self, value, self.flow.give)
            case gast.Expr(value=call) if (new := sorted_in_place(self, call)) is not None:
                self.statement(new)
            case gast.Expr(value=gast.Call(func=gast.Attribute(attr="extend"), args=[values], keywords=[]) as call) if (
                    is_taken_one_by_one(self, values)):
                self.statement(gast.Expr(gast.copy_location(gast.Call(call.func, [list_of(values)], []), call)))
            case gast.Expr(value=gast.ListComp() | gast.SetComp() as node):
                run_comprehension(self, node)
            case gast.Expr(value=value):
                self.effect(self.expr(value))
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if is_stream(self, value) or (
                    not runs_once(self.source.node, name) and steps_of(self, value) is not None):
                self.make_stream(node, name, value)
            case gast.Assign(targets=targets, value=value):
                self.assign(node, targets, value)
            case gast.AnnAssign(target=target, value=value):
                if value is not None:
                    self.assign(node, [target], value)
            case gast.AugAssign():
                self.augmented(node)
            case gast.Return(value=value) if self.flow.returns_to is not None:
                if value is not None:
                    self.effect(self.expr(value))
                self.emit(Leave(self.flow.returns_to, origin=at))
            case gast.Return(value=value):
                self.emit(Return(self.expr(value) if value is not None else Const(None), origin=at))
            case gast.If(test=test, body=body, orelse=orelse):
                condition = self.test(test)
                self.emit(If(condition, self.block(body), self.block(orelse), origin=at))
            case gast.For():
                for_loop(self, node)
            case gast.While():
                while_loop(self, node)
            case gast.Break():
                self.emit(self.flow.exits[-1][0]())
            case gast.Continue():
                self.emit(self.flow.exits[-1][1]())
            case gast.Assert(test=test, msg=msg):
                condition = self.test(test)
                self.emit(Assert(condition, self.expr(msg) if msg is not None else None, origin=at))
            case gast.Raise(exc=exc, cause=cause):
                raised = self.expr(exc) if exc is not None else None
                self.emit(Raise(raised, self.expr(cause) if cause is not None else None, origin=at))
            case gast.FunctionDef(name=name, decorator_list=[]) if yields(node):
                self.statics[name] = LocalGenerator(node, self, self.own_parameters(node.args))
            case gast.FunctionDef(name=name, decorator_list=[]) if (made := lifted(self, node)) is not None:
                self.lifted(node, *made)
            case gast.FunctionDef(name=name, decorator_list=[]):
                self.emit(Assign((self.bind(name),), self.closure(node, name), origin=at))
            case gast.FunctionDef():
                raise self.refuse(node, "A nested function with a decorator is not supported.",
                                  "Define it at module level.")
            case gast.Import(names=aliases):
                for alias in aliases:
                    module = importlib.import_module(alias.name)
                    self.statics[alias.asname or alias.name.split(".")[0]] = (
                        module if alias.asname else importlib.import_module(alias.name.split(".")[0]))
            case gast.ImportFrom(module=module_name, names=aliases):
                module = importlib.import_module(module_name)
                for alias in aliases:
                    self.statics[alias.asname or alias.name] = getattr(module, alias.name)
            case gast.Delete(targets=targets):
                for target in targets:
                    self.delete(target)
            case gast.Nonlocal(names=found):
                outside = [n for n in found if n not in self.scope]
                if outside:
                    raise self.refuse(node, f"A function that rebinds `{outside[0]}`, a name of the function around "
                                            "it, cannot be differentiated.",
                                      "Pass the value as an argument and return the new one.")
            case gast.Global(names=found):
                raise self.refuse(node, f"A function that rebinds the global `{found[0]}` cannot be differentiated.",
                                  "Pass the value as an argument and return the new one.")
            case gast.Match():
                match(self, node)
            case gast.Try() | gast.TryStar():
                raise self.refuse(node, "`try` is not supported.", "Test the condition with `if` instead.")
            case gast.With():
                with_block(self, node)
            case _:
                name = STATEMENTS.get(type(node), type(node).__name__)
                raise self.refuse(node, f"The statement `{name}` is not supported.",
                                  "Write it with assignments, `if` and loops.")

    def lifted(self, node: gast.FunctionDef, function: types.FunctionType, handed: tuple[str, ...]) -> None:
        """A nested function that was made one of its own: its name is a static one where it is only called."""
        if is_only_called(self.source.node, node, handed):
            self.statics[node.name] = function
            return
        values = tuple((name, self.name(node, name)) for name in handed)
        made = Call(functools.partial, (Const(function),), values)
        self.emit(Assign((self.bind(node.name),), made, origin=self.origin))

    def effect(self, value: Expr) -> None:
        """An expression statement: kept when it can have an effect."""
        match value, self.pre[-1:]:
            case Var(name), [Assign((target,), Call(Method(method)) as call)] if name == target and method in SILENT:
                self.pre[-1] = Effect(call, origin=self.origin)
            case Call(), _:
                self.emit(Effect(value, origin=self.origin))

    # -- what needs loops or functions of its own
    def comprehension(self, node: gast.AST) -> Expr:
        """A comprehension as a loop."""
        return comprehension(self, node)

    def consumed(self, nodes: Sequence[gast.AST], function: Any) -> Sequence[gast.AST]:
        """The argument nodes of a call; a stream that the function consumes at once becomes a list."""
        if not any(function is c for c in CONSUMERS):
            return nodes
        return [list_of(n) if is_taken_one_by_one(self, n) else n for n in nodes]

    def special(self, node: gast.Call) -> Expr | None:
        """Calls of functions that take functions, or that run through a stream in a way of their own."""
        return special(self, node)

    def make_stream(self, node: gast.AST, name: str, value: gast.AST) -> None:
        """`name = stream`: what Python evaluates now is evaluated, the values are made where it is run through."""
        steps = steps_of(self, value)
        if runs_once(self.source.node, name):
            self.flow.pending[name] = Pending(frozen(self, value), self)
        elif steps is not None and runs_in_steps(self.source.node, name):
            self.flow.pending[name] = begin(self, steps)
        else:
            raise self.refuse(node, f"The generator `{name}` is not run through exactly once.",
                              "Make it a list: `list(...)`.")

    def another(self, source: Source, scope: dict[str, str], statics: dict[str, Any]) -> StatementReader:
        """A reader of another function whose statements go into this one."""
        reader = StatementReader(source, self.context, scope)
        reader.statics = dict(statics)
        return reader

    def parameters_of(self, function: types.FunctionType, source: Source) -> list[Parameter]:
        """The parameters of a function that exists."""
        return held_parameters(function, source.name, source.node.args, self.context)

    def run_through(self, node: gast.AST, consume: Callable[[Expr], None]) -> None:
        """Run through anything."""
        produce(self, node, consume)

    def each(self, node: gast.AST, consume: Callable[[Expr], None]) -> None:
        """Run through something with indices."""
        each(self, node, consume)

    def generator_expression(self, node: gast.GeneratorExp, consume: Callable[[Expr], None]) -> None:
        """Run through a generator expression."""
        generator_expression(self, node, consume)

    def closure(self, node: gast.AST, name: str) -> Expr:
        """A nested function or lambda as a value; its own names get the mark of this definition."""
        inner = StatementReader(self.source, self.context, self.scope)
        inner.statics, inner.origin = dict(self.statics), self.origin
        own, _ = bound_names(node)
        mark = self.context.fresh("f")
        for local in sorted(own):
            inner.scope[local] = f"{local}#{mark}"
            inner.statics.pop(local, None)
        params = tuple(replace(p, name=inner.bind(p.name)) for p in self.own_parameters(node.args))
        at = self.origin
        if isinstance(node, gast.Lambda):
            def result() -> Block:
                inner.emit(Return(inner.expr(node.body), origin=at))
                return tuple(inner.pre)
            body = result()
        else:
            body = inner.block(node.body)
        function = Function(name, params, body, origin=at)
        return Const(Closure(function, frozenset(inner.scope[local] for local in own)))

    def own_parameters(self, args: gast.arguments) -> tuple[Parameter, ...]:
        """The parameters of a nested function; a default is evaluated here, where the function is defined."""
        found = []
        for parameter, default in parameters(args):
            value = self.expr(default) if default is not None else None
            if value is not None and not isinstance(value, Const):
                value = self.temporary(value)
            found.append(replace(parameter, default=value))
        return tuple(found)


def parameters(args: gast.arguments) -> list[tuple[Parameter, gast.AST | None]]:
    """The parameters of a function, each with the node of its default."""
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    found = [(arg, "positional", default) for arg, default in zip(positional, defaults, strict=True)]
    if args.vararg is not None:
        found.append((args.vararg, "args", None))
    found += [(arg, "keyword", default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if args.kwarg is not None:
        found.append((args.kwarg, "kwargs", None))
    return [(Parameter(arg.id, form, None, ast.unparse(gast.gast_to_ast(arg.annotation))
                       if arg.annotation is not None else None), default) for arg, form, default in found]


def held_parameters(function: types.FunctionType, name: str, args: gast.arguments,
                    context: Context) -> list[Parameter]:
    """The parameters of a function that exists: it holds the values of its defaults."""
    return [replace(p, default=default_of(function, name, context, p, default)) for p, default in parameters(args)]
