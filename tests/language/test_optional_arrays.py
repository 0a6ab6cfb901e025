"""Arrays of which there is none at first, and whose memory is written: refused by name, with what to write."""

import numpy as np
import pytest
from language.check import V

from s2sgrad import check_grads, grad
from s2sgrad.errors import AliasError


def two_steps(x):
    y, old = x * 2.0, None
    for _ in range(3):
        guess = y.copy() if old is None else 2.0 * y - old
        guess += x
        old, y = y, guess
    return np.sum(y**2)


def with_copies(x):
    y, old = x * 2.0, None
    for _ in range(3):
        guess = y.copy() if old is None else 2.0 * y - old
        guess += x
        old = y.copy()
        y = guess.copy()
    return np.sum(y**2)


def test_refused_by_name():
    with pytest.raises(AliasError, match="`old` may be None, or an array whose memory is written") as refusal:
        grad(two_steps)(V)
    assert "old = y.copy()" in refusal.value.remedy


def test_the_remedy_helps():
    check_grads(with_copies, (V,))
