"""A bar on the terminal that says how far it is; nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType

WIDTH = 30


class Progress:
    """How many of a number of things are done, the one at work, and how far that is."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.finished = 0
        self.shown = sys.stderr.isatty()

    def show(self, name: str, part: float = 0.0) -> None:
        """Draw the bar again."""
        if self.shown:
            fraction = (self.finished + part) / self.count
            bar = ("#" * round(WIDTH * fraction)).ljust(WIDTH, ".")
            sys.stderr.write(f"\r[{bar}] {100 * fraction:3.0f} %  {name:24}")
            sys.stderr.flush()

    def next(self) -> None:
        """One more is done."""
        self.finished += 1

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
                 ) -> None:
        if self.shown:
            sys.stderr.write("\r" + " " * (WIDTH + 36) + "\r")
            sys.stderr.flush()
