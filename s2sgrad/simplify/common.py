"""Common subexpressions of the reverse sweep are computed once, and results of the forward sweep are used again.

In: a function. Out: the same function with a temporary for what straight-line reverse code computes twice.

    before                                  after
    y = np.exp(x)                           y = np.exp(x)
    x~ += y~ * np.exp(x)                    x~ += y~ * y
    a~ += np.sin(b * c) * t~                $1 = np.sin(b * c)
    d~ += np.sin(b * c) * s~                a~ += $1 * t~
                                            d~ += $1 * s~

Guaranteed: between two uses nothing is written that the expression reads (nor the name that holds its value); the
user's own statements stay as they are, but what comes of helpers that are written out is shared; indices and
conditional operands are left alone. Worth it are functions, products, and two or more operations on numbers.
"""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.names import TEMPORARY, is_bar, is_shadow, is_temporary
from s2sgrad.core.nodes import Accumulate, Assign, Block, Call, Expr, Function, Method, Statement, Store, Var, walk
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, map_children
from s2sgrad.rules.registry import MAYBE_VIEW, VIEW, rule_of
from s2sgrad.simplify.effects import (
    Effects,
    contents,
    cost,
    disturbs,
    effects,
    is_fresh,
    is_lazy,
    is_pure,
    last_temporary,
    size,
)
from s2sgrad.simplify.facts import Facts, kind_of
from s2sgrad.simplify.sharing import Sharing, sharing
from s2sgrad.simplify.undone import Undone


@dataclass(eq=False)
class Group:
    """Occurrences of one value: how many are left to replace, where the first is, the name that holds it."""

    value: Expr
    first: int
    holder: str = ""
    count: int = 0
    names: set[str] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)


def run(function: Function, facts: Facts) -> Function:
    """The function with common subexpressions of its reverse sweep computed once."""
    finder = _Finder(facts, sharing(function, facts), last_temporary(function, facts), function.origin.function)
    return replace(function, body=finder.block(function.body, {}))


@dataclass
class _Finder:
    """One walk over a function; number is that of the last temporary, name that of the user's function."""

    facts: Facts
    sharing: Sharing
    number: int
    name: str
    judged: dict[int, tuple[Expr, bool]] = field(default_factory=dict)

    def block(self, block: Block, held: dict[Expr, Group]) -> Block:
        """held: values that names hold at the start of the block."""
        held = {e: replace(g, count=0) for e, g in held.items()}      # counted anew in each block
        active: dict[Expr, Group] = {}
        groups: list[Group] = []
        places: dict[tuple[int, Expr], Group] = {}
        statements: list[Statement] = []
        readers: defaultdict[str, set[Expr]] = defaultdict(set)
        undone = Undone(self.facts)
        for known in held.values():
            _enter(known, readers)
        for i, stmt in enumerate(block):
            for e in self.candidates(stmt, held):
                group = held.get(e) or active.get(e)
                if group is not None and group.holder and not self.may_repeat(stmt, e, group.holder):
                    continue
                if group is None:
                    group = active[e] = self.group(e, i)
                    _enter(group, readers)
                if group.count == 0:
                    group.first = i
                    groups.append(group)
                group.count += 1
                places[i, e] = group
            done = effects(stmt, self.facts)
            inside = {e: g for e, g in held.items() if not self.spoilt(g, done)} if _is_compound(stmt) else held
            statements.append(map_blocks(stmt, lambda b, inside=inside: self.block(b, inside)))  # type: ignore[misc]
            touched = {e for name in done.binds for e in readers.pop(name, ())}
            for table in (held, active):
                for e in list(table) if done.writes else touched & table.keys():
                    if self.spoilt(table[e], done):
                        group = table.pop(e)
                        if group.holder:
                            undone.spoil(stmt, e, group)
            for e, group in undone.passed(stmt, done).items():
                held[e] = group
                _enter(group, readers)
            match stmt:
                case Assign((target,), value) if target not in free_names(value) and self.is_held(stmt, target, value):
                    active.pop(value, None)
                    held[value] = self.group(value, i, target)
                    _enter(held[value], readers)
        return self.rewritten(statements, groups, places)

    def group(self, value: Expr, first: int, holder: str = "") -> Group:
        """A new group; a holder must stay as it is, too."""
        own = {holder} if holder else set()
        return Group(value, first, holder, 0, free_names(value) | own, contents(value, self.facts) | own)

    def spoilt(self, group: Group, done: Effects) -> bool:
        """Is the value no longer what it was after a statement with these effects?"""
        return disturbs(done, group.names, group.contents, self.facts)

    def is_held(self, stmt: Statement, target: str, value: Expr) -> bool:
        """May the name be read for its value, from here on? A part or view only where the name is no user's."""
        if self.is_part(value) or is_view(value, self.facts):
            return bool(stmt.reverses) or is_temporary(target)
        named = not stmt.reverses and is_temporary(target) and isinstance(value, Call) and is_fresh(value) and is_pure(
            value, self.facts)
        return named or self.is_worth(value)

    def may_repeat(self, stmt: Statement, value: Expr, holder: str) -> bool:
        """May the statement hold the same object as this name? Not if that is written in place, later perhaps."""
        match stmt:
            case Assign(value=whole) if whole is value and not isinstance(kind_of(value, self.facts), Number):
                return not self.facts.any_share((holder,), self.sharing.stored)
        return True

    def candidates(self, stmt: Statement, held: Mapping[Expr, Group]) -> Iterator[Expr]:
        """What is worth sharing in a statement, larger expressions first; in the forward sweep, not what one statement
        of the user's spells twice, or two of the function itself, unless a temporary holds it anyway."""
        if not all(is_pure(e, self.facts) for e in exprs(stmt)):
            return
        match stmt:
            case Assign((_,), value) | Store(value=value) | Accumulate(value=value):
                own = stmt.origin.function in ("", self.name)
                spelt: set[Expr] = set()
                named = isinstance(stmt, Assign) and is_temporary(stmt.targets[0])      # it has a name of ours already
                allowed = self.sharing.allowed(stmt, value, copied=True)
                if named and value in held and not self.is_worth(value) and allowed:
                    yield value
                for e in self.inside(value, not allowed):
                    again = named and e is value or not own and e not in spelt or (
                        e in held and is_temporary(held[e].holder))
                    if stmt.reverses or again or any(map(is_temporary, free_names(e))):
                        yield e
                    spelt.add(e)

    def inside(self, expr: Expr, root: bool, whole: bool = True) -> Iterator[Expr]:
        """root: the value must stay an object of its own, so only what is inside it may be shared. whole: it is the
        value itself."""
        if (self.is_worth(expr) or self.is_part(expr)) and (not root or not whole and is_read_only(expr)):
            yield expr
        for e in _operands(expr):
            yield from self.inside(e, root and not is_fresh(expr), False)

    def is_worth(self, expr: Expr) -> bool:
        """Is it more work than reading a name, and does it give a value of its own? (remembered)"""
        found = self.judged.get(id(expr))
        if found is None:
            found = self.judged[id(expr)] = expr, self.judge(expr)
        return found[1]

    def judge(self, expr: Expr) -> bool:
        """As `is_worth`."""
        if not isinstance(expr, Call) or not is_pure(expr, self.facts):
            return False
        if not is_fresh(expr) and not is_view(expr, self.facts):
            return False
        if not any(isinstance(e, Var) for e in walk(expr)):
            return False
        return cost(expr) >= 2 or expr.function is operator.mul

    def is_part(self, expr: Expr) -> bool:
        """Is it a part or an entry of an array, which is read through a name if there is one already?"""
        match expr:
            case Call(operator.getitem, (Var(), _)):
                kind = kind_of(expr, self.facts)
                return (isinstance(kind, Number) or isinstance(kind, Array) and bool(kind.rank)) and is_pure(
                    expr, self.facts)
            case _:
                return False

    def rewritten(self, statements: list[Statement], groups: list[Group],
                  places: dict[tuple[int, Expr], Group]) -> Block:
        """The statements with temporaries for groups of two and more, and names for values that are held."""
        chosen: dict[Group, str] = {}
        new: defaultdict[int, list[Group]] = defaultdict(list)
        for group in sorted(groups, key=lambda g: (-size(g.value), g.first)):
            if group.count < (1 if group.holder else 2) or not (group.holder or self.is_worth(group.value)):
                continue
            chosen[group] = group.holder
            gone = group.count if group.holder else group.count - 1
            for e, times in Counter(e for o in _operands(group.value) for e in self.inside(o, False)).items():
                place = next((places[i, e] for i in range(group.first, len(statements)) if (i, e) in places), None)
                if place is not None:
                    place.count -= gone * times
            if not group.holder:
                new[group.first].append(group)
        if not chosen:
            return tuple(statements)
        out: list[Statement] = []
        for i, stmt in enumerate(statements):
            for group in sorted(new[i], key=lambda g: size(g.value)):
                self.number += 1
                chosen[group] = f"{TEMPORARY}{self.number}"
                value = map_children(group.value, lambda e, i=i: _replaced(e, i, places, chosen))  # type: ignore[misc]
                out.append(Assign((chosen[group],), value, origin=stmt.origin, reverses=stmt.reverses))
            out.append(self.replaced(stmt, i, places, chosen))
        return tuple(out)

    def replaced(self, stmt: Statement, i: int, places: dict[tuple[int, Expr], Group],
                 chosen: dict[Group, str]) -> Statement:
        """The statement with names for the chosen values."""
        match stmt:
            case Assign((_,), value) | Store(value=value) | Accumulate(value=value):
                keep = not self.sharing.allowed(stmt, value, copied=True)
                return replace(stmt, value=self.value(value, keep, i, places, chosen))
            case _:
                return stmt

    def value(self, expr: Expr, root: bool, i: int, places: dict[tuple[int, Expr], Group],
              chosen: dict[Group, str], whole: bool = True) -> Expr:
        """As `_replaced`, but what must stay an object of its own stays."""
        if not root or not whole and is_read_only(expr):
            return _replaced(expr, i, places, chosen)
        inner = not is_fresh(expr)
        allowed = _operands(expr)
        return map_children(expr, lambda e: self.value(e, inner, i, places, chosen, False) if e in allowed else e)


def is_read_only(expr: Expr) -> bool:
    """Is it an object that nobody can write?"""
    return isinstance(expr, Call) and expr.function is np.broadcast_to


def is_view(expr: Expr, facts: Facts) -> bool:
    """Is it a call that gives a view, or perhaps a copy, of a value that no contribution changes?"""
    match expr:
        case Call(function, (Var(name), *_)) if not isinstance(function, (Var, Method)):
            rule = rule_of(function)
            stays = not (is_bar(name) or is_shadow(name)) or isinstance(facts.kinds.get(name), Number)
            return stays and rule is not None and rule.result in (VIEW, MAYBE_VIEW)
    return False


def _enter(group: Group, readers: defaultdict[str, set[Expr]]) -> None:
    for name in group.names:
        readers[name].add(group.value)


def _is_compound(stmt: Statement) -> bool:
    return not isinstance(stmt, (Assign, Store, Accumulate))


def _operands(expr: Expr) -> tuple[Expr, ...]:
    """The operands that may be shared: no indices, and nothing that is evaluated on a condition."""
    match expr:
        case Call(operator.getitem, (base, *_)):
            return (base,)
        case Call(args=args, kwargs=kwargs):
            return args[:1] if is_lazy(expr) else (*args, *(v for _, v in kwargs))
        case _:
            return ()


def _replaced(expr: Expr, i: int, places: dict[tuple[int, Expr], Group], chosen: dict[Group, str]) -> Expr:
    group = places.get((i, expr))
    if group is not None and chosen.get(group):
        return Var(chosen[group])
    allowed = _operands(expr)
    return map_children(expr, lambda e: _replaced(e, i, places, chosen) if e in allowed else e)
