"""Attributes, methods and operators of objects by what their classes say.

`Attributes` is the part of `dispatch` that knows what `model.forward(x)`, `grid.kinetic`, `super().step()`, `layer(x)`
and `a + b` mean where the kinds of the objects are known.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import types
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from s2sgrad.core import primitives
from s2sgrad.core.classes import class_attribute, is_property, is_user_class
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Never,
    Number,
    Numeric,
    OneOf,
    RecordKind,
    TupleKind,
    Unknown,
)
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, If, Method, Raise, Star, Var
from s2sgrad.core.records import Applied, Construct
from s2sgrad.errors import UnsupportedError
from s2sgrad.normalise.construct import Objects, hashable, is_tuple
from s2sgrad.normalise.tables import Entry
from s2sgrad.read.callees import is_builtin_method
from s2sgrad.read.expressions import KEYWORDS, is_user_function

OPERATORS: dict[Any, tuple[str, str]] = {
    operator.add: ("__add__", "__radd__"), operator.sub: ("__sub__", "__rsub__"),
    operator.mul: ("__mul__", "__rmul__"), operator.truediv: ("__truediv__", "__rtruediv__"),
    operator.floordiv: ("__floordiv__", "__rfloordiv__"), operator.mod: ("__mod__", "__rmod__"),
    operator.pow: ("__pow__", "__rpow__"), operator.matmul: ("__matmul__", "__rmatmul__"),
    operator.lt: ("__lt__", "__gt__"), operator.gt: ("__gt__", "__lt__"), operator.le: ("__le__", "__ge__"),
    operator.ge: ("__ge__", "__le__"), operator.eq: ("__eq__", "__eq__"), operator.ne: ("__ne__", "__ne__"),
}
UNARY: dict[Any, str] = {
    operator.neg: "__neg__", operator.pos: "__pos__", abs: "__abs__", np.abs: "__abs__", len: "__len__",
    float: "__float__",
}
IN_PLACE: dict[Any, tuple[str, Any]] = {
    operator.iadd: ("__iadd__", operator.add), operator.isub: ("__isub__", operator.sub),
    operator.imul: ("__imul__", operator.mul), operator.itruediv: ("__itruediv__", operator.truediv),
    operator.imatmul: ("__imatmul__", operator.matmul), operator.ipow: ("__ipow__", operator.pow),
}
FUNCTIONS: dict[str, Any] = {"__getitem__": operator.getitem, "__len__": len}       # of what arrays and lists have
BUILTIN_DESCRIPTORS = (types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType,
                       types.MemberDescriptorType)


class Attributes(Objects):
    """What the attributes, methods and operators of objects mean."""

    tables: Mapping[str, Entry] = {}            # names that hold functions from tables

    @abstractmethod
    def call(self, call: Call) -> Expr:
        """What a call means; itself where the kinds do not say."""

    def expr(self, expr: Expr) -> Expr:
        """The expression, done; a field that is called is read before the arguments."""
        match expr:
            case Call(Method(name) as method, (receiver, *args), kwargs):
                own, mark = self.operands([receiver])[0], len(self.out)
                done = self.operands([*args, *(v for _, v in kwargs)])
                keywords = tuple((k, v) for (k, _), v in zip(kwargs, done[len(args):], strict=True))
                later = self.out[mark:]
                del self.out[mark:]
                function: Any = method
                if later and self.may_be_field(own, name):
                    function, receivers = self.temporary(self.visit(Call(getattr, (own, Const(name))))), []
                else:
                    receivers = [self.settled(own) if later else own]
                self.out += later
                return self.visit(Call(function, (*receivers, *done[:len(args)]), keywords))
        return super().expr(expr)

    def may_be_field(self, own: Expr, name: str) -> bool:
        """May `own.name` be a field, which can be bound anew?"""
        record = self.record(own)
        if record is not None:
            return record.field(name) is not None
        return isinstance(self.kinds.of(own), Unknown) and not is_builtin_method(name)

    def attribute(self, base: Expr, name: str, call: Call) -> Expr:
        """`base.name`: a field stays; a property is called; a method is bound; data of the class are read live."""
        record, kind = self.record(base), self.kinds.of(base)
        if record is not None and (record.field(name) is None or is_property(record.cls, name)):
            if name == "__class__":
                return Const(record.cls)
            if name == "_fields" and is_tuple(record):
                return Const(record.cls._fields)
            return self.of_class(record.cls, name, base, call)
        if isinstance(kind, Known) and is_user_class(kind.value) and name not in ("__name__", "__qualname__"):
            return self.of_class(kind.value, name, None, call)
        return _bound(FUNCTIONS.get(name) or Method(name), base) if is_method(kind, name) else call

    def of_class(self, cls: type, name: str, own: Expr | None, call: Call) -> Expr:
        """An attribute that the class has: own is the object, None for the class itself."""
        found = self.found(cls, name)
        match found.value if found is not None else None:
            case None:
                return call
            case property(fget=types.FunctionType() as getter) if own is not None:
                return Call(getter, (own,))
            case types.FunctionType() as method:
                return _bound(method, own) if own is not None else Const(method)
            case staticmethod(__func__=method):
                return Const(method)
            case classmethod(__func__=method):
                return _bound(method, Const(cls))
            case functools.cached_property():
                raise UnsupportedError(f"`{name}` is a cached property, which is not supported.",
                                       "Make it a property, or compute it in `__init__`.", self.at)
            case types.GetSetDescriptorType():
                raise UnsupportedError(f"`{name}` of an object is not supported: what it reads or writes cannot be "
                                       "followed.", "Write the fields themselves.", self.at)
            case value if hasattr(type(value), "__get__") and not isinstance(value, BUILTIN_DESCRIPTORS):
                raise UnsupportedError(f"`{name}` is computed by a descriptor (`{type(value).__name__}`) of the class "
                                       "of an object, which is not supported.", "Make it a property or a method.",
                                       self.at)
            case value if callable(value):
                return Const(value)
        assert found is not None
        return self.shared(found.owner, name)

    def method_of(self, receiver: Expr, name: str) -> types.FunctionType | None:
        """The function of a method that an object has by its class."""
        record = self.record(receiver)
        found = self.found(record.cls, name) if record is not None else None
        return found.value if found is not None and isinstance(found.value, types.FunctionType) else None

    def method(self, name: str, receiver: Expr, args: tuple[Expr, ...], kwargs: tuple[tuple[str, Expr], ...],
               call: Call) -> Expr:
        """`receiver.name(...)`."""
        record, kind = self.record(receiver), self.kinds.of(receiver)
        if record is None:
            if isinstance(kind, Known) and is_user_class(kind.value):
                return self.class_called(kind.value, name, args, kwargs, call)
            return Call(FUNCTIONS[name], call.args) if name in FUNCTIONS and is_method(kind, name) else call
        if record.field(name) is not None:
            held = Call(getattr, (receiver, Const(name)))
            field = self.kinds.of(held)
            if isinstance(field, Unknown) or self.guessed is not None and isinstance(field, (Known, OneOf)):
                return call
            if isinstance(field, Known) and callable_known(field):
                return self.call(Call(field.value, args, kwargs))
            return self.value_called(self.temporary(held).name, Call(Var(""), args, kwargs), field)
        if is_tuple(record) and _is_overridden(record.cls, name):
            return self.class_called(record.cls, name, args, kwargs, call, receiver)
        if is_tuple(record) and name == "_replace" and not args:
            return self.replaced(receiver, dict(kwargs), call)
        if is_tuple(record) and name == "_asdict":
            items = [e for f, _ in record.fields for e in (Const(f), Call(getattr, (receiver, Const(f))))]
            return Build("dict", tuple(items))
        return self.class_called(record.cls, name, args, kwargs, call, receiver)

    def class_called(self, cls: type, name: str, args: tuple[Expr, ...], kwargs: tuple[tuple[str, Expr], ...],
                     call: Call, own: Expr | None = None, after: type | None = None) -> Expr:
        """A method by its class: own is the object (None: called on the class itself)."""
        found = self.found(cls, name, after)
        match found.value if found is not None else None:
            case types.FunctionType() as method if is_user_function(method):
                return Call(method, (own, *args) if own is not None else args, kwargs)
            case staticmethod(__func__=method):
                return self.call(Call(method, args, kwargs))
            case classmethod(__func__=method):
                return Call(method, (Const(cls), *args), kwargs)
            case type() as inner:
                return self.call(Call(inner, args, kwargs))
            case None:
                pass
            case value if name == "__init__" and value is object.__init__:
                return Const(None)
        return call

    def parent(self, name: str, cls: type, own: Expr, args: list[Expr], call: Call) -> Expr:
        """`super().name(...)`."""
        record, kind = self.record(own), self.kinds.of(own)
        if record is not None:
            return self.class_called(record.cls, name, tuple(args), call.kwargs, call, own, cls)
        if isinstance(kind, Known) and isinstance(kind.value, type):
            return self.class_called(kind.value, name, tuple(args), call.kwargs, call, None, cls)
        return call

    def value_called(self, name: str, call: Call, kind: Kind | None = None) -> Expr:
        """A call of what a name holds: a known function, an object with `__call__`, a function with arguments."""
        kind = self.kinds.names.get(name, UNKNOWN) if kind is None else kind
        own = Var(name)
        match kind:
            case Known(value) if callable_known(kind) and self.guessed is None:
                return self.call(Call(value, call.args, call.kwargs))
            case _ if (entry := self.tables.get(name)) and self.guessed is None and KEYWORDS not in dict(call.kwargs):
                return self.by_key(entry, call) if entry.is_named else Call(own, call.args, call.kwargs)
            # `**options` of unknown keys may be known once the function is specialised for one of its callers
            case OneOf(functions) if self.guessed is None and KEYWORDS not in dict(call.kwargs):
                return self.chosen(own, functions, call)
            case RecordKind(cls=Applied() as applied):
                held = [Call(getattr, (own, Const(f))) for f in applied.fields]
                kwargs = {**dict(zip(applied.names, held[1 + applied.positions:], strict=True)), **dict(call.kwargs)}
                function = kind.field("function")
                known = function.value if isinstance(function, Known) else self.temporary(held[0])
                return self.call(Call(known, (*held[1: 1 + applied.positions], *call.args), tuple(kwargs.items())))
            case RecordKind(cls):
                return self.class_called(cls, "__call__", call.args, call.kwargs, Call(own, call.args, call.kwargs),
                                         own)
        return Call(own, call.args, call.kwargs)

    def chosen(self, own: Var, functions: tuple[Any, ...], call: Call) -> Expr:
        """A call of one of several functions: a branch for each."""
        args = tuple(a if isinstance(a, (Var, Const, Star)) else self.temporary(a) for a in call.args)
        kwargs = tuple((k, a if isinstance(a, (Var, Const)) else self.temporary(a)) for k, a in call.kwargs)
        result = self.fresh()
        made: Block = (Assign((result,), Call(functions[-1], args, kwargs), origin=self.at),)
        for function in reversed(functions[:-1]):
            made = (If(Call(operator.is_, (own, Const(function))),
                       (Assign((result,), Call(function, args, kwargs), origin=self.at),), made, origin=self.at),)
        self.out += made
        return Var(result)

    def by_key(self, entry: Entry, call: Call) -> Expr:
        """A call of a function from a table: a branch for each key."""
        args = tuple(a if isinstance(a, (Var, Const, Star)) else self.temporary(a) for a in call.args)
        kwargs = tuple((k, a if isinstance(a, (Var, Const)) else self.temporary(a)) for k, a in call.kwargs)
        result = self.fresh()
        made: Block = (Raise(entry.missing(), origin=self.at),)
        rest = entry.functions
        if entry.sure:
            made = (Assign((result,), Call(rest[-1][1], args, kwargs), origin=self.at),)
            rest = rest[:-1]
        for key, function in reversed(rest):
            made = (If(entry.is_at(key), (Assign((result,), Call(function, args, kwargs), origin=self.at),), made,
                       origin=self.at),)
        self.out += made
        return Var(result)

    def operator(self, function: Any, args: tuple[Expr, ...]) -> Expr | None:
        """An operator or a builtin on objects by their methods; None where there are no objects."""
        if hashable(function) and function in UNARY and len(args) == 1:
            method = self.method_of(args[0], UNARY[function])
            return Call(method, args) if method is not None else None
        if len(args) != 2 or not any(self.record(a) for a in args):
            return None
        if function is operator.getitem:
            return self.entry(args[0], args[1])
        if function in (primitives.in_, primitives.not_in):
            return None
        if not hashable(function) or function not in OPERATORS:
            return None
        if any(isinstance(self.kinds.of(a), Unknown | Never) for a in args):
            return None                                 # which method it is shows when both kinds are known
        compared = self.compared(function, args)
        if compared is not None:
            return compared
        own, reflected = OPERATORS[function]
        if self.is_asked_first(args, own, reflected):
            return Call(self.method_of(args[1], reflected), args[::-1])
        method = self.method_of(args[0], own)
        if method is not None and is_user_function(method):
            return Call(method, args)
        if function is operator.ne:                     # what `__eq__` says, the other way round
            equal = self.operator(operator.eq, args)
            return Call(operator.not_, (self.temporary(equal),)) if equal is not None else None
        if isinstance(self.kinds.of(args[0]), Array):
            raise UnsupportedError("An operator on an array and an object works entry by entry in NumPy.",
                                   "Write the object on the left side.", self.at)
        method = self.method_of(args[1], reflected)
        return Call(method, args[::-1]) if method is not None and is_user_function(method) else None

    def is_asked_first(self, args: Sequence[Expr], own: str, reflected: str) -> bool:
        """Is the right side of a class that inherits from that of the left side, with a reflected method of its own?"""
        one, other = map(self.record, args)
        if one is None or other is None or one.cls is other.cls or not (
                isinstance(one.cls, type) and isinstance(other.cls, type) and issubclass(other.cls, one.cls)):
            return False
        method = self.method_of(args[1], reflected)
        compares = own in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
        return method is not None and is_user_function(method) and (
            compares or method is not self.method_of(args[0], reflected))

    def compared(self, function: Any, args: Sequence[Expr]) -> Expr | None:
        """A comparison of dataclasses as the decorator wrote it, or of namedtuples: that of tuples of their fields."""
        one, other = map(self.record, args)
        cls = one.cls if one is not None else other.cls if other is not None else object
        found = class_attribute(cls, OPERATORS[function][0])
        if found is None or isinstance(found.value, types.FunctionType) and is_user_function(found.value) and (
                found.value.__code__.co_filename != "<string>"):
            return None
        sides = [self.tuple_fields(a) for a in args]
        if one is not None and other is not None and one.cls is other.cls and dataclasses.is_dataclass(one.cls) and (
                "__dataclass_fields__" in vars(found.owner)):
            names = [f.name for f in dataclasses.fields(found.owner) if f.compare]
            sides = [[Call(getattr, (a, Const(n))) for n in names] for a in args]
        if not any(sides):
            return None
        return Call(function, tuple(Build("tuple", tuple(side)) if side else a
                                    for side, a in zip(sides, args, strict=True)))

    def tuple_fields(self, expr: Expr) -> list[Expr]:
        """The entries of a namedtuple; none for anything else."""
        record = self.record(expr)
        if record is None or not is_tuple(record):
            return []
        if _is_overridden(record.cls, "__iter__"):
            raise UnsupportedError(f"`{record.cls.__name__}` is a namedtuple with an `__iter__` of its own, which is "
                                   "not followed.", "Name the fields where they are read.", self.at)
        holder = expr if isinstance(expr, Var) else self.temporary(expr)
        return [Call(getattr, (holder, Const(f))) for f, _ in record.fields]

    def truth(self, test: Expr) -> Expr:
        """A test with what the class of an object says of its truth; the same object where there is no object."""
        match test:
            case Call((primitives.and_ | primitives.or_ | operator.not_) as function, operands):
                found = tuple(map(self.truth, operands))
                return test if all(a is b for a, b in zip(found, operands, strict=True)) else Call(function, found)
        record = self.record(test)
        if record is None or self.guessed is not None:
            return test
        for name in ("__bool__", "__len__"):
            method = self.method_of(test, name)
            if method is not None and is_user_function(method):
                return Call(method, (test,))
        return Const(len(record.fields) > 0 if is_tuple(record) else True)

    def entry(self, base: Expr, index: Expr) -> Expr | None:
        """`point[0]` of a namedtuple, `obj[i]` of an object."""
        record = self.record(base)
        if record is None:
            return None
        method = self.method_of(base, "__getitem__")
        if method is not None:
            return Call(method, (base, index))
        if is_tuple(record):
            names = [f for f, _ in record.fields]
            match index:
                case Const(value=int() as k) if -len(names) <= k < len(names):
                    return Call(getattr, (base, Const(names[k])))
        return None


def _is_overridden(cls: type, name: str) -> bool:
    """Has a subclass of a namedtuple a method of its own in place of the one that was generated?"""
    owner = next((c for c in cls.__mro__ if name in vars(c)), object)
    return owner not in (tuple, object) and "_fields" not in vars(owner)


def _bound(method: Callable[..., Any] | Method, own: Expr) -> Expr:
    made = Applied(1)
    return Call(Construct(made, made.fields), (Const(method), own))


def as_key(options: tuple[tuple[str, Expr], ...]) -> tuple[tuple[str, Expr], ...]:
    """The options of `max`, where a method that is the key (`key=d.get`) is not bound: it is called for its order."""
    def plain(value: Expr) -> Expr:
        match value:
            case Call(Construct(Applied()), (Const(Method(name)), own)):
                return Call(getattr, (own, Const(name)))
            case Call(Construct(Applied()), (Const(function), own)) if function in FUNCTIONS.values():
                return Call(getattr, (own, Const(next(n for n, f in FUNCTIONS.items() if f is function))))
        return value

    return tuple((k, plain(v) if k == "key" else v) for k, v in options)


def is_method(kind: Kind, name: str) -> bool:
    """Is it a method of a number, an array, a list, a tuple or a dict (`x.sum`, `rows.append`), and no part of it?"""
    cls: type | None = None
    match kind:
        case Array() | Numeric():
            cls = np.ndarray
        case Number():
            cls = np.float64
        case ListKind():
            cls = list
        case TupleKind():
            cls = tuple
        case DictKind():
            cls = dict
    return cls is not None and name != "__class__" and callable(getattr(cls, name, None))


def callable_known(kind: Known) -> bool:
    """A function, class, method or nested function that is known."""
    return isinstance(kind.value, (Closure, Method)) or callable(kind.value)
