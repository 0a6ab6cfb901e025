"""Helpers as pairs: a forward half that also gives what the backward half reads, and the backward half.

    y, residuals = helper_fwd(a, b)          ...          a_bar, b_bar = helper_bwd(residuals, b, y_bar)

Each helper gets one pair per signature (kinds and activity of its arguments). A pair reads again only arguments that
the helper neither binds anew nor writes; reading them counts as a read at the call. A helper that is one expression,
that writes its arguments or returns what may share their memory, that takes or makes functions, or whose arguments'
memory is written by the caller, is written out at the call instead (normalise.inline).
"""

from __future__ import annotations

import copy
import operator
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.escapes import WRITES
from s2sgrad.analyse.exposed import exposed_names, in_order, surely_bound
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import UNKNOWN, Array, DictKind, Kind, ListKind, TupleKind, of_adjoint
from s2sgrad.core.names import RESIDUALS, SEED, bar, stem
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Comment,
    Const,
    Effect,
    Expr,
    Function,
    Kill,
    Materialise,
    Method,
    Parameter,
    Recall,
    Record,
    Return,
    Statement,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import bound_in, exprs, walk_statements
from s2sgrad.differentiate.boxes import place_zeros_apart
from s2sgrad.differentiate.contribute import accumulate
from s2sgrad.differentiate.marks import Path, plan_marks
from s2sgrad.differentiate.reversal import Reversal
from s2sgrad.differentiate.reverse import sweeps
from s2sgrad.differentiate.shadowing import behind_births, shadows_of_parameters
from s2sgrad.differentiate.unrestored import refuse_unrestored_reads
from s2sgrad.errors import AliasError, S2SGradError
from s2sgrad.helpers import Followed, HelperFunctions
from s2sgrad.lower.displays import with_displays
from s2sgrad.lower.finish import finished
from s2sgrad.lower.numpy import lower
from s2sgrad.normalise.inline import bind_arguments
from s2sgrad.read.expressions import is_user_function
from s2sgrad.rules.registry import rule_of
from s2sgrad.simplify.pipeline import simplify, with_temporaries
from s2sgrad.simplify.residuals import read_again
from s2sgrad.stages import facts_of, prepare, shaped_names

if TYPE_CHECKING:
    from s2sgrad.lower.jax import Lowering

KEEP = "^keep"              # holds the result of a forward half in place while both halves are one function


@dataclass(frozen=True)
class Pair:
    """Two functions of the program. reread: parameters that the backward half takes again; active: parameters with
    an adjoint; residuals: does the forward half give any?"""

    forward: str
    backward: str
    reread: tuple[str, ...]
    active: tuple[str, ...]
    residuals: bool


@dataclass
class Pairs(HelperFunctions):
    """The pairs of one program."""

    exact: bool = False
    jax: bool = False
    values: bool = False                # on JAX, where writes had to become values first
    functions: list[Function] = field(default_factory=list)
    pure: set[str] = field(default_factory=set)
    made: dict[Any, Pair] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    meanings: dict[str, Expr] = field(default_factory=dict)         # what temporaries are, for their names
    static_of: dict[str, tuple[str, ...]] = field(default_factory=dict)      # on JAX: see `Lowering.helpers`

    def follow_written(self, flat: Function, activity: Activity) -> None:
        """Raise Followed where the memory of an argument, or of a result, of a pair is written by the caller, and where
        what is called has no name that could be imported, and is not differentiated."""
        aliases, found = activity.aliases, set()
        for statement in walk_statements(flat.body):
            for expr in exprs(statement):
                for e in walk(expr):
                    if isinstance(e, Call) and self.knows(e.function):
                        if self.units.recursive(e.function) and WRITES in self.escapes(e.function):
                            raise AliasError(f"`{e.function.__name__}` calls itself and may write its arguments.",
                                             "Write the recursion as a loop, or return new arrays.", statement.origin)
                        arguments = (*e.args, *(v for _, v in e.kwargs))
                        results = statement.targets if isinstance(statement, Assign) else ()
                        if self.outlined.has_made(e.function) and not any(map(activity.active, results)):
                            found.add(e.function)
                        if isinstance(statement, Effect) or any(
                                n in aliases.written for t in results for n in aliases.shared(Var(t))) or any(
                                n in aliases.written for a in arguments for n in aliases.shared(a)):
                            found.add(e.function)
                            if self.units.recursive(e.function):
                                raise AliasError(f"`{e.function.__name__}` calls itself, and the memory of what it is "
                                                 "given, or of what it returns, is written.",
                                                 "Pass it copies, or copy what it returns.", statement.origin)
        if found:
            self.followed |= found
            raise Followed

    # -- calls
    def call(self, reversal: Reversal, statement: Assign, value: Call, back: list[Statement],
             path: Path) -> list[Statement]:
        """The forward statements of a call; its reverse statements go to the end of back."""
        at = statement.origin
        core = self.core(value.function)
        arguments = bind_arguments(core, value, at)
        kinds = self.general(value.function, {p.name: reversal.kinds.of(arguments[p.name]) for p in core.params})
        active = tuple(p.name for p in core.params if reversal.active(arguments[p.name]))
        targets = statement.targets
        wanted = tuple(reversal.activity.active(t) for t in targets)
        pair = self.pair(value.function, kinds, active, wanted)
        args = tuple(arguments[p.name] for p in core.params)
        residuals = reversal.flag(RESIDUALS)
        ahead: list[Statement] = []
        if not pair.residuals:
            ahead.append(Assign(targets, Call(Var(pair.forward), args), origin=at))
        else:
            reversal.kinds.names[residuals] = UNKNOWN
            reversal.local_flag(residuals, path)
            result = targets[0] if len(targets) == 1 else reversal.fresh()
            ahead.append(Assign((result, residuals), Call(Var(pair.forward), args), origin=at))
            if len(targets) > 1:
                ahead.append(Assign(targets, Var(result), origin=at))
        seeds: list[Expr] = []
        for name, one in zip(targets, wanted, strict=True):
            if one:
                if len(targets) > 1:
                    back.append(Materialise(bar(name), name, origin=at, reverses=statement.label))
                seeds.append(Var(reversal.bar_of(name)))
        given = (*((Var(residuals),) if pair.residuals else ()), *(arguments[p] for p in pair.reread), *seeds)
        adjoints = [reversal.fresh() for _ in pair.active]
        for name, parameter in zip(adjoints, pair.active, strict=True):
            argument = arguments[parameter]
            reversal.kinds.names[name] = reversal.kinds.named(bar(argument.name)) if isinstance(
                argument, Var) else UNKNOWN
            self.meanings[name] = Var(bar(parameter))
        back.append(Assign(tuple(adjoints), Call(Var(pair.backward), given), origin=at, reverses=statement.label))
        for name, one in zip(targets, wanted, strict=True):
            if one and name not in reversal.shadows.shadowed:
                back.append(Kill(bar(name), name, origin=at, reverses=statement.label))
        for name, parameter in zip(adjoints, pair.active, strict=True):
            accumulate(reversal, arguments[parameter], Var(name), back, statement)
        return ahead

    def pair(self, function: types.FunctionType, kinds: dict[str, Kind], active: tuple[str, ...],
             wanted: tuple[bool, ...]) -> Pair:
        """The pair of a helper for these kinds of arguments."""
        key = function, tuple(kinds.items()), active, wanted
        if key not in self.made and not self.jax:
            for wider in self.wider(function, kinds, active):
                pair = self.attempt(function, wider, active, wanted)
                if pair is not None:
                    self.made[key] = pair
                    break
        if key not in self.made:
            core = self.core(function)
            if self.units.recursive(function):
                first, second = self.unique(f"{core.name}_fwd"), self.unique(f"{core.name}_bwd")
                self.made[key] = Pair(first, second, (), active, True)
            self.made[key] = self.derive(function, kinds, active, wanted, self.made.get(key))
        return self.made[key]

    def attempt(self, function: types.FunctionType, kinds: dict[str, Kind], active: tuple[str, ...],
                wanted: tuple[bool, ...]) -> Pair | None:
        """The pair for kinds that hold for several calls, if there is one: all of these share it."""
        followed = self.followed.copy()
        before = self.functions.copy(), self.pure.copy(), self.made.copy(), self.names.copy()
        try:
            return self.pair(function, kinds, active, wanted)
        except (S2SGradError, Followed):
            self.followed &= followed           # in place: the pipeline looks at it
            self.functions, self.pure, self.made, self.names = before
            return None

    def derive(self, function: types.FunctionType, kinds: dict[str, Kind], active: tuple[str, ...],
               wanted: tuple[bool, ...], given: Pair | None) -> Pair:
        """Differentiate a helper and split the result into its halves. given: what a recursive call of it has used."""
        context = self.units.context
        core = self.core(function)
        data = tuple(context.data.values())
        prepared = prepare(core, {**kinds, **self.data_kinds()}, active, context, data, self, self.values)
        flat, activity, shadows = prepared.flat, prepared.activity, prepared.shadows
        self.follow_written(flat, activity)
        marks = plan_marks(flat, shaped_names(activity))
        reversal = Reversal(activity, shadows, marks, context.fresh, lambda n: context.fresh(f"{n}^"),
                            context.fresh, self)
        last = flat.body[-1]
        assert isinstance(last, Return)
        forward, reverse = sweeps(reversal, flat.body[:-1])
        forward = (*shadows_of_parameters(reversal, active), *forward)
        results = last.value.items if isinstance(last.value, Build) else (last.value,)
        keys: tuple[Expr, ...] = tuple(Const(k) for k in range(len(results)))
        if isinstance(last.value, Build) and last.value.form == "dict":
            keys, results = results[::2], results[1::2]
        whole = len(wanted) == 1 and isinstance(last.value, Build)
        held = last.value if len(results) == 1 < len(wanted) else None       # a name that holds the tuple
        if held is not None:
            results = (held,) * len(wanted)
        seeds: list[str] = []
        taken = {p.name for p in flat.params} | bound_in(flat.body)
        start, into_shadows = list[Statement](), list[Statement]()      # into adjoints, into shadows
        for k, (result, one) in enumerate(zip(results, wanted if not whole else (True,) * len(results), strict=True)):
            if not one:
                continue
            seeds = (seeds or [self.seed_name(last.value, 1, taken)]) if whole else [
                *seeds, self.seed_name(result, len(results), taken)]
            value: Expr = Call(operator.getitem, (Var(seeds[0]), keys[k])) if whole else Var(seeds[-1])
            if isinstance(result, Var) and activity.active(result.name):
                part = Const(k) if held is not None else None
                activity.kinds.names[seeds[-1]] = TupleKind(tuple(map(activity.kinds.of, results))) if whole else (
                    of_adjoint(activity.kinds.of(result if part is None else Call(operator.getitem, (result, part)))))
                if result.name in shadows.shadowed:
                    accumulate(reversal, result, value, into_shadows, last, part)
                else:
                    start.append(Accumulate(bar(result.name), part, value, result.name, origin=last.origin,
                                            reverses=last.label))
        bars = [(reversal.bar_of(p), p) for p in active]
        reverse = (*start, *behind_births(reversal, reverse, into_shadows))
        back = place_zeros_apart(reverse, activity.aliases, bars, context.fresh, {s: s for s in seeds})
        out = tuple(Var(b) for b, _ in bars)
        body: Block = (*forward, Effect(Call(Var(KEEP), (last.value,)), origin=last.origin),
                       Comment("reverse sweep"), *back,
                       Return(out[0] if len(out) == 1 else Build("tuple", out)))
        both = Function(flat.name, (*flat.params, *(Parameter(s) for s in seeds)), body)
        facts = facts_of(activity.kinds, activity.aliases, shadows, self.exact, self.pure | {KEEP}, self.names | {KEEP})
        both = simplify(both, facts)
        refuse_unrestored_reads(both, activity.aliases.volatile)
        own = bound_in(flat.body) | {p.name for p in flat.params}
        both, again = read_again(both, own, activity.aliases, with_temporaries(both, facts), context.fresh)
        facts = facts.with_repeated(again)
        if not self.jax:
            both = with_displays(lower(both, activity.kinds, [b for b, _ in bars]), activity.kinds, facts)
            both = finished(both, facts)
            return self.split(both, flat, seeds, active, given, lambda half: half,
                              lambda result, backward: self.apart(result, backward, flat, activity))
        names = {**kinds, **self.data_kinds()}
        lowering = self.lowering(activity.kinds, names, both, [b for b, _ in bars], helper=frozenset(kinds))
        both = lowering.plan(both, names)
        return self.split(both, flat, seeds, active, given, lambda half: lowering.lower(half, self.data_kinds()),
                          lambda result, _: result, activity.kinds)

    def apart(self, result: Expr, backward: Block, flat: Function, activity: Activity) -> Expr:
        """The result of a forward half, or a copy: the caller may still read it when the backward half has restored it.
        """
        own = bound_in(flat.body) | {p.name for p in flat.params}
        find = activity.aliases.find
        undone = {find(n) for n in stored_names(backward) & own} & {find(n) for n in activity.aliases.shared(result)}
        if not undone:
            return result
        if isinstance(result, Build) and result.form in ("tuple", "list"):
            return Build(result.form, tuple(self.apart(item, backward, flat, activity) for item in result.items))
        kind = activity.kinds.of(result)
        if isinstance(result, Var) and isinstance(kind, (ListKind, DictKind)) and undone == {find(result.name)}:
            return Call(list if isinstance(kind, ListKind) else dict, (result,))        # entries are not written
        return Call(np.copy if isinstance(kind, Array) else copy.deepcopy, (result,))

    def lowering(self, kinds: Kinds, names: dict[str, Kind], both: Function, given: Iterable[str],
                 declared: bool = False, helper: frozenset[str] = frozenset()) -> Lowering:
        """The lowering to JAX of a function whose parameters and data are of these kinds."""
        from s2sgrad.lower.jax import Lowering, static_names  # NumPy does without
        fresh = self.units.context.fresh
        return Lowering(kinds, static_names(names, both, declared, helper), frozenset(given), fresh, fresh, declared,
                        self.static_of)

    def seed_name(self, result: Expr, count: int, taken: set[str]) -> str:
        """The parameter for the adjoint of a result; taken: what the helper has a name for."""
        if count > 1 and isinstance(result, Var) and stem(result.name):
            return bar(self.units.context.fresh(f"{stem(result.name)}#"))
        return SEED if count == 1 and SEED not in taken else bar(self.units.context.fresh("result#"))

    def split(self, both: Function, flat: Function, seeds: list[str], active: tuple[str, ...], given: Pair | None,
              finish: Callable[[Function], Function], apart: Callable[[Expr, Block], Expr],
              kinds: Kinds | None = None) -> Pair:
        """The two halves of a differentiated helper.

        finish: what is done to each half before it prints. apart: the result, as the forward half gives it to others
        than this backward half. kinds: where lengths shall not be residuals.
        """
        at = next(k for k, s in enumerate(both.body) if isinstance(s, Comment))
        forward, backward = both.body[:at], both.body[at + 1:]
        result: Expr = Const(None)
        ahead: list[Statement] = []
        for statement in forward:
            match statement:
                case Effect(Call(Var(name), (value,))) if name == KEEP:
                    result = value
                case _:
                    ahead.append(statement)
        known = set(self.units.context.data) | self.names | set(seeds)
        result = apart(result, backward)
        needed = [n for n in in_order(backward) if n in exposed_names(backward) and n not in known]
        changed = bound_in(tuple(forward))
        params = [p.name for p in flat.params]
        if kinds is not None:
            from s2sgrad.lower.static_records import lengths_of_parameters
            backward = lengths_of_parameters(backward, set(needed) & changed, kinds,
                                             [p for p in params if p not in changed])
            needed = [n for n in in_order(backward) if n in exposed_names(backward) and n not in known]
        reread = tuple(p for p in params if p in needed and p not in changed) if given is None else ()
        residuals = tuple(n for n in needed if n not in reread)
        kept: Expr = Var(residuals[0]) if len(residuals) == 1 else Build("tuple", tuple(map(Var, residuals)))
        first = given.forward if given is not None else self.unique(f"{flat.name}_fwd")
        second = given.backward if given is not None else self.unique(f"{flat.name}_bwd")
        # what only a branch binds is None where the branch was not taken: its reverse part is not taken either
        sure = surely_bound(tuple(ahead)) | set(params)
        sure |= {s.slot for s in walk_statements(tuple(ahead)) if isinstance(s, Record)}
        ahead = [*(Assign((n,), Const(None)) for n in residuals if n not in sure), *ahead]
        keeps = bool(residuals) or given is not None
        ahead.append(Return(Build("tuple", (result, kept)) if keeps else result))
        plain = tuple(Parameter(p.name) for p in flat.params)
        self.functions.append(finish(Function(first, plain, tuple(ahead), origin=flat.origin)))
        behind: Block = backward
        if len(residuals) > 1:
            behind = (Assign(residuals, Var("residuals")), *behind)
        taken = (residuals[0] if len(residuals) == 1 else "residuals",) if keeps else ()
        self.functions.append(finish(Function(second, tuple(Parameter(n) for n in (*taken, *reread, *seeds)), behind,
                                              origin=flat.origin)))
        if _is_pure(flat.body):
            self.pure.add(first)
        # a backward half that restores arrays of the forward half writes what its caller may still read
        if not stored_names(backward) & (bound_in(flat.body) | set(params)):
            self.pure.add(second)
        return Pair(first, second, reread, active, keeps)

    def unique(self, name: str) -> str:
        """A function name of its own."""
        k, found = 0, name
        while found in self.names or found in self.units.context.data:
            k += 1
            found = f"{name}_{k}"
        self.names.add(found)
        return found


def stored_names(block: Block) -> set[str]:
    """The names through which a block writes in place."""
    found: set[str] = set()
    for statement in walk_statements(block):
        match statement:
            case Store(base):
                found.add(base)
            case Recall(target, index=index, whole=whole) if whole or index is not None:
                found.add(target)
            case Effect(Call(_, args)):
                found |= {a.name for a in args if isinstance(a, Var)}
        for expr in exprs(statement):
            found |= {e.args[0].name for e in walk(expr) if isinstance(e, Call) and isinstance(e.function, Method)
                      and e.args and isinstance(e.args[0], Var)}
    return found


def _is_pure(block: Block) -> bool:
    for statement in walk_statements(block):
        if isinstance(statement, Effect):
            return False
        for expr in exprs(statement):
            for e in walk(expr):
                if isinstance(e, Call) and (isinstance(e.function, (Var, Method)) or (
                        (rule := rule_of(e.function)) is not None and not rule.pure) or (
                        rule_of(e.function) is None and e.function not in (operator.getitem, getattr)
                        and not is_user_function(e.function))):
                    return False
    return True
