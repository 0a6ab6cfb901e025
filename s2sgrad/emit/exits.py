"""A loop is left where the user leaves it, not at the end of a trip that a flag has cut short.

    while True:                            while True:
        left = False                           if n > k:
        if n > k:                                  break
            left = True              ->        n += 1
        else:
            n += 1
        if left:
            break

    for x in xs:                           for x in xs:
        left = False                           if x > k:
        if x > k:                                  break
            left = True              ->    else:
        (leave when left)                      raise ValueError
    if not left:
        raise ValueError

Comes in: a function with readable names. Goes out: the same function with `Break` in place of flags that nothing else
reads; one that is read behind its loop is set where the loop is left. What is recorded behind the branch that leaves is
recorded before it. Guaranteed: the same is evaluated, in the same order, but for the reading of names that are
recorded; a flag that is set elsewhere than at the very end of a trip, or is read in it, stays.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import replace

from s2sgrad.core.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    LoopElse,
    Method,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import map_blocks
from s2sgrad.emit.headers import is_plain
from s2sgrad.emit.live import Liveness, bound, every, occurring, read_in
from s2sgrad.simplify.dead import negated

SET, UNSET = Const(True), Const(False)


def with_exits(function: Function, live: Liveness) -> Function:
    """The function with `break` where a flag says no more than that."""
    return replace(function, body=_block(function.body, live))


def _block(block: Block, live: Liveness) -> Block:
    """Outer loops first, so that no loop is looked at whose inner ones have been rewritten."""
    out: list[Statement] = []
    waiting = list(reversed(block))
    while waiting:
        statement = waiting.pop()
        match statement, waiting[-1:]:
            case (For(leave=str() as flag) | While(leave=str() as flag)) as loop, [
                    If(Call(operator.not_, (Var(read),)), orelse, ()) as branch] if (
                    read == flag and flag not in live.after[branch.label] | read_in(orelse)):
                left = _left(loop, flag, False)
                if left is not None:
                    waiting.pop()
                    _without_start(out, flag)
                    left = replace(left, body=_block(left.body, live))
                    out.append(LoopElse((left,), _block(orelse, live), origin=loop.origin))
                    continue
            case (For(leave=str() as flag) | While(leave=str() as flag)) as loop, _:
                reads = flag in live.after[loop.label]
                left = _left(loop, flag, reads)
                if left is not None:
                    _without_start(out, flag)
                    out += [Assign((flag,), UNSET, origin=loop.origin)] if reads else []
                    statement = left
        out.append(map_blocks(statement, lambda b: _block(b, live)))
    return tuple(out)


def _without_start(out: list[Statement], flag: str) -> None:
    """Take away the flag that is unset before the loop that comes: nothing reads it any more."""
    for k in reversed(range(len(out))):
        if out[k] == Assign((flag,), UNSET):
            del out[k]
            return
        if _mentions(out[k:k + 1], flag):
            return


def _left(loop: For | While, flag: str, reads: bool) -> For | While | None:
    """The loop without its flag, or, where that is read behind it, with one that is only set where the loop is left.

    None where the flag is read or set elsewhere.
    """
    body = _tail(tuple(s for s in loop.body if s != Assign((flag,), UNSET)), flag)
    if body is None or _mentions(body, flag) or not any(isinstance(s, Break) for s in every(body)):
        return None
    if reads:
        body = _setting(body, flag)
    return replace(loop, body=body, leave=None)


def _setting(block: Block, flag: str) -> Block:
    """The block with the flag set before each way out of it."""
    return tuple(new for s in block for new in (
        (Assign((flag,), SET, origin=s.origin), s) if isinstance(s, Break) else
        (map_blocks(s, lambda b: _setting(b, flag)) if isinstance(s, If) else s,)))


def _mentions(block: Iterable[Statement], name: str) -> bool:
    return any(name in occurring(s) for s in every(tuple(block)))


def _tail(block: Block, flag: str) -> Block | None:
    """A block at the end of a trip, left where the flag is set; None where that is not at its end."""
    end = len(block)
    while end and _is_record(block[end - 1]):
        end -= 1
    if not _mentions(block, flag):
        return block
    match block[:end]:
        case (*head, Assign((name,), value) as last) if (name, value) == (flag, SET) and end == len(block):
            return (*head, Break(origin=last.origin))
        case (*head, If(test, then, orelse) as branch) if _apart(branch, block[end:]):
            left, stayed = _tail(then, flag), _tail(orelse, flag)
            if left is not None and stayed is not None:
                return (*head, *block[end:], *_joined(branch, test, left, stayed))
    return None


def _joined(branch: If, test: Expr, then: Block, orelse: Block) -> Block:
    """The branch, and behind it what runs where it has not left the loop."""
    match then, orelse:
        case (_, *_), (*_, Break()) if not _leaves(then):
            return (replace(branch, test=negated(test), then=orelse, orelse=()), *then)
        case (*_, Break()), _:
            return (replace(branch, then=then, orelse=()), *orelse)
        case (), (_, *_):
            return (replace(branch, test=negated(test), then=orelse, orelse=()),)
    return (replace(branch, then=then, orelse=orelse),)


def _leaves(block: Block) -> bool:
    return bool(block) and isinstance(block[-1], Break)


def _is_record(statement: Statement) -> bool:
    """Does it only append names to a list?"""
    match statement:
        case Effect(Call(Method("append"), (Var(), value), ())):
            return is_plain(value)
    return False


def _apart(branch: If, records: Iterable[Statement]) -> bool:
    """May the records come before the branch: does it neither bind what they read nor touch their lists?"""
    inside = tuple(every((branch,)))
    changed = {n for s in inside for n in (*bound(s), *((s.base,) if isinstance(s, Store) else ()))}
    slots = {next(iter(occurring(s))) for s in records}
    read = {n for s in records for n in occurring(s)}
    return not changed & read and not slots & {n for s in inside for n in occurring(s)}
