"""A display that is used once stands where it is used; what is taken apart at once is unpacked.

    $1~ = [w~, v~]                                  t~ = eigh_adjoint(e, [w~, v~], 'L')
    t~ = eigh_adjoint(e, $1~, 'L')          ->

    pair~ = [None, d~]                              return [None, d~]
    return pair~

    $2 = unstack_like(y~, [a, b, c], 1)             a~, b~, c~ = unstack_like(y~, [a, b, c], 1)
    a~ = $2[0]
    b~ = $2[1]
    c~ = $2[2]

Comes in: a function in the dialect of NumPy. Goes out: the same function with fewer names. Guaranteed: nothing between
the display and its use binds or writes what it reads; the use fits a line; what is unpacked has as many entries as
there are names.
"""

from __future__ import annotations

import builtins
import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from s2sgrad.core.kinds import Array, Dim
from s2sgrad.core.names import is_bar, is_temporary
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Return, Statement, Store, Var, walk
from s2sgrad.core.rewrite import blocks, exprs, free_names, map_blocks, map_exprs, substitute, walk_statements
from s2sgrad.lower.choices import fits
from s2sgrad.runtime import column_split_like, dsplit_like, hsplit_like, split_like, unstack_like, vsplit_like
from s2sgrad.simplify.effects import binds, contents, disturbs, effects, is_pure, mentions
from s2sgrad.simplify.facts import Facts

PARTS = (column_split_like, dsplit_like, hsplit_like, split_like, unstack_like, vsplit_like)    # one for each entry


def with_nested_displays(function: Function, facts: Facts, fresh: Callable[[], str]) -> Function:
    """The function with displays where they are used, and unpackings."""
    count: Counter[str] = Counter()
    for s in walk_statements(function.body):
        count.update((*binds(s), *mentions(s)))
        for e in exprs(s):
            inside = [v.name for v in walk(e) if isinstance(v, Var)]
            count.update((*inside, *(free_names(e) - set(inside))))
    return replace(function, body=_Nested(count, facts, fresh).block(function.body))


@dataclass(frozen=True)
class _Nested:
    """One walk over a function. count: how often each name is bound or read."""

    count: Counter[str]
    facts: Facts
    fresh: Callable[[], str]

    def block(self, block: Block) -> Block:
        """The block with both rewrites."""
        out = [map_blocks(s, self.block) for s in block]
        i = 0
        while i < len(out):
            match out[i]:
                case Assign((name,), Build("list" | "dict") as display) if out[i].reverses and is_bar(name) and (
                        self.count[name] == 2 and self.moves(out, i, name, display)):
                    continue
                case Assign((name,), Call(function, (_, Build("list" | "tuple", items), *_))) if function in PARTS:
                    self.unpack(out, i, name, len(items))
                case Assign((name,), Call(builtins.getattr | np.moveaxis) as view) if out[i].reverses:
                    self.unpack(out, i, name, self.length(view))
            i += 1
        return tuple(out)

    # ------------------------------------------------------------ displays
    def moves(self, out: list[Statement], at: int, name: str, display: Build) -> bool:
        """Put the display into the statement that uses its name, if it may stand there."""
        names, inside = free_names(display), contents(display, self.facts)
        for j in range(at + 1, len(out)):
            statement = out[j]
            if name in {n for s in walk_statements((statement,)) for e in exprs(s) for n in free_names(e)}:
                if not (self.takes(statement, name) and self.is_quiet(statement, display)):
                    return False
                new = map_exprs(statement, lambda e: substitute(e, {name: display}))
                if not fits(new):
                    return False
                out[j] = new
                del out[at]
                return True
            if disturbs(effects(statement, self.facts), names, inside, self.facts):
                return False
        return False

    def takes(self, statement: Statement, name: str) -> bool:
        """Is it an entry of another display, all that is returned, or a temporary?"""
        match statement:
            case Return(Var(result)):
                return result == name
            case Assign((_,), Build("list" | "dict", items)):
                return Var(name) in items or is_temporary(name)
        return is_temporary(name) and isinstance(statement, (Assign, Store)) and not blocks(statement)

    def is_quiet(self, statement: Statement, display: Expr) -> bool:
        """Is what the display reads the same wherever in the statement it is evaluated?"""
        return is_pure(display, self.facts) and (all(is_pure(e, self.facts) for e in exprs(statement)) or not any(
            isinstance(e, Call) for e in walk(display)))

    # ------------------------------------------------------------ unpackings
    def length(self, array: Expr) -> int:
        """How many entries an array has along its first axis; 0 where that is not known."""
        match self.facts.kind(array):
            case Array(shape=(Dim("", length), *_)):
                return length
        return 0

    def unpack(self, out: list[Statement], at: int, name: str, count: int) -> None:
        """`a, b = value` for `name = value; a = name[0]; b = name[1]`, where nobody else reads the name."""
        targets: dict[int, str] = {}
        for statement in out[at + 1:]:
            match statement:
                case Assign((target,), Call(operator.getitem, (Var(part), Const(int() as key)), ())) if (
                        part == name and 0 <= key < count and key not in targets and target not in targets.values()):
                    targets[key] = target
                case _:
                    break
        first = out[at]
        if len(targets) > 1 and self.count[name] == len(targets) + 1 and isinstance(first, Assign):
            names = tuple(targets.get(k) or self.fresh() for k in range(count))
            out[at:at + 1 + len(targets)] = [replace(first, targets=names)]
