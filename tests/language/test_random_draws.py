"""What is drawn at random: once, in the forward sweep; its rank and dtype are known where its size is."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name

from s2sgrad import grad, value_and_grad
from s2sgrad.errors import S2SGradError


def number(x):
    rng, s = np.random.default_rng(0), 0.0
    for k in range(3):
        s += x[k] * rng.normal()
    return s


def numbers_by_parameters(x):
    rng, s = np.random.default_rng(0), 0.0
    for k in range(3):
        s += x[k] * rng.uniform(1.0, k + 2.0) + x[k] ** 2 * rng.integers(1, 4)
    return s


def matrix(x):
    w = np.random.default_rng(1).standard_normal((4, 5))
    for d in w:
        x = x + x * d
    return np.sum(x)


def vector_by_length(x):
    rng = np.random.default_rng(2)
    return np.sum(x**2 * rng.normal(0.0, 2.0, size=len(x)))


def vector_by_shape(x):
    rng = np.random.default_rng(2)
    return np.sum(np.sin(x * rng.exponential(size=x.shape)))


def single_precision(x):
    rng = np.random.default_rng(3)
    return np.sum(x * rng.random(5, dtype=np.float32)) * rng.random(dtype=np.float32)


def by_an_array(x):
    rng = np.random.default_rng(3)
    return np.sum(x * rng.normal(np.zeros(5), 1.0))


def written(x):
    noise = np.random.default_rng(4).standard_normal(5)
    noise[1:] += x[1:] ** 2
    return np.sum(noise * x)


def indices(x):
    picked = np.random.default_rng(5).integers(0, 5, size=7)
    return np.sum(x[picked] ** 2)


def old_functions(x):
    np.random.seed(3)
    return np.sum(x * np.random.rand(5)) + x[0] * np.random.randn() + np.sum(x * np.random.normal(size=5))


def old_generator(x):
    state = np.random.RandomState(7)
    return np.sum(x * state.uniform(-1.0, 1.0, 5)) + x[state.randint(5)] ** 2


def in_a_loop(x):
    rng, y = np.random.default_rng(6), x
    for _ in range(3):
        y = y * rng.standard_normal(5) + np.sin(y)
    return np.sum(y)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [number, numbers_by_parameters, matrix, vector_by_length, vector_by_shape,
                               single_precision, by_an_array, written, indices, old_functions, old_generator,
                               in_a_loop], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (V,), facts)


def test_generators_as_arguments_are_drawn_from_once():
    def f(x, rng):
        return np.sum(x**2 * rng.standard_normal(len(x))) * rng.normal()

    value, gradient = value_and_grad(f)(V, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    noise, factor = rng.standard_normal(5), rng.normal()
    assert value == np.sum(V**2 * noise) * factor
    np.testing.assert_allclose(gradient, 2 * V * noise * factor)


@pytest.mark.parametrize("f", [matrix, in_a_loop, vector_by_length], ids=name)
def test_shapes_are_known(f):
    text = grad(f).source_for(V)
    assert "unbroadcast" not in text and "own(" not in text


@pytest.mark.parametrize("f", [lambda x: x[0] * np.random.default_rng(0).poisson(x[1] ** 2),
                               lambda x: x[0] * np.random.poisson(x[1] ** 2)],
                         ids=["whole numbers", "whole numbers of old"])
def test_whole_numbers_drawn_by_what_is_differentiated_are_refused(f):
    with pytest.raises(S2SGradError, match="poisson"):
        grad(f)(V)
