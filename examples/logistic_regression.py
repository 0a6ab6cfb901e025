"""Logistic regression: SciPy's L-BFGS gets the value and the emitted gradient from one function."""

import numpy as np
from scipy.optimize import minimize

from s2sgrad import value_and_grad

PENALTY = 0.1


def loss(w, X, y):
    z = X @ w
    return np.sum(np.logaddexp(0.0, z) - y * z) + 0.5 * PENALTY * np.sum(w**2)


def inputs(rng):
    """Weights, 60 points with a column of ones, and their labels."""
    X = np.column_stack((rng.normal(size=(60, 2)), np.ones(60)))
    y = (X @ np.array([2.0, -1.0, 0.5]) + 0.5 * rng.normal(size=60) > 0.0).astype(float)
    return np.zeros(3), X, y


def newton(w, X, y, steps=20):
    """The same minimum by Newton's method with derivatives by hand, to check against."""
    for _ in range(steps):
        p = 1.0 / (1.0 + np.exp(-X @ w))
        slope = X.T @ (p - y) + PENALTY * w
        curvature = (X.T * (p * (1.0 - p))) @ X + PENALTY * np.eye(len(w))
        w = w - np.linalg.solve(curvature, slope)
    return w


if __name__ == "__main__":
    w, X, y = inputs(np.random.default_rng(0))
    value_and_slope = value_and_grad(loss)
    print(value_and_slope.source_for(w, X, y))
    found = minimize(value_and_slope, w, args=(X, y), jac=True, method="L-BFGS-B", options={"gtol": 1e-8})
    print(f"weights {found.x.round(4)}, loss {found.fun:.6f}, {found.nfev} evaluations")
    assert np.allclose(found.x, newton(w, X, y), atol=1e-4)
