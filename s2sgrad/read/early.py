"""What is taken before a loop although Python takes it value by value: refused where the difference could show.

    for a, b in zip(squares, pairwise(xs)):     # all pairs of xs are known before the first trip
        xs[2] = a                               # refused

Comes in: loops and calls, before they are read. Goes out: nothing, or the refusal. Names are compared as they are
spelled, so that a change under a second name is not seen.
"""

from __future__ import annotations

import dis
import itertools
import types
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import gast

from s2sgrad.core.operators import SILENT, TAKING
from s2sgrad.read.streams import LocalGenerator, Pending, Steps, is_endless, is_stream, known

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

REMEDY = "Loop over `range(len(...))`, with indices, or make a list of the values first: `list(...)`."
STORES = ("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_ATTR", "STORE_GLOBAL")
METHODS = frozenset((*SILENT, *TAKING))


def refuse_changes(reader: StatementReader, node: gast.AST, iterable: gast.AST, body: Sequence[gast.AST]) -> None:
    """Refuse a loop that changes what its iterable takes early."""
    early = {name for part in _early(reader, iterable) for name in _names(reader, part)}
    shared = sorted(early & set(_changed(reader, body))) if early else []
    if shared:
        raise reader.refuse(node, f"What this loop runs through is taken before it begins, and the loop may change "
                                  f"`{shared[0]}`, from which it is taken.", REMEDY)


def refuse_effects(reader: StatementReader, node: gast.AST, part: gast.AST) -> None:
    """Refuse a stream that is taken early, and changes something when it makes its values."""
    if is_stream(reader, part) and not is_endless(reader, part) and any(
            _has_effects(f) for f in _functions(reader, part)):
        raise reader.refuse(node, "A generator that changes something when it makes its values is not supported here, "
                                  "where all of them are made at once.", REMEDY)


def _early(reader: StatementReader, node: gast.AST) -> Iterator[gast.AST]:
    """The parts of an iterable of which all values are taken before the loop."""
    if not isinstance(node, gast.Call):
        return
    function = known(reader, node.func)
    streams = [a for a in node.args if not isinstance(a, gast.Starred) and is_stream(reader, a)
               and not is_endless(reader, a)]
    if function is zip and any(isinstance(a, gast.Starred) for a in node.args) or function in (
            itertools.pairwise, itertools.cycle):
        yield node
    elif function is zip:
        yield from streams[1:]
    elif function is itertools.zip_longest or function is itertools.accumulate:
        yield from streams
    for argument in node.args:
        yield from _early(reader, argument)


def _names(reader: StatementReader, node: gast.AST) -> Iterator[str]:
    """The names that a part reads, also where it was made before."""
    for n in gast.walk(node):
        if isinstance(n, gast.Name):
            yield n.id
            made = reader.flow.pending.get(n.id)
            if isinstance(made, (Pending, Steps)) and made.node is not node:
                yield from _names(reader, made.node)


def _changed(reader: StatementReader, body: Sequence[gast.AST]) -> Iterator[str]:
    """The names of what statements may change."""
    for statement in body:
        for n in gast.walk(statement):
            match n:
                case gast.Subscript(value=base, ctx=gast.Store() | gast.Del()) | gast.Attribute(
                        value=base, ctx=gast.Store() | gast.Del()):
                    yield from _root(base)
                case gast.AugAssign(target=gast.Name(id=name)):
                    yield name
                case gast.Call(func=gast.Attribute(value=base, attr=attr)) if attr in METHODS:
                    yield from _root(base)
                case gast.Call(func=func, args=args) if not _is_librarys(known(reader, func)):
                    yield from (a.id for a in args if isinstance(a, gast.Name))


def _root(node: gast.AST) -> Iterator[str]:
    while isinstance(node, (gast.Subscript, gast.Attribute)):
        node = node.value
    if isinstance(node, gast.Name):
        yield node.id


def _is_librarys(function: Any) -> bool:
    """A function or class of Python's or NumPy's?"""
    return not isinstance(function, types.FunctionType) and callable(function) or getattr(
        function, "__module__", "").partition(".")[0] == "numpy"


def _functions(reader: StatementReader, node: gast.AST) -> Iterator[Any]:
    """The functions, and the code, that make the values of a stream."""
    made = reader.flow.pending.get(node.id) if isinstance(node, gast.Name) else None
    if isinstance(made, (Pending, Steps)):
        node = made.node
    yield node
    for n in gast.walk(node):
        if isinstance(n, (gast.Name, gast.Attribute)):
            function = known(reader, n)
            if isinstance(function, (types.FunctionType, LocalGenerator)):
                yield function


def _has_effects(function: Any) -> bool:
    """May it write what others read?"""
    if isinstance(function, types.FunctionType):
        code = function.__code__
        return not METHODS.isdisjoint(code.co_names) or any(
            i.opname in STORES or i.opname == "STORE_DEREF" and i.argval in code.co_freevars
            for i in dis.get_instructions(code))
    node = function.node if isinstance(function, LocalGenerator) else function
    return any(isinstance(n, (gast.Nonlocal, gast.Global)) or isinstance(n, gast.Call) and isinstance(
        n.func, gast.Attribute) and n.func.attr in METHODS or isinstance(n, (gast.Subscript, gast.Attribute))
               and isinstance(n.ctx, (gast.Store, gast.Del)) for n in gast.walk(node))
