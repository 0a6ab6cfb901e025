"""The rows of the table: what was measured, what came out, what was aimed at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement. value: what is compared with the target (None: only reported). detail: the times behind it."""

    name: str
    value: float
    unit: str
    target: float | None = None
    detail: str = ""

    @property
    def missed(self) -> bool:
        """Is the value above the target?"""
        return self.target is not None and self.value > self.target


def show(title: str, rows: Iterable[Row]) -> int:
    """Print the rows as they come; the number of missed targets."""
    print(f"\n{title}\n{'-' * len(title)}", flush=True)
    missed = 0
    for row in rows:
        target = "" if row.target is None else f"(target {row.target:g})"
        mark = "MISSED" if row.missed else ""
        print(f"{row.name:34} {row.value:9.3g} {row.unit:10} {target:14} {row.detail:42} {mark}".rstrip(), flush=True)
        missed += row.missed
    return missed


def time_of(seconds: float) -> str:
    """Seconds as a person writes them."""
    if seconds >= 1.0:
        return f"{seconds:.3g} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} us"
