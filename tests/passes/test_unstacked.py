"""Adjoints of what was stacked are entries of the whole's, where nothing has to be rounded."""

from __future__ import annotations

import numpy as np
import pytest

from s2sgrad import check_grads, value_and_grad

A, B = np.random.default_rng(0).normal(size=(2, 4))
M = np.random.default_rng(1).normal(size=(4, 3))


def source(function, *args):
    """The text of the gradient, which is right."""
    check_grads(function, args)
    return value_and_grad(function, argnums=tuple(range(len(args)))).source_for(*args)


def squares(values):
    return np.sum(values * values * np.arange(values.size).reshape(values.shape))


@pytest.mark.parametrize(("joined", "args", "expected"), [
    (lambda a, b: squares(np.stack([a * b, np.sin(a)], axis=1)), (A, B), ".T"),
    (lambda a, b: squares(np.stack([a * b, np.sin(a)], axis=-1)), (A, B), ".T"),
    (lambda a, b: squares(np.stack([a * b, np.sin(a)], axis=1)), (M, M + 1.0), "np.moveaxis("),
    (lambda a, b: squares(np.stack([a * b, np.sin(a)])), (A, B), "t_bar"),
    (lambda a, b: squares(np.column_stack([a * b, np.sin(a)])), (A, B), ".T"),
    (lambda a, b: squares(np.vstack([a * b, np.sin(a)])), (A, B), "t_bar"),
])
def test_unstacked(joined, args, expected):
    text = source(joined, *args)
    assert expected in text
    assert "stack_like(" not in text and "split_like(" not in text


def test_columns_of_several_are_cut():
    assert "column_split_like(" in source(lambda a, b: squares(np.column_stack([M * a, np.sin(b)])), 0.5, B)


def test_what_is_narrower_is_rounded():
    narrow = A.astype(np.float32)
    text = value_and_grad(lambda a, b: squares(np.stack([a, np.sin(b)])), argnums=(0, 1)).source_for(narrow, B)
    assert "unstack_like(" in text
