"""In a branch in which a name is known not to be None, its value has a name of its own.

    if t is None:                    if t is None:
        shade = 0.05                     shade = 0.05
    else:                     ->     else:
        shade = 0.1 * t                  t#2 = present(t)
                                         shade = 0.1 * t#2

Comes in: a function and its kinds. Goes out: one in which what may be None is read where it is not through `present`,
whose result is of a known kind. A name that the branch binds anew is followed up to there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import primitives
from s2sgrad.core.kinds import Maybe
from s2sgrad.core.names import VERSION
from s2sgrad.core.nodes import Assign, Block, Call, Const, Expr, Function, If, Statement, Store, Var
from s2sgrad.core.rewrite import bound, map_blocks, reads_of, rename_block, walk_statements


def narrow(function: Function, kinds: Kinds, fresh: Callable[[str], str]) -> Function:
    """The function with such names; the same object where nothing may be None."""
    if not any(isinstance(k, Maybe) for k in kinds.names.values()):
        return function
    body = _block(function.body, kinds, fresh)
    return function if body == function.body else replace(function, body=body)


def _block(block: Block, kinds: Kinds, fresh: Callable[[str], str]) -> Block:
    out: list[Statement] = []
    for statement in block:
        if isinstance(statement, If):
            then, orelse = statement.then, statement.orelse
            for name in _present(statement.test, True):
                then = _named(name, then, kinds, fresh)
            for name in _present(statement.test, False):
                orelse = _named(name, orelse, kinds, fresh)
            statement = replace(statement, then=then, orelse=orelse)
        out.append(map_blocks(statement, lambda b: _block(b, kinds, fresh)))
    return tuple(out)


def _present(test: Expr, outcome: bool) -> Iterator[str]:
    """The names that are not None where the test has this outcome."""
    match test:
        case Call(operator.is_not, (Var(name), Const(None))) if outcome:
            yield name
        case Call(operator.is_, (Var(name), Const(None))) if not outcome:
            yield name
        case Call(operator.not_, (operand,)):
            yield from _present(operand, not outcome)
        case Call(primitives.and_, operands) if outcome:
            for operand in operands:
                yield from _present(operand, True)
        case Call(primitives.or_, operands) if not outcome:
            for operand in operands:
                yield from _present(operand, False)


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
    return any(name in bound(s) or isinstance(s, Store) and s.base == name and s.index is None
               for s in walk_statements((statement,)))
