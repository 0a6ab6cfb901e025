"""What is chosen in a branch, and used once right behind it, stands where it is used.

    taken^1 = k > n                          y = f(a if k > n else b)
    if taken^1:
        $1 = a                        ->
    else:
        $1 = b
    y = f($1)

Comes in: a function in the dialect of NumPy. Goes out: the same function, in which such temporaries are conditional
expressions, and a test that only one `if` reads stands in it. Guaranteed: nothing but records, which only grow, is
passed on the way; all that is passed or moved is pure; what is longer than a line stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from s2sgrad.core import text
from s2sgrad.core.names import is_argument, is_slot, is_temporary
from s2sgrad.core.nodes import Assign, Block, Call, Effect, Expr, Function, If, Method, Statement, Store, Var, walk
from s2sgrad.core.primitives import LAZY, if_else
from s2sgrad.core.rewrite import bound, exprs, free_names, map_blocks, map_exprs, substitute, walk_statements
from s2sgrad.simplify.copies import count_uses
from s2sgrad.simplify.effects import is_known, is_pure
from s2sgrad.simplify.facts import Facts

LONGEST = 90        # columns of the statement, without what it is indented by


_HOME = re.compile(r"\bs2sgrad\.runtime\.\w+\.")       # where a helper lives, which does not print


def fits(statement: Statement) -> bool:
    """Does it print as one line, as far as names that are not chosen yet tell?"""
    return all(len(_HOME.sub("", line)) <= LONGEST for line in text.lines((statement,)))


def with_choices(function: Function, facts: Facts) -> Function:
    """The function with conditional expressions for temporaries that are used once."""
    count = Counter(name for s in walk_statements(function.body) for name in bound(s))
    return replace(function, body=_Choices(facts, count, count_uses(function.body, facts)).block(function.body))


@dataclass
class _Choices:
    """One walk over a function. bound, used: how often each name is."""

    facts: Facts
    bound: Counter[str]
    used: Counter[str]

    def block(self, block: Block) -> Block:
        """The block with both rewrites."""
        out = [map_blocks(s, self.block) for s in block]
        i = len(out) - 1
        while i >= 0:
            match out[i]:
                case If(test=Var(flag)) as branch if i and is_slot(flag) and self.is_single(flag, 1):
                    match out[i - 1]:
                        case Assign((name,), test) if name == flag:
                            out[i - 1:i + 1] = [replace(branch, test=test)]
                            i -= 1
                            continue                # the new test may be such a name again
            i -= 1
        for i in reversed(range(len(out))):
            match out[i]:
                case If() as branch:
                    self.move(out, i, branch)
        return tuple(out)

    def is_single(self, name: str, times: int) -> bool:
        """Is the name bound so often, and used once?"""
        return self.bound[name] == times and self.used[name] == 1

    def move(self, out: list[Statement], at: int, branch: If) -> None:
        """Put what the branch chooses into the statement that uses it, if it is all that it does."""
        match branch:
            case If(test, (Assign((name,), then),), (Assign((other,), orelse),)) if name == other and (
                    is_temporary(name) or is_argument(name)) and self.is_single(name, 2):
                value = Call(if_else, (test, then, orelse))
            case _:
                return
        j = at + 1
        while j < len(out) and self.keeps(out[j], name):
            j += 1
        if j == len(out) or not is_pure(value, self.facts) or not self.takes(out[j], name):
            return
        new = map_exprs(out[j], lambda e: substitute(e, {name: value}))
        if fits(new):
            out[j] = new
            del out[at]

    def keeps(self, statement: Statement, name: str) -> bool:
        """Does the statement only record something else?"""
        match statement:
            case Effect(Call(Method("append"), (Var(slot), value), ())):
                return is_slot(slot) and is_pure(value, self.facts) and name not in free_names(value)
        return False

    def takes(self, statement: Statement, name: str) -> bool:
        """Does the statement surely read the name, and nothing before it that the choice could see change?"""
        match statement:
            case Effect(Call(Method("append"), (Var(), value), ())):
                read: tuple[Expr, ...] = (value,)
            case Assign() | Store():
                read = tuple(exprs(statement))
            case _:
                return False
        parts = [e for r in read for e in walk(r)]
        return (all(is_pure(r, self.facts) for r in read) and parts.count(Var(name)) == 1
                and not any(isinstance(e, Call) and is_known(e.function, LAZY) for e in parts))
