"""Adjoints of what is not one array: zeros of any structure, sums of structures, and the last writer of a cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.errors import NonScalarError


def zeros_like(x: Any) -> Any:
    """Zeros in the structure of x: 0.0 for a number, an array for an array, None for what is no float.

    The adjoint of a tuple is a list while it grows.
    """
    if isinstance(x, dict):
        return {key: zeros_like(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [zeros_like(value) for value in x]
    if isinstance(x, np.ndarray):
        return np.zeros_like(x) if x.dtype.kind in "fc" else None
    if isinstance(x, np.inexact):
        return type(x)(0.0)
    return 0.0 if isinstance(x, (float, complex)) else None


def real_like(x_bar: Any, x: Any) -> Any:
    """The adjoint x_bar of x, real where x is real; in a container it may be complex."""
    if isinstance(x, (dict, list, tuple)) or np.iscomplexobj(x):
        return x_bar
    return np.real(x_bar)


def add_adjoints(a: Any, b: Any) -> Any:
    """The sum of two adjoints of one structure. Nothing is written in place.

    None counts as zero, and so does the entry of a dict that only one of them has (it was put later).
    """
    if a is None or b is None:
        return a if b is None else b
    if isinstance(a, dict):
        return {key: add_adjoints(a.get(key), b.get(key)) for key in {**a, **b}}
    if isinstance(a, (list, tuple)):
        return [add_adjoints(p, q) for p, q in zip(a, b, strict=True)]
    return a + b


def own(x: Any) -> Any:
    """The adjoint x as an object of its own: arrays, and those in lists and dicts, are copied."""
    if isinstance(x, np.ndarray):
        return np.copy(x)
    if isinstance(x, dict):
        return {key: own(value) for key, value in x.items()}
    return [own(value) for value in x] if isinstance(x, (list, tuple)) else x


def add_into(a: Any, b: Any) -> None:
    """Add the adjoints b into what the container a holds, in place; keys that b lacks were put later."""
    for key in b if isinstance(a, dict) else range(len(a)):
        if isinstance(a[key], np.ndarray):
            a[key][...] += b[key]
        elif isinstance(a[key], (list, dict)):
            add_into(a[key], b[key])
        elif a[key] is not None:
            a[key] = a[key] + b[key]


def add_into_entry(a: Any, index: Any, b: Any) -> None:
    """Add the adjoint b to the entry `a[index]` of a container: in place, if that is no number."""
    entry = a[index]
    if isinstance(entry, np.ndarray):
        entry[...] += b
    elif isinstance(entry, (list, dict)):
        add_into(entry, b)
    elif entry is not None:
        a[index] = entry + b


def add_into_slice(a: Any, index: slice, b: Any) -> None:
    """Add the adjoints b into the entries `a[index]` of a list, in place."""
    for k, value in zip(range(len(a))[index], b, strict=True):
        if isinstance(a[k], np.ndarray):
            a[k][...] += value
        elif isinstance(a[k], (list, dict)):
            add_into(a[k], value)
        elif a[k] is not None:
            a[k] = a[k] + value


def last_writers(a: np.ndarray, index: Any) -> np.ndarray:
    """For the store `a[index] = v`: which entries of v stay in a (of equal indices the last one wins)."""
    count = np.arange(a[index].size).reshape(a[index].shape)
    owner = np.empty(a.shape, dtype=int)
    owner[index] = count
    kept: np.ndarray = owner[index] == count
    return kept


def require_scalar(result: Any, name: str) -> None:
    """Raise NonScalarError unless the value of `name` is a real number (a scalar or a 0-d array)."""
    kind = getattr(getattr(result, "dtype", None), "kind", "f" if isinstance(result, (int, float)) else "O")
    if np.ndim(result) != 0 or kind not in "fiub":
        raise NonScalarError(
            f"The value of `{name}` is no real number but {type(result).__name__} of shape "
            f"{np.shape(result)}, so it has no gradient.", "Return one real number, for example the sum.")


def cast_like(x_bar: Any, x: Any) -> Any:
    """The gradient in the structure, kind and dtype of its argument; None for what is no float."""
    if isinstance(x, dict):
        return {key: cast_like(x_bar[key], x[key]) for key in x}
    if isinstance(x, (list, tuple)):
        return type(x)([cast_like(g, value) for g, value in zip(x_bar, x, strict=True)])
    if x_bar is None or isinstance(x, int) or getattr(getattr(x, "dtype", None), "kind", "f") not in "fc":
        return None
    if isinstance(x, np.ndarray):
        return np.asarray(x_bar, dtype=x.dtype)
    if isinstance(x, (np.floating, float)):
        return type(x)(x_bar)
    return x_bar
