"""Functions of an emitted program: each one once, and only what is called."""

import numpy as np

from s2sgrad import grad


def twice(a, b):
    c = a * b
    d = c + b
    return d * c


def calls(x, y):
    return np.sum(twice(x, y)) + twice(np.sum(x), 2.0) + np.sum(twice(y, x))


def added(a, b):
    c = a + b
    d = c + b
    return d


def sums(x, y):
    return np.sum(added(x, y))


def test_halves_that_are_the_same_are_one():
    text = grad(calls, (0, 1)).source_for(np.ones(3), np.ones(3))
    assert text.count("def twice_fwd") == len({part.split("\n\n\n")[0] for part in text.split("def twice_fwd")[1:]})


def test_a_forward_half_that_nobody_needs_is_not_printed():
    text = grad(sums, (0, 1)).source_for(np.ones(3), np.ones(3))
    assert "added_fwd" not in text and "x_bar, y_bar = added_bwd(" in text


def test_the_gradients_of_two_arguments_are_two_objects():
    x, y = np.ones(3), np.arange(3.0)
    x_bar, y_bar = grad(sums, (0, 1))(x, y)
    assert not np.shares_memory(x_bar, y_bar) and x_bar.flags.writeable and y_bar.flags.writeable
    np.testing.assert_array_equal(x_bar, [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(y_bar, [2.0, 2.0, 2.0])
