"""What the reverse sweep must not look into: objects that the forward sweep changes where nothing puts them back.

Comes in: a function with both sweeps, simplified, so that nothing is in it that nobody needs. Goes out: nothing, or a
refusal that names the object.
"""

from __future__ import annotations

from s2sgrad.analyse.volatile import Volatile
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import Assign, Expr, Function, If, Recall, Record
from s2sgrad.core.rewrite import exprs, free_names, walk_statements
from s2sgrad.errors import NOWHERE, UnsupportedError


def refuse_unrestored_reads(function: Function, volatile: Volatile | None) -> None:
    """Refuse (UnsupportedError) a reverse sweep that reads what nothing puts back."""
    if not volatile:
        return
    origins = {s.label: s.origin for s in walk_statements(function.body) if not s.reverses}
    for statement in walk_statements(function.body):
        match statement:                        # names that differentiation and simplification have made
            case Assign((name,), value) | Record(name, value):
                volatile.bind(name, value)
            case Recall(target, slot):
                volatile.union(target, slot)
    for statement in walk_statements(function.body):
        if not statement.reverses or isinstance(statement, (Record, Recall)):
            continue
        read = next((r for e in exprs(statement) if (r := _read(e, volatile, isinstance(statement, If))) is not None),
                    None)
        if read is not None:
            named = next((n for n in sorted(free_names(read)) if not is_temporary(n)), None)
            called = "An object" if named is None else f"`{named.split('#')[0]}`, or what it holds,"
            at = statement.origin if statement.origin.line else origins.get(statement.reverses, NOWHERE)
            raise UnsupportedError(
                f"{called} is changed by calls that the reverse sweep does not undo, and is read by this statement, "
                "which is differentiated.", "Read what is needed into a name of its own first (`n = len(seen)`, "
                "`v = np.array(a)`), or write an array, list or dict with indices.", at)


def _read(expr: Expr, volatile: Volatile, is_test: bool) -> Expr | None:
    """The object that is looked into."""
    return expr if is_test and volatile.is_one(expr) else volatile.looked_into(expr)
