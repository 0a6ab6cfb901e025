"""What the NumPy dialect chooses where several forms mean the same: the emitted text of small gradients."""

import numpy as np
import pytest

from s2sgrad import grad


def turned(A, b):
    return np.sum(np.transpose(A) @ b)


def newaxis(x: np.ndarray, y: np.ndarray):
    d = x[:, None] - y[None, :]
    return np.sum(d * d)


def counted(x: np.ndarray, k):
    return np.sum(x[k] * x[k])


def test_the_transpose_of_an_array_is_an_attribute():
    text = grad(turned, 1).source_for(np.ones((2, 3)), np.ones(2))
    assert "np.transpose" not in text and "A.T" in text or "A @" in text


def test_slices_and_new_axes_name_each_cell_once():
    assert "x_bar[:, None] =" in grad(newaxis).source and "np.add.at" not in grad(newaxis).source


def test_an_index_of_unknown_kind_may_name_a_cell_twice():
    assert "np.add.at(x_bar, k," in grad(counted).source
    x, k = np.arange(3.0), np.array([1, 1])
    np.testing.assert_allclose(grad(counted)(x, k), [0.0, 4.0, 0.0])


@pytest.mark.parametrize("axis", [0, 1])
def test_slices_and_new_axes_are_right(axis):
    x, y = np.arange(3.0), np.arange(2.0) + 0.5
    d = x[:, None] - y[None, :]
    np.testing.assert_allclose(grad(newaxis, axis)(x, y), (1 - 2 * axis) * 2.0 * np.sum(d, axis=1 - axis))
