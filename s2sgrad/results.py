"""What a gradient function says of itself and gives: its defaults, docstring, and gradients in the user's dtypes."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sgrad.analyse.kinds import Kinds
from s2sgrad.core.kinds import (
    UNKNOWN,
    Array,
    DictKind,
    Kind,
    Known,
    ListKind,
    Number,
    Numeric,
    TupleKind,
    is_complex,
    is_scalar,
)
from s2sgrad.core.nodes import (
    Accumulate,
    Assign,
    Block,
    Build,
    Call,
    Const,
    Datum,
    Effect,
    Expr,
    Parameter,
    Recall,
    Return,
    Statement,
    Store,
    Var,
)
from s2sgrad.core.rewrite import bound, free_names, walk_statements
from s2sgrad.differentiate.conversions import NARROWER
from s2sgrad.errors import NonScalarError, Origin
from s2sgrad.rules.shapes import dtype_of
from s2sgrad.runtime import cast_like, zeros_like


def value_of(datum: Datum) -> Any:
    """What the datum holds now."""
    holder = datum.holder
    return holder.cell_contents if isinstance(holder, types.CellType) else holder[datum.key]


def printed_defaults(params: tuple[Parameter, ...], data: dict[str, Datum]) -> tuple[Parameter, ...]:
    """Defaults that are literals print; where one is not, it and those before it are left to the caller."""
    printed = tuple(replace(p, default=_literal(p.default, data)) for p in params)
    last = max((k for k, (p, q) in enumerate(zip(params, printed, strict=True)) if p.default is not None
                and q.default is None), default=-1)
    return tuple(replace(p, default=None) if k <= last else p for k, p in enumerate(printed))


def _literal(default: Expr | None, data: dict[str, Datum]) -> Expr | None:
    match default:
        case Var(name) if type(value := value_of(data[name])) is tuple and _is_literal(value):
            return Const(value)
        case Const() | Build("tuple"):
            return default
    return None


def _is_literal(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_literal, value))
    return type(value) in (int, float, str, bool, type(None))


def wide_seed(seed: str, result: Kind, kinds: Kinds, at: Origin, jax: bool) -> Iterator[Statement]:
    """The seed in the dtype of the result, where narrower ones occur: a float of Python takes the dtype of the arrays
    that it meets, and so would all adjoints that are products with it."""
    match result:
        case Number(dtype, weak=False) | Array(dtype) if any(
                dtype_of(k) in NARROWER.get(str(dtype), ()) for k in kinds.names.values()):
            kinds.names[seed] = Number(str(dtype))
            wide = np.dtype(dtype).type
            value = Call(np.asarray, (Var(seed),), (("dtype", Const(wide)),)) if jax else Call(wide, (Var(seed),))
            yield Assign((seed,), value, origin=at)


def conform(wanted: list[tuple[str, str]], kinds: Kinds, is_written: Callable[[str], bool],
            back: Block | None = None) -> list[Statement]:
    """The gradients in the dtypes of their arguments, where mixed precision or rank 0 leaves that open. is_written: of
    what may have got other keys. back: the reverse sweep, where a number of NumPy may stand for a Python float."""
    mixed = any(dtype_of(k) in ("float16", "float32", "longdouble") for k in kinds.names.values())
    plain = not mixed and not any(map(is_complex, kinds.names.values()))
    out: list[Statement] = []
    for name, like in wanted:
        value: Expr
        match kinds.names.get(like, UNKNOWN):
            case Array(dtype, shape) if dtype is not None and (mixed or shape == ()):
                value = Call(np.asarray, (Var(name),), (("dtype", Const(np.dtype(dtype).type)),))
            case Number(dtype, weak) if mixed and dtype.startswith("float"):
                value = Call(float if weak else np.dtype(dtype).type, (Var(name),))
            case ListKind() as kind if plain and _holds_float64(kind):
                continue                        # its adjoint is a list of such arrays
            case DictKind() as kind if plain and _holds_float64(kind) and not is_written(like):
                continue
            case (ListKind() | DictKind()) as kind if plain and _holds_floats(kind) and not is_written(like) and (
                    back is not None and _gets_floats(name, back, kinds)):
                continue                        # as a gradient that is a number of float64
            case Array(None) | Numeric() | TupleKind() | ListKind() | DictKind():
                value = Call(cast_like, (Var(name), Var(like)))
            case _:
                continue
        out.append(Assign((name,), value))
    return out


def _holds_float64(kind: Kind | None) -> bool:
    """Is it an array of float64, or does it hold nothing but such arrays?"""
    match kind:
        case Array("float64", tuple() as shape):
            return bool(shape)
        case ListKind(item, items):
            entries = (*(() if item is None else (item,)), *(items or ()))
            return bool(entries) and all(map(_holds_float64, entries))
        case DictKind(items=tuple() as pairs):
            return bool(pairs) and all(_holds_float64(inner) for _, inner in pairs)
    return False


def _holds_floats(kind: Kind) -> bool:
    """Does the list or dict hold nothing but numbers of float64?"""
    match kind:
        case ListKind(item, items):
            entries = (*(() if item is None else (item,)), *(items or ()))
        case DictKind(items=tuple() as pairs):
            entries = tuple(inner for _, inner in pairs)
        case DictKind(item=item):
            entries = () if item is None else (item,)
        case _:
            return False
    return bool(entries) and all(
        isinstance(k, Number) and k.dtype == "float64" and not (k.several or k.mixed) for k in entries)


def _gets_floats(name: str, back: Block, kinds: Kinds) -> bool:
    """Does this adjoint begin as zeros, to which nothing is added but numbers of float64, entry by entry?"""
    keyed = isinstance(kinds.named(name), DictKind)         # and an index is no slice
    for statement in walk_statements(back):
        match statement:
            case Assign((target,), Call(function, (Var(),), ())) if target == name:
                if function is not zeros_like:
                    return False
            case Accumulate(adjoint, index, value) if adjoint == name:
                kind = kinds.of(value)
                if index is None or not (keyed or isinstance(kinds.of(index), Number)) or not (
                        isinstance(kind, Number) and kind.dtype == "float64"):
                    return False
            case Store(base, _, Const(value), None) if base == name:
                if type(value) is not float:
                    return False
            case Recall(target=other) if other == name:
                return False
            case Store(base) if base == name:
                return False
            case Effect(call) if name in free_names(call):
                return False
            case _ if name in bound(statement):
                return False
    return True


def is_real_scalar(kind: Kind) -> bool:
    """Is it known to be one real number?"""
    return is_scalar(kind) and isinstance(kind, Number) and not kind.dtype.startswith("complex")


def check_result(kind: Kind, last: Return) -> None:
    """Raise NonScalarError where the value of the function is known to be no real number."""
    match kind:
        case Array(shape=tuple() as shape) if shape:
            what = f"an array of rank {len(shape)}"
        case TupleKind(items):
            what = f"a tuple of {len(items)}"
        case Known(value) if value is None:
            what = "None"
        case Number(dtype) if dtype.startswith("complex"):
            what = "complex"
        case Number(dtype) if dtype.startswith(("int", "uint", "bool")):
            what = f"of the type {dtype}, which cannot change smoothly"
        case _:
            return
    raise NonScalarError(f"The value of the function is {what}, so it has no gradient.",
                         "Return one real number, for example the sum.", last.origin)


def doc_of(name: str, wrt: tuple[str, ...], value: bool) -> str:
    """The docstring of a gradient function."""
    names = [f"`{w}`" for w in wrt]
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return (f"Value of `{name}` and its gradient with respect to {joined}." if value
            else f"Gradient of `{name}` with respect to {joined}.")
