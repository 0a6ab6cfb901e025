"""Statements that a person writes as one.

    a_bar = 0.0
    b_bar = 0.0                           ->    a_bar = b_bar = 0.0

    c_bar = 2.0 * t_bar
    d_bar = c_bar                         ->    c_bar = d_bar = 2.0 * t_bar

    K = strikes[i]
    T = maturities[i]                     ->    K, T = strikes[i], maturities[i]

    a_record = []
    b_record = []                         ->    a_record, b_record = [], []

Comes in: a block with readable names. Goes out: its statements, some of them gathered: numbers that adjoints begin
with; what the user wrote as one statement, also where the reverse sweep makes it again; the lists of one loop, and what
is taken off them; entries of one array.
Guaranteed: no part reads what an earlier part binds, so that the parts may be bound together; only numbers, which
nobody can write, are one object.
"""

from __future__ import annotations

import ast
import functools
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Method, Statement, Var
from s2sgrad.core.rewrite import free_names
from s2sgrad.errors import NOWHERE
from s2sgrad.runtime import zeros_like

LISTS = 3           # more lists, or elements of lists, in one statement are hard to count


@dataclass(frozen=True)
class Chain:
    """`a = b = c = value`."""

    parts: tuple[Assign, ...]


@dataclass(frozen=True)
class Parallel:
    """`a, b = x, y`."""

    parts: tuple[Assign, ...]


Gathered = Statement | Chain | Parallel
Together = tuple[Assign, ...]


def gathered(block: Block, written: list[Together]) -> list[Gathered]:
    """The block with what belongs together. written: what the forward sweeps bound together, which this adds to."""
    out: list[Gathered] = []
    at = 0
    while at < len(block):
        found, length = _next(block[at:], written)
        out += found
        at += length
    return out


def _next(rest: Block, written: list[Together]) -> tuple[Sequence[Gathered], int]:
    """What the first statements print as, and how many they are."""
    zeros = _run(rest, _is_zeros)
    if len(zeros) > 1 and apart(zeros):
        return _chained(zeros), len(zeros)
    first = rest[0]
    if not isinstance(first, Assign) or len(first.targets) != 1:
        return [first], 1
    if first.reverses:
        taken = _run(rest, _is_taken)
        if len(taken) > 1 and apart(taken):
            return in_lines(taken), len(taken)
        same = _repeats(rest, first)
        if len(same) > 1:
            return [Chain(same)], len(same)
        again = max((_shared(rest, group) for group in written), key=len, default=())
        return ([Parallel(again)], len(again)) if len(again) > 1 else _together(_entries(rest), first)
    form, targets = written_form(first.origin.text)
    same = _users(rest, first, targets)
    if len(same) > 1 and form == "tuple" and apart(same):
        written.append(same)
        return [Parallel(same)], len(same)
    if len(same) > 1 and form == "chain" and all(s.value == first.value and _is_plain(s.value) for s in same):
        return [Chain(same)], len(same)
    lists = _run(rest, lambda s: s.origin == first.origin != NOWHERE and s.value == Build("list", ()))
    if len(lists) > 1 and form == "":
        return in_lines(lists), len(lists)
    return _together(_entries(rest), first)


def _together(parts: Together, first: Assign) -> tuple[Sequence[Gathered], int]:
    """The parts in as few statements as can be read, or the first statement."""
    return (in_lines(parts), len(parts)) if len(parts) > 1 and apart(parts) else ([first], 1)


def in_lines(parts: Together) -> list[Gathered]:
    """The parts together, but not too many in one statement."""
    return [Parallel(parts[k:k + LISTS]) if parts[k + 1:] else parts[k] for k in range(0, len(parts), LISTS)]


def _is_taken(statement: Assign) -> bool:
    """Is it what was recorded?"""
    match statement.value:
        case Call(Method("pop"), (Var(),), ()):
            return statement.reverses != 0
    return False


def _repeats(rest: Block, first: Assign) -> Together:
    """The first assignment, and those after it that only give its value another name, all with its value. Zeros that
    are written through either name are better seen to be one array."""
    if _is_zeros(first):
        return (first,)
    others = _run(rest[1:], lambda s: s.value == Var(first.targets[0]) and s.reverses != 0)
    together = (first, *(replace(s, value=first.value) for s in others))
    return together if apart(together) else (first,)


def _entries(rest: Block) -> Together:
    """The assignments at the start that read entries of one array, at literal places; of the forward sweep, what one
    statement of the user's reads."""
    arrays = set[Expr]()
    origin = rest[0].origin

    def belongs(statement: Assign) -> bool:
        match statement.value:
            case Call(operator.getitem, (array, Const(int()))):
                arrays.add(array)
                return len(arrays) == 1 and (statement.reverses != 0 or statement.origin == origin)
        return False

    return _run(rest, belongs)


def _run(rest: Block, belongs: Callable[[Assign], bool]) -> Together:
    """The assignments to one name at the start that belong together."""
    found: list[Assign] = []
    for statement in rest:
        if not isinstance(statement, Assign) or len(statement.targets) != 1 or not belongs(statement):
            break
        found.append(statement)
    return tuple(found)


def _is_plain(value: object) -> bool:
    """Is it a number, or None, which all names may share?"""
    return isinstance(value, Const) and type(value.value) in (int, float, complex, type(None))


def _is_zeros(statement: Assign) -> bool:
    """Is it what an adjoint begins with, or a residual that only a branch binds?"""
    if not statement.reverses and statement.origin != NOWHERE:
        return False
    match statement.value:
        case Call(np.zeros_like, (Var(),)):
            return True
        case Call(function, (Var(),)):
            return function is zeros_like
    return _is_plain(statement.value)


def apart(parts: Together) -> bool:
    """Is it the same in whichever order they are bound?"""
    names = [s.targets[0] for s in parts]
    return len(set(names)) == len(names) and not any(
        set(names) & free_names(s.value) for s in parts)


def _chained(zeros: Together) -> list[Gathered]:
    """Equal numbers in one statement, at the place of the first of them."""
    out: list[Gathered] = []
    done: set[int] = set()
    for k, first in enumerate(zeros):
        if k in done:
            continue
        same = [j for j in range(k, len(zeros)) if zeros[j].value == first.value and _is_plain(first.value)]
        done.update(same)
        out.append(Chain(tuple(zeros[j] for j in same)) if len(same) > 1 else first)
    return out


def _shared(rest: Block, group: Together) -> Together:
    """The assignments at the start that are some of those of the group, in its order."""
    found: list[Assign] = []
    left = list(group)
    for statement in rest:
        if not isinstance(statement, Assign) or statement not in left:
            break
        del left[:left.index(statement) + 1]
        found.append(statement)
    return tuple(found)


def _users(rest: Block, first: Assign, targets: tuple[str, ...]) -> Together:
    """The assignments at the start that the user wrote in the same statement, to these targets in their order."""
    left = list(targets)

    def belongs(statement: Assign) -> bool:
        name = re.sub(r"_\d+$", "", statement.targets[0])
        exact = statement.targets[0] if statement.targets[0] in left else name
        if statement.origin != first.origin or statement.reverses or exact not in left:
            return False
        del left[:left.index(exact) + 1]
        return True

    return _run(rest, belongs) if targets else ()


@functools.lru_cache(maxsize=1024)
def written_form(text: str) -> tuple[str, tuple[str, ...]]:
    """("tuple", targets) of `a, b = x, y`, ("chain", targets) of `a = b = x`, ("", ()) of another statement."""
    try:
        body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError):
        return "", ()
    match body:
        case [ast.Assign(targets=[ast.Tuple(elts=to)], value=ast.Tuple(elts=of))] if len(to) == len(of):
            return "tuple", _names(to)
        case [ast.Assign(targets=[_, _, *_] as to)]:
            return "chain", _names(to)
    return "", ()


def _names(targets: Iterable[ast.expr]) -> tuple[str, ...]:
    return tuple(t.id for t in targets if isinstance(t, ast.Name))
