"""Call facts say the short lengths that a program makes itself, or on which ranks depend (`np.cross`), where it would
have to undo broadcasting without them."""

import numpy as np
import pytest
from language.check import FACTS, check, name

import s2sgrad

R = np.random.default_rng(5)


def random(*shape):
    return R.normal(size=shape)


def torque(force, arms):
    total = 0.0
    for arm in arms:
        turned = force + 0.1 * np.cross(arm, force)
        total += turned @ turned
    return total


def circle(center, angles):
    cost = 0.0
    for a in angles:
        p = np.array([np.cos(a), np.sin(a)]) * center
        cost += np.sum((p * center - np.array([1.0, a])) ** 2)
    return cost


def planar(u, v):
    return np.sum(u * np.cross(u, v) + v)


def plane_and_space(u, v):
    return np.sum(np.cross(u, v) ** 2) + u[0] * np.sum(v)


pytestmark = pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
CASES = [(torque, (random(3), [random(3), random(3)])), (circle, (random(2), random(4))),
         (planar, (random(3), random(3)))]
PLANES = np.lib.NumpyVersion(np.__version__) < "2.5.0"          # since then NumPy has no product of 2-vectors
IN_PLANES = [(planar, (random(2), random(2))), (plane_and_space, (random(2), random(4, 3)))] if PLANES else []


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [*CASES, *IN_PLANES], ids=name)
def test_gradients(f, args, facts):
    check(f, args, facts)


@pytest.mark.parametrize("f, args", CASES, ids=name)
def test_no_broadcasting_is_undone(f, args):
    assert "unbroadcast(" not in s2sgrad.grad(f, argnums=(0, 1)).source_for(*args)


def test_the_same_gradient_object_takes_vectors_of_other_lengths():
    both = s2sgrad.grad(planar, argnums=(0, 1))
    for n in (3, 2, 3) if PLANES else (3, 3):
        u, v = random(n), random(n)
        u_bar, v_bar = both(u, v)
        h, du, dv = 1e-6, random(n), random(n)
        slope = (planar(u + h * du, v + h * dv) - planar(u - h * du, v - h * dv)) / (2 * h)
        assert np.isclose(u_bar @ du + v_bar @ dv, slope, rtol=1e-6)
