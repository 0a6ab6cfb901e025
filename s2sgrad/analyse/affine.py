"""Affine index expressions: can two index regions of one array have a cell in common?

A linear form is a constant plus integer multiples of names. A system of inequalities without a rational solution has
no integer one either; that is decided by eliminating the names one by one (Fourier 1826, Motzkin 1936; Schrijver,
*Theory of Linear and Integer Programming*, section 12.2).
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from s2sgrad.core.nodes import Build, Call, Const, Expr, Var

LIMIT = 400         # inequalities at once; beyond it nothing is claimed


@dataclass(frozen=True)
class Linear:
    """constant + sum of coefficient * name; as an inequality: >= 0."""

    terms: tuple[tuple[str, int], ...] = ()
    constant: int = 0

    def plus(self, other: Linear, factor: int = 1) -> Linear:
        """self + factor * other."""
        found = dict(self.terms)
        for name, k in other.terms:
            found[name] = found.get(name, 0) + factor * k
        kept = tuple(sorted((n, k) for n, k in found.items() if k))
        return Linear(kept, self.constant + factor * other.constant)

    def times(self, factor: int) -> Linear:
        """factor * self."""
        return Linear().plus(self, factor)

    def renamed(self, names: Mapping[str, str]) -> Linear:
        """With other names."""
        return Linear(tuple(sorted((names.get(n, n), k) for n, k in self.terms)), self.constant)

    def coefficient(self, name: str) -> int:
        """The coefficient of a name."""
        return dict(self.terms).get(name, 0)


def length(name: str) -> str:
    """What stands for the number of entries of an array along its first axis."""
    return f"len({name})"


def linear(expr: Expr, is_fixed: Callable[[str], bool]) -> Linear | None:
    """The linear form of an integer expression over names that are fixed while the regions are compared."""
    match expr:
        case Const(value=int() as k) if not isinstance(k, bool):
            return Linear((), k)
        case Var(name) if is_fixed(name):
            return Linear(((name, 1),))
        case (Call(builtins.len, (Var(name),)) | Call(operator.getitem, (Call(builtins.getattr, (
                Var(name), Const("shape"))), Const(0)))) if is_fixed(length(name)):
            return Linear(((length(name), 1),))
        case Call(f, (a, b)) if f is operator.add or f is operator.sub:
            x, y = linear(a, is_fixed), linear(b, is_fixed)
            return None if x is None or y is None else x.plus(y, 1 if f is operator.add else -1)
        case Call(f, (a,)) if f is operator.neg:
            x = linear(a, is_fixed)
            return None if x is None else x.times(-1)
        case Call(f, (a, b)) if f is operator.mul:
            x, y = linear(a, is_fixed), linear(b, is_fixed)
            if x is not None and y is not None and (not x.terms or not y.terms):
                return y.times(x.constant) if not x.terms else x.times(y.constant)
    return None


@dataclass(frozen=True)
class Axis:
    """The entries lower <= k < upper of an axis; None: no bound on this side."""

    lower: Linear | None = None
    upper: Linear | None = None


Region = tuple[Axis, ...]           # further axes are taken whole


def region(index: Expr | None, is_fixed: Callable[[str], bool], known: Sequence[Linear]) -> Region:
    """The region of an index; what is not understood is taken whole."""
    if index is None:
        return ()
    entries = index.items if isinstance(index, Build) and index.form == "tuple" else (index,)
    out: list[Axis] = []
    for entry in entries:
        match entry:
            case Build("slice", (lower, upper, Const(value=None | 1))):
                low = Linear() if lower == Const(None) else _cut(lower, is_fixed, known, len(out))
                high = None if upper == Const(None) else _cut(upper, is_fixed, known, len(out))
                out.append(Axis(low, high))
            case Build("slice"):
                out.append(Axis())
            case Const(value=value) if value is None or value is ... or isinstance(value, bool):
                return tuple(out)                       # axes no longer match positions
            case _:
                at = _bound(entry, is_fixed, known)
                if at is None and not isinstance(entry, Const):
                    return tuple(out)                       # it may be a mask of several axes
                out.append(Axis() if at is None else Axis(at, at.plus(Linear((), 1))))
    return tuple(out)


def _bound(expr: Expr, is_fixed: Callable[[str], bool], known: Sequence[Linear]) -> Linear | None:
    """A bound that is surely not negative."""
    found = linear(expr, is_fixed)
    if found is None or not infeasible([*known, found.times(-1).plus(Linear((), -1))]):
        return None
    return found


def _cut(expr: Expr, is_fixed: Callable[[str], bool], known: Sequence[Linear], axis: int) -> Linear | None:
    """The bound of a slice. One that may count from the end is a place of which only is known that it is the same one
    for the same number: `x[:n]` and `x[n:]` share no cell."""
    found = linear(expr, is_fixed)
    return found and (_bound(expr, is_fixed, known) or Linear(((f"axis {axis} at {found}", 1),)))


def disjoint(a: Region, b: Region, known: Sequence[Linear]) -> bool:
    """Have the regions no cell in common, whatever values satisfy the known inequalities?"""
    system = list(known)
    for p, q in zip(a, b, strict=False):
        for low in (p.lower, q.lower):
            for high in (p.upper, q.upper):
                if low is not None and high is not None:
                    system.append(high.plus(low, -1).plus(Linear((), -1)))         # low <= high - 1
    return infeasible(system)


def infeasible(system: Sequence[Linear]) -> bool:
    """Has the system of inequalities (each >= 0) surely no solution?"""
    rows = set(system)
    while True:
        if any(not r.terms and r.constant < 0 for r in rows):
            return True
        names: dict[str, Any] = {n: None for r in rows for n, _ in r.terms}
        if not names or len(rows) > LIMIT:
            return False
        name = min(names, key=lambda n: _cost(n, rows))
        lower = [r for r in rows if r.coefficient(name) > 0]
        upper = [r for r in rows if r.coefficient(name) < 0]
        rows = {r for r in rows if r.coefficient(name) == 0}
        for low in lower:
            for high in upper:
                rows.add(low.times(-high.coefficient(name)).plus(high, low.coefficient(name)))


def _cost(name: str, rows: set[Linear]) -> int:
    return sum(r.coefficient(name) > 0 for r in rows) * sum(r.coefficient(name) < 0 for r in rows)
