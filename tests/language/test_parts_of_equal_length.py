"""Call facts say which lengths are multiples of others where parts of equal length are cut from one array, so that no
broadcasting needs to be undone; with other lengths, the same gradient object is right as well."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad
from s2sgrad.runtime import unbroadcast

R = np.random.default_rng(3)


def random(*shape):
    return R.normal(size=shape)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def gates_by_the_state(W, U, b, xs, h):
    n = len(h)
    c = np.zeros(n)
    for x in xs:
        a = W @ x + U @ h + b
        c = sigmoid(a[:n]) * c + sigmoid(a[n:2 * n]) * np.tanh(a[3 * n:])
        h = sigmoid(a[2 * n:3 * n]) * np.tanh(c)
    return np.sum(h**2)


def gates_by_their_number(W, b, xs):
    n = W.shape[0] // 4
    h, c = np.zeros(n), np.zeros(n)
    for x in xs:
        i, f, o, g = np.split(W @ np.concatenate([h, x]) + b, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return np.sum(h**2)


def position_and_velocity(y, stiffness):
    n = len(y) // 2
    for _ in range(3):
        d = np.empty_like(y)
        d[:n] = y[n:]
        d[n:] = -stiffness * y[:n] - 0.1 * y[:n] ** 3
        y = y + 0.1 * d
    return np.sum(y[:n] ** 2 + y[-n:] * y[n:])


def coordinates(p):
    n = len(p) // 3
    x, y, z = p[:n], p[n:2 * n], p[2 * n:]
    return np.sum(x * y * z + x**2 * y)


def the_middle(p, w):
    n = len(w)
    return np.sum(p[n:-n] * w * p[:n] + np.tanh(p[-n:]))


def even_and_odd(x):
    return np.sum(x[::2] * x[1::2] ** 2 + np.sin(x[1::2]))


def rows_of_a_block_matrix(M, v):
    n = len(v)
    upper, lower = M[:n], M[n:]
    return np.sum((upper @ v) * (lower @ v) * v)


def joined_and_cut(u, v):
    both = np.concatenate([u, v, u * v])
    n = len(u)
    return np.sum(both[:n] * both[n:2 * n] * np.exp(both[2 * n:]))


WHOLE = [(gates_by_the_state, (random(12, 2), random(12, 3), random(12), random(4, 2), random(3))),
         (gates_by_their_number, (random(12, 8), random(12), random(6, 5))),
         (position_and_velocity, (random(6), random(3))), (position_and_velocity, (random(8), 0.7)),
         (coordinates, (random(12),)), (the_middle, (random(9), random(3))), (even_and_odd, (random(6),)),
         (rows_of_a_block_matrix, (random(6, 3), random(3))), (joined_and_cut, (random(4), random(4)))]
ODD = [(gates_by_the_state, (random(4, 2), random(4, 1), random(4), random(3, 2), random(1))),
       (gates_by_their_number, (random(4, 3), random(4), random(3, 2))),
       (position_and_velocity, (random(2), random(1))), (position_and_velocity, (random(2), 0.7)),
       (coordinates, (random(3),)), (the_middle, (random(3), random(1))), (the_middle, (random(7), random(3))),
       (even_and_odd, (random(2),)), (rows_of_a_block_matrix, (random(2, 1), random(1)))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", WHOLE + ODD, ids=name)
def test_gradients(f, args, facts):
    if (f, len(args[0])) == (the_middle, 7):            # the middle has one entry, which is broadcast
        assert len(args[0][3:-3]) == 1
    check(f, args, facts)


@pytest.mark.parametrize("f, args", WHOLE, ids=name)
def test_no_broadcasting_is_undone(f, args):
    assert unbroadcast.__name__ not in s2sgrad.grad(f, argnums=tuple(range(len(args)))).source_for(*args)


def test_facts_say_it():
    text = s2sgrad.grad(the_middle, argnums=(0, 1)).source_for(random(9), random(3))
    assert "# Facts: p: float64[3*n0]; w: float64[n0]." in text


@pytest.mark.parametrize("f, calls", [
    (coordinates, [(random(n),) for n in (9, 3, 12, 6, 3, 30)]),
    (the_middle, [(random(n), random(m)) for n, m in ((9, 3), (3, 1), (7, 3), (6, 2), (5, 2), (9, 3))]),
    (position_and_velocity, [(random(n), random(m)) for n, m in ((2, 1), (6, 3), (8, 4), (8, 1), (2, 1), (6, 3))]),
    (even_and_odd, [(random(n),) for n in (2, 6, 2, 8)]),
], ids=name)
def test_one_gradient_object_for_all_lengths(f, calls):
    gradient = s2sgrad.grad(f, argnums=tuple(range(len(calls[0]))))
    for args in calls:
        s2sgrad.check_grads(f, args, grad=gradient)
        assert gradient.source_for(*args) == s2sgrad.grad(f, argnums=tuple(range(len(args)))).source_for(*args)
