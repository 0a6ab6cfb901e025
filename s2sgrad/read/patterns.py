"""`match` as tests and bindings.

    match shape:                          if isinstance(shape, Circle):
        case Circle(radius=r):                r = shape.radius
            area = 3.14 * r * r     ->        area = 3.14 * r * r
        case (width, height):             elif isinstance(shape, Sequence) and ... and len(shape) == 2:
            area = width * height             width, height = shape[0], shape[1]
                                              area = width * height

Comes in: the node of the statement. Goes out, through the reader that is passed: branches that test the subject and
bind what the patterns capture. A test that the facts decide is folded later, as any other.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import gast

from s2sgrad.core import primitives
from s2sgrad.core.nodes import Assign, Build, Call, Const, Expr, If, Var
from s2sgrad.read.streams import captured, entry, known, length

if TYPE_CHECKING:
    from s2sgrad.read.statements import StatementReader

ALWAYS = Const(True)
WHOLE = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)    # `int(x)` captures the subject
TEXT = Build("tuple", (Const(str), Const(bytes), Const(bytearray)))
Fit = tuple[Expr, list[tuple[str, Expr]]]       # when a pattern fits, and what it captures


def match(reader: StatementReader, node: gast.Match) -> None:
    """Emit the statement."""
    subject = reader.expr(node.subject)
    match subject:
        case Build("tuple", items):
            subject = Build("tuple", tuple(i if isinstance(i, Const) else reader.temporary(i) for i in items))
        case Const():
            pass
        case _:
            subject = reader.temporary(subject)
    _cases(reader, subject, node.cases)


def _cases(reader: StatementReader, subject: Expr, cases: Sequence[gast.match_case]) -> None:
    """The first case where it fits, the others where it does not."""
    if not cases:
        return
    case, *others = cases
    at = reader.origin

    def body() -> None:
        reader.pre += reader.block(case.body)

    def rest() -> None:
        reader.origin = at
        _cases(reader, subject, others)

    alternatives = [case.pattern]
    if isinstance(case.pattern, gast.MatchOr) and _captures(case.pattern):
        alternatives = case.pattern.patterns
    fits = [_fit(reader, pattern, subject) for pattern in alternatives]
    test, found = fits[0]
    if len(fits) == 1 and case.guard is None:
        def taken() -> None:
            _bind(reader, found)
            body()
        _branch(reader, test, taken, rest)
        return
    if len(fits) == 1 and test == ALWAYS:
        _bind(reader, found)
        _branch(reader, reader.test(case.guard), body, rest)
        return
    flag = Var(reader.context.fresh("^fits"))
    reader.emit(Assign((flag.name,), Const(False), origin=at))
    for k, (condition, bound) in enumerate(fits):
        first = (Call(operator.not_, (flag,)),) if k else ()
        noted = [(flag.name, ALWAYS)]
        _branch(reader, _all([*first, condition]), partial(_bind, reader, [*bound, *noted]))
    if case.guard is not None:
        _branch(reader, flag, lambda: reader.emit(Assign((flag.name,), reader.test(case.guard), origin=at)))
    _branch(reader, flag, body, rest)


def _branch(reader: StatementReader, test: Expr, then: Callable[[], None],
            orelse: Callable[[], None] = lambda: None) -> None:
    """Emit a branch; what always fits needs no test."""
    if test == ALWAYS:
        then()
        return
    at = reader.origin
    taken, other = captured(reader, then), captured(reader, orelse)
    reader.emit(If(test, taken, other, origin=at))


def _bind(reader: StatementReader, captures: Sequence[tuple[str, Expr]]) -> None:
    for name, value in captures:
        reader.emit(Assign((name if name.startswith("^") else reader.bind(name),), value, origin=reader.origin))


def _all(tests: Sequence[Expr]) -> Expr:
    """All of the tests, from left to right as far as they hold."""
    needed = [t for t in tests if t != ALWAYS]
    return ALWAYS if not needed else needed[0] if len(needed) == 1 else Call(primitives.and_, tuple(needed))


def _captures(pattern: gast.AST) -> bool:
    """Does a pattern bind names?"""
    return any(getattr(n, "name", None) or getattr(n, "rest", None) for n in gast.walk(pattern))


def _fit(reader: StatementReader, pattern: gast.AST, subject: Expr) -> Fit:
    """When a pattern fits the subject, an expression that can be evaluated again, and what it captures."""
    match pattern:
        case gast.MatchValue(value=value):
            return Call(operator.eq, (subject, reader.expr(value))), []
        case gast.MatchSingleton(value=value):
            return Call(operator.is_, (subject, Const(value))), []
        case gast.MatchAs(pattern=inner, name=name):
            test, found = _fit(reader, inner, subject) if inner is not None else (ALWAYS, [])
            return test, [*found, *([(name, subject)] if name is not None else [])]
        case gast.MatchOr(patterns=patterns):
            if _captures(pattern):
                raise reader.refuse(pattern, "`|` between patterns that capture names, inside another pattern, is not "
                                             "supported.", "Write a case for each.")
            tests = [_fit(reader, p, subject)[0] for p in patterns]
            return (ALWAYS if ALWAYS in tests else Call(primitives.or_, tuple(tests))), []
        case gast.MatchSequence(patterns=patterns):
            return _sequence(reader, patterns, subject)
        case gast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
            if rest is not None:
                raise reader.refuse(pattern, "`**` in a pattern is not supported.", "Take the entries by their keys.")
            parts: list[tuple[Expr, gast.AST, Expr]] = []
            for key, inner in zip(keys, patterns, strict=True):
                value = reader.expr(key)
                parts.append((Call(primitives.in_, (value, subject)), inner, entry(subject, value)))
            return _with_parts(reader, [Call(isinstance, (subject, Const(Mapping)))], parts)
        case gast.MatchClass():
            return _instance(reader, pattern, subject)
    raise reader.refuse(pattern, f"The pattern {type(pattern).__name__} is not supported.", "Write `if` and `elif`.")


def _with_parts(reader: StatementReader, tests: list[Expr], parts: Sequence[tuple[Expr, gast.AST, Expr]]) -> Fit:
    """A fit of the whole and of its parts: (what has to hold before, pattern, value) of each."""
    found: list[tuple[str, Expr]] = []
    for before, pattern, value in parts:
        test, captures = _fit(reader, pattern, value)
        tests += [before, test]
        found += captures
    return _all(tests), found


def _sequence(reader: StatementReader, patterns: Sequence[gast.AST], subject: Expr) -> Fit:
    """A pattern for the items of a sequence, with at most one `*rest`."""
    starred = next((k for k, p in enumerate(patterns) if isinstance(p, gast.MatchStar)), None)
    behind = 0 if starred is None else len(patterns) - starred - 1
    needed = len(patterns) if starred is None else len(patterns) - 1
    parts: list[tuple[Expr, gast.AST, Expr]] = []
    for k, pattern in enumerate(patterns):
        if k == starred:
            continue
        place = k if starred is None or k < starred else k - len(patterns)
        item = subject.items[place] if isinstance(subject, Build) else entry(subject, Const(place))
        parts.append((ALWAYS, pattern, item))
    if isinstance(subject, Build):
        count = len(subject.items)
        tests: list[Expr] = [ALWAYS if count == needed or (starred is not None and count > needed) else Const(False)]
        rest: Expr = Build("list", subject.items[starred or 0: count - behind])
        if tests == [Const(False)]:
            return Const(False), []
    else:
        compared = operator.eq if starred is None else operator.ge
        tests = [Call(isinstance, (subject, Const(Sequence))),
                 Call(operator.not_, (Call(isinstance, (subject, TEXT)),)),
                 Call(compared, (length(subject), Const(needed)))]
        bounds = Build("slice", (Const(starred), Const(-behind if behind else None), Const(None)))
        rest = Call(list, (entry(subject, bounds),))
    test, found = _with_parts(reader, tests, parts)
    if starred is not None and patterns[starred].name is not None:
        found.append((patterns[starred].name, rest))
    return test, found


def _instance(reader: StatementReader, pattern: gast.MatchClass, subject: Expr) -> Fit:
    """A pattern for the class of the subject and for its attributes."""
    cls = known(reader, pattern.cls)
    if not isinstance(cls, type):
        raise reader.refuse(pattern.cls, "The class of this pattern is not known.", "Name a class of the module.")
    reader.expr(pattern.cls)                    # what the program rests on
    test = Call(isinstance, (subject, Const(cls)))
    if cls in WHOLE and pattern.patterns:
        return _with_parts(reader, [test], [(ALWAYS, pattern.patterns[0], subject)])
    places = getattr(cls, "__match_args__", ())
    if len(pattern.patterns) > len(places):
        raise reader.refuse(pattern, f"`{cls.__name__}` has no {len(pattern.patterns)} attributes by position.",
                            "Name the attributes.")
    attributes = [*zip(places, pattern.patterns, strict=False),
                  *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)]
    fields = {f.name for f in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else getattr(
        cls, "_fields", ())
    parts = [(ALWAYS if name in fields else Call(hasattr, (subject, Const(name))), inner,
              Call(getattr, (subject, Const(name)))) for name, inner in attributes]
    return _with_parts(reader, [test], parts)
