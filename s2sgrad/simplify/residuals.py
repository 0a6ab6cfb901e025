"""What the reverse sweep of a helper reads again from arguments and residuals, instead of being handed it.

In: a function of both sweeps, before it is cut into two halves. Out: the same function, in which the reverse sweep has
names of its own for entries and unpackings that it can read again.

    before                                  after
    $1 = weights['out']                     y = x @ weights['out']
    y = x @ $1
    # reverse sweep                         # reverse sweep
    x~ += y~ @ $1.T                         x~ += y~ @ weights['out'].T

Guaranteed: the forward sweep has read them on every path, from names that keep their values, and from objects that
nobody writes; what was computed or copied is never made twice, and no more is handed over than before. What needs a
line of its own is read again only where it comes with others, or where very much is handed over.
"""

from __future__ import annotations

import builtins
import operator
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.analyse.looks import looked_into
from s2sgrad.core.kinds import Array, DictKind, Kind, ListKind, Number, TupleKind
from s2sgrad.core.names import is_argument, is_temporary
from s2sgrad.core.nodes import Assign, Block, Build, Call, Comment, Const, Expr, Function, Statement, Var, walk
from s2sgrad.core.rewrite import bound, bound_in, exprs, free_names, reads_of, rename_block, walk_statements
from s2sgrad.simplify import substitute
from s2sgrad.simplify.effects import size
from s2sgrad.simplify.facts import Facts

LONGEST = 8                 # the size of an expression that takes the place of its name
MANY = 10                   # residuals that one line holds


def read_again(function: Function, known: set[str], aliases: Aliases, facts: Facts,
               fresh: Callable[[str], str]) -> tuple[Function, Mapping[str, str]]:
    """The function whose reverse sweep reads again what it can, and its new names, with those that they repeat.

    known: names whose kinds and classes are known.
    """
    at = next(k for k, s in enumerate(function.body) if isinstance(s, Comment))
    reading = _Reading(function.body[:at], function.body[at:], known, aliases, fresh)
    backward = reading.backward()
    if backward == function.body[at:]:
        return function, {}
    aliases.kinds.names |= reading.kinds
    body = (*function.body[:at], *backward)
    function = substitute.run(replace(function, body=body), facts.with_kinds(reading.kinds, (), facts.islands))
    return function, reading.again


class _Reading:
    """forward, reverse: the two sweeps. values, places: what the names of the forward sweep are, and where. again: the
    names of the reverse sweep, with what they are in the forward sweep."""

    def __init__(self, forward: Block, reverse: Block, known: set[str], aliases: Aliases,
                 fresh: Callable[[str], str]) -> None:
        self.forward, self.reverse, self.aliases, self.fresh = forward, reverse, aliases, fresh
        self.times = Counter(n for s in walk_statements((*forward, *reverse)) for n in bound(s))
        self.steady = {n for n in known if self.times[n] <= 1}
        self.kinds: dict[str, Kind] = {}
        self.again: dict[str, str] = {}
        self.places: dict[str, int] = {}
        self.values: dict[str, Expr] = {}
        for k, statement in enumerate(forward):
            if isinstance(statement, Assign):
                found = {n: v for n, v in _entries(statement, aliases).items() if n in self.steady}
                self.values.update(found)
                self.places.update(dict.fromkeys(found, k))
        read = {n for s in walk_statements(reverse) for e in exprs(s) for n in free_names(e)}
        # the zero of a number needs nothing
        needed = {n for n in exposed_names(reverse) if n in read or not isinstance(aliases.kinds.named(n), Number)}
        self.there = {n for n in needed if not self.times[n]}           # arguments, and data
        self.handed = needed & bound_in(forward)

    def backward(self) -> Block:
        """The reverse sweep."""
        block = list(self.reverse)
        many = len(self.handed) > MANY
        for k, statement in reversed(tuple(enumerate(self.forward))):
            if not isinstance(statement, Assign):
                continue
            parts = [n for n in statement.targets if n in self.handed and self.places.get(n) == k
                     and self.is_readable(self.values[n])]
            sources = free_names(statement.value)
            if not parts or len(sources - self.handed - self.there) > len(parts):
                continue
            apart = many or len(parts) > 1 and not self.is_shape(statement.value)
            if not (apart or len(parts) == 1 and self.fits(parts[0], block)):
                continue
            first = next(i for i, s in enumerate(block) if any(
                n in reads_of(t) for t in walk_statements((s,)) for n in parts))
            again = {n: self.named_again(n) for n in parts}
            block[first:] = rename_block(tuple(block[first:]), {n: Var(m) for n, m in again.items()})
            if len(parts) > 1:
                targets = tuple(again.get(n) or self.fresh("$") for n in statement.targets)
                block.insert(first, Assign(targets, statement.value, reverses=-1))
            else:
                block.insert(first, Assign((again[parts[0]],), self.values[parts[0]], reverses=-1))
            self.handed = self.handed - set(parts) | {n for n in sources if self.times[n]}
            self.there |= {n for n in sources if not self.times[n]}
        return tuple(block)

    def named_again(self, name: str) -> str:
        """The name of what the reverse sweep reads for itself."""
        new = self.fresh("$" if is_temporary(name) else f"{name}#")
        self.kinds[new] = self.aliases.kinds.named(name)
        self.again[new] = name
        return new

    def is_there(self, name: str) -> bool:
        """Can the reverse sweep read the name, and has it its value then?"""
        return name in self.steady and (not self.times[name] or name in self.handed or (
            name in self.values and self.is_readable(self.values[name])))

    def is_readable(self, value: Expr) -> bool:
        """Does it only read, from what is there and nobody writes?"""
        calls = [e for e in walk(value) if isinstance(e, Call)]
        return bool(calls) and all(map(self.is_reading, calls)) and all(map(self.is_there, free_names(value))) and not (
            self.aliases.changes_unseen(value) or looked_into(value, self.aliases) & self.aliases.written)

    def is_reading(self, call: Call) -> bool:
        """Is it an entry, a view or a length, and no copy?"""
        kind = self.aliases.kinds.of
        match call:
            case Call(operator.getitem, (holder, Build())) if not isinstance(kind(holder), Array):
                return False
            case Call(operator.getitem, (holder, _)) if isinstance(kind(holder), Array):
                return isinstance(kind(call), Number) or bool(self.aliases.memory(call))
            case Call(operator.getitem, (holder, _)):
                return isinstance(kind(holder), (ListKind, TupleKind, DictKind))
            case Call(builtins.getattr, (array, Const("shape"))):
                return isinstance(kind(array), Array)
            case Call(builtins.len, (holder,)):
                return isinstance(kind(holder), (Array, ListKind, TupleKind, DictKind))
        return False

    def is_shape(self, value: Expr) -> bool:
        """Is it the shape of an array?"""
        return isinstance(value, Call) and value.function is getattr

    def fits(self, name: str, block: list[Statement]) -> bool:
        """Can what it is stand where the name is read: once, and not in a loop?"""
        if not (is_temporary(name) or is_argument(name)) or size(self.values[name]) > LONGEST:
            return False
        uses = [s for s in walk_statements(tuple(block)) if name in reads_of(s)]
        count = sum(e == Var(name) for s in uses for x in exprs(s) for e in walk(x))
        return len(uses) == count == 1 and uses[0] in block


def _entries(statement: Assign, aliases: Aliases) -> Mapping[str, Expr]:
    """What each target is bound to; of an unpacking, the entry."""
    match statement:
        case Assign((name,), value):
            return {name: value}
        case Assign(targets, value) if isinstance(aliases.kinds.of(value), (Array, ListKind, TupleKind)):
            return {n: Call(operator.getitem, (value, Const(k))) for k, n in enumerate(targets)}
    return {}
