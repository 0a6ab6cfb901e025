"""Reverse mode by statement: the forward sweep with its records, and the reverse sweep that undoes it step by step.

Comes in: a flat function (normalise.split), its activity, shadows and marks. Goes out: two blocks. The reverse block
of a statement restores what the statement overwrote and then gives its contributions; only `Accumulate` and `Kill`
touch adjoints here, and how they print is decided later (the accumulation law). Laws: design, section 6.
"""

from __future__ import annotations

import operator
from collections import Counter
from typing import Any

import numpy as np

from s2sgrad.analyse.opaque import may_be_written, rearranges
from s2sgrad.core.kinds import UNKNOWN, Array, ListKind, is_complex
from s2sgrad.core.names import VERSION, is_temporary, shadow
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    If,
    Method,
    Recall,
    Record,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.rewrite import blocks, bound, free_names, rename_block, substitute, walk_statements
from s2sgrad.differentiate.bindings import assign, join
from s2sgrad.differentiate.contribute import unknown
from s2sgrad.differentiate.control import are_exact, branch, loop, may_be_read_again
from s2sgrad.differentiate.entries import change, is_change
from s2sgrad.differentiate.marks import Path
from s2sgrad.differentiate.remake import definitions, plan_remakes
from s2sgrad.differentiate.reversal import Reversal, Sweeps
from s2sgrad.differentiate.shadowing import shadow_of, sink
from s2sgrad.differentiate.splices import removal
from s2sgrad.differentiate.stores import method, store
from s2sgrad.errors import AliasError
from s2sgrad.rules.logs import SHOWING
from s2sgrad.rules.registry import rule_of

WHOLE = Build("slice", (Const(None), Const(None), Const(None)))


def sweeps(reversal: Reversal, body: Block) -> tuple[Block, Block]:
    """(forward, reverse) of a function body."""
    reversal.bodies = {s.label: s.body for s in walk_statements(body) if isinstance(s, (For, While))}
    reversal.loops = frozenset(reversal.bodies)
    for inner in (b for s in walk_statements(body) for b in blocks(s)):
        reversal.values.update({n: value for n, (_, value) in definitions(inner, reversal.kinds).items()})
    reversal.with_complex = any(is_complex(kind) for kind in reversal.kinds.names.values())
    count = Counter(n for s in walk_statements(body) for n in bound(s))
    for s in walk_statements(body):
        match s:
            case Assign((name,), Build("dict", items)) if count[name] == 1:
                reversal.keys[name] = frozenset(items[::2])
    sink(reversal, body)
    return block_sweeps(reversal, body)


def block_sweeps(reversal: Reversal, block: Block, path: Path = ()) -> tuple[Block, Block]:
    """(forward, reverse) of a block."""
    forward: list[Statement] = []
    groups: list[list[Statement]] = []
    for name in reversal.marks.unbound.get(path, ()):
        forward.append(Assign((name,), Const(None)))
        if reversal.kept_shadow(name):
            forward.append(Assign((shadow(name),), Const(None)))
    flags: dict[str, tuple[int, Expr]] = {}
    for k, (statement, following) in enumerate(zip(block, (*block, None)[1:], strict=True)):
        join(reversal, statement, following)
        ahead, back = statement_sweeps(reversal, statement, path)
        match statement, ahead[:1]:
            case If(), [Assign((flag,), test)] if may_be_read_again(reversal, statement, test):
                flags[flag] = k, test
        forward += ahead
        groups.append(back)
    born: list[Statement] = []
    for statement in block:
        match statement:
            case Assign((name,), value) if name in reversal.sunk:
                reversal.at = statement.origin
                born.append(Assign((shadow(name),), shadow_of(reversal, value, name), reverses=-1))
    local = reversal.marks.local.get(path, [])
    plan = plan_remakes(block, groups, set().union(*(free_names(s.value) for s in born if isinstance(s, Assign))),
                        local, reversal.marks.single, reversal.kinds, reversal.activity.aliases, reversal.fresh, flags,
                        lambda found: are_exact(reversal, found))
    reverse: list[Statement] = []
    for name in local:
        kept = [name] if name in plan.recorded else []
        for one in (*kept, shadow(name)) if reversal.kept_shadow(name) else kept:
            slot = reversal.slot(one)
            forward.append(Record(slot, Var(one)))
            reverse.append(Recall(one, slot, reverses=-1))
    reverse += [*plan.made.get(len(block), ()), *born]
    for k in reversed(range(len(block))):
        reverse += [*plan.made.get(k, ()), *groups[k]]
    tests: dict[str, Expr] = {f: flags[f][1] for f in plan.flags}
    forward = [s for s in forward if not (isinstance(s, Assign) and s.targets[0] in tests)]
    again: dict[str, Expr] = {}
    for made in (s for statements in plan.made.values() for s in statements):
        for name in made.targets:
            # what is made again gets a name of its own, so that each has one binding
            new = reversal.fresh()
            new = new if is_temporary(name) else f"{name}{VERSION}{new[1:]}"
            reversal.kinds.names[new] = reversal.kinds.named(name)
            if len(made.targets) == 1:
                reversal.activity.aliases.bind(new, made.value)
            else:
                reversal.activity.aliases.unpack(new, made.value)
            again[name] = Var(new)
    again |= {flag: substitute(test, again) for flag, test in tests.items()}
    return rename_block(tuple(forward), tests), rename_block(tuple(reverse), again)


def statement_sweeps(reversal: Reversal, statement: Statement, path: Path) -> Sweeps:
    """(forward, reverse) of one statement."""
    reversal.at = statement.origin
    match statement:
        case Effect(call) | Assign(_, call) if written := may_be_written(call, reversal.kinds,
                                                                        isinstance(statement, Effect)):
            return _opaque(reversal, statement, written, path)
        case If():
            return branch(reversal, statement, path, block_sweeps)
        case For() | While():
            return loop(reversal, statement, path, block_sweeps)
        case Store():
            return store(reversal, statement)
        case Assign():
            return assign(reversal, statement, path)
        case Effect(Call(list.pop)):
            return removal(reversal, statement)
        case Effect(call) if is_change(call):
            return change(reversal, statement)
        case Effect(Call(Method(name), (Var(base), *args))):
            return method(reversal, statement, name, base, args)
        case Effect(Call() as call):
            _refuse_unknown(reversal, statement, call)
    return [statement], []


def _refuse_unknown(reversal: Reversal, statement: Statement, call: Call) -> None:
    """Nothing is known of a call that takes what is differentiated."""
    known = not isinstance(call.function, (Var, Method)) and rule_of(call.function) is not None
    reads = any(call.function is f for f in (*SHOWING, getattr, operator.getitem))
    if not reads and not known and any(reversal.active(a) for a in call.args):
        raise unknown(call, statement.origin, False)


def _opaque(reversal: Reversal, statement: Effect | Assign, written: tuple[str, ...], path: Path) -> Sweeps:
    """A call that may write arrays and lists: they are put back as they were."""
    call = statement.call if isinstance(statement, Effect) else statement.value
    assert isinstance(call, Call)
    _refuse_unknown(reversal, statement, call)
    records: list[Statement] = []
    back: list[Statement] = []
    where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.label}
    for name in written:
        slot, kind = reversal.slot(name), reversal.kinds.named(name)
        match kind:
            case Array():
                records.append(Record(slot, Call(np.copy, (Var(name),)), origin=statement.origin))
                back.append(Recall(name, slot, whole=True, **where))
            case ListKind(item) if rearranges(call, reversal.kinds) or not reversal.activity.aliases.mutable(
                    item or UNKNOWN):
                held = reversal.fresh()
                reversal.kinds.names[held] = ListKind(item)
                records.append(Record(slot, Call(list.copy, (Var(name),)), origin=statement.origin))
                back += [Recall(held, slot, **where), Store(name, WHOLE, Var(held), **where)]
            case ListKind():
                raise AliasError("A list of what may be written is given to a call of which nothing is known.",
                                 "Pass a copy (`copy.deepcopy(...)`), or the arrays one by one.", statement.origin)
            case _:
                raise AliasError("What may be a number or an array is given to a call of which nothing is known, and "
                                 "which may write it.", "Annotate the parameters (float, np.ndarray), or use "
                                 "source_for(...).", statement.origin)
    if isinstance(statement, Effect):
        return [*records, statement], back
    ahead, restored = assign(reversal, statement, path)
    return [*records, *ahead], [*restored, *back]
