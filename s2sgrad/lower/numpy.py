"""The accumulation law: how adjoints print on NumPy, decided once, when aliasing is known.

    Accumulate(x~, e)           x~ += e                 x~ is a number, or an array that is its own
                                x~ = x~ + e             otherwise
    Accumulate(x~, [i], e)      x~[i] += e, or np.add.at(x~, i, e) where i may name a cell twice
    Record / Recall             x^.append(x) ... x = x^.pop(); at top level a name

A binding of an adjoint that is written in place, or returned, to something that is not its own gets a copy.
"""

from __future__ import annotations

import builtins
import operator
import types
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sgrad.analyse.indexing import analyse_index
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import (
    FLOATS,
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    ListKind,
    Maybe,
    Number,
    Numeric,
    TupleKind,
    is_complex,
    is_float,
    is_list_of_numbers,
    is_scalar,
)
from s2sgrad.core.names import is_bar, is_shadow, is_temporary
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Recall,
    Record,
    Statement,
    Store,
    Var,
    While,
)
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.rewrite import (
    blocks,
    bottom_up,
    bound,
    free_names,
    map_blocks,
    map_exprs,
    reads_of,
    rename_block,
    walk_statements,
)
from s2sgrad.lower.lists import with_methods
from s2sgrad.lower.owners import is_read_only, shared_names
from s2sgrad.lower.shared_records import with_shared_records
from s2sgrad.lower.unpacked import unpacked
from s2sgrad.runtime import add_adjoints, own, put_back, put_entry
from s2sgrad.simplify.effects import is_fresh
from s2sgrad.simplify.facts import same_shape

INPLACE = {plain: inplace for inplace, plain in OUT_OF_PLACE.items()}


def lower(function: Function, kinds: Kinds, returned: Iterable[str]) -> Function:
    """The function with assignments and stores only."""
    _know_temporaries(function.body, kinds)
    owned, copied = _ownership(function.body, kinds, set(returned))
    body = _block(function.body, kinds, owned, copied)
    body = _renamed_results(body, set(returned))
    body = with_shared_records(body, _repeated_slots(body), kinds)
    body = _Slots(_repeated_slots(body), _maybe_absent(body), kinds).block(body)
    return replace(function, body=_shorter(unpacked(with_methods(body, kinds), kinds), kinds))


def _know_temporaries(body: Block, kinds: Kinds) -> None:
    """The kinds of temporaries that the passes have made: one may be the number that stands for a whole adjoint."""
    count = Counter(name for s in walk_statements(body) for name in bound(s))
    for s in walk_statements(body):
        match s:
            case Assign((name,), value) if count[name] == 1 and is_temporary(name) and not is_bar(name) and (
                    name not in kinds.names):
                kinds.names[name] = kinds.of(value)


def _shorter(body: Block, kinds: Kinds) -> Block:
    """`x[mask]` for a copy of it, which it is; `x.T` for the transpose of an array; `z.real` for `np.real(z)` of a
    name, or an entry, that has such parts."""
    def shorter(expr: Expr) -> Expr:
        match expr:
            case Call(np.copy, (Call(operator.getitem, (x, index)) as entries,), ()) if (
                    found := analyse_index(kinds.of(x), index, kinds.of)).view is False and not found.scalar:
                return entries
            case Call(np.transpose, (x,), ()) if isinstance(kinds.of(x), Array):
                return Call(getattr, (x, Const("T")))
            case Call(np.real | np.imag as part, (Var() | Call(operator.getitem) as whole,)) if isinstance(
                    kinds.of(whole), (Number, Array, Numeric)):
                return Call(getattr, (whole, Const(part.__name__)))
        return expr

    return tuple(map_exprs(map_blocks(s, lambda b: _shorter(b, kinds)), lambda e: bottom_up(e, shorter))
                 for s in body)


def _renamed_results(body: Block, returned: set[str]) -> Block:
    """`x~ = np.copy(u~)` as the last that is heard of u~: both are one adjoint, and nothing is copied."""
    for k in reversed(range(len(body))):
        match body[k]:
            case Assign((result,), Call(np.copy, (Var(own),))) if (
                    result in returned and own not in returned and (is_bar(own) or is_shadow(own))
                    and not any(own in reads_of(s) for s in walk_statements(body[k + 1:]))
                    and not any(result in (*reads_of(s), *bound(s)) for s in walk_statements(body[:k]))):
                before = [s for s in walk_statements(body[:k]) if own in bound(s)]
                if before and all(isinstance(s, Assign) and len(s.targets) == 1 and is_fresh(s.value) for s in before):
                    body = rename_block((*body[:k], *body[k + 1:]), {own: Var(result)})
                    return _renamed_results(body, returned)
    return body


def adjoint_kind(name: str, kinds: Kinds) -> Kind:
    """The kind of a name; that of an adjoint or shadow is its value's."""
    return kinds.names.get(name[:-1] if is_bar(name) or is_shadow(name) else name, UNKNOWN)


def _ownership(block: Block, kinds: Kinds, returned: set[str]) -> tuple[set[str], set[str]]:
    """(adjoints whose object is their own everywhere, adjoints that must be given copies of what is not)."""
    def mutable(name: str) -> bool:
        return not isinstance(adjoint_kind(name, kinds), Number)

    written: set[str] = set()
    sources: dict[str, list[set[str]]] = {}
    for statement in walk_statements(block):
        match statement:
            case Store(base) if is_bar(base):
                written.add(base)
            case Accumulate(adjoint, index) if index is not None and is_bar(adjoint):
                written.add(adjoint)
            case Assign((name,), value):
                shared_by = {"<read-only>"} if is_read_only(value, kinds) else shared_names(value)
                sources.setdefault(name, []).append(set() if isinstance(kinds.of(value), Number) else shared_by)
            case Assign(targets, value):
                for name in targets:
                    sources.setdefault(name, []).append(shared_names(value) or {"<unpacked>"})
    copied = {n for n in written | returned if mutable(n)}
    for name, found in sources.items():
        # who shares the object of an adjoint that is written in place gets a copy of its own
        if any(s & written for s in found) and mutable(name):
            copied.add(name)
    shared = {n for name, found in sources.items() if name not in copied for s in found for n in s}
    own = {n for n in sources if is_bar(n) and mutable(n) and n not in shared
           and (n in copied or not any(sources[n]))}
    return own, copied


def _block(block: Block, kinds: Kinds, owned: set[str], copied: set[str]) -> Block:
    out: list[Statement] = []
    for statement in block:
        where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.reverses}
        match statement:
            case Assign((name,), Call(function, (Var(same), value)), augmented=True) if same == name and (
                    function in INPLACE and isinstance(kinds.named(name), Number)):
                out.append(Store(name, None, value, INPLACE[function], **where))
            case Accumulate():
                out.append(_accumulate(statement, kinds, owned, where))
            case Assign((name,), Call(operator.mul | operator.truediv as op, (Var(same), factor))) if (
                    same == name and name in owned and _keeps_form(name, factor, kinds)):
                out.append(Store(name, None, factor, INPLACE[op], **where))
            case Store(base, index, Call(operator.mul | operator.truediv as op, (Call(
                    operator.getitem, (Var(same), at)) as entry, factor)), None) if same == base and at == index and (
                    is_bar(base) and _fits_entry(kinds.of(entry), kinds.of(factor))):
                out.append(Store(base, index, factor, INPLACE[op], **where))
            case Assign((name,), value) if name in copied and is_bar(name) and _lacks_shape(name, value, kinds):
                out.append(replace(statement, value=_full(name, value, kinds)))
            case Assign((name,), value) if name in copied and is_bar(name) and _rank_zero(name, kinds):
                out.append(replace(statement, value=Call(np.array, (value,))))
            case Assign((name,), value) if name in copied and (
                    is_read_only(value, kinds) or shared_names(value) - {name}):
                out.append(replace(statement, value=_own(name, value, kinds)))
            case _:
                out.append(map_blocks(statement, lambda b: _block(b, kinds, owned, copied)))
    return tuple(out)


def _fits_entry(entry: Kind, factor: Kind) -> bool:
    """Has an entry, or a part, of an adjoint the shape and dtype that it has when it is multiplied by the factor?"""
    match entry, factor:
        case Number(), Number():
            return not is_complex(factor)
        case Array(dtype, tuple() as shape), Array(other, own):
            return dtype == other is not None and same_shape(shape, own)
        case Array(), Number(weak=True):
            return not is_complex(factor)
    return False


def _keeps_form(name: str, factor: Expr, kinds: Kinds) -> bool:
    """Has the adjoint of an array, multiplied by the factor, the shape and dtype that it has?"""
    match adjoint_kind(name, kinds), kinds.of(factor):
        case Array(dtype, tuple() as shape), Array(other, own):
            return bool(shape) and dtype == other is not None and same_shape(shape, own) and name not in free_names(
                factor)
        case Array(dtype, tuple() as shape), Number(other, weak):
            return bool(shape) and (weak and dtype in FLOATS and not is_complex(kinds.of(factor))
                                    or dtype == other is not None)
    return False


def _lacks_shape(name: str, value: Expr, kinds: Kinds) -> bool:
    """Is the adjoint of an array bound to a number, which stands for all of its entries?"""
    kind = adjoint_kind(name, kinds)
    return isinstance(kind, Array) and kind.shape != () and is_scalar(kinds.of(value))


def _full(name: str, value: Expr, kinds: Kinds) -> Expr:
    """An array for the adjoint `name`, with one value; a name with complex values may hold a real array."""
    like = Var(name[:-1])
    if kinds.mixed and is_complex(adjoint_kind(name, kinds)):
        return Call(np.full, (Call(np.shape, (like,)), value))
    return Call(np.full_like, (like, value))


def _rank_zero(name: str, kinds: Kinds) -> bool:
    """Arithmetic on arrays of rank 0 gives scalars, which cannot be written."""
    kind = adjoint_kind(name, kinds)
    return isinstance(kind, Array) and kind.shape == ()


def _own(name: str, value: Expr, kinds: Kinds) -> Expr:
    """The value as an object of its own."""
    match value, adjoint_kind(name, kinds):
        case Call(np.broadcast_to, (scalar, shape)), Array(dtype) if is_bar(name):
            return _filled(name, shape, scalar, dtype, kinds)
        case _, Array():
            return Call(np.copy, (value,))
        case _, (ListKind() | TupleKind() | DictKind()):
            return Call(own, (value,))
    return Call(own, (value,))


def _filled(name: str, shape: Expr, value: Expr, dtype: str | None, kinds: Kinds) -> Expr:
    """An array of this shape, with one value, for the adjoint `name`; what it is that of may be gone."""
    match shape:
        case Call(np.shape, (like,)) | Call(builtins.getattr, (like, Const("shape"))) if not kinds.mixed and (
                isinstance(kind := kinds.of(like), Array) and kind.dtype == dtype is not None):
            return Call(np.full_like, (like, value))
    options = (("dtype", Const(np.dtype(dtype).type)),) if dtype not in (None, "float64") else ()
    return _full(name, value, kinds) if name[:-1] in free_names(shape) else Call(np.full, (shape, value), options)


def _is_open(kind: Kind | None, entry: Kind, index: Expr) -> bool:
    """May the entry be one without an adjoint (an integer), or one of those that have one?"""
    if isinstance(entry, Number) and entry.mixed:
        return True
    if isinstance(index, Const):
        return False
    match kind:
        case ListKind(items=tuple() as items) | TupleKind(items):
            return len({is_float(k) for k in items}) > 1
        case DictKind(items=tuple() as entries):
            return len({is_float(k) for _, k in entries}) > 1
    return False


def _accumulate(statement: Accumulate, kinds: Kinds, owned: set[str], where: dict[str, Any]) -> Statement:
    adjoint, index, value = statement.bar, statement.index, statement.value
    kind = adjoint_kind(adjoint, kinds)
    subtract, value = _signed(value)
    subtract ^= statement.sign < 0
    op = operator.isub if subtract else operator.iadd
    plain = operator.sub if subtract else operator.add
    if index is not None:
        entry = Call(operator.getitem, (Var(adjoint), index))
        is_open = not isinstance(kind, Array) and _is_open(kind, kinds.of(entry), index)
        numbers = is_list_of_numbers(kind) and not is_open
        if isinstance(kind, Array) or numbers and not isinstance(index, Build):
            repeats = statement.repeats and not _is_basic(index)
            return Store(adjoint, index, value, op, at=repeats and isinstance(kind, Array), **where)
        if isinstance(kind, (ListKind, TupleKind, DictKind)) and (
                not isinstance(kinds.of(entry), (Number, Array)) or is_open) or kind == UNKNOWN and (
                isinstance(kinds.of(index), Number) or _is_basic(index) or _is_name(index)):    # it may hold lists
            value = Call(operator.neg, (value,)) if subtract else value
            return Store(adjoint, index, Call(add_adjoints, (entry, value)), **where)
        if isinstance(kind, (ListKind, TupleKind, DictKind)) and isinstance(kinds.of(entry), Number):
            return Store(adjoint, index, value, op, **where)
        if isinstance(kind, (ListKind, TupleKind, DictKind)):
            return Store(adjoint, index, Call(plain, (entry, value)), **where)      # it may be somebody else's array
        basic = isinstance(index, Build) and index.form == "tuple" and _is_basic(index)      # it is no list, either
        return Store(adjoint, index, value, op, at=statement.repeats and not basic, **where)
    if isinstance(kind, Array) and adjoint in owned:
        return Store(adjoint, None, _unbroadcasted(value), op, **where)
    if isinstance(kind, Number):
        return Store(adjoint, None, value, op, **where)
    if isinstance(kind, (ListKind, TupleKind, DictKind, Maybe)):
        value = Call(operator.neg, (value,)) if subtract else value
        return Assign((adjoint,), Call(add_adjoints, (Var(adjoint), value)), **where)
    return Assign((adjoint,), Call(plain, (Var(adjoint), value)), **where)


def _is_name(index: Expr) -> bool:
    """Is it the key of a dict?"""
    return isinstance(index, Const) and isinstance(index.value, str)


def _is_basic(index: Expr) -> bool:
    """Does it consist of slices, new axes and literal numbers, which name each cell once?"""
    match index:
        case Build("slice") | Const(value=None | types.EllipsisType()) | Call(builtins.getattr, (_, Const("newaxis"))):
            return True
        case Const(value=int() as value):
            return not isinstance(value, bool)
        case Build("tuple", items):
            return all(map(_is_basic, items))
    return False


def _unbroadcasted(value: Expr) -> Expr:
    """NumPy broadcasts in `+=` by itself."""
    return value.args[0] if isinstance(value, Call) and value.function is np.broadcast_to else value


def _signed(value: Expr) -> tuple[bool, Expr]:
    match value:
        case Call(function, (inner,)) if function is operator.neg:
            return True, inner
    return False, value


def _repeated_slots(block: Block, inside: bool = False) -> set[str]:
    """Slots that are recorded inside a loop: lists."""
    found: set[str] = set()
    for statement in block:
        if isinstance(statement, Record) and inside:
            found.add(statement.slot)
        deeper = inside or isinstance(statement, (For, While))
        for inner in blocks(statement):
            found |= _repeated_slots(inner, deeper)
    return found


def _maybe_absent(body: Block) -> set[str]:
    """The slots that keep entries of dicts which may not be there (`d.get(key, ...)`)."""
    return {s.slot for s in walk_statements(body) if isinstance(s, Record) and not (
        isinstance(s.value, Call) and s.value.function is operator.getitem)}


@dataclass(frozen=True)
class _Slots:
    """Records as list entries (lists) or names; a list is made before the outermost loop that fills it."""

    lists: set[str]
    absent: set[str]
    kinds: Kinds

    def block(self, body: Block) -> Block:
        """The block at the top of a function."""
        out: list[Statement] = []
        for statement in body:
            made = dict.fromkeys(s.slot for s in walk_statements((statement,))
                                 if isinstance(s, Record) and s.slot in self.lists)
            out += [Assign((slot,), Build("list", ()), origin=statement.origin) for slot in made]
            out.append(self.statement(statement))
        return tuple(out)

    def statement(self, statement: Statement) -> Statement:
        where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.reverses}
        match statement:
            case Record(slot, value) if slot in self.lists:
                return Effect(Call(Method("append"), (Var(slot), value)), **where)
            case Record(slot, value):
                return Assign((slot,), value, **where)
            case Recall(target, slot, index, whole):
                recorded = Call(Method("pop"), (Var(slot),)) if slot in self.lists else Var(slot)
                if index is None and not whole:
                    return Assign((target,), recorded, **where)
                if isinstance(adjoint_kind(target, self.kinds), DictKind) and (index is None or slot in self.absent):
                    back = Call(put_back, (Var(target), recorded)) if index is None else Call(
                        put_entry, (Var(target), index, recorded))
                    return Effect(back, **where)
                return Store(target, index, recorded, **where)
        return map_blocks(statement, lambda b: tuple(map(self.statement, b)))
