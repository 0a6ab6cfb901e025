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

from collections import Counter
from dataclasses import dataclass, replace

from s2sgrad.core.names import is_bar, is_temporary
from s2sgrad.core.nodes import Assign, Block, Function, If, Statement, Var
from s2sgrad.core.rewrite import bound, free_names, map_blocks, rename_block, walk_statements
from s2sgrad.simplify.copies import AS_NAME, count_uses
from s2sgrad.simplify.dead import negated
from s2sgrad.simplify.effects import contents, disturbs, effects, is_pure
from s2sgrad.simplify.facts import Facts


def with_common_heads(function: Function, facts: Facts) -> Function:
    """The function in which no two arms begin with the same."""
    return replace(function, body=_Heads(facts, count_uses(function.body, facts)).block(function.body))


@dataclass(frozen=True)
class _Heads:
    """One walk over a function. used: how often each name is read."""

    facts: Facts
    used: Counter[str]

    def block(self, block: Block) -> Block:
        """The block with what the arms of its branches share before them."""
        return tuple(new for s in block for new in (
            self.branch(s) if isinstance(s, If) else (map_blocks(s, self.block),)))

    def branch(self, branch: If) -> Block:
        """The branch, and before it what both arms do."""
        then, orelse = self.block(branch.then), self.block(branch.orelse)
        common, then, orelse = self.apart(branch, then, orelse)
        match branch.orelse:
            case (If() as chained,) if len(orelse) > 1:         # what stays behind `else` would end the chain
                inside = map_blocks(chained, self.block)
                common, then, orelse = self.apart(branch, self.block(branch.then), (inside,))
        if not common:
            return (replace(branch, then=then, orelse=orelse),)
        if then:
            return (*common, replace(branch, then=then, orelse=orelse))
        return (*common, replace(branch, test=negated(branch.test), then=orelse, orelse=())) if orelse else common

    def apart(self, branch: If, then: Block, orelse: Block) -> tuple[Block, Block, Block]:
        """(what both arms do first, the rest of each)."""
        common: list[Statement] = []
        for one in then if branch.reverses and is_pure(branch.test, self.facts) else ():
            if not isinstance(one, Assign):
                continue
            other = next((s for s in orelse if isinstance(s, Assign) and (
                s == one or s.value == one.value and self.is_own(one, then) and self.is_own(s, orelse))), None)
            if (other is not None and _may_move(one, branch, self.facts)
                    and _is_first(one, then, self.facts) and _is_first(other, orelse, self.facts)):
                same = one.origin == other.origin
                common.append(one if same else replace(one, origin=branch.origin, reverses=branch.reverses))
                then, orelse = (tuple(s for s in arm if s.label != gone.label)
                                for arm, gone in ((then, one), (orelse, other)))
                if other.targets != one.targets:
                    orelse = rename_block(orelse, {other.targets[0]: Var(one.targets[0])})
        return tuple(common), then, orelse

    def is_own(self, statement: Assign, arm: Block) -> bool:
        """Does it bind a temporary, once, that is read in this arm only?"""
        name, *others = statement.targets
        return not others and is_temporary(name) and not is_bar(name) and sum(
            name in bound(s) for s in walk_statements(arm)) == 1 and (
            count_uses(arm, self.facts)[name] == self.used[name] < AS_NAME)


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
