"""Declared facts: the kinds of parameters from their annotations and from what the code itself implies.

Comes in: a function, inlined. Goes out: the kinds of its parameters, and the statements that check at its entry that
the arguments have these kinds. An unannotated parameter that is differentiated is "float or float array"; one that
is asked for its shape, sliced or multiplied by `@` is an array. Any other unannotated parameter is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.core.kinds import UNKNOWN, Array, Dim, Kind, Number, Numeric, Object
from s2sgrad.core.nodes import (
    Assign,
    Build,
    Call,
    Comment,
    Const,
    Effect,
    Expr,
    For,
    Function,
    Method,
    Parameter,
    Store,
    Var,
    walk,
)
from s2sgrad.core.rewrite import exprs, walk_statements
from s2sgrad.errors import AliasError, FactsError, NotDifferentiableError, UnknownFunctionError, UnsupportedError
from s2sgrad.rules.methods import ATTRIBUTES, METHODS
from s2sgrad.runtime import require_kind, require_separate

ARRAYS = tuple(home + name for home in ("", "np.", "numpy.", "npt.", "numpy.typing.", "jaxtyping.")
               for name in ("ndarray", "NDArray", "Float[", "Float32[", "Float64["))
SHAPE = ("shape", "ndim", "size", "dtype")
ARITHMETIC = (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.neg)
NO_METHODS = ("copy", "view", "item", "tolist")         # of lists, dicts and numbers too


def declared_kinds(function: Function, differentiated: frozenset[int], bold: bool) -> tuple[Kind, ...]:
    """The kinds of the parameters. bold: what is indexed or asked for its length is an array.

    Raises: FactsError for a parameter that is differentiated and known to be neither a float nor an array.
    """
    surely = _names(function, _surely_array)
    numbers = _names(function, _surely_number)
    whole = _names(function, _surely_whole)
    likely = surely | _names(function, _likely_array)
    containers = _names(function, _surely_container)
    sequences = _run_through(function)
    found = []
    for k, p in enumerate(function.params):
        kind = _declared(p, k in differentiated, p.name in (likely if bold or k in differentiated else surely))
        if k in differentiated and (p.name in containers or kind == UNKNOWN):
            what = f"`{p.annotation}`" if p.annotation else "a container or an object"
            raise FactsError(f"The parameter `{p.name}` is {what}, and a general program needs to know what is in it.",
                             "Use source_for(...) with arguments, or pass its parts as parameters of their own "
                             "(float, np.ndarray).", function.origin)
        if kind == UNKNOWN and not p.annotation and p.default is None and p.name not in containers:
            kind = Number("int", True) if p.name in whole else (
                Numeric(None, f"shape of {p.name}") if p.name in numbers else UNKNOWN)
        if kind == UNKNOWN and p.name in sequences - containers and p.form != "kwargs":
            kind = Object(Sequence)
        found.append(kind)
    return tuple(found)


def _declared(parameter: Parameter, differentiated: bool, array: bool) -> Kind:
    note = (parameter.annotation or "").strip("'\"")
    symbol = f"shape of {parameter.name}"
    match note:
        case "float":
            return Number("float64", weak=True)
        case "np.float64" | "numpy.float64":
            return Number("float64")
        case "int" | "bool" if not differentiated:
            return Number(note, weak=True)
    if note.startswith(ARRAYS) and "|" not in note:
        return _annotated_array(note, symbol)
    if note or parameter.form in ("args", "kwargs"):
        return UNKNOWN
    if isinstance(parameter.default, Const) and not differentiated:
        return _default_kind(parameter.default.value)
    if array:
        return Array(None, symbol)
    return Numeric(None, symbol) if differentiated else UNKNOWN


def _default_kind(value: object) -> Kind:
    match value:
        case bool():
            return Number("bool", True)
        case int():
            return Number("int", True)
        case float():
            return Number("float64", True)
    return UNKNOWN


def _annotated_array(note: str, symbol: str) -> Kind:
    """`np.ndarray`, `NDArray[np.float32]`, `Float64[np.ndarray, "n m"]` (of which the rank counts)."""
    dtype = next((d for d in ("float64", "float32", "float16") if d in note or d.title() in note), None)
    if "Float" in note.partition("[")[0]:
        axes = note.rpartition(",")[2].strip(" ]\"'").split()
        if all(a.isidentifier() or a.isdigit() for a in axes):
            return Array(dtype, tuple(Dim(f"axis {k} of {symbol}") for k in range(len(axes))))
    return Array(dtype, symbol)


# ---------------------------------------------------------------- what the code implies
def _surely_array(expr: Expr) -> Iterable[Expr]:
    """Operands that only an array (or what behaves like one) can be."""
    match expr:
        case Call(f, (a, b)) if f is operator.matmul:
            return a, b
        case Call(f, (a, Build("tuple"))) if f is operator.getitem:
            return (a,)
        case Call(f, (a, Const(value=str() as attr))) if f is getattr and (attr in ATTRIBUTES or attr in SHAPE):
            return (a,)
        case Call(Method(name), (a, *_)) if name in METHODS and name not in NO_METHODS:
            return (a,)
    return ()


def _surely_number(expr: Expr) -> Iterable[Expr]:
    """Operands of arithmetic, and of NumPy's elementwise functions: real numbers or arrays of them."""
    match expr:
        case Call(f, args) if f in (operator.add, operator.mul) and any(
                isinstance(a, Build) or isinstance(a, Const) and isinstance(a.value, str) for a in args):
            return ()
        case Call(f, args) if f in ARITHMETIC or isinstance(f, np.ufunc):
            return args
    return ()


def _surely_whole(expr: Expr) -> Iterable[Expr]:
    """Operands that can only be integers: bounds of ranges and slices."""
    match expr:
        case Call(f, args) if f is range:
            return args
        case Build("slice", items):
            return items
    return ()


def _likely_array(expr: Expr) -> Iterable[Expr]:
    """Operands that are indexed or asked for their length: arrays where they are differentiated."""
    match expr:
        case Call(f, (a, *_)) if f is operator.getitem or f is len:
            return (a,)
        case Call(Method(name), (a, *_)) if name in METHODS:
            return (a,)
    return ()


def _surely_container(expr: Expr) -> Iterable[Expr]:
    """Operands that no array can be: of `p["w"]`, `p.weights`, `p.items()`."""
    match expr:
        case Call(f, (a, Const(value=str()))) if f is operator.getitem:
            return (a,)
        case Call(f, (a, Const(value=str() as attr))) if f is getattr and attr not in ATTRIBUTES and attr not in SHAPE:
            return (a,)
        case Call(Method(name), (a, *_)) if name not in METHODS and name not in ("fill", "sort"):
            return (a,)
    return ()


def _run_through(function: Function) -> set[str]:
    """The names that a loop runs through, and takes for sequences: it does not index them by what that gives."""
    found: dict[str, set[str]] = {}
    keys: set[tuple[str, str]] = set()
    for statement in walk_statements(function.body):
        match statement:
            case For(elements=elements):
                for name, container in elements:
                    if isinstance(container, Var):
                        found.setdefault(container.name, set()).add(name)
        for expr in exprs(statement):
            for e in walk(expr):
                match e:
                    case Call(f, (Var(base), Var(key))) if f is operator.getitem:
                        keys.add((base, key))
    return {name for name, given in found.items() if not any((name, key) in keys for key in given)}


def _names(function: Function, operands: Callable[[Expr], Iterable[Expr]]) -> set[str]:
    """The names that some expression of the function has among these operands, and what they are copies of."""
    found: set[str] = set()
    copies: list[tuple[str, str]] = []
    for statement in walk_statements(function.body):
        for expr in exprs(statement):
            found |= {o.name for e in walk(expr) for o in operands(e) if isinstance(o, Var)}
        match statement:
            case Store(base, index) if index is not None:
                found |= {o.name for o in operands(Call(operator.getitem, (Var(base), index))) if isinstance(o, Var)}
            case Assign((x,), Var(y)):
                copies.append((x, y))
            case Assign(targets, Var() as value) if len(targets) > 1:
                found |= {o.name for o in operands(Call(len, (value,))) if isinstance(o, Var)}
            case For(elements=elements):
                found |= {o.name for _, c in elements for o in operands(Call(len, (c,))) if isinstance(o, Var)}
    for _ in copies:
        found |= {y for x, y in copies if x in found}
    return found


# ---------------------------------------------------------------- checks at entry
def with_checks(made: Function, function: Function, kinds: tuple[Kind, ...], differentiated: frozenset[int],
                writes: bool, require: Any = require_kind) -> Function:
    """The derived program, which refuses arguments of other kinds, and ones that overlap where it writes to some.

    require: what checks the kinds, under the back end's name.
    """
    checks = [Effect(Call(require, (Const(words),), tuple((n, Var(n)) for n in names)))
              for words, names in _groups(function, kinds, differentiated).items()]
    arrays = tuple((p.name, Var(p.name)) for p, kind in zip(function.params, kinds, strict=True)
                   if not isinstance(kind, Number))
    if writes and len(arrays) > 1:
        checks.append(Effect(Call(require_separate, (), arrays)))
    first, *rest = made.body
    if checks and isinstance(first, Comment):
        first = replace(first, gap=True)
    return replace(made, body=(*checks, first, *rest))


def in_words(function: Function, kinds: tuple[Kind, ...], differentiated: frozenset[int]) -> str:
    """The facts, for the header: `x: float or float array; A, B: array`."""
    groups = _groups(function, kinds, differentiated)
    return "; ".join(f"{', '.join(names)}: {words}" for words, names in groups.items())


def _groups(function: Function, kinds: tuple[Kind, ...], differentiated: frozenset[int]) -> dict[str, list[str]]:
    """The parameters by what `require_kind` calls their kinds; those left out may be anything."""
    groups: dict[str, list[str]] = {}
    for k, (p, kind) in enumerate(zip(function.params, kinds, strict=True)):
        words = _words(p, kind, k in differentiated)
        if words:
            groups.setdefault(words, []).append(p.name)
    return groups


def _words(parameter: Parameter, kind: Kind, differentiated: bool) -> str:
    match kind:
        case Object():
            return "sequence"
        case Number("float64", False):
            return "np.float64"
        case Number(dtype):
            return dtype.removesuffix("64")
        case Numeric():
            return "float or float array" if differentiated else "number or array"
        case Array(dtype, shape):
            noun = f"{dtype or ('float' if differentiated else '')} array".strip()
            return f"{noun} of {len(shape)} axes" if isinstance(shape, tuple) else noun
    text = isinstance(parameter.default, Const) and not isinstance(parameter.default.value, (int, float, complex))
    return "" if text or parameter.annotation == "str" else "plain value"


# ---------------------------------------------------------------- what general programs cannot do
@contextmanager
def short_of_facts(declared: bool, function: Function, kinds: tuple[Kind, ...]) -> Iterator[None]:
    """Under declared facts, a refusal that more facts may avoid says so: FactsError."""
    try:
        yield
    except (AliasError, NotDifferentiableError, UnknownFunctionError, UnsupportedError) as error:
        vague = [(p.name, p.annotation) for p, kind in zip(function.params, kinds, strict=True)
                 if not isinstance(kind, Number) and not (isinstance(kind, Array) and isinstance(kind.shape, tuple))]
        if not declared or not vague:
            raise
        names = ", ".join(f"`{name}`" for name, _ in vague)
        bare = ", ".join(f"`{name}`" for name, annotation in vague if not annotation)
        annotate = f"Annotate {bare} (float, int, np.ndarray) or use" if bare else "Use"
        raise FactsError(f"{error.cause} Here too little is declared of {names}.",
                         f"{annotate} source_for(...) with arguments. If calls are refused too: {error.remedy}",
                         error.origin) from error
