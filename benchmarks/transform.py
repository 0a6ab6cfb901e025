"""The time to make a gradient, and how it grows with the length of the source."""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from benchmarks.report import Row, time_of
from benchmarks.timing import seconds, slope
from s2sgrad import grad

LINES = (25, 50, 100, 200)
STEEPEST = 1.3              # exponent of growth; noise of one run is about 0.1


def straight_line(n: int) -> str:
    """n lines, each of which binds a new name from two earlier ones."""
    forms = ("math.sin({0}) * y", "{0} * 0.5 + x", "{0} * {1}", "{0} - {1} / 3.0")
    body = [f"    a{i} = " + forms[i % 4].format(f"a{i - 1}", f"a{max(i - 3, 0)}") for i in range(1, n)]
    return "\n".join(["def f(x, y):", "    a0 = x * y", *body, f"    return a{n - 1}", ""])


def rebinding(n: int) -> str:
    """n lines that bind the same two names again and again."""
    forms = ("y = math.sin(x) * y", "x = x * y + 0.5")
    return "\n".join(["def f(x, y):", *(f"    {forms[i % 2]}" for i in range(n)), "    return x * y", ""])


def loop(n: int) -> str:
    """A loop with n lines, whose variables are carried from trip to trip."""
    forms = ("x = x + 0.01 * math.sin(x) * y", "s = s + x * y", "y = y * 0.5 + x")
    return "\n".join(["def f(x, y):", "    s = 0.0", "    for t in range(20):",
                      *(f"        {forms[i % 3]}" for i in range(n)), "    return s", ""])


def function_of(source: str) -> FunctionType:
    """The function f that the source defines, with its source where `inspect` finds it."""
    name = f"<benchmark {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace: dict[str, Any] = {"math": math}
    exec(compile(source, name, "exec"), namespace)
    found: FunctionType = namespace["f"]
    return found


def transforming() -> Iterator[Row]:
    """Seconds for a short function, and the exponent of growth for sources of many lines."""
    short = function_of(straight_line(20))
    (once,) = seconds(lambda: grad(short, argnums=(0, 1)).source_for(1.3, 0.7))
    yield Row("20 lines", once, "s", 0.1)
    kinds: tuple[Callable[[int], str], ...] = (straight_line, rebinding, loop)
    for make in kinds:
        functions = [function_of(make(n)) for n in LINES]
        times = seconds(*[lambda f=f: grad(f, argnums=(0, 1)).source_for(1.3, 0.7) for f in functions], runs=9)
        detail = ", ".join(f"{n}: {time_of(t)}" for n, t in zip(LINES, times, strict=True))
        yield Row(make.__name__, slope(LINES, times), "exponent", STEEPEST, detail)
