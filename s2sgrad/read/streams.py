"""What is run through once, and makes its values as it goes: how it is told, and what of it is evaluated when.

A stream is a generator expression, the call of a generator function, or of `map`, `filter` and most of `itertools`; a
name may stand for one that is run through later. The loops that make the values are in `makers` and `generators`.

Regions are here as well: what runs through a stream may stop early, from any depth of the loops that make it.
"""

from __future__ import annotations

import inspect
import itertools
import operator
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import gast

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Block, Call, Const, Expr, For, If, Leave, Parameter, Region, Statement, Var, While
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.read.displays import list_of
from s2sgrad.read.scope import MISSING, lookup
from s2sgrad.runtime.checks import common_length

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader


Consumer = Callable[[Expr], None]           # emits what is done with one value


@dataclass(frozen=True, eq=False)
class LocalGenerator:
    """A nested generator function: its node, the reader of the function around it, and its parameters.

    The defaults have the values that they had where the function was defined.
    """

    node: gast.FunctionDef
    reader: StatementReader
    parameters: tuple[Parameter, ...]

    @property
    def __name__(self) -> str:
        return str(self.node.name)


@dataclass(frozen=True)
class Pending:
    """A stream that has been made and is run through later: its node, and the reader in whose names it is written."""

    node: gast.AST
    reader: StatementReader


@dataclass(frozen=True)
class Steps:
    """A generator expression, or an iterator, that several places take values from.

    entries: what it runs through. index: the name of the position of the next entry.
    """

    node: gast.GeneratorExp
    reader: StatementReader
    entries: Expr
    index: str


@dataclass
class Flow:
    """Where the jumps of the function that is being read go, and the streams that it has made.

    exits: for each loop around what is read, what `break` and `continue` become. give: in a generator, what is done
    with a value; returns_to: in a generator, the region that `return` leaves. inside: the generators around.
    """

    exits: list[tuple[Callable[[], Statement], Callable[[], Statement]]] = field(default_factory=list)
    pending: dict[str, Pending | Steps] = field(default_factory=dict)
    give: Consumer | None = None
    returns_to: str | None = None
    inside: tuple[Any, ...] = ()


MAKERS: tuple[Any, ...] = (
    map, filter, itertools.starmap, itertools.zip_longest, itertools.chain, itertools.chain.from_iterable,
    itertools.accumulate, itertools.pairwise, itertools.islice, itertools.takewhile, itertools.dropwhile,
    itertools.compress, itertools.count, itertools.cycle, itertools.repeat)
INDEXED = (range, enumerate, zip, reversed)             # read as loops over indices


# ---------------------------------------------------------------- what is one
def known(reader: StatementReader, node: gast.AST) -> Any:
    """The function, class or module that a name or a dotted name stands for; MISSING where that is not known."""
    match node:
        case gast.Name(id=name):
            if name in reader.statics:
                return reader.statics[name]
            found = MISSING if name in reader.scope else lookup(reader.function, name)[2]
            return found if callable(found) or isinstance(found, types.ModuleType) else MISSING
        case gast.Attribute(value=value, attr=attr):
            base = known(reader, value)
            if isinstance(base, types.ModuleType) or base is itertools.chain:
                return getattr(base, attr, MISSING)
    return MISSING


def is_stream(reader: StatementReader, node: gast.AST) -> bool:
    """Is it something that makes its values while it is run through?"""
    match node:
        case gast.GeneratorExp():
            return True
        case gast.Name(id=name):
            return name in reader.flow.pending
        case gast.Call(func=func, args=args):
            function = known(reader, func)
            if function in (zip, enumerate):
                return any(is_stream(reader, a) or is_endless(reader, a) for a in args)
            return is_generator(function) or any(function == f for f in MAKERS)
    return False


def is_generator(function: Any) -> bool:
    """Is it a generator function of the user's?"""
    return isinstance(function, LocalGenerator) or (
        isinstance(function, types.FunctionType) and bool(function.__code__.co_flags & inspect.CO_GENERATOR))


def is_endless(reader: StatementReader, node: gast.AST) -> bool:
    """Is it one of the iterators that never end?"""
    return isinstance(node, gast.Call) and (function := known(reader, node.func)) is not MISSING and (
        function in (itertools.count, itertools.cycle)
        or function is itertools.repeat and len(node.args) + len(node.keywords) == 1)


def yields(function: gast.AST) -> bool:
    """Is it the definition of a generator function?"""
    left = list(gast.iter_child_nodes(function))
    while left:
        match left.pop():
            case gast.Yield() | gast.YieldFrom():
                return True
            case gast.FunctionDef() | gast.Lambda() | gast.ClassDef():
                pass
            case node:
                left += gast.iter_child_nodes(node)
    return False


# ---------------------------------------------------------------- regions
def region(reader: StatementReader, read: Callable[[str], None]) -> None:
    """Emit what `read` emits; a `Leave` of the name that it gets goes on behind it."""
    name = reader.context.fresh("^region")
    body = captured(reader, lambda: read(name))
    if any(isinstance(s, Leave) and s.name == name for s in walk_statements(body)):
        reader.emit(Region(name, body, origin=reader.origin))
    else:
        reader.pre += body


def captured(reader: StatementReader, read: Callable[[], None]) -> Block:
    """What `read` emits, as a block of its own."""
    outer, reader.pre = reader.pre, []
    read()
    body, reader.pre = tuple(reader.pre), outer
    return body


def leave(reader: StatementReader, name: str) -> Leave:
    """The jump behind a region."""
    return Leave(name, origin=reader.origin)


def when(reader: StatementReader, test: Expr, then: Callable[[], None]) -> None:
    """Emit a branch."""
    at = reader.origin
    reader.emit(If(test, captured(reader, then), (), origin=at))


# ---------------------------------------------------------------- evaluated once
def held(reader: StatementReader, node: gast.AST) -> gast.AST:
    """A node for the value that this node has now: it is evaluated once."""
    match node:
        case gast.Constant():
            return node
        case gast.Name(id=name) if name.startswith("="):
            return node
        case gast.Name() | gast.Attribute() if callable(known(reader, node)):
            return node
        case gast.Attribute(value=value, attr=attr) if known(reader, value) is MISSING:
            return gast.copy_location(gast.Attribute(held(reader, value), attr, gast.Load()), node)
    return named(reader, reader.temporary(reader.expr(node)), node)


def named(reader: StatementReader, value: Expr, like: gast.AST) -> gast.AST:
    """A node that reads as this value."""
    if isinstance(value, Const) and isinstance(value.value, (int, float, str, bool, type(None))):
        return gast.copy_location(gast.Constant(value.value, None), like)
    return gast.copy_location(gast.Name(f"={reader.name_of(value)}", gast.Load(), None, None), like)


def called(reader: StatementReader, function: gast.AST, values: Sequence[Expr], like: gast.AST) -> Expr:
    """The value of a call of the function that the node stands for."""
    nodes = [named(reader, v, like) for v in values]
    return reader.expr(gast.copy_location(gast.Call(function, nodes, []), like))


def frozen(reader: StatementReader, node: gast.AST) -> gast.AST:
    """The stream as it is made: what Python evaluates at once is evaluated, the rest when it is run through."""
    match node:
        case gast.Name():
            return node
        case gast.GeneratorExp(elt=elt, generators=[first, *rest]):
            begin = gast.comprehension(first.target, held_iterable(reader, first.iter), first.ifs, first.is_async)
            return gast.copy_location(gast.GeneratorExp(elt, [begin, *rest]), node)
        case gast.Call(func=func, args=args, keywords=keywords):
            fixed = [held_iterable(reader, a) for a in args]
            named_ones = [gast.keyword(k.arg, held_iterable(reader, k.value)) for k in keywords]
            return gast.copy_location(gast.Call(func, fixed, named_ones), node)
    raise AssertionError(node)


def held_iterable(reader: StatementReader, node: gast.AST) -> gast.AST:
    """A stream as it is made, or the value of anything else."""
    if isinstance(node, gast.Starred):
        return gast.copy_location(gast.Starred(held_iterable(reader, node.value), node.ctx), node)
    if is_stream(reader, node):
        return frozen(reader, node)
    if isinstance(node, gast.Call) and known(reader, node.func) in INDEXED and not any(
            isinstance(a, gast.Starred) for a in node.args):
        return frozen(reader, node)
    return held(reader, node)


# ---------------------------------------------------------------- indexed parts
def listed(reader: StatementReader, node: gast.AST) -> Expr:
    """The entries of anything, by name, in something with indices."""
    if is_endless(reader, node):
        raise reader.refuse(node, "A list of what never ends is not supported.", "Loop over `range(n)`.")
    if is_taken_one_by_one(reader, node):
        return reader.expr(list_of(node))
    return reader.temporary(reader.expr(node))


def indexed(reader: StatementReader, node: gast.AST) -> Expr:
    """The entries of anything, by name, in something with indices: the keys of a dict, the entries of a set."""
    match node:
        case gast.Call(func=gast.Attribute(attr="values" | "items" | "keys"), args=[]):
            return reader.expr(list_of(node))
    entries = listed(reader, node)
    display = isinstance(node, (gast.List, gast.Tuple, gast.ListComp)) or is_taken_one_by_one(reader, node)
    return entries if display else reader.temporary(Call(primitives.sequence_of, (entries,)))


def is_taken_one_by_one(reader: StatementReader, node: gast.AST) -> bool:
    """Is it a stream, or pairs that are made while they are run through?"""
    return is_stream(reader, node) or isinstance(node, gast.Call) and known(reader, node.func) in (zip, enumerate)


def transposed(reader: StatementReader, node: gast.AST) -> gast.AST:
    """`zip(*rows)` without the star: of a display, `zip` of what it shows; else the columns of the rows."""
    match node:
        case gast.Call(func=func, args=[gast.Starred(value=value)], keywords=options) if (
                known(reader, func) is zip
                and all(k.arg == "strict" and isinstance(k.value, gast.Constant) for k in options)):
            shown = value.elts if isinstance(value, (gast.List, gast.Tuple)) else []
            if shown and not any(isinstance(row, gast.Starred) for row in shown):
                return gast.copy_location(gast.Call(func, shown, options), node)
            held = reader.temporary(indexed(reader, value))
            names = {"rows": f"={held.name}", "k": "$k", "i": "$i"}
            if any(k.value.value for k in options):
                names["count"] = f"={reader.temporary(Call(common_length, (held,))).name}"
            tree = gast.parse(_COLUMNS.format("count" if "count" in names else _SHORTEST), mode="eval").body
            for part in gast.walk(tree):
                if isinstance(part, gast.Name):
                    part.id = names.get(part.id, part.id)
                gast.copy_location(part, node)
            return tree
    return node


_COLUMNS = "[tuple(k[i] for k in rows) for i in range({})]"
_SHORTEST = "min(len(k) for k in rows) if len(rows) else 0"


def entry(container: Expr, index: Expr) -> Expr:
    """`container[index]`."""
    return Call(operator.getitem, (container, index))


def length(container: Expr) -> Expr:
    """`len(container)`."""
    return Call(len, (container,))


def plus(value: Expr, step: Expr) -> Expr:
    """`value + step`."""
    return step if value == Const(0) else Call(operator.add, (value, step))


# ---------------------------------------------------------------- loops
def counted(reader: StatementReader, over: Expr, consume: Consumer) -> None:
    """Emit `for index in over`."""
    index, at = reader.context.fresh(), reader.origin
    body = captured(reader, lambda: consume(Var(index)))
    reader.emit(For(index, over, body, origin=at))


def endless(reader: StatementReader, body: Callable[[], None]) -> None:
    """Emit `while True`."""
    at = reader.origin
    reader.emit(While(Const(True), captured(reader, body), origin=at))


# ---------------------------------------------------------------- streams by name
def runs_once(function: gast.AST, name: str) -> bool:
    """Is the name bound once in the function, and then read once, where the reading follows the binding once?"""
    found = _all_mentions(function).get(name, [])
    bound = [path for kind, path in found if kind == "bound"]
    read = [path for kind, path in found if kind == "read"]
    return len(bound) == len(read) == 1 == len(found) - 1 and read[0][: len(bound[0])] == bound[0] and not any(
        kind in ("loop", "function") for kind, _ in read[0][len(bound[0]):])


def runs_in_steps(function: gast.AST, name: str) -> bool:
    """Is the name bound once in the function, and read only where it has been bound, in the function itself?"""
    found = _all_mentions(function).get(name, [])
    bound = [path for kind, path in found if kind == "bound"]
    read = [path for kind, path in found if kind == "read"]
    return len(bound) == 1 and len(read) == len(found) - 1 and all(
        path[: len(bound[0])] == bound[0] and not any(kind == "function" for kind, _ in path[len(bound[0]):])
        for path in read)


def steps_of(reader: StatementReader, value: gast.AST) -> gast.GeneratorExp | None:
    """The generator expression, of one loop, that a value can be run through in steps as."""
    at = gast.copy_location
    match value:
        case gast.GeneratorExp(generators=[gast.comprehension(iter=entries)]) if not is_stream(reader, entries):
            return value
        case gast.Call(func=func, args=[entries], keywords=[]) if known(reader, func) is iter and not is_stream(
                reader, entries):
            reader.expr(func)                           # what the program rests on
            read, store = (at(gast.Name("$value", c, None, None), value) for c in (gast.Load(), gast.Store()))
            return at(gast.GeneratorExp(read, [gast.comprehension(store, entries, [], 0)]), value)
    return None


Path = tuple[tuple[str, int], ...]          # the loops, branches and functions around a place


@lru_cache(maxsize=16)
def _all_mentions(function: gast.AST) -> dict[str, list[tuple[str, Path]]]:
    found: dict[str, list[tuple[str, Path]]] = {}
    for name, kind, path in _walk(function, ()):
        found.setdefault(name, []).append((kind, path))
    return found


def _walk(node: gast.AST, path: Path) -> Iterator[tuple[str, str, Path]]:
    match node:
        case gast.Name(id=name, ctx=context):
            yield name, "read" if isinstance(context, gast.Load) else "bound", path
        case gast.For(target=target, iter=iterable, body=body, orelse=orelse):
            yield from _walk(iterable, path)
            for child in (target, *body, *orelse):
                yield from _walk(child, (*path, ("loop", id(node))))
        case gast.While():
            for child in gast.iter_child_nodes(node):
                yield from _walk(child, (*path, ("loop", id(node))))
        case gast.ListComp() | gast.SetComp() | gast.DictComp() | gast.GeneratorExp():
            first, *_ = node.generators
            yield from _walk(first.iter, path)
            for child in gast.iter_child_nodes(node):
                for inner in gast.iter_child_nodes(child) if child is first else (child,):
                    if inner is not first.iter:
                        yield from _walk(inner, (*path, ("loop", id(node))))
        case gast.FunctionDef() | gast.Lambda() if path:
            for child in gast.iter_child_nodes(node):
                yield from _walk(child, (*path, ("function", id(node))))
        case gast.FunctionDef():
            for child in gast.iter_child_nodes(node):
                yield from _walk(child, (("top", id(node)),))
        case gast.If(test=test, body=body, orelse=orelse):
            yield from _walk(test, path)
            for which, block in enumerate((body, orelse)):
                for child in block:
                    yield from _walk(child, (*path, (f"branch {which}", id(node))))
        case gast.Nonlocal(names=names) | gast.Global(names=names):
            for name in names:
                yield name, "elsewhere", path
        case _:
            for child in gast.iter_child_nodes(node):
                yield from _walk(child, path)
