"""Tuples that may be None become objects like namedtuples, which `optional_objects` follows.

    best = None                                 best = None
    for k in range(n):                          for k in range(n):
        if best is None or t < best[0]:             if best is None or t < best.0:
            best = (t, k)                ->             best = record tuple_of_2(t, k)
    t, k = best                                 t, k = best.0, best.1

Comes in: a function in which no call is left that could be written out first, and its kinds. Goes out: the function in
which names that hold None or tuples of one length, and that are only taken apart, hold such records; the same function
where there are none.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import UNKNOWN
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Star, Statement, Var
from s2sgrad.core.records import Construct
from s2sgrad.core.rewrite import bottom_up, bound_by_closures, map_blocks, map_exprs
from s2sgrad.normalise.optional_objects import NONE, used_as_wholes, values_of_names


def optional_tuples(function: Function, kinds: Kinds, data: Sequence[str]) -> Function:
    """The function with such records. data: names that are bound elsewhere."""
    given = {p.name for p in function.params} | set(data) | bound_by_closures(function.body)
    values = {n: v for n, v in values_of_names(function).items()
              if n not in given and kinds.names.get(n, UNKNOWN) == UNKNOWN}
    lengths = _lengths(values)
    work = _Tuples(lengths)
    opened = replace(function, body=work.block(function.body))
    while misused := used_as_wholes(opened, dict.fromkeys(lengths, True)) | {
            n for n in lengths for v in values[n] if isinstance(v, Var) and v.name not in lengths}:
        lengths = {n: count for n, count in lengths.items() if n not in misused}
        work = _Tuples(lengths)
        opened = replace(function, body=work.block(function.body))
    return opened if any(NONE in values[n] for n in lengths) else function


def _lengths(values: Mapping[str, Sequence[Expr]]) -> dict[str, int]:
    """The lengths of the tuples that these names hold where they do not hold None, if it is the same for all."""
    found: dict[str, int] = {}
    left = dict(values)
    while True:
        before = dict(found), set(left)
        for name, bindings in tuple(left.items()):
            counts = {len(v.items) for v in bindings if isinstance(v, Build)} | {
                found[v.name] for v in bindings if isinstance(v, Var) and v.name in found}
            allowed = all(v == NONE or isinstance(v, Var) and v.name in left or isinstance(v, Build)
                          and v.form == "tuple" and not any(isinstance(i, Star) for i in v.items) for v in bindings)
            if not allowed or len(counts) > 1 or 0 in counts:
                del left[name]
                found.pop(name, None)
            elif counts:
                found[name] = counts.pop()
        if before == (found, set(left)):
            return found


@functools.lru_cache(maxsize=64)
def _tuple_of(count: int) -> type:
    """A class like a namedtuple for tuples of this length; the names of its fields are the places."""
    return type(f"tuple_of_{count}", (tuple,), {"_fields": _places(count)})


def _places(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


@dataclass(frozen=True)
class _Tuples:
    """One walk over a function. lengths: the names, and the lengths of their tuples."""

    lengths: Mapping[str, int]

    def block(self, block: Block) -> Block:
        """The block with records."""
        return tuple(self.statement(s) for s in block)

    def statement(self, statement: Statement) -> Statement:
        """As `block`."""
        match statement:
            case Assign((name,), Build("tuple", items)) if name in self.lengths:
                made = _tuple_of(len(items))
                statement = replace(statement, value=Call(Construct(made, _places(len(items))), items))
            case Assign(targets, Var(name)) if self.lengths.get(name) == len(targets) > 1:
                statement = replace(statement, value=Build("tuple", tuple(self.entry(name, k)
                                                                          for k in range(len(targets)))))
        return map_blocks(map_exprs(statement, lambda e: bottom_up(e, self.taken)), self.block)

    def taken(self, expr: Expr) -> Expr:
        """`best[0]`"""
        match expr:
            case Call(operator.getitem, (Var(name), Const(value=int() as place))) if -self.lengths.get(
                    name, 0) <= place < self.lengths.get(name, 0):
                return self.entry(name, place % self.lengths[name])
        return expr

    def entry(self, name: str, place: int) -> Expr:
        """The entry as a field."""
        return Call(getattr, (Var(name), Const(str(place))))
