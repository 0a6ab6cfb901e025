"""Print the table of measurements: `python -m benchmarks [call] [loop] [emitted] [transform]`.

Ratios, and medians of alternating runs in one process; what a machine does in absolute times is in the last column.
Exit status 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator


def main() -> int:
    """Measure what was asked for, everything by default."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")           # before NumPy is loaded
    import numpy as np

    from benchmarks import call_overhead, emitted_code, timing, transform
    from benchmarks.report import Row, show

    sections: dict[str, tuple[str, Callable[[], Iterator[Row]]]] = {
        "call": ("What a call adds to the emitted function", call_overhead.overhead),
        "loop": ("Value and gradient of a scalar loop over its primal", emitted_code.scalar_loop),
        "emitted": ("Emitted gradients over those written by hand", emitted_code.against_handwritten),
        "transform": ("Making a gradient: time, and growth with the length of the source", transform.transforming),
    }
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("section", nargs="*", help=f"which of {', '.join(sections)}; all by default")
    chosen = parser.parse_args().section or list(sections)
    if unknown := [name for name in chosen if name not in sections]:
        parser.error(f"there is no section {unknown[0]!r}; choose from {', '.join(sections)}")
    timing.keep_memory()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, one thread")
    missed = sum(show(sections[name][0], sections[name][1]()) for name in chosen)
    print(f"\n{missed} missed")
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
