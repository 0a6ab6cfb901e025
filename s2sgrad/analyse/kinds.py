"""Kinds: for every name of a function what its value is, as far as the facts say (design, section 5).

Comes in: a function and the kinds of its parameters and data. Goes out: a `Kinds` that knows every name and can be
asked for any expression. Flow-insensitive per name (names are webs of definitions by now) and iterated to a fixpoint;
lengths born in a loop that outlive a trip are renamed after the name that holds them, so that two equal lengths
always belong to one trip.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from s2sgrad.analyse.exposed import outliving_names
from s2sgrad.analyse.indexing import getitem_kind
from s2sgrad.analyse.iteration import element_kind, listed, made_iterable
from s2sgrad.analyse.joins import join, widened
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Dim,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    Object,
    TupleKind,
    is_complex,
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
    Star,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.rewrite import blocks, bound_in
from s2sgrad.rules.methods import ATTRIBUTES, DICT_METHODS, METHODS
from s2sgrad.rules.registry import FRESH, rule_of
from s2sgrad.rules.shapes import constant_kind, floating, fresh_shape, site, static

ROUNDS = 12
CallKind = Callable[[Any, tuple[Kind, ...], dict[str, Kind]], Kind]


class Kinds:
    """The kinds of one function's names."""

    def __init__(self, names: Mapping[str, Kind], fresh: Callable[[], str], call_kind: CallKind | None = None) -> None:
        self.names: dict[str, Kind] = dict(names)
        self.fresh = fresh
        self.entry_of: dict[str, str] = {}
        self.mixed = False      # does a name hold a real array at one place and a complex one at another?
        self.call_kind = call_kind

    def of(self, expr: Expr) -> Kind:
        """The kind of an expression."""
        match expr:
            case Var(name):
                return self.named(name)
            case Const(value):
                return constant_kind(value)
            case Build("tuple", items):
                return TupleKind(tuple(self.of(i) for i in items)) if not _starred(items) else UNKNOWN
            case Build("list", items):
                if _starred(items):
                    return ListKind(UNKNOWN)
                kinds = tuple(self.of(i) for i in items)
                item: Kind | None = None
                for k in kinds:
                    item = k if item is None else join(item, k, fresh_shape())
                return ListKind(item, kinds)
            case Build("set", items):
                return Object(set, element_kind(self.of(Build("list", items)), None))
            case Build("dict", items):
                keys = [i.value for i in items[::2] if isinstance(i, Const)]
                if len(keys) * 2 == len(items):
                    return DictKind(tuple(zip(keys, (self.of(i) for i in items[1::2]), strict=True)))
                return DictKind(None, UNKNOWN)
            case Call(function, (base, index)) if function is operator.getitem:
                return getitem_kind(self.of(base), index, self.of)
            case Call(function, (base, Const(value=str() as attr))) if function is getattr:
                return self.attribute(base, attr)
            case Call(Method(name), (receiver, *args), kwargs):
                return self.method(name, receiver, args, kwargs)
            case Call(function, args, kwargs):
                return self.call(function, args, kwargs)
        return UNKNOWN

    def named(self, name: str) -> Kind:
        """The kind of a name; an adjoint has that of what it is the adjoint of, but no known value."""
        if name in self.names or not (is_bar(name) or is_shadow(name)):
            return self.names.get(name, UNKNOWN)
        match self.names.get(name[:-1], UNKNOWN):
            case Number(dtype):
                return Number(dtype)
            case Array(dtype, shape):
                return Array(dtype, shape)
            case kind:
                return kind

    def call(self, function: Any, args: tuple[Expr, ...], kwargs: tuple[tuple[str, Expr], ...]) -> Kind:
        """The kind of a call of a known function."""
        if _starred(args):
            return UNKNOWN
        kinds = tuple(self.of(a) for a in args)
        options = {k: self.of(v) for k, v in kwargs}
        if isinstance(function, Var):
            known = self.of(function)
            if not isinstance(known, Known):
                return UNKNOWN
            function = known.value
        if function in (list, tuple, sorted) and len(kinds) == 1:
            return listed(kinds[0]) if function is not sorted else ListKind(element_kind(kinds[0], None))
        if function is operator.pow and all(isinstance(k, Number) and k.dtype == "int" for k in kinds):
            return Number("int", True)              # a float for a negative exponent, which is no array either
        if function in (operator.add, operator.sub):
            lengths = _length_arithmetic(function, kinds)
            if lengths is not None:
                return lengths
        if function is operator.floordiv or function is operator.mul:
            folded = _fold(function, kinds)
            if folded is not None:
                return folded
        made = made_iterable(function, kinds) if not options else None
        if made is not None:
            return made
        rule = rule_of(function)
        if rule is None:
            if self.call_kind is None:
                return UNKNOWN
            return widened(self.call_kind(function, kinds, options), fresh_shape())
        if rule.kind is None and rule.form == "elementwise":
            return floating(*kinds)
        if rule.kind is None or not _fits(rule.kind, kinds, options):
            return UNKNOWN
        return _with_layout(rule.kind(*kinds, **options), rule.result, function, kinds)

    def attribute(self, base: Expr, attr: str) -> Kind:
        """The kind of `base.attr`."""
        if isinstance(base, Const):
            return constant_kind(getattr(base.value, attr))
        kind = self.of(base)
        match kind, attr:
            case Array(shape=tuple() as shape), "shape":
                return TupleKind(tuple(length_kind(d) for d in shape))
            case Array(shape=shape), "size":
                if isinstance(shape, tuple) and len(shape) == 1:
                    return length_kind(shape[0])
                return Number("int", True)
            case Array(shape=shape), "ndim":
                return Number("int", True, len(shape) if isinstance(shape, tuple) else None)
            case (Array() | Numeric() | Number()), "size" | "ndim":
                return Number("int", True)
            case (Array(dtype) | Number(dtype) | Numeric(dtype)), "dtype":
                return Known(np.dtype(dtype)) if dtype is not None and dtype != "int" else UNKNOWN
            case (Array() | Numeric() | Number()), _ if has_attribute(kind, attr):
                return self.call(ATTRIBUTES[attr], (base,), ())
        return UNKNOWN

    def method(self, name: str, receiver: Expr, args: list[Expr], kwargs: tuple[tuple[str, Expr], ...]) -> Kind:
        """The kind of a method call whose receiver is an array or a number."""
        kind = self.of(receiver)
        if isinstance(kind, (Array, Numeric, Number)) and name in METHODS:
            return self.call(method_function(kind, name), (receiver, *method_arguments(name, tuple(args))), kwargs)
        if isinstance(kind, DictKind) and name in DICT_METHODS:
            return self.call(DICT_METHODS[name], (receiver, *args), kwargs)
        return UNKNOWN

    def infer(self, function: Function) -> Kinds:
        """Fill in the names that the function binds."""
        outliving = outliving_names(function)
        for _ in range(ROUNDS):
            before = dict(self.names)
            self._block(function.body, outliving)
            if self.names == before:
                return self
        for name in bound_in(function.body):
            if self.names.get(name) != before.get(name):
                self.names[name] = UNKNOWN
        for _ in range(ROUNDS):
            before = dict(self.names)
            self._block(function.body, outliving)
            if self.names == before:
                break
        return self

    def _block(self, block: Block, outliving: set[str]) -> None:
        for statement in block:
            with site(str(statement.label)):
                self._statement(statement, outliving)
            for inner in blocks(statement):
                self._block(inner, outliving)

    def _bind(self, name: str, kind: Kind, outliving: set[str]) -> None:
        if name in outliving:
            kind = widened(kind, name)
        joined = self.names[name] = join(self.names.get(name), kind, name)
        self.mixed |= isinstance(joined, (Array, Numeric)) and is_complex(joined) and not is_complex(kind)
        match kind:
            case TupleKind() | ListKind() | DictKind():
                self.mixed |= _is_mixed((kind,))

    def _statement(self, statement: Statement, outliving: set[str]) -> None:
        match statement:
            case Assign((name,), value):
                self._bind(name, self.of(value), outliving)
                match value:
                    case Call(function, (Var(holder), _)) if function is operator.getitem:
                        self.entry_of[name] = holder
            case Assign(targets, value):
                kind = self.of(value)
                for k, name in enumerate(targets):
                    self._bind(name, element_kind(kind, k), outliving)
            case For(target, over, elements=elements):
                number = Number("int", True)
                self._bind(target, number if isinstance(over, Call) else element_kind(self.of(over), None), outliving)
                for name, container in elements:
                    self.mixed |= _is_mixed((self.of(container),))
                    self._bind(name, element_kind(self.of(container), None), outliving)
            case Store(base, index, value, op):
                self._store(base, index, value, op)
            case Effect(Call(Method("append"), (Var(name), value))):
                known = self.names.get(name)
                if isinstance(known, ListKind):
                    self.mixed |= known.item is not None and _is_mixed((known.item, self.of(value)))
                    self.names[name] = ListKind(join(known.item, widened(self.of(value), name), name + "."))

    def _store(self, base: str, index: Expr | None, value: Expr, op: Any) -> None:
        known = self.names.get(base)
        match known:
            case Number() | Numeric() if index is None:
                kind = self.of(Call(OUT_OF_PLACE[op], (Var(base), value))) if op is not None else self.of(value)
                self.names[base] = join(known, kind, base)
            case ListKind(item, items) if index is not None:
                kind = self.of(value) if op is None else self.of(
                    Call(OUT_OF_PLACE[op], (Call(operator.getitem, (Var(base), index)), value)))
                self.mixed |= item is not None and _is_mixed((item, kind))
                changed = None if items is None else tuple(join(k, kind, f"{base}.{i}") for i, k in enumerate(items))
                self.names[base] = ListKind(join(item, kind, base + "."), changed)
                if base in self.entry_of:               # the list is an entry of another one
                    outer = self.names.get(self.entry_of[base])
                    if isinstance(outer, ListKind):
                        self.names[self.entry_of[base]] = ListKind(join(outer.item, self.names[base], base + ".."))
            case DictKind(items, item) if index is not None:
                self._store_entry(base, items, item, index, value, op)

    def _store_entry(self, base: str, items: tuple[tuple[Any, Kind], ...] | None, item: Kind | None, index: Expr,
                     value: Expr, op: Any) -> None:
        kind = self.of(value) if op is None else self.of(
            Call(OUT_OF_PLACE[op], (Call(operator.getitem, (Var(base), index)), value)))
        key = static(self.of(index))
        if items is None or key is ...:
            self.names[base] = DictKind(None, join(item, kind, base + "."))
            return
        known = dict(items)
        known[key] = join(known.get(key), kind, f"{base}.{key}")
        self.names[base] = DictKind(tuple(known.items()))


OUT_OF_PLACE: dict[Any, Any] = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ifloordiv: operator.floordiv, operator.imod: operator.mod,
    operator.ipow: operator.pow, operator.imatmul: operator.matmul, operator.iand: operator.and_,
    operator.ior: operator.or_, operator.ixor: operator.xor, operator.ilshift: operator.lshift,
    operator.irshift: operator.rshift,
}


def _is_mixed(kinds: tuple[Kind, ...]) -> bool:
    """Are there real arrays and complex ones among the entries?"""
    return len({is_complex(array) for array in _arrays(kinds)}) == 2


def _arrays(kinds: tuple[Kind, ...]) -> Iterator[Kind]:
    for kind in kinds:
        match kind:
            case Array() | Numeric():
                yield kind
            case TupleKind(items) | ListKind(_, tuple(items)):
                yield from _arrays(items)
            case DictKind(tuple(items)):
                yield from _arrays(tuple(value for _, value in items))


def length_kind(dim: Dim) -> Number:
    """A Python integer that is this length."""
    return Number("int", True, dim if dim.symbol else dim.offset)


def method_function(kind: Kind, name: str) -> Any:
    """The function that a method of an array or a number stands for."""
    python = isinstance(kind, Number) and kind.weak and is_complex(kind)
    return complex.conjugate if python and name == "conjugate" else METHODS[name]


def has_attribute(kind: Kind, name: str) -> bool:
    """Is it an attribute that has a function in its place? Every number has its parts, only those of NumPy the rest."""
    return name in ATTRIBUTES and (name in ("real", "imag") or not (isinstance(kind, Number) and kind.weak))


def method_arguments(name: str, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """`a.reshape(2, 3)` and `a.transpose(1, 0)` take their tuple as separate arguments."""
    if name in ("reshape", "transpose") and (len(args) > 1 or (name == "reshape" and len(args) == 1
                                                               and not isinstance(args[0], Build))):
        return (Build("tuple", args),) if len(args) > 1 else args
    return args


def _fits(kind_rule: Callable[..., Kind], kinds: tuple[Kind, ...], options: dict[str, Kind]) -> bool:
    """Does the kind rule take such a call? If not, the function itself refuses it, or the option is unknown."""
    try:
        inspect.signature(kind_rule).bind(*kinds, **options)
    except TypeError:
        return False
    return True


def _with_layout(kind: Kind, result: str, function: Any, kinds: tuple[Kind, ...]) -> Kind:
    """The kind with what is known of the order of its memory."""
    if not isinstance(kind, Array) or kind.layout or not isinstance(kind.shape, tuple):
        return kind
    if result == FRESH and (len(kind.shape) == 1 or all(
            k.layout == "C" for k in kinds if isinstance(k, Array) and k.shape == kind.shape) and any(
            isinstance(k, Array) and k.shape == kind.shape for k in kinds)):
        return Array(kind.dtype, kind.shape, "C")
    base = kinds[0] if kinds else None
    if function is np.transpose and isinstance(base, Array) and base.layout == "C" and isinstance(base.shape, tuple):
        strided = len(kinds) == 1 and sum(d.not_one for d in base.shape) > 1
        return Array(kind.dtype, kind.shape, "strided" if strided else "")
    if function in (np.ravel, np.reshape) and isinstance(base, Array) and base.layout:
        return Array(kind.dtype, kind.shape, "C")
    return kind


def _starred(items: tuple[Expr, ...]) -> bool:
    return any(isinstance(i, Star) for i in items)


def _length_arithmetic(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """`n + 1` where n is a length; sums of constants."""
    match kinds:
        case (Number("int", _, a), Number("int", _, b)) if a is not None and b is not None:
            if isinstance(a, Dim) and isinstance(b, int):
                return length_kind(Dim(a.symbol, function(a.offset, b)))
            if isinstance(b, Dim) and isinstance(a, int) and function is operator.add:
                return length_kind(Dim(b.symbol, a + b.offset))
            if isinstance(a, Dim) and isinstance(b, Dim) and function is operator.sub and a.symbol == b.symbol:
                return Number("int", True)
            if isinstance(a, int) and isinstance(b, int):
                return Number("int", True, function(a, b))
            return Number("int", True)
    return None


def _fold(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    match kinds:
        case (Number("int", _, int() as a), Number("int", _, int() as b)) if b != 0:
            return Number("int", True, function(a, b))
    return None
