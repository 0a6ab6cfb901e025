"""Attributes that are written, by what the class of the object says: a property has a setter, which is called.

    p.v = x                    setter(p, x)                   (v a property)
    p.v += x             ->    $1 = p.v; $1 += x; setter(p, $1)
    a.p.v = x                  $1 = a.p; $1.v = x             (p a property)

`WrittenAttributes` is the part of `dispatch` that knows this. A field stays. What the class has under the same name is
refused where writing it has another meaning than binding a field.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import replace

from s2sgrad.core.classes import class_attribute, class_numbers, is_property
from s2sgrad.core.kinds import Kind, RecordKind
from s2sgrad.core.nodes import Call, Const, Effect, Expr, Store, Var
from s2sgrad.core.records import attribute
from s2sgrad.errors import UnsupportedError
from s2sgrad.normalise.attributes import Attributes


class WrittenAttributes(Attributes):
    """What writing the attributes of objects means."""

    def written(self, statement: Store, path: Sequence[str]) -> None:
        """`base.path = value`, `base.path op= value`."""
        record: Kind | None = self.record(Var(statement.base))
        for k, name in enumerate(path):
            if not isinstance(record, RecordKind) or not isinstance(record.cls, type):
                break
            if is_property(record.cls, name):
                self.by_property(statement, record.cls, path, k)
                return
            if k == len(path) - 1:
                self.refuse_attribute(record.cls, name)
            record = record.field(name)
        super().statement(statement)

    def by_property(self, statement: Store, cls: type, path: Sequence[str], k: int) -> None:
        """A path of which the entry at k is a property of the class: its setter at the end, its getter before."""
        holder: Expr = Var(statement.base)
        for step in path[:k]:
            holder = Call(getattr, (holder, Const(step)))
        if k < len(path) - 1:
            inner = self.temporary(Call(getattr, (holder, Const(path[k]))))
            self.out.append(replace(statement, base=inner.name, index=attribute(*path[k + 1:])))
            return
        found = self.found(cls, path[k])
        setter = found.value.fset if found is not None else None
        if not isinstance(setter, types.FunctionType):
            raise UnsupportedError(f"`{path[k]}` is written, and is a property without a setter that can be followed.",
                                   "Define a setter, or write the field that the property reads.", self.at)
        if statement.op is None:
            (value,) = self.operands([statement.value])
            self.out.append(Effect(Call(setter, (self.named_holder(holder), value)), origin=self.at))
            return
        holder = self.named_holder(holder)
        held = self.temporary(Call(getattr, (holder, Const(path[k]))))
        (value,) = self.operands([statement.value])
        self.out.append(Store(held.name, None, value, statement.op, origin=self.at))
        self.out.append(Effect(Call(setter, (holder, held)), origin=self.at))

    def named_holder(self, holder: Expr) -> Var:
        """The name of the object that has the property."""
        return holder if isinstance(holder, Var) else self.temporary(holder)

    def refuse_attribute(self, cls: type, name: str) -> None:
        """Refuse what the object may have from its class until it is written (other than a number, which becomes a
        field at once), and what Python keeps of every object (`__class__`, `__dict__`)."""
        held = class_attribute(cls, name)
        found = held.value if held is not None else None
        if isinstance(found, types.GetSetDescriptorType):
            raise UnsupportedError(f"Writing the attribute `{name}` is not supported.", "Write the fields themselves.",
                                   self.at)
        own = name in class_numbers(cls) or name in getattr(cls, "__dataclass_fields__", {})
        if held is not None and not own and not isinstance(found, types.MemberDescriptorType):
            raise UnsupportedError(f"`{name}` is written in an object, and is an attribute of its class, too.",
                                   "Bind it in `__init__`, or give the field a name of its own.", self.at)
