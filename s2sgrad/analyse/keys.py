"""What a dict is asked for as its keys carries no derivative, so no key that is read may be a number that does.

    d[x[0]] = 1.0                   d may have such a key, and so may e, boxes and what is taken from them
    e = {**d, "a": 2.0}
    boxes.append(e)
    for k in boxes[0]: ...          refused: the keys of a dict are read

Comes in: a function in normal form with its activity. Guaranteed: a dict is never asked for keys that depend on what is
differentiated, nor handed to a function that is differentiated on its own. Such keys may be looked up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sgrad.analyse.activity import Activity
from s2sgrad.core import primitives
from s2sgrad.core.kinds import Array, Kind, Known, Number, Numeric, TupleKind, is_float
from s2sgrad.core.nodes import Build, Call, Effect, Expr, Function, Statement, Store, Var, walk
from s2sgrad.core.rewrite import bound, exprs, free_names, walk_statements
from s2sgrad.errors import UnsupportedError


def refuse_read_keys(flat: Function, activity: Activity) -> None:
    """Raise UnsupportedError where keys that are differentiated are read."""
    reads = [(e.args, s.origin) for s in walk_statements(flat.body) for x in exprs(s) for e in walk(x)
             if isinstance(e, Call) and (e.function is dict.keys or e.function is primitives.listed_items
                                         or isinstance(e.function, Var))]
    if not reads:
        return
    keys = _Keys(activity)
    keys.spread(flat)
    for args, at in reads:
        if any(map(keys.may_hold, args)):
            raise UnsupportedError("The keys of a dict are read, and they are numbers that are differentiated.",
                                   "Keep these numbers in a list beside the dict.", at)


@dataclass
class _Keys:
    """holders: the alias classes of what may be a dict with such keys, or hold one."""

    activity: Activity
    holders: set[str] = field(default_factory=set)

    def spread(self, flat: Function) -> None:
        """Find the holders: what holds one makes another of what is bound to it, or takes it in."""
        kinds, find = self.activity.kinds, self.activity.aliases.find
        while True:
            before = len(self.holders)
            for statement in walk_statements(flat.body):
                if self.is_stored(statement) or any(map(self.may_hold, exprs(statement))):
                    changed = {*bound(statement), *((statement.base,) if isinstance(statement, Store) else ())}
                    if isinstance(statement, Effect):       # `boxes.append(d)`
                        changed |= free_names(statement.call)
                    self.holders |= {find(n) for n in changed
                                     if not isinstance(kinds.named(n), (Number, Array, Numeric, Known))}
            if len(self.holders) == before:
                return

    def is_stored(self, statement: Statement) -> bool:
        """Does the statement write an entry at such a key?"""
        match statement:
            case Store(base, key) if key is not None:
                return self.is_keyed(key) and not isinstance(self.activity.kinds.named(base), Array)
        return False

    def may_hold(self, expr: Expr) -> bool:
        """Does the value depend on such a dict?"""
        find = self.activity.aliases.find
        return any(find(n) in self.holders for n in free_names(expr)) or any(
            isinstance(e, Build) and e.form == "dict" and any(map(self.is_keyed, e.items[::2])) for e in walk(expr))

    def is_keyed(self, key: Expr) -> bool:
        """Is this key one that is differentiated?"""
        return not free_names(key).isdisjoint(self.activity.varied) and _has_float(self.activity.kinds.of(key))


def _has_float(key: Kind) -> bool:
    """Is it a number that is no integer, or a tuple with one?"""
    match key:
        case Number() | Numeric():
            return is_float(key)
        case TupleKind(items):
            return any(map(_has_float, items))
    return False
