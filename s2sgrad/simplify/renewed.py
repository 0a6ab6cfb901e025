"""Memory that every trip of a loop makes anew: what one trip writes there, no other trip reads.

    for z in batch:                             for z in reversed(batch):
        alpha = np.full(n, -1e30)                   recall alpha <- alpha^1
        record alpha^2 <- alpha[0]                  s = alpha[n - 1]
        alpha[0] = z                                recall alpha[0] <- alpha^2     (no trip reads it after this)
        record alpha^1 <- alpha

In: a function. Out: by the label of a loop, the memory (`Facts.memory`) of which each trip has its own. Guaranteed: in
a trip, every name of this memory is bound before it is read or written, to an object that the trip has made, or that
the same trip of the forward loop has made and recorded. A loop before or behind may still look at what a trip has made.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.core.kinds import Array, Known, Number, Numeric
from s2sgrad.core.names import is_shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    Kill,
    Materialise,
    Recall,
    Record,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import free_names, walk_statements
from s2sgrad.simplify.effects import binds, contents, is_fresh, is_pure, operands, stores
from s2sgrad.simplify.facts import Facts, kind_of


def renewed(function: Function, facts: Facts) -> Mapping[int, frozenset[str]]:
    """By the label of each loop, the memory that each of its trips makes anew."""
    statements = tuple(walk_statements(function.body))
    loops = [s for s in statements if isinstance(s, (For, While))]
    records: defaultdict[str, set[int]] = defaultdict(set)
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for s in statements:
        match s:
            case Record(slot):
                records[slot].add(s.label)
            case Recall(target, slot):
                targets[slot].add(target)
    trips = {loop.label: _Trip(loop, facts, targets) for loop in loops}
    if len(trips) < len(loops):
        return {}
    found: dict[int, frozenset[str]] = {}
    for label, trip in trips.items():
        forward = trips.get(trip.loop.reverses)
        found[label] = frozenset(m for m in trip.made if not trip.recalled[m] or (
            forward is not None and m not in forward.lost and all(
                records[slot] <= forward.labels for slot in trip.recalled[m])))
    return found


@dataclass
class _Trip:
    """What one loop says. made: memory of its body that, recalls aside, each trip makes itself; recalled: the slots
    from which objects of a memory come back; lost: memory of which the body may hold objects from elsewhere."""

    loop: For | While
    facts: Facts
    targets: Mapping[str, set[str]]         # by slot, the names to which its records come back
    made: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    recalled: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    labels: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        loop, facts = self.loop, self.facts
        statements = tuple(walk_statements(loop.body))
        self.labels = {s.label for s in statements}
        self.lose(exposed_names(loop.body) | _head(loop))
        for s in statements:
            self.statement(s)
        named = {n for s in statements for n in (*binds(s), *stores(s))}
        self.made = {m for n in named if (m := facts.memory(n)) is not None} - self.lost

    def lose(self, names: Iterable[str]) -> None:
        """The objects of these names may come from elsewhere."""
        self.lost |= {m for n in names if (m := self.facts.memory(n)) is not None}

    def statement(self, s: Statement) -> None:
        """Lose the memory into which the statement may bring an object from elsewhere, or of which it hides one."""
        match s:
            case Assign(targets, value):
                self.bind(targets, value)
            case For(target, over, elements=elements):
                self.bind((target,), over)
                for name, container in elements:
                    self.bind((name,), container)
            case Accumulate(bar, None, value) if not is_fresh(value):
                self.bind((bar,), value)
            case Store(base, _, value) if not isinstance(self.facts.kinds.get(base), Array):
                self.bind((base,), value)
            case Record(slot, value):
                self.bind(self.targets.get(slot, ()), value)
            case Kill(bar=bar) | Materialise(bar=bar) if is_shadow(bar):    # written, before it may be bound
                self.lose((bar,))
            case Recall(target, slot, index, whole):
                memory = self.facts.memory(target)
                if memory is not None and not (isinstance(self.facts.kinds.get(target), Array) and (
                        whole or index is not None)):
                    self.recalled[memory].add(slot)

    def bind(self, targets: Iterable[str], value: Expr) -> None:
        """The names hold the value, or a part of it."""
        inside = {m for n in contents(value, self.facts) if (m := self.facts.memory(n)) is not None}
        for target in targets:
            memory = self.facts.memory(target)
            if memory is None:
                if not self.facts.immutable(target) and not self.is_own(value, set()):
                    self.lost |= inside                 # held where nobody looks for it
            elif not self.is_own(value, {memory}):
                self.lost.add(memory)

    def is_own(self, value: Expr, memory: set[str]) -> bool:
        """Is the value a new object, or one of this memory (all of it made in this trip), with all that it holds?"""
        if isinstance(kind_of(value, self.facts), (Number, Known)):
            return True
        match value:
            case Const():
                return True
            case Var(name):
                return self.facts.immutable(name) or self.facts.memory(name) in memory
            case Build(_, items):
                return all(self.is_own(i, memory) for i in items)
            case Call(builtins.getattr, (Const(), *_)):
                return False
            case Call(function) if not isinstance(function, Var):
                if is_fresh(value) and isinstance(kind_of(value, self.facts), (Array, Numeric)):
                    return True
                return is_pure(value, self.facts) and all(self.is_own(a, memory) for a in operands(value))
        return False


def _head(loop: For | While) -> set[str]:
    """The names that the head of a loop reads in every trip."""
    if isinstance(loop, While):
        return free_names(loop.test)
    return free_names(loop.over).union(*(free_names(container) for _, container in loop.elements))
