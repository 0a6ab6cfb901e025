"""What a call, an attribute or an operator means where the kinds say what object it is about.

    model.forward(x)           forward(model, x)              (the function of the class)
    a + b                      __add__(a, b)                  (a an object)
    grid.kinetic               kinetic(grid)                  (a property)
    grid.kinetic = x           setter(grid, x)
    layer(x)                   __call__(layer, x)
    Point(x, y)                $1 = record of x and y
    Grid(n)                    $1 = record of nothing; __init__($1, n)
    f(*args, **options)        f(args[0], args[1], scale=options["scale"])
    act(x)                     np.tanh(x)                     (act holds np.tanh)

Comes in: a function and its kinds. Goes out: the function with one step of this done, the calls of the user's
functions as statements, so that they can be written out.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import operator
import types
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.containers import CHANGING
from s2sgrad.analyse.instances import is_instance
from s2sgrad.analyse.iteration import element_kind
from s2sgrad.core.classes import is_user_class
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import (
    Array,
    DictKind,
    ListKind,
    Numeric,
    TupleKind,
)
from s2sgrad.core.nodes import (
    Assign,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    If,
    Method,
    Star,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.operators import SILENT, Updated
from s2sgrad.core.primitives import sequence_of
from s2sgrad.core.records import Applied, Construct, attribute, attribute_path
from s2sgrad.core.rewrite import bottom_up
from s2sgrad.errors import UnsupportedError
from s2sgrad.normalise.attributes import IN_PLACE, as_key, is_method
from s2sgrad.normalise.construct import is_tuple
from s2sgrad.normalise.pending import KindsView
from s2sgrad.normalise.tables import table_entries
from s2sgrad.normalise.unroll import holds_functions, holds_records
from s2sgrad.normalise.written_attributes import WrittenAttributes
from s2sgrad.read.expressions import KEYWORDS, is_user_function
from s2sgrad.read.scope import Context

NO_LISTS, ARGUMENTS, ALL_LISTS = range(3)


def dispatch(function: Function, kinds: KindsView, context: Context, guessed: set[str] | None = None,
             levels: Sequence[int] = (NO_LISTS, ARGUMENTS, ALL_LISTS)) -> Function:
    """The function after one step; the same object where there was nothing to do.

    guessed: the kinds are a guess, that objects stay of one class; the names of these objects go in here.

    What a list holds is taken for known only where nothing else is left to do: a call that is not written out yet may
    append to it. Arguments (`f(*xs)`) come before other uses, since they lead to such calls.
    """
    tables = table_entries(function, kinds)
    for lists in levels:
        dispatcher = _Dispatcher(kinds, context, guessed)
        dispatcher.lists, dispatcher.tables = lists, tables
        with kinds.remembering():
            body = dispatcher.block(function.body)
        if body != function.body:
            return replace(function, body=body)
    return function


class _Dispatcher(WrittenAttributes):
    lists = ALL_LISTS                   # where the entries of lists are known
    inside = True                       # is the expression more than the whole value of a statement?

    # -- statements
    def statement(self, statement: Statement) -> None:
        """Calls that are the whole value of a statement stay there."""
        match statement:
            case Assign((name,)) if (entry := self.tables.get(name)) and not entry.is_read:
                pass
            case Assign((name,), Call() as call) if (entry := self.tables.get(name)) and not entry.is_named:
                key = self.temporary(self.expr(entry.key))
                self.out.append(replace(statement, value=Call(call.function, (entry.table, key))))
            case Assign(targets, Call() as call):
                match done := self.whole(call):
                    case Call(Method(name), (receiver, *_)) if name in SILENT and len(targets) == 1 and is_method(
                            self.kinds.of(receiver), name):
                        self.effect(Effect(done, label=statement.label, origin=self.at), done)
                        done = Const(None)
                self.out.append(replace(statement, value=done))
            case Store(index=index) if path := attribute_path(index):
                self.written(statement, path)
            case Effect(Call() as call):
                self.effect(statement, self.whole(call))
            case Store(base, None, value, op) if op in IN_PLACE and self.record(Var(base)) is not None:
                self.update(statement, base, value)
            case Store(base, index, value, op) if index is not None and not attribute_path(index) and (
                    self.record(Var(base)) is not None):
                self.put(base, self.settled(self.expr(index)), value, op)
            case Assign(targets, Var(name)) if len(targets) > 1 and self.record(Var(name)) is not None:
                self.unpack(statement, name)
            case If(test) if (truth := self.truth(test)) is not test:
                super().statement(replace(statement, test=truth))
            case For(elements=elements) if any(self.tuple_fields(c) for _, c in elements):
                super().statement(self.over_fields(statement))
            case _:
                super().statement(statement)

    def over_fields(self, loop: For) -> For:
        """A loop over a namedtuple as one over the tuple of its fields."""
        taken = {c: self.temporary(Build("tuple", tuple(fields))) for _, c in loop.elements
                 if (fields := self.tuple_fields(c))}
        over = bottom_up(loop.over, lambda e: taken.get(e, e))
        return replace(loop, over=over, elements=tuple((n, taken.get(c, c)) for n, c in loop.elements))

    def total(self, start: Expr, entries: Sequence[Expr]) -> Expr:
        """The sum of objects, one after the other."""
        for entry in entries:
            start = self.temporary(Call(operator.add, (start, entry)))
        return start

    def joined(self, value: Expr, start: Sequence[Expr]) -> Expr | None:
        """`sum(rows, [])`: lists and tuples are strung together, one after the other; None for other sums."""
        kind = self.kinds.of(value)
        entry = element_kind(kind, None)
        if not isinstance(kind, (ListKind, TupleKind)) or not any(
                isinstance(k, (ListKind, TupleKind)) for k in (entry, *map(self.kinds.of, start))):
            return None
        if isinstance(value, Build) and not any(isinstance(i, Star) for i in value.items):
            return self.total(start[0] if start else Const(0), value.items)
        rows = value if isinstance(value, Var) else self.temporary(value)
        total, index, row = self.fresh(), self.fresh(), self.fresh()
        self.out.append(Assign((total,), start[0] if start else Const(0), origin=self.at))
        join = Assign((total,), Call(operator.add, (Var(total), Var(row))), origin=self.at)
        over = Call(range, (Call(len, (rows,)),))
        self.out.append(For(index, over, (join,), elements=((row, rows),), origin=self.at))
        return Var(total)

    def extreme(self, better: Any, values: Sequence[Expr]) -> Expr:
        """The least or greatest of tuples or lists, the first one of equals: compared, and chosen as a whole."""
        names = [a if isinstance(a, Var) else self.temporary(a) for a in values]
        result = Var(self.fresh())
        self.out.append(Assign((result.name,), names[0], origin=self.at))
        for name in names[1:]:
            self.out.append(If(Call(better, (name, result)), (Assign((result.name,), name, origin=self.at),), (),
                               origin=self.at))
        return result

    def effect(self, statement: Effect, call: Expr) -> None:
        """A call for its effect; that of `object.__setattr__` is a write."""
        match call:
            case Call(function, (Var(name), Const(value=str() as field), value)) if function is object.__setattr__:
                self.out.append(Store(name, attribute(field), value, origin=self.at))
            case Call(Method(name), (receiver, *args)) if name in CHANGING and not isinstance(receiver, Var):
                held = self.temporary(receiver)         # what holds it is known to change with it
                self.out.append(replace(statement, call=replace(call, args=(held, *args))))
            case Call():
                self.out.append(replace(statement, call=call))

    def whole(self, call: Call) -> Expr:
        """A call that is the value of a statement: what it becomes need not get a name."""
        outer, self.inside = self.inside, False
        done = self.expr(call)
        self.inside = outer
        return done

    def operands(self, items: Sequence[Expr]) -> list[Expr]:
        """What is an operand gets a name if it is a call of the user's."""
        outer, self.inside = self.inside, True
        found = super().operands(items)
        self.inside = outer
        return found

    def update(self, statement: Store, base: str, value: Expr) -> None:
        """`a += b` for an object."""
        own = IN_PLACE[statement.op][0]
        call = self.updated(statement.op, Var(base), self.expr(value))
        if call is None:
            raise UnsupportedError(f"`{base.split('#')[0]}` has no `{own}`.", "Define it.", self.at)
        self.out.append(Assign((base,), call, origin=statement.origin))

    def updated(self, op: Any, old: Expr, value: Expr) -> Expr | None:
        """What `old op= value` leaves for an object: by the method in place, else by the other one."""
        own, plain = IN_PLACE[op]
        method = self.method_of(old, own)
        return Call(method, (old, value)) if method is not None else self.operator(plain, (old, value))

    def put(self, base: str, index: Expr, value: Expr, op: Any) -> None:
        """`obj[i] = value`, `obj[i] += value`."""
        method = self.method_of(Var(base), "__setitem__")
        if method is None:
            raise UnsupportedError(f"`{base.split('#')[0]}` has no `__setitem__`.", "Define it.", self.at)
        if op is not None:
            held = self.temporary(self.entry(Var(base), index) or Call(operator.getitem, (Var(base), index)))
            value = self.expr(value)
            self.out.append(Store(held.name, None, value, op, origin=self.at))
            value = held
        value = self.expr(value)
        self.out.append(Effect(Call(method, (Var(base), index, value)), origin=self.at))

    def unpack(self, statement: Assign, name: str) -> None:
        """`a, b = point` for a namedtuple."""
        record = self.record(Var(name))
        if record is None or not is_tuple(record) or len(record.fields) != len(statement.targets):
            self.out.append(statement)
            return
        values = tuple(Call(getattr, (Var(name), Const(f))) for f, _ in record.fields)
        self.out.append(replace(statement, value=Build("tuple", values)))

    # -- expressions
    def visit(self, expr: Expr) -> Expr:
        """One node, its operands done."""
        match expr:
            case Build("tuple" | "list" | "set" as form, items):
                return Build(form, tuple(self.spread(items)))
            case Call():
                return self.named(self.call(expr))
        return expr

    def named(self, expr: Expr) -> Expr:
        """A call of a function of the user's inside an expression gets a name."""
        if self.inside and isinstance(expr, Call) and _is_users(expr.function):
            return self.temporary(expr)
        return expr

    def call(self, call: Call) -> Expr:
        """What a call means; itself where the kinds do not say."""
        call = self.with_arguments(call)
        if any(k == "key" for k, _ in call.kwargs):
            call = replace(call, kwargs=as_key(call.kwargs))
        match call:
            case Call(function, (base, Const(value=str() as name))) if function is getattr:
                return self.attribute(base, name, call)
            case Call(function, (Var() as base,)) if function is sequence_of and isinstance(
                    self.kinds.of(base), (ListKind, TupleKind)):
                return base
            case Call(Method(name), (Call(function, (Const(value=type() as cls), own)), *args), kwargs) if (
                    function is super):
                return self.parent(name, cls, own, args, call)
            case Call(Method(name), (receiver, *args), kwargs):
                return self.method(name, receiver, tuple(args), kwargs, call)
            case Call(Var(name)):
                return self.value_called(name, call)
            case Call(Updated(op), (old, value)) if op in IN_PLACE and self.record(old) is not None:
                return self.updated(op, old, value) or call
            case Call(functools.partial, (function, *args), kwargs) if not any(isinstance(a, Star) for a in args) and (
                    KEYWORDS not in dict(kwargs)):
                made = Applied(len(args), tuple(k for k, _ in kwargs))
                return Call(Construct(made, made.fields), (function, *args, *(v for _, v in kwargs)))
            case Call(function, (value,), ()) if function is type and (record := self.record(value)) is not None:
                return Const(record.cls)
            case Call(function, (Const(value=type() as one), Const(value=type() as other))) if function in (
                    operator.is_, operator.is_not, operator.eq, operator.ne) and is_user_class(one):
                return Const((one is other) == (function in (operator.is_, operator.eq)))
            case Call(function, (value, *start), ()) if function is sum and len(start) < 2 and (
                    entries := self.entries(value)) and any(map(self.record, entries)):
                return self.total(start[0] if start else Const(0), entries)
            case Call(function, (value, *start), ()) if function is sum and len(start) < 2 and (
                    whole := self.joined(value, start)) is not None:
                return whole
            case Call(function, args, ()) if function in (min, max) and len(args) > 1 and all(isinstance(
                    self.kinds.of(a), (TupleKind, ListKind)) for a in args):
                return self.extreme(operator.lt if function is min else operator.gt, args)
            case Call(function, (value,), ()) if function in (sum, min, max) and (fields := self.tuple_fields(value)):
                return Call(function, (Build("tuple", tuple(fields)),))
            case Call(function, (value, Const(value=cls))) if function is isinstance and self.guessed is None:
                found = is_instance(self.kinds.of(value), cls)
                return call if found is None else Const(found)
            case Call(function, (value,), ()) if function in (list, tuple) and (parts := self.entries(value)):
                return Build(function.__name__, tuple(parts))
            case Call(operator.getitem, (value, Build("slice", limits))) if (parts := self.entries(value)) and (
                    all(isinstance(i, Const) for i in limits)):
                form = "tuple" if isinstance(self.kinds.of(value), TupleKind) else "list"
                return Build(form, tuple(parts[slice(*(i.value for i in limits if isinstance(i, Const)))]))
            case Call(operator.add, (one, other)) if (parts := self.entries(one)) and (more := self.entries(other)):
                form = "tuple" if isinstance(self.kinds.of(one), TupleKind) else "list"
                return Build(form, (*parts, *more))
            case Call(dataclasses.replace, (value,), kwargs):
                return self.replaced(value, dict(kwargs), call)
            case Call(type() as cls, args, kwargs) if is_user_class(cls):
                return self.construct(cls, args, kwargs, call)
            case Call(function, args, ()) if isinstance(function, (types.BuiltinFunctionType, np.ufunc, type)):
                return self.operator(function, args) or call
        return call

    def with_arguments(self, call: Call) -> Call:
        """`f(*args, **options)` with the arguments one by one."""
        args = tuple(self.unpacked(call.function, self.spread(call.args, _is_users(call.function)), call.kwargs))
        if KEYWORDS not in dict(call.kwargs):
            return Call(call.function, args, call.kwargs) if args != call.args else call
        kwargs: list[tuple[str, Expr]] = []
        for key, value in call.kwargs:
            kind = self.kinds.of(value)
            if key == KEYWORDS and isinstance(kind, DictKind) and kind.items is not None:
                holder = value if isinstance(value, Var) else self.temporary(value)
                kwargs += [(k, Call(operator.getitem, (holder, Const(k)))) for k, _ in kind.items]
            else:
                kwargs.append((key, value))
        return Call(call.function, args, tuple(kwargs))

    def spread(self, items: Sequence[Expr], argument: bool = False) -> list[Expr]:
        """Starred values of known length, entry by entry."""
        found: list[Expr] = []
        for item in items:
            count = self.length(item.value, argument) if isinstance(item, Star) else None
            if isinstance(item, Star) and isinstance(item.value, Build) and item.value.form in ("tuple", "list"):
                found += self.spread(item.value.items, argument)
            elif isinstance(item, Star) and (fields := self.tuple_fields(item.value)):
                found += fields
            elif isinstance(item, Star) and count is not None:
                holder = item.value if isinstance(item.value, Var) else self.temporary(item.value)
                found += [Call(operator.getitem, (holder, Const(k))) for k in range(count)]
            else:
                found.append(item)
        return found

    def unpacked(self, function: Any, args: list[Expr], kwargs: Sequence[tuple[str, Expr]]) -> list[Expr]:
        """`f(*xs)` where f takes a certain number of arguments, which xs then has: Python checks this."""
        starred = [k for k, a in enumerate(args) if isinstance(a, Star)]
        count = _arguments(function)
        if len(starred) != 1 or count is None or kwargs:
            return args
        where = starred[0]
        value = args[where]
        assert isinstance(value, Star)
        names = tuple(self.fresh() for _ in range(count - len(args) + 1))
        if len(names) < 2 or not isinstance(self.kinds.of(value.value), (Array, ListKind, Numeric)):
            return args
        self.out.append(Assign(names, value.value, origin=self.at))
        return [*args[:where], *map(Var, names), *args[where + 1:]]

    def entries(self, expr: Expr) -> list[Expr]:
        """The entries of a tuple or list that holds objects or functions, where each is known; of a namedtuple."""
        if fields := self.tuple_fields(expr):
            return fields
        match self.kinds.of(expr):
            case ListKind() if self.lists != ALL_LISTS:
                return []
            case TupleKind(items) | ListKind(items=tuple() as items) if any(
                    holds_records(k) or holds_functions(k) for k in items):
                if isinstance(expr, Build):
                    return list(expr.items)
                holder = expr if isinstance(expr, Var) else self.temporary(expr)
                return [Call(operator.getitem, (holder, Const(k))) for k in range(len(items))]
        return []

    def length(self, expr: Expr, argument: bool) -> int | None:
        """The length of a tuple, list or array, where it is known."""
        match self.kinds.of(expr):
            case ListKind() if self.lists < (ARGUMENTS if argument else ALL_LISTS):
                return None
            case TupleKind(items) | ListKind(items=tuple() as items):
                return len(items)
            case Array(shape=(first, *_)) if not first.symbol:
                return first.offset
        return None


def _is_users(function: Any) -> bool:
    return isinstance(function, Var) or is_user_function(function) or is_user_class(function)


def _arguments(function: Any) -> int | None:
    """The number of arguments of a function that takes no other number."""
    match function:
        case Closure(function=inner):
            plain = all(p.form == "positional" and p.default is None for p in inner.params)
            return len(inner.params) if plain else None
        case types.FunctionType() if is_user_function(function):
            code = function.__code__
            varies = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS) or code.co_kwonlyargcount
            return None if varies or function.__defaults__ else code.co_argcount
    return None
