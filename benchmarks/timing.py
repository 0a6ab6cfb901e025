"""Timing that can be repeated: alternating runs in one process, medians, and an allocator that keeps what it has.

In: functions without arguments. Out: the median seconds of one call of each. Guaranteed: the functions take turns, so
that what slows the machine down for a while slows them all, each time in another order, so that none always comes
behind the same other one; the seconds are those of this process and all of its threads, so that waiting for a processor
that other programs use does not count, and a second thread does.
"""

from __future__ import annotations

import ctypes
import gc
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

RUNS = 15                   # never less than 9: the median of fewer jumps
QUICK_RUNS = 9
FEW_RUNS = 3                # of what takes longer than LONG, for which the table says so
LONG = 0.5                  # seconds
SHORTEST = 2e-3             # seconds that one run should take at least, against the resolution of the clock
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


@dataclass(frozen=True)
class Timing:
    """The median seconds of one call, and of how many runs."""

    seconds: float
    runs: int


def keep_memory() -> None:
    """On glibc: keep freed memory in the process. Else ratios move by 2 to 4 times between processes."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "gnu_get_libc_version"):
            libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
            libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)


def alternate(functions: Mapping[str, Callable[[], object]], runs: int = RUNS, always: Sequence[str] = (),
              done: Callable[[float], None] = lambda fraction: None) -> dict[str, Timing]:
    """Time the functions in turns. Long ones get FEW_RUNS, unless they are in `always`; done hears how far it is."""
    repeats: dict[str, int] = {}
    wanted: dict[str, int] = {}
    for name, f in functions.items():
        _run(f, 1)                              # whatever happens once only
        shortest = _run(f, 1)
        if shortest < SHORTEST:
            shortest = min(_run(f, 1) for _ in range(3))
        repeats[name] = max(1, round(SHORTEST / max(shortest, 1e-8)))
        wanted[name] = FEW_RUNS if shortest > LONG and name not in always else runs
    found: dict[str, list[float]] = {name: [] for name in functions}
    order = random.Random(0)
    gc.collect()
    gc.disable()
    try:
        for turn in range(runs):
            names = [name for name in functions if turn < wanted[name]]
            for name in order.sample(names, len(names)):
                found[name].append(_run(functions[name], repeats[name]))
            gc.collect()
            done((turn + 1) / runs)
    finally:
        gc.enable()
    return {name: Timing(statistics.median(times), len(times)) for name, times in found.items()}


def seconds(*functions: Callable[[], object], runs: int = RUNS) -> list[float]:
    """The median seconds of one call of each function."""
    numbered = {str(k): f for k, f in enumerate(functions)}
    return [timing.seconds for timing in alternate(numbered, runs, tuple(numbered)).values()]


def _run(f: Callable[[], object], repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        f()
    return (time.process_time() - start) / repeats


def slope(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The exponent of the growth of the times over the three largest sizes: 1 is linear, 2 quadratic."""
    return math.log(times[-1] / times[-3]) / math.log(sizes[-1] / sizes[-3])
