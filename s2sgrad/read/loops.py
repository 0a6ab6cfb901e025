"""Loops and comprehensions: gast -> core.

Goes out, through the reader that is passed: `for` over ranges, containers, `enumerate`, `zip` and `reversed` as loops
over an index with elements, `while`, their `else`, and list comprehensions as loops that append. Every iterable is
evaluated once, before the loop.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Sequence
from typing import Any

import gast

from s2sgrad.core.nodes import (
    Assign,
    Block,
    Break,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    If,
    Method,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.errors import Origin
from s2sgrad.read.expressions import ExpressionReader, consumed

Elements = list[tuple[str, Expr]]                       # a name, and the container of which it is the current entry
Bindings = list[Callable[[Var], None]]                  # each binds a target from the index


def for_loop(reader: ExpressionReader, node: gast.For) -> None:
    """`for target in iterable`, with `else`."""
    at = reader.origin
    _iterate(reader, node.target, node.iter, lambda: reader.block(node.body), node.orelse, at)


def _iterate(reader: ExpressionReader, target: gast.AST, iterable: gast.AST, body: Callable[[], Block],
             orelse: Sequence[gast.AST], at: Origin) -> None:
    """Emit the loop; `else` is told to normalise by an `If` on the loop's leave name that follows."""
    over, elements, bindings = _iterable(reader, target, iterable)
    index = reader.context.fresh()
    outer, reader.pre = reader.pre, []
    reader.origin = at
    for bind in bindings:
        bind(Var(index))
    head, reader.pre = tuple(reader.pre), outer
    loop = For(index, over, head + body(), elements=tuple(elements), origin=at)
    _finish(reader, loop, orelse, at)


def _finish(reader: ExpressionReader, loop: For | While, orelse: Sequence[gast.AST], at: Origin) -> None:
    """Emit a loop and its `else` block, which runs unless the loop was left by `break`."""
    if not orelse:
        reader.emit(loop)
        return
    leave = reader.context.fresh("^left")
    if isinstance(loop, For):
        marked: Statement = For(loop.target, loop.over, loop.body, leave, None, loop.elements, origin=at)
    else:
        marked = While(loop.test, loop.body, leave, origin=at)
    reader.emit(Assign((leave,), Const(False), origin=at))
    reader.emit(marked)
    reader.emit(If(Call(operator.not_, (Var(leave),)), reader.block(orelse), (), origin=at))


def while_loop(reader: ExpressionReader, test: gast.AST, body: Sequence[gast.AST], orelse: Sequence[gast.AST]) -> None:
    """`while test`; a test that needs statements becomes the head of an endless loop."""
    at = reader.origin
    outer, reader.pre = reader.pre, []
    condition = reader.test(test)
    head, reader.pre = tuple(reader.pre), outer
    if not head:
        _finish(reader, While(condition, reader.block(body), origin=at), orelse, at)
        return
    stop: tuple[Statement, ...] = (Break(origin=at),)
    if orelse:
        raise reader.refuse(test, "`else` on a `while` loop whose condition binds names is not supported.",
                            "Bind the names before the loop and at its end.")
    loop = While(Const(True), (*head, If(Call(operator.not_, (condition,)), stop, (), origin=at),
                               *reader.block(body)), origin=at)
    reader.emit(loop)


def _iterable(reader: ExpressionReader, target: gast.AST, node: gast.AST) -> tuple[Expr, Elements, Bindings]:
    """(range, elements, what binds the targets from the index) of an iterable."""
    match node:
        case gast.Call(func=gast.Name(id="range" | "enumerate" | "zip" | "reversed" as kind), args=args,
                       keywords=keywords) if _is_builtin(reader, kind):
            if kind == "range":
                over: Expr = Call(range, tuple(reader.operands(args)))
                return over, [], [lambda index: reader.target(target, index)]
            if kind == "enumerate":
                start = reader.expr(args[1]) if len(args) > 1 else (
                    reader.expr(keywords[0].value) if keywords else Const(0))
                if not isinstance(target, (gast.Tuple, gast.List)) or len(target.elts) != 2:
                    raise reader.refuse(target, "The target of `enumerate` must be a pair.")
                number, element = target.elts
                over, elements, bindings = _iterable(reader, element, args[0])
                return over, elements, [
                    lambda index: reader.target(number, index if start == Const(0) else
                                                Call(operator.add, (index, start))), *bindings]
            if kind == "zip":
                if keywords or not isinstance(target, (gast.Tuple, gast.List)) or len(target.elts) != len(args):
                    raise reader.refuse(node, "This form of `zip` is not supported.", "Loop over an index.")
                containers = [_container(reader, a) for a in args]
                lengths = [Call(len, (c,)) for c in containers]
                over = Call(range, (lengths[0] if len(lengths) == 1 else Call(min, tuple(lengths)),))
                return over, *_elements(reader, target.elts, containers)
            container = _container(reader, args[0])
            over = Call(reversed, (Call(range, (Call(len, (container,)),)),))
            return over, *_elements(reader, [target], [container])
    container = _container(reader, node)
    return Call(range, (Call(len, (container,)),)), *_elements(reader, [target], [container])


def _is_builtin(reader: ExpressionReader, name: str) -> bool:
    """Does this name mean the builtin here?"""
    return name not in reader.scope and reader.name(gast.Name(name, gast.Load(), None, None), name) == Const(
        getattr(builtins, name))


def _container(reader: ExpressionReader, node: gast.AST) -> Expr:
    """A container by name: evaluated once."""
    if isinstance(node, gast.GeneratorExp):
        node = consumed([node], list)[0]
    value = reader.expr(node)
    return value if isinstance(value, Var) and value.name.startswith("$") else reader.temporary(value)


def _elements(reader: ExpressionReader, targets: Sequence[gast.AST],
              containers: Sequence[Expr]) -> tuple[Elements, Bindings]:
    """Elements and bindings of a loop over containers; a simple target is the element itself."""
    elements: Elements = []
    bindings: Bindings = []
    for target, container in zip(targets, containers, strict=True):
        if isinstance(target, gast.Name) and reader.bind(target.id) not in [n for n, _ in elements]:
            elements.append((reader.bind(target.id), container))
        else:
            name = reader.context.fresh()
            elements.append((name, container))
            bindings.append(_binding(reader, target, name))
    return elements, bindings


def _binding(reader: ExpressionReader, target: gast.AST, element: str) -> Callable[[Var], None]:
    """What binds a target that is not a plain name, from the current element."""
    return lambda index: reader.target(target, Var(element))


def dict_comprehension(reader: ExpressionReader, key: gast.AST, value: gast.AST, generators: Sequence[Any]) -> Expr:
    """A dict that a loop fills."""
    outer, at = dict(reader.scope), reader.origin
    result = reader.context.fresh()

    def entry() -> Statement:
        where = reader.expr(key)
        return Store(result, where, reader.expr(value), origin=at)
    reader.emit(Assign((result,), Build("dict", ()), origin=at))
    for statement in _filling(reader, entry, generators, at):
        reader.emit(statement)
    reader.scope = outer
    return Var(result)


def comprehension(reader: ExpressionReader, elt: gast.AST, generators: Sequence[Any]) -> Expr:
    """A list that a loop appends to; over a literal tuple of constants it is written out."""
    outer, at = dict(reader.scope), reader.origin
    first = generators[0]
    match first.iter:
        case gast.Tuple(elts=values) | gast.List(elts=values) if (
                len(generators) == 1 and not first.ifs and isinstance(first.target, gast.Name)
                and all(isinstance(v, gast.Constant) for v in values)):
            found = []
            for value in values:
                reader.scope[first.target.id] = reader.context.fresh()
                reader.statics[first.target.id] = value.value
                found.append(reader.temporary(reader.expr(elt)))
                del reader.statics[first.target.id]
            reader.scope = outer
            return Build("list", tuple(found))
    result = reader.context.fresh()
    reader.emit(Assign((result,), Build("list", ()), origin=at))

    def entry() -> Statement:
        return Effect(Call(Method("append"), (Var(result), reader.expr(elt))), origin=at)
    for statement in _filling(reader, entry, generators, at):
        reader.emit(statement)
    reader.scope = outer
    return Var(result)


def _filling(reader: ExpressionReader, entry: Callable[[], Statement], generators: Sequence[Any], at: Origin) -> Block:
    """The loops over the generators, innermost of them what puts one entry in."""
    outer, reader.pre = reader.pre, []
    if generators:
        generator, *rest = generators

        def body() -> Block:
            keep, reader.pre = reader.pre, []
            conditions = [reader.test(test) for test in generator.ifs]
            head, reader.pre = tuple(reader.pre), keep
            inner = _filling(reader, entry, rest, at)
            for condition in reversed(conditions):
                inner = (If(condition, inner, (), origin=at),)
            return head + inner

        bound = [n.id for n in gast.walk(generator.target) if isinstance(n, gast.Name)]
        for node in gast.walk(generator.iter):
            if isinstance(node, gast.Name) and node.id in bound:
                raise reader.refuse(node, f"The variable `{node.id}` of this comprehension has the name of what it "
                                          "runs over.", "Give it a name of its own.")
        for name in bound:
            reader.scope[name] = f"{name}#{reader.context.fresh('c')}"
        _iterate(reader, generator.target, generator.iter, body, (), at)
    else:
        reader.emit(entry())
    done, reader.pre = tuple(reader.pre), outer
    return done
