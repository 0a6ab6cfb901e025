"""Derivatives of elementary functions that need care where a formula would cancel or divide by zero."""

from __future__ import annotations

from typing import Any

import numpy as np


def sinc_derivative(x: Any) -> Any:
    """The derivative of `np.sinc`, in the shape and dtype of x.

    `(cos(pi x) - sinc(x)) / x` cancels near zero; there its Taylor series is used:
    `-(pi^2 x / 3) (1 - t/10 + t^2/280 - t^3/15120 + t^4/1330560)` with `t = (pi x)^2`.
    """
    near = np.abs(x) < 0.05
    away = np.where(near, 1.0, x)
    t = np.square(np.pi * x)
    nested = 1.0 - t / 28.0 * (1.0 - t / 54.0 * (1.0 - t / 88.0))
    series = -(np.pi * np.pi / 3.0) * x * (1.0 - t / 10.0 * nested)
    return np.where(near, series, (np.cos(np.pi * x) - np.sinc(x)) / away)[()]
