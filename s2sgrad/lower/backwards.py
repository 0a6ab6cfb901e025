"""A loop of the reverse sweep that takes what each trip recorded runs as long as there are records.

    for n in reversed(range(steps)):            for t in reversed(t_record):        where t is a number
        t = t_record.pop()              ->          ...
        ...

    for _ in range(trips):                      while x_record:                     where x is an array
        x = x_record.pop()              ->          x = x_record.pop()
        ...                                         ...

Arrays are taken off the list, so that the memory of one trip is free for what the next one computes.

Comes in: a function in the dialect of NumPy. Goes out: the same function with fewer statements, and faster loops; trips
that nobody counts any more are not counted. Guaranteed: the list is filled by one statement, which runs once in each
trip of the loop that is reversed, and read by one, which runs once in each trip of the reverse; each run of the loop
has a list of its own, since no loop is around it, or each trip of that one makes one (`trip_lists`). What is read moves
to the head of the trip where nothing before it reads or binds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from s2sgrad.analyse.live import Names, live_after
from s2sgrad.core.kinds import Number
from s2sgrad.core.loops import direction
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
    Statement,
    Var,
    While,
)
from s2sgrad.core.rewrite import exprs, free_names, map_blocks, walk_statements
from s2sgrad.lower.trip_lists import appended, counted, is_counted, taken_at_head, uses_of, with_trip_lists
from s2sgrad.simplify.facts import Facts, kind_of
from s2sgrad.simplify.settle import width

MOST = 3                # containers in one header
WIDEST = 84             # columns of what two or more containers are and bind


def with_records_read_backwards(function: Function, facts: Facts, fresh: Callable[[], str]) -> Function:
    """The function in which loops of the reverse sweep run through their records."""
    body, own = with_trip_lists(function.body)
    whole = {slot for slot, count in uses_of(body).items() if count == 2}
    small = {slot for s in walk_statements(body) if (slot := appended(s)) and _is_small(s, own, facts)}
    walk = _Backwards(fresh, whole, own, small, live_after(body))
    return replace(function, body=_uncounted(walk.block(body)))


@dataclass
class _Backwards:
    """One walk over a function. whole: the lists that are filled and read once. own: those that each trip of a loop
    makes anew. small: those that hold numbers, or lists of a trip. after: what is read behind each statement. filled:
    the lists to which each loop appends once in a trip. depth: how many loops are around."""

    fresh: Callable[[], str]
    whole: set[str]
    own: set[str]
    small: set[str]
    after: Mapping[int, Names]
    filled: dict[int, set[str]] = field(default_factory=dict)
    depth: int = 0

    def block(self, block: Block) -> Block:
        """The block with its loops reading backwards."""
        out: list[Statement] = []
        for statement in block:
            if isinstance(statement, (For, While)):
                self.filled[statement.label] = {slot for s in statement.body if (slot := appended(s))}
                self.depth += 1
                statement = map_blocks(statement, self.block)
                self.depth -= 1
            else:
                statement = map_blocks(statement, self.block)
            if isinstance(statement, For) and statement.reverses in self.filled:
                statement = self.loop(statement)
            out.append(statement)
        return tuple(out)

    def loop(self, loop: For) -> For | While:
        """A loop of the reverse sweep that runs as long as there are records."""
        heads = taken_at_head(loop, self.filled[loop.reverses] & (self.own if self.depth else self.whole))
        rest = _without(loop.body, heads)
        indexed = loop.target in self.after[loop.label] or is_counted(loop)
        elements = _others(loop, indexed)
        if not heads or elements is None:
            return loop
        counter = indexed and not elements
        chosen, taken = list[Assign](), {loop.target, *(name for name, _ in elements), *_in_headers(rest)}
        for head in heads:
            names = set(head.targets)
            fits = not elements and not chosen or not counter and (
                len(elements) + len(chosen) < MOST and _columns(elements, (*chosen, head)) < WIDEST)
            if fits and len(names) == len(head.targets) and not names & taken and _slot(head) in self.small:
                chosen.append(head)
                taken |= names
        if chosen:
            return self.through(loop, chosen, elements, indexed)
        if indexed or elements:
            return loop
        return While(Var(_slot(heads[0])), loop.body, label=loop.label, origin=loop.origin, reverses=loop.reverses)

    def through(self, loop: For, chosen: list[Assign], elements: tuple[tuple[str, Expr], ...], indexed: bool) -> For:
        """The loop with records, and other elements, in its header."""
        counter = indexed and not elements
        unpacking: list[Statement] = []
        for head in chosen:
            item = head.targets[0]
            if len(head.targets) > 1:
                item = self.fresh()
                unpacking.append(replace(head, value=Var(item)))
            elements = (*elements, (item, Call(reversed, (Var(_slot(head)),))))
        kept = _without(loop.body, chosen)
        lengths = tuple(Call(len, (container,)) for _, container in elements)
        over = Call(range, lengths if len(lengths) == 1 else (Call(min, lengths),))
        target = loop.target if counter or not indexed else self.fresh()
        return replace(loop, target=target, over=over, elements=elements, body=(*unpacking, *kept))


def _in_headers(block: Block) -> set[str]:
    """What the headers of inner loops bind."""
    loops = [s for s in walk_statements(block) if isinstance(s, For)]
    unpacked = {n for s in loops if s.elements for head in s.body[:1] if isinstance(head, Assign) for n in head.targets}
    return unpacked | {name for s in loops for name, _ in s.elements}


def _slot(head: Assign) -> str:
    """The list that it takes off."""
    match head.value:
        case Call(_, (Var(slot),)):
            return slot
    raise TypeError(head.value)


def _is_small(statement: Statement, own: set[str], facts: Facts) -> bool:
    """Does it append a number, numbers, or a list of a trip?"""
    def small(value: Expr) -> bool:
        match value:
            case Build("tuple", items):
                return all(map(small, items))
            case Var(name) if name in own:
                return True
        return isinstance(kind_of(value, facts), Number)

    match statement:
        case Effect(Call(_, (_, value))):
            return small(value)
    return False


def _columns(elements: tuple[tuple[str, Expr], ...], heads: tuple[Assign, ...]) -> int:
    """About how many columns the header takes, without what is the same in all."""
    names = [Var(name) for name in (*(name for name, _ in elements), *(name for h in heads for name in h.targets))]
    return sum(width(e) + len(", ") for e in (*names, *(c for _, c in elements), *(h.value for h in heads)))


def _others(loop: For, indexed: bool) -> tuple[tuple[str, Expr], ...] | None:
    """What the header has to bind besides records, each with what it runs through; None: it has to stay as it is."""
    if loop.elements:
        if indexed or len(loop.elements) > 1 or direction(loop) != "reversed":     # several may differ in length
            return None
        return tuple((name, Call(reversed, (container,))) for name, container in loop.elements)
    match loop.over:
        case _ if not indexed:
            return ()
        case Call(called, (_,)) if called is range:             # from zero, upwards: `enumerate`
            return ()
        case Call(back, (Call(called, bounds),)) if back is reversed and called is range and all(
                isinstance(b, (Var, Const)) for b in bounds):
            return ((loop.target, loop.over),)
    return None


def _without(block: Block, gone: Sequence[Statement]) -> Block:
    """The block without these statements."""
    labels = {s.label for s in gone}
    return tuple(s for s in block if s.label not in labels)


def _uncounted(block: Block) -> Block:
    """The block without counts of trips that nobody reads."""
    kept = {"", *(n for s in walk_statements(block) for e in exprs(s) for n in free_names(e))}

    def visit(inner: Block) -> Block:
        return tuple(map_blocks(s, visit) for s in inner if counted(s) in kept)

    return visit(block)
