"""The values that rules are tested on: nested structures, layouts, dtypes, random directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

NUMBERS = (bool, int, float, complex)


def leaves(tree: Any) -> Iterator[Any]:
    """The leaves of nested tuples, lists and dicts."""
    match tree:
        case tuple() | list():
            for item in tree:
                yield from leaves(item)
        case dict():
            for key in sorted(tree):
                yield from leaves(tree[key])
        case _:
            yield tree


def tree_map(change: Callable[..., Any], tree: Any, like: Any = None) -> Any:
    """The tree with each leaf changed; with `like`, change takes also the leaf of `like` at the same place."""
    match tree:
        case tuple() | list():
            items = [tree_map(change, item, None if like is None else like[i]) for i, item in enumerate(tree)]
            return items if isinstance(tree, list) else tuple(items)
        case dict():
            return {k: tree_map(change, v, None if like is None else like[k]) for k, v in tree.items()}
    return change(tree) if like is None else change(tree, like)


def cast(leaf: Any, dtype: str) -> Any:
    """Float arrays and NumPy floats in this dtype (complex ones in the complex dtype of the same precision)."""
    if not isinstance(leaf, (np.ndarray, np.generic)) or not is_float(leaf):
        return leaf
    if np.iscomplexobj(leaf):
        return leaf.astype({"float64": "complex128", "float32": "complex64"}[dtype])
    return leaf.astype(dtype)


def laid_out(leaf: Any, variant: str) -> Any:
    """The same values in another memory layout."""
    if not isinstance(leaf, np.ndarray) or leaf.ndim == 0:
        return leaf
    match variant:
        case "fortran":
            return np.asfortranarray(leaf)
        case "negative":
            back = (slice(None, None, -1),) * leaf.ndim
            return np.ascontiguousarray(leaf[back])[back]
        case "strided":
            wide = np.zeros(tuple(2 * n for n in leaf.shape), dtype=leaf.dtype)
            gaps = (slice(None, None, 2),) * leaf.ndim
            wide[gaps] = leaf
            return wide[gaps]
    return np.ascontiguousarray(leaf)


def random_like(leaf: Any, rng: np.random.Generator) -> Any:
    """A random value of the same type, shape and dtype; 0.0 for a leaf that is no float. Arrays are read-only."""
    if not is_float(leaf):
        return 0.0
    if isinstance(leaf, (float, complex)) and type(leaf) in NUMBERS:
        return float(rng.standard_normal()) if type(leaf) is float else complex(*rng.standard_normal(2))
    drawn = rng.standard_normal(np.shape(leaf))
    drawn = drawn + 1j * rng.standard_normal(np.shape(leaf)) if np.iscomplexobj(leaf) else drawn
    if isinstance(leaf, np.generic):
        return leaf.dtype.type(drawn)
    out = np.asarray(drawn).astype(leaf.dtype)
    out.flags.writeable = False
    return out


def seed_of(seed: Any) -> Any:
    """The seed in double precision."""
    return tree_map(lambda leaf: np.asarray(leaf) * 1.0, seed)


def zeroed(bar: Any, arg: Any) -> Any:
    """The contribution with zeros at the leaves that are not differentiated."""
    return tree_map(lambda a, b: b if is_float(a) else 0.0, arg, like=bar)


def is_float(leaf: Any) -> bool:
    return isinstance(leaf, (np.ndarray, np.generic, float, complex)) and np.asarray(leaf).dtype.kind in "fc"
