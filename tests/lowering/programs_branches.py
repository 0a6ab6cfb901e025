"""Branches: on static and on traced values, and what they may do."""

import numpy as np
from lowering.programs_registry import M, V, listed

CASES, program = listed()
VECTORS = (V,), (-V,), (V + 2.0,)
NUMBERS = (1.3,), (-0.6,), (0.2,)


# ---------------------------------------------------------------- static tests
@program((1.3, 0), (1.3, 1), (1.3, 2))
def static_int(x, mode):
    if mode == 0:
        y = x * x
    elif mode == 1:
        y = np.sin(x)
    else:
        y = 3 * x
    return y


@program((1.3, True), (1.3, False))
def static_bool(x, cubic):
    return x**3 if cubic else x**2


@program((1.3, "square"), (1.3, "cube"))
def static_string(x, kind):
    if kind == "square":
        return x**2
    return x**3


@program((V,), (V, V * V))
def default_none(x, w=None):
    if w is None:
        return np.sum(x**2)
    return np.sum(w * x**2)


@program((V,), (V[:2],), (M,))
def shape(x):
    if x.ndim == 2:
        return np.sum(x**2)
    return np.sum(x**3) if x.shape[0] > 3 else np.sum(x)


@program((V,), (V.astype(np.float32),))
def dtype(x):
    if x.dtype == np.float32:
        return np.sum(x**2)
    return np.sum(x**3)


@program((V, 3), (V, 4))
def static_membership(x, n):
    return np.sum(x) if n in (3, 5) else x[0] ** 2


@program((V, 2), (V, 3))
def raise_that_is_not_reached(x, n):
    if n > 3:
        raise ValueError("n")
    return x[n] ** 2


@program((V, 2), (V, 3))
def static_assert(x, n):
    assert n > 0 and x.ndim == 1
    return x.sum() * n


# ---------------------------------------------------------------- traced tests
@program(*NUMBERS)
def if_else(x):
    if x > 0:
        y = x * x
    else:
        y = np.exp(x)
    return y


@program(*NUMBERS, (-3.0,))
def elif_chain(x):
    if x > 1:
        y = x * x
    elif x > 0:
        y = np.exp(x)
    elif x > -1:
        y = x
    else:
        y = -x
    return y * 2


@program(*NUMBERS)
def nested(x):
    y = 0.0
    if x > 0:
        if x > 1:
            y = x**3
        else:
            y = x**2
        y = y * x
    return y


@program(*NUMBERS)
def without_else(x):
    y = x
    if x > 0:
        y = y * np.sin(x)
    return y


@program(*NUMBERS)
def name_set_on_one_side(x):
    if x > 0:
        z = x * x
    y = x
    if x > 0:
        y = z * x
    return y


@program(*NUMBERS)
def early_return(x):
    if x > 1:
        return x * x
    if x > 0:
        return np.sin(x)
    return x


@program(*VECTORS)
def write_on_both_sides(x):
    a = np.zeros(3)
    if x[0] > 0:
        a[0] = x[1]
        a[1:] = x[:2] ** 2
    else:
        a[:] = x[2]
    return np.sum(a * a)


@program(*VECTORS)
def swap_on_one_side(x):
    a, b = x[0], x[1]
    if a > b:
        a, b = b, a
    return a * a * b


@program(*VECTORS)
def side_that_does_nothing(x):
    if x[0] > 0:
        pass
    else:
        x = x * 2
    return x.sum()


@program(*VECTORS)
def integer_of_a_branch_as_index(x):
    if x[0] > 0:
        k = 1
    else:
        k = 2
    return x[k] ** 2


@program(*VECTORS)
def integer_on_one_side_float_on_the_other(x):
    if x[0] > 0:
        k = 1
    else:
        k = x[1]
    return k * x[1]


@program(*VECTORS)
def array_on_one_side_number_on_the_other(x):
    scale = np.ones(5)
    if x[0] > 0:
        scale = x * x
    return np.sum(scale * x)


@program(*VECTORS)
def tuple_on_both_sides(x):
    if x[0] > 0:
        a, b = x[0], x[1]
    else:
        a, b = x[1], x[0]
    return a * a * b


@program(*VECTORS)
def lists_of_numbers(x):
    if x[0] > 0:
        pair = [x[0], x[1]]
    else:
        pair = [x[1], x[2]]
    return pair[0] * pair[1]


@program(*VECTORS)
def loop_on_one_side(x):
    s = 1.0
    if x[0] > 0:
        for i in range(5):
            s = s * x[i] + np.sin(s)
    else:
        for v in x:
            s += v * v
    return s


@program(*VECTORS)
def writing_loop_on_one_side(x):
    a = x * 1.0
    if x[0] > 0:
        for i in range(4):
            a[i + 1] *= a[i]
    return np.sum(a)


@program((np.array(1.5),), (np.array(-1.5),))
def array_of_rank_0(x):
    if x > 0:
        return x * x
    return -x


# ---------------------------------------------------------------- tests in words
@program(*VECTORS)
def and_or_not(x):
    if x[0] > 0 and x[1] < 0:
        return x[2] ** 2
    if x[0] > 5 or not x[1] > 1:
        return x[2] ** 3
    return x[2]


@program(*VECTORS)
def chained_comparison(x):
    if 0 < x[0] < 1 < x[2]:
        return x[2] ** 2
    return x[0]


@program(*VECTORS)
def flag_in_a_variable(x):
    positive = x[0] > 0
    s = 0.0
    if positive:
        s += x[1]
    if not positive:
        s -= x[2] ** 2
    return s


@program(*VECTORS, (np.array([0.0, 1.0, 2.0]),))
def number_as_truth(x):
    s = 1.0
    if x[0]:
        s = s * x[2]
    return s * x[1]


@program(*VECTORS)
def any_and_all(x):
    if np.any(x > 1):
        return np.sum(x)
    if np.all(x < 0):
        return np.sum(x**2)
    return x[0]


# ---------------------------------------------------------------- expressions that choose
@program(*NUMBERS)
def ternary(x):
    return x * x if x > 0 else -x


@program(*NUMBERS, (0.0,))
def ternary_that_guards_a_root(x):
    return np.sqrt(x) if x > 0 else 0.0 * x


@program(*NUMBERS)
def ternary_in_ternary(x):
    return x if x > 1 else (x * x if x > 0 else 2 * x)


@program(*NUMBERS, (0.5,))
def max_and_min_of_numbers(x):
    return max(x, 0.5) * min(x, 2.0, x * x)


@program(*NUMBERS)
def absolute_value(x):
    return abs(x) * x


@program(*VECTORS)
def where_and_select(x):
    return np.sum(np.where(x > 0, x, x**2)) + np.sum(np.select([x > 1, x > 0], [x**2, x], 0.0))
