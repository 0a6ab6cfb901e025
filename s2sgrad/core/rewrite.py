"""Mapping over programs: the one place that knows the children of every node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from s2sgrad.core.closure import Closure
from s2sgrad.core.functional import Branch, Repeat, Scan
from s2sgrad.core.nodes import (
    Accumulate,
    Assert,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Effect,
    Expr,
    For,
    If,
    Kill,
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
)


def map_children(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """The expression with f applied to its direct operands."""
    match expr:
        case Call(function, args, kwargs):
            if isinstance(function, Var):
                moved = f(function)
                function = moved.value if isinstance(moved, Const) else moved
            return Call(function, tuple(f(a) for a in args), tuple((k, f(v)) for k, v in kwargs))
        case Build(form, items):
            return Build(form, tuple(f(a) for a in items))
        case Star(value):
            return Star(f(value))
    return expr


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
    """The statement with f applied to its own expressions; label and origin stay; blocks are untouched."""
    match statement:
        case Assign(_, value) | Return(value) | Record(_, value):
            return replace(statement, value=f(value))
        case Effect(call):
            return replace(statement, call=f(call))
        case Store(_, index, value) | Accumulate(_, index, value):
            return replace(statement, index=f(index) if index is not None else None, value=f(value))
        case Recall(_, _, index):
            return replace(statement, index=f(index) if index is not None else None)
        case If(test) | While(test) | Branch(test):
            return replace(statement, test=f(test))
        case For(over=over, elements=elements):
            return replace(statement, over=f(over), elements=tuple((n, f(c)) for n, c in elements))
        case Scan(initial=initial, steps=steps, length=length):
            return replace(statement, initial=tuple(map(f, initial)), steps=tuple((n, f(c)) for n, c in steps),
                           length=f(length) if length is not None else None)
        case Repeat(_, start, stop, initial=initial):
            return replace(statement, start=f(start), stop=f(stop), initial=tuple(map(f, initial)))
        case Assert(test, message):
            return replace(statement, test=f(test), message=f(message) if message is not None else None)
        case Raise(exception, cause):
            return replace(statement, exception=f(exception) if exception is not None else None,
                           cause=f(cause) if cause is not None else None)
    return statement


def blocks(statement: Statement) -> tuple[Block, ...]:
    """The blocks inside a statement."""
    match statement:
        case If(_, then, orelse) | Branch(then=then, orelse=orelse):
            return then, orelse
        case For(body=body) | While(body=body) | Region(body=body) | Scan(body=body) | Repeat(body=body):
            return (body,)
    return ()


def map_blocks(statement: Statement, f: Callable[[Block], Block]) -> Statement:
    """The statement with f applied to its blocks."""
    match statement:
        case If(_, then, orelse) | Branch(then=then, orelse=orelse):
            return replace(statement, then=f(then), orelse=f(orelse))
        case For(body=body) | While(body=body) | Region(body=body) | Scan(body=body) | Repeat(body=body):
            return replace(statement, body=f(body))
    return statement


def walk_statements(block: Block) -> Iterator[Statement]:
    """All statements, in program order, outer before inner."""
    for statement in block:
        yield statement
        for inner in blocks(statement):
            yield from walk_statements(inner)


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


def bound_in(block: Block) -> set[str]:
    """All names that a block rebinds."""
    return {name for s in walk_statements(block) for name in bound(s)}


def _renamed(name: str, values: Mapping[str, Expr]) -> str:
    new = values.get(name)
    return new.name if isinstance(new, Var) else name


def rename_statement(statement: Statement, values: Mapping[str, Expr]) -> Statement:
    """Names replaced wherever they stand; a name that is bound or written must be replaced by a name."""
    statement = map_exprs(statement, lambda e: substitute(e, values))
    match statement:
        case Assign(targets):
            statement = replace(statement, targets=tuple(_renamed(t, values) for t in targets))
        case Store(base):
            statement = replace(statement, base=_renamed(base, values))
        case Accumulate(bar, like=like) | Kill(bar, like) | Materialise(bar, like):
            statement = replace(statement, bar=_renamed(bar, values), like=_renamed(like, values))
        case Record(slot):
            statement = replace(statement, slot=_renamed(slot, values))
        case Recall(target, slot):
            statement = replace(statement, target=_renamed(target, values), slot=_renamed(slot, values))
        case For(target, leave=leave, trips=trips, elements=elements):
            statement = replace(
                statement, target=_renamed(target, values), leave=_renamed(leave, values) if leave else None,
                trips=_renamed(trips, values) if trips else None,
                elements=tuple((_renamed(n, values), c) for n, c in elements))
        case While(leave=leave, trips=trips):
            statement = replace(statement, leave=_renamed(leave, values) if leave else None,
                                trips=_renamed(trips, values) if trips else None)
    return map_blocks(statement, lambda b: rename_block(b, values))


def rename_block(block: Block, values: Mapping[str, Expr]) -> Block:
    """`rename_statement` over a block."""
    return tuple(rename_statement(s, values) for s in block)


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
    found: set[str] = set()
    left = [expr]
    while left:
        match left.pop():
            case Var(name):
                found.add(name)
            case Call(function, args, kwargs):
                if isinstance(function, Var):
                    found.add(function.name)
                left += args
                if kwargs:
                    left += [v for _, v in kwargs]
            case Const(Closure() as closure):
                found |= _captured(closure)
            case Build(_, items):
                left += items
            case Star(value):
                left.append(value)
    return found


def _captured(closure: Closure) -> set[str]:
    inner: set[str] = set()
    for statement in walk_statements(closure.function.body):
        inner |= reads_of(statement) | set(bound(statement))
    for p in closure.function.params:
        if p.default is not None:
            inner |= free_names(p.default)
    return inner - closure.owned
