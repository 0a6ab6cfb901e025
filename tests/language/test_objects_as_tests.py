"""Lists, arrays and parts of them as tests of branches: what counts is what they were when they were asked."""

import numpy as np
import pytest
from language.check import FACTS, check, name

X = np.array([1.0, 2.0, 2.9, 0.4, 3.1])


def seen_before(x: np.ndarray) -> float:
    seen, y = [], x[0]
    for v in x:
        y = y * v if seen and v < 2.5 else y + 5 * v * v
        seen.append(1)
    return y


def emptied_later(x: np.ndarray) -> float:
    todo, y = [3, 2, 1], x[0]
    for v in x:
        if todo or v > 2.5:
            y = y * np.sin(v)
        else:
            y = y + v * v
        if todo:
            todo.pop()
        if todo:
            todo.pop()
    return y


def last_of_a_history(x: np.ndarray) -> float:
    hist, y = [], 1.0
    for v in x:
        if hist and hist[-1] < 2 * v:
            y = y * v
        else:
            y = y + v
        hist.append(v)
    return y


def asked_by_a_helper(x: np.ndarray) -> float:
    def is_new(seen: list, v: float) -> bool:
        return seen and v > 1

    seen, y = [], 1.0
    for v in x:
        if is_new(seen, v):
            y = y * v
        else:
            y = y + v * v
        seen.append(1)
    return y


def a_cell_that_is_written(x: np.ndarray) -> float:
    a = np.zeros((3, 1))
    a[0] = 1.0
    y = x[0]
    for v in x:
        if a[0] and v > 0.5:
            y = y * v
        else:
            y = y + v * v
        a[0] = 1.0 - a[0]
    return y


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f", [seen_before, emptied_later, last_of_a_history, asked_by_a_helper,
                               a_cell_that_is_written], ids=name)
def test_what_an_object_was(f, facts):
    check(f, (X,), facts)
