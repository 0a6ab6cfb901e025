"""if, elif, else, nested and with names bound on one side."""

import numpy as np
import pytest
from language.check import FACTS, V, check, name


def if_only(x):
    y = x
    if x > 1.0:
        y = x * x
    return y * 3.0


def if_else(x):
    if x > 1.0:
        y = x * x
    else:
        y = np.sin(x)
    return y * x


def elif_chain(x):
    if x < 0.0:
        y = -x
    elif x < 1.0:
        y = x * x
    elif x < 2.0:
        y = x**3
    else:
        y = 1.0 / x
    return y + x


def nested(x, y):
    if x > 0.0:
        if y > 0.0:
            z = x * y
        else:
            z = x - y * y
        z = z * x
    else:
        z = y
    return z * z


def constant_in_one_branch(x):
    if x > 1.0:
        y = 2.0
    else:
        y = x
    return y * x


def condition_is_overwritten(x):
    c = x > 1.0
    if c:
        x = x * x
        c = False
    else:
        x = -x
    return x * x


def variable_of_the_condition_is_overwritten(x):
    if x > 1.0:
        x = x - 5.0
    else:
        x = x + 5.0
    if x > 1.0:
        x = x * x
    return x * 2.0


def bound_in_one_branch_and_used_there(x):
    if x > 1.0:
        t = x * x
        x = t * x
    return x


def overwritten_in_both_inner_branches_and_read_after(x, y):
    z = x
    w = 0.5
    for _ in range(4):
        if z > -0.7:
            if w > 0.3:
                z = z + y
            else:
                z = y
            w = z**2
    return w


def pass_branch(x):
    if x > 1.0:
        pass
    else:
        x = x * x
    return x


def write_in_a_branch(x):
    if x[0] > 0.0:
        x[1:] *= x[0]
    else:
        x[0] = 1.0
    return np.sum(x * x)


def condition_on_an_array(x):
    if np.any(x > 2.0) and not np.all(x > 0.0):
        return np.sum(x * x)
    return np.sum(x)


PROGRAMS = [(if_only, (1.3,)), (if_only, (0.3,)), (if_else, (1.3,)), (if_else, (0.3,)), (elif_chain, (-0.5,)),
            (elif_chain, (0.5,)), (elif_chain, (1.5,)), (elif_chain, (2.5,)), (nested, (1.3, 0.4)),
            (nested, (1.3, -0.4)), (nested, (-1.3, 0.4)), (constant_in_one_branch, (1.3,)),
            (constant_in_one_branch, (0.3,)), (condition_is_overwritten, (1.3,)), (condition_is_overwritten, (0.3,)),
            (variable_of_the_condition_is_overwritten, (1.3,)), (variable_of_the_condition_is_overwritten, (0.3,)),
            (bound_in_one_branch_and_used_there, (1.3,)), (bound_in_one_branch_and_used_there, (0.3,)),
            (overwritten_in_both_inner_branches_and_read_after, (0.4, -0.6)), (pass_branch, (1.3,)),
            (pass_branch, (0.3,)), (write_in_a_branch, (V,)), (write_in_a_branch, (-V,)),
            (condition_on_an_array, (V,))]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_branch(f, args, facts):
    check(f, args, facts)
