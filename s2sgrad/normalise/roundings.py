"""Arrays made of numbers that may be whole: whether they would round is asked when they are made.

    z = np.array([c, c])         ->      z = np.array([c, c])         # c = (1, 0.5)[i]
    z[0] = x                             require_floats("z", z)
                                         z[0] = x

A number that is an int in one place and a float in another counts as a float, but an array of it may be one of ints,
into which NumPy rounds. Comes in: a flat function and its activity. Goes out: the function with these questions, for
arrays that are written and differentiated.
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.core.kinds import Array, ListKind, Number, TupleKind
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Effect, Expr, For, Function, Method, Statement, Var
from s2sgrad.core.primitives import if_else
from s2sgrad.core.rewrite import map_blocks, walk_statements
from s2sgrad.rules.shapes import static
from s2sgrad.runtime import require_floats

# the dtype of the result is that of what they are given, at the place that is told
OF_FIRST = (np.array, np.asarray, np.copy, np.ndarray.copy, np.reshape, np.ravel, np.transpose, np.tile, np.repeat,
            np.stack, np.concatenate, np.full_like, np.zeros_like, np.ones_like, np.empty_like, list, tuple)
OF_ALL = (operator.add, operator.sub, operator.mul, operator.neg, operator.pos, operator.pow, min, max, abs)


def guard_roundings(function: Function, activity: Activity) -> Function:
    """The function with a check behind each array that may round what is stored in it."""
    origin = _Origin(function, activity)

    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            out.append(map_blocks(statement, visit))
            match statement:
                case Assign((name,), Call() as made) if activity.active(name) and activity.aliases.is_written(
                        name) and isinstance(activity.kinds.names.get(name), Array) and origin.may_be_whole(made):
                    text = Const(name.split("#")[0] if not name.startswith("$") else "an array")
                    out.append(Effect(Call(require_floats, (text, Var(name))), origin=statement.origin))
        return tuple(out)

    return replace(function, body=visit(function.body))


class _Origin:
    """Where the values of one function come from."""

    def __init__(self, function: Function, activity: Activity) -> None:
        self.activity, self.kinds = activity, activity.kinds
        self.values: dict[str, list[Expr]] = {}
        self.asked: set[str] = set()
        for s in walk_statements(function.body):
            match s:
                case Assign((name,), value):
                    self.values.setdefault(name, []).append(value)
                case For(elements=elements):
                    for name, container in elements:
                        self.values.setdefault(name, []).append(Call(operator.getitem, (container, Var(s.target))))

    def may_be_whole(self, expr: Expr) -> bool:
        """May all that it holds be ints, of whatever kind it is taken to be?"""
        if self.activity.is_varied(expr):
            return False
        match expr:
            case Const(value):
                return isinstance(value, int)
            case Build(_, items):
                return all(map(self.may_be_whole, items))
            case Var(name) if name in self.values:
                if name in self.asked:
                    return False
                self.asked.add(name)
                found = any(map(self.may_be_whole, self.values[name]))
                self.asked.discard(name)
                return found
            case Call(operator.getitem, (base, index)) if isinstance(
                    kind := self.kinds.of(base), (TupleKind, ListKind)):
                made = [i for value in self.values.get(getattr(base, "name", ""), ()) if isinstance(value, Build)
                        for i in value.items]
                return any(map(self.may_be_whole, made)) or self.entry(kind, index)
            case Call(operator.getitem, (base, _)):
                return self.may_be_whole(base)
            case Call(np.full, (_, value)) | Call(np.full_like, (_, value)):
                return self.may_be_whole(value) and (expr.function is np.full or self.may_be_whole(expr.args[0]))
            case Call(function, (_, *others)) if function is if_else:
                return any(map(self.may_be_whole, others))
            case Call(function, (first, *_), kwargs) if any(function is f for f in OF_FIRST) and "dtype" not in dict(
                    kwargs):
                return self.may_be_whole(first)
            case Call(Method("copy" | "reshape" | "ravel" | "flatten" | "transpose"), (base, *_)):
                return self.may_be_whole(base)
            case Call(function, args) if any(function is f for f in OF_ALL):
                return all(map(self.may_be_whole, args))
        return _is_whole(self.kinds.of(expr))

    def entry(self, kind: TupleKind | ListKind, index: Expr) -> bool:
        """May the entry of a container be an int, or hold ints only?"""
        if kind.items is None:
            return _is_whole(getattr(kind, "item", None))
        at = static(self.kinds.of(index))
        if isinstance(at, int) and -len(kind.items) <= at < len(kind.items):
            return _is_whole(kind.items[at])
        return any(map(_is_whole, kind.items))


def _is_whole(kind: object) -> bool:
    match kind:
        case Number(dtype) | Array(str(dtype)):
            return dtype.startswith(("int", "uint", "bool"))
        case TupleKind(items) | ListKind(items=tuple(items)):
            return bool(items) and all(map(_is_whole, items))
        case ListKind(item):
            return _is_whole(item)
    return False
