"""Functions as values: chosen by a branch, by an index, by a string; bound anew in a loop; in lists and dicts."""

from functools import partial, reduce

import numpy as np
import pytest
from language.check import V, check, name


def square(v):
    return v * v


def scaled(v, factor):
    return factor * v


def bound_anew_in_a_loop(x):
    f = np.sin
    s = np.sum(f(x))
    for k in range(3):
        s = s + np.sum(f(x) * x)
        f = np.cos if k % 2 else np.exp
    return s


def chosen_by_a_branch(x):
    f = square if x[0] > 0 else np.sin
    return np.sum(f(x * 2.0))


def chosen_by_an_index(x):
    functions = [np.sin, np.cos, square]
    s = 0.0
    for k in range(5):
        s += functions[k % 3](x[k % 2]) * x[k % 4]
    return s


def chosen_by_a_string(x, mode):
    table = {"square": square, "wave": np.sin}
    return np.sum(table[mode](x))


def run_through(x):
    for f in (np.sin, square, np.tanh, lambda v: v * 0.5):
        x = f(x)
    return np.sum(x)


def made_by_a_function(x, y):
    def power(n):
        return lambda v: v**n
    cube, fourth = power(3), power(4)
    return np.sum(cube(x)) + fourth(y)


def passed_on(x):
    def twice(f, v):
        return f(f(v))
    return np.sum(twice(square, x)) + np.sum(twice(np.sin, x))


def partial_with_keyword(x, y):
    f = partial(scaled, factor=y)
    return np.sum(f(x)) + np.sum(partial(scaled, x)(y))


def reduced(x):
    return reduce(lambda a, b: a * b + 1.0, [x[0], x[1], x[2]])


PROGRAMS = [(bound_anew_in_a_loop, (V,)), (chosen_by_a_branch, (V,)), (chosen_by_a_branch, (-V,)),
            (chosen_by_an_index, (V,)), (chosen_by_a_string, (V, "square")), (chosen_by_a_string, (V, "wave")),
            (run_through, (V,)), (made_by_a_function, (V, 0.7)), (passed_on, (V,)), (partial_with_keyword, (V, 0.7)),
            (reduced, (V,))]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_chosen_functions(f, args):
    check(f, args, "call")
