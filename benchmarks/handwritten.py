"""Value and gradient of each program as a careful numerical programmer writes them by hand in NumPy.

Called like the program; the result is (value, gradients). Arguments are not written. Nothing is used that only a
second look at the mathematics would give (implicit differentiation, another formula): the derivative of these steps.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def recurrence(x: float, a: float, b: float, n: int) -> Any:
    """With respect to x, a, b: the state and the branch of each step are recorded, the sine is computed again."""
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
    value = x

    x_bar = 1.0
    a_bar = b_bar = 0.0
    for x, taken in zip(reversed(x_record), reversed(taken_record), strict=True):
        y_bar = 0.01 * x_bar if taken else 0.02 * x_bar
        a_bar += y_bar * math.sin(x)
        b_bar += y_bar
        x_bar += y_bar * a * math.cos(x)
    return value, (x_bar, a_bar, b_bar)


def rosenbrock(x: Any) -> Any:
    """With respect to x."""
    head = x[:-1]
    u = x[1:] - head**2
    v = 1.0 - head
    value = np.sum(100.0 * u**2 + v**2)

    x_bar = np.zeros_like(x)
    u_bar = 200.0 * u
    x_bar[1:] = u_bar
    x_bar[:-1] -= 2.0 * (v + u_bar * head)
    return value, (x_bar,)


def mlp(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:
    """With respect to the weights. The rows of Y need not sum to 1."""
    hidden = np.tanh(X @ W1 + b1)
    scores = hidden @ W2 + b2
    e = np.exp(scores)
    total = np.sum(e, axis=1, keepdims=True)
    value = -np.mean(np.sum(Y * (scores - np.log(total)), axis=1))

    scores_bar = (np.sum(Y, axis=1, keepdims=True) / total * e - Y) / len(X)
    W2_bar = hidden.T @ scores_bar
    b2_bar = np.sum(scores_bar, axis=0)
    a_bar = scores_bar @ W2.T
    a_bar *= 1.0 - hidden * hidden
    W1_bar = X.T @ a_bar
    b1_bar = np.sum(a_bar, axis=0)
    return value, (W1_bar, b1_bar, W2_bar, b2_bar)


def lstm(W: Any, U: Any, b: Any, xs: Any, h: Any, c: Any) -> Any:
    """With respect to W, U, b: one record of the gates, and the weights' gradients as products after the loop."""
    n = len(h)
    record = []
    hs = []
    for x in xs:
        hs.append(h)
        a = W @ x + U @ h + b
        forget = 1.0 / (1.0 + np.exp(-a[:n]))
        enter = 1.0 / (1.0 + np.exp(-a[n:2 * n]))
        leave = 1.0 / (1.0 + np.exp(-a[2 * n:3 * n]))
        new = np.tanh(a[3 * n:])
        before = c
        c = forget * c + enter * new
        tanh_c = np.tanh(c)
        record.append((before, forget, enter, leave, new, tanh_c))
        h = leave * tanh_c
    value = np.sum(h**2)

    a_bars = np.empty((len(xs), 4 * n))
    h_bar = 2.0 * h
    c_bar = np.zeros_like(c)
    for a_bar, (before, forget, enter, leave, new, tanh_c) in zip(a_bars[::-1], reversed(record), strict=True):
        c_bar += h_bar * leave * (1.0 - tanh_c * tanh_c)
        a_bar[:n] = c_bar * before * forget * (1.0 - forget)
        a_bar[n:2 * n] = c_bar * new * enter * (1.0 - enter)
        a_bar[2 * n:3 * n] = h_bar * tanh_c * leave * (1.0 - leave)
        a_bar[3 * n:] = c_bar * enter * (1.0 - new * new)
        h_bar = a_bar @ U
        c_bar *= forget
    return value, (a_bars.T @ xs, a_bars.T @ np.array(hs), np.sum(a_bars, axis=0))


def jacobi_2d(A: Any, B: Any, steps: int) -> Any:
    """With respect to A, B: linear, so nothing is recorded. Interiors are overwritten, so their adjoints are set."""
    A, B = A.copy(), B.copy()
    for _ in range(steps):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
    value = np.sum(A**2)

    A_bar = 2.0 * A
    B_bar = np.zeros_like(B)
    for _ in range(steps):
        d = 0.2 * A_bar[1:-1, 1:-1]
        B_bar[1:-1, 1:-1] = d
        B_bar[1:-1, :-2] += d
        B_bar[1:-1, 2:] += d
        B_bar[2:, 1:-1] += d
        B_bar[:-2, 1:-1] += d
        d = 0.2 * B_bar[1:-1, 1:-1]
        A_bar[1:-1, 1:-1] = d
        A_bar[1:-1, :-2] += d
        A_bar[1:-1, 2:] += d
        A_bar[2:, 1:-1] += d
        A_bar[:-2, 1:-1] += d
    B_bar[1:-1, 1:-1] = 0.0
    return value, (A_bar, B_bar)


def gray_scott(u: Any, v: Any, feed: float, kill: float, steps: int) -> Any:
    """With respect to u, v, feed, kill: the interior of both fields is recorded before each step."""
    u, v = u.copy(), v.copy()
    u_inner, v_inner = u[1:-1, 1:-1], v[1:-1, 1:-1]
    u_record = np.empty((steps, *u_inner.shape))
    v_record = np.empty((steps, *v_inner.shape))
    for t in range(steps):
        u_record[t] = u_inner
        v_record[t] = v_inner
        lap_u = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u_inner
        lap_v = v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] - 4.0 * v_inner
        reaction = u_inner * v_inner**2
        u_inner += 0.2 * lap_u - reaction + feed * (1.0 - u_inner)
        v_inner += 0.1 * lap_v + reaction - (feed + kill) * v_inner
    value = np.sum(v**2)

    u_bar = np.zeros_like(u)
    v_bar = 2.0 * v
    feed_bar = kill_bar = 0.0
    u_bar_inner, v_bar_inner = u_bar[1:-1, 1:-1], v_bar[1:-1, 1:-1]
    for t in reversed(range(steps)):
        u_old, v_old = u_record[t], v_record[t]
        removed = np.vdot(v_bar_inner, v_old)
        feed_bar += np.sum(u_bar_inner) - np.vdot(u_bar_inner, u_old) - removed
        kill_bar -= removed
        lap_u_bar = 0.2 * u_bar_inner
        lap_v_bar = 0.1 * v_bar_inner
        common = (v_bar_inner - u_bar_inner) * v_old
        u_bar_inner *= 1.0 - feed - 4.0 * 0.2
        u_bar_inner += common * v_old
        v_bar_inner *= 1.0 - (feed + kill) - 4.0 * 0.1
        v_bar_inner += 2.0 * common * u_old
        for bar, lap_bar in ((u_bar, lap_u_bar), (v_bar, lap_v_bar)):
            bar[:-2, 1:-1] += lap_bar
            bar[2:, 1:-1] += lap_bar
            bar[1:-1, :-2] += lap_bar
            bar[1:-1, 2:] += lap_bar
    return value, (u_bar, v_bar, feed_bar, kill_bar)


def cholesky(A: Any) -> Any:
    """With respect to A: what is overwritten is read back from the factor, so nothing is recorded."""
    A = A.copy()
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] = (A[i, j] - A[i, :j] @ A[j, :j]) / A[j, j]
        A[i, i] = np.sqrt(A[i, i] - A[i, :i] @ A[i, :i])
    value = 0.0
    for i in range(n):
        value += np.log(A[i, i])
    value = 2.0 * value

    A_bar = np.zeros_like(A)
    for i in range(n):
        A_bar[i, i] = 2.0 / A[i, i]
    for i in reversed(range(n)):
        row, row_bar = A[i], A_bar[i]
        d_bar = 0.5 * row_bar[i] / row[i]
        row_bar[i] = d_bar
        row_bar[:i] -= 2.0 * d_bar * row[:i]
        for j in reversed(range(i)):
            d_bar = row_bar[j] / A[j, j]
            row_bar[j] = d_bar
            A_bar[j, j] -= d_bar * row[j]
            row_bar[:j] -= d_bar * A[j, :j]
            A_bar[j, :j] -= d_bar * row[:j]
    return value, (A_bar,)


def asian_option(spot: float, rate: float, volatility: float, strike: float, expiry: float, Z: Any) -> Any:
    """With respect to spot, rate, volatility: prices and growth factors are recorded by reference."""
    steps, paths = Z.shape
    dt = expiry / steps
    root = math.sqrt(dt)
    drift = (rate - 0.5 * volatility**2) * dt
    price = np.full(paths, spot)
    total = np.zeros(paths)
    record = []
    for z in Z:
        growth = np.exp(drift + volatility * root * z)
        price = price * growth
        total += price
        record.append((price, growth))
    excess = total / steps - strike
    discount = math.exp(-rate * expiry)
    value = discount * np.mean(np.maximum(excess, 0.0))

    total_bar = np.where(excess > 0.0, discount / (paths * steps), 0.0)
    price_bar = np.zeros(paths)
    drift_bar = slope_bar = 0.0
    for z, (price, growth) in zip(Z[::-1], reversed(record), strict=True):
        price_bar += total_bar
        exponent_bar = price_bar * price
        drift_bar += np.sum(exponent_bar)
        slope_bar += np.vdot(exponent_bar, z)
        price_bar *= growth
    rate_bar = drift_bar * dt - expiry * value
    volatility_bar = slope_bar * root - drift_bar * volatility * dt
    return value, (np.sum(price_bar), rate_bar, volatility_bar)


def _acceleration(pos: Any, mass: Any, soft: float) -> Any:
    """The accelerations, and what `_acceleration_reversed` reads."""
    d = pos[None, :, :] - pos[:, None, :]
    r2 = np.sum(d**2, axis=2) + soft**2
    p = r2**-1.5
    w = mass * p
    return np.sum(d * w[:, :, None], axis=1), (d, r2, p, w)


def _acceleration_reversed(record: Any, acc_bar: Any) -> Any:
    """The adjoints of pos and mass."""
    d, r2, p, w = record
    w_bar = np.einsum("ik,ijk->ij", acc_bar, d)         # np.sum over so short an axis is slow
    r2_bar = w_bar * w / r2
    d_bar = acc_bar[:, None, :] * w[:, :, None]
    d_bar -= 3.0 * r2_bar[:, :, None] * d
    return np.sum(d_bar, axis=0) - np.sum(d_bar, axis=1), np.sum(w_bar * p, axis=0)


def n_body(pos: Any, vel: Any, mass: Any, soft: float, dt: float, steps: int) -> Any:
    """With respect to pos, vel, mass."""
    half = 0.5 * dt
    acc, first = _acceleration(pos, mass, soft)
    records = []
    for _ in range(steps):
        vel = vel + half * acc
        pos = pos + dt * vel
        acc, record = _acceleration(pos, mass, soft)
        records.append(record)
        vel = vel + half * acc
    value = np.sum(pos**2)

    mass_bar = np.zeros_like(mass)
    vel_bar = np.zeros_like(vel)
    acc_bar = np.zeros_like(acc)
    pos_bar = 2.0 * pos
    for record in reversed(records):
        acc_bar += half * vel_bar
        from_pos, from_mass = _acceleration_reversed(record, acc_bar)
        pos_bar += from_pos
        mass_bar += from_mass
        vel_bar += dt * pos_bar
        acc_bar = half * vel_bar
    from_pos, from_mass = _acceleration_reversed(first, acc_bar)
    return value, (pos_bar + from_pos, vel_bar, mass_bar + from_mass)


def newton(e: float, phase: float, rate: float, n: int) -> Any:
    """With respect to e, phase, rate: iterates and steps are recorded, sine and cosine computed again."""
    value = 0.0
    E_record = []
    step_record = []
    last_record = []
    trips_record = []
    for k in range(n):
        M = phase + rate * k
        E = M
        step = 1.0
        trips = 0
        while abs(step) > 1e-12:
            trips += 1
            step = (E - e * math.sin(E) - M) / (1.0 - e * math.cos(E))
            E_record.append(E)
            step_record.append(step)
            E = E - step
        value += math.cos(E)
        last_record.append(E)
        trips_record.append(trips)

    e_bar = phase_bar = rate_bar = 0.0
    for k in reversed(range(n)):
        E_bar = -math.sin(last_record[k])
        M_bar = 0.0
        for _ in range(trips_record[k]):
            E = E_record.pop()
            sin_E = math.sin(E)
            cos_E = math.cos(E)
            q = 1.0 - e * cos_E
            num_bar = -E_bar / q
            q_bar = -num_bar * step_record.pop()
            M_bar -= num_bar
            e_bar -= num_bar * sin_E + q_bar * cos_E
            E_bar += num_bar * q + q_bar * e * sin_E
        M_bar += E_bar
        phase_bar += M_bar
        rate_bar += M_bar * k
    return value, (e_bar, phase_bar, rate_bar)


def sine(x: float) -> Any:
    """With respect to x."""
    square = x * x
    return math.sin(square), (2.0 * x * math.cos(square),)


def regression(w: float, b: float, x: Any, y: Any) -> Any:
    """With respect to w, b."""
    residual = w * x + b - y
    value = np.mean(residual**2)

    residual *= 2.0 / len(x)
    return value, (np.vdot(residual, x), np.sum(residual))


def classifier(W1: Any, b1: Any, W2: Any, b2: Any, W3: Any, b3: Any, X: Any, labels: Any) -> Any:
    """With respect to the weights: the shift by the maximum cancels, and the softmax is all that is left."""
    first = np.maximum(X @ W1 + b1, 0.0)
    second = np.maximum(first @ W2 + b2, 0.0)
    scores = second @ W3 + b3
    scores -= np.max(scores, axis=1, keepdims=True)
    e = np.exp(scores)
    total = np.sum(e, axis=1)
    rows = np.arange(len(labels))
    value = np.mean(np.log(total) - scores[rows, labels])

    bar = e / total[:, None]
    bar[rows, labels] -= 1.0
    bar /= len(labels)
    W3_bar = second.T @ bar
    b3_bar = np.sum(bar, axis=0)
    bar = bar @ W3.T
    bar *= second > 0.0
    W2_bar = first.T @ bar
    b2_bar = np.sum(bar, axis=0)
    bar = bar @ W2.T
    bar *= first > 0.0
    return value, (X.T @ bar, np.sum(bar, axis=0), W2_bar, b2_bar, W3_bar, b3_bar)
