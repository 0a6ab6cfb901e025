"""The adjoint of what the user took apart is put together in one statement.

    # a, b, c = params
    params~ = np.zeros_like(params)
    params~[0] += a~                     params~ = np.array([a~, 0.0, c~])
    params~[2] += c~               ->

    pair~ = zeros_like(pair)             pair~ = [None, b~]
    pair~[1] = add_adjoints(pair~[1], b~)

    w~ = zeros_like(w)                   w~ = zeros_like(w)
    w~['by'] = w~['by'] + by~            w~['by'] = by~         (w~ = {'by': by~}, if it has no other keys)

    xs~ = zeros_like(xs)                 xs_1~ = f_bwd(r1)      (it may write what f_bwd(r2) reads)
    xs~[1] = add(xs~[1], f_bwd(r1))      xs~ = [f_bwd(r2), xs_1~]
    xs~[0] = add(xs~[0], f_bwd(r2))

Comes in: a function in the dialect of NumPy. Goes out: the same function, with displays where the number of entries is
proved (the user's own unpacking, or a known length) and each is a number or given here; where not all are, the first
contribution to an entry of a tuple or dict is a plain store. A list that is written may have had other entries before,
and keeps its zeros. Guaranteed: the dtype is that of the zeros; what is put into a container is an object that nobody
else holds; what is evaluated later than before reads the same.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, DictKind, Kind, Known, ListKind, Number, TupleKind
from s2sgrad.core.names import SEED, VERSION, bar, is_argument, is_bar, is_temporary, stem
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Statement, Store, Var
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, reads_of, walk_statements
from s2sgrad.lower.choices import fits
from s2sgrad.lower.numpy import adjoint_kind
from s2sgrad.lower.owners import is_read_only, shared_names
from s2sgrad.lower.unread import without_unread
from s2sgrad.runtime import add_adjoints, zeros_like
from s2sgrad.simplify.effects import binds, contents, disturbs, effects, is_pure, mentions, size
from s2sgrad.simplify.facts import Facts

FLOATS = ("float64", "float32")


def with_displays(function: Function, kinds: Kinds, facts: Facts) -> Function:
    """The function with displays for adjoints of what is taken apart."""
    body = _Displays(function.body, kinds, facts).block(function.body)
    return function if body == function.body else without_unread(replace(function, body=body), facts)


@dataclass(frozen=True)
class Entry:
    """The first contribution to an entry of an adjoint that was zero."""

    at: int
    key: int | str
    value: Expr
    reverses: int


class _Displays:
    """One walk over a function, of which it knows what is unpacked where, and which adjoints begin as floats."""

    def __init__(self, body: Block, kinds: Kinds, facts: Facts) -> None:
        self.kinds, self.facts = kinds, facts
        self.seeds = {name for name in kinds.names if name.startswith(SEED)}
        self.statements = statements = tuple(walk_statements(body))
        self.unpacked = {s.label: s for s in statements
                         if isinstance(s, Assign) and len(s.targets) > 1 and not s.reverses}
        self.mentioned = Counter(n for s in statements for n in {*reads_of(s), *binds(s), *mentions(s)})
        self.whole: set[str] = set()            # adjoints that are displays now
        self.values: dict[str, list[Expr | None]] = {}
        for s in statements:
            for name in binds(s) if not isinstance(s, Store) else ():
                self.values.setdefault(name, []).append(
                    s.value if isinstance(s, Assign) and len(s.targets) == 1 else None)

    def block(self, block: Block) -> Block:
        """The block with displays."""
        out = [map_blocks(s, self.block) for s in block]
        i = 0
        while i < len(out):
            match out[i]:
                case Assign((adjoint,), Call(function, (Var(like),), ())) as zeros if is_bar(adjoint) and (
                        function is np.zeros_like or function is zeros_like):
                    entries = self.entries(out, i, adjoint)
                    ahead = [e for k, e in enumerate(entries) if e.at == i + 1 + k]
                    if function is zeros_like and any(
                            self.container(out, i, adjoint, like, found) for found in (entries, ahead)):
                        continue
                    made = self.array(zeros, adjoint, like, ahead) if function is np.zeros_like else None
                    if made is not None:
                        out[i:i + 1 + len(ahead)] = [replace(zeros, value=made)]
                    elif function is zeros_like:
                        known = self.entry_kinds(adjoint, like) or {}
                        for e in entries:
                            if self.is_whole(e, known.get(e.key), out):
                                out[e.at] = Store(adjoint, Const(e.key), e.value, origin=out[e.at].origin,
                                                  reverses=out[e.at].reverses)
            i += 1
        return tuple(out)

    def entries(self, out: list[Statement], at: int, adjoint: str) -> list[Entry]:
        """The first contributions to literal entries, up to the first statement that does something else with it."""
        found: list[Entry] = []
        for j in range(at + 1, len(out)):
            statement = out[j]
            entry = self.entry(statement, j, adjoint)
            if entry is not None and not any(e.key == entry.key for e in found) and (
                    type(entry.key) is int and entry.key >= 0 or type(entry.key) is str):
                found.append(entry)
            elif any(adjoint in (*reads_of(s), *binds(s), *mentions(s)) for s in walk_statements((statement,))):
                break
        return found

    def entry(self, statement: Statement, at: int, adjoint: str) -> Entry | None:
        """What the statement adds to a literal entry, if that is all it does."""
        match statement:
            case Store(base, Const(key), value, operator.iadd | operator.isub as op, False) if base == adjoint:
                value = value if op is operator.iadd else negated(value)
            case Store(base, Const(key), Call(operator.add | operator.sub as op, (old, value)), None) if (
                    base == adjoint and old == Call(operator.getitem, (Var(base), Const(key)))):
                value = value if op is operator.add else negated(value)
            case Store(base, Const(key), Call(function, (old, value)), None) if function is add_adjoints and (
                    base == adjoint and old == Call(operator.getitem, (Var(base), Const(key)))):
                pass
            case Store(base, Const(key), value, None, False) if base == adjoint:      # `simplify/first.py` was here
                pass
            case _:
                return None
        if adjoint in free_names(value) or not isinstance(key, (int, str)):
            return None
        return Entry(at, key, value, statement.reverses)

    # ------------------------------------------------------------ arrays
    def array(self, zeros: Assign, adjoint: str, like: str, entries: list[Entry]) -> Expr | None:
        """The array that consists of the entries, if all others are surely zero."""
        kind = adjoint_kind(adjoint, self.kinds)
        if not (isinstance(kind, Array) and kind.rank == 1 and kind.dtype in FLOATS and len(entries) > 1) or (
                self.kinds.mixed):
            return None
        count = self.length(zeros, kind, entries)
        if count is None or any(type(e.key) is not int or e.key >= count for e in entries) or not all(
                isinstance(self.kinds.of(e.value), Number) and is_pure(e.value, self.facts) for e in entries):
            return None
        given = {e.key: e.value for e in entries}
        items = Build("list", tuple(given.get(k, Const(0.0)) for k in range(count)))
        if kind.dtype == "float64" and any(map(self.is_float, items.items)):
            return Call(np.array, (items,))
        return Call(np.array, (items,), (("dtype", Call(getattr, (Var(like), Const("dtype")))),))

    def length(self, zeros: Assign, kind: Array, entries: list[Entry]) -> int | None:
        """How many entries the array has: as many as the user unpacks it into, or a known number."""
        match kind.shape:
            case (dim,) if not isinstance(kind.shape, str) and not dim.symbol:
                return int(dim.offset)
        unpack = self.unpacked.get(zeros.reverses)
        if unpack is None or any(e.reverses != zeros.reverses for e in entries):
            return None
        match unpack.value:
            case Var(name) if bar(name) == zeros.targets[0]:
                return len(unpack.targets)
            case Call(function) if not isinstance(function, Var):       # what it gives had a name of its own
                found = self.kinds.of(unpack.value)
                name = zeros.targets[0]
                one = isinstance(found, Array) and found.rank == 1 and (is_temporary(name) or is_argument(name))
                return len(unpack.targets) if one else None
        return None

    def is_float(self, value: Expr, known: frozenset[str] = frozenset()) -> bool:
        """Is it surely a float64 or a Python float, also where the seed is an integer? known: adjoints in question."""
        match value:
            case Const(number):
                return type(number) is float
            case Var(name) if name in known:
                return True
            case Var(name) if is_bar(name):
                found = self.values.get(name, [None])
                return all(v is not None and self.is_float(v, known | {name}) for v in found)
            case Var(name):
                kind = self.kinds.names.get(name)
                return isinstance(kind, (Number, Array)) and kind.dtype == "float64" and name not in self.seeds
            case Call(operator.add | operator.sub | operator.mul | operator.truediv | operator.neg | operator.matmul
                      | np.sum | np.vdot | np.dot, args, ()):
                return any(self.is_float(a, known) for a in args)
        return False

    # ------------------------------------------------------------ containers
    def entry_kinds(self, adjoint: str, like: str) -> dict[int | str, Kind] | None:
        """The kinds of all entries, where they are known; those of a list may be others after a pop."""
        kind = adjoint_kind(adjoint, self.kinds)
        return None if isinstance(kind, ListKind) and not self.is_fixed(adjoint, like) else entry_kinds(kind)

    def is_fixed(self, adjoint: str, like: str) -> bool:
        """Has what this is the adjoint of had the same entries all the time?"""
        kind = adjoint_kind(adjoint, self.kinds)
        return isinstance(kind, TupleKind) or (
            self.facts.classes.get(like) is not None and self.facts.classes[like] not in self.facts.written)

    def container(self, out: list[Statement], at: int, adjoint: str, like: str, entries: list[Entry]) -> bool:
        """Put a display of all entries in the place of the last contribution, if each is given or known to be zero;
        False if that cannot be."""
        kinds = self.entry_kinds(adjoint, like)
        if not entries or not kinds or not self.is_fixed(adjoint, like) or not all(
                e.key in kinds and self.is_whole(e, kinds[e.key], out) for e in entries):
            return False
        given = {e.key: e.value for e in entries}
        form = "dict" if isinstance(adjoint_kind(adjoint, self.kinds), DictKind) else "list"
        for key, kind in kinds.items():
            zero = zero_of(kind) if form == "list" else None        # a dict need not have the key
            if key not in given and zero is None:
                return False
            given.setdefault(key, zero or Const(None))
        last = entries[-1]
        apart = {e.key for e in entries[:-1] if not self.is_later(e, entries, out)}
        names = {e.key: entry_name(adjoint, e.key) for e in entries}
        while form == "dict" or any(e.at != at + 1 + k for k, e in enumerate(entries)):
            shown = {key: Var(bar(names[key])) if key in apart else value for key, value in given.items()}
            if fits(Assign((adjoint,), display(form, shown))):
                break
            long = [e for e in entries if e.key not in apart and isinstance(e.value, Call)]
            if not long:
                return False
            apart.add(max(long, key=lambda e: size(e.value)).key)
        ahead: list[Statement] = []
        for e in entries:
            if e.key in apart:
                name = self.kinds.fresh(f"{names[e.key]}{VERSION}")
                self.kinds.names[name] = kinds[e.key]
                given[e.key] = Var(bar(name))
                ahead = [Assign((bar(name),), e.value, origin=out[e.at].origin, reverses=e.reverses)]
                if e is not last:
                    out[e.at], ahead = ahead[0], []
        out[last.at:last.at + 1] = [*ahead, Assign((adjoint,), display(form, {key: given[key] for key in kinds}),
                                                   origin=out[last.at].origin, reverses=last.reverses)]
        for k in sorted({at, *(e.at for e in entries if e.key not in apart)} - {last.at}, reverse=True):
            del out[k]
        self.mentioned[adjoint] -= len(entries)
        self.whole.add(adjoint)
        return True

    def is_later(self, entry: Entry, entries: list[Entry], out: list[Statement]) -> bool:
        """May the value be evaluated where the last one is?"""
        value, last = entry.value, entries[-1]
        names = free_names(value)
        inside = set() if isinstance(value, Var) else contents(value, self.facts)      # the object itself is put there
        stored: dict[int, Statement] = {e.at: Assign(("$",), e.value) for e in entries}
        return is_pure(value, self.facts) and not any(
            disturbs(effects(stored.get(k, out[k]), self.facts), names, inside, self.facts)
            for k in range(entry.at + 1, last.at + 1))

    def is_whole(self, entry: Entry, kind: Kind | None, out: list[Statement]) -> bool:
        """May the value stand for the sum of zeros and itself: is it an object of its own with the same structure?"""
        value = entry.value
        found = self.kinds.of(value)
        match kind, value:
            case Number(), _:
                return isinstance(found, Number) and not kind.mixed
            case _, Var(name):
                made = [s for s in out[:entry.at] if isinstance(s, Assign) and name in s.targets]
                if len(made) != 1 or not (is_bar(name) or is_temporary(name)) or not self.is_handed_over(
                        name, made[0], entry, out):
                    return False
                if name in self.whole:
                    return True
                value = made[0].value
                if not (isinstance(value, Call) and isinstance(value.function, Var)):       # of a helper it has a kind
                    if len(made[0].targets) > 1:
                        return False
                    found = self.kinds.of(value)
        match kind, value:
            case (TupleKind() | ListKind() | DictKind()), Call(function, (Var(),)) if function is zeros_like:
                return True
            case Array(dtype, tuple() as shape), _:
                return (isinstance(found, Array) and found.dtype == dtype is not None and found.rank == len(shape) > 0
                        and self.is_new(value))
            case (TupleKind() | ListKind() | DictKind()), Call(Var()):
                return is_closed(kind)
        return False

    def is_handed_over(self, name: str, made: Assign, entry: Entry, out: list[Statement]) -> bool:
        """Does nobody read this adjoint but the entry, and does what is written into it come before?"""
        between = out[out.index(made) + 1:entry.at]
        inside = [s for s in walk_statements(tuple(between)) if isinstance(s, Store) and s.base == name and not any(
            name in free_names(e) for e in exprs(s)) and (s.op is not None or isinstance(
                self.kinds.of(s.value), Number) or self.is_new(s.value))]
        return self.mentioned[name] == len(inside) + 2

    def is_new(self, value: Expr) -> bool:
        """Is the value an object of its own?"""
        return not shared_names(value) and not is_read_only(value, self.kinds) and not isinstance(value, Build)


def entry_name(adjoint: str, key: int | str) -> str:
    """What an entry of an adjoint is the adjoint of."""
    return key if isinstance(key, str) and key.isidentifier() else f"{stem(adjoint) or 'part'}_{key}"


def display(form: str, entries: Mapping[int | str, Expr]) -> Build:
    """The list or dict of these entries."""
    items = tuple(entries.values())
    return Build(form, items if form == "list" else tuple(
        part for key, item in entries.items() for part in (Const(key), item)))


def negated(value: Expr) -> Expr:
    """`-value`, the sign at the first factor."""
    match value:
        case Const(number) if type(number) is float:
            return Const(-number)
        case Call(operator.neg, (inner,)):
            return inner
        case Call(operator.mul | operator.truediv as op, (first, second)):
            return Call(op, (negated(first), second))
    return Call(operator.neg, (value,))


def entry_kinds(kind: Kind) -> dict[int | str, Kind] | None:
    """The kinds of all entries of a container, if they are known."""
    match kind:
        case TupleKind(items) | ListKind(items=tuple() as items):
            return dict(enumerate(items))
        case DictKind(items=tuple() as entries):
            return dict(entries)
    return None


def is_closed(kind: Kind) -> bool:
    """Is the structure of the adjoint known: no dict that may have got other keys, and nothing that is not known?"""
    match kind:
        case Number() | Array() | Known():
            return True
        case TupleKind(items) | ListKind(items=tuple() as items):
            return all(map(is_closed, items))
        case ListKind(item) if item is not None:
            return is_closed(item)
        case DictKind(items=tuple() as entries):
            return all(is_closed(k) for _, k in entries)
    return False


def zero_of(kind: Kind) -> Expr | None:
    """The zero adjoint of an entry of this kind, where it is no array or container."""
    match kind:
        case Number("float64", weak=True, mixed=False):
            return Const(0.0)
        case Number("bool" | "int") | Known():
            return Const(None)
    return None
