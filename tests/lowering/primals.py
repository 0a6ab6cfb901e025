"""The primals of corpus programs in JAX, for `jax.grad` as an oracle that shares no code with s2sgrad.

Where a program's own source runs with jax.numpy for NumPy, that is what runs; the others, which write in place, branch
on values, or would be unrolled, are written here by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.special import erf
from lowering.cases import PATHS, module

TRANSLATED = ("attention_block", "decay_fit_huber", "forward_kinematics", "kde_leave_one_out", "logistic_nll",
              "mlp_softmax", "poisson_glm", "ridge_regression", "rosenbrock_nd")


def translated(name: str) -> Callable[..., Any]:
    """The program with jax.numpy for NumPy, and jax.scipy for SciPy."""
    text = PATHS[name].read_text(encoding="utf-8")
    text = text.replace("import numpy as np", "import jax.numpy as np").replace("from scipy.", "from jax.scipy.")
    made: dict[str, Any] = {"__name__": f"{name}_in_jax"}
    exec(compile(text, f"{name}_in_jax.py", "exec"), made)
    entry: Callable[..., Any] = made[module(name).ENTRY.__name__]
    return entry


# ---------------------------------------------------------------- level 1
def norm_cdf(x):
    return 0.5 * (1.0 + erf(x / jnp.sqrt(2.0)))


def black_scholes_book(spot, vol, rate, strikes, maturities, quantities):
    K, T, quantity = map(jnp.array, (strikes, maturities, quantities))
    d1 = (jnp.log(spot / K) + (rate + 0.5 * vol**2) * T) / (vol * jnp.sqrt(T))
    d2 = d1 - vol * jnp.sqrt(T)
    discounted = K * jnp.exp(-rate * T)
    call = spot * norm_cdf(d1) - discounted * norm_cdf(d2)
    put = discounted * norm_cdf(-d2) - spot * norm_cdf(-d1)
    return jnp.sum(quantity * jnp.where(K >= spot, call, put))


def himmelblau_penalty(x, y, weight):
    r = jnp.hypot(x, y)
    slack = y - 1.5 * x + 4.0
    outside = jnp.where(r > 2.5, weight * (r - 2.5) ** 2, 0.0)
    logarithm = 0.05 + 0.01 * jnp.log(jnp.where(slack > 0.0, slack, 1.0))
    beyond = jnp.where(slack < 0.0, 10.0 * weight * slack**2, jnp.where(slack < 0.5, 0.1 * slack, logarithm))
    return (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2 + outside + beyond


def lennard_jones_cluster(pos, eps, sigma):
    i, j = jnp.triu_indices(len(pos), k=1)
    s6 = (sigma**2 / jnp.sum((pos[i] - pos[j]) ** 2, axis=1)) ** 3
    return jnp.sum(4.0 * eps * (s6**2 - s6)) + 0.5 * jnp.sum(pos.mean(axis=0) ** 2)


def pendulum_rk4(theta0, omega0, length, damping):
    g, dt = 9.81, 0.02

    def slope(state, t):
        theta, omega = state
        return jnp.array([omega, -g / length * jnp.sin(theta) - damping * omega + 0.3 * jnp.cos(1.4 * t)])

    def step(state, t):
        k1 = slope(state, t)
        k2 = slope(state + 0.5 * dt * k1, t + 0.5 * dt)
        k3 = slope(state + 0.5 * dt * k2, t + 0.5 * dt)
        k4 = slope(state + dt * k3, t + dt)
        return state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), None

    (theta, omega), _ = lax.scan(step, jnp.array([theta0, omega0]), dt * jnp.arange(120))
    return 0.5 * (length * omega) ** 2 + g * length * (1.0 - jnp.cos(theta))


def lotka_volterra_fit(log_rates, y0, samples, every=10, h=0.05):
    alpha, beta, delta, gamma = jnp.exp(log_rates)

    def slope(state):
        prey, predator = state
        return jnp.array([(alpha - beta * predator) * prey, (delta * prey - gamma) * predator])

    def step(_, y):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        return y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)

    def interval(y, sample):
        y = lax.fori_loop(0, every, step, y)
        return y, jnp.sum((jnp.log(y) - jnp.log(sample)) ** 2)

    _, residuals = lax.scan(interval, y0, samples)
    return jnp.sum(residuals)


def sir_epidemic(beta, gamma, i0, cases):
    dt = 0.25

    def step(_, state):
        s, i, new_cases = state
        infect, recover = beta * s * i * dt, gamma * i * dt
        return s - infect, i + infect - recover, new_cases + infect

    def week(state, reported):
        s, i, new_cases = lax.fori_loop(0, 28, step, (*state, 0.0))
        return (s, i), (jnp.log(1e5 * new_cases) - jnp.log(reported)) ** 2

    _, losses = lax.scan(week, (1.0 - i0, i0), cases)
    return jnp.sum(losses)


# ---------------------------------------------------------------- level 2
def arma_css(params, y, p, q):
    mu, phi, theta, log_sigma = params[0], params[1:1 + p], params[1 + p:1 + p + q], params[-1]

    def step(carry, now):
        past_y, past_e = carry              # the newest first
        residual = now - (mu + phi @ (past_y - mu) + theta @ past_e)
        return (jnp.roll(past_y, 1).at[0].set(now), jnp.roll(past_e, 1).at[0].set(residual)), residual

    _, e = lax.scan(step, (y[:p][::-1], jnp.zeros(q)), y[p:])
    return len(e) * log_sigma + 0.5 * jnp.sum(e**2) * jnp.exp(-2.0 * log_sigma)


def binomial_american_put(spot, strike, vol, rate, maturity, n=40):
    dt = maturity / n
    up = jnp.exp(vol * jnp.sqrt(dt))
    p = (jnp.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    j = jnp.arange(n + 1)

    def back(values, i):
        hold = jnp.exp(-rate * dt) * (p * jnp.roll(values, -1) + (1.0 - p) * values)
        exercise = strike - spot * up ** (2.0 * j - i)
        return jnp.where(j <= i, jnp.where(exercise > hold, exercise, hold), values), None

    payoff = strike - spot * up ** (2.0 * j - n)
    values, _ = lax.scan(back, jnp.where(payoff > 0.0, payoff, 0.0), jnp.arange(n), reverse=True)
    return values[0]


def biquad_cascade(sections, gain, x, target):
    def section(signal, coef):
        def step(state, now):
            x1, x2, y1, y2 = state
            y = coef @ jnp.stack([now, x1, x2, -y1, -y2])
            return (now, x1, y, y1), y
        return lax.scan(step, (0.0,) * 4, signal)[1], None

    y, _ = lax.scan(section, gain * x, sections)
    return jnp.sqrt(jnp.mean((y - target) ** 2))


def burgers_upwind(u0, nu):
    dx, dt = 2.0 * jnp.pi / len(u0), 0.02

    def step(u, _):
        left, right = jnp.roll(u, 1), jnp.roll(u, -1)
        slope = jnp.where(u > 0.0, u - left, right - u) / dx
        return u + dt * (nu * (right - 2.0 * u + left) / dx**2 - u * slope), None

    u, _ = lax.scan(step, u0, None, length=30)
    return 0.5 * dx * jnp.sum(u**2) + 0.1 * jnp.max(jnp.abs(jnp.diff(u)))


def garch_likelihood(raw, returns):
    odds = jnp.exp(raw[1:])
    alpha, half_gamma, beta = odds / (1.0 + jnp.sum(odds))

    def step(sigma2, last):
        leverage = alpha + jnp.where(last < 0.0, 2.0 * half_gamma, 0.0)
        sigma2 = jnp.exp(raw[0]) + leverage * last**2 + beta * sigma2
        return sigma2, sigma2

    first = jnp.var(returns)
    _, later = lax.scan(step, first, returns[:-1])
    sigma2 = jnp.concatenate([first[None], later])
    return 0.5 * jnp.sum(jnp.log(2.0 * jnp.pi * sigma2) + returns**2 / sigma2)


def heat1d_explicit(kappa, u0, observed, dx=0.05, dt=4e-4, steps=90):
    def step(_, u):
        flux = -0.5 * (kappa[1:] + kappa[:-1]) * jnp.diff(u) / dx
        inner = u[1:-1] - dt * jnp.diff(flux) / dx
        return u.at[1:-1].set(inner).at[0].set(inner[0]).at[-1].set(0.0)

    return jnp.sum((lax.fori_loop(0, steps, step, u0) - observed) ** 2) * dx


def hmm_forward_scaled(log_pi, trans_logits, emis_logits, obs):
    log_A = jax.nn.log_softmax(trans_logits, axis=1)
    log_B = jax.nn.log_softmax(emis_logits, axis=1)

    def step(log_alpha, symbol):
        predicted = jax.nn.logsumexp(log_alpha[:, None] + log_A, axis=0)
        return predicted + log_B[:, symbol], None

    log_alpha, _ = lax.scan(step, jax.nn.log_softmax(log_pi) + log_B[:, obs[0]], obs[1:])
    return jax.nn.logsumexp(log_alpha)


def kalman_tracker(accel_std, meas_std, x0, zs, valid):
    dt, one, none = 0.1, jnp.eye(2), jnp.zeros((2, 2))
    F = jnp.block([[one, dt * one], [none, one]])
    G = jnp.concatenate([0.5 * dt**2 * one, dt * one])
    H = jnp.concatenate([one, none], axis=1)
    Q = accel_std**2 * G @ G.T + 1e-9 * jnp.eye(4)

    def step(carry, seen):
        x, P = F @ carry[0], F @ carry[1] @ F.T + Q
        z, is_valid = seen
        innovation, S = z - H @ x, H @ P @ H.T + meas_std**2 * one
        gain = jnp.linalg.solve(S, H @ P).T
        misfit = innovation @ jnp.linalg.solve(S, innovation)
        nll = 0.5 * (misfit + jnp.linalg.slogdet(S)[1] + 2.0 * jnp.log(2.0 * jnp.pi))
        updated = x + gain @ innovation, P - gain @ H @ P
        carry = jax.tree.map(lambda new, old: jnp.where(is_valid, new, old), updated, (x, P))
        return carry, jnp.where(is_valid, nll, 0.0)

    _, terms = lax.scan(step, (x0, jnp.diag(jnp.array([1.0, 1.0, 4.0, 4.0]))), (zs, valid))
    return jnp.sum(terms)


def matrix_factorisation(P, Q, user_bias, item_bias, mu, ratings, reg=0.02):
    u, i, r = (jnp.array(column) for column in zip(*ratings, strict=True))
    err = r - mu - user_bias[u] - item_bias[i] - jnp.sum(P[u] * Q[i], axis=1)
    size = jnp.sum(P[u] ** 2 + Q[i] ** 2, axis=1) + user_bias[u] ** 2 + item_bias[i] ** 2
    return jnp.mean(err**2 + reg * size)


def rnn_char_sequence(params, sequence, h0):
    def step(h, pair):
        now, following = pair
        h = jnp.tanh(params["Wxh"][:, now] + params["Whh"] @ h + params["bh"])
        return h, -jax.nn.log_softmax(params["Why"] @ h + params["by"])[following]

    _, losses = lax.scan(step, h0, (sequence[:-1], sequence[1:]))
    return jnp.mean(losses)


def thomas_crank_nicolson(diffusivity, decay, u0):
    n = len(u0)
    r = 0.5 * diffusivity * 0.01 * n**2
    neighbours = jnp.eye(n, k=1) + jnp.eye(n, k=-1)

    def step(_, u):
        rhs = (1.0 - 2.0 * r) * u + r * neighbours @ u
        return jnp.linalg.solve((1.0 + 2.0 * r) * jnp.eye(n) - r * neighbours, rhs) * jnp.exp(-decay * 0.01)

    u = lax.fori_loop(0, 8, step, u0)
    return u.mean() + 0.3 * u[n // 3] ** 2


WRITTEN = {f.__name__: f for f in (
    black_scholes_book, himmelblau_penalty, lennard_jones_cluster, pendulum_rk4, sir_epidemic, arma_css,
    binomial_american_put, biquad_cascade, burgers_upwind, garch_likelihood, heat1d_explicit, hmm_forward_scaled,
    kalman_tracker, lotka_volterra_fit, matrix_factorisation, rnn_char_sequence, thomas_crank_nicolson)}
PRIMALS: dict[str, Callable[..., Any]] = {**{name: translated(name) for name in TRANSLATED}, **WRITTEN}
