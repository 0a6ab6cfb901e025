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
from s2sgrad.errors import AliasError
from s2sgrad.normalise.unroll import holds_records


def refuse_shared_objects(function: Function, kinds: Kinds, opened: Container[str]) -> None:
    """A field is bound anew: no other name may hold the object."""
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
    for statement in walk_statements(function.body):
        if isinstance(statement, Store) and len(attribute_path(statement.index)) == 1 and statement.base in opened:
            others = members.get(find(statement.base), set()) - {statement.base}
            if others:
                field = attribute_path(statement.index)[0]
                raise AliasError(f"`{field}` of an object that two names may hold is bound anew.",
                                 "Use one name for the object, or make a new object instead.",
                                 statement.origin)


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
