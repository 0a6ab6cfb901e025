"""A rule applied to one call: the statements that give the contributions to its active arguments.

Comes in: `y = f(a, b)` with its kinds. Goes out: for each active argument an expression over y, a, b and the adjoint
of y, and the temporaries it needs. The rule's own source is read and instantiated; its `if`s on facts are decided
here, and where the facts do not say, the last branch is taken.
"""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core import primitives
from s2sgrad.core.kinds import (
    Array,
    Kind,
    Known,
    Maybe,
    Number,
    Numeric,
    TupleKind,
    Unknown,
    is_complex,
    rank_of,
)
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, If, Return, Star, Statement, Var
from s2sgrad.core.rewrite import free_names, substitute
from s2sgrad.differentiate.broadcast import unbroadcast
from s2sgrad.differentiate.conversions import converted
from s2sgrad.errors import NotDifferentiableError, Origin, UnsupportedError
from s2sgrad.read.callables import name_of
from s2sgrad.read.function import read_function
from s2sgrad.read.scope import Context
from s2sgrad.rules.registry import Rule
from s2sgrad.rules.shapes import dtype_of, static

COMPARE: dict[Any, Callable[[Any, Any], Any]] = {f: f for f in (
    operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)}


@functools.cache
def rule_source(implementation: Callable[..., Any]) -> tuple[Function, Context]:
    """The core of a rule, and what its names rest on."""
    context = Context()
    return read_function(implementation, context), context


@dataclass(frozen=True)
class Contribution:
    """What goes to the adjoint of one argument of a call; position counts the call's own arguments."""

    position: int | str
    value: Expr


@dataclass(frozen=True)
class Applied:
    """Statements to run first, then the contributions."""

    before: Block
    contributions: tuple[Contribution, ...]


def bind(rule: Rule, call: Call, at: Origin) -> tuple[dict[str, Expr], dict[str, list[int | str]]]:
    """(parameter -> argument, parameter -> positions in the call); an unknown option is refused by name."""
    assert rule.implementation is not None
    signature = inspect.signature(rule.implementation).parameters
    params = [p for p in signature.values() if p.kind is not p.KEYWORD_ONLY][1:]
    options = [p for p in signature.values() if p.kind is p.KEYWORD_ONLY and p.default is not p.empty]
    bound: dict[str, Expr] = {}
    where: dict[str, list[int | str]] = {}
    call = _by_name(call, params)
    position = 0
    for p in params:
        if p.kind is p.VAR_POSITIONAL:
            bound[p.name] = Build("tuple", call.args[position:])
            where[p.name] = list(range(position, len(call.args)))
            position = len(call.args)
        elif position < len(call.args):
            if isinstance(call.args[position], Star):
                raise UnsupportedError("A starred argument of unknown length is not supported.",
                                       "Write the arguments out.", at)
            bound[p.name], where[p.name] = call.args[position], [position]
            position += 1
    if position < len(call.args):
        raise UnsupportedError(f"`{name_of(call.function)}` with {len(call.args)} arguments has no derivative rule.",
                               "Use fewer options, or write a rule with s2sgrad.adjoint.", at)
    known = {p.name for p in (*params, *options)}
    for key, value in call.kwargs:
        if key not in known:
            raise UnsupportedError(f"The derivative rule of `{name_of(call.function)}` does not know the option "
                                   f"`{key}`.", f"Leave out `{key}=`, or write a rule with s2sgrad.adjoint.", at)
        bound[key], where[key] = value, [key]
    for p in (*params, *options):
        if p.name not in bound:
            if p.default is p.empty:
                raise UnsupportedError(f"`{name_of(call.function)}` is called without its argument `{p.name}`.",
                                       f"Pass `{p.name}`.", at)
            bound[p.name] = Const(p.default)
    _refuse_other_choices(rule, call, bound, at)
    return bound, where


def _refuse_other_choices(rule: Rule, call: Call, bound: Mapping[str, Expr], at: Origin) -> None:
    """Options that are spelt with a value for which the rule does not hold; other ones are met by the call."""
    for name, known in (rule.choices or {}).items():
        match bound[name]:
            case Const(value) if not isinstance(value, np.ndarray) and value not in known:
                raise UnsupportedError(
                    f"`{name_of(call.function)}` with {name}={spelt(value)} has no derivative rule.",
                    f"Use {name}={spelt(known[0])}, or one of {', '.join(map(spelt, known[1:]))}.", at)


def spelt(value: Any) -> str:
    """An option as the user would write it."""
    return f"`{value.__name__}`" if isinstance(value, FunctionType) else repr(value)


def spread(call: Call, kinds: Kinds) -> Call:
    """The call with the entries of tuples of known length instead of the starred tuples."""
    args: list[Expr] = []
    for a in call.args:
        match a:
            case Star(value) if isinstance(kind := kinds.of(value), TupleKind):
                args += [Call(operator.getitem, (value, Const(k))) for k in range(len(kind.items))]
            case _:
                args.append(a)
    return Call(call.function, tuple(args), call.kwargs)


def _by_name(call: Call, params: list[inspect.Parameter]) -> Call:
    """Options that were given by position, by the name that the callable itself has for them."""
    if isinstance(call.function, type):
        return call
    known = _parameters if isinstance(call.function, Hashable) else _parameters.__wrapped__
    every = known(call.function)
    if every is None or any(p.kind is p.VAR_POSITIONAL for p in (*params, *every)):
        return call
    own = [p for p in every if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    same = 0
    for mine, theirs in zip(params, own, strict=False):
        if mine.name != theirs.name and theirs.default is not theirs.empty:
            break
        same += 1
    moved = tuple((p.name, a) for p, a in zip(own[same:], call.args[same:], strict=False)
                  if not (isinstance(a, Const) and a == Const(p.default)))     # given, but what it is anyway
    return Call(call.function, call.args[:same], (*moved, *call.kwargs)) if len(call.args) > same else call


@functools.lru_cache(maxsize=1024)
def _parameters(function: Any) -> tuple[inspect.Parameter, ...] | None:
    """The parameters of a callable; None for those that do not tell (most ufuncs, some builtins)."""
    try:
        return tuple(inspect.signature(function).parameters.values())
    except ValueError:
        return None


def apply_rule(rule: Rule, call: Call, result: str, result_bar: Expr, active: Callable[[Expr], bool], kinds: Kinds,
               fresh: Callable[[], str], at: Origin) -> Applied:
    """The contributions of `result = call` to its active arguments."""
    assert rule.implementation is not None
    function, _ = rule_source(rule.implementation)
    bound, where = bind(rule, call, at)
    params = [p for p in function.params if p.form != "keyword"]
    keyword = [p.name for p in function.params if p.form == "keyword" and p.default is None]
    for p in function.params:
        if p.form == "keyword" and p.name not in keyword and _any_active(bound[p.name], active):
            raise _without_derivative(call, p.name, at)
    values: dict[str, Expr] = {params[0].name: Var(result)}
    values |= bound
    for name in keyword:
        values[name] = result_bar
    statements: list[Assign] = []
    body = converted(function.body, {n: kinds.of(e) for n, e in bound.items()}, kinds.of(Var(result)),
                     lambda n: _any_active(bound[n], active))
    returned = _run(body, values, statements, kinds, fresh, at)
    starred = len(params) == 2 and params[1].form == "args"
    items = returned.items if isinstance(returned, Build) and returned.form == "tuple" and not starred else (returned,)
    contributions: list[Contribution] = []
    for p, value in zip(params[1:], (*items, *[Const(None)] * len(params)), strict=False):
        argument = bound[p.name]
        if not _any_active(argument, active):
            continue
        if value == Const(None):
            raise _without_derivative(call, p.name, at)
        if value in (Const(0.0), Const(0)):
            continue
        if rule.form == "elementwise":
            value = scaled(result_bar, value)
        if p.form == "args" or isinstance(argument, Build):
            assert isinstance(argument, Build)
            contributions += _entries(p.form == "args", where[p.name], argument, value, active, statements, fresh, at)
            continue
        if rule.broadcasts:
            value = unbroadcast(value, kinds.of(Var(result)), argument, kinds)
        contributions.append(Contribution(where[p.name][0], value))
    needed: set[str] = set().union(*(free_names(c.value) for c in contributions))
    kept: list[Statement] = []
    for s in reversed(statements):
        if needed & set(s.targets):
            needed |= free_names(s.value)
            kept.append(s)
    return Applied(tuple(reversed(kept)), tuple(contributions))


def _without_derivative(call: Call, argument: str, at: Origin) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"`{name_of(call.function)}` has no derivative with respect to its argument `{argument}`.",
        f"Pass a value for `{argument}` that does not depend on the differentiated arguments, or wrap it in "
        "s2sgrad.stop_gradient.", at)


def scaled(adjoint: Expr, partial: Expr) -> Expr:
    """adjoint * partial; without the product where the partial is 1 or -1."""
    if partial == Const(1.0):
        return adjoint
    return Call(operator.neg, (adjoint,)) if partial == Const(-1.0) else Call(operator.mul, (adjoint, partial))


def _any_active(argument: Expr, active: Callable[[Expr], bool]) -> bool:
    return any(_any_active(i, active) for i in argument.items) if isinstance(argument, Build) else active(argument)


def _entries(star: bool, positions: list[int | str], argument: Build, value: Expr, active: Callable[[Expr], bool],
             statements: list[Assign], fresh: Callable[[], str], at: Origin) -> list[Contribution]:
    """The contributions to the entries of a display, or to starred arguments; nested displays by nested indices."""
    if not isinstance(value, (Var, Build)):
        name = fresh()
        statements.append(Assign((name,), value, origin=at))
        value = Var(name)
    found: list[Contribution] = []

    def visit(item: Expr, part: Expr, position: int | str) -> None:
        if isinstance(item, Build):
            for k, inner in enumerate(item.items):
                visit(inner, _item(part, k), position)
        elif active(item):
            found.append(Contribution(position if star else _Nested(item), part))

    for k, item in enumerate(argument.items):
        visit(item, _item(value, k), positions[k] if star else positions[0])
    return found


class _Nested(str):
    """The position of an entry of a display: it is known by its expression."""

    expr: Expr

    def __new__(cls, expr: Expr) -> _Nested:
        made = super().__new__(cls, "")
        made.expr = expr
        return made


def entry_of(position: int | str) -> Expr | None:
    """The expression of an entry of a display, for a contribution to one."""
    return position.expr if isinstance(position, _Nested) else None


def _item(value: Expr, k: int) -> Expr:
    if isinstance(value, Build):
        return value.items[k]
    match value:
        case Call(function, (base, Build("tuple", index))) if function is operator.getitem:
            return Call(operator.getitem, (base, Build("tuple", (*index, Const(k)))))
    return Call(operator.getitem, (value, Const(k)))


def _run(block: Block, values: dict[str, Expr], out: list[Assign], kinds: Kinds, fresh: Callable[[], str],
         at: Origin) -> Expr:
    """Instantiate the statements of a rule; gives what it returns."""
    for k, statement in enumerate(block):
        match statement:
            case Assign((name,), Build("tuple") as value):
                values[name] = substitute(value, values)
            case Assign((name,), Call(operator.getitem, (Var(display), Const(value=int() as k)))) if isinstance(
                    known := values.get(display), Build) and isinstance(known.items[k], (Var, Const)):
                values[name] = known.items[k]
            case Assign((name,), value):
                new = fresh()
                out.append(Assign((new,), substitute(value, values), origin=at))
                values[name] = Var(new)
            case Assign(targets, Build("tuple", items)) if len(targets) == len(items):
                new_names = [fresh() for _ in targets]
                out += [Assign((n,), substitute(v, values), origin=at) for n, v in zip(new_names, items, strict=True)]
                values.update({t: Var(n) for t, n in zip(targets, new_names, strict=True)})
            case Assign(targets, value):
                new_names = [fresh() for _ in targets]
                out.append(Assign(tuple(new_names), substitute(value, values), origin=at))
                values.update({t: Var(n) for t, n in zip(targets, new_names, strict=True)})
            case If(test, then, orelse):
                taken = then if decide(substitute(test, values), kinds) is True else orelse
                return _run((*taken, *block[k + 1:]), values, out, kinds, fresh, at)
            case Return(value):
                return substitute(value, values)
            case _:
                raise UnsupportedError("A derivative rule may contain assignments, `if` and `return` only.",
                                       "Move the rest into a function that the rule calls.", statement.origin)
    return Const(None)


def decide(test: Expr, kinds: Kinds) -> bool | None:
    """Is the test true under the facts? None where they do not say."""
    match test:
        case Const(value):
            return bool(value)
        case Call(function, (operand,)) if function is operator.not_:
            inner = decide(operand, kinds)
            return None if inner is None else not inner
        case Call(primitives.and_, operands):
            found = [decide(o, kinds) for o in operands]
            return False if False in found else None if None in found else True
        case Call(primitives.or_, operands):
            found = [decide(o, kinds) for o in operands]
            return True if True in found else None if None in found else False
        case Call(function, (a, b)) if function in COMPARE:
            x, y = value_of(a, kinds), value_of(b, kinds)
            ordered = not isinstance(x, complex) and not isinstance(y, complex)
            known = x is not ... and y is not ... and (ordered or function in (operator.eq, operator.ne))
            return bool(COMPARE[function](x, y)) if known else None
        case Call(function, (a, Const(value=None))) if function in (operator.is_, operator.is_not):
            is_none = _is_none(a, kinds)
            return None if is_none is None else is_none == (function is operator.is_)
        case Call(function, (a, Const(value=type() as wanted))) if function is isinstance:
            return _is_instance(a, wanted, kinds)
        case Call(np.iscomplexobj, (a,)):
            return _is_complex(kinds.of(a), kinds)
        case Call(function, (a, Const(value=b))) if function in (operator.is_, operator.is_not):
            x = value_of(a, kinds)
            return None if x is ... else (x is b) == (function is operator.is_)
    value = value_of(test, kinds)
    return None if value is ... else bool(value)


def value_of(expr: Expr, kinds: Kinds) -> object:
    """The value of an expression where the facts tell it; `...` where they do not."""
    match expr:
        case Const(value):
            return value
        case Call(np.ndim, (x,)):
            rank = rank_of(kinds.of(x))
            return ... if rank is None else rank
        case Call(function, (Build("tuple", items),)) if function is len:
            return ... if any(isinstance(i, Star) for i in items) else len(items)
        case Build("tuple", items):
            found = tuple(value_of(i, kinds) for i in items)
            return ... if ... in found else found
        case Call(function, (x,)) if function is operator.neg:
            value = value_of(x, kinds)
            return -value if isinstance(value, (int, float)) else ...
        case Call((operator.add | operator.sub | operator.mul | operator.truediv) as function, (a, b)):
            left, right = value_of(a, kinds), value_of(b, kinds)
            numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
            return function(left, right) if numbers and (right or function is not operator.truediv) else ...
    return static(kinds.of(expr))


def _is_complex(kind: Kind, kinds: Kinds) -> bool | None:
    """Is it complex? A dtype that is not known is real where no value of the function is complex: no argument is."""
    dtype = dtype_of(kind)
    if dtype is not None:
        return dtype.startswith("complex")
    known = isinstance(kind, (Number, Array, Numeric))
    return False if known and not any(map(is_complex, kinds.names.values())) else None


def _is_none(expr: Expr, kinds: Kinds) -> bool | None:
    match kinds.of(expr):
        case Known(value):
            return value is None
        case kind if not isinstance(kind, (Unknown, Maybe)):
            return False
    return None


def _is_instance(expr: Expr, wanted: type, kinds: Kinds) -> bool | None:
    value = value_of(expr, kinds)
    if value is not ...:
        return isinstance(value, wanted)
    match kinds.of(expr):
        case Number("int", True):
            return issubclass(int, wanted)
        case Number("float64", True):
            return issubclass(float, wanted)
        case Build():
            return None
    return None


