"""Fields of an object that may be None are read where it is there; where it is not, Python's error comes first.

    return x[best.place]      ->      if best is None: raise AttributeError(...)
                                      return x[best.place]

Comes in: a function, the names that may hold None, and what Python raises there. Goes out: the function with such a
check before each statement that reads a field, unless a test around it, or a statement before it, has made sure.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from s2sgrad.core import primitives
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    For,
    Function,
    If,
    Method,
    Raise,
    Star,
    Statement,
    Var,
    While,
)
from s2sgrad.core.rewrite import changed_in, exprs, map_blocks, relabel
from s2sgrad.normalise.narrow import names_present

Missing = Callable[[str], Expr]
NONE = Const(None)


def with_checks(function: Function, names: Collection[str], missing: Missing) -> Function:
    """The function with the checks. missing: the exception, by field."""
    body, _ = _block(function.body, frozenset(names), missing, frozenset())
    return replace(function, body=body)


def _block(block: Block, names: frozenset[str], missing: Missing, there: frozenset[str]) -> tuple[
        Block, frozenset[str]]:
    """The block with checks, and the names that surely hold an object at its end. there: those at its beginning."""
    out: list[Statement] = []
    for statement in block:
        if isinstance(statement, (For, While)):
            there -= changed_in((statement,))
        unsure = {n: f for e in exprs(statement) for n, f in _reads(e, names, there)}
        checks = tuple(If(Call(operator.is_, (Var(n), NONE)), (Raise(missing(f), origin=statement.origin),), (),
                          origin=statement.origin) for n, f in unsure.items())
        out += checks
        there |= unsure.keys()
        match statement:
            case If(test, then, orelse):
                then, one = _block(then, names, missing, there | _made_sure(test, True, names))
                orelse, other = _block(orelse, names, missing, there | _made_sure(test, False, names))
                out.append(replace(statement, then=then, orelse=orelse))
                there = one & other
                continue
            case For() | While():
                inside = there | _made_sure(statement.test, True, names) if isinstance(statement, While) else there
                body, _ = _block(statement.body, names, missing, inside)
                if isinstance(statement, While) and checks:         # before the test is asked again
                    again: Block = relabel(checks)
                    left = statement.leave
                    body = (*body, *((If(Call(operator.not_, (Var(left),)), again, ()),) if left else again))
                out.append(replace(statement, body=body))
            case _:
                out.append(map_blocks(statement, lambda b: _block(b, names, missing, frozenset())[0]))
        there -= changed_in((statement,))
        match statement:
            case Assign((name,), value) if name in names and value != NONE and (
                    not isinstance(value, Var) or value.name not in names or value.name in there):
                there |= {name}
    return tuple(out), there


def _made_sure(test: Expr, outcome: bool, names: Collection[str]) -> frozenset[str]:
    """The names that hold an object where the test has this outcome."""
    match test:
        case Var(name) if outcome and name in names:
            return frozenset({name})
        case Call(operator.not_, (operand,)):
            return _made_sure(operand, not outcome, names)
        case Call(primitives.and_, operands) if outcome:
            return frozenset().union(*(_made_sure(o, True, names) for o in operands))
        case Call(primitives.or_, operands) if not outcome:
            return frozenset().union(*(_made_sure(o, False, names) for o in operands))
    return frozenset(names_present(test, outcome)) & frozenset(names)


def _reads(expr: Expr, names: frozenset[str], there: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The names of which a field is read that may hold None there, with the field."""
    match expr:
        case Call(builtins.getattr, (Var(name), Const(str() as field))) if name in names - there:
            yield name, field
        case Call(Method(method), (Var(name), *_)) if name in names - there:
            yield name, method
    match expr:
        case Call(primitives.and_ | primitives.or_ as joined, operands):
            for operand in operands:
                yield from _reads(operand, names, there)
                there |= _made_sure(operand, joined is primitives.and_, names)
        case Call(primitives.if_else, (test, then, orelse)):
            yield from _reads(test, names, there)
            yield from _reads(then, names, there | _made_sure(test, True, names))
            yield from _reads(orelse, names, there | _made_sure(test, False, names))
        case Call(_, args, kwargs):
            for operand in (*args, *(v for _, v in kwargs)):
                yield from _reads(operand, names, there)
        case Build(_, items):
            for item in items:
                yield from _reads(item, names, there)
        case Star(value):
            yield from _reads(value, names, there)
