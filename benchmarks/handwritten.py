"""Gradients of the golden programs as a numerical programmer writes them by hand, to measure emitted code against.

Each is right under the facts of its program in `programs.py` (kinds, ranks, which axes are 1), and is compared with
the emitted gradient before it is timed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def logistic_loss_grad(w: Any, X: Any, y: Any, *, result_bar: float = 1.0) -> Any:
    """Gradient of `logistic_loss` with respect to `w`."""
    z = X @ w
    e = np.exp(-z)
    q = 1.0 + e
    p = 1.0 / q

    mean_bar = -result_bar / p.size
    p_bar = mean_bar * y / p - mean_bar * (1.0 - y) / (1.0 - p)
    z_bar = p_bar * p / q * e
    w_bar = X.T @ z_bar
    return w_bar


def rosenbrock_value_and_grad(x: Any, *, result_bar: float = 1.0) -> Any:
    """Value of `rosenbrock` and its gradient with respect to `x`."""
    head = x[:-1]
    u = x[1:] - head**2
    v = 1.0 - head
    result = np.sum(100.0 * u**2 + v**2)

    x_bar = np.zeros_like(x)
    u_bar = result_bar * 200.0 * u
    v_bar = result_bar * 2.0 * v
    x_bar[1:] += u_bar
    x_bar[:-1] -= v_bar + 2.0 * u_bar * head
    return result, x_bar


def rnn_grad(W: Any, U: Any, b: Any, xs: Any, h: Any, *, result_bar: float = 1.0) -> Any:
    """Gradient of `rnn` with respect to `W`, `U` and `b`."""
    h_record = []
    for x in xs:
        h_record.append(h)
        h = np.tanh(W @ h + U @ x + b)

    W_bar = np.zeros_like(W)
    U_bar = np.zeros_like(U)
    b_bar = np.zeros_like(b)
    h_bar = result_bar * 2.0 * h
    for x in reversed(xs):
        a_bar = h_bar * (1.0 - h**2)
        h = h_record.pop()
        W_bar += np.outer(a_bar, h)
        U_bar += np.outer(a_bar, x)
        b_bar += a_bar
        h_bar = W.T @ a_bar
    return W_bar, U_bar, b_bar


def orbit_grad(x: float, a: float, b: float, n: int, *, result_bar: float = 1.0) -> Any:
    """Gradient of `orbit` with respect to `x`, `a` and `b`."""
    x_record = []
    taken_record = []
    for _ in range(n):
        x_record.append(x)
        y = math.sin(x) * a + b
        taken = y > 0.9
        taken_record.append(taken)
        if taken:
            x = x + 0.01 * y
        else:
            x = x + 0.02 * y

    a_bar = 0.0
    b_bar = 0.0
    x_bar = result_bar
    for _ in range(n):
        x = x_record.pop()
        if taken_record.pop():
            y_bar = 0.01 * x_bar
        else:
            y_bar = 0.02 * x_bar
        a_bar += y_bar * math.sin(x)
        b_bar += y_bar
        x_bar += y_bar * a * math.cos(x)
    return x_bar, a_bar, b_bar


def kepler_grad(M: float, e: float, *, result_bar: float = 1.0) -> Any:
    """Gradient of `kepler` with respect to `M` and `e`."""
    E = M
    step = 1.0
    E_record = []
    trips = 0
    while abs(step) > 1e-12:
        trips += 1
        E_record.append(E)
        step = (E - e * math.sin(E) - M) / (1.0 - e * math.cos(E))
        E = E - step

    M_bar = 0.0
    e_bar = 0.0
    E_bar = -result_bar * math.sin(E)
    for _ in range(trips):
        E = E_record.pop()
        sin_E = math.sin(E)
        cos_E = math.cos(E)
        q = 1.0 - e * cos_E
        num_bar = -E_bar / q
        q_bar = -num_bar * (E - e * sin_E - M) / q
        e_bar -= num_bar * sin_E + q_bar * cos_E
        M_bar -= num_bar
        E_bar += num_bar * (1.0 - e * cos_E) + q_bar * e * sin_E
    M_bar += E_bar
    return M_bar, e_bar


def diffuse_grad(u: Any, steps: int, k: float, *, result_bar: float = 1.0) -> Any:
    """Gradient of `diffuse` with respect to `u`."""
    u = u.copy()
    for _ in range(steps):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])

    u_bar = result_bar * 2.0 * u
    for _ in range(steps):
        d_bar = k * u_bar[1:-1]
        u_bar[2:] += d_bar
        u_bar[1:-1] -= 2.0 * d_bar
        u_bar[:-2] += d_bar
    return u_bar


def grow_grad(c: Any, r: float, steps: int, dt: float, *, result_bar: float = 1.0) -> Any:
    """Gradient of `grow` with respect to `c` and `r`."""
    c = c.copy()
    c_record = np.empty((len(range(steps)), *c[1:-1].shape), dtype=c.dtype)
    for t in range(steps):
        c_record[t] = c[1:-1]
        c[1:-1] = c[1:-1] + dt * (c[2:] - 2.0 * c[1:-1] + c[:-2] + r * c[1:-1] * (1.0 - c[1:-1]))

    r_bar = 0.0
    c_bar = np.full_like(c, result_bar)
    for t in reversed(range(steps)):
        inner = c_record[t]
        d_bar = dt * c_bar[1:-1]
        r_bar += np.vdot(d_bar, inner * (1.0 - inner))
        c_bar[1:-1] += d_bar * (r * (1.0 - 2.0 * inner) - 2.0)
        c_bar[2:] += d_bar
        c_bar[:-2] += d_bar
    return c_bar, r_bar


def log_det_grad(A: Any, *, result_bar: float = 1.0) -> Any:
    """Gradient of `log_det` with respect to `A`."""
    A = A.copy()
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
        A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])

    A_bar = np.zeros_like(A)
    s_bar = 2.0 * result_bar
    for i in reversed(range(n)):
        A_bar[i, i] += s_bar / A[i, i]
    for i in reversed(range(n)):
        d_bar = 0.5 * A_bar[i, i] / A[i, i]
        A_bar[i, i] = d_bar
        A_bar[i, :i] -= 2.0 * d_bar * A[i, :i]
        for j in reversed(range(i)):
            d_bar = A_bar[i, j] / A[j, j]
            A_bar[i, j] = d_bar
            A_bar[j, j] -= d_bar * A[i, j]
            A_bar[i, :j] -= d_bar * A[j, :j]
            A_bar[j, :j] -= d_bar * A[i, :j]
    return A_bar


def acceleration_fwd(pos: Any, mass: Any, soft: float) -> Any:
    """The forward half of `acceleration`: its result, and what its reverse half reads."""
    d = pos[None, :, :] - pos[:, None, :]
    r2 = np.sum(d**2, axis=2) + soft**2
    p = r2**-1.5
    w = mass * p
    return np.sum(d * w[:, :, None], axis=1), (d, r2, p, w)


def acceleration_bwd(residuals: Any, mass: Any, acc_bar: Any) -> Any:
    """The reverse half of `acceleration`."""
    d, r2, p, w = residuals
    w_bar = np.sum(acc_bar[:, None, :] * d, axis=2)
    mass_bar = np.sum(w_bar * p, axis=0)
    r2_bar = -1.5 * w_bar * mass * p / r2
    d_bar = acc_bar[:, None, :] * w[:, :, None] + 2.0 * r2_bar[:, :, None] * d
    pos_bar = np.sum(d_bar, axis=0) - np.sum(d_bar, axis=1)
    return pos_bar, mass_bar


def leapfrog_grad(pos: Any, vel: Any, mass: Any, soft: float, dt: float, steps: int, *,
                  result_bar: float = 1.0) -> Any:
    """Gradient of `leapfrog` with respect to `pos`, `vel` and `mass`."""
    acc, acc_residuals = acceleration_fwd(pos, mass, soft)
    residuals_record = []
    for _ in range(steps):
        vel = vel + 0.5 * dt * acc
        pos = pos + dt * vel
        acc, residuals = acceleration_fwd(pos, mass, soft)
        residuals_record.append(residuals)
        vel = vel + 0.5 * dt * acc

    mass_bar = np.zeros_like(mass)
    vel_bar = np.zeros_like(vel)
    acc_bar = np.zeros_like(acc)
    pos_bar = result_bar * 2.0 * pos
    for _ in range(steps):
        acc_bar += 0.5 * dt * vel_bar
        pos_bar_1, mass_bar_1 = acceleration_bwd(residuals_record.pop(), mass, acc_bar)
        pos_bar += pos_bar_1
        mass_bar += mass_bar_1
        vel_bar += dt * pos_bar
        acc_bar = 0.5 * dt * vel_bar
    pos_bar_1, mass_bar_1 = acceleration_bwd(acc_residuals, mass, acc_bar)
    pos_bar += pos_bar_1
    mass_bar += mass_bar_1
    return pos_bar, vel_bar, mass_bar
