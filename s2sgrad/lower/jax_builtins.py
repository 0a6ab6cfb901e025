"""Functions of Python and of the runtime that have a meaning of their own on JAX.

    max(a, b)        jnp.maximum(a, b)              a if test else b     jnp.where(test, a, b)
    float(x)         x                              a and b              jnp.logical_and(a, b)

Each takes the values of a function, the call with its operands as they were (for their kinds), and the call with its
operands rewritten; it gives the expression in terms of JAX.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sgrad import runtime
from s2sgrad.core import primitives
from s2sgrad.core.kinds import Array, Number, TupleKind
from s2sgrad.core.named import Named
from s2sgrad.core.nodes import Call, Const, Expr, Var
from s2sgrad.lower.jax_calls import as_array
from s2sgrad.lower.puts import put as put_at
from s2sgrad.lower.refusals import spelled, unsupported
from s2sgrad.rules import puts

if TYPE_CHECKING:
    from s2sgrad.lower.jax_values import Values


def helper(name: str) -> Named:
    """A helper of the runtime, in its JAX form."""
    return Named(f"s2sgrad.execute.jax_runtime.{name}")


def extremum(values: Values, before: Call, call: Call) -> Expr:
    """`max(a, b, ...)`, `min(values)`."""
    if call.kwargs:
        raise unsupported(f"`{call.function.__name__}` with options", values.at)
    if len(call.args) == 1:
        return Call(Named(f"jax.numpy.{call.function.__name__}"), (as_array(values, before.args[0], call.args[0]),))
    result = call.args[0]
    for other in call.args[1:]:
        result = Call(Named(f"jax.numpy.{call.function.__name__}imum"), (result, other))
    return result


def convert(values: Values, before: Call, call: Call) -> Expr:
    """`float(x)` and NumPy's scalar types."""
    if call.function is int:
        raise unsupported("`int` of a value that is known only while the program runs", values.at)
    kind = values.kinds.of(before.args[0])
    if call.function is not np.float32 and isinstance(kind, Number) and kind.dtype == "float64":
        return call.args[0]
    return Call(Named("jax.numpy.asarray"), call.args, (("dtype", Const(call.function)),))


def logic(values: Values, _: Call, call: Call) -> Expr:
    """`a and b`, `a or b`, `not a` on truth values."""
    word = {primitives.and_: "and", primitives.or_: "or", operator.not_: "not"}[call.function]
    if word != "not" and any(not _is_truth(values, a) for a in call.args):
        raise unsupported(f"`{word}` between values that are no truth values", values.at,
                          "Write `np.where(...)`, or use backend='numpy'.")
    function = Named(f"jax.numpy.logical_{word}")
    result = Call(function, call.args[:1 if word == "not" else 2])
    for other in call.args[2:]:
        result = Call(function, (result, other))
    return result


def _is_truth(values: Values, expr: Expr) -> bool:
    """A comparison, or a name that holds a truth value?"""
    match expr:
        case Call(function) if function in _COMPARISONS:
            return True
        case Call(Named(path)):
            return path.rpartition(".")[2].startswith(("logical_", "is"))
    kind = values.kinds.of(expr)
    return isinstance(kind, Number) and kind.dtype == "bool"


def if_else(values: Values, before: Call, call: Call) -> Expr:
    """`a if test else b`."""
    if not values.binding.is_traced(before.args[0]):
        return call
    return Call(Named("jax.numpy.where"), call.args)


def cast_like(values: Values, before: Call, call: Call) -> Expr:
    """The gradient in the structure of its argument; an array for a list that became one is a list again."""
    match before.args:
        case (_, Var(name)) if name in values.binding.stacked:
            return Call(tuple if isinstance(values.kinds.named(name), TupleKind) else list, call.args[:1])
    return replace(call, function=helper("cast_like"))


def zeros_like(values: Values, before: Call, call: Call) -> Expr:
    """Zeros of any structure."""
    match before.args:
        case (Var(name),) if name in values.binding.stacked:
            return Call(Named("jax.numpy.zeros_like"), call.args)
    return replace(call, function=helper("zeros_like"))


def listed(values: Values, before: Call, call: Call) -> Expr:
    """`list(values)`: what is an array already stays one."""
    match before.args:
        case (argument,) if isinstance(argument, Call) and argument.function is runtime.sum_adjoint and (
                _is_array(values, argument.args[0])):
            return call.args[0]
        case (argument,) if _is_array(values, argument):
            return call.args[0]
    return call


def written(values: Values, before: Call, call: Call) -> Expr:
    """`put(base, index, value)`, `put_sum(base, index, value)`."""
    base, index, value = call.args
    if isinstance(base, Var):
        value = values.as_stored(base.name, before.args[2], value)
    return put_at(base, values.index(index), None if call.function is puts.put else operator.iadd, value)


def sum_adjoint(values: Values, before: Call, call: Call) -> Expr:
    """The adjoint of `sum(values)`."""
    if not _is_array(values, before.args[0]):
        return replace(call, function=helper("sum_adjoint"))
    shape = Call(getattr, (call.args[0], Const("shape")))
    return Call(Named("jax.numpy.broadcast_to"), (call.args[1], shape))


def _is_array(values: Values, expr: Expr) -> bool:
    """An array, or a container that became one?"""
    if isinstance(expr, Var) and expr.name in values.binding.stacked:
        return True
    return isinstance(values.kinds.of(expr), Array)


def unpacked_sum(values: Values, before: Call, call: Call) -> Expr:
    """`sum(values)`: of an array, or of a Python list of arrays."""
    match before.args:
        case (entries, *_) if _is_array(values, entries):
            total = Call(Named("jax.numpy.sum"), call.args[:1], (("axis", Const(0)),))
            return Call(operator.add, (total, call.args[1])) if len(call.args) > 1 else total
    return call


def as_it_is(values: Values, _: Call, call: Call) -> Expr:
    """A builtin that means the same."""
    return call


def refused(values: Values, _: Call, call: Call) -> Expr:
    """A builtin that has no meaning while JAX traces."""
    raise unsupported(f"`{spelled(call.function)}` of a value that is known only while the program runs", values.at)


_COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne, operator.not_,
                primitives.in_, primitives.not_in, operator.is_, operator.is_not)
Rewrite = Callable[["Values", Call, Call], Expr]
SPECIAL: dict[Any, Rewrite] = {
    max: extremum, min: extremum, float: convert, int: convert, np.float64: convert,
    np.float32: convert, primitives.and_: logic, primitives.or_: logic,
    operator.not_: logic, primitives.if_else: if_else, sum: unpacked_sum, abs: as_it_is,
    range: as_it_is, reversed: as_it_is, list: listed, runtime.sum_adjoint: sum_adjoint,
    puts.put: written, puts.put_sum: written, runtime.cast_like: cast_like, runtime.zeros_like: zeros_like,
    tuple: as_it_is, pow: as_it_is,
    primitives.in_: refused, primitives.not_in: refused, bool: refused,
}
