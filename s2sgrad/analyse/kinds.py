"""Kinds: for every name of a function what its value is, as far as the facts say (design, section 5).

Comes in: a function and the kinds of its parameters and data. Goes out: a `Kinds` that knows every name and can be
asked for any expression. Flow-insensitive per name (names are webs of definitions by now) and iterated to a fixpoint;
lengths born in a loop that outlive a trip are renamed after the name that holds them, so that two equal lengths
always belong to one trip.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from s2sgrad.analyse.attributes import attribute_kind
from s2sgrad.analyse.calls import (
    Calls,
    fits,
    has_attribute,
    may_keep,
    method_call,
    with_layout,
)
from s2sgrad.analyse.changes import follow_changes
from s2sgrad.analyse.containers import CHANGING, NOT_YET, asked, changed, is_empty, lacks, made_container, with_entry
from s2sgrad.analyse.displays import display_kind
from s2sgrad.analyse.exposed import outliving_names
from s2sgrad.analyse.indexing import getitem_kind
from s2sgrad.analyse.iteration import element_kind, listed, made_iterable
from s2sgrad.analyse.joins import is_mixed, join, widened
from s2sgrad.analyse.lengths import whole_arithmetic
from s2sgrad.analyse.opaque import entry_put, rearranged, rearranges
from s2sgrad.analyse.record_kinds import constructed, is_unresolved, with_field
from s2sgrad.core.kinds import (
    NEVER,
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Maybe,
    Number,
    Numeric,
    RecordKind,
    TupleKind,
    is_complex,
    of_adjoint,
)
from s2sgrad.core.names import is_bar, is_shadow
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
    Statement,
    Store,
    Var,
    starred,
)
from s2sgrad.core.operators import OUT_OF_PLACE, Updated, raises_for_none
from s2sgrad.core.records import Construct, attribute_path
from s2sgrad.core.rewrite import blocks, bound_in
from s2sgrad.rules.draws import draw_of, drawn, is_draw, made_generator
from s2sgrad.rules.methods import ATTRIBUTES, DICT_METHODS, METHODS
from s2sgrad.rules.registry import MAYBE_VIEW, rule_of
from s2sgrad.rules.shapes import constant_kind, floating, fresh_shape, site, static
from s2sgrad.runtime import copy_as_laid_out, zeros_as_laid_out

ROUNDS = 12


class Kinds:
    """The kinds of one function's names."""

    def __init__(self, names: Mapping[str, Kind], fresh: Callable[..., str], calls: Calls | None = None,
                 hopeful: bool = False) -> None:
        """hopeful: what an object's method will give is no value as yet, rather than anything."""
        self.names: dict[str, Kind] = dict(names)
        self.hopeful = hopeful
        self.fresh = fresh
        self.changing: set[str] = set()         # lists and dicts that are changed
        self.pending: set[str] = set()          # names of which nothing is known yet, while the first rounds run
        self.settled = True
        self.mixed = False                  # does a name hold a real array here and a complex one there?
        self.calls = calls
        self.recursive = False              # has a call been met of whose result nothing is known yet?
        self._asked: dict[int, tuple[Expr, Kind]] | None = None        # parts of the expression that is being looked at

    def of(self, expr: Expr) -> Kind:
        """The kind of an expression; each part of it is looked at once."""
        if isinstance(expr, Var):
            return self.named(expr.name)
        if self._asked is None:
            with self.remembering():
                return self._of(expr)
        found = self._asked.get(id(expr))
        if found is None:
            found = self._asked[id(expr)] = expr, self._of(expr)    # with the expression, so that its id stays its own
        return found[1]

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """While this lasts, what is known of names stays as it is (there may be new ones), and no part is looked at
        twice."""
        before, self._asked = self._asked, {}
        try:
            yield
        finally:
            self._asked = before

    def _of(self, expr: Expr) -> Kind:
        if self.recursive and isinstance(expr, (Call, Build)) and any(
                self.of(e) == NEVER for e in (expr.args if isinstance(expr, Call) else expr.items)):
            return NEVER
        if self.hopeful and isinstance(expr, Call) and is_unresolved(expr, self.of):
            self.recursive = True
            return NEVER
        match expr:
            case Const(value):
                return constant_kind(value)
            case Build():
                return display_kind(expr, self.of)
            case Call(function, (base, index)) if function is operator.getitem:
                kind = self.present(base)
                if not self.settled and (kind is NOT_YET or lacks(kind, index, self.of)):
                    return NOT_YET
                return getitem_kind(kind, index, self.of)
            case Call(function, (base, Const(value=str() as attr))) if function is getattr:
                return self.attribute(base, attr)
            case Call(Method(name), (receiver, *args), kwargs):
                return self.method(name, receiver, args, kwargs)
            case Call(function, args, kwargs):
                return self.call(function, args, kwargs)
        return UNKNOWN

    def present(self, expr: Expr) -> Kind:
        """The kind of an expression where None would raise."""
        kind = self.of(expr)
        return kind.kind if isinstance(kind, Maybe) else NOT_YET if kind == Known(None) and not self.settled else kind

    def named(self, name: str) -> Kind:
        """The kind of a name; an adjoint has that of what it is the adjoint of, but no known value."""
        if name in self.names or not (is_bar(name) or is_shadow(name)):
            return self.names.get(name, NOT_YET if name in self.pending else UNKNOWN)
        return of_adjoint(self.names.get(name[:-1], UNKNOWN))

    def call(self, function: Any, args: tuple[Expr, ...], kwargs: tuple[tuple[str, Expr], ...]) -> Kind:
        """The kind of a call of a known function."""
        if starred(args):
            return UNKNOWN
        kinds = tuple(map(self.present if raises_for_none(function) else self.of, args))
        options = {k: self.of(v) for k, v in kwargs}
        if not self.settled and any(k is NOT_YET for k in (*kinds, *options.values())):
            return NOT_YET
        if isinstance(function, Var):
            known = self.of(function)
            if not isinstance(known, Known):
                return UNKNOWN
            function = known.value
        if function in (list, tuple, sorted) and len(kinds) == 1:
            return listed(kinds[0]) if function is not sorted else ListKind(element_kind(kinds[0], None))
        if function is dict and options:                # `dict(d, key=value)`
            kinds, options = (*(kinds or (DictKind(()),)), DictKind(tuple(options.items()))), {}
            function = operator.or_
        container = made_container(function, kinds) if not options else None
        if container is not None:
            return container
        if function is operator.pow and all(isinstance(k, Number) and k.dtype == "int" for k in kinds):
            # a float for a negative exponent, which is no array either
            return Number("int", True, several=True, mixed=True)
        whole = whole_arithmetic(function, kinds)
        if whole is not None:
            return whole
        if isinstance(function, Construct):
            return constructed(function, kinds)
        if isinstance(function, Updated):
            return self.call(OUT_OF_PLACE[function.op], args, kwargs)
        made = made_iterable(function, kinds, options)
        if made is not None:
            return made
        rule = rule_of(function)
        if rule is None:
            random = self._random(function, kinds, options)
            if self.calls is None or random is not None:
                return random or UNKNOWN
            kind = self.calls.kind(function, kinds, options)
            self.recursive = self.recursive or kind == NEVER
            return widened(kind, fresh_shape())
        if rule.kind is None and rule.form == "elementwise":
            return floating(*kinds)
        if rule.kind is None or not fits(rule.kind, kinds, options):
            return UNKNOWN
        kind = rule.kind(*kinds, **options)
        self.recursive = self.recursive or kind == NEVER
        if "order" in options or function in (copy_as_laid_out, zeros_as_laid_out) or (
                len(kinds) > 2 and function in (np.reshape, np.ravel)):
            return kind
        return with_layout(kind, MAYBE_VIEW if may_keep(Call(function, args, kwargs)) else rule.result, function,
                            kinds)

    def _random(self, function: Any, kinds: tuple[Kind, ...], options: dict[str, Kind]) -> Kind | None:
        name = draw_of(function)
        return made_generator(function) if name is None else drawn(name, kinds, options)

    def attribute(self, base: Expr, attr: str) -> Kind:
        """The kind of `base.attr`."""
        if isinstance(base, Const):
            return constant_kind(getattr(base.value, attr)) if hasattr(base.value, attr) else UNKNOWN
        kind = self.present(base)
        if kind is NOT_YET:
            return NOT_YET
        if isinstance(kind, RecordKind):
            return kind.field(attr) or UNKNOWN
        found = attribute_kind(kind, attr)
        if found is None and isinstance(kind, (Array, Numeric, Number)) and has_attribute(kind, attr):
            return self.call(ATTRIBUTES[attr], (base,), ())
        return found or UNKNOWN

    def method(self, name: str, receiver: Expr, args: list[Expr], kwargs: tuple[tuple[str, Expr], ...]) -> Kind:
        """The kind of a method call whose receiver is an array or a number."""
        kind = self.present(receiver)
        if kind is NOT_YET or (not self.settled and is_empty(kind) and name in ("pop", "get", "setdefault")):
            return NOT_YET
        if isinstance(kind, (Array, Numeric, Number)) and name in METHODS:
            call = method_call(kind, name, receiver, args, kwargs)
            return self.call(call.function, call.args, call.kwargs)
        if isinstance(kind, DictKind) and name in DICT_METHODS:
            return self.call(DICT_METHODS[name], (receiver, *args), kwargs)
        if is_draw(kind, name) and not starred(tuple(args)):
            kinds, options = tuple(map(self.of, args)), {k: self.of(v) for k, v in kwargs}
            waits = not self.settled and any(k is NOT_YET for k in (*kinds, *options.values()))
            return NOT_YET if waits else drawn(name, kinds, options) or UNKNOWN
        found = asked(name, kind, [self.of(a) for a in args]) if not kwargs and not starred(tuple(args)) else None
        return found if found is not None else UNKNOWN

    def infer(self, function: Function) -> Kinds:
        """Fill in the names that the function binds."""
        outliving = outliving_names(function)
        self.pending, self.settled = bound_in(function.body) - set(self.names), False
        self._rounds(function, outliving)
        self.pending, self.settled = set(), True
        if self._rounds(function, outliving):
            return self
        before = dict(self.names)
        self._block(function.body, outliving)
        for name in bound_in(function.body):
            if self.names.get(name) != before.get(name):
                self.names[name] = UNKNOWN
        self._rounds(function, outliving)
        return self

    def _rounds(self, function: Function, outliving: set[str]) -> bool:
        """Goes over the function until nothing changes; did it end?"""
        for _ in range(ROUNDS):
            before = dict(self.names)
            self._block(function.body, outliving)
            follow_changes(function, self, self.changing)
            if self.names == before:
                return True
        return False

    def _block(self, block: Block, outliving: set[str]) -> None:
        for statement in block:
            with site(str(statement.label)):
                self._statement(statement, outliving)
            for inner in blocks(statement):
                self._block(inner, outliving)

    def _bind(self, name: str, kind: Kind, outliving: set[str]) -> None:
        if kind is NOT_YET:
            return
        if name in outliving:
            kind = widened(kind, name)
        joined = self.names[name] = join(self.names.get(name), kind, name)
        self.mixed |= isinstance(joined, (Array, Numeric)) and is_complex(joined) and not is_complex(kind)
        self.mixed |= is_mixed(kind)

    def _statement(self, statement: Statement, outliving: set[str]) -> None:
        if isinstance(statement, (Assign, Effect)):
            self._rearrange(statement.value if isinstance(statement, Assign) else statement.call)
        match statement:
            case Assign((name,), value):
                self._bind(name, self.of(value), outliving)
                match value:
                    case Call(Method(method), (Var(base), *args)) if not starred(tuple(args)):
                        self._change(base, method, args, {})
            case Assign(targets, value):
                kind = self.of(value)
                for k, name in enumerate(targets):
                    self._bind(name, self._entry(kind, k), outliving)
            case For(target, over, elements=elements):
                number = Number("int", True)
                self._bind(target, number if isinstance(over, Call) else element_kind(self.of(over), None), outliving)
                for name, container in elements:
                    self.mixed |= is_mixed(self.of(container))
                    self._bind(name, self._entry(self.of(container), None), outliving)
            case Store(base, index, value, op):
                self._store(base, index, value, op)
            case Effect(Call(Method(method), (Var(name), *args), kwargs)) if not starred(tuple(args)):
                self._change(name, method, args, dict(kwargs))
            case Effect(Call(dict.update, (Var(name), other))):
                self._change(name, "update", [other], {})
            case Effect(Call(dict.pop | dict.clear, (Var(name), *_))):
                self._change(name, "clear", [], {})

    def _entry(self, kind: Kind, k: int | None) -> Kind:
        """The kind of an entry."""
        if not self.settled and (kind is NOT_YET or is_empty(kind)):
            return NOT_YET
        return element_kind(kind, k)

    def _change(self, name: str, method: str, args: list[Expr], options: dict[str, Expr]) -> None:
        """A method of a list or dict that changes it."""
        known = self.names.get(name)
        if not isinstance(known, (ListKind, DictKind)):
            return
        given = [widened(self.of(a), name) for a in args]
        if NOT_YET in given:
            return
        self.mixed |= is_mixed(known, *given)
        if options and method == "update":
            given.append(DictKind(tuple((k, widened(self.of(v), name)) for k, v in options.items())))
        after = changed(known, method, given, name)
        if after != known:
            self.names[name] = after
        if method in CHANGING:
            self.changing.add(name)

    def _rearrange(self, call: Expr) -> None:
        """A function that puts into a list, or changes the order of what is in it."""
        if isinstance(call, Call) and rearranges(call, self):
            base, put = rearranged(call), entry_put(call)
            if isinstance(base, Var):
                self._change(base.name, "sort", [], {})
                if put is not None:
                    self._change(base.name, "append", [put[1]], {})

    def _store(self, base: str, index: Expr | None, value: Expr, op: Any) -> None:
        known = self.names.get(base)
        if path := attribute_path(index):
            self._store_field(base, path, value, op)
            return
        if not self.settled and (self.of(value) is NOT_YET or index is not None and op is not None and self.of(
                Call(operator.getitem, (Var(base), index))) is NOT_YET):
            return
        if isinstance(known, (ListKind, DictKind)):
            self.mixed |= is_mixed(known, self.of(value))
        match known:
            case Number() | Numeric() | TupleKind() | Known(str() | bytes()) if index is None:
                kind = self.of(Call(OUT_OF_PLACE[op], (Var(base), value))) if op is not None else self.of(value)
                self.names[base] = join(known, kind, base)
            case ListKind(item) if index is not None and isinstance(index, Build) and index.form == "slice":
                more = element_kind(self.of(value), None) if self.of(value) != ListKind(None, ()) else None
                self.names[base] = ListKind(item if more is None else join(item, widened(more, base), base + "."))
                self.changing.add(base)
            case ListKind() if index is not None:
                kind = self.of(value) if op is None else self.of(
                    Call(OUT_OF_PLACE[op], (Call(operator.getitem, (Var(base), index)), value)))
                self.names[base] = with_entry(known, static(self.of(index)), kind, base)
                self.changing.add(base)
            case ListKind() if op in (operator.iadd, operator.imul):
                self._change(base, *(("extend", [value]) if op is operator.iadd else ("sort", [])), {})
            case DictKind() if index is None and op is operator.ior:
                self._change(base, "update", [value], {})
            case DictKind() if index is not None:
                self._store_entry(base, known, index, value, op)

    def _store_field(self, base: str, path: tuple[str, ...], value: Expr, op: Any) -> None:
        known = self.names.get(base)
        place: Expr = Var(base)
        for step in path:
            place = Call(getattr, (place, Const(step)))
        if not isinstance(known, RecordKind) or op is not None and isinstance(self.of(place), RecordKind):
            return                                      # an object with an operator of its own, which is called later
        kind = self.of(value if op is None else Call(OUT_OF_PLACE[op], (place, value)))
        if kind is not NOT_YET:
            self.names[base] = with_field(known, path, kind, base)
            self.changing.add(base)

    def _store_entry(self, base: str, known: DictKind, index: Expr, value: Expr, op: Any) -> None:
        at = self.of(index)
        if at is NOT_YET:
            return
        self.changing.add(base)
        kind = self.of(value) if op is None else self.of(
            Call(OUT_OF_PLACE[op], (Call(operator.getitem, (Var(base), index)), value)))
        self.names[base] = with_entry(known, static(at), kind, base, at)
