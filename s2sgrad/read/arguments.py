"""Arguments that are bound in another order than they are written in are evaluated in theirs.

    f(b=s.step(x), a=s.n)        $1 = s.step(x)
                           ->    $2 = s.n
                                 f(b=$1, a=$2)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from s2sgrad.core.nodes import Build, Call, Const, Expr, Method, Star, Var, walk

if TYPE_CHECKING:
    from s2sgrad.read.expressions import ExpressionReader


def in_turn(reader: ExpressionReader, values: Sequence[Expr]) -> list[Expr]:
    """The values of arguments, by name where one of them may change what another one reads."""
    if not any(isinstance(e, Call) and isinstance(e.function, (Method, Var)) for v in values for e in walk(v)):
        return list(values)
    return [_held(reader, v) for v in values]


def _held(reader: ExpressionReader, value: Expr) -> Expr:
    match value:
        case Const() | Star(Build()):
            return value
        case Star(inner):
            return Star(reader.temporary(inner))
    return reader.temporary(value)
