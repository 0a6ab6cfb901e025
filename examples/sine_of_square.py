"""The smallest example: the derivative of sin(x**2)."""

import numpy as np


def f(x):
    return np.sin(x**2)
