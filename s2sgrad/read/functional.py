"""Calls that are read in a way of their own: of functions that take functions, and of those that stop early.

    any(v > 3 for v in x)        found = False
                                 for v in x:
                           ->        if v > 3:
                                         found = True
                                         (leave)

    max(xs, key=f)         ->    keys = [f(v) for v in xs]
                                 xs[max(range(len(keys)), key=keys.__getitem__)]

Comes in: the node of a call. Goes out: its value, or None where the call is like any other.
"""

from __future__ import annotations

import functools
import itertools
import operator
import types
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from s2sgrad.core.nodes import Assign, Build, Call, Const, Effect, Expr, If, Method, Raise, Var
from s2sgrad.read.displays import list_of
from s2sgrad.read.lifted import handed_to
from s2sgrad.read.makers import produce, reduce
from s2sgrad.read.scope import MISSING
from s2sgrad.read.steps import next_one
from s2sgrad.read.streams import (
    Steps,
    entry,
    held,
    indexed,
    is_generator,
    is_stream,
    is_taken_one_by_one,
    known,
    leave,
    length,
    listed,
    named,
    region,
)
from s2sgrad.read.vectorized import vectorized
from s2sgrad.runtime import groups_of, order_of

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader


def special(reader: StatementReader, node: gast.Call) -> Expr | None:
    """The value of a call that is read here, else None."""
    function = known(reader, node.func)
    if function is MISSING:
        return None
    if (handed := handed_to(function)) and not any(k.arg == handed[0] for k in node.keywords):
        names = [gast.keyword(name, gast.copy_location(gast.Name(name, gast.Load(), None, None), node))
                 for name in handed]
        return reader.expr(gast.copy_location(gast.Call(node.func, node.args, [*node.keywords, *names]), node))
    if any(isinstance(a, gast.Starred) for a in node.args):
        return None
    options = {k.arg: k.value for k in node.keywords}
    streams = [a for a in node.args if is_stream(reader, a)]
    value: Expr | None = None
    match node.args:
        case [values] if (function is any or function is all) and streams and not options:
            value = _decided(reader, values, function is any)
        case [values, *rest] if function is next and streams and not options:
            value = _first(reader, values, rest)
        case [_, _, *_] if function is functools.reduce:
            value = reduce(reader, node)
        case [values] if function is sorted and options.keys() <= {"key", "reverse"} and (
                "key" in options or is_taken_one_by_one(reader, values)):
            value = _sorted(reader, values, options)
        case [values, *key] if function is itertools.groupby and len(key) + len(options) < 2:
            value = _grouped(reader, values, options["key"] if options.keys() == {"key"} else key[0] if key else None)
        case [values] if (function is max or function is min) and options and options.keys() <= {"key", "default"}:
            value = _extreme(reader, function, values, options)
        case [_, _, *_] if (function is max or function is min) and options.keys() == {"key"}:
            display = gast.copy_location(gast.Tuple(node.args, gast.Load()), node)
            value = _extreme(reader, function, display, options)
        case [values] if function is sum and options.keys() == {"start"}:
            value = Call(sum, tuple(reader.operands([*reader.consumed([values], sum), options["start"]])))
        case [pairs] if function is dict and not options and is_taken_one_by_one(reader, pairs):
            value = reader.comprehension(_dict_of(pairs))
        case [a, b] if function is divmod:
            left, right = (v if isinstance(v, (Var, Const)) else reader.temporary(v) for v in reader.operands([a, b]))
            value = Build("tuple", (Call(operator.floordiv, (left, right)), Call(operator.mod, (left, right))))
        case [a, b] if function is pow and not options:
            value = Call(operator.pow, tuple(reader.operands([a, b])))
        case [values, *rest] if function is np.fromiter and streams and len(rest) + len(options) == 1 and (
                options.keys() <= {"dtype"}):
            entries, dtype = reader.operands([list_of(values), *rest, *options.values()])
            value = Call(np.array, (entries,), (("dtype", dtype),))
        case [_] if function is np.vectorize and not options:
            value = Call(functools.partial, (Const(vectorized), *reader.operands(node.args)))
        case [_, *_] if _is_vectorized(function) and not options:
            made = reader.temporary(Call(functools.partial, (Const(vectorized), Const(function.pyfunc))))
            value = Call(made, tuple(reader.operands(node.args)))
        case _ if is_generator(function):
            raise reader.refuse(node, f"What the generator function `{function.__name__}` gives is used as a value.",
                                "Run through it in a loop, or make it a list: `list(...)`.")
        case _ if function in (itertools.count, itertools.cycle) or function is itertools.repeat and len(
                node.args) + len(options) == 1:
            raise reader.refuse(node, f"`itertools.{function.__name__}` never ends, and it is used as a value.",
                                "Loop over it with a `break`, or over `range(n)`.")
    if value is not None:
        reader.expr(node.func)                  # what the program rests on
    return value


def _is_vectorized(function: Any) -> bool:
    """Is it `np.vectorize(f)`, made without options, of a function written in Python?"""
    return isinstance(function, np.vectorize) and not function.excluded and function.signature is None and (
        function.otypes is None and isinstance(function.pyfunc, types.FunctionType))


def _decided(reader: StatementReader, values: gast.AST, wanted: bool) -> Expr:
    """`any` (wanted) or `all` (not wanted) of a stream, which is left as soon as it is decided."""
    result, at = reader.context.fresh(), reader.origin
    reader.emit(Assign((result,), Const(not wanted), origin=at))

    def run(done: str) -> None:
        def decide(value: Expr) -> None:
            test = value if wanted else Call(operator.not_, (value,))
            reader.emit(If(test, (Assign((result,), Const(wanted), origin=at), leave(reader, done)), (), origin=at))
        produce(reader, values, decide)
    region(reader, run)
    return Var(result)


def _first(reader: StatementReader, values: gast.AST, rest: list[gast.AST]) -> Expr:
    """`next(stream)` or `next(stream, default)` of a stream that nothing else runs through."""
    default = reader.temporary(reader.expr(rest[0])) if rest else None
    steps = reader.flow.pending.get(values.id) if isinstance(values, gast.Name) else None
    if isinstance(steps, Steps):
        return next_one(reader, steps, default)
    result, at = reader.context.fresh(), reader.origin

    def run(done: str) -> None:
        def take(value: Expr) -> None:
            reader.emit(Assign((result,), value, origin=at))
            reader.emit(leave(reader, done))
        produce(reader, values, take)
        if default is not None:
            reader.emit(Assign((result,), default, origin=at))
        else:
            reader.emit(Raise(Call(StopIteration), origin=at))
    region(reader, run)
    return Var(result)


def _dict_of(pairs: gast.AST) -> gast.AST:
    """`dict(pairs)` as the comprehension that it is."""
    def name(text: str, context: gast.AST) -> gast.AST:
        return gast.copy_location(gast.Name(text, context, None, None), pairs)
    target = gast.copy_location(gast.Tuple([name("$key", gast.Store()), name("$value", gast.Store())], gast.Store()),
                                pairs)
    return gast.copy_location(gast.DictComp(name("$key", gast.Load()), name("$value", gast.Load()),
                                            [gast.comprehension(target, pairs, [], 0)]), pairs)


def _keys(reader: StatementReader, container: Expr, key: gast.AST | None) -> Expr:
    """The list of the keys, by which entries are compared."""
    if key is None or isinstance(key, gast.Constant) and key.value is None:
        return container
    function = held(reader, key)
    value = gast.copy_location(gast.Name("$value", gast.Store(), None, None), key)
    read = gast.copy_location(gast.Name("$value", gast.Load(), None, None), key)
    call = gast.copy_location(gast.Call(function, [read], []), key)
    loop = gast.comprehension(value, named(reader, container, key), [], 0)
    return reader.expr(gast.copy_location(gast.ListComp(call, [loop]), key))


def _positions(keys: Expr) -> tuple[Expr, tuple[tuple[str, Expr], ...]]:
    """(the positions of the keys, the option that compares positions by their keys)."""
    return Call(range, (length(keys),)), (("key", Call(getattr, (keys, Const("__getitem__")))),)


def _sorted(reader: StatementReader, values: gast.AST, options: dict[str, Any]) -> Expr:
    """`sorted` with `key`: the order of the positions, then the entries in this order."""
    container = reader.expr(list_of(values))
    keys = _keys(reader, container, options.get("key"))
    reverse = (reader.expr(options["reverse"]),) if "reverse" in options else ()
    order = reader.temporary(Call(order_of, (keys, *reverse)))
    result, at = reader.context.fresh(), reader.origin
    reader.emit(Assign((result,), Build("list", ()), origin=at))
    reader.each(named(reader, order, values), lambda position: reader.emit(
        Effect(Call(Method("append"), (Var(result), entry(container, position))), origin=at)))
    return Var(result)


def _grouped(reader: StatementReader, values: gast.AST, key: gast.AST | None) -> Expr:
    """`itertools.groupby` as the list of its keys and groups, each of them a list."""
    container = reader.expr(list_of(values))
    keys = _keys(reader, container, key)
    groups = reader.temporary(Call(groups_of, (keys,)))
    result, at = reader.context.fresh(), reader.origin
    reader.emit(Assign((result,), Build("list", ()), origin=at))

    def put(group: Expr) -> None:
        members = reader.context.fresh()
        reader.emit(Assign((members,), Build("list", ()), origin=at))
        reader.each(named(reader, group, values), lambda position: reader.emit(
            Effect(Call(Method("append"), (Var(members), entry(container, position))), origin=at)))
        pair = Build("tuple", (entry(keys, entry(group, Const(0))), Var(members)))
        reader.emit(Effect(Call(Method("append"), (Var(result), pair)), origin=at))
    reader.each(named(reader, groups, values), put)
    return Var(result)


def _extreme(reader: StatementReader, function: Any, values: gast.AST, options: dict[str, Any]) -> Expr:
    """`max` or `min` with `key` or `default`: the first entry whose key is the extreme one."""
    container = indexed(reader, values) if "key" in options else listed(reader, values)
    at = reader.origin

    def best() -> Expr:
        if "key" not in options:
            return Call(function, (container,))
        keys = _keys(reader, container, options["key"])
        over, by_key = _positions(keys)
        return entry(container, reader.temporary(Call(function, (over,), by_key)))
    if "default" not in options:
        return best()
    result = reader.context.fresh()
    default = reader.temporary(reader.expr(options["default"]))
    taken = reader.inside(best, result)
    empty = Call(operator.eq, (length(container), Const(0)))
    reader.emit(If(empty, (Assign((result,), default, origin=at),), taken, origin=at))
    return Var(result)


def sorted_in_place(reader: StatementReader, node: gast.AST) -> gast.AST | None:
    """`xs[:] = sorted(xs, key=f)` for `xs.sort(key=f)`; None for anything else."""
    match node:
        case gast.Call(func=gast.Attribute(value=xs, attr="sort"), args=[], keywords=options) if any(
                o.arg == "key" for o in options):
            name = gast.Name("sorted", gast.Load(), None, None)
            if known(reader, name) is not sorted:
                return None
            new = gast.Assign([gast.Subscript(xs, gast.Slice(None, None, None), gast.Store())],
                              gast.Call(name, [xs], options), None)
            for part in gast.walk(new):
                gast.copy_location(part, node)
            return new
    return None
