"""Lists that straight-line code appends to are made at once, so that their length and every entry are known.

    xs = []                      a = f(x)
    a = f(x)                     xs = [a, 2.0]
    xs.append(a)          ->
    xs.append(2.0)

Entries are names or literals that keep their values until the list is made; those of lists that calls take apart
(`f(*xs)`) get names.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace
from typing import Any

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    Function,
    Method,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.records import Construct, attribute_path
from s2sgrad.core.rewrite import bottom_up, changed_in, map_blocks, map_exprs, reads_of, walk_statements
from s2sgrad.normalise.parameters import is_given
from s2sgrad.normalise.unroll import holds_functions
from s2sgrad.read.scope import Context
from s2sgrad.rules.shapes import static


def lists_at_once(function: Function, kinds: Kinds, taken_apart: Set[str], fresh: Callable[[], str]) -> Function:
    """The function with such lists made at once; the same object where there are none."""
    body = _block(_named(function.body, taken_apart, fresh), kinds)
    return function if body == function.body else replace(function, body=body)


def _named(block: Block, taken_apart: Set[str], fresh: Callable[[], str]) -> Block:
    """Names for what is appended to lists that are taken apart."""
    out: list[Statement] = []
    for statement in block:
        match statement:
            case Effect(Call(Method("append") as method, (Var(name), value))) if name in taken_apart and not isinstance(
                    value, (Var, Const)):
                new = fresh()
                out.append(Assign((new,), value, origin=statement.origin))
                statement = replace(statement, call=Call(method, (Var(name), Var(new))))
        out.append(map_blocks(statement, lambda b: _named(b, taken_apart, fresh)))
    return tuple(out)


def _block(block: Block, kinds: Kinds) -> Block:
    statements = [map_blocks(s, lambda b: _block(b, kinds)) for s in block]
    k = 0
    while k < len(statements):
        match statements[k]:
            case Assign((name,), Build("list", ())) as first:
                places, entries = _appends(name, statements, k + 1, kinds)
                if places:
                    made = Assign((name,), Build("list", tuple(entries)), origin=first.origin)
                    statements = [*statements[:k], *(s for j, s in enumerate(statements[k + 1: places[-1]], k + 1)
                                                     if j not in places), made, *statements[places[-1] + 1:]]
                    continue
        k += 1
    return tuple(statements)


def _appends(name: str, statements: list[Statement], start: int, kinds: Kinds) -> tuple[list[int], list[Expr]]:
    """(where the list is appended to before anything else touches it, what is appended)."""
    places: list[int] = []
    entries: list[Expr] = []
    for k, statement in enumerate(statements[start:], start):
        match statement:
            case Effect(Call(Method("append"), (Var(base), value))) if base == name and _is_plain(value, kinds) and (
                    Var(name) not in walk(value)):
                places.append(k)
                entries.append(value)
                continue
        inner = tuple(walk_statements((statement,)))
        changed = changed_in((statement,))
        if name in changed or any(name in reads_of(s) for s in inner) or changed & {
                e.name for entry in entries for e in walk(entry) if isinstance(e, Var)}:
            break
    return places, entries


def _is_plain(value: Expr, kinds: Kinds) -> bool:
    """Is it a name or a literal, or a tuple of such that holds a function?"""
    match value:
        case Var() | Const():
            return True
        case Build("tuple", items):
            return all(isinstance(i, (Var, Const)) for i in items) and any(
                holds_functions(kinds.of(i)) for i in items)
    return False


def tables_at_once(function: Function, kinds: Kinds) -> Function:
    """Dicts that straight-line code fills with functions are made at once, so that each is known.

        d = {}                             d = {"a": lambda v: v * v, "b": lambda v: 2 * v}
        d["a"] = lambda v: v * v    ->
        d["b"] = lambda v: 2 * v
    """
    def visit(block: Block) -> Block:
        statements = [map_blocks(s, visit) for s in block]
        for k in reversed(range(len(statements))):
            match statements[k]:
                case Assign((name,), Build("dict", ())) as first:
                    places, entries = _fills(name, statements, k + 1, kinds)
                    if places:
                        made = Build("dict", tuple(e for key, v in entries.items() for e in (Const(key), v)))
                        between = [s for j, s in enumerate(statements[k + 1: places[-1]], k + 1) if j not in places]
                        statements[k: places[-1] + 1] = [*between, Assign((name,), made, origin=first.origin)]
        return tuple(statements)

    body = visit(function.body)
    return function if body == function.body else replace(function, body=body)


def _fills(name: str, statements: list[Statement], start: int, kinds: Kinds) -> tuple[list[int], dict[Any, Expr]]:
    """(where functions are put into the dict before anything else touches it, what is there by its key)."""
    places: list[int] = []
    entries: dict[Any, Expr] = {}
    for k, statement in enumerate(statements[start:], start):
        match statement:
            case Store(base, index, (Const() | Var()) as value, None) if base == name and index is not None and (
                    isinstance(key := static(kinds.of(index)), (int, str)) and holds_functions(kinds.of(value))):
                entries[key] = value
                places.append(k)
                continue
        changed = changed_in((statement,))
        if name in changed or any(name in reads_of(s) for s in walk_statements((statement,))) or changed & {
                v.name for v in entries.values() if isinstance(v, Var)}:
            break
    return places, entries


def objects_at_once(function: Function, context: Context) -> Function:
    """Objects that straight-line code fills with fields, as an `__init__` does, are made at once.

        p = record Point()               p = record Point(x, y)
        p.x = x                  ->
        p.y = y
    """
    body = _filled(function.body)
    if body == function.body:
        return function
    context.fields_bound = context.fields_bound or any(
        isinstance(s, Store) and attribute_path(s.index) and is_given(s.base) for s in walk_statements(function.body))
    return replace(function, body=body)


def _filled(block: Block) -> Block:
    statements = [map_blocks(s, _filled) for s in block]
    k = 0
    while k < len(statements):
        match statements[k]:
            case Assign((name,), Call(Construct(each=False) as made, values)) as first if all(
                    isinstance(v, (Var, Const)) for v in values):
                fields = dict(zip(made.fields, values, strict=True))
                last, between = _fill(name, fields, statements, k + 1)
                if last > k:
                    whole = Assign((name,), Call(Construct(made.cls, tuple(fields)), tuple(fields.values())),
                                   origin=first.origin)
                    statements = [*statements[:k], *between, whole, *statements[last + 1:]]
                    k += len(between)
        k += 1
    return tuple(statements)


def _fill(name: str, fields: dict[str, Expr], statements: list[Statement], start: int) -> tuple[int, list[Statement]]:
    """(where the last field is written before the object is used otherwise, what stands between); fills in fields."""
    last, between, waiting = start - 1, list[Statement](), list[Statement]()
    found = dict(fields)

    def read(expr: Expr) -> Expr:
        match expr:
            case Call(function, (Var(base), Const(value=str() as field))) if (
                    function is getattr and base == name and isinstance(found.get(field), (Var, Const))):
                return found[field]
        return expr

    for k, statement in enumerate(statements[start:], start):
        match statement:
            case Store(base, index, (Var() | Const()) as value, None) if base == name and len(
                    attribute_path(index)) == 1 and value != Var(name):
                found[attribute_path(index)[0]] = value
                last, between, waiting = k, [*between, *waiting], []
                fields.clear()
                fields.update(found)
                continue
        statement = _map_all(statement, lambda e: bottom_up(e, read))
        inner = tuple(walk_statements((statement,)))
        changed = changed_in((statement,))
        if name in changed or any(name in reads_of(s) for s in inner) or changed & {
                v.name for v in found.values() if isinstance(v, Var)}:
            break
        waiting.append(statement)
    return last, between


def _map_all(statement: Statement, f: Callable[[Expr], Expr]) -> Statement:
    """The statement and all in it with f applied to the expressions."""
    return map_blocks(map_exprs(statement, f), lambda b: tuple(_map_all(s, f) for s in b))
