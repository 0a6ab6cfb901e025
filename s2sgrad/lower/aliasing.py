"""Arrays as values: a write through one name must not be read through another.

In JAX a write makes a new array, which only the name that is written knows. In comes a function, before or after
it was differentiated; nothing comes out. Pairs of names that may hold one memory are followed along the program: after
`a, b = b, a` two buffers are still two.

A record keeps the value of that moment, which is the one that its reader in the reverse sweep needs unless the name is
written and read again after it was recorded; what is recalled is a value of its own. A record of a shadow would have
to stay one object with it.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.live import Names, live_after
from s2sgrad.core.kinds import Array, Known, ListKind, Number
from s2sgrad.core.names import is_bar, is_shadow, stem
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Effect,
    Expr,
    For,
    Function,
    If,
    Recall,
    Record,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.errors import NOWHERE, SharedWriteError
from s2sgrad.lower.numpy import adjoint_kind
from s2sgrad.lower.owners import shared_names

Sharing = dict[str, frozenset[str]]         # name -> the other names that may hold its memory
REMEDY = "Use backend='numpy', or write into a copy."


def refuse_shared_writes(function: Function, kinds: Kinds) -> None:
    """Raise SharedWriteError where a write would have to be seen through a second name."""
    _Sharing(kinds, live_after(function.body, records=False)).block(function.body, {})


class _Sharing:
    def __init__(self, kinds: Kinds, live: Mapping[int, Names]) -> None:
        self.kinds, self.live = kinds, live
        self.recorded: dict[str, set[str]] = {}         # slot -> the names that it keeps
        self.at = NOWHERE

    def block(self, block: Block, state: Sharing) -> Sharing:
        """The state behind a block."""
        for statement in block:
            self.at = statement.origin if statement.origin.line else self.at
            state = self.statement(statement, state)
        return state

    def statement(self, statement: Statement, state: Sharing) -> Sharing:
        """The state behind a statement, from the one before it."""
        match statement:
            case Assign((target,), value):
                return self.bind(state, [(target, self.sources(value, state))])
            case Assign(targets, Build(_, items)) if len(items) == len(targets):
                return self.bind(state, [(t, self.sources(i, state)) for t, i in zip(targets, items, strict=True)])
            case Assign(targets, value):
                return self.bind(state, [(t, self.sources(value, state)) for t in targets])
            case Record(value=value) if self.immutable(value):
                return state
            case Record(slot, value):
                held = {n for n in shared_names(value) if not self.immutable(Var(n))}
                if any(is_shadow(n) for n in held):
                    raise SharedWriteError("Arrays that change places, of which a loop keeps track, do not lower to "
                                           "JAX yet.", "Use backend='numpy'.", self.at)
                self.recorded.setdefault(slot, set()).update(held)
                return self.bind(state, [(slot, frozenset(held) | state.get(slot, frozenset()))])
            case Recall(target, _, None, False):
                return self.bind(state, [(target, frozenset())])
            case Effect(Call(_, args)):                 # kept.append(h): the list holds h from here on
                kept = frozenset().union(*(self.sources(a, state) for a in args))
                for name in sorted(kept):
                    state = self.bind(state, [(name, (kept - {name}) | state.get(name, frozenset()))])
            case Store(base, _, value):
                self.check(statement, base, state)
                if not isinstance(self.kinds.named(base), Array):
                    return self.bind(state, [(base, self.sources(value, state) | state.get(base, frozenset()))])
            case Recall(base):
                self.check(statement, base, state)
            case Accumulate(bar) if is_shadow(bar):
                self.check(statement, bar, state)
            case If(_, then, orelse):
                return _join(self.block(then, state), self.block(orelse, state))
            case For(body=body) | While(body=body):
                return self.loop(statement, body, state)
        return state

    def loop(self, loop: Statement, body: Block, state: Sharing) -> Sharing:
        """A fixpoint, since the end of a trip leads to the start of the next."""
        while True:
            start = state
            match loop:
                case For(elements=elements):
                    start = self.bind(state, [(name, self.sources(container, state)) for name, container in elements])
            after = _join(state, self.block(body, start))
            if after == state:
                return state
            state = after

    def sources(self, value: Expr, state: Sharing) -> frozenset[str]:
        """The names whose memory the value may be."""
        if self.immutable(value):
            return frozenset()
        match value:
            case Call(f, (_, index)) if f is operator.getitem and self.picks(index):
                return frozenset()                      # an index array or a mask: a copy
        if isinstance(value, Build):
            return frozenset().union(*(self.sources(i, state) for i in value.items))
        direct = {n for n in shared_names(value) if not self.immutable(Var(n))}
        return frozenset(direct).union(*(state.get(n, frozenset()) for n in direct))

    def picks(self, index: Expr) -> bool:
        """Is it an index of arrays, lists or truth values?"""
        parts = index.items if isinstance(index, Build) and index.form == "tuple" else (index,)
        return any(isinstance(p, Build) and p.form == "list" or isinstance(kind := self.kinds.of(p), (Array, ListKind))
                   and not (isinstance(kind, Array) and kind.shape == ()) for p in parts)

    def immutable(self, value: Expr) -> bool:
        """A number, or an object that is no array."""
        kind = self.kinds.of(value)
        if isinstance(value, Var) and (is_bar(value.name) or is_shadow(value.name)):
            kind = adjoint_kind(value.name, self.kinds)
        return isinstance(kind, (Number, Known))

    def bind(self, state: Sharing, bindings: list[tuple[str, frozenset[str]]]) -> Sharing:
        """All of these at once."""
        new = {name for name, _ in bindings}
        result = {name: others - new for name, others in state.items() if name not in new}
        for name, others in bindings:
            for other in others - new:
                result[name] = result.get(name, frozenset()) | {other}
                result[other] = result.get(other, frozenset()) | {name}
        for i, (name, held) in enumerate(bindings):
            for twin, its in bindings[:i]:
                if held & its:
                    result[name] = result.get(name, frozenset()) | {twin}
                    result[twin] = result.get(twin, frozenset()) | {name}
        return {name: others for name, others in result.items() if others}

    def check(self, statement: Statement, base: str, state: Sharing) -> None:
        """Refuse a write that a name which is still read may share."""
        read = self.live[statement.label]
        for other in sorted(state.get(base, frozenset())):
            if other in self.recorded:
                if base not in self.recorded[other] or base not in read:
                    continue
            elif other not in read:
                continue
            one, two = stem(base) or "an array", f"`{stem(other)}`"
            if two in ("``", f"`{one}`"):
                two = "a second name, which is still read,"
            raise SharedWriteError(f"`{one}` is written while {two} may be the same memory: on JAX every array is a "
                                   "value.", REMEDY, self.at)


def _join(one: Sharing, other: Sharing) -> Sharing:
    return {n: one.get(n, frozenset()) | other.get(n, frozenset()) for n in {*one, *other}}
