"""Branches and loops whose values differ in dtype, or are not set on one side: `lax.cond` and `lax.scan` made lenient.

In: functions over structures (tuples, lists, dicts) of arrays and numbers. Out: structures of arrays. A value that is
None on one side stands for a name that is not set there: nan (zeros, where there is no nan) of the other side's shape
takes its place, so that a program that reads it all the same, which raises on NumPy, gives nan.
Numbers and arrays of different dtypes are promoted as `jnp.result_type` says, Python numbers weakly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from s2sgrad.errors import UnsupportedError

ROUNDS = 100            # each round but the last makes some part of a carry wider, of which few can follow


def branch(test: Any, then: Callable[..., Any], otherwise: Callable[..., Any], *operands: Any) -> Any:
    """`then(*operands)` where test holds, else `otherwise(*operands)`.

    test: a scalar, or an array with one entry. One that is a Python or NumPy bool is decided here and now. Operands may
    be anything; those that are no arrays reach the functions unchanged.

    Raises UnsupportedError where the two give arrays of different shapes or other structures.
    """
    if isinstance(test, (bool, np.bool_)):
        chosen = then(*operands) if test else otherwise(*operands)
        if not isinstance(chosen, tuple) or None not in chosen:
            return chosen
    like = _joined(jax.eval_shape(lambda: then(*operands)), jax.eval_shape(lambda: otherwise(*operands)), "a branch")
    if isinstance(test, (bool, np.bool_)):          # what reads this one may branch on it when the program runs
        return _conform(chosen, like)
    holds = jnp.reshape(jnp.asarray(test), ()) != 0
    return jax.lax.cond(holds, lambda: _conform(then(*operands), like), lambda: _conform(otherwise(*operands), like))


def scan(body: Callable[[Any, Any], Any], carry: Any, steps: Any, length: int | None = None,
         reverse: bool = False) -> tuple[Any, Any]:
    """As `lax.scan`, with the carry promoted at the start to what the body makes of it.

    Raises UnsupportedError where a part of the carry changes its shape.
    """
    rows = jax.eval_shape(lambda: steps)
    step = jax.tree_util.tree_map(lambda s: _abstract(s.shape[1:], s), rows)
    like = jax.eval_shape(lambda: carry)
    for _ in range(ROUNDS):
        wider = _joined(like, jax.eval_shape(lambda c, s: body(c, s)[0], like, step), "a trip of a loop")
        if wider == like:
            break
        like = wider

    def trip(carry: Any, step: Any) -> Any:
        carry, slots = body(carry, step)
        return _conform(carry, like), slots
    done: tuple[Any, Any] = jax.lax.scan(trip, _conform(carry, like), steps, length=length, reverse=reverse)
    return done


def _joined(a: Any, b: Any, where: str) -> Any:
    """Abstract values (structures of ShapeDtypeStruct) that hold what either does."""
    match a, b:
        case (None, other) | (other, None):
            return other
        case (dict(), dict()) if a.keys() == b.keys():
            return {key: _joined(a[key], b[key], where) for key in a}
        case (list() | tuple(), list() | tuple()) if len(a) == len(b):
            return _like(a, [_joined(p, q, where) for p, q in zip(a, b, strict=True)])
        case (jax.ShapeDtypeStruct(), jax.ShapeDtypeStruct()) if a.shape == b.shape:
            return a if a == b else _promoted(a, b)
    raise UnsupportedError(f"The values before and behind {where} differ in shape: {_spell(a)} and {_spell(b)}.",
                           "Give the array its full shape before, for example by np.zeros(shape).")


def _promoted(a: Any, b: Any) -> Any:
    entries = [_abstract((), s) for s in (a, b)]
    both = jax.eval_shape(lambda p, q: jnp.where(True, p, q), *entries)
    return _abstract(a.shape, both)


def _abstract(shape: tuple[int, ...], like: Any) -> Any:
    struct: Any = jax.ShapeDtypeStruct          # untyped in JAX
    return struct(shape, like.dtype, weak_type=like.weak_type)


def _conform(value: Any, like: Any) -> Any:
    """The value in the structure, dtypes and weak types of `like`; nan, or zeros, where it is None."""
    match like:
        case None:
            return None
        case dict():
            return {key: _conform(None if value is None else value[key], like[key]) for key in like}
        case list() | tuple():
            values = [None] * len(like) if value is None else value
            return _like(like, [_conform(v, part) for v, part in zip(values, like, strict=True)])
    zero = False if like.dtype == bool else np.zeros((), like.dtype).item()
    if value is None:
        unset = jnp.nan if jnp.issubdtype(like.dtype, jnp.inexact) else zero
        value = jnp.broadcast_to(jnp.asarray(unset) if like.weak_type else jnp.asarray(unset, like.dtype), like.shape)
    if not like.weak_type:
        return jax.lax.convert_element_type(value, like.dtype)
    value = jnp.asarray(value)
    return value if value.dtype == like.dtype else value * (zero + 1)       # a Python number: it stays weak


def _like(container: Any, items: list[Any]) -> Any:
    return type(container)._make(items) if hasattr(container, "_make") else type(container)(items)


def _spell(a: Any) -> str:
    return f"an array of shape {a.shape}" if isinstance(a, jax.ShapeDtypeStruct) else f"a {type(a).__name__}"
