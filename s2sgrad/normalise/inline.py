"""Calls of user functions replaced by their bodies.

    y = scale(x, 2.0)        a = x * 2.0      (names of the helper get a mark of their own)
                       ->    y = a

Nested functions are always inlined: their captured names are the names of the enclosing function, which gives
Python's late binding. Which other calls are inlined is the caller's choice; the rest become pairs.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from s2sgrad.core.classes import is_user_class
from s2sgrad.core.closure import Closure
from s2sgrad.core.kinds import Array, Kind
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    Function,
    Parameter,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.records import attribute_path
from s2sgrad.core.rewrite import (
    blocks,
    bound,
    bound_by_closures,
    bound_in,
    exprs,
    free_names,
    map_blocks,
    map_exprs,
    reads_of,
    relabel,
    rename_block,
    walk_statements,
)
from s2sgrad.errors import ArgumentError, LengthError, Origin, UnsupportedError
from s2sgrad.normalise.chosen_functions import with_chosen_functions
from s2sgrad.normalise.copies import local_names
from s2sgrad.normalise.jumps import remove_jumps
from s2sgrad.read.expressions import KEYWORDS, is_user_function
from s2sgrad.read.function import read_function
from s2sgrad.read.scope import Context

DEPTH = 40
LIMIT = 20_000


def readied(function: Function, context: Context) -> Function:
    """A function as it was read, without jumps, and with tables for the functions that its branches choose."""
    return with_chosen_functions(remove_jumps(function, context), context.fresh)


@dataclass
class Units:
    """The functions of one program, each read once."""

    context: Context
    read: dict[Any, Function]
    cycles: dict[Any, bool] = field(default_factory=dict)
    sites: Counter[Any] = field(default_factory=Counter)        # how many calls of a function the program spells
    repeated: set[Any] = field(default_factory=set)             # functions that are called in a loop

    def look_at(self, entry: Function) -> None:
        """Find the calls of the program that begins here."""
        inner: dict[Any, list[types.FunctionType]] = {}
        left: list[tuple[Any, Function]] = [(None, entry)]
        while left:
            key, function = left.pop()
            found = list(_calls(function.body, False))
            inner[key] = [called for called, _ in found]
            self.sites.update(inner[key])
            self.repeated |= {called for called, inside in found if inside}
            new = dict.fromkeys(f for f in inner[key] if f not in inner and all(f is not k for k, _ in left))
            left += [(f, self.function(f)) for f in new]
        waiting = list(self.repeated)
        while waiting:
            more = set(inner[waiting.pop()]) - self.repeated
            self.repeated |= more
            waiting += more

    def function(self, callee: types.FunctionType | Closure) -> Function:
        """The core of a user function without jumps."""
        key = callee.function if isinstance(callee, Closure) else callee
        if isinstance(callee, Closure):
            return readied(callee.function, self.context)
        if key not in self.read:
            self.read[key] = readied(read_function(callee, self.context), self.context)
        return self.read[key]

    def recursive(self, callee: Any) -> bool:
        """Does a function call itself, directly or through others?"""
        if not isinstance(callee, types.FunctionType):
            return False
        if callee not in self.cycles:
            self.cycles[callee] = callee in self.reached(callee)
        return self.cycles[callee]

    def reached(self, callee: types.FunctionType) -> set[Any]:
        """The functions that a function calls, directly or through others."""
        found: set[Any] = set()
        left = [callee]
        while left:
            for statement in walk_statements(self.function(left.pop()).body):
                for called in _called(statement):
                    if called not in found:
                        found.add(called)
                        left.append(called)
        return found


def inline_calls(function: Function, units: Units, chosen: Callable[[Any], bool],
                 outlined: Callable[[Function], Function] = lambda f: f) -> Function:
    """The function with every chosen call of a user function (and every call of a nested one) written out.

    Calls of functions that call themselves stay, and those whose arguments are not known one by one. outlined: makes
    calls of nested functions, once only these are left, calls of functions of their own.
    """
    for _ in range(DEPTH + len(units.read)):            # a chain of functions that do not recur ends
        if sum(1 for _ in walk_statements(function.body)) > LIMIT:
            break
        values = function_values(function.body)
        rebound = bound_by_closures(function.body)

        def others(callee: Any) -> bool:
            return not isinstance(callee, Closure) and not units.recursive(callee) and chosen(callee)

        body = _block(function.body, units, others, values, rebound)
        if body is function.body:
            function = outlined(function)
            body = _block(function.body, units, lambda f: isinstance(f, Closure) or others(f), values, rebound)
        if body is function.body:
            return replace(function, body=without_closures(body))
        function = replace(function, body=body)
    for name, value in function_values(function.body).items():
        if isinstance(value, Closure) and any(isinstance(e, Call) and e.function == Var(name) for s in walk_statements(
                function.body) for x in exprs(s) for e in walk(x)):
            raise UnsupportedError(f"`{name.split('#')[0]}` is defined in another function, and calls itself, directly "
                                   "or through other functions.", "Define it at the top of the module, with what it "
                                   "needs as arguments, or write the recursion as a loop.", value.function.origin)
    raise UnsupportedError(f"`{function.name}` calls itself, directly or through other functions.",
                           "Write the recursion as a loop.", function.origin)


def expand_once(function: Function, units: Units, chosen: Callable[[Call], bool]) -> Function:
    """The function with the chosen calls, those of recursive functions among them, written out one level."""
    def visit(block: Block, depth: int = 0) -> Block:
        out: list[Statement] = []
        for statement in block:
            match statement:
                case Assign(_, Call() as call) | Effect(Call() as call) if chosen(call) and not unclear(call):
                    out += expand(call, statement, units, rebound, depth)
                case _:
                    deeper = depth + isinstance(statement, (For, While))
                    out.append(map_blocks(statement, lambda b: visit(b, deeper)))     # noqa: B023 (at once)
        return tuple(out)

    rebound = bound_by_closures(function.body)
    body = visit(function.body)
    return function if body == function.body else replace(function, body=body)


def unclear(call: Call) -> bool:
    """Are the arguments not known one by one: `*args`, `**options`?"""
    return KEYWORDS in dict(call.kwargs) or any(isinstance(a, Star) and not isinstance(a.value, Build)
                                                for a in call.args)


def refuse_unclear(function: Function, kind_of: Callable[[Expr], Kind]) -> None:
    """Calls of the user's functions whose arguments are not known one by one."""
    for statement in walk_statements(function.body):
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Call) and (is_user_function(e.function) or is_user_class(e.function)) and unclear(e):
                    if KEYWORDS in dict(e.kwargs):
                        raise UnsupportedError("`**` of a dict whose keys are not known is not supported.",
                                               "Write the arguments out.", statement.origin)
                    refusal = LengthError("A starred argument of unknown length is not supported.",
                                          "Write the arguments out.", statement.origin)
                    for kind in (kind_of(a.value) for a in e.args if isinstance(a, Star)):
                        if isinstance(kind, Array) and isinstance(kind.shape, tuple) and kind.shape:
                            refusal.length = kind.shape[0].symbol
                    raise refusal


def calls_nested(block: Block) -> bool:
    """Is a nested function called that was found at its place in a list or a dict: `{"a": lambda v: ...}["a"](x)`?"""
    return any(isinstance(s, Assign) and isinstance(s.value, Call) and isinstance(s.value.function, Closure)
               and not unclear(s.value) for s in walk_statements(block))


def without_closures(block: Block) -> Block:
    """Nested functions that nobody reads any more are gone, and those that only these read."""
    read = {n for s in walk_statements(block) for n in reads_of(s)}

    def visit(b: Block) -> Block:
        return tuple(map_blocks(s, visit) for s in b
                     if not (isinstance(s, Assign) and isinstance(s.value, Const)
                             and isinstance(s.value.value, Closure) and not set(s.targets) & read))
    done = visit(block)
    return done if done == block else without_closures(done)


def _calls(block: Block, inside: bool) -> Iterator[tuple[types.FunctionType, bool]]:
    """The functions of the user's that a block calls, and whether that is in a loop."""
    for statement in block:
        for called in _called(statement):
            yield called, inside
        for inner in blocks(statement):
            yield from _calls(inner, inside or isinstance(statement, (For, While)))


def _called(statement: Statement) -> Iterator[types.FunctionType]:
    """The functions of the user's that a statement calls, in nested functions too."""
    for expr in exprs(statement):
        for e in walk(expr):
            match e:
                case Call(types.FunctionType() as function) if is_user_function(function):
                    yield function
                case Const(Closure(function=nested)):
                    for inner in walk_statements(nested.body):
                        yield from _called(inner)


def function_values(block: Block) -> dict[str, Any]:
    """Names that hold one known function wherever they are bound."""
    found: dict[str, list[Expr]] = {}
    for statement in walk_statements(block):
        match statement:
            case Assign((name,), value):
                found.setdefault(name, []).append(value)
            case Assign(targets, Build("tuple", items)):
                for name, value in zip(targets, items, strict=False):
                    found.setdefault(name, []).append(value)
            case _:
                for name in bound(statement):
                    found.setdefault(name, []).append(Const(None))
    known: dict[str, Any] = {}
    followed = local_names(block, set())
    for _ in range(4):
        for name, values in found.items():
            value = values[0]
            if isinstance(value, Var) and value.name in known and (
                    {name, value.name} <= followed or not isinstance(known[value.name], Closure)):
                value = Const(known[value.name])        # in the same trip: one of an earlier trip has other variables
            if len(values) == 1 and isinstance(value, Const) and callable_value(value.value):
                known[name] = value.value
    return known


def callable_value(value: Any) -> bool:
    """A function that can be called by the program (a class counts)."""
    return isinstance(value, Closure) or callable(value)


def _calling(statement: Statement, call: Call) -> Statement:
    """The statement with another call."""
    return map_exprs(statement, lambda _: call)


def _block(block: Block, units: Units, chosen: Callable[[Any], bool], values: dict[str, Any],
           rebound: set[str], depth: int = 0) -> Block:
    out: list[Statement] = []
    changed = False
    for statement in block:
        call: Expr | None = None
        match statement:
            case Assign(_, Call() as call) | Effect(Call() as call):
                pass
        if isinstance(call, Call):
            callee = call.function
            if isinstance(callee, Var) and callee.name in values:
                callee = values[callee.name]
                if not isinstance(callee, Closure):
                    statement = _calling(statement, Call(callee, call.args, call.kwargs))
                    changed = True
            if is_user_function(callee) and chosen(callee) and not unclear(call):
                out += expand(replace(call, function=callee), statement, units, rebound, depth)
                changed = True
                continue
        deeper = depth + isinstance(statement, (For, While))
        inner = map_blocks(statement, lambda b: _block(b, units, chosen, values, rebound, deeper))  # noqa: B023
        if any(a is not b for a, b in zip(blocks(inner), blocks(statement), strict=True)):
            statement, changed = inner, True
        out.append(statement)
    return tuple(out) if changed else block


def expand(call: Call, statement: Statement, units: Units, rebound: set[str], depth: int) -> Block:
    """The statements that stand for `target = call(...)`.

    rebound: variables that nested functions may bind anew. depth: how many loops stand around.
    """
    callee = call.function
    if isinstance(callee, types.MethodType):
        call = replace(call, function=callee.__func__, args=(Const(callee.__self__), *call.args))
        callee = callee.__func__
    function = units.function(callee)
    mark = units.context.fresh("i")
    units.context.depths |= {mark: depth, f"p{mark[1:]}": depth}
    data = set(units.context.data)
    own = bound_in(function.body) | {p.name for p in function.params}
    if isinstance(callee, Closure):
        own = {n for n in own if n in callee.owned or n.startswith(("$", "^"))}
    arguments = bind_arguments(function, call, statement.origin)
    written = bound_in(function.body) | {s.base for s in walk_statements(function.body)
                                         if isinstance(s, Store) and not attribute_path(s.index)}
    values: dict[str, Expr] = {n: Var(f"{n}{'#' if not n.startswith('^') else ''}{mark}") for n in own - data}
    values |= {p.name: Var(f"{p.name}#p{mark[1:]}") for p in function.params if p.name not in written}
    head: list[Statement] = []
    captured = _captured(function)
    for p in function.params:
        argument = arguments[p.name]
        stays = isinstance(argument, Const) and p.name not in written or isinstance(argument, Var) and (
            p.name not in written and p.name not in captured and argument.name not in written | rebound)
        if stays:
            values[p.name] = argument
        else:
            head.append(Assign((values[p.name].name,), argument, origin=statement.origin))  # type: ignore[union-attr]
    body = relabel(rename_block(function.body, values))
    last = body[-1]
    assert isinstance(last, Return)
    tail: Statement
    match statement:
        case Assign(targets):
            tail = Assign(targets, last.value, origin=statement.origin if isinstance(last.value, Var) else last.origin)
        case _:
            tail = Effect(last.value, origin=statement.origin)
    done: Block = (*head, *body[:-1])
    return (*done, tail) if not (isinstance(tail, Effect) and not isinstance(last.value, Call)) else done


def _captured(function: Function) -> set[str]:
    """Names that nested functions read: these may be called when the caller's names hold something else."""
    return {n for s in walk_statements(function.body) for x in exprs(s) for e in walk(x)
            if isinstance(e, Const) and isinstance(e.value, Closure) for n in free_names(e)}


def bind_arguments(function: Function, call: Call, at: Origin) -> dict[str, Expr]:
    """Parameter name -> argument, as Python binds them (defaults filled in)."""
    bound: dict[str, Expr] = {}
    args: list[Expr] = []
    for a in call.args:
        match a:
            case Star(Build("tuple" | "list", items)):
                args += items
            case Star():
                raise UnsupportedError("A starred argument of unknown length is not supported.",
                                       "Write the arguments out.", at)
            case _:
                args.append(a)
    kwargs = dict(call.kwargs)
    for p in function.params:
        match p.form:
            case "args":
                bound[p.name] = Build("tuple", tuple(args))
                args = []
                continue
            case "kwargs":
                bound[p.name] = Build("dict", tuple(e for k, v in kwargs.items() for e in (Const(k), v)))
                kwargs = {}
                continue
        name = _python_name(p)
        if p.form == "positional" and args:
            bound[p.name] = args.pop(0)
        elif name in kwargs:
            bound[p.name] = kwargs.pop(name)
        elif p.default is not None:
            bound[p.name] = p.default
        else:
            raise ArgumentError(f"`{function.name}` is called without its argument `{name}`.",
                                f"Pass `{name}`.", at)
    if args or kwargs:
        extra = next(iter(kwargs), "a positional argument")
        raise ArgumentError(f"`{function.name}` got an unexpected argument: {extra}.", "Remove it.", at)
    return bound


def _python_name(parameter: Parameter) -> str:
    return parameter.name.split("#")[0]


