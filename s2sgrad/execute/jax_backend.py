"""Emitted text in the JAX dialect becomes a function that is compiled by `jax.jit` and called like the NumPy one.

Comes in: text as for `numpy_backend.load`, the names that it reads live, and how its results are laid out. Goes out: a
callable that takes and gives NumPy where no argument is a JAX array, and JAX arrays where one is. JAX is loaded by the
first call, not before.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from s2sgrad.core.nodes import Datum
from s2sgrad.errors import ArgumentError, MissingPackageError, Origin
from s2sgrad.execute.data import LiveData
from s2sgrad.execute.fixed import HOLE, Fixed, fill, is_jax_array, is_traced, split
from s2sgrad.execute.jax_errors import as_refusals
from s2sgrad.execute.numpy_backend import load
from s2sgrad.execute.parameters import Parameters, parameters_of
from s2sgrad.execute.tree import Path, is_float_leaf, leaves, rebuild, spell

PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_lock = threading.Lock()
_said: set[str] = set()         # what is said once in a process


class JaxProgram:
    """A program in the JAX dialect.

    text, name, entry, lines: as for `numpy_backend.load`. data: what the text reads live. argnums: the positions of
    the differentiated parameters; single: their one gradient is bare. The entry returns `gradients`;
    `(value, gradients)` with value; `((value, aux), gradients)` with both; `(gradients, aux)` with has_aux alone.
    """

    def __init__(self, text: str, name: str, entry: str, lines: Mapping[int, Origin], data: Sequence[Datum], *,
                 argnums: tuple[int, ...], single: bool, value: bool, has_aux: bool) -> None:
        self._text = text, name, entry, lines
        self._live = LiveData(data)
        self._argnums, self._single, self._value, self._has_aux = argnums, single, value, has_aux
        self._lock = threading.Lock()
        self._jitted: Any = None
        self._parameters: Parameters | None = None

    # ------------------------------------------------------------ calls
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The result for these arguments, which are those of the entry.

        Floats, complex numbers and arrays, in containers too, are inputs of the compiled program; for other values it
        is compiled anew. Without a JAX array among the arguments gradients are of the kind and dtype of what they
        belong to (None for what is no float), the value is a NumPy scalar, and arrays in aux are NumPy arrays. With
        one, JAX arrays come back.

        Raises MissingPackageError without JAX; UnsupportedError for what JAX cannot trace; what the program raises on
        purpose while it is traced.
        """
        jitted, parameters = self._compiled()
        data = self._data()
        arguments = (args, kwargs)
        as_jax = any(is_jax_array(leaf) for _, leaf in leaves(arguments, objects=False)) or _holds_tracers(data)
        wanted = [args[i] if i < parameters.positional else kwargs[parameters.names[i]] for i in self._argnums]
        _warn_of_single_precision(wanted, arguments, data, as_jax)
        fixed, traced = split((arguments, data))
        with as_refusals():
            made = jitted(fixed, *[_native(leaf) for leaf in traced])
        if as_jax:
            return self._finish(made(), wanted, _jax_gradient, lambda result: result)
        return self._finish(_fetched(made)(), wanted, _numpy_gradient, _numpy_leaves)

    def pure(self, /, *args: Any, **kwargs: Any) -> Any:
        """The same without `jit`, for `jax.jit`, `jax.vmap` and the like: JAX arrays come back.

        Live data are read when this runs; under the user's own jit, that is when it is traced.
        """
        jax = _load_jax()
        data = self._data()
        _warn_of_single_precision((), (args, kwargs), data, True)

        def taken(_: Any, leaf: Any) -> Any:
            return jax.numpy.array(_native(leaf)) if is_traced(leaf) and not is_jax_array(leaf) else leaf
        (args, kwargs), data = rebuild(((args, kwargs), data), taken, objects=False)
        with as_refusals():
            return self._enter(data)(*args, **kwargs)

    def _compiled(self) -> tuple[Any, Parameters]:
        with self._lock:
            if self._jitted is None or self._parameters is None:
                jax = _load_jax()
                self._parameters = parameters_of(load(*self._text))

                def run(fixed: Fixed, *traced: Any) -> Any:
                    (args, kwargs), data = fixed.fill(traced)
                    return _as_result(self._enter(data)(*args, **kwargs))
                run.__name__ = run.__qualname__ = self._text[2]
                self._jitted = jax.jit(run, static_argnums=0)
            return self._jitted, self._parameters

    def _enter(self, data: Mapping[str, Any]) -> FunctionType:
        """The entry in a namespace of its own that holds these data, so that no trace sees those of another."""
        entry = load(*self._text)
        entry.__globals__.update(data)
        return entry

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        self._live.refresh(data)
        return data

    def _finish(self, result: Any, wanted: list[Any], gradient: Callable[[Any, Any], Any],
                other: Callable[[Any], Any]) -> Any:
        """The result with its gradients and its other parts converted."""
        def gradients(found: Any) -> Any:
            if self._single:
                return gradient(found, wanted[0])
            return tuple(gradient(g, x) for g, x in zip(found, wanted, strict=True))
        if self._value:
            return other(result[0]), gradients(result[1])
        return (gradients(result[0]), other(result[1])) if self._has_aux else gradients(result)


# ---------------------------------------------------------------- results
class Layout:
    """A result with holes for its arrays: called with the arrays, it gives the result."""

    def __init__(self, structure: Any) -> None:
        self._structure = structure

    def __call__(self, *arrays: Any) -> Any:
        return fill(self._structure, arrays)


def _as_result(result: Any) -> Any:
    """A pytree of the arrays in a result, which rebuilds it when called; what is no array is part of its type."""
    jax = _load_jax()
    arrays: list[Any] = []

    def take(_: Any, leaf: Any) -> Any:
        numeric = isinstance(leaf, np.ndarray) and leaf.dtype.kind in "biufc"
        if not numeric and not is_jax_array(leaf):
            return leaf
        arrays.append(jax.numpy.asarray(leaf))
        return HOLE
    structure = rebuild(result, take, objects=False)
    return jax.tree_util.Partial(Layout(structure), *arrays)


def _fetched(made: Any) -> Any:
    """The same with NumPy arrays, fetched together, which nothing else refers to."""
    jax = _load_jax()
    return jax.tree_util.Partial(made.func, *[np.array(array) for array in jax.device_get(made.args)])


def _numpy_leaves(result: Any) -> Any:
    """Arrays of rank 0 and Python numbers as NumPy scalars; what is no number stays what it is."""
    def scalar(_: Any, leaf: Any) -> Any:
        return leaf[()] if isinstance(leaf, np.ndarray) else np.float64(leaf) if type(leaf) is float else leaf
    return rebuild(result, scalar, objects=False)


def _numpy_gradient(x_bar: Any, x: Any) -> Any:
    """The gradient in the structure, kinds and dtypes of the argument x; None for what is no float."""
    def leaf(g: Any, like: Any) -> Any:      # g is nobody else's: see _fetched
        if isinstance(like, np.ndarray):
            return np.asarray(g, dtype=like.dtype)
        return type(like)(g)
    return _like(x_bar, x, leaf)


def _jax_gradient(x_bar: Any, x: Any) -> Any:
    """The gradient in the structure of the argument x, with JAX arrays; None for what is no float."""
    jnp = _load_jax().numpy

    def leaf(g: Any, like: Any) -> Any:
        return g if is_jax_array(g) else jnp.asarray(g, dtype=jnp.result_type(like))
    return _like(x_bar, x, leaf)


def _like(x_bar: Any, x: Any, leaf: Any) -> Any:
    match x:
        case dict():
            return {key: _like(x_bar[key], value, leaf) for key, value in x.items()}
        case list() | tuple():
            return type(x)([_like(g, value, leaf) for g, value in zip(x_bar, x, strict=True)])
    floating = is_jax_array(x) or is_float_leaf(x)
    return leaf(x_bar, x) if floating and x_bar is not None else None


# ---------------------------------------------------------------- arguments
def stand_ins(values: Sequence[Any], names: Sequence[str] = ()) -> tuple[Any, ...]:
    """The values with a NumPy array, C-contiguous and never read, for each JAX array or tracer.

    NumPy arrays of another layout are replaced likewise, since JAX arrays have one layout only. names: of the values,
    for messages.

    Raises ArgumentError for a JAX array whose dtype NumPy does not have.
    """
    def stand_in(path: Path, leaf: Any) -> Any:
        if is_jax_array(leaf) and not (isinstance(leaf.dtype, np.dtype) and leaf.dtype.kind in "biufc"):
            number = path[0][1]
            where = (names[number] if names else f"number {number}") + spell(path[1:])
            raise ArgumentError(f"the argument {where} is a JAX array of dtype {leaf.dtype}, which NumPy does not have",
                                "convert it, for example with .astype('float32')")
        if is_jax_array(leaf) or type(leaf) is np.ndarray and not leaf.flags.c_contiguous:
            return np.empty(leaf.shape, leaf.dtype)
        return leaf
    made: tuple[Any, ...] = rebuild(tuple(values), stand_in, objects=False)
    return made


def _native(leaf: Any) -> Any:
    """A traced leaf in the byte order of the machine."""
    if isinstance(leaf, np.ndarray) and not leaf.dtype.isnative:
        return leaf.astype(leaf.dtype.newbyteorder("="))
    return leaf


def _holds_tracers(data: Mapping[str, Any]) -> bool:
    """Was the program called inside a transformation of JAX whose values reach it as live data only?"""
    if not data:
        return False
    tracer = _load_jax().core.Tracer
    return any(isinstance(leaf, tracer) for _, leaf in leaves(data, objects=False))


# ---------------------------------------------------------------- JAX itself
def _load_jax() -> Any:
    try:
        return importlib.import_module("jax")
    except ModuleNotFoundError as missing:
        if missing.name != "jax":
            raise
        raise MissingPackageError("backend='jax' needs jax, which is not installed", "pip install jax") from None


def _warn_of_single_precision(wanted: Iterable[Any], arguments: Any, data: Any, as_jax: bool) -> None:
    """Say once in a process that double precision was asked for and JAX computes in single precision.

    It is asked for by NumPy arrays and scalars of that dtype. A Python float takes the precision of what it meets, and
    asks only where it is differentiated or where no other float is there, and no JAX array.
    """
    if "float64" in _said or _load_jax().numpy.result_type(float) == np.float64:
        return
    every = [leaf for _, leaf in leaves((arguments, data), objects=False)]
    dtypes = {leaf.dtype for leaf in every if isinstance(leaf, (np.inexact, np.ndarray)) and leaf.dtype.kind in "fc"}
    alone = not as_jax and (not dtypes or any(type(leaf) is float for _, leaf in leaves(tuple(wanted), objects=False)))
    double = not dtypes.isdisjoint({np.dtype("float64"), np.dtype("complex128")})
    if not double and not (alone and any(type(leaf) is float for leaf in every)):
        return
    with _lock:
        if "float64" in _said:
            return
        _said.add("float64")
    warnings.warn("backend='jax': an argument is a float64, but JAX computes in float32 here.\n"
                  'Remedy: jax.config.update("jax_enable_x64", True), or JAX_ENABLE_X64=1 in the environment, or pass '
                  "float32 on purpose.", stacklevel=_depth_of_the_call())


def _depth_of_the_call() -> int:
    """The stacklevel, for the caller, of the first frame that is not of this package."""
    frame, depth = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame, depth = frame.f_back, depth + 1
    return depth
