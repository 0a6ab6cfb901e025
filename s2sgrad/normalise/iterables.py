"""What a loop runs through: the keys of a dict, and a list of what can be run through only once, or only forward.

    for k in d:                      keys = list(d.keys())
        ...                          for k in keys:
    a, b = d                  ->     a, b = d.keys()
    s = sum(d)                       s = sum(d.keys())

    for i, j in product(p, q):       pairs = list(product(p, q))
        ...                          for i, j in pairs:

Comes in: a function with its kinds. Goes out: one in which no dict stands for its keys, and in which every loop runs
through something with indices, as its reverse does. An iterator becomes a list only where nothing else is taken from
it, and where the loop takes everything; the others are refused by name.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.alias import Aliases, analyse_aliases
from s2sgrad.analyse.containers import CHANGING
from s2sgrad.analyse.iteration import ITEMS, VALUES
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.unsure import growths
from s2sgrad.core.kinds import DictKind, Object, is_indexed
from s2sgrad.core.names import is_temporary
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
    Method,
    Star,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.primitives import sequence_of
from s2sgrad.core.rewrite import (
    bottom_up,
    bound,
    bound_in,
    exprs,
    free_names,
    map_blocks,
    map_exprs,
    reads_of,
    walk_statements,
)
from s2sgrad.errors import UnsupportedError
from s2sgrad.normalise.choices import choices_by_position
from s2sgrad.runtime import entries

RUNNING = (list, tuple, set, frozenset, sorted, sum, max, min, any, all, enumerate, zip, reversed, iter, math.fsum,
           math.prod)                   # functions that run through their arguments
FINITE = (itertools.product, itertools.permutations, itertools.combinations, itertools.combinations_with_replacement,
          itertools.repeat, np.ndindex)     # iterators that end, and run no code of the user's, when made by a call

Lists = Sequence[tuple[Expr, Expr]]     # a container, and the list of what running through it gives


# ---------------------------------------------------------------- dicts
def keys_of_dicts(function: Function, kinds: Kinds, fresh: Callable[[], str]) -> Function:
    """The function, in which what runs through a dict runs through its keys."""
    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block:
            statement = map_exprs(statement, lambda e: bottom_up(e, lambda n: _with_keys(n, kinds)))
            match statement:
                case Assign((_, _, *_), value):
                    statement = replace(statement, value=_keys(value, kinds))
                case For(elements=elements):
                    lists = [(c, Call(list, (_keys(c, kinds),))) for _, c in elements if _is_dict(c, kinds)]
                    statement, views = _through_keys(statement, out, kinds, fresh)
                    head, statement = _running_through(statement, [*lists, *views], fresh)
                    out += head
            out.append(map_blocks(statement, visit))
        return tuple(out)

    return replace(function, body=_without_views(visit(function.body)))


def _without_views(block: Block) -> Block:
    """Without the views of dicts that nobody runs through any more."""
    read = {n for s in walk_statements(block) for n in reads_of(s)}

    def visit(b: Block) -> Block:
        return tuple(map_blocks(s, visit) for s in b if not _is_unread_view(s, read))
    return visit(block)


def _is_unread_view(statement: Statement, read: set[str]) -> bool:
    match statement:
        case Assign((name,), Call(dict.items | dict.values | Method("items" | "values"), (holder,))):
            return all(isinstance(e, (Var, Const)) or isinstance(e, Call) and e.function is operator.getitem
                       for e in walk(holder)) and is_temporary(name) and name not in read
    return False


def _through_keys(loop: For, before: list[Statement], kinds: Kinds,
                  fresh: Callable[[], str]) -> tuple[For, Lists]:
    """A loop over `d.items()` or `d.values()` as one over the keys, which looks the values up.

    before: the statements of the block before the loop; the dict gets a name among them, as the loop may bind its own.
    """
    made = {s.targets[0]: s for s in before if isinstance(s, Assign) and len(s.targets) == 1}
    elements: list[tuple[str, Expr]] = []
    lists: list[tuple[Expr, Expr]] = []
    head: list[Statement] = []
    for name, container in loop.elements:
        view = made.get(container.name) if isinstance(container, Var) else None
        match container if view is None else view.value:
            case Call((dict.items | dict.values | Method("items" | "values")) as asked, (holder,)) if (
                    _is_dict(holder, kinds)):
                key, held = fresh(), Var(fresh())
                at = len(before) if view is None else next(k for k, s in enumerate(before) if s is view)
                before.insert(at, Assign((held.name,), holder, origin=loop.origin))
                value = Call(operator.getitem, (held, Var(key)))
                whole = asked in (dict.items, Method("items"))
                pair: Expr = Build("tuple", (Var(key), value)) if whole else value
                head.append(Assign((name,), pair, origin=loop.origin))
                lists.append((container, Call(list, (Call(dict.keys, (held,)),))))
                elements.append((key, container))
            case _:
                elements.append((name, container))
    return (replace(loop, elements=tuple(elements), body=(*head, *loop.body)) if head else loop), lists


def _with_keys(expr: Expr, kinds: Kinds) -> Expr:
    match expr:
        case Call(function, (entries,)) if function is sequence_of:
            return entries if is_indexed(kinds.of(entries)) else Call(list, (_keys(entries, kinds),))
        case Call(function, args, kwargs) if any(function is f for f in RUNNING):
            return Call(function, tuple(_keys(a, kinds) for a in args), kwargs)
        case Star(value):
            return Star(_keys(value, kinds))
    return expr


def _keys(expr: Expr, kinds: Kinds) -> Expr:
    return Call(dict.keys, (expr,)) if _is_dict(expr, kinds) else expr


def _is_dict(expr: Expr, kinds: Kinds) -> bool:
    return isinstance(kinds.of(expr), DictKind)


def _running_through(loop: For, lists: Lists, fresh: Callable[[], str]) -> tuple[list[Statement], For]:
    """(the lists by name, the loop through these instead of the containers)."""
    head: list[Statement] = []
    named: list[tuple[Expr, Expr]] = []
    for container, listed in lists:
        if all(container != c for c, _ in named):
            name = fresh()
            head.append(Assign((name,), listed, origin=loop.origin))
            named.append((container, Var(name)))

    def moved(expr: Expr) -> Expr:
        return bottom_up(expr, lambda e: next((v for c, v in named if e == c), e))

    return head, replace(loop, over=moved(loop.over), elements=tuple((n, moved(c)) for n, c in loop.elements))


# ---------------------------------------------------------------- what has no indices
def runs_through_lists(function: Function, kinds: Kinds) -> bool:
    """Does every loop run through something with indices?"""
    return all(is_indexed(kinds.of(c)) for s in walk_statements(function.body) if isinstance(s, For)
               for _, c in s.elements)


def with_lists(function: Function, wrt: Sequence[str], kinds: Kinds, fresh: Callable[[], str]) -> Function:
    """The function, in which loops run through lists of what has no indices and does not vary.

    Raises: UnsupportedError for what varies, and for an iterator from which other statements may take entries too.
    """
    activity = Activity(kinds, analyse_aliases(function, kinds)).run(function, wrt)
    iterators = analyse_aliases(_without_elements(function), kinds)
    readers = Counter(n for s in walk_statements(function.body) for n in reads_of(s))
    return replace(function, body=_Lister(kinds, activity, iterators, readers, fresh).block(function.body))


def copies_of_sources(function: Function, aliases: Aliases, fresh: Callable[[], str]) -> Function:
    """The function, in which `xs = [f(x) for x in xs]`, run again, runs through a copy of the old list.

    Both lists are one class there, and one of them grows. Guaranteed: they are two lists, since the one that grows was
    made anew after the other, of which the loop changes nothing.
    """
    def visit(block: Block) -> Block:
        out: list[Statement] = []
        for k, statement in enumerate(block):
            if isinstance(statement, For):
                lists = [(c, Call(list, (c,))) for _, c in statement.elements if isinstance(c, Var) and growths(
                    statement, c.name, aliases) and _is_other(
                        c.name, _changed(statement, c.name, aliases), statement, block[:k])]
                head, statement = _running_through(statement, lists, fresh)
                out += head
            out.append(map_blocks(statement, visit))
        return tuple(out)

    return replace(function, body=visit(function.body))


def _changed(loop: For, source: str, aliases: Aliases) -> set[str]:
    """The names through which the loop may change a list that may be the source, or what it holds."""
    found: set[str] = set()
    for statement in walk_statements(loop.body):
        match statement:
            case Store(base):
                found.add(base)
            case Effect(Call(Method(name), (Var(base), *_))) if name in CHANGING:       # it only reads its arguments
                found.add(base)
            case Effect(call):
                found |= free_names(call)
    return {n for n in found if aliases.find(n) == aliases.find(source)}


def _is_other(source: str, changed: set[str], loop: For, before: Block) -> bool:
    """Were the lists that change made anew, each by a statement of this block, when what the source holds was there?"""
    if source in bound_in((loop,)):
        return False
    since: Block = (*before, loop)
    for k in reversed(range(len(before))):
        if source in bound_in((before[k],)):
            since = (*before[k + 1:], loop)
            match before[k]:
                case Assign((_,), Var(other)):
                    source = other
                    since = (*before, loop)
                case _:
                    break
    return all(sum(name in bound(s) for s in walk_statements(since)) == 1 and any(
        isinstance(s, Assign) and s.targets == (name,) and isinstance(s.value, Build) and s.value.form == "list"
        for s in since) for name in changed)


def _without_elements(function: Function) -> Function:
    """The function for finding what may be an iterator itself, and not what an iterator gives."""
    def visit(block: Block) -> Block:
        return tuple(map_blocks(replace(s, elements=()) if isinstance(s, For) else s, visit) for s in block)

    return replace(function, body=visit(function.body))


@dataclass(frozen=True)
class _Lister:
    """readers: how many statements read each name."""

    kinds: Kinds
    activity: Activity
    iterators: Aliases
    readers: Mapping[str, int]
    fresh: Callable[[], str]

    def block(self, block: Block) -> Block:
        """The block with lists before its loops."""
        out: list[Statement] = []
        for statement in block:
            if isinstance(statement, For):
                own = {s.targets[0]: s.value for s in out if isinstance(s, Assign)
                       and isinstance(s.value, Call) and self.readers[s.targets[0]] == 1}
                statement, out = choices_by_position(statement, own, out, self.activity, self.readers, self.fresh)
                lists = [(c, self.listed(statement, c, own)) for n, c in statement.elements if self.needs_list(n, c)]
                head, statement = _running_through(statement, lists, self.fresh)
                out += head
            out.append(map_blocks(statement, self.block))
        return tuple(out)

    def needs_list(self, element: str, container: Expr) -> bool:
        """Has the container no indices? (Where nothing is known of it, an active element is refused later.)"""
        kind = self.kinds.of(container)
        return not is_indexed(kind) and (isinstance(kind, Object) or not self.activity.active(element))

    def listed(self, loop: For, container: Expr, own: Mapping[str, Call]) -> Expr:
        """The list of what the container gives. own: what makes the values that only one statement of the block reads.
        """
        kind = self.kinds.of(container)
        varied = self.activity.is_varied(container)
        if not isinstance(kind, Object):
            return Call(list if self.takes_everything(loop, container) and not varied else entries, (container,))
        if varied:
            raise _varies(kind.cls, loop)
        finite = kind.cls in FINITE and isinstance(container, Var) and (
            made := own.get(container.name)) is not None and made.function is kind.cls
        if finite or not issubclass(kind.cls, Iterator) or self.takes_everything(loop, container):
            return Call(list, (container,))
        name = "" if kind.cls is Iterator else f" (`{kind.cls.__name__}`)"
        raise UnsupportedError(f"A loop over an iterator{name} that may be left early, or from which other statements "
                               "take entries too, is not supported.", "Make a list of it first: `list(...)`.",
                               loop.origin)

    def takes_everything(self, loop: For, container: Expr) -> bool:
        """Does the loop, and nothing else meanwhile, take all entries of an iterator?"""
        used = {self.iterators.find(n) for s in walk_statements(loop.body) for e in exprs(s)
                for n in free_names(bottom_up(e, _without_base))}
        own = {self.iterators.find(n) for n in free_names(container)}
        return len(loop.elements) == 1 and loop.leave is None and not used & own


def _without_base(expr: Expr) -> Expr:
    """The index of `name[index]`: no iterator has indices."""
    match expr:
        case Call(function, (Var(), index)) if function is operator.getitem:
            return index
    return expr


def _varies(cls: type, loop: For) -> Exception:
    return UnsupportedError(f"A loop over `{cls.__name__}` that depends on the differentiated arguments is not "
                            "supported.", "Run through the keys: `for k in d`, with `d[k]`." if cls in (VALUES, ITEMS)
                            else "Loop over a list, a tuple or an array, or over an index.", loop.origin)
