"""Active expressions in single steps: one differentiated operation per statement, on names and inactive operands.

    y = np.sin(x * a) + b        $1 = x * a
                           ->    $2 = np.sin($1)
                                 y = $2 + b

Inactive expressions stay trees, except what may be run only once (impure calls) and what is too dear to repeat.
`a[i] *= v` becomes a read and a plain store; `a[i] += v` stays, unless its index may name a cell twice.
`1.0 / (1.0 + np.exp(-x))` is one operation, the logistic function.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.indexing import analyse_index
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.looks import reads_written
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, ListKind, Number, Numeric, TupleKind, is_list_of_numbers
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
    Raise,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.operators import OUT_OF_PLACE
from s2sgrad.core.primitives import falling_logistic, listed_values, logistic
from s2sgrad.core.rewrite import bound as bound_names, free_names, map_blocks, walk_statements
from s2sgrad.rules.registry import rule_of

CHEAP = (operator.getitem, getattr, len, operator.add, operator.sub, operator.mul, operator.neg, operator.truediv,
         operator.floordiv, operator.mod, range)


JOINING = (operator.add, operator.mul, operator.or_, list, tuple, dict, list.copy, dict.copy, listed_values)


def split_active(function: Function, activity: Activity, fresh: Callable[[], str]) -> Function:
    """The function with flat active statements; new names are entered into the activity's kinds and sets."""
    bound = Counter(n for s in walk_statements(function.body) for n in bound_names(s))
    with activity.kinds.remembering():
        return replace(function, body=_Splitter(activity, fresh, bound).block(function.body))


class _Splitter:
    def __init__(self, activity: Activity, fresh: Callable[[], str], bound: Counter[str]) -> None:
        self.activity, self.fresh, self.bound = activity, fresh, bound
        self.kinds: Kinds = activity.kinds
        self.out: list[Statement] = []
        self.at: Statement = Return(Const(None))

    def block(self, block: Block) -> Block:
        """Every statement of a block."""
        outer, self.out = self.out, []
        for statement in block:
            self.at = statement
            self.statement(statement)
        done, self.out = tuple(self.out), outer
        return done

    def temporary(self, value: Expr) -> Var:
        """A new name for a value, with its kind, activity and class."""
        name = self.fresh()
        self.kinds.names[name] = self.kinds.of(value)
        if self.activity.is_active(value):
            self.activity.varied.add(name)
            self.activity.useful.add(name)
        self.activity.aliases.bind(name, value)
        self.out.append(Assign((name,), value, origin=self.at.origin))
        return Var(name)

    def named_like(self, name: str) -> str:
        """A new name for a value that another name will hold."""
        held = self.fresh()
        self.kinds.names[held] = self.kinds.names.get(name, UNKNOWN)
        for found in (self.activity.varied, self.activity.useful):
            if name in found:
                found.add(held)
        return held

    def atom(self, expr: Expr) -> Expr:
        """A name or an inactive tree with the value of the expression."""
        if isinstance(expr, (Var, Const)):
            return expr
        if not self.activity.is_active(expr):
            return self.once(expr)
        if isinstance(expr, Build) and expr.form in ("tuple", "list", "dict"):
            return self.temporary(Build(expr.form, tuple(self.atom(i) for i in expr.items)))
        return self.temporary(self.operation(expr))

    def once(self, expr: Expr) -> Expr:
        """An inactive tree, named if it must not, or should not, be evaluated again."""
        if isinstance(expr, (Var, Const, Star)):
            return expr
        if isinstance(expr, Build):
            return Build(expr.form, tuple(self.once(i) for i in expr.items))
        return expr if cheap(expr) and not self.activity.aliases.changes_unseen(expr) else self.temporary(expr)

    def operation(self, expr: Expr) -> Expr:
        """The expression with atoms as operands."""
        match expr:
            case Call(function, (base, index)) if function is operator.getitem:
                return Call(function, (self.atom(base), self.once(index)))
            case Call(operator.truediv, (Const() as one, Call(operator.add, (Const() as more, Call(
                    np.exp, (x,), ()))))) if one.value == more.value == 1 and isinstance(
                    self.kinds.of(expr), (Number, Array, Numeric)):
                match x:
                    case Call(operator.neg, (operand,)):
                        return Call(logistic, (self.atom(operand), one, more))
                return Call(falling_logistic, (self.atom(x), one, more))
            case Call(function, (Build("list" | "tuple", items),), ()) if function in (min, max):
                return Call(function, tuple(self._argument(i) for i in items))
            case Call(function, args, kwargs):
                return Call(function, tuple(self._array(function, self._argument(a)) for a in args),
                            tuple((k, self._argument(v)) for k, v in kwargs))
            case Build(form, items):
                return Build(form, tuple(self._argument(i) for i in items))
        return expr

    def _array(self, function: object, argument: Expr) -> Expr:
        """NumPy makes an array of a list of numbers; so that its adjoint is one, it is made by a statement."""
        module = (getattr(function, "__module__", None) or "").partition(".")[0]
        listed = is_list_of_numbers(self.kinds.of(argument)) and self.activity.is_active(argument)
        if listed and module == "numpy" and function not in (np.array, np.asarray):
            return self.temporary(Call(np.array, (argument,)))
        return argument

    def _argument(self, expr: Expr) -> Expr:
        """Displays stay displays in an argument (np.array([[a, b], [c, d]]), np.stack([a, b]))."""
        if isinstance(expr, Build) and expr.form in ("tuple", "list"):
            return Build(expr.form, tuple(self._argument(i) for i in expr.items))
        return self.atom(expr)

    def statement(self, statement: Statement) -> None:
        """Append the flat form of one statement."""
        match statement:
            case Assign((name,), Build("list" | "tuple" | "dict" as form, items)) if self.activity.active(name):
                made = Build(form, self._named(items))
                self.out.append(replace(statement, value=self.temporary(made) if name in free_names(made) else made))
            case Assign((name,), Call(function, args, kwargs) as value) if function in JOINING and self.activity.active(
                    name) and isinstance(self.kinds.of(value), (ListKind, TupleKind, DictKind)):
                joined = Call(function, tuple(map(self._joined, args)), kwargs)
                value = self.temporary(joined) if name in free_names(joined) else joined
                self.out.append(replace(statement, value=value))
            case Assign((name,), value) if self.activity.is_active(value) and self.activity.active(name):
                flat = value if isinstance(value, Var) else self.operation(value)
                again = self.bound[name] > 1 and isinstance(self.kinds.of(flat), Number)
                if not isinstance(flat, Var) and (name in free_names(flat) or again):
                    # the result under a name that nobody overwrites: the reverse part may read it
                    flat = self.temporary(flat)
                self.out.append(replace(statement, value=flat))
            case Assign(targets, Build("tuple", items)) if self._is_sequence(targets, items):
                for name, item in zip(targets, items, strict=True):
                    self.statement(Assign((name,), item, origin=statement.origin))
            case Assign(targets, value) if self.activity.is_active(value) and any(map(self.activity.active, targets)):
                if isinstance(value, Build):
                    value = Build(value.form, tuple(self.atom(i) for i in value.items))
                else:
                    value = value if isinstance(value, Call) and rule_of(value.function) is None and not isinstance(
                        value.function, Method) and value.function is not operator.getitem else self.atom(value)
                    if isinstance(value, Call):
                        value = self.operation(value)
                if not isinstance(value, Build) and free_names(value) & set(targets):
                    # the operands must survive until all targets are known
                    held = tuple(self.named_like(t) for t in targets)
                    self.out.append(Assign(held, value, origin=statement.origin))
                    value = Build("tuple", tuple(Var(h) for h in held))
                self.out.append(replace(statement, targets=targets, value=value))
            case Store(base, index, value, op):
                self.store(statement, base, index, value, op)
            case Effect(Call((Method() | dict.update) as method, (Var() as base, *args), kwargs)) if (
                    self.activity.active(base.name) or any(map(self.activity.is_active, args))
                    and not isinstance(self.kinds.names.get(base.name), ListKind)):
                self.out.append(replace(statement, call=Call(method, (base, *self._named(args)), kwargs)))
            case Return(value) if self.activity.is_active(value):
                if isinstance(value, Build):
                    value = Build(value.form, tuple(self.atom(i) for i in value.items))
                else:
                    value = self.atom(value)
                self.out.append(replace(statement, value=value))
            case If() | For() | While() | Assign() | Effect() | Return() | Assert() | Raise() | _:
                self.out.append(map_blocks(statement, self.block))

    def _is_sequence(self, targets: tuple[str, ...], items: tuple[Expr, ...]) -> bool:
        """Can results be bound one after the other: is no target read by an item, or bound elsewhere?"""
        alone = len(targets) == len(items) and all(self.bound[t] == 1 for t in targets)
        return alone and all(isinstance(i, Call) and self.activity.is_active(i) and not free_names(i) & set(targets)
                             for i in items)

    def _named(self, items: Sequence[Expr]) -> tuple[Expr, ...]:
        """What a container will hold: values that carry a derivative and objects get names, so shadows can have one."""
        return tuple(self.atom(i) if self.activity.is_active(i) or not self._is_object(i) else self.temporary(i)
                     for i in items)

    def _joined(self, expr: Expr) -> Expr:
        """An operand of what joins or copies containers: what it holds gets names."""
        match expr:
            case Build(form, items):
                return Build(form, self._named(items))
            case Call(function, args, kwargs) if function in JOINING:
                return self.temporary(Call(function, tuple(map(self._joined, args)), kwargs))
        return self.atom(expr)

    def _is_object(self, expr: Expr) -> bool:
        """A new array or list, without a name?"""
        return not isinstance(expr, Var) and isinstance(self.kinds.of(expr), (Array, ListKind, DictKind))

    def store(self, statement: Store, base: str, index: Expr | None, value: Expr, op: object) -> None:
        """A write in place of an active value, or into an active array."""
        if index is not None:
            index = self.once(index)
            if not isinstance(index, Const) and reads_written(index, self.activity.aliases):
                index = self._held(index)
        kind = self.kinds.names.get(base, UNKNOWN)
        listed = isinstance(kind, (ListKind, DictKind))
        if not self.activity.active(base):
            self.out.append(replace(statement, index=index))
            return
        if listed and op is None:
            self.out.append(replace(statement, index=index, value=self._entry(base, index, value)))
            return
        repeats = index is not None and isinstance(kind, Array) and analyse_index(kind, index, self.kinds.of).repeats
        if op is None or statement.at or (op in (operator.iadd, operator.isub) and not repeats
                                          and isinstance(kind, (Array, ListKind, DictKind))):
            self.out.append(replace(statement, index=index, value=self.atom(value)))
            return
        old: Expr = Var(base) if index is None else self.temporary(Call(operator.getitem, (Var(base), index)))
        new = self.temporary(self.operation(Call(OUT_OF_PLACE[op], (old, self.atom(value)))))
        self.out.append(replace(statement, index=index, value=new, op=None))

    def _entry(self, base: str, index: Expr | None, value: Expr) -> Expr:
        """What is put into a list or dict: an object gets a name; entries of the list itself are copied first."""
        if not isinstance(index, Build) or index.form != "slice":
            return self._named((value,))[0]
        found = self._joined(value)
        if isinstance(found, Var) and self.activity.aliases.find(found.name) == self.activity.aliases.find(base):
            return self.temporary(Call(list, (found,)))
        return found

    def _held(self, index: Expr) -> Expr:
        """An index that reads what is written somewhere: evaluated before the store."""
        if isinstance(index, Build):
            return Build(index.form, tuple(self._held(i) for i in index.items))
        if reads_written(index, self.activity.aliases):
            held = isinstance(index, Var) and isinstance(self.kinds.of(index), (Array, Numeric, ListKind))
            return self.temporary(Call(np.copy, (index,)) if held else index)
        return index


def cheap(expr: Expr) -> bool:
    """Pure, and no dearer to evaluate again than to keep."""
    size = 0
    for e in walk(expr):
        if isinstance(e, Call):
            size += 1
            if isinstance(e.function, (Var, Method)) or not any(e.function is f for f in CHEAP):
                rule = rule_of(e.function) if not isinstance(e.function, (Var, Method)) else None
                if rule is None or not rule.pure or rule.form != "zero":
                    return False
    return size <= 6
