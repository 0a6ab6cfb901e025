"""Shadows of references: which can be born in the reverse sweep, and what the forward sweep does to the others.

Comes in: statements that bind references to arrays that are written. Goes out: the statements that do the same to their
shadows (the aliasing law), and `Reversal.sunk`, the names whose shadows need not exist before the reverse sweep.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Iterable, Iterator

import numpy as np

from s2sgrad.analyse.alias import viewed
from s2sgrad.analyse.looks import looked_into_for_view, written_by
from s2sgrad.core import primitives
from s2sgrad.core.kinds import (
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    TupleKind,
    Unknown,
    is_float,
    is_list_of_numbers,
)
from s2sgrad.core.names import shadow
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
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.primitives import listed_values
from s2sgrad.core.rewrite import bound_in, free_names, walk_statements
from s2sgrad.differentiate.marks import Path
from s2sgrad.differentiate.reversal import Reversal
from s2sgrad.differentiate.zeros import zero
from s2sgrad.errors import AliasError, UnsupportedError
from s2sgrad.runtime import copied, require_reads_first, shadow_like, zeros_as_laid_out, zeros_like


def sink(reversal: Reversal, body: Block) -> None:
    """Which shadows can be born in the reverse sweep: a whole class, or none of it."""
    aliases = reversal.activity.aliases
    failed: set[str] = set()
    found: set[str] = set()
    for binding, path, heads in _bindings(body, (), frozenset()):
        for name in binding.targets:
            if name not in reversal.shadows.shadowed:
                continue
            alone = len(binding.targets) == 1 and name not in reversal.shadows.layered
            if alone and _made_again(reversal, name, binding.value, path, heads, body):
                found.add(name)
            else:
                failed.add(aliases.find(name))
    for statement in walk_statements(body):
        match statement:
            case Effect(Call(function, (first, *_))) if function is not require_reads_first:
                failed |= {aliases.find(n) for n in free_names(first)}
            case Store(base) if isinstance(reversal.kinds.named(base), (ListKind, DictKind)) and not (
                    is_list_of_numbers(reversal.kinds.named(base)) and not _is_slice(statement.index)):
                failed.add(aliases.find(base))
    spread = True
    while spread:
        linked = {aliases.find(h) for holder, h in aliases.holds.items() if aliases.find(holder) in failed}
        linked |= {aliases.find(holder) for holder, h in aliases.holds.items() if aliases.find(h) in failed}
        spread = not linked <= failed
        failed |= linked
    reversal.sunk = {n for n in found if aliases.find(n) not in failed}


def _is_slice(index: Expr | None) -> bool:
    return isinstance(index, Build) and index.form == "slice"


def _bindings(block: Block, path: Path, heads: frozenset[str]) -> Iterator[tuple[Assign, Path, frozenset[str]]]:
    """The bindings of a block, each with its path and the names that the heads of the loops around it bind."""
    for statement in block:
        match statement:
            case Assign():
                yield statement, path, heads
            case For(target, elements=elements, body=inner):
                yield from _bindings(inner, (*path, (statement.label, 0)), heads | {target, *(n for n, _ in elements)})
            case If(_, then, orelse):
                yield from _bindings(then, (*path, (statement.label, 0)), heads)
                yield from _bindings(orelse, (*path, (statement.label, 1)), heads)
            case While(body=inner):
                yield from _bindings(inner, (*path, (statement.label, 0)), heads)


def _made_again(reversal: Reversal, name: str, value: Expr, path: Path, heads: frozenset[str], body: Block) -> bool:
    """Can the shadow of `name = value` be made where the reversed block begins?"""
    marks, shadowed = reversal.marks, reversal.shadows.shadowed
    if name not in marks.single or marks.home[name] != path:
        return False
    others = free_names(value) - shadowed if reversal.activity.aliases.memory(value) else set()
    known = {n for n in others if n in marks.single and marks.home.get(n) == path}
    if _reads_what_changes(reversal, value, path, body):
        return False
    return _available(reversal, others - known, path, heads)


def _reads_what_changes(reversal: Reversal, value: Expr, path: Path, body: Block) -> bool:
    """Does the place of a view depend on what is written in the innermost loop around it (or the function)?"""
    aliases = reversal.activity.aliases
    if not aliases.memory(value):
        return False
    loops = [label for label, _ in path if label in reversal.loops]
    followed = {aliases.find(n) for n in reversal.shadows.shadowed}
    return bool((looked_into_for_view(value, aliases) - followed) & written_by(
        reversal.bodies[loops[-1]] if loops else body, aliases))


def _available(reversal: Reversal, names: set[str], path: Path, heads: frozenset[str]) -> bool:
    """Do the names have, where the reversed block begins, the values that they had in its forward execution?"""
    loops = [label for label, _ in path if label in reversal.loops]
    changing = bound_in(reversal.bodies[loops[-1]]) if loops else set()
    return all(n in heads or (n not in changing if loops else n in reversal.marks.single) for n in names)


def shadowing(reversal: Reversal, statement: Assign) -> list[Statement]:
    """The forward statement that does to the shadows what the binding does to the references."""
    targets = [t for t in statement.targets if reversal.kept_shadow(t)]
    if not targets:
        return []
    at = statement.origin
    match statement.value:
        case Build("tuple", items) if len(statement.targets) == len(items) > 1:
            pairs = [(shadow(t), shadow_of(reversal, v, t)) for t, v in zip(statement.targets, items, strict=True)
                     if reversal.kept_shadow(t)]
            if len(pairs) == 1:
                return [Assign((pairs[0][0],), pairs[0][1], origin=at)]
            return [Assign(tuple(n for n, _ in pairs), Build("tuple", tuple(v for _, v in pairs)), origin=at)]
        case value if len(statement.targets) > 1:
            whole = shadow_of(reversal, value, targets[0])
            return [Assign((shadow(t),), Call(operator.getitem, (whole, Const(k))), origin=at)
                    for k, t in enumerate(statement.targets) if reversal.kept_shadow(t)]
        case value:
            return [Assign((shadow(targets[0]),), shadow_of(reversal, value, targets[0]), origin=at)]


def holds_numbers(kind: Kind | None) -> bool:
    """May a container hold numbers that carry a derivative, themselves and not in what it holds?"""
    match kind:
        case ListKind(_, tuple(items)) | TupleKind(items):
            return any(_may_be_number(k) for k in items)
        case DictKind(tuple(entries)):
            return any(_may_be_number(k) for _, k in entries)
        case ListKind(item) | DictKind(_, item):
            return _may_be_number(item)
    return True


def _may_be_number(kind: Kind | None) -> bool:
    return isinstance(kind, (Number, Numeric, Unknown)) and is_float(kind)


def new_shadows(reversal: Reversal, names: Iterable[str]) -> list[Statement]:
    """Zeros for the shadows of what the forward half of a helper gives: it shares no memory with anything."""
    return [Assign((shadow(n),), _zeros(reversal, n), origin=reversal.at) for n in names if reversal.kept_shadow(n)]


def shadows_of_parameters(reversal: Reversal, names: Iterable[str]) -> list[Statement]:
    """Zeros for the shadows of parameters that a container with a shadow holds."""
    return [Assign((shadow(n),), _zeros(reversal, n, True)) for n in names if reversal.kept_shadow(n)]


DEEP = (copied, copy.deepcopy)          # everything that they give is new
SHALLOW = (operator.add, operator.mul, operator.or_, list, tuple, dict, list.copy, dict.copy,
           listed_values)                 # copies that share what is held


def _zeros(reversal: Reversal, name: str, deep: bool = False) -> Expr:
    """The shadow of a new object; None stands for that of what cannot be written."""
    kind = reversal.kinds.names.get(name)
    if isinstance(kind, Array):
        laid_out = name in reversal.shadows.layered and kind.layout != "C"
        return zero(name, reversal.kinds, zeros_as_laid_out if laid_out else np.zeros_like)
    if isinstance(kind, (ListKind, DictKind, TupleKind)) and deep:
        return Call(shadow_like, (Var(name),))
    if isinstance(kind, ListKind) and isinstance(kind.item, (Array, ListKind, DictKind)):
        raise AliasError("A list of lists that have no name, and are written, is not supported.",
                         "Build the inner lists one by one, and append them.", reversal.at)
    arrays = isinstance(kind, TupleKind) and any(isinstance(item, Array) for item in kind.items)
    if isinstance(kind, ListKind) and any(isinstance(k, Number) and (k.mixed or not is_float(k)) for k in (
            kind.item, *(kind.items or ()))):           # of an integer, `zeros_like` makes None
        return Call(operator.mul, (Build("list", (Const(0.0),)), Call(len, (Var(name),))))
    return Call(zeros_like, (Var(name),)) if arrays or is_list_of_numbers(kind) else Const(None)


def entry_shadow(reversal: Reversal, item: Expr) -> Expr:
    """The shadow of what a container holds: zero for a number, which the entry is the adjoint of; for what is
    joined of containers in which nothing carries a derivative, as many zeros."""
    kind = reversal.kinds.of(item)
    if isinstance(kind, Number):
        return Const(0.0)
    joined = isinstance(item, Call) and item.function in SHALLOW and isinstance(kind, (ListKind, TupleKind, DictKind))
    if joined and not is_float(kind) and not reversal.active(item):
        return Call(zeros_like, (item,))
    found = shadow_of(reversal, item, "")
    if found == Const(None) and reversal.active(item):
        raise AliasError("An entry of a list that is written may be a number or an array.",
                         "Annotate the parameters (float, np.ndarray), or use source_for(...).", reversal.at)
    return found


def shadow_of(reversal: Reversal, value: Expr, name: str) -> Expr:
    """The shadow of a reference; new zeros for a fresh array."""
    aliases = reversal.activity.aliases
    if not aliases.memory(value) and not aliases.held(value) and not isinstance(value, Build):
        if not name and not isinstance(reversal.kinds.of(value), (Number, Known, TupleKind)):
            raise AliasError("A list or dict of lists that have no name, and are written, is not supported.",
                             "Build the inner lists one by one, and append them.", reversal.at)
        return _zeros(reversal, name, isinstance(value, Call) and value.function in DEEP)
    if isinstance(value, Build) and is_list_of_numbers(reversal.kinds.names.get(name)):
        return _zeros(reversal, name)
    match value:
        case Var(other):
            return Var(shadow(other)) if other in reversal.shadows.shadowed else _of_constant(reversal, other)
        case Call(function, args) if function in SHALLOW and not isinstance(reversal.kinds.of(value), Array):
            return Call(list if function is tuple else function, tuple(_copied_part(reversal, a, name) for a in args))
        case Call(primitives.listed_items) if reversal.active(value):
            raise AliasError("A list of the items of a dict that is written is not supported.",
                             "Run through the keys: `for k in list(d)`, with `d[k]`.", reversal.at)
        case Call(dict.get, (base, key, default)):
            return Call(dict.get, (shadow_of(reversal, base, name), key, shadow_of(reversal, default, name)))
        case Call(function, (base, index)) if function is operator.getitem:
            return Call(function, (shadow_of(reversal, base, name), index))
        case Build("list" | "tuple", items):
            return Build("list", tuple(entry_shadow(reversal, i) for i in items))
        case Build("dict", items):
            return Build("dict", tuple(entry_shadow(reversal, i) if k % 2 else i for k, i in enumerate(items)))
        case Call(function) if function is sorted:
            if is_list_of_numbers(reversal.kinds.names.get(name)):
                return _zeros(reversal, name)
            raise AliasError("What is sorted here may be arrays, and is written.",
                             "Annotate the parameters (np.ndarray, list), use source_for(...), or sort a copy.",
                             reversal.at)
        case Call(function, args, kwargs) if args:
            k = viewed(value)
            return Call(function, (*args[:k], shadow_of(reversal, args[k], name), *args[k + 1:]), kwargs)
    raise UnsupportedError("This reference to an array that is written cannot be followed.", "Make a copy.",
                           reversal.at)


def _of_constant(reversal: Reversal, name: str) -> Expr:
    """The shadow of what does not depend on the input: other code adds to it where it may hold what does."""
    kind = reversal.kinds.named(name)
    if isinstance(kind, Number) or not is_float(kind):
        return Const(None)
    return Call(np.zeros_like if isinstance(kind, Array) else shadow_like, (Var(name),))


def _copied_part(reversal: Reversal, part: Expr, name: str) -> Expr:
    """The shadow of what is copied or joined with others to what `name` holds, the rows of an array among it: as long
    as itself, and not as the whole. A number of repetitions is what it is."""
    kind = reversal.kinds.of(part)
    if isinstance(kind, Number):
        return part
    if isinstance(kind, (ListKind, TupleKind, DictKind)):
        if isinstance(part, Build):
            return shadow_of(reversal, part, "")
        if is_list_of_numbers(kind) and not reversal.activity.aliases.memory(part):
            return Call(zeros_like, (part,))
        found = shadow_of(reversal, part, name)
        if found != Const(None):
            return found
        if isinstance(kind, DictKind):                      # it may be empty, and grow
            return Call(zeros_like, (part,))
        return Call(operator.mul, (Build("list", (Const(0.0),)), Call(len, (part,))))
    return shadow_of(reversal, part, name)


def behind_births(reversal: Reversal, reverse: Block, more: list[Statement]) -> Block:
    """The reverse sweep with these statements behind the shadows that are born at its beginning."""
    names = {shadow(name) for name in reversal.sunk}
    born = max((k + 1 for k, s in enumerate(reverse) if isinstance(s, Assign) and s.targets[0] in names), default=0)
    return (*reverse[:born], *more, *reverse[born:])
