"""Central finite differences: what a gradient costs without any of this, and what checks those written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import Case

MOST = 10                   # inputs for which one would still do it


def variants(case: Case, args: tuple[Any, ...]) -> dict[str, Callable[[], Any] | str]:
    """The value and gradients of a case by differences, two evaluations for each number differentiated."""
    inputs = sum(np.size(args[k]) for k in case.argnums)
    if inputs > MOST:
        return {"differences": f"{2 * inputs + 1:,} evaluations"}
    return {"differences": lambda: (case.primal(*args), tuple(_gradient(case, args, k) for k in case.argnums))}


def _gradient(case: Case, args: tuple[Any, ...], k: int) -> Any:
    """The derivative with respect to argument k, number by number."""
    at = np.array(args[k], dtype=float)
    found = np.empty_like(at)
    for index in np.ndindex(at.shape):
        direction = np.zeros_like(at)
        direction[index] = 1.0
        found[index] = slope(case, args, k, direction)
    return found


def slope(case: Case, args: tuple[Any, ...], k: int, direction: Any, h: float = 1e-6) -> float:
    """The directional derivative with respect to argument k. Arguments are not written."""
    def value_at(s: float) -> Any:
        moved = args[k] + s * direction
        if isinstance(args[k], float):
            moved = float(moved)
        copies = [moved if i == k else np.copy(v) if isinstance(v, np.ndarray) else v for i, v in enumerate(args)]
        return case.primal(*copies)
    return float((value_at(h) - value_at(-h)) / (2.0 * h))
