"""The programs for HIPS autograd: NumPy under another name, and nothing written in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as np

from benchmarks.cases import Case


def variants(case: Case, args: tuple[Any, ...]) -> dict[str, Callable[[], Any]]:
    """The value and gradients of a case on autograd, as a function of nothing."""
    both = autograd.value_and_grad(globals()[case.program], case.argnums)
    return {"autograd": lambda: both(*args)}


def recurrence(x, a, b, n):
    for _ in range(n):
        y = np.sin(x) * a + b
        if y > 0.9:
            x = x + 0.01 * y
        else:
            x = x + 0.02 * y
    return x


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def mlp(W1, b1, W2, b2, X, Y):
    hidden = np.tanh(X @ W1 + b1)
    scores = hidden @ W2 + b2
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(np.sum(Y * log_p, axis=1))


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm(W, U, b, xs, h, c):
    n = len(h)
    for x in xs:
        a = W @ x + U @ h + b
        forget = sigmoid(a[:n])
        enter = sigmoid(a[n:2 * n])
        leave = sigmoid(a[2 * n:3 * n])
        c = forget * c + enter * np.tanh(a[3 * n:])
        h = leave * np.tanh(c)
    return np.sum(h**2)


def framed(inner, outer):
    """The array with another interior."""
    rows = np.concatenate([outer[1:-1, :1], inner, outer[1:-1, -1:]], axis=1)
    return np.concatenate([outer[:1], rows, outer[-1:]], axis=0)


def jacobi_2d(A, B, steps):
    for _ in range(steps):
        B = framed(0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1]), B)
        A = framed(0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1]), A)
    return np.sum(A**2)


def gray_scott(u, v, feed, kill, steps):
    for _ in range(steps):
        u_inner, v_inner = u[1:-1, 1:-1], v[1:-1, 1:-1]
        lap_u = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u_inner
        lap_v = v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] - 4.0 * v_inner
        reaction = u_inner * v_inner**2
        u = framed(u_inner + 0.2 * lap_u - reaction + feed * (1.0 - u_inner), u)
        v = framed(v_inner + 0.1 * lap_v + reaction - (feed + kill) * v_inner, v)
    return np.sum(v**2)


def cholesky(A):
    rows = []
    log_det = 0.0
    for i in range(A.shape[0]):
        row = A[i, :0]
        for j in range(i):
            entry = (A[i, j] - row @ rows[j][:j]) / rows[j][j]
            row = np.append(row, entry)
        diagonal = np.sqrt(A[i, i] - row @ row)
        rows.append(np.append(row, diagonal))
        log_det = log_det + np.log(diagonal)
    return 2.0 * log_det


def asian_option(spot, rate, volatility, strike, expiry, Z):
    steps, paths = Z.shape
    dt = expiry / steps
    price = spot * np.ones(paths)
    total = np.zeros(paths)
    for z in Z:
        price = price * np.exp((rate - 0.5 * volatility**2) * dt + volatility * np.sqrt(dt) * z)
        total = total + price
    payoff = np.maximum(total / steps - strike, 0.0)
    return np.exp(-rate * expiry) * np.mean(payoff)


def acceleration(pos, mass, soft):
    d = pos[None, :, :] - pos[:, None, :]
    r2 = np.sum(d**2, axis=2) + soft**2
    return np.sum(d * (mass * r2**-1.5)[:, :, None], axis=1)


def n_body(pos, vel, mass, soft, dt, steps):
    acc = acceleration(pos, mass, soft)
    for _ in range(steps):
        vel = vel + 0.5 * dt * acc
        pos = pos + dt * vel
        acc = acceleration(pos, mass, soft)
        vel = vel + 0.5 * dt * acc
    return np.sum(pos**2)


def newton(e, phase, rate, n):
    total = 0.0
    for k in range(n):
        M = phase + rate * k
        E = M
        step = 1.0
        while abs(step) > 1e-12:
            step = (E - e * np.sin(E) - M) / (1.0 - e * np.cos(E))
            E = E - step
        total = total + np.cos(E)
    return total


def sine(x):
    return np.sin(x**2)


def regression(w, b, x, y):
    return np.mean((w * x + b - y) ** 2)


def classifier(W1, b1, W2, b2, W3, b3, X, labels):
    hidden = np.maximum(X @ W1 + b1, 0.0)
    hidden = np.maximum(hidden @ W2 + b2, 0.0)
    scores = hidden @ W3 + b3
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(log_sum - scores[np.arange(len(labels)), labels])
