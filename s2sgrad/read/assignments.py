"""Targets: what is bound, stored, updated in place or deleted.

`AssignmentReader` is the part of the reader that knows assignments to names, tuples, entries and attributes.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import gast

from s2sgrad.core.nodes import (
    Assign,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    Star,
    Store,
    Var,
    names,
)
from s2sgrad.core.operators import Updated
from s2sgrad.core.records import attribute, attribute_path
from s2sgrad.read.callees import rebound_by
from s2sgrad.read.expressions import ExpressionReader
from s2sgrad.read.operators import INPLACE
from s2sgrad.read.unpacking import unpack
from s2sgrad.read.updates import may_change

STATEMENTS = {gast.ClassDef: "class", gast.AsyncFor: "async for",
              gast.AsyncFunctionDef: "async def"}


class AssignmentReader(ExpressionReader):
    """Reads targets."""

    def assign(self, node: gast.AST, targets: Sequence[gast.AST], value: gast.AST) -> None:
        """`t = value`, `t = u = value`."""
        if len(targets) == 1:
            match targets[0], value:
                case (gast.Tuple(elts=to) | gast.List(elts=to)), (gast.Tuple(elts=of) | gast.List(elts=of)) if (
                        len(to) == len(of) and not any(isinstance(n, gast.Starred) for n in [*to, *of])):
                    values = self.operands(of)
                    self.parallel(to, values)
                    return
                case gast.Tuple() | gast.List(), _:
                    value = self.consumed([value], "unpack")[0]
        result = self.expr(value)
        if len(targets) == 1:
            self.bind_value(targets[0], result)
            return
        if not isinstance(result, (Var, Const)):
            result = self.temporary(result)
        for target in targets:
            self.target(target, result)

    def parallel(self, targets: Sequence[gast.AST], values: list[Expr]) -> None:
        """`a, b = b, a`: all right sides before the first target."""
        if all(isinstance(t, gast.Name) for t in targets):
            bound = tuple(self.bind(t.id) for t in targets)
            if len(set(bound)) == len(bound):
                if any(names(v) & set(bound[:k]) for k, v in enumerate(values)):
                    self.emit(Assign(bound, Build("tuple", tuple(values)), origin=self.origin))
                else:
                    for name, value in zip(bound, values, strict=True):
                        self.emit(Assign((name,), value, origin=self.origin))
                return
        held = [v if isinstance(v, Const) else self.temporary(v) for v in values]
        for target, value in zip(targets, held, strict=True):
            self.target(target, value)

    def target(self, target: gast.AST, value: Expr) -> None:
        """Bind or store one target."""
        match target:
            case gast.Name(id=name):
                self.emit(Assign((self.bind(name),), value, origin=self.origin))
            case gast.Tuple(elts=elts) | gast.List(elts=elts):
                match value:
                    case Call(function, (_, Const(value="shape"))) if function is getattr and len(elts) == 1:
                        self.target(elts[0], Call(operator.getitem, (value, Const(0))))
                        return
                if len(elts) == 1 or any(isinstance(e, gast.Starred) for e in elts):
                    unpack(self, elts, value)
                    return
                inner = []
                bound = []
                later: set[str] = set()         # names that targets read or bind that come before, and are bound behind
                for element in elts:
                    simple = isinstance(element, gast.Name) and element.id not in later and self.scope.get(
                        element.id, element.id) not in bound
                    bound.append(self.bind(element.id) if simple else self.context.fresh())
                    if not simple:
                        inner.append((element, bound[-1]))
                        later |= {n.id for n in gast.walk(element) if isinstance(n, gast.Name)}
                self.emit(Assign(tuple(bound), value, origin=self.origin))
                for element, name in inner:
                    self.target(element, Var(name))
            case gast.Subscript(value=base, slice=index):
                if not isinstance(value, (Var, Const)) and (self.needs_statements(index) or self.needs_statements(
                        base) or not isinstance(base, gast.Name) and may_change("", value, ())):
                    value = self.temporary(value)
                holder, key = self.operands([base, index])
                self.emit(Store(self.name_of(holder), key, value, origin=self.origin))
            case gast.Attribute():
                held = value if isinstance(value, (Var, Const)) else self.temporary(value)
                owner, place = self.field(target)
                self.emit(Store(owner, place, held, origin=self.origin))
            case _:
                raise self.refuse(target, f"{type(target).__name__} is not supported as a target.")

    def delete(self, target: gast.AST) -> None:
        """`del base[index]`; a name that goes only ends its own life."""
        match target:
            case gast.Name():
                return
            case gast.Tuple(elts=elts) | gast.List(elts=elts):
                for element in elts:
                    self.delete(element)
            case gast.Subscript(value=base, slice=index):
                holder, key = self.operands([base, index])
                self.emit(Effect(Call(operator.delitem, (Var(self.name_of(holder)), key)), origin=self.origin))
            case _:
                raise self.refuse(target, "Deleting an attribute is not supported.", "Leave it.")

    def needs_statements(self, node: gast.AST) -> bool:
        """May reading this node emit statements?"""
        return any(isinstance(n, (gast.Call, gast.IfExp, gast.BoolOp, gast.NamedExpr, gast.ListComp,
                                  gast.DictComp))
                   for n in gast.walk(node))

    def augmented(self, node: gast.AugAssign) -> None:
        """`x op= value`."""
        op = INPLACE[type(node.op)]
        match node.target:
            case gast.Name(id=name):
                bound, mark = self.bind(name), len(self.pre)
                value = self.expr(node.value)
                if self.rebinds(name, bound, mark):
                    self.emit(Assign((bound,), self.updated(Var(bound), value, op, mark), origin=self.origin))
                    return
                self.emit(Store(bound, None, value, op, origin=self.origin))
            case gast.Subscript(value=base, slice=index):
                holder, key = self.operands([base, index])
                base_name, mark = self.name_of(holder), len(self.pre)
                if self.needs_statements(index):
                    key = key if isinstance(key, (Var, Const)) else self.temporary(key)
                    mark = len(self.pre)
                value = self.expr(node.value)
                if len(self.pre) > mark:
                    later = len(self.pre) - mark
                    kept, key = self._settle([Var(base_name), key], mark)
                    assert isinstance(kept, Var)
                    base_name, mark = kept.name, len(self.pre) - later
                if may_change(base_name, value, tuple(self.pre[mark:])):
                    if isinstance(key, Call):
                        key, mark = self.read_before(key, mark), mark + 1
                    held = self.read_before(Call(operator.getitem, (Var(base_name), key)), mark)
                    value, op = Call(Updated(op), (held, value)), None
                self.emit(Store(base_name, key, value, op, origin=self.origin))
            case gast.Attribute():
                holder_name, place = self.field(node.target)
                mark = len(self.pre)
                value = self.expr(node.value)
                if may_change(holder_name, value, tuple(self.pre[mark:])):
                    root: gast.AST = node.target
                    while isinstance(root, gast.Attribute):
                        root = root.value
                    if isinstance(root, gast.Name) and self.rebinds(root.id, holder_name, mark):
                        holder_name, mark = self.read_before(Var(holder_name), mark).name, mark + 1
                    *steps, last = attribute_path(place)
                    for step in steps:                  # the object is looked up before the right side is computed
                        holder_name = self.read_before(Call(getattr, (Var(holder_name), Const(step))), mark).name
                        mark += 1
                    place = attribute(last)
                    old = Call(getattr, (Var(holder_name), Const(last)))
                    value, op = self.updated(old, value, op, mark), None
                self.emit(Store(holder_name, place, value, op, origin=self.origin))

    def updated(self, old: Expr, value: Expr, op: Any, mark: int) -> Var:
        """`old op= value` for what is read before the statements from mark on, as Python does."""
        held = self.read_before(old, mark)
        self.emit(Store(held.name, None, value, op, origin=self.origin))
        return held

    def read_before(self, old: Expr, mark: int) -> Var:
        """A name for what is read before the statements from mark on."""
        later, self.pre = self.pre[mark:], self.pre[:mark]
        held = self.temporary(old)
        self.pre += later
        return held

    def rebinds(self, name: str, bound: str, mark: int) -> bool:
        """May the statements from mark on bind the name: `:=`, or the call of a nested function (nonlocal)?"""
        found = rebound_by(self.pre[mark:])
        if found is not None:
            return bound in found
        return any(isinstance(n, (gast.Nonlocal, gast.Global)) and name in n.names
                   for n in gast.walk(self.source.node))

    def field(self, node: gast.Attribute) -> tuple[str, Expr]:
        """(name of the object, place in it) of an attribute that is written."""
        path: list[str] = []
        inner: gast.AST = node
        while isinstance(inner, gast.Attribute):
            path.insert(0, inner.attr)
            inner = inner.value
        base = self.expr(inner)
        if isinstance(base, Const):
            raise self.refuse(node, f"Writing the attribute `{path[0]}` of a module or a class is not supported.",
                              "Pass the value as an argument and return the new one.")
        return self.name_of(base), attribute(*path)

    def bind_value(self, target: gast.AST, value: Expr) -> None:
        """Bind a target to a value; the items of a display one by one."""
        match target, value:
            case (gast.Tuple(elts=to) | gast.List(elts=to)), Build("list" | "tuple", items) if (
                    len(to) == len(items) and not any(isinstance(n, gast.Starred) for n in to)
                    and not any(isinstance(i, Star) for i in items)):
                self.parallel(to, list(items))
            case _:
                self.target(target, value)
