"""Terms of a sum that have a factor in common are one product.

    x~ += 0.5 * a~ * h + 0.5 * b~ * h           x~ += 0.5 * (a~ + b~) * h

    l~ = 0.1 * $1                               l~ = 0.1 * $1
    u~[1:-1] -= 4.0 * l~ + $1 * k               u~[1:-1] -= (0.4 + k) * $1

In: a function that no other pass looks at any more. Out: the same function, with less to multiply in its reverse
sweep. Guaranteed: dtype and shape stay; what is not finite stays so (`inf - inf` may be inf), of what is finite only
the last digit changes; no sum is of larger arrays than the products were.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from s2sgrad.core.kinds import Array, Number
from s2sgrad.core.nodes import Accumulate, Assign, Block, Call, Const, Expr, Function, Statement, Store, Var
from s2sgrad.core.rewrite import map_blocks, walk_statements
from s2sgrad.rules.shapes import dtype_of
from s2sgrad.simplify.effects import binds, disturbs, effects, is_known, is_pure
from s2sgrad.simplify.facts import Facts, has_float_dtype, kind_of, same_shape

Operator = Callable[[Any, Any], Any]
Factor = tuple[Operator, Expr]          # times it, or divided by it
Term = tuple[int, Expr]                 # with its sign
Meanings = dict[str, tuple[Const, Var]]         # `0.1 * x` of a name that holds it


def run(function: Function, facts: Facts) -> Function:
    """The function with common factors taken out of sums."""
    bound = Counter(n for s in walk_statements(function.body) for n in binds(s))
    return replace(function, body=_block(function.body, frozenset(n for n in bound if bound[n] == 1), facts))


def _block(block: Block, once: frozenset[str], facts: Facts) -> Block:
    out: list[Statement] = []
    meanings: Meanings = {}
    for stmt in block:
        new = map_blocks(stmt, lambda b: _block(b, once, facts))
        if new.reverses:
            new = _statement(new, _Sums(facts, meanings))
        done = effects(new, facts)
        for name, (_, of) in tuple(meanings.items()):
            if disturbs(done, {name, of.name}, {name, of.name}, facts):
                del meanings[name]
        match new:
            case Assign((held,), Call(operator.mul, (Const(float()) as literal, Var(base) as value))) if (
                    new.reverses and {held, base} <= once):
                meanings[held] = literal, value
        out.append(new)
    return tuple(out)


def _statement(stmt: Statement, sums: _Sums) -> Statement:
    match stmt:
        case Assign((_,), value) | Store(value=value, op=None):
            sign, new = sums.factored(value)
            return stmt if new is value else replace(stmt, value=new if sign > 0 else Call(operator.neg, (new,)))
        case Accumulate(value=value, sign=own):
            sign, new = sums.factored(value)
            return stmt if new is value else replace(stmt, value=new, sign=sign * own)
        case Store(value=value, op=operator.iadd | operator.isub as op):
            sign, new = sums.factored(value)
            other = operator.isub if op is operator.iadd else operator.iadd
            return stmt if new is value else replace(stmt, value=new, op=op if sign > 0 else other)
    return stmt


@dataclass(frozen=True)
class _Sums:
    """meanings: what names hold at this place."""

    facts: Facts
    meanings: Meanings

    def factored(self, expr: Expr) -> tuple[int, Expr]:
        """The expression as a sign and the rest, with common factors taken out; as it is if there are none."""
        if not (isinstance(expr, Call) and is_known(expr.function, (operator.add, operator.sub))) or not is_pure(
                expr, self.facts):
            return 1, expr
        terms = list(_terms(expr, 1))
        return self.sum(terms) if self.pair(terms) else (1, expr)

    def sum(self, terms: list[Term]) -> tuple[int, Expr]:
        """Their sum as a sign and the rest, with common factors taken out."""
        while (pair := self.pair(terms)) is not None:
            i, j, one = pair
            terms[i] = one
            del terms[j]
        sign = max(s for s, _ in terms)
        first = next(k for k, (s, _) in enumerate(terms) if s == sign)
        _, total = terms.pop(first)
        for own, term in terms:
            total = Call(operator.add if own == sign else operator.sub, (total, term))
        return sign, total

    def pair(self, terms: list[Term]) -> tuple[int, int, Term] | None:
        """Two terms that can be one, and this one."""
        for i, (s, one) in enumerate(terms):
            for j in range(i + 1, len(terms)):
                t, other = terms[j]
                whole = self.outer(one, other, s * t) or self.scaled(one, other, s * t)
                if whole is not None:
                    return i, j, (s, whole)
        return None

    def outer(self, one: Expr, other: Expr, sign: int) -> Expr | None:
        """`p * a * q + p * b * q` as `p * (a + b) * q`."""
        a, b = _factors(one), _factors(other)
        left = 0
        while left < min(len(a), len(b)) - 1 and a[left] == b[left]:
            left += 1
        right = 0
        while right < min(len(a), len(b)) - left - 1 and a[-1 - right] == b[-1 - right]:
            right += 1
        middle, inner = a[left:len(a) - right], b[left:len(b) - right]
        if not left + right or middle[0][0] is not operator.mul or inner[0][0] is not operator.mul or (
                self.is_narrower(_product(middle), one)):
            return None
        total = self.total(_product(middle), _product(inner), sign)
        return None if total is None else _product([*a[:left], (operator.mul, total), *a[len(a) - right:]])

    def scaled(self, one: Expr, other: Expr, sign: int) -> Expr | None:
        """`x * a + x * b` of numbers a and b as `(a + b) * x`, also where a name holds `x` times a literal."""
        for first, x in self.scales(one):
            for second, y in self.scales(other):
                if x != y or self.is_narrower(first, one):
                    continue
                total = self.total(first, second, sign)
                if total is not None:
                    return Call(operator.mul, (total, x))
        return None

    def scales(self, term: Expr) -> Iterator[tuple[Expr, Expr]]:
        """The ways to see a term as a number times an array that has a name."""
        factors = _factors(term)
        arrays = [k for k, (_, e) in enumerate(factors) if not isinstance(kind_of(e, self.facts), Number)]
        if len(arrays) != 1 or len(factors) == 1 or any(op is not operator.mul for op, _ in factors):
            return
        x = factors.pop(arrays[0])[1]
        if isinstance(x, Var):
            yield _product(factors), x
            if x.name in self.meanings:
                literal, of = self.meanings[x.name]
                match factors:
                    case [(_, Const(float() as own)), *rest]:
                        yield _product([(operator.mul, Const(own * float(literal.value))), *rest]), of

    def is_narrower(self, part: Expr, term: Expr) -> bool:
        """Is the part of a term of a narrower dtype than the term, so that sums of it round more?"""
        own = dtype_of(kind_of(part, self.facts))
        return own in ("float16", "float32") and own != dtype_of(kind_of(term, self.facts))

    def total(self, one: Expr, other: Expr, sign: int) -> Expr | None:
        """The sum, or difference, of two factors of one form; None where they are not."""
        if not has_float_dtype(one, self.facts) or not has_float_dtype(other, self.facts):
            return None
        match kind_of(one, self.facts), kind_of(other, self.facts):
            case (Number(), Number()):
                pass
            case (Array(shape=shape), Array(shape=same)) if same_shape(shape, same):
                pass
            case _:
                return None
        match one, other:
            case Const(a), Const(b):
                return Const(a + sign * b)
        own, rest = self.sum([*_terms(one, 1), *_terms(other, sign)])
        return rest if own > 0 else Call(operator.neg, (rest,))


def _terms(expr: Expr, sign: int) -> Iterator[Term]:
    match expr:
        case Call(operator.add | operator.sub as function, (a, b)):
            yield from _terms(a, sign)
            yield from _terms(b, sign if function is operator.add else -sign)
        case Call(operator.neg, (a,)):
            yield from _terms(a, -sign)
        case _:
            yield sign, expr


def _factors(expr: Expr) -> list[Factor]:
    match expr:
        case Call(operator.mul | operator.truediv as function, (a, b)):
            return [*_factors(a), (function, b)]
    return [(operator.mul, expr)]


def _product(factors: list[Factor]) -> Expr:
    (_, product), *rest = factors
    for function, factor in rest:
        product = Call(function, (product, factor))
    return product
