"""The measurements as a picture: one row per program, a dot per variant, the ratio to the primal on a logarithmic axis.

In: measurements. Out: the text of an SVG file, the same for the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from benchmarks.measure import Measurement

LEFT, RIGHT, TOP, ROW, PLOT = 170, 30, 76, 30, 700      # pixels; PLOT is the width of the axis
COLOURS = {                 # of the variants that are drawn, the ones that matter most last, hence on top
    "differences": "#b0b0b0", "autograd": "#e69f00", "torch": "#d55e00", "tf eager": "#cc79a7",
    "tf.function": "#8d4a73", "jax": "#009e73", "s2sgrad on JAX": "#56b4e9", "by hand": "#000000", "s2sgrad": "#0072b2",
}


def picture(measurements: Sequence[Measurement]) -> str:
    """The SVG."""
    names = [name for name in COLOURS if any(name in m.timings for m in measurements)]
    ratios = [ratio for m in measurements for name in names if (ratio := m.over(name, "primal")) is not None]
    low = math.floor(math.log10(min([1.0, *ratios])))
    high = math.ceil(math.log10(max([10.0, *ratios])))
    height = TOP + ROW * len(measurements) + 46
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + PLOT + RIGHT}" height="{height}" '
             f'viewBox="0 0 {LEFT + PLOT + RIGHT} {height}" font-family="sans-serif" font-size="13">',
             '<rect width="100%" height="100%" fill="white"/>',
             _text(LEFT, 22, "Value and gradient: time as a multiple of the program itself", size=15),
             *_legend(names), *_axis(low, high, TOP + ROW * len(measurements))]
    for k, m in enumerate(measurements):
        lines += _row(m, names, TOP + ROW * k + ROW // 2, low, high)
    return "\n".join([*lines, "</svg>", ""])


def _legend(names: Sequence[str]) -> Iterator[str]:
    x = float(LEFT)
    for name in reversed(names):
        yield _dot(x + 6, 46, COLOURS[name], name == "by hand")
        yield _text(x + 16, 50, name)
        x += 36 + 7.2 * len(name)


def _axis(low: int, high: int, bottom: int) -> Iterator[str]:
    for exponent in range(low, high + 1):
        x = _place(10.0**exponent, low, high)
        strong = exponent == 0
        yield (f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}" '
               f'stroke="{"#555555" if strong else "#dddddd"}"/>')
        yield _text(x, bottom + 20, f"{10.0**exponent:,g}", anchor="middle")
    yield _text(LEFT + PLOT / 2, bottom + 38, "times the primal; to the left is faster", anchor="middle")


def _row(m: Measurement, names: Sequence[str], y: int, low: int, high: int) -> Iterator[str]:
    yield _text(LEFT - 14, y + 4, m.name, anchor="end")
    yield f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + PLOT}" y2="{y}" stroke="#eeeeee"/>'
    for name in names:
        ratio = m.over(name, "primal")
        if ratio is not None:
            yield _dot(_place(ratio, low, high), y, COLOURS[name], name == "by hand", f"{m.name}, {name}: {ratio:.3g}")


def _dot(x: float, y: float, colour: str, open_: bool, title: str = "") -> str:
    """A disc; a ring for what others should be seen through."""
    look = f'fill="none" stroke="{colour}" stroke-width="1.5" r="7"' if open_ else f'fill="{colour}" r="5"'
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" {look}>{inside}</circle>'


def _text(x: float, y: float, words: str, anchor: str = "start", size: int = 13) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'


def _place(ratio: float, low: int, high: int) -> float:
    return LEFT + PLOT * (math.log10(ratio) - low) / (high - low)
