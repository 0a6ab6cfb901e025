"""A temporary that only turns the sign of another name round is folded into the signs of its uses.

In: a function. Out: the same function without such temporaries.

    before                          after
    $2~ = -$1~
    x~ += $2~ * a                   x~ -= $1~ * a
    y~ -= $2~ * b                   y~ += $1~ * b

    $3 = -np.vdot(x, y)             $3 = np.vdot(x, y)
    a~ += $3                        a~ -= $3
    b~ += $3                        b~ -= $3

Guaranteed: the original is neither bound anew nor written between the negation and the last use (nor is the array
of which it is a view, if the negation was its copy); it is done only where it leaves less to negate than before (an
array counts more than a number).
"""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace

from s2sgrad.core.kinds import Number
from s2sgrad.core.names import is_bar, is_temporary
from s2sgrad.core.nodes import Accumulate, Assign, Block, Call, Expr, Function, Statement, Store, Var, walk
from s2sgrad.core.rewrite import exprs, map_blocks, substitute, walk_statements
from s2sgrad.simplify.algebra import improved
from s2sgrad.simplify.copies import AS_NAME, count_uses, uses_until
from s2sgrad.simplify.effects import ARITHMETIC, binds, contents, disturbs, effects, is_fresh, is_known, operands
from s2sgrad.simplify.facts import Facts, kind_of
from s2sgrad.simplify.sharing import Sharing, sharing

NUMBER = 1          # what it takes to negate one
MOST = 2 * NUMBER   # a number is rather negated twice than given another name


def run(function: Function, facts: Facts) -> Function:
    """The function without temporaries for a sign."""
    bound = Counter(name for s in walk_statements(function.body) for name in binds(s))
    once = frozenset(n for n, times in bound.items() if times == 1)
    return replace(function, body=_block(function.body, once, count_uses(function.body, facts), facts,
                                         sharing(function, facts)))


def _block(block: Block, once: frozenset[str], used: Counter[str], facts: Facts, shares: Sharing) -> Block:
    out = [map_blocks(s, lambda b: _block(b, once, used, facts, shares)) for s in block]
    i = 0
    while i < len(out):
        match out[i]:
            case Assign((target,), Call(operator.neg, (Var(name) as original,)) as value) as stmt if (
                    target in once and target != name and used[target] < AS_NAME
                    and (is_temporary(target) or stmt.reverses and is_bar(target))):
                last = uses_until(out[i + 1:], target, {name}, used[target], facts)
                rest = out[i + 1:i + 1 + last]
                new = _folded(rest, target, original, _weight(value, facts), facts, shares)
                if last and new is not None and not any(
                        disturbs(effects(s, facts), {name}, {name}, facts) for s in rest):
                    out[i:i + 1 + last] = new
                    used[name] += used[target] - 1
                    continue
            case Assign((target,), Call(operator.neg, (inner,)) as value) as stmt if (
                    stmt.reverses and target in once and is_temporary(target) and used[target] < AS_NAME):
                last = uses_until(out[i + 1:], target, {target}, used[target], facts)
                new = _folded(out[i + 1:i + 1 + last], target, Var(target), _weight(value, facts), facts, shares)
                if last and new is not None and _stays(inner, out[i + 1:i + 1 + last], facts):
                    out[i:i + 1 + last] = [replace(stmt, value=inner), *new]
        i += 1
    return tuple(out)


def _stays(inner: Expr, rest: list[Statement], facts: Facts) -> bool:
    """Does what was negated stay as it is in these statements? Its negation was a new array; it may be a view."""
    return is_fresh(inner) or isinstance(kind_of(inner, facts), Number) or not any(
        disturbs(effects(s, facts), set(), contents(inner, facts), facts) for s in rest)


def _folded(rest: list[Statement], target: str, original: Var, weight: int, facts: Facts,
            shares: Sharing) -> list[Statement] | None:
    """The statements with the original and turned signs; None if they then negate no less, with what goes (weight)."""
    out: list[Statement] = []
    before, after = weight, 0
    for stmt in rest:
        if not any(isinstance(e, Var) and e.name == target for x in exprs(stmt) for e in walk(x)):
            if any(target in count_uses((s,), facts) for s in walk_statements((stmt,))):
                return None
            out.append(stmt)
            continue
        match stmt:
            case Assign() | Store() | Accumulate() if stmt.reverses or weight == NUMBER:
                new = improved(replace(stmt, value=substitute(stmt.value, {
                    target: Call(operator.neg, (original,))})), facts, shares)
            case _:
                return None
        before += _negations(stmt, facts)
        after += _negations(new, facts)
        if original.name != target and target in count_uses((new,), facts):
            return None
        out.append(new)
    few = weight == NUMBER and is_temporary(target) and after <= MOST and not any(_as_operand(s, original) for s in out)
    return out if after < before or few else None


def _as_operand(stmt: Statement, original: Var) -> bool:
    """Is the negative handed to a function, where it is no sign of a term?"""
    negative = Call(operator.neg, (original,))
    return any(isinstance(e, Call) and negative in operands(e) and not is_known(e.function, ARITHMETIC)
               for x in exprs(stmt) for e in walk(x))


def _negations(stmt: Statement, facts: Facts) -> int:
    return sum(_weight(e, facts) for x in exprs(stmt) for e in walk(x) if isinstance(e, Call)
               and e.function is operator.neg)


def _weight(negation: Call, facts: Facts) -> int:
    return NUMBER if isinstance(kind_of(negation, facts), Number) else 3 * NUMBER
