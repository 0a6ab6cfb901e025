"""Checks at the entry of a general program: its arguments are what the declared facts say, and do not overlap."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.errors import ArgumentError, NotDifferentiableError


def require_kind(kind: str, /, **arguments: Any) -> None:
    """Raise ArgumentError for the first argument that is not of the kind that the program is made for.

    kind: "float", "int", "bool", "np.float64", "float or float array", "number or array", "float array",
    "float64 array", "array", the last three also with "of N axes"; or "plain value": nothing complex, and no
    array whose operators have a meaning of their own (pandas, np.matrix); or "sequence": a plain list,
    tuple, range or array. Arrays and numbers are real.
    """
    for name, value in arguments.items():
        if not is_kind(kind, value):
            found = type(value).__name__
            if type(value) is np.ndarray:
                found = f"{value.dtype} array of {value.ndim} axes"
            raise ArgumentError(f"the argument {name} is of type {found}; this program is made for: {kind}",
                                f"convert {name}, or have a program made for it (s2sgrad: source_for)")


def is_kind(kind: str, value: Any) -> bool:
    """Is the value of this kind (see `require_kind`)?"""
    if kind in ("plain value", "sequence"):
        indexed = isinstance(value, (list, tuple, range, np.ndarray))
        return is_plain(value) and (indexed or kind == "plain value")
    noun, _, axes = kind.partition(" of ")
    if type(value) is np.ndarray:
        fits = {"array": value.dtype.kind in "biuf", "number or array": value.dtype.kind in "biuf",
                "float array": value.dtype.kind == "f", "float or float array": value.dtype.kind == "f"}
        known = fits.get(noun, noun == f"{value.dtype.name} array")
        return known and axes in ("", f"{value.ndim} axes")
    if isinstance(value, (bool, np.bool_)):
        return noun in ("bool", "number or array")
    numbers: dict[str, Any] = {"float": float, "np.float64": np.float64, "int": (int, np.integer),
                               "float or float array": (float, np.floating),
                               "number or array": (int, float, np.integer, np.floating)}
    return isinstance(value, numbers.get(noun, ()))


def is_plain(value: Any) -> bool:
    """Do the operators of the value mean what they mean for real numbers and NumPy arrays of them?"""
    if isinstance(value, dict):
        return all(is_plain(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(is_plain(item) for item in value)
    if isinstance(value, np.ndarray):
        return type(value) is np.ndarray and value.dtype.kind not in "cOV"
    if isinstance(value, (complex, np.complexfloating)):
        return False
    return type(value).__module__.partition(".")[0] not in ("pandas", "xarray", "polars", "scipy")


def entries(iterable: Any) -> list[Any]:
    """The entries of what a loop runs through, which the loop backwards takes by their indices.

    Raises ArgumentError for an iterator: a loop that is left early does not take all of it.
    """
    if iter(iterable) is iterable:
        raise ArgumentError(f"a loop runs through an iterator of the class {type(iterable).__name__}",
                            "make a list of it: list(...)")
    return list(iterable)


def require_separate(**arguments: Any) -> None:
    """Raise ArgumentError where two arguments share memory: the program writes to its arguments."""
    found: list[tuple[str, Any]] = []
    for name, value in arguments.items():
        for array in arrays_in(value):
            if overlaps_itself(array):
                raise ArgumentError(f"entries of the argument {name} share memory, and the program writes "
                                    "to its arguments", f"pass a copy, for example {name}.copy()")
            for other, known in found:
                if np.may_share_memory(array, known) and np.shares_memory(array, known):
                    raise ArgumentError(f"the arguments {other} and {name} share memory, and the program "
                                        "writes to its arguments", f"pass a copy, for example {name}.copy()")
        found += [(name, array) for array in arrays_in(value)]


def arrays_in(value: Any) -> list[Any]:
    """All arrays in a structure of lists, tuples and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [array for item in value for array in arrays_in(item)]
    return [value] if isinstance(value, np.ndarray) else []


def overlaps_itself(array: Any) -> bool:
    """May a write to one entry of the array be seen in another one of it?"""
    reach = array.itemsize
    for step, length in sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True) if n > 1):
        if step < reach:
            return bool(array.flags.writeable and array.size)
        reach += step * (length - 1)
    return False


def require_reads_first(store: str, target: Any, source: Any, mask: Any = None) -> None:
    """Raise ArgumentError where `target[...] = source`, or `target[mask] = source`, does not read first.

    NumPy copies entry by entry between arrays of one axis that run in one direction, and under a mask.
    Args: the text of the store; target, an array; source, an array of its dtype that may share its memory;
    mask, an array of booleans.
    """
    if np.ndim(source) == 0 or np.ndim(mask) not in (0, target.ndim):
        return
    if not np.may_share_memory(target, source):
        return
    if mask is None and (target.ndim != 1 or source.shape[-1] != target.size
                         or target.strides[0] * source.strides[-1] <= 0):
        return
    written, read = addresses(target), addresses(source).ravel()
    if mask is not None:
        written = written[mask]
    if written.size != read.size or read.size < 2:
        return
    # NumPy begins at the low end of the target, or at the high end where the target starts inside the source
    inside = read.min() < written.min() < read.max() + abs(source.strides[-1])
    if mask is None and (target.strides[0] < 0) != inside:
        written, read = written[::-1], read[::-1]
    order = np.argsort(written, kind="stable")
    place = order[np.minimum(np.searchsorted(written, read, sorter=order), written.size - 1)]
    if np.any((written[place] == read) & (place < np.arange(read.size))):
        raise ArgumentError(f"`{store}` copies between views of one array that cross, and NumPy writes a "
                            "cell before it reads it", "write .copy() after the right side")


def require_floats(name: str, array: Any) -> None:
    """Raise NotDifferentiableError if the array is one of whole numbers, which round what is stored."""
    if array.dtype.kind in "biu":
        raise NotDifferentiableError(
            f"A value that is differentiated is stored in {name}, an array of {array.dtype}, which would "
            "round it.", "Make the array a float array, or wrap the value in s2sgrad.stop_gradient.")


def require_dtype_of_first(results: Any, *arguments: Any) -> None:
    """Raise ArgumentError where `np.vectorize` would round: all results get the dtype of the first one.

    It finds that dtype from the first entries as they are, narrow floats among them. results: a list of
    numbers. Raises ValueError where there are none, as NumPy does.
    """
    given = [np.asarray(a).dtype for a in arguments]
    narrow = [dtype for dtype in given if dtype in (np.float16, np.float32, np.complex64)]
    if narrow:
        raise ArgumentError(f"np.vectorize of an array of {narrow[0]} rounds its results to that dtype",
                            "pass float64, or write a loop")
    if not results:
        raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
    first, common = np.asarray(results[0]).dtype, np.asarray(results).dtype
    if first != common:
        raise ArgumentError(f"np.vectorize makes all results {first}, which the first one is, and others are "
                            f"{common}", "let each branch of the function return a float")


def require_apart(store: str, target: Any, source: Any) -> None:
    """Raise ArgumentError where source shares memory with target: the store writes before it reads.

    Args: the text of the store; an array; an array or a number.
    """
    if np.may_share_memory(target, source) and np.shares_memory(target, source):
        raise ArgumentError(f"`{store}` takes its values from the array that it writes, and may write an "
                            "entry before it reads it", "write .copy() after the values")


def in_turn(count: int, length: int) -> Any:
    """0, 1, ..., length - 1, 0, 1, ...: the entries that count places take from `length` values.

    Raises ArgumentError where there are places and no values.
    """
    if count and not length:
        raise ArgumentError("a store takes its values from an array without entries",
                            "leave such a store out")
    return np.arange(count) % max(length, 1)


def common_length(rows: Any) -> int:
    """The length that all rows have, 0 where there are none.

    Raises ValueError as `zip(*rows, strict=True)` does where they differ.
    """
    return len(list(zip(*rows, strict=True)))


def addresses(array: Any) -> Any:
    """Where in memory each entry of an array lies."""
    found = np.full(array.shape, array.__array_interface__["data"][0])
    for axis, step in enumerate(array.strides):
        found += np.expand_dims(step * np.arange(array.shape[axis]), tuple(range(1, array.ndim - axis)))
    return found
