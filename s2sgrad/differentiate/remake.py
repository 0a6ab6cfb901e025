"""Values that the reverse sweep computes again instead of recording them.

A name that is local to a block inside a loop, and is read by reverse parts, is made again where it is first needed:
from its own expression, if that is cheap and its operands still have their values there; or read back from the cell
that it was stored in. What remains is recorded. Costs: numbers are made again (an append and a pop cost as much as a
sine), arrays only where they are views or short sums and products; results of dear calls are kept.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.looks import looked_into, looked_into_for_view, written_by
from s2sgrad.core.kinds import UNKNOWN, Array, ListKind, Number, Numeric, TupleKind
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    Kill,
    Method,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import blocks, bottom_up, bound_in, exprs, free_names, is_literal, reads_of, walk_statements
from s2sgrad.rules.registry import rule_of

SUMS = (operator.add, operator.sub, operator.neg)
LINEAR = (*SUMS, operator.mul)
FREE = (operator.getitem, getattr, len, np.transpose, np.swapaxes)


@dataclass
class Plan:
    """made: statements by the index of the group (of the block's statement) that they stand before; the index after
    the last is the start of the reversed block. flags: those of which the test is read again. recorded: names to
    record. Names in none are not read."""

    made: dict[int, list[Assign]] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)


def plan_remakes(block: Block, groups: Sequence[Sequence[Statement]], start_reads: set[str], names: Sequence[str],
                 single: set[str], kinds: Kinds, aliases: Aliases, fresh: Callable[[], str],
                 flags: Mapping[str, tuple[int, Expr]], exact: Callable[[set[str]], bool]) -> Plan:
    """Decide for every local name of a block. groups: the reverse statements of each statement of the block; fresh:
    makes names for the entries of an unpacking that nobody reads. flags: the statement and the test of each flag of
    which the test may be read again; exact: will names have, to the last bit, the values that they had?"""
    end = len(block)
    readers: dict[str, int] = {}
    whole = set(start_reads)                    # what is read for more than its shape
    for k, group in enumerate(groups):
        for name in _read(tuple(group), kinds, False):
            readers[name] = k
        whole.update(*(free_names(e) for s in walk_statements(tuple(group)) for e in exprs(s)))
    for name in start_reads:
        readers[name] = end
    defined = definitions(block, kinds)
    plan = Plan()

    def is_made_again(name: str, at: int) -> bool:
        """Can the value be computed again before this group?"""
        k, value = defined[name]
        return again(value, name, kinds, aliases) and _stable(
            value, block[k + 1: at + 1], aliases, isinstance(kinds.names.get(name), Array))

    def records(name: str, at: int, read: Container[str] = readers) -> bool:
        """Would a read before this group record the name, or what it is made of, for that only?"""
        if name in read or name not in names:
            return False
        if name not in defined or name not in single:
            return True
        return not is_made_again(name, at) or any(records(n, at, read) for n in free_names(defined[name][1]))

    def is_remade(name: str) -> bool:
        return is_made_again(name, readers[name]) and not any(
            records(n, readers[name]) for n in free_names(defined[name][1]))

    def reads(operands: set[str], at: int) -> None:
        whole.update(operands)
        readers.update({n: max(readers.get(n, -1), at) for n in operands})

    def make(targets: tuple[str, ...], value: Expr, at: int) -> None:
        there = plan.made.setdefault(at, [])
        operands = free_names(value)            # a cell that is read again comes after the view that it is read through
        place = max((k + 1 for k, s in enumerate(there) if operands & set(s.targets)), default=0)
        there.insert(place, Assign(targets, value, reverses=-1))
        reads(free_names(value), at)

    pinned: set[str] = set()                    # what decides a branch keeps its last bit: it stays recorded
    for flag, (k, test) in flags.items():
        operands = free_names(test)
        inexact = {n for n in operands if not exact({n})}
        if flag in names and not any(records(n, k, whole) for n in operands) and all(
                n in whole and n in names and n in defined and n in single and not is_remade(n) for n in inexact):
            plan.flags.append(flag)
            del readers[flag]
            pinned |= inexact
            reads(operands, k)
    unpacked: set[str] = set()
    for name in sorted((n for n in names if n in defined and n in single), key=lambda n: -defined[n][0]):
        if name not in readers or name in unpacked:
            continue
        at, (k, value) = readers[name], defined[name]
        stored = _stored(name, block, at, kinds)
        if stored is not None:
            make((name,), stored[1], stored[0])
            continue
        if name in pinned:
            plan.recorded.append(name)
            continue
        definition = block[k]
        assert isinstance(definition, Assign)
        if _is_unpacking(definition):
            # all that is read of it, where the first of it is read; nothing where the whole is not there anyway
            parts = [n for n in definition.targets if n in readers and n in names and n in single and n not in pinned]
            first = max(readers[n] for n in parts)
            if any(records(n, first, whole) for n in free_names(definition.value)):
                plan.recorded.append(name)
                continue
            if len(parts) > 1 and unpacked.isdisjoint(parts) and all(is_made_again(n, first) for n in parts):
                unpacked.update(parts)
                make(tuple(n if n in parts else fresh() for n in definition.targets), definition.value, first)
                continue
        if is_remade(name):
            make((name,), value, at)
        else:
            plan.recorded.append(name)
    plan.recorded += [n for n in names if (n not in defined or n not in single) and n in readers]
    order = {n: i for i, n in enumerate(names)}
    plan.recorded.sort(key=lambda n: order[n])
    return plan


def definitions(block: Block, kinds: Kinds) -> dict[str, tuple[int, Expr]]:
    """The place and the value of what binds each name; of an unpacking, the entry (an iterator has none). A value that
    reads what the statement binds is not there any more behind it."""
    found: dict[str, tuple[int, Expr]] = {}
    for k, statement in enumerate(block):
        parts: dict[str, Expr] = {}
        match statement:
            case Assign((name,), value):
                parts = {name: value}
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items):
                parts = dict(zip(targets, items, strict=True))
            case Assign(targets, value) if isinstance(kinds.of(value), (Array, ListKind, TupleKind)):
                parts = {n: Call(operator.getitem, (value, Const(i))) for i, n in enumerate(targets)}
        found.update((n, (k, v)) for n, v in parts.items() if free_names(v).isdisjoint(parts))
    return found


def _is_unpacking(definition: Assign) -> bool:
    """`a, b = xs`, but not `a, b = x, y`."""
    targets, value = definition.targets, definition.value
    return len(targets) > 1 and not (isinstance(value, Build) and len(value.items) == len(targets))


def _read(block: Block, kinds: Kinds, nested: bool) -> set[str]:
    """The names that reverse statements read. The zeros of an adjoint may have to be made, from the name that it is
    the adjoint of, for a contribution to a part of it, and at the ends of branches and loops."""
    found: set[str] = set()
    for statement in block:
        match statement:
            case Accumulate(_, index, value, like):
                found |= free_names(value) | (free_names(index) if index is not None else set())
                if (nested or index is not None) and not isinstance(kinds.names.get(like), Number):
                    found.add(like)
            case Kill():
                pass
            case _:
                found |= reads_of(statement)
        for inner in blocks(statement):
            found |= _read(inner, kinds, True)
    return found


def again(value: Expr, name: str, kinds: Kinds, aliases: Aliases) -> bool:
    """Is the value cheap to compute again, and is it the same again?"""
    if aliases.changes_unseen(value):
        return False
    if isinstance(value, Build) and value.form == "tuple" and is_literal(value):        # what a loop runs over
        return True
    if aliases.memory(value):
        return not _displays(value) and _is_part(value, kinds)
    if aliases.is_written(name):
        return False
    kind = kinds.names.get(name, UNKNOWN)
    if isinstance(kind, (Array, Numeric)):
        value = _squares_as_products(value)
        steps = sum(1 for e in walk(value) if isinstance(e, Call) and not any(e.function is f for f in FREE))
        return steps <= 2 and _only(value, (*FREE, *LINEAR))
    if not isinstance(kind, Number):
        return _only(value, FREE)
    return all(_scalar_step(e, kinds) for e in walk(value) if isinstance(e, Call))


def _is_part(value: Expr, kinds: Kinds) -> bool:
    """A part of what has a name, at indices that take sums of numbers at most: products are not computed again."""
    match value:
        case Call(function, (base, *others), ()) if any(function is f for f in FREE):
            return _is_part(base, kinds) and all(
                _scalar_step(e, kinds) and any(e.function is f for f in (*FREE, *SUMS))
                for o in others for e in walk(o) if isinstance(e, Call))
    return isinstance(value, (Var, Const))


def _scalar_step(call: Call, kinds: Kinds) -> bool:
    """One operation on numbers (or the read of a cell)."""
    if isinstance(call.function, (Var, Method)):
        return False
    if any(call.function is f for f in FREE):
        return True
    rule = rule_of(call.function)
    return (rule is not None and rule.pure and not call.kwargs
            and all(isinstance(kinds.of(a), Number) for a in call.args))


def _squares_as_products(value: Expr) -> Expr:
    """NumPy multiplies for `x ** 2`."""
    def product(e: Expr) -> Expr:
        match e:
            case Call(operator.pow, (base, Const(2))):
                return Call(operator.mul, (base, base))
        return e

    return bottom_up(value, product)


def only_read(value: Expr) -> bool:
    """Is it an entry, an attribute or a view, without arithmetic?"""
    return _only(value, FREE)


def _only(value: Expr, functions: tuple[Callable[..., object], ...]) -> bool:
    return not _displays(value) and all(
        any(e.function is f for f in functions) for e in walk(value) if isinstance(e, Call))


def _displays(value: Expr) -> bool:
    return any(isinstance(e, Build) and e.form in ("list", "dict", "set") for e in walk(value))


def _stable(value: Expr, between: Block, aliases: Aliases, is_array: bool) -> bool:
    """Do the operands, and the contents that are read (a view reads none of arrays), stay as they are through these?"""
    if free_names(value) & bound_in(between):
        return False
    look = looked_into_for_view if is_array else looked_into
    return not look(value, aliases) & written_by(between, aliases)


def _stored(name: str, block: Block, at: int, kinds: Kinds) -> tuple[int, Expr] | None:
    """(index, cell) of a store of this number that its reverse part reads before it is undone."""
    for k in range(at, len(block)):
        match block[k]:
            case Store(base, index, Var(value), None, False) if value == name and index is not None:
                kind, cell = kinds.names.get(base, UNKNOWN), Call(operator.getitem, (Var(base), index))
                own = kinds.names.get(name, UNKNOWN)
                if isinstance(kind, Array) and isinstance(own, Number) and isinstance(kinds.of(cell), Number) and (
                        kind.dtype == own.dtype):
                    return k, cell
    return None
