"""Objects that may be None: a field more says whether there is one.

    best = None                              best = record Hit(None, None, is_none=True)
    for h in hits:                           for h in hits:
        if best is None or h.t < best.t:         if best.is_none or h.t < best.t:
            best = h                   ->            best = record Hit(h.t, h.colour, is_none=False)

Comes in: a function in which no call is left that could be written out first, and its kinds. Goes out: the function in
which names that hold None or objects of one class, and nothing else, hold such records; the same function where there
are none. A record is a copy here: it is done only where nobody binds a field of such an object anew.
"""

from __future__ import annotations

import builtins
import dataclasses
import dis
import operator
import types
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import primitives
from s2sgrad.core.kinds import UNKNOWN, RecordKind
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Expr,
    Function,
    If,
    Method,
    Star,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.records import Construct, attribute_path
from s2sgrad.core.rewrite import (
    bottom_up,
    bound,
    bound_by_closures,
    exprs,
    free_names,
    map_blocks,
    map_exprs,
    walk_statements,
)
from s2sgrad.normalise.absent_objects import with_checks
from s2sgrad.normalise.reach import CONSTRUCTORS
from s2sgrad.read.expressions import is_user_function

NONE = Const(None)
FLAG = "is_none"


def optional_objects(function: Function, kinds: Kinds, data: Sequence[str]) -> Function:
    """The function with such records. data: names that are bound elsewhere."""
    given = {p.name for p in function.params} | set(data) | bound_by_closures(function.body)
    values = {n: v for n, v in values_of_names(function).items()
              if n not in given and kinds.names.get(n, UNKNOWN) == UNKNOWN}
    classes = _classes(values, kinds)
    found = {n: record for n, record in classes.items() if _is_unchanged(record.cls, function, kinds)}
    while misused := used_as_wholes(function, {n: _is_true(record) for n, record in found.items()}) | {
            n for n in found for v in values[n] if isinstance(v, Var) and v.name in classes and v.name not in found}:
        found = {n: record for n, record in found.items() if n not in misused}
    if not any(NONE in values[n] for n in found):
        return function
    work = _Optional(found, kinds)
    return replace(function, body=work.block(with_checks(function, found, _missing).body))


def _missing(field: str) -> Expr:
    """What Python raises where None is asked for a field; those of a tuple are places."""
    if field.isdigit():
        return Call(TypeError, (Const("'NoneType' object is not subscriptable"),))
    return Call(AttributeError, (Const(f"'NoneType' object has no attribute '{field}'"),))


def values_of_names(function: Function) -> dict[str, list[Expr]]:
    """What names are bound to, of those that are only bound one at a time."""
    found: dict[str, list[Expr]] = {}
    others: set[str] = set()
    for statement in walk_statements(function.body):
        match statement:
            case Assign((name,), value):
                found.setdefault(name, []).append(value)
            case _:
                others.update(bound(statement))
    return {n: v for n, v in found.items() if n not in others}


def _classes(values: Mapping[str, Sequence[Expr]], kinds: Kinds) -> dict[str, RecordKind]:
    """The objects that these names hold where they do not hold None, if they are of one class."""
    left = dict(values)
    found: dict[str, RecordKind] = {}

    def kind_of(value: Expr) -> RecordKind | None:
        if isinstance(value, Var) and value.name in left:
            return found.get(value.name)
        kind = kinds.of(value)
        return kind if isinstance(kind, RecordKind) else None

    while True:
        before = dict(found), set(left)
        for name, bindings in tuple(left.items()):
            records = [k for v in bindings if v != NONE and (k := kind_of(v)) is not None]
            waiting = [v for v in bindings if isinstance(v, Var) and v.name in left and v.name not in found]
            allowed = all(v == NONE or isinstance(v, Var) or isinstance(v, Call) and isinstance(v.function, Construct)
                          and not v.function.each for v in bindings)
            alike = len({(k.cls, frozenset(f for f, _ in k.fields)) for k in records}) <= 1
            known = len(records) + len(waiting) + bindings.count(NONE) == len(bindings)
            if not (allowed and alike and known):
                del left[name]
                found.pop(name, None)
            elif records:
                found.setdefault(name, records[0])          # lengths may have new names each time
        if before == (found, set(left)):
            return {n: k for n, k in found.items() if n in left and FLAG not in dict(k.fields)}


def _is_unchanged(cls: Any, function: Function, kinds: Kinds) -> bool:
    """Does nobody bind a field of objects of the class anew?"""
    if not isinstance(cls, type):
        return False
    if issubclass(cls, tuple) or dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen:     # type: ignore[attr-defined]
        return True
    changing = _changing_methods(cls)
    if any(name.startswith("__") for name in changing):
        return False
    for statement in walk_statements(function.body):
        if isinstance(statement, Store) and attribute_path(statement.index) and isinstance(
                kinds.names.get(statement.base, UNKNOWN), (RecordKind, type(UNKNOWN))):
            return False
        for e in (e for x in exprs(statement) for e in walk(x) if isinstance(e, Call)):
            match e:
                case Call(Method(name), (base, *_)):
                    if name in changing or kinds.of(base) == UNKNOWN and not hasattr(cls, name):
                        return False
                case Call(builtins.getattr, (_, Const(str() as name))) if name in changing:
                    return False
                case Call(Var()):
                    return False
                case Call(called) if is_user_function(called):
                    return False
    return True


def _changing_methods(cls: type) -> set[str]:
    """The methods that may bind a field of their object, or of another one, anew."""
    codes: dict[str, types.CodeType] = {}
    for base in cls.__mro__[:-1]:
        for name, value in vars(base).items():
            found = value.fget if isinstance(value, property) else value
            code = getattr(found, "__code__", None) or getattr(getattr(found, "__func__", None), "__code__", None)
            if isinstance(code, types.CodeType) and name not in CONSTRUCTORS:
                codes.setdefault(name, code)
    changing = {name for name, code in codes.items() if any(
        i.opname in ("STORE_ATTR", "DELETE_ATTR") or i.argval in ("setattr", "__dict__", "vars")
        for i in dis.get_instructions(code))}
    while more := {name for name, code in codes.items() if changing & set(code.co_names)} - changing:
        changing |= more
    return changing


def used_as_wholes(function: Function, found: Mapping[str, bool]) -> set[str]:
    """The names that are read in another way than field by field, by their methods, and in tests.

    found: the names that are asked for; are all objects that they may hold true?
    """
    misused: set[str] = set()

    def visit(expr: Expr, test: bool = False) -> None:
        match expr:
            case Var(name):
                if name in found and not (test and found[name]):
                    misused.add(name)
            case Call(builtins.getattr, (Var(), Const())) | Call(operator.is_ | operator.is_not, (Var(), Const(None))):
                pass
            case Call(Method(), (Var(), *rest), kwargs):
                for e in (*rest, *(v for _, v in kwargs)):
                    visit(e)
            case Call(operator.not_, (operand,)):
                visit(operand, True)
            case Call(primitives.if_else, (condition, *rest)):
                visit(condition, True)
                for e in rest:
                    visit(e)
            case Call(called, args, kwargs):
                for e in (*args, *(v for _, v in kwargs), *((called,) if isinstance(called, Var) else ())):
                    visit(e, test and called in (primitives.and_, primitives.or_))
                misused.update(free_names(Call(called, ())) & found.keys())
            case Build(_, items):
                for e in items:
                    visit(e)
            case Star(value):
                visit(value)
            case Const():
                misused.update(free_names(expr) & found.keys())

    for statement in walk_statements(function.body):
        match statement:
            case Assign((name,), Var()) if name in found:
                continue
            case If(test) | While(test):
                visit(test, True)
                continue
            case Store(base):
                misused |= {base} & found.keys()
        for e in exprs(statement):
            visit(e)
    return misused


@dataclasses.dataclass(frozen=True)
class _Optional:
    """One walk over a function. found: the names, and the kinds of their objects."""

    found: Mapping[str, RecordKind]
    kinds: Kinds

    def block(self, block: Block) -> Block:
        """The block with records, and tests of their flags."""
        return tuple(self.statement(s) for s in block)

    def statement(self, statement: Statement) -> Statement:
        """As `block`."""
        match statement:
            case Assign((name,), value) if name in self.found:
                return replace(statement, value=self.record(value, self.found[name]))
            case If(test) | While(test):
                statement = replace(statement, test=self.truth(test))
        return map_blocks(map_exprs(statement, lambda e: bottom_up(e, self.tested)), self.block)

    def record(self, value: Expr, kind: RecordKind) -> Expr:
        """What a name is bound to, with its flag."""
        fields = tuple(f for f, _ in kind.fields)
        match value:
            case Const():
                return Call(Construct(kind.cls, (*fields, FLAG)), (*(NONE for _ in fields), Const(True)))
            case Call(Construct(cls, own), args):
                return Call(Construct(cls, (*own, FLAG)), (*(bottom_up(a, self.tested) for a in args), Const(False)))
            case Var(name) if name not in self.found:
                parts = (Call(getattr, (value, Const(f))) for f in fields)
                return Call(Construct(kind.cls, (*fields, FLAG)), (*parts, Const(False)))
        return value

    def tested(self, expr: Expr) -> Expr:
        """A test of whether there is an object."""
        match expr:
            case Call(operator.is_, (Var(name), Const(None))) if name in self.found:
                return self.flag(name)
            case Call(operator.is_not, (Var(name), Const(None))) if name in self.found:
                return Call(operator.not_, (self.flag(name),))
            case Call(operator.not_, (operand,)):
                return Call(operator.not_, (self.truth(operand),))
            case Call(primitives.if_else, (test, *rest)):
                return replace(expr, args=(self.truth(test), *rest))
        return expr

    def truth(self, test: Expr) -> Expr:
        """A test in which an object stands for itself being there."""
        match test:
            case Var(name) if name in self.found and _is_true(self.found[name]):
                return Call(operator.not_, (self.flag(name),))
            case Call(primitives.and_ | primitives.or_, operands):
                return replace(test, args=tuple(map(self.truth, operands)))
        return test

    def flag(self, name: str) -> Expr:
        """Is there no object?"""
        return Call(getattr, (Var(name), Const(FLAG)))


def _is_true(kind: RecordKind) -> bool:
    """Are all objects of the class true?"""
    return bool(kind.fields) and (issubclass(kind.cls, tuple) and kind.cls.__len__ is tuple.__len__ or not any(
        hasattr(kind.cls, n) for n in ("__bool__", "__len__")))
