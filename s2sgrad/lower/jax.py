"""The JAX dialect: the same derivative as pure functions of `jax.numpy` and `lax`.

Comes in: a differentiated and simplified function, before the NumPy lowering. Goes out: the function in which writes
are `.at[...]`, loops are scans and branches on traced values are `lax.cond` or `jnp.where`. Guaranteed: the program
does not depend on numbers of trips; what has no lowering raises UnsupportedError with its place. jax is not imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.live import live_after
from s2sgrad.core.kinds import Kind, ListKind, Number, TupleKind, Unknown, is_complex
from s2sgrad.core.named import Named
from s2sgrad.core.names import is_bar
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Call,
    Expr,
    For,
    Function,
    Method,
    Record,
    Statement,
    Var,
    While,
    walk,
)
from s2sgrad.core.rewrite import bound, map_blocks, reads_of, walk_statements
from s2sgrad.lower.aliasing import refuse_shared_writes
from s2sgrad.lower.binding import Binding, canonical, demanded, is_static_kind
from s2sgrad.lower.flat_records import FlatRecords
from s2sgrad.lower.grown_lists import appended, as_records
from s2sgrad.lower.integers import refuse_growing_integers
from s2sgrad.lower.jax_control import Control
from s2sgrad.lower.jax_values import Values
from s2sgrad.lower.refusals import unsupported
from s2sgrad.lower.slots import Slots, plan_slots
from s2sgrad.lower.static_records import without_static_records
from s2sgrad.lower.views import without_views
from s2sgrad.rules.shapes import dtype_of


@dataclass
class Lowering:
    """The lowering of one function, which may be printed as two halves.

    static: parameters and data that are known while JAX traces. given: adjoints that are results. declared: dtypes of
    floats are not known. helpers: the parameters of each half of a helper, static ones by their names, others as "".
    """

    kinds: Kinds
    static: frozenset[str]
    given: frozenset[str]
    fresh: Callable[[], str]
    word: Callable[[str], str]
    declared: bool = False
    helpers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    slots: Slots = field(default_factory=Slots)
    python: set[int] = field(default_factory=set)

    def plan(self, both: Function, names: Iterable[str]) -> Function:
        """Look at both sweeps together, and make records of the lists that loops fill. names: parameters and data.

        Raises SharedWriteError for a write that a second name would have to see, UnsupportedError for what has no
        lowering.
        """
        both = without_static_records(without_views(both, self.kinds), self.static)
        both, grown = as_records(both, self.kinds)
        refuse_early_exits(both.body)
        binding = self.binding(both, names)
        refuse_other_lists(both.body, binding)
        refuse_growing_integers(both.body, binding)
        refuse_shared_writes(both, self.kinds)
        self.python = binding.python
        self.slots = plan_slots(both.body, lambda loop: _nature(loop, binding))
        if any(self.slots.form[name] != "scan" for name in grown):
            at = next(s.origin for s in walk_statements(both.body) if isinstance(s, Record) and s.slot in grown)
            raise unsupported("A list that this loop fills", at)
        return both

    def binding(self, function: Function, names: Iterable[str]) -> Binding:
        """Binding times in a function."""
        params = frozenset({p.name for p in function.params} | set(names))
        found = Binding(self.kinds, params, traced=set(params - self.static), python=set(self.python))
        return found.run(function.body)

    def lower(self, function: Function, names: Iterable[str] = ()) -> Function:
        """The function in the JAX dialect. names: data."""
        data = tuple(names)
        self.helpers[function.name] = tuple(p.name if p.name in self.static else "" for p in function.params)
        binding = self.binding(function, data)
        flat = FlatRecords(self.slots, binding, self.kinds, self.fresh, self.word)
        values = Values(binding, self.kinds, self.shaped(function.body), flat, self.helpers)
        body = values.block(function.body)
        body = without_unread((*self.entry(function, binding), *body))
        control = Control(binding, self.slots, self.fresh, self.mixed(), live_after(body),
                          self.dtypes(function.body))
        return replace(function, body=control.block(body, {p.name for p in function.params} | set(data)))

    def entry(self, function: Function, binding: Binding) -> list[Statement]:
        """Containers that a lowered loop runs through become arrays."""
        params = [p.name for p in function.params]
        for name in sorted(binding.stacked - set(params)):
            at = next((s.origin for s in walk_statements(function.body) if name in (*bound(s), *reads_of(s))
                       and s.origin.line), function.origin)
            raise unsupported("A list that is no argument, and that a loop runs through,", at,
                              "Make an array of it, by np.array, or use backend='numpy'.")
        out: list[Statement] = []
        for name in params:
            if name in binding.stacked:
                kind = self.kinds.named(name)
                item = kind.item if isinstance(kind, ListKind) else kind.items[0] if isinstance(
                    kind, TupleKind) else None
                stack = "asarray" if isinstance(item, Number) else "stack"
                out.append(Assign((name,), Call(Named(f"jax.numpy.{stack}"), (Var(name),)), origin=function.origin))
        return out

    def shaped(self, body: Block) -> frozenset[str]:
        """Adjoints that must have the shape of their array: those added into, bound in several places, or returned."""
        times: dict[str, int] = {}
        found = set(self.given)
        for statement in walk_statements(body):
            for name in bound(statement):
                times[name] = times.get(name, 0) + 1
            if isinstance(statement, Accumulate):
                found.add(statement.bar)
        return frozenset(n for n in found | {n for n, k in times.items() if k > 1} if is_bar(n))

    def dtypes(self, body: Block) -> dict[str, frozenset[str]]:
        """The dtypes of what is bound to each name, as far as they are known."""
        found: dict[str, frozenset[str]] = {}
        for statement in walk_statements(body):
            match statement:
                case Assign((name,), value) | Record(name, value):
                    dtype = dtype_of(self.kinds.of(value))
                    found[name] = found.get(name, frozenset()) | ({dtype} if dtype else frozenset())
        return found

    def mixed(self) -> bool:
        """May numbers of another precision than float64, or complex ones, occur?"""
        narrow = ("float16", "float32", "longdouble")
        return self.declared or any(dtype_of(k) in narrow or is_complex(k) for k in self.kinds.names.values())


def static_names(kinds: dict[str, Kind], function: Function, declared: bool, given: frozenset[str]) -> frozenset[str]:
    """Parameters and data that are known while JAX traces.

    Under declared facts those of unknown kind only where the program needs them to be. given: parameters of a helper,
    to which the caller may give what is traced: numbers are static only where the helper needs them to be.
    """
    needed = demanded(function)

    def is_static(name: str, kind: Kind) -> bool:
        if isinstance(kind, Unknown) and declared or isinstance(kind, Number) and name in given:
            return name in needed and not (isinstance(kind, Number) and kind.dtype.startswith("float"))
        return is_static_kind(kind)

    return frozenset(n for n, k in kinds.items() if is_static(n, k))


def _nature(loop: For, binding: Binding) -> str:
    if canonical(loop) in binding.python:
        return "python"
    over = loop.over
    return "repeat" if isinstance(over, Call) and any(binding.is_traced(a) for a in over.args) else "scan"


def without_unread(body: Block) -> Block:
    """The pure body without assignments that nobody reads."""
    while True:
        live = live_after(body)
        fewer = _kept(body, live)
        if fewer == body:
            return body
        body = fewer


def _kept(block: Block, live: Mapping[int, frozenset[str]]) -> Block:
    return tuple(map_blocks(s, lambda b: _kept(b, live)) for s in block
                 if not (isinstance(s, Assign) and live[s.label].isdisjoint(s.targets) and not _pops(s.value)))


def _pops(value: Expr) -> bool:
    return any(isinstance(e, Call) and e.function in (Method("pop"), list.pop) for e in walk(value))


def refuse_other_lists(body: Block, binding: Binding) -> None:
    """Refuse lists that a lowered loop fills in another way than by one entry in each trip."""
    for loop in walk_statements(body):
        if isinstance(loop, For) and canonical(loop) not in binding.python:
            for statement in walk_statements(loop.body):
                if appended(statement) is not None:
                    raise unsupported("A list that gets other than one entry in each trip of a loop, or that the loop "
                                      "reads,", statement.origin,
                                      "Write into an array (np.zeros), or use backend='numpy'.")


def refuse_early_exits(body: Block) -> None:
    """Refuse loops whose number of trips depends on values."""
    for statement in walk_statements(body):
        if isinstance(statement, While):
            raise unsupported("A `while` loop", statement.origin)
        if isinstance(statement, For) and (statement.leave is not None or statement.trips is not None):
            raise unsupported("A loop that is left by `break` or `return`", statement.origin)
