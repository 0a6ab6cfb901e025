"""Which names need a shadow: an array of adjoints that aliases exactly as the name does.

The aliasing law (design, section 6): if any member of a class is written, every member has a shadow. Two sufficient
proofs keep most away (lessons): a view that is only read, and before the class is written again, is a value; and a
class of which one active name remains, bound only to fresh objects, has its adjoint by value, written in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.calls import converts
from s2sgrad.analyse.unsure import unknown_call, unknown_function
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    ListKind,
    Maybe,
    Numeric,
    TupleKind,
    Unknown,
    are_keys,
    is_complex,
)
from s2sgrad.core.names import stem
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Return,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import blocks, bound, exprs, reads_of, walk_statements
from s2sgrad.errors import AliasError

READ_ONLY = (np.broadcast_to, np.diagonal, np.diag, np.lib.stride_tricks.sliding_window_view)     # what these give


@dataclass(frozen=True)
class Shadows:
    """shadowed: active names with a shadow; in_place: names whose adjoint by value is written in place. layered: those
    shadowed names in whose class NumPy decides by the layout of memory whether something is a view or a copy."""

    shadowed: frozenset[str]
    in_place: frozenset[str]
    layered: frozenset[str] = frozenset()


def analyse_shadows(function: Function, activity: Activity) -> Shadows:
    """Decide for every active name of every written class.

    Raises: AliasError where what is written cannot be followed.
    """
    aliases = activity.aliases
    readers = read_views(function, activity)
    shadowed: set[str] = set()
    in_place: set[str] = set()
    for root in sorted(aliases.written):
        members = {n for n in aliases.members(root) if activity.active(n)}
        remaining = members - readers
        if not remaining:
            continue
        if _alone(function, activity, remaining, readers):
            in_place |= remaining
            continue
        remaining |= _holders(root, activity) | _held(root, activity) - readers
        _check(function, activity, remaining)
        shadowed |= remaining
    unsure = unsure_classes(function, aliases)
    return Shadows(frozenset(shadowed), frozenset(in_place - shadowed),
                   frozenset(n for n in shadowed if aliases.find(n) in unsure))


def unsure_classes(function: Function, aliases: Aliases) -> set[str]:
    """The classes in which something is a view or a copy, depending on the layout of memory, the dtype or an option."""
    return {aliases.find(n) for s in walk_statements(function.body) for e in exprs(s)
            if (found := aliases.unsure(e)) is not None for n in aliases.memory(found)}


def _holders(root: str, activity: Activity) -> set[str]:
    """The names of containers that hold members of a class, directly or not."""
    aliases = activity.aliases
    classes: set[str] = {root}
    found: set[str] = set()
    while True:
        more = {aliases.find(holder) for holder, held in aliases.holds.items()
                if aliases.find(held) in classes} - classes
        if not more:
            return found
        classes |= more
        found |= {n for c in more for n in aliases.members(c)
                  if n in activity.kinds.names and not are_keys(activity.kinds.names[n])}


def _held(root: str, activity: Activity) -> set[str]:
    """The active names of what a container with a shadow holds, whose shadow holds theirs, and of its holders."""
    aliases, found = activity.aliases, set[str]()
    seen = {root}
    while root in aliases.holds and (root := aliases.find(aliases.holds[root])) not in seen:
        seen.add(root)
        found |= {n for n in (*aliases.members(root), *_holders(root, activity)) if activity.active(n)}
    return found


def _made_of(statement: Statement, function: Function, activity: Activity) -> list[Assign]:
    """The bindings from which a value comes, those of what is no known kind of value; the last one first."""
    bindings = [s for s in walk_statements(function.body) if isinstance(s, Assign)]
    found = [statement] if isinstance(statement, Assign) else []
    for one in found:
        unknown = {n for n in reads_of(one) if isinstance(activity.kinds.names.get(n, UNKNOWN), Unknown)}
        known = {s.label for s in found}
        found += [s for s in bindings if unknown & set(s.targets) and s.label not in known]
    return found


def _check(function: Function, activity: Activity, remaining: set[str]) -> None:
    """Shadows are made for arrays, and for containers that are built of them."""
    for statement in walk_statements(function.body):
        for name in bound(statement):
            kind = activity.kinds.names.get(name, UNKNOWN)
            aliases = activity.aliases
            if name in remaining and isinstance(statement, Assign) and any(
                    isinstance(e, Call) and any(
                    e.function is f for f in READ_ONLY)
                    for e in walk(statement.value)) and aliases.memory(statement.value):
                raise AliasError("A read-only view of an array that is written is not supported.",
                                 "Write `.copy()` after it.", statement.origin)
            if name in remaining and isinstance(statement, Assign) and is_complex(kind) and not is_complex(
                    activity.kinds.of(statement.value)) and aliases.memory(statement.value) and (
                    len(statement.targets) == 1):
                raise AliasError(f"`{name.split('#')[0]}` is a real array here and a complex one elsewhere, and its "
                                 "memory is written.", "Make it complex from the start: `.astype(complex)`.",
                                 statement.origin)
            if name in remaining and isinstance(statement, Assign) and activity.kinds.mixed and (
                    found := aliases.unsure(statement.value)) is not None and converts(found) and is_complex(
                    activity.kinds.of(found.args[0])):
                raise AliasError("This is a view or a copy, depending on whether the array is real or complex; it may "
                                 "be either here, and its memory is written.", "Write `.copy()` after it.",
                                 statement.origin)
            if name in remaining and isinstance(statement, Assign) and any(
                    isinstance(e, Call) and e.function is np.imag for e in walk(statement.value)):
                raise AliasError("The imaginary part of an array that is written, as a view of it, is not supported.",
                                 "Write `.imag.copy()`, or to write it: `z[...] = z.real + 1j * x`.", statement.origin)
            if name in remaining and not isinstance(kind, (Array, ListKind, TupleKind, DictKind)):
                for made in _made_of(statement, function, activity):
                    if (call := unknown_call(made.value, activity)) is not None:
                        raise unknown_function(call, made.origin)
                match statement:
                    case Assign(value=Call(made) as call) if getattr(made, "__module__", "") == "collections":
                        raise unknown_function(call, statement.origin)
                if isinstance(kind, Maybe) and stem(name):
                    raise AliasError(f"`{stem(name)}` may be None, or an array whose memory is written.",
                                     "Bind it to copies (`old = y.copy()`).", statement.origin)
                what = "a number or an array" if isinstance(kind, Numeric) else "something"
                named = f"`{stem(name)}`" if stem(name) else "What is computed here"
                raise AliasError(
                    f"{named} may be {what} that shares memory with an array that is written.",
                    "Annotate the parameters (np.ndarray, float), use source_for(...), or make a copy.",
                    statement.origin)


def _alone(function: Function, activity: Activity, remaining: set[str], readers: set[str]) -> bool:
    """Is every binding of the remaining names a fresh object that no other of them, and no container, shares?"""
    aliases = activity.aliases
    held = {aliases.find(h) for h in aliases.holds.values()}
    if any(aliases.find(n) in held for n in remaining):
        return False
    if any(aliases.find(aliases.holds.get(aliases.find(n), n)) in aliases.written and aliases.find(n) in aliases.holds
           for n in remaining):
        return False
    for statement in walk_statements(function.body):
        match statement:
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items) > 1:
                pairs: list[tuple[str, Expr]] = list(zip(targets, items, strict=True))
            case Assign(targets, value):
                pairs = [(t, value) for t in targets]
            case For(elements=elements):
                pairs = list(elements)
            case _:
                continue
        for name, value in pairs:
            if name in remaining and not isinstance(statement, For):
                memory = aliases.memory(value) if len(getattr(statement, "targets", ())) == 1 else aliases._both(value)
                if aliases.find(name) in memory:
                    return False
            if name in remaining and isinstance(statement, For) and aliases.memory(value):
                return False
    return True


def read_views(function: Function, activity: Activity) -> set[str]:
    """Names of written classes that are values: views never written, and not read after a write to their class."""
    aliases = activity.aliases
    stored: set[str] = set()
    for s in walk_statements(function.body):
        match s:
            case Store(base) | Effect(Call(Method(), (Var(base), *_))):
                stored.add(base)
    count: dict[str, int] = {}
    for s in walk_statements(function.body):
        for name in bound(s):
            count[name] = count.get(name, 0) + 1
    total: dict[str, int] = {}
    for s in walk_statements(function.body):
        for name in reads_of(s):
            total[name] = total.get(name, 0) + 1
    found: set[str] = set()

    def visit(block: Block) -> None:
        for k, statement in enumerate(block):
            match statement:
                case Assign((name,), value) if (
                        count.get(name) == 1 and name not in stored and aliases.is_written(name)
                        and aliases.memory(value) and isinstance(activity.kinds.names.get(name), (Array, Numeric))):
                    if _only_read(name, value, block[k + 1:], aliases.find(name)):
                        found.add(name)
                case For(elements=elements, body=body):
                    for name, value in elements:
                        if count.get(name) == 1 and name not in stored and aliases.is_written(name) and _only_read(
                                name, value, body, aliases.find(name)):
                            found.add(name)
            for inner in blocks(statement):
                visit(inner)

    def _only_read(name: str, value: Expr, rest: Sequence[Statement], root: str) -> bool:
        group = {name}
        last, seen = -1, {name: 0}
        left = total.get(name, 0)               # reads of members that have not been met
        for k, statement in enumerate(rest):
            if not left:
                break
            for inner in walk_statements((statement,)):
                reading = group & reads_of(inner)
                if not reading:
                    continue
                last = k
                left -= len(reading)
                for member in reading:
                    seen[member] += 1
                if not _reads_only(inner, group, activity) or any(
                        group & aliases.mentioned(e) for e in exprs(inner) if aliases.held(e)):
                    return False
                match inner:
                    case Assign((other,), v) if other not in group and group & aliases.memory_names(v):
                        if count.get(other) != 1 or other in stored:
                            return False
                        group.add(other)
                        seen[other] = 0
                        left += total.get(other, 0)
                    case For(elements=elements):
                        for other, container in elements:
                            if group & aliases.memory_names(container):
                                left += seen[other] if other in group else total.get(other, 0)
                                group.add(other)
                                seen[other] = 0
        if left:
            return False
        for k, statement in enumerate(rest[: last + 1]):
            writes = _writes(statement, root, activity)
            if writes and not (k == last and isinstance(statement, Store)):
                return False
        return True

    visit(function.body)
    return found


def _reads_only(statement: Statement, group: set[str], activity: Activity) -> bool:
    """Does the statement use the group's members as values (not keep or return references)?"""
    match statement:
        case Return():
            return False
        case Assign(targets, Build()) if len(targets) == 1:
            return False
        case Assign(targets) if len(targets) > 1:
            return False
        case Store(base, _, value) if not isinstance(activity.kinds.named(base), Array):
            return not group & activity.aliases.memory_names(value)
        case Effect():
            return False
    return True


def _writes(statement: Statement, root: str, activity: Activity) -> bool:
    aliases = activity.aliases
    return any(isinstance(s, Store) and aliases.find(s.base) == root for s in walk_statements((statement,)))

