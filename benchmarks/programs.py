"""The ten programs, as one writes them in NumPy without a thought of derivatives."""

import math

import numpy as np


def recurrence(x, a, b, n):
    for _ in range(n):
        y = math.sin(x) * a + b
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


def jacobi_2d(A, B, steps):
    for _ in range(steps):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
    return np.sum(A**2)


def gray_scott(u, v, feed, kill, steps):
    for _ in range(steps):
        lap_u = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u[1:-1, 1:-1]
        lap_v = v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] - 4.0 * v[1:-1, 1:-1]
        reaction = u[1:-1, 1:-1] * v[1:-1, 1:-1] ** 2
        u[1:-1, 1:-1] += 0.2 * lap_u - reaction + feed * (1.0 - u[1:-1, 1:-1])
        v[1:-1, 1:-1] += 0.1 * lap_v + reaction - (feed + kill) * v[1:-1, 1:-1]
    return np.sum(v**2)


def cholesky(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
        A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
    log_det = 0.0
    for i in range(n):
        log_det += np.log(A[i, i])
    return 2.0 * log_det


def asian_option(spot, rate, volatility, strike, expiry, Z):
    steps, paths = Z.shape
    dt = expiry / steps
    price = np.full(paths, spot)
    total = np.zeros(paths)
    for z in Z:
        price = price * np.exp((rate - 0.5 * volatility**2) * dt + volatility * math.sqrt(dt) * z)
        total = total + price
    payoff = np.maximum(total / steps - strike, 0.0)
    return math.exp(-rate * expiry) * np.mean(payoff)


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
            step = (E - e * math.sin(E) - M) / (1.0 - e * math.cos(E))
            E = E - step
        total = total + math.cos(E)
    return total
