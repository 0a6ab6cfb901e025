"""Which helpers let memory escape: those that may write their arguments, or return what may share memory with them.

Comes in: a helper in normal form, before any kind is known. Goes out: the reasons, by form alone, on the safe side: a
helper whose calls become calls of a pair neither writes nor shares the memory of its arguments (the aliasing law).
"""

from __future__ import annotations

import operator
from dataclasses import replace

from s2sgrad.analyse.calls import may_keep
from s2sgrad.analyse.opaque import KEEP, LOOKING
from s2sgrad.analyse.outputs import output_of
from s2sgrad.core.closure import Closure
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    Function,
    Method,
    Return,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import bound as bound_names, exprs, walk_statements
from s2sgrad.read.expressions import is_user_function
from s2sgrad.rules.methods import METHODS
from s2sgrad.rules.registry import FRESH, rule_of

READ = (print, list, tuple, dict, set, frozenset, str, repr, type, zip, enumerate, reversed)
WRITES, RETURNS, FUNCTIONS, OPTIONAL = "writes", "returns", "functions", "optional"


def escapes(function: Function, data: set[str]) -> frozenset[str]:
    """Why the body may have to be written out: it may write its arguments, return their memory, use functions,
    or return None or a tuple."""
    found: set[str] = set()
    shared = {p.name for p in function.params} | data
    own = _own_containers(function) - shared
    for _ in range(4):
        for statement in walk_statements(function.body):
            match statement:
                case Assign(targets, value) if may_share(value, shared):
                    shared |= set(targets)
                case Effect(Call(Method(name), (Var(base), *args))) if base in own and name in KEEP and any(
                        may_share(a, shared) for a in args):
                    shared.add(base)
            for name, container in getattr(statement, "elements", ()):
                if may_share(container, shared):
                    shared.add(name)
    for statement in walk_statements(function.body):
        match statement:
            case Store(base) if base in shared - own:
                found.add(WRITES)
            case Effect(Call(Method(), (Var(base), *_))) if base in shared - own:
                found.add(WRITES)
            case Return(value) if may_share(value, shared) or _share_each_other(value, function.body):
                found.add(RETURNS)
            case Return(value) if _is_optional(value, function.body):
                found.add(OPTIONAL)
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Const) and isinstance(e.value, Closure):
                    found.add(FUNCTIONS)
                if isinstance(e, Call) and isinstance(e.function, Var):
                    found.add(FUNCTIONS)
                elif isinstance(e, Call) and _may_write(e, shared, own):
                    found.add(WRITES)
    return frozenset(found)


def _is_optional(value: Expr, block: Block) -> bool:
    """May it be None, and a tuple?"""
    names = {value.name} if isinstance(value, Var) else set()
    bindings = [s for s in walk_statements(block) if isinstance(s, Assign) and len(s.targets) == 1]
    while more := {s.value.name for s in bindings if s.targets[0] in names and isinstance(s.value, Var)} - names:
        names |= more
    values = [s.value for s in bindings if s.targets[0] in names]
    return Const(None) in values and any(isinstance(v, Build) and v.form == "tuple" for v in values)


def _own_containers(function: Function) -> set[str]:
    """The names that are only ever bound to lists, dicts and sets that are made there."""
    bound: dict[str, bool] = {}
    for statement in walk_statements(function.body):
        made = isinstance(statement, Assign) and isinstance(statement.value, Build) and statement.value.form != "tuple"
        for name in bound_names(statement):
            bound[name] = bound.get(name, True) and made
    return {name for name, made in bound.items() if made}


def _may_write(call: Call, shared: set[str], own: set[str]) -> bool:
    """May a call write one of its arguments, or keep it?"""
    touched = any(may_share(a, shared) for a in (*call.args, *(v for _, v in call.kwargs)))
    match call:
        case Call(Method(name), (Var(base), *_)) if base in own and name in KEEP:
            return False                    # its own list keeps it
        case Call(Method(name)):
            return touched and (name not in LOOKING or output_of(call) is not None)
        case Call(function) if function is getattr or function is operator.getitem:
            return False
        case Call(function):
            reads = any(function is f for f in READ)
            writes = output_of(call) is not None or (
                rule_of(function) is None and not is_user_function(function) and not reads)
            return touched and writes


def _share_each_other(value: Expr, block: Block) -> bool:
    """May two entries of a returned tuple share memory?"""
    if not isinstance(value, Build):
        return False
    groups: list[set[str]] = []
    for item in value.items:
        reach = {e.name for e in walk(item) if isinstance(e, Var)}
        for _ in range(4):
            for statement in walk_statements(block):
                match statement:
                    case Assign(targets, source) if reach & set(targets):
                        reach |= {e.name for e in walk(source) if isinstance(e, Var) and may_share(source, {e.name})}
                    case Assign(targets, source) if may_share(source, reach):
                        reach |= set(targets)
        groups.append(reach)
    return any(a & b for k, a in enumerate(groups) for b in groups[k + 1:])


def may_share(value: Expr, shared: set[str]) -> bool:
    """May the value be, or hold, or be a view of, what these names hold? (by form alone, kinds unknown)"""
    match value:
        case Var(name):
            return name in shared
        case Const():
            return False
        case Build(_, items):
            return any(may_share(i, shared) for i in items)
        case Call(function, (base, Const(value=str() as attr))) if function is getattr:
            return attr not in ("shape", "size", "ndim", "dtype") and may_share(base, shared)
        case Call(Method("astype")):
            return may_keep(replace(value, function=METHODS["astype"])) and may_share(value.args[0], shared)
        case Call(Method(name), (base, *_)):
            rule = rule_of(METHODS[name]) if name in METHODS else None
            return (rule is None or rule.result != FRESH) and may_share(base, shared)
        case Call(Var()):
            return True
        case Call(function, args):
            rule = rule_of(function)
            if rule is not None and rule.result == FRESH and function is not operator.getitem and not may_keep(value):
                return False
            return not is_user_function(function) and any(may_share(a, shared) for a in args)
    return True

