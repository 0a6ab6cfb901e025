"""Contributions to one place are settled: with the zeroing before them, and with each other.

In: a function. Out: the same function, with fewer statements on adjoints.

    before                          after                     before                 after
    $1 = np.copy(u~[1:])            $1 = np.copy(u~[1:])      $1 = A~[i, i]          $1 = A~[i, i]
    u~[1:] = 0.0                    u~[:-1] += k * $1         A~[i, i] = 0.0
    u~[:-1] += k * $1                                         t~ = $1 / d            t~ = $1 / d
    u~[1:] += $1                                              A~[i, i] += t~         A~[i, i] = t~

    x~[1:] += a~                    x~[1:] += a~ - b~
    x~[1:] -= b~

    $1 = np.copy(u~[1:])            $1 = np.copy(u~[1:])
    u~[1:] = 0.0                    t~ = k * $1
    t~ = k * $1                     u~[1:] = 0.0

Guaranteed: contributions commute with each other, and with what neither reads nor writes the adjoint; nothing moves
past a statement that binds or writes what it reads (a restore does). Places that may name a cell twice stay.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from s2sgrad.core import text
from s2sgrad.core.kinds import Array, Number, Numeric
from s2sgrad.core.names import BAR, SLOT, TEMPORARY, VERSION, is_bar, is_shadow, is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Call,
    Comment,
    Const,
    Expr,
    Function,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import free_names, map_blocks
from s2sgrad.simplify.copies import count_uses
from s2sgrad.simplify.effects import ALL, contents, disturbs, effects, is_fresh, is_known, is_pure
from s2sgrad.simplify.facts import Facts, has_float_dtype, kind_of

WIDEST = 84     # columns of the sum of two contributions, which loops and branches indent
REACH = 40      # statements between two that are brought together


def run(function: Function, facts: Facts) -> Function:
    """The function with contributions settled."""
    return replace(function, body=_Settler(facts, count_uses(function.body, facts)).block(function.body))


def across_lines(function: Function, facts: Facts) -> Function:
    """The function, which is simple already, with contributions joined also where they reverse several lines."""
    return replace(function, body=_Settler(facts, count_uses(function.body, facts), True).block(function.body))


@dataclass(frozen=True)
class Contribution:
    """`bar[index] += value` or `-=` of a statement."""

    bar: str
    index: Expr | None
    value: Expr
    sign: int


def contribution(stmt: Statement) -> Contribution | None:
    """What the statement adds to an adjoint, if that is all it does, each cell once."""
    match stmt:
        case Accumulate(bar, index, value, _, sign, False):
            return Contribution(bar, index, value, sign)
        case Store(base, index, value, op, False) if is_shadow(base) or is_bar(base) and index is not None:
            if op is operator.iadd or op is operator.isub:
                return Contribution(base, index, value, 1 if op is operator.iadd else -1)
    return None


@dataclass
class _Settler:
    """One walk over a function."""

    facts: Facts
    used: Counter[str]
    across: bool = False
    depth: int = 0

    def block(self, block: Block) -> Block:
        """The block with both rewrites."""
        self.depth += 1
        out = [map_blocks(s, self.block) for s in block]
        self.depth -= 1
        if not any(s.reverses for s in out):
            return tuple(out)
        i = 0
        while i < len(out):
            match out[i]:
                case Store(base, index, Const(value), None) as stmt if (
                        index is not None and value == 0 and (is_bar(base) or is_shadow(base)) and stmt.reverses
                        and isinstance(self.facts.kinds.get(base), Array)):
                    i -= self.zeroing(out, i, base, index)
            i += 1
        for j in range(len(out) - 1, 0, -1):
            self.merge(out, j)
        return tuple(out)

    # ------------------------------------------------------------ zeroing
    def zeroing(self, out: list[Statement], at: int, bar: str, index: Expr) -> int:
        """`bar[index] = 0.0` at this position and a contribution to the same place; 1 if the statement is gone."""
        first = at + 1
        end = min(len(out), at + REACH)
        names, inside = free_names(index), contents(index, self.facts)
        while first < end and not self.touches(out[first], bar) and not disturbs(
                effects(out[first], self.facts), names, inside, self.facts):
            first += 1
        found = [j for j in range(first, end) if self.settles(out, first, j, bar, index)]
        taken = self.taken(out, at, bar, index)
        for j in found:
            adds = contribution(out[j])
            if taken and adds is not None and adds.value == Var(taken) and adds.sign > 0:
                del out[j], out[at]
                return 1
        for j in found:
            adds = contribution(out[j])
            if adds is not None and self.is_value(adds.value):
                value = adds.value if adds.sign > 0 else Call(operator.neg, (adds.value,))
                new = Store(bar, index, value, label=out[j].label, origin=out[j].origin, reverses=out[j].reverses)
                del out[j]
                out.insert(first, new)
                del out[at]
                return 1
        if taken and self.used[taken] == 1:
            self.sink(out, at, first, taken)
        elif 0 < at and at + 1 < first:
            match out[at - 1]:
                case Assign((name,), Call() as value) if is_fresh(value) and self.is_only_use(out[at + 1], name):
                    out[at], out[at + 1] = out[at + 1], out[at]
        return 0

    def sink(self, out: list[Statement], at: int, first: int, taken: str) -> None:
        """Put the zeroing behind the only use of what was taken, which then needs no copy of it."""
        if not isinstance(kind_of(Var(taken), self.facts), Array):
            return
        for j in range(at + 1, first):
            match out[j]:
                case Assign((name,), Call() as value) if taken in free_names(value) and is_fresh(value):
                    end = j
                    while end + 1 < first and self.is_only_use(out[end + 1], name):
                        end += 1
                        name, = out[end].targets        # type: ignore[attr-defined]
                    out.insert(end, out.pop(at))
                    return

    def is_only_use(self, stmt: Statement, name: str) -> bool:
        """Is the temporary used here alone, for a new value that has a name?"""
        match stmt:
            case Assign((_,), Call() as value):
                return is_temporary(name) and self.used[name] == 1 and name in free_names(value) and is_fresh(value)
        return False

    def settles(self, out: list[Statement], first: int, j: int, bar: str, index: Expr) -> bool:
        """Is the statement at j a contribution to the place, and can it move up to `first`?"""
        adds = contribution(out[j])
        return (adds is not None and adds.bar == bar and adds.index == index and self.is_free(adds)
                and all(self.commute(adds, s) for s in out[first:j]))

    def taken(self, out: list[Statement], at: int, bar: str, index: Expr) -> str:
        """The name that took what was in the place right before it was zeroed."""
        place = Call(operator.getitem, (Var(bar), index))
        match out[at - 1] if at else None:
            case Assign((name,), Call(np.copy, (value,), ())) if value == place:
                return name
            case Assign((name,), value) if value == place and isinstance(kind_of(value, self.facts), Number):
                return name
        return ""

    # ------------------------------------------------------------ merging
    def merge(self, out: list[Statement], j: int) -> None:
        """Join the contribution at j with an earlier one to the same place, at the place of one of them."""
        adds = contribution(out[j])
        if adds is None or not self.is_free(adds):
            return
        found = {k: earlier for k in range(max(j - REACH, -1) + 1, j)
                 if _is_for(out[k], adds.bar) and (earlier := contribution(out[k]) or _opening(out[k])) is not None
                 and (earlier.bar, earlier.index) == (adds.bar, adds.index)}
        rises = True
        for k in range(j - 1, min(found, default=j) - 1, -1):
            if (earlier := found.get(k)) is not None:
                near = (_same_line(out[k], out[j]) or _is_carried_on(adds if rises else earlier)
                        or self.across and not _is_outer(earlier) and not _is_outer(adds))
                if near and self.fit(earlier, adds) and (rises or self.sinks(out, k, j, earlier)):
                    new = replace(_joined(out[k], earlier, adds), origin=out[k if rises else j].origin)
                    del out[j]
                    if rises:
                        out[k] = new
                    else:
                        del out[k]
                        out.insert(j - 1, new)
                    return
            rises = rises and self.commute(adds, out[k])
            if not rises and contribution(out[k]) is None and self.touches(out[k], adds.bar):
                return

    def sinks(self, out: list[Statement], k: int, j: int, earlier: Contribution) -> bool:
        """Can the contribution at k move down to j?"""
        return self.is_free(earlier) and all(self.commute(earlier, s) for s in out[k + 1:j]) and (
            contribution(out[k]) is not None or not any(self.touches(s, earlier.bar) for s in out[k + 1:j]))

    def fit(self, one: Contribution, other: Contribution) -> bool:
        """Are both values numbers or arrays, and does their sum fit a line?"""
        whole = one.index is None and is_shadow(one.bar)        # `+=` of what may be a list is something else
        if whole and not isinstance(self.facts.kinds.get(one.bar), Array):
            return False
        return (width(one.value) + width(other.value) < WIDEST - 4 * self.depth and self.is_value(one.value)
                and self.is_value(other.value) and self.is_free(one) and self.is_free(other))

    def is_value(self, value: Expr) -> bool:
        """Is it a number or an array?"""
        return isinstance(kind_of(value, self.facts), (Number, Array, Numeric)) or has_float_dtype(value, self.facts)

    # ------------------------------------------------------------ who may pass whom
    def touches(self, stmt: Statement, bar: str) -> bool:
        """Does the statement read or write the adjoint, also under another name?"""
        if isinstance(stmt, Comment):
            return False
        done = effects(stmt, self.facts)
        return done.impure or self.is_among(bar, (*done.reads, *done.binds, *done.writes))

    def is_among(self, bar: str, names: Iterable[str]) -> bool:
        """Is the adjoint, or what shares its memory, among the names?"""
        return any(n == bar or ((is_bar(n) or is_shadow(n) or is_temporary(n) or n == ALL)
                                and self.facts.may_share(n, bar)) for n in names)

    def is_free(self, adds: Contribution) -> bool:
        """Is the contribution a pure function of other things than the adjoint?"""
        return all(is_pure(e, self.facts) for e in _parts(adds)) and not self.is_among(
            adds.bar, set().union(*map(free_names, _parts(adds))))

    def commute(self, adds: Contribution, stmt: Statement) -> bool:
        """May the contribution (a free one) and the statement change places?"""
        if isinstance(stmt, Comment):
            return True
        other = contribution(stmt)
        if other is not None and other.bar == adds.bar:
            return self.is_free(other)
        parts = _parts(adds)
        names, inside = set().union(*map(free_names, parts)), set().union(*(contents(p, self.facts) for p in parts))
        return not self.touches(stmt, adds.bar) and not disturbs(effects(stmt, self.facts), names, inside, self.facts)


def _parts(adds: Contribution) -> tuple[Expr, ...]:
    return (adds.value,) if adds.index is None else (adds.index, adds.value)


def width(value: Expr) -> int:
    """About how many columns the expression will take: `$1~` prints as `t_bar`, `x#i4` as `x`."""
    short = re.sub(rf"{re.escape(VERSION)}\w+|{re.escape(SLOT)}\d*", "", text.expression(value))
    return len(short) + 3 * short.count(BAR) + 4 * short.count(TEMPORARY)


def _opening(stmt: Statement) -> Contribution | None:
    """The first contribution to an adjoint, which binds it."""
    match stmt:
        case Assign((_,), Const() | Call(np.zeros_like)):
            return None         # `first` puts what comes first into zeros
        case Assign((bar,), value) if is_bar(bar) and stmt.reverses:
            return Contribution(bar, None, value, 1)
    return None


def _is_for(stmt: Statement, bar: str) -> bool:
    """Does the statement bind or write the adjoint? (asked often: what is not, is not looked at any further)"""
    match stmt:
        case Accumulate(bar=name) | Store(base=name) | Assign((name,)):
            return name == bar
    return False


def _is_carried_on(adds: Contribution) -> bool:
    """Is it only adjoints by their names, which say where they come from?"""
    return adds.index is None and all(
        isinstance(e, Var) or isinstance(e, Call) and is_known(e.function, (operator.add, operator.sub))
        for e in walk(adds.value))


def _is_outer(adds: Contribution) -> bool:
    """Is it an outer product, of which a loop may make one product behind it (`lower.stacked`)?"""
    return isinstance(adds.value, Call) and adds.value.function is np.outer


def _same_line(one: Statement, other: Statement) -> bool:
    """Do they reverse one line of the user's?"""
    return (one.origin.file, one.origin.line) == (other.origin.file, other.origin.line)


def total(one: Expr, other: Expr, sign: int) -> Expr:
    """`a + (b - c)` as `a + b - c`, `a - (b - c)` as `a - b + c`."""
    match other:
        case Call(operator.add | operator.sub as function, (first, last)):
            own = sign if function is operator.add else -sign
            return Call(operator.add if own > 0 else operator.sub, (total(one, first, sign), last))
    return Call(operator.add if sign > 0 else operator.sub, (one, other))


def _joined(stmt: Statement, first: Contribution, second: Contribution) -> Statement:
    """The first statement with both contributions."""
    if first.sign < second.sign:
        first, second = second, first
    value = total(first.value, second.value, first.sign * second.sign)
    match stmt:
        case Assign():
            return replace(stmt, value=value)
        case Store():
            return replace(stmt, value=value, op=operator.iadd if first.sign > 0 else operator.isub)
        case Accumulate():
            return replace(stmt, value=value, sign=first.sign)
    raise AssertionError(stmt)
