"""Where a fresh object may be replaced by a reference to one that another name holds.

In: a function and its facts. Out: a question that passes ask before they put a name in place of a computation at the
root of an assignment: may the target hold the same object as the operands? Not if either is written in place, and not
if the target is returned, recorded or held by somebody else as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Call,
    Effect,
    Expr,
    Function,
    If,
    Record,
    Return,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import free_names, walk_statements
from s2sgrad.runtime import unbroadcast
from s2sgrad.simplify.effects import is_fresh, stores
from s2sgrad.simplify.facts import Facts, kind_of


@dataclass(frozen=True)
class Sharing:
    """stored: names that are written in place. kept: names whose object may get a second holder anyway."""

    facts: Facts
    stored: frozenset[str]
    kept: frozenset[str]

    def allowed(self, stmt: Statement, value: Expr, copied: bool = False) -> bool:
        """May the value of this statement be a reference to what the names in the value hold? copied: or to what
        another name holds whose value is the same, with which a fresh value shares nothing."""
        if isinstance(kind_of(value, self.facts), Number):
            return True
        match stmt:
            case Assign((target,)):
                names = set() if copied and is_fresh(value) else free_names(value)
                return target not in self.kept and not self.facts.any_share((target, *names), self.stored)
            case Store(base=base, op=op):
                return op is not None or isinstance(self.facts.kinds.get(base), Array)
            case Accumulate() | If() | While():
                return True      # adds a value, or only looks at it
            case _:
                return False


def sharing(function: Function, facts: Facts) -> Sharing:
    """What `Sharing` knows of a function."""
    stored: set[str] = set()
    kept: set[str] = set()
    for stmt in walk_statements(function.body):
        stored.update(stores(stmt))
        match stmt:
            case Record(value=Var()):
                pass        # recalled into a name that counts as stored if it is written
            case Return(value) | Effect(value) | Record(value=value):
                kept |= free_names(value)
            case Assign(_, value) if not is_fresh(value):
                kept |= _held(value)
    return Sharing(facts, frozenset(stored), frozenset(kept))


def _held(value: Expr) -> set[str]:
    """The names whose object the value may be, or hold."""
    match value:
        case Call(function, (adjoint, _), ()) if function is unbroadcast:       # of the other one it reads the shape
            return set() if is_fresh(adjoint) else free_names(adjoint)
    return free_names(value)
