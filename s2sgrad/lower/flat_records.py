"""Records of loops whose number of trips is known only inside another loop: one array for all trips.

    trips = 0                                            the trips are counted while JAX traces
    for i in range(n):
        trips = trips + len(range(i + 1, n))
    r2_record = jnp.zeros(trips)
    trip = 0
    ... each trip of the inner loop:    r2_record = r2_record.at[trip].set(r2); trip = trip + 1
    ... each reversed trip:             trip = trip - 1; r2 = r2_record[trip]
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Number
from s2sgrad.core.named import Named
from s2sgrad.core.names import is_bar
from s2sgrad.core.nodes import Assign, Block, Call, Const, Expr, For, Record, Statement, Var, names
from s2sgrad.core.rewrite import bound_in, walk_statements
from s2sgrad.lower.binding import Binding, canonical, range_of
from s2sgrad.lower.refusals import unsupported
from s2sgrad.lower.slots import Chain, Slots

ZEROS = Named("jax.numpy.zeros")
DTYPES: dict[str, Any] = {"bool": bool, "int": int}


@dataclass
class FlatRecords:
    """The flat slots of one function and what counts their trips."""

    slots: Slots
    binding: Binding
    kinds: Kinds
    fresh: Callable[[], str]
    word: Callable[[str], str]
    counters: dict[Chain, str] = field(default_factory=dict)

    def is_flat(self, slot: str) -> bool:
        """Is the slot one array for all trips?"""
        return self.slots.form.get(slot) == "flat"

    def counter(self, chain: Chain) -> str:
        """The name that holds the number of the trip."""
        if chain not in self.counters:
            self.counters[chain] = self.word("^trip")
        name = self.counters[chain]
        self.binding.traced.add(name)
        return name

    def entry(self, slot: str) -> Expr:
        """`slot[trip]`."""
        return Call(operator.getitem, (Var(slot), Var(self.counter(self.slots.chains[slot]))))

    def place(self, slot: str) -> Expr:
        """`trip`."""
        return Var(self.counter(self.slots.chains[slot]))

    def chains(self, loop: For, position: int) -> list[Chain]:
        """The chains of flat slots in which the loop stands at this position (0 or -1)."""
        found = {c: None for s, c in self.slots.chains.items() if self.is_flat(s) and c[position] == loop.label}
        return list(found)

    # ------------------------------------------------------------ around loops
    def before(self, loop: For) -> list[Statement]:
        """What is counted and made before the outermost loop around records."""
        out: list[Statement] = []
        for chain in self.chains(loop, 0):
            trips = self.word("^trips")
            out += self.count(loop, chain, trips)
            for slot in [s for s, c in self.slots.chains.items() if c == chain]:
                value = next(s.value for s in walk_statements(loop.body) if isinstance(s, Record) and s.slot == slot)
                dtype = self.dtype(value, loop)
                kwargs = () if dtype is None else (("dtype", Const(dtype)),)
                out.append(Assign((slot,), Call(ZEROS, (Var(trips),), kwargs), origin=loop.origin))
                self.binding.traced.add(slot)
            out.append(Assign((self.counter(chain),), Const(0), origin=loop.origin))
        return out

    def count(self, loop: For, chain: Chain, trips: str) -> list[Statement]:
        """`trips` as the number of trips of the innermost loop of the chain."""
        loops = [s for s in walk_statements((loop,)) if isinstance(s, For) and s.label in chain]
        inner = bound_in(loop.body) - {s.target for s in loops}
        ranges = [r for s in loops if (r := range_of(s.over)) is not None]
        if any(names(a) & inner for r in ranges for a in r.args) or any(self.binding.is_traced(a)
                                                                        for a in ranges[0].args):
            raise unsupported("What this loop records, since its number of trips is known only when it runs,",
                              loops[-1].origin)
        total = Assign((trips,), Call(operator.add, (Var(trips), Call(len, (ranges[-1],)))))
        block: Block = (total,)
        for one, over in zip(reversed(loops[:-1]), reversed(ranges[:-1]), strict=True):
            counting = For(one.target, over, block)
            self.binding.python.add(counting.label)
            block = (counting,)
        return [Assign((trips,), Const(0), origin=loop.origin), *block]

    def dtype(self, value: Expr, loop: For) -> Any:
        """The dtype of the array for this value (None: float64)."""
        kind = self.kinds.of(value)
        if isinstance(value, Var) and is_bar(value.name):
            kind = self.kinds.named(value.name)
        if not isinstance(kind, Number):
            raise unsupported("A record of arrays in a loop whose number of trips changes", loop.origin)
        if kind.dtype == "float64":
            return None
        return DTYPES.get(kind.dtype) or Named(f"jax.numpy.{kind.dtype}")

    def inside(self, loop: For, body: list[Statement]) -> list[Statement]:
        """The body of a loop with its trips counted, up in the forward sweep and down in the reverse sweep."""
        forward = canonical(loop)
        for chain in dict.fromkeys(c for s, c in self.slots.chains.items() if self.is_flat(s) and c[-1] == forward):
            name = self.counter(chain)
            if loop.reverses > 0:
                body.insert(0, Assign((name,), Call(operator.sub, (Var(name), Const(1))), origin=loop.origin,
                                      reverses=loop.reverses))
            else:
                body.append(Assign((name,), Call(operator.add, (Var(name), Const(1))), origin=loop.origin))
        return body
