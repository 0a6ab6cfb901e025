"""A line through four points by gradient descent; the answer is that of least squares, 1.6 x + 0.5."""

import numpy as np

from s2sgrad import grad

X = np.array([1.0, 2.0, 3.0, 4.0])
Y = np.array([2.0, 4.0, 5.0, 7.0])


def loss(slope, intercept, x, y):
    residual = slope * x + intercept - y
    return np.mean(residual**2)


def inputs():
    return 0.0, 0.0, X, Y


def descend(steps=2000, rate=0.1):
    """Slope and intercept after so many steps from (0, 0)."""
    dloss = grad(loss, argnames=("slope", "intercept"))
    slope, intercept = 0.0, 0.0
    for _ in range(steps):
        slope_bar, intercept_bar = dloss(slope, intercept, X, Y)
        slope -= rate * slope_bar
        intercept -= rate * intercept_bar
    return slope, intercept


if __name__ == "__main__":
    print(grad(loss, argnames=("slope", "intercept")).source_for(*inputs()))
    slope, intercept = descend()
    print(f"slope {slope:.6f}, intercept {intercept:.6f}")
    assert np.allclose((slope, intercept), np.polyfit(X, Y, 1))
    assert np.allclose((slope, intercept), (1.6, 0.5))
