"""Adjoints of running extremes, and of products and quotients of Python numbers.

In: arguments and adjoints. Out: contributions of the arguments' shapes. Nothing that is passed in is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sgrad.runtime.gathering import untake_along_axis


def running_extreme_adjoint(a: Any, y: Any, axis: int, y_bar: Any) -> Any:
    """The adjoint of `a` in y = np.maximum.accumulate(a, axis), or np.minimum.

    Of equal entries the last counts.
    """
    rows = np.moveaxis(a, axis, -1)
    attained = np.where(rows == np.moveaxis(y, axis, -1), np.arange(np.shape(rows)[-1]), 0)
    places = np.maximum.accumulate(attained, axis=-1)
    bar = untake_along_axis(np.moveaxis(y_bar, axis, -1), np.shape(rows), places, -1)
    return np.moveaxis(bar, -1, axis)


def number_product_adjoint(numbers: Any, start: Any, y_bar: Any) -> list[Any]:
    """The adjoint of the numbers in y = math.prod(numbers, start=start), zeros included."""
    values = list(numbers)
    found = []
    for k in range(len(values)):
        part = y_bar * start
        for other in values[:k] + values[k + 1:]:
            part = part * other
        found.append(part)
    return found


def distance_adjoint(y: Any, p: Any, q: Any, y_bar: Any) -> list[Any]:
    """The adjoint of `p` in y = math.dist(p, q); zero where both are the same."""
    return [0.0 if y == 0.0 else y_bar * (a - b) / y for a, b in zip(p, q, strict=True)]


def digamma(x: Any) -> Any:
    """The logarithmic derivative of the gamma function at a Python number.

    Recurrence up to 6, then the asymptotic series (DLMF 5.5.2, 5.11.2); reflection below zero (DLMF 5.5.4).
    nan at the poles.
    """
    if x <= 0.0:
        if x == np.floor(x):
            return float("nan")
        return digamma(1.0 - x) - float(np.pi / np.tan(np.pi * x))
    total = 0.0
    while x < 10.0:
        total -= 1.0 / x
        x += 1.0
    z = 1.0 / (x * x)
    series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * 691 / 32760)))))
    return total + float(np.log(x)) - 0.5 / x - series
