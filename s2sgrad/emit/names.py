"""Readable names.

Comes in: a program with core names (`core/names.py`). Goes out: the same program in which every name is a Python
identifier that a person would choose: `x#2` is `x` again where no other version of x is needed any more, else `x_1`;
`x~` is `x_bar`; `x^3` is `x_record`; a temporary is named after what it holds. Guaranteed: parameters, the user's own
names, data and functions keep their names; names that are live at the same time differ; nothing collides with
keywords, builtins or what the imports bind; the result depends on the program only.
"""

from __future__ import annotations

import functools
import itertools
import keyword
import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from s2sgrad.core.names import BAR, FIELD, SEED, SHADOW, SLOT, TEMPORARY, TRIPS, VERSION, bar
from s2sgrad.core.nodes import (
    Assign,
    Block,
    Call,
    Comment,
    Const,
    Expr,
    For,
    Function,
    Method,
    Program,
    Statement,
    Var,
    walk,
)
from s2sgrad.core.rewrite import map_blocks
from s2sgrad.emit.describe import NAMELESS, describe
from s2sgrad.emit.headers import header
from s2sgrad.emit.live import every, expressions, liveness, occurring
from s2sgrad.emit.rename import rename
from s2sgrad.emit.spelling import BUILTINS, root_name, spelling
from s2sgrad.emit.syntax import BINARY, COMPARE, LAZY, UNARY
from s2sgrad.errors import NOWHERE

_COUNTERS = ("i", "j", "k", "m")
TRIP = "trip"
_INSTEAD = {"s": "total", "d": "difference", "p": "product", "q": "quotient", "r": "remainder", "t": "value"}
_RESERVED = frozenset({*keyword.kwlist, *keyword.softkwlist, *BUILTINS, "np", "numpy", "math", "scipy"})


def readable(program: Program, meanings: Mapping[str, Expr] | None = None) -> Program:
    """The program with readable names.

    Args: meanings: what temporaries stand for that the program itself no longer defines (their adjoints are named
    after them).
    """
    known = {**_definitions(program), **(meanings or {})}
    fixed = {f.name for f in program.functions} | {d.name for d in program.data}
    reserved = _RESERVED | fixed | _imported(program)
    adjoint = "adj" if any(_is_mean(n) for n in _user_names(program)) else "bar"
    functions, earlier = [], dict[str, str]()
    for function in program.functions:
        names = Namer(function, known, frozenset(fixed), reserved, adjoint, earlier).names()
        earlier = {**names, **earlier}
        renamed = rename(function, names)
        functions.append(replace(renamed, body=_moves(renamed.body)))
    return replace(program, functions=tuple(functions))


def _moves(block: Block) -> Block:
    """Without `x = x`, which is what a copy between two versions of one name has become, and its caption."""
    out: list[Statement] = []
    for k, statement in enumerate(block):
        match statement:
            case Assign((name,), Var(same)) if name == same:
                alone = block[k + 1:k + 2] == () or block[k + 1].origin != statement.origin
                if alone and out and isinstance(out[-1], Comment) and out[-1].origin == statement.origin != NOWHERE:
                    out.pop()
            case _:
                out.append(map_blocks(statement, _moves))
    return tuple(out)


def _is_mean(name: str) -> bool:
    return name.endswith("_bar") and name != SEED


def _plain(name: str) -> bool:
    return name.isidentifier()


def _function_names(function: Function) -> list[str]:
    """All names of a function, in the order in which they print."""
    found = [p.name for p in function.params]
    found += [name for s in every(function.body) for name in occurring(s)]
    return list(dict.fromkeys(found))


def _user_names(program: Program) -> set[str]:
    names = {name for f in program.functions for name in _function_names(f) if _plain(name)}
    return names | {d.name for d in program.data}


def _definitions(program: Program) -> dict[str, Expr]:
    """What each name was first bound to."""
    found: dict[str, Expr] = {}
    for function in program.functions:
        given = {p.name for p in function.params}
        for statement in every(function.body):
            match statement:
                case Assign((_,), Call(Method("pop"))):
                    continue                # a record says nothing of what it holds
                case Assign((target,), value):
                    found.setdefault(target, value)
                case Assign(targets, Var(name) as whole) if name not in given:      # as residuals are
                    for k, target in enumerate(targets):
                        found.setdefault(target, Call(operator.getitem, (whole, Const(k))))
                case For(elements=elements):
                    for name, container in elements:
                        found.setdefault(name, container)
    return found


def _imported(program: Program) -> set[str]:
    """The names that the imports bind, as far as no user's name is in their way."""
    found: set[str] = set()
    for function in program.functions:
        for statement in every(function.body):
            for expr in (e for x in expressions(statement) for e in walk(x)):
                match expr:
                    case Call(called) if callable(called) and not _is_syntax(called):
                        found.add(root_name(spelling(called)[0]))
                    case Const(value) if callable(value):
                        found.add(root_name(spelling(value)[0]))
    return found


def _is_syntax(function: object) -> bool:
    return any(function is known for known in (*BINARY, *UNARY, *COMPARE, *LAZY)) or getattr(
        function, "__module__", "") == "s2sgrad.core.primitives"


class Namer:
    """Chooses the names of one function.

    Names that wish for the same word share it when they are of one family (versions of one variable, or temporaries
    of that word) and never live at the same time.
    """

    def __init__(self, function: Function, known: Mapping[str, Expr], fixed: frozenset[str],
                 reserved: frozenset[str], adjoint: str, earlier: Mapping[str, str]) -> None:
        self.function, self.known, self.fixed, self.reserved, self.adjoint = function, known, fixed, reserved, adjoint
        self.earlier = earlier                                   # the names that earlier functions gave
        self.order = _function_names(function)
        self.present = frozenset(self.order)
        self.live = liveness(function)
        loops = [s for s in every(function.body) if isinstance(s, For)]
        self.counters = {s.target for s in loops}
        self.trips = {s.target for s in loops if _counts_trips(s)}
        self.around: dict[str, set[str]] = {}                    # what headers of loops around, or inside, bind
        headers = {s.label: self.in_header(s) for s in loops}
        for outer in loops:
            for inner in (s for s in every(outer.body) if isinstance(s, For)):
                for one, other in itertools.product(headers[outer.label], {inner.target, *headers[inner.label]}):
                    self.around.setdefault(one, set()).add(other)
                    self.around.setdefault(other, set()).add(one)
        self.given: dict[str, str] = {}                          # core name -> identifier
        self.users: dict[str, list[str]] = {}                    # identifier -> core names
        self.describing: set[str] = set()

    def in_header(self, loop: For) -> set[str]:
        """The counter that a header binds, and what it takes from records."""
        found = header(loop, self.live)
        counter = {loop.target} if found.counts else set()
        return counter | {n for names in found.targets.values() for n in names} if _runs_backwards(loop) else counter

    def names(self) -> dict[str, str]:
        """The identifier of every name of the function."""
        for name in self.order:
            if _plain(name):
                self.give(name, name)
        places = {name: k for k, name in enumerate(self.order)}
        for name in sorted((n for n in self.order if not _plain(n)), key=lambda n: (_rank(n), places[n])):
            self.give(name, next(c for c in self.candidates(name) if self.free(name, c)))
        return self.given

    def give(self, name: str, identifier: str) -> None:
        """Settle a name."""
        self.given[name] = identifier
        self.users.setdefault(identifier, []).append(name)

    def free(self, name: str, identifier: str) -> bool:
        """May this name be called so?"""
        holders = self.users.get(identifier, [])
        if not holders:
            return identifier not in self.reserved
        return identifier not in self.fixed and not self.around.get(name, set()) & set(holders) and all(
            (_family(h) == _family(name) or h == SEED == self.wish(name)) and not self.live.apart(h, name)
            for h in holders)

    def candidates(self, name: str) -> Iterator[str]:
        """Identifiers for a name, the best first."""
        if name.startswith(TEMPORARY) and name in self.earlier:
            yield self.earlier[name]            # a backward half calls a residual what the forward half calls it
        primal = self.given.get(name[:-1]) or self.earlier.get(name[:-1], "")
        if name.startswith(TEMPORARY) and name.endswith(BAR) and primal:
            yield f"{primal}_{self.adjoint}"        # where another value is called p, p_bar is its adjoint
        wish = self.wish(name)
        yield wish
        stem = name.partition(VERSION)[0]
        if FIELD in stem and not name.endswith((BAR, SHADOW)) and SLOT not in name:
            owner, _, field = stem.rpartition(FIELD)
            yield self.with_owner(owner, field)
        if name in self.counters - self.trips and name.startswith(TEMPORARY):
            yield from _COUNTERS
        if name.endswith(BAR) and name[:-1] in self.given:
            yield f"{self.given[name[:-1]]}_{self.adjoint}"      # x_1_bar beside x_bar
        if name.startswith(TEMPORARY) and wish in _INSTEAD:
            wish = _INSTEAD[wish]
            yield wish
        for number in itertools.count(1):
            yield f"{wish}_{number}"

    def wish(self, name: str) -> str:
        """What a name says, without regard to others."""
        if _plain(name):
            return name
        if name.endswith(BAR):
            return f"{self.wish(name[:-1])}_{self.adjoint}"
        if name.endswith(SHADOW):
            primal = name[:-1]
            return f"{self.wish(primal)}_{'shadow' if bar(primal) in self.present else self.adjoint}"
        cut = max(name.rfind(SLOT), name.rfind(VERSION))
        if cut > 0 and name[cut] == SLOT:
            word = re.sub(r"\d+$", "", name[cut + 1:])
            return f"{self.wish(name[:cut])}_{word or 'record'}"
        if cut == 0:
            return re.sub(r"(i?\d+)+$", "", name[1:]) or "flag"      # ^taken4, and inlined ^taken4i9
        if cut > 0:
            return self.wish(name[:cut])
        if FIELD in name:
            owner, _, field = name.rpartition(FIELD)
            return field if field.isidentifier() and field not in self.reserved else self.with_owner(owner, field)
        return self.described(name)

    def with_owner(self, owner: str, field: str) -> str:
        """`state_h` for a field of an object, `layers_0` for an entry."""
        word = self.wish(owner) if owner else "part"
        return re.sub(r"\W", "_", f"{word}_{field}")

    def described(self, temporary: str) -> str:
        """A word for what a temporary holds."""
        if temporary in self.counters:
            return TRIP if temporary in self.trips else _COUNTERS[0]
        if temporary not in self.known or temporary in self.describing:
            return NAMELESS
        self.describing.add(temporary)
        word = describe(self.known[temporary], self.wish, self.adjoint)
        self.describing.discard(temporary)
        if word in BUILTINS or keyword.iskeyword(word):
            return NAMELESS
        return word


def _counts_trips(loop: For) -> bool:
    """Does the loop run as often as another one has?"""
    match loop.over:
        case Call(function, (Var(count),)):
            return function is range and count.startswith(TRIPS)
    return _runs_backwards(loop)


def _runs_backwards(loop: For) -> bool:
    """Does the loop run through `reversed(...)`, as those that read records do?"""
    return any(isinstance(c, Call) and c.function is reversed for _, c in loop.elements)


def _rank(name: str) -> int:
    """Versions of variables choose first, then adjoints, then records, then temporaries and what hangs on them."""
    if name.startswith(TEMPORARY):
        return 4
    if SLOT in name:
        return 3
    if name.endswith((BAR, SHADOW)):
        return 2 if VERSION in name else 1
    return 0


@functools.lru_cache(maxsize=4096)
def _family(name: str) -> str:
    """Names of one family may share a word: versions of one variable, their adjoints, temporaries."""
    name = re.sub(rf"{re.escape(VERSION)}\d+", "", name)
    return re.sub(rf"(\{SLOT}\D*|\{TEMPORARY})\d+", r"\1", name)
