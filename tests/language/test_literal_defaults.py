"""Defaults that are literals: negative numbers and tuples count as they are written, and can be saved."""

import numpy as np
import pytest
from language.check import FACTS, M, check, name

from s2sgrad import grad

LAST = -1


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def total(x, axes=(0, -1), scale=-0.5):
    s = scale * np.sum(x**2, axis=axes)
    return s * np.sum(x)


def count(x, steps, rate=-0.25):
    if steps == 0:
        return x
    return count(x + rate * x**2, steps - 1)


def one_default(x):
    return np.sum(softmax(x) ** 2)


def tuple_default(x):
    return total(x)


def own_defaults(x, axes=(0, 1), weight=-2.0, name="sum"):
    return weight * np.sum(np.sum(x**2, axis=axes)) if name == "sum" else 0.0


def recursive(x):
    return np.sum(count(x, 3))


def nested_tuple(x, pairs=((0, 1), (1, -1))):
    s = 0.0
    for i, j in pairs:
        s += x[i, j] * x[j, i]
    return s


def by_keyword(x, *, shift=-1):
    return np.sum(np.roll(x, shift) * x)


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [one_default, tuple_default, own_defaults, recursive, nested_tuple, by_keyword], ids=name)
def test_agrees_with_central_differences(f, facts):
    check(f, (M,), facts)


@pytest.mark.parametrize("f", [one_default, tuple_default, by_keyword], ids=name)
def test_saved_and_known(f):
    derived = grad(f)
    assert "unbroadcast" not in derived.source_for(M)
    namespace = {}
    exec(compile(derived.text_for_save(), "saved.py", "exec"), namespace)
    np.testing.assert_allclose(namespace[f"{f.__name__}_grad"](M), derived(M))


def test_a_default_that_changes_is_seen():
    def helper(x, axis=-1):
        return np.sum(x, axis=axis)

    def f(x):
        return np.sum(helper(x) ** 2)

    derived = grad(f)
    before = derived(M)
    helper.__defaults__ = (0,)
    np.testing.assert_allclose(derived(M), 2 * np.broadcast_to(M.sum(axis=0), M.shape))
    assert not np.allclose(before, derived(M))


def test_a_default_with_a_name_is_read_at_each_call():
    def f(x, axis=LAST):
        return np.sum(np.sum(x, axis=axis) ** 2)

    np.testing.assert_allclose(grad(f)(M), np.repeat(2 * M.sum(axis=1)[:, None], 4, axis=1))
