"""An adjoint is scaled in place only where nobody else holds its array."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad


def compound(x, r):
    total = np.zeros(len(x))
    price = 1.0 * x
    for k in range(3):
        price = price * np.exp(r * k)
        total = total + price
    return np.sum(total**2)


def kept_under_another_name(x, r):
    y = 1.0 * x
    z = 1.0 * x
    for _ in range(3):
        z = y
        y = y * r
        y = y + z * z
    return np.sum(y * z)


def swapped(x, r):
    a, b = 1.0 * x, r * x
    for _ in range(3):
        a, b = b * r, a
    return np.sum(a**2) + np.sum(b**3)


def through_a_helper(x, r):
    y = 1.0 * x
    for _ in range(2):
        y = same(y) * r
    return np.sum(y**2) + np.sum(same(y))


def same(y):
    return y


def with_views(x, r):
    y = 1.0 * x
    for _ in range(2):
        first = y[:2]
        y = y * r
        y = y + np.sum(first)
    return np.sum(y**2)


def grows(x, r):
    y = np.sum(x)
    for _ in range(2):
        y = y * x
    return np.sum(y)


def divided(x, r):
    y = 1.0 * x
    for _ in range(3):
        y = y / (r + y * y)
    return np.sum(y)


X = np.array([0.3, -0.8, 1.1, 0.6])
PROGRAMS = [compound, kept_under_another_name, swapped, through_a_helper, with_views, grows, divided]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=name)
def test_scaled_adjoints(f, facts):
    check(f, (X, 0.7), facts)


def test_an_adjoint_of_its_own_is_scaled_in_place():
    made = s2sgrad.grad(compound).source_for(X, 0.7)
    assert "x_bar *= np.exp(r * k)" in made
    assert "x_bar = x_bar" not in made
