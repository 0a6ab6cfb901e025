"""What an expression looks into, and what statements write, through all containers on the way.

    w[i][0]                         looks into the class of w, and into that of the entries of w
    row = w[i]; row[0] = 3.0        writes the class of the entries of w

Comes in: an expression, or a block, and the alias classes. Goes out: classes. Whoever evaluates an expression later
than the user did compares the two.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable

import numpy as np

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.opaque import may_be_written
from s2sgrad.core.kinds import Array, Numeric
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Effect, Expr, Star, Store, Var
from s2sgrad.core.rewrite import free_names, reads_of, walk_statements

ENTRY = (operator.getitem, getattr)
SHAPES = (len, np.shape, np.ndim, np.size)
SHAPE_ATTRIBUTES = ("shape", "ndim", "size", "dtype")


def looked_into(expr: Expr, aliases: Aliases) -> set[str]:
    """The classes of what is looked into to find the value of an expression; not that of the value itself, and not
    an array of which only the shape is read."""
    match expr:
        case Var():
            return set()
        case Const():
            return reached(free_names(expr), aliases)
        case Build(_, items):
            return _all(items, aliases)
        case Star(value):
            return looked_into(value, aliases) | reached(aliases.memory(value), aliases)
        case Call(function, args, kwargs):
            given = (*args, *(v for _, v in kwargs))
            inside = {n for e in given for n in aliases.memory(e)}
            if _is_shape(expr, aliases):
                return _all(given, aliases)
            if isinstance(function, Var):
                inside.add(function.name)
            own = {aliases.find(n) for n in inside} if any(function is f for f in (*ENTRY, len)) else reached(
                {*inside, *(n for e in given for n in aliases.held(e))}, aliases)
            return _all(given, aliases) | own


def looked_into_for_view(expr: Expr, aliases: Aliases) -> set[str]:
    """The same for an expression that is taken for a view: it looks into its indices, and into no array."""
    match expr:
        case Call(_, (base, *rest), kwargs) if isinstance(aliases.kinds.of(base), Array) and aliases.memory(expr):
            indices = (*rest, *(v for _, v in kwargs))
            inside = {n for e in indices for n in aliases.memory(e)}
            return looked_into_for_view(base, aliases) | _all(indices, aliases) | reached(inside, aliases)
    return looked_into(expr, aliases)


def _all(exprs: Iterable[Expr], aliases: Aliases) -> set[str]:
    return {c for e in exprs for c in looked_into(e, aliases)}


def _is_shape(call: Call, aliases: Aliases) -> bool:
    """Is it the shape, or the length, of an array?"""
    match call:
        case Call(function, (array, Const(attribute))) if function is getattr and attribute in SHAPE_ATTRIBUTES:
            return isinstance(aliases.kinds.of(array), (Array, Numeric))
        case Call(function, (array, *_)) if any(function is f for f in SHAPES):
            return isinstance(aliases.kinds.of(array), (Array, Numeric))
    return False


def reached(nodes: Iterable[str], aliases: Aliases) -> set[str]:
    """The classes of these nodes, and of everything that they hold."""
    found: set[str] = set()
    left = [aliases.find(n) for n in nodes]
    while left:
        root = left.pop()
        if root not in found:
            found.add(root)
            left += [aliases.find(aliases.holds[root])] if root in aliases.holds else []
    return found


def reads_written(expr: Expr, aliases: Aliases) -> bool:
    """Does the value, or what is in it, depend on what is written anywhere?"""
    inside = reached({*aliases.memory(expr), *aliases.held(expr)}, aliases)
    return bool((looked_into(expr, aliases) | inside) & aliases.written)


def written_by(block: Block, aliases: Aliases) -> set[str]:
    """The classes that the statements may write, those in their blocks included."""
    found: set[str] = set()
    for statement in walk_statements(block):
        match statement:
            case Store(base):
                found.add(aliases.find(base))
            case Effect():
                found |= reached(reads_of(statement), aliases) & aliases.written
            case Assign(_, value):
                given = (n for name in may_be_written(value, aliases.kinds, False) for n in aliases.shared(Var(name)))
                found |= reached(given, aliases) & aliases.written
    return found
