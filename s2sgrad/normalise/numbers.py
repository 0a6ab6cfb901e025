"""`c op= v` where c is a number at this place, though an array later: a binding, from which c has another name.

    c = b[1]            c = b[1]
    c += x        ->    c = c + x           (a new array: b does not see what is written next)
    c += y              c += y

Comes in: a function and its kinds, which are those of a name at all of its places. Goes out: the function with bindings
for the updates of what is known to be a number where they stand.
"""

from __future__ import annotations

from dataclasses import replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Number, Numeric
from s2sgrad.core.nodes import Assign, Block, Call, Expr, Function, If, Statement, Store, Var
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.rewrite import blocks, bound, bound_in, map_blocks, walk_statements


def bind_numbers(function: Function, kinds: Kinds) -> Function:
    """The function with these updates as bindings; the same object where there are none."""
    unclear = {s.base for s in walk_statements(function.body) if isinstance(s, Store) and s.index is None
               and s.op is not None and isinstance(kinds.named(s.base), Numeric)}
    if not unclear:
        return function
    body = _block(function.body, kinds, unclear, set())
    return function if body == function.body else replace(function, body=body)


def _block(block: Block, kinds: Kinds, unclear: set[str], numbers: set[str]) -> Block:
    """numbers: the unclear names that hold a number where the block begins; updated to those at its end."""
    out: list[Statement] = []
    for statement in block:
        match statement:
            case Assign((name,), value) if name in unclear:
                (numbers.add if _is_number(value, kinds, numbers) else numbers.discard)(name)
            case Store(base, None, value, op) if base in numbers and op is not None:
                out.append(Assign((base,), Call(OUT_OF_PLACE[op], (Var(base), value)), augmented=True,
                                  label=statement.label, origin=statement.origin))
                if not _is_number(value, kinds, numbers):
                    numbers.discard(base)
                continue
            case If():
                ends: list[set[str]] = []

                def branch(inner: Block, ends: list[set[str]] = ends) -> Block:
                    ends.append(set(numbers))
                    return _block(inner, kinds, unclear, ends[-1])
                out.append(map_blocks(statement, branch))
                numbers.intersection_update(*ends)
                continue
            case _:
                changed = set(bound(statement)) | {n for inner in blocks(statement) for n in _changed(inner)}
                numbers.difference_update(changed)
                out.append(map_blocks(statement, lambda b: _block(b, kinds, unclear, set(numbers))))
                continue
        out.append(statement)
    return tuple(out)


def _changed(block: Block) -> set[str]:
    return bound_in(block) | {s.base for s in walk_statements(block) if isinstance(s, Store)}


def _is_number(value: Expr, kinds: Kinds, numbers: set[str]) -> bool:
    return isinstance(value, Var) and value.name in numbers or isinstance(kinds.of(value), Number)
