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
from dataclasses import replace
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
    lengths: dict[str, Expr] = {}
    for s in walk_statements(function.body):
        match s:
            case Record(slot, Var(name)) if name in once and _is_length(Var(name), once, static):
                lengths[slot] = once[name]
    if not lengths:
        return function
    lasting = {p.name for p in function.params} | static | set(once)
    body = _read_again(function.body, lengths, frozenset(lasting - _bound_in_loops(function.body)))
    read = {s.slot for s in walk_statements(body) if isinstance(s, Recall)}
    return replace(function, body=_without(body, set(lengths) - read))


def lengths_of_parameters(block: Block, wanted: set[str], kinds: Kinds, params: Iterable[str]) -> Block:
    """The block with lengths that it reads from elsewhere (wanted) read from the parameters that have them."""
    head: list[Statement] = []
    for name in sorted(wanted):
        kind = kinds.named(name)
        if isinstance(kind, Number) and isinstance(kind.value, Dim):
            places = [(p, k) for p in params for k, d in enumerate(shape_of(kinds.named(p)) or ())
                      if isinstance(d, Dim) and (d.symbol, d.offset) == (kind.value.symbol, kind.value.offset)]
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


def _bound_in_loops(body: Block) -> set[str]:
    """Names that a nested block binds: outside it they need not be what they were."""
    return {n for s in body for inner in blocks(s) for t in walk_statements(inner) for n in bound(t)}


def _read_again(block: Block, lengths: Mapping[str, Expr], there: frozenset[str]) -> Block:
    """there: names that hold what the lengths are read from."""
    out: list[Statement] = []
    for s in block:
        match s:
            case Recall(target, slot, None) if slot in lengths and names(lengths[slot]) <= there:
                s = Assign((target,), lengths[slot], label=s.label, origin=s.origin, reverses=s.reverses)
        there |= set(bound(s))
        out.append(map_blocks(s, partial(_read_again, lengths=lengths, there=there)))
    return tuple(out)


def _without(block: Block, slots: set[str]) -> Block:
    return tuple(map_blocks(s, lambda b: _without(b, slots)) for s in block
                 if not (isinstance(s, Record) and s.slot in slots))
