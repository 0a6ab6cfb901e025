"""Arithmetic on lengths: which integers are known, or are a multiple of the length of an axis and a constant."""

from __future__ import annotations

import math
import operator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.core.kinds import Dim, Kind, Number
from s2sgrad.core.nodes import Block, Build, Call, Const, walk
from s2sgrad.core.rewrite import exprs, walk_statements
from s2sgrad.rules.options import divided, length_kind, times

LARGEST_MULTIPLE = 8        # four gates of a cell, three coordinates of points: not 1,000 points in 10 dimensions


def whole_arithmetic(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """The kind of an operation on integers, of which more may be known than that it gives an integer."""
    if function in (operator.add, operator.sub):
        return length_arithmetic(function, kinds)
    if function in (operator.mul, operator.floordiv):
        return fold(function, kinds) or multiple(function, kinds)
    return None


def length_arithmetic(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """`n + 1` where n is a length; sums of constants."""
    match kinds:
        case (Number("int", _, a), Number("int", _, b)) if a is not None and b is not None:
            if isinstance(a, Dim) and isinstance(b, int):
                return length_kind(replace(a, offset=function(a.offset, b)))
            if isinstance(b, Dim) and isinstance(a, int) and function is operator.add:
                return length_kind(replace(b, offset=a + b.offset))
            if isinstance(a, Dim) and isinstance(b, Dim) and a.symbol == b.symbol:
                scale = function(a.scale, b.scale)
                if scale > 0:
                    return length_kind(replace(a, offset=function(a.offset, b.offset), scale=scale))
            if isinstance(a, int) and isinstance(b, int):
                return Number("int", True, function(a, b))
            return Number("int", True)
    return None


def multiple(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """`4 * n`, and `m // 4` where m is such a multiple."""
    match kinds:
        case (Number("int", _, Dim() as dim), Number("int", _, int() as count)) if count > 0:
            even = times(dim, count) if function is operator.mul else divided(dim, count)
            return length_kind(even) if even else Number("int", True)
        case (Number("int", _, int() as count), Number("int", _, Dim() as dim)) if (
                count > 0 and function is operator.mul):
            return length_kind(times(dim, count))
    return None


def divisor(block: Block) -> int:
    """A number that lengths should be divisible by so that all halves, thirds, ... in a program are whole."""
    found = 1
    for statement in walk_statements(block):
        for expr in exprs(statement):
            for part in walk(expr):
                match part:
                    case (Call(operator.floordiv | np.split | np.array_split, (_, Const(int() as count), *_))
                          | Build("slice", (_, _, Const(int() as count)))) if 1 < count <= LARGEST_MULTIPLE:
                        found = math.lcm(found, count)
    return found


def constants(block: Block) -> frozenset[int]:
    """Lengths of arrays that a program makes itself (`np.array([x, y])`, `np.eye(3)`), or on which the rank of a
    result depends (`np.cross`); more than one, but few."""
    found: set[int] = set()
    for statement in walk_statements(block):
        for expr in exprs(statement):
            for part in walk(expr):
                match part:
                    case Call(np.array | np.asarray, (Build("list" | "tuple", items), *_)):
                        found.add(len(items))
                    case Call(np.zeros | np.ones | np.empty | np.full | np.eye | np.identity, (shape, *_)):
                        found.update(e.value for e in walk(shape) if isinstance(e, Const) and isinstance(e.value, int))
                    case Call(np.cross):
                        found |= {2, 3}
    return frozenset(n for n in found if 1 < n <= LARGEST_MULTIPLE)


def fold(function: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """The product or quotient of known integers."""
    match kinds:
        case (Number("int", _, int() as a), Number("int", _, int() as b)) if b != 0:
            return Number("int", True, function(a, b))
    return None
