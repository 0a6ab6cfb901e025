"""The program as data: a small tree of frozen dataclasses between reading and printing.

Every name is resolved: a `Call` holds the Python object it calls (`np.sin`, `operator.mul`), a `Var` that holds a
function, or a `Method` while the kind of the receiver is not known. Operators, subscripts and attributes are calls
too (`operator.add`, `operator.getitem`, `getattr`), so that one mechanism, the rule registry, serves them all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from s2sgrad.errors import NOWHERE, Origin


# ---------------------------------------------------------------- expressions
@dataclass(frozen=True)
class Var:
    """The value that a name holds at this point of the program."""

    name: str


@dataclass(frozen=True, eq=False)
class Const:
    """A literal. Compared by type and text, since `1`, `1.0`, `True` and `-0.0` are different constants."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[type, str]:
        return type(self.value), repr(self.value)


@dataclass(frozen=True)
class Method:
    """A method by its name, while the kind of the receiver (the call's first argument) is not known."""

    name: str


@dataclass(frozen=True)
class Star:
    """`*value` in a call or a display."""

    value: Expr


@dataclass(frozen=True)
class Call:
    """`function(*args, **kwargs)`; function is a Python object, a `Var` or a `Method`."""

    function: Any
    args: tuple[Expr, ...] = ()
    kwargs: tuple[tuple[str, Expr], ...] = ()

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


@dataclass(frozen=True)
class Build:
    """A display: form is "tuple", "list", "dict" (items alternate key, value), "set" or "slice" (three items)."""

    form: str
    items: tuple[Expr, ...]

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


def _equal(one: object, other: object) -> bool:
    """Are two expressions equal? Without recursion: Python 3.12 has a low limit for comparisons within each other."""
    left = [(one, other)]
    while left:
        a, b = left.pop()
        if a is b:
            continue
        if type(a) is not type(b):
            return False
        match a, b:
            case Call(), Call():
                if len(a.args) != len(b.args) or [k for k, _ in a.kwargs] != [k for k, _ in b.kwargs] or (
                        a.function is not b.function and a.function != b.function):
                    return False
                left += zip(a.args, b.args, strict=True)
                left += ((v, w) for (_, v), (_, w) in zip(a.kwargs, b.kwargs, strict=True))
            case Build(), Build():
                if a.form != b.form or len(a.items) != len(b.items):
                    return False
                left += zip(a.items, b.items, strict=True)
            case _ if a != b:
                return False
    return True


Expr = Var | Const | Call | Build | Star


# ---------------------------------------------------------------- statements
_labels = itertools.count(1)


@dataclass(frozen=True)
class Statement:
    """What all statements have: a unique label, and the origins of itself and of the statement it reverses."""

    label: int = field(default_factory=lambda: next(_labels), compare=False, kw_only=True)
    origin: Origin = field(default=NOWHERE, compare=False, kw_only=True)
    reverses: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True)
class Assign(Statement):
    """`a = value`, or `a, b = value` with several targets. Rebinds names, never writes an object.

    augmented: it was, and prints as, `a op= b` on a number.
    """

    targets: tuple[str, ...]
    value: Expr
    augmented: bool = field(default=False, compare=False, kw_only=True)


@dataclass(frozen=True)
class Store(Statement):
    """A write in place: `base[index] op= value`, or `base op= value` when index is None.

    op is an operator function (`operator.iadd`, ...) or None for a plain store. at: `np.add.at` (every repeated
    index counts). A Store never rebinds `base`.
    """

    base: str
    index: Expr | None
    value: Expr
    op: Callable[..., Any] | None = None
    at: bool = False


@dataclass(frozen=True)
class Accumulate(Statement):
    """`bar[index] += value`: what differentiation emits; how it prints is decided at the end.

    index None: the whole adjoint. sign is 1 or -1. repeats: index may name a cell twice. like: the name whose
    adjoint this is (for its kind and its shape).
    """

    bar: str
    index: Expr | None
    value: Expr
    like: str
    sign: int = 1
    repeats: bool = False


@dataclass(frozen=True)
class Kill(Statement):
    """The adjoint `bar` of `like` is zero from here on (backwards)."""

    bar: str
    like: str


@dataclass(frozen=True)
class Materialise(Statement):
    """Here the zeros of `bar` must exist as an object, if it was not accumulated into before."""

    bar: str
    like: str


@dataclass(frozen=True)
class Record(Statement):
    """Keep `value` for the reverse sweep; printed as `slot.append(value)` or, at top level, `slot = value`."""

    slot: str
    value: Expr


@dataclass(frozen=True)
class Recall(Statement):
    """`target = slot.pop()`, or `target[index] = slot.pop()` when index is given."""

    target: str
    slot: str
    index: Expr | None = None
    whole: bool = False


@dataclass(frozen=True)
class If(Statement):
    """`if test: then, else: orelse`."""

    test: Expr
    then: Block
    orelse: Block = ()


@dataclass(frozen=True)
class For(Statement):
    """`for target in over`, left at the end of a trip in which `leave` (a boolean name) is true.

    over is an expression evaluated once. When elements is not empty, over is a range and each pair (name, container)
    says that the trip begins with `name = container[target]`; it prints as a loop over the containers themselves. Just
    before printing, a container may be `reversed(...)`, and over the range of its length.
    trips: the name that counts the trips begun, where the reverse sweep needs it.
    """

    target: str
    over: Expr
    body: Block
    leave: str | None = None
    trips: str | None = None
    elements: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class While(Statement):
    """`while test`, left at the end of a trip in which `leave` is true. test has no effects."""

    test: Expr
    body: Block
    leave: str | None = None
    trips: str | None = None


@dataclass(frozen=True)
class Return(Statement):
    """The last statement of a function, and nowhere else after normalising."""

    value: Expr


@dataclass(frozen=True)
class Effect(Statement):
    """A call for its effect only (`print`, a method that writes its receiver)."""

    call: Expr


@dataclass(frozen=True)
class Assert(Statement):
    """`assert test, message`."""

    test: Expr
    message: Expr | None = None


@dataclass(frozen=True)
class Raise(Statement):
    """`raise exception from cause`."""

    exception: Expr | None = None
    cause: Expr | None = None


@dataclass(frozen=True)
class Break(Statement):
    """Only between reading and normalising, and where it is printed."""


@dataclass(frozen=True)
class Continue(Statement):
    """Only between reading and normalising."""


@dataclass(frozen=True)
class LoopElse(Statement):
    """A loop, and what runs unless it is left by `Break`. Only where it is printed."""

    loop: Block
    orelse: Block


@dataclass(frozen=True)
class Region(Statement):
    """A block that `Leave` ends early, from any depth in it. Only between reading and normalising."""

    name: str
    body: Block


@dataclass(frozen=True)
class Leave(Statement):
    """Go on behind the region of this name. Only between reading and normalising."""

    name: str


@dataclass(frozen=True)
class Comment(Statement):
    """A comment line; put in by the last pass before printing. gap: an empty line before it."""

    text: str
    gap: bool = False


Block = tuple[Statement, ...]


# ---------------------------------------------------------------- functions and programs
@dataclass(frozen=True)
class Parameter:
    """One parameter; form is "positional", "keyword", "args" or "kwargs"; default is None when there is none."""

    name: str
    form: str = "positional"
    default: Expr | None = None
    annotation: str | None = None


@dataclass(frozen=True)
class Function:
    """A function of the program. doc and caption lines become its docstring. silent: floating-point errors of which
    NumPy does not warn while it runs (options of `np.errstate`)."""

    name: str
    params: tuple[Parameter, ...]
    body: Block
    doc: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Datum:
    """A name that is read live from the user's module or closure: `holder[key]` or `holder.cell_contents`."""

    name: str
    holder: Any = field(compare=False)
    key: str = ""


@dataclass(frozen=True)
class Program:
    """Functions in the order in which they print; the last one is the entry. data are read live at each call."""

    functions: tuple[Function, ...]
    data: tuple[Datum, ...] = ()

    @property
    def entry(self) -> Function:
        return self.functions[-1]


def starred(items: tuple[Expr, ...]) -> bool:
    """Is one of them starred?"""
    for item in items:      # a loop: this is asked of every call, again and again
        if isinstance(item, Star):
            return True
    return False


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all expressions in it, outermost first."""
    left = [expr]
    while left:
        expr = left.pop()
        yield expr
        match expr:
            case Call(function, args, kwargs):
                if kwargs:
                    left += [v for _, v in reversed(kwargs)]
                left += args[::-1]
                if isinstance(function, Var):
                    left.append(function)
            case Build(_, items):
                left += items[::-1]
            case Star(value):
                left.append(value)


def names(expr: Expr) -> set[str]:
    """The names that an expression reads."""
    return {e.name for e in walk(expr) if isinstance(e, Var)}
