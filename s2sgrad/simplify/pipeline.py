"""The passes in their order, repeated until nothing changes.

In: a function whose forward and reverse sweep are one body, and facts about its names. Out: the function as it will
be printed, except for how adjoints accumulate. Guaranteed: the same results; at most `ROUNDS` rounds; equal functions
and facts give equal results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from s2sgrad.core.kinds import UNKNOWN, Kind
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import Assign, Function
from s2sgrad.core.rewrite import walk_statements
from s2sgrad.simplify import algebra, common, copies, dead, substitute
from s2sgrad.simplify.effects import binds, is_fresh
from s2sgrad.simplify.facts import Facts, kind_of

Pass = Callable[[Function, Facts], Function]
PASSES: tuple[Pass, ...] = (dead.run, copies.run, substitute.run, algebra.run, common.run)
ROUNDS = 4


def simplify(function: Function, facts: Facts) -> Function:
    """The function after all passes."""
    for _ in range(ROUNDS):
        before = function
        for one in PASSES:
            function = one(function, facts)
        if function == before:
            return function
        facts = with_temporaries(function, facts)
    return dead.run(function, facts)


def with_temporaries(function: Function, facts: Facts) -> Facts:
    """The facts and the kinds of temporaries that passes have made; fresh ones share memory with nobody."""
    bound = Counter(name for stmt in walk_statements(function.body) for name in binds(stmt))
    kinds: dict[str, Kind] = {}
    fresh: list[str] = []
    for stmt in walk_statements(function.body):
        match stmt:
            case Assign((target,), value) if is_temporary(target) and bound[target] == 1 and (
                    target not in facts.kinds):
                kind = kind_of(value, facts)
                if kind != UNKNOWN:
                    kinds[target] = kind
                if is_fresh(value) and target not in facts.classes:
                    fresh.append(target)
    return facts.with_kinds(kinds, fresh) if kinds or fresh else facts
