"""The programs for PyTorch, eager: writes in place where its autograd allows them, new tensors where it does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.cases import Case

torch.set_num_threads(1)


def variants(case: Case, args: tuple[Any, ...]) -> dict[str, Callable[[], Any]]:
    """The value and gradients of a case on torch. A number that is differentiated is a tensor."""
    tensors = [torch.tensor(value) if isinstance(value, np.ndarray) else
               torch.tensor(value, dtype=torch.float64) if k in case.argnums else value for k, value in enumerate(args)]
    wanted = [tensors[k].requires_grad_() for k in case.argnums]
    f = globals()[case.program]

    def both() -> Any:
        value = f(*tensors)
        return value.detach(), torch.autograd.grad(value, wanted)
    return {"torch": both}


def recurrence(x, a, b, n):
    for _ in range(n):
        y = torch.sin(x) * a + b
        if y > 0.9:
            x = x + 0.01 * y
        else:
            x = x + 0.02 * y
    return x


def rosenbrock(x):
    return torch.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def mlp(W1, b1, W2, b2, X, Y):
    hidden = torch.tanh(X @ W1 + b1)
    log_p = torch.log_softmax(hidden @ W2 + b2, dim=1)
    return -torch.mean(torch.sum(Y * log_p, dim=1))


def lstm(W, U, b, xs, h, c):
    for x in xs:
        forget, enter, leave, new = torch.chunk(W @ x + U @ h + b, 4)
        c = torch.sigmoid(forget) * c + torch.sigmoid(enter) * torch.tanh(new)
        h = torch.sigmoid(leave) * torch.tanh(c)
    return torch.sum(h**2)


def jacobi_2d(A, B, steps):
    A, B = A.clone(), B.clone()
    for _ in range(steps):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
    return torch.sum(A**2)


def gray_scott(u, v, feed, kill, steps):
    for _ in range(steps):
        u_inner, v_inner = u[1:-1, 1:-1], v[1:-1, 1:-1]
        lap_u = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u_inner
        lap_v = v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] - 4.0 * v_inner
        reaction = u_inner * v_inner**2
        u, v = u.clone(), v.clone()                     # what was read above must stay as it is
        u[1:-1, 1:-1] += 0.2 * lap_u - reaction + feed * (1.0 - u_inner)
        v[1:-1, 1:-1] += 0.1 * lap_v + reaction - (feed + kill) * v_inner
    return torch.sum(v**2)


def cholesky(A):
    rows: list[Any] = []
    log_det = torch.zeros((), dtype=A.dtype)
    for i in range(A.shape[0]):
        row = A[i, :0]
        for j in range(i):
            entry = (A[i, j] - row @ rows[j][:j]) / rows[j][j]
            row = torch.cat([row, entry[None]])
        diagonal = torch.sqrt(A[i, i] - row @ row)
        rows.append(torch.cat([row, diagonal[None]]))
        log_det = log_det + torch.log(diagonal)
    return 2.0 * log_det


def asian_option(spot, rate, volatility, strike, expiry, Z):
    steps, paths = Z.shape
    dt = expiry / steps
    price = spot.expand(paths)
    total = torch.zeros(paths, dtype=Z.dtype)
    for z in Z:
        price = price * torch.exp((rate - 0.5 * volatility**2) * dt + volatility * math.sqrt(dt) * z)
        total = total + price
    payoff = torch.clamp(total / steps - strike, min=0.0)
    return torch.exp(-rate * expiry) * torch.mean(payoff)


def acceleration(pos, mass, soft):
    d = pos[None, :, :] - pos[:, None, :]
    r2 = torch.sum(d**2, dim=2) + soft**2
    return torch.sum(d * (mass * r2**-1.5)[:, :, None], dim=1)


def n_body(pos, vel, mass, soft, dt, steps):
    acc = acceleration(pos, mass, soft)
    for _ in range(steps):
        vel = vel + 0.5 * dt * acc
        pos = pos + dt * vel
        acc = acceleration(pos, mass, soft)
        vel = vel + 0.5 * dt * acc
    return torch.sum(pos**2)


def newton(e, phase, rate, n):
    total = torch.zeros((), dtype=e.dtype)
    for k in range(n):
        M = phase + rate * k
        E = M
        step = torch.ones(())
        while abs(step) > 1e-12:
            step = (E - e * torch.sin(E) - M) / (1.0 - e * torch.cos(E))
            E = E - step
        total = total + torch.cos(E)
    return total


def sine(x):
    return torch.sin(x**2)


def regression(w, b, x, y):
    return torch.mean((w * x + b - y) ** 2)


def classifier(W1, b1, W2, b2, W3, b3, X, labels):
    hidden = torch.relu(X @ W1 + b1)
    hidden = torch.relu(hidden @ W2 + b2)
    return torch.nn.functional.cross_entropy(hidden @ W3 + b3, labels)
