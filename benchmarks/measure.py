"""Measure one program in a process of its own: `python -m benchmarks.measure NAME [--quick]`, which speaks JSON.

Lines {"done": fraction} come while it works; the last line is the measurement. `in_own_process` starts such a process
and listens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.timing import Timing

ONE_THREAD = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu", "JAX_ENABLE_X64": "1", "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONHASHSEED": "0",
}
OURS = ("primal", "s2sgrad", "emitted", "by hand")        # measured as often as the others, however long they take


@dataclass(frozen=True)
class Measurement:
    """What was found for one program: the timings of its variants, and why others are missing."""

    name: str
    timings: dict[str, Timing]
    missing: dict[str, str]

    def seconds(self, variant: str) -> float | None:
        """The median seconds of a variant; None if it was not measured."""
        timing = self.timings.get(variant)
        return None if timing is None else timing.seconds

    def over(self, variant: str, base: str) -> float | None:
        """The time of a variant as a multiple of that of another one."""
        one, other = self.seconds(variant), self.seconds(base)
        return None if one is None or other is None else one / other

    @staticmethod
    def of(data: dict[str, Any]) -> Measurement:
        """The measurement that `asdict` made these data of."""
        timings = {name: Timing(**timing) for name, timing in data["timings"].items()}
        return Measurement(data["name"], timings, data["missing"])


def in_own_process(name: str, quick: bool, done: Callable[[float], None]) -> Measurement:
    """The measurement of one program, by a new process. Raises SystemExit if that fails."""
    command = [sys.executable, "-m", "benchmarks.measure", name, *(["--quick"] if quick else [])]
    root = str(Path(__file__).parents[1])
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join([root, *sys.path[1:]])}
    data: dict[str, Any] = {}
    with tempfile.TemporaryFile("w+") as said:             # what peers say while they load matters only if one fails
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, env=environment) as process:
            assert process.stdout is not None
            for line in process.stdout:
                data = json.loads(line)
                if "done" in data:
                    done(data["done"])
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{said.read()}\n{name} could not be measured")
    return Measurement.of(data)


def measure(name: str, quick: bool, done: Callable[[float], None]) -> Measurement:
    """Compare all variants of a program, then time them."""
    from benchmarks.cases import CASES
    from benchmarks.timing import QUICK_RUNS, RUNS, alternate, keep_memory
    from benchmarks.variants import compare, primal_of, variants
    keep_memory()
    case = CASES[name]
    args = case.args()
    found = variants(case, args)
    compare(case, args, found)
    functions = {"primal": primal_of(case, args), **{k: v for k, v in found.items() if not isinstance(v, str)}}
    timings = alternate(functions, QUICK_RUNS if quick else RUNS, OURS, done)
    return Measurement(name, timings, {k: v for k, v in found.items() if isinstance(v, str)})


if __name__ == "__main__":
    measured = measure(sys.argv[1], "--quick" in sys.argv, lambda part: print(json.dumps({"done": part}), flush=True))
    print(json.dumps(asdict(measured)), flush=True)
