"""Reverse mode by statement: the forward sweep with its records, and the reverse sweep that undoes it step by step.

Comes in: a flat function (normalise.split), its activity, shadows and marks. Goes out: two blocks. The reverse block
of a statement restores what the statement overwrote and then gives its contributions; only `Accumulate` and `Kill`
touch adjoints here, and how they print is decided later (the accumulation law). Laws: design, section 6.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.indexing import analyse_index
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.shadows import Shadows
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, ListKind, Number, Numeric, TupleKind, shape_of
from s2sgrad.core.names import bar, is_shadow, is_temporary, shadow
from s2sgrad.core.nodes import (
    Accumulate, Assign, Block, Build, Call, Const, Effect, Expr, For, If, Kill, Method, Origin, Recall,
    Record, Statement, Store, Var, While,
)
from s2sgrad.core.rewrite import bound_in, free_names, map_exprs, rename_block, substitute, walk_statements
from s2sgrad.differentiate.apply import apply_rule, entry_of, name_of
from s2sgrad.differentiate.broadcast import sum_back
from s2sgrad.differentiate.marks import Marks, Path
from s2sgrad.differentiate.remake import plan_remakes
from s2sgrad.errors import NotDifferentiableError, UnknownFunctionError, UnsupportedError
from s2sgrad.normalise.split import cheap
from s2sgrad.rules.registry import rule_of
from s2sgrad.runtime import add_into, last_writers

Sweeps = tuple[list[Statement], list[Statement]]


@dataclass
class Reverser:
    """What the reversal of one function needs to know."""

    activity: Activity
    shadows: Shadows
    marks: Marks
    fresh: Callable[[], str]
    slot: Callable[[str], str]
    flag: Callable[[str], str]
    pairs: Any = None
    joined: dict[str, str] = field(default_factory=dict)
    sunk: set[str] = field(default_factory=set)
    bodies: dict[int, Block] = field(default_factory=dict)
    loop_names: frozenset[str] = frozenset()
    loops: frozenset[int] = frozenset()

    @property
    def kinds(self) -> Kinds:
        return self.activity.kinds

    def active(self, expr: Expr) -> bool:
        """Does the value carry a derivative?"""
        return self.activity.is_active(expr)

    def bar_of(self, name: str) -> str:
        """The adjoint of a name: its shadow where it has one."""
        return shadow(name) if name in self.shadows.shadowed else self.joined.get(name, bar(name))

    def temporary(self, value: Expr, out: list[Statement], at: Statement) -> Var:
        """A new name in the reverse sweep."""
        name = self.fresh()
        self.kinds.names[name] = self.kinds.of(value)
        self.activity.aliases.bind(name, value)
        out.append(Assign((name,), value, origin=at.origin, reverses=at.label))
        return Var(name)

    def sweeps(self, body: Block) -> tuple[Block, Block]:
        """(forward, reverse) of a function body."""
        self.bodies = {s.label: s.body for s in walk_statements(body) if isinstance(s, (For, While))}
        self.loops = frozenset(self.bodies)
        self.sink(body)
        return self.block(body)

    # -- blocks
    def block(self, block: Block, path: Path = ()) -> tuple[Block, Block]:
        """(forward, reverse) of a block."""
        forward: list[Statement] = []
        groups: list[list[Statement]] = []
        for name in self.marks.unbound.get(path, ()):
            forward.append(Assign((name,), Const(None)))
            if self.kept_shadow(name):
                forward.append(Assign((shadow(name),), Const(None)))
        for statement, following in zip(block, (*block, None)[1:], strict=True):
            self.join(statement, following)
            ahead, back = self.statement(statement, path)
            forward += ahead
            groups.append(back)
        definitions = {s.targets[0]: s.value for s in block if isinstance(s, Assign) and len(s.targets) == 1}
        born: list[Statement] = [Assign((shadow(n),), self.shadow_of(v, n), reverses=-1)
                                 for n, v in definitions.items() if n in self.sunk]
        local = self.marks.local.get(path, [])
        plan = plan_remakes(block, groups, set().union(*(free_names(s.value) for s in born if isinstance(s, Assign))),
                            local, self.marks.single, self.kinds, self.activity.aliases)
        reverse: list[Statement] = []
        for name in local:
            kept = [name] if name in plan.recorded else []
            for one in (*kept, shadow(name)) if self.kept_shadow(name) else kept:
                slot = self.slot(one)
                forward.append(Record(slot, Var(one)))
                reverse.append(Recall(one, slot, reverses=-1))
        reverse += [*plan.made.get(len(block), ()), *born]
        for k in reversed(range(len(block))):
            reverse += [*plan.made.get(k, ()), *groups[k]]
        again: dict[str, Expr] = {}
        for made in (s for statements in plan.made.values() for s in statements):
            if is_temporary(made.targets[0]):
                # a temporary that is made again gets a name of its own, so that each has one binding
                new = self.fresh()
                self.kinds.names[new] = self.kinds.named(made.targets[0])
                self.activity.aliases.bind(new, made.value)
                again[made.targets[0]] = Var(new)
        return tuple(forward), rename_block(tuple(reverse), again) if again else tuple(reverse)

    def kept_shadow(self, name: str) -> bool:
        """Does the name have a shadow that is born in the forward sweep?"""
        return name in self.shadows.shadowed and name not in self.sunk

    def available(self, names: set[str], path: Path) -> bool:
        """Do the names have, where the reversed block begins, the values that they had in its forward execution?"""
        changing = bound_in(self.innermost(path))
        inside = any(label in self.loops for label, _ in path)
        return all(n in self.loop_names or (n not in changing if inside else n in self.marks.single)
                   for n in names)

    def innermost(self, path: Path) -> Block:
        """The body of the innermost loop around a block."""
        for label, _ in reversed(path):
            if label in self.loops:
                return self.bodies[label]
        return ()

    def sink(self, body: Block) -> None:
        """Which shadows can be born in the reverse sweep: a whole class, or none of it."""
        aliases = self.activity.aliases
        failed: set[str] = set()
        found: set[str] = set()

        def visit(block: Block, path: Path, heads: frozenset[str]) -> None:
            self.loop_names = heads
            for statement in block:
                match statement:
                    case Assign(targets, value):
                        for name in targets:
                            if name not in self.shadows.shadowed:
                                continue
                            single = len(targets) == 1 and name in self.marks.single and self.marks.home[name] == path
                            others = free_names(value) - self.shadows.shadowed if aliases.memory(value) else set()
                            known = {n for n in others if n in self.marks.single and self.marks.home.get(n) == path}
                            if single and self.available(others - known, path):
                                found.add(name)
                            else:
                                failed.add(aliases.find(name))
                    case For(target, elements=elements, body=inner):
                        visit(inner, (*path, (statement.label, 0)), heads | {target, *(n for n, _ in elements)})
                        self.loop_names = heads
                    case If(_, then, orelse):
                        visit(then, (*path, (statement.label, 0)), heads)
                        visit(orelse, (*path, (statement.label, 1)), heads)
                        self.loop_names = heads
                    case While(body=inner):
                        visit(inner, (*path, (statement.label, 0)), heads)
                        self.loop_names = heads

        visit(body, (), frozenset())
        self.loop_names = frozenset()
        for statement in walk_statements(body):
            if isinstance(statement, Effect) and isinstance(statement.call, Call) and statement.call.args:
                failed |= {aliases.find(n) for n in free_names(statement.call.args[0])}
        spread = True
        while spread:
            linked = {aliases.find(h) for holder, h in aliases.holds.items() if aliases.find(holder) in failed}
            linked |= {aliases.find(holder) for holder, h in aliases.holds.items() if aliases.find(h) in failed}
            spread = not linked <= failed
            failed |= linked
        self.sunk = {n for n in found if aliases.find(n) not in failed}

    def join(self, statement: Statement, following: Statement | None) -> None:
        """`$t = f(x); x = $t`: both have one adjoint, which the reverse of f turns from that of the new x to the old."""
        match statement, following:
            case Assign((t,), Call() as call), Assign((x,), Var(u)) if (
                    t == u and x in free_names(call) and not self._is_pair(call) and self.activity.active(x) and self.activity.active(t)
                    and x not in self.shadows.shadowed and t not in self.shadows.shadowed
                    and x not in self.shadows.in_place):
                self.joined[t] = bar(x)

    def statement(self, statement: Statement, path: Path) -> Sweeps:
        """(forward, reverse) of one statement."""
        match statement:
            case If():
                return self.branch(statement, path)
            case For() | While():
                return self.loop(statement, path)
            case Store():
                return self.store(statement)
            case Assign():
                return self.assign(statement, path)
            case Effect(Call(Method(name), (Var(base), *args))):
                return self.method(statement, name, base, args)
            case Effect(Call(function, args)) if function is not print:
                if any(self.active(a) for a in args) and (isinstance(function, (Var, Method)) or rule_of(function) is None):
                    raise self.unknown(statement.call, statement.origin, False)
        return [statement], []

    # -- bindings
    def assign(self, statement: Assign, path: Path) -> Sweeps:
        """`y = f(a, b)`: restore y, contribute to a and b."""
        ahead: list[Statement] = []
        restore: list[Statement] = []
        for name in statement.targets:
            if (statement.label, name) in self.marks.carried:
                for kept in (name, shadow(name)) if self.kept_shadow(name) else (name,):
                    slot = self.slot(kept)
                    ahead.append(Record(slot, Var(kept), origin=statement.origin))
                    restore.append(Recall(kept, slot, origin=statement.origin, reverses=statement.label))
        back: list[Statement] = []
        targets, value = statement.targets, statement.value
        shadowing = self.shadowing(statement)
        if any(self.activity.active(t) for t in targets) and self.active(value):
            match value:
                case Build("tuple", items) if len(targets) == len(items) > 1:
                    self.parallel(statement, list(zip(targets, items, strict=True)), back)
                case _ if len(targets) > 1 and not self._is_pair(value):
                    self.unpack(statement, value, back)
                case _ if self._is_pair(value):
                    ahead += self.pairs.call(self, statement, value, back, path)
                    return ahead, [*back, *restore[::-1]]
                case _:
                    self.single(statement, targets[0], value, back)
        elif isinstance(value, Call) and not isinstance(value.function, (Var, Method)) and rule_of(value.function) is None and value.function is not operator.getitem and (
                value.function is not getattr) and any(self.active(a) for a in value.args) and not self._is_pair(value):
            raise self.unknown(value, statement.origin, False)
        elif self._kills(targets):
            for t in targets:
                if self.activity.active(t) and t not in self.shadows.shadowed and t not in self.joined:
                    back.append(Kill(bar(t), t, origin=statement.origin, reverses=statement.label))
        return [*ahead, statement, *shadowing], [*back, *restore[::-1]]

    def _is_pair(self, value: Expr) -> bool:
        return self.pairs is not None and isinstance(value, Call) and self.pairs.knows(value.function)

    def _kills(self, targets: Sequence[str]) -> bool:
        return any(self.activity.active(t) for t in targets)

    def shadowing(self, statement: Assign) -> list[Statement]:
        """The forward statement that does to the shadows what the binding does to the references."""
        targets = [t for t in statement.targets if self.kept_shadow(t)]
        if not targets:
            return []
        at = statement.origin
        match statement.value:
            case Build("tuple", items) if len(statement.targets) == len(items) > 1:
                pairs = [(shadow(t), self.shadow_of(v, t)) for t, v in zip(statement.targets, items, strict=True)
                         if self.kept_shadow(t)]
                if len(pairs) == 1:
                    return [Assign((pairs[0][0],), pairs[0][1], origin=at)]
                return [Assign(tuple(n for n, _ in pairs), Build("tuple", tuple(v for _, v in pairs)), origin=at)]
            case value if len(statement.targets) > 1:
                whole = self.shadow_of(value, targets[0])
                return [Assign((shadow(t),), Call(operator.getitem, (whole, Const(k))), origin=at)
                        for k, t in enumerate(statement.targets) if self.kept_shadow(t)]
            case value:
                return [Assign((shadow(targets[0]),), self.shadow_of(value, targets[0]), origin=at)]

    def shadow_of(self, value: Expr, name: str) -> Expr:
        """The shadow of a reference; new zeros for a fresh array."""
        aliases = self.activity.aliases
        if not aliases.memory(value) and not aliases.held(value) and not isinstance(value, Build):
            return Call(np.zeros_like, (Var(name),)) if isinstance(self.kinds.names.get(name), Array) else Const(None)
        match value:
            case Var(other):
                return Var(shadow(other)) if other in self.shadows.shadowed else Const(None)
            case Call(function, (Build() as base, *rest)) if function is operator.mul:
                return Call(function, (self.shadow_of(base, name), *rest))
            case Call(function, (base, index)) if function is operator.getitem:
                return Call(function, (self.shadow_of(base, name), index))
            case Build(form, items) if form in ("list", "tuple"):
                return Build(form, tuple(self.shadow_of(i, "") for i in items))
            case Build("dict", items):
                return Build("dict", tuple(self.shadow_of(i, "") if k % 2 else i for k, i in enumerate(items)))
            case Call(function, (base, *rest), kwargs):
                return Call(function, (self.shadow_of(base, name), *rest), kwargs)
        raise UnsupportedError("This reference to an array that is written cannot be followed.", "Make a copy.")

    def single(self, statement: Assign, name: str, value: Expr, back: list[Statement]) -> None:
        """One target."""
        shared = name in self.shadows.shadowed
        if shared and (self.activity.aliases.memory(value) or not isinstance(self.kinds.names.get(name), Array)):
            return                                   # a reference: its shadow is a reference too
        if isinstance(value, Var) and self.joined.get(value.name) == bar(name):
            return
        if self.active(value):
            self.contribute(statement, name, value, back)
        if name in self.joined:
            self.turn(statement, self.joined[name], back)
        elif not shared:
            back.append(Kill(bar(name), name, origin=statement.origin, reverses=statement.label))

    def turn(self, statement: Assign, adjoint: str, back: list[Statement]) -> None:
        """Of the contributions of `x = f(x)`, those to the old x replace its adjoint, last of all."""
        own = [s for s in back if isinstance(s, Accumulate) and s.bar == adjoint]
        back[:] = [s for s in back if not (isinstance(s, Accumulate) and s.bar == adjoint)]
        if any(s.index is not None for s in own):
            held = self.temporary(Var(adjoint), back, statement)
            back[:] = [map_exprs(s, lambda e: substitute(e, {adjoint: held})) for s in back[:-1]]
            back.insert(0, Assign((held.name,), Var(adjoint), origin=statement.origin, reverses=statement.label))
            back.append(Kill(adjoint, own[0].like, origin=statement.origin, reverses=statement.label))
            back += [map_exprs(s, lambda e: substitute(e, {adjoint: held})) for s in own]
            return
        total = own[0].value
        for s in own[1:]:
            total = Call(operator.add, (total, s.value))
        if total != Var(adjoint):
            back.append(Assign((adjoint,), total, origin=statement.origin, reverses=statement.label))

    def parallel(self, statement: Assign, pairs: list[tuple[str, Expr]], back: list[Statement]) -> None:
        """`a, b = b, a`: read all adjoints before any is zeroed."""
        held: list[tuple[Expr, Expr]] = []
        moving = [(n, v) for n, v in pairs if self.activity.active(n) and not (
            n in self.shadows.shadowed and self.activity.aliases.memory(v))]
        for name, value in moving:
            if self.active(value):
                held.append((value, self.temporary(Var(self.bar_of(name)), back, statement)))
        for name, _ in moving:
            if name not in self.shadows.shadowed:
                back.append(Kill(bar(name), name, origin=statement.origin, reverses=statement.label))
        for value, adjoint in held:
            self.accumulate(value, adjoint, back, statement)

    def unpack(self, statement: Assign, value: Expr, back: list[Statement]) -> None:
        """`a, b, c = xs`."""
        for k, name in enumerate(statement.targets):
            if self.activity.active(name) and name not in self.shadows.shadowed:
                self.accumulate(value, Var(self.bar_of(name)), back, statement, Const(k))
        for name in statement.targets:
            if self.activity.active(name) and name not in self.shadows.shadowed:
                back.append(Kill(bar(name), name, origin=statement.origin, reverses=statement.label))

    # -- contributions
    def contribute(self, statement: Statement, name: str, value: Expr, back: list[Statement]) -> None:
        """The contributions of `name = value` to the operands of value."""
        adjoint = Var(self.bar_of(name))
        at = statement.origin
        match value:
            case Var():
                self.accumulate(value, adjoint, back, statement)
            case Call(function, (base, index)) if function is operator.getitem:
                self.accumulate(base, adjoint, back, statement, index)
            case Build("list" | "tuple", items):
                for k, item in enumerate(items):
                    if self.active(item):
                        self.accumulate(item, Call(operator.getitem, (adjoint, Const(k))), back, statement)
            case Build("dict", items):
                for key, item in zip(items[::2], items[1::2], strict=True):
                    if self.active(item):
                        self.accumulate(item, Call(operator.getitem, (adjoint, key)), back, statement)
            case Call(function, args) if function in (operator.add, operator.mul) and any(
                    isinstance(self.kinds.of(a), (ListKind, TupleKind)) for a in args):
                raise UnsupportedError("Adding or repeating lists of values that are differentiated is not supported.",
                                       "Append the entries in a loop.", at)
            case Call(function):
                rule = rule_of(function) if not isinstance(function, (Var, Method)) else None
                if rule is None or rule.implementation is None:
                    raise self.unknown(value, at, rule is not None)
                applied = apply_rule(rule, value, name, adjoint, self.active, self.kinds, self.fresh, at)
                for s in applied.before:
                    if isinstance(s, Assign) and len(s.targets) == 1:
                        self.kinds.names[s.targets[0]] = self.kinds.of(s.value)
                        self.activity.aliases.bind(s.targets[0], s.value)
                back += [replace(s, reverses=statement.label) for s in applied.before]
                for c in applied.contributions:
                    entry = entry_of(c.position)
                    argument = entry if entry is not None else (
                        value.args[c.position] if isinstance(c.position, int) else dict(value.kwargs)[c.position])
                    self.accumulate(argument, c.value, back, statement)
            case _:
                raise UnsupportedError("This expression cannot be differentiated.", "Write it in smaller steps.", at)

    def unknown(self, call: Call, at: Origin, known: bool) -> Exception:
        """The refusal of a call without a derivative rule."""
        name = name_of(call.function) if not isinstance(call.function, (Var, Method)) else call.function.name
        if known:
            return NotDifferentiableError(f"`{name}` has no derivative rule.",
                                          "Write one with s2sgrad.adjoint, or use s2sgrad.stop_gradient on its "
                                          "arguments if its derivative is zero.", at)
        return UnknownFunctionError(f"Nothing is known of `{name}`, and it is called with a value that is "
                                    "differentiated.",
                                    "Give it a derivative with s2sgrad.adjoint or s2sgrad.elementwise, declare it "
                                    "with s2sgrad.zero_derivative, or write it in Python.", at)

    def accumulate(self, target: Expr, value: Expr, back: list[Statement], statement: Statement,
                   index: Expr | None = None) -> None:
        """A contribution to the adjoint of an atom (or of an entry of it)."""
        if isinstance(target, Build):
            if index is not None:
                raise UnsupportedError("A display that is indexed at once is not supported.", "Name it.",
                                       statement.origin)
            for k, item in enumerate(target.items):
                if self.active(item):
                    self.accumulate(item, Call(operator.getitem, (value, Const(k))), back, statement)
            return
        if not isinstance(target, Var):
            return
        if not self.activity.active(target.name):
            return
        kind = self.kinds.of(target)
        if isinstance(kind, (ListKind, TupleKind)) and isinstance(index, Build):
            raise UnsupportedError("A slice of a list of values that are differentiated is not supported.",
                                   "Loop over the entries, or use an array.", statement.origin)
        if isinstance(kind, (ListKind, TupleKind)) and index is None and (
                not isinstance(value, (Var, Build)) or isinstance(self.kinds.of(value), (Array, Numeric))):
            value = Call(list, (value,))            # the adjoint of a list is a list
        repeats = False
        if index is not None:
            kind = self.kinds.names.get(target.name, UNKNOWN)
            if isinstance(kind, Array):
                repeats = analyse_index(kind, index, self.kinds.of).repeats
            elif not isinstance(kind, (ListKind, TupleKind, DictKind)):
                repeats = not isinstance(index, Const)
        where = {"origin": statement.origin, "reverses": statement.label}
        if target.name not in self.shadows.shadowed:
            back.append(Accumulate(self.bar_of(target.name), index, value, target.name, repeats=repeats,
                                   **where))  # type: ignore[arg-type]
            return
        # a shadow is an object that others see: contributions go into it in place
        entry = Var(shadow(target.name)) if index is None else Call(operator.getitem, (Var(shadow(target.name)), index))
        if isinstance(self.kinds.of(target), Array):
            back.append(Store(shadow(target.name), index, value, operator.iadd, at=repeats,
                              **where))  # type: ignore[arg-type]
        elif isinstance(self.kinds.of(entry), Array):
            held = self.temporary(entry, back, statement)
            self.activity.aliases.union(held.name, shadow(target.name))
            back.append(Store(held.name, None, value, operator.iadd, **where))  # type: ignore[arg-type]
        else:
            back.append(Effect(Call(add_into, (entry, value)), **where))  # type: ignore[arg-type]

    # -- stores
    def store(self, statement: Store) -> Sweeps:
        """The store law: copy the adjoint of the cells, zero it, restore the cells, contribute."""
        base, index, value = statement.base, statement.index, statement.value
        slot = self.slot(base)
        kind = self.kinds.names.get(base, UNKNOWN)
        cells: Expr = Var(base) if index is None else Call(operator.getitem, (Var(base), index))
        saved = cells if index is not None and isinstance(self.kinds.of(cells), Number) or not isinstance(
            kind, (Array, Numeric)) else Call(np.copy, (cells,))
        where = {"origin": statement.origin, "reverses": statement.label}
        forward: list[Statement] = [Record(slot, saved, origin=statement.origin), statement]
        restore = Recall(base, slot, index, whole=index is None, **where)  # type: ignore[arg-type]
        if self.activity.is_varied(value):
            self._refuse_rounding_store(statement)
        if not self.activity.active(base):
            return forward, [restore]
        if not isinstance(kind, (Array, ListKind, DictKind)):
            raise UnsupportedError(f"Writing into `{base.split('#')[0]}`, which may be a number or an array, is not "
                                   "supported.", "Annotate it or its source as np.ndarray, or use source_for(...).",
                                   statement.origin)
        back: list[Statement] = []
        adjoint: Expr = Var(self.bar_of(base))
        if index is not None:
            adjoint = Call(operator.getitem, (adjoint, index))
        adds = statement.at or statement.op is not None
        sign = -1 if statement.op is operator.isub else 1
        if self.active(value):
            t = adjoint if saved is cells or isinstance(kind, (ListKind, DictKind)) else Call(np.copy, (adjoint,))
            if statement.at and isinstance(t, Call) and t.function is np.copy and index is not None:
                t = adjoint
            held: Expr = self.temporary(t, back, statement)
            if not adds and isinstance(kind, Array) and index is not None and analyse_index(
                    kind, index, self.kinds.of).repeats:
                held = Call(operator.mul, (held, Call(last_writers, (Var(base), index))))
        if not adds:
            self._zero(base, index, kind, value, back, statement)
        back.append(restore)
        if self.active(value):
            cell_kind = self.kinds.of(cells)
            if isinstance(kind, Array):
                shape = shape_of(cell_kind)
                held = sum_back(held, shape, shape_of(self.kinds.of(value)), value,
                                isinstance(self.kinds.of(value), Array))
            if sign < 0:
                held = Call(operator.neg, (held,))
            self.accumulate(value, held, back, statement)
        return forward, back

    def _zero(self, base: str, index: Expr | None, kind: object, value: Expr, back: list[Statement],
              statement: Store) -> None:
        """The adjoint of overwritten cells is zero."""
        zero: Expr = Const(0.0)
        if not isinstance(kind, Array):
            item = self.kinds.of(Call(operator.getitem, (Var(base), index or Const(0))))
            if not isinstance(item, Number):
                zero = Call(np.zeros_like, (value,))
        back.append(Store(self.bar_of(base), index, zero, origin=statement.origin, reverses=statement.label))

    def _refuse_rounding_store(self, statement: Store) -> None:
        kind = self.kinds.names.get(statement.base, UNKNOWN)
        dtype = kind.dtype if isinstance(kind, Array) else None
        if dtype is not None and dtype.startswith(("int", "uint", "bool")):
            raise NotDifferentiableError(
                f"A value that is differentiated is stored in `{statement.base.split('#')[0]}`, an array of {dtype}, "
                "which would round it.", "Make the array a float array, or wrap the value in s2sgrad.stop_gradient.",
                statement.origin)

    def method(self, statement: Effect, name: str, base: str, args: list[Expr]) -> Sweeps:
        """`xs.append(v)`; any other method that may write is refused where a derivative is concerned."""
        kind = self.kinds.names.get(base, UNKNOWN)
        concerned = self.activity.active(base) or any(self.active(a) for a in args)
        if isinstance(kind, ListKind) and name == "append":
            where = {"origin": statement.origin, "reverses": statement.label}
            back: list[Statement] = []
            last = Build("slice", (Const(-1), Const(None), Const(None)))
            if concerned and self.activity.active(base) and base not in self.shadows.shadowed:
                held = self.temporary(Call(list.pop, (Var(bar(base)),)), back, statement)
                back.append(Store(base, last, Build("list", ()), **where))  # type: ignore[arg-type]
                if self.active(args[0]):
                    self.accumulate(args[0], held, back, statement)
                return [statement], back
            if self.activity.active(base) and base in self.shadows.shadowed:
                forward: list[Statement] = [statement, Effect(Call(Method("append"), (
                    Var(shadow(base)), self.shadow_of(args[0], ""))), origin=statement.origin)]
                return forward, [Store(base, last, Build("list", ()), **where)]  # type: ignore[arg-type]
            return [statement], [Store(base, last, Build("list", ()), **where)]  # type: ignore[arg-type]
        if concerned:
            raise UnsupportedError(f"The method `{name}` on a value that is differentiated is not supported.",
                                   "Write it with indices, or build a new value.", statement.origin)
        if isinstance(kind, (Array, ListKind, DictKind)) and self._read_later(base):
            raise UnsupportedError(f"The method `{name}`, which writes its receiver, is not supported.",
                                   "Write it with indices, or build a new value.", statement.origin)
        return [statement], []

    def _read_later(self, base: str) -> bool:
        return self.activity.aliases.find(base) in self.activity.aliases.parent

    # -- control flow
    def branch(self, statement: If, path: Path) -> Sweeps:
        """`if`: the reverse of the branch that was taken."""
        then, then_back = self.block(statement.then, (*path, (statement.label, 0)))
        orelse, orelse_back = self.block(statement.orelse, (*path, (statement.label, 1)))
        changed = bound_in(statement.then) | bound_in(statement.orelse)
        test = statement.test
        ahead: list[Statement] = []
        if not (isinstance(test, Var) and test.name not in changed) and not self._free(test, changed, path):
            flag = self.flag("^taken")
            self.kinds.names[flag] = Number("bool")
            ahead.append(Assign((flag,), test, origin=statement.origin))
            test = Var(flag)
            self.local_flag(flag, path)
        forward = replace(statement, test=test, then=then, orelse=orelse)
        back = If(test, then_back, orelse_back, origin=statement.origin, reverses=statement.label)
        ahead.append(forward)
        return ahead, [back]

    def _free(self, test: Expr, changed: set[str], path: Path) -> bool:
        """Can the test be read again, at no cost, after the branches ran?"""
        names = free_names(test)
        aliases = self.activity.aliases
        return cheap(test) and not names & changed and all(
            n in self.marks.single and (not self._in_loop(n, path) or n in self.loop_names) for n in names) and not any(
            aliases.is_written(n) for n in names)

    def _in_loop(self, name: str, path: Path) -> bool:
        return any(label in self.loops for label, _ in self.marks.home.get(name, path))

    def local_flag(self, flag: str, path: Path) -> None:
        """A flag made here is local to this block, as far as records are concerned."""
        self.marks.home[flag] = path
        if any(label in self.loops for label, _ in path):
            self.marks.local.setdefault(path, []).append(flag)

    def loop(self, statement: For | While, path: Path) -> Sweeps:
        """A loop, reversed; trips are counted where their number cannot be told from the range."""
        at = statement.origin
        ahead: list[Statement] = []
        inner: Path = (*path, (statement.label, 0))
        outer_names = self.loop_names
        if isinstance(statement, For):
            self.loop_names |= {statement.target, *(n for n, _ in statement.elements)}
            statement = self._fixed(statement, ahead, path)
        body, back = self.block(statement.body, inner)
        trips: str | None = None
        if statement.leave or isinstance(statement, While):
            trips = self.flag("^trips")
            self.kinds.names[trips] = Number("int", True)
            ahead.append(Assign((trips,), Const(0), origin=at))
            body = (Assign((trips,), Call(operator.add, (Var(trips), Const(1))), augmented=True, origin=at), *body)
            self.local_flag(trips, path)
        if isinstance(statement, While):
            counter = self.fresh()
            reverse: Statement = For(counter, Call(range, (Var(trips or ""),)), back, origin=at,
                                     reverses=statement.label)
        else:
            back_elements: list[Statement] = []
            for name, container in statement.elements:
                if self.activity.active(name) and name not in self.shadows.shadowed:
                    self.accumulate(container, Var(bar(name)), back_elements, statement, Var(statement.target))
                    back_elements.append(Kill(bar(name), name, origin=at, reverses=statement.label))
            shadows = [(shadow(n), Var(shadow(c.name))) for n, c in statement.elements
                       if n in self.shadows.shadowed and isinstance(c, Var)]
            elements = (*statement.elements, *shadows)
            reverse = For(statement.target, reversed_range(statement.over, trips), (*back, *back_elements),
                          elements=elements, origin=at, reverses=statement.label)
            statement = replace(statement, elements=elements) if shadows else statement
        self.loop_names = outer_names
        ahead.append(replace(statement, body=body))
        return ahead, [reverse]

    def _fixed(self, statement: For, ahead: list[Statement], path: Path) -> For:
        """The range of a loop as it was at entry, whatever the body does to the names in it."""
        changing = bound_in(statement.body) | {s.base for s in walk_statements(statement.body) if isinstance(s, Store)}
        over = statement.over
        match over:
            case Call(function, args) if free_names(over) & changing:
                fixed: list[Expr] = []
                inner = args[0] if function is reversed else over
                assert isinstance(inner, Call)
                for a in inner.args:
                    if isinstance(a, Const):
                        fixed.append(a)
                        continue
                    name = self.fresh()
                    self.kinds.names[name] = self.kinds.of(a)
                    ahead.append(Assign((name,), a, origin=statement.origin))
                    self.local_flag(name, path)
                    fixed.append(Var(name))
                made = Call(range, tuple(fixed))
                return replace(statement, over=Call(reversed, (made,)) if function is reversed else made)
        return statement


def reversed_range(over: Expr, trips: str | None) -> Expr:
    """The same numbers backwards; only the first `trips` of them if the loop may be left early."""
    if isinstance(over, Call) and over.function is reversed:
        inner = over.args[0]
        if trips is None:
            return inner
        over = Call(operator.getitem, (inner, Build("slice", (Const(None), Const(None), Const(-1)))))
    if trips is not None:
        over = Call(operator.getitem, (over, Build("slice", (Const(None), Var(trips), Const(None)))))
    return Call(reversed, (over,))
