"""The user's helper functions: which are written out at their calls, and the kinds of what the others give.

A helper that is one expression, that is short and called with numbers in a loop, that writes its arguments or returns
what may share their memory, that takes or makes functions or objects, or whose arguments' memory is written by the
caller, is written out. A recursion cannot be: it is a function of its own, made once for all calls that differ in
lengths and numbers only.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from s2sgrad.analyse.alias import Aliases
from s2sgrad.analyse.complete import is_complete
from s2sgrad.analyse.escapes import RETURNS, escapes
from s2sgrad.analyse.joins import join, widened
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import NEVER, UNKNOWN, Array, DictKind, Kind, Known, ListKind, Number, TupleKind
from s2sgrad.core.nodes import Assign, Block, Build, Call, Const, Expr, Function, Return, Statement, Var
from s2sgrad.core.rewrite import map_blocks
from s2sgrad.errors import S2SGradError, UnsupportedError, WholeObjectError
from s2sgrad.execute.signature import kinds_of
from s2sgrad.normalise.handed_on import HandedOn
from s2sgrad.normalise.inline import Units, expand_once, inline_calls
from s2sgrad.normalise.outlined import Outlined
from s2sgrad.normalise.unroll import is_followed, is_general
from s2sgrad.read.expressions import is_user_function
from s2sgrad.rules.shapes import constant_kind
from s2sgrad.runtime.containers import copied
from s2sgrad.stages import normal_form, resolved

DEEPEST = 40                # calls of recursions whose kinds wait for each other
ROUNDS = 12
SHORT = 8                   # statements that calls of a helper in loops may come to, all together


class Followed(Exception):
    """A helper has to be written out after all; the derivation starts again."""


@dataclass
class HelperFunctions:
    """The helpers of one program. followed: those that are written out whatever their form."""

    units: Units
    followed: set[Any]
    cores: dict[Any, Function] = field(default_factory=dict)
    result_kinds: dict[Any, Kind] = field(default_factory=dict)
    pending: dict[Any, Kind] = field(default_factory=dict)          # results of recursions that are being found
    met: set[Any] = field(default_factory=set)                      # those that were asked for meanwhile
    generals: dict[Any, list[dict[str, Kind]]] = field(default_factory=dict)
    dicts: bool = False                 # objects that several names write become dicts
    handed_on: HandedOn = field(init=False)
    outlined: Outlined = field(init=False)

    def __post_init__(self) -> None:
        self.handed_on = HandedOn(self.units)
        self.outlined = Outlined(self.units, self.handed_on, lambda f: not self.inlined(f))

    # -- which calls are pairs
    def inlined(self, callee: Any) -> bool:
        """Is a call of this function written out?"""
        if not isinstance(callee, types.FunctionType) or callee in self.followed:
            return True
        unit = self.units.function(callee)
        if len(unit.body) == 1 or any(p.form in ("args", "kwargs") for p in unit.params):
            return True
        return bool(self.escapes(callee))

    def is_short(self, callee: types.FunctionType) -> bool:
        """Is it called in a loop, and so short that for numbers two calls cost more than what they compute?"""
        if callee not in self.units.repeated or self.units.recursive(callee):
            return False
        body, calls = self.units.function(callee).body, self.units.sites[callee]
        return all(isinstance(s, (Assign, Return)) for s in body) and calls * (len(body) - 1) <= SHORT

    def escapes(self, callee: types.FunctionType) -> frozenset[str]:
        """Why the body of a helper may have to be written out."""
        return escapes(self.core(callee), set(self.units.context.data))

    def returns_memory(self, function: Any) -> bool:
        """May a helper that is not written out return memory of its arguments? Only one that calls itself may."""
        return self.knows(function) and self.units.recursive(function) and RETURNS in self.escapes(function)

    def knows(self, function: Any) -> bool:
        """Is a call of this function (that was not written out) one of a pair?"""
        return isinstance(function, types.FunctionType) and is_user_function(function)

    def written_out(self, function: Function) -> Function:
        """The function, before its normal form, with the calls written out that have to be."""
        return self.handed_on.by_name(inline_calls(function, self.units, self.inlined, self.outlined))

    def inline(self, function: Function) -> Function:
        """The function with the calls written out that have to be."""
        return inline_calls(function, self.units, self.inlined, self.outlined)

    def expand(self, function: Function, kinds: Kinds) -> Function:
        """The function with one level of those recursive calls written out that cannot be functions of their own."""
        without = self.handed_on.by_kind(function, kinds)
        if without is not function:
            return without

        def chosen(call: Call) -> bool:
            arguments = (*call.args, *(v for _, v in call.kwargs))
            return self.knows(call.function) and self.units.recursive(call.function) and (
                call.function in self.followed or any(is_followed(kinds.of(a)) for a in arguments))
        return expand_once(function, self.units, chosen)

    def with_copies(self, function: Function, aliases: Aliases) -> Function:
        """The function in which recursive calls are given copies of what it writes elsewhere.

        What a pair keeps may be parts of its arguments. A recursion that returns such parts gets copies of lists that
        are complete, and is refused otherwise.
        """
        def given(call: Call, out: list[Statement], statement: Statement, before: Block) -> Call:
            if not self.knows(call.function) or not self.units.recursive(call.function):
                return call
            returned = self.returns_memory(call.function) and aliases.mutable(aliases.kinds.of(call))

            def own(expr: Expr) -> Expr:
                if not any(n in aliases.written for n in aliases.shared(expr)):
                    return expr
                complete = is_complete(expr, before, function, aliases)
                if returned and not complete:
                    return expr
                name = self.units.context.fresh()
                array = isinstance(aliases.kinds.of(expr), Array)
                copy = np.ndarray.copy if array else list if complete else copied
                out.append(Assign((name,), Call(copy, (expr,)), origin=statement.origin))
                return Var(name)
            return Call(call.function, tuple(map(own, call.args)), tuple((k, own(v)) for k, v in call.kwargs))

        def visit(block: Block) -> Block:
            out: list[Statement] = []
            for k, statement in enumerate(block):
                match statement:
                    case Assign(_, Call() as call):
                        out.append(replace(statement, value=given(call, out, statement, block[:k])))
                    case _:
                        out.append(map_blocks(statement, visit))
            return tuple(out)

        body = visit(function.body)
        return function if body == function.body else replace(function, body=body)

    # -- kinds
    def data_kinds(self) -> dict[str, Kind]:
        """The kinds of the live data of the program; their lengths have nothing to do with those of arguments."""
        data = tuple(self.units.context.data.values())
        values = [d.holder.cell_contents if isinstance(d.holder, types.CellType) else d.holder[d.key] for d in data]
        return {d.name: of_data(k) for d, k in zip(data, kinds_of(values), strict=True)}

    def core(self, function: types.FunctionType) -> Function:
        """The normal form of a helper."""
        if function not in self.cores:
            unit = self.units.function(function)
            self.cores[function] = normal_form(self.written_out(unit), self.units.context)
        return self.cores[function]

    def kind(self, function: Any, kinds: tuple[Kind, ...], options: dict[str, Kind]) -> Kind:
        """The kind of the result of a call."""
        if not self.knows(function):
            return UNKNOWN
        if any(map(is_followed, (*kinds, *options.values()))):
            if not self.units.recursive(function):
                self.followed.add(function)
                raise Followed
            return UNKNOWN                      # until it is written out
        if all(isinstance(k, (Number, Known)) for k in (*kinds, *options.values())) and self.is_short(function):
            self.followed.add(function)
            raise Followed
        core = self.core(function)
        names = self.general(function, self.parameter_kinds(core, kinds, options))
        key = function, tuple(names.items())
        if key in self.pending:
            self.met.add(key)
            return self.pending[key]
        if key not in self.result_kinds:
            try:
                self.result_kinds[key] = self.result_kind(core, names, key)
            except WholeObjectError:            # it makes or takes objects of which only the caller knows more
                if self.units.recursive(function):
                    raise
                self.followed.add(function)
                raise Followed from None
        return self.result_kinds[key]

    def result_kind(self, core: Function, names: dict[str, Kind], key: Any) -> Kind:
        """The kind of the result for these kinds of parameters; of a recursion, the least that holds."""
        if sum(self.units.recursive(function) for function, _ in self.pending) > DEEPEST:
            raise UnsupportedError(f"The recursion of `{core.name}` does not end by what is known of its arguments.",
                                   "Write it as a loop.", core.origin)
        self.pending[key] = NEVER
        try:
            for _ in range(ROUNDS):
                try:
                    done, found = resolved(core, {**names, **self.data_kinds()}, self.units.context, self)
                except S2SGradError:
                    if UNKNOWN in names.values():           # perhaps nothing is ever called with these
                        return UNKNOWN
                    raise
                last = done.body[-1]
                assert isinstance(last, Return)
                kind = widened(join(self.pending[key], found.of(last.value), "result"), "result")
                if key not in self.met or kind == self.pending[key]:
                    return kind if kind != NEVER else UNKNOWN
                self.pending[key] = kind
            return UNKNOWN
        finally:
            del self.pending[key]

    def general(self, function: types.FunctionType, names: dict[str, Kind]) -> dict[str, Kind]:
        """Kinds of parameters that serve all calls of a recursion which differ in lengths and numbers only."""
        if not self.units.recursive(function):
            return names
        for known in self.generals.setdefault(function, []):
            joined = {n: join(k, known[n], n) for n, k in names.items()}
            if all(is_general(j, names[n], known[n]) for n, j in joined.items()):
                if joined == known:
                    return known
                wider = {n: widened(j, n) for n, j in joined.items()}
                self.generals[function] = [wider, *(g for g in self.generals[function] if g is not known)]
                return self.general(function, wider)
        self.generals[function].append(names)
        return names

    def wider(self, function: types.FunctionType, names: dict[str, Kind], active: tuple[str, ...]) -> list[
            dict[str, Kind]]:
        """Kinds of the parameters of other calls of a recursion that hold for this call, too: the same of what is
        differentiated, of the rest less is known. Those of which least is known come first."""
        if not self.units.recursive(function):
            return []
        result = self.result_kinds.get((function, tuple(names.items())))
        found = [g for g in self.generals.get(function, ()) if g != names and all(
            k == g[n] if n in active else join(g[n], k, n) == g[n] for n, k in names.items())
            and _alike(result, self.result_kinds.get((function, tuple(g.items()))))]
        return sorted(found, key=lambda g: -sum(k == UNKNOWN for k in g.values()))

    def parameter_kinds(self, core: Function, kinds: tuple[Kind, ...], options: dict[str, Kind]) -> dict[str, Kind]:
        """Parameter -> kind for a call with these kinds."""
        names: dict[str, Kind] = {}
        given = list(kinds)
        data = self.data_kinds()
        for p in core.params:
            if p.form == "positional" and given:
                names[p.name] = given.pop(0)
            elif p.name in options:
                names[p.name] = options[p.name]
            else:
                names[p.name] = _default_kind(p.default, data)
        return names


def _alike(one: Kind | None, other: Kind | None) -> bool:
    """Are these kinds of results equal, but for lengths of arrays?"""
    match one, other:
        case (Array(d1, tuple() as s1), Array(d2, tuple() as s2)):
            return d1 == d2 and len(s1) == len(s2)
    return one is not None and one == other


def _default_kind(default: Expr | None, data: dict[str, Kind]) -> Kind:
    match default:
        case Const(value):
            return constant_kind(value)
        case Build("tuple", items):
            return TupleKind(tuple(_default_kind(i, data) for i in items))
        case Var(name):
            return data.get(name, UNKNOWN)
    return UNKNOWN


def of_data(kind: Kind) -> Kind:
    """The kind with lengths that are those of live data."""
    match kind:
        case Array(dtype, tuple() as shape, layout):
            named = tuple(replace(d, symbol=f"data {d.symbol}") if d.symbol else d for d in shape)
            return Array(dtype, named, layout)
        case TupleKind(items):
            return TupleKind(tuple(map(of_data, items)))
        case ListKind(item, items):
            return ListKind(of_data(item) if item is not None else None,
                            tuple(map(of_data, items)) if items is not None else None)
        case DictKind(items, item):
            return DictKind(tuple((k, of_data(v)) for k, v in items) if items is not None else None,
                            of_data(item) if item is not None else None, lacks=kind.lacks)
    return kind
