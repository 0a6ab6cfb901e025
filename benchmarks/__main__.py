"""Time gradients: `python -m benchmarks [NAME ...] [--quick] [--output FOLDER]`, or `python -m benchmarks overhead`.

Without names, all programs and exercises are measured, and the numbers go to docs/benchmarks.json and the picture to
docs/benchmarks.svg; with names or --quick only to a folder that is given. Exit status 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import overhead, report
from benchmarks.cases import CASES
from benchmarks.measure import Measurement, in_own_process
from benchmarks.picture import picture
from benchmarks.progress import Progress

DOCS = Path(__file__).parents[1] / "docs"


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help=f"overhead, or which of {', '.join(CASES)}; all of these by default")
    parser.add_argument("--quick", action="store_true", help="fewer runs; nothing is written to docs/")
    parser.add_argument("--output", type=Path, help="the folder for benchmarks.json and benchmarks.svg")
    options = parser.parse_args()
    print(", ".join(f"{name} {version}" for name, version in report.machine().items()) + "; one thread")
    if options.name == ["overhead"]:
        return overhead.main() > 0
    if unknown := [name for name in options.name if name not in CASES]:
        parser.error(f"there is no program {unknown[0]!r}; choose from {', '.join(CASES)}")
    found = measure_all(options.name or list(CASES), options.quick)
    print()
    for line in report.table(found):
        print(line)
    missed = report.show("Targets, over the ten programs", report.rows(found))
    output = options.output or (None if options.name or options.quick else DOCS)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        data = json.dumps(report.as_data(found, options.quick), indent=2)
        (output / "benchmarks.json").write_text(data + "\n", encoding="utf-8")
        (output / "benchmarks.svg").write_text(picture(found), encoding="utf-8")
    return missed > 0


def measure_all(names: list[str], quick: bool) -> list[Measurement]:
    """One process per program, one after the other."""
    found = []
    with Progress(len(names)) as progress:
        for name in names:
            progress.show(name)
            found.append(in_own_process(name, quick, lambda part, name=name: progress.show(name, part)))
            progress.next()
    return found


if __name__ == "__main__":
    sys.exit(main())
