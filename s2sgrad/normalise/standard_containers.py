"""A `deque` that may hold what is differentiated becomes a list, a `defaultdict` or `OrderedDict` a dict.

    q = deque(maxlen=n)                       q = []
    q.append(x)                   ->          q.append(x)
    y = q.popleft()                           if len(q) > n:
                                                  q.pop(0)
                                              y = q.pop(0)

    d = defaultdict(float)                    d = {}
    d[k] += x                     ->          d.setdefault(k, 0.0)
                                              d[k] += x

Comes in: a function in which objects are taken apart, and the names that it is differentiated by. Goes out: the same
function, where it spells all that is done with such a container; else the container stays, and is refused later. One
that holds nothing of what is differentiated (a queue of nodes, a table of neighbours) stays what it is.
"""

from __future__ import annotations

import operator
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import (
    Assign,
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
    Star,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import bound, bound_in, exprs, free_names, walk_statements
from s2sgrad.normalise.hoist import Hoister
from s2sgrad.rules.registry import rule_of

KINDS = (deque, defaultdict, OrderedDict)
LEFT = Const(0)
OF_DEQUES = ("pop", "popleft", "clear", "count", "index")
OF_DICTS = ("get", "items", "keys", "values", "setdefault", "pop", "clear")
DEFAULTS: dict[object, Expr] = {float: Const(0.0), int: Const(0), list: Build("list", ()), dict: Build("dict", ())}
READERS = (len, sum, min, max, any, all, list, tuple, dict, sorted, reversed, operator.not_, operator.contains)


@dataclass(frozen=True)
class _Container:
    """What is known of one: the most entries of a deque, or what makes the entries that a dict lacks."""

    is_list: bool
    most: Expr | None = None
    default: Expr | None = None


def with_lists_and_dicts(function: Function, wrt: Collection[str], fresh: Callable[[], str]) -> Function:
    """The function in which such containers are lists and dicts; the same object where there is none."""
    found = _containers(function)
    if not found:
        return function
    varied = _varied(function, wrt)
    found = {name: c for name, c in found.items() if name in varied and all(
        _is_spelt(s, name, c) for s in walk_statements(function.body))}
    return replace(function, body=_Writer(found, fresh).block(function.body)) if found else function


def _containers(function: Function) -> dict[str, _Container]:
    """The names that are bound to one kind of container, and to nothing else."""
    found: dict[str, _Container | None] = {p.name: None for p in function.params}
    for statement in walk_statements(function.body):
        for name in bound(statement):
            known = None
            match statement:
                case Assign((_,), Call() as call):
                    known = _container(call, function)
            before = found.setdefault(name, known)
            if before != known:
                found[name] = None
    return {name: c for name, c in found.items() if c is not None}


def _container(call: Call, function: Function) -> _Container | None:
    match call:
        case Call(made, () | (_,), ()) if made is deque:
            return _Container(True)
        case Call(made, (_, most), ()) | Call(made, () | (_,), (("maxlen", most),)) if made is deque and (
                isinstance(most, (Var, Const)) and _is_fixed(most, function)):
            return _Container(True, None if most == Const(None) else most)
        case Call(made, (Const(Closure(Function(params=(), body=(Return(value),)))),), ()) if made is defaultdict:
            return _Container(False, default=value) if _is_constant(value) else None
        case Call(made, (Const(kind),), ()) if made is defaultdict and kind in DEFAULTS:
            return _Container(False, default=DEFAULTS[kind])
        case Call(made, (), ()) if made is OrderedDict:
            return _Container(False)
    return None


def _is_fixed(most: Expr, function: Function) -> bool:
    """Is it one number for the whole run?"""
    if isinstance(most, Const):
        return most.value is None or isinstance(most.value, int) and most.value >= 0
    again = any(most == Var(n) for s in walk_statements(function.body) if isinstance(s, (For, While))
                for n in (*bound(s), *bound_in(s.body)))
    return not again and sum(most == Var(n) for s in walk_statements(function.body) for n in bound(s)) + (
        most in [Var(p.name) for p in function.params]) == 1


def _is_constant(value: Expr) -> bool:
    """Is it the same whenever it is made, and may it be made where nobody needs it?"""
    return not free_names(value) and all(
        (rule := rule_of(e.function)) is not None and rule.pure for e in walk(value) if isinstance(e, Call))


def _varied(function: Function, wrt: Collection[str]) -> set[str]:
    """The names that may depend on what is differentiated, in whatever order the statements run."""
    varied, written = set(wrt), set[str]()          # written: what is put into these is
    while True:
        before = len(varied) + len(written)
        for statement in walk_statements(function.body):
            read = {n for e in exprs(statement) for n in free_names(e)}
            match statement:
                case Assign((part,), Call(_, (Var(whole), *_))) if part in written:      # an entry, perhaps
                    written.add(whole)
            if read & varied:
                varied.update(bound(statement))
                match statement:
                    case Store(base):
                        written.add(base)
                    case Effect(Call(Method(), (Var(receiver), *_))):
                        written.add(receiver)
            varied |= written
        if len(varied) + len(written) == before:
            return varied


# ---------------------------------------------------------------- is all of it spelt here?
def _is_spelt(statement: Statement, name: str, container: _Container) -> bool:
    """Does the statement do with the container only what a list or a dict does as well?"""
    match statement:
        case Store(base, None) if base == name:
            return False
        case Effect(Call(Method("append" | "appendleft"), (Var(found), value))) if found == name:
            return _is_known(value, name, container)
        case If(Var(found)) | While(Var(found)) if found == name:
            return True
        case For(over=over, elements=elements):
            return _is_known(over, name, container) and all(
                c == Var(name) or _is_known(c, name, container) for _, c in elements)
    return all(_is_known(e, name, container) for e in exprs(statement))


def _is_known(expr: Expr, name: str, container: _Container) -> bool:
    match expr:
        case Var(found):
            return found != name                # as a whole: handed on, given back, held by something else
        case Call(Method(method), (Var(found), *args), ()) if found == name:
            fits = method in (OF_DEQUES if container.is_list else OF_DICTS)
            fits = fits or method == "extend" and container.is_list and container.most is None
            return fits and all(_is_known(a, name, container) for a in args)
        case Call(operator.getitem, (Var(found), index)) if found == name:
            return not (isinstance(index, Build) and index.form == "slice") and _is_known(index, name, container)
        case Call(function, args, kwargs) if not isinstance(function, (Var, Closure)):
            reads = not isinstance(function, Method) and (function in READERS or rule_of(function) is not None and (
                getattr(function, "__module__", "") not in ("builtins", "_operator")))       # isinstance, repr, ==
            return all(reads and a == Var(name) or _is_known(a, name, container)
                       for a in (*args, *(v for _, v in kwargs)))
        case Build(_, items):
            return all(_is_known(i, name, container) for i in items)
        case Star(value):
            return _is_known(value, name, container)
    return name not in free_names(expr)


# ---------------------------------------------------------------- writing it anew
class _Writer(Hoister):
    def __init__(self, containers: dict[str, _Container], fresh: Callable[[], str]) -> None:
        super().__init__(fresh)
        self.containers = containers

    def statement(self, statement: Statement) -> None:
        """Append what becomes of one statement."""
        match statement:
            case Assign((name,), Call(made)) if name in self.containers and made in KINDS:
                self.out.append(replace(statement, value=self.made(self.containers[name], self.expr(statement.value))))
            case Store(name, key, op=op) if op is not None and key is not None and (default := self.default(name)):
                place = self.settled(self.expr(key))
                self.effect("setdefault", name, place, default)
                super().statement(replace(statement, index=place))
            case Effect(Call(Method("append" | "appendleft" as method), (Var(name), value))) if name in self.containers:
                left, most = method == "appendleft", self.containers[name].most
                self.effect(*(("insert", name, LEFT) if left else ("append", name)), self.expr(value))
                if most is not None:
                    longer = Call(operator.gt, (Call(len, (Var(name),)), most))
                    dropped = Effect(Call(Method("pop"), (Var(name), *(() if left else (LEFT,)))), origin=self.at)
                    self.out.append(If(longer, (dropped,), origin=self.at))
            case Assign(_, Call(function, args) as value) if self.taken(value) is not value:    # it has a name already
                self.out.append(replace(statement, value=self.taken(Call(function, tuple(self.operands(args))))))
            case Effect(Call(function, args) as value) if self.taken(value) is not value:
                self.out.append(replace(statement, call=self.taken(Call(function, tuple(self.operands(args))))))
            case _:
                super().statement(statement)

    def visit(self, expr: Expr) -> Expr:
        """An entry that is taken out, or made, gets a name."""
        match expr:
            case Call(Method("pop"), (Var(name), *_)) if name in self.containers:
                return self.temporary(expr)
        taken = self.taken(expr)
        return expr if taken is expr else self.temporary(taken)

    def taken(self, expr: Expr) -> Expr:
        """What a list or a dict has for it, where that writes it."""
        match expr:
            case Call(Method("popleft"), (Var(name),)) if name in self.containers:
                return Call(Method("pop"), (Var(name), LEFT))
            case Call(operator.getitem, (Var(name), key)) if default := self.default(name):
                return Call(Method("setdefault"), (Var(name), key, default))
        return expr

    def default(self, name: str) -> Expr | None:
        """What the container puts in for a key that it lacks."""
        container = self.containers.get(name)
        return None if container is None else container.default

    def effect(self, method: str, name: str, *args: Expr) -> None:
        self.out.append(Effect(Call(Method(method), (Var(name), *args)), origin=self.at))

    def made(self, container: _Container, call: Expr) -> Expr:
        """The list or dict to begin with."""
        assert isinstance(call, Call)
        most = container.most
        if not container.is_list:
            return Build("dict", ())
        match call.args[0] if call.args else Build("list", ()):
            case Build("list" | "tuple", items) if most is None or isinstance(most, Const) and len(items) <= most.value:
                return Build("list", items)
            case Build("list", ()) as start:
                return start
            case Call(operator.mul, (Build("list", (_,)), times)) as start if most in (None, times):
                return start
            case start if most is None:
                return Call(list, (start,))
            case start:
                whole = self.temporary(Call(list, (start,)))
                first = Call(max, (Call(operator.sub, (Call(len, (whole,)), most)), Const(0)))
                return Call(operator.getitem, (whole, Build("slice", (first, Const(None), Const(None)))))
