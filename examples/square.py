"""The smallest example: the derivative of x**2."""

import math

from s2sgrad import grad


def f(x):
    return x**2


def inputs():
    return (3.0,)


if __name__ == "__main__":
    df = grad(f)
    print(df.source_for(*inputs()))
    slope = df(3.0)
    print("slope at 3:", slope)
    assert math.isclose(slope, 6.0)
