"""Functions that write an argument, as stores: `out=`, np.copyto, np.put, np.fill_diagonal, np.multiply.at, `a.flat`.

    z = np.multiply(a, b, out=y[0])         $1 = y[0]
                                            $1[...] = a * b
                                            z = $1
    np.sqrt(x, out=y, where=m)              y[m] = np.sqrt(x[m])
    np.copyto(a, v, where=m)                a[m] = v[m]
    np.put(a, i, v), a.flat[i] = v          $1 = np.reshape(a, -1); $1[i] = v
    np.multiply.at(a, i, v)                 for k in range(len(i)): a[i[k]] *= v[k]
    operator.setitem(a, i, v)               a[i] = v
    y = x[heapq.heappop(heap)]              $1 = heapq.heappop(heap); y = x[$1]

Comes in: a function and its kinds. Goes out: the function without such calls, as far as the kinds tell what they do;
calls that are nested in an expression come before it, behind what Python evaluates before them.
"""

from __future__ import annotations

import inspect
import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.calls import method_call
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.opaque import rearranged, rearranges
from s2sgrad.analyse.outputs import output_of
from s2sgrad.core.kinds import UNKNOWN, Array, Kind, ListKind, Numeric, RecordKind
from s2sgrad.core.names import is_temporary
from s2sgrad.core.nodes import (
    Assert,
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
    Return,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.primitives import LAZY
from s2sgrad.core.rewrite import bound, exprs, map_blocks, map_exprs, reads_of, walk_statements
from s2sgrad.errors import NOWHERE, Origin, UnsupportedError
from s2sgrad.normalise.in_place import FUNCTIONS, METHODS_THAT_WRITE, Writing
from s2sgrad.read.callables import name_of
from s2sgrad.rules.methods import METHODS


def writes_as_stores(function: Function, kinds: Kinds) -> Function:
    """The function with stores for calls that write an argument."""
    if not any(_writes(e, kinds) or _is_flat(e, kinds) for s in walk_statements(function.body) for e in _all(s)):
        return function
    return replace(function, body=_Rewriting(function, kinds).block(function.body))


def _all(statement: Statement) -> list[Expr]:
    return [e for top in exprs(statement) for e in walk(top)]


def _writes(expr: Expr, kinds: Kinds) -> bool:
    """Is it a call that writes one of its arguments?"""
    if not isinstance(expr, Call) or isinstance(expr.function, Var):
        return False
    if is_rearranging(expr, kinds) or _set_by(expr, kinds) is not None:
        return True
    if isinstance(expr.function, Method):
        known = bool(expr.args) and isinstance(kinds.of(expr.args[0]), (Array, Numeric))
        return known and (expr.function.name in METHODS_THAT_WRITE or (
            expr.function.name in METHODS and output_of(expr) is not None))
    return output_of(expr) is not None or _is_at(expr.function) or _listed(expr.function) is not None


def is_rearranging(expr: Expr, kinds: Kinds) -> bool:
    """Is it `heapq.heappop(xs)`, `random.shuffle(xs)` or the like, on a list or array that is followed?"""
    return isinstance(expr, Call) and rearranges(expr, kinds) and isinstance(
        kinds.of(rearranged(expr)), (Array, Numeric, ListKind))


def _set_by(call: Call, kinds: Kinds) -> tuple[Expr, ...] | None:
    """The operands of `operator.setitem(a, i, v)`, `a.__setitem__(i, v)`, or of the same for `del`."""
    match call:
        case Call(operator.setitem | Method("__setitem__"), (base, _, _), ()) | Call(
                Method("__delitem__"), (base, _), ()):
            return call.args if not isinstance(kinds.of(base), RecordKind) else None
    return None


def _listed(function: Any) -> Any:
    return next((form for known, form in FUNCTIONS.items() if function is known), None)


def _is_whole(expr: Expr, statement: Statement, kinds: Kinds) -> bool:
    """Is it a call that rearranges a list, and all that the statement does?"""
    whole = statement.call if isinstance(statement, Effect) else getattr(statement, "value", None)
    return expr is whole and is_rearranging(expr, kinds)


def _is_at(function: Any) -> bool:
    """`np.add.at` and the like: bound methods, equal but never identical."""
    return isinstance(getattr(function, "__self__", None), np.ufunc) and function.__name__ == "at"


def _is_flat(expr: Expr, kinds: Kinds) -> bool:
    match expr:
        case Call(function, (base, Const(value="flat"))) if function is getattr:
            return isinstance(kinds.of(base), Array)
    return False


def _is_contiguous(kind: Kind) -> bool:
    """Does `ravel` give a view of it?"""
    return isinstance(kind, Array) and kind.layout == "C"


class _Rewriting:
    def __init__(self, function: Function, kinds: Kinds) -> None:
        self.kinds = kinds
        self.out: list[Statement] = []
        self.at: Origin = NOWHERE
        reads = Counter(n for s in walk_statements(function.body) for n in reads_of(s))
        stores = Counter(s.base for s in walk_statements(function.body) if isinstance(s, Store))
        times = Counter(n for s in walk_statements(function.body) for n in bound(s))
        self.flat: dict[str, Expr] = {}         # names of `a.flat` that are stored through
        for s in walk_statements(function.body):
            match s:
                case Assign((name,), value) if _is_flat(value, kinds) and stores[name]:
                    if not is_temporary(name) or times[name] > 1 or reads[name] > stores[name]:
                        raise UnsupportedError("A name for `.flat`, through which an array is written, is not "
                                               "supported.", "Write `a.flat[i] = v`.", s.origin)
                    assert isinstance(value, Call)
                    self.flat[name] = value.args[0]
                case Assign((_,), Call(_, (base, *_)) as value) if (
                        _is_flat(value, kinds) and stores and not _is_contiguous(kinds.of(base))):
                    raise UnsupportedError("A name for `.flat` of an array that may not be contiguous is not supported "
                                           "where arrays are written: it shows what is written later.",
                                           "Write `a.flat[i]` where it is read, or `a.ravel()` for a copy.", s.origin)

    def block(self, block: Block) -> Block:
        """Every statement of a block."""
        outer, self.out = self.out, []
        for statement in block:
            self.at = statement.origin
            self.statement(map_blocks(statement, self.block))
        done, self.out = tuple(self.out), outer
        return done

    def statement(self, statement: Statement) -> None:
        """Append the statement, behind the stores that it stands for."""
        self.at = statement.origin
        match statement:
            case Assign((name,), value) if name in self.flat:
                self.flat[name] = self.name(value.args[0]) if isinstance(value, Call) else value
            case Store(base, index, value, op) if base in self.flat and index is not None:
                self.writing().flat(self.flat[base], self.hoist(index), self.hoist(value), op, statement.label)
            case Effect(Call() as call) | Assign(_, Call() as call) if is_rearranging(call, self.kinds):
                call = self.hoist(call, True)
                self.out.append(replace(statement, call=call) if isinstance(statement, Effect)
                                else replace(statement, value=call))
            case Effect(Call() as call) if _writes(call, self.kinds):
                self.hoist(call)
            case Assign() | Return():
                self.out.append(replace(statement, value=self.hoist(statement.value)))
            case Effect(call):
                self.out.append(replace(statement, call=self.hoist(call)))
            case If(test) | Assert(test):
                self.out.append(replace(statement, test=self.hoist(test)))
            case For(over=over):
                self.out.append(replace(statement, over=self.hoist(over)))
            case Store(value=value):
                self.out.append(replace(statement, value=self.hoist(value)))
            case _:
                self.out.append(statement)
        last = self.out[-1] if self.out else None
        if last is not None and any(_writes(e, self.kinds) for e in _all(last) if not _is_whole(e, last, self.kinds)):
            raise UnsupportedError("A call that writes an argument is not supported here.",
                                   "Write it as a statement of its own.", self.at)
        if last is not None and any(_is_flat(e, self.kinds) for e in _all(last)):
            self.out[-1] = map_exprs(last, self.without_flat)

    def without_flat(self, expr: Expr) -> Expr:
        """`a.flat` that is only read: the entries in their order."""
        match expr:
            case Call(function, args, kwargs):
                if _is_flat(expr, self.kinds):
                    return Call(np.ravel, (self.without_flat(args[0]),))
                return Call(function, tuple(map(self.without_flat, args)),
                            tuple((k, self.without_flat(v)) for k, v in kwargs))
            case Build(form, items):
                return Build(form, tuple(map(self.without_flat, items)))
        return expr

    def hoist(self, expr: Expr, whole: bool = False) -> Expr:
        """The expression, with its calls that write made before it, and what precedes them as well."""
        if not any(_writes(e, self.kinds) for e in walk(expr)):
            return expr
        match expr:
            case Call(function) if function in LAZY:
                raise UnsupportedError("A call that writes an argument, on a condition, is not supported.",
                                       "Write it in an `if` statement.", self.at)
            case Call(function, args, kwargs):
                operands = self.in_order([*args, *(v for _, v in kwargs)])
                found = Call(function, tuple(operands[: len(args)]),
                             tuple((k, v) for (k, _), v in zip(kwargs, operands[len(args):], strict=True)))
                if is_rearranging(found, self.kinds):
                    found = self.on_a_name(found)
                    return found if whole else self.name(found)
                return self.write(found) if _writes(found, self.kinds) else found
            case Build(form, items):
                return Build(form, tuple(self.in_order(list(items))))
        return expr

    def on_a_name(self, call: Call) -> Call:
        """The call on a list or array that has a name."""
        k = int(isinstance(call.function, Method))
        return replace(call, args=(*call.args[:k], self.name(call.args[k]), *call.args[k + 1:]))

    def in_order(self, operands: list[Expr]) -> list[Expr]:
        """The operands hoisted; those in front of a call that writes are evaluated before it."""
        last = max((k for k, o in enumerate(operands) if any(_writes(e, self.kinds) for e in walk(o))), default=-1)
        return [self.name(self.hoist(o)) if k < last and not isinstance(o, (Var, Const)) else self.hoist(o)
                for k, o in enumerate(operands)]

    def name(self, value: Expr) -> Expr:
        """A name for a value."""
        return self.writing().name(value)

    def writing(self) -> Writing:
        """Where the forms of the functions put their statements."""
        return Writing(self.kinds, self.out, self.at)

    def fill(self, form: Callable[..., None], name: str, call: Call) -> None:
        """The stores of a call with arguments that the form may not have."""
        try:
            bound_arguments = inspect.signature(form).bind(self.writing(), *call.args, **dict(call.kwargs))
        except TypeError as fault:
            raise UnsupportedError(f"`{name}` with these arguments is not supported.",
                                   "Write the assignment with an index.", self.at) from fault
        form(*bound_arguments.args, **bound_arguments.kwargs)

    def write(self, call: Call) -> Expr:
        """The stores of a call that writes; its value."""
        function, writing = call.function, self.writing()
        match _set_by(call, self.kinds):
            case base, index, value:
                target = self.name(base)
                assert isinstance(target, Var)
                writing.store(target, index, value)
                return Const(None)
            case base, index:
                self.out.append(Effect(Call(operator.delitem, (self.name(base), index)), origin=self.at))
                return Const(None)
        if isinstance(function, Method) and function.name in METHODS_THAT_WRITE:
            self.fill(METHODS_THAT_WRITE[function.name], function.name, call)
            return Const(None)
        form = None if isinstance(function, Method) else _listed(function)
        if form is not None:
            self.fill(form, name_of(function), call)
            return Const(None)
        if not isinstance(function, Method) and _is_at(function):
            writing.ufunc_at(function.__self__, *call.args)
            return Const(None)
        found = output_of(call)
        assert found is not None
        target, rest = found
        if isinstance(rest.function, Method):
            rest = method_call(UNKNOWN, rest.function.name, rest.args[0], rest.args[1:], rest.kwargs)
        return writing.output(target, rest)

