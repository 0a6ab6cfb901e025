"""The first contribution to cells of an adjoint that is zero is put there, not added.

In: a function that no other pass looks at any more. Out: the same with stores instead of contributions.

    before                          after
    x~ = np.zeros_like(x)           x~ = np.zeros_like(x)
    x~[1:] += a~                    x~[1:] = a~
    x~[0] -= b~                     x~[0] = -b~
    x~[k] += c~                     x~[k] += c~

Guaranteed: between the zeros and the store nothing reads, binds or writes the adjoint, but for contributions to cells
that are proved to be others (`analyse/affine.py`).
"""

from __future__ import annotations

import builtins
import operator
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.affine import Linear, Region, disjoint, region
from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.names import is_bar, is_shadow
from s2sgrad.core.nodes import Accumulate, Assign, Block, Call, Const, Expr, For, Function, Statement, Store, Var
from s2sgrad.core.rewrite import free_names, map_blocks, walk_statements
from s2sgrad.simplify.effects import Effects, binds, effects, is_pure
from s2sgrad.simplify.facts import Facts, kind_of

Known = tuple[Linear, ...]          # integers that are not negative


def run(function: Function, facts: Facts) -> Function:
    """The function in which first contributions are stores."""
    return replace(function, body=_block(function.body, tuple(_lengths(function)), facts))


def _lengths(function: Function) -> Iterator[Linear]:
    """Names that hold a length, bound once."""
    times = Counter(n for s in walk_statements(function.body) for n in binds(s))
    for stmt in walk_statements(function.body):
        match stmt:
            case (Assign((name,), Call(builtins.len)) | Assign((name,), Call(operator.getitem, (
                    Call(builtins.getattr, (_, Const("shape"))), Const())))) if times[name] == 1:
                yield Linear(((name, 1),))
            case Assign((*names, _), Call(builtins.getattr, (_, Const("shape")))) if names:
                yield from (Linear(((n, 1),)) for n in stmt.targets if times[n] == 1)


def _block(block: Block, known: Known, facts: Facts) -> Block:
    out = [map_blocks(s, lambda b, s=s: _block(b, _inside(s, known), facts)) for s in block]  # type: ignore[misc]
    for k, stmt in enumerate(out):
        match stmt:
            case Assign((bar,), Call(np.zeros_like)) if (is_bar(bar) or is_shadow(bar)) and isinstance(
                    facts.kinds.get(bar), Array):
                _put(out, k, bar, known, facts)
    return tuple(out)


def _inside(loop: Statement, known: Known) -> Known:
    """What is known in the body of a loop over a range that starts at a literal."""
    match loop:
        case For(target=name, over=over):
            while isinstance(over, Call) and over.function is builtins.reversed:
                over = over.args[0]
            match over:
                case Call(builtins.range, (_,)):
                    return (*known, Linear(((name, 1),)))
                case Call(builtins.range, (Const(value=int() as start), _)):
                    return (*known, Linear(((name, 1),), -start))
    return known


def _put(out: list[Statement], at: int, bar: str, known: Known, facts: Facts) -> None:
    """Turn contributions that follow the zeros at this position into stores."""
    touched: list[Region] = []
    names: set[str] = set()
    for k in range(at + 1, len(out)):
        if not touched:
            _positive_first(out, k, bar, facts)
        stmt = out[k]
        done = effects(stmt, facts)
        adds = _contribution(stmt, bar)
        if adds is None:
            if _touches(done, bar, facts) or done.binds & names:
                return
            continue
        index, value, sign = adds
        if not (is_pure(index, facts) and is_pure(value, facts)) or bar in free_names(index) | free_names(value):
            return
        cells = region(index, lambda _: True, known)
        if _is_plain(value, sign, facts) and all(disjoint(cells, other, known) for other in touched):
            where: dict[str, Any] = {"label": stmt.label, "origin": stmt.origin, "reverses": stmt.reverses}
            out[k] = Store(bar, index, value if sign > 0 else Call(operator.neg, (value,)), **where)
        touched.append(cells)
        names |= free_names(index)


def _is_plain(value: Expr, sign: int, facts: Facts) -> bool:
    """Is it no more work to put the value there? -a of an array is one more array."""
    return sign > 0 or isinstance(value, Var) and isinstance(kind_of(value, facts), Number)


def _positive_first(out: list[Statement], start: int, bar: str, facts: Facts) -> None:
    """Of contributions that one statement of the user's makes, and that follow each other, put one first that can be
    stored: none of them reads the adjoint."""
    end, line = start, out[start].origin.line
    while end < len(out) and out[end].origin.line == line:
        adds = _contribution(out[end], bar)
        if adds is None or any(bar in free_names(e) or not is_pure(e, facts) for e in adds[:2]):
            break
        end += 1
    for k in range(start, end):
        found = _contribution(out[k], bar)
        if found is not None and _is_plain(found[1], found[2], facts):
            out.insert(start, out.pop(k))
            return


def _contribution(stmt: Statement, bar: str) -> tuple[Expr, Expr, int] | None:
    match stmt:
        case Accumulate(bar=name, index=index, value=value, sign=sign, repeats=False) if name == bar and (
                index is not None):
            return index, value, sign
        case Store(base, index, value, operator.iadd | operator.isub as op, False) if base == bar and index is not None:
            return index, value, 1 if op is operator.iadd else -1
    return None


def _touches(done: Effects, bar: str, facts: Facts) -> bool:
    return done.impure or any(n == bar or ((is_bar(n) or is_shadow(n)) and facts.may_share(n, bar))
                              for n in (*done.reads, *done.binds, *done.writes))
