"""What only one arm of a branch needs is done in that arm.

    if r > 1e-8:                                if r > 1e-8:
        r~ += k~ * np.cos(r)                        r~ += k~ * np.cos(r)
    x~ += 2.0 * (0.5 * r~ / r) * x      ->          x~ += 2.0 * (0.5 * r~ / r) * x

Comes in: a branch of the reverse sweep, and the statements behind it. Goes out: the same, with those statements at the
end of both arms that only pass on adjoints which one arm alone has touched; where these are zero, `zeros` drops them.
So the derivative of what is computed before a branch, and used in one arm, is not looked at in the other, where it may
be infinite, and `0.0 / 0.0` nan. Guaranteed: contributions are added in another order at most; nothing moves past a
statement that binds or restores what it reads, or that reads what it adds to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Number
from s2sgrad.core.names import is_bar, is_shadow, is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Call,
    Comment,
    Expr,
    If,
    Kill,
    Materialise,
    Method,
    Recall,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import bound, exprs, free_names, reads_of, relabel, walk_statements

CHANGING = (list.pop, list.insert, list.append, list.extend, list.remove, list.reverse, list.sort, list.clear, dict.pop,
            dict.update, dict.clear, dict.popitem, dict.setdefault)


def into_arms(branch: If, behind: Block, before: Iterable[str], kinds: Kinds) -> tuple[Block, If, Block]:
    """(statements that now stand before the branch, the branch, the statements behind it).

    before: the adjoints that are not zero before the branch.
    """
    ahead: Block = ()
    for arm, other in ((0, 1), (1, 0)):
        touched = _touched(branch.then), _touched(branch.orelse)
        others = touched[other] | set(before)
        found = _Search(branch, touched[arm] - others, others, kinds)
        if found.look(behind):
            gone = {s.label for s in (*found.moved, *found.hoisted)}
            moved, left = tuple(found.moved), tuple(s for s in behind if s.label not in gone)
            if (_zeros_of(moved, kinds) - others) & _effects(left).reads:
                continue
            inside = _only_read_in(moved, found.hoisted, left)
            ahead, behind = (*ahead, *(s for s in found.hoisted if s not in inside)), left
            moved = (*inside, *moved)
            branch = replace(branch, then=(*branch.then, *moved), orelse=(*branch.orelse, *relabel(moved)))
    return ahead, branch, behind


def _only_read_in(moved: Block, hoisted: list[Statement], left: Block) -> Block:
    """What binds temporaries that only the moved statements, and each other, read."""
    found: list[Statement] = []
    elsewhere = _effects(left).reads
    for statement in reversed(hoisted):
        match statement:
            case Assign((name,)) if is_temporary(name) and name not in elsewhere:
                found.insert(0, statement)
            case _:
                elsewhere |= reads_of(statement)
    return tuple(found)


def _zeros_of(moved: Block, kinds: Kinds) -> set[str]:
    """The adjoints whose zeros the other arm would have to make, of a value that may not be there any more."""
    return {s.bar for s in moved if isinstance(s, Accumulate) and s.index is None and not isinstance(
        kinds.names.get(s.like), Number)}


def _touched(arm: Block) -> set[str]:
    """The adjoints that an arm leaves with contributions."""
    found: set[str] = set()
    for statement in arm:
        match statement:
            case Kill(adjoint):
                found.discard(adjoint)
            case _:
                found |= {s.bar for s in walk_statements((statement,)) if isinstance(s, Accumulate) and is_bar(s.bar)}
    return found


def _reads(statement: Statement) -> set[str]:
    """The names in the expressions of a statement (not of its blocks)."""
    return set().union(*map(free_names, exprs(statement)))


def _calls_names(expr: Expr) -> bool:
    """Does it call a function of the program, or one that changes a list or dict?"""
    return any(isinstance(e, Call) and (isinstance(e.function, (Var, Method)) or any(e.function is m for m in CHANGING))
               for e in walk(expr))


@dataclass
class _Effects:
    """What some statements do to others."""

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)        # names and slots, and adjoints that are made or zeroed
    adds: set[str] = field(default_factory=set)         # adjoints
    settles: set[str] = field(default_factory=set)      # names that are read or bound: nothing is added before
    writes: bool = False                                # memory of values

    def add(self, statement: Statement) -> None:
        """Take in a statement and those inside it."""
        for s in walk_statements((statement,)):
            match s:
                case Accumulate(adjoint, like=like):
                    self.adds.add(adjoint)
                    self.reads |= _reads(s) | {like}
                    self.settles |= _reads(s)
                    continue
                case Kill(adjoint) | Materialise(adjoint):
                    self.binds.add(adjoint)
                case Store(base):
                    self.binds.add(base)
                    self.writes = self.writes or not (is_bar(base) or is_shadow(base))
                case Recall(_, slot, index, whole):
                    self.binds.add(slot)
                    self.writes = self.writes or index is not None or whole
                case Assign(_, value):
                    self.writes = self.writes or _calls_names(value)
            self.reads |= reads_of(s)
            self.settles |= reads_of(s)
            self.binds |= set(bound(s)).union(*(reads_of(s) for e in exprs(s) if _calls_names(e)))
        self.settles |= self.binds


@dataclass
class _Search:
    """One walk over the statements behind a branch, for those that only pass on the adjoints of one arm.

    alone: these adjoints, and what is linear in them. others: adjoints that may not be zero in the other arm.
    """

    branch: If
    alone: set[str]
    others: set[str]
    kinds: Kinds
    moved: list[Statement] = field(default_factory=list)
    hoisted: list[Statement] = field(default_factory=list)

    def look(self, behind: Block) -> bool:
        """Sort the statements; is there anything to move?"""
        inside = _effects([self.branch])
        passed, temporaries = _Effects(), set[str]()
        recent: list[Statement] = []            # the passed ones
        for statement in behind:
            if not self.alone:
                break
            hoisted = len(self.hoisted)
            match statement:
                case Comment():
                    continue
                case Kill(adjoint) if adjoint in self.alone and adjoint not in passed.settles:
                    self.moved.append(statement)
                    self.alone.discard(adjoint)
                    continue
                case Accumulate(adjoint, like=like) if (
                        is_bar(adjoint) and adjoint not in passed.settles
                        and self.can_move(statement, {like}, passed, inside, recent)):
                    self.moved.append(statement)
                    if len(self.hoisted) > hoisted:
                        passed = _effects(recent)
                    if adjoint not in passed.adds | self.others:
                        self.alone.add(adjoint)
                    continue
                case Assign((target,), value) if (
                        not is_bar(target) and not is_shadow(target) and not _calls_names(value)
                        and target not in passed.reads | passed.binds
                        and self.can_move(statement, set(), passed, inside, recent)):
                    self.moved.append(statement)
                    if len(self.hoisted) > hoisted:
                        passed = _effects(recent)
                    self.alone.add(target)
                    temporaries.add(target)
                    continue
            recent.append(statement)
            passed.add(statement)
            self.alone -= passed.adds | passed.binds
            if temporaries & passed.reads:
                return False
        return any(isinstance(s, Accumulate) for s in self.moved)

    def can_move(self, statement: Statement, likes: set[str], passed: _Effects, inside: _Effects,
                 recent: list[Statement]) -> bool:
        """Does it only pass on what one arm has touched, and find all else that it reads behind the branch?"""
        read = _reads(statement)
        adjoints = {n for n in read if is_bar(n) or is_shadow(n) or n in self.alone}
        if not adjoints or not adjoints <= self.alone or any(map(_calls_names, exprs(statement))):
            return False
        if passed.writes and not self.are_numbers(read - adjoints):
            return False
        needed = (read - adjoints | likes) & passed.binds
        return self.hoist(needed, inside, recent) if needed else True

    def are_numbers(self, names: set[str]) -> bool:
        """Are they all names of numbers, which nobody can write?"""
        return all(isinstance(self.kinds.names.get(n), Number) for n in names)

    def hoist(self, needed: set[str], inside: _Effects, recent: list[Statement]) -> bool:
        """Put what binds these names before the branch, if nothing stands in the way."""
        needed = _with_operands(needed, recent)
        chosen: list[Statement] = []
        earlier = _Effects()
        for statement in recent:
            binds = set(bound(statement))
            if not binds & needed:
                earlier.add(statement)
                continue
            match statement:
                case Recall(target, slot, None, False):
                    touched, reads = {target, slot}, set[str]()
                case Assign((target,), value) if not is_bar(target) and not _calls_names(value):
                    touched, reads = {target}, _reads(statement)
                case _:
                    return False
            around = inside.reads | inside.binds | earlier.reads | earlier.binds
            changed = inside.binds | earlier.binds | {n for n in reads if is_bar(n) or is_shadow(n)}
            written = (inside.writes or earlier.writes) and not self.are_numbers(reads)
            if touched & around or reads & changed or written:
                return False
            chosen.append(statement)
        if needed & earlier.binds or not needed <= set().union(*map(bound, chosen)):    # in a loop or branch, say
            return False
        for statement in chosen:
            recent.remove(statement)
        self.hoisted += chosen
        return True


def _with_operands(needed: set[str], recent: list[Statement]) -> set[str]:
    """These names, and what they are computed from there."""
    here = set().union(*map(bound, recent))
    for statement in reversed(recent):
        if isinstance(statement, Assign) and needed.intersection(statement.targets):
            needed = needed | _reads(statement) & here
    return needed


def _effects(statements: Iterable[Statement]) -> _Effects:
    found = _Effects()
    for statement in statements:
        found.add(statement)
    return found
