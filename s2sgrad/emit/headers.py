"""The header of a loop over elements, as the user wrote it.

    for item in items:
        n_record.append(n)                 for a, b in items:
        a, b = item                  ->        n_record.append(n)
        n += a * b                             n += a * b

Comes in: a loop with readable names. Goes out: how it prints, and which of its elements are unpacked in its header.
Guaranteed: the user's own header unpacks them, or the reverse sweep does it again, and the user has no name for them;
nobody else reads them; what now runs behind the unpacking only records, counts, or takes off a record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from s2sgrad.core.loops import direction
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Comment,
    Const,
    Effect,
    Expr,
    For,
    Method,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.rewrite import bound, reads_of
from s2sgrad.emit.live import Liveness, read_in

TARGET = re.compile(r"\bfor\b(.*?)\bin\b")


@dataclass(frozen=True)
class Header:
    """form: range, each, zip, enumerate, reversed, or index where each element is taken from its container.

    targets: of each element. body: what is left of the body. counts: does it print an index that is read?
    """

    form: str
    targets: Mapping[str, tuple[str, ...]]
    body: Block
    counts: bool


def header(loop: For, live: Liveness) -> Header:
    """How a loop prints."""
    targets, body = _unpacked(loop, live)
    indexed = loop.target in read_in(loop.body) or loop.target in live.after[loop.label]
    if not loop.elements:
        return Header("range", targets, body, indexed)
    match direction(loop), indexed, len(loop.elements):
        case "forward", False, 1:
            form = "each"
        case "forward", False, _:
            form = "zip"
        case "forward", True, 1:
            form = "enumerate"
        case "reversed", False, 1:
            form = "reversed"
        case _:
            form = "index"
    return Header(form, targets, body, indexed or form == "index")


def _unpacked(loop: For, live: Liveness) -> tuple[dict[str, tuple[str, ...]], Block]:
    """The targets of each element, and the body without what unpacks them."""
    targets: dict[str, tuple[str, ...]] = {name: (name,) for name, _ in loop.elements}
    taken = {loop.target, *targets}
    passed: list[Statement] = []
    for k, statement in enumerate(loop.body if targets else ()):
        match statement:
            case Assign((_, _, *_) as names, Var(item)) if (
                    targets.get(item) == (item,) and not _is_users(item, loop)
                    and (statement.reverses or statement.origin == loop.origin)
                    and _is_free(names, item, taken, passed)
                    and item not in Liveness().block(loop.body[k + 1:], live.after[loop.label])):
                targets[item] = names
                taken |= set(names)
                continue
        if not _may_wait(statement):
            break
        passed.append(statement)
    unpacked = {Assign(names, Var(item)) for item, names in targets.items() if names != (item,)}
    kept, done = list[Statement](), set[Statement]()
    for statement in loop.body:
        if statement in unpacked - done:
            done.add(statement)
        else:
            kept.append(statement)
    return targets, tuple(kept)


def _is_users(item: str, loop: For) -> bool:
    """Is it a name that the user wrote between `for` and `in`?"""
    word = re.sub(r"_\d+$", "", item)
    return any(re.search(rf"\b({word}|{item})\b", found) for found in TARGET.findall(loop.origin.text))


def _is_free(names: tuple[str, ...], item: str, taken: set[str], passed: list[Statement]) -> bool:
    """May these names be bound in the header, in front of what has been passed?"""
    different = {n for n in names if n != "_"}
    used = {n for s in passed for n in (*reads_of(s), *bound(s))}
    return (len(different) + names.count("_") == len(names) and not different & (taken | used)
            and item not in used)


def _may_wait(statement: Statement) -> bool:
    """Does it only record, count, name something, or take off a record, so that it does not matter when?"""
    match statement:
        case Effect(Call(Method("append"), (Var(), value), ())):
            return is_plain(value)
        case Store(_, None, Const()):
            return True
        case Assign(_, Call(Method("pop"), (Var(),), ())):
            return statement.reverses != 0
        case Assign((_,), Var() | Const()) | Comment():
            return True
    return False


def is_plain(value: Expr) -> bool:
    """Is it names and literals only?"""
    match value:
        case Build("tuple", items):
            return all(map(is_plain, items))
    return isinstance(value, (Var, Const))
