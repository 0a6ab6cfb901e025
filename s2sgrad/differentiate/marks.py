"""Where state must be put back: every name that is bound more than once, in forward order, gets a restore mark.

The general form of the reverse sweep restores everything; dead-code elimination then removes every restore that
nobody reads, which leaves exactly what is to be recorded (TBR; Hascoet, Naumann, Pascual 2005). This file decides the
form: a *carried* name is recorded before it is overwritten and restored where its statement is reversed; a name that
is *local* to a block inside a loop is recorded at the end of the block and restored where the reversed block begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from s2sgrad.analyse.exposed import exposed_names
from s2sgrad.core.nodes import Assign, Block, For, Function, If, Statement, While
from s2sgrad.core.rewrite import blocks, bound, reads_of

Path = tuple[tuple[int, int], ...]      # (label of the compound statement, which of its blocks), outermost first


@dataclass
class Marks:
    """carried: (label, name) of bindings that overwrite a value of the name. local: names by the path of their home.

    unbound: names that may not be bound where they are recorded, by the path of their home.
    """

    carried: set[tuple[int, str]] = field(default_factory=set)
    local: dict[Path, list[str]] = field(default_factory=dict)
    unbound: dict[Path, list[str]] = field(default_factory=dict)
    home: dict[str, Path] = field(default_factory=dict)
    single: set[str] = field(default_factory=set)
    shaped: set[str] = field(default_factory=set)


def plan_marks(function: Function, shaped: Iterable[str] = ()) -> Marks:
    """Where the names of a function are recorded. shaped: names whose zero adjoint has their shape, and which therefore
    must be bound (to None, where the program did not bind them) wherever the reverse sweep may make it."""
    marks = Marks()
    loops: set[int] = set()
    definitions: dict[str, int] = {}
    _homes(function.body, (), marks.home, loops, definitions)
    _outliving(function.body, (), marks.home)
    for p in function.params:
        marks.home[p.name] = ()
        definitions[p.name] = definitions.get(p.name, 0) + 1
    skip = _headers(function.body)
    marks.shaped = set(shaped) - skip
    marks.single = {n for n, k in definitions.items() if k == 1}
    order: list[str] = [n for n in definitions if n not in skip]
    for name in order:
        path = marks.home[name]
        if any(label in loops for label, _ in path):
            marks.local.setdefault(path, []).append(name)
    params = {p.name for p in function.params}
    _assigned(function.body, (), set(params), set(params), marks, skip)
    return marks


def _headers(block: Block) -> set[str]:
    """Names bound by the heads of loops: a reversed loop binds them itself."""
    found: set[str] = set()
    for statement in block:
        if isinstance(statement, (For, While)):
            found |= set(bound(statement))
        for inner in blocks(statement):
            found |= _headers(inner)
    return found


def _homes(block: Block, path: Path, home: dict[str, Path], loops: set[int], definitions: dict[str, int]) -> None:
    for statement in block:
        if isinstance(statement, (For, While)):
            loops.add(statement.label)
        names = set(reads_of(statement))
        if isinstance(statement, Assign):
            for name in statement.targets:
                definitions[name] = definitions.get(name, 0) + 1
            names |= set(statement.targets)
        inside: set[str] = set()
        if isinstance(statement, (For, While)):
            if statement.leave:
                inside.add(statement.leave)
                names.discard(statement.leave)
            if isinstance(statement, While):
                inside |= names
                names = set()
        for name in names:
            home[name] = _common(home[name], path) if name in home else path
        for name in inside:
            deeper = (*path, (statement.label, 0))
            home[name] = _common(home[name], deeper) if name in home else deeper
        for k, inner in enumerate(blocks(statement)):
            _homes(inner, (*path, (statement.label, k)), home, loops, definitions)


def _outliving(block: Block, path: Path, home: dict[str, Path]) -> None:
    """A name that its home block may read before it binds it holds a value of an earlier trip: its home is outside."""
    if path:
        for name in exposed_names(block):
            if home.get(name) == path:
                home[name] = ()
    for statement in block:
        for k, inner in enumerate(blocks(statement)):
            _outliving(inner, (*path, (statement.label, k)), home)


def _common(a: Path, b: Path) -> Path:
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return a[:n]


def _assigned(block: Block, path: Path, maybe: set[str], surely: set[str], marks: Marks, skip: set[str]) -> None:
    """Forward over the block; maybe and surely are the bound names, and are updated."""
    own = {n for n, home in marks.home.items() if home == path}
    if path:
        maybe -= own
        surely -= own
    for statement in block:
        match statement:
            case If(_, then, orelse):
                m1, s1, m2, s2 = set(maybe), set(surely), set(maybe), set(surely)
                _assigned(then, (*path, (statement.label, 0)), m1, s1, marks, skip)
                _assigned(orelse, (*path, (statement.label, 1)), m2, s2, marks, skip)
                maybe |= m1 | m2
                surely |= s1 & s2
            case For(body=body) | While(body=body):
                inside = maybe | _bound_deep(body)
                _assigned(body, (*path, (statement.label, 0)), inside, set(surely), marks, skip)
                maybe |= inside
            case _:
                for name in bound(statement):
                    if name in maybe and name not in skip:
                        marks.carried.add((statement.label, name))
                        if name not in surely:
                            _note(marks, name)
                    maybe.add(name)
                    surely.add(name)
    for name in (*marks.local.get(path, ()), *sorted(own & marks.shaped)):
        if name not in surely:
            _note(marks, name)


def _note(marks: Marks, name: str) -> None:
    names = marks.unbound.setdefault(marks.home[name], [])
    if name not in names:
        names.append(name)


def _bound_deep(block: Iterable[Statement]) -> set[str]:
    found: set[str] = set()
    for statement in block:
        found |= set(bound(statement))
        for inner in blocks(statement):
            found |= _bound_deep(inner)
    return found
