"""Names that only repeat another name go, and displays that are only taken apart again are never built.

    p = (a, b)            x = f(a)
    u, v = p        ->    y = g(x, b)
    w = u
    x = f(w)

Only where both names are bound once and every use stands where the binding surely came before, in the same trip.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    Star,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import (
    blocks,
    bottom_up,
    bound,
    bound_by_closures,
    captured_names,
    exprs,
    free_names,
    map_blocks,
    map_children,
    map_exprs,
    reads_of,
    rename_block,
    substitute,
    walk_statements,
)


def propagate_copies(function: Function, fresh: Callable[[], str]) -> Function:
    """The function without needless names and tuples."""
    for _ in range(20):
        body = _scalarise(function.body, fresh)
        body = _bound_at_once(replace(function, body=body))
        body = _copies(replace(function, body=body))
        if body is function.body:
            return function
        function = replace(function, body=body)
    return function


def _bound_at_once(function: Function) -> Block:
    """`$1 = f(a)` and at once `x = $1`: x = f(a)."""
    reads, count = _all_reads(function.body), _definitions(function.body)

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            match statement, out[-1] if out else None:
                case Assign(_, Var(t)), Assign((u,), Call() as call) if (
                        t == u and is_temporary(t) and reads[t] == 1 and count[t] == 1):
                    out[-1] = replace(statement, value=call)
                    continue
            out.append(map_blocks(statement, visit))
        return tuple(out)

    done = visit(function.body)
    return done if done != function.body else function.body


def _definitions(block: Block) -> Counter[str]:
    return Counter(name for s in walk_statements(block) for name in bound(s))


def _copies(function: Function) -> Block:
    count = _definitions(function.body)
    count.update(bound_by_closures(function.body))
    params = {p.name for p in function.params}
    for name in params:
        count[name] += 1
    stored = {s.base for s in walk_statements(function.body) if isinstance(s, Store)}
    stored_numbers = {s.base for s in walk_statements(function.body) if isinstance(s, Store) and s.index is None}
    local = local_names(function.body, params)
    values: dict[str, Expr] = {}
    captured = {n for s in walk_statements(function.body) for n in captured_names(s)}

    def last(expr: Expr) -> Expr:
        """What a name is replaced by in the end."""
        while isinstance(expr, Var) and expr.name in values:
            expr = values[expr.name]
        return expr

    def visit(block: Block, before: set[str], kept: set[str]) -> None:
        known = set(before)
        for statement in block:
            match statement:
                case Assign((x,), Var(y)) if count[x] == 1 and count[y] == 1 and x in local and y in known and (
                        x not in kept):
                    match last(Var(y)):
                        case Var(y) if x not in values and x != y and not {x, y} & stored_numbers:
                            keep_x = is_temporary(y) and not is_temporary(x) and y not in params
                            values[y if keep_x else x] = Var(x if keep_x else y)
                case Assign((x,), Const() as value) if (
                        count[x] == 1 and x in local and is_temporary(x) and x not in stored and x not in values):
                    values[x] = value
            known |= set(bound(statement))
            for inner in blocks(statement):
                visit(inner, known, captured if isinstance(statement, (For, While)) else kept)

    visit(function.body, params, set())
    names = {name: last(Var(name)) for name in values}
    # a function that takes the place of a name reads others by their new names, too
    renamed = rename_block(function.body, {n: substitute(v, names) if isinstance(v, Const) else v
                                           for n, v in names.items()})
    return _drop(renamed) if renamed is not function.body else renamed


def _drop(block: Block) -> Block:
    """Without `x = x`."""
    out: list[Statement] = []
    for statement in block:
        match statement:
            case Assign((x,), Var(y)) if x == y:
                continue
        out.append(map_blocks(statement, _drop))
    return tuple(out)


def local_names(block: Block, params: set[str]) -> set[str]:
    """Names whose every read comes after their one binding, in its block or inside later statements of it."""
    local: set[str] = set()
    reads = _all_reads(block)

    def visit(b: Block) -> Counter[str]:
        """How often the block reads each name; backwards, so that each statement is looked at once."""
        later: Counter[str] = Counter()
        for statement in reversed(b):
            for name in bound(statement):
                if (later[name] if isinstance(statement, Assign) else 0) == reads[name]:
                    local.add(name)
            later.update(reads_of(statement))
            for inner in blocks(statement):
                later.update(visit(inner))
        return later

    visit(block)
    return local - params


def _all_reads(block: Block) -> Counter[str]:
    return Counter(n for s in walk_statements(block) for n in reads_of(s))


def _scalarise(block: Block, fresh: Callable[[], str]) -> Block:
    """Displays that are only unpacked, or read by constant indices or keys, become one name per entry."""
    found: dict[str, Display] = {}
    refused: set[str] = set()
    for statement in walk_statements(block):
        match statement:
            case Assign((x,), Build() as value) if (display := _display(value)) is not None:
                if found.setdefault(x, display) != display:
                    refused.add(x)
            case _:
                refused |= set(bound(statement))
                if isinstance(statement, Store):
                    refused.add(statement.base)
    if not found.keys() - refused:
        return block
    for statement in walk_statements(block):
        match statement:
            case Assign(targets, Var(x)) if len(targets) > 1 and x in found and found[x].unpacks_into(targets):
                continue
        refused |= _loose_reads(statement, found)
    parts = {x: {k: fresh() for k in display.keys} for x, display in found.items() if x not in refused}
    if not parts:
        return block

    def entry(expr: Expr) -> Expr:
        match expr:
            case Call(function, (Var(x), Const(value=key))) if function is operator.getitem and x in parts:
                return Var(parts[x][found[x].place(key)])
        return expr

    def visit(b: Block) -> Block:
        out: list[Statement] = []
        for statement in b:
            statement = map_exprs(statement, lambda e: bottom_up(e, entry))
            match statement:
                case Assign((x,), Build(_, items)) if x in parts:
                    values = items[1::2] if found[x].form == "dict" else items
                    own = tuple(parts[x].values())
                    if set(own) & set().union(*map(free_names, values)):     # all are read first
                        held = tuple(fresh() for _ in own)
                        out += [Assign((h,), v, origin=statement.origin) for h, v in zip(held, values, strict=True)]
                        values = tuple(map(Var, held))
                    out += [Assign((p,), v, origin=statement.origin) for p, v in zip(own, values, strict=True)]
                    continue
                case Assign(targets, Var(x)) if x in parts:
                    out += [Assign((t,), Var(p), origin=statement.origin)
                            for t, p in zip(targets, parts[x].values(), strict=True)]
                    continue
            out.append(map_blocks(statement, visit))
        return tuple(out)

    return visit(block)


@dataclass(frozen=True)
class Display:
    """A tuple, list or dict as it is written down. keys: of the entries, in order; places of tuples and lists."""

    form: str
    keys: tuple[Hashable, ...]

    def place(self, key: Any) -> Hashable:
        """The key as it stands in keys, or None where it names no entry."""
        if isinstance(key, bool) or not isinstance(key, (int, str)):
            return None
        if self.form != "dict" and isinstance(key, int) and -len(self.keys) <= key < 0:
            return key + len(self.keys)
        return key if key in self.keys else None

    def unpacks_into(self, targets: tuple[str, ...]) -> bool:
        """Does each target get an entry?"""
        return self.form != "dict" and len(targets) == len(self.keys)


def _display(value: Build) -> Display | None:
    match value:
        case Build("tuple" | "list" as form, items) if not any(isinstance(i, Star) for i in items):
            return Display(form, tuple(range(len(items))))
        case Build("dict", items) if all(isinstance(k, Const) and type(k.value) in (int, str) for k in items[::2]):
            keys = tuple(k.value for k in items[::2] if isinstance(k, Const))
            return Display("dict", keys) if len(set(keys)) == len(keys) else None
    return None


def _loose_reads(statement: Statement, displays: dict[str, Display]) -> set[str]:
    """Names read otherwise than by `name[constant]`."""
    found = reads_of(statement) & displays.keys()
    if not found:
        return found
    inside: set[str] = set()

    def rest(expr: Expr) -> set[str]:
        match expr:
            case Call(function, (Var(x), Const(value=key))) if (
                    function is operator.getitem and x in displays and displays[x].place(key) is not None):
                inside.add(x)
                return set()
            case Var(name):
                return {name}
        gathered: set[str] = set()

        def collect(e: Expr) -> Expr:
            gathered.update(rest(e))
            return e

        map_children(expr, collect)
        return gathered | (free_names(expr) if isinstance(expr, Const) else set())

    loose = set().union(*(rest(e) for e in exprs(statement)))
    if isinstance(statement, (For, Store)):
        loose |= found - inside
    return loose
