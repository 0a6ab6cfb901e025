"""Mapping over programs: the one place that knows the children of every node."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from s2sgrad.core.closure import Closure
from s2sgrad.core.functional import Branch, Repeat, Scan
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Comment,
    Const,
    Effect,
    Expr,
    For,
    If,
    Kill,
    LoopElse,
    Materialise,
    Parameter,
    Raise,
    Recall,
    Record,
    Region,
    Return,
    Star,
    Statement,
    Store,
    Var,
    While,
    _labels,
    walk,
)

T = TypeVar("T")
S = TypeVar("S", bound=Statement)


def map_children(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """The expression with f applied to its direct operands; the same object when f changes none of them."""
    match expr:
        case Call(function, args, kwargs):
            called = function
            if isinstance(function, Var):
                moved = f(function)
                called = moved.value if isinstance(moved, Const) else moved
            given, named = _mapped(f, args), _second_mapped(f, kwargs)
            return expr if called is function and given is args and named is kwargs else Call(called, given, named)
        case Build(form, items):
            built = _mapped(f, items)
            return expr if built is items else Build(form, built)
        case Star(value):
            moved = f(value)
            return expr if moved is value else Star(moved)
    return expr


def _mapped(f: Callable[[T], T], items: tuple[T, ...]) -> tuple[T, ...]:
    """f applied to each; the same tuple when f changes none."""
    done = tuple([f(item) for item in items])
    return items if all(map(operator.is_, items, done)) else done


def _second_mapped(f: Callable[[T], T], pairs: tuple[tuple[str, T], ...]) -> tuple[tuple[str, T], ...]:
    """f applied to the second of each pair; the same tuple when f changes none."""
    values = tuple([v for _, v in pairs])
    done = _mapped(f, values)
    return pairs if done is values else tuple((k, v) for (k, _), v in zip(pairs, done, strict=True))


def _with(statement: S, **fields: Any) -> S:
    """The statement with these fields, under its own label; the same object when none of them is another."""
    if all(getattr(statement, name) is value for name, value in fields.items()):
        return statement
    return replace(statement, **fields)


def bottom_up(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """f applied to every node, operands first."""
    return f(map_children(expr, lambda e: bottom_up(e, f)))


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """The expression with names replaced."""
    match expr:
        case Var(name):
            return values.get(name, expr)
        case Const(value=Closure() as closure):
            return Const(rename_closure(closure, values))
        case Call(Closure() as closure, args, kwargs):
            expr = Call(rename_closure(closure, values), args, kwargs)
    return map_children(expr, lambda e: substitute(e, values))


def rename_closure(closure: Closure, values: Mapping[str, Expr]) -> Closure:
    """A nested function whose captured names are replaced; its own names stay."""
    inner = {k: v for k, v in values.items() if k not in closure.owned}
    function = closure.function
    params = tuple(Parameter(p.name, p.form, substitute(p.default, values) if p.default is not None else None,
                             p.annotation) for p in function.params)
    return Closure(replace(function, params=params, body=rename_block(function.body, inner)), closure.owned)


def exprs(statement: Statement) -> Iterator[Expr]:
    """The expressions that a statement evaluates itself (not those of its blocks)."""
    match statement:
        case Assign(_, value) | Effect(value) | Return(value) | Record(_, value):
            yield value
        case Store(_, index, value) | Accumulate(_, index, value):
            if index is not None:
                yield index
            yield value
        case Recall(_, _, index):
            if index is not None:
                yield index
        case If(test) | While(test) | Branch(test):
            yield test
        case For(over=over, elements=elements):
            yield over
            for _, container in elements:
                yield container
        case Scan(initial=initial, steps=steps, length=length):
            yield from initial
            for _, stacked in steps:
                yield stacked
            if length is not None:
                yield length
        case Repeat(_, start, stop, initial=initial):
            yield start
            yield stop
            yield from initial
        case Assert(test, message):
            yield test
            if message is not None:
                yield message
        case Raise(exception, cause):
            if exception is not None:
                yield exception
            if cause is not None:
                yield cause


def map_exprs(statement: Statement, f: Callable[[Expr], Expr]) -> Statement:
    """The statement with f applied to its own expressions; label and origin stay; blocks are untouched.

    The same object when f changes none of them.
    """
    def optional(expr: Expr | None) -> Expr | None:
        return f(expr) if expr is not None else None

    match statement:
        case Assign(_, value) | Return(value) | Record(_, value):
            return _with(statement, value=f(value))
        case Effect(call):
            return _with(statement, call=f(call))
        case Store(_, index, value) | Accumulate(_, index, value):
            return _with(statement, index=optional(index), value=f(value))
        case Recall(_, _, index):
            return _with(statement, index=optional(index))
        case If(test) | While(test) | Branch(test):
            return _with(statement, test=f(test))
        case For(over=over, elements=elements):
            return _with(statement, over=f(over), elements=_second_mapped(f, elements))
        case Scan(initial=initial, steps=steps, length=length):
            return _with(statement, initial=_mapped(f, initial), steps=_second_mapped(f, steps),
                         length=optional(length))
        case Repeat(_, start, stop, initial=initial):
            return _with(statement, start=f(start), stop=f(stop), initial=_mapped(f, initial))
        case Assert(test, message):
            return _with(statement, test=f(test), message=optional(message))
        case Raise(exception, cause):
            return _with(statement, exception=optional(exception), cause=optional(cause))
    return statement


def blocks(statement: Statement) -> tuple[Block, ...]:
    """The blocks inside a statement."""
    match statement:
        case If(_, then, orelse) | Branch(then=then, orelse=orelse):
            return then, orelse
        case For(body=body) | While(body=body) | Region(body=body) | Scan(body=body) | Repeat(body=body):
            return (body,)
        case LoopElse(loop, orelse):
            return loop, orelse
    return ()


def map_blocks(statement: Statement, f: Callable[[Block], Block]) -> Statement:
    """The statement with f applied to its blocks; the same object when f changes none of them."""
    match statement:
        case If(_, then, orelse) | Branch(then=then, orelse=orelse):
            return _with(statement, then=f(then), orelse=f(orelse))
        case For(body=body) | While(body=body) | Region(body=body) | Scan(body=body) | Repeat(body=body):
            return _with(statement, body=f(body))
        case LoopElse(loop, orelse):
            return _with(statement, loop=f(loop), orelse=f(orelse))
    return statement


def walk_statements(block: Block) -> Iterator[Statement]:
    """All statements, in program order, outer before inner."""
    left = list(block[::-1])
    while left:
        statement = left.pop()
        yield statement
        for inner in reversed(blocks(statement)):
            left += inner[::-1]


def bound(statement: Statement) -> tuple[str, ...]:
    """The names that a statement itself rebinds (not its blocks)."""
    match statement:
        case Assign(targets):
            return targets
        case For(target=target, trips=trips, elements=elements):
            return (target, *(n for n, _ in elements), *((trips,) if trips else ()))
        case While(trips=trips):
            return (trips,) if trips else ()
        case Recall(target, _, None, False):
            return (target,)
        case Scan(carried, _, steps, slots):
            return (*carried, *(n for n, _ in steps), *slots)
        case Repeat(index, carried=carried):
            return (index, *carried)
        case Branch(results=results):
            return results
    return ()


def reverse_start(body: Block) -> int | None:
    """The position at which the reverse sweep of a gradient function begins; None where there is none."""
    return next((k for k, s in enumerate(body) if isinstance(s, Comment) and s.text == "reverse sweep"), None)


def bound_in(block: Block) -> set[str]:
    """All names that a block rebinds."""
    return {name for s in walk_statements(block) for name in bound(s)}


def changes(block: Block) -> Counter[str]:
    """How often a block may have each name hold something else: binds it, or updates it, as a number (`s += 1.0`)."""
    return Counter(n for s in walk_statements(block) for n in (
        (s.base,) if isinstance(s, Store) and s.index is None else bound(s)))


def changed_in(block: Block) -> set[str]:
    """The names that may hold something else after a block."""
    return set(changes(block))


def _renamed(name: str, values: Mapping[str, Expr]) -> str:
    new = values.get(name)
    return new.name if isinstance(new, Var) else name


def rename_statement(statement: Statement, values: Mapping[str, Expr]) -> Statement:
    """Names replaced wherever they stand; a name that is bound or written must be replaced by a name."""
    def new(name: str) -> str:
        return _renamed(name, values)

    def optional(name: str | None) -> str | None:
        return new(name) if name else None

    statement = map_exprs(statement, lambda e: substitute(e, values))
    match statement:
        case Assign(targets):
            statement = _with(statement, targets=_mapped(new, targets))
        case Store(base):
            statement = _with(statement, base=new(base))
        case Accumulate(bar, like=like) | Kill(bar, like) | Materialise(bar, like):
            statement = _with(statement, bar=new(bar), like=new(like))
        case Record(slot):
            statement = _with(statement, slot=new(slot))
        case Recall(target, slot):
            statement = _with(statement, target=new(target), slot=new(slot))
        case For(target, leave=leave, trips=trips, elements=elements):
            named = tuple((new(n), c) for n, c in elements)
            statement = _with(statement, target=new(target), leave=optional(leave), trips=optional(trips),
                              elements=named if named != elements else elements)
        case While(leave=leave, trips=trips):
            statement = _with(statement, leave=optional(leave), trips=optional(trips))
    return map_blocks(statement, lambda b: rename_block(b, values))


def rename_block(block: Block, values: Mapping[str, Expr]) -> Block:
    """`rename_statement` over a block."""
    return _mapped(lambda s: rename_statement(s, values), block)


def relabel(block: Block) -> Block:
    """A copy whose statements are new ones (new labels)."""
    return tuple(replace(map_blocks(s, relabel), label=next(_labels)) for s in block)


def reads_of(statement: Statement) -> set[str]:
    """The names whose value or binding a statement itself reads (not its blocks)."""
    found: set[str] = set()
    for expr in exprs(statement):
        found |= free_names(expr)
    match statement:
        case Store(base):
            found.add(base)
        case Accumulate(bar, like=like):
            found |= {bar, like}
        case For(leave=str() as leave) | While(leave=str() as leave):
            found.add(leave)
        case Branch(operands=operands):
            found.update(operands)
        case Recall(target, slot, index, whole):
            found.add(slot)
            if index is not None or whole:
                found.add(target)
    return found


def free_names(expr: Expr) -> set[str]:
    """The names that an expression reads, those captured by nested functions included."""
    return set(_free_names(expr))


def _free_names(expr: Expr) -> frozenset[str]:
    kept = vars(expr)               # the answer stays with the expression, which never changes
    found: frozenset[str] | None = kept.get("_free_names")
    if found is None:
        found = kept["_free_names"] = frozenset(_searched(expr))
    return found


def _searched(expr: Expr) -> Iterator[str]:
    match expr:
        case Var(name):
            yield name
        case Call(function, args, kwargs):
            for e in (*args, *(v for _, v in kwargs)):
                yield from _free_names(e)
            if isinstance(function, Var):
                yield function.name
            elif isinstance(function, Closure):
                yield from _captured(function)
        case Const(Closure() as closure):
            yield from _captured(closure)
        case Build(_, items):
            for e in items:
                yield from _free_names(e)
        case Star(value):
            yield from _free_names(value)


def _captured(closure: Closure) -> set[str]:
    inner: set[str] = set()
    for statement in walk_statements(closure.function.body):
        inner |= reads_of(statement) | set(bound(statement))
    for p in closure.function.params:
        if p.default is not None:
            inner |= free_names(p.default)
    return inner - closure.owned


def is_literal(expr: Expr) -> bool:
    """Is it a literal, or a tuple of literals?"""
    match expr:
        case Const():
            return True
        case Build("tuple", items):
            return all(map(is_literal, items))
        case Call(operator.neg | operator.pos, (Const(int() | float()),)):
            return True
    return False


def captured_names(statement: Statement) -> set[str]:
    """Variables around them that nested functions in a statement, kept as values, read when they are called."""
    return {name for e in exprs(statement) for part in walk(e)
            if isinstance(part, Const) and isinstance(part.value, Closure) for name in _captured(part.value)}


def bound_by_closures(block: Block) -> set[str]:
    """Variables around them that nested functions bind when they are called (`nonlocal`)."""
    found: set[str] = set()
    for statement in walk_statements(block):
        for expr in exprs(statement):
            for e in walk(expr):
                match e:
                    case Const(Closure() as closure) | Call(Closure() as closure):
                        inner = closure.function.body
                        found |= bound_in(inner) - closure.owned | bound_by_closures(inner)
    return found
