"""What the passes know of the names of a function: kinds, and who may share memory with whom.

In: filled by whoever calls `simplify`. Out: questions answered soundly: where nothing is known, a name may share
memory with every other, and may be written. Adjoints by value (`x~`) are values while this runs: `Accumulate` and
`Kill` rebind them, and whether that prints in place is decided later. Shadows (`x@`), and every base of a `Store`,
are written in place. An adjoint never shares memory with a variable of the user, only with adjoints and shadows.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import FLOATS, Array, Kind, Known, Number, Numeric, Shape
from s2sgrad.core.names import is_bar, is_shadow, is_temporary
from s2sgrad.core.nodes import Call, Expr, Var

N = TypeVar("N")
T = TypeVar("T")
ADJOINTS = 0            # one class for all adjoints by value: they share memory with no value of the user's


class _Remembering(Kinds):
    """Kinds that remember each expression, because the passes ask again and again."""

    def __init__(self, names: Mapping[str, Kind]) -> None:
        super().__init__(names, str)
        self.known: dict[int, tuple[Expr, Kind]] = {}    # with the expression, so that its id stays its own

    def of(self, expr: Expr) -> Kind:
        """The kind of an expression."""
        found = self.known.get(id(expr))
        if found is None:
            found = self.known[id(expr)] = expr, super().of(expr)
        return found[1]


@dataclass(frozen=True)
class Facts:
    """kinds: by core name, missing means unknown. classes: the alias class of each name that may hold an object that
    can be written; only names of one class may share memory. written: classes that some Store writes. functions: names
    of functions of this program; pure: those without effects. islands: by name, the number of its group, where nothing
    outside of the group holds its object. unrestored: names of objects that change where nothing puts them back, which
    only the forward sweep may look into. exact: statements of the forward sweep that may raise stay, also when nobody
    reads their result.
    """

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    written: frozenset[int] = frozenset()
    functions: frozenset[str] = frozenset()
    pure: frozenset[str] = frozenset()
    islands: Mapping[str, int] = field(default_factory=dict)
    unrestored: frozenset[str] = frozenset()
    exact: bool = False

    def immutable(self, name: str) -> bool:
        """Does the name hold only objects that nobody can write?"""
        return name not in self.classes and isinstance(self.kinds.get(name), (Number, Known))

    def may_share(self, a: str, b: str) -> bool:
        """May a write through one of the names be seen through the other?"""
        if self.immutable(a) or self.immutable(b):
            return False
        if self.islands.get(a) != self.islands.get(b):
            return False
        one, other = self.classes.get(a), self.classes.get(b)
        if (self._is_users(a) and is_bar(b)) or (self._is_users(b) and is_bar(a)):
            return False        # an adjoint is a product with an adjoint, or part of one
        return a == b or one is None or other is None or one == other

    def memory(self, name: str) -> str | None:
        """Names of different memory share none (`may_share`); None where it is not known what a name may share."""
        if name in self.islands:
            return f"!island {self.islands[name]}"
        return f"!{self.classes[name]}" if name in self.classes else None

    def kind(self, expr: Expr) -> Kind:
        """The kind of an expression."""
        return self._lattice.of(expr)

    @cached_property
    def _lattice(self) -> Kinds:
        return _Remembering(self.kinds)

    def once(self, ask: Callable[[N, Facts], T], node: N) -> T:
        """What is asked of an expression or a statement under these facts, remembered."""
        found = self._answers.get((ask, id(node)))
        if found is None:
            found = self._answers[ask, id(node)] = node, ask(node, self)        # with the node, so that its id stays
        answer: T = found[1]
        return answer

    @cached_property
    def _answers(self) -> dict[tuple[Callable[..., Any], int], tuple[Any, Any]]:
        return {}

    def _is_users(self, name: str) -> bool:
        """A variable of the user, of which the class is known."""
        return name in self.classes and not (is_bar(name) or is_shadow(name) or is_temporary(name))

    def any_share(self, some: Iterable[str], others: Iterable[str]) -> bool:
        """May any of these share memory with any of those?"""
        others = tuple(others)
        return any(self.may_share(a, b) for a in some for b in others)

    def with_kinds(self, kinds: Mapping[str, Kind], fresh: Iterable[str],
                   islands: Mapping[str, int], views: Mapping[str, int | None] | None = None) -> Facts:
        """These facts and what is known of new temporaries; each of `fresh` has an alias class of its own, `views`
        have that of what they are views of (None: of several, or of what is not known)."""
        first = max(self.classes.values(), default=0) + 1
        own = {name: first + i for i, name in enumerate(fresh)}
        classes = {name: c for name, c in {**self.classes, **own, **(views or {})}.items() if c is not None}
        if not own and not kinds and classes == self.classes and islands == self.islands:
            return self
        if kinds:
            return replace(self, kinds={**self.kinds, **kinds}, classes=classes, islands=islands)
        found = replace(self, classes=classes, islands=islands)
        vars(found)["_lattice"] = self._lattice         # with the kinds that it remembers
        return found

    def with_repeated(self, names: Mapping[str, str]) -> Facts:
        """These facts, also of names that hold what others hold."""
        known = {new: self.classes[old] for new, old in names.items() if old in self.classes}
        return replace(self, kinds={**self.kinds, **{new: self.kinds[old] for new, old in names.items()
                                                     if old in self.kinds}}, classes={**self.classes, **known})


def kind_of(expr: Expr, facts: Facts) -> Kind:
    """The kind of an expression under these facts; UNKNOWN where no rule says."""
    return facts.kind(expr)


def same_shape(one: Shape, other: Shape) -> bool:
    """Is it proven that both are one shape, whenever the two are looked at in the same trip of a loop?

    A length that is named after a variable (`?x.0`) may change with it, and one that is named after a statement
    (`?12.1`) belongs to what that statement computed last.
    """
    if one is None or one != other:
        return False
    symbols = (one,) if isinstance(one, str) else tuple(d.symbol for d in one)
    return all(_LASTING.fullmatch(s) for s in symbols)


def is_fixed(shape: Shape) -> bool:
    """Is it one shape during a whole call, so that equal ones are equal anywhere?"""
    return isinstance(shape, tuple) and not any("?" in d.symbol for d in shape)


_LASTING = re.compile(r"([^?]|\?\d*\.\d+)*")


def has_float_dtype(expr: Expr, facts: Facts) -> bool:
    """Is its dtype known to be a real or complex floating one (adjoints always are)?"""
    match kind_of(expr, facts):
        case Number(dtype) | Array(dtype) | Numeric(dtype) if dtype is not None:
            return dtype in FLOATS or dtype.startswith("complex")
    match expr:
        case Var(name):
            return is_bar(name)
        case Call(function, args) if function in (operator.add, operator.sub, operator.mul, operator.truediv):
            return any(has_float_dtype(a, facts) for a in args)
        case Call(operator.neg, (value,)):
            return has_float_dtype(value, facts)
        case _:
            return False
