"""Objects that several names may hold, as dicts of their fields: what is written through one name, all of them see.

    ps = [record Body(x, v), ...]        ps = [{"x": x, "v": v}, ...]
    for p in ps:                   ->    for p in ps:
        p.x += dt * p.v                      p["x"] += dt * p["v"]

Comes in: a function in which the methods, properties and operators of objects are written out, and its kinds. Goes
out: the function with dicts for the objects that are left. A field that nobody reads is left out. Where an object
would have to be more than its fields (compared, passed to a function that is not written out), it is refused.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import primitives
from s2sgrad.core.kinds import Kind, RecordKind, Unknown
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
    If,
    Method,
    Star,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.records import Applied, Construct, attribute_path
from s2sgrad.core.rewrite import bottom_up, exprs, map_blocks, map_exprs, walk_statements
from s2sgrad.errors import NOWHERE, Origin, WholeObjectError
from s2sgrad.normalise.construct import hashable
from s2sgrad.normalise.unroll import holds_records

# what moves containers of objects about without looking at the objects
MOVES = {len, list, tuple, reversed, enumerate, zip, operator.add, operator.mul, primitives.each}
MOVING_METHODS = {"append", "pop", "insert", "extend", "reverse", "copy", "clear", "items", "values", "keys", "get",
                  "setdefault", "update"}


def objects_as_dicts(function: Function, kinds: Kinds, fresh: Callable[[], str], data: Sequence[str]) -> Function:
    """The function with dicts for its objects; the same object where there are none."""
    if not any(isinstance(e, Call) and isinstance(e.function, Construct) and not isinstance(e.function.cls, Applied)
               for s in walk_statements(function.body) for x in exprs(s) for e in walk(x)):
        return function
    return replace(function, body=_FieldDicts(kinds, fresh, set(data), _read_fields(function.body)).block(
        function.body))


def _read_fields(block: Block) -> set[str]:
    """The fields of which the function reads or writes any."""
    found: set[str] = set()
    for statement in walk_statements(block):
        if isinstance(statement, Store):
            found |= set(attribute_path(statement.index))
        for expr in exprs(statement):
            found |= {e.args[1].value for e in walk(expr) if isinstance(e, Call) and e.function is getattr
                      and isinstance(e.args[1], Const)}
    return found


@dataclass
class _FieldDicts:
    kinds: Kinds
    fresh: Callable[[], str]
    data: set[str]
    read: set[str]
    at: Origin = NOWHERE
    out: list[Statement] = field(default_factory=list)

    def block(self, block: Block) -> Block:
        """The block with dicts."""
        outer, self.out = self.out, []
        for statement in block:
            self.at = statement.origin
            self.statement(statement)
        done, self.out = tuple(self.out), outer
        return done

    def statement(self, statement: Statement) -> None:
        """Append what becomes of one statement."""
        match statement:
            case Assign((name,), Call(Construct(each=True) as made, values)):
                self.columns(name, made, values)
                return
            case Store(base, index, value) if attribute_path(index) and base not in self.data:
                self.look(value, True, True)
                *path, last = attribute_path(index)
                for key in path:
                    inner = self.fresh()
                    self.out.append(Assign((inner,), Call(operator.getitem, (Var(base), Const(key))), origin=self.at))
                    base = inner
                self.out.append(replace(statement, base=base, index=Const(last), value=self.expr(value)))
                return
        self.look_at(statement)
        self.out.append(map_blocks(map_exprs(statement, self.expr), self.block))

    def columns(self, name: str, made: Construct, values: tuple[Expr, ...]) -> None:
        """A list of objects from lists of their fields, as a loop."""
        taken: list[tuple[str, Expr]] = []
        entries: list[Expr] = []
        for key, value in zip(made.fields, values, strict=True):
            if key not in self.read and isinstance(value, Var):
                continue
            if isinstance(value, Call) and isinstance(value.function, Construct):
                inner = self.fresh()
                self.columns(inner, value.function, value.args)
                value = Var(inner)
            if not isinstance(value, Var):
                raise self.refusal()
            element = self.fresh()
            taken.append((element, value))
            entries += [Const(key), Var(element)]
        if not taken:
            raise self.refusal()
        first = taken[0][1]
        self.out.append(Assign((name,), Build("list", ()), origin=self.at))
        body = (Effect(Call(Method("append"), (Var(name), Build("dict", tuple(entries)))), origin=self.at),)
        self.out.append(For(self.fresh(), Call(range, (Call(len, (first,)),)), body, elements=tuple(taken),
                            origin=self.at))

    def is_object(self, kind: Kind) -> bool:
        """Is it an object that becomes a dict?"""
        return isinstance(kind, RecordKind) and not isinstance(kind.cls, Applied)

    def expr(self, expr: Expr) -> Expr:
        """The expression with entries for fields."""
        def visit(e: Expr) -> Expr:
            match e:
                case Call(Construct(cls, fields, False), values) if not isinstance(cls, Applied):
                    kept = [(k, v) for k, v in zip(fields, values, strict=True)
                            if k in self.read or not isinstance(v, (Var, Const))]
                    return Build("dict", tuple(x for k, v in kept for x in (Const(k), v)))
            return e
        return bottom_up(self.fields(expr), visit)

    def fields(self, expr: Expr) -> Expr:
        """`getattr` of objects as entries: decided on the expression as it was, of which the kinds are known."""
        match expr:
            case Call(function, (base, Const() as key)) if function is getattr and self.is_object(self.kinds.of(base)):
                if isinstance(base, Var) and base.name in self.data:
                    return expr
                return Call(operator.getitem, (self.fields(base), key))
            case Call(function, args, kwargs):
                return Call(function, tuple(map(self.fields, args)), tuple((k, self.fields(v)) for k, v in kwargs))
            case Build(form, items):
                return Build(form, tuple(map(self.fields, items)))
            case Star(value):
                return Star(self.fields(value))
        return expr

    def look_at(self, statement: Statement) -> None:
        """Refuse a statement for which an object is more than its fields."""
        match statement:
            case Assign(targets, value):
                self.look(value, len(targets) == 1, True)
                if holds_records(self.kinds.of(value)) and len(targets) == 1 and not holds_records(
                        self.kinds.of(Var(targets[0]))):
                    raise self.refusal()                # something else, too: None, a number, another class
            case Store(base, index, value, op):
                if self.is_object(self.kinds.of(Var(base))):
                    raise self.refusal()
                if index is not None:
                    self.look(index, False, False)
                self.look(value, op is None, True)
            case For(over=over, elements=elements):
                self.look(over, False, False)
                for _, container in elements:
                    self.look(container, False, True)
            case _:
                for expr in exprs(statement):
                    self.look(expr, False, isinstance(statement, If))

    def look(self, expr: Expr, single: bool, several: bool) -> None:
        """Refuse an object that is more than its fields. single: may an object stand here? several: a container?"""
        kind = self.kinds.of(expr)
        if self.is_object(kind) and (not single or isinstance(expr, Var) and expr.name in self.data) or (
                not isinstance(kind, RecordKind) and holds_records(kind) and not several):
            raise self.refusal()
        value = asked(expr)
        if value is not None and isinstance(self.kinds.of(value), Unknown):
            raise self.refusal("An object of one of several classes")
        match expr:
            case Call(function, (base, Const())) if function is getattr and self.is_object(self.kinds.of(base)):
                self.look(base, not isinstance(base, Var) or base.name not in self.data, False)
            case Call(operator.getitem, (base, index)):
                self.look(base, False, True)
                self.look(index, False, False)
            case Call(Method(name), (base, *args), kwargs) if name in MOVING_METHODS:
                self.look(base, False, True)
                for a in (*args, *(v for _, v in kwargs)):
                    self.look(a, True, True)
            case Call(function, args, kwargs):
                made = isinstance(function, Construct)
                same = function in (operator.is_, operator.is_not)
                moves = not isinstance(function, (Var, Method)) and hashable(function) and function in MOVES
                for a in (*args, *(v for _, v in kwargs)):
                    self.look(a, made or same, made or moves)
            case Build(form, items):
                inside = form in ("tuple", "list", "dict")
                for i in items:
                    self.look(i, inside, inside)
            case Star(value):
                self.look(value, False, False)

    def refusal(self, what: str = "An object that several names may hold") -> WholeObjectError:
        """What is said of an object that cannot become a dict."""
        return WholeObjectError(f"{what} is used as a whole in a way that cannot be followed.",
                                "Use one name for the object, or pass its fields.", self.at)


def asked(expr: Expr) -> Expr | None:
    """What an expression asks for its class, or a method or an attribute of it: a dict would answer as a dict."""
    match expr:
        case Call(Method(), (receiver, *_)):
            return receiver
        case Call(builtins.getattr | builtins.isinstance | builtins.type | builtins.hasattr | builtins.callable
                  | builtins.len | builtins.bool | builtins.str | builtins.repr | operator.not_ | operator.eq
                  | operator.ne, (value, *_)):
            return value
    return None
