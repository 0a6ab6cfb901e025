"""Calls of functions and operators on traced values, in terms of JAX."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sgrad.core.kinds import Array, DictKind, Kind, ListKind, Number, TupleKind, is_float
from s2sgrad.core.named import Named
from s2sgrad.core.nodes import Build, Call, Const, Expr, Var
from s2sgrad.lower.refusals import spelled, unsupported
from s2sgrad.rules.jax_names import jax_name, lacking, needed, positions
from s2sgrad.rules.shapes import dtype_of

if TYPE_CHECKING:
    from s2sgrad.lower.jax_values import Values

AS_SEQUENCES: tuple[Any, ...] = (
    np.array, np.asarray, np.stack, np.concatenate, np.vstack, np.hstack, np.column_stack, np.dstack, np.block)
IN_THEIR_DTYPE: tuple[Any, ...] = (np.cumsum, np.cumprod, np.clip, np.convolve, np.correlate, np.reciprocal)
DROPPED = ("kind",)


def operation(values: Values, before: Call, call: Call) -> Call:
    """An operator. Python's integers have no end, those of JAX have 64 bits."""
    if call.function in (operator.pow, operator.lshift) and all(is_integer(values, a) for a in before.args):
        if call.function is operator.lshift or values.binding.is_traced(before.args[1]):
            raise unsupported("An integer to the power of an integer that is known only while the program runs",
                              values.at, "Write the base as a float, `2.0**i`, or use backend='numpy'.")
    if call.function is operator.pow and is_integer(values, before.args[0]) and _exceeds(before.args[1], 3) or (
            call.function is operator.mul and all(is_integer(values, a) for a in before.args)
            and any(_exceeds(a, 2**31) for a in before.args)):
        raise unsupported("An integer that may leave 64 bits", values.at,
                          "Compute with floats, `float(i)`, or use backend='numpy'.")
    if call.function in (operator.add, operator.sub, operator.neg, operator.pos, operator.invert) and all(
            _is_python_truth(values, a) for a in before.args):
        raise unsupported("Arithmetic of truth values", values.at, "Write `1.0 if a else 0.0`, or use backend='numpy'.")
    compared = call.function in (operator.eq, operator.ne) and Const(None) in call.args
    if compared or call.function in (operator.is_, operator.is_not):
        raise unsupported("A test for an object, of what a branch or loop sets,", values.at)
    return in_double_precision(values, before, call) if call.function is operator.truediv else call


def _exceeds(expr: Expr, bound: int) -> bool:
    return isinstance(expr, Const) and isinstance(expr.value, int) and abs(expr.value) > bound


def _is_python_truth(values: Values, expr: Expr) -> bool:
    kind = values.kinds.of(expr)
    return isinstance(kind, Number) and kind.dtype == "bool" and kind.weak


def is_integer(values: Values, expr: Expr) -> bool:
    """Is it an integer?"""
    kind = values.kinds.of(expr)
    return isinstance(kind, Number) and kind.dtype.startswith(("int", "uint"))


def check_helper(values: Values, name: str, call: Call) -> None:
    """A helper of which a loop or a shape depends on an argument must be given it while JAX traces."""
    for parameter, arg in zip(values.helpers.get(name, ()), call.args, strict=False):
        if parameter and values.binding.is_traced(arg):
            raise unsupported(f"A helper whose loops or shapes depend on `{parameter}`, which is given what is known "
                              "only while the program runs,", values.at)


def numpy_call(values: Values, before: Call, call: Call) -> Expr:
    """A function of NumPy, math or SciPy by its JAX name."""
    function = call.function
    if function in IN_THEIR_DTYPE and any(is_narrow(values, a) for a in before.args):
        raise unsupported(f"`{spelled(function)}` of integers of less than 64 bits", values.at,
                          "Convert them, `.astype(float)`, or use backend='numpy'.")
    name = jax_name(function)
    if name is None:
        raise unsupported(f"`{spelled(function)}`", values.at)
    call = in_double_precision(values, before, call)
    lacks = lacking(function) - harmless(values, before)
    options = [k for k, v in call.kwargs if k in lacks and v != Const(None)]
    if options:
        raise unsupported(f"The option `{options[0]}` of `{spelled(function)}`", values.at)
    most = positions(function)
    if most is not None and len(call.args) > most:
        raise unsupported(f"Argument {most + 1} of `{spelled(function)}`", values.at)
    kwargs = tuple((k, v) for k, v in call.kwargs if k not in lacks and k not in DROPPED)
    kwargs += tuple((k, Const(v)) for k, v in needed(function).items() if k not in dict(kwargs))
    if function in (np.divide, np.true_divide) and not kwargs and len(call.args) == 2:
        return Call(operator.truediv, call.args)
    if function is np.where and len(call.args) == 1:
        raise unsupported("`np.where` with one argument, whose result has a length that depends on data,", values.at)
    args = call.args
    if function is np.stack and isinstance(values.kinds.of(before.args[0]), Array):       # a list that became an array
        if len(args) > 1 or kwargs:
            raise unsupported("The axis of `np.stack`, for a list that a loop fills,", values.at)
        return args[0]
    if function is np.zeros_like and isinstance(args[0], Var) and args[0].name in values.unset:
        return Call(Named("s2sgrad.execute.jax_runtime.zeros_like"), args)
    if function not in AS_SEQUENCES:
        args = tuple(as_array(values, b, a) for b, a in zip(before.args, args, strict=True))
    return Call(Named(name), args, kwargs)


def in_double_precision(values: Values, before: Call, call: Call) -> Call:
    """Of integers that are no int64, and of truth values, NumPy computes in float64, and JAX in float32."""
    averages = before.function in (np.mean, np.var, np.std, np.average)
    if not averages and dtype_of(values.kinds.of(before)) != "float64":
        return call
    if any(is_float(values.kinds.of(a)) for a in before.args):
        return call
    args = tuple(Call(Named("jax.numpy.asarray"), (a,), (("dtype", Const(float)),)) if is_narrow(values, b) else a
                 for b, a in zip(before.args, call.args, strict=True))
    return replace(call, args=args)


def is_narrow(values: Values, expr: Expr) -> bool:
    """Is it a traced integer of less than 64 bits, or a truth value?"""
    dtype = dtype_of(values.kinds.of(expr)) or "int"
    return values.binding.is_traced(expr) and dtype.startswith(("bool", "int", "uint")) and dtype not in (
        "int", "int64", "uint64")


def harmless(values: Values, call: Call) -> set[str]:
    """Options of this call that JAX's function need not have, or has with the same meaning for such values."""
    found = {"kind"} if call.function in (np.sort, np.argsort) else set()        # JAX sorts stably
    match dict(call.kwargs).get("dtype"):
        case Call(f, (array, Const("dtype"))) if f is getattr and is_float(values.kinds.of(array)):
            found.add("dtype")
    return found


def as_array(values: Values, before: Expr, arg: Expr) -> Expr:
    """JAX takes no lists for arrays."""
    is_list = isinstance(before, Build) and before.form == "list" or isinstance(values.kinds.of(before), ListKind)
    if not is_list or isinstance(before, Var) and before.name in values.binding.stacked:
        return arg
    return Call(Named("jax.numpy.asarray") if values.binding.is_traced(before) else np.array, (arg,))


def instance_test(values: Values, call: Call) -> Expr:
    """`isinstance(x, types)` about a traced x: what it is on NumPy, where that is known."""
    if len(call.args) == 2 and isinstance(call.args[1], Const):
        like = representative(values.kinds.of(call.args[0]))
        if like is not None:
            return Const(isinstance(like, call.args[1].value))
    raise unsupported("A test for the type of a value, which is another one on JAX,", values.at,
                      "Ask for `np.ndim(x)`, or use backend='numpy'.")


def representative(kind: Kind) -> Any:
    """A value of this kind; None where the kind does not say its class."""
    match kind:
        case Number(dtype, weak):
            plain: dict[str, Any] = {"float64": 0.0, "int": 0, "bool": False}
            return plain.get(dtype) if weak else np.dtype(dtype).type(0) if dtype in np.sctypeDict else None
        case Array():
            return np.zeros(())
        case TupleKind():
            return ()
        case ListKind():
            return []
        case DictKind():
            return {}
    return None
