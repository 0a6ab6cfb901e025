"""Calls of which no rule says what they write: what they are given, or the object whose method they are.

    rng.shuffle(order)      heapq.heappop(heap)      fill_with_noise(buffer)      seen.add(k)      queue.popleft()

Comes in: a call. Goes out: the names of the arrays and lists that it may write, which are recorded before it and put
back; and the other objects that it may change, which nothing puts back.
"""

from __future__ import annotations

from typing import Any

from s2sgrad.analyse.changes import KnownKinds
from s2sgrad.core.kinds import Array, DictKind, ListKind, Numeric, Object, Unknown
from s2sgrad.core.nodes import Build, Call, Expr, Method, Star, Var
from s2sgrad.read.expressions import is_user_function
from s2sgrad.rules.methods import DICT_METHODS, METHODS
from s2sgrad.rules.registry import rule_of

KEEP = ("append", "add", "extend", "insert", "update", "setdefault", "write", "debug", "info", "warning", "error",
        "log")         # methods that keep or show what they are given
ADDING = {"append": True, "appendleft": True, "add": True, "insert": True, "put": True, "setdefault": True,
          "push": True, "extend": False, "extendleft": False, "update": False}   # an entry, or the entries of one
LOOKING = frozenset((
    *METHODS, *DICT_METHODS, *(n for n in dir(str) if not n.startswith("_")), "union", "intersection", "difference",
    "symmetric_difference", "issubset", "issuperset", "isdisjoint", "most_common", "elements", "total", "items",
    "keys", "values", "get", "copy", "real", "imag", "fromkeys", "hex", "is_integer", "bit_length",
    "as_integer_ratio"))                                            # methods that leave their object as it is
REARRANGING = {
    "shuffle": ("random", "numpy"), "heapify": ("heapq",), "heappush": ("heapq",), "heappop": ("heapq",),
    "heapreplace": ("heapq",), "heappushpop": ("heapq",), "insort": ("bisect",), "insort_left": ("bisect",),
    "insort_right": ("bisect",), "delitem": ("operator",), "next": ("builtins",),
    "setattr": ("builtins",), "delattr": ("builtins",),
}                                                                   # functions that change their first argument


def is_opaque(call: Expr, kinds: KnownKinds) -> bool:
    """Is nothing known of what the call does?"""
    if not isinstance(call, Call):
        return False
    match call.function:
        case Method(name):              # a method of the array or the list itself is known, or refused
            return name not in KEEP and not isinstance(kinds.of(call.args[0]), (Array, Numeric, ListKind, DictKind))
        case Var():
            return True
        case function:
            return rule_of(function) is None and not is_user_function(function)


def rearranges(call: Expr, kinds: KnownKinds) -> bool:
    """Is it a call that changes which entries its first argument, a list or an array, has, and in which order?"""
    match call:
        case Call(Method("shuffle"), (receiver, _, *_)):
            return isinstance(kinds.of(receiver), (Unknown, Object))
        case Call(Method() | Var(), _):
            return False
        case Call(function, (_, *_)):
            return _module(function).removeprefix("_") in REARRANGING.get(getattr(function, "__name__", ""), ())
    return False


def rearranged(call: Call) -> Expr:
    """The argument that such a call changes."""
    return call.args[isinstance(call.function, Method)]


def _module(function: Any) -> str:
    """The package that a function is of; of a bound method, that of its class."""
    owner = getattr(function, "__self__", None)
    named = getattr(function, "__module__", None) or (type(owner).__module__ if owner is not None else "")
    return named.partition(".")[0]


def may_be_written(call: Expr, kinds: KnownKinds, statement: bool = True) -> tuple[str, ...]:
    """The names of arrays and lists that the call may write, though nothing says so.

    statement: it stands for its effect; methods that give a result are taken to write nothing that they are given.
    """
    if isinstance(call, Call) and rearranges(call, kinds):
        base = rearranged(call)
        return (base.name,) if isinstance(base, Var) and isinstance(kinds.of(base), (
            Array, Numeric, ListKind)) else ()
    if not isinstance(call, Call) or not is_opaque(call, kinds) or not statement and (
            isinstance(call.function, Method) or _only_reads(call)):
        return ()
    written: tuple[type, ...] = (Array, Numeric) if statement else (Array,)
    written = written if _only_reads(call) else (*written, ListKind)
    return tuple(a.name for a in _given(call) if isinstance(a, Var) and isinstance(kinds.of(a), written))


def _given(call: Call) -> tuple[Expr, ...]:
    """The arguments, without the object of a method, and what displays among them hold."""
    given = call.args[1:] if isinstance(call.function, Method) else call.args
    return tuple(e for a in (*given, *(v for _, v in call.kwargs)) for e in _in_display(a))


def _in_display(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Star(value):
            return _in_display(value)
        case Build(_, items):
            return tuple(e for i in items for e in _in_display(i))
    return (expr,)


def changed_in_place(call: Call, kinds: KnownKinds) -> tuple[Expr, ...]:
    """What the call may change where nothing puts it back: no array, list or dict of which entries are followed."""
    found: list[Expr] = []
    if isinstance(call.function, Method):
        receiver = call.args[0]
        if isinstance(kinds.of(receiver), (Unknown, Object)) and not _looks(call.function.name):
            found.append(receiver)
    if rearranges(call, kinds):
        if isinstance(kinds.of(rearranged(call)), (Unknown, Object)):
            found.append(rearranged(call))
    elif is_opaque(call, kinds) and not _only_reads(call):
        found += [a for a in _given(call) if isinstance(kinds.of(a), Object)]
    return tuple(found)


def _looks(method: str) -> bool:
    special = method.startswith("__") and method.endswith("__")
    return method in LOOKING or special and not method.startswith(("__set", "__del", "__i")) or method in (
        "__iter__", "__index__", "__int__", "__invert__", "__init__")


def _only_reads(call: Call) -> bool:
    """Is it a class, or a function of a library that changes nothing that it is given?"""
    if isinstance(call.function, Method):
        return _looks(call.function.name)
    return isinstance(call.function, type) or not isinstance(call.function, Var) and _module(call.function) in (
        "builtins", "math", "cmath", "operator", "_operator", "itertools", "functools", "_functools", "copy",
        "numpy", "scipy", "statistics", "time", "s2sgrad", "collections", "random", "warnings")


def entry_put(call: Call) -> tuple[Expr, Expr, bool] | None:
    """(what gets something, what it gets, is that an entry, or what holds the entries) of such a call."""
    match call:
        case Call(Method(name), (base, *_, given)) if name in ADDING:
            return base, given, ADDING[name]
        case Call(function, (base, given)) if not isinstance(function, (Method, Var)) and getattr(
                function, "__name__", "") in ("heappush", "heapreplace", "heappushpop"):
            return base, given, True
    return None
