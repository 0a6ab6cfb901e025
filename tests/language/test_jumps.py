# ruff: noqa: B007, B905 (as users write)
"""break, continue and early return, nested every way."""

import numpy as np
import pytest
from language.check import FACTS, M, V, check, name


def break_in_for(x):
    for i in range(10):
        x = x * 1.3
        if x > 2.0:
            break
        x = x + 0.1
    return x * x


def break_at_the_top(x):
    for i in range(10):
        if x > 2.0:
            break
        x = x * 1.3
    return x * i


def break_never_taken(x):
    for _ in range(4):
        x = x * x * 0.9
        if x > 1e6:
            break
    return x


def continue_in_for(x):
    s = 0.0
    for v in x:
        if v < 0.0:
            continue
        s = s + v * v
    return s


def continue_in_while(x):
    i = 0
    while i < 6:
        i += 1
        if i % 2 == 0:
            continue
        x = np.sin(x) * 1.5
    return x


def break_and_continue(x):
    s = 0.0
    for v in x:
        if v < -1.0:
            continue
        if s > 2.0:
            break
        s = s + v * v
    return s * s


def break_in_else(x):
    for i in range(8):
        if x < 3.0:
            x = x * 1.5
        else:
            x = x - 1.0
            break
        x = x + 0.2
    return x


def break_in_nested_if(x, y):
    for i in range(8):
        if x > 1.0:
            if y > 1.0:
                break
            y = y * 1.4
        else:
            if y > 5.0:
                continue
            x = x + 0.3 * y
        x = x * 1.1
    return x * y


def break_in_inner_loop(A):
    s = 0.0
    for i in range(3):
        for j in range(4):
            if A[i, j] < 0.0:
                break
            s = s + A[i, j] ** 2
        s = s * 1.1
    return s


def break_in_both_loops(A):
    s = 0.0
    for row in A:
        for v in row:
            if v > 2.0:
                break
            s = s + v * v
        if s > 3.0:
            break
    return s


def continue_in_inner_loop(A):
    s = 1.0
    for row in A:
        for v in row:
            if v < 0.0:
                continue
            s = s * (1.0 + 0.1 * v)
    return s


def while_true(x):
    while True:
        x = x * 1.3
        if x > 5.0:
            break
    return x * x


def while_true_return(x):
    while True:
        x = x * 1.3
        if x > 5.0:
            return x * x
        x = x + 0.1


def early_return(x):
    if x > 1.0:
        return x * x
    return np.sin(x)


def early_returns_in_a_chain(x):
    if x < 0.0:
        return -x
    if x < 1.0:
        y = x * x
        return y * x
    x = x + 1.0
    if x < 2.5:
        return x**3
    return 1.0 / x


def return_in_nested_if(x, y):
    if x > 1.0:
        if y > 1.0:
            return x * y
        x = x * 2.0
    else:
        x = x * 3.0
    return x + y * x


def return_in_loop(x):
    for i in range(10):
        x = x * 1.3
        if x > 2.0:
            return x * x
    return x


def return_in_nested_loops(A):
    s = 0.0
    for i in range(3):
        for j in range(4):
            s = s + A[i, j] ** 2
            if s > 5.0:
                return s * A[0, 0]
        s = s * 0.9
    return s


def return_in_while_in_for(x):
    for i in range(4):
        while x < 2.0 * i:
            x = x * 1.2
            if x > 4.5:
                return x * x
        x = x + 0.1
    return x


def return_in_else_of_a_loop(x):
    for _ in range(3):
        x = x * 1.3
        if x > 100.0:
            break
    else:
        return x * x
    return x


def break_with_else(x):
    for _ in range(8):
        x = x * 1.3
        if x > 2.0:
            break
    else:
        x = 0.0
    return x * x


def continue_with_else(x):
    for i in range(4):
        if i == 2:
            continue
        x = x * 1.3
    else:
        x = x * x
    return x


def break_then_use_of_trip_values(x):
    last = 0.0
    for v in x:
        t = v * v
        if t > 3.0:
            break
        last = t
    return last * t


def writes_before_and_after_a_break(x):
    for i in range(5):
        x[i] = x[i] ** 2
        if x[i] > 3.0:
            break
        x[i] = x[i] * x[0]
    return np.sum(x * np.arange(1.0, 6.0))


def writes_after_a_continue(x):
    for i in range(5):
        if x[i] < 0.0:
            x[i] *= x[i]
            continue
        x[i] = np.sin(x[i])
    return np.sum(x * np.arange(1.0, 6.0))


def code_after_a_jump(x):
    for _ in range(3):
        x = x * 1.1
        continue
        x = x * 100.0
    return x


def continue_in_the_else_of_an_inner_while(x):
    s = x
    for i in range(3):
        if i > 1:
            break
        while s < 1.0:
            s = s * 2.0
            if s > 5.0:
                break
        else:
            continue
        s = s * 3.0
    return s + i


def break_in_the_else_of_an_inner_while(x):
    s = x
    for i in range(5):
        while s < 1.0:
            s = s * 2.0
            if s > 1.5:
                break
        else:
            break
        s = s * 0.3
    return s * x + i


def both_in_the_else_of_inner_loops(x):
    s = x
    total = 0.0
    for i in range(6):
        for k in range(3):
            while s < 1.0:
                s = s * 1.7
                if s > 1.4:
                    break
            else:
                if k > 0:
                    break
                total = total + s
                continue
            total = total + 0.1 * s * k
            s = s * 0.4
        else:
            s = s * 1.01
            if total > 3.0:
                break
            continue
        s = s * 0.7
        if i > 4:
            return total * s
    return total + s


PROGRAMS = [
    (break_in_for, (0.9,)), (break_at_the_top, (0.9,)), (break_at_the_top, (2.9,)), (break_never_taken, (0.9,)),
    (continue_in_for, (V,)), (continue_in_while, (0.9,)), (break_and_continue, (V,)), (break_in_else, (0.9,)),
    (break_in_nested_if, (0.9, 0.4)), (break_in_nested_if, (1.9, 1.4)), (break_in_inner_loop, (M,)),
    (break_in_both_loops, (M,)), (continue_in_inner_loop, (M,)), (while_true, (0.9,)), (while_true_return, (0.9,)),
    (early_return, (1.9,)), (early_return, (0.9,)), (early_returns_in_a_chain, (-0.4,)),
    (early_returns_in_a_chain, (0.4,)), (early_returns_in_a_chain, (1.4,)), (early_returns_in_a_chain, (2.4,)),
    (return_in_nested_if, (1.9, 1.4)), (return_in_nested_if, (1.9, 0.4)), (return_in_nested_if, (0.9, 0.4)),
    (return_in_loop, (0.9,)), (return_in_loop, (0.01,)), (return_in_nested_loops, (M,)),
    (return_in_nested_loops, (0.3 * M,)), (return_in_while_in_for, (0.9,)), (return_in_else_of_a_loop, (0.9,)),
    (return_in_else_of_a_loop, (90.9,)), (break_with_else, (0.9,)), (continue_with_else, (0.9,)),
    (break_then_use_of_trip_values, (V,)), (writes_before_and_after_a_break, (V,)), (writes_after_a_continue, (V,)),
    (code_after_a_jump, (0.9,)), (continue_in_the_else_of_an_inner_while, (0.3,)),
    (continue_in_the_else_of_an_inner_while, (1.3,)), (break_in_the_else_of_an_inner_while, (0.3,)),
    (break_in_the_else_of_an_inner_while, (0.55,)), (both_in_the_else_of_inner_loops, (0.3,)),
    (both_in_the_else_of_inner_loops, (0.77,)), (both_in_the_else_of_inner_loops, (2.3,)),
]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=name)
def test_jump(f, args, facts):
    check(f, args, facts)
