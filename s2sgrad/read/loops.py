"""Loops and comprehensions: gast -> core.

Goes out, through the reader that is passed: `for` over ranges, containers, `enumerate`, `zip` and `reversed` as loops
over an index with elements, `while`, their `else`, and list comprehensions as loops that append. Every iterable is
evaluated once, before the loop.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from s2sgrad.core import primitives
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Break,
    Build,
    Call,
    Const,
    Continue,
    Effect,
    Expr,
    For,
    If,
    Method,
    Raise,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.errors import Origin
from s2sgrad.read.early import refuse_changes
from s2sgrad.read.makers import produce
from s2sgrad.read.ranges import plus, position
from s2sgrad.read.sliced_ranges import sliced_range
from s2sgrad.read.streams import captured, held_iterable, is_stream, known, leave, listed, region, transposed

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

Elements = list[tuple[str, Expr]]                       # a name, and the container of which it is the current entry
Bindings = list[Callable[[Var], None]]                  # each binds a target from the index


def for_loop(reader: StatementReader, node: gast.For) -> None:
    """`for target in iterable`, with `else`."""
    refuse_changes(reader, node, node.iter, node.body)
    _iterate(reader, node.target, node.iter, lambda: reader.block(node.body), node.orelse, reader.origin)


def _iterate(reader: StatementReader, target: gast.AST, iterable: gast.AST, body: Callable[[], Block],
             orelse: Sequence[gast.AST], at: Origin) -> None:
    """Emit the loop; `else` is told to normalise by an `If` on the loop's leave name that follows."""
    if is_stream(reader, iterable):
        region(reader, lambda left: _stream(reader, target, iterable, body, orelse, at, left))
        return
    over, elements, bindings, ending = _run_through(reader, target, iterable)
    index = reader.context.fresh()
    outer, reader.pre = reader.pre, []
    reader.origin = at
    for bind in bindings:
        bind(Var(index))
    head, reader.pre = tuple(reader.pre), outer
    loop = For(index, over, head + _body(reader, body, None, None), elements=tuple(elements), origin=at)
    _finish(reader, loop, lambda: ending + reader.block(orelse), bool(ending or orelse), at)


def _stream(reader: StatementReader, target: gast.AST, iterable: gast.AST, body: Callable[[], Block],
            orelse: Sequence[gast.AST], at: Origin, left: str) -> None:
    """A loop over a stream: its body stands where the values are made. `break` goes behind the region `left`."""
    def consume(value: Expr) -> None:
        reader.origin = at
        reader.bind_value(target, value)

        def trip(done: str) -> None:
            reader.pre += _body(reader, body, left, done)
        region(reader, trip)
        reader.origin = at
    produce(reader, iterable, consume)
    reader.pre += reader.block(orelse)


def _body(reader: StatementReader, body: Callable[[], Block], left: str | None, done: str | None) -> Block:
    """The body of a loop, in which `break` leaves the region `left` and `continue` the region `done`, if there are."""
    reader.flow.exits.append((
        lambda: Break(origin=reader.origin) if left is None else leave(reader, left),
        lambda: Continue(origin=reader.origin) if done is None else leave(reader, done)))
    try:
        return body()
    finally:
        reader.flow.exits.pop()


def _finish(reader: StatementReader, loop: For, orelse: Callable[[], Block], has_else: bool, at: Origin) -> None:
    """Emit a loop and its `else` block, which runs unless the loop was left by `break`."""
    if not has_else:
        reader.emit(loop)
        return
    left = reader.context.fresh("^left")
    reader.emit(Assign((left,), Const(False), origin=at))
    reader.emit(For(loop.target, loop.over, loop.body, left, None, loop.elements, origin=at))
    reader.emit(If(Call(operator.not_, (Var(left),)), orelse(), (), origin=at))


def while_loop(reader: StatementReader, node: gast.While) -> None:
    """`while test`; a test that needs statements becomes the head of an endless loop."""
    at = reader.origin
    outer, reader.pre = reader.pre, []
    condition = reader.test(node.test)
    head, reader.pre = tuple(reader.pre), outer

    def emit(left: str | None) -> None:
        body = _body(reader, lambda: reader.block(node.body), left, None)
        if head:
            stop = If(Call(operator.not_, (condition,)), (Break(origin=at),), (), origin=at)
            reader.emit(While(Const(True), (*head, stop, *body), origin=at))
        else:
            reader.emit(While(condition, body, origin=at))
    if not node.orelse:
        emit(None)
        return

    def whole(left: str) -> None:
        emit(left)
        reader.pre += reader.block(node.orelse)
    region(reader, whole)


def _run_through(reader: StatementReader, target: gast.AST, node: gast.AST) -> tuple[Expr, Elements, Bindings, Block]:
    """As `_iterable`; a slice of a range is a range."""
    over = sliced_range(reader, node)
    if over is None:
        return _iterable(reader, target, node)
    return over, [], [lambda index: reader.target(target, index)], ()


def _iterable(reader: StatementReader, target: gast.AST, node: gast.AST) -> tuple[Expr, Elements, Bindings, Block]:
    """(range, elements, what binds the targets from the index, what follows the last trip) of an iterable."""
    node = transposed(reader, node)
    match node:
        case gast.Call(func=gast.Name(id="range" | "enumerate" | "zip" | "reversed" as kind), args=args,
                       keywords=keywords) if _is_builtin(reader, kind) and not any(
                           isinstance(a, gast.Starred) for a in args):
            if kind == "range":
                over: Expr = Call(range, tuple(reader.operands(args)))
                return over, [], [lambda index: reader.target(target, index)], ()
            if kind == "enumerate":
                start = reader.expr(args[1]) if len(args) > 1 else (
                    reader.expr(keywords[0].value) if keywords else Const(0))
                if not isinstance(start, Const):
                    start = reader.temporary(start)
                (number, element), whole = _parts(reader, target, 2)
                over, elements, bindings, ending = _iterable(reader, element, args[0])
                over = _fixed(reader, over)
                return over, elements, [
                    lambda index: reader.target(number, plus(position(over, index), start)), *bindings, *whole], ending
            if kind == "zip":
                targets, whole = _parts(reader, target, len(args))
                backwards = [_reversed(reader, a) for a in args]
                containers = [_container(reader, a) if b is None else _sequence(reader, b)
                              for a, b in zip(args, backwards, strict=True)]
                lengths = [Call(len, (c,)) for c in containers]
                over = Call(range, (lengths[0] if len(lengths) == 1 else Call(min, tuple(lengths)),))
                forwards = [k for k, b in enumerate(backwards) if b is None]
                elements, bindings = _elements(reader, [targets[k] for k in forwards],
                                               [containers[k] for k in forwards])
                bindings += [_entry_from_the_end(reader, targets[k], containers[k])
                             for k, b in enumerate(backwards) if b is not None]
                return over, elements, [*bindings, *whole], _strict(reader, keywords, containers)
            match args:
                case [gast.Call(func=gast.Name(id="range"), args=bounds, keywords=[])] if _is_builtin(
                        reader, "range") and not any(isinstance(b, gast.Starred) for b in bounds):
                    over = Call(reversed, (Call(range, tuple(reader.operands(bounds))),))
                    return over, [], [lambda index: reader.target(target, index)], ()
            container = _container(reader, args[0])
            over = Call(reversed, (Call(range, (Call(len, (container,)),)),))
            return over, *_elements(reader, [target], [container]), ()
        case gast.Call(func=func, args=[values], keywords=[]) if known(reader, func) is np.ndenumerate:
            return _enumerated(reader, target, func, values)
    container = _container(reader, node)
    return Call(range, (Call(len, (container,)),)), *_elements(reader, [target], [container]), ()


def _enumerated(reader: StatementReader, target: gast.AST, func: gast.AST,
                values: gast.AST) -> tuple[Expr, Elements, Bindings, Block]:
    """`np.ndenumerate(values)`: the places, and the entries as they are when their turn comes."""
    reader.expr(func)                           # what the program rests on
    array = reader.temporary(Call(np.asarray, (reader.expr(values),)))
    places = reader.temporary(Call(np.ndindex, (Call(np.shape, (array,)),)))
    (place, element), whole = _parts(reader, target, 2)
    name = reader.context.fresh()
    bindings: Bindings = [lambda _: reader.target(place, Var(name)),
                          lambda _: reader.target(element, Call(operator.getitem, (array, Var(name)))), *whole]
    return Call(range, (Call(len, (places,)),)), [(name, places)], bindings, ()


def _fixed(reader: StatementReader, over: Expr) -> Expr:
    """The range by names and numbers that the body of the loop does not change."""
    assert isinstance(over, Call)
    if over.function is reversed:
        return Call(reversed, (_fixed(reader, over.args[0]),))
    if len(over.args) == 1 and isinstance(over.args[0], Call):      # the length of a container
        return over
    return Call(range, tuple(a if isinstance(a, Const) else reader.temporary(a) for a in over.args))


def _reversed(reader: StatementReader, node: gast.AST) -> gast.AST | None:
    """What `reversed(...)` goes through."""
    match node:
        case gast.Call(func=gast.Name(id="reversed"), args=[inner], keywords=[]) if not isinstance(
                inner, gast.Starred) and _is_builtin(reader, "reversed"):
            return inner
    return None


def _sequence(reader: StatementReader, node: gast.AST) -> Expr:
    """What is run through from its end, by name, with indices."""
    return reader.temporary(Call(primitives.sequence_of, (_container(reader, node),)))


def _entry_from_the_end(reader: StatementReader, target: gast.AST, container: Expr) -> Callable[[Var], None]:
    last = reader.temporary(Call(operator.sub, (Call(len, (container,)), Const(1))))
    return lambda index: reader.target(target, Call(operator.getitem, (container, Call(operator.sub, (last, index)))))


def _parts(reader: StatementReader, target: gast.AST, count: int) -> tuple[Sequence[gast.AST], Bindings]:
    """The targets of the parts of what `zip` and `enumerate` give, and what binds the whole where it has one name."""
    if isinstance(target, (gast.Tuple, gast.List)) and len(target.elts) == count and not any(
            isinstance(e, gast.Starred) for e in target.elts):
        return target.elts, []
    names = [f"={reader.context.fresh()}" for _ in range(count)]
    nodes = [gast.copy_location(gast.Name(name, gast.Store(), None, None), target) for name in names]
    value = Build("tuple", tuple(Var(name[1:]) for name in names))
    return nodes, [lambda index: reader.bind_value(target, value)]


def _strict(reader: StatementReader, keywords: Sequence[gast.keyword], containers: Sequence[Expr]) -> Block:
    """What `zip(..., strict=True)` does after the last trip: the error of Python where the lengths differ."""
    match keywords:
        case [] | [gast.keyword(arg="strict", value=gast.Constant(value=False))]:
            return ()
        case [gast.keyword(arg="strict", value=gast.Constant(value=True))]:
            pass
        case [keyword, *_]:
            raise reader.refuse(keyword.value, "`strict` of `zip` must be True or False.", "Write it out.")
    lengths: list[Expr] = [Call(len, (c,)) for c in containers]
    first, *others = lengths
    checks: list[Statement] = []
    for k, other in enumerate(others, 2):
        before = "argument 1" if k == 2 else f"arguments 1-{k - 1}"
        shorter: Expr = Call(operator.lt, (other, first))
        if len(others) > 1:
            shortest = Call(operator.eq, (other, Call(min, tuple(lengths))))
            shorter = Call(primitives.and_, (shorter, shortest))
            longer: Expr = Call(primitives.and_, (Call(operator.gt, (other, first)),
                                                  Call(operator.eq, (first, Call(min, tuple(lengths))))))
        else:
            longer = Call(operator.gt, (other, first))
        for test, word in ((shorter, "shorter"), (longer, "longer")):
            error = Call(ValueError, (Const(f"zip() argument {k} is {word} than {before}"),))
            checks.append(If(test, (Raise(error, origin=reader.origin),), (), origin=reader.origin))
    return tuple(checks)


def _is_builtin(reader: StatementReader, name: str) -> bool:
    """Does this name mean the builtin here?"""
    return name not in reader.scope and reader.name(gast.Name(name, gast.Load(), None, None), name) == Const(
        getattr(builtins, name))


def _container(reader: StatementReader, node: gast.AST) -> Expr:
    """A container by name: evaluated once."""
    value = listed(reader, node)
    return value if isinstance(value, Var) and value.name.startswith("$") else reader.temporary(value)


def _elements(reader: StatementReader, targets: Sequence[gast.AST],
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


def _binding(reader: StatementReader, target: gast.AST, element: str) -> Callable[[Var], None]:
    """What binds a target that is not a plain name, from the current element."""
    return lambda index: reader.target(target, Var(element))


def each(reader: StatementReader, node: gast.AST, consume: Callable[[Expr], None]) -> None:
    """Emit a loop that runs through something with indices."""
    name = reader.context.fresh()
    target = gast.copy_location(gast.Name(f"={name}", gast.Store(), None, None), node)
    _iterate(reader, target, node, lambda: captured(reader, lambda: consume(Var(name))), (), reader.origin)


def generator_expression(reader: StatementReader, node: gast.GeneratorExp, consume: Callable[[Expr], None]) -> None:
    """Emit the loops of a generator expression; what is done with a value is read in the names outside."""
    outer = reader.scope
    reader.scope = dict(outer)

    def give() -> None:
        value = reader.expr(node.elt)
        inner, reader.scope = reader.scope, outer
        consume(value)
        reader.scope = inner
    reader.pre += _filling(reader, give, node.generators, reader.origin)
    reader.scope = outer


def comprehension(reader: StatementReader, node: gast.AST) -> Expr:
    """A list or dict that loops fill; a list over a literal tuple of constants is written out."""
    outer, at = dict(reader.scope), reader.origin
    match node:
        case gast.SetComp(elt=elt, generators=generators):
            values = comprehension(reader, gast.copy_location(gast.ListComp(elt, generators), node))
            return Call(set, (values,))
        case gast.ListComp(elt=elt, generators=[gast.comprehension(
                target=gast.Name(id=name), iter=gast.Tuple(elts=values) | gast.List(elts=values), ifs=[])]) if all(
                    isinstance(v, gast.Constant) for v in values) and not any(
                        isinstance(n, gast.Lambda) for n in gast.walk(elt)):    # which reads the variable later
            found = []
            for value in values:
                reader.scope[name] = reader.context.fresh()
                reader.statics[name] = value.value
                found.append(reader.temporary(reader.expr(elt)))
                del reader.statics[name]
            reader.scope = outer
            return Build("list", tuple(found))
    result = reader.context.fresh()
    reader.emit(Assign((result,), Build("dict" if isinstance(node, gast.DictComp) else "list", ()), origin=at))

    def entry() -> None:
        match node:
            case gast.DictComp(key=key, value=value):
                where, held = reader.operands([key, value])
                reader.emit(Store(result, where, held, origin=at))
            case _:
                reader.emit(Effect(Call(Method("append"), (Var(result), reader.expr(node.elt))), origin=at))
    reader.pre += _filling(reader, entry, node.generators, at)
    reader.scope = outer
    return Var(result)


def run_comprehension(reader: StatementReader, node: gast.ListComp | gast.SetComp) -> None:
    """A comprehension of which nobody reads the result: the loops alone."""
    outer = dict(reader.scope)
    reader.pre += _filling(reader, lambda: reader.effect(reader.expr(node.elt)), node.generators, reader.origin)
    reader.scope = outer


def _filling(reader: StatementReader, entry: Callable[[], None], generators: Sequence[Any], at: Origin) -> Block:
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
        iterable = generator.iter
        if any(isinstance(n, gast.Name) and n.id in bound for n in gast.walk(iterable)):
            iterable = held_iterable(reader, iterable)          # evaluated in the names outside
        for name in bound:
            reader.scope[name] = f"{name}#{reader.context.fresh_somewhere('c')}"
        _iterate(reader, generator.target, iterable, body, (), at)
    else:
        entry()
    done, reader.pre = tuple(reader.pre), outer
    return done
