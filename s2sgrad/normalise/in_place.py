"""What each function that writes an argument does, as stores.

Comes in: the operands of a call, by the function's own names. Goes out: statements. Values are given anew from their
start where NumPy does that (np.put, np.place, `a.flat`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sgrad.analyse.calls import may_keep
from s2sgrad.analyse.indexing import analyse_index
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Array, ListKind, Number, rank_of, shape_of
from s2sgrad.core.nodes import Assign, Build, Call, Const, Effect, Expr, For, Method, Statement, Store, Var
from s2sgrad.errors import FactsError, Origin, UnsupportedError
from s2sgrad.rules.registry import FRESH, rule_of
from s2sgrad.rules.shapes import dtype_of
from s2sgrad.runtime import in_turn, require_apart

TRUE, FALSE, RAISE = Const(True), Const(False), Const("raise")
INPLACE: dict[Any, Any] = {np.multiply: operator.imul, np.true_divide: operator.itruediv}


@dataclass
class Writing:
    """Where the statements go: behind out; at: the user's statement."""

    kinds: Kinds
    out: list[Statement]
    at: Origin

    # -- names and statements
    def name(self, value: Expr) -> Expr:
        """A name for a value that is read more than once, or later."""
        if isinstance(value, (Var, Const)):
            return value
        name = self.kinds.fresh()
        self.kinds.names[name] = self.kinds.of(value)
        self.out.append(Assign((name,), value, origin=self.at))
        return Var(name)

    def array(self, target: Expr) -> Var:
        """A name for what is written."""
        kind = self.kinds.of(target)
        if isinstance(kind, Number):
            raise UnsupportedError("A number is written in place, and NumPy refuses that.", "Write into an array.",
                                   self.at)
        found = self.name(target)
        if not isinstance(found, Var):
            raise self.unclear()
        return found

    def store(self, base: Var, index: Expr | None, value: Expr, op: Any = None, at: bool = False,
              label: int | None = None) -> None:
        """`base[index] op= value`."""
        statement = Store(base.name, index, value, op, at, origin=self.at)
        self.out.append(statement if label is None else Store(base.name, index, value, op, at, origin=self.at,
                                                              label=label))

    def unclear(self) -> FactsError:
        """The refusal where too little is known of an array."""
        return FactsError("What this call writes depends on the rank of an array, which is not known here.",
                          "Annotate the parameters with their ranks, or use source_for(...).", self.at)

    # -- forms
    def output(self, target: Expr, call: Call) -> Expr:
        """`f(a, out=target)`, with `where=` for what is left as it is."""
        if isinstance(target, Build):
            raise UnsupportedError("Several arrays in `out=` are not supported.", "Write one call for each.", self.at)
        options = dict(call.kwargs)
        where = options.pop("where", TRUE) if isinstance(call.function, np.ufunc) else TRUE
        operands = [self.name(a) for a in call.args] if where != TRUE else list(call.args)
        if where == TRUE:
            operands = list(call.args)
        base = self.array(target)
        rest = tuple(options.items())
        if where == TRUE:
            value = Call(call.function, tuple(operands), rest)
            self._refuse_cast(base, value)
            self.store(base, None, value)
            return base
        mask = self.mask(base, where)
        value = Call(call.function, tuple(self.picked(o, base, mask) for o in operands), rest)
        self._refuse_cast(base, value)
        self.store(base, mask, value)
        return base

    def _refuse_cast(self, base: Var, value: Expr) -> None:
        """NumPy raises where `out` cannot take the result, and a store would round it."""
        to, of = dtype_of(self.kinds.of(base)), dtype_of(self.kinds.of(value))
        if to is not None and of is not None and not np.can_cast(
                np.dtype("int64" if of == "int" else of), np.dtype("int64" if to == "int" else to), "same_kind"):
            raise UnsupportedError(f"The result is of the type {of}, and `out` of {to}: NumPy refuses that.",
                                   "Make the array a float array.", self.at)

    def mask(self, base: Var, where: Expr) -> Expr:
        """A mask with the shape of the array."""
        shape = shape_of(self.kinds.of(base))
        found = self.name(where)
        if isinstance(shape, tuple) and shape and shape_of(self.kinds.of(found)) == shape:
            return found
        return self.name(Call(np.broadcast_to, (found, Call(np.shape, (base,)))))

    def picked(self, operand: Expr, base: Var, mask: Expr) -> Expr:
        """The entries of an operand that meet those of the array under the mask."""
        kind, shape = self.kinds.of(operand), shape_of(self.kinds.of(base))
        if isinstance(kind, Number):
            return operand
        if not (isinstance(kind, Array) and isinstance(shape, tuple) and kind.shape == shape):
            operand = Call(np.broadcast_to, (operand, Call(np.shape, (base,))))
        return Call(operator.getitem, (operand, mask))

    def repeated(self, value: Expr, count: Expr, shape: object = None) -> Expr:
        """The value for count entries: from its start again where it is shorter."""
        kind = self.kinds.of(value)
        if isinstance(kind, Number) or rank_of(kind) == 0:
            return value
        if shape is not None and shape_of(kind) == shape:
            return value
        entries = self.name(Call(np.ravel, (value,)))
        return Call(operator.getitem, (entries, Call(in_turn, (count, Call(len, (entries,))))))

    def apart(self, base: Expr, value: Expr) -> Expr:
        """The value, of which it is checked that it shares no memory with the array: NumPy writes before it reads."""
        kind = self.kinds.of(value)
        if isinstance(kind, Number) or not may_alias(value):
            return value
        named = self.name(value)
        text = Const(next(iter(self.at.text.strip().splitlines()), ""))
        self.out.append(Effect(Call(require_apart, (text, base, named)), origin=self.at))
        return named

    def first(self, value: Expr) -> Expr:
        """The value for one entry."""
        kind = self.kinds.of(value)
        return value if isinstance(kind, Number) else Call(operator.getitem, (Call(np.ravel, (value,)), Const(0)))

    def flat(self, base: Expr, index: Expr, value: Expr, op: Any = None, label: int | None = None,
             apart: bool = True) -> None:
        """`base.flat[index] op= value`: the entries in the order of "C", whatever that of the memory is."""
        target = self.array(base)
        kind = self.kinds.of(target)
        if not isinstance(kind, Array):
            raise self.unclear()
        view, copied = target, False
        if kind.rank != 1:
            copied = kind.layout != "C"
            whole = Call(np.ndarray.flatten, (target,)) if copied else Call(np.reshape, (target, Const(-1)))
            named = self.name(whole)
            assert isinstance(named, Var)
            view = named
        if op is None and apart:
            value = self.apart(target, value)
        if op is None:
            value = self._along(view, self.name(index) if not isinstance(index, Build) else index, value)
        self.store(view, index, value, op, label=label)
        if copied:
            self.store(target, None, Call(np.reshape, (view, Call(np.shape, (target,)))))

    def _along(self, entries: Var, index: Expr, value: Expr) -> Expr:
        """The value for the entries that the index names."""
        cells = Call(operator.getitem, (entries, index))
        kind = self.kinds.of(cells)
        if isinstance(self.kinds.of(value), Number):
            return value
        if analyse_index(self.kinds.of(entries), index, self.kinds.of).scalar:
            return self.first(value)
        if isinstance(kind, Array) and shape_of(self.kinds.of(value)) == kind.shape and isinstance(kind.shape, tuple):
            return value
        return self.repeated(self.name(value), Call(np.size, (cells,)))

    def at_each(self, ufunc: np.ufunc, target: Expr, index: Expr, value: Expr | None) -> None:
        """`ufunc.at(target, index, value)`: one entry, or one part, after the other."""
        base = self.array(target)
        kind = self.kinds.of(index)
        if isinstance(kind, Number):
            cell = Call(operator.getitem, (base, index))
            self.store(base, index, Call(ufunc, (cell,) if value is None else (cell, value)))
            return
        listed = isinstance(kind, ListKind) and isinstance(kind.item, Number) and kind.item.dtype == "int"
        if not listed and not (isinstance(kind, Array) and kind.rank == 1 and kind.dtype not in (None, "bool")):
            raise UnsupportedError(f"`np.{ufunc.__name__}.at` with this index is not supported.",
                                   "Use one array of integers, or write a loop.", self.at)
        places = self.name(index)
        if value is not None and isinstance(self.kinds.of(value), Number):
            value = self.name(value)
        elif value is not None:
            cells = Call(operator.getitem, (base, places))
            if shape_of(self.kinds.of(value)) != shape_of(self.kinds.of(cells)) or shape_of(
                    self.kinds.of(cells)) is None:
                value = Call(np.broadcast_to, (value, Call(np.shape, (cells,))))
            value = self.name(Call(np.copy, (value,)) if may_alias(value) else value)
        k, place = self.kinds.fresh(), self.kinds.fresh()
        self.kinds.names[k] = self.kinds.names[place] = Number("int", True)
        each = value if value is None or isinstance(self.kinds.of(value), Number) else Call(
            operator.getitem, (value, Var(k)))
        cell = Call(operator.getitem, (base, Var(place)))
        op = INPLACE.get(ufunc)
        new = each if op is not None and each is not None else Call(ufunc, (cell,) if each is None else (cell, each))
        body = (Assign((place,), Call(operator.getitem, (places, Var(k))), origin=self.at),
                Store(base.name, Var(place), new, op, origin=self.at))
        self.out.append(For(k, Call(range, (Call(len, (places,)),)), body, origin=self.at))

    def ufunc_at(self, ufunc: np.ufunc, target: Expr, index: Expr, value: Expr | None = None) -> None:
        """`np.add.at(target, index, value)` and its kin."""
        op: Any = operator.iadd if ufunc is np.add else operator.isub if ufunc is np.subtract else None
        if op is None or value is None:
            self.at_each(ufunc, target, index, value)
        else:
            self.store(self.array(target), index, value, op, at=True)


def may_alias(value: Expr) -> bool:
    """May it be, or be a view of, what a name holds? (by form alone)"""
    match value:
        case Const():
            return False
        case Call(function) if function is not operator.getitem and not isinstance(function, (Var, Method)):
            rule = rule_of(function)
            return rule is None or rule.result != FRESH or may_keep(value)
    return True


# ---------------------------------------------------------------- the functions, with their own arguments
def _copyto(w: Writing, dst: Expr, src: Expr, casting: Expr = TRUE, where: Expr = TRUE) -> None:
    source = w.name(src) if where != TRUE else src
    base = w.array(dst)
    if source == base:          # NumPy does nothing, and does not look at the shape of the mask either
        w.name(where)
        return
    if casting not in (TRUE, Const("same_kind"), Const("unsafe")):
        raise UnsupportedError("This option `casting` of `np.copyto` is not supported.", "Leave it out.", w.at)
    if where == TRUE:
        w.store(base, None, source)
        return
    mask = w.mask(base, where)
    w.store(base, mask, w.picked(source, base, mask))


def _put(w: Writing, a: Expr, ind: Expr, v: Expr, mode: Expr = RAISE) -> None:
    if mode != RAISE:
        raise UnsupportedError("The option `mode` of `np.put` is not supported.", "Take the indices modulo the size.",
                               w.at)
    base, kind = w.array(a), w.kinds.of(ind)
    if isinstance(kind, Number):
        w.flat(base, w.name(ind), w.first(v), apart=False)
        return
    places = w.name(ind if isinstance(kind, ListKind) or rank_of(kind) == 1 else Call(np.ravel, (ind,)))
    value = w.name(v) if not isinstance(w.kinds.of(v), Number) else v
    shape = shape_of(w.kinds.of(places))
    count = Call(len, (places,))
    w.flat(base, places, w.repeated(value, count, shape if isinstance(shape, tuple) else None), apart=False)


def _mask_of(w: Writing, mask: Expr, base: Var) -> Expr:
    """The mask as an array of booleans of the shape of the array: only their sizes need agree."""
    known, kind = w.kinds.of(mask), w.kinds.of(base)
    if not (isinstance(known, Array) and known.dtype == "bool"):
        mask = Call(np.not_equal, (mask, Const(0)))
    if rank_of(known) == rank_of(kind) == 1 or isinstance(shape_of(kind), tuple) and shape_of(known) == shape_of(kind):
        return w.name(mask)
    return w.name(Call(np.reshape, (mask, Call(np.shape, (base,)))))


def _place(w: Writing, arr: Expr, mask: Expr, vals: Expr) -> None:
    base = w.array(arr)
    where = _mask_of(w, mask, base)
    w.store(base, where, w.repeated(w.name(w.apart(base, vals)), Call(np.count_nonzero, (where,))))


def _putmask(w: Writing, a: Expr, mask: Expr, values: Expr) -> None:
    base, value = w.array(a), w.name(values)
    where = _mask_of(w, mask, base)
    kind, shape = w.kinds.of(value), shape_of(w.kinds.of(base))
    if isinstance(kind, Number):
        w.store(base, where, value)
        return
    if not (isinstance(shape, tuple) and shape_of(kind) == shape):
        value = Call(np.reshape, (w.repeated(value, Call(np.size, (base,))), Call(np.shape, (base,))))
    w.store(base, where, Call(operator.getitem, (value, where)))


def _fill_diagonal(w: Writing, a: Expr, val: Expr, wrap: Expr = FALSE) -> None:
    base = w.array(a)
    kind = w.kinds.of(base)
    if wrap != FALSE:
        raise UnsupportedError("The option `wrap` of `np.fill_diagonal` is not supported.", "Write it with indices.",
                               w.at)
    if not isinstance(kind, Array) or kind.rank is None:
        raise w.unclear()
    assert isinstance(kind.shape, tuple)
    square = all(d == kind.shape[0] for d in kind.shape)
    length = Call(len, (base,)) if square else Call(min, (Call(getattr, (base, Const("shape"))),))
    k = w.name(Call(np.arange, (length,)))
    value = w.repeated(w.name(w.apart(base, val)), Call(len, (k,)), (kind.shape[0],) if square else None)
    w.store(base, Build("tuple", (k,) * len(kind.shape)), value)


def _fill(w: Writing, a: Expr, value: Expr) -> None:
    w.store(w.array(a), None, value)


def _permuted(function: Callable[..., Any]) -> Callable[..., None]:
    def form(w: Writing, a: Expr, *args: Expr, **options: Expr) -> None:
        base = w.array(a)
        w.store(base, None, Call(function, (base, *args), tuple(options.items())))
    return form


FUNCTIONS: dict[Any, Callable[..., None]] = {
    np.copyto: _copyto, np.put: _put, np.place: _place, np.putmask: _putmask, np.fill_diagonal: _fill_diagonal,
}
METHODS_THAT_WRITE: dict[str, Callable[..., None]] = {
    "fill": _fill, "put": _put, "sort": _permuted(np.sort), "partition": _permuted(np.partition),
}
