"""A function that a branch chooses among functions made here is taken from a table.

    if sigma == 1.0:                            if sigma == 1.0:
        u = lambda c: np.log(c)                     k = 0
    else:                                       else:
        u = lambda c: c ** (1.0 - sigma)    ->      k = 1
                                                u = {0: lambda c: np.log(c), 1: lambda c: ...}[k]

Comes in: a function as it was read. Goes out: the same function with such tables; `tables` follows what they give.
Guaranteed: the name is bound to nothing else, nowhere else, and not read in the branch; one of the functions at least
is a nested one, of which no name could be imported.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, For, Function, If, Statement, Var, While
from s2sgrad.core.primitives import if_else
from s2sgrad.core.rewrite import bound, map_blocks, reads_of, walk_statements


def with_chosen_functions(function: Function, fresh: Callable[[], str]) -> Function:
    """The function with tables for functions that branches choose."""
    times = Counter(n for s in walk_statements(function.body) for n in bound(s))
    named = {s.targets[0]: s.value for s in walk_statements(function.body) if isinstance(s, Assign)
             and isinstance(s.value, Const) and len(s.targets) == 1 and times[s.targets[0]] == 1}
    return replace(function, body=_Chosen(times, named, fresh).block(function.body))


@dataclass
class _Chosen:
    """One walk over a function. times: how often each name is bound; named: the constants that names always hold."""

    times: Counter[str]
    named: dict[str, Const]
    fresh: Callable[[], str]

    def block(self, block: Block) -> Block:
        """The block with tables."""
        out: list[Statement] = []
        for statement in block:
            match statement:
                case Assign((name,), Call(function, (_, _, _)) as choice) if function is if_else and (
                        self.are_functions(leaves := _leaves(choice))) and self.times[name] == 1:
                    place = self.fresh()
                    out.append(replace(statement, targets=(place,), value=_numbered(choice, iter(range(len(leaves))))))
                    out += self.taken(statement, name, leaves, place)
                    continue
                case If():
                    behind: list[Statement] = []
                    for name in dict.fromkeys(n for s in walk_statements((statement,)) for n in bound(s)):
                        if isinstance(statement, If) and self.is_chosen(name, statement):
                            place = self.fresh()
                            leaves = [s.value for s in walk_statements((statement,)) if isinstance(s, Assign)
                                      and s.targets == (name,)]
                            statement = _placed(statement, name, place, iter(range(len(leaves))))
                            behind += self.taken(statement, name, leaves, place)
                    out += [map_blocks(statement, self.block), *behind]
                    continue
            out.append(map_blocks(statement, self.block))
        return tuple(out)

    def taken(self, statement: Statement, name: str, leaves: list[Expr], place: str) -> list[Statement]:
        """`name = {0: f, 1: g}[place]`"""
        table, key = self.fresh(), self.fresh()
        entries = tuple(e for k, leaf in enumerate(leaves) for e in (Const(k), leaf))
        return [Assign((table,), Build("dict", entries), origin=statement.origin),
                Assign((key,), Call(int, (Var(place),)), origin=statement.origin),         # bound once, and never anew
                Assign((name,), Call(operator.getitem, (Var(table), Var(key))), origin=statement.origin)]

    def is_chosen(self, name: str, branch: If) -> bool:
        """Do the arms of the branch bind the name to functions, and nobody else?"""
        inside = list(walk_statements((branch,)))
        binding = [s for s in inside if name in bound(s)]
        return (self.times[name] == len(binding) > 1 and not any(name in reads_of(s) for s in inside)
                and not any(isinstance(s, (For, While)) for s in inside)
                and self.are_functions([s.value for s in binding if isinstance(s, Assign) and len(s.targets) == 1])
                and all(isinstance(s, Assign) for s in binding))

    def are_functions(self, leaves: list[Expr]) -> bool:
        """Are they all functions, and one made here?"""
        values = [self.named.get(e.name, e) if isinstance(e, Var) else e for e in leaves]
        functions = [v.value for v in values if isinstance(v, Const) and (isinstance(v.value, Closure) or callable(
            v.value) and not isinstance(v.value, type))]
        return len(functions) == len(leaves) > 1 and any(isinstance(f, Closure) for f in functions)


def _leaves(choice: Expr) -> list[Expr]:
    match choice:
        case Call(function, (_, then, orelse)) if function is if_else:
            return [*_leaves(then), *_leaves(orelse)]
    return [choice]


def _numbered(choice: Expr, places: Iterator[int]) -> Expr:
    """The choice of a number for each leaf."""
    match choice:
        case Call(function, (test, then, orelse)) if function is if_else:
            return Call(function, (test, _numbered(then, places), _numbered(orelse, places)))
    return Const(next(places))


def _placed(statement: Statement, name: str, place: str, places: Iterator[int]) -> Statement:
    """The statement in which numbers are bound for the functions."""
    if isinstance(statement, Assign) and statement.targets == (name,):
        return replace(statement, targets=(place,), value=Const(next(places)))
    return map_blocks(statement, lambda b: tuple(_placed(s, name, place, places) for s in b))
