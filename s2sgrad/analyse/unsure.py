"""Refusals where too little is known of a value for a program that is right for all that it may be.

Comes in: a function and its kinds. Goes out: nothing, or an error that says which facts are missing.
"""

from __future__ import annotations

import operator

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.alias import SEQUENCES, Aliases, analyse_aliases
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.opaque import rearranges
from s2sgrad.core.kinds import (
    Array,
    DictKind,
    Kind,
    ListKind,
    Numeric,
    Object,
    TupleKind,
    Unknown,
)
from s2sgrad.core.names import is_temporary, stem
from s2sgrad.core.nodes import Assign, Build, Call, Effect, Expr, For, Function, Method, Statement, Store, Var, walk
from s2sgrad.core.operators import SILENT, TAKING
from s2sgrad.core.rewrite import exprs, walk_statements
from s2sgrad.errors import AliasError, NotDifferentiableError, Origin, UnknownFunctionError, UnsupportedError
from s2sgrad.read.callables import name_of
from s2sgrad.read.expressions import is_user_function
from s2sgrad.rules.registry import rule_of
from s2sgrad.rules.shapes import dtype_of

WHOLE = ("int", "uint", "bool")
REMEDY = "Annotate the parameters (np.ndarray, float), use source_for(...), or make a copy."


def refuse_shared_updates(function: Function, kinds: Kinds) -> None:
    """`y += v` became a binding since y may be a number: that is right for an array only if nobody else holds it."""
    updates = [s for s in walk_statements(function.body) if isinstance(s, Assign) and s.augmented
               and isinstance(kinds.names.get(s.targets[0]), Numeric)]
    if not updates:
        return
    aliases = analyse_aliases(function, kinds)
    held = {aliases.find(h) for h in aliases.holds.values()}
    for statement in updates:
        name = statement.targets[0]
        root = aliases.find(name)
        if root in held or aliases.members(root) - {name}:
            raise AliasError(f"{_called(name)} may be a number, or an array that other names share, and is "
                             "written.", REMEDY, statement.origin)


def refuse_whole_stores(function: Function, activity: Activity, others: frozenset[str]) -> None:
    """A store of what is differentiated in an array that may hold integers, since an argument that it follows may.

    others: the parameters that are not differentiated; those of which the dtype is not known count.
    """
    kinds = activity.kinds
    whole = {n for n in others if isinstance(kinds.named(n), (Unknown, Array, Numeric))
             and dtype_of(kinds.named(n)) is None}

    def may_be(expr: Expr) -> bool:
        dtype = dtype_of(kinds.of(expr))
        if dtype is not None:
            return dtype.startswith(WHOLE)
        match expr:
            case Var(name):
                return name in whole
            case Call(function, (base, _)) if function is operator.getitem:
                return may_be(base)
            case Call(Method() | Var(), args):
                return any(may_be(a) for a in args)
            case Call(function, args) if function not in FLOATING:
                operands = [o for a in args for o in _operands(a)]
                unclear = [o for o in operands if isinstance(kinds.of(o), (Unknown, Array, Numeric))
                           and dtype_of(kinds.of(o)) is None]
                return bool(unclear) and all(map(may_be, unclear)) and not any(_float(kinds.of(o)) for o in operands)
        return False

    statements = tuple(walk_statements(function.body))
    grown = True
    while grown:
        before = len(whole)
        for statement in statements:
            match statement:
                case Assign(targets, value) if may_be(value):
                    whole.update(targets)
                case For(elements=elements):
                    whole |= {name for name, container in elements if may_be(container)}
        grown = len(whole) > before
    for statement in statements:
        if isinstance(statement, Store) and statement.base in whole and activity.is_active(statement.value) and (
                dtype_of(kinds.named(statement.base)) is None):
            raise NotDifferentiableError(
                f"{_called(statement.base)} may be an array of integers, in which a value that is differentiated would "
                "be rounded.", "Give its dtype (dtype=float), annotate the parameters (NDArray[np.float64]), or use "
                "source_for(...).", statement.origin)


def refuse_growing_loops(function: Function, aliases: Aliases) -> None:
    """A loop over a list that gets longer or shorter meanwhile runs through what is there by then."""
    for loop in walk_statements(function.body):
        if not isinstance(loop, For):
            continue
        for _, container in loop.elements:
            if isinstance(container, Var) and (found := growths(loop, container.name, aliases)):
                raise UnsupportedError(f"{_called(found[0][0])} changes while a loop runs through it.",
                                       "Loop over a copy, `list(...)`, or write a `while` loop with an index.",
                                       found[0][1].origin)


def growths(loop: For, name: str, aliases: Aliases) -> list[tuple[str, Statement]]:
    """What changes the length of a list that may be this one, in a loop: the name through which, and the statement."""
    if not isinstance(aliases.kinds.named(name), ListKind):
        return []
    found: list[tuple[str, Statement]] = []
    for statement in walk_statements(loop.body):
        match statement:
            case Store(base, Build("slice")) | Effect(Call(Method() | list.pop, (Var(base), *_))) if (
                    aliases.find(base) == aliases.find(name) and isinstance(aliases.kinds.named(base), ListKind)):
                found.append((base, statement))
    return found


def refuse_rearranged(function: Function, activity: Activity) -> None:
    """A list of what is differentiated that a function rearranges: nothing says which entry went where."""
    for statement in walk_statements(function.body):
        call = statement.value if isinstance(statement, Assign) else getattr(statement, "call", None)
        if isinstance(call, Call) and rearranges(call, activity.kinds) and any(map(activity.is_varied, call.args)):
            done = call.function.name if isinstance(call.function, Method) else name_of(call.function)
            raise UnsupportedError(f"`{done}` rearranges a list or array of what is differentiated.",
                                   "Rearrange indices instead (`order = np.argsort(a)`, a heap of `(float(v), k)` with "
                                   "s2sgrad.stop_gradient), and read the values by them.", statement.origin)


def refuse_unsure_joins(function: Function, activity: Activity) -> None:
    """`+` and `*` of names that hold tuples, lists or dicts of which too little is known, numbers perhaps."""
    bindings = [(s.targets[0], s.value) for s in walk_statements(function.body)
                if isinstance(s, Assign) and len(s.targets) == 1]
    held = {name for name, value in bindings if isinstance(activity.kinds.of(value), (TupleKind, ListKind, DictKind))}
    while more := {n for n, value in bindings if isinstance(value, Var) and value.name in held} - held:
        held |= more
    for statement in walk_statements(function.body):
        match statement:
            case Assign((name,), Call(operator.add | operator.mul, args) as value) if (
                    activity.active(name) and isinstance(activity.kinds.of(value), Unknown) and any(
                        isinstance(a, Var) and a.name in held for a in args)):
                raise UnsupportedError("Tuples or lists of which too little is known are strung together.",
                                       "Use lists, and `append` or `extend` in each branch.", statement.origin)


def refuse_changed_arguments(function: Function, kinds: Kinds, others: frozenset[str]) -> None:
    """An argument that is a list, a dict or anything else, and gets longer or shorter: nothing puts it back.

    others: the parameters that are not differentiated.
    """
    unknown = {name for name in others if isinstance(kinds.named(name), Unknown)}
    for statement in walk_statements(function.body):
        for e in (inner for expr in exprs(statement) for inner in walk(expr)):
            match e:
                case Call(Method(name), (Var(base), *_)) if base in unknown and name in (*SILENT, *TAKING):
                    raise UnsupportedError(
                        f"`{base}.{name}` changes an argument of which too little is known to put it back.",
                        "Annotate the parameters (list[float], dict[str, np.ndarray]), use source_for(...), or change "
                        "a copy of it.", statement.origin)


def unknown_call(expr: Expr, activity: Activity) -> Call | None:
    """A call in an expression that takes what is differentiated, and of which nothing is known."""
    for e in walk(expr):
        match e:
            case Call(Var(), args, kwargs):
                if any(map(activity.is_varied, (*args, *(v for _, v in kwargs)))):
                    return e
            case Call(Method(), (receiver, *given)) if isinstance(activity.kinds.of(receiver), (Unknown, Object)):
                if any(map(activity.is_varied, given)):
                    return e
            case Call(function, args, kwargs) if not isinstance(function, Method) and rule_of(function) is None:
                known = is_user_function(function) or any(function is f for f in PARTS)
                ours = str(getattr(function, "__module__", None)).startswith("s2sgrad.")
                if not ours and not known and any(map(activity.is_varied, (*args, *(v for _, v in kwargs)))):
                    return e
    return None


def unknown_name(call: Call) -> str:
    """How a message calls what is called."""
    if isinstance(call.function, Var):
        return stem(call.function.name) or call.function.name
    return call.function.name if isinstance(call.function, Method) else name_of(call.function)


def unknown_function(call: Call, at: Origin) -> UnsupportedError | UnknownFunctionError:
    """The refusal of a call of which nothing is known."""
    name = unknown_name(call)
    if isinstance(call.function, Var):
        held = f"`{name}` holds here" if stem(call.function.name) else "is called here"
        return UnknownFunctionError(f"Which function {held} is not known, and it is called with a value that is "
                                    "differentiated.",
                                    "Call each function by its own name, in a branch for each, or keep functions of "
                                    "the module in a tuple or a dict.", at)
    if getattr(call.function, "__module__", "") == "collections":
        return UnsupportedError(f"What is done with this `{name}` of values that are differentiated is not all "
                                "followed.",
                                "Use a list, or a dict with `d.get(key, 0.0)` or `d.setdefault(key, [])`. A deque or "
                                "defaultdict is followed where the function that makes it does no more with it than "
                                "to append, pop and read entries.", at)
    return UnknownFunctionError(f"Nothing is known of `{name}`, and it is called with a value that is "
                                "differentiated.",
                                "Give it a derivative with s2sgrad.adjoint or s2sgrad.elementwise, declare it "
                                "with s2sgrad.zero_derivative, or write it in Python.", at)


PARTS = (operator.getitem, getattr, *SEQUENCES)
FLOATING = (operator.truediv, np.divide, np.exp, np.log, np.sqrt, np.sin, np.cos, np.tanh, np.mean)


def _operands(expr: Expr) -> tuple[Expr, ...]:
    """The entries of a display, or the expression itself."""
    return tuple(o for i in expr.items for o in _operands(i)) if isinstance(expr, Build) else (expr,)


def _called(name: str) -> str:
    return "This" if is_temporary(name) else f"`{name.split('#')[0]}`"


def _float(kind: Kind) -> bool:
    dtype = dtype_of(kind)
    return dtype is not None and not dtype.startswith(WHOLE)
