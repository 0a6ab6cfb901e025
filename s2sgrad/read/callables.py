"""From what a user passes as a function to the plain Python function whose source is to be read.

Comes in: any object. Goes out: a `types.FunctionType` and, for a bound method, the receiver. Everything that has no
Python source of its own, or that stands for something else than its source says, is refused with the remedy.

A wrapper made with `functools.wraps` is a function like any other: it is not replaced by what it wraps, since a
decorator may change what is computed.
"""

from __future__ import annotations

import functools
import inspect
import types
from typing import Any

import numpy as np

from s2sgrad.core.nodes import Call
from s2sgrad.errors import NOWHERE, ArgumentError, Origin, SourceError


def plain_function(function: Any) -> tuple[types.FunctionType, Any]:
    """(the plain Python function, the receiver of a bound method or None).

    Raises: ArgumentError for what cannot be called; SourceError for what has no Python source of its own (compiled
    functions, classes, partial objects, objects with `__call__`, functions compiled by numba or jax, async functions).
    """
    match function:
        case types.FunctionType():
            if function.__code__.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
                raise SourceError(f"`{function.__name__}` is an async function, which has no value to differentiate.",
                                  "write it as a plain `def`.", origin_of(function))
            return function, None
        case types.MethodType():
            return plain_function(function.__func__)[0], function.__self__
        case staticmethod() | classmethod():
            return plain_function(function.__func__)
        case functools.partial():
            inner = name_of(function.func)
            raise SourceError(f"A functools.partial object (of `{inner}`) has no source of its own.",
                              f"write the call out, as in `lambda x: {inner}(x, ...)`.")
        case type():
            raise SourceError(f"`{function.__name__}` is a class, not a function.",
                              f"write a function that calls it: `def f(x): return {function.__name__}(x)...`.")
    if not callable(function):
        raise ArgumentError(f"A function is needed, but this is of type `{type(function).__name__}`: {function!r:.60}",
                            "pass a Python function.")
    raise refusal(function)


def refusal(function: Any) -> SourceError:
    """Why an object that can be called, but is no Python function, is not read."""
    name, kind = name_of(function), type(function)
    library = kind.__module__.split(".")[0]
    if library == "s2sgrad" and isinstance(getattr(function, "primal", None), types.FunctionType):
        return SourceError(f"`{name}` is an object of s2sgrad ({kind.__name__}), not a plain function: its source is "
                           "the code that s2sgrad wrote, not that of the function it was made from.",
                           f"use `{name}.primal` for the function as written.")
    for attribute, decorators in (("py_func", {"numba": "numba.njit"}), ("__wrapped__", {"jaxlib": "jax.jit"})):
        inner = getattr(function, attribute, None)
        if isinstance(inner, types.FunctionType) and library != "numpy":
            decorator = decorators.get(library, f"a decorator of {library} ({kind.__name__})")
            if kind.__module__ == "functools":
                decorator = "functools.lru_cache"
            return SourceError(f"`{name}` is wrapped by {decorator}, whose result is not a Python function.",
                               f"use the function without the decorator: `{name}.{attribute}`.", origin_of(inner))
    if isinstance(kind.__call__, types.FunctionType):
        return SourceError(f"An object of class `{kind.__name__}` is not a function.", "pass its `__call__` method.")
    return SourceError(f"`{name}` has no Python source: it is compiled code ({kind.__module__}.{kind.__name__}).",
                       f"write a function that calls it: `def f(x): return {name}(x)`.")


def name_of(function: Any) -> str:
    """How a message calls a function: `np.sin`, `np.add.at`, `math.exp`, or by its own name alone."""
    name = str(getattr(function, "__name__", type(function).__name__))
    if isinstance(owner := getattr(function, "__self__", None), np.ufunc):
        return f"{name_of(owner)}.{name}"
    home = getattr(function, "__module__", None) or ("numpy" if vars(np).get(name) is function else "")
    home = home.replace("numpy", "np", 1)
    return f"{home}.{name}" if home.partition(".")[0] in ("np", "math", "scipy") else name


def origin_of(function: types.FunctionType) -> Origin:
    """Where a function says that it was defined."""
    code = function.__code__
    return Origin(code.co_filename, code.co_firstlineno, function=function.__name__) if code.co_filename else NOWHERE


def with_first_by_position(call: Call) -> Call:
    """`np.ravel(a=x)` as `np.ravel(x)`: what a result may be a view of is the first argument, by position."""
    if not str(getattr(call.function, "__module__", "")).startswith("numpy"):
        return call
    try:
        first = next(iter(inspect.signature(call.function).parameters.values()))
    except (TypeError, ValueError, StopIteration):          # a function that does not say what it takes
        return call
    given = dict(call.kwargs)
    if first.name not in given or first.kind is first.KEYWORD_ONLY:
        return call
    rest = tuple((k, v) for k, v in call.kwargs if k != first.name)
    return Call(call.function, (given[first.name],), rest)
