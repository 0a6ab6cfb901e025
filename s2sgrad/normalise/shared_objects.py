"""Objects that two names may hold, and names of objects that are left.

Comes in: a function and its kinds. A field of an object that is taken apart may be bound anew only if one name alone
may hold the object.
"""

from __future__ import annotations

import operator
from collections.abc import Container

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import UNKNOWN
from s2sgrad.core.names import FIELD
from s2sgrad.core.nodes import Assign, Build, Call, Effect, Expr, For, Function, Method, Statement, Store, Var
from s2sgrad.core.records import Construct, attribute_path
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.errors import SharedObjectError
from s2sgrad.normalise.unroll import holds_records


def refuse_shared_objects(function: Function, kinds: Kinds, opened: Container[str]) -> None:
    """A field is bound anew: no other name may hold the object."""
    for statement, _ in _shared_writes(function, kinds, opened)[0]:
        field = attribute_path(statement.index)[0]
        raise SharedObjectError(f"`{field}` of an object that two names may hold is bound anew.",
                                "Use one name for the object, or make a new object instead.", statement.origin)


def shared_objects(function: Function, kinds: Kinds) -> set[str]:
    """Names that may hold, or hold in a container or in a field, an object that two names write."""
    writes, parent = _shared_writes(function, kinds, set(kinds.names))

    def find(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for node in list(parent):                   # what holds an object belongs to it
        while node.endswith(FIELD):
            parent[find(node)] = find(node[: -len(FIELD)])
            node = node[: -len(FIELD)]
    roots = {find(base) for _, base in writes}
    return {n for n in list(parent) if find(n) in roots}


def _shared_writes(function: Function, kinds: Kinds, opened: Container[str]
                   ) -> tuple[list[tuple[Store, str]], dict[str, str]]:
    """Where a field of an object of two names is bound anew, and the classes of names that may hold one object."""
    parent: dict[str, str] = {}

    def find(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    def objects(expr: Expr) -> set[str]:
        """The nodes of objects that a value is or holds."""
        match expr:
            case Var(name):
                return {name} if holds_records(kinds.names.get(name, UNKNOWN)) else set()
            case Call(function, (base, _)) if function in (getattr, operator.getitem):
                return {f"{n}{FIELD}" for n in objects(base)} if holds_records(kinds.of(expr)) else set()
            case Call(Construct(), args) | Build(_, args):
                return set().union(*map(objects, args)) if args else set()
        return set()

    for statement in walk_statements(function.body):
        match statement:
            case Assign(targets, value) if not isinstance(value, Call) or not isinstance(value.function, Construct):
                for node in objects(value):
                    for name in targets:
                        if holds_records(kinds.names.get(name, UNKNOWN)):
                            parent[find(name)] = find(node)
            case Assign((name,), Call(Construct(), args)):
                for node in set().union(*map(objects, args)) if args else ():
                    parent[find(node)] = find(f"{name}{FIELD}")
            case For(elements=elements):
                for name, container in elements:
                    for node in objects(container):
                        parent[find(name)] = find(f"{node}{FIELD}")
            case Effect(Call(Method(), (Var(base), *args))):
                for node in set().union(*map(objects, args)) if args else ():
                    parent[find(node)] = find(f"{base}{FIELD}")
            case Store(base, index, value) if not attribute_path(index):
                for node in objects(value):
                    parent[find(node)] = find(f"{base}{FIELD}")
    members: dict[str, set[str]] = {}
    for node in list(parent):
        members.setdefault(find(node), set()).add(node)
    found: list[tuple[Store, str]] = []
    for statement in walk_statements(function.body):
        if isinstance(statement, Store) and len(attribute_path(statement.index)) == 1 and statement.base in opened and (
                members.get(find(statement.base), set()) - {statement.base}):
            found.append((statement, statement.base))
    return found, parent


def remaining(function: Function, kinds: Kinds) -> set[str]:
    """Names of objects, and of what holds objects, that are still in the function."""
    return {n for s in walk_statements(function.body) for n in _bound(s) if holds_records(kinds.names.get(n, UNKNOWN))}


def _bound(statement: Statement) -> tuple[str, ...]:
    match statement:
        case Assign(targets):
            return targets
        case For(elements=elements):
            return tuple(n for n, _ in elements)
    return ()
