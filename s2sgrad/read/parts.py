"""The loops of `itertools` that take a part of something, put parts together, or never end.

Comes in: the node of a call, its argument nodes by name, and what emits the use of one value. Goes out, through the
reader that is passed: the statements that make the values.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import gast

from s2sgrad.core.nodes import Assign, Build, Call, Const, Expr, If, Var
from s2sgrad.read.early import refuse_effects
from s2sgrad.read.streams import (
    Consumer,
    called,
    counted,
    endless,
    entry,
    held,
    held_iterable,
    indexed,
    is_stream,
    leave,
    length,
    named,
    region,
    when,
)

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

def zip_longest(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """Several at once, to the end of the longest."""
    for part in given["iterables"]:
        refuse_effects(reader, node, part)
    containers = [indexed(reader, n) for n in given["iterables"]]
    fill = reader.temporary(reader.expr(given["fillvalue"])) if "fillvalue" in given else Const(None)
    at = reader.origin

    def step(index: Expr) -> None:
        values = []
        for container in containers:
            value = reader.context.fresh()
            reader.emit(If(Call(operator.lt, (index, length(container))),
                           (Assign((value,), entry(container, index), origin=at),),
                           (Assign((value,), fill, origin=at),), origin=at))
            values.append(Var(value))
        consume(Build("tuple", tuple(values)))
    counted(reader, Call(range, (Call(max, tuple(map(length, containers))),)), step)


def chain(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """One after the other."""
    for part in [held_iterable(reader, n) for n in given.get("iterables", ())]:
        reader.run_through(part, consume)


def flattened(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """The entries of the entries."""
    reader.run_through(given["iterable"], lambda part: reader.run_through(named(reader, part, node), consume))


def pairwise(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """Neighbours."""
    refuse_effects(reader, node, given["iterable"])
    container = indexed(reader, given["iterable"])
    over = Call(range, (Call(operator.sub, (length(container), Const(1))),))
    counted(reader, over, lambda index: consume(Build("tuple", (
        entry(container, index), entry(container, Call(operator.add, (index, Const(1))))))))


def islice(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """The entries at a range of positions."""
    stated = [None if isinstance(n, gast.Constant) and n.value is None else n for n in given["bounds"]]
    first, stop_node, step_node = (None, stated[0], None) if len(stated) == 1 else [*stated, None][:3]
    source = held_iterable(reader, given["iterable"])
    start, stop, step = (reader.expr(n) if n is not None else None for n in (first, stop_node, step_node))
    start, step = start or Const(0), step or Const(1)
    at = reader.origin
    if not is_stream(reader, source):
        container = indexed(reader, source)
        whole = length(container)
        last: Expr = whole if stop is None else Call(min, (stop, whole))
        plain = (start, step) == (Const(0), Const(1))
        bounds = (last,) if plain else (start, last) if step == Const(1) else (start, last, step)
        counted(reader, Call(range, bounds), lambda index: consume(entry(container, index)))
        return
    start, step = (v if isinstance(v, (Var, Const)) else reader.temporary(v) for v in (start, step))
    end = stop if stop is None or isinstance(stop, (Var, Const)) else reader.temporary(stop)
    index = Var(reader.context.fresh())

    def run(done: str) -> None:
        def stop_here() -> None:
            if end is not None:
                reader.emit(If(Call(operator.ge, (index, end)), (leave(reader, done),), (), origin=at))

        def take(value: Expr) -> None:
            if (start, step) == (Const(0), Const(1)):
                consume(value)
            else:
                value = value if isinstance(value, (Var, Const)) else reader.temporary(value)
                offset = Call(operator.sub, (index, start))
                wanted = Call(operator.eq, (Call(operator.mod, (offset, step)), Const(0)))
                when(reader, Call(operator.ge, (index, start)), lambda: when(reader, wanted, lambda: consume(value)))
            reader.emit(Assign((index.name,), Call(operator.add, (index, Const(1))), origin=at))
            stop_here()
        reader.emit(Assign((index.name,), Const(0), origin=at))
        if not (isinstance(end, Const) and end.value > 0):
            stop_here()
        reader.run_through(source, take)
    region(reader, run)


def takewhile(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """What comes before the first value that fails."""
    test = held(reader, given["function"])

    def run(done: str) -> None:
        def decide(value: Expr) -> None:
            value = value if isinstance(value, (Var, Const)) else reader.temporary(value)
            fails = Call(operator.not_, (called(reader, test, [value], node),))
            reader.emit(If(fails, (leave(reader, done),), (), origin=reader.origin))
            consume(value)
        reader.run_through(given["iterable"], decide)
    region(reader, run)


def dropwhile(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """What comes from the first value that fails on."""
    test, at = held(reader, given["function"]), reader.origin
    dropping = Var(reader.context.fresh("^dropping"))
    reader.emit(Assign((dropping.name,), Const(True), origin=at))

    def decide(value: Expr) -> None:
        value = value if isinstance(value, (Var, Const)) else reader.temporary(value)
        when(reader, dropping, lambda: reader.emit(
            Assign((dropping.name,), called(reader, test, [value], node), origin=at)))
        when(reader, Call(operator.not_, (dropping,)), lambda: consume(value))
    reader.run_through(given["iterable"], decide)


def count(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """`start`, `start + step`, ... without an end."""
    number, at = Var(reader.context.fresh()), reader.origin
    start = reader.expr(given["start"]) if "start" in given else Const(0)
    step = reader.temporary(reader.expr(given["step"])) if "step" in given else Const(1)
    reader.emit(Assign((number.name,), start, origin=at))

    def body() -> None:
        consume(number)
        reader.emit(Assign((number.name,), Call(operator.add, (number, step)), origin=at))
    endless(reader, body)


def cycle(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """The entries again and again."""
    refuse_effects(reader, node, given["iterable"])
    container = indexed(reader, given["iterable"])

    def run(done: str) -> None:
        reader.emit(If(Call(operator.eq, (length(container), Const(0))), (leave(reader, done),), (),
                       origin=reader.origin))
        endless(reader, lambda: counted(reader, Call(range, (length(container),)),
                                        lambda index: consume(entry(container, index))))
    region(reader, run)


def repeat(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """One value, a number of times or without an end."""
    value = reader.temporary(reader.expr(given["object"]))
    if "times" in given:
        counted(reader, Call(range, (reader.expr(given["times"]),)), lambda index: consume(value))
    else:
        endless(reader, lambda: consume(value))


def iterated(reader: StatementReader, node: gast.Call, given: dict[str, Any], consume: Consumer) -> None:
    """What `iter` gives: the entries."""
    reader.run_through(given["iterable"], consume)
