"""In a branch in which a name is known not to be None, its value has a name of its own.

    if t is None:                    if t is None:
        shade = 0.05                     shade = 0.05
    else:                     ->     else:
        shade = 0.1 * t                  t#2 = present(t)
                                         shade = 0.1 * t#2
    return t.sum()                   t#3 = present(t)           (None has no `sum`)
                                     return t#3.sum()

Comes in: a function and its kinds. Goes out: one in which what may be None is read where it is not through `present`,
whose result is of a known kind. A name that the branch binds anew is followed up to there.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import primitives
from s2sgrad.core.kinds import Maybe, RecordKind, Unknown, is_float
from s2sgrad.core.names import VERSION
from s2sgrad.core.nodes import Assign, Block, Call, Const, Expr, Function, If, Method, Statement, Store, Var, While
from s2sgrad.core.operators import raises_for_none
from s2sgrad.core.records import attribute_path
from s2sgrad.core.rewrite import bottom_up, changed_in, map_blocks, map_exprs, reads_of, rename_block, walk_statements


def narrow(function: Function, kinds: Kinds, fresh: Callable[[str], str]) -> Function:
    """The function with such names; the same object where nothing may be None."""
    if not any(isinstance(k, Maybe) for k in kinds.names.values()):
        return function
    body = _block(function.body, kinds, fresh)
    return function if body == function.body else replace(function, body=body)


def taken_for_present(function: Function, kinds: Kinds, fresh: Callable[[str], str]) -> Function:
    """The function with such names where None would raise; the same object where there are none."""
    if not any(isinstance(k, Maybe) for k in kinds.names.values()):
        return function

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            named: dict[str, str] = {}

            def use(name: str, named: dict[str, str] = named) -> str:
                kind = kinds.names.get(name)
                if name not in named and isinstance(kind, Maybe) and is_float(kind.kind):
                    named[name] = fresh(f"{name.split(VERSION)[0]}{VERSION}9")
                return named.get(name, name)

            if not isinstance(statement, While):
                statement = map_exprs(statement, partial(bottom_up, f=partial(_used, use=use, kinds=kinds)))
            if isinstance(statement, Store) and statement.index is not None and not attribute_path(statement.index):
                statement = replace(statement, base=use(statement.base))
            out += [Assign((new,), Call(primitives.present, (Var(old),)), origin=statement.origin)
                    for old, new in named.items()]
            out.append(map_blocks(statement, visit))
        return tuple(out)

    body = visit(function.body)
    return function if body == function.body else replace(function, body=body)


def _used(expr: Expr, use: Callable[[str], str], kinds: Kinds) -> Expr:
    """An operation that raises for None, with names for operands that are none."""
    def one(e: Expr) -> Expr:
        return Var(use(e.name)) if isinstance(e, Var) else e

    match expr:
        case Call(Method() | builtins.getattr | operator.getitem, (base, *rest)):
            return replace(expr, args=(one(base), *rest))
        case Call(function, args) if raises_for_none(function) and not any(
                isinstance(kinds.of(a), (RecordKind, Unknown)) for a in args):          # whose method is asked
            return replace(expr, args=tuple(map(one, args)))
    return expr


def _block(block: Block, kinds: Kinds, fresh: Callable[[str], str]) -> Block:
    out: list[Statement] = []
    for statement in block:
        if isinstance(statement, If):
            then, orelse = statement.then, statement.orelse
            for name in names_present(statement.test, True):
                then = _named(name, then, kinds, fresh)
            for name in names_present(statement.test, False):
                orelse = _named(name, orelse, kinds, fresh)
            statement = replace(statement, then=then, orelse=orelse)
        out.append(map_blocks(statement, lambda b: _block(b, kinds, fresh)))
    return tuple(out)


def names_present(test: Expr, outcome: bool) -> Iterator[str]:
    """The names that are not None where the test has this outcome."""
    match test:
        case Call(operator.is_not, (Var(name), Const(None))) if outcome:
            yield name
        case Call(operator.is_, (Var(name), Const(None))) if not outcome:
            yield name
        case Call(operator.not_, (operand,)):
            yield from names_present(operand, not outcome)
        case Call(primitives.and_, operands) if outcome:
            for operand in operands:
                yield from names_present(operand, True)
        case Call(primitives.or_, operands) if not outcome:
            for operand in operands:
                yield from names_present(operand, False)


def _named(name: str, block: Block, kinds: Kinds, fresh: Callable[[str], str]) -> Block:
    """The block with a name of its own for the value that is there at its beginning."""
    if not isinstance(kinds.names.get(name), Maybe):
        return block
    count = next((k for k, s in enumerate(block) if _binds(s, name)), len(block))
    head, rest = block[:count], block[count:]
    read = any(name in reads_of(s) for s in walk_statements(head)) or bool(rest) and name in reads_of(rest[0])
    if not read or block[0] == Assign(getattr(block[0], "targets", ()), Call(primitives.present, (Var(name),))):
        return block
    new = fresh(f"{name.split(VERSION)[0]}{VERSION}9")
    value: dict[str, Expr] = {name: Var(new)}
    if rest and isinstance(rest[0], Assign):
        first = rename_block((replace(rest[0], targets=()),), value)[0]
        assert isinstance(first, Assign)
        rest = (replace(first, targets=rest[0].targets), *rest[1:])
    return (Assign((new,), Call(primitives.present, (Var(name),)), origin=block[0].origin),
            *rename_block(head, value), *rest)


def _binds(statement: Statement, name: str) -> bool:
    return name in changed_in((statement,))
