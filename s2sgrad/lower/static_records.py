"""Lengths and shapes are not recorded: they are read again from what has them.

    n = len(diag)                               ...
    record n^ <- n                              ...
    recall diag <- diag^; recall n <- n^        recall diag <- diag^; n = len(diag)

While JAX traces, such a number is known; as the output of a loop it would not be. A length that cannot be read again
stays a record.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import Dim, Number, shape_of
from s2sgrad.core.nodes import Assign, Block, Call, Const, Expr, Function, Recall, Record, Statement, Var, names
from s2sgrad.core.rewrite import blocks, bound, map_blocks, walk_statements
from s2sgrad.lower.binding import SHAPE_ATTRIBUTES, SHAPE_FUNCTIONS

ARITHMETIC = (operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.neg, min, max)


def without_static_records(function: Function, static: frozenset[str]) -> Function:
    """The function with lengths read again. static: parameters and data that are known while JAX traces."""
    defined: dict[str, set[Expr]] = {}
    for s in walk_statements(function.body):
        if isinstance(s, Assign):
            for name in s.targets:
                defined.setdefault(name, set()).add(s.value if len(s.targets) == 1 else Var(""))
    once = {name: next(iter(values)) for name, values in defined.items() if len(values) == 1}
    lengths: dict[str, Length] = {}
    for block in _all_blocks(function.body):
        for s in block:
            match s:
                case Record(slot, Var(name)) if name in once and _is_length(Var(name), once, static):
                    lengths[slot] = Length(once[name], _same_versions(block, name))
    if not lengths:
        return function
    nested = {n for s in function.body for inner in blocks(s) for t in walk_statements(inner) for n in bound(t)}
    lasting = frozenset({p.name for p in function.params} | static | set(once)) - nested
    body = _read_again(function.body, lengths, lasting)
    read = {s.slot for s in walk_statements(body) if isinstance(s, Recall)}
    return replace(function, body=_without(body, set(lengths) - read))


@dataclass(frozen=True)
class Length:
    """A length that is recorded. versions: slots that keep what it is read from as it was where the length was read."""

    value: Expr
    versions: frozenset[str]


def _all_blocks(block: Block) -> list[Block]:
    return [block, *(found for s in block for inner in blocks(s) for found in _all_blocks(inner))]


def _same_versions(block: Block, name: str) -> frozenset[str]:
    """Slots of this block that keep a name, of which `name` is the length, in the version that was measured."""
    measured = next((k for k, s in enumerate(block) if name in bound(s)), None)
    if measured is None:
        return frozenset()
    found = set()
    for k, s in enumerate(block):
        match s:
            case Record(slot, Var(source)):
                between = block[min(k, measured) + 1:max(k, measured)]
                if not any(source in bound(t) for t in walk_statements(between)):
                    found.add(slot)
    return frozenset(found)


def lengths_of_parameters(block: Block, wanted: set[str], kinds: Kinds, params: Iterable[str]) -> Block:
    """The block with lengths that it reads from elsewhere (wanted) read from the parameters that have them."""
    head: list[Statement] = []
    for name in sorted(wanted):
        kind = kinds.named(name)
        if isinstance(kind, Number) and isinstance(kind.value, Dim):
            places = [(p, k) for p in params for k, d in enumerate(shape_of(kinds.named(p)) or ())
                      if isinstance(d, Dim) and d.is_alike(kind.value) and d.offset == kind.value.offset]
            if places:
                shape = Call(getattr, (Var(places[0][0]), Const("shape")))
                head.append(Assign((name,), Call(operator.getitem, (shape, Const(places[0][1])))))
    return (*head, *block)


def _is_length(expr: Expr, once: Mapping[str, Expr], static: frozenset[str]) -> bool:
    """Is it made of shapes and static numbers only? once: the values of names that have one definition."""
    match expr:
        case Const(int()):
            return True
        case Var(name):
            others = {n: e for n, e in once.items() if n != name}        # `n = n + 1` is no length
            return name in static or name in once and _is_length(once[name], others, static)
        case Call(f, (_, Const(attribute))) if f is getattr:
            return attribute in SHAPE_ATTRIBUTES
        case Call(f) if f in SHAPE_FUNCTIONS:
            return True
        case Call(f, (base, index)) if f is operator.getitem:
            return _is_length(base, once, static) and _is_length(index, once, static)
        case Call(f, args) if f in ARITHMETIC:
            return all(_is_length(a, once, static) for a in args)
    return False


def _read_again(block: Block, lengths: Mapping[str, Length], there: frozenset[str]) -> Block:
    """there: names that hold the same wherever they are read."""
    out: list[Statement] = []
    holds: dict[str, str] = {}              # name -> the slot that it was recalled from, in this block
    for s in block:
        match s:
            case Recall(target, slot, None) if slot in lengths and all(
                    n in there or holds.get(n) in lengths[slot].versions for n in names(lengths[slot].value)):
                s = Assign((target,), lengths[slot].value, label=s.label, origin=s.origin, reverses=s.reverses)
        for name in (n for t in walk_statements((s,)) for n in bound(t)):
            holds.pop(name, None)
        match s:
            case Recall(target, slot, None, False):
                holds[target] = slot
        out.append(map_blocks(s, partial(_read_again, lengths=lengths, there=there)))
    return tuple(out)


def _without(block: Block, slots: set[str]) -> Block:
    return tuple(map_blocks(s, lambda b: _without(b, slots)) for s in block
                 if not (isinstance(s, Record) and s.slot in slots))
