"""Statements whose results nobody reads are removed, in both sweeps at once.

In: a function. Out: the same function without the dead statements.

    before                      after
    y = np.sin(x)
    t = 2.0 * x                 t = 2.0 * x
    record x^1 <- x
    recall x <- x^1
    return t                    return t

Guaranteed: calls with effects, assertions and returns stay; a Store goes only where its alias class is known, made in
this function, and not read later; the records of a slot go all or none. Under `facts.exact`, statements of the
forward sweep that may raise stay too. A loop that only computes dead names goes, even a `while` (taken to end).
"""

from __future__ import annotations

import builtins
import operator
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import DictKind, Kind, Known, ListKind, Number, TupleKind, may_be_iterator
from s2sgrad.core.names import is_shadow
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Comment,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Kill,
    Materialise,
    Method,
    Raise,
    Recall,
    Record,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import exprs, free_names, walk_statements
from s2sgrad.simplify.effects import binds, contents, effects, is_pure, like, stores
from s2sgrad.simplify.facts import Facts, kind_of
from s2sgrad.simplify.renewed import renewed

Live = frozenset[str]      # names, and `Facts.memory` for its contents
ANY = "!"                  # the contents of what is not known


def run(function: Function, facts: Facts) -> Function:
    """The function without dead statements."""
    sweep = _Sweep(facts, *held(function, facts), renewed(function, facts))
    while True:
        needed = len(sweep.slots)
        body, _ = sweep.block(function.body, frozenset())
        if len(sweep.slots) == needed:
            return replace(function, body=body)


def held(function: Function, facts: Facts) -> tuple[Live, Live]:
    """Memory whose contents others see or may keep, and names that closures read whenever they are called."""
    statements = tuple(walk_statements(function.body))
    local = {name for s in statements for name in binds(s)}
    mentioned = {name for s in function.body for name in effects(s, facts).reads}       # others of a class are gone
    outside = {name for name in facts.classes if name not in local and name in mentioned}
    captured: set[str] = set()
    for s in statements:
        for e in exprs(s):
            captured.update(*(free_names(c) for c in walk(e) if isinstance(c, Const) and isinstance(c.value, Closure)))
            if not is_pure(e, facts):
                outside |= free_names(e) - _changed_list(s, facts)
    outside |= captured | {p.name for p in function.params}
    return frozenset(m for name in outside if (m := facts.memory(name)) is not None), frozenset(captured)


def _changed_list(stmt: Statement, facts: Facts) -> frozenset[str]:
    """The list that the statement appends to, or takes the last entry off, and gives to nobody."""
    match stmt:
        case Effect(Call(Method("append" | "pop"), (Var(name), *others), ())) if (
                isinstance(facts.kinds.get(name), ListKind) and not any(name in free_names(o) for o in others)):
            return frozenset((name,))
    return frozenset()


@dataclass
class _Sweep:
    """One backward walk; it remembers the slots that it found to be needed, which only grow."""

    facts: Facts
    held: Live
    captured: Live
    renewed: Mapping[int, frozenset[str]]
    slots: set[str] = field(default_factory=set)

    def block(self, block: Block, live: Live) -> tuple[Block, Live]:
        """The statements that are needed when these names are live at the end, and what is live at the start."""
        kept: list[Statement] = []
        for stmt in reversed(block):
            new, live = self.statement(stmt, live)
            if new is not None:
                kept.append(new)
        return tuple(reversed(kept)), live

    def statement(self, stmt: Statement, live: Live) -> tuple[Statement | None, Live]:
        """The statement as it is needed (None: not at all), and what is live before it."""
        match stmt:
            case If():
                return self.branch(stmt, live)
            case For() | While():
                return self.loop(stmt, live)
            case Comment():
                return stmt, live
            case Assign(targets, value) if not self.any_live(targets, live) and not is_pure(value, self.facts):
                if isinstance(value, Call):
                    stmt = Effect(value, label=stmt.label, origin=stmt.origin, reverses=stmt.reverses)
                return stmt, live | self.gen(value)
        if not self.is_needed(stmt, live):
            return None, live
        match stmt:
            case Assign(targets, value):
                return stmt, (live - frozenset(targets)) | self.gen(value)
            case Store(base, index, value):
                return stmt, live | {base} | self.gen(*_some(index), value)
            case Accumulate(bar, index, value):
                return stmt, live | {bar, *like(stmt, self.facts)} | self.gen(*_some(index), value)
            case Kill(bar):
                return stmt, (live if is_shadow(bar) else live - {bar}) | {*like(stmt, self.facts)}
            case Materialise(bar):
                return stmt, live | {bar, *like(stmt, self.facts)}
            case Record(slot, value):
                return stmt, live | {slot} | self.gen(value)
            case Recall(target, slot, index, whole):
                self.slots.add(slot)
                if index is None and not whole:
                    return stmt, (live - {target}) | {slot}
                return stmt, live | {slot, target} | self.gen(*_some(index))
        return stmt, live | self.gen(*exprs(stmt))

    def is_needed(self, stmt: Statement, live: Live) -> bool:
        """Does anybody see what the statement does? (Assignments of impure calls are not asked about.)"""
        match stmt:
            case Assign(targets, value):
                exact = self.facts.exact and not stmt.reverses and may_raise(value, self.facts)
                return exact or self.any_live(targets, live)
            case Store(base, index, value):
                impure = not all(is_pure(e, self.facts) for e in (*_some(index), value))
                # `s += v` may bind s, if s is a number
                rebinds = index is None and self.any_live((base,), live)
                return impure or (self.facts.exact and not stmt.reverses) or rebinds or self.is_seen(base, live)
            case Effect(Call(method, (_, *given))) if (changed := _changed_list(stmt, self.facts)):
                exact = self.facts.exact and not stmt.reverses and (method != Method("append") or any(
                    may_raise(e, self.facts) for e in given))
                return exact or any(self.is_seen(name, live) for name in changed)
            case Accumulate(bar=bar, value=value):
                return self.is_bar_seen(bar, live) or not is_pure(value, self.facts)
            case Kill(bar=bar) | Materialise(bar=bar):
                return self.is_bar_seen(bar, live)
            case Record(slot, value):
                return slot in self.slots or not is_pure(value, self.facts)
            case Recall(target, slot, index, whole):
                seen = target in live if index is None and not whole else self.is_seen(target, live)
                return seen or slot in self.slots
            case _:
                return True

    def any_live(self, targets: Iterable[str], live: Live) -> bool:
        """Is one of the names read later?"""
        return any(name in live or name in self.captured for name in targets)

    def is_seen(self, base: str, live: Live) -> bool:
        """Does anybody see what is written into the object of this name?"""
        memory = self.facts.memory(base)
        if memory is None:
            return not isinstance(self.facts.kinds.get(base), Number) or self.any_live((base,), live)
        return memory in self.held or memory in live or ANY in live

    def is_bar_seen(self, bar: str, live: Live) -> bool:
        """Adjoints by value are names like others; shadows are written in place."""
        return self.is_seen(bar, live) if is_shadow(bar) else self.any_live((bar,), live)

    def gen(self, *values: Expr) -> Live:
        """What is live before these expressions are evaluated."""
        found: set[str] = set()
        for e in values:
            found |= free_names(e)
            for name in contents(e, self.facts):
                if (memory := self.facts.memory(name)) is not None:
                    found.add(memory)
                elif not self.facts.immutable(name):
                    found.add(ANY)
        return frozenset(found)

    def branch(self, stmt: If, live: Live) -> tuple[Statement | None, Live]:
        """An `if`: gone with both branches; an empty first branch turns the test round."""
        then, before_then = self.block(stmt.then, live)
        orelse, before_else = self.block(stmt.orelse, live)
        exact = self.facts.exact and not stmt.reverses and may_raise(stmt.test, self.facts)
        if is_empty(then) and is_empty(orelse) and is_pure(stmt.test, self.facts) and not exact:
            return None, live
        before = before_then | before_else | self.gen(stmt.test)
        if is_empty(then) and not is_empty(orelse):
            return replace(stmt, test=negated(stmt.test), then=orelse, orelse=()), before
        return replace(stmt, then=then, orelse=() if is_empty(orelse) else orelse), before

    def loop(self, stmt: For | While, live: Live) -> tuple[Statement | None, Live]:
        """A loop: what is live around it grows to a fixpoint; gone if nobody sees anything that it does."""
        trips = stmt.trips if stmt.trips is None or self.any_live((stmt.trips,), live) else None
        if self.is_idle(stmt, live):
            return None, live
        head = frozenset(() if stmt.leave is None else (stmt.leave,))
        if isinstance(stmt, While):
            head |= self.gen(stmt.test)
        around = live | head
        while True:
            body, start = self.block(stmt.body, around)
            if isinstance(stmt, For):
                elements = tuple((n, c) for n, c in stmt.elements if n in start or n in around)
                start = start - {stmt.target} - {n for n, _ in stmt.elements}
                start |= self.gen(*(c for _, c in elements))
            again = start - self.renewed.get(stmt.label, frozenset())
            if again <= around:
                break
            around |= again
        around = (around | start) - frozenset(() if stmt.trips is None else (stmt.trips,))
        if isinstance(stmt, While):
            return replace(stmt, body=body, trips=trips), around
        if stmt.reverses and is_empty(body) and is_pure(stmt.over, self.facts) and self.can_be_skipped(stmt.over):
            return None, live
        return replace(stmt, body=body, trips=trips, elements=elements), around | self.gen(stmt.over)

    def is_idle(self, loop: For | While, live: Live) -> bool:
        """Does the loop compute only what nobody reads, without effects?"""
        done = effects(loop, self.facts)
        if done.impure or self.any_live(done.binds, live) or self.slots & done.binds:
            return False
        if self.facts.exact and not loop.reverses or any(
                isinstance(s, (Assert, Raise, Return)) or isinstance(s, Effect) and not self.is_unseen(s, live)
                for s in walk_statements((loop,))):
            return False
        if isinstance(loop, For) and not self.can_be_skipped(loop.over):
            return False
        recalls = (s for s in walk_statements((loop,)) if isinstance(s, Recall))
        return not any(s.slot in self.slots for s in recalls) and not any(
            self.is_seen(name, live) for s in walk_statements((loop,)) for name in stores(s))

    def is_unseen(self, stmt: Effect, live: Live) -> bool:
        """Does it only change a list that nobody looks at?"""
        changed = _changed_list(stmt, self.facts)
        return bool(changed) and not any(self.is_seen(name, live) for name in changed)

    def can_be_skipped(self, over: Expr) -> bool:
        """Is it known that what the loop runs over is no iterator, which somebody else may go on reading?"""
        return not any(may_be_iterator(self.facts.kinds.get(e.name)) for e in walk(over) if isinstance(e, Var))


def _some(index: Expr | None) -> tuple[Expr, ...]:
    return () if index is None else (index,)


def is_empty(block: Block) -> bool:
    """Nothing but comments?"""
    return all(isinstance(s, Comment) for s in block)


def negated(test: Expr) -> Expr:
    """`not test`, without doubling it (a comparison is not turned round: nan)."""
    match test:
        case Call(operator.not_, (inner,)):
            return inner
        case Call(operator.is_, args):
            return Call(operator.is_not, args)
        case Call(operator.is_not, args):
            return Call(operator.is_, args)
        case _:
            return Call(operator.not_, (test,))


def may_raise(expr: Expr, facts: Facts) -> bool:
    """May evaluating it raise or warn?

    Names, literals, displays of them, names of modules, known entries of containers, and sums and products of numbers
    surely do not.
    """
    match expr:
        case Var() | Const():
            return False
        case Build(_, items):
            return any(may_raise(i, facts) for i in items)
        case Call(builtins.getattr, (Const(types.ModuleType() as module), Const(str() as name))):
            return not hasattr(module, name)
        case Call(operator.getitem, (container, key), ()):
            return may_raise(container, facts) or not _is_entry(kind_of(container, facts), key, facts)
        case Call(operator.add | operator.sub | operator.mul | operator.neg | operator.pos, args, ()):
            return any(may_raise(a, facts) or not isinstance(kind_of(a, facts), Number) for a in args)
        case Star() | Call():
            return True


def _is_entry(container: Kind, key: Expr, facts: Facts) -> bool:
    """Is it known that a container of this kind has this entry?"""
    match key, kind_of(key, facts):
        case (Const(value), _) | (_, Known(value)):
            pass
        case _:
            return False
    match container:
        case TupleKind(items) | ListKind(items=tuple() as items):
            return isinstance(value, int) and -len(items) <= value < len(items)
        case DictKind(items=tuple() as entries):
            return any(type(k) is type(value) and k == value for k, _ in entries)
    return False
