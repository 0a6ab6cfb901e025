"""Declared facts: the kinds of parameters from their annotations and from what the code itself implies.

An unannotated parameter that is differentiated is "float or float array"; one that is indexed, iterated over or asked
for its shape is an array. Any other unannotated parameter is unknown.
"""

from __future__ import annotations

import operator

from s2sgrad.core.kinds import UNKNOWN, Array, Dim, Kind, Number, Numeric
from s2sgrad.core.nodes import Assign, Call, Const, Expr, For, Function, Method, Parameter, Store, Var, walk
from s2sgrad.core.rewrite import exprs, walk_statements

ARRAYS = ("ndarray", "NDArray", "ArrayLike", "Float[", "Array")


def declared_kinds(function: Function, differentiated: frozenset[int]) -> tuple[Kind, ...]:
    """The kinds of the parameters."""
    used = _used_as_arrays(function)
    return tuple(_declared(p, k in differentiated, p.name in used) for k, p in enumerate(function.params))


def _declared(parameter: Parameter, differentiated: bool, array: bool) -> Kind:
    note = (parameter.annotation or "").strip("'\"")
    symbol = f"shape of {parameter.name}"
    match note:
        case "float" | "np.float64" | "numpy.float64":
            return Number("float64", weak=note == "float")
        case "int":
            return UNKNOWN if differentiated else Number("int", True)
        case "bool":
            return UNKNOWN if differentiated else Number("bool", True)
        case "str" | "None":
            return UNKNOWN
        case "list[float]":
            return UNKNOWN
    if note and any(word in note for word in ARRAYS):
        return _annotated_array(note, symbol)
    if parameter.form == "args":
        return UNKNOWN
    if isinstance(parameter.default, Const) and not differentiated:
        return _default_kind(parameter.default.value)
    if differentiated and not note:
        return Array(None, symbol) if array else Numeric(None, symbol)
    return UNKNOWN


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
    dtype = "float64" if "float64" in note else "float32" if "float32" in note or "Float32" in note else None
    if "[" in note and note.split("[")[0].endswith("Float") or note.startswith(("Float32[", "Float64[")):
        axes = note.rsplit(",", 1)[-1].strip(" ]\"'").split()        # jaxtyping: Float[np.ndarray, "n m"]
        if all(a.isidentifier() or a.isdigit() for a in axes):
            dims = tuple(Dim("", int(a)) if a.isdigit() else Dim(f"axis {a}") for a in axes)
            return Array(dtype, dims) if dims else Number("float64")
    return Array(dtype, symbol)


def _used_as_arrays(function: Function) -> set[str]:
    """Names that are indexed, iterated over, or asked for what only arrays have."""
    found: set[str] = set()

    def look(expr: Expr) -> None:
        for e in walk(expr):
            match e:
                case Call(f, (Var(name), *_)) if f is operator.getitem or f is len or f is operator.matmul:
                    found.add(name)
                case Call(f, (_, Var(name))) if f is operator.matmul:
                    found.add(name)
                case Call(f, (Var(name), Const(value=str()))) if f is getattr:
                    found.add(name)
                case Call(Method(), (Var(name), *_)):
                    found.add(name)

    copies: dict[str, str] = {}
    for statement in walk_statements(function.body):
        for expr in exprs(statement):
            look(expr)
        match statement:
            case Store(base, index) if index is not None:
                found.add(base)
            case Assign((x,), Var(y)):
                copies[x] = y
            case Assign(targets, Var(y)) if len(targets) > 1:
                found.add(y)
            case For(elements=elements):
                found |= {c.name for _, c in elements if isinstance(c, Var)}
    for _ in copies:
        found |= {copies[x] for x in list(found) if x in copies}
    return found


