"""What was measured as a table, geometric means and targets, in plain text and as data."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import Any

from benchmarks.cases import CASES
from benchmarks.measure import Measurement
from benchmarks.timing import FEW_RUNS, RUNS
from benchmarks.variants import NAMES

PACKAGES = ("numpy", "jax", "autograd", "torch", "tensorflow")
WIDTH = 19                  # of the names of programs


@dataclass(frozen=True)
class Target:
    """What is aimed at over the ten programs: the time of one variant as a multiple of another's.

    geometric: for the geometric mean; worst: for any of the programs.
    """

    what: str
    variant: str
    base: str
    geometric: float
    worst: float


@dataclass(frozen=True)
class Row:
    """One number that is compared with a target, or only reported (target None). detail: what stands behind it."""

    name: str
    value: float | None
    unit: str
    target: float | None = None
    detail: str = ""

    @property
    def missed(self) -> bool:
        """Is the value above the target?"""
        return self.target is not None and self.value is not None and self.value > self.target


TARGETS = (
    Target("emitted over by hand", "emitted", "by hand", 1.15, 1.5),
    Target("s2sgrad over the primal", "s2sgrad", "primal", 2.5, 4.0),
    Target("s2sgrad over autograd", "s2sgrad", "autograd", 1 / 10, 1.0),
    Target("s2sgrad over torch", "s2sgrad", "torch", 1 / 3, 1.2),
)


def table(measurements: Sequence[Measurement]) -> Iterator[str]:
    """The lines of the table: times of the primal, and all others as multiples of it."""
    names = [name for name in NAMES if any(name in m.timings for m in measurements)]
    yield "Value and gradient, as a multiple of the time of the program itself; emitted: s2sgrad without its call path"
    yield "  ".join([f"{'':{WIDTH}}", f"{'primal':>8}", *(f"{name:>{max(8, len(name))}}" for name in names),
                     "emitted over by hand"])
    for m in measurements:
        ratios = [f"{_ratio(m, name):>{max(8, len(name))}}" for name in names]
        over = m.over("emitted", "by hand")
        yield "  ".join([f"{m.name:{WIDTH}}", f"{time_of(m.timings['primal'].seconds):>8}", *ratios,
                         f"{'-' if over is None else f'{over:.2f}':>20}"])
    if any(timing.runs == FEW_RUNS for m in measurements for timing in m.timings.values()):
        yield f"* median of {FEW_RUNS} runs, since one takes long (the others: at least 9)"
    if any("differences" in m.missing for m in measurements):
        yield "~ not run: so many evaluations of the program"
    yield from (f"- {reason}" for reason in _reasons(measurements))


def _ratio(m: Measurement, name: str) -> str:
    """One cell of the table."""
    ratio = m.over(name, "primal")
    if ratio is None:
        return f"~{m.missing[name].split()[0]}" if name == "differences" else "-"
    return number(ratio) + ("*" if m.timings[name].runs == FEW_RUNS else " ")


def _reasons(measurements: Iterable[Measurement]) -> Iterator[str]:
    """Why there is a dash, each reason once."""
    found: dict[tuple[str, str], list[str]] = {}
    for m in measurements:
        for name, reason in m.missing.items():
            if name != "differences":
                found.setdefault((name, reason), []).append(m.name)
    for (name, reason), programs in found.items():
        where = "" if "installed" in reason or "exercises" in reason else f" for {', '.join(programs)}"
        yield f"{name}{where}: {reason}"


def rows(measurements: Sequence[Measurement]) -> Iterator[Row]:
    """The targets over those of the ten programs that were measured."""
    counted = [m for m in measurements if CASES[m.name].counted]
    for target in TARGETS:
        ratios = {m.name: ratio for m in counted if (ratio := m.over(target.variant, target.base)) is not None}
        if not ratios:
            continue
        worst = max(ratios, key=lambda name: ratios[name])
        yield Row(f"{target.what}, geometric mean", geometric_mean(ratios.values()), "x", target.geometric,
                  f"of {len(ratios)}")
        above = [f"{name} {number(ratio)}" for name, ratio in ratios.items() if ratio > target.worst]
        yield Row(f"{target.what}, worst", ratios[worst], "x", target.worst, ", ".join(above) or worst)


def show(title: str, found: Iterable[Row]) -> int:
    """Print rows as they come; the number of missed targets."""
    print(f"\n{title}\n{'-' * len(title)}", flush=True)
    missed = 0
    for row in found:
        value = "-" if row.value is None else f"{row.value:.3g}"
        target = "" if row.target is None else f"(target {row.target:.3g})"
        mark = "MISSED" if row.missed else ""
        print(f"{row.name:42} {value:>8} {row.unit:8} {target:15} {mark:6} {row.detail}".rstrip(), flush=True)
        missed += row.missed
    return missed


def as_data(measurements: Sequence[Measurement], quick: bool) -> dict[str, Any]:
    """All of it for a JSON file."""
    return {"machine": machine(), "quick": quick, "runs": RUNS,
            "programs": [asdict(m) for m in measurements],
            "targets": [{**asdict(row), "missed": row.missed} for row in rows(measurements)]}


def machine() -> dict[str, str]:
    """What was measured on, and with."""
    found = {"machine": platform.machine(), "system": platform.system(), "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(packages_distributions().get(package, [package])[0])
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def geometric_mean(values: Iterable[float]) -> float:
    """The exponential of the mean of the logarithms."""
    logs = [math.log(value) for value in values]
    return math.exp(sum(logs) / len(logs))


def number(value: float) -> str:
    """Three digits at most, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def time_of(seconds: float) -> str:
    """Seconds as a person writes them."""
    if seconds >= 1.0:
        return f"{seconds:.3g} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} us"
