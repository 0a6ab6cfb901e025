"""Lists and dicts that change: copies of arguments, where entries stood, and adjoints that follow the changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.errors import ArgumentError
from s2sgrad.runtime.adjoints import add_adjoints, zeros_like


def position(xs: Any, index: Any) -> int:
    """The index from the front."""
    place: int = range(len(xs))[index]
    return place


def first_of(length: int, start: Any) -> int:
    """Where the slice `[start:]` of a list of this length begins."""
    return range(length)[start:].start


def copied(x: Any) -> Any:
    """A copy of an argument that is written: its lists and dicts, and the arrays in them, are new.

    Raises ArgumentError where two entries share memory: it would be written through both.
    """
    held: list[np.ndarray] = []
    known: set[int] = set()

    def copy(value: Any) -> Any:
        if isinstance(value, (list, dict)):
            if id(value) in known:
                raise _twice()
            known.add(id(value))
        if isinstance(value, dict):
            return {key: copy(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [copy(entry) for entry in value]
        if isinstance(value, tuple):
            return tuple(copy(entry) for entry in value)
        if isinstance(value, np.ndarray):
            if any(np.may_share_memory(value, other) and np.shares_memory(value, other) for other in held):
                raise _twice()
            held.append(value)
            return value.copy()
        return value

    return copy(x)


def _twice() -> ArgumentError:
    return ArgumentError("two entries of an argument share memory, and the program writes to its arguments",
                         "pass copies")


def matched(bar: Any, x: Any) -> Any:
    """The part of the adjoint bar with the structure of x: without the entries a copy of x got later."""
    if bar is None:
        return None
    if isinstance(x, dict):
        return {key: matched(bar.get(key), value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [matched(b, value) for b, value in zip(bar, x, strict=True)]
    return bar


def matched_once(bar: Any, x: Any) -> Any:
    """As `matched`, for shadows: what is held twice counts once."""
    known: set[int] = set()

    def once(b: Any, value: Any) -> Any:
        if isinstance(b, (list, dict, np.ndarray)):
            if id(b) in known:
                return None
            known.add(id(b))
        if b is None:
            return None
        if isinstance(value, dict):
            return {key: once(b.get(key), entry) for key, entry in value.items()}
        if isinstance(value, (list, tuple)):
            return [once(part, entry) for part, entry in zip(b, value, strict=True)]
        return b

    return once(bar, x)


def shadow_like(x: Any) -> Any:
    """Zeros in the structure of x, as `zeros_like`; what x holds twice is held twice."""
    made: dict[int, Any] = {}

    def shadow(value: Any) -> Any:
        if not isinstance(value, (dict, list, tuple, np.ndarray)):
            return zeros_like(value)
        if id(value) not in made:
            if isinstance(value, dict):
                made[id(value)] = {key: shadow(entry) for key, entry in value.items()}
            else:
                kept = isinstance(value, np.ndarray)
                made[id(value)] = zeros_like(value) if kept else list(map(shadow, value))
        return made[id(value)]

    return shadow(x)


def add_numbers(a: Any, b: Any, index: slice | None = None) -> None:
    """Add the numbers in b to those in the list or dict a, or in its slice at an index, in place."""
    keys = list(a) if isinstance(a, dict) else range(len(a))
    pairs = [(key, b[key]) for key in keys if not isinstance(b, dict) or key in b] if index is None else list(
        zip(keys[index], b, strict=True))
    for key, value in pairs:
        if isinstance(a[key], (float, np.floating)):
            a[key] = a[key] + value


def unrepeat_list(bar: Any, xs: Any) -> list[Any]:
    """The adjoint of the list xs, from that of `xs * n`: the sum over the repetitions."""
    total = [zeros_like(x) for x in xs]
    for k, b in enumerate(bar):
        total[k % len(total)] = add_adjoints(total[k % len(total)], b)
    return total


def put_entry(d: dict[Any, Any], key: Any, old: Any) -> None:
    """Put an entry back; `...` stands for none."""
    if old is ...:
        d.pop(key, None)
    else:
        d[key] = old


def put_back(d: dict[Any, Any], old: dict[Any, Any]) -> None:
    """Put all entries back, in their order."""
    d.clear()
    d.update(old)


def put_shadows_back(shadows: dict[Any, Any], old: dict[Any, Any], changed: Any = ()) -> None:
    """Put the shadows of entries back: those there before, and not among the changed ones, stay."""
    kept = {key: old[key] if key in changed or key not in shadows else shadows[key] for key in old}
    put_back(shadows, kept)


def entries_of(bar: Any, keys: Any) -> dict[Any, Any]:
    """The entries of the adjoint bar at some keys."""
    return {key: bar[key] for key in keys}


def before_change(bar: Any, d: Any, changed: Any = ()) -> dict[Any, Any]:
    """The adjoint of the dict d, as it is again, from that of the changed one: zero at changed keys.

    None stands for the adjoint of a key that d did not have for a while.
    """
    return {key: zeros_like(value) if key in changed or bar.get(key) is None else bar[key]
            for key, value in d.items()}


def keyed(d: Any, bars: Any) -> dict[Any, Any]:
    """The adjoint of the dict d, from the list of the adjoints of its values."""
    return dict(zip(d, bars, strict=True))


def keyed_items(d: Any, bars: Any) -> dict[Any, Any]:
    """The adjoint of the dict d, from the list of the adjoints of its items."""
    return {key: bar[1] for key, bar in zip(d, bars, strict=True)}
