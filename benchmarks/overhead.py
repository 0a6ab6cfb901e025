"""What differentiating costs besides the arithmetic: the import, making a gradient, and what a call adds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import calls, transform
from benchmarks.measure import ONE_THREAD
from benchmarks.report import Row, show, time_of
from benchmarks.timing import QUICK_RUNS, keep_memory

IMPORT = """
import time, numpy
start = time.process_time()
import s2sgrad
print(time.process_time() - start)
"""


def main() -> int:
    """Print all of it; the number of missed targets."""
    os.environ.update(ONE_THREAD)
    keep_memory()
    return (show("Import, besides NumPy", importing()) + show("Making a gradient", transform.transforming())
            + show("What a call adds to the emitted function", calls.overhead()))


def importing() -> Iterator[Row]:
    """Seconds of `import s2sgrad` after `import numpy`, in new processes."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path[1:]])}
    times = sorted(float(subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True,
                                        env=environment).stdout) for _ in range(QUICK_RUNS))
    median = times[len(times) // 2]
    yield Row("import s2sgrad", median, "s", None, f"{time_of(times[0])} to {time_of(times[-1])}")
