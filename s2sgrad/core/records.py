"""Objects as records of their fields, and functions together with some of their arguments.

    Construct(Point, ("x", "y"))      what a `Call` makes of the fields of a point
    Applied(1, ("scale",))            the class of `functools.partial(f, a, scale=b)` and of bound methods
    attribute("pos", "x")             the index of a `Store` that writes `base.pos.x`

None of them prints: `normalise.records` puts the fields into variables of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from s2sgrad.core.nodes import Build, Const, Expr

ATTRIBUTE = "attribute"


@dataclass(frozen=True)
class Construct:
    """Makes a record of the class from the values of these fields, in this order.

    each: the values are lists, and what is made is the list of the records of their entries.
    """

    cls: Any
    fields: tuple[str, ...]
    each: bool = False


@dataclass(frozen=True)
class Applied:
    """The class of a function with some first arguments and some named ones.

    Its fields are "function", "0", "1", ... for the first arguments, and the names.
    """

    positions: int
    names: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields in their order."""
        return ("function", *map(str, range(self.positions)), *self.names)


def attribute(*path: str) -> Build:
    """The place `.a.b` in an object."""
    return Build(ATTRIBUTE, tuple(map(Const, path)))


def attribute_path(index: Expr | None) -> tuple[str, ...]:
    """The names in a place that is written in an object; empty for any other index."""
    match index:
        case Build("attribute", items):
            return tuple(i.value for i in items if isinstance(i, Const))
    return ()
