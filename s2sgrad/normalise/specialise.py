"""The function for the kinds of its arguments: what they say about calls, objects and loops, until nothing is left.

Each round infers kinds, drops branches that they decide, resolves calls (`dispatch`), writes out what has to be
(`inline`, `unroll`) and takes objects apart (`records`). Comes in: the normal form and the kinds of its parameters.
Goes out: a normal form with no object in it whose fields are followed. What is left of one is refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.calls import Calls as KnownCalls
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.closure import kept_function
from s2sgrad.core.kinds import UNKNOWN, Kind
from s2sgrad.core.names import FIELD
from s2sgrad.core.nodes import Assign, Block, Call, Const, Expr, For, Function, Method, Var, While, walk
from s2sgrad.core.records import Construct
from s2sgrad.core.rewrite import blocks, bound, exprs, map_blocks, reads_of, walk_statements
from s2sgrad.errors import NOWHERE, UnsupportedError, WholeObjectError
from s2sgrad.normalise.cells import left_by_functions, without_kept
from s2sgrad.normalise.copies import propagate_copies
from s2sgrad.normalise.copies_by_kind import copies_by_kind
from s2sgrad.normalise.dispatch import ALL_LISTS, ARGUMENTS, NO_LISTS, dispatch
from s2sgrad.normalise.displays import lists_at_once, objects_at_once, tables_at_once
from s2sgrad.normalise.field_dicts import objects_as_dicts
from s2sgrad.normalise.fold import fold_branches
from s2sgrad.normalise.index_tricks import joined_by_calls
from s2sgrad.normalise.inline import calls_nested, refuse_unclear, without_closures
from s2sgrad.normalise.narrow import narrow, taken_for_present
from s2sgrad.normalise.optional_objects import optional_objects
from s2sgrad.normalise.optional_tuples import optional_tuples
from s2sgrad.normalise.parts import parts_by_name
from s2sgrad.normalise.pending import Relied, sure_kinds, unseen
from s2sgrad.normalise.records import open_records
from s2sgrad.normalise.shared_objects import remaining
from s2sgrad.normalise.unroll import holds_lists, taken_apart, unroll
from s2sgrad.normalise.unroll_dicts import unroll_dicts
from s2sgrad.normalise.updates import bind_updates
from s2sgrad.normalise.webs import split_webs
from s2sgrad.read.expressions import is_user_function
from s2sgrad.read.scope import Context

ROUNDS = 200
LIMIT = 20_000              # statements
LEVELS = 25                 # of a recursion
NESTED = 12                 # loops in loops: more of them come of a recursion only, and Python itself allows for 20


class Calls(KnownCalls, Protocol):
    """What becomes of calls of the user's functions. dicts: objects that several names write become dicts."""

    dicts: bool

    def inline(self, function: Function) -> Function:
        """The function with the calls written out that have to be."""

    def data_kinds(self) -> dict[str, Kind]:
        """The kinds of the data of the program."""

    def expand(self, function: Function, kinds: Kinds) -> Function:
        """The function with one level of those recursive calls written out that cannot be functions of their own."""

    def with_copies(self, function: Function, aliases: Aliases) -> Function:
        """The function in which recursive calls are given copies of what it writes elsewhere."""


def specialised(core: Function, names: Mapping[str, Kind], context: Context, calls: Calls) -> Function:
    """The normal form for these kinds of parameters and data."""
    guessed: set[str] = set()
    relied = Relied()
    levels = 0                  # of recursions that were written out
    for _ in range(ROUNDS):
        names = with_data(names, context, calls)
        kinds = Kinds(names, context.fresh, calls).infer(core)
        relied.check(core, kinds)
        done = _round(core, kinds, names, context, calls, partial(_guess, core, names, context, calls, guessed), relied)
        if done is core:
            done = calls.expand(core, kinds)
            levels += done is not core
        if done is core:
            done = _guess(core, names, context, calls, guessed)
        if done is core:
            done = optional_tuples(core, kinds, tuple(context.data))
        if done is core:
            done = optional_objects(core, kinds, tuple(context.data))
        if done is core and calls.dicts:
            done = objects_as_dicts(core, kinds, context.fresh, tuple(context.data))
        if done is core:
            _refuse_remaining(core, kinds)
            _refuse_wrong(core, kinds, guessed)
            refuse_unclear(core, kinds.of)
            core = without_kept(without_unread_fields(core), kinds)
            return replace(core, body=without_closures(core.body))
        core = propagate_copies(split_webs(done), context.fresh)
        if levels > LEVELS or sum(1 for _ in walk_statements(core.body)) > LIMIT or _nesting(core.body) > NESTED:
            break
    raise UnsupportedError(f"`{core.name}` grows without end when it is written out for its arguments.",
                           "A recursion over objects must end by what is known of them: their classes and lengths. One "
                           "that is handed a function has to hand on that function, and not another one.",
                           core.origin)


def _nesting(block: Block) -> int:
    """How many loops stand in each other."""
    return max((isinstance(s, (For, While)) + max(map(_nesting, blocks(s)), default=0) for s in block), default=0)


def with_data(names: Mapping[str, Kind], context: Context, calls: Calls) -> Mapping[str, Kind]:
    """The kinds with those of data that were met meanwhile: attributes of classes, defaults."""
    return names if all(n in names for n in context.data) else {**calls.data_kinds(), **names}


def _round(core: Function, kinds: Kinds, names: Mapping[str, Kind], context: Context, calls: Calls,
           guess: Callable[[], Function], relied: Relied) -> Function:
    """One step; the same object when there is none.

    guess: see `_guess`. Calls that may append to lists of objects come before the lengths of such lists are relied on,
    and those that may bind a field anew before what is known of that field; where only such calls are left that depend
    on it, it is relied on what kind of object or function the field holds.
    """
    if calls_nested(core.body):
        return calls.inline(core)
    bindings = bind_updates(core, kinds)
    if bindings is not core:
        return bindings
    sure = sure_kinds(core, kinds)
    folded = fold_branches(core, sure, names)
    if folded is not core:
        return folded
    narrowed = narrow(core, kinds, context.fresh)
    if narrowed is core:
        narrowed = taken_for_present(core, kinds, context.fresh)
    if narrowed is not core:
        return narrowed
    taken = parts_by_name(core, kinds, context.fresh)
    if taken is not core:
        return taken
    if loops := left_by_functions(core, kinds, context):
        done = unroll(core, kinds, context, loops)
        if done is core:
            raise kept_function(next(iter(loops.values())))
        return done
    called = dispatch(core, sure, context, levels=(NO_LISTS,))
    if called is core and sure is not kinds:
        called = dispatch(core, sure, context, levels=(ARGUMENTS, ALL_LISTS))
        if called is core and not unseen(sure):
            called = dispatch(core, kinds, context, levels=(NO_LISTS,))
            if called is not core:
                relied.add(kinds, sure)
    if called is core and lists_are_passed(core, kinds) and (found := guess()) is not core:
        return found
    if called is core and not unseen(sure):
        called = dispatch(core, kinds, context, levels=(ARGUMENTS, ALL_LISTS))
        if called is not core:
            relied.add(kinds, sure)
    if called is not core:
        return calls.inline(called)
    steps: tuple[Callable[[], Function], ...] = (
        lambda: joined_by_calls(core, kinds),
        lambda: copies_by_kind(core, kinds),
        lambda: unroll(core, kinds, context),
        lambda: unroll_dicts(core, kinds, sure, context),
        lambda: lists_at_once(core, kinds, taken_apart(core), context.fresh),
        lambda: tables_at_once(core, kinds),
        lambda: objects_at_once(core, context),
        lambda: open_records(core, kinds, context, calls.dicts),
    )
    for step in steps:
        done = step()
        if done is not core:
            return done
    return core


def _guess(core: Function, names: Mapping[str, Kind], context: Context, calls: Calls, guessed: set[str]) -> Function:
    """One step on the guess that a name that holds an object of a class always does: `state = state.step()` in a loop.

    guessed: the names, of which this has to be true in the end.
    """
    kinds = Kinds(names, context.fresh, calls, hopeful=True).infer(core)
    if not kinds.recursive:
        return core
    done = dispatch(core, kinds, context, guessed)
    return core if done is core else calls.inline(done)


def _refuse_wrong(core: Function, kinds: Kinds, guessed: set[str]) -> None:
    """Names of which it was guessed that they hold objects of one class, and which do not."""
    for statement in walk_statements(core.body):
        for name in bound(statement):
            if kinds.names.get(name) == UNKNOWN and any(name == g or name.startswith(g + "#") for g in guessed):
                raise WholeObjectError(f"`{name.split('#')[0]}` may hold objects of several classes.",
                                       "Use a name for each class.", statement.origin)


def lists_are_passed(function: Function, kinds: Kinds) -> bool:
    """Does a call that is not written out get a list of objects, to which it may append?"""
    for statement in walk_statements(function.body):
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Call) and (isinstance(e.function, Var) or is_user_function(e.function) or isinstance(
                        e.function, Method) and kinds.of(e.args[0]) == UNKNOWN) and any(
                        holds_lists(kinds.of(a)) for a in (*e.args, *(v for _, v in e.kwargs))):
                    return True
    return False


def without_unread_fields(function: Function) -> Function:
    """The function without copies of fields that nobody reads."""
    while True:
        read = {n for s in walk_statements(function.body) for n in reads_of(s)}

        def visit(block: Block, read: set[str] = read) -> Block:
            return tuple(map_blocks(s, visit) for s in block if not (
                isinstance(s, Assign) and len(s.targets) == 1 and FIELD in s.targets[0] and s.targets[0] not in read
                and _only_moves(s.value)))

        body = visit(function.body)
        if body == function.body:
            return function
        function = replace(function, body=body)


def _only_moves(value: Expr) -> bool:
    """Does the expression only take parts of what is there, or put it together?"""
    return all(e.function in (getattr, operator.getitem) for e in walk(value) if isinstance(e, Call))


def _refuse_remaining(core: Function, kinds: Kinds) -> None:
    """Objects that could not be taken apart, and operators that leave the answer to the other side."""
    for statement in walk_statements(core.body):
        if any(isinstance(e, Const) and e.value is NotImplemented for x in exprs(statement) for e in walk(x)):
            raise UnsupportedError("An operator of an object may return NotImplemented here, so that Python would ask "
                                   "the other operand.", "Define the operator for this class, or call the method that "
                                   "is meant.", statement.origin)
    left = remaining(core, kinds)
    for statement in walk_statements(core.body):
        match statement:
            case Assign((name,), Call(Construct())) if name not in left or kinds.names.get(name) == UNKNOWN:
                raise WholeObjectError(f"{_called(name)} may be an object, and may be something else (None, a number, "
                                       "an object of another class).", "Use a name for each, or test for None with a "
                                       "flag and begin with an object.", statement.origin)
    for statement in walk_statements(core.body):
        for name in bound(statement):
            if name in left:
                holds = _called(name)
                called = f"{holds}, which is or holds an object," if holds != "This" else "An object"
                raise WholeObjectError(f"{called} is used as a whole in a way that cannot be followed.",
                                       "Pass its fields, or keep the values in a dict or in variables.",
                                       statement.origin if statement.origin != NOWHERE else core.origin)


def _called(name: str) -> str:
    stem = name.split("#")[0]
    return "This" if stem.startswith(("$", "^")) or not stem else f"`{stem}`"
