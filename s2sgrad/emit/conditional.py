"""A branch that only chooses a value is a conditional expression.

    if k > n:
        y = a
    else:                ->     y = a if k > n else b
        y = b

Comes in: a branch with readable names. Goes out: the assignment or store, and the comment that stood in the branch.
An `if` that the user wrote as a statement stays one in the forward sweep. Guaranteed: the same is evaluated, in the
same order.
"""

from __future__ import annotations

import re
from dataclasses import replace

from s2sgrad.core.nodes import Assign, Block, Call, Comment, Expr, If, Statement, Store
from s2sgrad.core.primitives import if_else

STATEMENT = re.compile(r"\s*(if|elif|match|case|while|for)\b")


def conditional(branch: If) -> tuple[tuple[Comment, ...], Statement] | None:
    """(comments above, statement) for a branch of which each arm does nothing but one assignment to the same place."""
    if not branch.reverses and STATEMENT.match(branch.origin.text):
        return None
    found = _chosen(branch)
    if found is None:
        return None
    comments, statement = found
    texts = {c.text for c in comments}
    return (comments[:1], statement) if len(texts) <= 1 else None


def _chosen(branch: If) -> tuple[tuple[Comment, ...], Statement] | None:
    then, orelse = _arm(branch.then), _arm(branch.orelse)
    if then is None or orelse is None:
        return None
    (above, first), (below, second) = then, orelse
    match first, second:
        case Assign((name,), one), Assign((other,), two) if name == other:
            value = _choice(branch.test, one, two)
        case Store(base, index, one, None), Store(to, place, two, None) if (base, index) == (to, place):
            value = _choice(branch.test, one, two)
        case _:
            return None
    return (*above, *below), replace(first, value=value, origin=branch.origin, reverses=branch.reverses)


def _arm(block: Block) -> tuple[tuple[Comment, ...], Statement] | None:
    """(comments, the one statement) of an arm."""
    comments = tuple(s for s in block if isinstance(s, Comment))
    rest = [s for s in block if not isinstance(s, Comment)]
    match rest:
        case [Assign() | Store() as only]:
            return comments, only
        case [If() as inner]:
            found = _chosen(inner)
            return None if found is None else ((*comments, *found[0]), found[1])
    return None


def _choice(test: Expr, then: Expr, orelse: Expr) -> Expr:
    return Call(if_else, (test, then, orelse))
