"""The temporary that is the result is called so.

    $1 = np.sqrt(s)                     ^result = np.sqrt(s)
    ^result = $1                ->
    s~ = 0.5 * result_bar / $1          s~ = 0.5 * result_bar / ^result

Comes in: a function in the dialect of NumPy. Goes out: the same function with one name instead of two. Guaranteed:
both are bound once, in one block, so that they are one object wherever one of them is read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sgrad.core.names import SLOT, is_bar, is_temporary
from s2sgrad.core.nodes import Assign, Function, Var
from s2sgrad.core.rewrite import rename_block, walk_statements
from s2sgrad.simplify.effects import binds


def with_named_results(function: Function) -> Function:
    """The function without temporaries that its results only repeat."""
    count = Counter(name for s in walk_statements(function.body) for name in binds(s))
    made: set[str] = set()
    for k, statement in enumerate(function.body):
        match statement:
            case Assign((result,), Var(name)) if name in made and count[result] == 1 and result.startswith(SLOT):
                body = (*function.body[:k], *function.body[k + 1:])
                return with_named_results(replace(function, body=rename_block(body, {name: Var(result)})))
            case Assign((name,)) if is_temporary(name) and not is_bar(name) and count[name] == 1:
                made.add(name)
    return function
