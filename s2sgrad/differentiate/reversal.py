"""What the reversal of one function needs to know, and the names and flags that it makes.

Comes in: the activity, shadows and marks of a flat function, and where new names come from. The functions of the
modules beside this one (bindings, stores, control, contribute, shadowing) take a `Reversal` as their first argument;
`reverse` strings them together.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from s2sgrad.analyse.activity import Activity
from s2sgrad.analyse.kinds import Kinds
from s2sgrad.analyse.shadows import Shadows
from s2sgrad.core.kinds import Number, is_complex
from s2sgrad.core.names import bar, shadow
from s2sgrad.core.nodes import Assign, Block, Call, Expr, Statement, Var
from s2sgrad.differentiate.marks import Marks, Path
from s2sgrad.errors import NOWHERE, Origin

Sweeps = tuple[list[Statement], list[Statement]]        # the forward and the reverse statements of one statement


class Helpers(Protocol):
    """The user's helper functions, each differentiated as a pair of functions."""

    def knows(self, function: Any) -> bool:
        """Is a call of this function one of a pair?"""

    def call(self, reversal: Reversal, statement: Assign, value: Call, back: list[Statement],
             path: Path) -> list[Statement]:
        """The forward statements of a call; its reverse statements go to the end of back."""


@dataclass
class Reversal:
    """The state of one reversal.

    fresh, slot, flag: make names for temporaries, records and flags. joined: names that share the adjoint of another.
    sunk: names whose shadows are born in the reverse sweep. bodies, loops: the loops by label. values: what binds the
    names of inner blocks. leaving: branches that alone end their loop, which one arm does in the last trip, with the
    counter of its reversed trips. loop_names: names that the heads of the loops around the current statement bind.
    keys: of dicts that are bound once, to a display, the keys. with_complex: some value of the function is complex.
    """

    activity: Activity
    shadows: Shadows
    marks: Marks
    fresh: Callable[[], str]
    slot: Callable[[str], str]
    flag: Callable[[str], str]
    pairs: Helpers
    joined: dict[str, str] = field(default_factory=dict)
    sunk: set[str] = field(default_factory=set)
    bodies: dict[int, Block] = field(default_factory=dict)
    values: dict[str, Expr] = field(default_factory=dict)
    keys: dict[str, frozenset[Expr]] = field(default_factory=dict)
    leaving: dict[int, tuple[str, bool]] = field(default_factory=dict)
    loop_names: frozenset[str] = frozenset()
    with_complex: bool = False
    loops: frozenset[int] = frozenset()
    at: Origin = NOWHERE            # the statement that is being reversed, for messages

    @property
    def kinds(self) -> Kinds:
        """The kinds of the names of the function."""
        return self.activity.kinds

    def active(self, expr: Expr) -> bool:
        """Does the value carry a derivative?"""
        return self.activity.is_active(expr)

    def bar_of(self, name: str) -> str:
        """The adjoint of a name: its shadow where it has one."""
        return shadow(name) if name in self.shadows.shadowed else self.joined.get(name, bar(name))

    def kept_shadow(self, name: str) -> bool:
        """Does the name have a shadow that is born in the forward sweep?"""
        return name in self.shadows.shadowed and name not in self.sunk

    def is_pair(self, value: Expr) -> bool:
        """Is the value a call of a helper that is differentiated as a pair?"""
        return isinstance(value, Call) and self.pairs.knows(value.function)

    def in_loop(self, name: str, path: Path) -> bool:
        """Is the home of the name (for want of one, this block) inside a loop?"""
        return any(label in self.loops for label, _ in self.marks.home.get(name, path))

    def temporary(self, value: Expr, out: list[Statement], at: Statement) -> Var:
        """A new name in the reverse sweep."""
        name = self.fresh()
        kind = self.kinds.of(value)
        match value:
            case Call(operator.getitem, (whole, _)) if isinstance(kind, Number) and is_complex(self.kinds.of(whole)):
                kind = Number("complex128")     # of a list with complex numbers in it: so may the adjoint of any be
        self.kinds.names[name] = kind
        self.activity.aliases.bind(name, value)
        out.append(Assign((name,), value, origin=at.origin, reverses=at.label))
        return Var(name)

    def local_flag(self, flag: str, path: Path) -> None:
        """A flag made here is local to this block, as far as records are concerned."""
        self.marks.home[flag] = path
        if any(label in self.loops for label, _ in path):
            self.marks.local.setdefault(path, []).append(flag)
