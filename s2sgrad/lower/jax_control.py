"""Loops and branches of pure statements as `Scan`, `Repeat` and `Branch`.

What a loop carries from trip to trip is what it binds and reads before it binds it, or what is read behind it. A loop
whose number of trips is static is a scan, one whose bounds are traced repeats. A branch on a traced test gives all
that either block binds and somebody reads.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from s2sgrad.analyse.exposed import exposed_names, surely_bound
from s2sgrad.analyse.live import Names
from s2sgrad.core.functional import Branch, Repeat, Scan
from s2sgrad.core.kinds import Array, Number, shape_of
from s2sgrad.core.loops import direction
from s2sgrad.core.named import Named
from s2sgrad.core.nodes import (
    Assert,
    Assign,
    Block,
    Call,
    Comment,
    Const,
    Effect,
    Expr,
    For,
    If,
    Method,
    Raise,
    Statement,
    Store,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import blocks, bound, bound_in, exprs, reads_of, walk_statements
from s2sgrad.lower.binding import Binding, canonical, range_of
from s2sgrad.lower.refusals import unsupported
from s2sgrad.lower.slots import Slots

ARANGE, WHERE = Named("jax.numpy.arange"), Named("jax.numpy.where")
LONGEST_CHOICE = 2          # more assignments than that on a side are a branch


@dataclass
class Control:
    """The control flow of one function.

    mixed: numbers of another precision than float64, or complex ones, occur. dtypes: those of what is bound to a name,
    where known.
    """

    binding: Binding
    slots: Slots
    fresh: Callable[[], str]
    mixed: bool
    live: Mapping[int, Names]
    dtypes: Mapping[str, frozenset[str]]

    def block(self, block: Block, defined: set[str]) -> Block:
        """A block; defined grows by what it binds."""
        out: list[Statement] = []
        for statement in block:
            match statement:
                case If(test) if self.binding.is_traced(test):
                    out += self.branch(statement, defined)
                case For() if canonical(statement) not in self.binding.python:
                    out += self.loop(statement, defined, out)
                case While() | For(leave=str()):
                    raise unsupported("A loop whose number of trips depends on values", statement.origin)
                case If(test, then, orelse):
                    one, other = set(defined), set(defined)
                    unset = [slot for slot in self.of_one_side(statement) if slot not in defined]
                    self.slots.may_be_none.update(unset)
                    out += [Assign((slot,), Const(None)) for slot in unset]
                    out.append(replace(statement, then=self.block(then, one), orelse=self.block(orelse, other)))
                    defined |= one | other
                case For(body=body):
                    out.append(replace(statement, body=self.block(body, defined | set(bound(statement)))))
                    defined |= bound_names((statement,))
                case Assign((name,), Const(None)):              # not set yet, as far as functions go
                    out.append(statement)
                    defined.discard(name)
                case _:
                    out.append(statement)
                    defined |= set(bound(statement))
        return tuple(out)

    # ------------------------------------------------------------ branches
    def of_one_side(self, choice: If) -> list[str]:
        """Slots that only one side of a static branch sets, though the loop around gives them back."""
        one, other = bound_names(choice.then), bound_names(choice.orelse)
        return [s for s, form in self.slots.form.items() if form == "scan" and (s in one) != (s in other)]

    def branch(self, choice: If, defined: set[str]) -> list[Statement]:
        """`if` on a traced test."""
        refuse_effects((*choice.then, *choice.orelse), "under a condition that is known only while the program runs")
        after = self.live[choice.label]
        changed = _in_order(choice, bound_names(choice.then) | bound_names(choice.orelse))
        results = tuple(n for n in changed if n in after)
        if not results:
            return []
        chosen = self.chosen(choice, results, defined)
        if chosen is not None:
            defined |= set(results)
            return chosen
        sides = [choice.then, choice.orelse]
        sure = [surely_bound(side) for side in sides]
        loose = self.mixed
        for k, side in enumerate(sides):
            unset = tuple(n for n in results if n not in sure[k] and n not in defined)
            loose |= bool(unset) or any(not self.one_dtype(n) for n in results)
            sides[k] = (*(Assign((n,), Const(None)) for n in unset), *side)
        read = exposed_names(choice.then) | exposed_names(choice.orelse)
        operands = tuple(n for n in changed if n in defined and (
            n in read or n in results and not all(n in s for s in sure)))
        inside = [without_needless(self.block(side, set(defined))) for side in sides]
        defined |= set(results)
        return [Branch(choice.test, operands, results, inside[0], inside[1], loose, origin=choice.origin,
                       reverses=choice.reverses)]

    def one_dtype(self, name: str) -> bool:
        """Is the dtype of the name known, and the same for all that is bound to it?"""
        bound_to = self.dtypes.get(name, frozenset())
        known = self.binding.kinds.named(name)
        return len(bound_to) == 1 or not bound_to and isinstance(known, (Number, Array)) and known.dtype is not None

    def chosen(self, choice: If, results: tuple[str, ...], defined: set[str]) -> list[Statement] | None:
        """The branch as `jnp.where`, where both sides only choose between values that are there already."""
        sides: list[dict[str, Expr]] = []
        for block in (choice.then, choice.orelse):
            values: dict[str, Expr] = {}
            for statement in block:
                match statement:
                    case Comment():
                        continue
                    case Assign((name,), Var() | Const() as value) if value != Const(None):
                        values[name] = value
                    case _:
                        return None
            if len(values) > LONGEST_CHOICE or any(isinstance(v, Var) and v.name in values for v in values.values()):
                return None
            sides.append(values)
        if any(n not in side and n not in defined for n in results for side in sides):
            return None
        read = {v.name for side in sides for v in side.values() if isinstance(v, Var)}
        if len(results) > 1 and read & set(results):
            return None
        return [Assign((n,), Call(WHERE, (choice.test, sides[0].get(n, Var(n)), sides[1].get(n, Var(n)))),
                       origin=choice.origin, reverses=choice.reverses) for n in results]

    # ------------------------------------------------------------ loops
    def loop(self, loop: For, defined: set[str], out: list[Statement]) -> list[Statement]:
        """`for` over a range, or over what the range runs through. out: the statements before it."""
        refuse_effects(loop.body, "in a loop that is lowered")
        indices, backwards = span(loop.over)
        elements = loop.elements if direction(loop) and self.equally_long(loop) else ()
        body = loop.body
        if not elements and loop.elements:
            body = (*(Assign((name,), Call(operator.getitem, (container, Var(loop.target))), origin=loop.origin)
                      for name, container in loop.elements), *body)
        forward = canonical(loop)
        slots = self.slots.inside(forward, "scan")
        made = tuple(s for s in slots if s in bound_names(body))
        read = exposed_names(body)
        consumed = tuple(s for s in slots if s not in made and s in read)
        heads = {loop.target, *(n for n, _ in elements), *consumed}
        after = self.live[loop.label]
        carried = [n for n in _in_order(loop, bound_names(body)) if n not in made and n not in heads
                   and (n in read or n in after)]
        if not carried and not made:
            return []
        before: list[Statement] = [Assign((n,), Const(None)) for n in carried if n not in defined]
        inside = self.block(body, defined | set(carried) | heads)
        defined |= {*carried, *made}
        zeros = starts(out, set(carried))
        carried = [*(n for n in carried if n not in zeros), *zeros]
        initial = tuple(zeros.get(n, Var(n)) for n in carried)
        if any(self.binding.is_traced(bound) for bound in indices.args):
            if made or consumed:
                raise unsupported("What this loop records, since its number of trips depends on values,", loop.origin)
            return [*before, replace(self.repeat(loop, indices, backwards, elements, inside, bool(before)),
                                     carried=tuple(carried), initial=initial)]
        steps: list[tuple[str, Expr]] = list(elements)
        if loop.target in read_names(body):
            steps.insert(0, (loop.target, Call(ARANGE, indices.args)))
        steps += [(s, Var(s)) for s in consumed]
        sized = any(name not in self.slots.may_be_none for name, _ in steps)
        length = None if sized else length_of(indices)
        loose = self.mixed or bool(before)
        return [*before, Scan(tuple(carried), initial, tuple(steps), made, inside, length, backwards, loose,
                              origin=loop.origin, reverses=loop.reverses)]

    def equally_long(self, loop: For) -> bool:
        """Have all containers of the loop one length?"""
        shapes = [shape_of(self.binding.kinds.of(container)) for _, container in loop.elements]
        lengths = {shape[0] if isinstance(shape, tuple) and shape else None for shape in shapes}
        return len(shapes) == 1 or len(lengths) == 1 and None not in lengths

    def repeat(self, loop: For, indices: Call, backwards: bool, elements: tuple[tuple[str, Expr], ...],
               body: Block, unset: bool) -> Repeat:
        """A loop whose bounds are traced."""
        if unset:
            raise unsupported("A value that only a loop with traced bounds gives", loop.origin)
        start, stop, step = range_parts(indices)
        if not (isinstance(step, Const) and step.value in (1, -1)) or elements:
            raise unsupported("A loop whose bounds and step are traced", loop.origin)
        ahead = step.value == 1
        if ahead and not backwards:
            return Repeat(loop.target, start, stop, (), (), body, origin=loop.origin, reverses=loop.reverses)
        counter = self.fresh()
        if backwards:           # from the last index on
            last = minus(stop, Const(1)) if ahead else Call(operator.add, (stop, Const(1)))
            index = Call(operator.sub if ahead else operator.add, (last, Var(counter)))
        else:
            index = Call(operator.sub, (start, Var(counter)))
        trips = minus(stop, start) if ahead else minus(start, stop)
        head = Assign((loop.target,), index, origin=loop.origin, reverses=loop.reverses)
        return Repeat(counter, Const(0), trips, (), (), (head, *body), origin=loop.origin, reverses=loop.reverses)


def without_needless(block: Block) -> Block:
    """The block without names that start as None and are set on the way to its end."""
    out: list[Statement] = []
    for k, statement in enumerate(block):
        match statement:
            case Assign((name,), Const(None)) if _set_before_read(name, block[k + 1:]):
                continue
        out.append(statement)
    return tuple(out)


def _set_before_read(name: str, block: Block) -> bool:
    """Does the block surely bind the name before anything reads it?"""
    for statement in block:
        if name in read_names((statement,)):
            return False
        if isinstance(statement, (Assign, Branch, Scan)) and name in bound(statement):
            return True
    return False


def refuse_effects(block: Block, where: str) -> None:
    """Refuse what would happen once, while JAX traces."""
    for statement in walk_statements(block):
        if isinstance(statement, (Raise, Assert)):
            raise unsupported(f"An exception {where}", statement.origin)
        pops = any(isinstance(e, Call) and e.function in (Method("pop"), list.pop)
                   for x in exprs(statement) for e in walk(x))
        if isinstance(statement, Effect) or pops:
            raise unsupported(f"What this keeps in a list, {where},", statement.origin)


def starts(out: list[Statement], carried: set[str]) -> dict[str, Expr]:
    """Names that start as zeros directly before a loop, with the zeros; their statements are taken away from out."""
    found: dict[str, Expr] = {}
    while out:
        match out[-1]:
            case Assign((name,), Const(int() | float()) as value) if name in carried and name not in found:
                found[name] = value
            case Assign((name,), Call(Named(path), (Var(like),)) as value) if (
                    path.endswith(".zeros_like") and name in carried and name not in found and like not in found):
                found[name] = value
            case _:
                break
        out.pop()
    return dict(reversed(found.items()))


def span(over: Expr) -> tuple[Call, bool]:
    """The range that a loop runs through, and whether it does so backwards."""
    indices = range_of(over)
    assert indices is not None
    return indices, indices != over


def minus(a: Expr, b: Expr) -> Expr:
    """`a - b`."""
    match a, b:
        case _, Const(0):
            return a
        case Call(f, (rest, c)), _ if f is operator.add and c == b:
            return rest
        case Const(int() as p), Const(int() as q):
            return Const(p - q)
    return Call(operator.sub, (a, b))


def range_parts(indices: Call) -> tuple[Expr, Expr, Expr]:
    """Start, stop and step of a range."""
    match indices.args:
        case (stop,):
            return Const(0), stop, Const(1)
        case (start, stop):
            return start, stop, Const(1)
        case (start, stop, Call(operator.neg, (Const(value),))):
            return start, stop, Const(-value)
        case (start, stop, step):
            return start, stop, step
    raise TypeError(f"a range of {len(indices.args)} bounds")


def length_of(indices: Call) -> Expr:
    """The number of trips."""
    start, stop, step = range_parts(indices)
    return stop if start == Const(0) and step == Const(1) else Call(len, (indices,))


def bound_names(block: Block) -> set[str]:
    """All names that a block binds; a store into a Python container counts, since the container is its own copy."""
    return bound_in(block) | {s.base for s in walk_statements(block) if isinstance(s, Store)}


def read_names(block: Block) -> set[str]:
    """All names that a block reads."""
    return {n for s in walk_statements(block) for n in reads_of(s)}


def _in_order(statement: Statement, wanted: set[str]) -> list[str]:
    """Names in the order in which the statement binds them."""
    found: list[str] = []
    for inner in blocks(statement):
        for s in walk_statements(inner):
            found += [n for n in (*([s.base] if isinstance(s, Store) else []), *bound(s)) if n in wanted]
    return list(dict.fromkeys(found))
