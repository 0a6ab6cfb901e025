"""The passes in their order, repeated until nothing changes.

In: a function whose forward and reverse sweep are one body, and facts about its names. Out: the function as it will
be printed, except for how adjoints accumulate. Guaranteed: the same results; at most `ROUNDS` rounds; equal functions
and facts give equal results.
"""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from s2sgrad.core.kinds import UNKNOWN, Array, Kind, Number, Numeric
from s2sgrad.core.names import is_bar, is_temporary
from s2sgrad.core.nodes import Accumulate, Assign, Call, For, Function, Kill, Materialise, Record, Store, Var
from s2sgrad.core.rewrite import exprs, free_names, walk_statements
from s2sgrad.simplify import (
    algebra,
    apart,
    broadcasts,
    coalesce,
    common,
    contractions,
    copies,
    dead,
    distinct,
    even,
    factored,
    first,
    keyed,
    last,
    lazy,
    literals,
    logistic,
    masked,
    outward,
    rebound,
    recalled,
    records,
    reshapes,
    restores,
    settle,
    shapes,
    signs,
    substitute,
    targets,
    twins,
    uncopied,
)
from s2sgrad.simplify.effects import contents, is_fresh, is_pure, kept_by, rebinds
from s2sgrad.simplify.facts import Facts, kind_of

Pass = Callable[[Function, Facts], Function]
PASSES: tuple[Pass, ...] = (dead.run, records.run, even.run, literals.run, lazy.run, uncopied.run, copies.run,
                            twins.run, coalesce.run, targets.run, shapes.run, broadcasts.run, reshapes.run, signs.run,
                            settle.run, substitute.run, algebra.run, contractions.run, common.run, distinct.run)
ROUNDS = 4
SHADOWS = -1            # the classes of shadows are negative


def simplify(function: Function, facts: Facts) -> Function:
    """The function after all passes."""
    facts = with_temporaries(function, facts)
    function, facts = _rounds(function, facts)
    # once: these compare every restore with every later read
    fewer, facts = recalled.run(keyed.run(restores.run(outward.run(function, facts), facts)), facts)
    function = logistic.written_out(function if fewer is function else _rounds(fewer, facts)[0])
    facts = with_temporaries(function, facts)
    joined = factored.run(settle.across_lines(function, facts), facts)
    if joined != function:
        function = uncopied.run(joined, facts)
        facts = with_temporaries(function, facts)
        function = common.run(function, facts)
    function = apart.run(first.run(rebound.run(function, facts), facts), facts)
    return masked.run(last.run(function, facts), facts)


def _rounds(function: Function, facts: Facts) -> tuple[Function, Facts]:
    for _ in range(ROUNDS):
        before = function
        for one in PASSES:
            done = one(function, facts)
            if done != function:        # what was a copy may be a view now
                function, facts = done, with_temporaries(done, facts)
        if function == before:
            return function, facts
    return dead.run(function, facts), facts


def with_temporaries(function: Function, facts: Facts) -> Facts:
    """The facts, and kinds of the temporaries that passes have made; adjoints and temporaries of which every value
    is a fresh object get an alias class of their own."""
    bound = Counter(name for stmt in walk_statements(function.body) for name in rebinds(stmt, facts))
    fresh: Counter[str] = Counter()
    shared: set[str] = set()        # with names that have a class already
    held: set[str] = set()          # by containers, records, or parts of them
    aliases: defaultdict[str, list[str]] = defaultdict(list)        # the names that a name repeats, or is a part of
    kinds: dict[str, Kind] = {}
    views: dict[str, int | None] = {}       # the classes of what had memory of its own, and is a view
    for stmt in walk_statements(function.body):
        held.update(*(free_names(e) for e in exprs(stmt) if not is_pure(e, facts)))
        match stmt:
            case Record(value=value):
                held |= contents(value, facts)
            case Store(base, value=value, op=None) if not isinstance(facts.kinds.get(base), Array):
                held |= contents(value, facts)              # an array takes the numbers
            case Assign((target,), Var(name)):
                aliases[target].append(name)
            case Assign((target,), Call(operator.getitem, (Var(name), _), ())) if isinstance(
                    facts.kinds.get(name), Array):          # a part of it
                aliases[target].append(name)
            case For(over=over, elements=elements):
                held |= contents(over, facts).union(*(contents(e, facts) for _, e in elements))
            case Assign(value=value):
                held |= facts.once(kept_by, value)
            case Accumulate(bar=bar, value=value) if not isinstance(facts.kinds.get(bar), (Array, Number, Numeric)):
                held |= facts.once(kept_by, value)          # by a list of adjoints
        match stmt:
            case Assign((target,), Var(name) | Call(operator.getitem, (Var(name), _), ())) if (
                    stmt.reverses and is_temporary(target) and bound[target] == 1 and target in facts.classes
                    and name in facts.classes):
                views[target] = views.get(name, facts.classes[name])
            case Assign((target,), value) if stmt.reverses and facts.classes.get(target, SHADOWS) > SHADOWS:
                of = {views.get(n, facts.classes.get(n)) for n in facts.once(kept_by, value)}
                shadows = {c for c in of if c is not None and c <= SHADOWS}
                if shadows:
                    views[target] = shadows.pop() if len(shadows) == 1 == bound[target] else None
        match stmt:
            case Assign((target,), value):
                fresh[target] += is_fresh(value) and not facts.once(kept_by, value)
                if target in facts.classes and not is_fresh(value):
                    shared |= contents(value, facts)
                if is_temporary(target) and bound[target] == 1 and target not in facts.kinds:
                    kind = kind_of(value, facts)
                    if kind != UNKNOWN:
                        kinds[target] = kind
            case Accumulate(bar=bar, index=index, value=value):
                fresh[bar] += index is not None or is_fresh(value) and not facts.once(kept_by, value)
            case Kill(bar=bar) | Materialise(bar=bar):
                fresh[bar] += 1
    params = {p.name for p in function.params}
    own = [name for name, times in sorted(bound.items()) if fresh[name] == times and name not in params
           and name not in facts.classes and name not in shared and (is_temporary(name) or is_bar(name))]
    islands = _islands({name for name, times in bound.items() if fresh[name] + len(aliases[name]) == times},
                       held | params, aliases)
    return facts.with_kinds(kinds, own, islands, views)


def _islands(fresh: set[str], held: set[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Groups of names that hold objects of their own, which nothing outside of the group holds."""
    alone = fresh - held
    while True:
        lost = {t for t in alone if not alone.issuperset(aliases.get(t, ()))}
        lost |= {n for t, found in aliases.items() if t not in alone or t in lost for n in found if n in alone}
        if not lost:
            break
        alone -= lost
    group = {name: k for k, name in enumerate(sorted(alone))}
    for _ in alone:
        before = dict(group)
        for target in alone:
            for name in aliases.get(target, ()):
                group[name] = group[target] = min(group[name], group[target])
        if group == before:
            break
    return group
