"""Copy propagation: a temporary, or an adjoint, that only repeats a literal or a name is replaced by it.

So is the result, and what the variable of a helper that is written out is called before its call (`x#i6 = x`) or
after it (`y = y#i6`).

In: a function. Out: the same function without such temporaries.

    before                 after
    $1 = x
    y = $1 * $1            y = x * x

Guaranteed: the original holds the same object wherever the copy is read: it is bound once outside of loops (or is a
parameter), or it is not bound between the copy and its last use in the same block. It is the object that is shared
either way, hence writes do not matter, except to an adjoint by value: that is another value then.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import Number
from s2sgrad.core.names import SLOT, VERSION, is_argument, is_bar, is_shadow, is_temporary
from s2sgrad.core.nodes import Assign, Block, Const, Expr, Function, Return, Statement, Var
from s2sgrad.core.rewrite import blocks, exprs, free_names, map_blocks, rename_block, walk_statements
from s2sgrad.simplify.effects import effects, like, mentions, rebinds
from s2sgrad.simplify.facts import Facts

_HOME = re.compile(rf"{VERSION}i\d+")

AS_NAME = 10**6     # counts for a use that needs a name: the base of a store


def run(function: Function, facts: Facts) -> Function:
    """The function with copies replaced by what they copy."""
    bound: Counter[str] = Counter(p.name for p in function.params)
    needs_name: set[str] = set()
    for stmt in walk_statements(function.body):
        bound.update(rebinds(stmt, facts))
        needs_name.update(mentions(stmt))
    at_top = {t for s in function.body for t in (s.targets if isinstance(s, Assign) else ())}
    at_top |= {p.name for p in function.params}
    copies: dict[str, Expr] = {}
    for stmt in walk_statements(function.body):
        match stmt:
            case Assign((target,), (Var() | Const()) as value) if (
                    is_temporary(target) or is_argument(target)) and bound[target] == 1:
                source = copies.get(value.name, value) if isinstance(value, Var) else value
                by_name = target in needs_name and (isinstance(source, Const) or is_bar(target))
                if _is_stable(source, bound, at_top) and not by_name:
                    copies[target] = source
    if copies:
        function = replace(function, body=rename_block(_without(function.body, copies), copies))
    return replace(function, body=_local(function.body, frozenset(n for n in bound if bound[n] == 1), facts, count_uses(
        function.body, facts)))


def count_uses(block: Block, facts: Facts) -> Counter[str]:
    """How often each name is read; uses that need a name count `AS_NAME`."""
    used: Counter[str] = Counter()
    for stmt in walk_statements(block):
        for name in set(mentions(stmt)):
            used[name] = used.get(name, 0) + AS_NAME
        for name in itertools.chain(like(stmt, facts), *map(free_names, exprs(stmt))):
            used[name] = used.get(name, 0) + 1              # what `update` does costs more than the rest of a pass
    return used


def _local(block: Block, once: frozenset[str], facts: Facts, used: Counter[str]) -> Block:
    """The block without copies whose uses all follow in it before the original is bound anew."""
    out = [map_blocks(s, lambda b: _local(b, once, facts, used)) for s in block if not _repeats_itself(s)]
    gone: set[int] = set()
    for i, stmt in enumerate(out):
        match stmt:
            case Assign((target,), Var(name)) if target != name and target in once and (
                    _may_go(stmt, name, used, out[i + 1:], facts) or _is_handed_over(target, name)):
                last = uses_until(out[i + 1:], target, {name}, used[target], facts)
                if last:
                    gone.add(i)
                    out[i + 1:i + 1 + last] = rename_block(tuple(out[i + 1:i + 1 + last]), {target: Var(name)})
                    used[name] += used[target]
    return tuple(s for i, s in enumerate(out) if i not in gone)


def _may_go(stmt: Assign, name: str, used: Counter[str], rest: list[Statement], facts: Facts) -> bool:
    """Is it a temporary, what was made again, or an adjoint that is not written in place? A gradient goes only where
    it is a number, and the name that it repeats says what it is."""
    target, = stmt.targets
    own = is_temporary(target) or is_argument(target)
    if is_bar(target):
        number = isinstance(facts.kinds.get(target[:-1]), Number) and not (is_temporary(name) or is_argument(name))
        return used[target] < AS_NAME and (own or (stmt.reverses != 0 and (number or not _is_result(target, rest))))
    return own or stmt.reverses != 0


def _is_handed_over(target: str, source: str) -> bool:
    """Is it the result, or what a helper that is written out is given by, or gives to, another function?"""
    if is_bar(target) or is_shadow(target) or is_temporary(source):
        return False
    return target.startswith(SLOT) or home(target) != home(source)


def home(name: str) -> str:
    """The mark of the call at which the function of a variable was written out; empty for the outermost one."""
    return "".join(_HOME.findall(name)[-1:])


def _is_result(name: str, rest: list[Statement]) -> bool:
    """Is it returned? A gradient must be an object of its own, which is decided by its name."""
    return any(isinstance(s, Return) and name in free_names(s.value) for s in rest)


def uses_until(rest: list[Statement], copy: str, originals: set[str], uses: int, facts: Facts) -> int:
    """How many statements follow up to the last use; 0 if there is none, or one of the originals is bound before."""
    for i, stmt in enumerate(rest):
        inside = count_uses((stmt,), facts)[copy]
        done = effects(stmt, facts)
        # an adjoint by value that is written in place is a new value
        writes = any(is_bar(name) and name in done.writes for name in originals)
        rebinds = bool(originals & done.binds) or writes
        if inside and rebinds and (blocks(stmt) or writes):
            return 0
        uses -= inside
        if inside and not uses:
            return i + 1
        if rebinds:
            return 0
    return 0


def _is_stable(value: Expr, bound: Counter[str], at_top: set[str]) -> bool:
    match value:
        case Const(literal):
            return not isinstance(literal, Closure)
        case Var(name):
            return bound[name] == 1 and name in at_top
        case _:
            return False


def _without(block: Block, copies: dict[str, Expr]) -> Block:
    return tuple(map_blocks(s, lambda b: _without(b, copies)) for s in block
                 if not (isinstance(s, Assign) and len(s.targets) == 1 and s.targets[0] in copies))


def _repeats_itself(stmt: Statement) -> bool:
    """`x = x`"""
    return isinstance(stmt, Assign) and len(stmt.targets) == 1 and stmt.value == Var(stmt.targets[0])
