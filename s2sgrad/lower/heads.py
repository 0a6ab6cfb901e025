"""What both arms of a branch of the reverse sweep begin with stands before it.

    if c:                              Q~ = np.zeros_like(Q)
        Q~ = np.zeros_like(Q)          if not c:
    else:                       ->         Q~ += r~
        Q~ = np.zeros_like(Q)
        Q~ += r~

Comes in: a function in the dialect of NumPy. Goes out: the same function with such assignments once; an arm that has
nothing else to do goes. Guaranteed: an assignment moves to the front of its arm, and before the test, only where
nothing there changes what it reads, or reads what it binds; the forward sweep, which raises what the user's function
raises, stays as it is, and so does `elif`.
"""

from __future__ import annotations

from dataclasses import replace

from s2sgrad.core.names import is_bar
from s2sgrad.core.nodes import Assign, Block, Function, If, Statement
from s2sgrad.core.rewrite import free_names, map_blocks
from s2sgrad.simplify.dead import negated
from s2sgrad.simplify.effects import contents, disturbs, effects, is_pure
from s2sgrad.simplify.facts import Facts


def with_common_heads(function: Function, facts: Facts) -> Function:
    """The function in which no two arms begin with the same."""
    return replace(function, body=_block(function.body, facts))


def _block(block: Block, facts: Facts) -> Block:
    return tuple(new for s in block for new in (
        _branch(s, facts) if isinstance(s, If) else (map_blocks(s, lambda b: _block(b, facts)),)))


def _branch(branch: If, facts: Facts) -> Block:
    """The branch, and before it what both arms do."""
    then, orelse = _block(branch.then, facts), _block(branch.orelse, facts)
    common, then, orelse = _apart(branch, then, orelse, facts)
    match branch.orelse:
        case (If() as chained,) if len(orelse) > 1:         # what stays behind `else` would end the chain
            inside = map_blocks(chained, lambda b: _block(b, facts))
            common, then, orelse = _apart(branch, _block(branch.then, facts), (inside,), facts)
    if not common:
        return (replace(branch, then=then, orelse=orelse),)
    if then:
        return (*common, replace(branch, then=then, orelse=orelse))
    return (*common, replace(branch, test=negated(branch.test), then=orelse, orelse=())) if orelse else common


def _apart(branch: If, then: Block, orelse: Block, facts: Facts) -> tuple[Block, Block, Block]:
    """(what both arms do first, the rest of each)."""
    common: list[Statement] = []
    for one in then if branch.reverses and is_pure(branch.test, facts) else ():
        other = next((s for s in orelse if isinstance(s, Assign) and s == one), None)
        if (isinstance(one, Assign) and other is not None and _may_move(one, branch, facts)
                and _is_first(one, then, facts) and _is_first(other, orelse, facts)):
            same = one.origin == other.origin
            common.append(one if same else replace(one, origin=branch.origin, reverses=branch.reverses))
            then, orelse = (tuple(s for s in arm if s.label != gone.label)
                            for arm, gone in ((then, one), (orelse, other)))
    return tuple(common), then, orelse


def _may_move(statement: Assign, branch: If, facts: Facts) -> bool:
    """Is it of the reverse sweep, without effects, and nothing to the test?"""
    return ((statement.reverses != 0 or all(map(is_bar, statement.targets))) and is_pure(statement.value, facts)
            and not set(statement.targets) & free_names(branch.test))


def _is_first(statement: Assign, arm: Block, facts: Facts) -> bool:
    """Is it the same at the front of the arm?"""
    read, inside = free_names(statement.value), contents(statement.value, facts)
    for before in arm:
        if before.label == statement.label:
            return True
        done = effects(before, facts)
        if disturbs(done, read, inside, facts) or set(statement.targets) & (done.reads | done.binds | done.writes):
            return False
    return False
