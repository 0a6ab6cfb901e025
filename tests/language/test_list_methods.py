"""`sort` with a key, and `extend` by what is made while it is run through."""

# ruff: noqa: B905  (zip as people write it)

import numpy as np
import pytest
from language.check import FACTS, check, name


def sorted_pairs(x: np.ndarray) -> float:
    y = [(v, v * v) for v in x]
    y.sort(key=lambda t: -t[0])
    return y[0][1] * y[1][0]


def sorted_backwards(x: np.ndarray) -> float:
    y = [v * 2 for v in x]
    y.sort(key=abs, reverse=True)
    return y[0] * y[1]


class Box:
    """Holds a list."""

    def __init__(self):
        self.items = []


def of_a_field(x: np.ndarray) -> float:
    box = Box()
    box.items.extend(v * v for v in x)
    box.items.sort(key=lambda v: -v)
    return box.items[0] * box.items[1]


def extended_in_a_loop(x: np.ndarray) -> float:
    y = []
    for k in range(2):
        y.extend(v * k for v in x if v > 0.25)
    y.extend(zip(x, x))
    return y[3] * y[2] + y[4][0]


def an_array_is_sorted_in_place(x: np.ndarray) -> float:
    y = np.array(x) * 2
    y.sort()
    return y[0] * y[1]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [sorted_pairs, sorted_backwards, of_a_field, extended_in_a_loop,
                               an_array_is_sorted_in_place], ids=name)
def test_list_methods(f, facts):
    check(f, (np.array([0.3, 0.2, 0.5]),), facts)
