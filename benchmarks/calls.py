"""What a call of a gradient adds to the emitted function."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.report import Row, time_of
from benchmarks.timing import seconds
from benchmarks.variants import emitted_function
from s2sgrad import grad

scale = 2.0


def product(x: float, y: float) -> float:
    """Two numbers and nothing else."""
    return math.sin(x) * y


def scaled(x: float, y: float) -> float:
    """Reads a global, which is looked up again at each call."""
    return scale * x * y


def dot(x: Any, y: Any) -> Any:
    """Two arrays, whose facts are part of the key of the program."""
    return x @ y


def overhead() -> Iterator[Row]:
    """Microseconds that a call adds: two numbers, a live global, two small arrays."""
    a = np.ones(3)
    for name, f, args, target in (("two numbers", product, (1.3, 0.7), 1.5),
                                  ("two numbers and a global", scaled, (1.3, 0.7), None),
                                  ("two arrays", dot, (a, a + 1.0), None)):
        df = grad(f)
        emitted = emitted_function(df, args)
        whole, bare = seconds(lambda df=df, args=args: df(*args), lambda f=emitted, args=args: f(*args))
        yield Row(name, (whole - bare) * 1e6, "us", target, f"{time_of(whole)} : {time_of(bare)}")
