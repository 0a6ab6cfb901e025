"""The adjoint of a tuple, list or dict of which only entries are touched is one adjoint for each of them.

    pair~[0] += a~                      $1~ += a~
    pair~[1] += b~                      $2~ += b~
    y~ += pair~[1] * x         ->       y~ += $2~ * x
    pair~ is zero                       $1~ is zero
                                        $2~ is zero

Comes in: a reverse sweep before its zeros are placed. Goes out: the same with its zeros placed, and without containers
of adjoints that nobody needs as a whole: an entry that is zero is not computed with, and the first contribution to one
binds it. Guaranteed: the container has the same entries all the time (nobody writes it), no value depends on two of
them (where one is zero, all that depends on it is taken for zero), and each that is touched is known to be a real
number, an array or a container; no zeros of an array or container have to be made for an entry, which would need the
container, and where it is not bound it would have none.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, DictKind, Kind, ListKind, Number, TupleKind, is_complex, is_float
from s2sgrad.core.names import bar, is_bar
from s2sgrad.core.nodes import Accumulate, Block, Call, Const, Expr, Kill, Materialise, Statement, Var
from s2sgrad.core.rewrite import (
    bottom_up,
    bound,
    exprs,
    free_names,
    map_blocks,
    map_children,
    map_exprs,
    reads_of,
    walk_statements,
)
from s2sgrad.differentiate.contribute import as_adjoint_of
from s2sgrad.differentiate.zeros import Set, place_zeros

Key = int | str


def place_zeros_apart(block: Block, aliases: Aliases, wanted: Iterable[tuple[str, str]], fresh: Callable[[], str],
                      given: Set | None = None) -> Block:
    """As `place_zeros`, with an adjoint for each entry of what is only touched entry by entry."""
    kinds, wanted = aliases.kinds, tuple(wanted)
    apart = _found(block, aliases, {b for b, _ in wanted} | (given or {}).keys(), fresh)
    kinds.names |= {entry.name: entry.kind for box in apart.values() for entry in box.values()}
    while True:
        names = {entry.name for box in apart.values() for entry in box.values()}
        placed = place_zeros(_Apart(apart, kinds).block(block), kinds, wanted, given)
        made = {n for s in walk_statements(placed) for e in exprs(s) for n in free_names(e) & names}
        if not made:
            return tuple(_with_own_form(s, names) for s in placed)
        apart = {b: box for b, box in apart.items() if not any(e.name in made for e in box.values())}


@dataclass(frozen=True)
class Entry:
    """One entry: a name for it, which only its adjoint has, and its kind."""

    name: str
    kind: Kind


Box = dict[Key, Entry]


def entries(kind: Kind) -> dict[Key, Kind] | None:
    """The kinds of all entries, where they are known and the keys are literals."""
    match kind:
        case TupleKind(items) | ListKind(items=tuple() as items):
            return dict(enumerate(items))
        case DictKind(items=tuple() as pairs) if all(type(key) is str for key, _ in pairs):
            return dict(pairs)
    return None


def _found(block: Block, aliases: Aliases, kept: set[str], fresh: Callable[[], str]) -> dict[str, Box]:
    """The adjoints of containers that are only touched entry by entry, with those entries."""
    touched: dict[str, set[Key]] = {}
    whole = set(kept)
    behind: dict[str, set[tuple[str, Key]]] = {}        # the entries that a name depends on
    for statement in walk_statements(block):
        match statement:
            case Accumulate(adjoint, Const(key)) if type(key) is int or type(key) is str:
                touched.setdefault(adjoint, set()).add(key)
            case Kill() | Materialise():
                pass
            case _:         # what it binds or writes, it does as a whole
                whole |= {*bound(statement), *reads_of(statement)}.difference(*map(free_names, exprs(statement)))
        for expr in exprs(statement):
            for name, key in _reads(expr):
                if key is None:
                    whole.add(name)
                else:
                    touched.setdefault(name, set()).add(key)
            read = set().union(*(behind.get(n, set()) for n in free_names(expr)))
            read |= {(name, key) for name, key in _reads(expr) if key is not None and is_bar(name)}
            if len(read) > 1:
                whole |= {name for name, _ in read}
            for name in bound(statement):
                behind[name] = behind.get(name, set()) | read
    found: dict[str, Box] = {}
    for adjoint, keys in touched.items():
        box = _box(adjoint[:-1], keys, aliases, fresh) if is_bar(adjoint) and adjoint not in whole else None
        if box is not None:
            found[adjoint] = box
    return found


def _reads(expr: Expr) -> Iterator[tuple[str, Key | None]]:
    """The names that an expression reads, each with the literal entry that is all it reads of it, if so."""
    match expr:
        case Call(operator.getitem, (Var(name), Const(key)), ()) if type(key) is int or type(key) is str:
            yield name, key
        case Var(name):
            yield name, None
        case _:
            inner: list[Expr] = []

            def look(part: Expr) -> Expr:
                inner.append(part)
                return part

            map_children(expr, look)
            for part in inner:
                yield from _reads(part)
            outside = free_names(expr).difference(*map(free_names, inner))      # what a nested function reads
            yield from ((name, None) for name in outside)


def _box(name: str, keys: set[Key], aliases: Aliases, fresh: Callable[[], str]) -> Box | None:
    """The entries of the adjoint of this name, if they are known all the time and can be apart."""
    kinds = aliases.kinds
    kind = kinds.names.get(name)
    known = None if kind is None or is_complex(kind) or kinds.mixed else entries(kind)
    if known is None or not isinstance(kind, TupleKind) and aliases.is_written(name):
        return None
    if any(_key(key, known) not in known for key in keys):
        return None
    keys = {_key(key, known) for key in keys}
    return {k: Entry(fresh(), inner) for k, inner in known.items() if k in keys} if all(
        _can_be_apart(known[key]) for key in keys) else None


def _key(key: Key, known: dict[Key, Kind]) -> Key:
    """The key of an entry; an index counts from the front."""
    return key + len(known) if type(key) is int and key < 0 else key


def _can_be_apart(kind: Kind) -> bool:
    """Is it sure that such an entry has an adjoint, and what form it has?"""
    match kind:
        case Number() | Array():
            return is_float(kind) and not (isinstance(kind, Number) and kind.mixed) and kind.dtype is not None
        case TupleKind() | ListKind() | DictKind():
            return True
    return False


@dataclass(frozen=True)
class _Apart:
    """A walk over a reverse sweep that knows the entries of these adjoints."""

    boxes: dict[str, Box]
    kinds: Kinds

    def block(self, block: Block) -> Block:
        """The block with an adjoint for each entry."""
        return tuple(new for s in block for new in self.statement(s))

    def statement(self, statement: Statement) -> Iterator[Statement]:
        """What stands for the statement."""
        statement = map_blocks(map_exprs(statement, lambda e: bottom_up(e, self.read)), self.block)
        match statement:
            case Accumulate(adjoint, Const(key), value) if adjoint in self.boxes:
                entry = self.entry(adjoint, key)
                yield replace(statement, bar=bar(entry.name), index=None, repeats=False, like=entry.name,
                              value=as_adjoint_of(entry.kind, value, self.kinds))
            case Kill(adjoint) | Materialise(adjoint) if adjoint in self.boxes:
                for entry in self.boxes[adjoint].values():
                    yield type(statement)(bar(entry.name), entry.name, origin=statement.origin,
                                          reverses=statement.reverses)
            case _:
                yield statement

    def entry(self, adjoint: str, key: Any) -> Entry:
        """The entry of an adjoint."""
        box = self.boxes[adjoint]
        known = entries(self.kinds.names[adjoint[:-1]]) or {}
        return box[_key(key, known)]

    def read(self, expr: Expr) -> Expr:
        """The entry for what reads it."""
        match expr:
            case Call(operator.getitem, (Var(adjoint), Const(key)), ()) if adjoint in self.boxes:
                return Var(bar(self.entry(adjoint, key).name))
        return expr


def _with_own_form(statement: Statement, names: set[str]) -> Statement:
    """The statement, where an entry has no other name than its adjoint."""
    statement = map_blocks(statement, lambda b: tuple(_with_own_form(s, names) for s in b))
    match statement:
        case Accumulate(adjoint, like=like) if like in names:
            return replace(statement, like=adjoint)
    return statement
