"""The programs of the golden files: one for each thing that emitted code must do as a person would."""

import math

import numpy as np


def logistic_loss(w, X, y):
    z = X @ w
    p = 1.0 / (1.0 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1.0 - y) * np.log(1.0 - p))


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rnn(W, U, b, xs, h):
    for x in xs:
        h = np.tanh(W @ h + U @ x + b)
    return np.sum(h**2)


def orbit(x, a, b, n):
    for _ in range(n):
        y = math.sin(x) * a + b
        if y > 0.9:
            x = x + 0.01 * y
        else:
            x = x + 0.02 * y
    return x


def kepler(M, e):
    E = M
    step = 1.0
    while abs(step) > 1e-12:
        step = (E - e * math.sin(E) - M) / (1.0 - e * math.cos(E))
        E = E - step
    return math.cos(E)


def diffuse(u, steps, k):
    for _ in range(steps):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def grow(c, r, steps, dt):
    for _ in range(steps):
        c[1:-1] = c[1:-1] + dt * (c[2:] - 2.0 * c[1:-1] + c[:-2] + r * c[1:-1] * (1.0 - c[1:-1]))
    return np.sum(c)


def log_det(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
        A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
    s = 0.0
    for i in range(n):
        s += np.log(A[i, i])
    return 2.0 * s


def acceleration(pos, mass, soft):
    d = pos[None, :, :] - pos[:, None, :]
    r2 = np.sum(d**2, axis=2) + soft**2
    return np.sum(d * (mass * r2**-1.5)[:, :, None], axis=1)


def leapfrog(pos, vel, mass, soft, dt, steps):
    acc = acceleration(pos, mass, soft)
    for _ in range(steps):
        vel = vel + 0.5 * dt * acc
        pos = pos + dt * vel
        acc = acceleration(pos, mass, soft)
        vel = vel + 0.5 * dt * acc
    return np.sum(pos**2)
