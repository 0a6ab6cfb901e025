"""Core statements -> `ast` statements.

Comes in: a function whose names are Python identifiers. Goes out: its `ast` definition, each node with the origin of
its core statement in `node.origin`; comments are `CommentLine` nodes, which only the printer knows. Guaranteed: a
loop over elements prints as a loop over the containers themselves only where that means the same.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from s2sgrad.core.closure import Closure, kept_function
from s2sgrad.core.nodes import (
    Assert,
    Assign,
    Block,
    Break,
    Build,
    Call,
    Comment,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    LoopElse,
    Method,
    Parameter,
    Raise,
    Return,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import exprs
from s2sgrad.emit.comprehensions import Made, with_comprehensions
from s2sgrad.emit.conditional import conditional
from s2sgrad.emit.exits import with_exits
from s2sgrad.emit.gather import Chain, Gathered, Parallel, apart, gathered, in_lines, written_form
from s2sgrad.emit.headers import Header, header
from s2sgrad.emit.live import Liveness, liveness
from s2sgrad.emit.spelling import BUILTINS
from s2sgrad.emit.syntax import BINARY, Syntax, load

_INPLACE: dict[Any, Any] = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ifloordiv: operator.floordiv, operator.imod: operator.mod,
    operator.ipow: operator.pow, operator.imatmul: operator.matmul, operator.iand: operator.and_,
    operator.ior: operator.or_, operator.ixor: operator.xor, operator.ilshift: operator.lshift,
    operator.irshift: operator.rshift,
}
_UFUNC: dict[Any, Any] = {
    operator.iadd: np.add, operator.isub: np.subtract, operator.imul: np.multiply, operator.itruediv: np.divide,
}


Node = TypeVar("Node", bound=ast.stmt)


class CommentLine(ast.stmt):
    """A comment line in the tree that is printed."""

    _fields = ("text", "gap")

    def __init__(self, text: str, gap: bool) -> None:
        super().__init__()
        self.text, self.gap = text, gap


class ChainNode(ast.stmt):
    """`a = b = c = value` in the tree that is printed: as many lines as the targets need."""

    _fields = ("targets", "value")

    def __init__(self, targets: list[str], value: ast.expr) -> None:
        super().__init__()
        self.targets, self.value = targets, value


class Choice(ast.stmt):
    """One statement, with comments above it, if it, or the header of a loop, fits on a line; else several."""

    _fields = ("one", "several")

    def __init__(self, one: list[ast.stmt], several: list[ast.stmt]) -> None:
        super().__init__()
        self.one, self.several = one, several


@dataclass(frozen=True)
class Unpacked:
    """`(a, b), c = value`: what is bound first, and the unpacking of one of these names."""

    first: Assign
    part: Assign


class StatementSyntax(Syntax):
    """Builds the definitions of one program's functions."""

    def __init__(self, taken: frozenset[str]) -> None:
        super().__init__(taken)
        self.live = Liveness()
        self.written: list[tuple[Assign, ...]] = []         # what the forward sweeps bind together

    # ------------------------------------------------------------ functions
    def function(self, function: Function) -> ast.FunctionDef:
        """The definition of a function, its docstring first."""
        self.live = liveness(function)
        body = self.block(with_comprehensions(with_exits(function, self.live), self.live).body)
        if function.doc:
            body = [ast.Expr(value=ast.Constant(value=function.doc)), *without_pass(body)]
        definition = ast.FunctionDef(name=function.name, args=self.parameters(function.params), body=body,
                                     decorator_list=self.decorators(function), returns=None, type_comment=None)
        return _at(definition, function)

    def decorators(self, function: Function) -> list[ast.expr]:
        """`@np.errstate(divide="ignore")`, where NumPy is not to warn."""
        if not function.silent:
            return []
        options = [ast.keyword(arg=error, value=ast.Constant(value="ignore")) for error in function.silent]
        return [ast.Call(func=self.known(np.errstate), args=[], keywords=options)]

    def parameters(self, params: tuple[Parameter, ...]) -> ast.arguments:
        """The parameter list."""
        of = {form: [p for p in params if p.form == form] for form in ("positional", "args", "keyword", "kwargs")}
        return ast.arguments(
            posonlyargs=[], args=[self.parameter(p) for p in of["positional"]],
            vararg=next((self.parameter(p) for p in of["args"]), None),
            kwonlyargs=[self.parameter(p) for p in of["keyword"]],
            kw_defaults=[None if p.default is None else self.expression(p.default) for p in of["keyword"]],
            kwarg=next((self.parameter(p) for p in of["kwargs"]), None),
            defaults=[self.expression(p.default) for p in of["positional"] if p.default is not None])

    def parameter(self, parameter: Parameter) -> ast.arg:
        """One parameter; builtins and arrays are printed as its annotation, others would need the user's imports."""
        text = (parameter.annotation or "").strip("'\"")
        annotation: ast.expr | None = None
        if text in BUILTINS and text not in self.taken:
            annotation = load(text)
        elif text in ("np.ndarray", "numpy.ndarray", "ndarray"):
            annotation = self.known(np.ndarray)
        return ast.arg(arg=parameter.name, annotation=annotation, type_comment=None)

    # ------------------------------------------------------------ statements
    def block(self, block: Block) -> list[ast.stmt]:
        """The statements of a block, which is never empty in Python."""
        body = [node for found in self.unpacked(gathered(block, self.written)) for node in self.gathered(found)]
        return body if any(not isinstance(n, CommentLine) for n in body) else [*body, ast.Pass()]

    def gathered(self, found: Gathered | Unpacked) -> list[ast.stmt]:
        """The nodes of what prints as one statement."""
        match found:
            case Chain(parts):
                return [_at(ChainNode([s.targets[0] for s in parts], self.expression(parts[0].value)), parts[0])]
            case Parallel(parts):
                return [_at(self.parallel(parts), parts[0])]
            case Unpacked(first, part):
                targets = ast.Tuple(elts=[self.targets(part.targets if Var(name) == part.value else (name,))
                                          for name in first.targets], ctx=ast.Store())
                return [_at(ast.Assign(targets=[targets], value=self.expression(first.value)), first)]
            case Statement():
                return self.statement(found)

    def unpacked(self, found: list[Gathered]) -> Iterator[Gathered | Unpacked]:
        """The statements, with what is only unpacked again, or only gets other names, in one of them."""
        at = 0
        while at < len(found):
            first, then = found[at], found[at + 1] if at + 1 < len(found) else None
            names = self.renamed(found[at:])
            match first, then:
                case Assign(), _ if names:
                    yield names[0] if len(names) == 1 else Chain(names)
                    at += len(names)
                case Assign((_, _, *_), Call()), Assign((_, _, *_), Var(name)) if (
                        name in first.targets and name not in self.live.after[then.label].difference(then.targets)
                        and not set(first.targets).difference((name,)).intersection(then.targets)):
                    yield Unpacked(first, then)
                    at += 1
                case _:
                    yield first
            at += 1

    def renamed(self, found: list[Gathered]) -> tuple[Assign, ...]:
        """The names that the user's statement gave what the first one here binds, if it has no other use."""
        match found[0]:
            case Assign((name,), Call() as value) as first if first.origin.text and name not in written_form(
                    first.origin.text)[1]:
                same: list[Assign] = []
                for s in found[1:]:
                    if not isinstance(s, Assign) or s.value != Var(name) or s.origin != first.origin:
                        break
                    same.append(s)
                names = [s.targets[0] for s in same if len(s.targets) == 1 and s.targets[0] != name]
                if same and len(set(names)) == len(same) and name not in self.live.after[same[-1].label]:
                    return tuple(replace(s, value=value) for s in same)
        return ()

    def statement(self, statement: Statement) -> list[ast.stmt]:
        """The nodes of a statement, with its origin.

        Raises TypeError for a statement that has no syntax, and has to be lowered before it is printed.
        """
        if any(isinstance(e, Const) and isinstance(e.value, Closure) for x in exprs(statement) for e in walk(x)):
            raise kept_function(statement.origin)
        return [_at(node, statement) for node in self.nodes(statement)]

    def parallel(self, parts: tuple[Assign, ...]) -> ast.stmt:
        """`a, b = x, y`, or one after the other where that is too long."""
        one = ast.Assign(targets=[self.targets(tuple(s.targets[0] for s in parts))],
                         value=ast.Tuple(elts=[self.expression(s.value) for s in parts], ctx=ast.Load()))
        return Choice([one], [node for s in parts for node in self.statement(s)])

    def nodes(self, statement: Statement) -> list[ast.stmt]:
        """The nodes of a statement."""
        match statement:
            case Assign(targets, value):
                return [ast.Assign(targets=[self.targets(targets)], value=self.expression(value))]
            case Store():
                return [self.store(statement)]
            case If():
                return self.chosen(statement)
            case For():
                return [self.loop(statement)]
            case While(test, body, leave):
                return [ast.While(test=self.expression(test), body=self.body(body, leave), orelse=[])]
            case LoopElse(loop, orelse):
                return [self.with_else(loop, orelse)]
            case Break():
                return [ast.Break()]
            case Return(value):
                return [ast.Return(value=self.expression(value))]
            case Effect(Call(operator.delitem, (base, index))):
                return [ast.Delete(targets=[self.subscript(self.expression(base), index)])]
            case Effect(call):
                return [ast.Expr(value=self.expression(call))]
            case Assert(test, message):
                return [ast.Assert(test=self.expression(test), msg=self.optional(message))]
            case Raise(exception, cause):
                return [ast.Raise(exc=self.optional(exception), cause=self.optional(cause))]
            case Comment(text, gap):
                return [CommentLine(text, gap)]
        raise TypeError(f"{type(statement).__name__} has to be lowered before it is printed")

    def chosen(self, branch: If) -> list[ast.stmt]:
        """A conditional expression, if that is all and fits on a line; else a branch."""
        several = ast.If(test=self.expression(branch.test), body=self.block(branch.then),
                         orelse=self.block(branch.orelse) if branch.orelse else [])
        match conditional(branch):
            case comments, one:
                above = [node for c in comments for node in self.nodes(c)]
                return [Choice([*above, *self.nodes(one)], [several])]
        return [several]

    def optional(self, expr: Expr | None) -> ast.expr | None:
        """The syntax of an expression that may be missing."""
        return None if expr is None else self.expression(expr)

    def targets(self, targets: tuple[str, ...]) -> ast.expr:
        """`a`, or `a, b`."""
        nodes: list[ast.expr] = [ast.Name(id=name, ctx=ast.Store()) for name in targets]
        return nodes[0] if len(nodes) == 1 else ast.Tuple(elts=nodes, ctx=ast.Store())

    def store(self, store: Store) -> ast.stmt:
        """`base[index] = v`, `base[index] += v`, `base += v`, `base[...] = v` or `np.add.at(base, index, v)`."""
        value = self.expression(store.value)
        target: ast.Name | ast.Subscript = ast.Name(id=store.base, ctx=ast.Store())
        if store.at:
            if store.index is None or store.op not in _UFUNC:
                raise TypeError(f"no ufunc.at for this store: {store}")
            method = self.attribute(self.known(_UFUNC[store.op]), "at")
            return ast.Expr(value=self.invoke(method, [load(store.base), self.expression(store.index), value]))
        if store.index is not None or store.op is None:
            index = self.index(store.index) if store.index is not None else ast.Constant(value=...)
            target = ast.Subscript(value=load(store.base), slice=index, ctx=ast.Store())
        if store.op is None:
            return ast.Assign(targets=[target], value=value)
        return ast.AugAssign(target=target, op=BINARY[_INPLACE[store.op]], value=value)

    # ------------------------------------------------------------ loops
    def expression(self, expr: Expr) -> ast.expr:
        """The syntax of an expression; a loop that makes a container is a comprehension."""
        match expr:
            case Call(Made(loop)):
                return self.comprehension(loop)
        return super().expression(expr)

    def comprehension(self, made: For) -> ast.expr:
        """`[value for x in xs if test]`, or the same with keys."""
        generators: list[ast.comprehension] = []
        statement: Statement = made
        while True:
            match statement:
                case For() as loop:
                    found = header(loop, self.live)
                    target, over = self.run_through(loop, found)
                    generators.append(ast.comprehension(target=target, iter=over, ifs=[], is_async=0))
                    [statement] = found.body
                case If(test, (inner,)):
                    generators[-1].ifs.append(self.expression(test))
                    statement = inner
                case Effect(Call(Method(), (_, value))):
                    return ast.ListComp(elt=self.expression(value), generators=generators)
                case Store(_, Var() | Const() | Build() as key, value):
                    return ast.DictComp(key=self.expression(key), value=self.expression(value), generators=generators)
                case _:
                    raise TypeError(f"{type(statement).__name__} is no part of a comprehension")

    def body(self, body: Block, leave: str | None) -> list[ast.stmt]:
        """The body of a loop, with its exit at the end."""
        if leave is None:
            return self.block(body)
        exit_ = ast.If(test=load(leave), body=[ast.Break()], orelse=[])
        return [*without_pass(self.block(body)), exit_]

    def with_else(self, loop: Block, orelse: Block) -> ast.stmt:
        """A loop, and what runs unless it is left by `break`."""
        [node] = self.block(loop)
        assert isinstance(node, (ast.For, ast.While))
        node.orelse = self.block(orelse)
        return node

    def loop(self, loop: For) -> ast.stmt:
        """A loop over a range, or over the containers that the range runs through."""
        found = header(loop, self.live)
        body = self.body(found.body, loop.leave)
        target, over = self.run_through(loop, found)
        if found.form == "index":
            body = [*self.taken_first(loop, found), *without_pass(body)]
        one = self.make_loop(target, over, body)
        wide = [name for name, names in found.targets.items() if len(names) > 1 and loop.reverses]
        if not wide or found.form in ("index", "range"):
            return one
        taken = [Assign(found.targets[name], Var(name), origin=loop.origin, reverses=loop.reverses) for name in wide]
        target, over = self.run_through(loop, replace(found, targets={**found.targets, **{n: (n,) for n in wide}}))
        unpacking = [node for s in taken for node in self.statement(s)]
        return Choice([one], [self.make_loop(target, over, [*unpacking, *without_pass(body)])])

    def run_through(self, loop: For, found: Header) -> tuple[ast.expr, ast.expr]:
        """The target of a loop, and what it runs through."""
        index = ast.Name(id=loop.target, ctx=ast.Store())
        if found.form in ("range", "index"):
            return index, self.expression(loop.over)
        parts = [self.targets(found.targets[name]) for name, _ in loop.elements]
        target = parts[0] if len(parts) == 1 else ast.Tuple(elts=parts, ctx=ast.Store())
        containers = [self.expression(container) for _, container in loop.elements]
        match found.form:
            case "each":
                return target, containers[0]
            case "enumerate":
                return ast.Tuple(elts=[index, target], ctx=ast.Store()), self.invoke(self.known(enumerate), containers)
        return target, self.invoke(self.known(zip if found.form == "zip" else reversed), containers)

    def taken_first(self, loop: For, found: Header) -> list[ast.stmt]:
        """The elements of a trip that the header of the loop does not bind."""
        parts = tuple(Assign(found.targets[name], Call(operator.getitem, (container, Var(loop.target))),
                             origin=loop.origin, reverses=loop.reverses) for name, container in loop.elements)
        together = all(len(s.targets) == 1 for s in parts) and apart(parts)
        return [node for one in (in_lines(parts) if together else parts) for node in self.gathered(one)]

    def make_loop(self, target: ast.expr, over: ast.expr, body: list[ast.stmt]) -> ast.For:
        """A `for` statement."""
        return ast.For(target=target, iter=over, body=body, orelse=[], type_comment=None)


def without_pass(body: list[ast.stmt]) -> list[ast.stmt]:
    """The body without the `pass` that an empty one gets."""
    return [node for node in body if not isinstance(node, ast.Pass)]


def _at(node: Node, source: Statement | Function) -> Node:
    """Note where the node comes from."""
    node.origin = source.origin   # type: ignore[attr-defined]
    return node
