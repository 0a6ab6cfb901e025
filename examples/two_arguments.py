"""The derivatives of x**2 + y**3 with respect to both arguments."""

import numpy as np

from s2sgrad import grad


def f(x, y):
    return x**2 + y**3


def inputs():
    return 2.0, 3.0


if __name__ == "__main__":
    df = grad(f, argnums=(0, 1))
    print(df.source_for(*inputs()))
    slopes = df(2.0, 3.0)
    print("slopes at (2, 3):", slopes)
    assert np.allclose(slopes, (4.0, 27.0))
