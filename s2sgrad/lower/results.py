"""The temporary that is the result is called so.

    $1 = np.sqrt(s)                     ^result = np.sqrt(s)
    ^result = $1                ->
    s~ = 0.5 * result_bar / $1          s~ = 0.5 * result_bar / ^result

    $1, $2 = f_fwd(x)           ->      y, $2 = f_fwd(x)
    y = $1

Comes in: a function in the dialect of NumPy. Goes out: the same function with one name instead of two. Guaranteed:
both are bound once, in one block, so that they are one object wherever one of them is read; or the temporary is read
nowhere else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sgrad.core.names import SLOT, is_bar, is_temporary
from s2sgrad.core.nodes import Assign, Block, Function, Var
from s2sgrad.core.rewrite import map_blocks, reads_of, rename_block, walk_statements
from s2sgrad.simplify.effects import binds


def with_named_results(function: Function) -> Function:
    """The function without temporaries that its results, or names that a call is unpacked for, only repeat."""
    used = Counter(name for s in walk_statements(function.body) for name in reads_of(s))
    return _named(replace(function, body=_unpacked(function.body, used)))


def _unpacked(block: Block, used: Counter[str]) -> Block:
    """The block in which calls are unpacked to the names that take over what they give."""
    out = [map_blocks(s, lambda b: _unpacked(b, used)) for s in block]
    k = 1
    while k < len(out):
        match out[k - 1], out[k]:
            case Assign((_, _, *_) as targets) as call, Assign((name,), Var(taken)) as last if (
                    targets.count(taken) == 1 == used[taken] and is_temporary(taken) and not is_bar(taken)
                    and name not in targets and not is_bar(name)):
                out[k - 1:k + 1] = [replace(call, targets=tuple(name if t == taken else t for t in targets),
                                            origin=last.origin)]
            case _:
                k += 1
    return tuple(out)


def _named(function: Function) -> Function:
    count = Counter(name for s in walk_statements(function.body) for name in binds(s))
    made: set[str] = set()
    for k, statement in enumerate(function.body):
        match statement:
            case Assign((result,), Var(name)) if name in made and count[result] == 1 and result.startswith(SLOT):
                body = (*function.body[:k], *function.body[k + 1:])
                return _named(replace(function, body=rename_block(body, {name: Var(result)})))
            case Assign((name,)) if is_temporary(name) and not is_bar(name) and count[name] == 1:
                made.add(name)
    return function
