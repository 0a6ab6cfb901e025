"""Values that are None at first, and arrays or numbers later, used as these."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad

A = np.array([1.0, 2.0, -0.5])
M = np.arange(9.0).reshape(3, 3) / 9.0


def controller(gains, target, n):
    y, integral, before = 0.0, 0.0, None
    for _ in range(n):
        error = target - y
        integral += error * 0.1
        slope = 0.0 if before is None else error - before
        y += 0.1 * (gains[0] * error + gains[1] * integral + gains[2] * slope)
        before = error
    return y


def momentum(x, g):
    m = None
    for _ in range(3):
        m = g * x if m is None else 0.9 * m + g
    return m.sum()


def attributes_and_entries(x, g):
    m = None
    for _ in range(3):
        if m is None:
            m = g * x
        else:
            m = 0.9 * m + g
    return m.T @ m + m[0] * m.mean()


def layers(x, parameters):
    for w, b in parameters:
        x = x @ w
        if b is not None:
            x = x + b
        x = np.tanh(x)
    return x.sum()


def filled(W, x):
    weights = [W, W * 2.0]
    slopes = [None] * 2
    for i in range(2):
        slopes[i] = np.outer(x, x) * weights[i]
    weights = [w - 0.1 * g for w, g in zip(weights, slopes, strict=True)]
    return np.sum(weights[0].T @ weights[1])


def the_one_before(x, xs):
    before = None
    total = 0.0
    for v in xs:
        now = v * x
        if before is not None:
            total += np.sum((now - before) ** 2)
        before = now
    return total + before[0]


def compared(x, xs):
    best = None
    for v in xs:
        value = np.sum(v * x)
        if best is None or value > best:
            best = value
    return best * x


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [
    (controller, ([0.5, 0.2, 0.1], 1.0, 4)), (controller, ((0.5, 0.2, 0.1), 1.0, 1)), (momentum, (1.2, A)),
    (attributes_and_entries, (1.2, A)), (layers, (A, [(M, A), (M, None)])), (layers, (A, [(M, None), (M, A)])),
    (filled, (M, A)), (the_one_before, (1.2, [A, 2.0 * A, A])), (compared, (1.2, [A, 2.0 * A, A])),
], ids=name)
def test_gradients(f, args, facts):
    check(f, args, facts)


def never_bound(x, n):
    m = None
    for _ in range(n):
        m = x
    return m * 2.0


def test_none_raises_as_python_does():
    assert s2sgrad.value_and_grad(never_bound)(1.5, 2) == (3.0, 2.0)
    with pytest.raises(TypeError):
        s2sgrad.value_and_grad(never_bound)(1.5, 0)
