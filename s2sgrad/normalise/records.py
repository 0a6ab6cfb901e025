"""Objects as variables: each field of an object, and of each entry of a container of objects, gets a name of its own.

    state = record State(h, hu)              state.h, state.hu = h, hu
    f = state.hu / state.h           ->      f = state.hu / state.h         (both are plain names now)
    state.h += dt * f                        state.h += dt * f

A list of objects of one class becomes a list for each field; a container of which every entry is known, a name for
each entry. Objects are values here, so a field may be bound anew only if no other name may hold the object: what is
not sure of this is refused. (What is written inside an array is another matter: fields alias as any names do.)

Comes in: a function and its kinds. Goes out: the function with one level of this done. An object that is used in
another way (passed to a function that is not written out, compared) stays, with all that it is bound to.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import UNKNOWN, DictKind, Kind, ListKind, RecordKind, TupleKind
from s2sgrad.core.names import FIELD, SLOT, TEMPORARY, VERSION
from s2sgrad.core.nodes import (
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
    Star,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.records import Construct, attribute, attribute_path
from s2sgrad.core.rewrite import bottom_up, bound_in, exprs, free_names, map_blocks, map_exprs, walk_statements
from s2sgrad.errors import WholeObjectError
from s2sgrad.normalise.parameters import COLUMNS, OPENED, is_given
from s2sgrad.normalise.shared_objects import refuse_shared_objects, shared_objects
from s2sgrad.normalise.unroll import holds_functions, holds_records
from s2sgrad.read.scope import Context

RECORD, ENTRIES, EACH = "record", "entries", "each"


@dataclass(frozen=True)
class Opened:
    """A name whose value is taken apart. parts: the name of each part, by field, index or key."""

    form: str
    parts: tuple[tuple[Any, str], ...]

    def part(self, key: Any) -> str | None:
        """The name of a part."""
        return next((n for k, n in self.parts if k == key and type(k) is type(key)), None)


def open_records(function: Function, kinds: Kinds, context: Context, shared: bool = False) -> Function:
    """The function with objects taken apart; the same object where there are none (left).

    It is noted in the context whether a field is bound anew. shared: objects that several names may hold, and of which
    a field is bound anew, stay; else they are refused.
    """
    data = set(context.data)
    left = shared_objects(function, kinds) if shared else set()
    candidates = _candidates(function, kinds, context.fresh, left | data)
    if not candidates:
        return function
    opener = _Opener(kinds, candidates, data)
    opener.drop_unsupported(function.body)
    if not opener.opened:
        return function
    refuse_shared_objects(function, kinds, opener.opened)
    context.fields_bound = context.fields_bound or any(
        isinstance(s, Store) and s.base in opener.opened and attribute_path(s.index) and is_given(s.base)
        for s in walk_statements(function.body))
    return replace(function, body=opener.block(function.body))


def _candidates(function: Function, kinds: Kinds, fresh: Callable[[str], str], left: set[str]) -> dict[str, Opened]:
    found: dict[str, Opened] = {}
    dynamic = _indexed_dynamically(function.body)
    params = {p.name for p in function.params}
    for name in sorted(bound_in(function.body) - params - left):
        opened = _opened(name, kinds.names.get(name, UNKNOWN), name in dynamic, fresh)
        if opened is not None:
            found[name] = opened
        if opened is not None and opened.form == EACH and OPENED in name:
            raise WholeObjectError("A list of objects is indexed by what is not known.", "Write the entries out.",
                                   function.origin)
    return found


def _opened(name: str, kind: Kind, dynamic: bool, fresh: Callable[[str], str]) -> Opened | None:
    stem = name.split(VERSION)[0]
    owner = "" if stem.startswith((TEMPORARY, SLOT)) else stem
    mark = next((m for m in (OPENED, COLUMNS) if m in name), f"{VERSION}r")

    def parts(keys: Iterable[Any]) -> tuple[tuple[Any, str], ...]:
        return tuple((k, fresh(f"{owner}{FIELD}{k}{mark}")) for k in keys)

    match kind:
        case RecordKind(_, fields):
            return Opened(RECORD, parts(f for f, _ in fields))
        case ListKind(RecordKind(_, fields), items) if fields and (items is None or dynamic):
            return Opened(EACH, parts(f for f, _ in fields))
        case (TupleKind(items) | ListKind(items=tuple() as items)) if not dynamic and any(
                holds_records(k) or holds_functions(k) for k in items):
            return Opened(ENTRIES, parts(range(len(items))))
        case DictKind(items=tuple() as pairs) if any(holds_records(k) for _, k in pairs):
            return Opened(ENTRIES, parts(k for k, _ in pairs))
    return None


def _indexed_dynamically(block: Block) -> set[str]:
    """Names that are indexed by what is not a literal, run through by a loop, or appended to."""
    found: set[str] = set()

    def look(expr: Expr) -> Expr:
        match expr:
            case Call(function, (Var(name), index)) if function is operator.getitem and not isinstance(index, Const):
                found.add(name)
        return expr

    for statement in walk_statements(block):
        map_exprs(statement, lambda e: bottom_up(e, look))
        match statement:
            case For(elements=elements):
                found |= {c.name for _, c in elements if isinstance(c, Var)}
            case Effect(Call(Method(), (Var(name), *_))):
                found.add(name)
            case Store(base, index) if index is not None and not attribute_path(index):
                found.add(base)
    return found


@dataclass
class _Opener:
    kinds: Kinds
    opened: dict[str, Opened]
    data: set[str]
    loose: set[str] = field(default_factory=set)

    # -- what can be taken apart
    def drop_unsupported(self, block: Block) -> None:
        """Leave out names that are used in another way, until all that remain can be taken apart."""
        statements = tuple(walk_statements(block))
        while True:
            self.loose = set()
            for statement in statements:
                self.look(statement)
            dropped = self.loose & set(self.opened)
            if not dropped:
                return
            for name in dropped:
                del self.opened[name]

    def look(self, statement: Statement) -> None:
        """Note the names for which this statement has no form in parts."""
        match statement:
            case Assign((name,), value) if name in self.opened:
                if self.parts_of(value, self.opened[name]) is None:
                    self.loose |= {name, *self.whole(value)}
                else:
                    self.loose |= self.whole(value, self.opened[name].form)
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items) > 1:
                for name, value in zip(targets, items, strict=True):
                    self.look(Assign((name,), value))
            case Assign(targets, Var(name)) if len(targets) > 1 and name in self.opened:
                opened = self.opened[name]
                if opened.form != ENTRIES or len(opened.parts) != len(targets) or set(targets) & set(self.opened):
                    self.loose |= {name, *targets}
            case Assign(targets, value):
                self.loose |= {*targets, *self.whole(value)} if len(targets) > 1 else self.whole(value)
            case For(target, over, elements=elements):
                self.loose |= {target} | self.whole(over)
                for name, container in elements:
                    each = self.opened.get(container.name) if isinstance(container, Var) else None
                    if each is None or each.form != EACH or name not in self.opened:
                        self.loose |= {name, *free_names(container)}
            case Store(base, index, value) if attribute_path(index):
                if base in self.opened and self.opened[base].form != RECORD:
                    self.loose.add(base)
                self.loose |= self.whole(value)
            case Store(base, index, value) if index is not None and base in self.opened:
                if self.opened[base].form != EACH or statement.op is not None or self.record_parts(
                        value, self.opened[base]) is None:
                    self.loose |= {base, *self.whole(value)}
                self.loose |= self.whole(index)
            case Effect(Call(Method("append"), (Var(base), value))) if base in self.opened:
                if self.opened[base].form != EACH or self.record_parts(value, self.opened[base]) is None:
                    self.loose |= {base, *self.whole(value)}
            case _:
                for expr in exprs(statement):
                    self.loose |= self.whole(expr)
                if isinstance(statement, Store):
                    self.loose.add(statement.base)

    def whole(self, expr: Expr, into: str = "") -> set[str]:
        """Opened names that an expression uses in another way than part by part. into: the form of what it is bound to.
        """
        found: set[str] = set()

        def visit(e: Expr, top: bool) -> None:
            match e:
                case Var(name):
                    if not top:
                        found.add(name)
                case Call(function, (Call(reads, (Var(name), index)), Const(value=key))) if (
                        function is getattr and reads is operator.getitem and self.field_of_each(name, key, index)):
                    visit(index, False)
                case Call(function, (Var(name), Const(value=key))) if function in (getattr, operator.getitem) and (
                        name in self.opened):
                    opened = self.opened[name]
                    if opened.form == EACH:
                        found.update(() if top and function is operator.getitem else {name})
                    elif opened.part(self.key(name, key)) is None:
                        found.add(name)
                case Call(function, (Var(name), index)) if function is operator.getitem and name in self.opened:
                    if not (top and self.opened[name].form == EACH):
                        found.add(name)
                    visit(index, False)
                case Call(function, (Var(name),)) if function is len and name in self.opened:
                    pass
                case Build("list", items) if top and into == EACH:
                    for i in items:
                        visit(i, True)
                case Const():
                    found.update(free_names(e))
                case Call(function, args, kwargs):
                    if isinstance(function, Var):
                        found.add(function.name)
                    for a in (*args, *(v for _, v in kwargs)):
                        visit(a, False)
                case Build(_, items):
                    for i in items:
                        visit(i, False)
                case Star(value):
                    visit(value, False)

        visit(expr, bool(into))
        return {n for n in found if n in self.opened}

    def field_of_each(self, name: str, key: Any, index: Expr) -> str | None:
        """The list of a field of the entries, where one entry is taken from a list that is taken apart."""
        opened = self.opened.get(name)
        single = not (isinstance(index, Build) and index.form == "slice")
        return opened.part(key) if opened is not None and opened.form == EACH and single else None

    def key(self, name: str, key: Any) -> Any:
        """An index from the end as one from the beginning."""
        opened = self.opened[name]
        if opened.form == ENTRIES and type(key) is int and key < 0:
            return key + len(opened.parts)
        return key

    def parts_of(self, value: Expr, target: Opened) -> dict[Any, Expr] | None:
        """The parts of a value, for a target of this form; None where they are not known."""
        keys = [k for k, _ in target.parts]
        match value:
            case Var(name) if name in self.opened:
                source = self.opened[name]
                if source.form != target.form:
                    return None
                return {k: Var(n) for k in keys if (n := source.part(k)) is not None}
            case _ if target.form != EACH and self.is_of_data(value):
                reads: Any = getattr if target.form == RECORD else operator.getitem
                return {k: Call(reads, (value, Const(k))) for k in keys}
            case Call(Construct(_, fields, each), values) if each == (target.form == EACH) and target.form != ENTRIES:
                return dict(zip(fields, values, strict=True))
            case Build("tuple" | "list", items) if target.form == ENTRIES and not any(
                    isinstance(i, Star) for i in items):
                return dict(enumerate(items)) if len(items) == len(keys) else None
            case Build("dict", items) if target.form == ENTRIES and all(isinstance(i, Const) for i in items[::2]):
                return {i.value: v for i, v in zip(items[::2], items[1::2], strict=True) if isinstance(i, Const)}
            case Build("list", items) if target.form == EACH:
                entries = [self.record_parts(i, target) for i in items]
                if any(e is None for e in entries):
                    return None
                return {k: Build("list", tuple(e[k] for e in entries if e is not None)) for k in keys}
            case Call(function, (Var(name), index)) if function is operator.getitem and name in self.opened:
                source = self.opened[name]
                if source.form != EACH or (target.form == EACH) != (isinstance(index, Build) and index.form == "slice"):
                    return None
                return {k: Call(operator.getitem, (Var(n), index)) for k in keys if (n := source.part(k)) is not None}
        return None

    def is_of_data(self, value: Expr) -> bool:
        """Is it a datum, or a part of one?"""
        match value:
            case Call(function, (base, Const())) if function in (getattr, operator.getitem):
                return self.is_of_data(base)
        return isinstance(value, Var) and value.name in self.data

    def record_parts(self, value: Expr, each: Opened) -> dict[Any, Expr] | None:
        """The parts of one entry of a list that is taken apart."""
        found = self.parts_of(value, Opened(RECORD, each.parts))
        return found if found is not None and all(k in found for k, _ in each.parts) else None

    # -- taking apart
    def block(self, block: Block) -> Block:
        """The block in parts."""
        out: list[Statement] = []
        for statement in block:
            out += self.statement(statement)
        return tuple(out)

    def statement(self, statement: Statement) -> list[Statement]:
        """One statement in parts."""
        match statement:
            case Assign((name,), value) if name in self.opened:
                return self.bindings(statement, [(name, value)])
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items) > 1 and (
                    set(targets) & set(self.opened)):
                return self.bindings(statement, list(zip(targets, items, strict=True)))
            case Assign(targets, Var(name)) if len(targets) > 1 and name in self.opened:
                parts = tuple(Var(n) for _, n in self.opened[name].parts)
                return [replace(statement, value=Build("tuple", parts))]
            case Store(base, index, value, op) if attribute_path(index) and base in self.opened:
                return [self.write(statement, base, attribute_path(index), self.expr(value), op)]
            case Store(base, index, value) if base in self.opened and index is not None:
                parts_of = self.record_parts(value, self.opened[base]) or {}
                return [Store(n, self.expr(index), self.expr(parts_of[k]), origin=statement.origin)
                        for k, n in self.opened[base].parts]
            case Effect(Call(Method("append") as method, (Var(base), value))) if base in self.opened:
                parts_of = self.record_parts(value, self.opened[base]) or {}
                return [Effect(Call(method, (Var(n), self.expr(parts_of[k]))), origin=statement.origin)
                        for k, n in self.opened[base].parts]
            case For(elements=elements) as loop:
                taken: list[tuple[str, Expr]] = []
                for name, container in elements:
                    if isinstance(container, Var) and container.name in self.opened:
                        source, own = self.opened[container.name], self.opened[name]
                        taken += [(n, Var(c)) for k, n in own.parts if (c := source.part(k)) is not None]
                    else:
                        taken.append((name, self.expr(container)))
                return [replace(loop, over=self.expr(loop.over), elements=tuple(taken), body=self.block(loop.body))]
        return [map_blocks(map_exprs(statement, self.expr), self.block)]

    def bindings(self, statement: Assign, pairs: Sequence[tuple[str, Expr]]) -> list[Statement]:
        """Bindings, part by part; at once where a value reads what is bound."""
        made: list[tuple[str, Expr]] = []
        for name, value in pairs:
            opened = self.opened.get(name)
            if opened is None:
                made.append((name, self.expr(value)))
                continue
            found = self.parts_of(value, opened) or {}
            made += [(n, self.expr(found[k])) for k, n in opened.parts if k in found]
        made = [(n, v) for n, v in made if v != Var(n)]
        names = {n for n, _ in made}
        if any(free_names(v) & names for _, v in made) and len(made) > 1:
            return [replace(statement, targets=tuple(n for n, _ in made), value=Build("tuple", tuple(
                v for _, v in made)))]
        return [Assign((n,), v, origin=statement.origin) for n, v in made]

    def write(self, statement: Store, base: str, path: tuple[str, ...], value: Expr, op: Any) -> Statement:
        """`base.path op= value`."""
        name = self.opened[base].part(path[0])
        assert name is not None
        if len(path) > 1:
            return Store(name, attribute(*path[1:]), value, op, origin=statement.origin)
        if op is None:
            return Assign((name,), value, origin=statement.origin)
        return Store(name, None, value, op, origin=statement.origin)

    def expr(self, expr: Expr) -> Expr:
        """An expression with parts for what it takes out of opened names."""
        def visit(e: Expr) -> Expr:
            match e:
                case Call(function, (Call(reads, (Var(name), index)), Const(value=key))) if (
                        function is getattr and reads is operator.getitem and self.field_of_each(name, key, index)):
                    return Call(operator.getitem, (Var(self.field_of_each(name, key, index) or ""), index))
                case Call(function, (Var(name), Const(value=key))) if function in (getattr, operator.getitem) and (
                        name in self.opened) and self.opened[name].form != EACH:
                    part = self.opened[name].part(self.key(name, key))
                    return Var(part) if part is not None else e
                case Call(function, (Var(name),)) if function is len and name in self.opened:
                    opened = self.opened[name]
                    return Call(len, (Var(opened.parts[0][1]),)) if opened.form == EACH else Const(len(opened.parts))
            return e
        return bottom_up(expr, visit)
