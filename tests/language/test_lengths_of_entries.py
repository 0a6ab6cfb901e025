"""Two entries of a list or dict may have different lengths, though one kind is known of both: they broadcast."""

import numpy as np
import pytest
from language.check import FACTS, check, name


def parts_of_growing_lengths(x):
    parts = []
    for i in range(3):
        parts.append(x[:i + 1])
    return np.sum(parts[0] * parts[2])


def appended_in_a_loop(x, y):
    both = []
    for v in (x, y):
        both.append(v * 1.0)
    return np.sum(both[0] * both[1])


def at_computed_places(x, y):
    both = [x]
    both.append(y)
    s = 0.0
    for k in range(2):
        s = s + np.sum(both[k] * both[k - 1])
    return s


def in_loops_over_the_list(x, y):
    both = [x]
    both.append(y)
    s = 0.0
    for a in both:
        for b in both:
            s = s + np.sum(a * b)
    return s


def taken_out(x, y):
    both = [x]
    both.append(y)
    a = both.pop()
    b = both.pop()
    return np.sum(a * b * a)


def rearranged(x, y):
    both = [x, y]
    both.reverse()
    both.insert(0, x * y)
    return np.sum(both[0] * both[1]) + np.sum(both[1] * both[2])


def entries_of_a_dict_bound_in_a_loop(x, y):
    d = {"x": x, "y": y}
    for k in ["x", "y"]:
        d[k] = np.tanh(d[k])
    return np.sum(d["x"] * d["y"])


def values_of_a_dict(x, y):
    d = {0: x, 1: y}
    for k in range(2):
        d[k] = d[k] * d[1 - k]
    s = 0.0
    for v in d.values():
        for w in d.values():
            s = s + np.sum(v * w)
    return s


V, ONE = np.array([0.7, -1.3, 2.1]), np.array([0.4])


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("f, args", [
    (parts_of_growing_lengths, (V,)),
    *((f, args) for f in (appended_in_a_loop, at_computed_places, in_loops_over_the_list, taken_out, rearranged,
                          entries_of_a_dict_bound_in_a_loop, values_of_a_dict)
      for args in ((V, ONE), (ONE, V), (1.2, V), (V, 1.2), (V, V * 2.0))),
], ids=name)
def test_agrees_with_central_differences(f, args, facts):
    check(f, args, facts)
