"""Which names are live where, for sharing names and for choosing the form of a loop.

Comes in: a function. Goes out: `Liveness`: the names read after each statement before they are bound anew, and
which names are bound while another one is live, so that the two need different names. Guaranteed: a name that may be
read on some path counts as live; writes in place never end a life.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from s2sgrad.core import rewrite
from s2sgrad.core.functional import Branch, Repeat, Scan
from s2sgrad.core.nodes import (
    Assert,
    Assign,
    Block,
    Break,
    Comment,
    Effect,
    Expr,
    For,
    Function,
    If,
    LoopElse,
    Raise,
    Return,
    Statement,
    Store,
    Var,
    While,
    names,
    walk,
)

Names = frozenset[str]


def expressions(statement: Statement) -> tuple[Expr, ...]:
    """The expressions that a statement evaluates itself, those of nested blocks left out."""
    match statement:
        case Assign(_, value) | Return(value) | Effect(value):
            return (value,)
        case Store(_, index, value):
            return (value,) if index is None else (value, index)
        case If(test) | While(test) | Branch(test):
            return (test,)
        case For(_, over, elements=elements):
            return (over, *(container for _, container in elements))
        case Scan() | Repeat():
            return tuple(rewrite.exprs(statement))
        case Assert(test, message):
            return (test,) if message is None else (test, message)
        case Raise(exception, cause):
            return tuple(e for e in (exception, cause) if e is not None)
        case Comment() | Break() | LoopElse():
            return ()
    raise TypeError(f"{type(statement).__name__} has to be lowered before it is printed")


def bound(statement: Statement) -> tuple[str, ...]:
    """The names that a statement binds itself."""
    match statement:
        case Assign(targets):
            return targets
        case For(target, elements=elements):
            return (target, *(name for name, _ in elements))
        case Scan() | Repeat() | Branch():
            return rewrite.bound(statement)
    return ()


def occurring(statement: Statement) -> list[str]:
    """All names in a statement itself, in the order in which they are printed."""
    found = list(bound(statement))
    match statement:
        case Store(base):
            found.append(base)
        case For(leave=str() as leave) | While(leave=str() as leave):
            found.append(leave)
        case Branch(operands=operands):
            found += operands
    for expr in expressions(statement):
        found += [e.name for e in walk(expr) if isinstance(e, Var)]
    return found


def every(block: Block) -> Iterable[Statement]:
    """All statements of a block and of the blocks in it, in order."""
    for statement in block:
        yield statement
        for inner in rewrite.blocks(statement):
            yield from every(inner)


def read_in(block: Block) -> Names:
    """All names that a block reads or writes in place, anywhere in it."""
    return frozenset(name for s in every(block) for name in _reads(s))


def _reads(statement: Statement) -> Names:
    found = {name for expr in expressions(statement) for name in names(expr)}
    match statement:
        case Store(base):
            found.add(base)
        case For(leave=str() as leave) | While(leave=str() as leave):
            found.add(leave)
        case Branch(operands=operands):
            found.update(operands)
    return frozenset(found)


@dataclass
class Liveness:
    """after: live names after the statement with this label; clashes: which may not be one (see `apart`).

    clashes holds each pair under that of its names which is bound where the other is live.
    """

    after: dict[int, Names] = field(default_factory=dict)
    clashes: dict[str, set[str]] = field(default_factory=dict)

    def clash(self, defined: Iterable[str], live: Names) -> None:
        """Note that all of `defined` are bound at a point where `live` are needed afterwards."""
        group = set(defined)
        for name in group:
            self.clashes.setdefault(name, set()).update(live, group)

    def apart(self, one: str, other: str) -> bool:
        """Must the two names differ?"""
        return one != other and (other in self.clashes.get(one, ()) or one in self.clashes.get(other, ()))

    def block(self, block: Block, after: Names) -> Names:
        """The names live before a block, from those live after it."""
        for statement in reversed(block):
            self.after[statement.label] = after
            after = self.statement(statement, after)
        return after

    def statement(self, statement: Statement, after: Names) -> Names:
        """The names live before a statement, from those live after it."""
        match statement:
            case Assign(targets):
                self.clash(targets, after)
                return (after - set(targets)) | _reads(statement)
            case Store(base):
                self.clash((base,), after)
                return after | _reads(statement)
            case If(_, then, orelse):
                return self.block(then, after) | self.block(orelse, after) | _reads(statement)
            case For(_, over, body, leave, elements=elements):
                containers = {name for _, container in elements for name in names(container)}
                return self.loop(body, after, bound(statement), containers, leave) | names(over)
            case While(test, body, leave):
                return self.loop(body, after, (), names(test), leave)
            case Branch():
                return self.branch(statement, after)
            case Scan(carried, _, steps, slots, body):
                behind = after | {*carried, *slots}
                start = self.loop(body, behind, tuple(n for n, _ in steps), set(carried), None)
                self.clash(carried, start)
                return (start - {*carried, *slots}) | _reads(statement)
            case Repeat(index, carried=carried, body=body):
                start = self.loop(body, after | set(carried), (index,), set(carried), None)
                self.clash(carried, start)
                return (start - set(carried)) | _reads(statement)
        return after | _reads(statement)

    def branch(self, branch: Branch, after: Names) -> Names:
        """A branch: its blocks become functions, so what they read from outside lives as long as they do."""
        behind = after | set(branch.results)
        inside = self.block(branch.then, behind) | self.block(branch.orelse, behind)
        inside = self.block(branch.then, behind | inside) | self.block(branch.orelse, behind | inside)
        self.clash(branch.results, after)
        return (inside - set(branch.results)) | _reads(branch) | (after - set(branch.results))

    def loop(self, body: Block, after: Names, binds: tuple[str, ...], reads: set[str], leave: str | None) -> Names:
        """A loop: what is live at its head is a fixpoint, since the end of the body leads back there.

        binds, reads: the names that each trip binds and reads before its body.
        """
        head, last = after | reads, frozenset({leave} if leave is not None else ())
        while True:
            start = self.block(body, head | last)
            known = head | (start - set(binds))
            if known == head:
                break
            head = known
        self.clash(binds, start | reads)
        return head


def liveness(function: Function) -> Liveness:
    """The liveness of a function's names."""
    found = Liveness()
    before = found.block(function.body, frozenset())
    found.clash((p.name for p in function.params), before)
    return found
