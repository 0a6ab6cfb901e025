"""Functions that a call takes from a table by a key that is known only when the program runs.

    f = table[name]                  f = table[name]
    y = f(x)                         if name == "square": y = (lambda v: v * v)(x)
                              ->     elif name == "twice": y = (lambda v: 2 * v)(x)
                                     else: raise KeyError(name)

Comes in: a function and its kinds. Goes out: the names that are bound once, to an entry of a dict, list or tuple of
functions of which one at least has no name that could be imported; with the table, the key and the functions. What they
are called with is decided in `dispatch`; once nobody calls them they go. Guaranteed: where such a name is called, the
key has the value by which the entry was taken.
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass
from typing import Any

from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import DictKind, Kind, Known, ListKind, TupleKind
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Var, walk
from s2sgrad.core.primitives import in_
from s2sgrad.core.rewrite import blocks, bound, bound_by_closures, changes, exprs, reads_of, walk_statements
from s2sgrad.normalise.pending import KindsView

MOST = 8                    # functions in a table


@dataclass(frozen=True)
class Entry:
    """An entry of a table of functions. functions: by their keys; length: that of a list, which counts from behind;
    is_read: is it called? sure: is the key one of those? is_named: is the key a name that holds nothing else?"""

    table: Expr
    key: Expr
    functions: tuple[tuple[Any, Any], ...]
    length: int | None
    is_read: bool
    sure: bool
    is_named: bool

    def is_at(self, key: Any) -> Call:
        """The test of whether it is this one."""
        if self.length is None:
            return Call(operator.eq, (self.key, Const(key)))
        return Call(in_, (self.key, Build("tuple", (Const(key), Const(key - self.length)))))

    def missing(self) -> Call:
        """What Python raises where there is none."""
        return Call(KeyError, (self.key,)) if self.length is None else Call(IndexError, (
            Const("list index out of range"),))


def table_entries(function: Function, kinds: KindsView) -> dict[str, Entry]:
    """The names that hold such entries. Their keys may be expressions; these need a name first."""
    found: dict[str, Entry] = {}
    times: Counter[str] | None = None
    for statement in walk_statements(function.body):
        match statement:
            case Assign((name,), Call(operator.getitem, (Var() as table, key))) if not isinstance(key, (Const, Build)):
                functions = _functions(kinds.of(table))
                if functions is None:
                    continue
                if times is None:
                    times = changes(function.body) + Counter(p.name for p in function.params)
                    times.update(2 * tuple(bound_by_closures(function.body)))       # at any time
                length = len(functions) if not isinstance(kinds.of(table), DictKind) else None
                if times[name] == 1:
                    is_named = isinstance(key, Var) and times[key.name] <= 1
                    is_read = any(name in reads_of(s) for s in walk_statements(function.body))
                    sure = _is_sure(key, functions, function.body)
                    found[name] = Entry(table, key, functions, length, is_read, sure, is_named)
    return {n: e for n, e in found.items() if _is_called_at_once(n, function.body)}


def _functions(kind: Kind) -> tuple[tuple[Any, Any], ...] | None:
    """Keys and functions of a table of functions of which one at least has no name; None for all else."""
    match kind:
        case DictKind(tuple() as pairs, lacks=False):
            keys, values = tuple(k for k, _ in pairs), [v for _, v in pairs]
        case ListKind(_, tuple(values)) | TupleKind(values):
            keys = tuple(range(len(values)))
        case _:
            return None
    functions = [v.value for v in values if isinstance(v, Known) and (callable(v.value) or isinstance(
        v.value, Closure)) and not isinstance(v.value, type)]
    if not 1 < len(functions) == len(values) <= MOST or not all(isinstance(k, (str, int)) for k in keys):
        return None
    return tuple(zip(keys, functions, strict=True)) if any(map(_is_nameless, functions)) else None


def _is_sure(key: Expr, functions: tuple[tuple[Any, Any], ...], body: Block) -> bool:
    """Is the key a number that a branch has chosen among the keys (`chosen_functions`)?"""
    def values(name: str) -> list[Expr]:
        return [s.value if isinstance(s, Assign) and len(s.targets) == 1 else Var(name)
                for s in walk_statements(body) if name in bound(s)]

    match values(key.name) if isinstance(key, Var) else []:
        case [Call(function, (Var(place),), ())] if function is int:
            return all(isinstance(v, Const) and any(v == Const(k) for k, _ in functions) for v in values(place))
    return False


def _is_nameless(function: Any) -> bool:
    return isinstance(function, Closure) or not getattr(function, "__qualname__", "f").replace(".", "").isidentifier()


def _is_called_at_once(name: str, block: Block) -> bool:
    """Is the name only called, by statements behind the one that binds it, in the same block or in theirs?"""
    readers = [s for s in walk_statements(block) if name in reads_of(s)]
    called = all(_calls(e, name) == sum(part == Var(name) for part in walk(e)) for s in readers for e in exprs(s))
    behind: list[int] = []

    def visit(inner: Block) -> None:
        for k, statement in enumerate(inner):
            if isinstance(statement, Assign) and statement.targets == (name,):
                behind.extend(s.label for s in walk_statements(inner[k + 1:]))
            for deeper in blocks(statement):
                visit(deeper)
    visit(block)
    return called and all(s.label in behind for s in readers)


def _calls(expr: Expr, name: str) -> int:
    return sum(isinstance(e, Call) and e.function == Var(name) for e in walk(expr))
