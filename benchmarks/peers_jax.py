"""The programs for `jax.jit(jax.value_and_grad(f))`: loops are scans, and arrays are updated with `.at`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.cases import Case
from s2sgrad import value_and_grad
from s2sgrad.errors import S2SGradError

TRIPS = 12                  # of Newton's iteration, which JAX has to bound to differentiate it


def variants(case: Case, args: tuple[Any, ...]) -> dict[str, Callable[[], Any] | str]:
    """What JAX makes of its own form of a case, and of what s2sgrad lowers; arrays are on the device before."""
    static = tuple(k for k, value in enumerate(args) if isinstance(value, int))
    device = tuple(jnp.asarray(value) if isinstance(value, np.ndarray) else value for value in args)
    own = jax.jit(jax.value_and_grad(globals()[case.program], case.argnums), static_argnums=static)
    return {"s2sgrad on JAX": _lowered(case, args, device),
            "jax": lambda: jax.block_until_ready(own(*device))}


def _lowered(case: Case, args: tuple[Any, ...], device: tuple[Any, ...]) -> Callable[[], Any] | str:
    """The gradient lowered by s2sgrad; why not, where it does not lower."""
    lowered = value_and_grad(case.primal, argnums=case.argnums, backend="jax")
    try:
        lowered(*args)
    except S2SGradError as error:
        return f"refused: {str(error).splitlines()[-2]}"
    return lambda: jax.block_until_ready(lowered(*device))


def recurrence(x, a, b, n):
    def step(x, _):
        y = jnp.sin(x) * a + b
        return jnp.where(y > 0.9, x + 0.01 * y, x + 0.02 * y), None
    return lax.scan(step, x, None, length=n)[0]


def rosenbrock(x):
    return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def mlp(W1, b1, W2, b2, X, Y):
    hidden = jnp.tanh(X @ W1 + b1)
    log_p = jax.nn.log_softmax(hidden @ W2 + b2)
    return -jnp.mean(jnp.sum(Y * log_p, axis=1))


def lstm(W, U, b, xs, h, c):
    def step(carry, x):
        h, c = carry
        forget, enter, leave, new = jnp.split(W @ x + U @ h + b, 4)
        c = jax.nn.sigmoid(forget) * c + jax.nn.sigmoid(enter) * jnp.tanh(new)
        return (jax.nn.sigmoid(leave) * jnp.tanh(c), c), None
    (h, c), _ = lax.scan(step, (h, c), xs)
    return jnp.sum(h**2)


def jacobi_2d(A, B, steps):
    def stencil(A):
        return 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])

    def step(carry, _):
        A, B = carry
        B = B.at[1:-1, 1:-1].set(stencil(A))
        A = A.at[1:-1, 1:-1].set(stencil(B))
        return (A, B), None
    (A, B), _ = lax.scan(step, (A, B), None, length=steps)
    return jnp.sum(A**2)


def gray_scott(u, v, feed, kill, steps):
    def laplacian(u):
        return u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u[1:-1, 1:-1]

    def step(carry, _):
        u, v = carry
        u_inner, v_inner = u[1:-1, 1:-1], v[1:-1, 1:-1]
        reaction = u_inner * v_inner**2
        new_u = u.at[1:-1, 1:-1].add(0.2 * laplacian(u) - reaction + feed * (1.0 - u_inner))
        new_v = v.at[1:-1, 1:-1].add(0.1 * laplacian(v) + reaction - (feed + kill) * v_inner)
        return (new_u, new_v), None
    (u, v), _ = lax.scan(step, (u, v), None, length=steps)
    return jnp.sum(v**2)


def cholesky(A):
    n = A.shape[0]
    columns = jnp.arange(n)

    def row(A, i):
        def entry(row, j):
            new = (row[j] - jnp.sum(jnp.where(columns < j, row * A[j], 0.0))) / A[j, j]
            return row.at[j].set(jnp.where(j < i, new, row[j])), None
        new, _ = lax.scan(entry, A[i], columns)
        diagonal = jnp.sqrt(new[i] - jnp.sum(jnp.where(columns < i, new, 0.0) ** 2))
        return A.at[i].set(new.at[i].set(diagonal)), None
    A, _ = lax.scan(row, A, columns)
    return 2.0 * jnp.sum(jnp.log(jnp.diagonal(A)))


def asian_option(spot, rate, volatility, strike, expiry, Z):
    steps, paths = Z.shape
    dt = expiry / steps

    def step(carry, z):
        price, total = carry
        price = price * jnp.exp((rate - 0.5 * volatility**2) * dt + volatility * jnp.sqrt(dt) * z)
        return (price, total + price), None
    (_, total), _ = lax.scan(step, (jnp.full(paths, spot), jnp.zeros(paths)), Z)
    return jnp.exp(-rate * expiry) * jnp.mean(jnp.maximum(total / steps - strike, 0.0))


def acceleration(pos, mass, soft):
    d = pos[None, :, :] - pos[:, None, :]
    r2 = jnp.sum(d**2, axis=2) + soft**2
    return jnp.sum(d * (mass * r2**-1.5)[:, :, None], axis=1)


def n_body(pos, vel, mass, soft, dt, steps):
    def step(carry, _):
        pos, vel, acc = carry
        vel = vel + 0.5 * dt * acc
        pos = pos + dt * vel
        acc = acceleration(pos, mass, soft)
        return (pos, vel + 0.5 * dt * acc, acc), None
    (pos, _, _), _ = lax.scan(step, (pos, vel, acceleration(pos, mass, soft)), None, length=steps)
    return jnp.sum(pos**2)


@functools.partial(jax.vmap, in_axes=(None, 0))
def kepler(e, M):
    def step(carry, _):
        E, going = carry
        change = (E - e * jnp.sin(E) - M) / (1.0 - e * jnp.cos(E))
        return (jnp.where(going, E - change, E), going & (abs(change) > 1e-12)), None
    (E, _), _ = lax.scan(step, (M, True), None, length=TRIPS)
    return jnp.cos(E)


def newton(e, phase, rate, n):
    return jnp.sum(kepler(e, phase + rate * jnp.arange(n)))


def sine(x):
    return jnp.sin(x**2)


def regression(w, b, x, y):
    return jnp.mean((w * x + b - y) ** 2)


def classifier(W1, b1, W2, b2, W3, b3, X, labels):
    hidden = jax.nn.relu(X @ W1 + b1)
    hidden = jax.nn.relu(hidden @ W2 + b2)
    log_p = jax.nn.log_softmax(hidden @ W3 + b3)
    return -jnp.mean(log_p[jnp.arange(len(labels)), labels])
