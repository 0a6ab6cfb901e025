"""Timing that can be repeated: alternating runs in one process, medians, and an allocator that keeps what it has.

In: functions without arguments. Out: the median seconds of one call of each. Guaranteed: the functions take turns, so
that what slows the machine down for a while slows them all; the seconds are those of this process, so that waiting
for a processor that other programs use does not count.
"""

from __future__ import annotations

import ctypes
import gc
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence

RUNS = 15                   # never less than 9: the median of fewer jumps
SHORTEST = 2e-3             # seconds that one run should take at least, against the resolution of the clock
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def keep_memory() -> None:
    """On glibc: keep freed memory in the process. Else ratios move by 2 to 4 times between processes."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "gnu_get_libc_version"):
            libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
            libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)


def seconds(*functions: Callable[[], object], runs: int = RUNS) -> list[float]:
    """The median seconds of one call of each function."""
    repeats = [_repeats(f) for f in functions]
    found: list[list[float]] = [[] for _ in functions]
    gc.collect()
    gc.disable()
    try:
        for _ in range(runs):
            for k, f in enumerate(functions):
                found[k].append(_run(f, repeats[k]))
    finally:
        gc.enable()
    return [statistics.median(one) for one in found]


def _run(f: Callable[[], object], repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        f()
    return (time.process_time() - start) / repeats


def _repeats(f: Callable[[], object]) -> int:
    """Calls per run; also the warm-up."""
    return max(1, round(SHORTEST / max(min(_run(f, 1) for _ in range(3)), 1e-8)))


def slope(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The exponent of the growth of the times over the three largest sizes: 1 is linear, 2 quadratic."""
    return math.log(times[-1] / times[-3]) / math.log(sizes[-1] / sizes[-3])
