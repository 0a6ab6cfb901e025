"""The loops that make the values of a stream.

    for v in map(f, xs):             for x in xs:
        s += v             ->            v = f(x)
                                         s += v

Comes in: the node of anything that can be run through, and what emits the use of one value. Goes out, through the
reader that is passed: the statements that make the values, and at the place of each value those that use it, so that
the order of effects is Python's.
"""

from __future__ import annotations

import inspect
import itertools
import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import gast

from s2sgrad.core.nodes import Assign, Build, Call, Const, Expr, For, If, Raise, Var
from s2sgrad.read import parts
from s2sgrad.read.early import refuse_effects
from s2sgrad.read.generators import handed_over, write_out
from s2sgrad.read.steps import all_left, next_one
from s2sgrad.read.streams import (
    Consumer,
    Steps,
    called,
    captured,
    counted,
    endless,
    entry,
    held,
    held_iterable,
    indexed,
    is_endless,
    is_generator,
    is_stream,
    known,
    leave,
    length,
    listed,
    plus,
    region,
    when,
)

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

# ---------------------------------------------------------------- loops over anything
def produce(reader: StatementReader, node: gast.AST, consume: Consumer) -> None:
    """Run through anything: a stream by what makes it, anything else by its entries."""
    match node:
        case gast.Name(id=name) if name in reader.flow.pending:
            later = reader.flow.pending[name]
            if isinstance(later, Steps):
                all_left(reader, later, consume)
                return
            if later.reader is reader:
                produce(reader, later.node, consume)
                return
            made = captured(later.reader, lambda: produce(later.reader, later.node, handed_over(
                later.reader, reader, consume)))
            reader.pre += made
        case gast.GeneratorExp():
            reader.generator_expression(node, consume)
        case gast.Call(func=func) if is_stream(reader, node):
            function = known(reader, func)
            reader.expr(func)                           # what the program rests on
            if is_generator(function):
                write_out(reader, node, function, consume)
                return
            maker, signature = next((m, s) for f, m, s in MADE_BY if function == f)
            maker(reader, node, _arguments(reader, node, signature), consume)
        case _:
            reader.each(node, consume)


def _arguments(reader: StatementReader, node: gast.Call, signature: inspect.Signature) -> dict[str, Any]:
    """The argument nodes of a call by name."""
    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise reader.refuse(node, "A starred argument is not supported here.", "Write the arguments out.")
    try:
        bound = signature.bind(*node.args, **{k.arg: k.value for k in node.keywords})
    except TypeError as error:
        raise reader.refuse(node, f"These arguments do not fit: {error}.", "Look up what the function takes.") from None
    return dict(bound.arguments)


# ---------------------------------------------------------------- the makers
def _map(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    function = held(reader, given["function"])
    together(reader, node, given["iterables"],
             lambda values: consume(called(reader, function, values, node)))


def _starmap(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    count = _parameter_count(reader, given["function"])
    function = held(reader, given["function"])

    def apply(value: Expr) -> None:
        if count is None:
            raise reader.refuse(node, "`itertools.starmap` of this function is not supported.",
                                "Write a loop that takes the arguments apart.")
        taken = tuple(reader.context.fresh() for _ in range(count))
        reader.emit(Assign(taken, value, origin=reader.origin))
        consume(called(reader, function, [Var(p) for p in taken], node))
    match given["iterable"]:
        case gast.Call(func=func, args=args, keywords=[]) if known(reader, func) is zip:
            together(reader, node, args, lambda values: consume(called(reader, function, values, node)))
        case iterable:
            produce(reader, iterable, apply)


def _parameter_count(reader: StatementReader, function: gast.AST) -> int | None:
    """How many arguments the function that a node stands for takes, where it takes always as many, and several."""
    match function:
        case gast.Lambda(args=gast.arguments(args=args, vararg=None, kwonlyargs=[], kwarg=None, defaults=[])):
            return len(args) if len(args) > 1 else None
    try:
        parameters = inspect.signature(known(reader, function)).parameters.values()
    except (TypeError, ValueError):
        return 2 if known(reader, function) is pow else None
    fixed = all(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in parameters)
    return len(parameters) if fixed and len(parameters) > 1 else None


def _filter(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    test = held(reader, given["function"])

    def decide(value: Expr) -> None:
        value = value if isinstance(value, (Var, Const)) else reader.temporary(value)
        when(reader, _passes(reader, test, value, node), lambda: consume(value))
    produce(reader, given["iterable"], decide)


def _passes(reader: StatementReader, test: gast.AST, value: Expr, node: gast.AST) -> Expr:
    none = isinstance(test, gast.Constant) and test.value is None
    return value if none else called(reader, test, [value], node)


def _enumerate(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    number = reader.context.fresh()
    start = reader.expr(given["start"]) if "start" in given else Const(0)
    reader.emit(Assign((number,), start, origin=reader.origin))

    def pair(value: Expr) -> None:
        at = reader.origin
        consume(Build("tuple", (Var(number), value)))
        reader.emit(Assign((number,), plus(Var(number), Const(1)), origin=at))
    produce(reader, given["iterable"], pair)


def _zip(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    if "strict" in given:
        raise reader.refuse(node, "`zip(..., strict=True)` of a generator is not supported.",
                            "Make a list of it first: `list(...)`.")
    together(reader, node, given["iterables"], lambda values: consume(Build("tuple", tuple(values))))


def together(reader: StatementReader, node: gast.AST, nodes: Sequence[gast.AST],
             consume: Callable[[list[Expr]], None]) -> None:
    """Run through several at once, to the end of the shortest; of the streams the first makes its values on the way."""
    if len(nodes) == 1:
        produce(reader, nodes[0], lambda value: consume([value]))
        return
    if any(_steps(reader, n) is not None for n in nodes):
        _in_turn(reader, node, nodes, consume)
        return
    leader = next((k for k, n in enumerate(nodes) if is_stream(reader, n) and not is_endless(reader, n)), None)
    if leader is None:
        _side_by_side(reader, node, nodes, consume)
        return
    for n in nodes[leader + 1:]:
        refuse_effects(reader, node, n)
    found = [None if k == leader else _part(reader, n) for k, n in enumerate(nodes)]
    index = Var(reader.context.fresh())
    before = [p[0] for p in found[:leader] if p is not None and p[0] is not None]
    behind = [p[0] for p in found[leader + 1:] if p is not None and p[0] is not None]

    def ended(lengths: Sequence[Expr], done: str) -> None:
        for found in lengths:
            reader.emit(If(Call(operator.ge, (index, found)), (leave(reader, done),), (), origin=reader.origin))

    def run(done: str) -> None:
        at = reader.origin
        reader.emit(Assign((index.name,), Const(0), origin=at))
        ended(before, done)

        def step(value: Expr) -> None:
            value = value if isinstance(value, (Var, Const)) or not behind else reader.temporary(value)
            ended(behind, done)
            consume([value if p is None else p[1](index) for p in found])
            reader.emit(Assign((index.name,), Call(operator.add, (index, Const(1))), origin=at))
            ended(before, done)
        produce(reader, nodes[leader], step)
    region(reader, run)


def _side_by_side(reader: StatementReader, node: gast.AST, nodes: Sequence[gast.AST],
                  consume: Callable[[list[Expr]], None]) -> None:
    """Run through several of which none makes its values on the way."""
    at = reader.origin
    found: list[Callable[[Expr], Expr]] = []
    elements: list[tuple[str, Expr]] = []
    for n in nodes:
        if is_endless(reader, n):
            found.append(_part(reader, n)[1])
            continue
        name = reader.context.fresh()
        elements.append((name, listed(reader, n)))
        found.append(partial(_element, Var(name)))
    if not elements:
        raise reader.refuse(node, "A loop over what never ends is not supported here.", "Loop over `range(n)`.")
    lengths = tuple(length(c) for _, c in elements)
    over = Call(range, (lengths[0] if len(lengths) == 1 else Call(min, lengths),))
    index = reader.context.fresh()
    body = captured(reader, lambda: consume([value(Var(index)) for value in found]))
    reader.emit(For(index, over, body, elements=tuple(elements), origin=at))


def _steps(reader: StatementReader, node: gast.AST) -> Steps | None:
    """The iterator that a name stands for, if other places take values from it too."""
    found = reader.flow.pending.get(node.id) if isinstance(node, gast.Name) else None
    return found if isinstance(found, Steps) else None


def _in_turn(reader: StatementReader, node: gast.AST, nodes: Sequence[gast.AST],
             consume: Callable[[list[Expr]], None]) -> None:
    """Run through several of which some are iterators, perhaps the same: a value of each, again and again."""
    parts: list[Steps | tuple[Expr | None, Callable[[Expr], Expr]]] = []
    for n in nodes:
        steps = _steps(reader, n)
        if steps is None and is_stream(reader, n) and not is_endless(reader, n):
            raise reader.refuse(node, "A generator beside an iterator is not supported.", "Make a list of it.")
        parts.append(steps if steps is not None else _part(reader, n))
    index = Var(reader.context.fresh())
    reader.emit(Assign((index.name,), Const(0), origin=reader.origin))

    def turn(done: str) -> None:
        at = reader.origin
        values: list[Expr] = []
        for part in parts:
            match part:
                case Steps():
                    values.append(next_one(reader, part, None, done))
                case (found, value):
                    if found is not None:
                        reader.emit(If(Call(operator.ge, (index, found)), (leave(reader, done),), (), origin=at))
                    values.append(value(index))
        consume(values)
        reader.emit(Assign((index.name,), Call(operator.add, (index, Const(1))), origin=at))
    region(reader, lambda done: endless(reader, lambda: turn(done)))


def _element(value: Expr, index: Expr) -> Expr:
    """The current entry, which the loop binds."""
    return value


def _part(reader: StatementReader, node: gast.AST) -> tuple[Expr | None, Callable[[Expr], Expr]]:
    """(length or None for endless, value by index) of one of several that are run through together."""
    if is_endless(reader, node):
        function = known(reader, node.func)
        reader.expr(node.func)
        signature = next(s for f, _, s in MADE_BY if f is function)
        given = _arguments(reader, node, signature)
        if function is itertools.repeat:
            value = reader.temporary(reader.expr(given["object"]))
            return None, lambda index: value
        if function is itertools.count:
            start, step = (reader.temporary(reader.expr(given[k])) if k in given else Const(d)
                           for k, d in (("start", 0), ("step", 1)))
            return None, lambda index: plus(start, index if step == Const(1) else Call(operator.mul, (index, step)))
        values = indexed(reader, given["iterable"])
        return None, lambda index: entry(values, Call(operator.mod, (index, length(values))))
    container = indexed(reader, node)
    return length(container), lambda index: entry(container, index)


def _accumulate(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    total = Var(reader.context.fresh())
    initial = given.get("initial")
    if initial is not None and not (isinstance(initial, gast.Constant) and initial.value is None):
        values: gast.AST = held_iterable(reader, given["iterable"])
        function = held(reader, given["func"]) if "func" in given else None
        reader.emit(Assign((total.name,), reader.expr(initial), origin=reader.origin))
        consume(total)

        def step(value: Expr) -> None:
            reader.emit(Assign((total.name,), _combined(reader, function, total, value, node), origin=reader.origin))
            consume(total)
        produce(reader, values, step)
        return
    refuse_effects(reader, node, given["iterable"])
    container = indexed(reader, given["iterable"])
    function = held(reader, given["func"]) if "func" in given else None
    at = reader.origin

    def begin() -> None:
        reader.emit(Assign((total.name,), entry(container, Const(0)), origin=at))
        consume(total)

        def go_on(index: Expr) -> None:
            value = _combined(reader, function, total, entry(container, index), node)
            reader.emit(Assign((total.name,), value, origin=at))
            consume(total)
        counted(reader, Call(range, (Const(1), length(container))), go_on)
    when(reader, Call(operator.gt, (length(container), Const(0))), begin)


def _combined(reader: StatementReader, function: gast.AST | None, total: Expr, value: Expr, node: gast.AST) -> Expr:
    if function is None or (isinstance(function, gast.Constant) and function.value is None):
        return Call(operator.add, (total, value))
    return called(reader, function, [total, value], node)


def reduce(reader: StatementReader, node: gast.Call) -> Expr:
    """`functools.reduce(function, iterable[, initial])`."""
    if node.keywords or not 2 <= len(node.args) <= 3 or any(isinstance(a, gast.Starred) for a in node.args):
        raise reader.refuse(node, "`functools.reduce` with these arguments is not supported.",
                            "Write the function, the iterable and the first value one after the other.")
    function, at = held(reader, node.args[0]), reader.origin
    total = Var(reader.context.fresh())

    def step(value: Expr) -> None:
        reader.emit(Assign((total.name,), called(reader, function, [total, value], node), origin=at))

    if len(node.args) == 3:
        values = held_iterable(reader, node.args[1])
        reader.emit(Assign((total.name,), reader.expr(node.args[2]), origin=at))
        produce(reader, values, step)
        return total
    refuse_effects(reader, node, node.args[1])
    container = indexed(reader, node.args[1])
    empty = Call(TypeError, (Const("reduce() of empty iterable with no initial value"),))
    reader.emit(If(Call(operator.eq, (length(container), Const(0))), (Raise(empty, origin=at),), (), origin=at))
    reader.emit(Assign((total.name,), entry(container, Const(0)), origin=at))
    counted(reader, Call(range, (Const(1), length(container))), lambda index: step(entry(container, index)))
    return total


def _compress(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    together(reader, node, [given["data"], given["selectors"]],
             lambda values: when(reader, values[1], lambda: consume(values[0])))


Maker = Callable[[Any, gast.Call, dict[str, Any], Consumer], None]
MADE_BY: tuple[tuple[Any, Maker, inspect.Signature], ...] = tuple(
    (function, maker, inspect.signature(form)) for function, maker, form in (
        (map, _map, lambda function, *iterables: ...),
        (filter, _filter, lambda function, iterable: ...),
        (enumerate, _enumerate, lambda iterable, start=0: ...),
        (zip, _zip, lambda *iterables, strict=False: ...),
        (iter, parts.iterated, lambda iterable: ...),
        (itertools.starmap, _starmap, lambda function, iterable: ...),
        (itertools.zip_longest, parts.zip_longest, lambda *iterables, fillvalue=None: ...),
        (itertools.chain, parts.chain, lambda *iterables: ...),
        (itertools.chain.from_iterable, parts.flattened, lambda iterable: ...),
        (itertools.accumulate, _accumulate, lambda iterable, func=None, *, initial=None: ...),
        (itertools.pairwise, parts.pairwise, lambda iterable: ...),
        (itertools.islice, parts.islice, lambda iterable, *bounds: ...),
        (itertools.takewhile, parts.takewhile, lambda function, iterable: ...),
        (itertools.dropwhile, parts.dropwhile, lambda function, iterable: ...),
        (itertools.compress, _compress, lambda data, selectors: ...),
        (itertools.count, parts.count, lambda start=0, step=1: ...),
        (itertools.cycle, parts.cycle, lambda iterable: ...),
        (itertools.repeat, parts.repeat, lambda object, times=None: ...)))
