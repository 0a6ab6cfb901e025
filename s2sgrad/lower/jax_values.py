"""Statements and expressions as pure ones: every write in place becomes a new value.

    a[i] = v             a = a.at[i].set(v)
    x~[i] += e           x~ = x~.at[i].add(e)
    x.copy()             x
    max(a, b)            jnp.maximum(a, b)          where it is traced
    np.sqrt(n)           np.sqrt(n)                 where n is static

Containers that stay Python (`Binding.stacked` tells which do not) keep their stores: they are new objects of the
function itself.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad import runtime
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Number,
    TupleKind,
    is_float,
    is_scalar,
    rank_of,
)
from s2sgrad.core.named import Named
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    If,
    Method,
    Raise,
    Recall,
    Record,
    Star,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.rewrite import map_blocks, map_children, map_exprs
from s2sgrad.errors import Origin
from s2sgrad.lower.binding import SHAPE_ATTRIBUTES, Binding
from s2sgrad.lower.flat_records import FlatRecords
from s2sgrad.lower.jax_builtins import SPECIAL, helper
from s2sgrad.lower.jax_calls import check_helper, instance_test, numpy_call, operation
from s2sgrad.lower.numpy import adjoint_kind
from s2sgrad.lower.puts import AT, negated, put
from s2sgrad.lower.refusals import spelled, unsupported
from s2sgrad.rules.jax_helpers import HELPERS
from s2sgrad.rules.jax_names import jax_name
from s2sgrad.rules.shapes import dtype_of
from s2sgrad.simplify.effects import is_pure_call
from s2sgrad.simplify.facts import Facts

COPIES: tuple[Any, ...] = (np.copy, np.ndarray.copy, runtime.own)
ATTRIBUTES = (*SHAPE_ATTRIBUTES, "at", "T", "mT", "real", "imag")
ON_STATIC: tuple[Any, ...] = (list, tuple, dict, set, str, sorted, sum, any, all, dict.keys, dict.values, dict.items,
                              dict.get)            # besides what is pure
WRITES = tuple(AT.values())
METHODS = ("sum", "mean", "max", "min", "prod", "std", "var", "reshape", "dot", "astype", "transpose", "ravel",
           "flatten", "cumsum", "argmax", "argmin", "clip", "round", "trace", "any", "all", "squeeze", "swapaxes")


class Values:
    """Rewrites the statements of one function."""

    def __init__(self, binding: Binding, kinds: Kinds, shaped: frozenset[str], flat: FlatRecords,
                 helpers: Mapping[str, tuple[str, ...]]) -> None:
        self.helpers = helpers          # the parameters of the halves of helpers; static ones by name
        self.binding, self.kinds, self.flat = binding, kinds, flat
        self.shaped = shaped            # adjoints that need the shape of their array, also when they are one number
        self.at = Origin("", 0)
        self.unset: set[str] = set()    # names that start as None

    # ------------------------------------------------------------ statements
    def block(self, block: Block) -> Block:
        """A block of pure statements."""
        return tuple(one for statement in block for one in self.statement(statement))

    def statement(self, statement: Statement) -> list[Statement]:
        """The pure statements for a statement (none for one that only served NumPy)."""
        if statement.origin.line:
            self.at = statement.origin
        if isinstance(statement, Assign) and statement.value == Const(None):
            self.unset.update(statement.targets)
        if isinstance(statement, Raise):            # on a path that is taken while JAX traces, or never
            return [statement]
        match statement:
            case Effect(Call(Method("append" | "extend") | list.append | list.extend as f, (Var(), value) as args)):
                statement = replace(statement, call=Call(f, (args[0], self.expression(value))))
            case Store():
                pass
            case _:
                statement = map_exprs(statement, self.expression)
        where: dict[str, Any] = {"origin": statement.origin, "reverses": statement.reverses, "label": statement.label}
        match statement:
            case Store():
                return [self.store(statement, where)]
            case Accumulate():
                return [self.accumulate(statement, where)]
            case Assign((name,), value) if name in self.shaped and self.lacks_shape(name, value):
                filled = Call(Named("jax.numpy.full_like"), (Var(name[:-1]), value))
                return [Assign((name,), filled, **where)]
            case If(test) if self.may_be_none(test):
                raise unsupported("The truth of a name that may be None", self.at)
            case Record(slot, value) if self.flat.is_flat(slot):
                return [self.put(slot, self.flat.place(slot), None, value, where)]
            case Recall(target, index=index) if index is not None and self.is_container(target):
                raise unsupported("A write into a list or a dict that is put back", self.at)
            case Recall(target, slot, index) if self.flat.is_flat(slot):
                entry = self.flat.entry(slot)
                return [Assign((target,), entry, **where) if index is None else
                        self.put(target, index, None, entry, where)]
            case Record(slot, value) if self.is_list(slot):
                return [Effect(Call(Method("append"), (Var(slot), value)), **where)]
            case Record(slot, value):
                return [Assign((slot,), value, **where)]
            case Recall(target, slot, index):
                entry = Call(Method("pop"), (Var(slot),)) if self.is_list(slot) else Var(slot)
                return [Assign((target,), entry, **where) if index is None else
                        self.put(target, index, None, entry, where)]
            case Effect(Call(Named(path))) if path.startswith("s2sgrad."):
                return [statement]
            case Effect(Call(Method("append" | "extend") | list.append | list.extend, (Var(name), _))) if (
                    self.is_container(name)):
                return [statement]              # a list of the function's own; `jax_control` refuses it where it loops
            case Effect():
                raise unsupported("A call for its effect", self.at, "Remove it, or use backend='numpy'.")
            case Assert(test) if self.binding.is_traced(test):
                raise unsupported("An `assert` about a value that is known only while the program runs", self.at)
        if isinstance(statement, For):
            ahead = [*self.flat.before(statement), *(
                Assign((slot,), Build("list", ()), origin=statement.origin)
                for slot, chain in self.flat.slots.chains.items()
                if chain[:1] == (statement.label,) and self.is_list(slot))]
            body = self.flat.inside(statement, list(self.block(statement.body)))
            return [*ahead, replace(statement, body=tuple(body))]
        return [map_blocks(statement, self.block)]

    def may_be_none(self, test: Expr) -> bool:
        """Does the test ask whether something is there?"""
        match test:
            case Var(name):
                return name in self.unset & self.binding.unsure
            case Call(Named("jax.numpy.logical_not"), (inner,)):
                return self.may_be_none(inner)
        return False

    def is_list(self, slot: str) -> bool:
        """Is the slot a Python list, since the loops around it stay Python loops?"""
        return self.flat.slots.form.get(slot) == "list"

    def lacks_shape(self, name: str, value: Expr) -> bool:
        """Is the adjoint of an array bound to a number, which stands for all of its entries?"""
        kind = self.adjoint_kind(name)
        return isinstance(kind, Array) and kind.shape != () and is_scalar(self.kinds.of(value))

    def adjoint_kind(self, name: str) -> Kind:
        """The kind of an adjoint; that of a stacked container is an array's."""
        if name.rstrip("~@") in self.binding.stacked:
            return Array(None)
        return adjoint_kind(name, self.kinds)

    def is_container(self, name: str) -> bool:
        """Does the name hold a Python container that is no array?"""
        return isinstance(self.adjoint_kind(name), (ListKind, TupleKind, DictKind))

    def store(self, store: Store, where: dict[str, Any]) -> Statement:
        """`base[index] op= value`."""
        base, op = store.base, store.op
        index = self.expression(store.index) if store.index is not None else None
        value = self.expression(store.value)
        if self.is_container(base):
            is_dict = isinstance(self.adjoint_kind(base), DictKind)
            if index is None or op is not None and not is_dict or self.binding.is_traced(index):
                raise unsupported("This write into a list", self.at)
            if op is not None:
                value = Call(OUT_OF_PLACE[op], (Call(operator.getitem, (Var(base), index)), value))
            return replace(store, index=index, value=value, op=None)
        if index is None and op is not None:
            return Assign((base,), self.same_dtype(base, value, Call(OUT_OF_PLACE[op], (Var(base), value))), **where)
        value = self.as_stored(base, store.value, value)
        if index is None:
            return self.put(base, Const(...), None, value, where)
        if op is operator.itruediv and not (dtype_of(self.kinds.named(base)) or "").startswith("float"):
            entry = Call(operator.truediv, (Call(operator.getitem, (Var(base), self.index(index))), value))
            op, value = None, as_dtype_of(base, entry)
        if not store.at and self.may_repeat(index):
            raise unsupported("A write at the entries of an index array, which may name one twice,", self.at)
        if op not in (*AT, operator.isub) or store.at and op not in (operator.iadd, operator.isub):
            raise unsupported("This operator in a write", self.at)
        return self.put(base, index, op, value, where)

    def same_dtype(self, base: str, value: Expr, result: Expr) -> Expr:
        """A write in place keeps the dtype of what is written."""
        one, other = self.kinds.named(base), self.kinds.of(value)
        weak = isinstance(other, Number) and other.weak and (dtype_of(one) or "").startswith("float")
        if weak or dtype_of(one) == dtype_of(other) or dtype_of(one) == "float64":
            return result
        return as_dtype_of(base, result)

    def as_stored(self, base: str, before: Expr, value: Expr) -> Expr:
        """What NumPy casts when it stores: floats in an array of integers, or of less precision."""
        one, other = self.kinds.named(base), self.kinds.of(before)
        dtype, stored = dtype_of(one), dtype_of(other)
        weak = isinstance(other, Number) and other.weak
        if dtype is None or dtype == "float64" or stored == dtype or weak and is_float(one):
            return value
        return as_dtype_of(base, value) if stored is None or is_float(other) else value

    def put(self, base: str, index: Expr, op: Any, value: Expr, where: dict[str, Any]) -> Statement:
        """`base = base.at[index].set(value)`, or with another operator."""
        if self.is_mask(index):
            return Assign((base,), self.masked(base, index, op, value), **where)
        return Assign((base,), put(Var(base), self.index(index), op, value), **where)

    def masked(self, base: str, mask: Expr, op: Any, value: Expr) -> Expr:
        """A write of one number wherever the mask holds."""
        if not is_scalar(self.kinds.of(value)):
            raise unsupported("A write of several values under a mask", self.at,
                              "Write `np.where(mask, new, old)`, or use backend='numpy'.")
        ranks = {rank_of(self.kinds.of(mask)), rank_of(self.kinds.named(base))}
        if len(ranks) > 1 or None in ranks:
            raise unsupported("A mask of lower rank than what it picks from", self.at)
        new = value if op is None else Call(OUT_OF_PLACE[op], (Var(base), value))
        return self.same_dtype(base, value, Call(Named("jax.numpy.where"), (mask, new, Var(base))))

    def accumulate(self, statement: Accumulate, where: dict[str, Any]) -> Statement:
        """`bar[index] += value`."""
        name, index, value = statement.bar, statement.index, statement.value
        if self.is_container(name):
            value = negated(value) if statement.sign < 0 else value
            if index is None:
                return Assign((name,), Call(helper("add_adjoints"), (Var(name), value)), **where)
            if self.binding.is_traced(index):
                raise unsupported("A container of different arrays, of which a loop picks one,", self.at)
            entry = Call(operator.getitem, (Var(name), index))
            nested = not isinstance(self.kinds.of(entry), (Number, Array))
            add: Any = helper("add_adjoints") if nested else operator.add
            return Store(name, index, Call(add, (entry, value)), **where)
        if index is not None:
            return self.put(name, index, operator.iadd if statement.sign > 0 else operator.isub, value, where)
        if isinstance(value, Call) and value.function is operator.neg:
            value, sign = value.args[0], -statement.sign
        else:
            sign = statement.sign
        return Assign((name,), Call(operator.add if sign > 0 else operator.sub, (Var(name), value)), **where)

    def may_repeat(self, index: Expr) -> bool:
        """May the index name one entry twice?"""
        parts = index.items if isinstance(index, Build) and index.form == "tuple" else (index,)
        for part in parts:
            match part, self.kinds.of(part):
                case (Build("slice"), _) | (Const(), _) | (_, Number()):
                    continue
                case _, Array(dtype, shape) if shape == () or dtype == "bool":
                    continue
                case _, Known():
                    continue
                case Var(name), kind if kind == UNKNOWN and name in self.binding.traced:
                    continue                # the index of a lowered loop
            return True
        return False

    # ------------------------------------------------------------ expressions
    def expression(self, expr: Expr) -> Expr:
        """The expression in terms of JAX, where it is traced."""
        done = map_children(expr, self.expression)
        if not isinstance(done, Call) or not isinstance(expr, Call):
            return done
        if not self.binding.is_traced(expr):
            return self.shape_call(expr, done)
        return self.call(expr, done)

    def shape_call(self, before: Call, call: Call) -> Expr:
        """What is static is computed by Python and NumPy themselves; shapes are read the JAX way."""
        if call.function in (isinstance, type) and self.binding.is_traced(before.args[0]):
            return instance_test(self, before)
        known = isinstance(call.function, Named) or call.function in ON_STATIC
        if not known and not is_pure_call(call, Facts()):
            raise unsupported(f"`{spelled(call.function)}`, which is not known to give the same at every call,",
                              self.at)
        if call.function in (np.shape, np.ndim, np.size):
            return replace(call, function=Named(jax_name(call.function) or ""))
        return call

    def call(self, before: Call, call: Call) -> Expr:
        """A call whose value is traced. before: with the operands as they were, for their kinds."""
        function, args = call.function, call.args
        match function:
            case Var(name):
                check_helper(self, name, before)
                return call
            case Named():
                return call
            case Method("copy"):
                return args[0]
            case Method("pop") | list.pop if isinstance(args[0], Var) and self.is_container(args[0].name):
                return call
            case Method(name) if name in (*METHODS, *WRITES):
                return call
            case Method(name):
                raise unsupported(f"The method `{name}`", self.at)
        if any(isinstance(a, Star) for a in args):
            raise unsupported("A starred argument", self.at)
        if function in COPIES:
            return args[0]
        if function is getattr:
            return self.attribute(call)
        if function is operator.getitem:
            return self.getitem(before, call)
        if function in SPECIAL:
            return SPECIAL[function](self, before, call)
        if getattr(function, "__module__", None) in ("_operator", "operator"):
            return operation(self, before, call)
        name = str(getattr(function, "__name__", ""))
        if name in HELPERS and getattr(runtime, name, None) is function:
            return replace(call, function=helper(name))
        return numpy_call(self, before, call)

    def attribute(self, call: Call) -> Expr:
        """`x.shape`, `x.T`."""
        match call.args:
            case (_, Const(name)) if name in ATTRIBUTES:
                return call
            case (_, Const(name)):
                raise unsupported(f"The attribute `{name}`", self.at)
        raise unsupported("A computed attribute", self.at)

    def getitem(self, before: Call, call: Call) -> Expr:
        """`x[index]`."""
        base, index = before.args
        if not isinstance(base, Var) or not self.is_container(base.name) or base.name in self.binding.stacked:
            parts = index.items if isinstance(index, Build) and index.form == "tuple" else (index,)
            for part in parts:
                if self.is_mask(part):
                    raise unsupported("Indexing with a mask, whose result has a length that depends on data,", self.at)
        elif self.binding.is_traced(index):
            raise unsupported("A container of different things, of which a loop picks one,", self.at)
        return Call(operator.getitem, (call.args[0], self.index(call.args[1])))

    def is_mask(self, part: Expr) -> bool:
        """Is it an array of truth values?"""
        kind = self.kinds.of(part)
        return isinstance(kind, Array) and kind.dtype == "bool"

    def index(self, index: Expr) -> Expr:
        """An index that JAX takes: arrays instead of lists; slices of a length that is known."""
        match index:
            case Build("tuple", items):
                return Build("tuple", tuple(self.index(i) for i in items))
            case Build("list") | Var() if isinstance(index, Build) or isinstance(self.kinds.of(index), ListKind):
                return Call(Named("jax.numpy.asarray") if self.binding.is_traced(index) else np.array, (index,))
            case Build("slice", items) if any(self.binding.is_traced(i) for i in items):
                raise unsupported("A slice whose bounds are known only while the program runs", self.at)
        return index


def as_dtype_of(base: str, value: Expr) -> Expr:
    """The value in the dtype of an array."""
    dtype = Call(getattr, (Var(base), Const("dtype")))
    return Call(Named("jax.numpy.asarray"), (value,), (("dtype", dtype),))
