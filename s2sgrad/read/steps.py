"""Generator expressions and iterators that several places take values from.

    squares = (v * v for v in xs)            k = 0
    first = next(squares)              ->    if not k < len(xs): raise StopIteration
    rest = sum(squares)                      v = xs[k]
                                             k = k + 1
                                             first = v * v
                                             ...

Their state is a position: each place that takes a value takes the entry there, and moves it on.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import gast

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Assign, Call, Const, Expr, If, Raise, Var, While
from s2sgrad.read.streams import Consumer, Steps, captured, entry, indexed, leave, length, region, when

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader


def begin(reader: StatementReader, node: gast.GeneratorExp) -> Steps:
    """Emit what is done when the generator is made."""
    entries = indexed(reader, node.generators[0].iter)
    index = reader.context.fresh()
    reader.emit(Assign((index,), Const(0), origin=reader.origin))
    return Steps(node, reader, entries, index)


def all_left(reader: StatementReader, steps: Steps, consume: Consumer) -> None:
    """Emit a loop that takes all values that are left."""
    at = reader.origin
    body = captured(reader, lambda: _one(reader, steps, consume))
    reader.emit(While(_more(steps), body, origin=at))


def next_one(reader: StatementReader, steps: Steps, default: Expr | None, done: str | None = None) -> Expr:
    """Emit what takes the next value, and give it.

    default: the value where there is none; without it, the region `done` is left, or Python's error is raised.
    """
    result, at = reader.context.fresh(), reader.origin

    def bind(value: Expr) -> None:
        reader.emit(Assign((result,), value, origin=at))

    def ended() -> None:
        if default is None and done is not None:
            reader.emit(leave(reader, done))
        elif default is None:
            reader.emit(Raise(Call(StopIteration), origin=at))
        else:
            bind(default)

    def search(left: str) -> None:
        def found(value: Expr) -> None:
            bind(value)
            reader.emit(leave(reader, left))
        all_left(reader, steps, found)
        ended()
    if steps.node.generators[0].ifs:
        region(reader, search)
    elif default is None:
        when(reader, Call(operator.not_, (_more(steps),)), ended)
        _one(reader, steps, bind)
    else:
        taken = captured(reader, lambda: _one(reader, steps, bind))
        reader.emit(If(_more(steps), taken, captured(reader, ended), origin=at))
    return Var(result)


def _more(steps: Steps) -> Expr:
    return Call(operator.lt, (Var(steps.index), length(steps.entries)))


def _one(reader: StatementReader, steps: Steps, consume: Consumer) -> None:
    """Emit what takes the entry at the position, moves it on, and uses the value if the entry passes."""
    outer, at = reader.scope, reader.origin
    generator = steps.node.generators[0]
    reader.scope = dict(outer)
    for name in gast.walk(generator.target):
        if isinstance(name, gast.Name):
            reader.scope[name.id] = f"{name.id}#{reader.context.fresh_somewhere('c')}"
    reader.target(generator.target, entry(steps.entries, Var(steps.index)))
    reader.emit(Assign((steps.index,), Call(operator.add, (Var(steps.index), Const(1))), origin=at))

    def use() -> None:
        value = reader.expr(steps.node.elt)
        inner, reader.scope = reader.scope, outer
        consume(value)
        reader.scope = inner
    tests = [reader.test(test) for test in generator.ifs]
    if tests:
        when(reader, tests[0] if len(tests) == 1 else Call(primitives.and_, tuple(tests)), use)
    else:
        use()
    reader.scope = outer
