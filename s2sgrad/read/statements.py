"""Statements: gast -> core. Goes out: blocks with structured control flow; jumps are still where they were.

Tuple targets, chained assignments, loops and comprehensions (read.loops) and nested functions are said with the few
statements of the core; nothing else changes.
"""

from __future__ import annotations

import ast
import importlib
import operator
from collections.abc import Sequence
from typing import Any

import gast

from s2sgrad.core import primitives
from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import (
    Assert,
    Assign,
    Block,
    Break,
    Build,
    Call,
    Const,
    Continue,
    Effect,
    Expr,
    Function,
    If,
    Parameter,
    Raise,
    Return,
    Star,
    Store,
    Var,
    names,
)
from s2sgrad.errors import Origin
from s2sgrad.read.expressions import BINARY, INPLACE, ExpressionReader, consumed, is_user_function
from s2sgrad.read.loops import comprehension, dict_comprehension, for_loop, while_loop
from s2sgrad.read.scope import bound_names

STATEMENTS = {gast.Match: "match", gast.Delete: "del", gast.ClassDef: "class", gast.AsyncFor: "async for",
              gast.AsyncFunctionDef: "async def"}


PLAIN = {INPLACE[node]: plain for node, plain in BINARY.items()}


class StatementReader(ExpressionReader):
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
            case gast.Expr(value=value):
                self.effect(self.expr(value))
            case gast.Assign(targets=targets, value=value):
                self.assign(node, targets, value)
            case gast.AnnAssign(target=target, value=value):
                if value is not None:
                    self.assign(node, [target], value)
            case gast.AugAssign():
                self.augmented(node)
            case gast.Return(value=value):
                self.emit(Return(self.expr(value) if value is not None else Const(None), origin=at))
            case gast.If(test=test, body=body, orelse=orelse):
                condition = self.test(test)
                self.emit(If(condition, self.block(body), self.block(orelse), origin=at))
            case gast.For():
                for_loop(self, node)
            case gast.While(test=test, body=body, orelse=orelse):
                while_loop(self, test, body, orelse)
            case gast.Break():
                self.emit(Break(origin=at))
            case gast.Continue():
                self.emit(Continue(origin=at))
            case gast.Assert(test=test, msg=msg):
                condition = self.test(test)
                self.emit(Assert(condition, self.expr(msg) if msg is not None else None, origin=at))
            case gast.Raise(exc=exc, cause=cause):
                raised = self.expr(exc) if exc is not None else None
                self.emit(Raise(raised, self.expr(cause) if cause is not None else None, origin=at))
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
            case gast.Nonlocal(names=found):
                outside = [n for n in found if n not in self.scope]
                if outside:
                    raise self.refuse(node, f"A function that rebinds `{outside[0]}`, a name of the function around "
                                            "it, cannot be differentiated.",
                                      "Pass the value as an argument and return the new one.")
            case gast.Global(names=found):
                raise self.refuse(node, f"A function that rebinds the global `{found[0]}` cannot be differentiated.",
                                  "Pass the value as an argument and return the new one.")
            case gast.Try() | gast.TryStar():
                raise self.refuse(node, "`try` is not supported.", "Test the condition with `if` instead.")
            case gast.With() | gast.AsyncWith():
                raise self.refuse(node, "`with` is not supported.", "Use the context manager around the call.")
            case _:
                name = STATEMENTS.get(type(node), type(node).__name__)
                raise self.refuse(node, f"The statement `{name}` is not supported.",
                                  "Write it with assignments, `if` and loops.")

    def effect(self, value: Expr) -> None:
        """An expression statement: kept when it can have an effect."""
        if isinstance(value, Call):
            self.emit(Effect(value, origin=self.origin))

    # -- assignment
    def assign(self, node: gast.AST, targets: Sequence[gast.AST], value: gast.AST) -> None:
        """`t = value`, `t = u = value`."""
        if len(targets) == 1:
            match targets[0], value:
                case (gast.Tuple(elts=to) | gast.List(elts=to)), (gast.Tuple(elts=of) | gast.List(elts=of)) if (
                        len(to) == len(of) and not any(isinstance(n, gast.Starred) for n in [*to, *of])):
                    values = self.operands(of)
                    self.parallel(to, values)
                    return
                case (gast.Tuple() | gast.List()), gast.GeneratorExp() as generator:
                    value = consumed([generator], "unpack")[0]
        result = self.expr(value)
        match targets, result:
            case [gast.Tuple(elts=to) | gast.List(elts=to)], Build("list" | "tuple", items) if (
                    len(to) == len(items) and not any(isinstance(n, gast.Starred) for n in to)
                    and not any(isinstance(i, Star) for i in items)):
                self.parallel(to, list(items))
                return
        if len(targets) > 1 and not isinstance(result, (Var, Const)):
            result = self.temporary(result)
        for target in targets:
            self.target(target, result)

    def parallel(self, targets: Sequence[gast.AST], values: list[Expr]) -> None:
        """`a, b = b, a`: all right sides before the first target."""
        if all(isinstance(t, gast.Name) for t in targets):
            bound = tuple(self.bind(t.id) for t in targets)
            if len(set(bound)) == len(bound):
                if any(names(v) & set(bound[:k]) for k, v in enumerate(values)):
                    self.emit(Assign(bound, Build("tuple", tuple(values)), origin=self.origin))
                else:
                    for name, value in zip(bound, values, strict=True):
                        self.emit(Assign((name,), value, origin=self.origin))
                return
        held = [v if isinstance(v, Const) else self.temporary(v) for v in values]
        for target, value in zip(targets, held, strict=True):
            self.target(target, value)

    def target(self, target: gast.AST, value: Expr) -> None:
        """Bind or store one target."""
        match target:
            case gast.Name(id=name):
                self.emit(Assign((self.bind(name),), value, origin=self.origin))
            case gast.Tuple(elts=elts) | gast.List(elts=elts):
                if any(isinstance(e, gast.Starred) for e in elts):
                    raise self.refuse(target, "A starred target is not supported.", "Use slices instead.")
                match value:
                    case Call(function, (_, Const(value="shape"))) if function is getattr and len(elts) == 1:
                        self.target(elts[0], Call(operator.getitem, (value, Const(0))))
                        return
                if len(elts) == 1:
                    raise self.refuse(target, "Unpacking into one name is not supported.", "Take the entry `[0]`.")
                inner = []
                bound = []
                for element in elts:
                    simple = isinstance(element, gast.Name) and self.scope.get(element.id, element.id) not in bound
                    bound.append(self.bind(element.id) if simple else self.context.fresh())
                    if not simple:
                        inner.append((element, bound[-1]))
                self.emit(Assign(tuple(bound), value, origin=self.origin))
                for element, name in inner:
                    self.target(element, Var(name))
            case gast.Subscript(value=base, slice=index):
                if not isinstance(value, (Var, Const)):
                    value = self.temporary(value) if self.needs_statements(index) else value
                holder, key = self.operands([base, index])
                self.emit(Store(self.name_of(holder), key, value, origin=self.origin))
            case gast.Attribute(value=base, attr="real" | "imag" as attr):
                self.emit(Store(self.name_of(self.part(base, attr)), None, value, origin=self.origin))
            case gast.Attribute(attr=attr):
                raise self.refuse(target, f"Writing the attribute `{attr}` is not supported.",
                                  "Keep the value in a local variable or a dict.")
            case _:
                raise self.refuse(target, f"{type(target).__name__} is not supported as a target.")

    def part(self, base: gast.AST, attr: str) -> Expr:
        """The real or imaginary part of an array, which is written."""
        return Call(primitives.part, (self.expr(base), Const(attr)))

    def needs_statements(self, node: gast.AST) -> bool:
        """May reading this node emit statements?"""
        return any(isinstance(n, (gast.Call, gast.IfExp, gast.BoolOp, gast.NamedExpr, gast.ListComp,
                                  gast.DictComp))
                   for n in gast.walk(node))

    def augmented(self, node: gast.AugAssign) -> None:
        """`x op= value`."""
        op = INPLACE[type(node.op)]
        match node.target:
            case gast.Name(id=name):
                value = self.expr(node.value)
                bound = self.bind(name)
                self.emit(Store(bound, None, value, op, origin=self.origin))
            case gast.Subscript(value=base, slice=index):
                holder, key = self.operands([base, index])
                base_name, mark = self.name_of(holder), len(self.pre)
                if self.needs_statements(index):
                    key = key if isinstance(key, (Var, Const)) else self.temporary(key)
                    mark = len(self.pre)
                value = self.expr(node.value)
                if len(self.pre) > mark:
                    kept, key = self._settle([Var(base_name), key], mark)
                    assert isinstance(kept, Var)
                    base_name, mark = kept.name, len(self.pre)
                    value = value if isinstance(value, (Var, Const)) else value
                if any(isinstance(s, Assign) and isinstance(s.value, Call) and is_user_function(s.value.function)
                       for s in self.pre[mark:]):
                    # Python reads the cell before it calls the function, which may write it
                    later, self.pre = self.pre[mark:], self.pre[:mark]
                    old = self.temporary(Call(operator.getitem, (Var(base_name), key)))
                    self.pre += later
                    self.emit(Store(base_name, key, Call(PLAIN[op], (old, value)), origin=self.origin))
                    return
                self.emit(Store(base_name, key, value, op, origin=self.origin))
            case gast.Attribute(value=base, attr="real" | "imag" as attr):
                name = self.name_of(self.part(base, attr))
                self.emit(Store(name, None, self.expr(node.value), op, origin=self.origin))
            case _:
                raise self.refuse(node.target, "Updating an attribute in place is not supported.",
                                  "Keep the value in a local variable or a dict.")

    # -- what needs loops or functions of its own
    def dict_comprehension(self, key: gast.AST, value: gast.AST, generators: Sequence[Any]) -> Expr:
        """A dict comprehension as a loop."""
        return dict_comprehension(self, key, value, generators)

    def comprehension(self, elt: gast.AST, generators: Sequence[Any]) -> Expr:
        """A list comprehension as a loop."""
        return comprehension(self, elt, generators)

    def closure(self, node: gast.AST, name: str) -> Expr:
        """A nested function or lambda as a value; its own names get the mark of this definition."""
        inner = StatementReader(self.source, self.context, self.scope)
        inner.statics, inner.origin = dict(self.statics), self.origin
        own, _ = bound_names(node)
        mark = self.context.fresh("f")
        for local in sorted(own):
            inner.scope[local] = f"{local}#{mark}"
            inner.statics.pop(local, None)
        params = tuple(self.default_value(p) for p in parameters(inner, node.args, self.scope))
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

    def default_value(self, parameter: Parameter) -> Parameter:
        """A default of a nested function is evaluated where the function is defined."""
        if parameter.default is None or isinstance(parameter.default, Const):
            return parameter
        return Parameter(parameter.name, parameter.form, self.temporary(parameter.default), parameter.annotation)


def parameters(reader: StatementReader, args: gast.arguments, scope: dict[str, str] | None = None) -> list[Parameter]:
    """The parameters of a function; defaults are read in the scope outside (of a function at module level: none)."""
    outside = StatementReader(reader.source, reader.context, scope) if scope is not None else reader
    found: list[Parameter] = []
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    for arg, default in zip(positional, defaults, strict=True):
        found.append(_parameter(reader, outside, arg, "positional", default))
    if args.vararg is not None:
        found.append(_parameter(reader, outside, args.vararg, "args", None))
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        found.append(_parameter(reader, outside, arg, "keyword", default))
    if args.kwarg is not None:
        found.append(_parameter(reader, outside, args.kwarg, "kwargs", None))
    return found


def _parameter(reader: StatementReader, outside: StatementReader, arg: gast.Name, form: str,
               default: gast.AST | None) -> Parameter:
    annotation = ast.unparse(gast.gast_to_ast(arg.annotation)) if arg.annotation is not None else None
    value = None
    if default is not None and outside is not reader:
        value = outside.expr(default)
    elif default is not None:
        # of a function at module level: the function holds the value, and only a literal is read here
        value = Const(default.value) if isinstance(default, gast.Constant) else Var("")
    return Parameter(reader.bind(arg.id), form, value, annotation)
