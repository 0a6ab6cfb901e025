"""The stages that every function of a program goes through, from its normal form to its printed form.

`prepare` strings together kinds, resolution, aliasing, activity and splitting; `facts_of` gathers what the passes of
`simplify` may rely on. The entry function (pipeline) and the halves of helpers (pairs) are made from the same stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.alias import Aliases, analyse_aliases
from s2sgrad.analyse.keys import refuse_read_keys
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.opaque import may_be_written
from s2sgrad.analyse.real_rules import refuse_real_rules
from s2sgrad.analyse.shadows import Shadows, analyse_shadows, unsure_classes
from s2sgrad.analyse.unsure import (
    refuse_changed_arguments,
    refuse_growing_loops,
    refuse_rearranged,
    refuse_shared_updates,
    refuse_unsure_joins,
    refuse_whole_stores,
)
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    TupleKind,
    is_complex,
)
from s2sgrad.core.names import RESIDUALS, bar, is_bar, is_shadow, is_slot, is_temporary, shadow
from s2sgrad.core.nodes import (
    Assign,
    Build,
    Call,
    Const,
    Datum,
    Effect,
    Expr,
    Function,
    Return,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import bound, exprs, reads_of, rename_block, walk_statements
from s2sgrad.errors import AliasError, UnsupportedError
from s2sgrad.normalise.by_value import by_value
from s2sgrad.normalise.copies import propagate_copies
from s2sgrad.normalise.crossings import guard_crossings
from s2sgrad.normalise.heads import open_elements, private_heads
from s2sgrad.normalise.iterables import copies_of_sources, keys_of_dicts, runs_through_lists, with_lists
from s2sgrad.normalise.listed_operands import arrays_of_lists
from s2sgrad.normalise.named_indices import with_indices
from s2sgrad.normalise.numbers import bind_numbers
from s2sgrad.normalise.owned_updates import without_owned_updates
from s2sgrad.normalise.resolve import resolve
from s2sgrad.normalise.retaken import take_views_again
from s2sgrad.normalise.roundings import guard_roundings
from s2sgrad.normalise.specialise import Calls, specialised, with_data
from s2sgrad.normalise.split import split_active
from s2sgrad.normalise.standard_containers import with_lists_and_dicts
from s2sgrad.normalise.webs import split_webs
from s2sgrad.normalise.writers import writes_as_stores
from s2sgrad.read.scope import Context
from s2sgrad.runtime import copied, copy_as_laid_out
from s2sgrad.simplify.facts import ADJOINTS, Facts


@dataclass(frozen=True)
class Prepared:
    """A flat function ready to be reversed. written: it gets copies of arguments that it writes."""

    flat: Function
    activity: Activity
    shadows: Shadows
    written: bool


def normal_form(core: Function, context: Context) -> Function:
    """One name per web, private loop heads, no needless names."""
    return propagate_copies(split_webs(private_heads(core, context.fresh)), context.fresh)


def resolved(core: Function, names: Mapping[str, Kind], context: Context, calls: Calls,
             wrt: Sequence[str] = ()) -> tuple[Function, Kinds]:
    """The function with calls, methods and in-place calls resolved, and its kinds."""
    core = with_lists_and_dicts(with_indices(specialised(core, names, context, calls)), wrt, context.fresh)
    names = with_data(names, context, calls)
    kinds = Kinds(names, context.fresh, calls).infer(core)
    while (listed := arrays_of_lists(core, kinds)) is not core:
        core, kinds = listed, Kinds(names, context.fresh, calls).infer(listed)
    keyed = keys_of_dicts(core, kinds, context.fresh)
    if keyed != core:
        core, kinds = keyed, Kinds(names, context.fresh, calls).infer(keyed)
    numbers = bind_numbers(core, kinds)
    if numbers is not core:
        core = propagate_copies(split_webs(numbers), context.fresh)
        kinds = Kinds(names, context.fresh, calls).infer(core)
    values = without_owned_updates(core, kinds)
    if values is not core:
        core, kinds = values, Kinds(names, context.fresh, calls).infer(values)
    stores = writes_as_stores(core, kinds)
    if stores is not core:
        core, kinds = stores, Kinds(names, context.fresh, calls).infer(stores)
    core = resolve(core, kinds)
    refuse_shared_updates(core, kinds)
    core = propagate_copies(split_webs(core), context.fresh)
    return core, Kinds(names, context.fresh, calls).infer(core)


def prepare(core: Function, names: Mapping[str, Kind], wrt: Sequence[str], context: Context, data: Iterable[Datum],
            calls: Calls, values: bool = False, scalar: bool = False) -> Prepared:
    """From the normal form to flat statements, with all that is known of them.

    values: writes into arrays become new arrays. scalar: it returns a scalar, perhaps an array of rank 0.
    """
    core, kinds = resolved(core, names, context, calls, wrt)
    names = with_data(names, context, calls)
    if not runs_through_lists(core, kinds):
        core = with_lists(core, wrt, kinds, context.fresh)
        kinds = Kinds(names, context.fresh, calls).infer(core)
    core, written = copy_written_arguments(core, analyse_aliases(core, kinds), context.fresh)
    if written:
        kinds = Kinds(names, context.fresh, calls).infer(core)
    aliases = analyse_aliases(core, kinds)
    copying = copies_of_sources(core, aliases, context.fresh)
    if copying != core:
        core, kinds = copying, Kinds(names, context.fresh, calls).infer(copying)
        aliases = analyse_aliases(core, kinds)
    retaken = take_views_again(core, aliases)
    if retaken is not core:
        core, kinds = retaken, Kinds(names, context.fresh, calls).infer(retaken)
        aliases = analyse_aliases(core, kinds)
    copying = calls.with_copies(core, aliases)
    if copying is not core:
        core, kinds = copying, Kinds(names, context.fresh, calls).infer(copying)
        aliases = analyse_aliases(core, kinds)
    own = with_own_result(core, aliases, context.fresh) if scalar else core
    if own is not core:
        core, kinds = own, Kinds(names, context.fresh, calls).infer(own)
        aliases = analyse_aliases(core, kinds)
    refuse_written_data(core, aliases, tuple(context.data.values()))      # attributes of classes among them
    refuse_growing_loops(core, aliases)
    if values:
        core = arrays_as_values(core, kinds, context)
        kinds = Kinds(names, context.fresh, calls).infer(core)
        aliases = analyse_aliases(core, kinds)
    core = open_elements(core, aliases)
    differentiated = frozenset(wrt)
    kinds.mixed |= any(is_complex(kinds.names[name]) for name in wrt)       # a helper may be given what is real
    activity = Activity(kinds, aliases).run(core, differentiated)
    refuse_rearranged(core, activity)
    flat = guard_crossings(split_active(core, activity, context.fresh), activity)
    flat = guard_roundings(flat, activity)
    activity.aliases = analyse_aliases(flat, kinds)
    activity.run(flat, wrt)                 # objects that got a name are active with their class
    refuse_unsure_joins(flat, activity)
    others = frozenset(p.name for p in core.params) - differentiated
    refuse_whole_stores(flat, activity, others)
    refuse_changed_arguments(flat, kinds, others)
    _refuse_objects(flat, activity)
    refuse_read_keys(flat, activity)
    refuse_real_rules(flat, activity)
    return Prepared(flat, activity, analyse_shadows(flat, activity), written)


def with_own_result(core: Function, aliases: Aliases, fresh: Callable[[], str]) -> Function:
    """The function that returns a copy of an array of rank 0 whose memory is written: the reverse sweep undoes that."""
    last = core.body[-1]
    assert isinstance(last, Return)
    value, *aux = last.value.items if isinstance(last.value, Build) else (last.value,)
    if not isinstance(aliases.kinds.of(value), Array) or not aliases.shared(value) & aliases.written:
        return core
    held = fresh()
    done: Expr = Build("tuple", (Var(held), *aux)) if aux else Var(held)
    return replace(core, body=(*core.body[:-1], Assign((held,), Call(np.copy, (value,)), origin=last.origin),
                               replace(last, value=done)))


def arrays_as_values(core: Function, kinds: Kinds, context: Context) -> Function:
    """The function with new arrays for writes, where they have that form.

    Raises SharedWriteError where that would change its meaning.
    """
    from s2sgrad.lower.aliasing import refuse_shared_writes  # NumPy does without
    from s2sgrad.lower.views import without_views
    core = without_views(core, kinds)
    refuse_shared_writes(core, kinds)
    return propagate_copies(split_webs(by_value(core, kinds)), context.fresh)


def _is_object(option: Expr) -> bool:
    """Is it the dtype of Python objects?"""
    return isinstance(option, Const) and (option.value is object or option.value is np.object_ or (
        isinstance(option.value, str) and option.value in ("O", "object")))


def shaped_names(activity: Activity) -> set[str]:
    """Active names whose zero adjoint is no plain number."""
    return {n for n in activity.varied & activity.useful if not isinstance(activity.kinds.names.get(n), Number)}


def _refuse_objects(flat: Function, activity: Activity) -> None:
    """Python objects in arrays between the arguments and the result are not supported."""
    for statement in walk_statements(flat.body):
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Call) and any(_is_object(v) for v in (*e.args, *(v for _, v in e.kwargs))):
                    raise UnsupportedError("Arrays of Python objects are not supported.", "Use an array of floats.",
                                           statement.origin)
        for name in bound(statement):
            kind = activity.kinds.names.get(name)
            dtype = kind.dtype if isinstance(kind, (Number, Array, Numeric)) else None
            if dtype is not None and dtype.startswith("object") and activity.active(name):
                raise UnsupportedError("An array of Python objects that is differentiated is not supported.",
                                       "Use an array of floats.", statement.origin)


def copy_written_arguments(core: Function, aliases: Aliases, fresh: Callable[[str], str]) -> tuple[Function, bool]:
    """Parameters whose class is written get a copy at entry; was there any?"""
    head: list[Statement] = []
    values: dict[str, Expr] = {}
    unsure = unsure_classes(core, aliases)
    laid_out = unsure | _copied_for_their_layout(core, aliases)
    for p in core.params:
        if not _reaches_written(p.name, aliases, set()):
            continue
        at = next((s.origin for s in walk_statements(core.body) if _may_write(s, aliases.kinds) and s.origin.line),
                  core.origin)
        kind = aliases.kinds.names.get(p.name, UNKNOWN)
        if p.default is not None and not isinstance(p.default, Const):
            raise AliasError(f"The default value of `{p.name}` is written, and keeps what is written for later calls.",
                             "Use None as the default, and make the array or list inside.", at)
        if not isinstance(kind, (Array, ListKind, TupleKind, DictKind)):
            raise AliasError(f"The argument `{p.name}` is written, and it is not known to be an array.",
                             f"Annotate it as np.ndarray, use source_for(...), or copy `{p.name}` first.", at)
        held = aliases.holds.get(aliases.find(p.name))
        if held is not None and aliases.find(held) in unsure:
            raise AliasError(f"Whether a part of an array in `{p.name}` is a view or a copy depends on its layout, and "
                             "it is written.", "Pass the array as a parameter of its own.", at)
        # where the layout decides what is a view, the copy keeps it
        keeps = isinstance(kind, Array) and kind.layout != "C" and aliases.find(p.name) in laid_out
        copy = copy_as_laid_out if keeps else _copy_of(p.name, kind, aliases)
        name = fresh(f"{p.name}#")
        values[p.name] = Var(name)
        head.append(Assign((name,), Call(copy, (Var(p.name),)), origin=core.origin))
    if not head:
        return core, False
    return replace(core, body=(*head, *rename_block(core.body, values))), True


def _may_write(statement: Statement, kinds: Kinds) -> bool:
    return isinstance(statement, (Store, Effect)) or isinstance(statement, Assign) and bool(
        may_be_written(statement.value, kinds, False))


def _copied_for_their_layout(core: Function, aliases: Aliases) -> set[str]:
    """The classes of what `ravel` copies because it is not contiguous; of a contiguous copy it would give a view."""
    return {aliases.find(n) for s in walk_statements(core.body) for x in exprs(s) for e in walk(x)
            if isinstance(e, Call) and e.function is np.ravel and aliases.is_copy(e) for n in aliases.memory(e.args[0])}


def _copy_of(name: str, kind: Kind, aliases: Aliases) -> Callable[..., Any]:
    """What copies an argument as far as it is written."""
    if isinstance(kind, Array):
        return np.ndarray.copy
    held = aliases.holds.get(aliases.find(name))
    if held is not None and _reaches_written(held, aliases, set()) or isinstance(kind, TupleKind):
        return copied
    return list.copy if isinstance(kind, ListKind) else dict.copy


def _reaches_written(name: str, aliases: Aliases, seen: set[str]) -> bool:
    root = aliases.find(name)
    if root in seen:
        return False
    seen.add(root)
    return root in aliases.written or (root in aliases.holds and _reaches_written(aliases.holds[root], aliases, seen))


def refuse_written_data(core: Function, aliases: Aliases, data: tuple[Datum, ...]) -> None:
    """Refuse (AliasError) a function that writes data that lives outside it."""
    for datum in data:
        if _reaches_written(datum.name, aliases, set()):
            for statement in walk_statements(core.body):
                if _may_write(statement, aliases.kinds) and any(
                        aliases.find(n) in aliases.written for n in reads_of(statement)):
                    raise AliasError(f"`{datum.name}`, which lives outside the function, is written.",
                                     "Pass it as an argument and return the new value, or copy it first.",
                                     statement.origin)


def facts_of(kinds: Kinds, aliases: Aliases, shadows: Shadows, exact: bool, pure: Iterable[str],
             functions: Iterable[str]) -> Facts:
    """What the passes of simplify need to know. functions: those of the program, the pure ones among them."""
    number: dict[str, int] = {}

    def user_class(name: str) -> int:
        return number.setdefault(_innermost(name, aliases), len(number) + 1)

    roots: dict[str, list[str]] = {}
    for name in list(aliases.parent):
        if not name.endswith("]"):
            roots.setdefault(aliases.find(name), []).append(name)
    classes: dict[str, int] = {}
    for members in roots.values():
        shadows_in = [n for n in members if is_shadow(n)]
        if any(is_bar(n) for n in members):
            found = ADJOINTS
        elif shadows_in:
            found = -user_class(shadows_in[0][:-1])
        else:
            found = user_class(members[0])
        classes.update(dict.fromkeys(members, found))
    written = frozenset(user_class(w) for w in aliases.written if not is_shadow(w) and not is_bar(w))
    known = dict(kinds.names)
    for name in list(known):
        known.setdefault(bar(name), kinds.named(bar(name)))
        if not isinstance(known[bar(name)], Number):
            classes.setdefault(bar(name), ADJOINTS)
    for name in shadows.shadowed:
        classes[shadow(name)] = -user_class(name)
        known[shadow(name)] = known.get(name, UNKNOWN)
    for name, kind in known.items():
        if is_temporary(name) and not isinstance(kind, (Number, Known)):
            classes.setdefault(name, ADJOINTS)
    for name, kind in kinds.names.items():
        if not (is_temporary(name) or is_slot(name) or is_bar(name) or is_shadow(name)) and aliases.mutable(kind):
            classes.setdefault(name, user_class(name))      # nothing else was found to share its memory
    for name in known:
        if name.startswith(RESIDUALS):      # of arguments that are written no pair is made, so this is its own memory
            classes.setdefault(name, user_class(name))
    written |= {-c for c in written} | {ADJOINTS}
    volatile = aliases.volatile
    unrestored = frozenset(n for n in kinds.names if volatile.is_one(Var(n))) if volatile else frozenset()
    return Facts(known, classes, written, frozenset(functions), frozenset(pure), unrestored=unrestored, exact=exact)


def _innermost(name: str, aliases: Aliases) -> str:
    """The class of what a container holds in the end: reading the container reads that."""
    root, seen = aliases.find(name), set()
    while root in aliases.holds and root not in seen:
        seen.add(root)
        root = aliases.find(aliases.holds[root])
    return root
