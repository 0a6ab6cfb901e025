"""The comment at the top says where the names come from that the text does not define."""

import numpy as np

from s2sgrad import grad

SCALE = 2.0
UNUSED = 3.0
ROWS = np.ones(2)


def scaled(x, weights=ROWS):
    return np.sum(x * SCALE * weights)


def outer(k):
    def inner(x):
        return np.sum(x * k * SCALE)
    return inner


def plain(x):
    return np.sum(x * x)


def head(f):
    text = grad(f).source_for(np.ones(2))
    return " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))


def test_data_of_a_module():
    assert f"Reads, at each call, SCALE of {__name__}." in head(scaled)


def test_data_around_a_function():
    assert f"Reads, at each call, k of the functions around it; SCALE of {__name__}." in head(outer(3.0))


def test_nothing_else_is_read():
    assert "Reads" not in head(plain)
