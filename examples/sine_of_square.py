"""The chain rule: the derivative of sin(x**2) is 2 x cos(x**2)."""

import numpy as np

from s2sgrad import grad


def f(x):
    return np.sin(x**2)


def inputs():
    return (2.0,)


if __name__ == "__main__":
    df = grad(f)
    print(df.source_for(*inputs()))
    slope = df(2.0)
    print(f"slope at 2: {slope:.7f}")
    assert np.isclose(slope, 4.0 * np.cos(4.0)) and np.isclose(slope, -2.6145745)
