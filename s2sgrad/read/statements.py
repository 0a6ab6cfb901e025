"""Statements: gast -> core. Goes out: the function with structured control flow; jumps are still where they were.

Tuple targets, chained assignments, `enumerate`, `zip`, comprehensions and nested functions are said with the few
statements of the core; nothing else changes.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import operator
from collections.abc import Callable, Sequence
from typing import Any

import gast

from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import (
    Assert, Assign, Block, Break, Build, Call, Const, Continue, Effect, Expr, For, Function, If, Method, Origin,
    Parameter, Raise, Return, Star, Statement, Store, Var, While, names,
)
from s2sgrad.errors import SourceError
from s2sgrad.read.expressions import INPLACE, ExpressionReader, is_user_function
from s2sgrad.read.scope import Context, bound_names
from s2sgrad.read.source import Source, find_source

STATEMENTS = {gast.Match: "match", gast.Delete: "del", gast.ClassDef: "class", gast.AsyncFor: "async for",
              gast.AsyncFunctionDef: "async def"}
CONSUMERS = (sum, min, max, any, all, list, tuple, sorted, "unpack")


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
                self.loop(node)
            case gast.While(test=test, body=body, orelse=orelse):
                self.while_loop(test, body, orelse)
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
                    raise self.refuse(node, f"A function that rebinds `{outside[0]}`, a name of the function around it, "
                                            "cannot be differentiated.",
                                      "Pass the value as an argument and return the new one.")
            case gast.Global(names=found):
                raise self.refuse(node, f"A function that rebinds the global `{found[0]}` cannot be differentiated.",
                                  "Pass the value as an argument and return the new one.")
            case gast.Try() | gast.TryStar():
                raise self.refuse(node, "`try` is not supported.", "Test the condition with `if` instead.")
            case gast.With() | gast.AsyncWith():
                raise self.refuse(node, "`with` is not supported.", "Use the context manager around the call.")
            case _:
                raise self.refuse(node, f"The statement `{STATEMENTS.get(type(node), type(node).__name__)}` is not supported.",
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
                    value = self.generators([generator], "unpack")[0]
        result = self.expr(value)
        match targets, result:
            case [gast.Tuple(elts=to) | gast.List(elts=to)], Build("list" | "tuple", items) if len(to) == len(items) and (
                    not any(isinstance(n, gast.Starred) for n in to) and not any(isinstance(i, Star) for i in items)):
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
            case gast.Attribute(attr=attr):
                raise self.refuse(target, f"Writing the attribute `{attr}` is not supported.",
                                  "Keep the value in a local variable or a dict.")
            case _:
                raise self.refuse(target, f"{type(target).__name__} is not supported as a target.")

    def needs_statements(self, node: gast.AST) -> bool:
        """May reading this node emit statements?"""
        return any(isinstance(n, (gast.Call, gast.IfExp, gast.BoolOp, gast.NamedExpr, gast.ListComp))
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
                if any(isinstance(s, Assign) and isinstance(s.value, Call) and is_user_function(s.value.function)
                       and base_name in names(s.value) for s in self.pre[mark:]):
                    raise self.refuse(node, "The right side of this update calls a function on the array it updates.",
                                      "Call the function on a line of its own before.")
                self.emit(Store(base_name, key, value, op, origin=self.origin))
            case _:
                raise self.refuse(node.target, "Updating an attribute in place is not supported.",
                                  "Keep the value in a local variable or a dict.")

    # -- loops
    def loop(self, node: gast.For) -> None:
        """`for target in iterable`, with `else`."""
        at = self.origin
        self.iterate(node.target, node.iter, lambda: self.block(node.body), node.orelse, at)

    def iterate(self, target: gast.AST, iterable: gast.AST, body: Callable[[], Block], orelse: Sequence[gast.AST],
                at: Origin) -> None:
        """Emit the loop; `else` is told to normalise by an `If` on the loop's leave name that follows."""
        over, elements, bindings = self.iterable(target, iterable)
        index = self.context.fresh()
        outer, self.pre = self.pre, []
        self.origin = at
        for bind in bindings:
            bind(Var(index))
        head, self.pre = tuple(self.pre), outer
        loop = For(index, over, head + body(), elements=tuple(elements), origin=at)
        self.finish(loop, orelse, at)

    def finish(self, loop: For | While, orelse: Sequence[gast.AST], at: Origin) -> None:
        """Emit a loop and its `else` block, which runs unless the loop was left by `break`."""
        if not orelse:
            self.emit(loop)
            return
        leave = self.context.fresh("^left")
        if isinstance(loop, For):
            marked: Statement = For(loop.target, loop.over, loop.body, leave, None, loop.elements, origin=at)
        else:
            marked = While(loop.test, loop.body, leave, origin=at)
        self.emit(Assign((leave,), Const(False), origin=at))
        self.emit(marked)
        self.emit(If(Call(operator.not_, (Var(leave),)), self.block(orelse), (), origin=at))

    def while_loop(self, test: gast.AST, body: Sequence[gast.AST], orelse: Sequence[gast.AST]) -> None:
        """`while test`; a test that needs statements becomes the head of an endless loop."""
        at = self.origin
        outer, self.pre = self.pre, []
        condition = self.test(test)
        head, self.pre = tuple(self.pre), outer
        if not head:
            self.finish(While(condition, self.block(body), origin=at), orelse, at)
            return
        stop: tuple[Statement, ...] = (Break(origin=at),)
        if orelse:
            raise self.refuse(test, "`else` on a `while` loop whose condition binds names is not supported.",
                              "Bind the names before the loop and at its end.")
        loop = While(Const(True), (*head, If(Call(operator.not_, (condition,)), stop, (), origin=at),
                                   *self.block(body)), origin=at)
        self.emit(loop)

    def iterable(self, target: gast.AST, node: gast.AST) -> tuple[
            Expr, list[tuple[str, Expr]], list[Callable[[Var], None]]]:
        """(range, elements, what binds the targets from the index) of an iterable."""
        match node:
            case gast.Call(func=gast.Name(id="range" | "enumerate" | "zip" | "reversed" as kind), args=args,
                           keywords=keywords) if self.is_builtin(kind):
                if kind == "range":
                    over: Expr = Call(range, tuple(self.operands(args)))
                    return over, [], [lambda index: self.target(target, index)]
                if kind == "enumerate":
                    start = self.expr(args[1]) if len(args) > 1 else (
                        self.expr(keywords[0].value) if keywords else Const(0))
                    if not isinstance(target, (gast.Tuple, gast.List)) or len(target.elts) != 2:
                        raise self.refuse(target, "The target of `enumerate` must be a pair.")
                    number, element = target.elts
                    over, elements, bindings = self.iterable(element, args[0])
                    return over, elements, [
                        lambda index: self.target(number, index if start == Const(0) else
                                                  Call(operator.add, (index, start))), *bindings]
                if kind == "zip":
                    if keywords or not isinstance(target, (gast.Tuple, gast.List)) or len(target.elts) != len(args):
                        raise self.refuse(node, "This form of `zip` is not supported.", "Loop over an index.")
                    containers = [self.container(a) for a in args]
                    lengths = [Call(len, (c,)) for c in containers]
                    over = Call(range, (lengths[0] if len(lengths) == 1 else Call(min, tuple(lengths)),))
                    return over, *self.elements(target.elts, containers)
                container = self.container(args[0])
                over = Call(reversed, (Call(range, (Call(len, (container,)),)),))
                return over, *self.elements([target], [container])
        container = self.container(node)
        return Call(range, (Call(len, (container,)),)), *self.elements([target], [container])

    def is_builtin(self, name: str) -> bool:
        """Does this name mean the builtin here?"""
        return name not in self.scope and self.name(gast.Name(name, gast.Load(), None, None), name) == Const(
            getattr(builtins, name))

    def container(self, node: gast.AST) -> Expr:
        """A container by name: evaluated once."""
        if isinstance(node, gast.GeneratorExp):
            node = self.generators([node], list)[0]
        value = self.expr(node)
        return value if isinstance(value, Var) and value.name.startswith("$") else self.temporary(value)

    def elements(self, targets: Sequence[gast.AST], containers: Sequence[Expr]) -> tuple[
            list[tuple[str, Expr]], list[Callable[[Var], None]]]:
        """Elements and bindings of a loop over containers; a simple target is the element itself."""
        elements: list[tuple[str, Expr]] = []
        bindings: list[Callable[[Var], None]] = []
        for target, container in zip(targets, containers, strict=True):
            if isinstance(target, gast.Name) and self.bind(target.id) not in [n for n, _ in elements]:
                elements.append((self.bind(target.id), container))
            else:
                name = self.context.fresh()
                elements.append((name, container))
                bindings.append(lambda index, target=target, name=name: self.target(target, Var(name)))
        return elements, bindings

    # -- comprehensions and nested functions
    def comprehension(self, node: gast.AST, elt: gast.AST, generators: Sequence[Any]) -> Expr:
        """A list that a loop appends to; over a literal tuple of constants it is written out."""
        outer, at = dict(self.scope), self.origin
        first = generators[0]
        match first.iter:
            case gast.Tuple(elts=values) | gast.List(elts=values) if (
                    len(generators) == 1 and not first.ifs and isinstance(first.target, gast.Name)
                    and all(isinstance(v, gast.Constant) for v in values)):
                found = []
                for value in values:
                    self.scope[first.target.id] = self.context.fresh()
                    self.statics[first.target.id] = value.value
                    found.append(self.temporary(self.expr(elt)))
                    del self.statics[first.target.id]
                self.scope = outer
                return Build("list", tuple(found))
        result = self.context.fresh()
        self.emit(Assign((result,), Build("list", ()), origin=at))

        def nest(depth: int) -> Block:
            saved, self.pre = self.pre, []
            if depth == len(generators):
                self.emit(Effect(Call(Method("append"), (Var(result), self.expr(elt))), origin=at))
            else:
                generator = generators[depth]
                tests: Block = ()

                def body() -> Block:
                    nonlocal tests
                    keep, self.pre = self.pre, []
                    conditions = [self.test(test) for test in generator.ifs]
                    head, self.pre = tuple(self.pre), keep
                    inner = nest(depth + 1)
                    for condition in reversed(conditions):
                        inner = (If(condition, inner, (), origin=at),)
                    return head + inner

                for name in [n.id for n in gast.walk(generator.target) if isinstance(n, gast.Name)]:
                    self.scope[name] = f"{name}#{self.context.fresh('c')}"
                self.iterate(generator.target, generator.iter, body, (), at)
            done, self.pre = tuple(self.pre), saved
            return done

        for statement in nest(0):
            self.emit(statement)
        self.scope = outer
        return Var(result)

    def generators(self, nodes: Sequence[gast.AST], function: Any) -> Sequence[gast.AST]:
        """Generators that are consumed at once become lists."""
        if len(nodes) == 1 and isinstance(nodes[0], gast.GeneratorExp) and any(function is c for c in CONSUMERS):
            generator = nodes[0]
            return [gast.copy_location(gast.ListComp(generator.elt, generator.generators), generator)]
        return nodes

    def closure(self, node: gast.AST, name: str) -> Expr:
        """A nested function or lambda as a value; its own names get the mark of this definition."""
        inner = StatementReader(self.source, self.context, self.scope)
        inner.statics, inner.origin = dict(self.statics), self.origin
        own, _ = bound_names(node)
        mark = self.context.fresh("f")
        for local in sorted(own):
            inner.scope[local] = f"{local}#{mark}"
            inner.statics.pop(local, None)
        params = tuple(self.default_value(p) for p in parameters(inner, node.args))
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


def parameters(reader: StatementReader, args: gast.arguments) -> list[Parameter]:
    """The parameters of a function; defaults are read in the scope outside."""
    outside = StatementReader(reader.source, reader.context,
                              {k: v for k, v in reader.scope.items()})
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
    if default is not None:
        # the default of a parameter `k=k` reads the outer k
        outside.scope = {k: v for k, v in reader.scope.items() if "#f" not in v or k != arg.id}
        value = outside.expr(default)
    return Parameter(reader.bind(arg.id), form, value, annotation)


def read_function(function: Callable[..., Any], context: Context) -> Function:
    """The core of a Python function, with jumps; dependencies and data go into the context."""
    source = find_source(function)
    node = source.node
    context.functions.append((source.function, source.function.__defaults__, source.function.__kwdefaults__))
    reader = StatementReader(source, context)
    own, outer = bound_names(node)
    if isinstance(node, gast.AsyncFunctionDef):
        raise SourceError(f"`{source.name}` is an async function.", "Differentiate a plain function.",
                          reader.place(node))
    if any(isinstance(n, (gast.Yield, gast.YieldFrom)) for n in gast.walk(node)):
        raise SourceError(f"`{source.name}` is a generator function.", "Return a list of the values.",
                          reader.place(node))
    for name in sorted(own):
        reader.scope[name] = name
    params = []
    for p in parameters(reader, node.args):
        params.append(Parameter(p.name, p.form, _default(source, context, p), p.annotation))
    if isinstance(node, gast.Lambda):
        reader.locate(node)
        reader.origin = Origin(source.file, node.lineno, node.col_offset, None,
                               "return " + ast.unparse(gast.gast_to_ast(node.body)), source.name)
        reader.emit(Return(reader.expr(node.body), origin=reader.origin))
        body = tuple(reader.pre)
    else:
        body = reader.block(node.body)
    return Function(source.name, tuple(params), body, origin=Origin(source.file, source.first_line,
                                                                    function=source.name))


def _default(source: Source, context: Context, parameter: Parameter) -> Expr | None:
    """A default: a literal as it stands, any other object by reference to the one that the function holds."""
    function = source.function
    values = dict(function.__kwdefaults__ or {})
    code = function.__code__
    if function.__defaults__:
        positional = code.co_varnames[: code.co_argcount]
        values.update(zip(positional[-len(function.__defaults__):], function.__defaults__, strict=True))
    if parameter.name not in values:
        return None
    if isinstance(parameter.default, Const) and parameter.default == Const(values[parameter.name]):
        return parameter.default
    return Var(context.datum(values, parameter.name, f"{source.name.strip('<>')}_{parameter.name}"))
